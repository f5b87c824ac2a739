"""Sending one email to one person: `templates/emails/<name>/` holds its subject.txt, body.txt and body.html."""

from collections.abc import Mapping
from contextlib import suppress
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string


class NotTakenError(Exception):
    """The mail server was not reached or refused the email: it did not arrive, and may be sent again."""


class UnconfirmedError(Exception):
    """The mail server went silent while it took the email: it may have arrived, so it must not be sent again."""


def send_email(name: str, *, to: str, context: Mapping[str, Any], reply_to: str = "") -> None:
    """Send the named email; raises NotTakenError or UnconfirmedError where the mail server does not confirm it."""
    subject, text, html = (
        render_to_string(f"emails/{name}/{part}", dict(context)) for part in ("subject.txt", "body.txt", "body.html")
    )
    message = EmailMultiAlternatives(
        " ".join(subject.split()), text.strip() + "\n", to=[to], reply_to=[reply_to] if reply_to else None
    )
    message.attach_alternative(html, "text/html")
    message.connection = get_connection()
    try:
        message.connection.open()
    except (SMTPException, OSError) as error:
        raise NotTakenError(str(error)) from error
    try:
        message.send()
    except (SMTPResponseException, SMTPRecipientsRefused) as error:
        raise NotTakenError(str(error)) from error
    except (SMTPException, OSError) as error:
        raise UnconfirmedError(str(error)) from error
    finally:
        # What it says on parting changes nothing: the email was taken, or was not.
        with suppress(SMTPException, OSError):
            message.connection.close()


def portal_address(path: str) -> str:
    """A page's whole address, for a link in an email."""
    return settings.PORTAL_ADDRESS.rstrip("/") + path

"""Sending one email to one person: `templates/emails/<name>/` holds its subject.txt, body.txt and body.html."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
)
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

# What the mail server did not take is tried again after 5, 10, 20, 40 and 80 minutes, and then no more.
TRIES = 6
FIRST_WAIT = timedelta(minutes=5)


class NotTakenError(Exception):
    """The email was not taken, so it did not arrive and may be sent again; says why in words for people."""


class RefusedError(NotTakenError):
    """The email was refused for good: sent again as it is, it would be refused again."""


class UnconfirmedError(Exception):
    """The mail server went silent while it took the email: it may have arrived, so it must not be sent again."""


def next_try(tries: int, *, at: datetime) -> datetime | None:
    """When to try again what was not taken after so many tries; None once it was tried often enough."""
    return at + FIRST_WAIT * 2 ** (tries - 1) if tries < TRIES else None


def send_email(name: str, *, to: str, context: Mapping[str, Any], reply_to: str = "") -> None:
    """Send the named email; raises NotTakenError or UnconfirmedError where it was not confirmed that it was taken."""
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
        raise NotTakenError("The mail server could not be reached.") from error
    try:
        message.send()
    except (SMTPResponseException, SMTPRecipientsRefused, SMTPNotSupportedError) as error:
        raise _answer(error) from error
    except (SMTPException, OSError) as error:
        raise UnconfirmedError(str(error)) from error
    finally:
        # What it says on parting changes nothing: the email was taken, or was not.
        with suppress(SMTPException, OSError):
            message.connection.close()


def _answer(error: SMTPException) -> NotTakenError:
    """What a mail server's refusal means for this email: whether to try again, and the reason in words."""
    if isinstance(error, SMTPRecipientsRefused):
        code, said = next(iter(error.recipients.values()))
        return _refusal("the address", code, said)
    if isinstance(error, SMTPDataError):
        return _refusal("the email", error.smtp_code, error.smtp_error)
    if isinstance(error, SMTPNotSupportedError):
        return RefusedError("The mail server cannot write to an address like this.")
    # It refused the portal itself, and so every email alike, until somebody puts the settings right.
    return NotTakenError("The mail server takes no emails from the portal.")


def _refusal(what: str, code: int, said: bytes | str) -> NotTakenError:
    words = " ".join((said.decode(errors="replace") if isinstance(said, bytes) else said).split())
    if code >= 500:
        return RefusedError(f"The mail server refused {what}: {code} {words}")
    return NotTakenError(f"The mail server did not take {what} for now: {code} {words}")


def portal_address(path: str) -> str:
    """A page's whole address, for a link in an email."""
    return settings.PORTAL_ADDRESS.rstrip("/") + path

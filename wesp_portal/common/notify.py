"""GOV.UK Notify as the way emails leave: a mail backend over its REST interface, with nothing but the standard library.

Its template holds `((subject))` as subject and `((body))` as message. See https://docs.notifications.service.gov.uk/rest-api.html
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Sequence
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from wesp_portal.common.mail import NotTakenError, RefusedError, UnconfirmedError

EMAILS = "/v2/notifications/email"


class EmailBackend(BaseEmailBackend):
    """Sends the plain words of each email; raises the errors of `wesp_portal.common.mail`.

    Who answers is set in Notify: it takes no address to reply to with an email.
    """

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        sent = 0
        for message in email_messages:
            for address in message.to:
                try:
                    send(address=address, subject=str(message.subject), body=str(message.body))
                    sent += 1
                except (NotTakenError, UnconfirmedError):
                    if not self.fail_silently:
                        raise
        return sent


def send(*, address: str, subject: str, body: str) -> None:
    """Hand one email to Notify; returns once it was taken."""
    content = {
        "email_address": address,
        "template_id": settings.NOTIFY_TEMPLATE_ID,
        "personalisation": {"subject": subject, "body": body},
    }
    headers = {"Authorization": f"Bearer {token(now=int(time.time()))}", "Content-Type": "application/json"}
    connection = _connection()
    try:
        connection.connect()
    except OSError as error:
        raise NotTakenError("GOV.UK Notify could not be reached.") from error
    try:
        connection.request("POST", EMAILS, json.dumps(content), headers)
        response = connection.getresponse()
        status, answer = response.status, response.read()
    except (HTTPException, OSError) as error:
        raise UnconfirmedError(str(error)) from error
    finally:
        connection.close()
    if status in (502, 504):
        raise UnconfirmedError(f"Something on the way to GOV.UK Notify answered {status} in its place")
    if status != 201:
        raise refusal(status, answer)


def token(*, now: int) -> str:
    """The proof that a request comes from the portal: a JSON Web Token, good for half a minute around now."""
    # A key is its name, the service it is of and its secret; the last two are of 36 letters, with hyphens between.
    service, secret = settings.NOTIFY_API_KEY[-73:-37], settings.NOTIFY_API_KEY[-36:]
    parts = ({"typ": "JWT", "alg": "HS256"}, {"iss": service, "iat": now})
    signed = ".".join(_base64(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    signature = hmac.digest(secret.encode(), signed.encode(), hashlib.sha256)
    return f"{signed}.{_base64(signature)}"


def refusal(status: int, answer: bytes) -> NotTakenError:
    """What an answer of Notify's other than yes means: whether to try again, and the reason in words."""
    if status == 400:
        return RefusedError(f"GOV.UK Notify refused it: {_reasons(answer)}")
    if status in (401, 403):
        return NotTakenError("GOV.UK Notify does not accept the portal’s key.")
    if status == 429:
        return NotTakenError("GOV.UK Notify takes no more emails from the portal for now.")
    return NotTakenError(f"GOV.UK Notify could not take it (its answer was {status}).")


def _reasons(answer: bytes) -> str:
    try:
        return "; ".join(str(error["message"]) for error in json.loads(answer)["errors"])
    except (ValueError, KeyError, TypeError):
        return "it did not say why"


def _connection() -> HTTPConnection:
    address = urlsplit(settings.NOTIFY_ADDRESS)
    kind: Any = HTTPConnection if address.scheme == "http" else HTTPSConnection
    connection: HTTPConnection = kind(address.netloc, timeout=settings.EMAIL_TIMEOUT)
    return connection


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()

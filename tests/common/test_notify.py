"""GOV.UK Notify as the way emails leave, against a server on this machine that answers as Notify does."""

import base64
import hashlib
import hmac
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core import mail
from pytest_django import Settings

from wesp_portal.common.mail import NotTakenError, RefusedError, UnconfirmedError, send_email

SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"
KEY = f"the portal-{SERVICE}-{SECRET}"
CONTEXT = {"partnership": "Ours & theirs", "term": "Autumn 2024/25", "name": "Olive", "version": 1, "url": "https://x/"}
ROOT = Path(__file__).resolve().parents[2]


def decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


class Answering(BaseHTTPRequestHandler):
    server: "Notify"

    def log_message(self, *words: Any) -> None:
        """Nothing on the screen."""

    def do_POST(self) -> None:
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.hangs_up:
            return
        status, answer = self.server.answer or self.judge(content)
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def judge(self, content: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        kind, _, token = self.headers["Authorization"].partition(" ")
        signed, _, signature = token.rpartition(".")
        head, claims = (json.loads(decoded(part)) for part in signed.split("."))
        good = hmac.digest(SECRET.encode(), signed.encode(), hashlib.sha256)
        if kind != "Bearer" or head != {"typ": "JWT", "alg": "HS256"} or decoded(signature) != good:
            return error(403, "AuthError", "Invalid token: API key not found")
        if claims["iss"] != SERVICE or abs(claims["iat"] - time.time()) > 30:
            return error(403, "AuthError", "Error: Your system clock must be accurate to within 30 seconds")
        self.server.taken.append((self.path, content))
        return 201, {"id": "740e5834-3a29-46b4-9a6f-16142fde533a"}


def error(status: int, kind: str, message: str) -> tuple[int, dict[str, Any]]:
    return status, {"errors": [{"error": kind, "message": message}], "status_code": status}


class Notify(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.taken: list[tuple[str, dict[str, Any]]] = []
        self.answer: tuple[int, dict[str, Any]] | None = None
        self.hangs_up = False


@pytest.fixture
def notify(settings: Settings) -> Iterator[Notify]:
    with Notify() as running:
        Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        settings.EMAIL_BACKEND = "wesp_portal.common.notify.EmailBackend"
        settings.NOTIFY_ADDRESS = f"http://127.0.0.1:{running.server_port}"
        settings.NOTIFY_API_KEY, settings.NOTIFY_TEMPLATE_ID = KEY, "f33517ff-2a88-4f6e-b855-c550268ce08a"
        yield running
        running.shutdown()


def send() -> None:
    send_email("report_published", to="olive@example.org", context=CONTEXT)


def test_notify_gets_the_subject_and_the_plain_words_with_a_token_that_it_accepts(notify: Notify) -> None:
    send()
    ((path, content),) = notify.taken
    assert path == "/v2/notifications/email"
    assert content["email_address"] == "olive@example.org"
    assert content["template_id"] == "f33517ff-2a88-4f6e-b855-c550268ce08a"
    words = content["personalisation"]
    assert words["subject"] == "Ours & theirs: termly report, Autumn 2024/25"
    assert words["body"].startswith("Dear Olive,\n\nThe termly report of Ours & theirs")
    assert "<" not in words["body"]


@pytest.mark.parametrize(
    "key",
    ["", "nonsense", f"the portal-{SERVICE}-{SERVICE}", f"the portal-{SECRET}-{SECRET}"],
    ids=["none", "nonsense", "another secret", "another service"],
)
def test_a_key_that_notify_does_not_know_takes_nothing_and_may_be_put_right(
    notify: Notify, settings: Settings, key: str
) -> None:
    settings.NOTIFY_API_KEY = key
    with pytest.raises(NotTakenError, match=r"^GOV\.UK Notify does not accept the portal’s key\.$") as refusal:
        send()
    assert not isinstance(refusal.value, RefusedError)
    assert notify.taken == []


@pytest.mark.parametrize(
    ("answer", "words", "is_final"),
    [
        (error(400, "ValidationError", "email_address Not a valid email address"), "Not a valid email address", True),
        (error(400, "BadRequestError", "Can’t send to this recipient using a team-only API key"), "team-only", True),
        ((400, {}), "it did not say why", True),
        (error(429, "RateLimitError", "Exceeded rate limit"), "takes no more emails from the portal for now", False),
        (error(500, "Exception", "Internal server error"), "its answer was 500", False),
        ((503, {}), "its answer was 503", False),
    ],
    ids=["address", "team key", "no reason", "too many", "error", "unavailable"],
)
def test_a_refusal_says_why_and_whether_to_try_again(
    notify: Notify, answer: tuple[int, dict[str, Any]], words: str, is_final: bool
) -> None:
    notify.answer = answer
    with pytest.raises(NotTakenError, match=words) as refusal:
        send()
    assert isinstance(refusal.value, RefusedError) is is_final


@pytest.mark.parametrize("answer", [None, (502, {}), (504, {})])
def test_silence_and_the_word_of_something_on_the_way_leave_it_open_whether_it_was_taken(
    notify: Notify, answer: tuple[int, dict[str, Any]] | None
) -> None:
    notify.answer, notify.hangs_up = answer, answer is None
    with pytest.raises(UnconfirmedError):
        send()


def test_a_notify_that_cannot_be_reached_took_nothing(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "wesp_portal.common.notify.EmailBackend"
    # The port is one that the system keeps for nobody.
    settings.NOTIFY_ADDRESS = "http://127.0.0.1:1"
    with pytest.raises(NotTakenError, match="could not be reached"):
        send()


def test_django_s_own_emails_may_fail_silently_as_they_ask(notify: Notify) -> None:
    notify.answer = (500, {})
    assert mail.send_mail("Subject", "Words", None, ["olive@example.org"], fail_silently=True) == 0
    notify.answer = None
    assert mail.send_mail("Subject", "Words", None, ["olive@example.org", "ben@example.org"]) == 2
    assert [content["email_address"] for _, content in notify.taken] == ["olive@example.org", "ben@example.org"]


# Settings ------------------------------------------------------------------------------------------------------------

PRODUCTION = {
    "PORTAL_ENV": "production",
    "SECRET_KEY": "x" * 60,
    "ALLOWED_HOSTS": "portal.example.org",
    "PORTAL_ADDRESS": "https://portal.example.org",
    "CONTACT_EMAIL": "portal@example.org",
    "DATABASE_URL": "postgres://portal@127.0.0.1/portal",
    "REDIS_URL": "redis://127.0.0.1:6379/0",
}


def backend_with(**variables: str) -> tuple[int, str]:
    """How a portal with these variables starts, and what its emails leave by."""
    kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG")}
    asked = subprocess.run(
        [sys.executable, "-c", "from wesp_portal import settings; print(settings.EMAIL_BACKEND)"],
        env=kept | variables,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return asked.returncode, asked.stdout.strip() or asked.stderr


@pytest.mark.parametrize(
    ("variables", "backend"),
    [
        (PRODUCTION, "django.core.mail.backends.smtp.EmailBackend"),
        (
            PRODUCTION | {"NOTIFY_API_KEY": KEY, "NOTIFY_TEMPLATE_ID": "a template"},
            "wesp_portal.common.notify.EmailBackend",
        ),
        ({}, "django.core.mail.backends.filebased.EmailBackend"),
        ({"NOTIFY_API_KEY": KEY}, "django.core.mail.backends.filebased.EmailBackend"),
    ],
    ids=["a mail server", "Notify", "files", "files though there is a key"],
)
def test_settings_choose_how_emails_leave(variables: dict[str, str], backend: str) -> None:
    assert backend_with(**variables) == (0, backend)


@pytest.mark.parametrize(
    "variables",
    [
        {"NOTIFY_API_KEY": KEY},
        {"NOTIFY_API_KEY": SECRET, "NOTIFY_TEMPLATE_ID": "a template"},
        {"NOTIFY_API_KEY": KEY, "NOTIFY_TEMPLATE_ID": "a template", "NOTIFY_ADDRESS": "http://notify.example.org"},
    ],
    ids=["no template", "half a key", "no TLS"],
)
def test_production_does_not_start_with_half_of_what_notify_needs(variables: dict[str, str]) -> None:
    status, words = backend_with(**PRODUCTION, **variables)
    assert status != 0
    assert "NOTIFY_" in words
    assert SECRET not in words

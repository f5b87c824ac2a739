"""Emails: both parts, and what is known of one that the mail server did not confirm."""

from smtplib import SMTPDataError, SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from pytest_django import Settings

from wesp_portal.common.mail import NotTakenError, UnconfirmedError, portal_address, send_email

CONTEXT = {"partnership": "Ours & theirs", "term": "Autumn 2024/25", "name": "Olive", "version": 1, "url": "https://x/"}


def send() -> None:
    send_email("report_published", to="olive@example.org", context=CONTEXT, reply_to="lead@example.org")


def test_an_email_has_one_line_of_subject_words_as_they_are_and_the_same_in_html() -> None:
    send()
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert message.subject == "Ours & theirs: termly report, Autumn 2024/25"
    assert (message.to, message.reply_to) == (["olive@example.org"], ["lead@example.org"])
    assert "Ours & theirs" in message.body
    html: Any = message.alternatives[0]
    assert "Ours &amp; theirs" in html.content


def test_a_mail_server_that_is_down_took_nothing(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False
    with pytest.raises(NotTakenError):
        send()


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (SMTPDataError(451, b"try later"), NotTakenError),
        (SMTPServerDisconnected("gone"), UnconfirmedError),
        (TimeoutError("silence"), UnconfirmedError),
    ],
)
def test_a_refusal_is_told_from_silence(
    monkeypatch: pytest.MonkeyPatch, answer: Exception, outcome: type[Exception]
) -> None:
    def answers(message: Any) -> int:
        raise answer

    monkeypatch.setattr(EmailMultiAlternatives, "send", answers)
    with pytest.raises(outcome):
        send()


def test_a_link_is_whole_however_the_portals_address_is_written(settings: Settings) -> None:
    settings.PORTAL_ADDRESS = "https://portal.example.org/"
    assert portal_address("/reports/") == "https://portal.example.org/reports/"

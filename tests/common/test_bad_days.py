"""What people see when they sent too much, or when the database does not answer: nothing typed is lost needlessly."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.db.utils import InterfaceError, OperationalError
from django.test import Client
from pytest_django import Settings

from priorities.models import Achievement
from tests.factories import World
from tests.priorities.samples import PDF, answers, upload

NEW = "/achievements/new/"
WORDS = {"title": "Twelve employers signed", "detail": "In one\r\nmorning, <b>all</b> of them"}


@pytest.fixture
def officer(world: World) -> Client:
    """An officer whose browser is shown the pages of failures, as everybody's is."""
    client = Client(raise_request_exception=False)
    client.force_login(world.officer)
    return client


@contextmanager
def no_database(error: Exception | None = None) -> Iterator[list[object]]:
    """A database that does not answer; gives what was asked of it."""
    asked: list[object] = []

    def refuse(execute: object, sql: str, *rest: object) -> None:
        asked.append(sql)
        raise error or OperationalError("could not connect to server: connection refused")

    with connection.execute_wrapper(refuse):
        yield asked


def kept(page: str) -> dict[str, list[str]]:
    """What a page would send again."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden"\s+name="([^"]*)"\s+value="([^"]*)"', page):
        found.setdefault(unescape(name), []).append(unescape(value))
    return found


@pytest.mark.parametrize("error", [OperationalError("server closed"), InterfaceError("connection already closed")])
def test_a_database_that_does_not_answer_is_a_plain_page_that_asks_it_nothing(
    officer: Client, error: Exception
) -> None:
    with no_database(error) as asked:
        answer = officer.get("/")
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "The portal is not available" in page
    assert "Send it again" not in page
    assert "server closed" not in page
    assert answer["Retry-After"] == "30"
    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert len(asked) == 1, "once is enough to know"


def test_whoever_is_not_signed_in_gets_the_same_page(world: World) -> None:
    client = Client(raise_request_exception=False)
    with no_database():
        answers = [client.get(address) for address in ("/", "/partnerships/harbour/", "/no-such-page/")]
    # A page that is not there needs no database to say so, where nobody has signed in.
    assert [answer.status_code for answer in answers] == [503, 503, 404]


def test_it_comes_back_by_itself(officer: Client) -> None:
    with no_database():
        assert officer.get("/").status_code == 503
    assert officer.get("/").status_code == 200


def test_what_was_typed_is_kept_in_the_page_and_can_be_sent_again(world: World, officer: Client) -> None:
    data = answers(world, **WORDS)
    with no_database():
        answer = officer.post(NEW, data)
    page = answer.content.decode()
    assert answer.status_code == 503
    assert "nothing you typed is lost" in page
    assert f'<form method="post" action="{NEW}">' in page
    assert "<b>all</b>" not in page
    assert officer.post(NEW, kept(page)).status_code == 302
    made = Achievement.objects.get()
    assert {"title": made.title, "detail": made.detail} == WORDS
    assert list(made.priorities.all()) == [world.priority]
    # The same form once more, as after a failure that came too late to matter: still one record.
    officer.post(NEW, kept(page))
    assert Achievement.objects.get() == made


def test_a_file_that_cannot_be_kept_is_named(world: World, officer: Client) -> None:
    with no_database():
        answer = officer.post(NEW, answers(world, evidence_file=upload(PDF, "a.pdf")))
    assert "Only the file you chose cannot be kept" in answer.content.decode()


def test_a_password_is_never_written_into_a_page(world: World) -> None:
    client = Client(raise_request_exception=False)
    with no_database():
        answer = client.post("/sign-in/", {"username": "officer@example.org", "password": "correct horse"})
    assert answer.status_code == 503
    assert "correct horse" not in answer.content.decode()
    assert "Send it again" not in answer.content.decode()


def test_what_did_not_come_from_a_page_of_ours_is_not_shown(world: World) -> None:
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(world.officer)
    with no_database():
        answer = client.post(NEW, {"title": "Planted by another site"})
    assert "Planted by another site" not in answer.content.decode()


def test_any_other_fault_is_ours_to_mend(officer: Client) -> None:
    with no_database(ValueError("a fault")):
        answer = officer.get("/")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()


def test_a_file_that_is_too_large_comes_back_with_all_that_was_typed(world: World, officer: Client) -> None:
    large = upload(PDF + bytes(10_000_001), "notes.pdf")
    page = officer.post(NEW, answers(world, **WORDS, evidence_file=large)).content.decode()
    assert "The file must be at most 10 MB" in page
    assert "Twelve employers signed" in page


class Unread:
    """A request's body that nobody may read."""

    def read(self, *size: int) -> bytes:
        raise AssertionError("some of it was read")

    readline = read


def test_a_request_beyond_the_bound_is_refused_before_it_is_read(officer: Client, settings: Settings) -> None:
    body: dict[str, Any] = {
        "CONTENT_TYPE": "multipart/form-data; boundary=x",
        "CONTENT_LENGTH": str(settings.LARGEST_REQUEST + 1),
        "wsgi.input": Unread(),
    }
    answer = officer.generic("POST", NEW, **body)
    assert answer.status_code == 413
    assert "That is too much to send at once" in answer.content.decode()


@pytest.mark.parametrize(
    "data",
    [{"title": "x" * (5 * 1024 * 1024)}, {f"field{number}": "" for number in range(1001)}],
    ids=["text", "boxes"],
)
def test_more_words_than_anybody_types_are_refused(officer: Client, data: dict[str, str]) -> None:
    assert officer.post(NEW, data).status_code == 413


def test_what_cannot_be_read_at_all_is_not_called_too_much(officer: Client) -> None:
    answer = officer.generic("POST", NEW, b"--", content_type="multipart/form-data; boundary=")
    assert answer.status_code == 400
    assert "We could not read that" in answer.content.decode()

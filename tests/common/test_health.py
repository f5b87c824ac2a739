"""Whether the portal is alive and ready: what a probe is told, and what the log keeps of it."""

import logging

import pytest
from django.core.cache import cache
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client

from wesp_portal.common import health

pytestmark = pytest.mark.django_db


@pytest.fixture
def working(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that has reported, and a broker that answers."""
    cache.set("worker-heartbeat", "now")
    monkeypatch.setitem(health.CHECKS, "broker", lambda: None)


def test_alive_is_said_without_asking_anything(client: Client, django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").content == b"ok"


def test_ready_is_said_of_each_part(client: Client, working: None) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {"database": "ok", "broker": "ok", "worker": "ok", "storage": "ok"}


def test_what_fails_is_named_but_not_why(
    client: Client, working: None, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> None:
        raise ConnectionError("redis://portal:secret@10.0.0.7:6379 refused\nand said so twice")

    cache.delete("worker-heartbeat")
    monkeypatch.setitem(health.CHECKS, "broker", refuse)
    with caplog.at_level(logging.WARNING, logger=health.__name__):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"database": "ok", "broker": "failing", "worker": "failing", "storage": "ok"}
    assert b"10.0.0.7" not in answer.content
    said = [record for record in caplog.records if record.name == health.__name__]
    assert [(record.levelname, record.exc_info) for record in said] == [("WARNING", None), ("WARNING", None)]
    assert all("\n" not in record.getMessage() for record in said)
    assert said[1].getMessage() == "worker is not ready: RuntimeError: no worker has reported within two minutes"


def test_a_database_that_does_not_answer_is_said_without_asking_it_more(client: Client, working: None) -> None:
    def refuse(*query: object) -> None:
        raise OperationalError("could not connect to server")

    with connection.execute_wrapper(refuse):
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "failing"

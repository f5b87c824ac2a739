"""The whole portal in one process."""

import socket
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django_celery_beat.schedulers import DatabaseScheduler

from wesp_portal.celery import app
from wesp_portal.embedded import make_scheduler


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_in_use_is_one_plain_error(taken_port: int) -> None:
    with pytest.raises(CommandError, match=f"cannot listen on port {taken_port}"):
        call_command("serve", "--port", str(taken_port))


def test_the_schedule_is_kept_in_the_database_and_not_in_a_file() -> None:
    assert isinstance(make_scheduler(app).get_scheduler(lazy=True), DatabaseScheduler)

"""A whole portal of a test's own: pages, a Celery worker, a database with the demonstration, files, and a clock."""

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from http import HTTPStatus
from pathlib import Path
from queue import Queue
from typing import Any
from unittest.mock import patch
from uuid import uuid4
from zoneinfo import ZoneInfo

from celery.signals import task_success, worker_ready
from celery.worker import state
from django.conf import settings
from django.db import connections
from django.test import Client, override_settings
from playwright.sync_api import Browser, ConsoleMessage, Page, Response
from pytest_django.live_server_helper import LiveServer

from partnerships.models import User
from reports.services import demo
from reports.services.shipped import load_all
from wesp_portal.celery import app as celery_app
from wesp_portal.embedded import make_worker

# West Lancashire's officer wrote the report that ships restated in this week: the autumn term of 2024/25.
DAY = date(2024, 11, 29)
MORNING = datetime(2024, 11, 29, 9, 30, tzinfo=ZoneInfo("Europe/London"))
# Nothing waits for ever; on an idle machine each wait takes a second or two.
PATIENCE_SECONDS = 120
# How the console begins to say that a page, or a part of one, has not the status 200.
STATUS = "Failed to load resource: the server responded with a status of"

DatabaseSettings = dict[str, Any]


class Clock:
    """What the portal takes for the time: it runs on from the moment it was last set to."""

    def __init__(self, moment: datetime) -> None:
        self.set(moment)

    def set(self, moment: datetime) -> None:
        self.offset = moment - datetime.now(UTC)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.offset


@dataclass(frozen=True)
class Seeded:
    """All that ships with the demonstration around DAY: a database and its files, to be copied and never changed."""

    database: DatabaseSettings
    media: Path


@dataclass
class Portal:
    """A running portal, and the browser that looks at it."""

    url: str
    clock: Clock
    chromium: Browser
    finished: "Queue[str]"
    complaints: list[str] = field(default_factory=list)

    def window(self, *, person: str = "", has_scripts: bool = True) -> Page:
        """A browser of its own, as nobody or signed in as a person by email; what it complains of is kept."""
        context = self.chromium.new_context(
            base_url=self.url,
            viewport={"width": 1280, "height": 900},
            locale="en-GB",
            java_script_enabled=has_scripts,
        )
        context.set_default_timeout(PATIENCE_SECONDS * 1000 / 4)
        if person:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session_of(person), "url": self.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda message: self.hear(page, message))
        page.on("response", lambda response: self.miss(page, response))
        return page

    def hear(self, page: Page, message: ConsoleMessage) -> None:
        """Keep a complaint of the browser's; the status of a page is the test's to judge, that of its parts is not."""
        if message.type in ("error", "warning") and not message.text.startswith(STATUS):
            self.complaints.append(f"{page.url}: {message.text}")

    def miss(self, page: Page, response: Response) -> None:
        if response.status >= HTTPStatus.BAD_REQUEST and response.request.resource_type != "document":
            self.complaints.append(f"{page.url}: {response.url} answered {response.status}")

    @contextmanager
    def worker(self) -> Iterator[None]:
        """The embedded worker, in a thread of the test's; stopped at the end, when its jobs are done."""
        ready = threading.Event()

        def say_ready(**details: Any) -> None:
            ready.set()

        def say_finished(sender: Any, **details: Any) -> None:
            self.finished.put(sender.name)

        worker_ready.connect(say_ready)
        task_success.connect(say_finished)
        thread = threading.Thread(target=make_worker(celery_app).start)
        thread.start()
        try:
            assert ready.wait(PATIENCE_SECONDS), "The worker did not start."
            yield
        finally:
            state.should_stop = os.EX_OK  # type: ignore[assignment]  # the stubs know only its first value
            thread.join()
            state.should_stop = None
            worker_ready.disconnect(say_ready)
            task_success.disconnect(say_finished)

    def wait_for_job(self, name: str) -> None:
        """Until the worker has finished a task of this name; each is waited for once."""
        while self.finished.get(timeout=PATIENCE_SECONDS) != name:
            pass


def session_of(email: str) -> str:
    """The key of a new session of a person's."""
    client = Client()
    client.force_login(User.objects.get(email=email))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def connected_to(database: DatabaseSettings) -> Iterator[None]:
    """Have every connection that is opened meanwhile, in whatever thread, go to another database."""
    connection, own = connections["default"], connections.settings["default"]
    connections.settings["default"] = database
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"] = own
        connections["default"] = connection


@contextmanager
def copied_database(folder: Path) -> Iterator[DatabaseSettings]:
    """A copy of the database that is connected to: a file in the folder, or on a server one that goes at the end."""
    connection = connections["default"]
    if connection.vendor == "sqlite":
        connection.ensure_connection()
        path = folder / "portal.sqlite3"
        copy = sqlite3.connect(path)
        connection.connection.backup(copy)
        copy.close()
        yield connection.settings_dict | {"NAME": str(path)}
        return
    suffix = uuid4().hex[:8]
    connection.creation.clone_test_db(suffix, verbosity=0)
    try:
        yield connection.creation.get_test_db_clone_settings(suffix)
    finally:
        connection.creation.destroy_test_db(suffix=suffix, verbosity=0)


def demonstration(media: Path) -> override_settings:
    """The settings of a demonstration with files and a cache of its own, in which signing in is quick."""
    prefix = {"KEY_PREFIX": uuid4().hex}
    return override_settings(
        IS_DEMONSTRATION=True,
        MEDIA_ROOT=media,
        CACHES={name: options | prefix for name, options in settings.CACHES.items()},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    )


@contextmanager
def seeded_database(folder: Path) -> Iterator[Seeded]:
    """All that ships and the demonstration, made once, because that takes as long as many tests."""
    media = folder / "media"
    with copied_database(folder) as database:
        with connected_to(database), demonstration(media), patch("django.utils.timezone.now", Clock(MORNING)):
            load_all()
            demo.seed(today=DAY)
        yield Seeded(database=database, media=media)


@contextmanager
def running_portal(seeded: Seeded, folder: Path, chromium: Browser) -> Iterator[Portal]:
    """A portal on a copy of the seeded database, at an address that the system chose; its worker is not started yet."""
    clock = Clock(MORNING)
    media = shutil.copytree(seeded.media, folder / "media")
    with ExitStack() as stack:
        stack.enter_context(connected_to(seeded.database))
        stack.enter_context(connected_to(stack.enter_context(copied_database(folder))))
        stack.enter_context(demonstration(media))
        stack.enter_context(patch("django.utils.timezone.now", clock))
        server = LiveServer("127.0.0.1")
        stack.callback(server.stop)
        portal = Portal(server.url, clock, chromium, Queue())
        stack.enter_context(closing_windows(chromium))
        celery_app.control.purge()
        assert_own(portal)
        yield portal
    assert not portal.complaints, "\n".join(portal.complaints)


@contextmanager
def closing_windows(chromium: Browser) -> Iterator[None]:
    """Close whatever the test opened, before its server goes."""
    others = set(chromium.contexts)
    try:
        yield
    finally:
        for context in set(chromium.contexts) - others:
            context.close()


def assert_own(portal: Portal) -> None:
    """The address answers from this test's database: it knows a session that was made there a moment ago."""
    page = portal.window(person=f"administrator@{demo.people.DOMAIN}")
    page.goto("/")
    assert page.locator("h1").inner_text() == "My work"
    page.context.close()

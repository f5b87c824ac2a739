"""A real Chromium for the tests that need one: the system's own, started once."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, connections
from playwright.sync_api import Browser, Page, expect, sync_playwright
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from tests.browser.portal import PATIENCE_SECONDS, Portal, Seeded, running_portal, seeded_database

# Root, as in a container, may not use Chromium's sandbox; the rest keeps it from calling anywhere but our server.
OPTIONS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser; a machine without one fails the tests, since skipping them would hide it."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    assert program, "Chromium was not found: install it, or name it in CHROMIUM."
    # A busy machine is slow, not wrong: a condition has time to come true.
    expect.set_options(timeout=PATIENCE_SECONDS * 1000 / 4)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=OPTIONS)
        yield browser
        browser.close()
        # While Playwright's loop runs, asgiref keeps other connections for this thread than before and after.
        connections.close_all()


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer) -> Iterator[Page]:
    """A fresh window on the test's own server; whatever the page complains about fails the test."""
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900}, locale="en-GB")
    window = context.new_page()
    complaints: list[str] = []
    window.on("pageerror", lambda error: complaints.append(str(error)))
    window.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield window
    context.close()
    assert not complaints, complaints


@pytest.fixture(scope="session")
def seeded(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Seeded]:
    """All that ships and the demonstration; `portal` and whoever else changes it take a copy.

    Who asks for it is marked django_db, or else pytest-django makes no database.
    """
    name = str(connection.settings_dict["NAME"])
    assert name.startswith(("test_", "file:memorydb_")), f"{name} is no test's database: mark the test django_db."
    with django_db_blocker.unblock(), seeded_database(tmp_path_factory.mktemp("seeded")) as made:
        yield made


@pytest.fixture
def portal(seeded: Seeded, chromium: Browser, django_db_blocker: DjangoDbBlocker, tmp_path: Path) -> Iterator[Portal]:
    """A portal of the test's own, which nothing else has touched."""
    with django_db_blocker.unblock(), running_portal(seeded, tmp_path, chromium) as running:
        yield running

"""What every test may ask for: a small world with its people, and media that go with the test."""

from pathlib import Path
from uuid import uuid4

import hypothesis
import pytest
from django.db import connection
from pytest_django import Settings

from tests.factories import World

# A busy machine is no fault: no test ends because an example took long to make or to try.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")


@pytest.fixture(autouse=True)
def own_media_and_cache(settings: Settings, tmp_path: Path) -> None:
    """Files and cached pages of one test never reach another."""
    settings.MEDIA_ROOT = tmp_path / "media"
    # A prefix of its own, not a clearing: on Redis that would empty what the other test processes are using.
    prefix = {"KEY_PREFIX": uuid4().hex}
    settings.CACHES = {name: options | prefix for name, options in settings.CACHES.items()}


@pytest.fixture
def world(db: None) -> World:
    # SQLite is asked once whether it knows JSON; asked here, it adds no query to those that a test counts.
    assert connection.features.supports_json_field
    return World()


@pytest.fixture
def rows_saved_one_by_one(settings: Settings) -> None:
    """Updates saved many at once are read and written one by one, each in a transaction of its own."""
    settings.ZEAL_ALLOWLIST = [
        {"model": f"priorities.{name}", "field": "get()"} for name in ("Activity", "ActivityUpdate")
    ]

"""Tests of open data ask more in a minute than anybody may, unless the limit is what they are about."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def unlimited(settings: Settings) -> None:
    settings.OPEN_DATA_A_MINUTE = 100_000

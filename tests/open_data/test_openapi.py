"""The OpenAPI document: it is right by its own rules, and the answers keep to it, whatever is asked."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, settings

from tests.open_data.samples import LISTS, SHEETS, Full

EXAMPLES = 8
schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


def test_the_document_is_without_errors_and_warnings(tmp_path: Path) -> None:
    written = tmp_path / "openapi.yml"
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(written))
    assert "openapi: 3.0" in written.read_text()


def test_the_document_describes_every_address(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    described = set(document["paths"])
    assert {"/api/v1/", *LISTS, *SHEETS} <= described
    assert len(described) == 1 + 3 * len(LISTS)
    assert document["info"]["license"]["name"] == "Open Government Licence v3.0"
    for path in described:
        assert set(document["paths"][path]) == {"get"}
        answers = document["paths"][path]["get"]["responses"]
        assert set(answers) == {"200", "304", "400", "404", "406", "429", "503"}, path


@pytest.mark.django_db
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)
def test_answers_keep_to_the_document_whatever_is_asked(case: schemathesis.Case[Any], full: Full) -> None:
    """A few requests made up from the document for each address: none fails, and each answer is as described."""
    case.call_and_validate()


@pytest.fixture
def full(db: None) -> Iterator[Full]:
    # The test's own transaction is in the connection, which a request served for real would close when it begins and
    # ends; Django's test client leaves it open in the same way.
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield Full("canary", is_public=True, code="E08000010")
    for signal in ends:
        signal.connect(close_old_connections)

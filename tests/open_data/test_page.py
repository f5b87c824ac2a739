"""The page that explains the open data."""

import re

import pytest
from django.test import Client

from tests.factories import World
from tests.open_data.samples import LISTS, SHEETS
from tests.reports.test_public import as_person

pytestmark = pytest.mark.django_db


def test_anyone_reads_what_there_is_and_under_which_licence(client: Client) -> None:
    response = client.get("/open-data/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "Open Government Licence v3.0" in page
    assert "http://testserver/api/v1/readings.csv" in page
    for address in (*LISTS, *SHEETS, "/api/v1/", "/api/v1/openapi.json"):
        assert f'href="{address}"' in page


def test_every_address_it_names_answers(client: Client) -> None:
    for address in set(re.findall(r'href="(/api/[^"]+)"', client.get("/open-data/").content.decode())):
        assert client.get(address).status_code == 200, address


def test_every_page_leads_to_it(client: Client) -> None:
    assert 'href="/open-data/"' in client.get("/").content.decode()


def test_it_is_there_for_those_who_are_signed_in(world: World) -> None:
    assert as_person(world.officer).get("/open-data/").status_code == 200

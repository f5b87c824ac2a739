"""Two terms of a dashboard side by side, and its tables to take away."""

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime

import openpyxl
import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from reports.renderers.tables import TABLES
from reports.services import ask_question
from tests.factories import PartnershipFactory, StrategyFactory, World
from tests.reports.test_dashboard import as_person, progress, words_of

__all__ = ["as_person"]

URL = "/partnerships/harbour/dashboard/"
NOW = datetime(2024, 11, 20, 9, tzinfo=UTC)
BOTH = "?term=2024-25-autumn&with=2023-24-summer"
Person = Callable[[str], Client]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def now() -> object:
    with time_machine.travel(NOW, tick=False):
        yield


def test_two_terms_stand_side_by_side_in_words_and_tables(world: World, as_person: Person) -> None:
    world.activity.trail = {"2023-24-summer": "under_way:on_track", "2024-25-autumn": "under_way:off_track"}
    world.activity.save()
    words = words_of(as_person("board_member").get(URL + BOTH))
    assert "Summer 2023/24 and Autumn 2024/25" in words
    assert "Priorities: 1 slipped." in words
    assert "1 activity off track, where 0 had been." in words
    assert "1 Better first jobs On track Off track ↓ worse" in words


@pytest.mark.parametrize("count", [1, 4])
def test_comparing_takes_the_same_queries_however_much_there_is(
    world: World, as_person: Person, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    progress(world, count=count)
    client = as_person("lead")
    with django_assert_num_queries(11):
        client.get(URL + BOTH)


def test_terms_the_other_way_round_are_put_in_order(as_person: Person, world: World) -> None:
    words = words_of(as_person("lead").get(f"{URL}?term=2023-24-summer&with=2024-25-autumn"))
    assert "The earlier term stands first" in words
    assert "Summer 2023/24 and Autumn 2024/25" in words


def test_the_same_term_twice_says_what_to_do(as_person: Person, world: World) -> None:
    response = as_person("lead").get(f"{URL}?term=2024-25-autumn&with=2024-25-autumn")
    assert response.status_code == 200
    assert "That is the same term twice." in words_of(response)


@pytest.mark.parametrize("asked", ["?with=1999-00-autumn", "?with=%00", "?with=2030-31-spring", "?term=x&with=y"])
def test_a_term_that_never_was_gets_the_terms_there_are(as_person: Person, world: World, asked: str) -> None:
    response = as_person("lead").get(URL + asked)
    assert response.status_code == 404
    assert "Choose one of these instead" in words_of(response)


@pytest.mark.parametrize("asked", ["", BOTH])
@pytest.mark.parametrize("holds", ["nothing", "an empty strategy"])
def test_a_partnership_without_a_round_or_a_plan_has_a_page(
    as_person: Person, world: World, asked: str, holds: str
) -> None:
    bare = PartnershipFactory(slug="bare", calendar=world.term.calendar)
    if holds == "an empty strategy":
        StrategyFactory(partnership=bare)
    response = as_person("administrator").get(f"/partnerships/bare/dashboard/{asked}")
    assert response.status_code == 200
    assert "No strategy yet" in words_of(response)
    for name in TABLES:
        assert as_person("administrator").get(f"/partnerships/bare/dashboard/{name}.csv").status_code == 200


# Downloads -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [*TABLES, "comparison"])
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_each_table_is_taken_away_by_whoever_reads_the_page_and_nobody_else(
    as_person: Person, world: World, name: str, suffix: str
) -> None:
    progress(world, count=2)
    address = f"{URL}{name}.{suffix}{BOTH}"
    for person, status in {"officer": 200, "board_member": 200, "stranger": 404}.items():
        assert as_person(person).get(address).status_code == status


@pytest.mark.parametrize(
    "rest", ["nothing.csv", "counts.pdf", "counts.csv?term=x", "comparison.csv", f"comparison.csv{BOTH[:20]}"]
)
def test_a_table_that_is_not_there_is_not_found(as_person: Person, world: World, rest: str) -> None:
    assert as_person("lead").get(URL + rest).status_code == 404


def test_words_that_look_like_formulas_stay_words(as_person: Person, world: World) -> None:
    for text in ("=HYPERLINK(1)", "+1", "-1", "@SUM", "\t=1", "A plain question"):
        ask_question(round_=world.round, text=text, by=world.board_member, at=NOW)
    lines = as_person("lead").get(f"{URL}said.csv").content.decode("utf-8-sig")
    texts = {row["Text"] for row in csv.DictReader(io.StringIO(lines))}
    assert texts == {"'=HYPERLINK(1)", "'+1", "'-1", "'@SUM", "'=1", "A plain question"}
    book = openpyxl.load_workbook(io.BytesIO(as_person("lead").get(f"{URL}said.xlsx").content))
    cells = [row[1] for row in book.active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert {cell.value for cell in cells} >= {"=HYPERLINK(1)", "+1"}
    dates = [row[3] for row in book.active.iter_rows(min_row=2)]
    assert {cell.number_format for cell in dates} == {"yyyy-mm-dd"}


def test_the_dashboard_offers_its_tables_and_another_term(as_person: Person, world: World) -> None:
    html = as_person("board_member").get(URL).content.decode()
    assert "/dashboard/priorities.csv?term=2024-25-autumn" in html
    assert 'name="with"' in html

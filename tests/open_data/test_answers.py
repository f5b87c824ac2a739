"""How open data is asked for and answers: pages, spreadsheets, caches, limits and problems."""

import csv
import io
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from partnerships.models import Partnership
from partnerships.services import touch
from priorities.models import Achievement, Reading
from tests.factories import (
    AchievementFactory,
    ActivityFactory,
    GroupReadingFactory,
    MetricGroupFactory,
    ObjectiveFactory,
)
from tests.open_data.samples import LISTS, SHEETS, Full, body_of, counting_children, record, results, sheet
from wesp_portal.common.api.sheets import cell, csv_lines

pytestmark = pytest.mark.django_db
PUBLISHED = {"status": Achievement.Status.PUBLISHED, "is_public": True}
MOST_QUERIES = 6


@pytest.fixture
def shown() -> Full:
    return Full("canary", is_public=True, code="E08000010")


def problem(response: Any, status: int) -> dict[str, Any]:
    assert response.status_code == status
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    told: dict[str, Any] = response.json()
    assert told["status"] == status
    return told


# Pages ----------------------------------------------------------------------------------------------------------------


def test_pages_follow_each_other_to_the_end(shown: Full, client: Client) -> None:
    for _ in range(6):
        ActivityFactory(objective=shown.objective)
    seen, address, pages = [], "/api/v1/activities/?page_size=3", 0
    while address:
        answer = client.get(address).json()
        seen += [row["id"] for row in answer["results"]]
        address, pages = answer["next"], pages + 1
    assert pages == 3
    assert seen == sorted(set(seen))
    assert len(seen) == 7


def test_a_row_added_or_taken_away_meanwhile_moves_no_page(shown: Full, client: Client) -> None:
    made = [ActivityFactory(objective=shown.objective) for _ in range(5)]
    first = client.get("/api/v1/activities/?page_size=3").json()
    shown.activity.delete()
    ActivityFactory(objective=shown.objective)
    second = client.get(first["next"]).json()
    assert [row["id"] for row in second["results"]][:3] == [each.pk for each in made[2:5]]


@pytest.mark.parametrize(
    "query",
    [
        "page_size=0",
        "page_size=501",
        "page_size=-1",
        "page_size=many",
        "page_size=",
        "page_size=" + "9" * 5000,
        "after=-1",
        "after=abc",
        "after=9223372036854775808",
        "after=%00",
        "after=٣",
    ],
)
def test_a_page_that_cannot_be_meant_is_refused_by_name(shown: Full, client: Client, query: str) -> None:
    told = problem(client.get(f"/api/v1/activities/?{query}"), 400)
    assert [error["parameter"] for error in told["errors"]] == [query.partition("=")[0]]


def test_a_page_beyond_the_last_is_empty(shown: Full, client: Client) -> None:
    assert client.get("/api/v1/activities/?after=9223372036854775807").json()["results"] == []


# Filters --------------------------------------------------------------------------------------------------------------


def test_lists_are_filtered(shown: Full, client: Client) -> None:
    Full("other", is_public=True, code="E10000017")
    for name in ("agreements", "strategies", "themes", "priorities", "objectives", "activities", "achievements"):
        rows = results(client, f"/api/v1/{name}/?partnership=canary-partnership")
        assert len(rows) == 1, name
    assert len(results(client, "/api/v1/news/?strategy=canary-strategy")) == 1
    assert {row["area"] for row in results(client, "/api/v1/readings/?area=E10000017")} == {"E10000017"}
    assert {row["metric"] for row in sheet(client, "/api/v1/readings.csv?metric=other-count")} == {"other-count"}
    assert [row["slug"] for row in results(client, "/api/v1/partnerships/?area=E10000017")] == ["other-partnership"]
    assert [row["title"] for row in results(client, "/api/v1/objectives/?metric=other-metric")] == ["other objective"]
    assert {row["metric"] for row in results(client, "/api/v1/readings/?partnership=other-partnership")} == {
        "other-metric",
        "other-count",
    }


def test_only_what_was_written_since_is_told(shown: Full, client: Client) -> None:
    Reading.objects.filter(metric=shown.metric).update(recorded_at=datetime(2024, 11, 1, tzinfo=UTC))
    Reading.objects.filter(metric=shown.count).update(recorded_at=datetime(2024, 12, 1, tzinfo=UTC))
    for since, count in (
        ("0001-01-01T00:00:00%2B23:59", 2),
        ("9999-12-31T23:59:59-23:59", 0),
        ("2024-10-31", 2),
        ("2024-11-20T09:00:00Z", 1),
        ("2024-12-02", 0),
    ):
        assert len(results(client, f"/api/v1/readings/?updated_since={since}")) == count
    assert len(results(client, "/api/v1/achievements/?updated_since=2020-01-01")) == 1


@pytest.mark.parametrize("value", ["yesterday", "2024-13-01", "", "%00"])
def test_a_time_that_cannot_be_read_is_refused_in_plain_words(shown: Full, client: Client, value: str) -> None:
    response = client.get(f"/api/v1/readings/?updated_since={value}")
    told = problem(response, 400)
    assert told["errors"][0]["parameter"] == "updated_since"


def test_a_parameter_that_is_not_known_is_named_with_those_that_are(shown: Full, client: Client) -> None:
    told = problem(client.get("/api/v1/readings/?metrc=x&format=csv"), 400)
    assert [error["parameter"] for error in told["errors"]] == ["format", "metrc"]
    assert "metric" in told["errors"][0]["detail"]
    problem(client.get("/api/v1/readings.csv?page_size=3"), 400)
    problem(client.get(f"/api/v1/priorities/{shown.priority.pk}/?strategy=x"), 400)


def test_what_no_database_can_hold_is_refused(shown: Full, client: Client) -> None:
    problem(client.get("/api/v1/readings/?metric=a%00b"), 400)
    problem(client.get("/api/v1/activities/99999999999999999999/"), 404)
    problem(client.get("/api/v1/partnerships/a%00b/"), 404)


# Spreadsheets ---------------------------------------------------------------------------------------------------------


def test_readings_are_one_flat_table(shown: Full, client: Client) -> None:
    response = client.get("/api/v1/readings.csv")
    content = body_of(response)
    assert content.startswith(b"\xef\xbb\xbfid,metric,metric_title,unit,area,")
    assert response["Content-Type"] == "text/csv; charset=utf-8; header=present"
    assert response["Content-Disposition"] == 'attachment; filename="readings.csv"'
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert all(None not in row and None not in row.values() for row in rows)
    figure = next(row for row in rows if row["metric"] == "canary-metric")
    assert figure["value"] == "65.9"
    assert figure["value_symbol"] == figure["group"] == ""
    assert (figure["area"], figure["period"], figure["period_ends_on"]) == ("E08000010", "2024", "2024-12-31")
    groups = [row["value"] for row in rows if row["group"]]
    assert groups == ["200.0"]
    for row in rows:
        assert (row["value"] == "") == bool(row["value_symbol"])
        assert row["value"] == "" or float(row["value"]) >= 0


def test_a_spreadsheet_holds_every_row_of_the_list(shown: Full, client: Client) -> None:
    for number in range(12):
        AchievementFactory(partnership=shown.partnership, title=f"Deed {number}", **PUBLISHED)
    listed = [row["title"] for row in results(client, "/api/v1/achievements/")]
    assert [row["title"] for row in sheet(client, "/api/v1/achievements.csv")] == listed


@pytest.mark.parametrize("text", ["=1+1", "+44", "-2", "@SUM(A1)", "\tx", "\r=1", "\n=1", "=1"])
def test_text_is_never_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"
    assert cell([text]) == f"'{text}"


def test_numbers_stay_numbers_and_nothing_stays_empty() -> None:
    assert [cell(value) for value in (-1.5, 0, None, True, ["a", "b"], "a=b")] == [-1.5, 0, "", "true", "a; b", "a=b"]


def test_a_title_that_looks_like_a_formula_stays_text(shown: Full, client: Client) -> None:
    title = '=HYPERLINK("http://x.example","a, b")'
    AchievementFactory(partnership=shown.partnership, title=title, **PUBLISHED)
    assert f"'{title}" in [row["title"] for row in sheet(client, "/api/v1/achievements.csv")]


def test_rows_are_written_as_they_are_read() -> None:
    read = []

    def rows() -> Any:
        for number in range(3):
            read.append(number)
            yield {"a": number}

    lines = csv_lines(["a"], rows())
    assert next(lines) == "﻿a\r\n"
    assert read == []
    assert next(lines) == "0\r\n"
    assert read == [0]


# Caches ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["/api/v1/", "/api/v1/openapi.json", "/api/v1/readings/", "/api/v1/readings.csv"])
def test_what_has_not_changed_is_not_sent_again(shown: Full, client: Client, address: str) -> None:
    first = client.get(address)
    again = client.get(address, headers={"if-none-match": first["ETag"]})
    assert again.status_code == 304
    assert again.content == b""
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == "public, max-age=60"


def test_a_date_is_enough_to_ask_whether_anything_changed(shown: Full, client: Client) -> None:
    touch(partnership_ids=[shown.partnership.pk])
    first = client.get("/api/v1/readings/")
    assert client.get("/api/v1/readings/", headers={"if-modified-since": first["Last-Modified"]}).status_code == 304
    Partnership.objects.update(changed_at=datetime(2020, 1, 1, tzinfo=UTC))
    assert client.get("/api/v1/readings/")["Last-Modified"] == "Wed, 01 Jan 2020 00:00:00 GMT"
    touch(partnership_ids=[shown.partnership.pk])
    asked = {"if-modified-since": "Wed, 01 Jan 2020 00:00:00 GMT"}
    assert client.get("/api/v1/readings/", headers=asked).status_code == 200


def test_whatever_is_written_makes_a_new_etag(shown: Full, client: Client) -> None:
    before = client.get("/api/v1/readings/")["ETag"]
    touch(partnership_ids=[shown.partnership.pk])
    after = client.get("/api/v1/readings/")["ETag"]
    assert before != after
    assert client.get("/api/v1/readings/", headers={"if-none-match": before}).status_code == 200
    Partnership.objects.update(is_public=False)
    assert client.get("/api/v1/readings/", headers={"if-none-match": after}).json()["results"] == []


def test_an_answer_to_head_has_all_but_its_body(shown: Full, client: Client) -> None:
    for address in ("/api/v1/readings/", "/api/v1/readings.csv"):
        response = client.head(address)
        assert response.status_code == 200
        assert body_of(response) == b""
        assert response["ETag"] == client.get(address)["ETag"]


def test_any_site_may_read_it_and_no_cookie_is_asked_for(shown: Full, client: Client) -> None:
    response = client.get("/api/v1/readings/", headers={"origin": "https://elsewhere.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    asked = client.options("/api/v1/readings/")
    assert asked.status_code == 204
    assert asked["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


def test_every_answer_names_the_licence(shown: Full, client: Client) -> None:
    for address in ("/api/v1/", *LISTS, *SHEETS):
        assert 'rel="license"' in client.get(address)["Link"]
    assert "open-government-licence/version/3" in client.get("/api/v1/readings/").json()["licence"]


# Limits ---------------------------------------------------------------------------------------------------------------


@time_machine.travel("2024-11-26 12:00:00+00:00", tick=False)
def test_too_many_requests_in_a_minute_are_asked_to_wait(shown: Full, client: Client, settings: Settings) -> None:
    settings.OPEN_DATA_A_MINUTE = 2
    left = [client.get("/api/v1/areas/")["X-RateLimit-Remaining"] for _ in range(2)]
    assert left == ["1", "0"]
    refused = client.get("/api/v1/areas/")
    problem(refused, 429)
    assert refused["Retry-After"] == "60"
    assert refused["X-RateLimit-Limit"] == "2"
    assert client.get("/api/v1/areas/", REMOTE_ADDR="10.0.0.9").status_code == 200


# Problems -------------------------------------------------------------------------------------------------------------


def test_nothing_is_there_but_what_is_listed(shown: Full, client: Client) -> None:
    for address in ("/api/v1/nonsense/", "/api/v1/readings", "/api/v1/priorities/0/", "/api/v1/priorities/one/"):
        problem(client.get(address), 404)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_it_is_for_reading(shown: Full, client: Client, method: str) -> None:
    for address in ("/api/v1/", "/api/v1/readings/", "/api/v1/readings.csv", "/api/v1/openapi.json"):
        response = getattr(client, method)(address)
        problem(response, 405)
        assert "GET" in response["Allow"]


def test_a_form_that_cannot_be_given_is_refused(shown: Full, client: Client) -> None:
    told = problem(client.get("/api/v1/readings/", headers={"accept": "text/csv"}), 406)
    assert ".csv" in told["detail"]
    problem(client.get("/api/v1/readings.csv", headers={"accept": "application/json"}), 406)
    assert client.get("/api/v1/readings.csv", headers={"accept": "text/html, */*;q=0.5"}).status_code == 200


def test_a_database_that_is_away_is_said_in_json(shown: Full, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any, **__: Any) -> None:
        raise OperationalError

    monkeypatch.setattr("partnerships.api.open_data.Partnership.objects.order_by", away)
    refused = client.get("/api/v1/readings/")
    problem(refused, 503)
    assert refused["Retry-After"] == "30"


# Queries --------------------------------------------------------------------------------------------------------------


def grow(shown: Full) -> None:
    """More of everything that lists hold, with what each row names."""
    for number in range(5):
        again = Full(f"more{number}", is_public=True, code=f"E0800002{number}")
        objective = ObjectiveFactory(priority=shown.priority)
        metric = counting_children()
        again.achievement.priorities.add(shown.priority)
        again.achievement.organisations.add(shown.organisation)
        shown.count.uses.create(objective=objective, ref=f"X{number}", title="x")
        metric.uses.create(objective=objective, ref=f"Y{number}", title="y")
        record(metric, shown.area, value="40")
        GroupReadingFactory(metric=metric, area=shown.area, group=MetricGroupFactory(), value=7)


def test_a_list_takes_as_many_queries_however_long_it_is(shown: Full, client: Client) -> None:
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as taken:
            body_of(client.get(address))
        return len(taken)

    before = {address: queries(address) for address in (*LISTS, *SHEETS)}
    grow(shown)
    assert {address: queries(address) for address in before} == before
    assert max(before.values()) <= MOST_QUERIES, before


def test_what_has_not_changed_takes_one_query(shown: Full, client: Client, django_assert_num_queries: Any) -> None:
    etag = client.get("/api/v1/readings.csv")["ETag"]
    with django_assert_num_queries(1):
        client.get("/api/v1/readings.csv", headers={"if-none-match": etag})

"""No small count of children leaves the portal, nor anything that would give it away."""

import pytest
from django.test import Client

from partnerships.models import Area
from priorities.models import Metric
from tests.factories import AreaFactory, GroupReadingFactory, MeasureUseFactory, MetricGroupFactory
from tests.open_data.samples import Full, counting_children, record, results, sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown() -> Full:
    return Full("canary", is_public=True, code="E08000010")


@pytest.fixture
def count(shown: Full) -> Metric:
    """An official count of children, so that it is told of all areas that are compared."""
    metric: Metric = counting_children(slug="children", kind="official")
    MeasureUseFactory(objective=shown.objective, metric=metric)
    return metric


def told(client: Client, query: str = "") -> dict[tuple[str, str, str], tuple[str, str]]:
    """What the list and the spreadsheet say, which must be the same, by area, period and group."""
    listed = {}
    for row in results(client, f"/api/v1/readings/?metric=children{query}"):
        for group in ({"group": "", **row}, *row["groups"]):
            value = group["value"]
            listed[row["area"], row["period"], group["group"]] = (
                "" if value is None else f"{value:g}",
                group["value_symbol"],
            )
    told_in_sheet = {
        (row["area"], row["period"], row["group"]): (row["value"].removesuffix(".0"), row["value_symbol"])
        for row in sheet(client, f"/api/v1/readings.csv?metric=children{query}")
    }
    assert told_in_sheet == listed
    return listed


def test_a_small_count_shows_a_symbol_and_no_value(shown: Full, count: Metric, client: Client) -> None:
    record(count, shown.area, "2023", "5", qualifier="about")
    record(count, shown.area, "2024", "6")
    record(count, shown.area, "2025", "0")
    assert told(client) == {
        ("E08000010", "2023", ""): ("", "c"),
        ("E08000010", "2024", ""): ("6", ""),
        ("E08000010", "2025", ""): ("0", ""),
    }
    hidden = next(row for row in results(client, "/api/v1/readings/") if row["period"] == "2023")
    assert hidden["qualifier"] == ""
    assert client.get(f"/api/v1/readings/{hidden['id']}/").json()["value"] is None


def test_a_rate_is_no_count(shown: Full, client: Client) -> None:
    rate = counting_children(slug="children", unit="percent", decimals=1)
    MeasureUseFactory(objective=shown.objective, metric=rate)
    record(rate, shown.area, value="4.5")
    assert told(client) == {("E08000010", "2024", ""): ("4.5", "")}


def test_a_group_that_a_small_one_would_follow_from_is_hidden_too(shown: Full, count: Metric, client: Client) -> None:
    record(count, shown.area, value="40")
    for slug, value in (("girls", 3), ("boys", 37)):
        GroupReadingFactory(
            metric=count, area=shown.area, group=MetricGroupFactory(slug=slug, whole="sex"), value=value
        )
    assert told(client) == {
        ("E08000010", "2024", ""): ("40", ""),
        ("E08000010", "2024", "girls"): ("", "c"),
        ("E08000010", "2024", "boys"): ("", "c"),
    }


def test_a_whole_that_is_hidden_is_not_the_sum_of_groups_that_are_shown(
    shown: Full, count: Metric, client: Client
) -> None:
    record(count, shown.area, value="4")
    GroupReadingFactory(metric=count, area=shown.area, group=MetricGroupFactory(slug="girls", whole="sex"), value=0)
    assert set(told(client).values()) == {("", "c")}


def nested(own: Area) -> tuple[Area, Area]:
    """The region that a partnership's area lies in, with another part of it that is compared with."""
    region = AreaFactory(code="E12000002", name="North West", level="region")
    own.parent = region
    own.save()
    other = AreaFactory(code="E08000001", name="Bolton", parent=region)
    own.neighbour_links.create(neighbour=other, position=1)
    return region, other


def test_a_total_that_would_give_a_small_count_away_is_hidden(shown: Full, count: Metric, client: Client) -> None:
    region, other = nested(shown.area)
    for area, value in ((shown.area, "3"), (other, "50"), (region, "53")):
        record(count, area, value=value)
    expected = {
        ("E08000010", "2024", ""): ("", "c"),
        ("E08000001", "2024", ""): ("50", ""),
        ("E12000002", "2024", ""): ("", "c"),
    }
    assert told(client) == expected
    # Asking for the total alone, or for one page of it, changes nothing.
    assert told(client, "&area=E12000002") == {("E12000002", "2024", ""): ("", "c")}
    page = client.get("/api/v1/readings/?metric=children&area=E12000002&page_size=1").json()
    assert [row["value"] for row in page["results"]] == [None]


def test_a_group_of_a_larger_area_does_not_give_away_that_of_a_smaller_one(
    shown: Full, count: Metric, client: Client
) -> None:
    region, other = nested(shown.area)
    group = MetricGroupFactory(slug="send")
    for area, whole, part in ((shown.area, "900", 3), (other, "800", 50), (region, "1700", 53)):
        record(count, area, value=whole)
        GroupReadingFactory(metric=count, area=area, group=group, value=part)
    found = told(client)
    assert found["E08000010", "2024", "send"] == found["E12000002", "2024", "send"] == ("", "c")
    assert found["E08000001", "2024", "send"] == ("50", "")
    assert found["E12000002", "2024", ""] == ("1700", "")


def test_hidden_counts_are_in_no_answer(shown: Full, count: Metric, client: Client) -> None:
    # A number that nothing else in an answer holds.
    count.disclosure_threshold = 9
    count.decimals = 4
    count.save()
    record(count, shown.area, value="7.7531")
    for address in ("/api/v1/readings/", "/api/v1/readings.csv", "/api/v1/readings/?updated_since=2020-01-01"):
        response = client.get(address)
        assert b"7.7531" not in b"".join(response)

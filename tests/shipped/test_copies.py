"""The kept copies of readings and updates say what the readings and updates say."""

import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from partnerships.models import Partnership
from partnerships.services import touch
from priorities.models import Activity, Metric, Reading, Series, Strategy
from priorities.services import (
    check_activities,
    check_series,
    partnerships_showing,
    rebuild_activities,
    rebuild_series,
    record_reading,
)
from priorities.services.updates import record_update
from tests.factories import AreaFactory, MeasureUseFactory, MetricFactory, PartnershipFactory, TermFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2024, 11, 20, 9, 30, tzinfo=UTC)


@pytest.fixture
def metric(world):
    return MeasureUseFactory(objective=world.objective, metric__unit=Metric.Unit.PERCENT).metric


def record(metric, area, period, value, **more):
    return record_reading(metric=metric, area=area, period=period, value=value, by=more.pop("by", None), at=NOW, **more)


def version(partnership) -> int:
    return Partnership.objects.get(pk=partnership.pk).version


def test_a_touch_raises_the_versions_of_those_partnerships_alone(world, django_assert_num_queries):
    other = PartnershipFactory()
    with django_assert_num_queries(1):
        touch(partnership_ids=[world.partnership.pk])
    assert (version(world.partnership), version(other)) == (2, 1)
    touch(partnership_ids=[world.partnership.pk, other.pk, other.pk])
    assert (version(world.partnership), version(other)) == (3, 2)


def test_a_reading_is_written_with_its_series_history_and_version(world, metric):
    area = world.partnership.area
    reading = record(metric, area, "2023-24", Decimal("8.50"), source="Register", by=world.officer)
    assert (str(reading.period_ends_on), reading.recorded_by) == ("2024-08-31", world.officer)
    assert reading.history.get().history_user == world.officer
    assert Series.objects.get().points == [
        {
            "period": "2023-24",
            "value": "8.5",
            "symbol": "",
            "qualifier": "",
            "status": "final",
            "as_at": None,
            "source": "Register",
            "note": "",
            "recorded_as": "Officer, Harbour Council",
        }
    ]
    assert version(world.partnership) == 2
    assert version(world.elsewhere) == 1


def test_a_reading_of_a_part_bumps_the_dashboard_that_shows_the_whole(world, metric):
    part = MetricFactory()
    metric.parts.add(part)
    record(part, world.partnership.area, "2024", Decimal(3))
    assert version(world.partnership) == 2


def test_recording_the_same_period_again_revises_the_one_reading(world, metric):
    area = world.partnership.area
    record(metric, area, "2024", Decimal(5))
    record(metric, area, "2024", None, symbol="c", status=Reading.Status.REVISED)
    assert Reading.objects.get().history.count() == 2
    (point,) = Series.objects.get().points
    assert (point["value"], point["symbol"], point["status"]) == (None, "c", "revised")


def test_a_series_keeps_the_twelve_latest_oldest_first(world, metric):
    area = world.partnership.area
    for year in (*range(2020, 2008, -1), 2021, 2008):
        record(metric, area, str(year), Decimal(year - 2000))
    periods = [point["period"] for point in Series.objects.get().points]
    assert periods == [str(year) for year in range(2010, 2022)]
    assert check_series() == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"value": None}, "value"),
        ({"value": Decimal(4), "symbol": "x"}, "symbol"),
        ({"value": Decimal("1.23456")}, "value"),
        ({"value": Decimal(4), "period": "2024-25-winter"}, "period"),
        ({"value": Decimal(4), "status": "guessed"}, "status"),
        ({"value": None, "symbol": "x", "qualifier": "over"}, "qualifier"),
    ],
)
def test_a_reading_that_cannot_be_is_refused_at_its_field(world, metric, given, field):
    with pytest.raises(ValidationError) as raised:
        record(metric, world.partnership.area, **({"period": "2024"} | given))
    assert field in raised.value.message_dict
    assert not Reading.objects.exists()


def test_days_below_zero_are_refused_and_a_share_below_zero_is_a_fall(world, metric):
    record(metric, world.partnership.area, "2024", Decimal(-1))
    metric.unit = "days"
    with pytest.raises(ValidationError) as raised:
        record(metric, world.partnership.area, "2023", Decimal(-1))
    assert "value" in raised.value.message_dict


def test_a_partnership_shows_the_metrics_it_uses_their_parts_and_its_context(world, metric):
    part, part_of_part, context, strange = MetricFactory(), MetricFactory(), MetricFactory(), MetricFactory()
    metric.parts.add(part)
    part.parts.add(part_of_part)
    context.context_for.add(world.strategy)
    for shown in (metric, part, part_of_part, context):
        assert partnerships_showing([shown.pk]) == {world.partnership.pk}
    assert partnerships_showing([strange.pk]) == set()


def test_rebuilding_puts_right_what_is_wrong_and_nothing_else(world, metric):
    here, there = world.partnership.area, AreaFactory(code="E92000001", name="England")
    record(metric, here, "2024", Decimal(5))
    record(metric, there, "2024", Decimal(6))
    assert (check_series(), rebuild_series()) == ([], 0)
    right = list(Series.objects.order_by("area__code").values_list("points", flat=True))
    Series.objects.filter(area=here).update(points=[])
    Series.objects.filter(area=there).delete()
    Series.objects.create(metric=MetricFactory(), area=here, points=[{"period": "2024"}])
    before = version(world.partnership)
    assert len(check_series()) == 3
    assert check_series([metric.pk]) != []
    assert rebuild_series() == 3
    assert list(Series.objects.order_by("area__code").values_list("points", flat=True)) == right
    assert check_series() == []
    assert version(world.partnership) == before + 1


def test_rebuilding_takes_the_same_queries_however_many_readings(world, metric, django_assert_max_num_queries):
    area = world.partnership.area
    for year in range(2000, 2024):
        Reading.objects.create(
            metric=metric, area=area, period=str(year), period_ends_on=f"{year}-12-31", value=year - 2000
        )
    with django_assert_max_num_queries(9):
        assert rebuild_series() == 1
    assert len(Series.objects.get().points) == 12


def test_the_copies_of_activities_are_checked_and_rebuilt(world):
    terms = [
        TermFactory(
            calendar=world.partnership.calendar,
            code=f"{2010 + year}-{11 + year}-spring",
            starts_on=f"{2011 + year}-01-05",
            ends_on=f"{2011 + year}-04-01",
        )
        for year in range(13)
    ]
    for term in [*terms[6:], *terms[:6]]:
        record_update(
            activity=world.activity, term=term, status="under_way", rag="on_track", words="Done", reason="",
            by=world.officer, at=NOW,
        )  # fmt: skip
    kept = Activity.objects.filter(pk=world.activity.pk).values("latest_term", "latest_status", "latest_rag", "trail")
    right = kept.get()
    assert right["latest_term"] == "2022-23-spring"
    assert len(right["trail"]) == 12
    assert (check_activities(), rebuild_activities()) == ([], 0)
    kept.update(latest_term="", trail={})
    assert len(check_activities()) == 1
    assert rebuild_activities() == 1
    assert kept.get() == right


def test_the_command_checks_and_rebuilds(world, metric):
    record(metric, world.partnership.area, "2024", Decimal(5))
    out, errors = io.StringIO(), io.StringIO()
    call_command("rebuild_copies", "--check", stdout=out)
    assert out.getvalue() == "Every copy is right.\n"
    Series.objects.update(points=[])
    with pytest.raises(CommandError, match=r"1 copy is wrong\."):
        call_command("rebuild_copies", "--check", stderr=errors)
    assert "differs from its readings" in errors.getvalue()
    assert Series.objects.get().points == []
    call_command("rebuild_copies", stdout=out)
    assert "Rebuilt 1 series and the copies of 0 activities" in out.getvalue()
    call_command("rebuild_copies", "--check", stdout=out)


def test_load_strategies_says_what_it_did_and_that_it_did_nothing():
    out = io.StringIO()
    call_command("load_strategies", stdout=out)
    assert "Excellence in Education Strategy 2020–2030: added 1 strategy" in out.getvalue()
    out = io.StringIO()
    call_command("load_strategies", stdout=out)
    assert out.getvalue().endswith("Nothing changed: all that ships was loaded before.\n")
    assert check_series() == []
    Strategy.objects.filter(slug="excellence-in-education").update(title="Excellence for All")
    out = io.StringIO()
    call_command("load_strategies", stdout=out)
    assert "  left alone: " in out.getvalue()
    assert "Nothing changed" not in out.getvalue()
    assert out.getvalue().endswith("what is listed differs from what ships, and stays as it is here.\n")

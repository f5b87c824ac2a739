"""Prepared queries: the same rows as the queryset they are made from, whatever the values."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier
from typing import Any

import pytest
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet, Value
from pytest_django import DjangoAssertNumQueries

from partnerships.models import Term
from priorities.models import Achievement, Activity, Target
from tests.factories import (
    AchievementFactory,
    ActivityFactory,
    AreaFactory,
    CalendarFactory,
    MetricFactory,
    TermFactory,
    World,
)
from wesp_portal.common.prepared import Prepared


def activities(priority_id: int) -> QuerySet[Any, Any]:
    return Activity.objects.filter(priority=priority_id).order_by("pk").values("ref", "trail", "due_on", "lead__name")


def among(ids: Sequence[int]) -> QuerySet[Any, Any]:
    return Activity.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "title")


def between(first: date, last: date) -> QuerySet[Any, Any]:
    return Term.objects.filter(starts_on__range=(first, last)).order_by("pk").values_list("code", "starts_on")


def targets(metric_id: int) -> QuerySet[Any, Any]:
    return Target.objects.filter(metric=metric_id).values("value", "tolerance")


def titles(partnership_id: int) -> QuerySet[Any, Any]:
    own = Achievement.objects.filter(partnership=partnership_id).order_by()
    named = Q(priorities__strategy__partnership=partnership_id)
    kinds = own.annotate(what=Value("own")), own.filter(named).annotate(what=Value("named"))
    return kinds[0].values_list("what", "title").union(kinds[1].values_list("what", "title"))


def test_its_rows_are_those_of_the_queryset_with_dates_and_documents_as_the_models_have_them(world: World) -> None:
    ActivityFactory(
        objective=None, priority=world.priority, due_on=date(2025, 1, 31), trail={"2024-25-autumn": "done:on_track"}
    )
    other = ActivityFactory()
    prepared = Prepared(activities)
    for priority in (world.priority, other.priority):
        assert prepared.dicts(priority.pk) == list(activities(priority.pk)) != []


def test_decimals_are_decimals(world: World) -> None:
    metric = MetricFactory()
    Target.objects.create(metric=metric, area=AreaFactory(), basis="absolute", value="17.5000")
    (row,) = Prepared(targets).dicts(metric.pk)
    assert row == {"value": Decimal("17.5"), "tolerance": None}
    assert isinstance(row["value"], Decimal)


def test_a_list_may_have_any_length(world: World) -> None:
    prepared = Prepared(among)
    made = [ActivityFactory(objective=world.objective).pk for _ in range(3)]
    for ids in (made[:1], made, made[1:], list(reversed(made))):
        assert prepared.tuples(ids) == list(among(ids))


def test_days_are_values_too(world: World) -> None:
    TermFactory(calendar=CalendarFactory(slug="other"), code="2021-22-autumn", starts_on=date(2021, 9, 1))
    prepared = Prepared(between)
    assert [code for code, _ in prepared.tuples(date(2021, 1, 1), date(2021, 12, 31))] == ["2021-22-autumn"]
    assert {code for code, _ in prepared.tuples(date(2024, 1, 1), date(2024, 12, 31))} == {
        "2024-25-autumn",
        "2023-24-summer",
    }


def test_constants_and_unions_keep_their_places(world: World) -> None:
    AchievementFactory(partnership=world.partnership, title="Alone")
    AchievementFactory(partnership=world.partnership, title="Named").priorities.set([world.priority])
    AchievementFactory(partnership=world.elsewhere, title="Elsewhere")
    prepared = Prepared(titles)
    assert sorted(prepared.tuples(world.partnership.pk)) == [("named", "Named"), ("own", "Alone"), ("own", "Named")]
    assert prepared.tuples(world.elsewhere.pk) == [("own", "Elsewhere")]


def test_it_is_built_once_and_is_one_query_each_time(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    built = []

    def counted(priority_id: int) -> QuerySet[Any, Any]:
        built.append(priority_id)
        return activities(priority_id)

    prepared = Prepared(counted)
    for priority_id in (world.priority.pk, 1, 2):
        with django_assert_num_queries(1):
            prepared.dicts(priority_id)
    assert len(built) == 1


def test_a_value_that_does_not_reach_the_query_is_refused(world: World) -> None:
    def forgetful(priority_id: int) -> QuerySet[Any, Any]:
        return Activity.objects.values("ref")

    with pytest.raises(ValueError, match="forgetful does not hand every value"):
        Prepared(forgetful).dicts(world.priority.pk)


def test_an_empty_list_finds_nothing_and_asks_nothing(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    prepared = Prepared(among)
    with django_assert_num_queries(0):
        assert prepared.tuples([]) == list(among([])) == []


def test_a_query_that_can_never_match_is_a_fault_that_is_seen(world: World) -> None:
    def never(priority_id: int) -> QuerySet[Any, Any]:
        return activities(priority_id).filter(pk__in=[])

    with pytest.raises(EmptyResultSet):
        Prepared(never).dicts(world.priority.pk)


def test_lists_of_every_length_do_not_pile_up(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wesp_portal.common.prepared.MOST_STATEMENTS", 3)
    prepared = Prepared(among)
    made = ActivityFactory(objective=world.objective)
    for length in range(1, 9):
        ids = [made.pk, *range(10**9, 10**9 + length - 1)]
        assert prepared.tuples(ids) == list(among(ids)) != []
    assert len(prepared._statements) <= 3


def test_a_failure_while_it_is_made_leaves_nothing_behind(world: World) -> None:
    faults = [RuntimeError("once")]

    def fails_once(priority_id: int) -> QuerySet[Any, Any]:
        if faults:
            raise faults.pop()
        return activities(priority_id)

    prepared = Prepared(fails_once)
    with pytest.raises(RuntimeError, match="once"):
        prepared.dicts(world.priority.pk)
    assert prepared.dicts(world.priority.pk) == list(activities(world.priority.pk))


def test_one_may_ask_another_while_it_is_made(world: World) -> None:
    inner = Prepared(among)

    def nested(priority_id: int) -> QuerySet[Any, Any]:
        inner.tuples([1])
        return activities(priority_id)

    assert Prepared(nested).dicts(world.priority.pk) == list(activities(world.priority.pk))


@pytest.mark.django_db(transaction=True)
def test_threads_share_it_each_on_its_own_connection() -> None:
    world = World()
    ActivityFactory(objective=None, priority=world.priority, due_on=date(2025, 1, 31))
    other = ActivityFactory()
    wanted = {pk: list(activities(pk)) for pk in (world.priority.pk, other.priority_id)}
    prepared = Prepared(activities)
    started = Barrier(4)

    def ask(priority_id: int) -> list[dict[str, Any]]:
        started.wait()
        try:
            return [row for _ in range(20) for row in prepared.dicts(priority_id)]
        finally:
            connection.close()

    asked = [*wanted, *wanted]
    with ThreadPoolExecutor(4) as threads:
        for pk, found in zip(asked, threads.map(ask, asked), strict=True):
            assert found == wanted[pk] * 20

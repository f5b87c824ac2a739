"""Loading all that ships again writes nothing, and leaves alone what people did to it."""

from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.models import Board, Membership, Organisation, Partnership, Term
from partnerships.services import load_partnerships, read_partnerships
from priorities.models import (
    Achievement,
    Activity,
    Metric,
    Objective,
    Outcome,
    Priority,
    Reading,
    Strategy,
    Theme,
)
from reports.models import Return, ReturnEntry, Round
from reports.services.shipped import load_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]


def history_rows() -> int:
    tracked: list[Any] = [
        model for model in apps.get_models() if hasattr(model._meta, "simple_history_manager_attribute")
    ]
    assert tracked
    return sum(model.history.count() for model in tracked)


def test_loading_it_again_writes_nothing():
    before, kept = history_rows(), set(Partnership.objects.values_list("slug", "version"))
    with CaptureQueriesContext(connection) as queries:
        reports = load_all()
    assert not any(report.has_changed or report.left_alone for report in reports)
    assert all(report.lines() == [f"{report.title}: nothing changed."] for report in reports)
    assert (history_rows(), set(Partnership.objects.values_list("slug", "version"))) == (before, kept)
    writes = [query["sql"] for query in queries if query["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert writes == []


def test_loading_it_again_takes_a_fixed_number_of_queries():
    with CaptureQueriesContext(connection) as queries:
        load_all()
    assert len(queries) == 207


def test_every_tracked_row_has_one_history_row_that_says_why():
    for model in (Strategy, Theme, Priority, Objective, Activity, Outcome, Metric, Reading, Achievement, Return):
        history = model.history
        assert history.count() == model.objects.count() > 0
        reasons = history.values_list("history_type", "history_change_reason").distinct()
        assert list(reasons.order_by()) == [("+", "Loaded from the shipped strategies")]


def test_the_history_of_an_achievement_keeps_its_links():
    achievement = Achievement.objects.get(strategy__slug="wesp", quantity=50)
    kept = Achievement.history.get(id=achievement.pk)
    assert {link.organisation.slug for link in kept.organisations.all()} == {"wigan-council", "wwl"}
    assert {link.priority.ref for link in kept.priorities.all()} == {"H1", "H3"}


def test_an_edited_partnership_is_left_alone():
    Partnership.objects.filter(slug="wesp").update(summary="Ours")
    Membership.objects.filter(partnership__slug="wesp", organisation__slug="wwl").delete()
    Board.objects.get(slug="mims-meeting").delete()
    Term.objects.filter(calendar__slug="wigan", code="2025-26-autumn").update(ends_on="2025-12-18")
    report = load_partnerships(read_partnerships())
    assert not report.has_changed
    assert report.left_alone == [
        "term wigan 2025-26-autumn ends on, edited here",
        "partnership wesp summary, edited here",
        "membership wesp wwl, deleted or renamed here",
        "board wigan-education-partnership mims-meeting, deleted or renamed here",
    ]


def test_a_deleted_organisation_is_not_brought_back_by_any_file():
    Organisation.objects.get(slug="unicef").delete()
    reports = load_all()
    assert reports[0].left_alone == ["organisation unicef, deleted or renamed here"]
    assert not Organisation.objects.filter(slug="unicef")


def test_a_deleted_strategy_is_not_brought_back():
    Strategy.objects.get(slug="technical-education-vision").delete()
    reports = load_all()
    assert ["strategy technical-education-vision, deleted or renamed here"] in [r.left_alone for r in reports]
    assert not any(report.has_changed for report in reports)


def test_an_edited_return_is_left_alone():
    ReturnEntry.objects.filter(priority__ref="EET").update(impact="More than we hoped.")
    reports = load_all()
    assert reports[-1].left_alone == ["the return, edited here"]
    assert ReturnEntry.objects.get(priority__ref="EET").impact == "More than we hoped."


def test_a_deleted_return_is_not_brought_back():
    ReturnEntry.objects.all().delete()
    Return.objects.get().delete()
    Round.objects.get().delete()
    assert load_all()[-1].left_alone == ["the return, deleted here"]
    assert not Return.objects.exists()

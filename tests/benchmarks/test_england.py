"""An England of one council, made small: its rows are what the services would have written."""

from datetime import date
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, Max

from benchmarks.england import making, progress
from benchmarks.england.sizes import England, scattered
from partnerships.models import Partnership, User
from priorities.models import Achievement, Activity, ActivityUpdate, MeasureUse, Objective, Reading, Series

TODAY = date(2026, 11, 26)
# More than an activity's trail and a series hold, so that what is kept is not all there is.
TERMS = 14

needs_copy = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="England is made by PostgreSQL's COPY.")


def test_terms_write_in_an_order_of_their_own_that_leaves_nobody_out():
    first, second = list(scattered(750, 0)), list(scattered(750, 1))
    assert sorted(first) == sorted(second) == list(range(750))
    assert first != second


def test_the_terms_end_with_the_one_under_way():
    strips = England(councils=1, terms=4, today=TODAY).strips
    codes = [strip.period.code for strip in strips]
    assert codes == ["2025-26-autumn", "2025-26-spring", "2025-26-summer", "2026-27-autumn"]
    assert strips[-1].last_day < TODAY


@needs_copy
@pytest.mark.django_db
def test_a_database_that_holds_anything_is_refused():
    with pytest.raises(making.NotEmptyError):
        making.make(councils=1, today=TODAY)


@needs_copy
@pytest.mark.django_db(transaction=True)
def test_a_small_england_is_what_the_services_would_have_written(client):
    before = _rules()
    making.fill(England(councils=1, terms=TERMS, today=TODAY))

    # Every index and constraint is there again, and held.
    assert _rules() == before
    out = StringIO()
    call_command("rebuild_copies", "--check", stdout=out)
    assert "Every copy is right" in out.getvalue()

    # As many as DESIGN's portal has, of each of five partnerships.
    assert Partnership.objects.count() == 5
    assert (Objective.objects.count(), Activity.objects.count(), MeasureUse.objects.count()) == (180, 750, 580)
    # Every update but the awaited ones of this term; every series in every term.
    assert TERMS - 1 < ActivityUpdate.objects.count() / 750 < TERMS
    assert Reading.objects.count() == Series.objects.count() * TERMS

    # History is as it is written: a row for each update and achievement, and its links with it.
    assert progress.UpdateHistory.objects.count() == ActivityUpdate.objects.count()
    assert progress.AchievementHistory.objects.count() == Achievement.objects.count() == 3 * 5 * TERMS
    logged: Any = Achievement.objects.annotate(links=Count("priorities")).latest("pk")
    assert logged.history.get().priorities.count() == logged.links == 2

    # What is made next is numbered on.
    latest = ActivityUpdate.objects.aggregate(latest=Max("pk"))["latest"]
    update = ActivityUpdate.objects.latest("pk")
    update.pk, update.activity_id = None, _without_update(update.term_id)
    update.save()
    assert update.pk == latest + 1

    officer = User.objects.get(email="officer.ashbury@england.example")
    client.force_login(officer)
    for address in ("/", "/partnerships/ashbury-education-and-skills/dashboard/", "/strategies/"):
        assert client.get(address).status_code == 200, address


def _without_update(term_id: int) -> int:
    return Activity.objects.exclude(updates__term=term_id).values_list("pk", flat=True)[0]


def _rules() -> list[tuple[str, ...]]:
    """Every index and constraint of the tables that are filled without them."""
    tables = [model._meta.db_table for model in progress.LARGE]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid::regclass::text = ANY(%(t)s)"
            " UNION ALL SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%(t)s) ORDER BY 1, 2",
            {"t": tables},
        )
        found: list[tuple[str, ...]] = cursor.fetchall()
    return found

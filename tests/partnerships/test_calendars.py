"""Calendars of half terms and months, and the rounds of partnerships that report by them."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from partnerships.models import Calendar, Partnership, Term
from partnerships.services import Every, divide_calendar
from reports import services
from reports.models import Reminder, Return, ReturnEntry, Round
from reports.queries.returns import previous_return, promises_of
from reports.services import reports
from tests.factories import PlannedStepFactory, TermFactory, World

HALVES = [
    ("2024-25-half-1", date(2024, 9, 3), date(2024, 10, 25)),
    ("2024-25-half-2", date(2024, 11, 4), date(2024, 12, 20)),
]


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wesp_portal.common.jobs.app.send_task", lambda name, args: None)


@pytest.fixture
def calendar(world: World) -> Calendar:
    """The world's, whose autumn has a half-term holiday and whose summer before has none."""
    world.term.half_term_starts_on, world.term.half_term_ends_on = date(2024, 10, 26), date(2024, 11, 3)
    world.term.save()
    return Calendar.objects.get(pk=world.term.calendar_id)


@pytest.fixture
def halved(world: World, calendar: Calendar) -> World:
    """The world, once its partnership reports every half term; its termly rounds are over."""
    divided, _ = divide_calendar(calendar=calendar, every=Every.HALF_TERM)
    Partnership.objects.filter(pk=world.partnership.pk).update(calendar=divided)
    Round.objects.all().delete()
    return world


def opened(world: World, day: date) -> Round:
    services.open_rounds(on=day)
    return Round.objects.select_related("term", "partnership").get(partnership=world.partnership, opens_on=day)


def test_a_calendar_is_divided_into_its_half_terms_once(calendar: Calendar) -> None:
    divided, added = divide_calendar(calendar=calendar, every=Every.HALF_TERM)
    assert (divided.slug, divided.name, added) == ("wigan-half-terms", "Wigan, by half terms", 2)
    assert list(divided.terms.values_list("code", "starts_on", "ends_on")) == HALVES
    assert [term.label for term in divided.terms.all()] == ["Autumn 2024/25, first half", "Autumn 2024/25, second half"]
    assert divide_calendar(calendar=calendar, every=Every.HALF_TERM) == (divided, 0)


def test_into_months_that_two_terms_may_share(calendar: Calendar) -> None:
    for code, starts_on, ends_on in (
        ("2024-25-spring", date(2025, 1, 6), date(2025, 4, 4)),
        ("2024-25-summer", date(2025, 4, 22), date(2025, 7, 1)),
    ):
        TermFactory(calendar=calendar, code=code, starts_on=starts_on, ends_on=ends_on)
    divided, _ = divide_calendar(calendar=calendar, every=Every.MONTH)
    months = {term.code: (term.starts_on, term.ends_on) for term in divided.terms.filter(starts_on__gte="2024-09-01")}
    assert list(months) == [
        f"2024-25-{name}" for name in ["sep", "oct", "nov", "dec", "jan", "feb", "mar", "apr", "may", "jun"]
    ]
    assert months["2024-25-dec"] == (date(2024, 12, 1), date(2024, 12, 20))
    assert months["2024-25-apr"] == (date(2025, 4, 1), date(2025, 4, 30))
    assert divided.terms.get(code="2024-25-apr").label == "April 2025"
    for term in divided.terms.all():
        term.full_clean()


def test_dates_that_somebody_entered_stay(calendar: Calendar) -> None:
    divided, _ = divide_calendar(calendar=calendar, every=Every.HALF_TERM)
    divided.terms.filter(code="2024-25-half-1").update(starts_on=date(2024, 9, 9))
    divided.terms.filter(code="2024-25-half-2").delete()
    assert divide_calendar(calendar=calendar, every=Every.HALF_TERM)[1] == 1
    assert divided.terms.get(code="2024-25-half-1").starts_on == date(2024, 9, 9)


def test_an_administrator_divides_a_calendar_and_hears_what_is_missing(
    client: Client, world: World, calendar: Calendar
) -> None:
    client.force_login(world.administrator)
    asked = {"action": "divide_into_half_terms", "_selected_action": [calendar.pk]}
    page = client.post(reverse("admin:partnerships_calendar_changelist"), asked, follow=True).content.decode()
    assert "Wigan, by half terms: 2 periods added." in page
    assert "Wigan has terms without half-term dates" in page
    asked["action"] = "divide_into_months"
    page = client.post(reverse("admin:partnerships_calendar_changelist"), asked, follow=True).content.decode()
    assert "Wigan, by months: 8 periods added." in page


@pytest.mark.parametrize("code", ["2024-25-half-7", "2024-25-half", "2024-25-october", "2024-10"])
def test_other_codes_are_refused(calendar: Calendar, code: str) -> None:
    with pytest.raises(ValidationError, match="Write the term like"):
        Term(calendar=calendar, code=code, starts_on=date(2030, 1, 1), ends_on=date(2030, 2, 1)).full_clean()


def test_a_round_opens_for_each_half_term_and_is_due_a_week_before_its_end(halved: World) -> None:
    first = opened(halved, date(2024, 9, 3))
    assert (first.term.code, first.due_on, first.board_on) == (
        "2024-25-half-1",
        date(2024, 10, 18),
        date(2024, 10, 25),
    )
    assert services.close_rounds(at=datetime(2024, 10, 26, 0, 5, tzinfo=UTC)) == 1
    assert not [each for each in services.open_rounds(on=date(2024, 10, 28)) if each.partnership == halved.partnership]
    assert opened(halved, date(2024, 11, 4)).term.code == "2024-25-half-2"


def test_a_monthly_round_leaves_time_to_write_and_ends_with_its_month(world: World, calendar: Calendar) -> None:
    divided, _ = divide_calendar(calendar=calendar, every=Every.MONTH)
    Partnership.objects.filter(pk=world.partnership.pk).update(calendar=divided)
    october = opened(world, date(2024, 10, 1))
    assert (str(october.term), october.due_on, october.board_on) == (
        "October 2024",
        date(2024, 10, 24),
        date(2024, 10, 31),
    )


def test_promises_go_from_one_half_term_to_the_next(halved: World) -> None:
    before = Return.objects.get(round=opened(halved, date(2024, 9, 3)))
    Return.objects.filter(pk=before.pk).update(status=Return.Status.APPROVED)
    ReturnEntry.objects.filter(return_of=before).update(exit_strategy="Handed to schools")
    step = PlannedStepFactory(entry=before.entries.get())
    now = Return.objects.select_related("round__term").get(round=opened(halved, date(2024, 11, 4)))
    assert previous_return(now) == before
    assert promises_of(now, before) == [step]
    assert now.entries.get().exit_strategy == "Handed to schools"


def test_pages_report_and_reminders_of_a_half_term(client: Client, halved: World) -> None:
    first = opened(halved, date(2024, 9, 3))
    with time_machine.travel(datetime(2024, 10, 11, 8, tzinfo=UTC), tick=False):
        assert services.queue_reminders(at=datetime(2024, 10, 11, 8, tzinfo=UTC)) >= 1
        assert Reminder.objects.get(person=halved.officer).rounds.get() == first
        client.force_login(halved.lead)
        for address in ("/", "/partnerships/harbour/returns/", "/reports/", "/partnerships/harbour/dashboard/"):
            assert "Autumn 2024/25, first half" in client.get(address).content.decode()
    at = datetime(2024, 10, 21, 9, tzinfo=UTC)
    report = reports.request_report(round_=first, by=halved.lead, at=at)
    assert reports.build_report(report_id=report.pk, clock=lambda: at + timedelta(minutes=1))
    with time_machine.travel(at, tick=False):
        client.force_login(halved.lead)
        page = client.get("/reports/harbour/2024-25-half-1/")
        assert page.status_code == 200
        assert "Autumn 2024/25, first half" in page.content.decode()
        assert client.get("/reports/harbour/2024-25-half-1/v1.pdf").status_code == 200

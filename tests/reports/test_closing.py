"""Rounds that close by themselves, what can no longer be sent then, and a lead who opens one again."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from html import unescape
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
import time_machine
from celery.schedules import crontab
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test import Client
from django_celery_beat.models import CrontabSchedule, PeriodicTask
from pytest_django import DjangoAssertNumQueries

from partnerships.models import Partnership, User
from reports import services, tasks
from reports.models import Return, Round
from tests.factories import ReturnEntryFactory, ReturnFactory, TermFactory, World
from wesp_portal.celery import app
from wesp_portal.scheduler import PortalScheduler

BOARD_DAY = date(2024, 12, 13)
# Five past midnight in London, after the board's day and on it.
AFTER, BEFORE = datetime(2024, 12, 14, 0, 5, tzinfo=UTC), datetime(2024, 12, 13, 23, 55, tzinfo=UTC)
WHY = "The college was inspected in the week of the due date."
REOPENED = datetime(2024, 12, 16, 9, tzinfo=UTC)


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wesp_portal.common.jobs.app.send_task", lambda name, args: None)


@pytest.fixture
def term_round(world: World) -> Round:
    Round.objects.filter(pk=world.previous_round.pk).update(is_closed=True)
    world.round.board_on = BOARD_DAY
    world.round.save()
    return Round.objects.select_related("term").get(pk=world.round.pk)


@pytest.fixture
def own(world: World, term_round: Round) -> Return:
    """The officer's return, written and not sent."""
    own = ReturnFactory(round=term_round, organisation=world.organisation, status=Return.Status.DRAFT)
    ReturnEntryFactory(return_of=own, priority=world.priority, activity="Twelve employers came.")
    return Return.objects.select_related("round").get(pk=own.pk)


@pytest.fixture
def closed(term_round: Round) -> Round:
    assert services.close_rounds(at=AFTER) == 1
    term_round.refresh_from_db()
    return term_round


def reopened(world: World, until: date = date(2024, 12, 20)) -> None:
    services.reopen_round(round_=world.round, reason=WHY, until=until, by=world.lead, at=REOPENED)


def words_of(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


# By themselves -------------------------------------------------------------------------------------------------------


def test_a_round_closes_after_the_boards_day_and_says_so_in_its_history(world: World, term_round: Round) -> None:
    version = Partnership.objects.get(pk=world.partnership.pk).version
    assert services.close_rounds(at=BEFORE) == 0
    assert services.close_rounds(at=AFTER) == 1
    term_round.refresh_from_db()
    assert term_round.is_closed
    row = term_round.history.order_by("history_id").last()
    assert (row.history_change_reason, row.history_user, row.history_date) == ("Round closed", None, AFTER)
    assert Partnership.objects.get(pk=world.partnership.pk).version == version + 1


def test_without_a_day_of_the_board_it_closes_with_the_term(world: World, term_round: Round) -> None:
    Round.objects.filter(pk=term_round.pk).update(board_on=None)
    assert services.close_rounds(at=datetime(2024, 12, 20, 23, 55, tzinfo=UTC)) == 0
    assert services.close_rounds(at=datetime(2024, 12, 21, 0, 5, tzinfo=UTC)) == 1


@pytest.mark.parametrize(
    ("last_day", "at", "is_closed"),
    [
        # The day that the clocks go forward, and the night after it: midnight in London is 23:00 in UTC.
        (date(2025, 3, 30), datetime(2025, 3, 30, 22, 59, tzinfo=UTC), False),
        (date(2025, 3, 30), datetime(2025, 3, 30, 23, 0, tzinfo=UTC), True),
        # The day before it is still by UTC.
        (date(2025, 3, 29), datetime(2025, 3, 29, 23, 59, tzinfo=UTC), False),
        (date(2025, 3, 29), datetime(2025, 3, 30, 0, 0, tzinfo=UTC), True),
        # The day that they go back has 25 hours.
        (date(2024, 10, 27), datetime(2024, 10, 27, 23, 59, tzinfo=UTC), False),
        (date(2024, 10, 27), datetime(2024, 10, 28, 0, 0, tzinfo=UTC), True),
        (date(2024, 10, 26), datetime(2024, 10, 26, 22, 59, tzinfo=UTC), False),
        (date(2024, 10, 26), datetime(2024, 10, 26, 23, 0, tzinfo=UTC), True),
    ],
)
def test_the_last_day_ends_at_midnight_in_london(
    world: World, term_round: Round, last_day: date, at: datetime, is_closed: bool
) -> None:
    Round.objects.filter(pk=term_round.pk).update(closes_on=last_day)
    assert services.close_rounds(at=at) == is_closed


@pytest.mark.parametrize(
    ("at", "is_open"),
    [(datetime(2024, 8, 31, 22, 59, tzinfo=UTC), False), (datetime(2024, 8, 31, 23, 30, tzinfo=UTC), True)],
)
def test_a_round_opens_on_the_first_day_of_term_in_london(world: World, at: datetime, is_open: bool) -> None:
    world.term.starts_on = date(2024, 9, 1)
    world.term.save()
    Round.objects.all().delete()
    with time_machine.travel(at, tick=False):
        tasks.open_rounds()
    assert Round.objects.filter(partnership=world.partnership, term=world.term).exists() == is_open


def test_what_an_outage_kept_from_closing_and_opening_is_made_up_for_once(world: World, term_round: Round) -> None:
    spring = TermFactory(
        calendar=world.partnership.calendar,
        code="2024-25-spring",
        starts_on=date(2025, 1, 6),
        ends_on=date(2025, 4, 4),
    )
    Round.objects.filter(partnership=world.elsewhere).delete()
    for hour in (7, 8):
        with time_machine.travel(datetime(2025, 1, 20, hour, tzinfo=UTC), tick=False):
            tasks.close_rounds()
            tasks.open_rounds()
    assert list(term_round.history.values_list("history_change_reason", flat=True)).count("Round closed") == 1
    opened = Round.objects.get(partnership=world.partnership, term=spring)
    assert (opened.opens_on, opened.is_closed, opened.history.count()) == (date(2025, 1, 20), False, 1)


def test_a_round_that_fails_to_close_does_not_stop_the_rest(
    world: World, term_round: Round, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    Round.objects.update(is_closed=False)
    real = services.close_round

    def fails_for_one(*, round_id: int, at: datetime) -> bool:
        if round_id == term_round.pk:
            raise RuntimeError("no")
        return real(round_id=round_id, at=at)

    monkeypatch.setattr("reports.services.rounds.close_round", fails_for_one)
    assert services.close_rounds(at=AFTER) == 1
    assert f"Round {term_round.pk} could not be closed." in caplog.text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [services.close_rounds, lambda at: len(services.open_rounds(on=at.date()))])
def test_two_schedulers_at_once_open_and_close_once(
    turn: Callable[..., int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world = World()
    Round.objects.filter(pk=world.previous_round.pk).update(is_closed=True)
    if turn is not services.close_rounds:
        world.round.delete()
    if connection.vendor == "sqlite":
        # SQLite in memory is shared by threads as no real database is: they meet in a copy of it on disk.
        connection.cursor().execute("VACUUM INTO %s", [str(tmp_path / "shared.sqlite3")])
        monkeypatch.setitem(connections.settings["default"], "NAME", str(tmp_path / "shared.sqlite3"))
    barrier = Barrier(4)
    at = datetime(2024, 12, 20, 6, tzinfo=UTC) if turn is not services.close_rounds else AFTER + timedelta(days=9)

    def scheduler(_: int) -> tuple[int, list[str]]:
        try:
            barrier.wait()
            done = turn(at=at)
            barrier.wait()
            rows = Round.history.filter(term=world.term, partnership=world.partnership).order_by("history_id")
            return done, list(rows.values_list("history_change_reason", flat=True))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as schedulers:
        turns = list(schedulers.map(scheduler, range(4)))
    if turn is services.close_rounds:
        assert sorted(done for done, _ in turns) == [0, 0, 0, 1]
    for _, history in turns:
        assert len([reason for reason in history if reason]) == 1


def test_closing_costs_the_same_for_each_round(
    term_round: Round, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    # What is due, and then for the one: savepoint, lock, write, history, version and release.
    with django_assert_num_queries(7):
        services.close_rounds(at=AFTER)
    with django_assert_num_queries(1):
        services.close_rounds(at=AFTER)


# Once it is closed ---------------------------------------------------------------------------------------------------


def test_after_closing_nothing_is_sent_or_changed_and_what_was_written_stays(
    world: World, own: Return, closed: Round
) -> None:
    with pytest.raises(services.ReturnClosedError):
        services.submit_return(return_of=own, by=world.officer, at=AFTER)
    with pytest.raises(services.ReturnClosedError):
        services.save_entry(
            entry=own.entries.get(), text=services.EntryText(activity="Later"), by=world.officer, at=AFTER
        )
    own.refresh_from_db()
    assert (own.status, own.version) == (Return.Status.DRAFT, 1)
    assert own.entries.get().activity == "Twelve employers came."


def test_the_officer_reads_that_the_round_is_closed_and_what_was_written(
    client: Client, world: World, own: Return, closed: Round
) -> None:
    client.force_login(world.officer)
    page = words_of(client.get(f"/returns/{own.pk}/"))
    assert "The round is closed This return was not sent" in page
    assert "Send it to the lead" not in page
    assert client.get(f"/returns/{own.pk}/priorities/{own.entries.get().pk}/")["Location"].endswith("/review/")
    answer = client.post(f"/returns/{own.pk}/", follow=True)
    assert "The round is closed, so this return can no longer be changed or sent." in words_of(answer)
    with time_machine.travel(AFTER, tick=False):
        home = words_of(client.get("/"))
    assert "It was not sent, and the round is closed." in home


def test_a_return_that_was_sent_late_is_said_to_be(client: Client, world: World, own: Return) -> None:
    # Due on 29 November: half an hour into 3 December in London is four days late.
    services.submit_return(return_of=own, by=world.officer, at=datetime(2024, 12, 3, 0, 30, tzinfo=UTC))
    client.force_login(world.lead)
    assert "3 December 2024 by Olive Officer, 4 days late" in words_of(
        client.get("/partnerships/harbour/returns/?term=2024-25-autumn")
    )
    assert "at 00:30, 4 days late" in words_of(client.get(f"/returns/{own.pk}/review/"))
    client.force_login(world.officer)
    assert "at 00:30, 4 days late." in words_of(client.get(f"/returns/{own.pk}/"))


def test_a_return_sent_on_the_due_date_is_in_time(client: Client, world: World, own: Return) -> None:
    services.submit_return(return_of=own, by=world.officer, at=datetime(2024, 11, 29, 23, 59, tzinfo=UTC))
    client.force_login(world.lead)
    assert "late" not in words_of(client.get("/partnerships/harbour/returns/?term=2024-25-autumn"))


def test_a_closed_rounds_returns_are_approved_but_not_sent_back(client: Client, world: World, own: Return) -> None:
    services.submit_return(return_of=own, by=world.officer, at=datetime(2024, 11, 29, 9, tzinfo=UTC))
    services.close_rounds(at=AFTER)
    with pytest.raises(ValidationError, match="The round is closed, so nothing was done"):
        services.send_back(return_of=own, comment="More, please", by=world.lead, at=AFTER)
    client.force_login(world.lead)
    page = words_of(client.get(f"/returns/{own.pk}/review/"))
    assert "To send this return back, open the round again first" in page
    assert services.approve_return(return_of=own, by=world.lead, at=AFTER).status == Return.Status.APPROVED


def test_a_closed_round_has_no_chasing_and_the_lead_is_not_asked_to_open_another(
    client: Client, world: World, own: Return, closed: Round
) -> None:
    client.force_login(world.lead)
    with time_machine.travel(AFTER, tick=False):
        page, home = words_of(client.get("/partnerships/harbour/returns/")), words_of(client.get("/"))
        assert client.get("/partnerships/harbour/returns/chase/").status_code == 404
    assert "Closed: no return can be sent. Open the round again" in page
    assert "Not before the round closed" in page
    assert "14 December 2024 at 00:05: Closed by itself" in page
    assert "No round is open" not in home
    assert "Returns you wait for" not in home


# Opened again --------------------------------------------------------------------------------------------------------


def test_a_lead_opens_a_round_again_with_a_reason_and_a_last_day(
    client: Client, world: World, own: Return, closed: Round
) -> None:
    client.force_login(world.lead)
    address = f"/rounds/{closed.pk}/reopen/"
    with time_machine.travel(REOPENED, tick=False):
        assert 'value="23"' in client.get(address).content.decode(), "a week from now is suggested"
        typed = {"reason": WHY, "until_0": "20", "until_1": "12", "until_2": "2024"}
        page = words_of(client.post(address, typed, follow=True))
    assert "The round for Autumn 2024/25 is open again." in page
    told = f"16 December 2024 at 09:00: Opened again by Lee Lead, until the end of 20 December 2024: “{WHY}”"
    assert told in page
    services.submit_return(return_of=own, by=world.officer, at=REOPENED)
    assert services.close_rounds(at=datetime(2024, 12, 20, 23, 59, tzinfo=UTC)) == 0
    assert services.close_rounds(at=datetime(2024, 12, 21, 0, 0, tzinfo=UTC)) == 1


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({}, "Say why the round is opened again"),
        ({"reason": " "}, "Say why the round is opened again"),
        ({"reason": WHY}, "Enter the last day on which returns can be sent"),
        (
            {"reason": WHY, "until_0": "15", "until_1": "12", "until_2": "2024"},
            "The last day must be today, 16 December 2024, or later",
        ),
    ],
)
def test_what_is_missing_is_said_at_the_field_and_nothing_is_opened(
    client: Client, world: World, closed: Round, typed: dict[str, str], words: str
) -> None:
    client.force_login(world.lead)
    with time_machine.travel(REOPENED, tick=False):
        page = words_of(client.post(f"/rounds/{closed.pk}/reopen/", typed))
    assert words in page
    closed.refresh_from_db()
    assert closed.is_closed


def test_opening_again_twice_or_by_two_leaves_the_first(world: World, closed: Round) -> None:
    reopened(world)
    reopened(world, until=date(2024, 12, 31))
    closed.refresh_from_db()
    assert (closed.closes_on, closed.history.order_by("history_id").last().history_user) == (
        date(2024, 12, 20),
        world.lead,
    )
    assert [row.history_change_reason for row in closed.history.all()].count("Round opened again") == 1


@pytest.mark.parametrize("who", ["officer", "board_member", "stranger"])
def test_only_leads_and_administrators_open_a_round_again(
    client: Client, world: World, closed: Round, who: str
) -> None:
    person: User = getattr(world, who)
    client.force_login(person)
    assert client.get(f"/rounds/{closed.pk}/reopen/").status_code == 404
    assert client.post(f"/rounds/{closed.pk}/reopen/", {"reason": WHY}).status_code == 404
    closed.refresh_from_db()
    assert closed.is_closed


def test_the_page_of_reopening_costs_the_same(
    client: Client, world: World, closed: Round, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(world.lead)
    # Who asks with what they lead, and the round.
    with django_assert_num_queries(2):
        assert client.get(f"/rounds/{closed.pk}/reopen/").status_code == 200


# The schedule --------------------------------------------------------------------------------------------------------


@pytest.fixture
def jobs(db: None, monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, Any]]:
    """The schedule as a scheduler that has just started reads it; it leaves the test its connection."""
    monkeypatch.setattr("django_celery_beat.schedulers.close_old_connections", lambda: None)
    return lambda: dict(PortalScheduler(app=app).schedule)


def test_times_that_were_edited_in_the_administration_outlive_a_restart(jobs: Callable[[], dict[str, Any]]) -> None:
    jobs()
    job = PeriodicTask.objects.get(name="open-rounds")
    assert (job.task, str(job.crontab.timezone), job.crontab.hour) == (
        "reports.tasks.open_rounds",
        "Europe/London",
        "6",
    )
    job.crontab = CrontabSchedule.objects.create(minute="30", hour="4", timezone="Europe/London")
    job.enabled = False
    job.save()
    jobs()
    job.refresh_from_db()
    assert (job.crontab.hour, job.enabled) == ("4", False)


@pytest.mark.parametrize("back_at", [1, 7, 11, 23])
def test_a_job_that_was_missed_is_due_at_once_however_late_the_scheduler_is_back(
    jobs: Callable[[], dict[str, Any]], back_at: int
) -> None:
    jobs()
    PeriodicTask.objects.update(last_run_at=datetime(2024, 12, 11, 6, 0, 1, tzinfo=UTC))
    with time_machine.travel(datetime(2024, 12, 13, back_at, tzinfo=UTC), tick=False):
        missed = jobs()["open-rounds"]
        assert missed.is_due().is_due
        assert not next(missed).is_due().is_due


@pytest.mark.parametrize("night", [datetime(2025, 3, 29, 12, tzinfo=UTC), datetime(2024, 10, 26, 12, tzinfo=UTC)])
@pytest.mark.parametrize("job", ["open-rounds", "close-rounds"])
def test_a_night_in_which_the_clocks_change_has_one_turn(
    jobs: Callable[[], dict[str, Any]], night: datetime, job: str
) -> None:
    jobs()
    PeriodicTask.objects.update(last_run_at=night)
    entry, turns = None, 0
    for minutes in range(0, 24 * 60, 10):
        with time_machine.travel(night + timedelta(minutes=minutes), tick=False):
            entry = entry or jobs()[job]
            if entry.is_due().is_due:
                turns += 1
                entry = next(entry)
    assert turns == 1


def test_the_jobs_run_by_the_clock_in_london() -> None:
    assert str(app.conf.timezone) == "Europe/London"
    assert app.conf.beat_schedule["close-rounds"]["schedule"] == crontab(hour="0", minute="5")

"""Reminders: who is told what and when over a round, never twice, and what a person and a lead may do about it."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from smtplib import SMTPServerDisconnected
from threading import Barrier
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from celery import current_app
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from partnerships.models import BankHoliday, Role, Term, User
from priorities.models import ActivityUpdate
from reports import services, tasks
from reports.models import Reminder, ReminderChoice, Return, Round
from reports.queries.reminders import due_reminders, open_work, sending_time
from reports.services import reminders as reminders_module
from tests.factories import (
    ActivityFactory,
    PlannedStepFactory,
    ReturnEntryFactory,
    ReturnFactory,
    RoundFactory,
    StrategyFactory,
    UserFactory,
    World,
)

LONDON = ZoneInfo("Europe/London")
CHASE = "/partnerships/harbour/returns/chase/"


def nine(day: str) -> datetime:
    return datetime.fromisoformat(f"{day}T09:00").replace(tzinfo=LONDON)


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What was put into the queue; no worker takes it."""
    queued: list[tuple[str, int]] = []
    monkeypatch.setattr("wesp_portal.common.jobs.app.send_task", lambda name, args: queued.append((name, args[0])))
    return queued


@pytest.fixture
def own(world: World) -> Return:
    """The return that the officer has to write, in a round whose board meets on 13 December 2024."""
    Round.objects.filter(pk=world.round.pk).update(board_on=date(2024, 12, 13))
    world.round.refresh_from_db()
    made: Return = ReturnFactory(round=world.round, organisation=world.organisation)
    return made


def run(at: datetime) -> None:
    """A turn of the schedule and of the worker."""
    with time_machine.travel(at, tick=False):
        tasks.send_reminders()
        for pk in Reminder.objects.waiting(at).values_list("pk", flat=True):
            tasks.send_reminder(pk)


def days_of_mail(first: str, last: str, to: str = "officer@example.org") -> list[str]:
    """The days on which a person is written to where the schedule runs several times a day."""
    found = []
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        before = len(mail.outbox)
        for hour in (8, 9, 9, 20):
            run(datetime(day.year, day.month, day.day, hour, tzinfo=LONDON))
        found += [day.isoformat() for message in mail.outbox[before:] if message.to == [to]]
        day += timedelta(days=1)
    return found


def kinds() -> list[str]:
    return list(Reminder.objects.order_by("on").values_list("kind", flat=True))


def smtp_down(settings: Settings) -> None:
    # The port is one that the system keeps for nobody.
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_USE_TLS = "127.0.0.1", 1, False


# Over a round --------------------------------------------------------------------------------------------------------


def test_a_person_is_told_at_the_opening_before_the_due_day_and_weekly_after_it_until_the_board_meets(
    own: Return,
) -> None:
    assert days_of_mail("2024-09-02", "2024-12-20") == ["2024-09-03", "2024-11-22", "2024-12-02", "2024-12-09"]
    assert kinds() == ["opened", "before", "after", "after"]
    assert {each.status for each in Reminder.objects.all()} == {"sent"}
    assert [message.subject for message in mail.outbox] == [
        "Your work for Autumn 2024/25: Harbour Skills Partnership",
        "Due on Friday 29 November 2024: Harbour Skills Partnership",
        *["Was due on Friday 29 November 2024: Harbour Skills Partnership"] * 2,
    ]


def test_it_stops_once_the_return_is_with_the_lead_and_goes_on_if_it_is_sent_back(own: Return) -> None:
    assert days_of_mail("2024-11-20", "2024-12-01") == ["2024-11-20", "2024-11-27"]
    Return.objects.update(status=Return.Status.SUBMITTED)
    assert days_of_mail("2024-12-02", "2024-12-05") == []
    Return.objects.update(status=Return.Status.SENT_BACK)
    assert days_of_mail("2024-12-06", "2024-12-10") == ["2024-12-06"]
    assert "The return of Harbour Council: sent back" in mail.outbox[-1].body


def test_who_finished_between_the_making_and_the_sending_is_not_written_to(own: Return) -> None:
    services.queue_reminders(at=nine("2024-11-22"))
    waiting = Reminder.objects.get()
    Return.objects.update(status=Return.Status.APPROVED)
    assert not services.send_reminder(reminder_id=waiting.pk, at=nine("2024-11-22"))
    assert not Reminder.objects.exists()
    assert mail.outbox == []


def test_who_writes_no_return_is_told_of_their_activities_until_each_has_an_update(world: World, own: Return) -> None:
    world.activity.owner = world.lead
    world.activity.save()
    assert days_of_mail("2024-11-22", "2024-11-22", to="lead@example.org") == ["2024-11-22"]
    (message,) = (each for each in mail.outbox if each.to == ["lead@example.org"])
    assert "1 activity without an update this term" in message.body
    assert "The return of" not in message.body
    ActivityUpdate.objects.create(
        activity=world.activity, term=world.term, status="under_way", rag="on_track", author=world.lead
    )
    assert days_of_mail("2024-12-02", "2024-12-06", to="lead@example.org") == []


def test_boards_strangers_closed_accounts_and_ended_roles_are_left_alone(world: World, own: Return) -> None:
    Role.objects.create(
        user=UserFactory(is_active=False),
        kind=Role.Kind.OFFICER,
        partnership=world.partnership,
        organisation=world.organisation,
    )
    Role.objects.create(
        user=UserFactory(),
        kind=Role.Kind.OFFICER,
        partnership=world.partnership,
        organisation=world.organisation,
        ends_on=date(2024, 9, 1),
    )
    assert [due.person for due in due_reminders(on=date(2024, 9, 3))] == [world.officer]


def test_closed_rounds_rounds_to_come_and_those_of_a_past_term_remind_nobody(world: World, own: Return) -> None:
    ReturnFactory(round=world.previous_round, organisation=world.organisation)
    assert [work.round for due in due_reminders(on=date(2024, 9, 3)) for work in due.works] == [world.round]
    assert due_reminders(on=date(2024, 7, 1))[0].works[0].round == world.previous_round
    assert due_reminders(on=date(2024, 9, 2)) == [], "its term is over"
    Round.objects.filter(pk=world.round.pk).update(is_closed=True)
    assert due_reminders(on=date(2024, 9, 3)) == []


def test_the_summary_names_what_is_theirs(world: World, own: Return) -> None:
    before = ReturnFactory(round=world.previous_round, organisation=world.organisation, status="approved")
    entry = ReturnEntryFactory(return_of=before, priority=world.priority)
    PlannedStepFactory.create_batch(2, entry=entry)
    PlannedStepFactory(entry=entry, outcome="done")
    ActivityFactory(objective=world.objective)
    ActivityFactory(objective=world.objective, lead=world.partner)
    (work,) = open_work(world.round, on=date(2024, 9, 3))
    assert work.lines == [
        "The return of Harbour Council: not started",
        "2 promises from last term to mark",
        "2 activities without an update this term",
    ]


def test_one_message_holds_all_partnerships_and_counts_for_each(world: World, own: Return) -> None:
    other = RoundFactory(partnership=world.elsewhere, term=world.term, opens_on=date(2024, 9, 5))
    Role.objects.create(
        user=world.officer, kind=Role.Kind.OFFICER, partnership=world.elsewhere, organisation=world.partner
    )
    ReturnFactory(round=other, organisation=world.partner)
    assert days_of_mail("2024-09-03", "2024-09-12") == ["2024-09-03", "2024-09-10"], "the second opened meanwhile"
    assert days_of_mail("2024-09-13", "2024-09-18") == []
    assert days_of_mail("2024-11-20", "2024-11-26") == ["2024-11-22"]
    both = mail.outbox[-1].body
    assert "Harbour Skills Partnership, Autumn 2024/25: due on Friday 29 November 2024" in both
    assert "Elsewhere Partnership, Autumn 2024/25" in both


def test_an_email_has_one_link_says_why_it_comes_and_names_nothing_of_others(
    world: World, own: Return, settings: Settings
) -> None:
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    theirs = RoundFactory(partnership=world.elsewhere, term=world.term)
    ReturnFactory(round=theirs, organisation=world.stranger.roles.get().organisation)
    ActivityFactory(objective__priority__strategy=StrategyFactory(partnership=world.elsewhere), title="Theirs")
    run(nine("2024-11-22"))
    assert {message.to[0] for message in mail.outbox} == {"officer@example.org", "stranger@example.org"}
    for message in mail.outbox:
        assert isinstance(message, EmailMultiAlternatives)
        alternative: Any = message.alternatives[0]
        html, text = alternative.content, str(message.body)
        assert re.findall(r"https?://\S+", text) == ["https://portal.example.org/"]
        assert re.findall(r'https?://[^"]+', html) == ["https://portal.example.org/"]
        assert html.count("<a ") == 1
        other = "Harbour" if message.to == ["stranger@example.org"] else "Elsewhere"
        for part in (str(message.subject), text, html):
            assert other not in part
        for part in (text, html):
            assert "You receive this because you work for" in part
            assert "choose Reminders at the top of the page" in part


# Quiet days and hours ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "leaves"),
    [
        ("2024-11-22T09:00", "2024-11-22T09:00"),
        ("2024-11-22T16:59", "2024-11-22T16:59"),
        ("2024-11-22T08:59", "2024-11-22T09:00"),
        ("2024-11-21T17:00", "2024-11-22T09:00"),
        ("2024-11-22T17:00", "2024-11-25T09:00"),
        ("2024-11-24T12:00", "2024-11-25T09:00"),
        ("2024-12-24T18:00", "2024-12-27T09:00"),
        ("2025-04-17T20:00", "2025-04-22T09:00"),
        ("2026-12-25T10:00", "2026-12-29T09:00"),
        # The clocks go back on 27 October 2024 and forward on 30 March 2025.
        ("2024-10-25T18:00", "2024-10-28T09:00"),
        ("2025-03-28T18:00", "2025-03-31T09:00"),
    ],
)
def test_emails_leave_on_working_days_between_nine_and_five_in_london(db: None, asked: str, leaves: str) -> None:
    moment = datetime.fromisoformat(asked).replace(tzinfo=LONDON)
    assert sending_time(moment.astimezone(UTC)) == datetime.fromisoformat(leaves).replace(tzinfo=LONDON)


def test_what_administrators_enter_adds_bank_holidays_and_takes_them_away(db: None) -> None:
    BankHoliday.objects.create(day=date(2024, 11, 25), name="For a coronation")
    BankHoliday.objects.create(day=date(2025, 5, 5), name="Moved to 8 May", is_kept=False)
    assert sending_time(nine("2024-11-23")) == nine("2024-11-26")
    assert sending_time(nine("2025-05-05")) == nine("2025-05-05")


def test_a_round_that_opens_on_a_bank_holiday_or_a_weekend_is_told_on_the_next_working_day(
    world: World, own: Return
) -> None:
    Round.objects.filter(pk=world.round.pk).update(opens_on=date(2024, 9, 7))
    assert days_of_mail("2024-09-06", "2024-09-10") == ["2024-09-09"]
    Reminder.objects.all().delete()
    BankHoliday.objects.create(day=date(2024, 9, 9), name="For a coronation")
    assert days_of_mail("2024-09-06", "2024-09-11") == ["2024-09-10"]


def test_the_job_runs_at_nine_by_londons_clock_before_and_after_it_changes() -> None:
    schedule: Any = current_app.conf.beat_schedule["send-reminders"]["schedule"]
    for friday, monday in (("2024-10-25", "2024-10-28"), ("2025-03-28", "2025-03-31")):
        for moment, is_due in (
            (nine(monday) - timedelta(minutes=1), False),
            (nine(monday) + timedelta(seconds=1), True),
        ):
            with time_machine.travel(moment, tick=False):
                assert schedule.is_due(nine(monday) - timedelta(days=1)).is_due is is_due
        with time_machine.travel(nine(monday) + timedelta(hours=1), tick=False):
            assert not schedule.is_due(nine(monday) + timedelta(seconds=1)).is_due
            assert schedule.is_due(nine(friday)).is_due, "a turn that was missed is made up for"


def test_londons_date_decides_at_the_boundary_of_terms(client: Client, world: World, own: Return) -> None:
    Round.objects.filter(pk=world.round.pk).update(opens_on=date(2024, 9, 1))
    Term.objects.filter(pk=world.term.pk).update(starts_on=date(2024, 9, 1))
    client.force_login(world.lead)
    for minute, term in ((29, "Summer 2023/24"), (30, "Autumn 2024/25")):
        # Half past eleven of an August evening by UTC is half past midnight in London.
        with time_machine.travel(datetime(2024, 8, 31, 23, minute, tzinfo=UTC) - timedelta(minutes=30), tick=False):
            assert term in client.get(CHASE).content.decode()


# Never twice ---------------------------------------------------------------------------------------------------------


def test_a_job_that_was_missed_is_made_up_for_once(own: Return) -> None:
    run(nine("2024-11-26") + timedelta(hours=4))
    run(nine("2024-11-26") + timedelta(hours=5))
    run(nine("2024-11-27"))
    assert len(mail.outbox) == 1


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_and_two_workers_at_once_send_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    world = World()
    ReturnFactory(round=world.round, organisation=world.organisation)
    if connection.vendor == "sqlite":
        # SQLite in memory is shared by threads as no real database is: they meet in a copy of it on disk.
        connection.cursor().execute("VACUUM INTO %s", [str(tmp_path / "shared.sqlite3")])
        monkeypatch.setitem(connections.settings["default"], "NAME", str(tmp_path / "shared.sqlite3"))
    barrier = Barrier(4)
    at = nine("2024-11-22")

    def turn(_: int) -> tuple[int, int]:
        try:
            barrier.wait()
            queued = services.queue_reminders(at=at)
            barrier.wait()
            waiting = list(Reminder.objects.waiting(at).values_list("pk", flat=True))
            barrier.wait()
            return queued, sum(services.send_reminder(reminder_id=pk, at=at) for pk in waiting)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as schedulers:
        turns = list(schedulers.map(turn, range(4)))
    assert (sum(queued for queued, _ in turns), sum(sent for _, sent in turns)) == (1, 1)
    assert len(mail.outbox) == 1


def test_a_mail_server_that_is_down_is_tried_later_and_later_and_then_sends_once(
    own: Return, settings: Settings
) -> None:
    working = settings.EMAIL_BACKEND
    smtp_down(settings)
    at = nine("2024-11-22")
    run(at)
    waiting = Reminder.objects.get()
    assert (waiting.status, waiting.attempts, waiting.sent_at, waiting.try_at) == (
        "queued",
        1,
        None,
        at + timedelta(minutes=5),
    )
    assert services.sweep_reminders(at=at + timedelta(minutes=4)) == 0
    assert services.sweep_reminders(at=at + timedelta(minutes=5)) == 1
    run(at + timedelta(minutes=5))
    waiting.refresh_from_db()
    assert (waiting.attempts, waiting.try_at) == (2, at + timedelta(minutes=15))
    settings.EMAIL_BACKEND = working
    for minutes in (10, 15, 16, 60):
        run(at + timedelta(minutes=minutes))
    assert len(mail.outbox) == 1
    assert days_of_mail("2024-11-22", "2024-11-28") == []


def test_a_mail_server_that_is_down_all_day_fails_that_day_and_the_next_one_begins_anew(
    own: Return, settings: Settings
) -> None:
    working = settings.EMAIL_BACKEND
    smtp_down(settings)
    for minutes in range(0, 480, 5):
        run(nine("2024-11-21") + timedelta(minutes=minutes))
    assert set(Reminder.objects.values_list("status", "attempts")) >= {("failed", 6)}
    settings.EMAIL_BACKEND = working
    assert days_of_mail("2024-11-22", "2024-11-28") == ["2024-11-22"]


def test_what_waits_over_a_weekend_is_made_anew_with_the_words_of_its_day(own: Return, settings: Settings) -> None:
    working = settings.EMAIL_BACKEND
    smtp_down(settings)
    run(nine("2024-11-29") + timedelta(hours=7, minutes=58))
    settings.EMAIL_BACKEND = working
    assert days_of_mail("2024-11-30", "2024-12-03") == ["2024-12-02"]
    assert mail.outbox[0].subject.startswith("Was due on")
    assert kinds() == ["after"]


def test_silence_in_the_midst_of_sending_is_never_answered_with_a_second_email(
    own: Return, monkeypatch: pytest.MonkeyPatch
) -> None:
    def go_silent(message: Any) -> int:
        raise SMTPServerDisconnected("silence")

    with monkeypatch.context() as patched:
        patched.setattr(EmailMultiAlternatives, "send", go_silent)
        run(nine("2024-11-22"))
    assert Reminder.objects.get().status == "unconfirmed"
    assert days_of_mail("2024-11-22", "2024-11-28") == []
    assert days_of_mail("2024-11-29", "2024-11-29") == []
    assert days_of_mail("2024-12-02", "2024-12-02") == ["2024-12-02"]


def test_a_worker_killed_while_sending_leaves_the_truth_behind(own: Return, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*args: Any, **kwargs: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(reminders_module, "send_email", die)
        with pytest.raises(KeyboardInterrupt):
            run(nine("2024-11-22"))
    assert Reminder.objects.get().status == "unconfirmed"
    assert days_of_mail("2024-11-22", "2024-11-28") == []


def test_what_the_queue_lost_is_found_by_the_sweeper(
    own: Return, queue: list[tuple[str, int]], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    at = nine("2024-11-22")
    services.queue_reminders(at=at)
    assert queue == [], "nothing was committed"
    with django_capture_on_commit_callbacks(execute=True), time_machine.travel(at, tick=False):
        tasks.sweep_reports()
    assert queue == [(reminders_module.REMINDER_TASK, Reminder.objects.get().pk)]
    assert tasks.send_reminder.name == reminders_module.REMINDER_TASK
    assert services.sweep_reminders(at=at + timedelta(hours=12)) == 0


def test_one_person_who_fails_does_not_stop_the_rest(
    world: World, own: Return, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    Role.objects.create(
        user=UserFactory(name="Aaron"),
        kind=Role.Kind.OFFICER,
        partnership=world.partnership,
        organisation=world.organisation,
    )
    whole = reminders_module._queue

    def fails_for_one(due: Any, **others: Any) -> bool:
        if due.person.name == "Aaron":
            raise RuntimeError("no")
        return whole(due, **others)

    monkeypatch.setattr(reminders_module, "_queue", fails_for_one)
    assert services.queue_reminders(at=nine("2024-11-22")) == 1
    assert "could not be made" in caplog.text


# What a person gets --------------------------------------------------------------------------------------------------


def test_each_person_chooses_and_a_choice_keeps_to_what_it_says(client: Client, world: World, own: Return) -> None:
    client.force_login(world.officer)
    page = client.get("/reminders/").content.decode()
    assert page.count(" checked") == 2
    assert client.post("/reminders/", {"wants_due": "on"})["Location"] == "/reminders/"
    choice = ReminderChoice.objects.get()
    assert (choice.person, choice.wants_opening, choice.wants_due) == (world.officer, False, True)
    assert client.get("/reminders/").content.decode().count(" checked") == 1
    assert days_of_mail("2024-09-03", "2024-09-11") == []
    assert days_of_mail("2024-11-20", "2024-11-22") == ["2024-11-22"]
    client.post("/reminders/", {})
    assert days_of_mail("2024-11-28", "2024-12-05") == []


def test_who_wants_the_summary_alone_gets_it_alone(world: World, own: Return) -> None:
    services.choose_reminders(person=world.officer, wants_opening=True, wants_due=False)
    assert days_of_mail("2024-09-02", "2024-09-11") == ["2024-09-03"]
    assert days_of_mail("2024-11-22", "2024-12-04") == []


def test_a_person_sees_what_was_sent_to_them_and_nothing_of_others(client: Client, world: World, own: Return) -> None:
    run(nine("2024-09-03"))
    services.chase(round_=world.round, people=[world.officer.pk], by=world.lead, at=nine("2024-09-10"))
    client.force_login(world.officer)
    page = client.get("/reminders/").content.decode()
    for words in ("3 September 2024", "A round opened", "10 September 2024", "Lee Lead asked", "Waiting to be sent"):
        assert words in page
    client.force_login(world.stranger)
    page = client.get("/reminders/").content.decode()
    assert "Nothing yet." in page
    assert "Harbour" not in page


def test_reminders_are_linked_from_every_page_of_who_is_signed_in(client: Client, world: World) -> None:
    assert 'href="/reminders/"' not in client.get("/").content.decode()
    client.force_login(world.board_member)
    assert 'href="/reminders/"' in client.get("/").content.decode()


# What a lead does ----------------------------------------------------------------------------------------------------


@pytest.fixture
def on_25_november_2024() -> Iterator[None]:
    with time_machine.travel(nine("2024-11-25"), tick=False):
        yield


def officers(world: World, number: int) -> list[User]:
    made: list[User] = UserFactory.create_batch(number)
    for user in made:
        Role.objects.create(
            user=user, kind=Role.Kind.OFFICER, partnership=world.partnership, organisation=world.organisation
        )
    return made


def pressed(client: Client) -> Any:
    """What comes of the button, with the people that the page lists."""
    people = re.findall(r'name="person" value="(\d+)"', client.get(CHASE).content.decode())
    return client.post(CHASE, {"person": people}, follow=True)


@pytest.mark.usefixtures("on_25_november_2024")
def test_a_lead_sees_who_is_asked_first_and_then_asks_each_of_them_once(
    client: Client, world: World, own: Return
) -> None:
    client.force_login(world.lead)
    page = client.get(CHASE).content.decode()
    assert "Olive Officer" in page
    assert "Email 1 person" in page
    assert not Reminder.objects.exists()
    assert "1 person will be emailed now." in pressed(client).content.decode()
    asked = Reminder.objects.get()
    assert (asked.kind, asked.person, asked.sent_by) == ("chase", world.officer, world.lead)
    again = client.post(CHASE, {"person": [world.officer.pk]}, follow=True).content.decode()
    assert "Nobody was emailed" in again
    assert "To be asked by Lee Lead on 25 November 2024" in again
    run(nine("2024-11-25"))
    (message,) = mail.outbox
    assert message.subject == "Lee Lead asks for your work for Autumn 2024/25: Harbour Skills Partnership"
    assert message.reply_to == ["lead@example.org"]
    assert len(re.findall(r"https?://", str(message.body))) == 1
    assert "Asked by Lee Lead on 25 November 2024" in client.get("/partnerships/harbour/returns/").content.decode()
    assert days_of_mail("2024-11-25", "2024-12-01") == []


@pytest.mark.usefixtures("on_25_november_2024")
def test_who_was_written_to_within_a_week_is_left_out_and_the_page_says_why(
    client: Client, world: World, own: Return
) -> None:
    run(nine("2024-11-22"))
    client.force_login(world.lead)
    page = client.get(CHASE).content.decode()
    assert "Nobody can be asked today." in page
    assert "last email 22 November 2024, so not before 29 November 2024" in page
    client.post(CHASE, {"person": [world.officer.pk]})
    assert Reminder.objects.count() == 1
    assert "Reminded on 22 November 2024" in client.get("/partnerships/harbour/returns/").content.decode()


def test_a_lead_who_asks_at_the_weekend_is_told_when_it_leaves(client: Client, world: World, own: Return) -> None:
    services.choose_reminders(person=world.officer, wants_opening=False, wants_due=False)
    client.force_login(world.lead)
    with time_machine.travel(datetime(2024, 11, 24, 21, tzinfo=LONDON), tick=False):
        assert "it is sent on 25 November 2024 at 09:00" in client.get(CHASE).content.decode()
        assert "will be emailed on 25 November 2024 at 09:00" in pressed(client).content.decode()
    run(datetime(2024, 11, 24, 22, tzinfo=LONDON))
    assert mail.outbox == []
    run(nine("2024-11-25"))
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("on_25_november_2024")
def test_only_who_is_listed_and_still_has_something_left_is_asked(world: World, own: Return, client: Client) -> None:
    (unlisted,) = officers(world, 1)
    done = world.board_member
    client.force_login(world.lead)
    client.post(CHASE, {"person": [world.officer.pk, done.pk, world.stranger.pk, "x", "9" * 30]})
    assert [each.person for each in Reminder.objects.all()] == [world.officer]
    assert unlisted.reminders.count() == 0


@pytest.mark.usefixtures("on_25_november_2024")
@pytest.mark.parametrize("person", ["officer", "board_member", "stranger"])
def test_only_the_partnerships_own_lead_finds_the_button(
    client: Client, world: World, own: Return, person: str
) -> None:
    client.force_login(getattr(world, person))
    assert client.get(CHASE).status_code == 404
    assert client.post(CHASE, {"person": [world.officer.pk]}).status_code == 404
    assert not Reminder.objects.exists()


@pytest.mark.usefixtures("on_25_november_2024")
def test_the_lead_of_another_partnership_finds_nothing(client: Client, world: World, own: Return) -> None:
    other = UserFactory()
    Role.objects.create(user=other, kind=Role.Kind.LEAD, partnership=world.elsewhere)
    client.force_login(other)
    assert client.post(CHASE, {"person": [world.officer.pk]}).status_code == 404
    assert client.get("/partnerships/elsewhere/returns/chase/").status_code == 404, "it has no round"


@pytest.mark.usefixtures("on_25_november_2024")
def test_a_round_in_which_nothing_is_left_says_so(client: Client, world: World, own: Return) -> None:
    Return.objects.update(status=Return.Status.APPROVED)
    client.force_login(world.lead)
    assert "Nobody has anything left to do" in client.get("/partnerships/harbour/returns/").content.decode()
    assert "Nobody else has anything left to do" in client.get(CHASE).content.decode()
    Round.objects.update(is_closed=True)
    assert client.get(CHASE).status_code == 404


@pytest.mark.usefixtures("on_25_november_2024")
@pytest.mark.parametrize("number", [1, 12])
def test_the_pages_cost_the_same_however_many_people_there_are(
    client: Client, world: World, own: Return, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for person in officers(world, number):
        services.chase(round_=world.round, people=[person.pk], by=world.lead, at=nine("2024-11-04"))
    client.force_login(world.lead)
    with django_assert_num_queries(13):
        client.get("/partnerships/harbour/returns/")
    with django_assert_num_queries(10):
        client.get(CHASE)


@pytest.mark.parametrize("number", [1, 12])
def test_ones_own_page_costs_the_same_however_much_was_sent(
    client: Client, world: World, own: Return, number: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for week in range(number):
        at = nine("2024-09-03") + timedelta(weeks=week)
        services.chase(round_=world.round, people=[world.officer.pk], by=world.lead, at=at)
    client.force_login(world.officer)
    with django_assert_num_queries(6):
        client.get("/reminders/")


# The command ---------------------------------------------------------------------------------------------------------


def said(*args: str) -> str:
    out = StringIO()
    call_command("send_reminders", *args, stdout=out)
    return out.getvalue()


@pytest.mark.usefixtures("on_25_november_2024")
def test_the_command_sends_what_is_due_once(own: Return) -> None:
    assert said() == "1 email sent.\n"
    assert said("--date", "2024-11-25") == "0 emails sent.\n"
    assert len(mail.outbox) == 1


@pytest.mark.usefixtures("on_25_november_2024")
def test_the_command_says_who_would_be_sent_what_on_any_day_and_sends_nothing(own: Return) -> None:
    assert said("--date", "2024-12-02", "--dry-run") == (
        "Olive Officer <officer@example.org>: After the due date, Harbour Skills Partnership\n"
        "1 email would be sent on 2 December 2024.\n"
    )
    assert "it waits for Monday 2 December 2024 at 09:00" in said("--date", "2024-11-30", "--dry-run")
    assert not Reminder.objects.exists()


def test_the_command_keeps_to_working_hours_and_says_so(own: Return) -> None:
    with time_machine.travel(datetime(2024, 11, 24, 12, tzinfo=LONDON), tick=False):
        assert said() == "Nothing is sent now: it waits for Monday 25 November 2024 at 09:00.\n"
    assert mail.outbox == []


@pytest.mark.usefixtures("on_25_november_2024")
def test_the_command_says_when_the_mail_server_took_nothing(own: Return, settings: Settings) -> None:
    smtp_down(settings)
    assert said() == "0 emails sent.\n1 email not sent yet: the portal tries again by itself.\n"


@pytest.mark.usefixtures("on_25_november_2024")
@pytest.mark.parametrize(
    ("given", "words"), [("25 November", "is not a day of the calendar"), ("2024-11-26", "Add --dry-run")]
)
def test_the_command_refuses_what_it_cannot_do_in_one_line(own: Return, given: str, words: str) -> None:
    with pytest.raises(CommandError, match=words) as refusal:
        said("--date", given)
    assert "\n" not in str(refusal.value)
    assert mail.outbox == []

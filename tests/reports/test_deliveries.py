"""Emails to a board: each arrives once, whatever the mail server does, and leads see what became of it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from threading import Barrier, Thread
from typing import Any, TypeVar

import pytest
import time_machine
from django.conf import settings as project
from django.db import connection, connections
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks, Settings

from partnerships.models import Seat, User
from reports.models import Delivery, Report
from reports.services import reports as services
from reports.services.reports import deliveries
from tests.factories import UserFactory, World
from tests.mail_server import MailServer, use_mail_server
from wesp_portal.common.mail import NotTakenError

AT = datetime(2024, 11, 28, 10, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")
# A worker's task in a process of its own, with the mail server that its environment names.
SENDER = """
import sys, django
django.setup()
from django.conf import settings
settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
from reports.tasks import send_delivery
send_delivery(int(sys.argv[1]))
"""


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What is put in the queue, instead of a broker."""
    sent: list[int] = []
    monkeypatch.setattr("wesp_portal.common.jobs.app.send_task", lambda name, args: sent.append(args[0]))
    return sent


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    with MailServer() as running:
        use_mail_server(settings, running.port)
        yield running


def published(world: World, *recipients: User, **changes: Any) -> Report:
    """A published report that waits to be sent to the board."""
    report: Report = Report.objects.create(
        **{
            "round": world.round,
            "version": 1,
            "status": Report.Status.PUBLISHED,
            "sha256": "a" * 64,
            "requested_by": world.lead,
            "requested_at": AT,
            "published_by": world.lead,
            "published_at": AT,
        }
        | changes
    )
    for person in recipients or (world.board_member,):
        Seat.objects.get_or_create(board=world.board, user=person)
        Delivery.objects.create(report=report, recipient=person)
    return report


def send(delivery: Delivery, at: datetime = AT) -> Delivery:
    services.send_delivery(delivery_id=delivery.pk, at=at)
    return Delivery.objects.get(pk=delivery.pk)


def told(server: MailServer) -> list[str]:
    return sorted(address for address, _ in server.taken)


# What the mail server does -------------------------------------------------------------------------------------------


def test_an_email_has_a_link_and_no_attachment(world: World, server: MailServer, settings: Settings) -> None:
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    sent = send(published(world).deliveries.get())
    assert (sent.status, sent.sent_at, sent.attempts, sent.failure) == ("sent", AT, 1, "")
    ((address, message),) = server.taken
    assert address == "board@example.org"
    assert list(message.iter_attachments()) == []
    body: Any = message.get_body(("plain",))
    assert "https://portal.example.org/reports/harbour/2024-25-autumn/v1/" in body.get_content()


def test_a_mail_server_that_is_down_is_tried_ever_more_seldom_and_then_given_up_with_the_reason(
    world: World,
    settings: Settings,
    queue: list[int],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with MailServer() as gone:
        port = gone.port
    use_mail_server(settings, port)
    report = published(world)
    delivery = report.deliveries.get()
    at = AT
    waits: list[int] = []
    while delivery.status == "queued":
        with django_capture_on_commit_callbacks(execute=True):
            assert services.sweep_deliveries(at=at - timedelta(seconds=1)) == bool(not waits)
            assert services.sweep_deliveries(at=at) == 1
        delivery = send(delivery, at)
        assert delivery.failure == "The mail server could not be reached."
        assert delivery.tried_at == at
        if delivery.next_at:
            waits.append((delivery.next_at - at) // timedelta(minutes=1))
            assert send(delivery, delivery.next_at - timedelta(seconds=1)).attempts == delivery.attempts
            at = delivery.next_at
    assert waits == [5, 10, 20, 40, 80]
    assert (delivery.status, delivery.attempts) == ("failed", 6)
    # It is back, and nothing leaves until a person says so; then it leaves once.
    with MailServer(port) as back:
        later = at + timedelta(days=1)
        assert services.sweep_deliveries(at=later) == 0
        assert send(delivery, later).status == "failed"
        assert services.send_again(report=report, deliveries=[delivery.pk], by=world.lead, at=later) == 1
        assert services.send_again(report=report, deliveries=[delivery.pk], by=world.lead, at=later) == 0
        delivery = send(delivery, later)
        send(delivery, later)
        assert told(back) == ["board@example.org"]
    assert (delivery.status, delivery.attempts, delivery.again_by) == ("sent", 1, world.lead)


def test_a_mail_server_that_comes_back_gets_the_email_once(world: World, settings: Settings) -> None:
    with MailServer() as gone:
        port = gone.port
    use_mail_server(settings, port)
    delivery = send(published(world).deliveries.get())
    assert delivery.next_at
    with MailServer(port) as back:
        for _ in range(2):
            delivery = send(delivery, delivery.next_at or AT)
        assert told(back) == ["board@example.org"]
    assert (delivery.status, delivery.attempts, delivery.failure) == ("sent", 2, "")


def test_one_recipient_who_is_refused_for_good_is_tried_no_more_and_the_others_get_theirs(
    world: World, server: MailServer
) -> None:
    people = [UserFactory(email=f"{name}@example.org") for name in ("ann", "ben", "cat")]
    server.refused = {"ben@example.org": "550 No such mailbox"}
    report = published(world, *people)
    for delivery in report.deliveries.all():
        send(delivery)
    assert told(server) == ["ann@example.org", "cat@example.org"]
    refused = report.deliveries.get(recipient=people[1])
    assert (refused.status, refused.next_at) == ("failed", None)
    assert refused.failure == "The mail server refused the address: 550 No such mailbox"


def test_one_who_is_refused_for_now_is_tried_again(world: World, server: MailServer) -> None:
    server.refused = {"board@example.org": "450 Come back later"}
    delivery = send(published(world).deliveries.get())
    assert (delivery.status, delivery.next_at) == ("queued", AT + timedelta(minutes=5))
    assert delivery.failure == "The mail server did not take the address for now: 450 Come back later"
    server.refused = {}
    assert send(delivery, AT + timedelta(minutes=5)).status == "sent"
    assert told(server) == ["board@example.org"]


@pytest.mark.parametrize(("answer", "status"), [("554 Looks like spam", "failed"), ("451 Disk full", "queued")])
def test_an_email_that_is_refused_once_it_was_read_did_not_arrive(
    world: World, server: MailServer, answer: str, status: str
) -> None:
    server.answer = answer
    delivery = send(published(world).deliveries.get())
    assert delivery.status == status
    assert answer in delivery.failure


def test_an_email_that_the_mail_server_may_have_taken_is_never_sent_again_by_itself(
    world: World, server: MailServer
) -> None:
    server.hangs_up = True
    delivery = send(published(world).deliveries.get())
    assert (delivery.status, delivery.failure) == ("unsure", deliveries.UNCONFIRMED)
    server.hangs_up = False
    for at in (AT, AT + timedelta(days=30)):
        assert services.sweep_deliveries(at=at) == 0
        assert send(delivery, at).status == "unsure"
    assert told(server) == ["board@example.org"]


# Processes -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """Once called, what was written so far is in a database that other threads and processes reach at the address."""

    def share() -> str:
        own = connection.settings_dict
        if connection.vendor == "sqlite":
            # SQLite in memory is nobody else's: they meet in a copy of it on disk.
            file = tmp_path / "shared.sqlite3"
            connection.cursor().execute("VACUUM INTO %s", [str(file)])
            patched.setitem(connections.settings["default"], "NAME", str(file))
            return f"sqlite:///{file}"
        user = f"{own['USER']}:{own['PASSWORD']}" if own["PASSWORD"] else own["USER"]
        return f"postgres://{user}@{own['HOST']}:{own['PORT']}/{own['NAME']}"

    # Undone before the database is emptied, which would close the one in memory as if it were a file.
    with pytest.MonkeyPatch.context() as patched:
        yield share


def elsewhere(work: Callable[[], T]) -> T:
    """Do something in a thread with a connection of its own."""

    def run() -> T:
        try:
            return work()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@pytest.mark.parametrize(("where", "arrived"), [("greeting", 0), ("end of data", 1)])
def test_a_sender_killed_between_claim_and_sent_sends_no_second_time_without_a_persons_word(
    server: MailServer, shared_database: Callable[[], str], where: str, arrived: int
) -> None:
    world = World()
    report = published(world)
    delivery = report.deliveries.get()
    server.silent_at = where
    environment = os.environ | {
        "DATABASE_URL": shared_database(),
        "DJANGO_SETTINGS_MODULE": "wesp_portal.settings",
        "PORTAL_ENV": "test",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(server.port),
        "EMAIL_USE_TLS": "no",
    }
    sender = subprocess.Popen([sys.executable, "-c", SENDER, str(delivery.pk)], cwd=ROOT, env=environment)
    # Whichever comes first: a sender that ends by itself never got there.
    Thread(target=lambda: server.silences.put(f"it ended with {sender.wait()}"), daemon=True).start()
    assert server.silences.get() == where
    sender.send_signal(signal.SIGKILL)
    assert server.silences.get() == f"it ended with {-signal.SIGKILL}"
    server.silent_at = ""
    assert len(server.taken) == arrived

    begun = elsewhere(lambda: Delivery.objects.get())
    assert (begun.status, begun.attempts) == ("unsure", 1)
    assert begun.tried_at
    moment_after, long_after = begun.tried_at + timedelta(minutes=1), begun.tried_at + timedelta(days=30)
    assert elsewhere(lambda: services.sweep_deliveries(at=long_after)) == 0
    assert elsewhere(lambda: send(delivery, long_after)).status == "unsure"
    assert len(server.taken) == arrived

    def say_so(at: datetime) -> int:
        return services.send_again(report=report, deliveries=[delivery.pk], by=world.lead, at=at)

    # Somebody may still be sending it a moment later; not ten minutes later.
    assert elsewhere(lambda: say_so(moment_after)) == 0
    assert elsewhere(lambda: say_so(long_after)) == 1
    assert elsewhere(lambda: send(delivery, long_after)).status == "sent"
    assert len(server.taken) == arrived + 1


def test_eight_workers_with_the_same_email_send_it_once(server: MailServer, shared_database: Callable[[], str]) -> None:
    delivery = published(World()).deliveries.get()
    shared_database()
    barrier = Barrier(8)

    def work(worker: int) -> bool:
        try:
            barrier.wait()
            return services.send_delivery(delivery_id=delivery.pk, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as workers:
        assert sorted(workers.map(work, range(8))) == [False] * 7 + [True]
    assert told(server) == ["board@example.org"]


# Whom nothing is sent any more, or again -----------------------------------------------------------------------------


def test_what_is_out_of_date_when_its_turn_comes_is_not_sent(world: World, server: MailServer) -> None:
    gone, left = UserFactory(name="Gus Gone", is_active=False), UserFactory(name="Lia Left")
    report = published(world, gone, left)
    Seat.objects.filter(user=left).update(ends_on=AT.date() - timedelta(days=1))
    assert send(report.deliveries.get(recipient=gone)).failure == "Gus Gone may no longer sign in."
    assert send(report.deliveries.get(recipient=left)).failure == "Lia Left no longer sits on the board."
    old = published(world, world.board_member, status="superseded", version=2, correction_reason="A figure.")
    delivery = send(old.deliveries.get())
    assert (delivery.status, delivery.failure) == ("failed", "A newer version took its place before it could be sent.")
    assert server.taken == []


def test_only_what_failed_or_was_never_confirmed_is_sent_again(world: World, queue: list[int]) -> None:
    people = [UserFactory() for _ in range(6)]
    report = published(world, *people)
    failed, unsure, busy, sent, opened, waiting = report.deliveries.order_by("pk")
    rows = Delivery.objects
    rows.filter(pk=failed.pk).update(status="failed", failure="No.", attempts=6, tried_at=AT)
    rows.filter(pk=unsure.pk).update(status="unsure", tried_at=AT - Delivery.SETTLED)
    rows.filter(pk=busy.pk).update(status="unsure", tried_at=AT - Delivery.SETTLED + timedelta(seconds=1))
    rows.filter(pk=sent.pk).update(status="sent", sent_at=AT)
    rows.filter(pk=opened.pk).update(status="failed", opened_at=AT)
    elsewhere = published(world, world.board_member, round=world.previous_round).deliveries.get()
    rows.filter(pk=elsewhere.pk).update(status="failed")
    asked = list(rows.values_list("pk", flat=True))
    before = {each.pk: each.status for each in rows.all()}
    assert services.send_again(report=report, deliveries=asked, by=world.lead, at=AT) == 2
    after = {each.pk: each.status for each in rows.all()}
    assert {pk for pk in asked if before[pk] != after[pk]} == {failed.pk, unsure.pk}
    assert waiting.status == "queued"
    failed.refresh_from_db()
    assert (failed.status, failed.attempts, failed.failure, failed.again_at) == ("queued", 0, "", AT)


def test_a_sender_that_comes_to_its_end_late_does_not_overwrite_what_happened_since(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = published(world)
    delivery = report.deliveries.get()
    later = AT + timedelta(hours=1)

    def slow(*words: Any, **more: Any) -> None:
        monkeypatch.setattr(deliveries, "send_email", lambda *words, **more: None)
        services.send_again(report=report, deliveries=[delivery.pk], by=world.lead, at=later)
        assert services.send_delivery(delivery_id=delivery.pk, at=later)
        raise NotTakenError("The mail server could not be reached.")

    monkeypatch.setattr(deliveries, "send_email", slow)
    delivery = send(delivery)
    assert (delivery.status, delivery.sent_at, delivery.failure) == ("sent", later, "")


# The page ------------------------------------------------------------------------------------------------------------


def words_of(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def secretary(world: World) -> User:
    person: User = UserFactory(name="Sue Secretary")
    Seat.objects.create(board=world.board, user=person, kind=Seat.Kind.SECRETARY)
    return person


@pytest.mark.parametrize(
    ("person", "status"),
    [
        ("lead", 200),
        ("administrator", 200),
        ("secretary", 200),
        ("officer", 404),
        ("board_member", 404),
        ("stranger", 404),
    ],
)
def test_leads_and_secretaries_see_who_was_sent_a_report_and_nobody_else(
    client: Client, world: World, secretary: User, person: str, status: int
) -> None:
    report = published(world)
    Delivery.objects.update(status="failed", failure="No.")
    client.force_login(secretary if person == "secretary" else getattr(world, person))
    assert client.get(f"/reports/sent/{report.pk}/").status_code == status
    answer = client.post(f"/reports/sent/{report.pk}/", {"delivery": report.deliveries.get().pk})
    assert answer.status_code == (302 if status == 200 else 404)
    assert report.deliveries.get().status == ("queued" if status == 200 else "failed")


def test_who_has_not_signed_in_is_asked_to(client: Client, world: World) -> None:
    assert client.get(f"/reports/sent/{published(world).pk}/")["Location"].startswith("/sign-in/")


def test_a_report_that_is_not_published_has_been_sent_to_nobody(client: Client, world: World) -> None:
    client.force_login(world.lead)
    draft = published(world, status="ready")
    assert client.get(f"/reports/sent/{draft.pk}/").status_code == 404


def test_the_page_says_of_each_when_how_often_and_why_not(client: Client, world: World) -> None:
    people = [UserFactory(name=name) for name in ("Ann", "Ben", "Cat", "Dan", "Eve", "Fay")]
    report = published(world, *people)
    outcomes: list[dict[str, Any]] = [
        {"status": "sent", "sent_at": AT, "opened_at": AT + timedelta(hours=2), "attempts": 1},
        {"status": "failed", "failure": "The mail server could not be reached.", "attempts": 6, "tried_at": AT},
        {"status": "unsure", "attempts": 1, "tried_at": AT},
        {"status": "unsure", "attempts": 1, "tried_at": AT + timedelta(minutes=55)},
        {"status": "queued", "attempts": 2, "next_at": AT + timedelta(minutes=70), "failure": "Not now."},
        {"again_by": world.lead, "again_at": AT + timedelta(minutes=50)},
    ]
    for person, outcome in zip(people, outcomes, strict=True):
        Delivery.objects.filter(recipient=person).update(**outcome)
    client.force_login(world.lead)
    with time_machine.travel(AT + timedelta(hours=1), tick=False):
        page = client.get(f"/reports/sent/{report.pk}/")
    words = words_of(page)
    assert "1 of 6 opened it" in words
    assert "Sent 28 November 2024 at 10:00 1 28 November 2024 at 12:00" in words
    assert (
        "Could not be sent The mail server could not be reached. Send again to Ben 28 November 2024 at 10:00 6 Not yet"
        in words
    )
    assert "May have arrived Sending began and was never confirmed, so it may have arrived." in words
    assert "Send again to Cat" in words
    assert "Being sent 28 November 2024 at 10:55" in words
    assert "Send again to Dan" not in words
    assert "Waiting to be sent Not now. Next try 28 November 2024 at 11:10 2 Not yet" in words
    assert "Sent again by Lee Lead, 28 November 2024 at 10:50" in words


def test_sending_again_says_so_and_a_second_press_sends_nothing(
    client: Client, world: World, queue: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    report = published(world, *(UserFactory() for _ in range(3)))
    Delivery.objects.update(status="failed", failure="No.")
    client.force_login(world.lead)
    address = f"/reports/sent/{report.pk}/"
    page = client.get(address).content.decode()
    assert "Send the 3 failed emails again" in page
    chosen = {"delivery": list(report.deliveries.values_list("pk", flat=True))}
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address, chosen)["Location"] == address
        client.post(address, chosen)
    assert sorted(queue) == sorted(chosen["delivery"])
    words = words_of(client.get(address))
    assert "3 emails will be sent again." in words
    assert "Nothing was sent again: it was sent or opened meanwhile." in words


@pytest.mark.parametrize("chosen", ["", "none", "-1", "999999", "9" * 30, "²"])
def test_nonsense_sends_nothing_again(client: Client, world: World, chosen: str) -> None:
    report = published(world)
    Delivery.objects.update(status="failed")
    client.force_login(world.lead)
    assert client.post(f"/reports/sent/{report.pk}/", {"delivery": chosen}).status_code == 302
    assert report.deliveries.get().status == "failed"


def test_a_board_without_people_is_said_to_be_one(client: Client, world: World) -> None:
    report = published(world)
    Delivery.objects.all().delete()
    client.force_login(world.lead)
    assert "so nobody was sent it" in words_of(client.get(f"/reports/sent/{report.pk}/"))


def test_the_page_costs_few_queries_however_many_recipients_there_are(
    client: Client, world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    report = published(world)
    client.force_login(world.lead)
    for number in (1, 20):
        # The person and what they may reach, the report, what may be sent again, and the recipients.
        with django_assert_num_queries(4):
            assert client.get(f"/reports/sent/{report.pk}/").status_code == 200
        for _ in range(number):
            Delivery.objects.create(report=report, recipient=UserFactory(), status="failed", again_by=world.lead)


def test_the_sweeper_is_in_the_schedule() -> None:
    assert "reports.tasks.sweep_reports" in {each["task"] for each in project.CELERY_BEAT_SCHEDULE.values()}

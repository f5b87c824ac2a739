"""From asking for a report to the email with its link: one build, nothing lost, nothing published or sent twice."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from celery import current_app
from django.core import mail
from django.core.files.storage import default_storage
from django.core.mail import EmailMultiAlternatives
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, connections, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from partnerships.models import Partnership, Seat, User
from reports import tasks
from reports.models import Delivery, Report, ReportFile, Return
from reports.services import reports as services
from reports.services.reports import building, deliveries, files, publishing, requesting
from reports.snapshots import from_json, sha256_of
from tests.factories import (
    AchievementFactory,
    PlannedStepFactory,
    ReturnEntryFactory,
    ReturnFactory,
    RoundFactory,
    UserFactory,
    World,
)

AT = datetime(2024, 11, 28, 10, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """What is put in the queue, instead of a broker."""
    sent: list[tuple[str, int]] = []

    def send_task(name: str, args: list[int]) -> None:
        sent.append((name, args[0]))

    monkeypatch.setattr("wesp_portal.common.jobs.app.send_task", send_task)
    return sent


@pytest.fixture
def reporting(world: World) -> World:
    """A world whose return of the term says something."""
    entry = ReturnEntryFactory(
        return_of=ReturnFactory(round=world.round, organisation=world.organisation, status=Return.Status.APPROVED),
        priority=world.priority,
        activity="Twelve employers came to the first breakfast.",
        impact="Young people say that they know whom to ask.",
    )
    PlannedStepFactory(entry=entry, title="Hold a second breakfast")
    AchievementFactory(
        partnership=world.partnership,
        term=world.term,
        title="First employers signed up",
        quantity=12,
        quantity_unit="employers",
    ).priorities.add(world.priority)
    return world


def requested(world: World, **changes: Any) -> Report:
    return services.request_report(**{"round_": world.round, "by": world.lead, "at": AT, **changes})


def built(world: World, **changes: Any) -> Report:
    report = requested(world, **changes)
    assert services.build_report(report_id=report.pk, clock=lambda: AT)
    report.refresh_from_db()
    return report


def published(world: World, **changes: Any) -> Report:
    return services.publish_report(report=built(world, **changes), by=world.lead, at=AT)


def stored() -> set[str]:
    """The names of all files in the store of reports."""
    folder = Path(default_storage.path("reports"))
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def named(report: Report) -> set[str]:
    return {Path(file.file.name).name for file in report.files.all()}


# Asking --------------------------------------------------------------------------------------------------------------


def test_a_report_that_is_asked_for_waits_in_the_queue_once_the_transaction_commits(
    world: World, queue: list[tuple[str, int]], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        report = requested(world)
        assert queue == []
    assert queue == [("reports.tasks.build_report", report.pk)]
    assert (report.version, report.build, report.requested_by) == (1, Report.Build.QUEUED, world.lead)


@pytest.mark.django_db(transaction=True)
def test_a_request_that_is_rolled_back_leaves_neither_a_row_nor_a_task(queue: list[tuple[str, int]]) -> None:
    world = World()
    with transaction.atomic():
        requested(world)
        transaction.set_rollback(True)
    assert not Report.objects.exists()
    assert queue == []


def test_the_tasks_that_are_queued_by_name_exist() -> None:
    assert tasks.build_report.name == requesting.BUILD_TASK
    assert tasks.send_delivery.name == deliveries.DELIVERY_TASK
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert scheduled <= set(current_app.tasks)


def test_a_broker_that_is_down_leaves_the_report_queued_for_the_sweeper(
    world: World,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    queue: list[tuple[str, int]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with monkeypatch.context() as patched:
        # A broker of which nothing answers: the port is one that the system keeps for nobody.
        def send_to_nowhere(name: str, args: list[int]) -> None:
            with current_app.connection_for_write("redis://127.0.0.1:1/0") as broker:
                current_app.amqp.Producer(broker).publish(
                    {}, routing_key="x", retry=True, retry_policy={"max_retries": 0}
                )

        patched.setattr("wesp_portal.common.jobs.app.send_task", send_to_nowhere)
        with django_capture_on_commit_callbacks(execute=True):
            report = requested(world)
    report.refresh_from_db()
    assert report.build == Report.Build.QUEUED
    with django_capture_on_commit_callbacks(execute=True):
        assert services.sweep_builds(at=LATER) == 1
    assert queue == [("reports.tasks.build_report", report.pk)]


def test_whoever_asks_while_it_is_being_built_gets_the_one_that_is_being_built(reporting: World) -> None:
    first = requested(reporting)
    assert requested(reporting, by=reporting.administrator) == first
    services.claim_build(report_id=first.pk, at=AT)
    assert requested(reporting) == first
    assert Report.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_people_who_ask_at_once_make_one_build(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    world = World()
    if connection.vendor == "sqlite":
        # SQLite in memory is shared by threads as no real database is: they meet in a copy of it on disk.
        connection.cursor().execute("VACUUM INTO %s", [str(tmp_path / "shared.sqlite3")])
        monkeypatch.setitem(connections.settings["default"], "NAME", str(tmp_path / "shared.sqlite3"))
    barrier = Barrier(8)

    def ask(person: int) -> tuple[int, int]:
        try:
            barrier.wait()
            made = requested(world)
            barrier.wait()
            return made.pk, Report.objects.count()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as people:
        answers = list(people.map(ask, range(8)))
    assert len(answers) == 8
    assert len(set(answers)) == 1
    assert answers[0][1] == 1


def test_the_database_itself_refuses_a_second_row_of_a_version(world: World) -> None:
    report = requested(world)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(round=world.round, version=report.version, requested_at=AT)


def test_an_unpublished_version_is_built_anew_under_its_number(reporting: World) -> None:
    first = built(reporting)
    again = requested(reporting, at=LATER)
    assert (again.pk, again.version, again.build, again.status) == (first.pk, 1, "queued", "draft")


def test_after_a_published_version_the_next_needs_a_reason(reporting: World) -> None:
    published(reporting)
    with pytest.raises(services.ReportError, match="Say what the new version corrects"):
        requested(reporting, correction_reason="  ")
    correction = requested(reporting, correction_reason=" A wrong figure. ")
    assert (correction.version, correction.correction_reason) == (2, "A wrong figure.")


# Building ------------------------------------------------------------------------------------------------------------


def test_a_built_report_holds_its_snapshot_and_a_checked_file_of_each_format(reporting: World) -> None:
    report = built(reporting)
    assert (report.build, report.status, report.lease_until) == ("built", "ready", None)
    assert report.build_done == report.build_steps == len(services.STEPS)
    assert report.sha256 == sha256_of(report.snapshot)
    snapshot = from_json(report.snapshot)
    assert snapshot.priorities[0].contributions[0].activity == "Twelve employers came to the first breakfast."
    contents = {file.format: services.read_file(file) for file in report.files.all()}
    assert contents["pdf"].startswith(b"%PDF-")
    assert "Twelve employers came to the first breakfast." in contents["html"].decode()
    assert stored() == named(report)


def test_each_step_is_recorded_while_it_runs(reporting: World) -> None:
    report = requested(reporting)
    seen = []
    lease = services.claim_build(report_id=report.pk, at=AT)
    assert lease

    def look(step: str) -> None:
        report.refresh_from_db()
        seen.append((step, report.build_step, report.build_done, report.build_steps))

    services.run_build(lease=lease, clock=lambda: AT, tell=look)
    assert seen == [(step, step, done, len(services.STEPS)) for done, step in enumerate(services.STEPS)]


def test_the_task_runs_twice_without_harm(reporting: World) -> None:
    report = requested(reporting)
    tasks.build_report(report.pk)
    first = Report.objects.get(pk=report.pk)
    tasks.build_report(report.pk)
    second = Report.objects.get(pk=report.pk)
    assert (second.sha256, second.built_at, second.attempts) == (first.sha256, first.built_at, 1)
    assert stored() == named(second)


def test_a_task_for_a_report_that_is_gone_does_nothing(db: None) -> None:
    tasks.build_report(12345)
    assert stored() == set()


def test_a_second_worker_leaves_while_the_lease_holds_and_takes_over_when_it_ends(reporting: World) -> None:
    report = requested(reporting)
    assert services.claim_build(report_id=report.pk, at=AT)
    assert services.claim_build(report_id=report.pk, at=AT + building.LEASE - timedelta(seconds=1)) is None
    assert services.build_report(report_id=report.pk, clock=lambda: AT + building.LEASE)
    report.refresh_from_db()
    assert (report.build, report.attempts) == ("built", 2)


def test_a_worker_that_lost_its_lease_changes_nothing_and_leaves_no_files(reporting: World) -> None:
    report = requested(reporting)
    slow = services.claim_build(report_id=report.pk, at=AT)
    assert slow
    assert services.build_report(report_id=report.pk, clock=lambda: LATER)
    before = Report.objects.get(pk=report.pk)
    assert not services.run_build(lease=slow, clock=lambda: AT)
    after = Report.objects.get(pk=report.pk)
    assert (after.snapshot, after.built_at) == (before.snapshot, before.built_at)
    assert stored() == named(after)


def test_a_lease_lost_at_the_last_moment_still_changes_nothing(
    reporting: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = requested(reporting)

    def meanwhile(contents: dict[str, bytes]) -> dict[str, files.Stored]:
        kept = files.store_all(contents)
        Report.objects.filter(pk=report.pk).update(lease_until=LATER)
        return kept

    monkeypatch.setattr(building, "store_all", meanwhile)
    assert not services.build_report(report_id=report.pk, clock=lambda: AT)
    report.refresh_from_db()
    assert (report.build, report.snapshot) == ("building", "")
    assert stored() == set()


def test_a_failed_build_says_why_is_tried_again_and_fails_for_good_after_three_times(
    reporting: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(content: bytes) -> files.Stored:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(files, "store", full_disk)
    report = requested(reporting)
    for attempt in range(1, building.ATTEMPTS + 1):
        assert not services.build_report(report_id=report.pk, clock=lambda: AT)
        report.refresh_from_db()
        assert report.attempts == attempt
        assert report.build == ("failed" if attempt == building.ATTEMPTS else "queued")
    assert report.failure == ("Storing the files went wrong. The store for files answered: No space left on device.")
    assert not services.build_report(report_id=report.pk, clock=lambda: LATER)
    assert services.sweep_builds(at=LATER) == 0
    monkeypatch.undo()
    services.retry_build(report=report, by=reporting.lead, at=LATER)
    assert services.build_report(report_id=report.pk, clock=lambda: LATER)
    report.refresh_from_db()
    assert (report.build, report.failure) == ("built", "")


def test_one_format_that_cannot_be_stored_leaves_none(reporting: World, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = files.store

    def store(content: bytes) -> files.Stored:
        if content.startswith(b"%PDF"):
            raise OSError(28, "No space left on device")
        return whole(content)

    monkeypatch.setattr(files, "store", store)
    report = requested(reporting)
    services.build_report(report_id=report.pk, clock=lambda: AT)
    assert stored() == set()
    assert not ReportFile.objects.exists()


def test_a_report_that_always_kills_its_worker_stops_after_three_attempts(
    reporting: World, queue: list[tuple[str, int]]
) -> None:
    report = requested(reporting)
    at = AT
    for _ in range(building.ATTEMPTS):
        assert services.claim_build(report_id=report.pk, at=at)
        at += building.LEASE
    assert services.claim_build(report_id=report.pk, at=at) is None
    assert services.sweep_builds(at=at) == 0
    report.refresh_from_db()
    assert report.build == "failed"
    assert report.failure == "The worker stopped without an answer, 3 times."


def test_the_sweeper_finds_what_waits_and_what_a_dead_worker_left_and_nothing_else(
    reporting: World, queue: list[tuple[str, int]], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    dead = requested(reporting)
    services.claim_build(report_id=dead.pk, at=AT - building.LEASE)
    busy = requested(reporting, round_=reporting.previous_round)
    services.claim_build(report_id=busy.pk, at=AT)
    waits = requested(reporting, round_=RoundFactory(partnership=reporting.elsewhere, term=reporting.term))
    queue.clear()
    with django_capture_on_commit_callbacks(execute=True):
        assert services.sweep_builds(at=AT) == 2
    assert sorted(queue) == sorted((requesting.BUILD_TASK, report.pk) for report in (dead, waits))


def test_building_anew_replaces_the_files_of_the_draft(
    reporting: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    first = named(built(reporting))
    with django_capture_on_commit_callbacks(execute=True):
        again = built(reporting, at=LATER)
    assert stored() == named(again)
    assert not first & stored()


# Publishing ----------------------------------------------------------------------------------------------------------


def test_publishing_freezes_the_version_with_who_and_when(reporting: World) -> None:
    report = published(reporting)
    assert (report.status, report.published_by, report.published_at) == ("published", reporting.lead, AT)
    page = services.read_file(report.files.get(format="html")).decode()
    assert "28 November 2024, by Lee Lead" in page
    assert "This is a draft" not in page
    assert from_json(services.read_snapshot(report)).front.partnership == "Harbour Skills Partnership"


def test_publishing_removes_the_draft_s_files(
    reporting: World, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        report = published(reporting)
    assert stored() == named(report)


def test_editing_what_a_published_report_tells_of_changes_nothing_in_it(reporting: World) -> None:
    report = published(reporting)
    before = {file.format: services.read_file(file) for file in report.files.all()}
    reporting.priority.title = "Something else altogether"
    reporting.priority.save()
    Partnership.objects.filter(pk=reporting.partnership.pk).update(name="Renamed")
    User.objects.filter(pk=reporting.lead.pk).update(name="Renamed")
    report.refresh_from_db()
    assert {file.format: services.read_file(file) for file in report.files.all()} == before
    assert "Better first jobs" in services.read_snapshot(report)


def test_a_correction_takes_the_place_of_the_version_before_which_stays_readable(reporting: World) -> None:
    first = published(reporting)
    before = services.read_file(first.files.get(format="html"))
    second = published(reporting, correction_reason="A wrong figure.")
    first.refresh_from_db()
    assert (first.status, second.status, second.version) == ("superseded", "published", 2)
    assert services.read_file(first.files.get(format="html")) == before
    assert "A wrong figure." in services.read_file(second.files.get(format="html")).decode()


def test_a_second_person_publishes_where_the_partnership_says_so(reporting: World) -> None:
    Partnership.objects.filter(pk=reporting.partnership.pk).update(is_second_person_required=True)
    reporting.round.refresh_from_db()
    report = Report.objects.select_related("round__partnership").get(pk=built(reporting).pk)
    with pytest.raises(services.ReportError, match="second person"):
        services.publish_report(report=report, by=reporting.lead, at=AT)
    assert Report.objects.get(pk=report.pk).status == "ready"
    services.publish_report(report=report, by=reporting.administrator, at=AT)
    assert Report.objects.get(pk=report.pk).published_by == reporting.administrator


def test_what_is_not_built_or_published_already_is_not_published(reporting: World) -> None:
    report = requested(reporting)
    with pytest.raises(services.ReportError, match="not been built"):
        services.publish_report(report=report, by=reporting.lead, at=AT)
    services.build_report(report_id=report.pk, clock=lambda: AT)
    report.refresh_from_db()
    stale = Report.objects.select_related("round__partnership").get(pk=report.pk)
    services.publish_report(report=report, by=reporting.lead, at=AT)
    with pytest.raises(services.ReportError, match="published already"):
        services.publish_report(report=report, by=reporting.lead, at=LATER)
    # Somebody who looked before it was published publishes nothing either, and leaves no files behind.
    kept = stored()
    with pytest.raises(services.ReportError, match="in the meantime"):
        services.publish_report(report=stale, by=reporting.lead, at=LATER)
    assert stored() == kept
    assert Report.objects.get(pk=report.pk).published_at == AT


def test_a_report_built_anew_while_it_is_looked_at_is_not_published_unseen(reporting: World) -> None:
    looked_at = built(reporting)
    AchievementFactory(partnership=reporting.partnership, term=reporting.term, title="Logged in between")
    built(reporting, at=LATER)
    with pytest.raises(services.ReportError, match="in the meantime"):
        services.publish_report(report=looked_at, by=reporting.lead, at=LATER)


def test_a_damaged_snapshot_is_not_published(reporting: World) -> None:
    report = built(reporting)
    Report.objects.filter(pk=report.pk).update(snapshot=report.snapshot.replace("Twelve", "Twenty"))
    report.refresh_from_db()
    with pytest.raises(services.AlteredError):
        services.publish_report(report=report, by=reporting.lead, at=AT)


def test_publishing_that_fails_half_way_leaves_everything_as_it_was(
    reporting: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = published(reporting)
    second = built(reporting, correction_reason="A wrong figure.")
    kept = stored()

    def fail(**arguments: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(publishing, "touch", fail)
    with pytest.raises(RuntimeError):
        services.publish_report(report=second, by=reporting.lead, at=LATER)
    assert Report.objects.get(pk=first.pk).status == "published"
    assert Report.objects.get(pk=second.pk).status == "ready"
    assert stored() == kept


def test_the_dashboard_s_version_rises_with_a_published_report(reporting: World) -> None:
    before = Partnership.objects.get(pk=reporting.partnership.pk).version
    published(reporting)
    assert Partnership.objects.get(pk=reporting.partnership.pk).version == before + 1


def test_a_flipped_byte_is_noticed(reporting: World) -> None:
    file = published(reporting).files.get(format="pdf")
    content = bytearray(Path(file.file.path).read_bytes())
    content[100] ^= 1
    Path(file.file.path).write_bytes(content)
    with pytest.raises(services.AlteredError):
        services.read_file(file)
    Path(file.file.path).unlink()
    with pytest.raises(services.AlteredError):
        services.read_file(file)


# Telling the board ---------------------------------------------------------------------------------------------------


def test_each_current_seat_of_the_reporting_board_gets_one_email_with_a_link(
    reporting: World,
    settings: Settings,
    queue: list[tuple[str, int]],
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    Seat.objects.create(board=reporting.board, user=UserFactory(), ends_on=date(2024, 9, 1))
    Seat.objects.create(board=reporting.board, user=UserFactory(is_active=False))
    with django_capture_on_commit_callbacks(execute=True):
        report = published(reporting)
    delivery = Delivery.objects.get()
    assert (delivery.report, delivery.recipient, delivery.status) == (report, reporting.board_member, "queued")
    assert queue[-1] == ("reports.tasks.send_delivery", delivery.pk)
    assert services.send_delivery(delivery_id=delivery.pk, at=LATER)
    assert not services.send_delivery(delivery_id=delivery.pk, at=LATER)
    (message,) = mail.outbox
    assert isinstance(message, EmailMultiAlternatives)
    assert message.to == ["board@example.org"]
    assert message.subject == "Harbour Skills Partnership: termly report, Autumn 2024/25"
    address = "https://portal.example.org/reports/harbour/2024-25-autumn/v1/"
    assert address in message.body
    html: Any = message.alternatives[0]
    assert address in html.content
    assert message.attachments == []
    delivery.refresh_from_db()
    assert (delivery.status, delivery.sent_at, delivery.attempts) == ("sent", LATER, 1)


# The command ---------------------------------------------------------------------------------------------------------


def test_the_command_builds_at_once_and_says_what_it_made(reporting: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("build_report", "harbour", "2024-25-autumn")
    lines = capsys.readouterr().out.splitlines()
    assert lines[: len(services.STEPS)] == [f"{step} …" for step in services.STEPS]
    assert lines[len(services.STEPS)] == "Built version 1 of Harbour Skills Partnership, Autumn 2024/25."
    paths = [re.sub("^.*?: ", "", line) for line in lines[-2:]]
    assert all(Path(path).is_file() for path in paths)
    assert Report.objects.get().build == "built"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere", "2024-25-autumn"], "No partnership called nowhere has a round."),
        (["harbour", "2030-31-spring"], "harbour has no round for 2030-31-spring. Its latest are 2024-25-autumn"),
    ],
)
def test_the_command_says_in_a_line_what_it_cannot_do(world: World, arguments: list[str], words: str) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command("build_report", *arguments)
    assert str(refusal.value).startswith(words)
    assert "\n" not in str(refusal.value)


def test_the_command_needs_a_reason_after_a_published_version(reporting: World) -> None:
    published(reporting)
    with pytest.raises(CommandError, match="Use --reason"):
        call_command("build_report", "harbour", "2024-25-autumn")
    call_command("build_report", "harbour", "2024-25-autumn", "--reason", "A wrong figure.", verbosity=0)
    assert Report.objects.filter(version=2, build="built").exists()


def test_the_command_leaves_a_report_to_the_worker_that_builds_it(reporting: World) -> None:
    services.claim_build(report_id=requested(reporting).pk, at=datetime.now(UTC))
    with pytest.raises(CommandError, match="A worker is building this report already"):
        call_command("build_report", "harbour", "2024-25-autumn")

"""The reports of all boards of a term: asked for at once, each with its state, and again what failed."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from reports.models import Report, Return, Round
from reports.services import reports as services
from tests.factories import PartnershipFactory, ReturnFactory, RoundFactory, World

AT = datetime(2024, 12, 2, 10, tzinfo=UTC)
TERM, PAGE = "2024-25-autumn", "/reports/build/all/"


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The rows whose building was queued."""
    queued: list[int] = []
    monkeypatch.setattr("wesp_portal.common.jobs.app.send_task", lambda name, args: queued.append(args[0]))
    return queued


@pytest.fixture
def boards(world: World) -> World:
    """Two partnerships with a round in the term."""
    RoundFactory(partnership=world.elsewhere, term=world.term)
    ReturnFactory(round=world.round, organisation=world.organisation, status=Return.Status.APPROVED)
    ReturnFactory(round=world.round, organisation=world.partner)
    return world


@pytest.fixture
def administrator(client: Client, boards: World) -> Client:
    client.force_login(boards.administrator)
    return client


def words_of(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def fail(report: Report) -> None:
    Report.objects.filter(pk=report.pk).update(build="failed", attempts=3, failure="Storing the files went wrong.")


def test_one_button_queues_the_report_of_each_board(
    administrator: Client, queue: list[int], django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    page = words_of(administrator.get(PAGE))
    assert "Reports of all boards, Autumn 2024/25" in page
    assert "0 of 2 reports built" in page
    assert "Build 2 reports" in page
    assert "Harbour Skills Partnership 1 of 2 approved Not asked for" in page
    with django_capture_on_commit_callbacks(execute=True):
        page = words_of(administrator.post(PAGE, {"term": TERM}, follow=True))
    assert "2 reports will be built." in page
    assert "0 of 2 reports built, 2 to come" in page
    assert page.count("Waiting for a worker") == 2
    assert sorted(queue) == sorted(Report.objects.values_list("pk", flat=True))
    assert {each.round.term.code for each in Report.objects.select_related("round__term")} == {TERM}


def test_each_board_shows_its_step_its_failure_in_words_and_a_way_to_try_again(
    administrator: Client, boards: World
) -> None:
    services.request_reports(term=TERM, by=boards.administrator, at=AT)
    running, failing = Report.objects.order_by("round__partnership__name")
    services.claim_build(report_id=running.pk, at=AT)
    Report.objects.filter(pk=running.pk).update(build_done=3, build_step="Setting the PDF")
    fail(failing)
    page = administrator.get(PAGE)
    assert "0 of 2 reports built, 1 to come, 1 could not be built" in words_of(page)
    assert "Setting the PDF" in words_of(page)
    assert '<progress class="portal-progress__bar" value="3" max="7"' in " ".join(page.content.decode().split())
    assert "Storing the files went wrong." in words_of(page)
    assert f'action="/reports/build/{failing.pk}/retry/"' in page.content.decode()
    assert "Try again what failed" in words_of(page)


def test_a_page_that_has_nothing_new_to_say_answers_with_nothing(administrator: Client, boards: World) -> None:
    services.request_reports(term=TERM, by=boards.administrator, at=AT)
    first = administrator.get(PAGE, headers={"HX-Request": "true"})
    assert "<html" not in first.content.decode()
    address = re.search(r'hx-get="([^"]+)"', first.content.decode())
    assert address
    asks = unescape(address[1])
    assert administrator.get(asks, headers={"HX-Request": "true"}).status_code == 204
    assert administrator.get(asks).status_code == 200
    report = Report.objects.order_by("pk")[0]
    services.claim_build(report_id=report.pk, at=AT)
    assert administrator.get(asks, headers={"HX-Request": "true"}).status_code == 200


def test_asking_again_builds_what_failed_and_leaves_the_rest(boards: World, queue: list[int]) -> None:
    assert services.request_reports(term=TERM, by=boards.administrator, at=AT) == 2
    assert services.request_reports(term=TERM, by=boards.administrator, at=AT) == 0
    built, failed = Report.objects.order_by("pk")
    assert services.build_report(report_id=built.pk, clock=lambda: AT)
    fail(failed)
    assert services.request_reports(term=TERM, by=boards.lead, at=AT) == 1
    failed.refresh_from_db()
    assert (failed.build, failed.attempts, failed.failure, failed.requested_by) == ("queued", 0, "", boards.lead)
    built.refresh_from_db()
    assert (built.build, built.requested_by) == ("built", boards.administrator)
    assert services.request_reports(term=TERM, by=None, at=AT, is_anew=True) == 1
    built.refresh_from_db()
    assert (built.build, built.status) == ("queued", "draft")


def test_a_published_report_is_never_touched(boards: World) -> None:
    report = services.request_report(round_=boards.round, by=boards.lead, at=AT)
    services.build_report(report_id=report.pk, clock=lambda: AT)
    report = Report.objects.select_related("round__partnership").get(pk=report.pk)
    services.publish_report(report=report, by=boards.lead, at=AT)
    assert services.request_reports(term=TERM, by=None, at=AT, is_anew=True) == 1
    assert Report.objects.filter(round=boards.round).count() == 1


@pytest.mark.parametrize("who", ["officer", "board_member", "lead", "stranger"])
def test_only_administrators_reach_all_boards(client: Client, boards: World, who: str) -> None:
    client.force_login(getattr(boards, who))
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, {"term": TERM}).status_code == 404
    assert not Report.objects.exists()


@pytest.mark.parametrize("term", ["2030-31-autumn", "never"])
def test_a_term_without_a_round_is_not_found(administrator: Client, term: str) -> None:
    assert administrator.get(PAGE, {"term": term}).status_code == 404
    assert administrator.post(PAGE, {"term": term}).status_code == 404


def test_an_earlier_term_is_chosen_and_before_any_round_the_page_says_so(administrator: Client, boards: World) -> None:
    assert "Reports of all boards, Summer 2023/24" in words_of(administrator.get(PAGE, {"term": "2023-24-summer"}))
    Return.objects.all().delete()
    Round.objects.all().delete()
    assert "There is no round yet." in words_of(administrator.get(PAGE))
    assert "Nothing is left to build." in words_of(administrator.post(PAGE, follow=True))


@pytest.mark.parametrize("more", [0, 12])
def test_all_boards_cost_the_same_however_many_there_are(
    administrator: Client, boards: World, more: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(more):
        RoundFactory(partnership=PartnershipFactory(), term=boards.term)
    with django_assert_num_queries(5):
        services.request_reports(term=TERM, by=None, at=AT)
    fail(Report.objects.order_by("pk")[0])
    with django_assert_num_queries(5):
        administrator.get(PAGE)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_ask_at_once_get_one_build_for_each_board(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world = World()
    RoundFactory(partnership=world.elsewhere, term=world.term)
    if connection.vendor == "sqlite":
        # SQLite in memory is shared by threads as no real database is: they meet in a copy of it on disk.
        connection.cursor().execute("VACUUM INTO %s", [str(tmp_path / "shared.sqlite3")])
        monkeypatch.setitem(connections.settings["default"], "NAME", str(tmp_path / "shared.sqlite3"))
    barrier = Barrier(4)

    def ask(_: int) -> tuple[int, int]:
        try:
            barrier.wait()
            count = services.request_reports(term=TERM, by=None, at=AT)
            barrier.wait()
            return count, Report.objects.count()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as people:
        answers = list(people.map(ask, range(4)))
    assert sorted(count for count, _ in answers) == [0, 0, 0, 2]
    assert {rows for _, rows in answers} == {2}


def test_the_command_queues_them_and_says_what_it_cannot_do(boards: World, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("build_reports", TERM)
    assert capsys.readouterr().out == "2 reports of Autumn 2024/25 queued.\n"
    with pytest.raises(CommandError, match=r"No partnership has a round for never\. The latest are 2024-25-autumn"):
        call_command("build_reports", "never")

"""The pages of reports: who reads what, how one is asked for, watched and published, and what is never shown."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from partnerships.models import Partnership
from reports.models import Report, Return
from reports.services import reports as services
from reports.snapshots import sha256_of
from tests.factories import ReturnEntryFactory, ReturnFactory, RoundFactory, TermFactory, World

AT = datetime(2024, 11, 28, 10, 0, tzinfo=UTC)
TERM = "/reports/harbour/2024-25-autumn"
PEOPLE = ["officer", "board_member", "lead", "administrator"]

AsPerson = Callable[[str], Client]


@pytest.fixture(autouse=True)
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wesp_portal.common.jobs.app.send_task", lambda name, args: None)


@pytest.fixture
def as_person(world: World) -> AsPerson:
    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(getattr(world, name))
        return client

    return signed_in


@pytest.fixture
def built(world: World) -> Report:
    ReturnEntryFactory(
        return_of=ReturnFactory(round=world.round, organisation=world.organisation, status=Return.Status.APPROVED),
        priority=world.priority,
        activity="Twelve employers came to the first breakfast.",
    )
    return build(world)


@pytest.fixture
def published(world: World, built: Report) -> Report:
    return services.publish_report(report=built, by=world.administrator, at=AT)


def build(world: World, reason: str = "") -> Report:
    report = services.request_report(round_=world.round, by=world.lead, at=AT, correction_reason=reason)
    assert services.build_report(report_id=report.pk, clock=lambda: AT)
    return Report.objects.select_related("round__partnership").get(pk=report.pk)


def words_of(response: Any) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


# Reading -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", PEOPLE)
@pytest.mark.parametrize("address", [f"{TERM}/", f"{TERM}/v1/"])
def test_everyone_of_the_partnership_reads_a_published_report(
    published: Report, as_person: AsPerson, person: str, address: str
) -> None:
    response = as_person(person).get(address)
    assert response.status_code == 200
    words = words_of(response)
    assert "Version 1, published 28 November 2024 at 10:00 by Ada Administrator." in words
    assert published.sha256 in words
    assert "Twelve employers came to the first breakfast." in words
    assert response.content.decode().count("<h1") == 1


def test_the_page_shows_the_frozen_article_byte_for_byte(published: Report, as_person: AsPerson) -> None:
    frozen = services.read_file(published.files.get(format="html"))
    assert frozen in as_person("board_member").get(f"{TERM}/").content


@pytest.mark.parametrize("suffix", ["/", "/v1/", ".pdf", ".json", "/v1.pdf", "/v1.json"])
def test_a_stranger_finds_no_report(published: Report, as_person: AsPerson, suffix: str) -> None:
    assert as_person("stranger").get(TERM + suffix).status_code == 404


@pytest.mark.parametrize("suffix", ["/", "/v1/", ".pdf", ".json", "/v1.pdf", "/v1.json"])
@pytest.mark.parametrize(("person", "status"), [("officer", 404), ("board_member", 404), ("lead", 200)])
def test_before_publication_only_leads_see_a_report(
    built: Report, as_person: AsPerson, person: str, status: int, suffix: str
) -> None:
    assert as_person(person).get(TERM + suffix).status_code == status


@pytest.mark.parametrize("suffix", ["/", "/v1/", ".pdf", ".json"])
def test_who_has_not_signed_in_is_asked_to(published: Report, client: Client, suffix: str) -> None:
    response = client.get(TERM + suffix)
    assert response.status_code == 302
    assert response["Location"].startswith("/sign-in/")


def test_a_preview_says_that_it_is_one(built: Report, as_person: AsPerson) -> None:
    words = words_of(as_person("lead").get(f"{TERM}/"))
    assert "Version 1 is a preview, which only leads can see." in words
    assert "This is a draft. It has not been published to the board." in words


@pytest.mark.parametrize("address", [f"{TERM}.pdf", f"{TERM}/v1.pdf"])
def test_the_pdf_beside_the_page_is_the_stored_one(published: Report, as_person: AsPerson, address: str) -> None:
    response = as_person("board_member").get(address)
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == 'inline; filename="harbour-2024-25-autumn-v1.pdf"'
    assert response.content == services.read_file(published.files.get(format="pdf"))


@pytest.mark.parametrize("address", [f"{TERM}.json", f"{TERM}/v1.json"])
def test_the_json_beside_the_page_is_the_snapshot_with_the_hash_that_is_shown(
    published: Report, as_person: AsPerson, address: str
) -> None:
    response = as_person("officer").get(address)
    assert response["Content-Type"] == "application/json"
    assert sha256_of(response.content.decode()) == published.sha256
    assert json.loads(response.content)["front"]["partnership_slug"] == "harbour"


@pytest.mark.parametrize(
    "address",
    [f"{TERM}/v2/", f"{TERM}/v2.pdf", f"{TERM}.docm", f"{TERM}/v1.html", "/reports/harbour/2023-24-summer/"],
)
def test_a_version_format_or_term_that_does_not_exist_is_not_found(
    published: Report, as_person: AsPerson, address: str
) -> None:
    assert as_person("lead").get(address).status_code == 404


def test_a_corrected_report_shows_the_new_version_and_keeps_the_old_at_its_address(
    world: World, published: Report, as_person: AsPerson
) -> None:
    before = services.read_file(published.files.get(format="html"))
    second = build(world, "One figure was typed wrongly.")
    board_member = as_person("board_member")
    assert "Version 1, published" in words_of(board_member.get(f"{TERM}/"))
    assert board_member.get(f"{TERM}/v2/").status_code == 404
    services.publish_report(report=second, by=world.administrator, at=AT)
    latest = words_of(board_member.get(f"{TERM}/"))
    assert "Version 2, published" in latest
    assert "What this version corrects: One figure was typed wrongly." in latest
    old = board_member.get(f"{TERM}/v1/")
    assert before in old.content
    assert "Version 2 has taken its place." in words_of(old)
    assert board_member.get(f"{TERM}/?version=1")["Location"] == f"{TERM}/v1/"


@pytest.mark.parametrize(("format_", "addresses"), [("html", ["/", "/v1/"]), ("pdf", [".pdf", "/v1.pdf"])])
def test_an_altered_file_is_never_served(
    published: Report, as_person: AsPerson, caplog: pytest.LogCaptureFixture, format_: str, addresses: list[str]
) -> None:
    path = Path(published.files.get(format=format_).file.path)
    content = bytearray(path.read_bytes())
    content[200] ^= 1
    path.write_bytes(content)
    for address in addresses:
        response = as_person("board_member").get(TERM + address)
        assert response.status_code == 500
        assert "This report cannot be shown" in words_of(response)
        assert "Twelve employers" not in words_of(response)
        assert bytes(content) not in response.content
    assert "was altered in its store" in caplog.text


def test_an_altered_snapshot_is_never_served(published: Report, as_person: AsPerson) -> None:
    Report.objects.filter(pk=published.pk).update(snapshot=published.snapshot.replace("Twelve", "Twenty"))
    response = as_person("board_member").get(f"{TERM}.json")
    assert response.status_code == 500
    assert "Twenty" not in response.content.decode()


# Opened --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("address", [f"{TERM}/", f"{TERM}/v1/", f"{TERM}.pdf", f"{TERM}/v1.docx"])
def test_a_recipient_who_reads_it_signed_in_is_known_to_have_opened_it_once(
    published: Report, as_person: AsPerson, address: str
) -> None:
    delivery = published.deliveries.get()
    for person in ("lead", "officer", "administrator"):
        as_person(person).get(address)
    reader = as_person("board_member")
    reader.head(address)
    reader.get("/reports/")
    delivery.refresh_from_db()
    assert delivery.opened_at is None
    for hour in (12, 14):
        with time_machine.travel(AT.replace(hour=hour), tick=False):
            assert reader.get(address).status_code == 200
    delivery.refresh_from_db()
    assert delivery.opened_at == AT.replace(hour=12)


def test_another_version_or_an_altered_file_is_not_what_was_opened(
    world: World, published: Report, as_person: AsPerson
) -> None:
    second = services.publish_report(report=build(world, "A figure."), by=world.administrator, at=AT)
    Path(published.files.get(format="html").file.path).write_bytes(b"altered")
    reader = as_person("board_member")
    assert reader.get(f"{TERM}/v1/").status_code == 500
    assert reader.get(f"{TERM}/").status_code == 200
    assert published.deliveries.get().opened_at is None
    assert second.deliveries.get().opened_at is not None


@pytest.mark.parametrize(("person", "sees"), [("lead", True), ("officer", False), ("board_member", False)])
def test_who_may_see_whom_it_was_sent_to_finds_a_link(
    published: Report, as_person: AsPerson, person: str, sees: bool
) -> None:
    page = as_person(person).get(f"{TERM}/").content.decode()
    assert (f'href="/reports/sent/{published.pk}/"' in page) is sees


def test_a_preview_was_sent_to_nobody(built: Report, as_person: AsPerson) -> None:
    assert "/reports/sent/" not in as_person("lead").get(f"{TERM}/").content.decode()


# The list ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["officer", "board_member"])
def test_the_list_has_published_reports_only_for_who_does_not_lead(
    world: World, built: Report, as_person: AsPerson, person: str
) -> None:
    client = as_person(person)
    assert "No reports yet" in words_of(client.get("/reports/"))
    services.publish_report(report=built, by=world.administrator, at=AT)
    words = words_of(client.get("/reports/"))
    assert "Autumn 2024/25 Version 1, published 28 November 2024" in words
    assert "Summer 2023/24" not in words
    assert "Build the report" not in words


def test_the_list_offers_leads_what_comes_next_for_each_term(world: World, built: Report, as_person: AsPerson) -> None:
    lead = as_person("lead")
    words = words_of(lead.get("/reports/"))
    assert "Version 1: built" in words
    assert "Summer 2023/24 Not published yet Build the report" in words
    services.publish_report(report=built, by=world.administrator, at=AT)
    assert "Correct the report of Autumn 2024/25" in words_of(lead.get("/reports/"))


def test_a_stranger_s_list_names_nothing_of_the_partnership(published: Report, as_person: AsPerson) -> None:
    assert "Harbour" not in as_person("stranger").get("/reports/").content.decode()


# Building ------------------------------------------------------------------------------------------------------------


def test_a_lead_asks_for_a_report_and_watches_it_being_built(world: World, as_person: AsPerson) -> None:
    lead = as_person("lead")
    response = lead.post("/reports/build/", {"round": world.round.pk})
    report = Report.objects.get()
    assert response["Location"] == f"/reports/build/{report.pk}/"
    waiting = lead.get(f"/reports/build/{report.pk}/").content.decode()
    assert "Waiting to be built" in waiting
    assert 'hx-trigger="every 1s"' in waiting
    assert f'<a class="govuk-link" href="/reports/build/{report.pk}/">Refresh</a>' in waiting
    services.claim_build(report_id=report.pk, at=datetime.now(UTC))
    Report.objects.filter(pk=report.pk).update(build_step=services.STEPS[2], build_done=2)
    asks = re.search(r'hx-get="([^"]+)"', waiting)
    assert asks
    fragment = lead.get(asks[1], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert re.search(rf'<progress [^>]*value="2"\s+max="{len(services.STEPS)}"', fragment)
    assert services.STEPS[2] in fragment
    asks = re.search(r'hx-get="([^"]+)"', fragment)
    assert asks
    assert lead.get(asks[1], headers={"HX-Request": "true"}).status_code == 204


def test_a_built_report_offers_preview_and_publication_and_is_asked_for_no_more(
    built: Report, as_person: AsPerson
) -> None:
    page = as_person("lead").get(f"/reports/build/{built.pk}/").content.decode()
    assert f'href="{TERM}/v1/"' in page
    assert f'href="/reports/build/{built.pk}/publish/"' in page
    assert "hx-get" not in page


def test_a_failed_build_says_why_and_is_tried_again(built: Report, as_person: AsPerson) -> None:
    Report.objects.filter(pk=built.pk).update(build="failed", status="draft", failure="The disk is full.", attempts=3)
    lead = as_person("lead")
    words = words_of(lead.get(f"/reports/build/{built.pk}/"))
    assert "The disk is full." in words
    assert "Try again" in words
    assert lead.post(f"/reports/build/{built.pk}/retry/").status_code == 302
    built.refresh_from_db()
    assert (built.build, built.attempts, built.failure) == ("queued", 0, "")


def test_asking_for_a_new_version_of_a_published_report_needs_what_it_corrects(
    world: World, published: Report, as_person: AsPerson
) -> None:
    lead = as_person("lead")
    assert lead.get(f"/reports/correct/{world.round.pk}/").status_code == 200
    refused = lead.post("/reports/build/", {"round": world.round.pk, "correction_reason": " "})
    assert refused.status_code == 422
    assert "Say what the new version corrects." in words_of(refused)
    too_long = lead.post("/reports/build/", {"round": world.round.pk, "correction_reason": "x" * 2001})
    assert too_long.status_code == 422
    assert "x" * 2001 in too_long.content.decode()
    accepted = lead.post("/reports/build/", {"round": world.round.pk, "correction_reason": "A wrong figure."})
    assert accepted.status_code == 302
    assert Report.objects.get(version=2).correction_reason == "A wrong figure."


@pytest.mark.parametrize("person", ["officer", "board_member", "stranger"])
def test_only_leads_ask_for_build_and_publish_reports(
    world: World, built: Report, as_person: AsPerson, person: str
) -> None:
    client = as_person(person)
    assert client.post("/reports/build/", {"round": world.previous_round.pk}).status_code == 404
    assert client.get(f"/reports/correct/{world.round.pk}/").status_code == 404
    assert client.get(f"/reports/build/{built.pk}/").status_code == 404
    assert client.post(f"/reports/build/{built.pk}/retry/").status_code == 404
    assert client.get(f"/reports/build/{built.pk}/publish/").status_code == 404
    assert client.post(f"/reports/build/{built.pk}/publish/").status_code == 404
    assert list(Report.objects.values_list("pk", "status")) == [(built.pk, "ready")]


@pytest.mark.parametrize("asked", ["", "none", "999999", "-1", "9" * 30])
def test_asking_for_the_report_of_no_round_is_not_found(world: World, as_person: AsPerson, asked: str) -> None:
    assert as_person("lead").post("/reports/build/", {"round": asked}).status_code == 404


# Publishing ----------------------------------------------------------------------------------------------------------


def test_publishing_is_confirmed_with_the_returns_that_are_missing(
    world: World, built: Report, as_person: AsPerson
) -> None:
    ReturnFactory(round=world.round, organisation=world.partner, status=Return.Status.DRAFT)
    lead = as_person("lead")
    asked = words_of(lead.get(f"/reports/build/{built.pk}/publish/"))
    assert "These returns are not approved. The report says so. Harbour College: draft" in asked
    response = lead.post(f"/reports/build/{built.pk}/publish/")
    assert response["Location"] == f"{TERM}/"
    assert "Version 1 is published, and the board is being told." in words_of(lead.get(f"{TERM}/"))
    assert "Version 1, published" in words_of(as_person("board_member").get(f"{TERM}/"))


def test_publishing_twice_publishes_once(built: Report, as_person: AsPerson) -> None:
    lead = as_person("lead")
    lead.post(f"/reports/build/{built.pk}/publish/")
    first = Report.objects.get(pk=built.pk).published_at
    again = lead.post(f"/reports/build/{built.pk}/publish/")
    assert again.status_code == 409
    assert "This version is published already." in words_of(again)
    assert Report.objects.get(pk=built.pk).published_at == first


def test_a_second_person_publishes_where_the_partnership_says_so(
    world: World, built: Report, as_person: AsPerson
) -> None:
    Partnership.objects.filter(pk=world.partnership.pk).update(is_second_person_required=True)
    lead = as_person("lead")
    assert "so a second person publishes it" in words_of(lead.get(f"/reports/build/{built.pk}/"))
    assert lead.post(f"/reports/build/{built.pk}/publish/").status_code == 409
    assert as_person("administrator").post(f"/reports/build/{built.pk}/publish/").status_code == 302
    built.refresh_from_db()
    assert built.published_by == world.administrator


# What pages cost -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "queries"),
    # The person and what they may reach; then the versions of the term, and the file or the snapshot.
    [(f"{TERM}/", 3), (f"{TERM}/v1/", 3), (f"{TERM}.pdf", 3), (f"{TERM}.json", 3)],
)
def test_a_report_costs_few_queries_however_many_versions_there_are(
    world: World,
    published: Report,
    as_person: AsPerson,
    django_assert_num_queries: DjangoAssertNumQueries,
    address: str,
    queries: int,
) -> None:
    for person in ("officer", "lead", "board_member"):
        client = as_person(person)
        if person == "board_member":
            # The first time, that it was opened is written as well.
            with django_assert_num_queries(queries + 1):
                assert client.get(address).status_code == 200
        # A lead's page says whether the report is open to everyone.
        asked = queries + (person == "lead" and address.endswith("/"))
        with django_assert_num_queries(asked):
            assert client.get(address).status_code == 200
    services.publish_report(report=build(world, "A figure."), by=world.administrator, at=AT)
    officer = as_person("officer")
    with django_assert_num_queries(queries):
        assert officer.get(address).status_code == 200


def test_the_list_costs_few_queries_however_many_rounds_there_are(
    world: World, published: Report, as_person: AsPerson, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lead = as_person("lead")
    with django_assert_num_queries(4):
        assert lead.get("/reports/").status_code == 200
    for year in range(10, 20):
        term = TermFactory(
            calendar=world.partnership.calendar,
            code=f"20{year}-{year + 1}-autumn",
            starts_on=datetime(2000 + year, 9, 3, tzinfo=UTC).date(),
            ends_on=datetime(2000 + year, 12, 20, tzinfo=UTC).date(),
        )
        RoundFactory(partnership=world.partnership, term=term)
    with django_assert_num_queries(4):
        assert "Autumn 2010/11" in words_of(lead.get("/reports/"))


def test_the_build_page_costs_few_queries(
    built: Report, as_person: AsPerson, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lead = as_person("lead")
    with django_assert_num_queries(2):
        assert lead.get(f"/reports/build/{built.pk}/").status_code == 200

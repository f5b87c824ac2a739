"""The edition for everyone: what is in it and what is not, who opens it, and that it stays as it was opened."""

import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

import page as pdf_checker
import pypdf
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from partnerships.models import Area
from partnerships.services import touch
from priorities.models import Achievement, Metric, Voice
from priorities.services.series import rebuild_series
from reports.models import BoardQuestion, Decision, PublicEdition, PublicFile, Report, Return
from reports.queries.editions import public_snapshot
from reports.services import reports as services
from reports.services.reports import building, files
from reports.snapshots import from_json, sha256_of
from reports.snapshots.layout import Layout
from tests.factories import (
    AchievementFactory,
    AreaFactory,
    MeasureUseFactory,
    MetricFactory,
    PlannedStepFactory,
    ReturnEntryFactory,
    ReturnFactory,
    VoiceFactory,
    World,
)
from tests.open_data.samples import counting_children, record

AT = datetime(2024, 11, 28, 10, 0, tzinfo=UTC)
LATER = datetime(2024, 12, 3, 9, 0, tzinfo=UTC)
PAGE, OPEN_PAGE = "/partnerships/harbour/", "/partnerships/harbour/reports/2024-25-autumn"
BOARD = "/reports/harbour/2024-25-autumn/"
ADDRESSES = [f"{OPEN_PAGE}/", f"{OPEN_PAGE}.pdf", f"{OPEN_PAGE}.json"]
PUBLIC = {"status": Achievement.Status.PUBLISHED, "is_public": True}

AsPerson = Callable[[str], Client]


@pytest.fixture(autouse=True)
def board_edition_as_a_page_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the board downloads is tested elsewhere, and takes a second each time."""
    monkeypatch.setattr("wesp_portal.common.jobs.app.send_task", lambda name, args: None)
    monkeypatch.setattr(files, "RENDERERS", {"html": files.RENDERERS["html"]})
    monkeypatch.setattr(building, "STEPS", building.STEPS[:3] + building.STEPS[-1:])


@pytest.fixture
def as_person(world: World) -> AsPerson:
    def signed_in(name: str) -> Client:
        client = Client()
        if name != "visitor":
            client.force_login(getattr(world, name))
        return client

    return signed_in


def publish(world: World, reason: str = "") -> Report:
    asked = services.request_report(round_=world.round, by=world.lead, at=AT, correction_reason=reason)
    services.build_report(report_id=asked.pk, clock=lambda: AT)
    report = Report.objects.select_related("round__partnership").get(pk=asked.pk)
    services.publish_report(report=report, by=world.administrator, at=AT)
    return published(report.pk)


def published(pk: int) -> Report:
    return Report.objects.select_related("round__partnership__area", "round__term").get(pk=pk)


def open_it(world: World, report: Report, texts: list[str] | None = None, at: datetime = AT) -> PublicEdition:
    draft = services.draft_edition(report=report, texts=texts or [])
    return services.open_edition(report=report, by=world.lead, at=at, texts=texts or [], sha256=draft.sha256)


@pytest.fixture
def report(world: World) -> Report:
    AchievementFactory(partnership=world.partnership, term=world.term, title="A fair for everyone", **PUBLIC)
    return publish(world)


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def told_everywhere(client: Client) -> dict[str, str]:
    """All that everyone can read of the report, in every form, as text; markup and file data included."""
    found = {"page": client.get(PAGE).content.decode(), "feed": client.get(f"{PAGE}feed/").content.decode()}
    html = client.get(ADDRESSES[0]).content.decode()
    pdf = pypdf.PdfReader(io.BytesIO(client.get(ADDRESSES[1]).content))
    pages = "\n".join(page.extract_text() for page in pdf.pages).replace("\u200b", "")
    found["html"] = f"{html} {text_of(html)}"
    found["pdf"] = " ".join(pages.split())
    found["pdf's own"] = f"{pdf.metadata} {pdf.xmp_metadata and pdf.xmp_metadata.stream.get_data()!r}"
    found["json"] = client.get(ADDRESSES[2]).content.decode()
    return found


# What is in it -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Planted:
    """A report with something public and something secret of every kind; secrets all contain SECRET or a figure."""

    report: Report
    secrets: tuple[str, ...]


@pytest.fixture
def planted(world: World) -> Planted:
    for name in ("officer", "lead", "board_member"):
        person = getattr(world, name)
        person.name = f"SECRET {person.name}"
        person.save()
    area = world.partnership.area
    deeds: list[tuple[str, dict[str, Any]]] = [
        ("SECRET draft deed", {"status": Achievement.Status.DRAFT, "is_public": True}),
        ("SECRET sent deed", {"status": Achievement.Status.SUBMITTED, "is_public": True}),
        ("SECRET board deed", {"status": Achievement.Status.PUBLISHED, "is_public": False}),
        ("An open deed", {**PUBLIC, "quantity": 43, "quantity_unit": "open places"}),
    ]
    for title, more in deeds:
        deed = AchievementFactory(partnership=world.partnership, term=world.term, title=title, **more)
        deed.priorities.add(world.priority)
    AchievementFactory(
        partnership=world.partnership,
        term=world.term,
        title="SECRET total",
        quantity=791917,
        quantity_unit="open places",
        status=Achievement.Status.PUBLISHED,
    )
    voices: list[tuple[str, dict[str, Any]]] = [
        ("SECRET words for the board", {}),
        ("SECRET words withdrawn", {"is_public": True, "status": Voice.Status.WITHDRAWN}),
        ("Open words for everyone", {"is_public": True}),
    ]
    for words, more in voices:
        VoiceFactory(outcome=None, objective=world.objective, words=words, **more)
    VoiceFactory(
        outcome=None,
        objective=world.objective,
        kind=Voice.Kind.SURVEY,
        words="An open survey",
        is_public=True,
        asked=997313,
        answered=997311,
    )
    returned = ReturnFactory(
        round=world.round,
        organisation=world.organisation,
        status=Return.Status.APPROVED,
        author_role="SECRET role",
    )
    entry = ReturnEntryFactory(
        return_of=returned,
        priority=world.priority,
        activity="SECRET activity",
        impact="SECRET impact",
        intended_outcomes="SECRET outcome",
        exit_strategy="SECRET exit",
    )
    PlannedStepFactory(entry=entry, title="SECRET step")
    world.activity.title, world.activity.owner, world.activity.due_on = "SECRET task", world.officer, date(2024, 11, 1)
    world.activity.save()
    world.activity.updates.create(
        term=world.term,
        status="under_way",
        rag="off_track",
        reason="SECRET why",
        words="SECRET so",
        author=world.officer,
    )
    asked = BoardQuestion.objects.create(
        round=world.round, text="SECRET question", asked_by=world.board_member, asked_at=AT
    )
    Decision.objects.create(
        round=world.round,
        question=asked,
        text="SECRET decision",
        action_by="SECRET person",
        recorded_by=world.board_member,
        recorded_at=AT,
    )
    figures(world, area)
    touch(partnership_ids=[world.partnership.pk])
    return Planted(publish(world), ("SECRET", "791917", "791960", "997313", "997311", "811711", "772727"))


def figures(world: World, area: Area) -> None:
    """An open rate; a local count that is not public; and counts of children, small or giving a small one away."""
    rate = MetricFactory(title="Open rate")
    hidden = MetricFactory(title="SECRET metric", kind="local", unit="count", decimals=0)
    counted = counting_children(title="Open count of children", kind="official")
    own = counting_children(title="Local count of children")
    for metric in (rate, hidden, counted, own):
        MeasureUseFactory(objective=world.objective, metric=metric)
    record(rate, area, "2023", "61.7")
    record(rate, area, "2024", "63.1")
    record(hidden, area, "2024", "811711")
    # What is left of the larger area's count once the larger part of it is taken away is a small one.
    part, small = AreaFactory(code="E07000901", parent=area), AreaFactory(code="E07000902", parent=area)
    record(counted, area, "2023", "770077")
    record(counted, area, "2024", "772727")
    record(counted, part, "2024", "772724")
    record(counted, small, "2024", "3")
    record(own, area, "2023", "611311", note="SECRET note", source="SECRET source")
    record(own, area, "2024", "4", note="SECRET note", source="SECRET source")
    rebuild_series()


def test_nothing_that_is_not_public_stands_in_any_form(world: World, planted: Planted, client: Client) -> None:
    board = services.read_snapshot(planted.report)
    # Planted well: the board reads all of it but what is a draft or withdrawn.
    for words in ("SECRET board deed", "SECRET words for the board", "SECRET activity", "SECRET question", "772727"):
        assert words in board
    open_it(world, planted.report)
    for form, told in told_everywhere(client).items():
        for secret in planted.secrets:
            assert secret not in told.replace(",", ""), (form, secret)


def test_what_is_public_is_told_in_every_form(world: World, planted: Planted, client: Client) -> None:
    open_it(world, planted.report)
    told = told_everywhere(client)
    for form in ("html", "pdf", "json"):
        figure = "611311" if form == "json" else "611,311"
        for words in (figure, "Better first jobs", "An open deed", "Open words for everyone", "An open survey"):
            assert words in told[form], form
    for form in ("html", "pdf"):
        assert "1 achievement of this term is told here." in told[form]
        assert "43 open places" in told[form]
        assert "Open count of children: withheld to protect people for 2024" in told[form]
        assert "Local count of children: withheld to protect people for 2024" in told[form]
    for form in ("page", "feed"):
        assert "Termly report, Autumn 2024/25" in told[form]
        assert f"{OPEN_PAGE}/" in told[form]


def test_how_things_stand_and_versions_are_not_told(world: World, planted: Planted, client: Client) -> None:
    open_it(world, planted.report)
    told = told_everywhere(client)
    for form in ("html", "pdf"):
        for words in ("off track", "Off track", "At risk", "Not rated", "Version", "version", "Promise", "The board"):
            article = told[form].split('<article class="portal-report">')[-1]
            assert words not in article.split("</article>")[0], (form, words)


def test_counts_of_activities_are_told_where_the_partnership_publishes_them(world: World, planted: Planted) -> None:
    snapshot = from_json(planted.report.snapshot)
    kept = public_snapshot(snapshot, partnership=world.partnership, texts=())
    assert kept.summary.counts.off_track == 0
    world.partnership.is_standing_public = True
    told = public_snapshot(snapshot, partnership=world.partnership, texts=())
    assert told.summary.counts == snapshot.summary.counts
    assert [priority.standing for priority in told.priorities] == [""]


def test_a_text_is_told_once_a_lead_ticks_it_and_never_the_exit_strategy(world: World, planted: Planted) -> None:
    snapshot = from_json(planted.report.snapshot)
    told = public_snapshot(snapshot, partnership=world.partnership, texts=[f"{world.priority.pk}-0"])
    [contribution] = told.priorities[0].contributions
    assert (contribution.activity, contribution.impact) == ("SECRET activity", "SECRET impact")
    assert (contribution.exit_strategy, contribution.author_role, contribution.promises) == ("", "", ())
    Return.objects.update(status=Return.Status.SUBMITTED)
    touch(partnership_ids=[world.partnership.pk])
    unapproved = from_json(publish(world, "Anew.").snapshot)
    told = public_snapshot(unapproved, partnership=world.partnership, texts=[f"{world.priority.pk}-0"])
    assert told.priorities[0].contributions == ()


def test_what_is_public_no_longer_or_reads_otherwise_today_is_left_out(world: World, planted: Planted) -> None:
    snapshot = from_json(planted.report.snapshot)
    Achievement.objects.filter(title="An open deed").update(detail="What was approved after.")
    Voice.objects.filter(words="Open words for everyone").update(status=Voice.Status.WITHDRAWN)
    Metric.objects.filter(title="Local count of children").update(is_public=False)
    told = public_snapshot(snapshot, partnership=world.partnership, texts=())
    assert told.achievements == ()
    assert [voice.words for voice in told.voices] == ["An open survey"]
    assert {measure.title for measure in told.measures} == {"Open rate", "Open count of children"}


def test_a_count_that_was_revised_since_is_withheld(world: World, planted: Planted) -> None:
    snapshot = from_json(planted.report.snapshot)
    Metric.objects.get(title="Local count of children").readings.filter(period="2023").update(value=611411)
    told = public_snapshot(snapshot, partnership=world.partnership, texts=())
    measure = next(one for one in told.measures if one.title == "Local count of children")
    assert [(point.value, point.symbol) for point in measure.points] == [("", "c"), ("", "c")]


def test_it_takes_six_queries_however_much_there_is(
    world: World, planted: Planted, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    snapshot = from_json(planted.report.snapshot)
    partnership = published(planted.report.pk).round.partnership
    with django_assert_num_queries(6):
        public_snapshot(snapshot, partnership=partnership, texts=())


def test_the_page_that_previews_it_takes_nine_queries(
    planted: Planted, as_person: AsPerson, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    lead = as_person("lead")
    with django_assert_num_queries(9):
        lead.get(f"/reports/build/{planted.report.pk}/open/")


def test_its_pdf_meets_pdf_ua(world: World, planted: Planted, client: Client) -> None:
    open_it(world, planted.report)
    checked = pdf_checker.validate_pdf_bytes(client.get(ADDRESSES[1]).content, profile="ua1")
    assert [failure.message for failure in checked.failures] == []


def test_it_keeps_the_order_that_the_board_chose_of_the_parts_that_it_may_have() -> None:
    chosen = Layout(("notes", "attention", "said", "summary", "asked"), ("Agree.",)).for_everyone()
    assert (chosen.parts, chosen.asked) == (("notes", "summary"), ())


def test_an_edition_without_anything_public_says_so(world: World, client: Client) -> None:
    open_it(world, publish(world))
    words = text_of(client.get(ADDRESSES[0]).content.decode())
    for sentence in (
        "Nothing of this term has been made public yet.",
        "No achievement of this term has been made public.",
        "No measure has a figure that is public.",
    ):
        assert sentence in words


# Opening and closing -------------------------------------------------------------------------------------------------


def test_nothing_is_public_by_default(report: Report, client: Client) -> None:
    assert not PublicEdition.objects.exists()
    assert [client.get(address).status_code for address in ADDRESSES] == [404, 404, 404]
    assert "No report has been published for everyone yet" in client.get(PAGE).content.decode()
    assert "Termly report" not in client.get(f"{PAGE}feed/").content.decode()


def test_a_lead_opens_what_was_previewed_with_one_button(world: World, report: Report, as_person: AsPerson) -> None:
    lead = as_person("lead")
    assert f'href="/reports/build/{report.pk}/open/"' in lead.get(BOARD).content.decode()
    preview = lead.get(f"/reports/build/{report.pk}/open/").content.decode()
    assert "This is a preview. It is not open to the public." in preview
    assert "A fair for everyone" in preview
    assert preview.count("<h1") == 1
    data = dict(re.findall(r'name="(sha256)" value="(\w+)"', preview))
    answer = lead.post(f"/reports/build/{report.pk}/open/", data, follow=True)
    assert answer.redirect_chain == [(f"{OPEN_PAGE}/", 302)]
    edition = PublicEdition.objects.get()
    assert (edition.sha256, edition.opened_by) == (data["sha256"], world.lead)
    assert sha256_of(edition.snapshot) == edition.sha256
    visitor = as_person("visitor")
    assert visitor.get(ADDRESSES[0]).content.decode().count("<h1") == 1
    assert edition.sha256 in visitor.get(ADDRESSES[0]).content.decode()
    assert sha256_of(visitor.get(ADDRESSES[2]).content.decode()) == edition.sha256
    assert visitor.get(ADDRESSES[1])["Content-Disposition"] == 'inline; filename="harbour-2024-25-autumn.pdf"'
    assert visitor.get(f"{OPEN_PAGE}.docx").status_code == 404
    assert "Everyone can read its public edition" in lead.get(BOARD).content.decode()


def test_a_lead_ticks_texts_and_sees_them_before_opening(world: World, as_person: AsPerson) -> None:
    returned = ReturnFactory(round=world.round, organisation=world.organisation, status=Return.Status.APPROVED)
    ReturnEntryFactory(return_of=returned, priority=world.priority, activity="Twelve employers came.")
    report, lead, key = publish(world), as_person("lead"), f"{world.priority.pk}-0"
    address = f"/reports/build/{report.pk}/open/"
    assert "Twelve employers came." not in lead.get(address).content.decode()
    ticked = lead.get(address, {"texts": key}).content.decode()
    assert "Twelve employers came." in ticked
    assert f'<input type="hidden" name="texts" value="{key}">' in ticked
    assert "Select a valid choice" in lead.get(address, {"texts": "0-0"}).content.decode()
    sha256 = re.findall(r'name="sha256" value="(\w+)"', ticked)[0]
    lead.post(address, {"sha256": sha256, "texts": key})
    assert "Twelve employers came." in as_person("visitor").get(ADDRESSES[0]).content.decode()


def test_what_changed_since_the_preview_is_not_opened(report: Report, as_person: AsPerson) -> None:
    lead, address = as_person("lead"), f"/reports/build/{report.pk}/open/"
    sha256 = re.findall(r'name="sha256" value="(\w+)"', lead.get(address).content.decode())[0]
    Achievement.objects.update(is_public=False)
    answer = lead.post(address, {"sha256": sha256})
    assert answer.status_code == 409
    assert "What would be shown has changed in the meantime. Look at it again." in text_of(answer.content.decode())
    assert not PublicEdition.objects.exists()


def test_a_partnership_without_a_public_page_opens_nothing(world: World, report: Report, as_person: AsPerson) -> None:
    world.partnership.is_public = False
    world.partnership.save()
    lead, address = as_person("lead"), f"/reports/build/{report.pk}/open/"
    page = lead.get(address).content.decode()
    assert "The partnership has no public page yet" in page
    assert 'name="sha256"' not in page
    assert lead.post(address, {"sha256": "x"}).status_code == 409
    assert not PublicEdition.objects.exists()


def test_a_closed_edition_is_nowhere_and_may_be_opened_anew(
    world: World, report: Report, client: Client, as_person: AsPerson
) -> None:
    open_it(world, report)
    assert client.get(ADDRESSES[0]).status_code == 200
    answer = as_person("lead").post(f"/reports/build/{report.pk}/close/", follow=True)
    assert "The report is no longer open to the public." in answer.content.decode()
    assert [client.get(address).status_code for address in ADDRESSES] == [404, 404, 404]
    assert "No report has been published for everyone yet" in client.get(PAGE).content.decode()
    open_it(world, report, at=LATER)
    assert "corrected" not in client.get(ADDRESSES[0]).content.decode()


PEOPLE = ["visitor", "stranger", "board_member", "officer", "lead", "administrator"]


@pytest.mark.parametrize("person", PEOPLE)
def test_everyone_reads_what_is_open(world: World, report: Report, as_person: AsPerson, person: str) -> None:
    open_it(world, report)
    assert [as_person(person).get(address).status_code for address in ADDRESSES] == [200, 200, 200]


@pytest.mark.parametrize(("person", "status"), [*zip(PEOPLE, [404, 404, 200, 200, 200, 200], strict=True)])
def test_with_its_partnership_a_report_leaves_the_public(
    world: World, report: Report, as_person: AsPerson, person: str, status: int
) -> None:
    open_it(world, report)
    world.partnership.is_public = False
    world.partnership.save()
    assert [as_person(person).get(address).status_code for address in ADDRESSES] == [status] * 3


@pytest.mark.parametrize(("person", "status"), [*zip(PEOPLE, [302, 404, 404, 404, 200, 200], strict=True)])
def test_only_leads_open_and_close(report: Report, as_person: AsPerson, person: str, status: int) -> None:
    client = as_person(person)
    assert client.get(f"/reports/build/{report.pk}/open/").status_code == status
    may = status == 200
    assert client.post(f"/reports/build/{report.pk}/open/", {"sha256": ""}).status_code == (409 if may else status)
    assert client.post(f"/reports/build/{report.pk}/close/").status_code == (302 if may else status)
    assert client.get(f"/reports/build/{report.pk}/close/").status_code == (302 if person == "visitor" else 405)
    if person != "visitor":
        assert (f"/reports/build/{report.pk}/open/" in client.get(BOARD).content.decode()) is may


def test_a_draft_report_cannot_be_opened(world: World, as_person: AsPerson) -> None:
    asked = services.request_report(round_=world.round, by=world.lead, at=AT)
    services.build_report(report_id=asked.pk, clock=lambda: AT)
    assert as_person("lead").get(f"/reports/build/{asked.pk}/open/").status_code == 404


# Corrections and what is frozen --------------------------------------------------------------------------------------


def test_the_public_reads_a_correction_once_it_is_opened_and_nothing_of_versions(
    world: World, report: Report, client: Client, as_person: AsPerson
) -> None:
    open_it(world, report)
    before = client.get(ADDRESSES[2]).content
    corrected = publish(world, "SECRET reason.")
    assert client.get(ADDRESSES[2]).content == before
    assert "Everyone still reads the edition of an earlier version" in as_person("lead").get(BOARD).content.decode()
    with pytest.raises(services.ReportError, match="Only the version that is published"):
        open_it(world, published(report.pk))
    open_it(world, corrected, at=LATER)
    words = text_of(client.get(ADDRESSES[0]).content.decode())
    assert "This report was corrected on 28 November 2024." in words
    for form, told in told_everywhere(client).items():
        assert "SECRET" not in told, form
    for form in ("html", "pdf"):
        assert not re.search(r"[Vv]ersion \d", told_everywhere(client)[form]), form
    assert PublicEdition.objects.open().count() == 1


def test_a_correction_that_the_public_never_read_the_first_of_is_no_correction(
    world: World, report: Report, client: Client
) -> None:
    open_it(world, publish(world, "One figure."))
    assert "orrected" not in client.get(ADDRESSES[0]).content.decode()


def test_what_was_opened_stays_the_same_bytes(world: World, report: Report) -> None:
    edition = open_it(world, report)
    before = {file.format: services.read_file(file) for file in edition.files.all()}
    assert set(before) == {"html", "pdf"}
    Achievement.objects.update(title="Renamed", is_public=False)
    world.priority.title = "Renamed"
    world.priority.save()
    touch(partnership_ids=[world.partnership.pk])
    assert {file.format: services.read_file(file) for file in edition.files.all()} == before


def test_an_altered_edition_is_not_served(world: World, report: Report, client: Client) -> None:
    edition = open_it(world, report)
    file = PublicFile.objects.get(edition=edition, format="html")
    with Path(file.file.path).open("ab") as stored:
        stored.write(b"more")
    answer = client.get(ADDRESSES[0])
    assert answer.status_code == 500
    assert "This report cannot be shown" in answer.content.decode()
    PublicEdition.objects.update(snapshot="{}")
    assert client.get(ADDRESSES[2]).status_code == 500


@pytest.mark.parametrize("address", ADDRESSES)
def test_reading_takes_two_queries(
    world: World, report: Report, client: Client, address: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    open_it(world, report)
    with django_assert_num_queries(1 if address.endswith("json") else 2):
        client.get(address)


def test_a_browser_that_has_the_page_is_told_so(world: World, report: Report, client: Client) -> None:
    open_it(world, report)
    tag = client.get(ADDRESSES[0])["ETag"]
    assert client.get(ADDRESSES[0], headers={"If-None-Match": tag}).status_code == 304
    services.close_edition(report=report, by=world.lead, at=LATER)
    assert client.get(ADDRESSES[0], headers={"If-None-Match": tag}).status_code == 404

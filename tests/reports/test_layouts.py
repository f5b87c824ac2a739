"""A board's layout of its report: chosen as data, frozen in the snapshot, and the same in every format."""

import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from zipfile import ZipFile

import pypdf
import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from partnerships.models import Partnership
from reports.models import Report, ReportLayout
from reports.queries.collect import collect
from reports.renderers.document import Edition, document_of
from reports.renderers.html import render_html
from reports.renderers.pdf import render_pdf
from reports.renderers.word import render_word
from reports.services import reports as services
from reports.snapshots import Snapshot, from_json, sha256_of, to_json
from reports.snapshots.layout import PARTS, Layout
from tests.factories import World
from tests.reports import snapshots
from tests.reports.test_renderers import Outline, edition_of

AT = datetime(2024, 11, 28, 10, 0, tzinfo=UTC)
CHOSEN = Layout(
    ("summary", "asked", "measures", "priorities", "notes"), ("Agree who leads the network.", "Note the rest.")
)
TODAY = [
    "What the board is asked",
    "Summary",
    "At risk or off track",
    "Priority EET Pathways of support for young people outside education, training and work, or at risk of it",
    "Priority NET Networks between schools, above all small and rural ones",
    "Priority SEN A better coordinated SENDCo network that takes in every school",
    "Achievements",
    "Measures",
    "You said, we did",
    "Milestones",
    "Data notes",
]


def arranged(layout: Layout) -> Snapshot:
    return replace(snapshots.full(), layout=layout)


def page_order(snapshot: Snapshot) -> list[str]:
    headings = Outline(render_html(snapshot, edition_of(snapshot))).headings
    return [text for level, text in headings if level == 2 and text != "Contents"]


def pdf_order(snapshot: Snapshot) -> list[str]:
    reader = pypdf.PdfReader(io.BytesIO(render_pdf(snapshot, edition_of(snapshot))))
    return [str(mark.title).replace(": ", " ", 1) for mark in reader.outline if not isinstance(mark, list)]


def word_order(snapshot: Snapshot) -> list[str]:
    with ZipFile(io.BytesIO(render_word(snapshot, edition_of(snapshot)))) as archive:
        paragraphs = re.findall(r"<w:p>.*?</w:p>", archive.read("word/document.xml").decode(), re.DOTALL)
    heads = [each for each in paragraphs if 'w:val="Heading1"' in each]
    return [re.sub(r"<[^>]+>", "", head).replace(": ", " ", 1) for head in heads]


@pytest.mark.parametrize("order", [page_order, pdf_order, word_order])
def test_a_report_that_nobody_arranged_has_the_order_that_it_always_had(order: object) -> None:
    assert callable(order)
    assert order(snapshots.full()) == TODAY


@pytest.mark.parametrize("order", [page_order, pdf_order, word_order])
def test_every_format_has_the_chosen_parts_in_their_order_and_no_other(order: object) -> None:
    assert callable(order)
    assert order(arranged(CHOSEN)) == [TODAY[1], TODAY[0], TODAY[7], *TODAY[3:6], TODAY[10]]


def test_the_page_and_its_contents_agree_whatever_the_order() -> None:
    for layout in (Layout(), CHOSEN, Layout(("notes", "due")), Layout(tuple(PARTS)[::-1])):
        outline = Outline(render_html(arranged(layout), edition_of(snapshots.full())))
        assert outline.targets <= set(outline.ids)
        assert len(outline.ids) == len(set(outline.ids))


def test_what_is_put_to_the_board_is_numbered_and_stands_before_its_own_questions() -> None:
    words = " ".join(Outline(render_html(arranged(CHOSEN), edition_of(snapshots.full()))).words.split())
    assert words.index("Agree who leads the network.Note the rest.") < words.index("Questions waiting for an answer")
    pdf = pypdf.PdfReader(io.BytesIO(render_pdf(arranged(CHOSEN), edition_of(snapshots.full()))))
    assert "1. Agree who leads the network.\n2. Note the rest." in "\n".join(page.extract_text() for page in pdf.pages)


def test_without_the_priorities_their_achievements_and_measures_are_told_where_all_are() -> None:
    document = document_of(arranged(Layout(("achievements", "measures", "notes"))), edition_of(snapshots.full()))
    assert document.chapters == ()
    assert len(document.loose_achievements) == len(snapshots.full().achievements)
    assert len(document.loose_measures) == len(snapshots.full().measures)
    assert document.achievements is not None
    assert {row[-1] for row in document.achievements.rows} == {"This section"}


@pytest.mark.parametrize("parts", [tuple(PARTS)[::-1], ("notes",), ("priorities", "notes"), CHOSEN.parts])
def test_any_order_can_be_set_long_or_short(parts: tuple[str, ...]) -> None:
    for make in (snapshots.empty, snapshots.long):
        made = replace(make(), layout=Layout(parts))
        assert len(pypdf.PdfReader(io.BytesIO(render_pdf(made, edition_of(made)))).pages) > 1


def test_a_snapshot_from_before_there_were_layouts_reads_as_the_default() -> None:
    older = json.loads(to_json(snapshots.full()))
    del older["layout"]
    assert from_json(json.dumps(older)) == snapshots.full()
    assert from_json(json.dumps(older)).layout.parts == tuple(PARTS)


def test_other_missing_fields_are_still_damage() -> None:
    damaged = json.loads(to_json(snapshots.full()))
    del damaged["rules"]
    with pytest.raises(KeyError):
        from_json(json.dumps(damaged))


# Chosen in the administration ----------------------------------------------------------------------------------------


@pytest.fixture
def no_broker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wesp_portal.common.jobs.app.send_task", lambda name, args: None)


def frozen_of(world: World) -> Layout:
    partnership = Partnership.objects.select_related("area").get(pk=world.partnership.pk)
    return collect(partnership=partnership, term=world.term, at=AT).layout


@pytest.mark.django_db
def test_collect_freezes_what_the_reporting_board_chose(world: World) -> None:
    assert frozen_of(world) == Layout()
    ReportLayout.objects.create(board=world.board, parts=list(CHOSEN.parts), asked="\n".join(CHOSEN.asked) + "\n\n")
    assert frozen_of(world) == CHOSEN
    world.board.is_reporting = False
    world.board.save()
    assert frozen_of(world) == Layout()


@pytest.mark.django_db
def test_a_published_report_stays_as_it_is_when_the_layout_changes(world: World, no_broker: None) -> None:
    layout = ReportLayout.objects.create(board=world.board, asked="Agree the plan.")
    report = services.request_report(round_=world.round, by=world.lead, at=AT)
    services.build_report(report_id=report.pk, clock=lambda: AT)
    report = Report.objects.select_related("round__partnership").get(pk=report.pk)
    published = services.publish_report(report=report, by=world.administrator, at=AT)
    before = {file.format: services.read_file(file) for file in published.files.all()}
    assert b"Agree the plan." in before["html"]
    layout.parts, layout.asked = ["notes"], ""
    layout.save()
    assert {file.format: services.read_file(file) for file in published.files.all()} == before
    snapshot = from_json(services.read_snapshot(published))
    assert snapshot.layout == Layout(asked=("Agree the plan.",))
    edition = Edition(1, "Published", sha256_of(published.snapshot), "2024-11-28", world.administrator.name)
    assert render_html(snapshot, edition).encode() == before["html"]
    assert render_pdf(snapshot, edition) == before["pdf"]
    assert render_word(snapshot, edition) == before["docx"]


@pytest.mark.parametrize(
    ("parts", "asked", "words"),
    [
        (["summary"], "", "“Data notes” stays in"),
        (["summary", "summary", "notes"], "", "stands in it once"),
        (["weather", "notes"], "", "one of those listed"),
        ("notes", "", "one of those listed"),
        (["notes"], "Agree.", "This stands under “What the board is asked”, which is left out."),
    ],
)
def test_a_layout_that_makes_no_report_is_refused_in_words(parts: object, asked: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ReportLayout(parts=parts, asked=asked).clean()


@pytest.mark.django_db
@pytest.mark.ignore_template_errors
def test_an_administrator_orders_the_parts_by_number(world: World) -> None:
    client = Client()
    client.force_login(world.administrator)
    url = reverse("admin:reports_reportlayout_add")
    places = {f"place_{key}": str(place) for place, key in enumerate(PARTS, start=1)}
    twice = client.post(url, {"board": world.board.pk, **places, "place_due": "2", "asked": "Agree the plan."})
    assert "“Summary” has this place. Give each part its own." in twice.content.decode()
    assert "Agree the plan." in twice.content.decode()
    left_out = client.post(url, {"board": world.board.pk, **places, "place_notes": "", "asked": ""})
    assert "“Data notes” stays in" in left_out.content.decode()
    nought = client.post(url, {"board": world.board.pk, **places, "place_due": "0"})
    assert "A place is a whole number from 1" in nought.content.decode()
    assert not ReportLayout.objects.exists()
    # Numbers may leave gaps.
    changed = {"board": world.board.pk, **places, "place_notes": "30", "place_asked": "20", "place_said": ""}
    assert client.post(url, changed).status_code == 302
    layout = ReportLayout.objects.get()
    assert layout.parts == [
        *("summary", "attention", "priorities", "achievements", "measures", "due"),
        "asked",
        "notes",
    ]
    assert layout.history.get().history_user == world.administrator
    page = client.get(reverse("admin:reports_reportlayout_change", args=[layout.pk]))
    assert page.context["adminform"].form["place_asked"].value() == 7
    assert page.context["adminform"].form["place_said"].value() is None

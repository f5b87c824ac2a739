"""Whatever was typed or left out, a report is built in every format, and says what is missing."""

import io
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from zipfile import ZipFile

import openpyxl
import page as pdf_checker
import pytest
from defusedxml import ElementTree
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from partnerships.models import Term
from priorities.models import ActivityStatus, Evidence, Rag
from priorities.services.updates import record_update
from reports.models import BoardQuestion, Decision, Report, Return
from reports.services.reports.building import build_report
from reports.services.reports.files import read_file, render_all
from reports.services.rounds import open_round
from reports.snapshots import Snapshot, from_json
from tests.factories import (
    AchievementFactory,
    OutcomeFactory,
    PlannedStepFactory,
    ReturnEntryFactory,
    ReturnFactory,
    VoiceFactory,
    World,
)
from tests.reports import snapshots
from tests.reports.test_renderers import Outline, edition_of, words_of

pytestmark = pytest.mark.django_db

AT = datetime(2024, 11, 28, 10, tzinfo=UTC)
EMOJI = "Well done \N{GRINNING FACE}\N{PARTY POPPER} \N{FAMILY} \N{WOMAN}\u200d\N{PERSONAL COMPUTER} \N{RAINBOW}"
RIGHT_TO_LEFT = "مدرسة النور \u202bבית ספר\u202c \u200f"
# What XML 1.0 forbids, and PostgreSQL keeps; with the end of a line that only some programs know.
FORBIDDEN = "".join(map(chr, [*range(1, 9), 11, 12, *range(14, 32), 0x7F, 0x80, 0x85, 0x9F, 0xFFFE, 0xFFFF]))
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class Built:
    """A report that was built: its snapshot and the words of each of its files."""

    snapshot: Snapshot
    files: dict[str, bytes]

    @property
    def words(self) -> dict[str, str]:
        """The words of each format, with one space between two."""
        told = {
            "html": Outline(self.files["html"].decode()).words,
            "pdf": words_of(self.files["pdf"]),
            "docx": _words_in(self.files["docx"], "word/document.xml"),
            "xlsx": _words_of_book(self.files["xlsx"]),
        }
        return {format_: " ".join(words.split()) for format_, words in told.items()}


def _words_in(archive: bytes, part: str) -> str:
    with ZipFile(io.BytesIO(archive)) as parts:
        tree = ElementTree.fromstring(parts.read(part))
    paragraphs = (one for one in tree.iter() if one.tag.endswith("}p"))
    return "\n".join("".join(text.text or "" for text in one.iter() if text.tag.endswith("}t")) for one in paragraphs)


def _words_of_book(content: bytes) -> str:
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = (cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row)
    return "\n".join(str(cell) for cell in cells if cell)


def build(world: World) -> Built:
    """Build the report of the world's term as a worker would; every file is well formed."""
    report = Report.objects.create(round=world.round, version=1, requested_by=world.lead, requested_at=AT)
    built = build_report(report_id=report.pk, clock=lambda: AT)
    report.refresh_from_db()
    assert built, report.failure
    assert report.build == Report.Build.BUILT
    files = {file.format: read_file(file) for file in report.files.all()}
    assert set(files) == {"html", "pdf", "docx", "xlsx"}
    for format_ in ("docx", "xlsx"):
        with ZipFile(io.BytesIO(files[format_])) as archive:
            assert archive.testzip() is None
            for name in archive.namelist():
                if name.endswith((".xml", ".rels")):
                    ElementTree.fromstring(archive.read(name))
    assert not CONTROL.search(files["html"].decode())
    checked = pdf_checker.validate_pdf_bytes(files["pdf"], profile="ua1")
    assert checked.is_compliant, [failure.message for failure in checked.failures]
    return Built(from_json(report.snapshot), files)


def write(world: World, text: str) -> None:
    """The same words wherever somebody may type them."""
    short = text[:120]
    world.organisation.name = f"{short} Council"[:120]
    world.organisation.save()
    world.board.name = f"{short} Board"[:120]
    world.board.save()
    world.strategy.title = world.priority.title = f"{short} plan"
    world.strategy.save()
    world.priority.official_wording = text
    world.priority.save()
    world.activity.title = f"{short} activity"
    world.activity.due_on = date(2024, 12, 1)
    world.activity.save()
    record_update(
        activity=world.activity,
        term=world.term,
        status=ActivityStatus.UNDER_WAY,
        rag=Rag.OFF_TRACK,
        words=f"{text} said",
        reason=f"{text} reason",
        by=world.officer,
        at=AT,
    )
    sent = ReturnFactory(
        round=world.round, organisation=world.organisation, status=Return.Status.APPROVED, author_role=short
    )
    entry = ReturnEntryFactory(
        return_of=sent,
        priority=world.priority,
        intended_outcomes=f"{text}\n{text}",
        activity=f"{text} activity of the term",
        impact=text,
        exit_strategy=text,
    )
    PlannedStepFactory(entry=entry, title=f"{short} step")
    achievement = AchievementFactory(
        partnership=world.partnership, term=world.term, title=f"{short} achieved", detail=text, quantity_unit="pupils"
    )
    achievement.priorities.add(world.priority)
    VoiceFactory(
        outcome=OutcomeFactory(priority=world.priority, objective=world.objective, title=f"{short} outcome"),
        words=text,
        said_by=f"{short} pupil",
    )
    question = BoardQuestion.objects.create(
        round=world.round, priority=world.priority, text=f"{short}?", asked_by=world.board_member, asked_at=AT
    )
    Decision.objects.create(
        round=world.round,
        question=question,
        text=f"{short} decided",
        action_by=short,
        outcome=short,
        recorded_by=world.lead,
        recorded_at=AT,
    )


def test_a_round_without_returns_says_that_none_was_started(world: World) -> None:
    for format_, words in build(world).words.items():
        if format_ != "xlsx":
            assert "No organisation has started a return for this term." in words, format_
            assert "No return for Autumn 2024/25 covers this priority." in words, format_
            assert "Nothing has been recorded for this term yet." in words, format_
        else:
            assert "Returns" in words


def test_a_partnership_without_a_strategy_says_that_it_has_no_priorities(world: World) -> None:
    world.strategy.delete()
    for format_, words in build(world).words.items():
        assert "This partnership has no priorities yet." in words or format_ == "xlsx"


@pytest.mark.parametrize("blank", ["", " \n\t\r\n "])
def test_a_priority_without_text_says_section_by_section_that_nothing_was_written(world: World, blank: str) -> None:
    sent = ReturnFactory(round=world.round, organisation=world.organisation, status=Return.Status.DRAFT)
    ReturnEntryFactory(
        return_of=sent,
        priority=world.priority,
        intended_outcomes=blank,
        activity=blank,
        impact=blank,
        exit_strategy=blank,
    )
    for format_, words in build(world).words.items():
        if format_ != "xlsx":
            assert words.count("Nothing was written for this section.") == 4, format_
            assert "No steps are planned for the next period." in words, format_
        assert "Not yet approved" in words or "not yet approved" in words, format_


def test_a_text_of_20_000_words_is_whole_in_every_format_and_the_annex_says_where_it_cuts(world: World) -> None:
    essay = "\n".join(" ".join(f"word{line}x{number}" for number in range(40)) for line in range(500))
    sent = ReturnFactory(round=world.round, organisation=world.organisation, status=Return.Status.APPROVED)
    ReturnEntryFactory(return_of=sent, priority=world.priority, impact=essay)
    made = build(world)
    (said,) = made.snapshot.priorities[0].contributions
    assert said.impact == essay
    for format_, words in made.words.items():
        if format_ == "xlsx":
            assert "cut here: a cell holds no more; the report has the whole text" in words
        else:
            assert all(f"word{line}x0 word{line}x1" in words for line in range(500)), format_


@pytest.mark.parametrize("text", [EMOJI, RIGHT_TO_LEFT], ids=["emoji", "right to left"])
def test_signs_of_every_script_are_shown_or_named(world: World, text: str) -> None:
    write(world, text)
    words = build(world).words
    shown = " ".join(text.split())
    for format_ in ("html", "docx", "xlsx"):
        assert words[format_].count(shown) >= 10, format_
    named = ("[grinning face]", "[rainbow]") if text == EMOJI else ()
    assert all(sign in words["pdf"] for sign in named)
    assert "Council" in words["pdf"]


def test_a_measure_named_with_control_characters_has_its_chart_in_every_format() -> None:
    odd = replace(snapshots.NEET, title=f"NE{FORBIDDEN}ET", area=f"Har{FORBIDDEN}bour")
    snapshot = replace(snapshots.full(), measures=(odd,))
    made = render_all(snapshot, edition_of(snapshot))
    assert "word/media/chart1.png" in ZipFile(io.BytesIO(made["docx"])).namelist()
    assert not CONTROL.search(made["html"].decode())
    assert pdf_checker.validate_pdf_bytes(made["pdf"], profile="ua1").is_compliant


def test_control_characters_are_left_out_wherever_they_were_typed(world: World) -> None:
    write(world, f"Be{FORBIDDEN}fore")
    for format_, words in build(world).words.items():
        assert not CONTROL.search(words)
        assert re.search("Be ?fore Council", words), format_
        assert re.search("Be ?fore plan", words), format_


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n and then nothing", b"<svg onload='x'"])
def test_a_broken_picture_as_evidence_is_counted_and_breaks_nothing(world: World, content: bytes) -> None:
    achievement = AchievementFactory(partnership=world.partnership, term=world.term, title="A fair was held")
    achievement.priorities.add(world.priority)
    picture = Evidence(achievement=achievement, file_name="fair.png", content_type="image/png", added_by=world.officer)
    picture.file.save("fair.png", ContentFile(content))
    gone = Evidence(achievement=achievement, file_name="gone.png", content_type="image/png", added_by=world.officer)
    gone.file.save("gone.png", ContentFile(b"x"))
    default_storage.delete(gone.file.name)
    made = build(world)
    assert made.snapshot.achievements[0].evidence == 2
    for format_, words in made.words.items():
        assert "A fair was held" in words, format_
        assert "2 pieces of evidence" in words or format_ == "xlsx", format_


def test_a_term_whose_next_has_no_dates_is_reported_as_any_other(world: World) -> None:
    later = Term.objects.filter(calendar=world.partnership.calendar_id, starts_on__gt=world.term.starts_on)
    assert not later.exists()
    sent = ReturnFactory(round=world.round, organisation=world.organisation, status=Return.Status.APPROVED)
    PlannedStepFactory(entry=ReturnEntryFactory(return_of=sent, priority=world.priority), title="Visit the yards")
    for format_, words in build(world).words.items():
        assert "Visit the yards" in words, format_


def test_a_round_opened_in_a_term_after_which_none_is_dated_is_reported_as_any_other(world: World) -> None:
    world.round.delete()
    world.round = open_round(partnership=world.partnership, term=world.term, at=AT)
    assert world.round.board_on
    for format_, words in build(world).words.items():
        assert "Not started" in words, format_


def test_a_first_term_has_nothing_to_compare_with_and_says_so(world: World) -> None:
    world.previous_round.delete()
    world.previous_term.delete()
    made = build(world)
    assert made.snapshot.front.previous_term is None
    for format_, words in made.words.items():
        assert "Not compared" in words or format_ == "xlsx", format_

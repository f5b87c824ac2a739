"""Two reports whole, in every format: West Lancashire's of Autumn 2024/25 as it was written, and one of Wigan's."""

import io
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any
from zipfile import ZipFile

import openpyxl
import pypdf
import pytest
from defusedxml import ElementTree

from partnerships.models import Partnership, Term
from priorities.models import ActivityStatus, Objective, Rag
from priorities.services.updates import record_update
from reports.models import ReturnEntry
from reports.queries.collect import collect
from reports.renderers.document import Edition
from reports.services.reports.files import render_all
from reports.services.rounds import open_round
from reports.services.shipped import SHIPPED
from reports.snapshots import Snapshot, from_json, sha256_of, to_json
from tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]

FOOT = re.compile(r"fingerprint [0-9a-f]{12}|^Page \d+ of \d+$")
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
AT = datetime(2024, 11, 30, 12, tzinfo=UTC)
WRITTEN: dict[str, Any] = json.loads((SHIPPED / "west-lancashire-2024-25-autumn.json").read_text())
# The template's six headings are the priority itself and these.
TEMPLATE = (
    "Intended outcomes",
    "Activity last period",
    "Planned activity next period",
    "Impact so far",
    "Exit strategy",
)
CHAPTER = (*TEMPLATE, "Achievements", "Measures")
BEFORE = ("What the board is asked", "Summary", "At risk or off track")
AFTER = ("Achievements", "Measures", "You said, we did", "Milestones", "Data notes")


@dataclass(frozen=True)
class Section:
    """A heading with its level, and the words between it and the next one."""

    level: int
    heading: str
    words: str


class Page(HTMLParser):
    """The sections of a web page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._found: list[list[Any]] = []
        self._part = 2
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in HEADINGS:
            self._found.append([int(tag[1]), "", ""])
            self._part = 1

    def handle_endtag(self, tag: str) -> None:
        if tag in HEADINGS:
            self._part = 2

    def handle_data(self, data: str) -> None:
        if self._found:
            self._found[-1][self._part] += f"{data} " if self._part == 2 else data

    @property
    def sections(self) -> list[Section]:
        return [Section(level, one_line(heading), one_line(words)) for level, heading, words in self._found]


HEADINGS = {f"h{level}" for level in range(1, 5)}


def one_line(text: str) -> str:
    return " ".join(text.split())


def sections_of_word(content: bytes) -> list[Section]:
    """The sections of a Word document, by its heading styles."""
    with ZipFile(io.BytesIO(content)) as archive:
        body = ElementTree.fromstring(archive.read("word/document.xml")).find(f"{W}body")
    found: list[tuple[int, str, list[str]]] = []
    for block in body:
        style = block.find(f"{W}pPr/{W}pStyle")
        words = " ".join(part.text or "" for part in block.iter(f"{W}t"))
        name = "" if style is None else str(style.get(f"{W}val"))
        if name.startswith("Heading"):
            found.append((int(name[-1]), one_line(words), []))
        elif found:
            found[-1][2].append(words)
    return [Section(level, heading, one_line(" ".join(words))) for level, heading, words in found]


def words_of_pdf(content: bytes) -> str:
    """The words of a PDF without spaces and without the foot of each page: lines break where the words do not."""
    pages = (page.extract_text().replace("\u200b", "") for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    lines = (line for page in pages for line in page.splitlines() if not FOOT.search(line))
    return "".join("".join(lines).split())


def within(sections: list[Section], heading: str, level: int) -> list[Section]:
    """A section that is so headed, and those of lower rank that follow it."""
    at = next(n for n, one in enumerate(sections) if one.level == level and one.heading == heading)
    end = next((n for n in range(at + 1, len(sections)) if sections[n].level <= level), len(sections))
    return sections[at:end]


@dataclass(frozen=True)
class Made:
    """A snapshot and its files."""

    snapshot: Snapshot
    files: dict[str, bytes]

    @property
    def html(self) -> list[Section]:
        return Page(self.files["html"].decode()).sections

    @property
    def word(self) -> list[Section]:
        return sections_of_word(self.files["docx"])


def made(slug: str) -> Made:
    partnership = Partnership.objects.select_related("area").get(slug=slug)
    term = Term.objects.get(calendar=partnership.calendar_id, code="2024-25-autumn")
    snapshot = collect(partnership=partnership, term=term, at=AT)
    edition = Edition(version=1, status="Draft", sha256=sha256_of(to_json(snapshot)))
    return Made(snapshot, render_all(snapshot, edition))


@pytest.fixture(scope="module")
def west_lancashire(shipped: None) -> Made:
    return made("west-lancashire")


@pytest.mark.parametrize("format_", ["html", "word"])
def test_the_sections_of_west_lancashires_report_come_in_the_order_of_its_template(
    west_lancashire: Made, format_: str
) -> None:
    sections = getattr(west_lancashire, format_)
    top = 2 if format_ == "html" else 1
    chapters = [f"Priority {priority.ref}" for priority in west_lancashire.snapshot.priorities]
    headed = [one.heading for one in sections if one.level == top and one.heading != "Contents"]
    assert len(headed) == len(BEFORE) + len(chapters) + len(AFTER)
    for heading, expected in zip(headed, (*BEFORE, *chapters, *AFTER), strict=True):
        assert heading.startswith(expected)
    for priority in west_lancashire.snapshot.priorities:
        chapter = within(sections, heading_of(priority, format_), top)
        assert tuple(one.heading for one in chapter[1:]) == CHAPTER


@pytest.mark.parametrize("entry", WRITTEN["entries"], ids=lambda entry: str(entry["priority"]))
@pytest.mark.parametrize("format_", ["html", "word"])
def test_each_section_of_west_lancashires_report_says_what_was_written_in_it(
    west_lancashire: Made, format_: str, entry: dict[str, Any]
) -> None:
    priority = next(one for one in west_lancashire.snapshot.priorities if one.ref == entry["priority"])
    chapter = within(getattr(west_lancashire, format_), heading_of(priority, format_), 2 if format_ == "html" else 1)
    said = {section.heading: section.words for section in chapter[1:]}
    for heading, words in told(entry):
        assert said[heading] == one_line(" ".join(words))
    assert said["Achievements"] == "No achievements were logged under this priority this term."
    assert said["Measures"].startswith("No measure of this priority has a figure.")
    assert "Reported by" in chapter[0].words
    assert "Lancashire County Council (Education Partnership Officer)" in chapter[0].words


def heading_of(priority: Any, format_: str) -> str:
    return f"Priority {priority.ref}{' ' if format_ == 'html' else ': '}{priority.title}"


def told(entry: dict[str, Any]) -> list[tuple[str, list[str]]]:
    """What was written of a priority, heading by heading."""
    planned = [step["title"] for step in entry["planned"]]
    said = (entry["intended_outcomes"], entry["activity"], planned, entry["impact"], [entry["exit_strategy"]])
    return list(zip(TEMPLATE, said, strict=True))


def test_the_pdf_of_west_lancashires_report_says_it_all_in_the_same_order(west_lancashire: Made) -> None:
    words = words_of_pdf(west_lancashire.files["pdf"])
    at = words.rindex("Atriskorofftrack")
    for entry in WRITTEN["entries"]:
        priority = next(one for one in west_lancashire.snapshot.priorities if one.ref == entry["priority"])
        lines = [f"Priority {priority.ref}: {priority.title}"]
        for heading, said in told(entry):
            lines += [heading, *said]
        for line in (*lines, "Achievements", "Measures"):
            at = words.index("".join(line.split()), at)
    for heading in AFTER[2:]:
        at = words.index("".join(heading.split()), at)


def test_the_json_of_west_lancashires_report_holds_what_was_written_and_comes_back_equal(west_lancashire: Made) -> None:
    document = to_json(west_lancashire.snapshot)
    assert from_json(document) == west_lancashire.snapshot
    kept = json.loads(document)
    assert kept["front"]["partnership_slug"] == WRITTEN["partnership"]
    assert (kept["front"]["term"]["code"], kept["front"]["as_at"]) == (WRITTEN["term"], WRITTEN["as_at"])
    assert [priority["ref"] for priority in kept["priorities"]] == [entry["priority"] for entry in WRITTEN["entries"]]
    for priority, entry in zip(kept["priorities"], WRITTEN["entries"], strict=True):
        (said,) = priority["contributions"]
        assert (said["author_role"], said["status"]) == (WRITTEN["author_role"], "approved")
        assert [
            said["intended_outcomes"],
            said["activity"].splitlines(),
            said["planned"],
            said["impact"].splitlines(),
            [said["exit_strategy"]],
        ] == [words for _, words in told(entry)]


def test_the_workbook_of_west_lancashires_report_has_a_line_for_each_priority(west_lancashire: Made) -> None:
    book = openpyxl.load_workbook(io.BytesIO(west_lancashire.files["xlsx"]))
    head, *rows = book["Returns by priority"].iter_rows(values_only=True)
    said = [dict(zip(head, row, strict=True)) for row in rows]
    assert [row["Ref"] for row in said] == ["EET", "NET", "SEN"]
    for row, entry in zip(said, WRITTEN["entries"], strict=True):
        assert one_line(str(row["Impact so far"])) == one_line(" ".join(entry["impact"]))
        assert str(row["Planned activity next period"]).splitlines() == [step["title"] for step in entry["planned"]]


def test_the_report_of_west_lancashire_is_the_same_bytes_when_it_is_made_again(west_lancashire: Made) -> None:
    again = made("west-lancashire")
    assert again.snapshot == west_lancashire.snapshot
    assert again.files == west_lancashire.files


# Wigan: 37 objectives


@pytest.fixture(scope="module")
def wigan(shipped: None) -> Made:
    """A term in which each of the 37 objectives is at risk, written of, and promised for."""
    partnership = Partnership.objects.get(slug="wigan-education-partnership")
    term = Term.objects.get(calendar=partnership.calendar_id, code="2024-25-autumn")
    author = UserFactory()
    opened = open_round(partnership=partnership, term=term, at=AT)
    objectives = Objective.objects.filter(priority__strategy__partnership=partnership)
    for objective in objectives.prefetch_related("activities"):
        activity = objective.activities.all()[0]
        activity.due_on = term.ends_on
        activity.save(update_fields=["due_on"])
        record_update(
            activity=activity,
            term=term,
            status=ActivityStatus.UNDER_WAY,
            rag=Rag.AT_RISK,
            words=f"Talked with schools about {objective.ref}.",
            reason=f"Objective {objective.ref} waits for a decision.",
            by=author,
            at=AT,
        )
    for entry in ReturnEntry.objects.filter(return_of__round=opened):
        own = objectives.filter(priority=entry.priority).order_by("position")
        entry.activity = "\n".join(f"{objective.ref} {objective.title}: begun." for objective in own)
        entry.save(update_fields=["activity"])
    return made("wigan-education-partnership")


def test_wigans_report_tells_each_of_its_37_objectives_in_every_format(wigan: Made) -> None:
    objectives = list(
        Objective.objects.filter(priority__strategy__partnership__slug="wigan-education-partnership").values_list(
            "ref", "title", "priority__ref"
        )
    )
    assert len(objectives) == 37
    assert len(wigan.snapshot.exceptions) == len(wigan.snapshot.due_next) == 37
    pdf = words_of_pdf(wigan.files["pdf"])
    book = openpyxl.load_workbook(io.BytesIO(wigan.files["xlsx"]))
    accounts = "\n".join(str(row) for row in book["Returns by priority"].iter_rows(values_only=True))
    assert book["At risk or off track"].max_row == book["Milestones"].max_row == 38
    document = to_json(wigan.snapshot)
    for ref, title, priority_ref in objectives:
        told = f"{ref} {title}: begun."
        reason = f"Objective {ref} waits for a decision."
        for sections, top in ((wigan.html, 2), (wigan.word, 1)):
            attention = within(sections, "At risk or off track", top)
            assert reason in attention[0].words
            chapter = next(one for one in sections if one.level == top and f"Priority {priority_ref}" in one.heading)
            (activity,) = [
                one for one in within(sections, chapter.heading, top) if one.heading == "Activity last period"
            ]
            assert one_line(told) in activity.words
        assert "".join(told.split()) in pdf
        assert "".join(reason.split()) in pdf
        assert told in accounts.replace("\\n", "\n")
        assert json.dumps(told, ensure_ascii=False)[1:-1] in document


def test_wigans_report_begins_each_priority_from_the_outcomes_of_its_strategy(wigan: Made) -> None:
    assert [len(priority.contributions) for priority in wigan.snapshot.priorities] == [1] * 5
    outcomes = [outcome for one in wigan.snapshot.priorities for outcome in one.contributions[0].intended_outcomes]
    assert len(outcomes) == 85
    for sections in (wigan.html, wigan.word):
        words = " ".join(one.words for one in sections if one.heading == "Intended outcomes")
        assert all(one_line(outcome) in words for outcome in outcomes)


def test_the_pdf_of_wigans_report_has_a_bookmark_for_each_part_and_no_empty_page(wigan: Made) -> None:
    reader = pypdf.PdfReader(io.BytesIO(wigan.files["pdf"]))
    marks = [str(mark.title) for mark in reader.outline if not isinstance(mark, list)]
    assert [mark for mark in marks if mark.startswith("Priority ")] == [
        f"Priority {priority.ref}: {priority.title}" for priority in wigan.snapshot.priorities
    ]
    assert tuple(marks[-len(AFTER) :]) == AFTER
    # A page holds more than its foot.
    assert all(len(page.extract_text()) > 300 for page in reader.pages)

"""A report as Word and as Excel: what they say, how they serve readers of every kind, and that they stay the same."""

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from numbers import Number
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from defusedxml import ElementTree

from reports.renderers.annex import SHEETS
from reports.renderers.document import Table, document_of
from reports.renderers.excel import CUT, LONGEST_TEXT, WIDTHS, render_excel
from reports.renderers.word import render_word
from reports.snapshots import Snapshot, from_json, to_json
from tests.reports import snapshots
from tests.reports.test_renderers import CASES, SECTIONS, edition_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
FORMULAS = ["=1+1", "+44", "-1", "@SUM(A1)", "\t=cmd", "=HYPERLINK(“x”)"]
VOICED = "A Year 11 pupil · 12 November 2024 · on Young people know where to ask"
Make = Callable[[], Snapshot]


class Word:
    """A Word document taken apart."""

    def __init__(self, snapshot: Snapshot) -> None:
        content = render_word(snapshot, edition_of(snapshot))
        with ZipFile(io.BytesIO(content)) as archive:
            self.parts = {name: archive.read(name) for name in archive.namelist()}
        self.body = ElementTree.fromstring(self.parts["word/document.xml"]).find(f"{W}body")
        self.paragraphs = [(style_of(one), text_of(one)) for one in self.body.iter(f"{W}p")]
        self.headings = [(int(style[-1]), text) for style, text in self.paragraphs if style.startswith("Heading")]
        self.words = "\n".join(text for _, text in self.paragraphs)

    def _from(self, heading: str, within: str) -> list[Any]:
        """The body from a heading, one of level 1 unless it is within a chapter, to the next that ranks as high."""
        found, level, chapter = [], 0, False
        for block in self.body:
            style = style_of(block)
            if style.startswith("Heading"):
                rank, text = int(style[-1]), text_of(block)
                chapter = text.startswith(within) if rank == 1 else chapter and bool(within)
                if level and rank <= level:
                    break
                level = level or (rank if chapter and text.startswith(heading) else 0)
            elif level:
                found.append(block)
        return found

    def under(self, heading: str, within: str = "") -> list[str]:
        """The paragraphs under a heading, those of its tables left out."""
        return [text_of(block) for block in self._from(heading, within) if block.tag == f"{W}p"]

    def tables_of(self, heading: str) -> dict[str, list[list[str]]]:
        """The tables under a heading by their captions, each a list of rows."""
        return {
            table.find(f"{W}tblPr/{W}tblCaption").get(f"{W}val"): [
                [text_of(cell) for cell in row.iter(f"{W}tc")] for row in table.iter(f"{W}tr")
            ]
            for table in self._from(heading, "")
            if table.tag == f"{W}tbl"
        }


def style_of(paragraph: Any) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if style is None else str(style.get(f"{W}val"))


def text_of(element: Any) -> str:
    return "".join(part.text or "" for part in element.iter(f"{W}t"))


def workbook(snapshot: Snapshot) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(render_excel(snapshot, edition_of(snapshot))))


def on(year: int, month: int, day: int) -> datetime:
    """A day as Excel keeps it."""
    return datetime(year, month, day)  # noqa: DTZ001 (Excel knows no zones)


def rows_of(book: openpyxl.Workbook, title: str) -> list[dict[str, Any]]:
    """The rows of a sheet by the names of their columns."""
    head, *rows = book[title].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


@pytest.fixture(scope="module")
def word() -> Word:
    return Word(snapshots.full())


@pytest.fixture(scope="module")
def book() -> openpyxl.Workbook:
    return workbook(snapshots.full())


@pytest.mark.parametrize("render", [render_word, render_excel])
@pytest.mark.parametrize("make", CASES)
def test_the_same_snapshot_gives_the_same_file(make: Make, render: Callable[..., bytes]) -> None:
    first, again = make(), from_json(to_json(make()))
    content = render(first, edition_of(first))
    assert content == render(again, edition_of(again))
    with ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_word_keeps_the_six_headings_of_the_template_in_order_for_each_priority(word: Word) -> None:
    for priority in snapshots.full().priorities:
        at = word.headings.index((1, f"Priority {priority.ref}: {priority.title}"))
        assert [text for _, text in word.headings[at + 1 : at + 6]] == SECTIONS
        assert word.headings[at + 6] == (2, "Achievements")


def test_word_says_what_the_returns_say_and_what_became_of_each_promise(word: Word) -> None:
    for priority in snapshots.full().priorities:
        said = priority.contributions[0]
        for text in (*said.intended_outcomes, *said.planned, said.exit_strategy, *said.activity.split("\n\n")):
            assert text.strip() in word.words
    for words in (
        "Carried over. ",
        "Carried for 2 terms.",
        "Dropped. The online directory is enough.",
        "Not yet marked",
    ):
        assert words in word.words


@pytest.mark.parametrize("make", CASES)
def test_word_headings_never_skip_a_level_and_every_link_has_its_place(make: Make) -> None:
    word = Word(make())
    for (before, _), (after, text) in pairwise(word.headings):
        assert after <= before + 1, text
        assert text
    bookmarks = [mark.get(f"{W}name") for mark in word.body.iter(f"{W}bookmarkStart")]
    assert len(bookmarks) == len(set(bookmarks))
    targets = {link.get(f"{W}anchor") for link in word.body.iter(f"{W}hyperlink")} - {None}
    assert targets <= set(bookmarks)


@pytest.mark.parametrize("make", CASES)
def test_every_word_table_repeats_its_head_has_a_caption_and_fits_the_page(make: Make) -> None:
    for table in Word(make()).body.iter(f"{W}tbl"):
        rows = table.findall(f"{W}tr")
        assert rows[0].find(f"{W}trPr/{W}tblHeader") is not None
        assert table.find(f"{W}tblPr/{W}tblCaption").get(f"{W}val")
        widths = [int(column.get(f"{W}w")) for column in table.iter(f"{W}gridCol")]
        assert sum(widths) <= 9638
        assert min(widths) >= 600
        assert all(len(row.findall(f"{W}tc")) == len(widths) for row in rows)


def test_every_chart_in_word_has_its_picture_and_words_that_stand_for_it(word: Word) -> None:
    document = word.parts["word/document.xml"].decode()
    told = re.findall(r'<wp:docPr id="\d+" name="Chart \d+" descr="([^"]+)"', document)
    pictures = [name for name in word.parts if name.startswith("word/media/")]
    assert len(told) == len(pictures) == 3
    assert told[0].startswith("NEET or not known: 6.4")
    assert all(word.parts[name].startswith(b"\x89PNG") for name in pictures)
    links = word.parts["word/_rels/document.xml.rels"].decode()
    assert set(re.findall(r'r:(?:embed|id)="([^"]+)"', document)) <= set(re.findall(r'Id="([^"]+)"', links))


def test_word_tells_voices_milestones_outcomes_and_careers_under_their_headings(word: Word) -> None:
    under = word.under("What people say", within="Priority EET")
    assert under == ["I found my course through the drop-in.", VOICED]
    assert "Most of us would recommend it." in word.under("What people say", within="Priority SEN")
    assert not word.under("What people say", within="Priority NET")
    milestones = word.tables_of("Milestones")
    assert milestones["Milestones met this term"] == [
        ["What", "Due", "Done", "How late", "Owner"],
        [
            "SEN(b) Open the café",
            "1 October 2024, moved from 31 October 2024",
            "5 November 2024",
            "35 days late",
            "Lancashire County Council",
        ],
    ]
    assert milestones["Milestones late, and due next"][2][:3] == [
        "NET(a) Work with West Lancs College on its NEET project",
        "14 February 2025, moved from 31 October 2024",
        "Nobody named",
    ]
    decided = word.tables_of("You said, we did")["Decisions and where they stand"]
    assert decided[1][2:] == ["The chair", "Done, 20 September 2024", "Every school has the letter."]
    assert decided[2][2:] == ["Board", "To do", "Nothing is recorded yet"]
    assert any("schools achieve 5.2 of 8 on average in 2024/25, up from 4.6" in told for told in word.under("Measures"))


def test_word_says_of_a_measure_and_of_what_fell_all_that_the_page_says(word: Word) -> None:
    document = document_of(snapshots.full(), edition_of(snapshots.full()))
    fell = "On track at the year’s end, in Summer 2023/24"
    assert document.attention[0].fallen == fell
    assert any(fell in told for told in word.under("At risk or off track"))
    for name, words in document.chapters[0].measures[0].facts:
        assert f"{name}: {words}." in word.words
    judged = replace(snapshots.NEET, judged_on="2024")
    assert (
        "Off\N{NO-BREAK SPACE}track\N{NO-BREAK SPACE} in 2024."
        in Word(replace(snapshots.full(), measures=(judged,))).words
    )


@pytest.mark.parametrize("make", CASES)
def test_word_is_a_package_whose_parts_styles_and_numbers_all_have_their_place(make: Make) -> None:
    word = Word(make())
    trees = {name: ElementTree.fromstring(part) for name, part in word.parts.items() if not name.endswith(".png")}
    kinds = trees["[Content_Types].xml"]
    parts = {kind.get("PartName") for kind in kinds if "PartName" in kind.attrib}
    endings = {kind.get("Extension") for kind in kinds if "Extension" in kind.attrib}
    for name in word.parts:
        assert f"/{name}" in parts or name.rpartition(".")[2] in endings, name
    assert all(part[1:] in word.parts for part in parts)
    for name, base in (("_rels/.rels", ""), ("word/_rels/document.xml.rels", "word/")):
        links = list(trees[name])
        assert len({link.get("Id") for link in links}) == len(links)
        inside = [link.get("Target") for link in links if link.get("TargetMode") != "External"]
        assert all(f"{base}{target}" in word.parts for target in inside)
    known = {link.get("Id") for link in trees["word/_rels/document.xml.rels"]}
    used = {value for part in word.body.iter() for key, value in part.attrib.items() if key.startswith(R)}
    assert used <= known
    defined = {style.get(f"{W}styleId") for style in trees["word/styles.xml"].iter(f"{W}style")}
    named = {one.get(f"{W}val") for kind in ("p", "r", "tbl") for one in word.body.iter(f"{W}{kind}Style")}
    assert named <= defined
    assert {"Heading1", "Heading2", "Heading3"} <= defined
    ids = [one.get(f"{W}id") for one in word.body.iter(f"{W}bookmarkStart")]
    assert len(ids) == len(set(ids))
    drawn = [one.get("id") for one in word.body.iter() if one.tag.endswith("}docPr")]
    assert len(drawn) == len(set(drawn))


def test_word_has_its_title_its_language_and_its_version_on_every_page(word: Word) -> None:
    core = word.parts["docProps/core.xml"].decode()
    assert "<dc:title>West Lancashire Education Partnership: Termly report, Autumn 2024/25</dc:title>" in core
    assert "<dc:language>en-GB</dc:language>" in core
    assert 'w:lang w:val="en-GB"' in word.parts["word/styles.xml"].decode()
    footer = word.parts["word/footer.xml"].decode()
    assert "version 2, published" in footer
    assert " PAGE " in footer


def test_word_says_on_every_page_that_a_demonstration_is_one() -> None:
    full = snapshots.full()
    demo = replace(full, front=replace(full.front, is_demo=True))
    assert b"Demonstration, not a real report" in Word(demo).parts["word/header.xml"]
    assert b"emonstration" not in Word(full).parts["word/header.xml"]


def test_what_people_typed_is_words_in_word_and_never_markup() -> None:
    hostile = '</w:t></w:r><w:p/> & "quoted" <b>{{ x }} \x00\x07\ufffe \N{GRINNING FACE} مدرسة'
    full = snapshots.full()
    first = full.priorities[0]
    odd = replace(first, title=hostile, contributions=(replace(first.contributions[0], impact=hostile),))
    word = Word(replace(full, priorities=(odd,)))
    shown = re.sub("[\x00\x07\ufffe]", "", hostile)
    assert word.words.count(shown) >= 2


def test_excel_has_a_sheet_for_each_table_and_says_what_it_holds(book: openpyxl.Workbook) -> None:
    about = {row["What"]: row["Words"] for row in rows_of(book, "About")}
    assert about["Version"] == "2 (published)"
    assert about["As at"] == "30 November 2024"
    assert about["SHA-256 of the snapshot"] == edition_of(snapshots.full()).sha256
    assert {f"Sheet: {title}" for title in book.sheetnames[1:]} <= set(about)
    assert about["Sheet: Achievements"].endswith("Rows: 3.")
    for sheet in book:
        assert sheet.freeze_panes == "A2"
        names = [cell.value for cell in sheet[1]]
        assert all(names)
        assert len(names) == len(set(names))


def test_excel_gives_figures_as_numbers_days_as_days_and_says_why_a_figure_is_missing(book: openpyxl.Workbook) -> None:
    readings = rows_of(book, "Readings")
    own = [row for row in readings if row["Measure"] == "neet-or-not-known" and row["Area"] == "West Lancashire"]
    assert [(row["Period"], row["Value"], row["Symbol"]) for row in own][2:4] == [
        ("2023", None, "x"),
        ("2024", 5.9, None),
    ]
    assert {row["Area"] for row in readings} >= {"West Lancashire", "England", "North West", "Statistical neighbours"}
    placements = rows_of(book, "Achievements")[0]
    assert (placements["Qualifier"], placements["Quantity"], placements["Unit"]) == (
        "over",
        50,
        "student work placements",
    )


def test_excel_has_a_row_for_each_row_of_each_table_of_the_report(book: openpyxl.Workbook) -> None:
    report = document_of(snapshots.full(), edition_of(snapshots.full()))
    full = snapshots.full()
    told: dict[str, Sequence[Any]] = {
        "Activities by status": (report.counts,),
        "Priorities": (report.standings,),
        "Standing by term": [chapter.strip for chapter in report.chapters],
        "At risk or off track": (report.attention,),
        "Achievements": (report.achievements,),
        "Totals of achievements": (report.totals,),
        "Measures": (full.measures,),
        "Voices": [chapter.voices for chapter in report.chapters],
        "Milestones": (report.met, report.due),
        "Questions": (report.questions, report.answers),
        "Decisions": (report.decided,),
        "Returns": (report.returns,),
    }
    for title, parts in told.items():
        count = sum(len(part.rows if isinstance(part, Table) else part) for part in parts)
        assert len(rows_of(book, title)) == count > 0, title
    about = {row["What"]: row["Words"] for row in rows_of(book, "About")}
    assert {f"Symbol: {symbol}" for symbol, _ in report.symbols} <= set(about)


def test_excel_tells_milestones_voices_outcomes_careers_and_comparators(book: openpyxl.Workbook) -> None:
    met, late, coming = rows_of(book, "Milestones")
    assert (met["Milestone"], met["Days late"], met["Done on"]) == ("Met late", 35, on(2024, 11, 5))
    assert (met["Due on"], met["First due on"]) == (on(2024, 10, 1), on(2024, 10, 31))
    assert (late["Milestone"], late["Done on"], coming["Owner"]) == ("Due next", None, None)
    pupil, parents = rows_of(book, "Voices")
    assert (pupil["Ref"], pupil["Words"], pupil["Who"]) == (
        "EET",
        "I found my course through the drop-in.",
        "A Year 11 pupil",
    )
    assert (pupil["Evidence of"], parents["How many"]) == ("Young people know where to ask", "40 of 62 asked answered")
    done, waiting = rows_of(book, "Decisions")
    assert (done["State"], done["What came of it"], done["Settled on"]) == (
        "Done",
        "Every school has the letter.",
        on(2024, 9, 20),
    )
    assert (waiting["State"], waiting["What came of it"], waiting["Due on"]) == ("To do", None, on(2025, 1, 31))
    assert [row["State"] for row in rows_of(book, "Questions")] == ["Waiting for an answer", "Answered"]
    assert [tuple(row.values()) for row in rows_of(book, "Careers")] == [
        ("2024/25", 11, 57, 5.2, None),
        ("2023/24", 10, 46, 4.6, None),
    ]
    england = rows_of(book, "Comparators")[0]
    assert (england["Measure"], england["Compared with"], england["Value"]) == ("neet-or-not-known", "England", 5.6)
    assert (england["Gap"], england["Gap is"], england["In words"]) == (
        0.8,
        "widening",
        "Worse by 0.8 percentage points, widening",
    )
    assert rows_of(book, "Comparators")[2]["Place"] == "7th of 11"
    neet = rows_of(book, "Measures")[0]
    assert (neet["Compared with"], neet["Value then"], neet["Movement"]) == ("2024", 5.9, "↓ worse than in 2024")
    fell = rows_of(book, "At risk or off track")[0]
    assert (fell["At year end"], fell["First due on"]) == (
        "On track at the year’s end, in Summer 2023/24",
        on(2024, 10, 31),
    )


@pytest.mark.parametrize("line", ["late", "due", "in time", "met late"])
def test_excel_says_whether_a_milestone_was_kept(line: str) -> None:
    full = snapshots.full()
    lateness = {"late": 3, "due": 0, "in time": 0, "met late": 3}[line]
    done = "2024-11-05" if "met" in line or "time" in line else ""
    one = replace(full.due_next[0], late_days=lateness, done_on=done)
    book = workbook(replace(full, due_next=() if done else (one,), met=(one,) if done else ()))
    assert [row["Milestone"] for row in rows_of(book, "Milestones")] == [
        {"late": "Late", "due": "Due next", "in time": "Met in time", "met late": "Met late"}[line]
    ]


@pytest.mark.parametrize("make", CASES)
def test_each_column_of_excel_holds_one_kind_of_thing_and_is_wide_enough_for_it(make: Make) -> None:
    book = workbook(make())
    kinds: dict[str, type] = {"number": Number, "date": date}
    for sheet in SHEETS:
        shown = book[sheet.title]
        assert [cell.value for cell in shown[1]] == [name for name, _ in sheet.columns]
        for (name, kind), (head, *cells) in zip(sheet.columns, shown.iter_cols(), strict=True):
            assert shown.column_dimensions[head.column_letter].width == WIDTHS[kind], name
            for cell in cells:
                assert cell.value is None or isinstance(cell.value, kinds.get(kind, str)), (
                    sheet.title,
                    name,
                    cell.value,
                )
                if kind == "date" and cell.value:
                    assert cell.number_format == "yyyy-mm-dd"


def test_excel_says_where_a_text_is_longer_than_a_cell_holds() -> None:
    full = snapshots.full()
    for essay in ("word " * 20_000, "\N{GRINNING FACE}" * 20_000):
        said = replace(full.priorities[0].contributions[0], activity=essay)
        book = workbook(replace(full, priorities=(replace(full.priorities[0], contributions=(said,)),)))
        shown = str(rows_of(book, "Returns by priority")[0]["Activity last period"])
        assert LONGEST_TEXT - 1 <= len(shown.encode("utf-16-le")) / 2 <= LONGEST_TEXT
        assert shown.endswith(CUT)
        assert essay.startswith(shown.removesuffix(CUT))


def test_a_withheld_count_is_nowhere_in_either_file() -> None:
    full = snapshots.full()
    withheld = [point for measure in full.measures for point in measure.points if point.symbol == "c"]
    assert withheld
    assert all(point.value == "" for point in withheld)
    drop_in = [row for row in rows_of(workbook(full), "Readings") if row["Symbol"] == "c"]
    assert len(drop_in) == len(withheld)
    assert all(row["Value"] is None for row in drop_in)


def test_no_text_becomes_a_formula_in_excel() -> None:
    full = snapshots.full()
    first = full.priorities[0]
    lines = tuple(replace(full.achievements[0], id=at, title=text) for at, text in enumerate(FORMULAS))
    said = replace(first.contributions[0], impact="=cmd|' /C calc'!A0", organisation="@evil")
    snapshot = replace(full, achievements=lines, priorities=(replace(first, contributions=(said,), theme="+1"),))
    book = workbook(snapshot)
    typed = [cell for sheet in book for row in sheet.iter_rows() for cell in row if isinstance(cell.value, str)]
    assert {cell.data_type for cell in typed} == {"s"}
    starting = [cell for cell in typed if cell.value[:1] in "=+-@"]
    assert len(starting) >= len(FORMULAS)
    assert all(cell.quotePrefix for cell in starting)


@pytest.mark.parametrize("make", CASES)
def test_excel_opens_whatever_was_typed(make: Make) -> None:
    book = workbook(make())
    assert book.sheetnames == ["About", *(sheet.title for sheet in SHEETS)]

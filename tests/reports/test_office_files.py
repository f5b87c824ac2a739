"""A report as Word and as Excel: what they say, how they serve readers of every kind, and that they stay the same."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from itertools import pairwise
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from defusedxml import ElementTree

from reports.renderers.excel import render_excel
from reports.renderers.word import render_word
from reports.snapshots import Snapshot, from_json, to_json
from tests.reports import snapshots
from tests.reports.test_renderers import CASES, SECTIONS, edition_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
FORMULAS = ["=1+1", "+44", "-1", "@SUM(A1)", "\t=cmd", "=HYPERLINK(“x”)"]
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


def style_of(paragraph: Any) -> str:
    style = paragraph.find(f"{W}pPr/{W}pStyle")
    return "" if style is None else str(style.get(f"{W}val"))


def text_of(element: Any) -> str:
    return "".join(part.text or "" for part in element.iter(f"{W}t"))


def workbook(snapshot: Snapshot) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(render_excel(snapshot, edition_of(snapshot))))


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
    assert rows_of(book, "Milestones")[0]["Due on"] == datetime(2025, 1, 31)  # noqa: DTZ001 - as Excel keeps days
    placements = rows_of(book, "Achievements")[0]
    assert (placements["Qualifier"], placements["Quantity"], placements["Unit"]) == (
        "over",
        50,
        "student work placements",
    )


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
    assert book.sheetnames[0] == "About"
    assert len(book.sheetnames) == 11

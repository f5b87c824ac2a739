"""A report's figures and lines as an Excel workbook: one tidy sheet for each table, one line for each thing."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.xml.functions import tostring

from reports.renderers.annex import SHEETS, Cell, Row, Sheet, columns
from reports.renderers.document import DEMONSTRATION, Edition, symbols_of
from reports.renderers.document.words import day
from reports.renderers.prose import clean
from reports.snapshots.schema import Snapshot
from wesp_portal.common.archives import pinned_zip

__all__ = ["Edition", "render_excel"]

CORE = "docProps/core.xml"
# What a cell may hold, in Excel, which counts a sign outside the first 65,536 as two.
LONGEST_TEXT = 32_767
CUT = " … (cut here: a cell holds no more; the report has the whole text)"
HEAD = PatternFill("solid", fgColor="00524F")
HEAD_FONT = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
WRAPPED, TOP = Alignment(wrap_text=True, vertical="top"), Alignment(vertical="top")
WIDTHS = {"text": 24, "long": 60, "short": 14, "number": 12, "date": 13}


def render_excel(snapshot: Snapshot, edition: Edition) -> bytes:
    """The workbook; the same snapshot and edition give the same bytes. What people wrote is never a formula."""
    book = Workbook(write_only=True)
    front = snapshot.front
    made_on = datetime.fromisoformat(front.as_at or front.term.ends_on)
    book.properties.creator = clean(front.partnership)
    book.properties.title = clean(f"{front.partnership}: termly report, {front.term.label}, annex")
    book.properties.language = "en-GB"
    book.properties.created = book.properties.modified = made_on
    filled = [(sheet, list(sheet.rows(snapshot))) for sheet in SHEETS]
    _write(book, "About", columns(what="text", words="long"), _about(snapshot, edition, filled))
    for sheet, rows in filled:
        _write(book, sheet.title, sheet.columns, rows)
    saved = BytesIO()
    book.save(saved)
    # openpyxl writes the moment of saving.
    book.properties.modified = made_on
    with ZipFile(saved) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    return pinned_zip(parts | {CORE: tostring(book.properties.to_tree())})


def _write(book: Workbook, title: str, columns: Sequence[tuple[str, str]], rows: Iterable[Row]) -> None:
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    for at, (_, kind) in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(at)].width = WIDTHS[kind]
    heads = [_cell(sheet, heading) for heading, _ in columns]
    for head in heads:
        head.font, head.fill = HEAD_FONT, HEAD
    sheet.append(heads)
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: Cell) -> Any:
    """A number as a number, a day as a day, and words as words, even where they begin like a formula."""
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        cell = WriteOnlyCell(sheet, value)
        cell.alignment = TOP
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
        return cell
    cell = WriteOnlyCell(sheet, _plain(value))
    cell.data_type, cell.number_format, cell.quotePrefix, cell.alignment = "s", "@", True, WRAPPED
    return cell


def _plain(text: str) -> str:
    """Words that a cell can hold: lines kept, other control characters left out; cut ones say so."""
    words = "\n".join(clean(line) for line in text.splitlines())
    if len(words) * 2 <= LONGEST_TEXT:
        return words
    counted = words.encode("utf-16-le")
    if len(counted) <= LONGEST_TEXT * 2:
        return words
    return counted[: (LONGEST_TEXT - len(CUT)) * 2].decode("utf-16-le", "ignore") + CUT


def _about(snapshot: Snapshot, edition: Edition, filled: Iterable[tuple[Sheet, Sequence[Row]]]) -> Iterable[Row]:
    front = snapshot.front
    yield "Partnership", front.partnership
    yield "Period", front.term.label
    yield "Board", front.board
    yield "As at", day(front.as_at)
    yield "Version", f"{edition.version} ({edition.status.lower()})"
    yield "Published", day(edition.published_on)
    if edition.correction_reason:
        yield "What this version corrects", edition.correction_reason
    yield "SHA-256 of the snapshot", edition.sha256
    if front.is_demo:
        yield "Demonstration", DEMONSTRATION
    for sentence in snapshot.summary.sentences:
        yield "In short", sentence
    for rule in snapshot.rules:
        yield f"Rule: {rule.name}", rule.words
    for symbol, words in symbols_of(snapshot.measures):
        yield f"Symbol: {symbol}", words
    for note in snapshot.data_notes:
        yield "Note", note
    for sheet, rows in filled:
        yield f"Sheet: {sheet.title}", f"{sheet.tells} Rows: {len(rows)}."

"""Tables that people take with them: a table of a page as CSV or Excel, with the page's own figures and permission.

A word is always a word: no cell is ever a formula. Dates are ISO dates, numbers are numbers.
"""

import csv
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.http import Http404, HttpResponse
from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

Cell = str | int | Decimal | date | None

# What a spreadsheet takes for the start of a formula. A quotation mark before it makes it a word again.
FORMULA = re.compile(r"^[=+\-@\t\r\n]|^\s+[=+\-@]")
# Signs that a workbook cannot hold.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
LONGEST_CELL, LONGEST_NAME, WIDEST = 32_767, 31, 60
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class NamedTable:
    """A table of plain cells under a title; `name` is its part of an address, such as `priorities`."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]


def as_csv(table: NamedTable) -> bytes:
    """UTF-8 with the mark by which Excel knows it; a word that looks like a formula begins with a quotation mark."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([_guarded(column) for column in table.columns])
    writer.writerows([_csv_cell(cell) for cell in row] for row in table.rows)
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return _guarded(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _guarded(words: str) -> str:
    return f"'{words}" if FORMULA.match(words) else words


def as_xlsx(table: NamedTable) -> bytes:
    """A workbook of one sheet, its head in bold and in sight, its words as words whatever they begin with."""
    book = Workbook()
    sheet = book.active
    sheet.title = re.sub(r"[\[\]:*?/\\]", " ", table.title)[:LONGEST_NAME]
    for at, row in enumerate([table.columns, *table.rows], start=1):
        for column, value in enumerate(row, start=1):
            _fill(sheet.cell(at, column), value)
    for column, heading in enumerate(table.columns, start=1):
        sheet.cell(1, column).font = Font(bold=True)
        longest = max([len(heading), *(len(str(row[column - 1] or "")) for row in table.rows)])
        sheet.column_dimensions[get_column_letter(column)].width = min(longest, WIDEST) + 2
    sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(cell: SheetCell, value: Cell) -> None:
    if not isinstance(value, str):
        cell.value = value
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
        return
    cell.value = UNPRINTABLE.sub("", value)[:LONGEST_CELL]
    # Said twice: as the cell's type, and as the quotation mark that outlives an edit.
    if value:
        cell.data_type = "s"
        cell.quotePrefix = True
    cell.alignment = Alignment(vertical="top", wrap_text=len(value) > WIDEST)


WRITERS: Mapping[str, Callable[[NamedTable], bytes]] = {"csv": as_csv, "xlsx": as_xlsx}


def table_response(table: NamedTable | None, suffix: str, *, named: str) -> HttpResponse:
    """The table as a file to save; 404 where there is no such table or no such kind of file.

    `named` says whose table it is, such as harbour-2024-25-autumn: it begins the file's name.
    """
    if table is None or suffix not in WRITERS:
        raise Http404
    response = HttpResponse(WRITERS[suffix](table), content_type=TYPES[suffix])
    response["Content-Disposition"] = f'attachment; filename="{named}-{table.name}.{suffix}"'
    response["Cache-Control"] = "private, no-store"
    return response

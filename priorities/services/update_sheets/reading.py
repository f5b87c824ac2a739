"""Reading a spreadsheet that somebody sent: what it may be is made sure of before anything is built from it."""

import zipfile
import zlib
from dataclasses import dataclass, field
from typing import IO, Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from django.core.exceptions import ValidationError
from django.core.files.base import File
from openpyxl import load_workbook
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from priorities.queries.bulk_updates import plain_text
from priorities.services.update_sheets.columns import FILLED, KEY, REF, SHEET, TITLE

# Bytes; a thousand rows of usual length are a tenth of each.
LARGEST_FILE = 2 * 1000 * 1000
LARGEST_UNPACKED = 20 * 1000 * 1000
MOST_MEMBERS = 100
# Elements of XML in all parts together: what bounds the memory that a workbook takes.
MOST_ELEMENTS = 300_000
MOST_ROWS = 2_000
MOST_COLUMNS = 40
# What the libraries raise on a file that is damaged.
_DAMAGED = (
    *(ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, NotImplementedError, OSError),
    *(RuntimeError, SyntaxError, TypeError, ValueError, zipfile.BadZipFile, zlib.error),
)
_FRESH = "Download a fresh one here and fill that in."
_NOT_WORDS = {
    "f": "This cell holds a formula. Type the words themselves.",
    "d": "This cell holds a date. Type it as words, with an apostrophe before it: '16 June 2022.",
    "n": "This cell holds a number. Type it as words, with an apostrophe before it: '12 schools.",
    "b": "This cell holds true or false. Type words.",
    "e": "This cell holds an error of the spreadsheet’s. Type the words themselves.",
}


@dataclass(frozen=True, slots=True)
class SheetRow:
    """A row as it was typed: where it stood, what it says it is, and cells that hold something other than words."""

    number: int
    key: str
    ref: str
    title: str
    typed: dict[str, str]
    faults: dict[str, str] = field(default_factory=dict)


def read_sheet(file: File[Any]) -> list[SheetRow]:
    """The rows of a spreadsheet that were filled in or could be; raises ValidationError with what to do instead."""
    _check_file(file)
    file.seek(0)
    try:
        book = load_workbook(file, keep_links=False)
    except _DAMAGED as error:
        raise ValidationError(f"The file is damaged and cannot be read. {_FRESH}") from error
    sheet = book[SHEET] if SHEET in book.sheetnames else None
    if not isinstance(sheet, Worksheet):
        raise ValidationError(f"The file has no sheet named “{SHEET}”. {_FRESH}")
    return _rows(sheet)


# --- Before it is parsed


def _check_file(file: File[Any]) -> None:
    """Refuse what is no workbook, has macros or unpacks to too much, by the zip's own directory and in one stream."""
    if not file.size:
        raise ValidationError("The file is empty. Choose another.")
    if file.size > LARGEST_FILE:
        raise ValidationError(f"The file must be at most {LARGEST_FILE // 1_000_000} MB. {_FRESH}")
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_members(archive)
    except ValidationError:
        raise
    except DefusedXmlException as error:
        raise ValidationError(f"The file defines XML entities, which no workbook needs. {_FRESH}") from error
    except _DAMAGED as error:
        raise ValidationError("The file must be the Excel workbook (.xlsx) that you downloaded here.") from error


def _check_members(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    names = {member.filename for member in members}
    if len(members) > MOST_MEMBERS or sum(member.file_size for member in members) > LARGEST_UNPACKED:
        raise ValidationError(f"The file unpacks to more than the portal takes. {_FRESH}")
    if any(name.lower().endswith((".bin", ".xlm")) or "/macrosheets/" in name.lower() for name in names):
        raise ValidationError("The file has macros or embedded programs. Save it as an Excel workbook without them.")
    if not {"[Content_Types].xml", "xl/workbook.xml"} <= names:
        raise ValidationError("The file must be the Excel workbook (.xlsx) that you downloaded here.")
    count = 0
    for member in members:
        if member.filename.lower().endswith((".xml", ".rels", ".vml")):
            with archive.open(member) as part:
                count = _counted(part, count)


def _counted(part: IO[bytes], count: int) -> int:
    """The elements of a part added to those before it; raises as soon as there are too many."""
    for _, element in iterparse(part, forbid_dtd=True):
        count += 1
        if count > MOST_ELEMENTS:
            raise ValidationError(f"The file has far more cells than the portal gave out. {_FRESH}")
        element.clear()
    return count


# --- The rows


def _rows(sheet: Worksheet) -> list[SheetRow]:
    if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
        raise ValidationError(
            f"The sheet has {sheet.max_row:,} rows and {sheet.max_column:,} columns, more than the portal gave out. "
            "Delete those that you added, also empty ones, or download a fresh one here."
        )
    if merged := [str(each) for each in sheet.merged_cells.ranges]:
        raise ValidationError(
            f"Some cells are merged ({', '.join(sorted(merged)[:5])}). Unmerge them and send it again."
        )
    places = {str(cell.value or "").strip(): cell.column for cell in sheet[1]}
    wanted = [REF, TITLE, KEY, *FILLED.values()]
    if missing := [f"“{name}”" for name in wanted if name not in places]:
        raise ValidationError(f"The sheet has no column headed {', '.join(missing)}. {_FRESH}")
    rows = (_row(sheet, number, places) for number in range(2, sheet.max_row + 1))
    return [row for row in rows if row.key or row.faults or any(row.typed.values())]


def _row(sheet: Worksheet, number: int, places: dict[str, int]) -> SheetRow:
    def cell(heading: str) -> Cell:
        found = sheet.cell(number, places[heading])
        assert isinstance(found, Cell)
        return found

    cells = {name: cell(heading) for name, heading in FILLED.items()}
    return SheetRow(
        number=number,
        key=_text(cell(KEY)),
        ref=_text(cell(REF))[:100],
        title=_text(cell(TITLE))[:300],
        typed={name: _text(each) for name, each in cells.items()},
        faults={
            name: _NOT_WORDS.get(each.data_type, _NOT_WORDS["e"])
            for name, each in cells.items()
            if each.value is not None and each.data_type not in ("s", "inlineStr")
        },
    )


def _text(cell: Cell) -> str:
    """A cell as text, whatever it holds; a formula of several cells is an object with its text."""
    return plain_text(str(getattr(cell.value, "text", cell.value))) if cell.value is not None else ""

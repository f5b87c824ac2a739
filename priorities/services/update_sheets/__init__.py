"""A person's updates as a spreadsheet: written, read back, checked row by row, and applied once its sender says so."""

from priorities.services.update_sheets.applying import Applied, CheckedRow, apply_rows, check_rows, keep_rows
from priorities.services.update_sheets.reading import SheetRow, read_sheet
from priorities.services.update_sheets.writing import SheetLine, line_of, marked_lines, write_sheet

__all__ = [
    "Applied",
    "CheckedRow",
    "SheetLine",
    "SheetRow",
    "apply_rows",
    "check_rows",
    "keep_rows",
    "line_of",
    "marked_lines",
    "read_sheet",
    "write_sheet",
]

"""Rows as a CSV file that Excel and Power BI open as they are, written as it is sent."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

# By this Excel knows that the file is UTF-8; Power BI and other readers skip it.
BYTE_ORDER_MARK = "\N{ZERO WIDTH NO-BREAK SPACE}"
# What a spreadsheet takes for the start of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff0b", "\uff0d", "\uff1d", "\uff20")
BETWEEN = "; "


class _Line:
    """A file that gives back each line instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def csv_lines(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One row of heads, then the rows; only one of them is in memory at a time."""
    writer = csv.writer(_Line())
    yield BYTE_ORDER_MARK + writer.writerow(columns)
    for row in rows:
        yield writer.writerow([cell(row[name]) for name in columns])


def cell(value: Any) -> Any:
    """A value as a cell: numbers as numbers, several things in one cell, and text that no spreadsheet calculates."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return value
    if isinstance(value, Mapping):
        # What a thing within a thing is told by: its first value.
        return cell(next(iter(value.values())))
    if isinstance(value, list | tuple):
        return BETWEEN.join(str(cell(each)) for each in value)
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text

"""The small words that every part of a report uses: dates, names, tables, statuses."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from reports.renderers.document.values import Table
from reports.snapshots.schema import ActivityLine, Measure, Priority, Total
from wesp_portal.common.formatting import plural, uk_date
from wesp_portal.common.status import MOVEMENTS, STATUSES

DEMO_MARK = " (demo)"


def day(iso: str) -> str:
    return uk_date(date.fromisoformat(iso)) if iso else ""


def whole(text: str) -> int:
    return int(text or 0)


def name_of(priority: Priority) -> str:
    """A priority in a word or two, as a reference to it has them."""
    return f"{priority.word} {priority.ref}".strip() if priority.ref else priority.title


def table(
    caption: str, columns: Sequence[str | Mapping[str, Any]], rows: Iterable[Sequence[Any]], note: str = ""
) -> Table | None:
    """A table, or nothing where it would have no rows."""
    lines = tuple(tuple(row) for row in rows)
    heads = tuple(column if isinstance(column, Mapping) else {"text": column} for column in columns)
    return Table(caption, heads, lines, note) if lines else None


def wide(text: str, share: int = 1) -> dict[str, Any]:
    """A column of text, with its share of the width that is left by columns as wide as what they hold."""
    return {"text": text, "share": share}


def made_of(total: Total) -> str:
    """What a total adds up, and what it leaves out: from 3 achievements, 1 of them an estimate."""
    words = f"from {plural(total.achievements, 'achievement')}"
    if total.estimates:
        words += f", {total.estimates} of them an estimate" if total.achievements > 1 else ", an estimate"
    if total.left_out:
        words += f"; {total.left_out} more, known only from above, {'is' if total.left_out == 1 else 'are'} not added"
    return words


def plain(title: str) -> str:
    """A title without the mark of a demonstration, beside which a tag stands."""
    return title.removesuffix(DEMO_MARK)


def marked(title: str, *, is_demo: bool) -> str:
    """A title that says that what it names is invented, where no tag stands beside it."""
    return f"{plain(title)}{DEMO_MARK}" if is_demo else title


def moved(code: str) -> str:
    return f"{MOVEMENTS[code].symbol} {MOVEMENTS[code].word}" if code else "Not compared"


def stands(measure: Measure) -> Mapping[str, str] | str:
    """How a measure stands, or that it is not rated."""
    if measure.standing:
        # A target whose time is over was judged on that time, not on the figure beside.
        words = f" in {measure.judged_on}" if measure.judged_on else ""
        return {**standing(measure.standing), "text": words}

    return "Context" if measure.is_context else "Not rated"


def standing(code: str) -> Mapping[str, str]:
    return {"text": "", "status": code or "no_data"}


def fallen(line: ActivityLine, year_end: str) -> str:
    """Said of what is off track or at risk and was green at the year's end, so that the one does not hide the other."""
    if line.standing not in ("off_track", "at_risk") or line.year_end_standing not in ("on_track", "done"):
        return ""
    return f"{STATUSES[line.year_end_standing].word} at the year’s end, in {year_end}"


def moved_from(line: ActivityLine) -> str:
    return f"moved from {day(line.moved_from)}" if line.moved_from else ""


def late(line: ActivityLine) -> str:
    """How late a milestone is, or was when it was met."""
    return f"{plural(line.late_days, 'day')} late" if line.late_days else ""

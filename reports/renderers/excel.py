"""A report's figures and lines as an Excel workbook: one tidy sheet for each table, one line for each thing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.xml.functions import tostring

from reports.renderers.document import DEMONSTRATION, Edition
from reports.renderers.document.words import day, name_of
from reports.renderers.prose import clean
from reports.snapshots.schema import Measure, Point, Snapshot
from wesp_portal.common.archives import pinned_zip
from wesp_portal.common.status import MOVEMENTS, STATUSES

__all__ = ["Edition", "render_excel"]

CORE = "docProps/core.xml"
# What a cell may hold, in Excel.
LONGEST_TEXT = 32_767
HEAD = PatternFill("solid", fgColor="00524F")
HEAD_FONT = Font(name="Calibri", size=11, bold=True, color="FFFFFF")
WRAPPED = Alignment(wrap_text=True, vertical="top")
WIDTHS = {"text": 24, "long": 60, "short": 14, "number": 12, "date": 13}

Cell = str | int | Decimal | date | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A tidy table: its columns, each with the kind of what it holds (a key of WIDTHS), and a row for each thing."""

    title: str
    tells: str
    columns: tuple[tuple[str, str], ...]
    rows: Callable[[Snapshot], Iterable[Row]]


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
    _write(book, "About", _columns(what="text", words="long"), _about(snapshot, edition, filled))
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
        if isinstance(value, date):
            cell.number_format = "yyyy-mm-dd"
        return cell
    cell = WriteOnlyCell(sheet, _plain(value))
    cell.data_type, cell.number_format, cell.quotePrefix, cell.alignment = "s", "@", True, WRAPPED
    return cell


def _plain(text: str) -> str:
    """Words that a cell can hold: lines kept, other control characters left out."""
    return "\n".join(clean(line) for line in text.splitlines())[:LONGEST_TEXT]


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
    for note in snapshot.data_notes:
        yield "Note", note
    for sheet, rows in filled:
        yield f"Sheet: {sheet.title}", f"{sheet.tells} Rows: {len(rows)}."


# Values


def _day(iso: str) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _status(code: str) -> str:
    return STATUSES[code or "no_data"].word


def _moved(code: str) -> str:
    return MOVEMENTS[code].word if code else ""


def _names(snapshot: Snapshot, ids: Iterable[int]) -> str:
    """The priorities that something serves, in the report's order."""
    served = set(ids)
    return "; ".join(name_of(priority) for priority in snapshot.priorities if priority.id in served)


# The sheets


def _priorities(snapshot: Snapshot) -> Iterable[Row]:
    for one in snapshot.priorities:
        counts = [getattr(one.counts, code) for code in STATUSES]
        yield (
            one.ref,
            one.title,
            one.strategy,
            one.theme,
            _status(one.standing),
            _status(one.previous_standing) if snapshot.front.previous_term else "",
            _moved(one.movement),
            *counts,
            _day(one.last_updated),
        )


def _accounts(snapshot: Snapshot) -> Iterable[Row]:
    for priority in snapshot.priorities:
        for one in priority.contributions:
            yield (
                priority.ref,
                priority.title,
                one.organisation,
                "\n".join(one.intended_outcomes),
                one.activity,
                "\n".join(one.planned),
                one.impact,
                one.exit_strategy,
            )


def _promises(snapshot: Snapshot) -> Iterable[Row]:
    words = {"done": "Done", "carried_over": "Carried over", "dropped": "Dropped", "": "Not yet marked"}
    for priority in snapshot.priorities:
        for contribution in priority.contributions:
            for one in contribution.promises:
                yield (
                    priority.ref,
                    contribution.organisation,
                    one.title,
                    words[one.outcome],
                    one.reason,
                    one.terms_carried,
                )


def _attention(snapshot: Snapshot) -> Iterable[Row]:
    for one in snapshot.exceptions:
        yield (
            one.ref,
            one.title,
            one.priority_ref,
            _status(one.standing),
            one.since,
            one.reason,
            one.words,
            one.owner,
            _day(one.due_on),
        )


def _achievements(snapshot: Snapshot) -> Iterable[Row]:
    for one in snapshot.achievements:
        yield (
            one.title,
            one.when,
            one.qualifier,
            _number(one.quantity),
            one.unit,
            "; ".join(one.organisations),
            _names(snapshot, one.priority_ids),
            one.evidence,
            "Demo" if one.is_demo else "",
            one.detail,
        )


def _measures(snapshot: Snapshot) -> Iterable[Row]:
    for one in snapshot.measures:
        latest = one.points[-1] if one.points else None
        yield (
            one.slug,
            one.title,
            one.finding,
            one.area,
            one.unit,
            latest.label if latest else "",
            _number(latest.value) if latest else None,
            latest.symbol if latest else "",
            _status(one.standing) if one.standing else "Not rated",
            one.explanation,
            one.target,
            _names(snapshot, one.priority_ids),
            one.definition,
            one.source,
            one.source_url,
        )


def _readings(snapshot: Snapshot) -> Iterable[Row]:
    for measure in snapshot.measures:
        yield from _series(measure, measure.area, measure.points)
        for comparator in measure.comparators:
            yield from _series(measure, comparator.name, comparator.points)


def _series(measure: Measure, area: str, points: Iterable[Point]) -> Iterable[Row]:
    for point in points:
        yield (
            measure.slug,
            measure.title,
            area,
            point.period,
            _number(point.value),
            point.symbol,
            point.qualifier,
            measure.unit,
            point.status,
            _day(point.as_at),
            point.source,
            point.note,
        )


def _due(snapshot: Snapshot) -> Iterable[Row]:
    for one in snapshot.due_next:
        yield one.ref, one.title, one.priority_ref, _day(one.due_on), one.owner, _status(one.standing)


def _exchanges(snapshot: Snapshot) -> Iterable[Row]:
    for asked in snapshot.questions:
        yield "Question", asked.text, asked.about, _day(asked.asked_on), asked.answer, _day(asked.answered_on), "", ""
    for one in snapshot.decisions:
        yield "Decision", one.text, one.about, _day(one.decided_on), one.action_by, None, _day(one.due_on), one.status


def _returns(snapshot: Snapshot) -> Iterable[Row]:
    for one in snapshot.returns:
        yield one.organisation, one.label


def _columns(**kinds: str) -> tuple[tuple[str, str], ...]:
    return tuple((name.replace("_", " ").capitalize(), kind) for name, kind in kinds.items())


SHEETS = (
    Sheet(
        "Priorities",
        "How each priority stands, and how many of its activities stand each way.",
        _columns(ref="short", title="long", strategy="text", theme="text", status="short")
        + _columns(status_last_term="short", movement="short")
        + tuple((status.word, "number") for status in STATUSES.values())
        + _columns(last_updated="date"),
        _priorities,
    ),
    Sheet(
        "Returns by priority",
        "What each organisation wrote under each priority.",
        _columns(ref="short", priority="text", organisation="text", intended_outcomes="long")
        + _columns(activity_last_period="long", planned_activity_next_period="long", impact_so_far="long")
        + _columns(exit_strategy="long"),
        _accounts,
    ),
    Sheet(
        "Promises",
        "Each step that was promised for this term, and what became of it.",
        _columns(
            ref="short", organisation="text", promise="long", outcome="short", reason="long", terms_carried="number"
        ),
        _promises,
    ),
    Sheet(
        "At risk or off track",
        "Each activity that needs attention: since when, and why.",
        _columns(ref="short", activity="long", priority="short", status="short", since="text", why="long")
        + _columns(this_term="long", owner="text", due_on="date"),
        _attention,
    ),
    Sheet(
        "Achievements",
        "Each achievement once, however many priorities it serves.",
        _columns(achievement="long", when="text", qualifier="short", quantity="number", unit="text")
        + _columns(organisations="text", priorities="text", evidence="number", demonstration="short", detail="long"),
        _achievements,
    ),
    Sheet(
        "Measures",
        "Each measure with its latest figure; where there is none, the symbol says why.",
        _columns(measure="text", title="text", finding="long", area="text", unit="short", period="short")
        + _columns(value="number", symbol="short", status="short", why="long", target="text", priorities="text")
        + _columns(definition="long", source="text", address="text"),
        _measures,
    ),
    Sheet(
        "Readings",
        "Every figure behind the charts: a row for each measure, area and period.",
        _columns(measure="text", title="text", area="text", period="short", value="number", symbol="short")
        + _columns(qualifier="short", unit="short", state="short", as_at="date", source="text", note="text"),
        _readings,
    ),
    Sheet(
        "Milestones",
        "What falls due next.",
        _columns(ref="short", activity="long", priority="short", due_on="date", owner="text", status="short"),
        _due,
    ),
    Sheet(
        "Questions and decisions",
        "What the board asked and decided, and what followed.",
        _columns(kind="short", text="long", about="text", date="date", answer_or_who_acts="long", answered_on="date")
        + _columns(due_on="date", state="short"),
        _exchanges,
    ),
    Sheet(
        "Returns",
        "Which organisations have sent their return.",
        _columns(organisation="text", state="text"),
        _returns,
    ),
)

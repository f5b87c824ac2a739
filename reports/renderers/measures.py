"""A measure as a reader meets it: what it shows, its trend, and the same figures in a table."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from reports.snapshots.schema import Comparator, Measure, Point
from wesp_portal.common.charts import Line, Plotted, trend_of
from wesp_portal.common.formatting import PACE_WORDS, SYMBOL_WORDS, join_words, uk_date, with_unit
from wesp_portal.common.status import MOVEMENTS

# The latest periods in the table beside a chart; the chart has them all.
TABLE_PERIODS = 5
MARKS = {"provisional": "p", "revised": "r"}
NOTES = {
    "p": "p: provisional",
    "r": "r: revised",
    "s": "s: so far, for a part of the period",
    "b": "b: counted in a new way",
}
SHORT_NAMES = {"england": "England", "neighbours": "Neighbours"}
SHORT_UNITS = {"percent": "%", "pounds": "£", "count": "number"}


@dataclass(frozen=True, slots=True)
class MeasureCard:
    """A measure told whole. `chart` holds the arguments of charts.line_chart, or nothing where too little is known."""

    anchor: str
    finding: str
    title: str
    about: str
    is_demo: bool
    moved: str
    definition: str
    standing: str
    judged_on: str
    explanation: str
    target: str
    gap: str
    chart: dict[str, Any] | None
    caption: str
    short_caption: str
    columns: tuple[Mapping[str, Any], ...]
    rows: tuple[tuple[str, ...], ...]
    note: str
    source: str
    facts: tuple[tuple[str, str], ...]


def latest_words(measure: Measure) -> str:
    """The latest figure with its unit, or why there is none."""
    return figure_words(measure, measure.points[-1]) if measure.points else "no figure"


def figure_words(measure: Measure, point: Point) -> str:
    if not point.value:
        return SYMBOL_WORDS.get(point.symbol, "no figure")
    figure = with_unit(Decimal(point.value), measure.unit, measure.decimals)
    return f"{point.qualifier} {figure}".strip()


def about(measure: Measure) -> str:
    """Whose figures these are where that is not plain, and that they are context where they are."""
    context = "Context, without a target" if measure.is_context else ""
    return " · ".join(part for part in (measure.area_note, context) if part)


def heading(measure: Measure) -> str:
    """What the measure shows; a figure stays on one line with its sign."""
    return (measure.finding or measure.title).replace(" %", "\N{NO-BREAK SPACE}%")


def than(measure: Measure) -> str:
    """What the movement is measured from: better than in 2024, same as in 2024."""
    if not measure.movement or measure.before is None:
        return ""
    return f"{'as' if measure.movement == 'same' else 'than'} in {measure.before.label}"


def movement_words(measure: Measure) -> str:
    """The movement with its arrow and what it is measured from: ↑ better than in 2024."""
    if not measure.movement:
        return ""
    movement = MOVEMENTS[measure.movement]
    return f"{movement.symbol} {movement.word} {than(measure)}"


def england_of(measure: Measure) -> Comparator | None:
    return next((one for one in measure.comparators if one.kind == "england"), None)


def compared(measure: Measure, comparator: Comparator) -> str:
    """How far from a comparator, on which side, which is better, and which way the gap goes."""
    if not comparator.gap:
        return f"no figure for {comparator.name} for the same period"
    gap = Decimal(comparator.gap)
    if not gap:
        return f"level with {comparator.name}"
    words = f"{_apart(measure, gap)} {'above' if gap > 0 else 'below'} {comparator.name}"
    if measure.direction in ("up", "down"):
        words += ", which is better" if (gap > 0) == (measure.direction == "up") else ", which is worse"
    return f"{words}; the gap is {_trend(comparator)}" if comparator.gap_direction else words


def beside(measure: Measure, comparator: Comparator) -> str:
    """The same in a few words, for a column that names the comparator: worse by 0.5 percentage points, widening."""
    if not comparator.gap:
        return "No figure for the same period"
    gap = Decimal(comparator.gap)
    if not gap:
        return "Level"
    side = "Above" if gap > 0 else "Below"
    if measure.direction in ("up", "down"):
        side = "Better" if (gap > 0) == (measure.direction == "up") else "Worse"
    words = f"{side} by {_apart(measure, gap)}"
    return f"{words}, {_trend(comparator)}" if comparator.gap_direction else words


def _trend(comparator: Comparator) -> str:
    """Which way a gap goes and how fast: closing, faster than the time before."""
    return f"{comparator.gap_direction}{PACE_WORDS.get(comparator.gap_pace, '')}"


def ranked(measure: Measure) -> str:
    """Its place among its statistical neighbours, where their figures are known: 4th of 11."""
    return next((one.rank for one in measure.comparators if one.rank), "")


def _apart(measure: Measure, gap: Decimal) -> str:
    """The size of a gap with its unit; between percentages it is in percentage points."""
    unit = measure.unit
    if unit == "percent":
        unit = "percentage point" if abs(gap) == 1 else "percentage points"
    return with_unit(abs(gap), unit)


def facts_of(measure: Measure) -> tuple[tuple[str, str], ...]:
    """All that explains the latest figure, by name: where it is from, how it was judged, when the next one comes."""
    latest = measure.points[-1]
    status = latest.status.capitalize()
    set_by = ", ".join(part for part in (measure.target_source, _day(measure.target_set_on)) if part)
    breaks = "; ".join(f"{point.label}: {point.break_note}" for point in measure.points if point.break_note)
    stated = [
        ("Definition", measure.definition),
        ("Source", latest.source or measure.source),
        ("As at", _day(latest.as_at)),
        ("Figure", f"{status}, for a part of the period only" if latest.is_part else status),
        ("Entered by", latest.recorded_as or "Loaded from its source"),
        ("Next update", measure.next_update),
        ("How the status is worked out", measure.explanation),
        ("Target", measure.target),
        ("Who set the target", set_by),
        *((one.name, _told(measure, one)) for one in measure.comparators),
        ("Counted in a new way", breaks),
        ("Withheld", measure.disclosure),
        ("Note", " ".join(part for part in (latest.note, measure.note) if part)),
        ("Serves", join_words(measure.objective_refs)),
    ]
    return tuple((name, words) for name, words in stated if words)


def _told(measure: Measure, comparator: Comparator) -> str:
    latest = comparator.points[-1]
    words = f"{figure_words(measure, latest)} in {latest.label}; {compared(measure, comparator)}"
    return f"{words}; {measure.area} is {comparator.rank}" if comparator.rank else words


def _day(text: str) -> str:
    return uk_date(date.fromisoformat(text)) if text else ""


def measure_card(measure: Measure) -> MeasureCard:
    """Raises nothing for gaps: a period without a figure shows its symbol, a measure without any shows no chart."""
    unit = SHORT_UNITS.get(measure.unit, measure.unit)
    periods = {point.period: point.label for point in measure.points}
    shown = list(periods)[-TABLE_PERIODS:]
    lines = [(measure.area, measure.points), *((one.name, one.points) for one in measure.comparators)]
    by_period = [{point.period: point for point in points} for _, points in lines]
    return MeasureCard(
        anchor=f"measure-{measure.metric_id}",
        finding=heading(measure),
        title=measure.title,
        about=measure.area_note,
        is_demo=measure.is_demo,
        moved=movement_words(measure),
        definition=measure.definition,
        standing=measure.standing,
        judged_on=measure.judged_on,
        explanation=measure.explanation,
        target=measure.target.rstrip("."),
        gap=" ".join(_sentence(words) for words in _gaps(measure)),
        chart=chart_of(measure),
        caption=f"{measure.title} ({unit})",
        # Where the heading above it says what is measured.
        short_caption=f"Figures ({unit})",
        columns=({"text": "Period"}, *({"text": name, "is_numeric": True} for name, _ in lines)),
        rows=tuple(
            (periods[period], *(_cell(measure, points.get(period)) for points in by_period)) for period in shown
        ),
        note=_note(points[period] for points in by_period for period in shown if period in points),
        source=measure.source,
        facts=tuple((name, words.rstrip(".")) for name, words in facts_of(measure) if name in TOLD_IN_PRINT),
    )


# What a printed page says of a figure beside what stands there already.
TOLD_IN_PRINT = ("As at", "Entered by", "Next update", "Who set the target", "Counted in a new way", "Withheld")


def _gaps(measure: Measure) -> list[str]:
    """The gap to the first comparator that has one, and the place among neighbours."""
    words = [next((compared(measure, one) for one in measure.comparators if one.gap), "")]
    if rank := ranked(measure):
        words.append(f"{rank} among its statistical neighbours")
    return words


def _sentence(words: str) -> str:
    return f"{words[:1].upper()}{words[1:]}." if words else ""


def _marks(point: Point) -> list[str]:
    """The signs beside a figure of a table, which the note under it explains."""
    found = ["s" if point.is_part else MARKS.get(point.status, ""), "b" if point.break_note else ""]
    return [mark for mark in found if mark]


def _note(points: Iterable[Point]) -> str:
    """What the signs beside some figures mean."""
    used = {sign for point in points for sign in _marks(point)}
    return f"{'; '.join(words for sign, words in NOTES.items() if sign in used)}." if used else ""


def _cell(measure: Measure, point: Point | None) -> str:
    """A figure without its unit, which the heading says; or its symbol; a dash where nobody published one."""
    if point is None or not point.value:
        return (point and point.symbol) or "–"
    unit = measure.unit if measure.unit in ("yes or no", "stage") else ""
    figure = with_unit(Decimal(point.value), unit, measure.decimals)
    return " ".join(part for part in (point.qualifier, figure, *_marks(point)) if part)


def chart_of(measure: Measure, *, least: int = 2) -> dict[str, Any] | None:
    """A trend needs two figures of our own, unless told; with fewer the table says all there is."""
    if measure.unit == "yes or no":
        return None
    short = {**SHORT_NAMES, "own": measure.area, "region": ""}
    lines = [Line(measure.area, "own", _plotted(measure.points), measure.area)]
    lines += [Line(one.name, one.kind, _plotted(one.points), short[one.kind]) for one in measure.comparators]
    return trend_of(
        lines,
        key=f"m{measure.metric_id}",
        title=measure.title,
        unit=measure.unit,
        decimals=measure.decimals,
        target=_target(measure),
        least=least,
    )


def _plotted(points: Sequence[Point]) -> list[Plotted]:
    return [
        Plotted(
            period=point.period,
            value=Decimal(point.value) if point.value else None,
            symbol=point.symbol,
            qualifier=point.qualifier,
            is_provisional=point.status == "provisional",
            is_part=point.is_part,
            is_break=bool(point.break_note),
        )
        for point in points
    ]


def _target(measure: Measure) -> Decimal | None:
    """The figure aimed at; where that is a comparator's own, its line shows it already."""
    if not measure.target_value:
        return None
    aim = Decimal(measure.target_value)
    latest = [one.points[-1].value for one in measure.comparators if one.points]
    return None if any(value and Decimal(value) == aim for value in latest) else aim


def table_of(measure: Measure) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...], str]:
    """The columns, rows and note of the figures beside a small chart: our own and England's, the latest periods."""
    england = england_of(measure)
    theirs = {point.period: point for point in england.points} if england else {}
    heads = ("Period", measure.area, *(("England",) if england else ()))
    rows = []
    for point in measure.points[-TABLE_PERIODS:]:
        cells = [point.label, _cell(measure, point)]
        rows.append(tuple([*cells, _cell(measure, theirs.get(point.period))] if england else cells))
    shown = {point.period for point in measure.points[-TABLE_PERIODS:]}
    told = [point for point in (*measure.points, *theirs.values()) if point.period in shown]
    return heads, tuple(rows), _note(told)

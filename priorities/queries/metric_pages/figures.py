"""The latest figure of a reader's area, what explains it, and how it goes beside its comparators."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from priorities.measuring import (
    BETTER,
    apart,
    breaks_of,
    compared_period,
    gap_direction,
    gap_pace,
    movement_of_value,
    next_update,
)
from priorities.models import DEMONSTRATION, Metric, Reading, Target
from priorities.queries.measures import (
    Point,
    figure_words,
    in_force,
    is_part_point,
    period_words,
    values_of,
    verdict_of,
)
from priorities.queries.metric_pages.areas import AreaReadings, role_of
from priorities.queries.metric_pages.neighbours import NEIGHBOURS, Medians, median_point, place_words
from priorities.queries.metric_pages.tables import set_by, source_of, target_words
from priorities.rules import disclosure_words
from wesp_portal.common import charts
from wesp_portal.common.formatting import PACE_WORDS, reading, term_label, uk_date
from wesp_portal.common.periods import parse_period

CHART_PERIODS = 40


@dataclass(frozen=True, slots=True)
class Figure:
    """The latest figure of the reader's area, how it stands and moved, and what it is: all that explains it."""

    area: str
    words: str
    period: str
    standing: str
    judged_on: str
    explanation: str
    movement: str
    than: str
    is_demo: bool
    facts: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class _Line:
    name: str
    role: str
    points: list[Point]


def lines_of(
    lead: AreaReadings | None,
    areas: Sequence[AreaReadings],
    own: Sequence[int],
    medians: Medians,
) -> list[_Line]:
    """The reader's area, and what it is compared with, in the order of their roles."""
    if lead is None:
        return []
    lines = [_Line(lead.area.name, "own", lead.in_order)]
    for role in ("england", "region", "neighbours"):
        if role == "neighbours" and medians:
            lines.append(_Line(f"{NEIGHBOURS} (median)", role, [median_point(each) for each in medians.values()]))
        elif beside := next((one for one in areas if one.area.pk not in own and role_of(one.area) == role), None):
            lines.append(_Line(beside.area.name, role, beside.in_order))
    return lines


def _compared(metric: Metric, points: Sequence[Point]) -> list[str]:
    """The periods that are compared, in order, the latest last and at most three; only itself where it is a part."""
    found = [points[-1]["period"]]
    if is_part_point(metric, points[-1]):
        return found
    known = [point["period"] for point in points if not is_part_point(metric, point)]
    breaks = breaks_of(points)
    while len(found) < 3 and (before := compared_period(found[0], known, breaks)):
        found.insert(0, before)
    return found


def comparisons_of(
    metric: Metric, lead: AreaReadings | None, lines: Sequence[_Line], medians: Medians
) -> list[list[str]]:
    """A row for each comparator: its figure for the same period, the gap, and which way the gap goes."""
    if lead is None:
        return []
    compared = _compared(metric, lead.in_order)
    own = values_of(lead.points)
    rows = []
    if len(compared) > 1:
        before, now, then = compared[-2], own[compared[-1]], own[compared[-2]]
        change = None if now is None or then is None else now - then
        name = f"{lead.area.name}, {parse_period(before).label}"
        rows.append([name, reading(then, "", metric.unit, "", metric.decimals), _beside(metric, change), "–"])
    for line in lines[1:]:
        theirs = values_of(line.points)
        gaps = [_less(own.get(period), theirs.get(period)) for period in compared]
        value = theirs.get(compared[-1])
        words = reading(value, "", metric.unit, "", metric.decimals)
        trend = "–"
        if len(gaps) > 1 and (way := gap_direction(metric.direction, gaps[-2], gaps[-1])):
            pace = PACE_WORDS.get(gap_pace(metric.direction, gaps), "")
            trend = f"{way} since {parse_period(compared[-2]).label}{pace}".capitalize()
        if line.role == "neighbours" and (spot := place_words(metric, medians.get(compared[-1]))):
            words = f"{words}; {spot}"
        rows.append([line.name, words, _beside(metric, gaps[-1]), trend])
    return rows


def _less(ours: Decimal | None, theirs: Decimal | None) -> Decimal | None:
    return None if ours is None or theirs is None else ours - theirs


def _beside(metric: Metric, gap: Decimal | None) -> str:
    """A gap in words: better by 2.4 percentage points."""
    if gap is None:
        return "No figure for the same period"
    gap = round(gap, max(metric.decimals, 1))
    if not gap:
        return "Level"
    side = "Above" if gap > 0 else "Below"
    if metric.direction in BETTER:
        side = "Better" if movement_of_value(metric.direction, Decimal(0), gap) == "better" else "Worse"
    return f"{side} by {apart(gap.normalize(), metric.unit)}"


def figure_of_area(
    metric: Metric,
    lead: AreaReadings | None,
    points: dict[int, list[Point]],
    targets: Sequence[Target],
    medians: Medians,
) -> Figure | None:
    if lead is None:
        return None
    latest, row = lead.points[0], lead.readings[0]
    compared = _compared(metric, lead.in_order)
    own = values_of(lead.points)
    target = in_force(targets, lead.in_order)
    verdict = verdict_of(metric, target, points, lead.area.pk)
    movement = ""
    if len(compared) > 1:
        movement = movement_of_value(metric.direction, own[compared[-2]], own[compared[-1]])
    is_count = metric.is_about_children and metric.unit == Metric.Unit.COUNT
    facts = [
        ("Definition", metric.definition),
        ("Source", row.source or source_of(metric)),
        ("As at", uk_date(row.as_at)),
        ("Figure", _status_words(metric, row, latest)),
        ("Entered by", row.recorded_as or "Loaded from its source"),
        ("Next update", next_update(metric.frequency, row.period)),
        ("Counted in a new way", row.break_note),
        ("Withheld", disclosure_words(is_count_of_children=is_count, threshold=metric.disclosure_threshold)),
        (f"Among {NEIGHBOURS.lower()}", place_words(metric, medians.get(row.period))),
        ("Target", target_words(metric, target) if target else ""),
        ("Who set the target", set_by(target) if target else ""),
        ("How the status is worked out", verdict.judgement.explanation),
    ]
    return Figure(
        area=lead.area.name,
        words=figure_words(metric, latest),
        period=f"{period_words(latest)}{', so far' if is_part_point(metric, latest) else ''}",
        standing=verdict.judgement.standing,
        judged_on=term_label(verdict.judged_on),
        explanation=verdict.judgement.explanation,
        movement=movement,
        than=f"{'as' if movement == 'same' else 'than'} in {parse_period(compared[-2]).label}" if movement else "",
        is_demo=row.source == DEMONSTRATION,
        facts=facts,
    )


def _status_words(metric: Metric, row: Reading, latest: Point) -> str:
    if is_part_point(metric, latest):
        return f"{row.get_status_display()}: for a part of the period, which ends on {uk_date(row.period_ends_on)}"
    return row.get_status_display()


def aim_of(
    metric: Metric, lead: AreaReadings | None, points: dict[int, list[Point]], targets: Sequence[Target]
) -> Decimal | None:
    """The figure aimed at, for the chart; where that is a comparator's own, its line shows it."""
    if lead is None:
        return None
    target = in_force(targets, lead.in_order)
    if target is None or target.comparator_id:
        return None
    return verdict_of(metric, target, points, lead.area.pk).aim


def chart_of(
    metric: Metric, lead: AreaReadings | None, lines: Sequence[_Line], aim: Decimal | None
) -> dict[str, Any] | None:
    """The trend of the reader's area with its comparators; nothing where there are not two figures to show."""
    if lead is None or metric.unit in (Metric.Unit.YES_OR_NO, Metric.Unit.EVIDENCE):
        return None
    england = next((line for line in lines if line.role == "england"), None)
    return charts.trend_of(
        [charts.Line(line.name, line.role, [_plotted(metric, each) for each in _recent(line)]) for line in lines],
        key=f"metric-{metric.pk}",
        title=_finding(metric, lead, england),
        unit=metric.unit,
        decimals=metric.decimals,
        target=aim,
    )


def _recent(line: _Line) -> list[Point]:
    return line.points[-CHART_PERIODS:]


def _plotted(metric: Metric, point: Point) -> charts.Plotted:
    return charts.Plotted(
        period=point["period"],
        value=Decimal(point["value"]) if point["value"] else None,
        symbol=point["symbol"],
        qualifier=point["qualifier"],
        is_provisional=point["status"] == Reading.Status.PROVISIONAL,
        is_part=is_part_point(metric, point),
        is_break=bool(point.get("break_note")),
    )


def chart_note(lead: AreaReadings | None, chart: Mapping[str, Any] | None) -> str:
    """What the marks of a chart mean, as far as it has any, and what it leaves out."""
    if lead is None:
        return ""
    said = []
    if chart:
        own = chart["series"][0]
        if any(value is None for value in own.values):
            said.append("A line is broken where there is no figure.")
        if any(line.open for line in chart["series"]):
            said.append("A hollow mark is a figure that may still change.")
        if own.apart:
            said.append("No line leads to a figure for a part of its period.")
        if chart["year_before"] is not None:
            said.append("The ring is the same time last year.")
        if chart["breaks"]:
            said.append("A dotted upright line is where a new way of counting begins.")
    if len({parse_period(point["period"]).kind for point in lead.points}) > 1:
        said.append("Periods of another length are in the table only: years and terms are not joined into one line.")
    return " ".join(said)


def _finding(metric: Metric, lead: AreaReadings, england: _Line | None) -> str:
    """What the figures show, for a heading: Wigan: 65.9 % in 2025, up from 63.9 % in 2024; England 68.3 %."""
    latest = lead.points[0]
    label = parse_period(latest["period"]).label
    when = f"so far in {label}" if is_part_point(metric, latest) else f"in {label}"
    words = f"{lead.area.name}: {figure_words(metric, latest)} {when}"
    compared = _compared(metric, lead.in_order)
    before = next((point for point in lead.points if len(compared) > 1 and point["period"] == compared[-2]), None)
    if before and latest["value"] and before["value"]:
        now, then = Decimal(latest["value"]), Decimal(before["value"])
        change = "the same as" if now == then else "up from" if now > then else "down from"
        words += f", {change} {figure_words(metric, before)} in {parse_period(before['period']).label}"
    same = next((point for point in england.points if point["period"] == latest["period"]), None) if england else None
    return words + (f"; England {figure_words(metric, same)}" if same else "")

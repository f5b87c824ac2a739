"""The figures of a metric in a table, what is said of them, and its targets in words."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from priorities.measuring import Judgement
from priorities.models import Metric, Reading, Target
from priorities.queries.measures import Point, cell_words, verdict_of
from priorities.queries.metric_pages.areas import AreaReadings
from priorities.queries.metric_pages.neighbours import NEIGHBOURS, Medians, median_point, place_words
from wesp_portal.common.formatting import SYMBOL_WORDS, reading, term_label, uk_date
from wesp_portal.common.periods import parse_period


@dataclass(frozen=True, slots=True)
class Remark:
    """Where figures come from, or what is to be known of them, and which figures that is."""

    words: str
    of: str


@dataclass(frozen=True, slots=True)
class TargetLine:
    """A target in words, who set it and when, and how the area stands against it."""

    target: Target
    words: str
    set_by: str
    judgement: Judgement
    judged_on: str


def columns_of(areas: Sequence[AreaReadings], medians: Medians) -> list[str]:
    return [*(entry.area.name for entry in areas), *([f"{NEIGHBOURS} (median)", "Place"] if medians else [])]


def rows_of(metric: Metric, areas: Sequence[AreaReadings], medians: Medians) -> list[list[str]]:
    """A row for each period, latest first, with the figure of each area; a figure that is not final says so."""
    ends = {row.period: row.period_ends_on for entry in areas for row in entry.readings}
    cells = {(entry.area.pk, point["period"]): cell_words(metric, point) for entry in areas for point in entry.points}
    rows = []
    for period in sorted(ends, key=lambda period: (ends[period], period), reverse=True):
        row = [parse_period(period).label, *(cells.get((entry.area.pk, period), "no figure") for entry in areas)]
        if medians:
            each = medians.get(period)
            row.append(cell_words(metric, median_point(each)) if each else "no figure")
            row.append(place_words(metric, each) or "–")
        rows.append(row)
    return rows


def facts_of(metric: Metric) -> list[tuple[str, str]]:
    """What a metric is, by name."""
    return [
        ("Kind", metric.get_kind_display()),
        ("Direction", metric.get_direction_display()),
        ("Unit", metric.get_unit_display()),
        ("How often", metric.get_frequency_display()),
        ("Source", source_of(metric)),
        ("Indicator", metric.source_indicator),
        ("Source’s page", metric.source_url),
        ("Notes", metric.note),
    ]


def source_words(metric: Metric, row: Reading) -> str:
    source = row.source or metric.source_publication or metric.source_owner
    return f"{source}, as at {uk_date(row.as_at)}" if source and row.as_at else source


def source_of(metric: Metric) -> str:
    return ", ".join(part for part in (metric.source_owner, metric.source_publication) if part)


def remarks_of(areas: Sequence[AreaReadings], words_of: Callable[[Reading], str]) -> list[Remark]:
    """Each different thing said of figures, with the areas and periods it is said of."""
    periods: dict[str, dict[str, list[Reading]]] = {}
    for entry in areas:
        for row in entry.readings:
            if words := words_of(row):
                periods.setdefault(words, {}).setdefault(entry.area.name, []).append(row)
    return [
        Remark(words, "; ".join(f"{area}, {_span(rows)}" for area, rows in by_area.items()))
        for words, by_area in periods.items()
    ]


def _span(rows: Sequence[Reading]) -> str:
    """The periods of readings that come latest first: one, or from the earliest to the latest."""
    first, last = parse_period(rows[-1].period).label, parse_period(rows[0].period).label
    return last if len(rows) == 1 else f"{first} to {last}"


def symbols_of(areas: Sequence[AreaReadings]) -> list[tuple[str, str]]:
    """The symbols that the readings use, with what each means."""
    used = {point["symbol"] for entry in areas for point in entry.points if point["symbol"]}
    return [(symbol, SYMBOL_WORDS[symbol]) for symbol in SYMBOL_WORDS if symbol in used]


def target_line(metric: Metric, target: Target, points: dict[int, list[Point]]) -> TargetLine:
    verdict = verdict_of(metric, target, points, target.area_id)
    return TargetLine(
        target, target_words(metric, target), set_by(target), verdict.judgement, term_label(verdict.judged_on)
    )


def set_by(target: Target) -> str:
    return ", ".join(part for part in (target.source, uk_date(target.set_on)) if part) or "Not recorded"


def target_words(metric: Metric, target: Target) -> str:
    """A target as a sentence says it."""
    by = f" by {parse_period(target.due_period).label}" if target.due_period else ""
    if target.wording:
        return target.wording
    if target.basis == Target.Basis.ABSOLUTE and target.value is not None:
        return f"Reach {reading(target.value, unit=metric.unit)}{by}"
    if target.comparator:
        verb = "Close the gap to" if target.basis == Target.Basis.GAP else "In line with or better than"
        return f"{verb} {target.comparator.name}{by}"
    if target.baseline_period:
        return f"Better than {parse_period(target.baseline_period).label}{by}"
    return f"{target.get_basis_display()}{by}"

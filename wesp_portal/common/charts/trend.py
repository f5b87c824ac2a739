"""From figures by period to the arguments of a chart: what may be joined, what is a gap, and what is said of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wesp_portal.common.charts.lines import Series
from wesp_portal.common.formatting import reading
from wesp_portal.common.periods import Period, PeriodKind, parse_period, same_last_year, without_holes


@dataclass(frozen=True, slots=True)
class Plotted:
    """One figure of a line, or the symbol that says why there is none."""

    period: str
    value: Decimal | None
    symbol: str = ""
    qualifier: str = ""
    is_provisional: bool = False
    is_part: bool = False
    is_break: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of an area in order. `role` is own, england, region or neighbours; `short` names it in few words."""

    name: str
    role: str
    points: Sequence[Plotted]
    short: str = ""


def trend_of(
    lines: Sequence[Line],
    *,
    key: str,
    title: str,
    unit: str,
    decimals: int,
    target: Decimal | None = None,
    least: int = 2,
) -> dict[str, Any] | None:
    """The arguments of a chart of our own line, the first, and its comparators; None with fewer than `least` figures.

    Only periods as long as the latest are drawn, for years and terms are not alike; those missing between two are gaps.
    """
    own = [point for point in lines[0].points if point.period]
    if not own:
        return None
    kind = parse_period(own[-1].period).kind
    # A chart holds four lines.
    known = [
        {point.period: point for point in line.points if parse_period(point.period).kind == kind} for line in lines
    ]
    known = known[:4]
    if sum(point.value is not None for point in known[0].values()) < least:
        return None
    first = parse_period(next(iter(known[0]))).starts_on
    codes = {code for points in known for code in points if parse_period(code).starts_on >= first}
    periods = without_holes(codes)
    places = {period.code: at for at, period in enumerate(periods)}
    latest = own[-1]
    year_before = same_last_year(parse_period(latest.period)) if kind in _WITHIN_A_YEAR and not latest.is_part else None
    return {
        "key": key,
        "title": title,
        "description": _told(lines, known, periods, unit, decimals),
        "periods": [period.label for period in periods],
        "series": [_series(line, points, places) for line, points in zip(lines, known, strict=False)],
        "unit": unit,
        "decimals": decimals,
        "target": None if target is None else float(target),
        "breaks": sorted({places[code] for points in known for code, point in points.items() if point.is_break}),
        "places": _days_apart(periods) if kind == PeriodKind.DAY else None,
        "year_before": places.get(year_before.code) if year_before else None,
    }


_WITHIN_A_YEAR = (PeriodKind.TERM, PeriodKind.MONTH, PeriodKind.QUARTER)


def _series(line: Line, points: Mapping[str, Plotted], places: Mapping[str, int]) -> Series:
    shown = {places[code]: point for code, point in points.items() if code in places}
    values = [shown[at].value if at in shown else None for at in range(len(places))]
    return Series(
        name=line.name,
        values=[None if value is None else float(value) for value in values],
        role=line.role,
        symbols={at: point.symbol for at, point in shown.items() if point.symbol} if line.role == "own" else {},
        open={at for at, point in shown.items() if point.is_provisional},
        apart={at for at, point in shown.items() if point.is_part},
        short=line.short,
    )


def _days_apart(periods: Sequence[Period]) -> list[float]:
    """How far across each of some days stands: as far apart as they were."""
    first, last = periods[0].starts_on, periods[-1].starts_on
    whole = (last - first).days or 1
    return [(period.starts_on - first).days / whole for period in periods]


def _told(
    lines: Sequence[Line], known: Sequence[Mapping[str, Plotted]], periods: Sequence[Period], unit: str, decimals: int
) -> str:
    """The same in words: every figure of our own, and the latest of each comparator."""

    def words(point: Plotted | None) -> str:
        if point is None:
            return "no figure"
        figure = reading(point.value, point.symbol, unit, point.qualifier, decimals)
        marks = ", counted in a new way" if point.is_break else ""
        marks += ", so far" if point.is_part else ", provisional" if point.is_provisional else ""
        return figure + marks

    told = [f"{lines[0].name}: " + "; ".join(f"{one.label} {words(known[0].get(one.code))}" for one in periods)]
    for line, points in zip(lines[1:], known[1:], strict=False):
        if points:
            code = list(points)[-1]
            told.append(f"{line.name} {words(points[code])} in {parse_period(code).label}")
    return ". ".join(told) + "."

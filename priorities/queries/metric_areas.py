"""A metric area by area: the areas a reader compares, or every area with a figure, ranked, as dots and as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef

from partnerships.models import Area, AreaNeighbour, User
from priorities.measuring import BETTER, COUNTS_RULE, is_compared
from priorities.models import Metric, Reading
from priorities.queries.measures import cell_words, figure_words, point_of
from priorities.queries.metric_pages.areas import areas_to_show, own_areas, role_of
from priorities.queries.metric_pages.neighbours import NEIGHBOURS
from wesp_portal.common import charts
from wesp_portal.common.periods import parse_period

SHOWN_PERIODS = 24
SHOWN_AREAS = 400
DOTS = 30
# Of fewer areas a place says nothing.
LEAST_RANKED = 4
SORTS = {"value": "By figure", "name": "By name"}
_ROLE_WORDS = {"england": "country", "region": "region", "neighbours": "average"}


@dataclass(frozen=True, slots=True)
class AreasPage:
    """The areas of a metric in one period, the best first, and what may be chosen instead."""

    metric: Metric
    period: str
    periods: list[tuple[str, str]]
    sort: str
    scope: str
    heading: str
    chart: dict[str, Any] | None
    rows: list[list[str]]
    note: str


@dataclass(frozen=True, slots=True)
class _Place:
    reading: Reading
    name: str
    role: str
    is_single: bool
    is_beside: bool

    @property
    def value(self) -> Decimal | None:
        return self.reading.value


def areas_page(user: User, metric: Metric, *, period: str, sort: str, scope: str) -> AreasPage:
    """A metric area by area: three queries. What is asked for and not there gives way to the latest period."""
    own = own_areas(user, metric)
    shown = Reading.objects.filter(metric=metric)
    if scope != "all":
        shown = shown.filter(areas_to_show(metric, own))
    dated = shown.order_by().values_list("period", "period_ends_on").distinct().order_by("-period_ends_on", "-period")
    codes = [code for code, _ in dated[:SHOWN_PERIODS]] if is_compared(metric.unit) else []
    chosen = period if period in codes else next(iter(codes), "")
    places = _places(shown, own, chosen) if chosen else []
    singles = sorted((one for one in places if one.is_single), key=lambda one: _by_value(metric, one))
    ranks = {one.reading.area_id: rank for rank, one in enumerate((one for one in singles if one.value is not None), 1)}
    ranked = sorted(places, key=lambda one: _by_value(metric, one))
    listed = sorted(places, key=lambda one: one.name) if sort == "name" else ranked
    drawn = ranked if len(ranked) <= DOTS else [one for one in ranked if one.role or one.is_beside]
    label = parse_period(chosen).label if chosen else ""
    return AreasPage(
        metric=metric,
        period=chosen,
        periods=[(code, parse_period(code).label) for code in codes],
        sort=sort if sort in SORTS else "value",
        scope="all" if scope == "all" else "",
        heading=_finding(metric, singles, label),
        chart=_chart(metric, drawn[:DOTS], label),
        rows=[_row(metric, one, ranks) for one in listed],
        note=_note(metric, len(places), len(drawn)),
    )


def _places(readings: Any, own: Sequence[int], period: str) -> list[_Place]:
    beside = AreaNeighbour.objects.filter(area__in=own[:1], neighbour=OuterRef("area"))
    rows = readings.filter(period=period).annotate(is_beside=Exists(beside)).select_related("area", "metric")
    return [_place(row, own) for row in rows.order_by("area__name")[:SHOWN_AREAS]]


def _place(row: Any, own: Sequence[int]) -> _Place:
    role = "own" if row.area_id in own else role_of(row.area)
    words = "own area" if role == "own" else _ROLE_WORDS.get(role, "")
    name = NEIGHBOURS if role == "neighbours" else row.area.name
    if words:
        name = f"{name} ({words})"
    is_single = row.area.level not in (Area.Level.COUNTRY, Area.Level.REGION, Area.Level.NEIGHBOURS)
    return _Place(row, name, role, is_single, is_beside=row.is_beside)


def _by_value(metric: Metric, place: _Place) -> tuple[bool, Decimal, str]:
    """The best first; without a better direction, the highest; those without a figure last."""
    value = place.value or Decimal(0)
    return place.value is None, value if metric.direction == Metric.Direction.DOWN else -value, place.name


def _row(metric: Metric, place: _Place, ranks: dict[int, int]) -> list[str]:
    point = point_of(place.reading)
    rank = ranks.get(place.reading.area_id)
    return [place.name, cell_words(metric, point), str(rank) if rank else "–"]


def _finding(metric: Metric, singles: Sequence[_Place], label: str) -> str:
    """Where the reader's own area stands: Wigan is 3rd of 12 areas in 2025, the lowest first."""
    known = [one for one in singles if one.value is not None]
    own = next((at for at, one in enumerate(known, 1) if one.role == "own"), None)
    if own is None or len(known) < LEAST_RANKED:
        return f"Area by area, {label}" if label else "Area by area"
    order = "the lowest first" if metric.direction == Metric.Direction.DOWN else "the highest first"
    return f"{known[own - 1].reading.area.name} is number {own} of {len(known)} areas in {label}, {order}"


def _chart(metric: Metric, places: Sequence[_Place], label: str) -> dict[str, Any] | None:
    if len(places) < 2:
        return None
    words = [(one, figure_words(metric, point_of(one.reading))) for one in places]
    return {
        "key": f"areas-{metric.pk}",
        "title": f"{metric.title}, {label}, by area",
        "description": "; ".join(f"{one.name}: {told}" for one, told in words),
        "dots": [
            charts.Dot(one.name, None if one.value is None else float(one.value), told, one.role) for one, told in words
        ],
        "unit": metric.unit,
    }


def _note(metric: Metric, places: int, drawn: int) -> str:
    if not is_compared(metric.unit):
        return COUNTS_RULE
    said = ["A round is an area, filled teal where it is your own; a diamond is England, a square a region."]
    if drawn < places:
        said.append("The picture shows your own area and those it is compared with; the table shows them all.")
    if metric.direction not in BETTER:
        said.append("The highest stands first, which is neither better nor worse.")
    return " ".join(said)

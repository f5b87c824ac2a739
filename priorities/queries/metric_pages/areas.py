"""The areas a metric is read in: a reader's own and those they are compared with, as anyone may see them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet

from partnerships.models import ENGLAND, Area, AreaNeighbour, Partnership, User
from priorities.measuring import is_compared
from priorities.models import Metric, Reading
from priorities.queries.measures import Point, disclosed, partnerships_using, point_of
from priorities.rules import hidden_groups

SHOWN_READINGS = 400


@dataclass(frozen=True, slots=True)
class AreaReadings:
    """A metric in one area: its readings and their points as anyone may see them, latest first."""

    area: Area
    readings: list[Reading]
    points: list[Point]

    @property
    def in_order(self) -> list[Point]:
        return self.points[::-1]


def own_areas(user: User, metric: Metric) -> list[int]:
    """The areas of a person's partnerships that use a metric, in the order of the partnerships' names: one query."""
    found = Partnership.objects.visible_to(user).filter(pk__in=partnerships_using(metric)).order_by("name")
    return list(dict.fromkeys(found.values_list("area_id", flat=True)))


def areas_to_show(metric: Metric, own: Sequence[int]) -> Q:
    """A reader's own areas and those they are compared with: what they lie in, England and their neighbours."""
    if not is_compared(metric.unit):
        return Q(area__in=own)
    regions = Area.objects.filter(pk__in=own).exclude(parent=None).values("parent")
    neighbours = AreaNeighbour.objects.filter(area__in=own).values("neighbour")
    together = Q(area__level=Area.Level.NEIGHBOURS, area__parent__in=own)
    return Q(area__in=own) | Q(area__in=regions) | Q(area__in=neighbours) | Q(area__code=ENGLAND) | together


def readings_by_area(metric: Metric, own: Sequence[int]) -> list[AreaReadings]:
    """The readings of the areas a reader compares, own areas first: one query."""
    beside = AreaNeighbour.objects.filter(area__in=own[:1], neighbour=OuterRef("area"))
    readings: QuerySet[Reading] = (
        Reading.objects.filter(areas_to_show(metric, own), metric=metric)
        .annotate(is_neighbour=Exists(beside))
        .select_related("area")
        .order_by("-period_ends_on", "area__name")[:SHOWN_READINGS]
    )
    by_area: dict[int, list[Reading]] = {}
    for row in readings:
        by_area.setdefault(row.area_id, []).append(row)
    found = _together_disclosed(metric, list(by_area.values()))
    return sorted(found, key=lambda entry: (entry.area.pk not in own, _ROLES[role_of(entry.area)], entry.area.name))


def _together_disclosed(metric: Metric, by_area: Sequence[list[Reading]]) -> list[AreaReadings]:
    """Areas with their points as anyone may see them: no small count, and none that a total beside it gives away."""
    found = [AreaReadings(rows[0].area, rows, disclosed(metric, [point_of(row) for row in rows])) for rows in by_area]
    if not (metric.is_about_children and metric.unit == Metric.Unit.COUNT):
        return found
    hidden: set[tuple[int, str]] = set()
    for whole in found:
        inside = [rows for rows in by_area if rows[0].area.parent_id == whole.area.pk]
        for row in whole.readings if inside else ():
            same = (one for rows in inside for one in rows if one.period == row.period)
            cells = {one.area_id: one.value for one in same if one.value is not None}
            few = hidden_groups(row.value, cells, dict.fromkeys(cells, "areas"), threshold=metric.disclosure_threshold)
            hidden |= {(area, row.period) for area in few}
    return [
        AreaReadings(
            entry.area,
            entry.readings,
            [
                point | {"value": "", "symbol": Reading.Symbol.SUPPRESSED, "qualifier": ""}
                if (entry.area.pk, point["period"]) in hidden
                else point
                for point in entry.points
            ],
        )
        for entry in found
    ]


def is_neighbour(entry: AreaReadings) -> bool:
    return bool(getattr(entry.readings[0], "is_neighbour", False))


_ROLES = {"england": 1, "region": 2, "neighbours": 3, "": 4}


def role_of(area: Area) -> str:
    """How a comparator's line is drawn; one neighbour by itself has a place and no line."""
    if area.code == ENGLAND:
        return "england"
    return {Area.Level.REGION.value: "region", Area.Level.NEIGHBOURS.value: "neighbours"}.get(area.level, "")

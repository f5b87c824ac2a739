"""The kept copies of readings, each metric's latest in each area and how they lie among its statistical neighbours'.

They are written with every reading, and rebuilt and checked here.
"""

from collections.abc import Collection, Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.db import transaction
from django.db.models import F, Q, Window
from django.db.models.functions import RowNumber

from partnerships.models import AreaNeighbour
from partnerships.services import touch
from priorities.measuring import among
from priorities.models import Metric, Reading, Series, Strategy
from wesp_portal.common.documents import number

POINTS_KEPT = 12
_METRICS_AT_ONCE = 20
_COLUMNS = (
    "period",
    "value",
    "symbol",
    "qualifier",
    "status",
    "as_at",
    "source",
    "note",
    "break_note",
    "recorded_as",
)

Key = tuple[int, int]
"""A metric and an area, by their ids."""
Point = dict[str, str | None]


def point_of(*values: Any) -> Point:
    """A reading's values, in the order of the columns, as a series keeps them: all of them words or null.

    What few readings have is left out where it is blank: a dashboard reads thousands of points.
    """
    return {
        name: _words(value)
        for name, value in zip(_COLUMNS, values, strict=True)
        if value or name not in ("break_note", "recorded_as")
    }


def _words(value: Any) -> str | None:
    # Numbers without the zeros at their end, which some databases add.
    return None if value is None else str(number(value)) if isinstance(value, Decimal) else str(value)


def keep_series(*, metric_id: int, area_id: int) -> None:
    """Bring one series up to date with its readings, and those of the areas whose neighbour its area is."""
    latest = Reading.objects.filter(metric=metric_id, area=area_id).order_by("-period_ends_on", "-period")
    points = [point_of(*values) for values in latest.values_list(*_COLUMNS)[:POINTS_KEPT]]
    Series.objects.update_or_create(metric_id=metric_id, area_id=area_id, defaults={"points": points[::-1]})
    beside = AreaNeighbour.objects.filter(neighbour=area_id).values("area")
    links = _neighbours(AreaNeighbour.objects.filter(Q(area=area_id) | Q(area__in=beside)))
    if not links:
        return
    areas = {*links, *(neighbour for neighbours in links.values() for neighbour in neighbours)}
    kept = {series.area_id: series for series in Series.objects.filter(metric=metric_id, area__in=areas)}
    changed = []
    for area in links.keys() & kept.keys():
        series = kept[area]
        told = among(series.points, (kept[each].points for each in links[area] if each in kept))
        if told != series.neighbours:
            series.neighbours = told
            changed.append(series)
    Series.objects.bulk_update(changed, ["neighbours"])


def _neighbours(links: Any) -> dict[int, list[int]]:
    """The statistical neighbours of areas, by the area."""
    found: dict[int, list[int]] = {}
    for area, neighbour in links.order_by().values_list("area_id", "neighbour_id"):
        found.setdefault(area, []).append(neighbour)
    return found


def _latest(metric_ids: Collection[int]) -> Iterator[tuple[Key, list[Point]]]:
    """The latest readings of metrics, oldest first, by metric and area."""
    place = Window(
        RowNumber(),
        partition_by=[F("metric_id"), F("area_id")],
        order_by=[F("period_ends_on").desc(), F("period").desc()],
    )
    rows = (
        Reading.objects.filter(metric__in=metric_ids)
        .annotate(place=place)
        .filter(place__lte=POINTS_KEPT)
        .order_by("metric_id", "area_id", "-place")
        .values_list("metric_id", "area_id", *_COLUMNS)
    )
    for key, readings in groupby(rows.iterator(chunk_size=2000), key=lambda row: (row[0], row[1])):
        yield key, [point_of(*reading[2:]) for reading in readings]


Kept = tuple[list[Point], list[dict[str, Any]]]
"""What a series keeps: its points, and how they lie among its neighbours'."""


def _right(metric_ids: Collection[int]) -> Iterator[tuple[Key, Kept]]:
    """What the series of metrics should say, by metric and area."""
    points = dict(_latest(metric_ids))
    links = _neighbours(AreaNeighbour.objects.all()) if points else {}
    for (metric, area), own in points.items():
        theirs = (points.get((metric, neighbour), []) for neighbour in links.get(area, ()))
        yield (metric, area), (own, among(own, theirs))


def _differences(metric_ids: Collection[int]) -> tuple[dict[Key, Kept], dict[Key, Series]]:
    """What the series of metrics should say and do not; and all the series that are there, less those that are right.

    What is left of the latter without a counterpart in the former has no readings any more.
    """
    kept = {(series.metric_id, series.area_id): series for series in Series.objects.filter(metric__in=metric_ids)}
    wrong = {}
    for key, right in _right(metric_ids):
        if key in kept and (kept[key].points, kept[key].neighbours) == right:
            del kept[key]
        else:
            wrong[key] = right
    return wrong, kept


def _in_batches(metric_ids: Iterable[int] | None) -> Iterator[list[int]]:
    ids = sorted(set(Metric.objects.order_by().values_list("pk", flat=True) if metric_ids is None else metric_ids))
    for start in range(0, len(ids), _METRICS_AT_ONCE):
        yield ids[start : start + _METRICS_AT_ONCE]


def rebuild_series(metric_ids: Iterable[int] | None = None) -> int:
    """Write the series anew from the readings, of all metrics unless told; gives how many were wrong."""
    count = 0
    for batch in _in_batches(metric_ids):
        with transaction.atomic():
            wrong, kept = _differences(batch)
            stale = [kept.pop(key) for key in wrong if key in kept]
            for series in stale:
                series.points, series.neighbours = wrong.pop((series.metric_id, series.area_id))
            Series.objects.bulk_update(stale, ["points", "neighbours"])
            made = Series.objects.bulk_create(
                Series(metric_id=metric, area_id=area, points=points, neighbours=neighbours)
                for (metric, area), (points, neighbours) in wrong.items()
            )
            Series.objects.filter(pk__in=[series.pk for series in kept.values()]).delete()
            changed = [*stale, *made, *kept.values()]
            touch(partnership_ids=partnerships_showing({series.metric_id for series in changed}))
            count += len(changed)
    return count


def check_series(metric_ids: Iterable[int] | None = None) -> list[str]:
    """Every series that does not say what its readings do, a line each; nothing is written."""
    faults = []
    for batch in _in_batches(metric_ids):
        wrong, kept = _differences(batch)
        for key in sorted({*wrong, *kept}):
            both = "differs from its readings" if key in kept else "is missing"
            fault = both if key in wrong else "has no readings behind it"
            faults.append(f"The series of metric {key[0]} in area {key[1]} {fault}.")
    return faults


def partnerships_showing(metric_ids: Collection[int]) -> set[int]:
    """The partnerships whose dashboards show these metrics: used by an objective, part of one that is, or context.

    A composite may be part of another; none goes deeper.
    """
    used = "priorities__objectives__measures__metric"
    first, *rest = (
        Strategy.objects.order_by().filter(**{f"{path}__in": metric_ids}).values_list("partnership", flat=True)
        for path in (used, f"{used}__parts", f"{used}__parts__parts", "context_metrics")
    )
    return set(first.union(*rest))

"""Readings as anyone may see them: small counts of children hidden, with whatever would give them away."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain, groupby

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Collate

from partnerships.models import Area
from priorities.models import DEMONSTRATION, GroupReading, Metric, Reading
from priorities.rules import hidden_areas, hidden_groups

ROWS_AT_A_TIME = 500
COUNTS_CHILDREN = Q(metric__is_about_children=True, metric__unit=Metric.Unit.COUNT)


@dataclass(frozen=True, slots=True)
class Told:
    """A value or the symbol in its place, never both."""

    value: float | None
    symbol: str


HIDDEN = Told(None, Reading.Symbol.SUPPRESSED)


@dataclass(frozen=True, slots=True)
class OpenGroup:
    """The figure of one group of people."""

    slug: str
    title: str
    told: Told


@dataclass(frozen=True, slots=True)
class OpenReading:
    """One metric in one area and period, with its groups, as anyone may see it."""

    row: Reading
    told: Told
    qualifier: str
    groups: Sequence[OpenGroup]

    @property
    def source(self) -> str:
        """Who publishes it. What officers wrote about a count of their own stays with them."""
        metric = self.row.metric
        publisher = metric.source_publication or metric.source_owner
        return self.row.source or publisher if metric.kind == Metric.Kind.OFFICIAL else publisher

    @property
    def is_demonstration(self) -> bool:
        return self.row.source == DEMONSTRATION


def counts_children(metric: Metric) -> bool:
    return metric.is_about_children and metric.unit == Metric.Unit.COUNT


def open_page(rows: Sequence[Reading]) -> list[OpenReading]:
    """A page of readings in its own order. At most three queries, however many rows.

    A count of children is told only once all areas of its period, and all its groups there, have been looked at.
    """
    periods = {row.period for row in rows}
    careful = {row.metric_id for row in rows if counts_children(row.metric)}
    beside: list[Reading] = []
    if careful:
        beside = list(Reading.objects.filter(metric__in=careful, period__in=periods).select_related("metric", "area"))
    groups = GroupReading.objects.filter(period__in=periods).select_related("group")
    near = Q(metric__in=careful) | Q(metric__in={row.metric_id for row in rows}, area__in={row.area_id for row in rows})
    by_cluster: dict[tuple[int, str], list[GroupReading]] = {}
    for group in groups.filter(near).order_by("group__whole", "group__title"):
        by_cluster.setdefault(_cluster_of(group), []).append(group)
    within = areas_within() if careful else {}
    told: dict[int, OpenReading] = {}
    clusters: dict[tuple[int, str], dict[int, Reading]] = {}
    for row in chain(beside, rows):
        clusters.setdefault(_cluster_of(row), {})[row.pk] = row
    for key, cluster in clusters.items():
        opened = open_cluster(list(cluster.values()), by_cluster.get(key, ()), within)
        told |= {reading.row.pk: reading for reading in opened}
    return [told[row.pk] for row in rows]


def open_stream(rows: QuerySet[Reading]) -> Iterator[OpenReading]:
    """All of these readings, with one period of one metric in memory at a time; five queries, however many rows.

    Counts of children are read for every area, and those that were not asked for are left out once all is hidden.
    """
    plain = rows.exclude(COUNTS_CHILDREN)
    for cluster, groups in _clusters(plain, GroupReading.objects.exclude(COUNTS_CHILDREN)):
        yield from open_cluster(cluster, groups, {})
    careful = rows.filter(COUNTS_CHILDREN)
    everywhere = Reading.objects.filter(metric__in=careful.order_by().values("metric"))
    everywhere = everywhere.annotate(is_asked=Exists(careful.filter(pk=OuterRef("pk"))))
    within = areas_within()
    for cluster, groups in _clusters(everywhere, GroupReading.objects.filter(COUNTS_CHILDREN)):
        for opened in open_cluster(cluster, groups, within):
            if opened.row.is_asked:  # type: ignore[attr-defined]  # annotated above
                yield opened


def _clusters(
    rows: QuerySet[Reading], groups: QuerySet[GroupReading]
) -> Iterator[tuple[list[Reading], list[GroupReading]]]:
    """The rows of each metric and period with those of its groups: both are read in one order and walked side by side.

    Periods are put in the order of their bytes, as Python compares them, and not in that of a language.
    """
    period = Collate("period", {"postgresql": "C", "sqlite": "BINARY"}[connection.vendor])
    found = rows.select_related("metric", "area").order_by("metric_id", period, "area_id")
    beside = groups.select_related("group").order_by("metric_id", period, "group__whole", "group__title")
    waiting = beside.iterator(chunk_size=ROWS_AT_A_TIME)
    group = next(waiting, None)
    for key, cluster in groupby(found.iterator(chunk_size=ROWS_AT_A_TIME), key=_cluster_of):
        while group and _cluster_of(group) < key:
            group = next(waiting, None)
        mine = []
        while group and _cluster_of(group) == key:
            mine.append(group)
            group = next(waiting, None)
        yield list(cluster), mine


def _cluster_of(row: Reading | GroupReading) -> tuple[int, str]:
    return row.metric_id, row.period


def areas_within() -> dict[int, int | None]:
    """Which area lies in which: one query. Neighbours taken together lie in nothing, though they hang on an area."""
    rows = Area.objects.values_list("pk", "parent", "level")
    return {pk: None if level == Area.Level.NEIGHBOURS else parent for pk, parent, level in rows}


def open_cluster(
    rows: Sequence[Reading], groups: Iterable[GroupReading], within: Mapping[int, int | None]
) -> list[OpenReading]:
    """The readings of one metric and period as anyone may see them; of a count of children, those of all areas."""
    metric = rows[0].metric
    by_area: dict[int, list[GroupReading]] = {}
    for group in groups:
        by_area.setdefault(group.area_id, []).append(group)
    if not counts_children(metric):
        return [_opened(row, by_area.get(row.area_id, ()), is_hidden=False, hidden=set()) for row in rows]
    counts = {row.area_id: row.value for row in rows if row.value is not None or row.symbol == HIDDEN.symbol}
    areas = hidden_areas(counts, within, threshold=metric.disclosure_threshold)
    hidden = {row.area_id: _hidden(row, by_area.get(row.area_id, ()), areas) for row in rows}
    # A group's count in a larger area would give it away in a smaller one.
    for area in [area for area, found in hidden.items() if found]:
        above, seen = within.get(area), {area}
        while above is not None and above not in seen:
            seen.add(above)
            hidden[above] = {group.group_id for group in by_area.get(above, ())}
            above = within.get(above)
    return [
        _opened(row, by_area.get(row.area_id, ()), is_hidden=row.area_id in areas, hidden=hidden[row.area_id])
        for row in rows
    ]


def _hidden(row: Reading, groups: Sequence[GroupReading], areas: set[int]) -> set[int]:
    """The groups of one area that are not to be shown; all of them where the whole is not."""
    if row.area_id in areas:
        return {group.group_id for group in groups}
    return hidden_groups(
        row.value,
        {group.group_id: group.value for group in groups if group.value is not None},
        {group.group_id: group.group.whole for group in groups},
        threshold=row.metric.disclosure_threshold,
    )


def _opened(row: Reading, groups: Iterable[GroupReading], *, is_hidden: bool, hidden: set[int]) -> OpenReading:
    places = row.metric.decimals
    told = HIDDEN if is_hidden else _told(row.value, row.symbol, places)
    opened = [
        OpenGroup(
            each.group.slug,
            each.group.title,
            HIDDEN if each.group_id in hidden else _told(each.value, each.symbol, places),
        )
        for each in groups
    ]
    return OpenReading(row, told, "" if is_hidden else row.qualifier, opened)


def _told(value: Decimal | None, symbol: str, places: int) -> Told:
    """A figure to the decimal places that its metric is published with."""
    return Told(None if value is None else float(round(value, places)), symbol)

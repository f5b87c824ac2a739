"""Recording figures: for where and when, what is there already, which are due; and what became of earlier ones."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby, pairwise

from django.utils import timezone

from partnerships.models import Area, Partnership, User
from priorities.models import GroupReading, Metric, MetricGroup, Priority, Reading, Series
from priorities.queries.measures import Point, disclosed, figure_of, figure_words, partnerships_using
from priorities.queries.metric_pages import AreaReadings
from priorities.rules import hidden_groups
from wesp_portal.common.periods import PeriodKind, likely_periods, next_due, parse_period, same_last_year

_KINDS = {
    Metric.Frequency.ANNUAL: PeriodKind.SPANNING_YEAR,
    Metric.Frequency.TERMLY: PeriodKind.TERM,
    Metric.Frequency.HALF_TERMLY: PeriodKind.MONTH,
    Metric.Frequency.MONTHLY: PeriodKind.MONTH,
    Metric.Frequency.QUARTERLY: PeriodKind.QUARTER,
}
SHOWN_PERIODS = 12
SHOWN_REVISIONS = 20
EARLIER = 16


def kind_of(frequency: str, latest: str) -> PeriodKind:
    """What a metric's figures are for: what its latest was for, or else what its frequency asks for."""
    if latest:
        return parse_period(latest).kind
    return _KINDS.get(Metric.Frequency(frequency), PeriodKind.DAY)


def recording_areas(user: User, metric: Metric) -> list[Area]:
    """The areas for which a person may record a metric: those of the partnerships that use it and that they work in."""
    access = user.access
    mine = Partnership.objects.all() if access.is_administrator else Partnership.objects.filter(pk__in=access.lead_of)
    if metric.kind in Metric.KEPT_LOCALLY:
        mine = Partnership.objects.logged_in_by(user)
    return list(
        Area.objects.filter(partnerships__in=mine.filter(pk__in=partnerships_using(metric))).distinct().order_by("name")
    )


@dataclass(frozen=True, slots=True)
class Before:
    """What was recorded of a metric in an area: of one period, with its groups, and of the periods before it."""

    reading: Reading | None
    groups: Mapping[int, GroupReading]
    earlier: Sequence[Reading]

    def figures(self) -> list[tuple[str, Decimal]]:
        """The earlier figures with the words of their periods, latest first."""
        return [(parse_period(row.period).label, row.value) for row in self.earlier if row.value is not None]

    def a_year_before(self, period: str) -> tuple[str, Decimal] | None:
        """The figure of the same stretch of the year before."""
        same = same_last_year(parse_period(period))
        found = (row.value for row in self.earlier if same and row.period == same.code)
        value = next(found, None)
        return (same.label, value) if same and value is not None else None


def recorded_before(metric: Metric, area: Area, period: str) -> Before:
    """What is there when a figure is entered: two queries."""
    ends_on = parse_period(period).ends_on
    rows = list(
        Reading.objects.filter(metric=metric, area=area, period_ends_on__lte=ends_on)
        .select_related("recorded_by")
        .order_by("-period_ends_on")[: EARLIER + 1]
    )
    groups = GroupReading.objects.filter(metric=metric, area=area, period=period)
    return Before(
        next((row for row in rows if row.period == period), None),
        {row.group_id: row for row in groups},
        [row for row in rows if row.period != period and parse_period(row.period).kind == parse_period(period).kind],
    )


def offered_periods(metric: Metric, area: Area, today: date) -> list[tuple[str, str]]:
    """The periods to choose from, the next that is due first, each saying what is recorded of it: one query."""
    latest = list(Reading.objects.filter(metric=metric, area=area).order_by("-period_ends_on")[:30])
    recorded = {row.period: row for row in latest}
    newest = latest[0].period if latest else ""
    periods = likely_periods(kind_of(metric.frequency, newest), newest, today)
    codes = dict.fromkeys([*(period.code for period in periods), *recorded])
    return [(code, _label(metric, code, recorded.get(code))) for code in codes]


def _label(metric: Metric, code: str, row: Reading | None) -> str:
    label = parse_period(code).label
    return f"{label}: {figure_of(metric, row)} recorded" if row else label


def _point(value: Decimal | None, symbol: str, qualifier: str = "") -> Point:
    return {"value": "" if value is None else str(value), "symbol": symbol, "qualifier": qualifier}


# --- What is due


@dataclass(frozen=True, slots=True)
class DueReading:
    """A figure that is wanted: of which metric, for where and when; `due_on` is the last day of its period."""

    metric_id: int
    title: str
    area_code: str
    area: str
    period: str
    period_label: str
    due_on: date


def readings_due(user: User, on: date) -> list[DueReading]:
    """The figures of past periods that an officer's partnerships keep themselves and lack, soonest due first.

    Two queries. A metric that is recorded once, or after events, is never due by itself, and one whose priorities are
    all closed is wanted no more.
    """
    # Who may record is asked below of each branch by itself: asked in one, it reads every use of every metric.
    metrics = Metric.objects.with_readings().filter(kind__in=Metric.KEPT_LOCALLY, frequency__in=_KINDS).order_by()
    within = []
    for priority in ("uses__objective__priority", "part_of__uses__objective__priority"):
        partnership = f"{priority}__strategy__partnership"
        mine = metrics.filter(
            **{f"{partnership}__in": user.access.working_in, f"{priority}__in": Priority.objects.open()}
        )
        area = (f"{partnership}__area", f"{partnership}__area__code", f"{partnership}__area__name")
        within.append(mine.values_list("pk", "title", "frequency", *area))
    rows = set(within[0].union(within[1]))
    kept = Series.objects.filter(metric__in={row[0] for row in rows}, area__in={row[3] for row in rows})
    latest = {(series.metric_id, series.area_id): series.points[-1]["period"] for series in kept if series.points}
    due = []
    for metric_id, title, frequency, area_id, code, name in rows:
        newest = latest.get((metric_id, area_id), "")
        wanted = next_due(kind_of(frequency, newest), newest, on)
        if wanted and wanted.code != newest and wanted.ends_on < on:
            due.append(DueReading(metric_id, title, code, name, wanted.code, wanted.label, wanted.ends_on))
    return sorted(due, key=lambda each: (each.due_on, each.title, each.area))


# --- What a metric's page shows beside its figures


@dataclass(frozen=True, slots=True)
class GroupTable:
    """The figures of a metric's groups in one area, by period, as anyone may see them."""

    caption: str
    columns: list[object]
    rows: list[list[str]]
    hides: bool


def group_tables(metric: Metric, areas: Sequence[AreaReadings]) -> list[GroupTable]:
    """A table for each area that has figures of groups: one query."""
    rows = (
        GroupReading.objects.filter(metric=metric, area__in=[entry.area.pk for entry in areas])
        .select_related("group")
        .order_by("group__whole", "group__title")
    )
    by_area: dict[int, list[GroupReading]] = {}
    for row in rows:
        by_area.setdefault(row.area_id, []).append(row)
    return [_group_table(metric, entry, by_area[entry.area.pk]) for entry in areas if entry.area.pk in by_area]


def _group_table(metric: Metric, entry: AreaReadings, rows: Sequence[GroupReading]) -> GroupTable:
    groups = list({row.group_id: row.group for row in rows}.values())
    wholes = {point["period"]: point for point in entry.points}
    periods = sorted({row.period for row in rows}, key=lambda code: parse_period(code).ends_on, reverse=True)
    lines, hides = [], False
    for period in periods[:SHOWN_PERIODS]:
        cells = {row.group_id: _point(row.value, row.symbol) for row in rows if row.period == period}
        hidden = _hidden(metric, wholes.get(period), cells, groups)
        hides = hides or bool(hidden)
        shown = {key: _point(None, Reading.Symbol.SUPPRESSED) if key in hidden else cell for key, cell in cells.items()}
        words = [figure_words(metric, shown.get(group.pk)) for group in groups]
        lines.append([parse_period(period).label, *words, figure_words(metric, wholes.get(period))])
    heads = [{"text": title, "is_numeric": True} for title in (*(group.title for group in groups), "All")]
    return GroupTable(f"By group, {entry.area.name}", ["Period", *heads], lines, hides)


def _hidden(metric: Metric, whole: Point | None, cells: Mapping[int, Point], groups: Sequence[MetricGroup]) -> set[int]:
    if not (metric.is_about_children and metric.unit == Metric.Unit.COUNT):
        return set()
    return hidden_groups(
        Decimal(whole["value"]) if whole and whole["value"] else None,
        {key: Decimal(cell["value"]) for key, cell in cells.items() if cell["value"]},
        {group.pk: group.whole for group in groups},
        threshold=metric.disclosure_threshold,
    )


@dataclass(frozen=True, slots=True)
class Revision:
    """A figure that was replaced: of when and where, what it was and until when, and who replaced it."""

    of: str
    words: str
    who: str


def revisions(metric: Metric, areas: Iterable[AreaReadings]) -> list[Revision]:
    """Figures that were replaced, latest first, from the history of the readings shown: one query.

    Where a figure is withheld now, so is what stood there before.
    """
    areas = list(areas)
    names = {entry.area.pk: entry.area.name for entry in areas}
    withheld = {
        (entry.area.pk, point["period"])
        for entry in areas
        for point in entry.points
        if point["symbol"] == Reading.Symbol.SUPPRESSED
    }
    rows = (
        Reading.history.filter(metric=metric.pk, area__in=names)
        .select_related("history_user")
        .order_by("id", "history_date", "history_id")
    )
    found = []
    for _, states in groupby(rows, lambda row: row.id):
        for before, now in pairwise(states):
            was = _point(before.value, before.symbol, before.qualifier)
            if was == _point(now.value, now.symbol, now.qualifier):
                continue
            is_withheld = (now.area_id, now.period) in withheld
            point = _point(None, Reading.Symbol.SUPPRESSED) if is_withheld else disclosed(metric, [was])[0]
            until = timezone.localtime(now.history_date)
            because = f", because {_lower(now.history_change_reason)}" if now.history_change_reason else ""
            words = f"was {figure_words(metric, point)} until {until.day} {until:%B} {until.year}{because}"
            of = f"{names[now.area_id]}, {parse_period(now.period).label}"
            found.append((now.history_date, Revision(of, words, str(now.history_user or ""))))
    found.sort(key=lambda entry: entry[0], reverse=True)
    return [revision for _, revision in found[:SHOWN_REVISIONS]]


def _lower(words: str) -> str:
    """A reason inside a sentence; a name or an abbreviation keeps its capital."""
    return words if words[1:2].isupper() else words[:1].lower() + words[1:]

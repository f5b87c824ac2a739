"""What measures show: their latest figure, and how it stands against its target."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet

from priorities.measuring import (
    Judgement,
    TargetFacts,
    Verdict,
    is_part,
    judge_target,
    judge_value,
    target_in_force,
)
from priorities.models import MeasureUse, Metric, Reading, Series, Strategy, Target
from priorities.rules import disclosed_points
from wesp_portal.common.formatting import reading, term_label
from wesp_portal.common.periods import parse_period

Point = dict[str, Any]


def figure_words(metric: Metric, point: Point | None) -> str:
    """A point's value with its unit, or why there is none."""
    if point is None:
        return "no figure yet"
    value = Decimal(point["value"]) if point["value"] else None
    return reading(value, point["symbol"], metric.unit, point["qualifier"], metric.decimals)


def figure_of(metric: Metric, row: Reading) -> str:
    """A reading's value with its unit, or why there is none."""
    return reading(row.value, row.symbol, metric.unit, row.qualifier, metric.decimals)


def period_words(point: Point | None) -> str:
    """The period of a point, and that it is not final where it is not."""
    if point is None:
        return ""
    label = parse_period(point["period"]).label
    return label if point["status"] == Reading.Status.FINAL else f"{label}, {point['status']}"


def told_words(row: Reading) -> str:
    """A reading's figure as anyone may be told it, and that it is not final where it is not."""
    return cell_words(row.metric, disclosed(row.metric, [point_of(row)])[0]).replace("\N{NO-BREAK SPACE}", " ")


def disclosed(metric: Metric, points: Iterable[Point]) -> list[Point]:
    """Points of a metric as anyone may see them."""
    is_count = metric.is_about_children and metric.unit == Metric.Unit.COUNT
    return disclosed_points(points, is_count_of_children=is_count, threshold=metric.disclosure_threshold)


def values_of(points: Iterable[Point]) -> dict[str, Decimal | None]:
    return {point["period"]: Decimal(point["value"]) if point["value"] else None for point in points}


def verdict_of(
    metric: Metric, target: Target | None, points_by_area: Mapping[int, list[Point]], area_id: int
) -> Verdict:
    """How an area stands against a target, on the target's own time, with the sentence that says why."""
    points = points_by_area.get(area_id, [])
    own = values_of(points)
    if target is None or not points:
        latest = own.get(points[-1]["period"]) if points else None
        return Verdict(judge_value(metric.direction, latest, None), None, "")
    return judge_target(
        TargetFacts(
            basis=target.basis,
            value=target.value,
            tolerance=target.tolerance,
            baseline_period=target.baseline_period,
            due_period=target.due_period,
            comparator=target.comparator.name if target.comparator else "",
        ),
        direction=metric.direction,
        unit=metric.unit,
        decimals=metric.decimals,
        own=own,
        theirs=values_of(points_by_area.get(target.comparator_id or 0, [])),
        is_latest_part=is_part_point(metric, points[-1]),
    )


def in_force(targets: Sequence[Target], points: Sequence[Point]) -> Target | None:
    """The target by which the latest of some figures is judged."""
    if not targets or not points:
        return targets[0] if targets else None
    return targets[target_in_force([target.due_period for target in targets], points[-1]["period"])]


def is_part_point(metric: Metric, point: Point) -> bool:
    return is_part(unit=metric.unit, status=point["status"], period=point["period"], as_at=point.get("as_at"))


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """An objective's measure with its latest figure in the partnership's area."""

    use: MeasureUse
    figure: str
    period: str
    verdict: Verdict

    @property
    def judgement(self) -> Judgement:
        return self.verdict.judgement

    @property
    def judged_on(self) -> str:
        """The words of the period that was judged, where that is not the latest."""
        return term_label(self.verdict.judged_on)


def measure_lines(uses: Sequence[MeasureUse], area_id: int) -> list[MeasureLine]:
    """Measures with their latest figures and how they stand: two queries."""
    metric_ids = {use.metric_id for use in uses}
    points: dict[int, dict[int, list[Point]]] = {}
    comparators = Target.objects.filter(metric__in=metric_ids, area=area_id).values("comparator")
    for series in Series.objects.filter(Q(area=area_id) | Q(area__in=comparators), metric__in=metric_ids):
        points.setdefault(series.metric_id, {})[series.area_id] = series.points
    targets = _targets(metric_ids, area_id)
    lines = []
    for use in uses:
        by_area = {area: disclosed(use.metric, rows) for area, rows in points.get(use.metric_id, {}).items()}
        own = by_area.get(area_id, [])
        latest = own[-1] if own else None
        target = in_force(targets.get(use.metric_id, []), own)
        lines.append(
            MeasureLine(
                use,
                figure_words(use.metric, latest),
                period_words(latest),
                verdict_of(use.metric, target, by_area, area_id),
            )
        )
    return lines


def _targets(metric_ids: Iterable[int], area_id: int) -> dict[int, list[Target]]:
    """The targets of each metric in an area."""
    targets = Target.objects.filter(metric__in=metric_ids, area=area_id).select_related("comparator")
    found: dict[int, list[Target]] = {}
    for target in targets.order_by("metric", "due_period", "pk"):
        found.setdefault(target.metric_id, []).append(target)
    return found


def cell_words(metric: Metric, point: Point) -> str:
    """A point in a table: its figure and unit stay on one line, and say that they are not final where they are not."""
    words = figure_words(metric, point)
    if point["value"]:
        words = words.replace(" ", "\N{NO-BREAK SPACE}")
    return words if point["status"] == Reading.Status.FINAL else f"{words} ({point['status']})"


def point_of(row: Reading) -> Point:
    return {
        "period": row.period,
        "value": "" if row.value is None else str(row.value),
        "symbol": row.symbol,
        "qualifier": row.qualifier,
        "status": row.status,
        "as_at": row.as_at.isoformat() if row.as_at else "",
        "break_note": row.break_note,
    }


def shown_through(metric: Metric) -> QuerySet[Any, Any]:
    """The metric and every composite that it is a part of; none goes deeper.

    A union, of which each branch takes its index: alternatives across joins had the database read every use of every
    metric.
    """
    parts: Any = Metric.parts.through
    wholes = parts.objects.filter(to_metric=metric).values("from_metric")
    beyond = parts.objects.filter(to_metric__in=wholes).values("from_metric")
    return Metric.objects.order_by().filter(pk=metric.pk).values("pk").union(wholes, beyond)


def partnerships_using(metric: Metric) -> QuerySet[Any, Any]:
    """The partnerships, by their ids, with an objective that the metric measures or a strategy it is context for."""
    strategies = Strategy.objects.order_by()
    measured = strategies.filter(priorities__objectives__measures__metric__in=shown_through(metric))
    context = strategies.filter(context_metrics=metric)
    return measured.values("partnership").union(context.values("partnership"))

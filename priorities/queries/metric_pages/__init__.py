"""A metric's own page: what it shows, its trend and its comparators, its figures, and how each is to be read."""

from dataclasses import dataclass
from typing import Any

from partnerships.models import User
from priorities.measuring import COUNTS_RULE, is_compared
from priorities.models import MeasureUse, Metric, Objective
from priorities.queries.measures import shown_through
from priorities.queries.metric_pages.areas import AreaReadings, is_neighbour, own_areas, readings_by_area
from priorities.queries.metric_pages.figures import (
    Figure,
    aim_of,
    chart_note,
    chart_of,
    comparisons_of,
    figure_of_area,
    lines_of,
)
from priorities.queries.metric_pages.neighbours import medians_of
from priorities.queries.metric_pages.tables import (
    Remark,
    TargetLine,
    columns_of,
    facts_of,
    remarks_of,
    rows_of,
    source_words,
    symbols_of,
    target_line,
)

__all__ = ["AreaReadings", "MetricPage", "metric_page"]


@dataclass(frozen=True, slots=True)
class MetricPage:
    """A metric with its readings, its targets and the objectives it serves."""

    metric: Metric
    figure: Figure | None
    areas: list[AreaReadings]
    columns: list[Any]
    rows: list[list[str]]
    comparisons: list[list[str]]
    comparison_note: str
    sources: list[Remark]
    notes: list[Remark]
    breaks: list[Remark]
    chart: dict[str, Any] | None
    chart_note: str
    symbols: list[tuple[str, str]]
    targets: list[TargetLine]
    objectives: list[Objective]
    parts: list[Metric]
    facts: list[tuple[str, str]]
    has_more_areas: bool


def metric_page(user: User, metric: Metric) -> MetricPage:
    """A metric's whole page: five queries."""
    uses = MeasureUse.objects.filter(metric__in=shown_through(metric)).values("objective")
    objectives = (
        Objective.objects.visible_to(user).filter(pk__in=uses).select_related("priority__strategy__partnership")
    )
    objectives = objectives.order_by("priority__strategy__title", "priority__position", "position", "ref")
    own = own_areas(user, metric)
    every = readings_by_area(metric, own)
    # Neighbours one by one are ranked on a page of their own; here they stand together.
    areas = [entry for entry in every if not is_neighbour(entry) or entry.area.pk in own]
    lead = next((entry for entry in areas if entry.area.pk in own), None)
    medians = medians_of(lead, [entry for entry in every if is_neighbour(entry) and entry.area.pk not in own])
    lines = lines_of(lead, areas, own, medians)
    points = {entry.area.pk: entry.in_order for entry in areas}
    targets = list(
        metric.targets.filter(area__in=own).select_related("area", "comparator").order_by("area", "due_period", "pk")
    )
    of_lead = [target for target in targets if lead and target.area_id == lead.area.pk]
    chart = chart_of(metric, lead, lines, aim_of(metric, lead, points, of_lead))
    return MetricPage(
        metric=metric,
        figure=figure_of_area(metric, lead, points, of_lead, medians),
        areas=areas,
        columns=["Period", *({"text": name, "is_numeric": True} for name in columns_of(areas, medians))],
        rows=rows_of(metric, areas, medians),
        comparisons=comparisons_of(metric, lead, lines, medians),
        comparison_note="" if is_compared(metric.unit) else COUNTS_RULE,
        sources=remarks_of(areas, lambda row: source_words(metric, row)),
        notes=remarks_of(areas, lambda row: row.note),
        breaks=remarks_of(areas, lambda row: row.break_note),
        chart=chart,
        chart_note=chart_note(lead, chart),
        symbols=symbols_of(areas),
        targets=[target_line(metric, target, points) for target in targets],
        objectives=list(objectives),
        parts=list(metric.parts.all()),
        facts=facts_of(metric),
        has_more_areas=is_compared(metric.unit) and len(every) > 1,
    )

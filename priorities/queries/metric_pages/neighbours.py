"""How an area lies among its statistical neighbours: their median, and its place among itself and them."""

from collections.abc import Mapping, Sequence
from typing import Any

from priorities.measuring import among, place_among
from priorities.models import Metric, Reading
from priorities.queries.measures import Point
from priorities.queries.metric_pages.areas import AreaReadings
from wesp_portal.common.formatting import place

NEIGHBOURS = "Statistical neighbours"
Medians = Mapping[str, Mapping[str, Any]]
"""Of each period that neighbours have a figure for, what `among` says."""


def medians_of(lead: AreaReadings | None, neighbours: Sequence[AreaReadings]) -> Medians:
    """How the reader's area lies among its neighbours, by period."""
    if lead is None:
        return {}
    return {each["period"]: each for each in among(lead.in_order, [entry.points for entry in neighbours])}


def median_point(each: Mapping[str, Any]) -> Point:
    status = Reading.Status.FINAL
    return {"period": each["period"], "value": each["median"], "symbol": "", "qualifier": "", "status": status}


def place_words(metric: Metric, each: Mapping[str, Any] | None) -> str:
    found = each and place_among(metric.direction, of=each["of"], above=each["above"], level=each["level"])
    return place(*found) if found else ""

"""Measures on a dashboard: small multiples first, the rest as rows of a table."""

from reports.renderers.dashboard.values import MeasureCard, MeasureLine
from reports.renderers.dashboard.words import Addresses, joined
from reports.renderers.measures import (
    about,
    chart_of,
    compared,
    england_of,
    facts_of,
    figure_words,
    heading,
    ranked,
    table_of,
    than,
)
from reports.snapshots.schema import Measure, Point


def _as_at(latest: Point) -> str:
    if latest.is_part:
        return f"{latest.label}, so far"
    return f"{latest.label}, provisional" if latest.status == "provisional" else latest.label


def measure_card(measure: Measure, addresses: Addresses) -> MeasureCard:
    latest, england = measure.points[-1], england_of(measure)
    source = latest.source or measure.source
    heads, rows, note = table_of(measure)
    return MeasureCard(
        finding=heading(measure),
        title=measure.title,
        about=about(measure),
        is_demo=measure.is_demo,
        url=addresses.metric(measure.metric_id),
        standing=measure.standing,
        judged_on=measure.judged_on,
        movement=measure.movement,
        than=than(measure),
        chart=chart_of(measure, least=1),
        value=figure_words(measure, latest),
        comparison=joined(compared(measure, england) if england else "", _ranked(measure)),
        as_at=_as_at(latest),
        source=f"Source: {source}" if source else "",
        facts=facts_of(measure),
        source_url=measure.source_url,
        heads=heads,
        rows=rows,
        note=note,
    )


def _ranked(measure: Measure) -> str:
    rank = ranked(measure)
    return f"{rank} among its neighbours" if rank else ""


def measure_line(measure: Measure, addresses: Addresses) -> MeasureLine:
    latest, england = measure.points[-1], england_of(measure)
    return MeasureLine(
        title=measure.title,
        about=about(measure),
        is_demo=measure.is_demo,
        url=addresses.metric(measure.metric_id),
        value=f"{figure_words(measure, latest)}, {_as_at(latest)}",
        comparison=compared(measure, england) if england else "no figure for England",
        standing=measure.standing,
        judged_on=measure.judged_on,
    )

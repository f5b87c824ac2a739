"""Measures of the partnership's area or the one it lies in: each with its trend, its comparators and its target."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

from partnerships.models import Area
from priorities.measuring import (
    CONTEXT_RULE,
    Judgement,
    TargetFacts,
    Verdict,
    compared_period,
    gap_direction,
    gap_pace,
    is_compared,
    is_part,
    judge_target,
    judge_value,
    movement_of_value,
    next_update,
    place_among,
    target_in_force,
)
from priorities.models import DEMONSTRATION, Metric, Reading, Standing
from priorities.rules import disclosed_points, disclosure_words
from reports.queries.collect.rows import ENGLAND, Row, Use
from reports.snapshots.schema import Comparator, Measure, Point
from wesp_portal.common import formatting
from wesp_portal.common.periods import Period, PeriodKind, parse_period

KIND_ORDER = {"england": 0, "region": 1, "neighbours": 2}
LEVEL_WORDS = {
    Area.Level.COUNTRY.value: "country",
    Area.Level.REGION.value: "region",
    Area.Level.COUNTY.value: "county",
}
NEIGHBOURS = "Statistical neighbours"


def read_measures(rows: Iterable[Row], uses: Sequence[Use], area: Area, until: date, *, is_over: bool) -> list[Measure]:
    """Every metric in use that has a reading known by `until`, by title; `is_over` where the term is.

    The readings are those of the partnership's area, or else of the area it lies in.
    """
    served: dict[int, list[Use]] = {}
    for use in uses:
        served.setdefault(use.metric_id, []).append(use)
    measures = []
    for metric_id, group in groupby(rows, key=itemgetter("metric_id")):
        known: list[Row] = []
        for row in group:
            # A row for each target of the area repeats the series, whose points are read once.
            is_again = bool(known) and known[-1]["area_id"] == row["area_id"]
            points = known[-1]["points"] if is_again else _points(row, until, is_over=is_over)
            if points:
                known.append({**row, "points": points})
        home = _of_area(known, area.pk) or _of_area(known, area.parent_id)
        if home:
            measures.append(_measure(home, known, served.get(metric_id, []), area))
    return measures


def _of_area(rows: Iterable[Row], area_id: int | None) -> Row | None:
    return next((row for row in rows if row["area_id"] == area_id), None)


def _is_count_of_children(row: Row) -> bool:
    return bool(row["is_about_children"] and row["unit"] == Metric.Unit.COUNT)


def _points(row: Row, until: date, *, is_over: bool) -> tuple[Point, ...]:
    """A series' points as anyone may see them; what came after the term is not part of its story."""
    points = disclosed_points(
        row["points"], is_count_of_children=_is_count_of_children(row), threshold=row["disclosure_threshold"]
    )
    dated = [(parse_period(point["period"]), point) for point in points]
    return tuple(
        _point(point, period.label, row["unit"])
        for period, point in dated
        if _was_known(period, point["as_at"], until, is_over=is_over)
    )


def _was_known(period: Period, as_at: str | None, until: date, *, is_over: bool) -> bool:
    """Whether a figure belongs to the story of a term: in one that is over, a year that went on after it does not.

    Unless it says itself that it is of a day before: a year's figure so far.
    """
    if is_over and period.kind in (PeriodKind.YEAR, PeriodKind.SPANNING_YEAR):
        return period.ends_on <= until or (bool(as_at) and str(as_at) <= until.isoformat())
    return period.starts_on <= until


def _point(kept: Mapping[str, Any], label: str, unit: str) -> Point:
    return Point(
        period=kept["period"],
        label=label,
        value=kept["value"],
        symbol=kept["symbol"],
        qualifier=kept["qualifier"],
        status=kept["status"],
        as_at=kept["as_at"],
        source=kept["source"],
        note=kept["note"],
        break_note=kept.get("break_note") or "",
        recorded_as=kept.get("recorded_as") or "",
        is_part=kept["status"] == Reading.Status.PROVISIONAL
        and is_part(unit=unit, status=kept["status"], period=kept["period"], as_at=kept["as_at"]),
    )


def _value(points: Sequence[Point], period: str) -> Decimal | None:
    return next((Decimal(point.value) for point in reversed(points) if point.period == period and point.value), None)


def _measure(home: Row, rows: Sequence[Row], uses: Sequence[Use], area: Area) -> Measure:
    points, latest = home["points"], home["points"][-1]
    is_own = home["area_id"] == area.pk
    title = home["title"] if is_own else f"{home['title']} ({home['area_name']} as a whole)"
    compared = _compared(points)
    before = next((point for point in points if compared and point.period == compared[-2]), None)
    comparators = _comparators(home, rows, compared)
    served = [(use.priority_id, use.objective_ref) for use in uses if use.priority_id]
    target, verdict = (
        _judged(rows, home) if served and is_own else (None, Verdict(_unrated(home, area, served), None, ""))
    )
    return Measure(
        metric_id=home["metric_id"],
        slug=home["slug"],
        title=title,
        finding=finding_of(title, home, before, comparators),
        definition=home["definition"],
        kind=home["kind"],
        direction=home["direction"],
        unit=home["unit"],
        decimals=home["decimals"],
        area=home["area_name"],
        area_note="" if is_own else _lies_in(home, area),
        is_context=not served,
        is_demo=any(point.source == DEMONSTRATION for point in points),
        source=", ".join(part for part in (home["source_owner"], home["source_publication"]) if part),
        source_url=home["source_url"],
        note=home["note"],
        points=points,
        before=before,
        comparators=comparators,
        standing=verdict.judgement.standing,
        explanation=verdict.judgement.explanation,
        judged_on=formatting.term_label(verdict.judged_on),
        movement=movement_of_value(home["direction"], _value(points, before.period), _value(points, latest.period))
        if before
        else "",
        target=target["target_wording"] if target else "",
        target_value="" if verdict.aim is None else f"{verdict.aim.normalize():f}",
        target_source=target["target_source"] if target else "",
        target_set_on=target["target_set_on"].isoformat() if target and target["target_set_on"] else "",
        next_update=next_update(home["frequency"], latest.period),
        disclosure=disclosure_words(
            is_count_of_children=_is_count_of_children(home), threshold=home["disclosure_threshold"]
        ),
        priority_ids=tuple(sorted({priority for priority, _ in served})),
        objective_refs=tuple(sorted({ref for _, ref in served})),
    )


def _compared(points: Sequence[Point]) -> list[str]:
    """The periods that are compared, in order, the latest last and at most three; none where it is not whole."""
    found = [points[-1].period]
    known = [point.period for point in points if not point.is_part]
    breaks = [point.period for point in points if point.break_note]
    while len(found) < 3 and not points[-1].is_part and (before := compared_period(found[0], known, breaks)):
        found.insert(0, before)
    return found if len(found) > 1 else []


def _lies_in(home: Row, area: Area) -> str:
    """Whose figures these are: Lancashire, the county that West Lancashire is part of."""
    level = LEVEL_WORDS.get(home["area_level"], "area")
    return f"{home['area_name']}, the {level} that {area.name} is part of"


def _unrated(home: Row, area: Area, served: Sequence[object]) -> Judgement:
    """Why a figure is not rated that no target of the partnership's is for."""
    if served:
        return Judgement("", f"Not rated: the figure is for {home['area_name']}, not for {area.name}.")
    return Judgement("", CONTEXT_RULE)


def _comparators(home: Row, rows: Sequence[Row], compared: Sequence[str]) -> tuple[Comparator, ...]:
    """England, the area that its own lies in, and its neighbours; none for counts, as areas differ in size."""
    if not is_compared(home["unit"]):
        return ()
    found: dict[int, Comparator] = {}
    medians = _medians(home)
    for row in rows:
        kind = _kind_of(row, home)
        if kind and row["area_id"] not in found and not (kind == "neighbours" and medians):
            found[row["area_id"]] = _comparator(kind, row["area_name"], row["points"], home, compared)
    comparators = sorted(found.values(), key=lambda comparator: KIND_ORDER[comparator.kind])
    if medians:
        comparators.append(_comparator("neighbours", f"{NEIGHBOURS} (median)", medians, home, compared))
    return tuple(comparators)


def _comparator(kind: str, name: str, points: tuple[Point, ...], home: Row, compared: Sequence[str]) -> Comparator:
    latest = home["points"][-1].period
    gaps = [_gap(home["points"], points, period) for period in compared or [latest]]
    gap = gaps[-1]
    direction = home["direction"]
    return Comparator(
        kind=kind,
        name=name,
        points=points,
        gap="" if gap is None else f"{round(gap, max(home['decimals'], 1)).normalize():f}",
        gap_direction=gap_direction(direction, gaps[-2], gap) if len(gaps) > 1 else "",
        gap_pace=gap_pace(direction, gaps),
        rank=_rank(home, latest) if kind == "neighbours" else "",
    )


def _gap(ours: Sequence[Point], theirs: Sequence[Point], period: str) -> Decimal | None:
    own, other = _value(ours, period), _value(theirs, period)
    return None if own is None or other is None else own - other


def _medians(home: Row) -> tuple[Point, ...]:
    """The median of its statistical neighbours in each period that some of them have a figure for."""
    own = {point.period: point for point in home["points"]}
    return tuple(
        Point(
            period=each["period"],
            label=own[each["period"]].label,
            value=each["median"],
            symbol="",
            qualifier="",
            status=Reading.Status.FINAL,
            as_at="",
            source="",
            note=f"Of {formatting.plural(each['of'], 'neighbour')} with a figure.",
            break_note="",
            recorded_as="",
            is_part=False,
        )
        for each in home["neighbours"] or ()
        if each["period"] in own
    )


def _rank(home: Row, latest: str) -> str:
    """Its place among itself and its neighbours, in words: 4th of 11, the best first."""
    among = next((each for each in home["neighbours"] or () if each["period"] == latest), None)
    place = among and place_among(home["direction"], of=among["of"], above=among["above"], level=among["level"])
    return formatting.place(*place) if place else ""


def _kind_of(row: Row, home: Row) -> str:
    """What a row's area is to the measure's own; nothing where they are not compared."""
    if row["area_id"] == home["area_id"]:
        return ""
    if row["area_code"] == ENGLAND:
        return "england"
    if row["area_level"] == Area.Level.NEIGHBOURS:
        return "neighbours" if row["area_parent"] == home["area_id"] else ""
    return "region" if row["area_id"] == home["area_parent"] else ""


def _judged(rows: Sequence[Row], home: Row) -> tuple[Row | None, Verdict]:
    """The target in force, and how the area's figure stands against it."""
    points, latest = home["points"], home["points"][-1]
    own = {point.period: Decimal(point.value) if point.value else None for point in points}
    targets = [row for row in rows if row["area_id"] == home["area_id"] and row["target_basis"]]
    if not targets:
        return None, Verdict(judge_value(home["direction"], own[latest.period], None), None, "")
    target = targets[target_in_force([row["target_due"] or "" for row in targets], latest.period)]
    comparator = next((row for row in rows if row["area_code"] == target["target_comparator"]), None)
    verdict = judge_target(
        TargetFacts(
            basis=target["target_basis"],
            value=target["target_value"],
            tolerance=target["target_tolerance"],
            baseline_period=target["target_baseline"] or "",
            due_period=target["target_due"] or "",
            comparator=target["target_comparator_name"] or "",
        ),
        direction=home["direction"],
        unit=home["unit"],
        decimals=home["decimals"],
        own=own,
        theirs={one.period: Decimal(one.value) for one in comparator["points"] if one.value} if comparator else {},
        is_latest_part=latest.is_part,
    )
    return target, verdict


def finding_of(title: str, home: Row, before: Point | None, comparators: Sequence[Comparator]) -> str:
    """The heading that states what the figures show, in one sentence."""
    latest = home["points"][-1]
    if not latest.value:
        return f"{title}: {formatting.SYMBOL_WORDS.get(latest.symbol, 'no figure')} for {latest.label}"
    value, unit, places = Decimal(latest.value), home["unit"], home["decimals"]
    when = f"so far in {latest.label}" if latest.is_part else f"in {latest.label}"
    parts = [f"{title}: {formatting.quantity(value, unit, latest.qualifier, places)} {when}"]
    if before and before.value:
        then = Decimal(before.value)
        change = "unchanged from" if value == then else "up from" if value > then else "down from"
        # A year before is said; two figures side by side need no more.
        which = f" in {before.label}" if before != home["points"][-2] else ""
        parts.append(f"{change} {formatting.with_unit(then, unit, places)}{which}")
    england = next((one for one in comparators if one.kind == "england"), None)
    if england and england.gap:
        parts.append(_beside(Decimal(england.gap), home["direction"], england.name))
    return ", ".join(parts)


def _beside(gap: Decimal, direction: str, name: str) -> str:
    """On which side of a comparator a figure is, in as few words as will do."""
    if not gap:
        return f"level with {name}"
    if direction not in (Metric.Direction.UP, Metric.Direction.DOWN):
        return f"{'above' if gap > 0 else 'below'} {name}"
    return f"{'better' if (gap > 0) == (direction == Metric.Direction.UP) else 'worse'} than {name}"


def is_worse_than(measure: Measure, kind: str) -> bool:
    """Whether the latest figure is on the wrong side of a comparator's."""
    comparator = next((one for one in measure.comparators if one.kind == kind), None)
    if (
        comparator is None
        or not comparator.gap
        or measure.direction not in (Metric.Direction.UP, Metric.Direction.DOWN)
    ):
        return False
    gap = Decimal(comparator.gap)
    return gap < 0 if measure.direction == Metric.Direction.UP else gap > 0


def telling_order(measure: Measure) -> tuple[int, int, str]:
    """Most telling first: off track, then worse than England, then at risk, then the rest by title."""
    rank = {Standing.OFF_TRACK.value: 0, Standing.AT_RISK.value: 2, Standing.ON_TRACK.value: 3}
    worse = is_worse_than(measure, "england")
    return (min(rank.get(measure.standing, 4), 1 if worse else 9), 0 if measure.comparators else 1, measure.title)

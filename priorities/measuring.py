"""How a figure is compared and judged: pure functions, each judgement with the sentence that is printed beside it.

Nothing here reads the database or the clock; pages, snapshots and reports all measure by these.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from statistics import median
from typing import Any

from priorities.models.metrics import Metric, Target
from priorities.models.standing import Standing
from wesp_portal.common.formatting import number, term_label, with_unit
from wesp_portal.common.periods import following, parse_period, same_last_year

Values = Mapping[str, Decimal | None]
"""Figures by the code of their period."""

CONTEXT_RULE = "Not rated: this figure is context for the strategy, which sets no target for it."
COUNTS_RULE = "Counts are not set beside other areas, which differ in size."
BETTER = (Metric.Direction.UP.value, Metric.Direction.DOWN.value)
# Of fewer neighbours a median and a place say nothing.
LEAST_NEIGHBOURS = 3
# Figures that add up as a period goes on: of half a period they are no measure of the whole.
_ADDS_UP = (Metric.Unit.COUNT.value, Metric.Unit.POUNDS.value)
_ALONE = (*_ADDS_UP, Metric.Unit.YES_OR_NO.value, Metric.Unit.STAGE.value, Metric.Unit.EVIDENCE.value)


def is_compared(unit: str) -> bool:
    """Whether figures of one area are set beside another's: shares and rates are, counts of unlike places are not."""
    return unit not in _ALONE


def is_part(*, unit: str, status: str, period: str, as_at: str | None) -> bool:
    """Whether a figure is for a part of its period only: one that adds up, provisional, from before the period ends."""
    if unit not in _ADDS_UP or status != "provisional" or not as_at:
        return False
    return date.fromisoformat(as_at) < parse_period(period).ends_on


def compared_period(latest: str, known: Sequence[str], breaks: Collection[str] = ()) -> str:
    """The earlier period of `known`, which are in order, that the latest figure is compared with; blank where none is.

    It is the same stretch of the year before, or else the last one as long; nothing from before a new way of counting.
    """
    period = parse_period(latest)
    new = [parse_period(code) for code in breaks]
    begins = max((each.starts_on for each in new if each.ends_on <= period.ends_on), default=date.min)
    same = same_last_year(period)
    found = ""
    for code in reversed(known):
        each = parse_period(code)
        if each.kind != period.kind or each.ends_on >= period.ends_on:
            continue
        if each.starts_on < begins:
            break
        if same and each.starts_on <= same.starts_on:
            return code if code == same.code else found or code
        found = found or code
    return found


def movement_of_value(direction: str, before: Decimal | None, now: Decimal | None) -> str:
    """`better`, `same` or `worse` by the metric's direction; blank where it has none or a value is missing."""
    if before is None or now is None or direction not in BETTER:
        return ""
    if now == before:
        return "same"
    return "better" if (now > before) == (direction == Metric.Direction.UP) else "worse"


def gap_direction(direction: str, before: Decimal | None, now: Decimal | None) -> str:
    """Whether a gap (ours less theirs) is `closing`, `widening` or `steady`; blank where ours is not the worse."""
    shortfalls = [_shortfall(direction, gap) for gap in (before, now)]
    if shortfalls[0] is None or shortfalls[1] is None or shortfalls[1] <= 0:
        return ""
    if shortfalls[0] == shortfalls[1]:
        return "steady"
    return "widening" if shortfalls[1] > shortfalls[0] else "closing"


def gap_pace(direction: str, gaps: Sequence[Decimal | None]) -> str:
    """Whether a gap that closes does so faster than the time before, of three gaps in order; blank where it does not.

    `faster`, `slower`, `as fast`, or `again` where it had not been closing.
    """
    if len(gaps) != 3 or gap_direction(direction, gaps[1], gaps[2]) != "closing":
        return ""
    first, second, third = (_shortfall(direction, gap) for gap in gaps)
    if first is None or second is None or third is None:
        return ""
    before, now = first - second, second - third
    if before <= 0:
        return "again"
    return "as fast" if now == before else "faster" if now > before else "slower"


def _shortfall(direction: str, gap: Decimal | None) -> Decimal | None:
    if gap is None or direction not in BETTER:
        return None
    return -gap if direction == Metric.Direction.UP else gap


def among(
    points: Sequence[Mapping[str, Any]], neighbours: Iterable[Sequence[Mapping[str, Any]]]
) -> list[dict[str, Any]]:
    """How an area's points lie among its neighbours': of each period, how many have a figure, their median, and how
    many have a higher figure or the same one. Periods in which few neighbours have a figure are left out.
    """
    theirs: dict[str, list[Decimal]] = {}
    for series in neighbours:
        for point in series:
            if point["value"]:
                theirs.setdefault(point["period"], []).append(Decimal(point["value"]))
    found = []
    for point in points:
        values = theirs.get(point["period"], [])
        if len(values) >= LEAST_NEIGHBOURS:
            own = Decimal(point["value"]) if point["value"] else None
            found.append(
                {
                    "period": point["period"],
                    "of": len(values),
                    "median": f"{median(values).normalize():f}",
                    "above": None if own is None else sum(value > own for value in values),
                    "level": None if own is None else sum(value == own for value in values),
                }
            )
    return found


def place_among(direction: str, *, of: int, above: int | None, level: int | None) -> tuple[int, int, bool] | None:
    """An area's place among itself and `of` neighbours, how many they are together, and whether it shares the place.

    The best is first; without a better direction, the highest. None where the area has no figure.
    """
    if above is None or level is None:
        return None
    better = of - above - level if direction == Metric.Direction.DOWN else above
    return better + 1, of + 1, level > 0


@lru_cache(maxsize=512)
def next_update(frequency: str, latest: str) -> str:
    """When the next figure is to be looked for, as far as the frequency and the latest period tell."""
    if frequency == Metric.Frequency.EVENT:
        return "After the next event or survey"
    if frequency == Metric.Frequency.ONCE:
        return "None: it is measured once"
    after = following(parse_period(latest)) if latest else None
    how_often = Metric.Frequency(frequency).label.lower()
    if after is None:
        return how_often.capitalize()
    return f"For {after.label}, which ends on {after.ends_on.day} {after.ends_on:%B} {after.ends_on.year}; {how_often}"


# Targets -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Judgement:
    """How a figure stands, and the sentence that says why; no standing where a rule needs something that is missing."""

    standing: str
    explanation: str


@dataclass(frozen=True, slots=True)
class TargetTerms:
    """A target in the plain values that the rule needs; `reference` is the comparator's or baseline's figure.

    `gap` and `gap_before` are how far ours was from the comparator's, for a target that is to close it.
    """

    basis: str
    value: Decimal | None
    tolerance: Decimal | None
    reference: Decimal | None
    reference_name: str
    gap: Decimal | None = None
    gap_before: Decimal | None = None

    @property
    def aim(self) -> Decimal | None:
        """The figure to reach."""
        return self.value if self.basis == Target.Basis.ABSOLUTE else self.reference


def target_in_force(dues: Sequence[str], latest: str) -> int:
    """Which of several targets, by when each is due, a latest figure is judged by: the next one, or the last that was.

    One without a date is always in force, and gives way to one whose time is running.
    """
    end = parse_period(latest).ends_on
    order = [(parse_period(due).ends_on, at) for at, due in enumerate(dues) if due]
    running = [at for ends_on, at in sorted(order) if ends_on >= end]
    if running:
        return running[0]
    undated = [at for at, due in enumerate(dues) if not due]
    return undated[0] if undated else max(order)[1]


def judged_period(due: str, known: Sequence[str]) -> str:
    """The period of `known`, which are in order, that a target due then is judged on: of those up to then, the latest.

    Blank where the target's time is over and no figure is from within a year of its end.
    """
    if not due:
        return known[-1] if known else ""
    end = parse_period(due).ends_on
    within = [code for code in known if parse_period(code).ends_on <= end]
    if len(within) == len(known):
        return known[-1] if known else ""
    return within[-1] if within and (end - parse_period(within[-1]).ends_on).days < 366 else ""


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """A target as it was set; `comparator` is the name of the area it compares with."""

    basis: str
    value: Decimal | None
    tolerance: Decimal | None
    baseline_period: str
    due_period: str
    comparator: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a target is met, the figure aimed at, and the period judged where that is not the latest."""

    judgement: Judgement
    aim: Decimal | None
    judged_on: str


def judge_target(
    target: TargetFacts,
    *,
    direction: str,
    unit: str,
    decimals: int,
    own: Values,
    theirs: Values,
    is_latest_part: bool = False,
) -> Verdict:
    """Judge a target by an area's figures, in order, and its comparator's: on its own time where that is over."""
    known = list(own)
    if not known:
        return Verdict(judge_value(direction, None, None), None, "")
    period = judged_period(target.due_period, known)
    is_over = period != known[-1]
    if is_latest_part and not is_over and direction in BETTER:
        words = f"Not rated: the figure is for a part of {term_label(period)} only."
        return Verdict(Judgement("", words), None, "")
    terms = _terms(target, period, compared_period(period, known) if period else "", own, theirs)
    judgement = judge_value(
        direction,
        own.get(period),
        terms,
        unit=unit,
        decimals=decimals,
        period=period,
        due=target.due_period if is_over else "",
    )
    # What was to be reached by then is no aim of today's figures.
    return Verdict(judgement, None if is_over else terms.aim, (period or target.due_period) if is_over else "")


def _terms(target: TargetFacts, period: str, before: str, own: Values, theirs: Values) -> TargetTerms:
    """A target as it stands for the figure of a period."""
    if target.basis == Target.Basis.BASELINE:
        name = f"the reading of {term_label(target.baseline_period)}"
        return TargetTerms(target.basis, target.value, target.tolerance, own.get(target.baseline_period), name)
    if not target.comparator:
        return TargetTerms(target.basis, target.value, target.tolerance, None, "")
    gaps = (_gap(own, theirs, period), _gap(own, theirs, before))
    reference = theirs.get(period)
    return TargetTerms(target.basis, target.value, target.tolerance, reference, target.comparator, *gaps)


def _gap(own: Values, theirs: Values, period: str) -> Decimal | None:
    ours, other = own.get(period), theirs.get(period)
    return None if ours is None or other is None else ours - other


def judge_value(
    direction: str,
    value: Decimal | None,
    target: TargetTerms | None,
    *,
    unit: str = "",
    decimals: int | None = None,
    period: str = "",
    due: str = "",
) -> Judgement:
    """Whether a figure meets its target: on track when it does, at risk within the tolerance, off track beyond it.

    `due` is when the target fell due, where that is over and the figure is from then.
    """
    if direction == Metric.Direction.EXISTS:
        return Judgement("", "Not rated: this says whether something is in place, not how well it goes.")
    if direction == Metric.Direction.NONE:
        return Judgement("", "Not rated: this figure gives context and has no better or worse direction.")
    if value is None:
        if due:
            return Judgement(
                "", f"Not rated: the target was for {term_label(due)}, and there is no figure of that time."
            )
        return Judgement("", "Not rated: there is no figure for this period.")
    if target is None:
        return Judgement("", "Not rated: no target has been set.")
    if target.aim is None:
        missing = target.reference_name or "the target"
        return Judgement("", f"Not rated: there is no figure for {missing} to compare with.")
    when = f" in {term_label(period)}" if period else ""
    figure = f"{with_unit(value, unit, decimals)}{when}"
    told = _close(target, direction) if target.basis == Target.Basis.GAP else None
    judgement = told or _reached(direction, value, target, unit, decimals, figure)
    if due and judgement.standing:
        words = f"{judgement.explanation} The target was for {term_label(due)} and is judged on that time."
        return Judgement(judgement.standing, words)
    return judgement


def _reached(
    direction: str, value: Decimal, target: TargetTerms, unit: str, decimals: int | None, figure: str
) -> Judgement:
    """Whether a figure is where it should be, or how far short it is."""
    aim, tolerance = target.aim, target.tolerance or Decimal(0)
    assert aim is not None
    name = "the target" if target.basis == Target.Basis.ABSOLUTE else target.reference_name
    against = f"{name}, {with_unit(aim, unit, decimals)}"
    if direction == Metric.Direction.RANGE:
        away = abs(value - aim)
        bounds = f"within {apart(tolerance, unit)} of {against}"
        if away <= tolerance:
            return Judgement(Standing.ON_TRACK, f"On track: {figure} is {bounds}.")
        return Judgement(Standing.OFF_TRACK, f"Off track: {figure} is not {bounds}.")
    shortfall = aim - value if direction == Metric.Direction.UP else value - aim
    if shortfall <= 0:
        return Judgement(Standing.ON_TRACK, f"On track: {figure} is in line with or better than {against}.")
    short = f"{figure} is {apart(shortfall, unit)} short of {against}"
    if shortfall <= tolerance:
        return Judgement(Standing.AT_RISK, f"At risk: {short}, within the tolerance of {apart(tolerance, unit)}.")
    beyond = f"more than the tolerance of {apart(tolerance, unit)}" if tolerance else "with no tolerance"
    return Judgement(Standing.OFF_TRACK, f"Off track: {short}, {beyond}.")


def _close(target: TargetTerms, direction: str) -> Judgement | None:
    """How a gap closes; None where ours is level or better, so that there is none to close."""
    now, before = _shortfall(direction, target.gap), _shortfall(direction, target.gap_before)
    if now is None or now <= 0:
        return None
    name = target.reference_name
    if before is None:
        return Judgement("", f"Not rated: there is no gap to {name} a year before to compare with.")
    closed, wanted = before - now, target.value or Decimal(0)
    rate = f"; {number(wanted)} a year is wanted" if wanted else ""
    if closed > 0 and closed >= wanted:
        return Judgement(Standing.ON_TRACK, f"On track: the gap to {name} closed by {number(closed)} to {number(now)}.")
    if closed >= wanted - (target.tolerance or Decimal(0)) and closed >= 0:
        words = f"At risk: the gap to {name} is {number(now)}, {number(closed)} less than before{rate}."
        return Judgement(Standing.AT_RISK, words)
    change = f"widened by {number(-closed)}" if closed < 0 else f"closed by only {number(closed)}"
    return Judgement(Standing.OFF_TRACK, f"Off track: the gap to {name} {change} to {number(now)}{rate}.")


def apart(gap: Decimal, unit: str) -> str:
    """The size of a gap with its unit; between percentages it is in percentage points."""
    size = abs(gap)
    if unit == Metric.Unit.PERCENT:
        unit = "percentage point" if size == 1 else "percentage points"
    return with_unit(size, unit)


def breaks_of(points: Iterable[Mapping[str, str | None]]) -> list[str]:
    """The periods with which a new way of counting begins."""
    return [str(point["period"]) for point in points if point.get("break_note")]

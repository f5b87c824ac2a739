"""The summary that stands alone: counts, movement, promises and totals, and the sentences made from them."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from priorities.models import Rag, Reading, Standing
from reports.models import PlannedStep, Return
from reports.queries.collect.measures import is_worse_than
from reports.queries.collect.plan import counts_of, is_done
from reports.snapshots.schema import Achievement, ActivityLine, Measure, Priority, Promise, ReturnState, Summary, Total
from wesp_portal.common.formatting import plural

SENT = {Return.Status.SUBMITTED, Return.Status.APPROVED}
# What a sum is called: with an estimate, which may be too high, it is no lower bound; with something over, it is over.
WIDEST_FIRST = (Reading.Qualifier.ABOUT.value, Reading.Qualifier.OVER.value, Reading.Qualifier.AT_LEAST.value)
# Numbers known only from above are listed with their achievement and left out of totals, which say so.
UPPER_BOUNDS = {Reading.Qualifier.UP_TO, Reading.Qualifier.FEWER_THAN}


class Span(NamedTuple):
    """The days that a term's summary speaks of: after the term before, to its own end; and the year's end before it."""

    since: date
    until: date
    year_end: str


def summarise(
    priorities: Sequence[Priority],
    activities: Sequence[ActivityLine],
    promises: Sequence[Promise],
    measures: Sequence[Measure],
    achievements: Sequence[Achievement],
    returns: Sequence[ReturnState],
    *,
    span: Span,
    has_previous: bool,
) -> Summary:
    """Count everything once, and say it in words."""
    better = sum(priority.movement == "better" for priority in priorities)
    worse = sum(priority.movement == "worse" for priority in priorities)
    kept = sum(promise.outcome == PlannedStep.Outcome.DONE for promise in promises)
    unmarked = sum(not promise.outcome for promise in promises)
    # A figure of the area around the partnership's says nothing of the partnership's own.
    behind = [measure for measure in measures if not measure.area_note and is_worse_than(measure, "england")]
    widening = sum(
        any(one.kind == "england" and one.gap_direction == "widening" for one in measure.comparators)
        for measure in behind
    )
    milestones = _milestones(activities, span)
    return Summary(
        counts=counts_of(line.standing for line in activities),
        previous_counts=counts_of(line.previous_standing for line in activities) if has_previous else None,
        priorities_better=better,
        priorities_worse=worse,
        promises_made=len(promises),
        promises_kept=kept,
        promises_unmarked=unmarked,
        milestones_due=milestones.due,
        milestones_met=milestones.met,
        milestones_met_late=milestones.met_late,
        milestones_late=milestones.late,
        achievements=len(achievements),
        totals=tuple(totals_of(achievements)),
        measures_worse_than_england=len(behind),
        measures_gap_widening=widening,
        sentences=tuple(
            [
                *off_track(activities, has_previous=has_previous),
                *_fallen(activities, span.year_end),
                *_sentences(better, worse, len(promises), kept, unmarked, len(achievements), len(behind), widening),
                *milestones.sentences(),
                *_reported(returns, priorities),
            ]
            or ["Nothing has been recorded for this term yet."]
        ),
    )


class _Milestones(NamedTuple):
    """Milestones due in the term and met of those, met late, and late by now whenever they were due."""

    due: int
    met: int
    met_late: int
    late: int

    def sentences(self) -> list[str]:
        late = f"{plural(self.late, 'milestone')} {'is' if self.late == 1 else 'are'} late"
        if not self.due:
            return [f"{late}."] if self.late else []
        after = f", {self.met_late} of them late" if self.met_late else ""
        due = f"{self.met} of {plural(self.due, 'milestone')} due this term {'was' if self.met == 1 else 'were'} met"
        return [f"{due}{after}; {late}." if self.late else f"{due}{after}."]


def _milestones(activities: Sequence[ActivityLine], span: Span) -> _Milestones:
    since, until = span.since.isoformat(), span.until.isoformat()
    due = [line for line in activities if since < line.due_on <= until]
    met = [line for line in due if is_done(line)]
    return _Milestones(
        len(due),
        len(met),
        sum(line.late_days > 0 for line in met),
        sum(line.late_days > 0 and not is_done(line) for line in activities),
    )


def _fallen(activities: Sequence[ActivityLine], year_end: str) -> list[str]:
    """What was green at the year's end and is red now: a good year-end must not hide it."""
    fallen = sum(has_fallen(line) for line in activities)
    if not fallen:
        return []
    verb = "was on track or done" if fallen == 1 else "were on track or done"
    return [f"{fallen} of what is off track {verb} at the year’s end, in {year_end}."]


def has_fallen(line: ActivityLine) -> bool:
    return line.standing == Rag.OFF_TRACK and line.year_end_standing in (Rag.ON_TRACK, Standing.DONE)


def totals_of(achievements: Sequence[Achievement]) -> list[Total]:
    """Sums by unit, largest first; an achievement counts once however many priorities it serves."""
    units: dict[str, list[Achievement]] = {}
    for achievement in achievements:
        if achievement.quantity:
            units.setdefault(achievement.unit, []).append(achievement)
    totals = [total for unit, stated in units.items() if (total := _total(unit, stated))]
    return sorted(totals, key=lambda total: (-int(total.value), total.unit))


def _total(unit: str, stated: Sequence[Achievement]) -> Total | None:
    """What the numbers of a unit come to; nothing where all of them are known only from above."""
    added = [achievement for achievement in stated if achievement.qualifier not in UPPER_BOUNDS]
    if not added:
        return None
    estimates = sum(achievement.qualifier == Reading.Qualifier.ABOUT for achievement in added)
    said = {achievement.qualifier for achievement in added}
    return Total(
        value=str(sum(int(achievement.quantity) for achievement in added)),
        qualifier=next((qualifier for qualifier in WIDEST_FIRST if qualifier in said), ""),
        unit=unit,
        achievements=len(added),
        estimates=estimates,
        left_out=len(stated) - len(added),
    )


def off_track(activities: Sequence[ActivityLine], *, has_previous: bool) -> list[str]:
    """The worst news, first: how many activities are off track, and how many were."""
    now = sum(line.standing == Rag.OFF_TRACK for line in activities)
    before = sum(line.previous_standing == Rag.OFF_TRACK for line in activities) if has_previous else 0
    if not now:
        return []
    verb = "is" if now == 1 else "are"
    change = f", {now - before} more than last term" if 0 < before < now else ""
    change = f", {before - now} fewer than last term" if before > now else change
    return [f"{plural(now, 'activity', 'activities')} {verb} off track{change}."]


def _sentences(
    better: int, worse: int, made: int, kept: int, unmarked: int, achieved: int, behind: int, widening: int
) -> list[str]:
    sentences = []
    if better and worse:
        sentences.append(f"{plural(better, 'priority', 'priorities')} moved forward and {worse} slipped.")
    elif better:
        sentences.append(f"{plural(better, 'priority', 'priorities')} moved forward and none slipped.")
    elif worse:
        sentences.append(f"{plural(worse, 'priority', 'priorities')} slipped and none moved forward.")
    if made:
        left = f"; {unmarked} not yet marked" if unmarked else ""
        sentences.append(
            f"{kept} of {plural(made, 'promise')} from last term {'was' if kept == 1 else 'were'} kept{left}."
        )
    if achieved:
        sentences.append(f"{plural(achieved, 'achievement')} {'was' if achieved == 1 else 'were'} logged this term.")
    if behind:
        gap = f", and the gap is widening for {widening}" if widening else ""
        verb = "is" if behind == 1 else "are"
        sentences.append(f"{plural(behind, 'measure')} {verb} worse than England{gap}.")
    return sentences


def _reported(returns: Sequence[ReturnState], priorities: Sequence[Priority]) -> list[str]:
    """Who has reported, and how much is planned."""
    sentences = []
    if sent := sum(state.status in SENT for state in returns):
        of = (
            f"{sent} of {plural(len(returns), 'organisation')}" if sent < len(returns) else plural(sent, "organisation")
        )
        sentences.append(f"{of} {'has' if sent == 1 else 'have'} reported.")
    if planned := sum(len(one.planned) for priority in priorities for one in priority.contributions):
        sentences.append(f"{plural(planned, 'step')} {'is' if planned == 1 else 'are'} planned for next term.")
    return sentences

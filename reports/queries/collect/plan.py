"""Priorities and activities as they stand in a term, from flat rows."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

from django.utils import timezone

from partnerships.models import Term
from priorities.models import Rag, Standing
from priorities.rules import movement_between, roll_up, standings_in
from reports.queries.collect.rows import Row
from reports.snapshots.schema import ActivityLine, Contribution, Counts, Priority, StripMark

NO_UPDATE = Standing.NO_DATA.value


class Plan(NamedTuple):
    """Every priority with its activities, in the strategies' order."""

    priorities: list[Priority]
    activities: list[ActivityLine]


def read_plan(
    rows: Iterable[Row], terms: Sequence[Term], contributions: dict[int, list[Contribution]], as_at: date
) -> Plan:
    """Build the plan of one term; `terms` are those of the strip, the last of them the term reported."""
    priorities: list[Priority] = []
    activities: list[ActivityLine] = []
    codes = [term.code for term in terms]
    for _, group in groupby(rows, key=itemgetter("id")):
        own = list(group)
        activity_rows = [row for row in own if row["activity_id"] is not None]
        standings = [[each.value for each in standings_in(row["activity_trail"] or {}, codes)] for row in activity_rows]
        lines = [_activity(row, each, terms, as_at) for row, each in zip(activity_rows, standings, strict=True)]
        priorities.append(_priority(own, lines, standings, terms, contributions))
        activities += lines
    return Plan(priorities, activities)


def counts_of(standings: Iterable[str]) -> Counts:
    tally = Counter(standings)
    return Counts(**{standing.value: tally[standing.value] for standing in Standing})


def _activity(row: Row, standings: Sequence[str], terms: Sequence[Term], as_at: date) -> ActivityLine:
    now = standings[-1]
    before = standings[-2] if len(standings) > 1 else NO_UPDATE
    due_on, first_due_on = row["activity_due_on"], row["activity_first_due_on"]
    done_on = timezone.localtime(row["activity_done_at"]).date() if row["activity_done_at"] else None
    if done_on and done_on > as_at and now != Standing.DONE:
        done_on = None
    return ActivityLine(
        id=row["activity_id"],
        ref=row["activity_ref"],
        title=row["activity_title"],
        priority_id=row["id"],
        priority_ref=row["ref"],
        standing=now,
        previous_standing=before,
        movement=movement_between(before, now),
        since=_since(standings, terms),
        words=row["now_words"] or "",
        reason=row["now_reason"] or "",
        owner=row["activity_owner"] or row["activity_lead"] or "",
        due_on=due_on.isoformat() if due_on else "",
        moved_from=first_due_on.isoformat() if due_on and first_due_on and first_due_on != due_on else "",
        done_on=done_on.isoformat() if done_on else "",
        late_days=max(((done_on or as_at) - due_on).days, 0) if due_on else 0,
        year_end_standing=year_end_standing(terms, standings),
    )


def year_end_of(terms: Sequence[Term]) -> Term | None:
    """The summer term that ended the academic year before the last of these terms."""
    return next((term for term in reversed(terms[:-1]) if term.code.endswith("-summer")), None)


def year_end_standing(terms: Sequence[Term], standings: Sequence[str]) -> str:
    """How something stood in the term of `year_end_of`, from its standings in all of them."""
    before = zip(reversed(terms[:-1]), reversed(standings[:-1]), strict=True)
    return next((standing for term, standing in before if term.code.endswith("-summer")), NO_UPDATE)


def _since(standings: Sequence[str], terms: Sequence[Term]) -> str:
    """The label of the term in which the present standing began, as far back as the strip goes."""
    began = terms[-1]
    for term, standing in zip(reversed(terms), reversed(standings), strict=True):
        if standing != standings[-1]:
            break
        began = term
    return began.label


def _priority(
    rows: Sequence[Row],
    lines: Sequence[ActivityLine],
    standings: Sequence[Sequence[str]],
    terms: Sequence[Term],
    contributions: dict[int, list[Contribution]],
) -> Priority:
    head = rows[0]
    strip = tuple(
        StripMark(term.code, term.label, roll_up(each[place] for each in standings).value)
        for place, term in enumerate(terms)
    )
    now = strip[-1].standing
    before = strip[-2].standing if len(strip) > 1 else NO_UPDATE
    updated = max((row["now_updated_at"] for row in rows if row["now_updated_at"]), default=None)
    return Priority(
        id=head["id"],
        ref=head["ref"],
        title=head["title"],
        official_wording=head["official_wording"],
        word=head["priority_word"],
        theme=head["theme_title"] or "",
        strategy=head["strategy_title"],
        status=head["status"],
        handed_over_to=head["handed_over_to"],
        standing=now,
        previous_standing=before,
        movement=movement_between(before, now),
        counts=counts_of(line.standing for line in lines),
        strip=strip,
        year_end_standing=year_end_standing(terms, [mark.standing for mark in strip]),
        contributions=tuple(contributions.get(head["id"], ())),
        last_updated=timezone.localtime(updated).date().isoformat() if updated else "",
    )


def exceptions_of(activities: Iterable[ActivityLine]) -> list[ActivityLine]:
    """What needs the board: off track first, then at risk, those that slipped this term before others."""
    order = {Rag.OFF_TRACK.value: 0, Rag.AT_RISK.value: 1}
    found = [line for line in activities if line.standing in order]
    return sorted(found, key=lambda line: (order[line.standing], line.movement != "worse"))


def due_next_of(activities: Iterable[ActivityLine]) -> list[ActivityLine]:
    """Milestones that wait: activities with a due date and not yet done, by date; those already late come first."""
    waiting = [line for line in activities if line.due_on and not is_done(line)]
    return sorted(waiting, key=lambda line: (line.due_on, line.ref))


def met_of(activities: Iterable[ActivityLine], since: date) -> list[ActivityLine]:
    """Milestones met in the term: marked done after the term before ended, by date."""
    met = [line for line in activities if line.due_on and line.done_on > since.isoformat()]
    return sorted(met, key=lambda line: (line.done_on, line.ref))


def is_done(line: ActivityLine) -> bool:
    """Whether an activity has been done, in this term or before: nobody writes of it again each term."""
    return bool(line.done_on) or line.standing == Standing.DONE

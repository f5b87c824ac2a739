"""The tables of a report's annex: one for each subject, one row for each thing, as plain values of one kind a column.

Pure functions of the snapshot. Figures are those of the report: what is withheld there is withheld here, as its symbol.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from reports.renderers.document.chapters import LIVES, OUTCOMES
from reports.renderers.document.words import fallen, name_of
from reports.renderers.measures import beside, england_of, movement_words
from reports.snapshots.schema import ActivityLine, Measure, Point, Snapshot
from wesp_portal.common.status import MOVEMENTS, STATUSES

Cell = str | int | Decimal | date | None
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A tidy table: its columns, each with the kind of what it holds (text, long, short, number or date), and a row
    for each thing.
    """

    title: str
    tells: str
    columns: tuple[tuple[str, str], ...]
    rows: Callable[[Snapshot], Iterable[Row]]


# Values


def _day(iso: str) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _status(code: str) -> str:
    return STATUSES[code or "no_data"].word


def _moved(code: str) -> str:
    return MOVEMENTS[code].word if code else ""


def _demo(*, is_demo: bool) -> str:
    return "Demo" if is_demo else ""


def _names(snapshot: Snapshot, ids: Iterable[int]) -> str:
    """The priorities that something serves, in the report's order."""
    served = set(ids)
    return "; ".join(name_of(priority) for priority in snapshot.priorities if priority.id in served)


# The sheets


def _counts(snapshot: Snapshot) -> Iterable[Row]:
    now, before = snapshot.summary.counts, snapshot.summary.previous_counts
    for code, status in STATUSES.items():
        count, then = getattr(now, code), getattr(before, code) if before else None
        yield status.word, count, then, None if then is None else count - then


def _priorities(snapshot: Snapshot) -> Iterable[Row]:
    for one in snapshot.priorities:
        promises = [promise for contribution in one.contributions for promise in contribution.promises]
        yield (
            one.ref,
            one.title,
            one.strategy,
            one.theme,
            _status(one.standing),
            _status(one.previous_standing) if snapshot.front.previous_term else "",
            _moved(one.movement),
            _status(one.year_end_standing) if snapshot.front.year_end else "",
            len(promises),
            sum(promise.outcome == "done" for promise in promises),
            *(getattr(one.counts, code) for code in STATUSES),
            LIVES.get(one.status, ""),
            one.handed_over_to,
            _day(one.last_updated),
            one.official_wording,
        )


def _strips(snapshot: Snapshot) -> Iterable[Row]:
    for priority in snapshot.priorities:
        for mark in priority.strip:
            yield priority.ref, priority.title, mark.label, _status(mark.standing)


def _accounts(snapshot: Snapshot) -> Iterable[Row]:
    for priority in snapshot.priorities:
        for one in priority.contributions:
            yield (
                priority.ref,
                priority.title,
                one.organisation,
                one.author_role,
                "Approved" if one.status == "approved" else "Not yet approved",
                "\n".join(one.intended_outcomes),
                one.activity,
                "\n".join(one.planned),
                one.impact,
                one.exit_strategy,
            )


def _promises(snapshot: Snapshot) -> Iterable[Row]:
    for priority in snapshot.priorities:
        for contribution in priority.contributions:
            for one in contribution.promises:
                yield (
                    priority.ref,
                    contribution.organisation,
                    one.title,
                    OUTCOMES[one.outcome],
                    one.reason,
                    one.terms_carried,
                )


def _attention(snapshot: Snapshot) -> Iterable[Row]:
    for one in snapshot.exceptions:
        yield (
            one.ref,
            one.title,
            one.priority_ref,
            _status(one.standing),
            one.since,
            _moved(one.movement),
            fallen(one, snapshot.front.year_end),
            one.reason,
            one.words,
            one.owner,
            _day(one.due_on),
            _day(one.moved_from),
            one.late_days,
        )


def _achievements(snapshot: Snapshot) -> Iterable[Row]:
    for one in snapshot.achievements:
        yield (
            one.title,
            one.when,
            one.qualifier,
            _number(one.quantity),
            one.unit,
            "; ".join(one.organisations),
            _names(snapshot, one.priority_ids),
            one.evidence,
            _demo(is_demo=one.is_demo),
            one.detail,
        )


def _totals(snapshot: Snapshot) -> Iterable[Row]:
    for one in snapshot.summary.totals:
        yield one.unit, one.qualifier, _number(one.value), one.achievements, one.estimates, one.left_out


def _measures(snapshot: Snapshot) -> Iterable[Row]:
    for one in snapshot.measures:
        latest = one.points[-1] if one.points else None
        england = england_of(one)
        yield (
            one.slug,
            one.title,
            one.finding,
            one.area,
            one.unit,
            latest.label if latest else "",
            _number(latest.value) if latest else None,
            latest.symbol if latest else "",
            one.before.label if one.before else "",
            _number(one.before.value) if one.before else None,
            movement_words(one),
            beside(one, england) if england else "",
            _rating(one),
            one.judged_on,
            one.explanation,
            one.target,
            one.target_source,
            _day(one.target_set_on),
            one.next_update,
            _names(snapshot, one.priority_ids),
            "; ".join(one.objective_refs),
            _demo(is_demo=one.is_demo),
            one.definition,
            "\n".join(part for part in (one.area_note, one.note, one.disclosure) if part),
            one.source,
            one.source_url,
        )


def _rating(measure: Measure) -> str:
    if measure.standing:
        return _status(measure.standing)
    return "Context" if measure.is_context else "Not rated"


def _comparators(snapshot: Snapshot) -> Iterable[Row]:
    for measure in snapshot.measures:
        for one in measure.comparators:
            latest = one.points[-1] if one.points else None
            yield (
                measure.slug,
                measure.title,
                one.name,
                latest.label if latest else "",
                _number(latest.value) if latest else None,
                latest.symbol if latest else "",
                measure.unit,
                _number(one.gap),
                beside(measure, one),
                one.gap_direction,
                one.gap_pace,
                one.rank,
            )


def _readings(snapshot: Snapshot) -> Iterable[Row]:
    for measure in snapshot.measures:
        yield from _series(measure, measure.area, measure.points)
        for comparator in measure.comparators:
            yield from _series(measure, comparator.name, comparator.points)


def _series(measure: Measure, area: str, points: Iterable[Point]) -> Iterable[Row]:
    for point in points:
        yield (
            measure.slug,
            measure.title,
            area,
            point.period,
            _number(point.value),
            point.symbol,
            point.qualifier,
            measure.unit,
            point.status,
            "Part of the period" if point.is_part else "",
            _day(point.as_at),
            point.source,
            point.recorded_as,
            point.note,
            point.break_note,
        )


def _careers(snapshot: Snapshot) -> Iterable[Row]:
    one = snapshot.careers
    if one is None:
        return
    years = ((one.label, one.schools, one.achieved), (one.before_label, one.before_schools, one.before_achieved))
    for label, schools, achieved in years:
        if schools:
            yield label, schools, achieved, round(Decimal(achieved) / schools, 1), _demo(is_demo=one.is_demo)


def _voices(snapshot: Snapshot) -> Iterable[Row]:
    priorities = {priority.id: priority for priority in snapshot.priorities}
    for one in snapshot.voices:
        priority = priorities.get(one.priority_id)
        yield (
            priority.ref if priority else "",
            priority.title if priority else "",
            one.about,
            one.words,
            one.said_by,
            one.when,
            one.numbers,
        )


def _milestones(snapshot: Snapshot) -> Iterable[Row]:
    for one in (*snapshot.met, *snapshot.due_next):
        yield (
            one.ref,
            one.title,
            one.priority_ref,
            _kept(one),
            _day(one.due_on),
            _day(one.moved_from),
            _day(one.done_on),
            one.late_days,
            one.owner,
            _status(one.standing),
        )


def _kept(line: ActivityLine) -> str:
    """Whether a milestone was met, and in time."""
    if line.done_on:
        return "Met late" if line.late_days else "Met in time"
    return "Late" if line.late_days else "Due next"


def _questions(snapshot: Snapshot) -> Iterable[Row]:
    for one in snapshot.questions:
        state = "Answered" if one.answer else "Waiting for an answer"
        yield one.text, one.about, _day(one.asked_on), state, one.answer, _day(one.answered_on)


def _decisions(snapshot: Snapshot) -> Iterable[Row]:
    for one in snapshot.decisions:
        yield (
            one.text,
            one.about,
            _day(one.decided_on),
            one.action_by,
            _day(one.due_on),
            one.status,
            one.outcome,
            _day(one.settled_on),
        )


def _returns(snapshot: Snapshot) -> Iterable[Row]:
    for one in snapshot.returns:
        yield one.organisation, one.label


def columns(**kinds: str) -> tuple[tuple[str, str], ...]:
    """The columns by name: a name in Python is its heading, with spaces."""
    return tuple((name.replace("_", " ").capitalize(), kind) for name, kind in kinds.items())


SHEETS = (
    Sheet(
        "Activities by status",
        "How many activities stand each way, this term and last.",
        columns(status="short", this_term="number", last_term="number", change="number"),
        _counts,
    ),
    Sheet(
        "Priorities",
        "How each priority stands, and how many of its activities stand each way.",
        columns(ref="short", title="long", strategy="text", theme="text", status="short")
        + columns(status_last_term="short", movement="short", year_end_status="short")
        + columns(promises_made="number", promises_kept="number")
        + tuple((status.word, "number") for status in STATUSES.values())
        + columns(state="short", handed_over_to="text", last_updated="date", official_wording="long"),
        _priorities,
    ),
    Sheet(
        "Standing by term",
        "How each priority stood in each of the last terms.",
        columns(ref="short", priority="long", term="text", status="short"),
        _strips,
    ),
    Sheet(
        "Returns by priority",
        "What each organisation wrote under each priority.",
        columns(ref="short", priority="text", organisation="text", author="text", state="short")
        + columns(intended_outcomes="long", activity_last_period="long", planned_activity_next_period="long")
        + columns(impact_so_far="long", exit_strategy="long"),
        _accounts,
    ),
    Sheet(
        "Promises",
        "Each step that was promised for this term, and what became of it.",
        columns(
            ref="short", organisation="text", promise="long", outcome="short", reason="long", terms_carried="number"
        ),
        _promises,
    ),
    Sheet(
        "At risk or off track",
        "Each activity that needs attention: since when, and why.",
        columns(ref="short", activity="long", priority="short", status="short", since="text")
        + columns(since_last_term="short", at_year_end="text", why="long", this_term="long", owner="text")
        + columns(due_on="date", first_due_on="date", days_late="number"),
        _attention,
    ),
    Sheet(
        "Achievements",
        "Each achievement once, however many priorities it serves.",
        columns(achievement="long", when="text", qualifier="short", quantity="number", unit="text")
        + columns(organisations="text", priorities="text", evidence="number", demonstration="short", detail="long"),
        _achievements,
    ),
    Sheet(
        "Totals of achievements",
        "What achievements add up to, in each unit.",
        columns(unit="text", qualifier="short", total="number", achievements="number", estimates="number")
        + columns(left_out="number"),
        _totals,
    ),
    Sheet(
        "Measures",
        "Each measure with its latest figure; where there is none, the symbol says why.",
        columns(measure="text", title="text", finding="long", area="text", unit="short", period="short")
        + columns(value="number", symbol="short", compared_with="short", value_then="number", movement="text")
        + columns(beside_england="text", status="short", status_is_of="short", why="long", target="text")
        + columns(who_set_the_target="text", target_set_on="date", next_update="text", priorities="text")
        + columns(objectives="text", demonstration="short", definition="long", note="long", source="text")
        + columns(address="text"),
        _measures,
    ),
    Sheet(
        "Comparators",
        "What each measure is compared with: the latest figure there, and how far ours is from it.",
        columns(measure="text", title="text", compared_with="text", period="short", value="number")
        + columns(symbol="short", unit="short", gap="number", in_words="text", gap_is="short", pace="short")
        + columns(place="short"),
        _comparators,
    ),
    Sheet(
        "Readings",
        "Every figure behind the charts: a row for each measure, area and period.",
        columns(measure="text", title="text", area="text", period="short", value="number", symbol="short")
        + columns(qualifier="short", unit="short", state="short", covers="text", as_at="date", source="text")
        + columns(entered_by="text", note="text", counted_in_a_new_way="text"),
        _readings,
    ),
    Sheet(
        "Careers",
        "How many of the eight Gatsby benchmarks schools achieve, by academic year.",
        columns(academic_year="short", schools="number", benchmarks_achieved="number")
        + columns(benchmarks_to_a_school="number", demonstration="short"),
        _careers,
    ),
    Sheet(
        "Voices",
        "What people say, in words that name nobody.",
        columns(ref="short", priority="text", evidence_of="text", words="long", who="text", when="text")
        + columns(how_many="text"),
        _voices,
    ),
    Sheet(
        "Milestones",
        "What was met this term, what is late, and what falls due next.",
        columns(ref="short", activity="long", priority="short", milestone="short", due_on="date")
        + columns(first_due_on="date", done_on="date", days_late="number", owner="text", status="short"),
        _milestones,
    ),
    Sheet(
        "Questions",
        "What the board asked, and the answers.",
        columns(question="long", about="text", asked_on="date", state="short", answer="long", answered_on="date"),
        _questions,
    ),
    Sheet(
        "Decisions",
        "What the board decided, who acts by when, and what came of it.",
        columns(decision="long", about="text", decided_on="date", who_acts="text", due_on="date", state="short")
        + columns(what_came_of_it="long", settled_on="date"),
        _decisions,
    ),
    Sheet(
        "Returns",
        "Which organisations have sent their return.",
        columns(organisation="text", state="text"),
        _returns,
    ),
)
"""Every table of the annex, in the order of the report."""

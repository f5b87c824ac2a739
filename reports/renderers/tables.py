"""The tables of a dashboard to take away: a pure function of the snapshot, one table a subject.

Figures are those of the page: what is withheld there is withheld here, as its symbol.
"""

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from reports.renderers.document.chapters import OUTCOMES
from reports.renderers.document.words import fallen
from reports.renderers.measures import england_of, figure_words
from reports.snapshots.schema import ActivityLine, Point, Snapshot
from wesp_portal.common.downloads import Cell, NamedTable
from wesp_portal.common.formatting import join_words
from wesp_portal.common.status import STATUSES

Rows = list[tuple[Cell, ...]]


def dashboard_table(snapshot: Snapshot, name: str) -> NamedTable | None:
    """The table of a name; None where there is none."""
    if name not in TABLES:
        return None
    title, columns, rows_of = TABLES[name]
    return NamedTable(name, title, columns, rows_of(snapshot))


def _word(standing: str) -> str:
    return STATUSES[standing or "no_data"].word


def _day(iso: str) -> date | None:
    return date.fromisoformat(iso) if iso else None


def _number(text: str) -> Decimal | None:
    return Decimal(text) if text else None


def _counts(snapshot: Snapshot) -> Rows:
    now, before = snapshot.summary.counts, snapshot.summary.previous_counts
    return [
        (status.word, getattr(now, code), getattr(before, code) if before else None)
        for code, status in STATUSES.items()
    ]


def _exceptions(snapshot: Snapshot) -> Rows:
    return [
        (
            line.ref,
            line.title,
            line.priority_ref,
            _word(line.standing),
            line.since,
            line.movement,
            fallen(line, snapshot.front.year_end),
            line.reason,
            line.words,
            line.owner,
            _day(line.due_on),
        )
        for line in snapshot.exceptions
    ]


def _priorities(snapshot: Snapshot) -> Rows:
    rows: Rows = []
    for priority in snapshot.priorities:
        promises = [promise for one in priority.contributions for promise in one.promises]
        rows.append(
            (
                priority.ref,
                priority.title,
                priority.theme,
                priority.strategy,
                _word(priority.standing),
                _word(priority.previous_standing),
                priority.movement,
                len(promises),
                sum(promise.outcome == "done" for promise in promises),
                *(getattr(priority.counts, code) for code in STATUSES),
                _day(priority.last_updated),
            )
        )
    return rows


def _promises(snapshot: Snapshot) -> Rows:
    return [
        (
            priority.ref,
            contribution.organisation,
            promise.title,
            OUTCOMES[promise.outcome],
            promise.reason,
            promise.terms_carried,
        )
        for priority in snapshot.priorities
        for contribution in priority.contributions
        for promise in contribution.promises
    ]


def _measures(snapshot: Snapshot) -> Rows:
    rows: Rows = []
    for measure in snapshot.measures:
        latest, england = measure.points[-1], england_of(measure)
        beside = england.points[-1] if england else None
        rows.append(
            (
                measure.title,
                measure.area,
                latest.label,
                *_figure(latest),
                measure.unit,
                latest.status,
                beside.label if beside else "",
                *(_figure(beside) if beside else (None, "")),
                _word(measure.standing) if measure.standing else "",
                measure.explanation,
                measure.target,
                latest.source or measure.source,
                _day(latest.as_at),
                figure_words(measure, latest),
            )
        )
    return rows


def _figure(point: Point) -> tuple[Cell, Cell]:
    return _number(point.value), point.symbol


def _achievements(snapshot: Snapshot) -> Rows:
    refs = {priority.id: priority.ref for priority in snapshot.priorities}
    return [
        (
            one.title,
            one.when,
            _number(one.quantity),
            one.qualifier,
            one.unit,
            join_words(one.organisations),
            join_words([refs[pk] for pk in one.priority_ids if pk in refs]),
            one.detail,
            one.evidence,
        )
        for one in snapshot.achievements
    ]


def _voices(snapshot: Snapshot) -> Rows:
    refs = {priority.id: priority.ref for priority in snapshot.priorities}
    return [
        (refs.get(one.priority_id, ""), one.about, one.words, one.said_by, one.when, one.numbers)
        for one in snapshot.voices
    ]


def _said(snapshot: Snapshot) -> Rows:
    asked: Rows = [
        (
            "Question",
            one.text,
            one.about,
            _day(one.asked_on),
            "Answered" if one.answer else "Waiting for an answer",
            one.answer,
            "",
            None,
            _day(one.answered_on),
        )
        for one in snapshot.questions
    ]
    decided: Rows = [
        (
            "Decision",
            one.text,
            one.about,
            _day(one.decided_on),
            one.status,
            one.outcome,
            one.action_by,
            _day(one.due_on),
            _day(one.settled_on),
        )
        for one in snapshot.decisions
    ]
    return asked + decided


def _milestones(snapshot: Snapshot) -> Rows:
    def row(line: ActivityLine) -> tuple[Cell, ...]:
        return (
            line.ref,
            line.title,
            line.priority_ref,
            _day(line.due_on),
            _day(line.moved_from),
            _day(line.done_on),
            line.late_days,
            line.owner,
            _word(line.standing),
        )

    return [row(line) for line in (*snapshot.due_next, *snapshot.met)]


def _returns(snapshot: Snapshot) -> Rows:
    return [(one.organisation, one.label) for one in snapshot.returns]


# What each holds: its title, its columns, and how its rows are read from the snapshot.
TABLES: Mapping[str, tuple[str, tuple[str, ...], Callable[[Snapshot], Rows]]] = {
    "counts": ("How activities stand", ("Status", "This term", "Last term"), _counts),
    "exceptions": (
        "What needs the board",
        (
            "Reference",
            "Activity",
            "Priority",
            "Status",
            "Since",
            "Since last term",
            "At the year’s end",
            "Why, and what is being done",
            "This term",
            "Owner",
            "Due",
        ),
        _exceptions,
    ),
    "priorities": (
        "Priorities",
        (
            "Reference",
            "Priority",
            "Theme",
            "Strategy",
            "Status",
            "Last term",
            "Since last term",
            "Promises made",
            "Promises kept",
            *(f"Activities: {status.word.lower()}" for status in STATUSES.values()),
            "Last update",
        ),
        _priorities,
    ),
    "promises": (
        "Promises for this term",
        ("Priority", "Organisation", "Promise", "What became of it", "Why", "Terms carried"),
        _promises,
    ),
    "measures": (
        "Measures",
        (
            "Measure",
            "Area",
            "Period",
            "Value",
            "Symbol",
            "Unit",
            "Figure is",
            "England’s period",
            "England’s value",
            "England’s symbol",
            "Status",
            "How the status is worked out",
            "Target",
            "Source",
            "As at",
            "In words",
        ),
        _measures,
    ),
    "achievements": (
        "Achievements",
        (
            "What happened",
            "When",
            "How many",
            "Qualifier",
            "Of what",
            "Who",
            "Priorities",
            "In full",
            "Pieces of evidence",
        ),
        _achievements,
    ),
    "voices": ("What people say", ("Priority", "On", "Words", "Who", "When", "How many"), _voices),
    "said": (
        "You said, we did",
        ("Kind", "Text", "About", "On", "State", "What came of it", "Who acts", "By when", "Settled on"),
        _said,
    ),
    "milestones": (
        "Milestones",
        ("Reference", "Activity", "Priority", "Due", "First due", "Done", "Days late", "Owner", "Status"),
        _milestones,
    ),
    "returns": ("Who has returned", ("Organisation", "State"), _returns),
}

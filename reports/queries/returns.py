"""What a return holds, what it must still say, and what stands beside it while it is written."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from priorities.models import Activity, Priority, Strategy
from reports.models import EntryComment, PlannedStep, Return, ReturnEntry
from reports.queries.lines import Line, lines_for
from wesp_portal.common.formatting import join_words, plural

# What each written section is called, in the order of the termly report.
SECTIONS = {
    "intended_outcomes": "Intended outcomes",
    "activity": "Activity last period",
    "impact": "Impact so far",
    "exit_strategy": "Exit strategy",
}
# What a return proposes for the life of a priority.
LIFECYCLE = ("proposed_status", "handed_over_to")
# The sections that tell of this term alone, so that last term's words are worth a second look.
OF_THE_TERM = ("activity", "impact")
# Promises that a return must still mark, or say why they were dropped.
_UNSETTLED = Q(outcome="") | Q(outcome=PlannedStep.Outcome.DROPPED, outcome_reason="")


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing to do before a return may be sent, and the entry where it is done; None where no entry is."""

    entry_id: int | None
    words: str


@dataclass(frozen=True, slots=True)
class EntryState:
    """How far one priority of a return is."""

    id: int
    ref: str
    title: str
    is_written: bool
    # The sections of this term in which nothing stands; the report says so of each.
    unsaid: tuple[str, ...]
    steps: int
    promises: int
    unmarked: int
    # Promises that were dropped without a word why.
    unexplained: int
    unchanged: tuple[str, ...]
    # It is to be handed over, and nobody has said to whom.
    lacks_successor: bool
    # What was logged and that nobody has kept or left out yet.
    new_lines: int
    # What the lead said that is not dealt with yet.
    comments: int

    @property
    def is_ready(self) -> bool:
        return self.is_written and not (self.unmarked or self.unexplained or self.lacks_successor)


@dataclass(frozen=True, slots=True)
class Overview:
    """A return's priorities with their state, and what is missing before it may be sent."""

    entries: tuple[EntryState, ...]
    # Promises under priorities that the return no longer has: closed ones, or ones handed over.
    elsewhere: tuple[PlannedStep, ...]
    missing: tuple[Missing, ...]

    @property
    def ready(self) -> int:
        return sum(entry.is_ready for entry in self.entries)

    @property
    def unsaid(self) -> list[str]:
        """What the report will say nothing of, a priority a line."""
        return [f"{entry.ref} {entry.title}: {join_words(entry.unsaid)}" for entry in self.entries if entry.unsaid]

    @property
    def unmarked(self) -> int:
        return sum(entry.unmarked for entry in self.entries) + sum(not step.outcome for step in self.elsewhere)

    @property
    def new_lines(self) -> int:
        return sum(entry.new_lines for entry in self.entries)


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One priority of a return, with what was promised, what was logged and what was said last term."""

    entry: ReturnEntry
    steps: tuple[PlannedStep, ...]
    promises: tuple[PlannedStep, ...]
    lines: tuple[Line, ...]
    # What the lead said of it that is not dealt with yet.
    comments: tuple[EntryComment, ...]
    overview: Overview
    before: ReturnEntry | None
    unchanged: tuple[str, ...]
    seen: str
    next_id: int | None
    number: int


@dataclass(frozen=True, slots=True)
class Newer:
    """What was saved of an entry while a form was open; what says the same as the form is blank."""

    by: str
    by_id: int | None
    at: datetime | None
    intended_outcomes: str
    activity: str
    impact: str
    exit_strategy: str
    lifecycle: str
    # None where the plan is the same.
    steps: tuple[str, ...] | None
    # What became of each promise that the form marks otherwise, by the promise.
    marks: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class ReviewEntry:
    """One priority as a lead reads it: the six sections, and each promise with what became of it."""

    entry: ReturnEntry
    steps: tuple[PlannedStep, ...]
    promises: tuple[PlannedStep, ...]
    comments: tuple[EntryComment, ...]
    unchanged: tuple[str, ...] = field(default=())


def previous_return(return_of: Return) -> Return | None:
    """The last return that the organisation began in an earlier round of the partnership; not always last term's."""
    return _begun_before(return_of).select_related("round__term").first()


def promises_of(return_of: Return, previous: Return | None) -> list[PlannedStep]:
    """The steps a return must mark: the previous return’s, and any older one left unmarked or unexplained."""
    return list(
        # By the columns of the return itself, not by a list of earlier returns: so the database begins at the few.
        PlannedStep.objects.filter(
            Q(entry__return_of=previous) | _UNSETTLED,
            entry__return_of__organisation=return_of.organisation_id,
            entry__return_of__round__partnership=return_of.round.partnership_id,
            entry__return_of__round__term__starts_on__lt=return_of.round.term.starts_on,
        )
        .select_related("entry__priority", "entry__return_of__round__term", "activity")
        .order_by("entry__priority__position", "entry", "position", "pk")
    )


def overview_of(return_of: Return) -> Overview:
    """How far a return is: eight queries whatever its length."""
    entries = _entries_of(return_of)
    before, previous = _before(return_of)
    promises = promises_of(return_of, previous)
    return _overview(entries, promises, before, lines_for(return_of, entries, promises))


def entry_page(return_of: Return, entry_id: int) -> EntryPage | None:
    """All that the page of one priority needs; None where the return has no such entry."""
    entries = _entries_of(return_of)
    ids = [entry.pk for entry in entries]
    if entry_id not in ids:
        return None
    index = ids.index(entry_id)
    entry = entries[index]
    before, previous = _before(return_of)
    promises = promises_of(return_of, previous)
    lines = lines_for(return_of, entries, promises)
    steps = steps_of(entry)
    own_promises = [step for step in promises if step.entry.priority_id == entry.priority_id]
    comments = entry.comments.filter(resolved_at=None).select_related("written_by")
    return EntryPage(
        entry=entry,
        steps=tuple(steps),
        promises=tuple(own_promises),
        lines=lines[entry.pk],
        comments=tuple(comments) if _comments_on(entry) else (),
        overview=_overview(entries, promises, before, lines),
        before=before.get(entry.priority_id),
        unchanged=unchanged_sections(entry, before.get(entry.priority_id)),
        seen=fingerprint(entry, steps, own_promises),
        next_id=ids[index + 1] if index + 1 < len(ids) else None,
        number=index + 1,
    )


def lifecycle_words(entry: ReturnEntry) -> str:
    """What a return proposes for a priority, in words; blank where it stays as it is."""
    if entry.proposed_status == Priority.Status.HANDED_OVER and entry.handed_over_to:
        return f"Handed over to {entry.handed_over_to}"
    return entry.get_proposed_status_display() if entry.proposed_status else ""


def newer_words(
    page: EntryPage,
    *,
    typed: Mapping[str, str],
    lifecycle: str,
    steps: Sequence[str],
    marks: Mapping[int, tuple[str, str]],
) -> Newer:
    """What an entry says now where it differs from what a person typed, and who saved it last: two queries."""
    of_steps = Q(entry=page.entry.pk) | Q(id__in=[step.pk for step in page.promises])
    saves = [
        *ReturnEntry.history.filter(id=page.entry.pk).select_related("history_user").order_by("-history_id")[:1],
        *PlannedStep.history.filter(of_steps).select_related("history_user").order_by("-history_id")[:1],
    ]
    last = max(saves, key=lambda save: save.history_date, default=None)
    planned = tuple(step.title for step in page.steps)
    differing = {
        section: (getattr(page.entry, section) or "No text") if getattr(page.entry, section) != typed[section] else ""
        for section in SECTIONS
    }
    return Newer(
        by=last.history_user.name if last and last.history_user else "",
        by_id=last.history_user_id if last else None,
        at=last.history_date if last else None,
        lifecycle=(lifecycle_words(page.entry) or "No change") if lifecycle != lifecycle_words(page.entry) else "",
        steps=planned if planned != tuple(steps) else None,
        marks={
            step.pk: ": ".join(part for part in (step.get_outcome_display(), step.outcome_reason) if part)
            or "Not marked"
            for step in page.promises
            if marks.get(step.pk, ("", "")) != (step.outcome, step.outcome_reason)
        },
        **differing,
    )


def untouched_entries(strategies: Sequence[Strategy]) -> QuerySet[ReturnEntry]:
    """The entries of strategies that are as the opening of their round made them, in returns that are still written."""
    changed = ReturnEntry.history.filter(id=OuterRef("pk"), history_type="~")
    return ReturnEntry.objects.filter(
        ~Exists(changed),
        priority__strategy__in=strategies,
        return_of__status__in=Return.EDITABLE,
        planned_steps=None,
        comments=None,
        activity="",
        impact="",
    )


def activities_for(entry: ReturnEntry) -> QuerySet[Activity]:
    """The activities that a planned step of an entry may belong to."""
    return Activity.objects.filter(priority=entry.priority_id).order_by("objective__position", "position", "ref")


def steps_of(entry: ReturnEntry) -> list[PlannedStep]:
    """The steps that an entry plans, in order."""
    return list(
        PlannedStep.objects.filter(entry=entry).select_related(
            "activity", "carried_from__entry__return_of__round__term"
        )
    )


def review_of(return_of: Return) -> tuple[list[ReviewEntry], list[PlannedStep]]:
    """A whole return for reading, and the promises under priorities it no longer has: six queries."""
    entries = list(return_of.entries.select_related("priority__strategy"))
    steps: dict[int, list[PlannedStep]] = {}
    for step in PlannedStep.objects.filter(entry__return_of=return_of).select_related("activity"):
        steps.setdefault(step.entry_id, []).append(step)
    before, previous = _before(return_of)
    promises = promises_of(return_of, previous)
    comments: dict[int, list[EntryComment]] = {}
    for comment in EntryComment.objects.filter(entry__return_of=return_of).select_related("written_by", "resolved_by"):
        comments.setdefault(comment.entry_id, []).append(comment)
    rows = [
        ReviewEntry(
            entry=entry,
            steps=tuple(steps.get(entry.pk, [])),
            promises=tuple(step for step in promises if step.entry.priority_id == entry.priority_id),
            comments=tuple(comments.get(entry.pk, [])),
            unchanged=unchanged_sections(entry, before.get(entry.priority_id)),
        )
        for entry in entries
    ]
    return rows, _elsewhere(entries, promises)


def fingerprint(entry: ReturnEntry, steps: Iterable[PlannedStep], promises: Iterable[PlannedStep]) -> str:
    """What an entry said when a form showed it, in short, so that a form made stale by another's save is noticed."""
    said = [
        [getattr(entry, name) for name in (*SECTIONS, *LIFECYCLE)],
        [[step.pk, step.title, step.activity_id] for step in steps],
        [[step.pk, step.outcome, step.outcome_reason] for step in promises],
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def unchanged_sections(entry: ReturnEntry, before: ReturnEntry | None) -> tuple[str, ...]:
    """The names of the sections that say of this term, word for word, what was said of an earlier one."""
    if before is None:
        return ()
    return tuple(
        section
        for section in OF_THE_TERM
        if _words(entry, section) and _words(entry, section) == _words(before, section)
    )


def _say_why(unexplained: int) -> str:
    return f"say why {plural(unexplained, 'promise')} {'was' if unexplained == 1 else 'were'} dropped"


def _words(entry: ReturnEntry, section: str) -> list[str]:
    return str(getattr(entry, section)).split()


def _earlier(return_of: Return) -> QuerySet[Return]:
    return Return.objects.filter(
        organisation=return_of.organisation_id,
        round__partnership=return_of.round.partnership_id,
        round__term__starts_on__lt=return_of.round.term.starts_on,
    )


def _begun_before(return_of: Return) -> QuerySet[Return]:
    return _earlier(return_of).exclude(status=Return.Status.NOT_STARTED).order_by("-round__term__starts_on")


def _entries_of(return_of: Return) -> list[ReturnEntry]:
    """A return's entries in order, each with how many steps it plans and how many comments wait on it."""
    steps = PlannedStep.objects.filter(entry=OuterRef("pk")).order_by().values("entry").annotate(all=Count("pk"))
    waiting = EntryComment.objects.filter(entry=OuterRef("pk"), resolved_at=None).order_by().values("entry")
    return list(
        return_of.entries.select_related("priority__strategy").annotate(
            steps_planned=Coalesce(Subquery(steps.values("all")), 0),
            comments_waiting=Coalesce(Subquery(waiting.annotate(all=Count("pk")).values("all")), 0),
        )
    )


def _steps_in(entry: ReturnEntry) -> int:
    return int(vars(entry)["steps_planned"])


def _comments_on(entry: ReturnEntry) -> int:
    return int(vars(entry)["comments_waiting"])


def _before(return_of: Return) -> tuple[dict[int, ReturnEntry], Return | None]:
    """The entries of the return before, by priority, and that return: one query; none where it had no entry."""
    previous = _begun_before(return_of).values("pk")[:1]
    entries = list(ReturnEntry.objects.filter(return_of=Subquery(previous)).select_related("return_of__round__term"))
    return {entry.priority_id: entry for entry in entries}, entries[0].return_of if entries else None


def _elsewhere(entries: Iterable[ReturnEntry], promises: Iterable[PlannedStep]) -> list[PlannedStep]:
    held = {entry.priority_id for entry in entries}
    return [step for step in promises if step.entry.priority_id not in held]


def _overview(
    entries: Sequence[ReturnEntry],
    promises: Sequence[PlannedStep],
    before: dict[int, ReturnEntry],
    lines: Mapping[int, Sequence[Line]],
) -> Overview:
    states = []
    missing = []
    for entry in entries:
        own = [step for step in promises if step.entry.priority_id == entry.priority_id]
        steps = _steps_in(entry)
        state = EntryState(
            id=entry.pk,
            ref=entry.priority.ref,
            title=entry.priority.title,
            is_written=bool(entry.activity.strip() or entry.impact.strip() or steps),
            unsaid=tuple(SECTIONS[section] for section in OF_THE_TERM if not getattr(entry, section).strip()),
            steps=steps,
            promises=len(own),
            unmarked=sum(not step.outcome for step in own),
            unexplained=sum(step.lacks_reason for step in own),
            unchanged=tuple(SECTIONS[section] for section in unchanged_sections(entry, before.get(entry.priority_id))),
            lacks_successor=entry.lacks_successor,
            new_lines=sum(line.is_offered for line in lines[entry.pk]),
            comments=_comments_on(entry),
        )
        states.append(state)
        name = f"{state.ref} {state.title}"
        if state.unmarked:
            missing.append(Missing(entry.pk, f"{name}: mark {plural(state.unmarked, 'promise')} from last term"))
        if state.unexplained:
            missing.append(Missing(entry.pk, f"{name}: {_say_why(state.unexplained)}"))
        if state.lacks_successor:
            missing.append(Missing(entry.pk, f"{name}: say to whom it is handed over"))
    if not states:
        missing.append(Missing(None, "There is no priority to report on yet"))
    elif not any(state.is_written for state in states):
        # A partner need not have worked on every priority: the report says where nobody wrote anything.
        words = "Write of at least one priority: what was done, its impact so far, or a planned step"
        missing.append(Missing(states[0].id, words))
    elsewhere = _elsewhere(entries, promises)
    if unmarked := sum(not step.outcome for step in elsewhere):
        missing.append(Missing(None, f"Mark {plural(unmarked, 'promise')} under priorities that have left the return"))
    if unexplained := sum(step.lacks_reason for step in elsewhere):
        words = f"Under priorities that have left the return: {_say_why(unexplained)}"
        missing.append(Missing(None, words))
    return Overview(tuple(states), tuple(elsewhere), tuple(missing))

"""Writing a return, marking what was promised, and the lead's review; each is one transaction or nothing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Case, F, Max, Value, When
from simple_history.utils import bulk_update_with_history

from partnerships.models import User
from partnerships.services import index_of, touch
from priorities.services.lifecycle import Lifecycle, change_lifecycles
from reports.models import EntryComment, PlannedStep, Return, ReturnEntry, Round
from reports.queries.lines import filled, lines_for
from reports.queries.returns import (
    LIFECYCLE,
    SECTIONS,
    Missing,
    activities_for,
    fingerprint,
    overview_of,
    previous_return,
    promises_of,
    steps_of,
)
from reports.services.history import attributed
from reports.services.lines import Choice, keep_lines
from wesp_portal.common.jobs import enqueue

TELLING_TASK = "reports.tasks.tell_of_review"


@dataclass(frozen=True, slots=True)
class StepText:
    """A planned step as written: `pk` of one that is there, or None for a new one; a blank title takes it out."""

    title: str
    activity_id: int | None = None
    pk: int | None = None

    @property
    def said(self) -> tuple[str, int | None]:
        return self.title.strip(), self.activity_id


@dataclass(frozen=True, slots=True)
class Mark:
    """What became of a promise; a blank outcome takes the mark off."""

    step_id: int
    outcome: str
    reason: str = ""

    def of(self, promise: PlannedStep) -> tuple[str, str]:
        """The outcome and reason the promise is to have; one that is done needs no reason, and keeps one it has."""
        if self.outcome in (PlannedStep.Outcome.DROPPED, PlannedStep.Outcome.CARRIED_OVER):
            return self.outcome, self.reason.strip()
        return self.outcome, promise.outcome_reason if self.outcome == promise.outcome else ""


@dataclass(frozen=True, slots=True)
class EntryText:
    """What a person wrote of one priority."""

    intended_outcomes: str = ""
    activity: str = ""
    impact: str = ""
    exit_strategy: str = ""
    proposed_status: str = ""
    handed_over_to: str = ""
    steps: Sequence[StepText] = ()
    marks: Sequence[Mark] = ()
    # What was logged and is now kept in the text or left out; what is not mentioned stays as it was.
    lines: Sequence[Choice] = ()
    # Comments of the lead that the writer has dealt with.
    resolved: Collection[int] = ()


class ReturnClosedError(Exception):
    """The return is with the lead or approved, or its round is closed, so its words stay as they are."""


class StaleEntryError(Exception):
    """Somebody else saved the entry after the form was opened; nothing was saved."""


class ReturnNotReadyError(Exception):
    """The return may not be sent yet; `missing` says why."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__("; ".join(each.words for each in missing))
        self.missing = missing


@transaction.atomic
def save_entry(*, entry: ReturnEntry, text: EntryText, by: User, at: datetime, seen: str = "") -> ReturnEntry:
    """Save what was written of one priority, its planned steps and its marked promises, as a draft.

    Steps that the text does not mention stay. `seen` is the fingerprint of what the writer was shown: where the entry
    has changed since and says something else than this text, StaleEntryError is raised; blank skips the check.
    A promise may be dropped without its reason here: that is asked for when the return is sent.
    Raises ReturnClosedError, and ValidationError where a step or a mark is not allowed.
    """
    return_of = _begin_writing(entry.return_of_id, by, at)
    entry = ReturnEntry.objects.select_related("priority").get(pk=entry.pk)
    steps = steps_of(entry)
    promises = [
        step
        for step in promises_of(return_of, previous_return(return_of))
        if step.entry.priority_id == entry.priority_id
    ]
    if seen and seen != fingerprint(entry, steps, promises):
        if _says(entry, steps, promises, text):
            return entry
        raise StaleEntryError
    changed = [name for name in (*SECTIONS, *LIFECYCLE) if getattr(entry, name) != getattr(text, name)]
    for name in changed:
        setattr(entry, name, getattr(text, name))
    if changed:
        entry.clean_fields(exclude=["return_of", "priority"])
        bulk_update_with_history(
            [entry], ReturnEntry, changed, default_user=by, default_change_reason="Draft saved", default_date=at
        )
        index_of(ReturnEntry, [entry.pk])
    _save_steps(entry, steps, text.steps, by, at)
    by_id = {step.pk: step for step in promises}
    for mark in text.marks:
        if mark.step_id not in by_id:
            raise ValidationError("One of the promises no longer belongs to this return. Open the page again.")
        _mark(by_id[mark.step_id], mark, entry, by, at)
    keep_lines(entry=entry, choices=text.lines, by=by, at=at)
    entry.comments.filter(pk__in=text.resolved, resolved_at=None).update(resolved_by=by, resolved_at=at)
    touch(partnership_ids=[return_of.round.partnership_id])
    return entry


@transaction.atomic
def fill_return(*, return_of: Return, by: User, at: datetime) -> int:
    """Take what was logged and nobody has decided on into the texts of a return, after what is there; how many lines.

    A line that was left out stays out. Raises ReturnClosedError.
    """
    return_of = _begin_writing(return_of.pk, by, at)
    entries = list(return_of.entries.all())
    lines = lines_for(return_of, entries, promises_of(return_of, previous_return(return_of)))
    count = 0
    for entry in entries:
        new = [line for line in lines[entry.pk] if line.is_offered]
        entry.activity = filled(entry.activity, new)
        choices = [Choice(line.kind, line.source_id, line.words, is_kept=True) for line in new]
        keep_lines(entry=entry, choices=choices, by=by, at=at)
        count += len(new)
    bulk_update_with_history(
        [entry for entry in entries if any(line.is_offered for line in lines[entry.pk])],
        ReturnEntry,
        ["activity"],
        default_user=by,
        default_change_reason="Filled from what was logged",
        default_date=at,
    )
    index_of(ReturnEntry, [entry.pk for entry in entries])
    touch(partnership_ids=[return_of.round.partnership_id])
    return count


@transaction.atomic
def mark_step(
    *, step: PlannedStep, return_of: Return, outcome: str, by: User, at: datetime, reason: str = ""
) -> PlannedStep:
    """Mark one promise in the return that answers for it, as done, carried over or dropped; blank takes the mark off.

    Raises ReturnClosedError, and ValidationError where a reason is missing or the promise is not this return's.
    """
    return_of = _begin_writing(return_of.pk, by, at)
    promises = {promise.pk: promise for promise in promises_of(return_of, previous_return(return_of))}
    if step.pk not in promises:
        # A second click on a promise that its first click has marked asks for nothing more.
        step.refresh_from_db()
        if step.outcome == outcome:
            return step
        raise ValidationError("This promise does not belong to this return.")
    if outcome == PlannedStep.Outcome.DROPPED and not reason.strip():
        raise ValidationError("Say why the step was dropped.")
    promise = promises[step.pk]
    entry = ReturnEntry.objects.filter(return_of=return_of, priority=promise.entry.priority_id).first()
    _mark(promise, Mark(promise.pk, outcome, reason), entry, by, at)
    touch(partnership_ids=[return_of.round.partnership_id])
    return promise


@transaction.atomic
def submit_return(*, return_of: Return, by: User, at: datetime) -> Return:
    """Send a return to the lead. A second sending changes nothing; ReturnNotReadyError says what is missing.

    Raises ReturnClosedError once the round is closed.
    """
    claimed = (
        Return.objects.writable()
        .filter(pk=return_of.pk)
        .update(status=Return.Status.SUBMITTED, submitted_by=by, submitted_at=at, version=F("version") + 1)
    )
    return_of = _fresh(return_of.pk)
    if claimed:
        if missing := overview_of(return_of).missing:
            raise ReturnNotReadyError(missing)
        _record(return_of, "Sent to the lead", by, at)
        touch(partnership_ids=[return_of.round.partnership_id])
    elif return_of.is_editable:
        raise ReturnClosedError
    return return_of


@transaction.atomic
def approve_return(*, return_of: Return, by: User, at: datetime, version: int | None = None) -> Return:
    """Approve a return that was sent; twice is harmless. ValidationError where it is not the one that was read."""
    return _review(return_of, Return.Status.APPROVED, "", by, at, version)


@transaction.atomic
def send_back(*, return_of: Return, comment: str, by: User, at: datetime, version: int | None = None) -> Return:
    """Send a return back to its officers; twice is harmless. An approved one may be sent back too.

    ValidationError where the round is closed, because nothing could be changed, and where nothing says what needs to
    change: no comment here, and none that waits at a priority.
    """
    if Round.objects.filter(pk=return_of.round_id, is_closed=True).exists():
        raise ValidationError("The round is closed, so nothing was done. Open it again first.")
    waiting = EntryComment.objects.filter(entry__return_of=return_of, resolved_at=None)
    if not comment.strip() and not waiting.exists():
        raise ValidationError({"comment": "Say what needs to change."})
    return _review(return_of, Return.Status.SENT_BACK, comment.strip(), by, at, version)


def _review(
    return_of: Return, status: Return.Status, comment: str, by: User, at: datetime, version: int | None
) -> Return:
    allowed = [Return.Status.SUBMITTED]
    if status == Return.Status.SENT_BACK:
        allowed.append(Return.Status.APPROVED)
    read = Return.objects.filter(pk=return_of.pk, status__in=allowed)
    if version is not None:
        read = read.filter(version=version)
    claimed = read.update(
        status=status, review_comment=comment, reviewed_by=by, reviewed_at=at, told_at=None, version=F("version") + 1
    )
    return_of = _fresh(return_of.pk)
    if claimed:
        _record(return_of, "Approved" if status == Return.Status.APPROVED else "Sent back", by, at)
        if status == Return.Status.APPROVED:
            _take_over(return_of, by, at)
        enqueue(TELLING_TASK, return_of.pk)
        touch(partnership_ids=[return_of.round.partnership_id])
    elif return_of.status != status or return_of.review_comment != comment:
        raise ValidationError(
            "The return has changed since you opened it, so nothing was done. Read it again, then decide."
        )
    return return_of


def _take_over(return_of: Return, by: User, at: datetime) -> None:
    """Bring each priority to what an approved return proposes for it, with the exit strategy it gives."""
    proposed = {
        entry.priority_id: Lifecycle(entry.proposed_status, entry.handed_over_to, entry.exit_strategy)
        for entry in return_of.entries.exclude(proposed_status="")
    }
    if proposed:
        change_lifecycles(of=proposed, reason="Proposed in a return that was approved", by=by, at=at)


def _begin_writing(return_id: int, by: User, at: datetime) -> Return:
    """Take the return's row for this transaction: a return never begun becomes a draft, a closed one is refused."""
    was = Return.objects.filter(pk=return_id).values_list("status", flat=True).first()
    claimed = (
        Return.objects.writable()
        .filter(pk=return_id)
        .update(
            status=Case(When(status=Return.Status.NOT_STARTED, then=Value(Return.Status.DRAFT)), default=F("status")),
            version=F("version") + 1,
        )
    )
    if not claimed:
        raise ReturnClosedError
    return_of = _fresh(return_id)
    if return_of.status != was:
        _record(return_of, "Begun", by, at)
    return return_of


def _fresh(return_id: int) -> Return:
    return Return.objects.select_related("round__term", "round__partnership", "organisation").get(pk=return_id)


def _record(return_of: Return, reason: str, by: User, at: datetime) -> None:
    """Write the history row of a change that a conditional update has made."""
    bulk_update_with_history([return_of], Return, [], default_user=by, default_change_reason=reason, default_date=at)


def _said(step: PlannedStep) -> tuple[str, int | None]:
    return step.title, step.activity_id


def _says(entry: ReturnEntry, steps: Sequence[PlannedStep], promises: Sequence[PlannedStep], text: EntryText) -> bool:
    """Whether an entry already says what a text does, as after the same form was posted twice."""
    by_id = {step.pk: step for step in steps}
    kept = [each for each in text.steps if each.pk in by_id]
    added = [each.said for each in text.steps if each.pk not in by_id and each.title.strip()]
    mentioned = {each.pk for each in kept}
    own = [step for step in steps if step.pk not in mentioned and not step.carried_from_id]
    marks = {mark.step_id: mark for mark in text.marks}
    return (
        all(getattr(entry, name) == getattr(text, name) for name in (*SECTIONS, *LIFECYCLE))
        and all(_said(by_id[each.pk]) == each.said for each in kept if each.pk)
        and [_said(step) for step in own] == added
        and all(
            marks.get(step.pk, Mark(step.pk, "")).of(step) == (step.outcome, step.outcome_reason) for step in promises
        )
    )


def _save_steps(
    entry: ReturnEntry, existing: Sequence[PlannedStep], written: Sequence[StepText], by: User, at: datetime
) -> None:
    """Bring an entry's planned steps in line with what was written."""
    by_id = {step.pk: step for step in existing}
    activity_ids = {text.activity_id for text in written if text.activity_id}
    if activity_ids and activities_for(entry).filter(pk__in=activity_ids).count() != len(activity_ids):
        raise ValidationError("Choose an activity of the same priority.")
    position = max((step.position for step in existing), default=0)
    for text in written:
        title, activity_id = text.said
        step = by_id.get(text.pk) if text.pk else None
        if step and not title:
            if step.carried_from_id:
                raise ValidationError(
                    "A step that was carried over stays. Mark its promise another way to take it out."
                )
            attributed(step, reason="Planned step taken out", by=by, at=at)
            step.delete()
        elif step and _said(step) != text.said:
            step.title, step.activity_id = text.said
            _save(step, "Planned step rewritten", by, at, fields=["title", "activity"])
        elif not step and title:
            position += 1
            step = PlannedStep(entry=entry, title=title, activity_id=activity_id, position=position)
            _save(step, "Planned step added", by, at)


def _mark(promise: PlannedStep, mark: Mark, entry: ReturnEntry | None, by: User, at: datetime) -> None:
    """Mark a promise; carrying it over plans it again in the entry, once, and any other mark takes that back."""
    outcome, reason = mark.of(promise)
    if outcome and outcome not in PlannedStep.Outcome.values:
        raise ValidationError("Mark the promise done, carried over or dropped.")
    if (promise.outcome, promise.outcome_reason) == (outcome, reason):
        return
    carried = PlannedStep.objects.filter(carried_from=promise).first()
    if outcome == PlannedStep.Outcome.CARRIED_OVER:
        if not entry:
            raise ValidationError(
                "The priority has left this return, so its steps cannot be carried over. Mark this one done or dropped."
            )
        if not carried:
            last = PlannedStep.objects.filter(entry=entry).aggregate(last=Max("position"))["last"] or 0
            carried = PlannedStep(
                entry=entry,
                title=promise.title,
                activity_id=promise.activity_id,
                carried_from=promise,
                terms_carried=promise.terms_carried + 1,
                position=last + 1,
            )
            _save(carried, "Carried over", by, at)
    elif carried:
        if _said(carried) == _said(promise):
            attributed(carried, reason="No longer carried over", by=by, at=at)
            carried.delete()
        else:
            # Somebody rewrote it: their words stay, as a step of this term's own.
            carried.carried_from, carried.terms_carried = None, 0
            _save(carried, "No longer carried over", by, at, fields=["carried_from", "terms_carried"])
    promise.outcome, promise.outcome_reason = outcome, reason
    promise.marked_by, promise.marked_at = (by, at) if outcome else (None, None)
    reason_for_history = f"Marked {promise.get_outcome_display().lower()}" if outcome else "Mark taken off"
    _save(
        promise,
        reason_for_history,
        by,
        at,
        fields=["outcome", "outcome_reason", "marked_by", "marked_at"],
    )


def _save(step: PlannedStep, reason: str, by: User, at: datetime, *, fields: Sequence[str] | None = None) -> None:
    step.clean_fields(exclude=["entry", "activity", "carried_from", "marked_by"])
    attributed(step, reason=reason, by=by, at=at)
    step.save(update_fields=fields)

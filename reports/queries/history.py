"""What happened to a return, change by change, in words: who, when, and what it said before and after."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, pairwise
from typing import Any

from django.db.models import Q

from priorities.models import ActivityUpdate
from priorities.models.standing import Standing
from priorities.rules import standing_of
from reports.models import EntryComment, PlannedStep, Return, ReturnEntry
from reports.queries.returns import SECTIONS, lifecycle_words, previous_return, promises_of


@dataclass(frozen=True, slots=True)
class Change:
    """One change in words; `before` and `after` are texts to compare, where the change is one of text."""

    at: datetime
    by: str
    words: str
    where: str = ""
    before: str = ""
    after: str = ""


def history_of(return_of: Return) -> list[Change]:
    """Every change of a return, latest first: eight queries however many."""
    entries = {entry.pk: entry for entry in return_of.entries.select_related("priority")}
    changes = [
        *_of_return(return_of),
        *_of_entries(entries),
        *_of_steps(return_of, entries),
        *_of_updates(return_of, entries.values()),
        *_of_comments(entries),
    ]
    # Of two changes in one moment, the one that was written later comes first.
    return sorted(changes, key=lambda change: change.at)[::-1]


def _of_return(return_of: Return) -> Iterator[Change]:
    for row in Return.history.filter(id=return_of.pk).select_related("history_user").order_by("history_id"):
        is_sent_back = row.status == Return.Status.SENT_BACK and row.history_change_reason == "Sent back"
        words = row.history_change_reason or ("Made" if row.history_type == "+" else "Changed by an administrator")
        if is_sent_back and row.review_comment:
            words = f"{words}: “{row.review_comment}”"
        yield Change(row.history_date, _name(row), words)


def _of_entries(entries: dict[int, ReturnEntry]) -> Iterator[Change]:
    rows = ReturnEntry.history.filter(id__in=entries).select_related("history_user").order_by("id", "history_id")
    for before, row in _with_earlier(rows):
        if before is None:
            continue
        where = str(entries[row.id].priority)
        for section, name in SECTIONS.items():
            old, new = getattr(before, section), getattr(row, section)
            if old != new:
                is_filled = row.history_change_reason == "Filled from what was logged"
                words = f"{name} filled from what was logged" if is_filled else f"{name} changed"
                yield Change(row.history_date, _name(row), words, where, old, new)
        lives = [_life(each) for each in (before, row)]
        if lives[0] != lives[1]:
            words = f"What becomes of the priority: {lives[0]} → {lives[1]}"
            yield Change(row.history_date, _name(row), words, where)


def _of_steps(return_of: Return, entries: dict[int, ReturnEntry]) -> Iterator[Change]:
    promises = {step.pk: step for step in promises_of(return_of, previous_return(return_of))}
    marked = Q(id__in=promises, history_change_reason__startswith="Mark")
    rows = (
        PlannedStep.history.filter(Q(entry__in=entries) | marked)
        .select_related("history_user")
        .order_by("id", "history_id")
    )
    for before, row in _with_earlier(rows):
        own = entries.get(row.entry_id)
        where = str(own.priority if own else promises[row.id].entry.priority)
        words = f"{row.history_change_reason or 'Planned step changed'}: “{row.title}”"
        if row.id in promises and row.outcome_reason:
            words = f"{words}, because: {row.outcome_reason}"
        is_rewritten = before is not None and before.title != row.title
        yield Change(
            row.history_date,
            _name(row),
            words,
            where,
            before.title if is_rewritten else "",
            row.title if is_rewritten else "",
        )


def _of_updates(return_of: Return, entries: Iterable[ReturnEntry]) -> Iterator[Change]:
    """How the activities that the return speaks of were judged in its term."""
    rows = (
        ActivityUpdate.history.filter(
            Q(activity__lead=return_of.organisation_id) | Q(activity__lead=None),
            term=return_of.round.term_id,
            activity__priority__in=[entry.priority_id for entry in entries],
        )
        .select_related("history_user", "activity__priority")
        .order_by("id", "history_id")
    )
    for before, row in _with_earlier(rows):
        now = Standing(standing_of(row.status, row.rag)).label
        then = Standing(standing_of(before.status, before.rag)).label if before else ""
        judged = f"{then} → {now}" if then and then != now else now
        is_said = row.reason and (not before or before.reason != row.reason or then != now)
        is_rewritten = before is not None and before.words != row.words
        yield Change(
            row.history_date,
            _name(row),
            f"{row.activity}: {judged}" + (f", reason: {row.reason}" if is_said else ""),
            str(row.activity.priority),
            before.words if is_rewritten else "",
            row.words if is_rewritten else "",
        )


def _of_comments(entries: dict[int, ReturnEntry]) -> Iterator[Change]:
    for each in EntryComment.objects.filter(entry__in=entries).select_related("written_by", "resolved_by"):
        where = str(entries[each.entry_id].priority)
        yield Change(each.written_at, each.written_by.name, f"Comment: “{each.text}”", where)
        if each.resolved_at:
            by = each.resolved_by.name if each.resolved_by else ""
            yield Change(each.resolved_at, by, f"Comment dealt with: “{each.text}”", where)


def _with_earlier(rows: Iterable[Any]) -> Iterator[tuple[Any, Any]]:
    """Each state of a row, after the state before it; None before the first."""
    for before, row in pairwise(chain([None], rows)):
        yield before if before is not None and before.id == row.id else None, row


def _life(entry: Any) -> str:
    words = lifecycle_words(ReturnEntry(proposed_status=entry.proposed_status, handed_over_to=entry.handed_over_to))
    return f"{words[:1].lower()}{words[1:]}" or "no change"


def _name(row: Any) -> str:
    return row.history_user.name if row.history_user else ""

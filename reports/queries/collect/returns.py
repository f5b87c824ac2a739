"""What the returns of a term say, priority by priority, with each promise made for it and what became of it."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from partnerships.models import Term
from reports.models import PlannedStep, Return
from reports.queries.collect.rows import Row
from reports.snapshots.schema import Contribution, Promise, ReturnState


class Returns(NamedTuple):
    """The returns of a term: per priority, who sent what, and the round's dates."""

    contributions: dict[int, list[Contribution]]
    states: list[ReturnState]
    promises: list[Promise]
    authors: list[str]
    board_on: date | None
    as_at: date | None


def read_returns(rows: Sequence[Row], term: Term) -> Returns:
    """Read the term's returns, with what each organisation promised for it before."""
    current = [row for row in rows if row["term_id"] == term.pk]
    promised = _promises(rows, term)
    contributions: dict[int, list[Contribution]] = {}
    states: dict[int, ReturnState] = {}
    authors: dict[str, None] = {}
    for entry in _entries(current):
        head = entry[0]
        status = Return.Status(head["status"])
        if head["id"] not in states:
            states[head["id"]] = ReturnState(head["organisation_name"], status.value, str(status.label))
            role = head["author_role"]
            authors[f"{role}, {head['organisation_name']}" if role else head["organisation_name"]] = None
        if head["entry_id"] is None:
            continue
        contributions.setdefault(head["priority_id"], []).append(
            Contribution(
                organisation=head["organisation_name"],
                author_role=head["author_role"],
                status=status.value,
                intended_outcomes=lines_of(head["intended_outcomes"]),
                promises=tuple(promised.pop((head["organisation_id"], head["priority_id"]), ())),
                activity=head["activity"],
                planned=tuple(row["step_title"] for row in entry if row["step_id"] is not None),
                impact=head["impact"],
                exit_strategy=head["exit_strategy"],
            )
        )
    kept = [promise for own in contributions.values() for one in own for promise in one.promises]
    return Returns(
        contributions,
        list(states.values()),
        kept + [promise for own in promised.values() for promise in own],
        list(authors),
        current[0]["board_on"] if current else None,
        current[0]["as_at"] if current else None,
    )


def lines_of(text: str) -> tuple[str, ...]:
    """The lines of a text, without blanks and bullet signs."""
    return tuple(line for line in (raw.strip().lstrip("•-–* ").strip() for raw in text.splitlines()) if line)


def _entries(rows: Iterable[Row]) -> list[list[Row]]:
    """Rows gathered by return and entry, in order."""
    gathered: dict[tuple[int, int | None], list[Row]] = {}
    for row in rows:
        gathered.setdefault((row["id"], row["entry_id"]), []).append(row)
    return list(gathered.values())


def _promises(rows: Sequence[Row], term: Term) -> dict[tuple[int, int], list[Promise]]:
    """Per organisation and priority, what was promised for the term, by the rule of `promises_of` in queries/returns.

    Rows come latest first, and a year back: here is one query for every organisation, there two for each.
    """
    previous: dict[int, int] = {}
    promises: dict[tuple[int, int], list[Promise]] = {}
    for row in rows:
        if row["term_id"] == term.pk:
            continue
        if row["status"] != Return.Status.NOT_STARTED:
            previous.setdefault(row["organisation_id"], row["id"])
        is_previous = previous.get(row["organisation_id"]) == row["id"]
        if row["step_id"] is not None and (is_previous or _is_unsettled(row)):
            promises.setdefault((row["organisation_id"], row["priority_id"]), []).append(
                Promise(
                    title=row["step_title"],
                    outcome=row["step_outcome"],
                    reason=row["step_reason"],
                    terms_carried=row["step_carried"] + (row["step_outcome"] == PlannedStep.Outcome.CARRIED_OVER),
                )
            )
    return promises


def _is_unsettled(row: Row) -> bool:
    """Whether nobody has said what became of a step, or why it was dropped."""
    outcome, reason = row["step_outcome"], row["step_reason"]
    return not outcome or (outcome == PlannedStep.Outcome.DROPPED and not reason)

"""Keeping what was logged in the text of a return, or leaving it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from partnerships.models import User
from reports.models import ReturnEntry, ReturnLine


@dataclass(frozen=True, slots=True)
class Choice:
    """Something logged with the words it has at that moment, kept in the text of a return or left out."""

    kind: str
    source_id: int
    words: str
    is_kept: bool


def keep_lines(*, entry: ReturnEntry, choices: Sequence[Choice], by: User, at: datetime) -> None:
    """Remember which lines a return took in and which it left out, so that neither is offered again.

    Whoever calls holds the return's row in its transaction, and writes the text.
    """
    held = {(line.kind, line.source_id): line for line in ReturnLine.objects.filter(entry=entry)} if choices else {}
    made, changed = [], []
    for choice in choices:
        line = held.get((choice.kind, choice.source_id))
        if line is None:
            line = ReturnLine(entry=entry, kind=choice.kind, source_id=choice.source_id)
            made.append(line)
        elif line.is_kept == choice.is_kept:
            continue
        else:
            changed.append(line)
        line.words, line.is_kept, line.decided_by, line.decided_at = choice.words, choice.is_kept, by, at
    ReturnLine.objects.bulk_create(made)
    ReturnLine.objects.bulk_update(changed, ["words", "is_kept", "decided_by", "decided_at"])

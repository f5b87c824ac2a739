"""Keeping the rows of a spreadsheet, saying what they would change, and changing it."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from partnerships.models import Partnership, Term, User
from priorities.models import UpdateSheet
from priorities.queries.bulk_updates import Said, UpdateLine, update_lines, updated_in_bulk
from priorities.queries.settled import settled_organisations, why_settled
from priorities.services.bulk_updates import Judged, Verdict, judge, record_over
from priorities.services.update_sheets.columns import Key, meant
from priorities.services.update_sheets.reading import SheetRow

_STRANGE = "This row is not one of yours: it was not in the file you downloaded, or is no longer yours to update."


@dataclass(frozen=True, slots=True)
class CheckedRow:
    """A row with what would become of it, and the update that it is of; none where the row is not the person's."""

    row: SheetRow
    said: Said
    judged: Judged
    line: UpdateLine | None = None
    seen: str = ""


@dataclass(slots=True)
class Applied:
    """What became of a spreadsheet: how many updates were saved, and how many rows were not."""

    saved: int = 0
    refused: int = 0


@transaction.atomic
def keep_rows(*, rows: Sequence[SheetRow], partnership: Partnership, term: Term, by: User, at: datetime) -> UpdateSheet:
    """Keep what was read until its sender applies it, and let go of what nobody applied in time."""
    UpdateSheet.objects.expired(at=at).delete()
    return UpdateSheet.objects.create(
        user=by, partnership=partnership, term=term, uploaded_at=at, rows=[asdict(row) for row in rows]
    )


def partnership_of(rows: Sequence[SheetRow]) -> str:
    """The slug of the partnership whose spreadsheet this is; raises ValidationError where no row says so."""
    for row in rows:
        if key := Key.parse(row.key):
            return key.partnership
    raise ValidationError("The sheet has no row that was downloaded here. Download a fresh one here and fill that in.")


def check_rows(sheet: UpdateSheet, user: User) -> list[CheckedRow]:
    """Every row with what would become of it now: four queries."""
    rows = [SheetRow(**row) for row in sheet.rows]
    parsed = [Key.parse(row.key) for row in rows]
    keys = [key if key and key.partnership == sheet.partnership.slug else None for key in parsed]
    mine = updated_in_bulk(user, sheet.partnership).filter(pk__in={key.activity for key in keys if key})
    lines = {line.activity.pk: line for line in update_lines(mine, sheet.term, None)}
    times = Counter(key.activity for key in keys if key)
    settled = settled_organisations(partnership_id=sheet.partnership_id, term=sheet.term)
    return [_checked(row, key, sheet, lines, times, settled) for row, key in zip(rows, keys, strict=True)]


def _checked(
    row: SheetRow,
    key: Key | None,
    sheet: UpdateSheet,
    lines: dict[int, UpdateLine],
    times: Counter[int],
    settled: Collection[int | None],
) -> CheckedRow:
    said = meant(row.typed)
    if key is None or key.activity not in lines:
        return CheckedRow(row, said, Judged(Verdict.REFUSED, {"": _STRANGE}))
    line = lines[key.activity]
    if key.term != sheet.term.code:
        words = f"This row is of another term; it is now {sheet.term.label}. Download a fresh file."
        return CheckedRow(row, said, Judged(Verdict.REFUSED, {"": words}), line)
    if times[key.activity] > 1:
        words = "This activity stands in the file more than once. Keep one row of it."
        return CheckedRow(row, said, Judged(Verdict.REFUSED, {"": words}), line)
    judged = judge(said=said, seen=key.seen, now=Said.of(line.present))
    if judged.verdict == Verdict.CHANGED and (why := why_settled(line.activity, sheet.term, settled)):
        judged = Judged(Verdict.REFUSED, {"": why})
    if row.faults and judged.verdict in (Verdict.CHANGED, Verdict.REFUSED):
        judged = Judged(Verdict.REFUSED, judged.problems | row.faults)
    return CheckedRow(row, said, judged, line, key.seen)


def apply_rows(*, sheet: UpdateSheet, by: User, at: datetime) -> Applied:
    """Save every row that is in order, each in a transaction of its own; applying again changes nothing more."""
    applied = Applied()
    for checked in check_rows(sheet, by):
        verdict = checked.judged.verdict
        if verdict == Verdict.CHANGED and checked.line:
            saved = record_over(
                activity=checked.line.activity, term=sheet.term, said=checked.said, seen=checked.seen, by=by, at=at
            )
            verdict = saved.judged.verdict
        applied.saved += verdict == Verdict.CHANGED
        applied.refused += verdict in (Verdict.REFUSED, Verdict.STALE)
    return applied

"""A partnership's rounds, and where each of their returns is."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from reports.models import Report, Return, Round
from reports.models.rounds import days_late
from wesp_portal.common.formatting import uk_date


@dataclass(frozen=True, slots=True)
class ReturnLine:
    """One return in a list: whose it is, where it is, and how many of its priorities say something of the term."""

    id: int
    partnership_id: int
    partnership: str
    organisation_id: int
    organisation: str
    term_code: str
    term_starts_on: date
    due_on: date
    is_closed: bool
    status: str
    comment: str
    submitted_by: str
    submitted_at: datetime | None
    reviewed_by: str
    reviewed_at: datetime | None
    entries: int
    written: int

    @property
    def is_open(self) -> bool:
        """Whether it is with its officers, and not with the lead."""
        return self.status in Return.EDITABLE

    @property
    def is_writable(self) -> bool:
        """Whether its officers can still change and send it."""
        return self.is_open and not self.is_closed

    @property
    def days_late(self) -> int:
        """How many days after the due date it was sent."""
        return 0 if self.is_open else days_late(self.submitted_at, self.due_on)


@dataclass(frozen=True, slots=True)
class RoundEvent:
    """One thing that happened to a round, in words."""

    at: datetime
    words: str


def return_lines(returns: QuerySet[Return]) -> list[ReturnLine]:
    """Returns as lines of a list, in one query."""
    said = ~Q(entries__activity="") | ~Q(entries__impact="") | Q(entries__planned_steps__isnull=False)
    rows = (
        returns.annotate(
            entries_all=Count("entries", distinct=True),
            entries_written=Count("entries", filter=said, distinct=True),
            term_code=F("round__term__code"),
            term_starts_on=F("round__term__starts_on"),
            due_on=F("round__due_on"),
            is_closed=F("round__is_closed"),
            partnership_id=F("round__partnership"),
            partnership_name=Coalesce(NullIf("round__partnership__short_name", Value("")), "round__partnership__name"),
            organisation_name=Coalesce(NullIf("organisation__short_name", Value("")), "organisation__name"),
            submitter=F("submitted_by__name"),
            reviewer=F("reviewed_by__name"),
        )
        .order_by("round__due_on", "organisation__name")
        .values()
    )
    return [
        ReturnLine(
            id=row["id"],
            partnership_id=row["partnership_id"],
            partnership=row["partnership_name"],
            organisation_id=row["organisation_id"],
            organisation=row["organisation_name"],
            term_code=row["term_code"],
            term_starts_on=row["term_starts_on"],
            due_on=row["due_on"],
            is_closed=row["is_closed"],
            status=row["status"],
            comment=row["review_comment"],
            submitted_by=row["submitter"] or "",
            submitted_at=row["submitted_at"],
            reviewed_by=row["reviewer"] or "",
            reviewed_at=row["reviewed_at"],
            entries=row["entries_all"],
            written=row["entries_written"],
        )
        for row in rows
    ]


def rounds_of(partnership_id: int) -> list[Round]:
    """A partnership's rounds, the latest term first."""
    return list(Round.objects.filter(partnership=partnership_id).select_related("term").order_by("-term__starts_on"))


def events_of(round_id: int) -> list[RoundEvent]:
    """How a round was opened, closed and opened again, latest first: one query."""
    rows = Round.history.filter(id=round_id).select_related("history_user").order_by("history_id")
    return list(_events(rows))[::-1]


def _events(rows: QuerySet[Any]) -> Iterator[RoundEvent]:
    before = None
    for row in rows:
        by = f" by {row.history_user.name}" if row.history_user else ""
        words = ""
        if before is None:
            words = "Opened" if row.history_type == "+" else ""
        elif row.is_closed and not before.is_closed:
            words = "Closed"
        elif before.is_closed and not row.is_closed:
            words = "Opened again"
        if words:
            until = f", until the end of {uk_date(row.closes_on)}" if words == "Opened again" and row.closes_on else ""
            is_told = words == "Opened again" and row.reopening_reason
            reason = f": “{row.reopening_reason}”" if is_told else ""
            yield RoundEvent(row.history_date, f"{words}{by or ' by itself'}{until}{reason}")
        before = row


def latest_report(round_id: int) -> Report | None:
    """The latest version of a round's report, without its snapshot; None before one is asked for."""
    return Report.objects.filter(round=round_id).defer("snapshot").order_by("-version").first()

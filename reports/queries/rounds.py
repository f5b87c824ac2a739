"""A partnership's rounds, and where each of their returns is."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, F, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from reports.models import Report, Return, Round


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
        return self.status in Return.EDITABLE


def return_lines(returns: QuerySet[Return]) -> list[ReturnLine]:
    """Returns as lines of a list, in one query."""
    said = ~Q(entries__activity="") | ~Q(entries__impact="") | Q(entries__planned_steps__isnull=False)
    rows = (
        returns.annotate(
            entries_all=Count("entries", distinct=True),
            entries_written=Count("entries", filter=said, distinct=True),
            term_code=F("round__term__code"),
            term_starts_on=F("round__term__starts_on"),
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


def latest_report(round_id: int) -> Report | None:
    """The latest version of a round's report, without its snapshot; None before one is asked for."""
    return Report.objects.filter(round=round_id).defer("snapshot").order_by("-version").first()

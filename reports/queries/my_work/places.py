"""A person's partnerships, and where each is in its term."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.utils import timezone

from partnerships.access import Access
from partnerships.models import Meeting, Partnership, Term, User
from reports.models import BoardQuestion, Decision, Report, Round
from reports.queries.my_work.words import how_far
from reports.queries.rounds import ReturnLine
from wesp_portal.common.formatting import uk_date, uk_date_time


@dataclass(frozen=True, slots=True)
class Place:
    """One of a person's partnerships, and where it is in its term."""

    slug: str
    name: str
    term: Term | None
    round: Round | None
    days_left: int
    is_lead: bool
    is_officer: bool
    is_on_board: bool
    is_secretary: bool
    next_meeting: str
    unanswered: int
    # The board's decisions that should have been carried out, and since when.
    overdue: int
    overdue_since: date | None
    returns_all: int
    returns_in: int
    report: Report | None
    to_publish: Report | None

    @property
    def due_words(self) -> str:
        """How far off the day is, for whoever writes or waits for returns: in 8 days, today, 2 days late."""
        if not self.round or self.round.is_closed or not (self.is_officer or self.is_lead):
            return ""
        return how_far(self.days_left)

    @property
    def has_report_for_meeting(self) -> bool:
        """Whether the report of this term's round is published."""
        return bool(self.report and self.round and self.report.round_id == self.round.pk)


def partnerships_of(user: User, today: date) -> list[dict[str, Any]]:
    """A person's partnerships, each with its term, next board meeting, and what of the board's is left to them."""
    access = user.access
    meeting = Meeting.objects.filter(board__partnership=OuterRef("pk"), board__is_reporting=True)
    unanswered = BoardQuestion.objects.left_to(user).filter(round__partnership=OuterRef("pk"), answer="").order_by()
    overdue = (
        Decision.objects.filter(round__partnership=OuterRef("pk"), status=Decision.Status.OPEN, due_on__lt=today)
        .order_by()
        .values("round__partnership")
    )
    published = Report.objects.filter(round__partnership=OuterRef("pk"), status=Report.Status.PUBLISHED)
    return list(
        Partnership.objects.filter(pk__in=access.partnership_ids)
        .annotate(
            term_now=Subquery(Term.objects.filter(calendar=OuterRef("calendar")).at(today).values("pk")[:1]),
            board_meets_at=Subquery(
                meeting.filter(starts_at__date__gte=today).order_by("starts_at").values("starts_at")[:1]
            ),
            unanswered=Subquery(unanswered.values("round__partnership").annotate(count=Count("pk")).values("count")),
            overdue=Subquery(overdue.annotate(count=Count("pk")).values("count")),
            overdue_since=Subquery(overdue.annotate(first=Min("due_on")).values("first")),
            latest_report=Subquery(published.order_by("-round__term__starts_on").values("pk")[:1]),
        )
        .values(
            "pk",
            "slug",
            "name",
            "term_now",
            "board_meets_at",
            "unanswered",
            "overdue",
            "overdue_since",
            "latest_report",
        )
    )


def reports_of(access: Access, latest: Iterable[int | None]) -> list[Report]:
    """The latest published report of each partnership, and those a lead may publish."""
    return list(
        Report.objects.filter(
            Q(pk__in=[each for each in latest if each])
            | Q(status=Report.Status.READY, round__partnership__in=access.lead_of)
        )
        .select_related("round__term")
        .defer("snapshot")
        .order_by("version")
    )


def place_of(
    here: dict[str, Any],
    access: Access,
    terms: dict[int, Term],
    rounds: dict[int, Round],
    led: Iterable[ReturnLine],
    reports: Iterable[Report],
    today: date,
) -> Place:
    key = here["pk"]
    current = rounds.get(key)
    lines = [line for line in led if line.partnership_id == key]
    own = [report for report in reports if report.round.partnership_id == key]
    ready = [report for report in own if report.status == Report.Status.READY]
    keeps_decisions = key in access.secretary_of or key in access.lead_of
    published = [report for report in own if report.status == Report.Status.PUBLISHED]
    return Place(
        slug=here["slug"],
        name=here["name"],
        term=terms.get(here["term_now"]),
        round=current,
        days_left=(current.due_on - today).days if current else 0,
        is_lead=key in access.lead_of,
        is_officer=key in access.working_in,
        is_on_board=key in access.boards_of,
        is_secretary=key in access.secretary_of,
        next_meeting=_next_meeting(here["board_meets_at"], current, today),
        unanswered=here["unanswered"] or 0,
        overdue=(here["overdue"] or 0) if keeps_decisions else 0,
        overdue_since=here["overdue_since"] if keeps_decisions else None,
        returns_all=len(lines),
        returns_in=sum(not line.is_open for line in lines),
        report=published[-1] if published else None,
        to_publish=ready[-1] if ready else None,
    )


def _next_meeting(meets_at: datetime | None, current: Round | None, today: date) -> str:
    """When the board next meets and how far off that is: by its list of meetings, or else by the round's day."""
    if meets_at:
        local = timezone.localtime(meets_at)
        return f"{uk_date_time(local)}, {how_far((local.date() - today).days)}"
    if current and current.board_on and current.board_on >= today:
        return f"{uk_date(current.board_on)}, {how_far((current.board_on - today).days)}"
    return ""

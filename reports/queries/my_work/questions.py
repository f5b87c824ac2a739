"""What a person asked as a member of a board, and whether it was answered."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from partnerships.access import Access
from partnerships.models import Term
from reports.models import BoardQuestion
from reports.queries.my_work.lists import SHOWN


@dataclass(frozen=True, slots=True)
class OwnQuestion:
    """A question, and its answer once it has one."""

    text: str
    answer: str
    asked_on: date
    answered_on: date | None
    # The partnership, for a person of more than one.
    place: str
    url: str


def own_questions(access: Access, terms: Iterable[Term], names: Mapping[int, str]) -> tuple[OwnQuestion, ...]:
    """A person's questions that wait for an answer or got one this term, those answered last first: one query."""
    term_began = min((term.starts_on for term in terms), default=date.max)
    rows = (
        BoardQuestion.objects.filter(
            Q(answer="") | Q(answered_at__date__gte=term_began),
            asked_by=access.user_id,
            round__partnership__in=access.boards_of | access.lead_of,
        )
        .select_related("round__partnership")
        .order_by(F("answered_at").desc(nulls_last=True), "-asked_at")
    )
    return tuple(
        OwnQuestion(
            text=row.text,
            answer=row.answer,
            asked_on=timezone.localdate(row.asked_at),
            answered_on=timezone.localdate(row.answered_at) if row.answered_at else None,
            place=names.get(row.round.partnership_id, ""),
            url=reverse("question-list", args=[row.round.partnership.slug]),
        )
        for row in rows[:SHOWN]
    )

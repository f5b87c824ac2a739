"""What a board asked and decided."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse

from partnerships.models import User
from priorities.models import Achievement, Activity, Metric, Objective, Priority
from reports.models import BoardQuestion, Decision, Round
from reports.models.questions import Item

ABOUT = ("priority", *BoardQuestion.ITEMS)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a question is about, in words and with the address of its page."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with the decisions that settle it, and whether the reader may answer it."""

    question: BoardQuestion
    about: Subject | None
    decisions: Sequence[Decision]
    may_answer: bool


def subject_of(question: BoardQuestion) -> Subject | None:
    item = question.item
    return Subject(str(item), reverse(str(item._meta.model_name), args=[item.pk])) if item else None


def latest_round(partnership_id: int) -> Round | None:
    """The round that questions and decisions of today belong to."""
    return (
        Round.objects.filter(partnership=partnership_id)
        .select_related("term", "partnership")
        .order_by("-term__starts_on")
        .first()
    )


def exchanges_of(user: User, partnership_id: int) -> tuple[list[Exchange], list[Decision]]:
    """A partnership's questions and the decisions that answer to none, what is open first: two queries."""
    answerable = BoardQuestion.objects.answered_by(user).filter(pk=OuterRef("pk"))
    questions = (
        BoardQuestion.objects.filter(round__partnership=partnership_id)
        .select_related("round__term", *ABOUT, "asked_by", "answered_by")
        .annotate(may_answer=Exists(answerable))
        .order_by("-asked_at")
    )
    decisions = list(
        Decision.objects.filter(round__partnership=partnership_id)
        .select_related("round__term", "priority", "recorded_by", "settled_by")
        .order_by("-recorded_at")
    )
    settling: dict[int | None, list[Decision]] = {}
    for decision in sorted(decisions, key=lambda one: one.status != Decision.Status.OPEN):
        settling.setdefault(decision.question_id, []).append(decision)
    exchanges = [
        Exchange(
            question, subject_of(question), settling.get(question.pk, []), bool(getattr(question, "may_answer", False))
        )
        for question in questions
    ]
    return sorted(exchanges, key=_is_settled), settling.get(None, [])


def _is_settled(exchange: Exchange) -> bool:
    """Whether a question has its answer, and all that was decided upon it is done."""
    return bool(exchange.question.answer) and all(
        decision.status != Decision.Status.OPEN for decision in exchange.decisions
    )


def asked_about(user: User, partnership_id: int, asked: Mapping[str, str]) -> Item | None:
    """The item that an address names, as ?activity=3: None where it names none, Http404 where it is out of reach.

    A priority may be chosen from a list, so its number here is only what stands first in it.
    """
    within: Mapping[str, Callable[[], QuerySet[Any]]] = {
        "objective": lambda: Objective.objects.visible_to(user).filter(priority__strategy__partnership=partnership_id),
        "activity": lambda: Activity.objects.visible_to(user).filter(priority__strategy__partnership=partnership_id),
        "metric": lambda: Metric.objects.used_within([partnership_id]),
        "achievement": lambda: Achievement.objects.visible_to(user).filter(partnership=partnership_id),
    }
    for name in BoardQuestion.ITEMS:
        if name in asked:
            number = asked[name] if asked[name].isdecimal() and len(asked[name]) < 18 else "0"
            found = within[name]()
            if name in ("objective", "activity"):
                found = found.select_related("priority__strategy")
            item: Item = get_object_or_404(found, pk=number)
            return item
    return None


def priorities_asked_about(partnership_id: int) -> list[tuple[int, str]]:
    """The priorities that a question or decision may be about, as choices."""
    priorities = (
        Priority.objects.open()
        .filter(strategy__partnership=partnership_id)
        .order_by("strategy__title", "strategy_id", "position", "ref")
    )
    return [(priority.pk, str(priority)) for priority in priorities]

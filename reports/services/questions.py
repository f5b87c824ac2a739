"""What the board asks and decides, and what it is answered."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from partnerships.models import User
from partnerships.services import index_rows, touch
from priorities.models import Achievement, Activity, Metric, Objective, Priority
from reports.models import BoardQuestion, Decision, Round
from reports.models.questions import Item
from reports.services.history import attributed
from wesp_portal.common.formatting import uk_date


@transaction.atomic
def ask_question(*, round_: Round, text: str, by: User, at: datetime, about: Item | None = None) -> BoardQuestion:
    """Put a question to a round, about the whole, a priority or one item; asking the same again adds nothing."""
    text = _said(text, "text", "Write your question.")
    subject = _subject(about)
    if about and not _is_of(round_.partnership_id, about):
        raise ValidationError({"about": "Choose something of this partnership."})
    # The round's row is the lock, so that the same form posted twice at once asks once.
    Round.objects.select_for_update(no_key=True).get(pk=round_.pk)
    asked = BoardQuestion.objects.filter(round=round_, asked_by=by, text=text, **subject).first()
    if asked:
        return asked
    question = BoardQuestion(round=round_, text=text, asked_by=by, asked_at=at, **subject)
    attributed(question, reason="Asked", by=by, at=at)
    question.save()
    index_rows([question])
    touch(partnership_ids=[round_.partnership_id])
    return question


def _subject(about: Item | None) -> dict[str, Item | None]:
    """What a question is about, by the names of its columns; a part of a priority has the priority beside it."""
    item_is: dict[str, Item | None] = dict.fromkeys((*BoardQuestion.ITEMS, "priority"))
    if isinstance(about, Objective | Activity):
        item_is["priority"] = about.priority
    if about:
        item_is[str(about._meta.model_name)] = about
    return item_is


def _is_of(partnership_id: int, about: Item) -> bool:
    """Whether an item is the partnership's own; a metric is shared by all whose objectives or strategies use it."""
    if isinstance(about, Metric):
        return Metric.objects.used_within([partnership_id]).filter(pk=about.pk).exists()
    if isinstance(about, Achievement):
        return about.partnership_id == partnership_id
    priority = about if isinstance(about, Priority) else about.priority
    return priority.strategy.partnership_id == partnership_id


@transaction.atomic
def answer_question(*, question: BoardQuestion, answer: str, by: User, at: datetime) -> BoardQuestion:
    """Answer a question, or put another answer in the place of one given; the earlier one stays in its history."""
    answer = _said(answer, "answer", "Write the answer.")
    question = (
        BoardQuestion.objects.select_for_update(of=("self",), no_key=True)
        .select_related("round__partnership", "round__term")
        .get(pk=question.pk)
    )
    if question.answer == answer:
        return question
    reason = "Answered again" if question.answer else "Answered"
    question.answer, question.answered_by, question.answered_at = answer, by, at
    attributed(question, reason=reason, by=by, at=at)
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    index_rows([question])
    touch(partnership_ids=[question.round.partnership_id])
    return question


@transaction.atomic
def record_decision(
    *,
    round_: Round,
    text: str,
    by: User,
    at: datetime,
    action_by: str = "",
    due_on: date | None = None,
    question: BoardQuestion | None = None,
    priority: Priority | None = None,
) -> Decision:
    """Record what the board decided, who acts and by when; the same decision recorded again adds nothing."""
    text = _said(text, "text", "Write what the board decided.")
    if due_on and due_on < round_.opens_on:
        day = uk_date(round_.opens_on)
        raise ValidationError({"due_on": f"The date must be on or after {day}, when the round of this term opened."})
    if question and question.round.partnership_id != round_.partnership_id:
        raise ValidationError({"question": "Choose a question of this partnership."})
    if priority and priority.strategy.partnership_id != round_.partnership_id:
        raise ValidationError({"priority": "Choose a priority of this partnership."})
    Round.objects.select_for_update(no_key=True).get(pk=round_.pk)
    recorded = Decision.objects.filter(
        round=round_, question=question, priority=priority, text=text, action_by=action_by, due_on=due_on
    ).first()
    if recorded:
        return recorded
    decision = Decision(
        round=round_,
        question=question,
        priority=priority,
        text=text,
        action_by=action_by.strip(),
        due_on=due_on,
        recorded_by=by,
        recorded_at=at,
    )
    decision.clean_fields(exclude=["round", "question", "priority", "recorded_by"])
    attributed(decision, reason="Decided", by=by, at=at)
    decision.save()
    index_rows([decision])
    touch(partnership_ids=[round_.partnership_id])
    return decision


@transaction.atomic
def settle_decision(*, decision: Decision, status: Decision.Status, outcome: str, by: User, at: datetime) -> Decision:
    """Mark a decision done or dropped with a word how, or open it again; the earlier state stays in its history."""
    outcome = "" if status == Decision.Status.OPEN else _said(outcome, "outcome", "Say what came of it.")
    rows = Decision.objects.select_for_update(of=("self",), no_key=True)
    decision = rows.select_related("round__partnership", "round__term").get(pk=decision.pk)
    if (decision.status, decision.outcome) == (status, outcome):
        return decision
    is_open = status == Decision.Status.OPEN
    decision.status, decision.outcome = status, outcome
    decision.settled_by, decision.settled_at = (None, None) if is_open else (by, at)
    attributed(decision, reason="Opened again" if is_open else str(status.label), by=by, at=at)
    decision.save(update_fields=["status", "outcome", "settled_by", "settled_at"])
    index_rows([decision])
    touch(partnership_ids=[decision.round.partnership_id])
    return decision


def _said(text: str, name: str, otherwise: str) -> str:
    """The words without the space around them; ValidationError where there are none."""
    if not text.strip():
        raise ValidationError({name: otherwise})
    return text.strip()

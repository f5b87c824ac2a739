"""Telling people what is theirs in a round: seldom, in working hours, until it is done, and never twice."""

import logging
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from partnerships.models import User
from reports.models import Reminder, ReminderChoice, Round
from reports.queries.reminders import (
    Due,
    OpenWork,
    Outstanding,
    due_reminders,
    open_work,
    outstanding_in,
    sending_time,
)
from wesp_portal.common.formatting import join_words, uk_date
from wesp_portal.common.jobs import enqueue
from wesp_portal.common.mail import NotTakenError, UnconfirmedError, next_try, portal_address, send_email

logger = logging.getLogger(__name__)

REMINDER_TASK = "reports.tasks.send_reminder"


@dataclass(frozen=True, slots=True)
class Chased:
    """Whom a lead's request goes to and from when on, and who is left out because they were just written to."""

    people: tuple[Outstanding, ...]
    left_out: tuple[Outstanding, ...]
    leaves_at: datetime


def queue_reminders(*, at: datetime) -> int:
    """Make the day's reminders and queue them; how many. Late, twice or at once in two places makes each once.

    Outside working hours it makes none: what is due is due still on the next working day.
    """
    if sending_time(at) > at:
        return 0
    today = timezone.localdate(at)
    # What an earlier day could not send is made anew, so that its words are today's.
    Reminder.objects.filter(status=Reminder.Status.QUEUED, on__lt=today).exclude(kind=Reminder.Kind.CHASE).delete()
    queued = 0
    for due in due_reminders(on=today):
        try:
            queued += _queue(due, at=at)
        except Exception:
            logger.exception("The reminder to person %s could not be made.", due.person.pk)
    return queued


@transaction.atomic
def chase(*, round_: Round, people: Collection[int], by: User, at: datetime) -> Chased:
    """Ask these people, of all with something left in a round, to do it; who was written to within a week is left out.

    It goes whatever a person chose to be reminded of, since somebody asks; never outside working hours.
    """
    planned = plan_chase(round_, by=by, at=at)
    asked: list[Outstanding] = []
    late: list[Outstanding] = []
    for each in planned.people:
        if each.work.person.pk not in people:
            continue
        due = Due(each.work.person, Reminder.Kind.CHASE, (each.work,))
        (asked if _queue(due, at=planned.leaves_at, by=by) else late).append(each)
    return Chased(tuple(asked), (*planned.left_out, *late), planned.leaves_at)


def plan_chase(round_: Round, *, by: User, at: datetime) -> Chased:
    """Whom a lead's request would go to now, and who would be left out: nothing is written."""
    leaves_at = sending_time(at)
    day = timezone.localdate(leaves_at)
    everybody = outstanding_in(round_, on=timezone.localdate(at))
    # A lead has no need to be asked by themselves.
    outstanding = [each for each in everybody if each.work.person != by]
    free = tuple(each for each in outstanding if each.free_on is None or each.free_on <= day)
    return Chased(free, tuple(each for each in outstanding if each not in free), leaves_at)


def send_reminder(*, reminder_id: int, at: datetime) -> bool:
    """Send a reminder that waits, if there is still something to remind of; whether this call sent it.

    The row says "may have arrived" before the email leaves, so that whoever is killed in between leaves the truth
    behind, and nobody sends it a second time.
    """
    if sending_time(at) > at:
        return False
    # An earlier day's is the next day's job to make anew, unless a lead asked for it.
    claimed = (
        Reminder.objects.filter(Q(kind=Reminder.Kind.CHASE) | Q(on=timezone.localdate(at)), pk=reminder_id)
        .filter(status=Reminder.Status.QUEUED, try_at__lte=at)
        .update(status=Reminder.Status.UNCONFIRMED, sent_at=at, attempts=F("attempts") + 1)
    )
    if not claimed:
        return False
    reminder = Reminder.objects.select_related("person", "sent_by").get(pk=reminder_id)
    works = _works(reminder, at)
    if not works:
        reminder.delete()
        return False
    try:
        send_email(
            "chase" if reminder.sent_by else "reminder",
            to=reminder.person.email,
            context=_context(reminder, works),
            reply_to=reminder.sent_by.email if reminder.sent_by else "",
        )
    except UnconfirmedError as error:
        logger.warning("Reminder %s may not have arrived: %s", reminder_id, error)
        return False
    except NotTakenError as error:
        logger.warning("Reminder %s was not sent: %s", reminder_id, error)
        again = next_try(reminder.attempts, at=at)
        reminder.status = Reminder.Status.QUEUED if again else Reminder.Status.FAILED
        reminder.sent_at, reminder.try_at = None, again or at
        reminder.save(update_fields=["status", "sent_at", "try_at"])
        return False
    Reminder.objects.filter(pk=reminder_id).update(status=Reminder.Status.SENT)
    return True


def sweep_reminders(*, at: datetime) -> int:
    """Queue again what waits to be sent and may be now; how many."""
    waiting = list(
        Reminder.objects.filter(status=Reminder.Status.QUEUED, try_at__lte=at)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    if not waiting or sending_time(at) > at:
        return 0
    for reminder_id in waiting:
        enqueue(REMINDER_TASK, reminder_id)
    return len(waiting)


def choose_reminders(*, person: User, wants_opening: bool, wants_due: bool) -> ReminderChoice:
    """Keep what a person wants to be sent."""
    choice, _ = ReminderChoice.objects.update_or_create(
        person=person, defaults={"wants_opening": wants_opening, "wants_due": wants_due}
    )
    return choice


def _queue(due: Due, *, at: datetime, by: User | None = None) -> bool:
    """Make a message and queue it; False where the person has one for that day already."""
    reminder = Reminder(person=due.person, kind=due.kind, on=timezone.localdate(at), sent_by=by, try_at=at)
    try:
        with transaction.atomic():
            reminder.save(force_insert=True)
            reminder.rounds.set([work.round for work in due.works])
            enqueue(REMINDER_TASK, reminder.pk)
    except IntegrityError:
        return False
    return True


def _works(reminder: Reminder, at: datetime) -> list[OpenWork]:
    """What is left to a person when the message leaves: in the round a lead asks about, or in all under way."""
    today = timezone.localdate(at)
    if reminder.kind == Reminder.Kind.CHASE:
        rounds = reminder.rounds.filter(is_closed=False)
    else:
        rounds = Round.objects.under_way(today).filter(partnership__roles__user=reminder.person).distinct()
    return [
        work
        for round_ in rounds.select_related("partnership", "term").order_by("due_on", "pk")
        for work in open_work(round_, on=today, person=reminder.person)
    ]


def _context(reminder: Reminder, works: Iterable[OpenWork]) -> dict[str, Any]:
    today = timezone.localdate(reminder.sent_at)
    places = [
        {
            "name": work.round.partnership.name,
            "term": work.round.term.label,
            "due": f"{work.round.due_on:%A} {uk_date(work.round.due_on)}",
            "is_late": work.round.due_on < today,
            "lines": work.lines,
        }
        for work in works
    ]
    return {
        "kind": reminder.kind,
        "name": reminder.person.name,
        "asked_by": reminder.sent_by.name if reminder.sent_by else "",
        "places": places,
        "partnerships": join_words(str(place["name"]) for place in places),
        "url": portal_address(reverse("home")),
    }

"""The day an activity is due: whether it was met, how late, and from when it was moved."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise, takewhile

from django.utils import timezone

from priorities.models import Activity, ActivityStatus, ActivityUpdate


@dataclass(frozen=True, slots=True)
class Move:
    """A change of the day an activity is due."""

    before: date
    now: date | None
    who: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Milestone:
    """An activity's date: whether it was met, by how many days late, and from when it was moved."""

    done_on: date | None
    late_days: int
    moves: list[Move]


def milestone_of(activity: Activity, today: date) -> Milestone | None:
    """What came of the day an activity is due: two queries, or none where it never had one."""
    moves = _moves_of(activity)
    if not activity.due_on:
        return Milestone(None, 0, moves) if moves else None
    done_on = None
    if activity.latest_status == ActivityStatus.DONE:
        said = ActivityUpdate.history.filter(activity=activity.pk).order_by("-history_date", "-history_id")
        run = takewhile(lambda row: row[0] == ActivityStatus.DONE, said.values_list("status", "history_date"))
        done_at = min((at for _, at in run), default=None)
        done_on = timezone.localtime(done_at).date() if done_at else None
    return Milestone(done_on, max(((done_on or today) - activity.due_on).days, 0), moves)


def _moves_of(activity: Activity) -> list[Move]:
    """Each change of the due date, the latest first."""
    rows = Activity.history.filter(id=activity.pk).select_related("history_user").order_by("history_date", "history_id")
    moves = [
        Move(before.due_on, now.due_on, str(now.history_user or ""), now.history_date)
        for before, now in pairwise(rows)
        if before.due_on and before.due_on != now.due_on
    ]
    return moves[::-1]

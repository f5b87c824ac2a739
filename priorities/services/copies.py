"""The kept copies of activities' updates, written with every update: checked, and rebuilt from them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby

from django.db import transaction

from partnerships.models import Partnership
from partnerships.services import touch
from priorities.models import Activity, ActivityUpdate
from priorities.services.updates import TRAIL_LENGTH
from wesp_portal.common.periods import parse_period

_ACTIVITIES_AT_ONCE = 2000
_COPIED = ("latest_term", "latest_status", "latest_rag", "trail")


@dataclass(frozen=True, slots=True)
class _Copies:
    latest_term: str = ""
    latest_status: str = ""
    latest_rag: str = ""
    trail: dict[str, str] = field(default_factory=dict)


def _copies_of(updates: list[tuple[str, str, str]]) -> _Copies:
    """What an activity keeps of its updates: (term, status, RAG)."""
    newest = sorted(updates, key=lambda update: parse_period(update[0]).ends_on)[-TRAIL_LENGTH:]
    if not newest:
        return _Copies()
    return _Copies(*newest[-1], trail={term: f"{status}:{rag}" for term, status, rag in newest})


def _wrong() -> Iterator[list[Activity]]:
    """Activities whose copies are not what their updates say, put right in memory, in batches."""
    ids = list(Activity.objects.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), _ACTIVITIES_AT_ONCE):
        batch = ids[start : start + _ACTIVITIES_AT_ONCE]
        updates = ActivityUpdate.objects.filter(activity__in=batch).order_by("activity_id")
        rows = updates.values_list("activity_id", "term__code", "status", "rag")
        said = {key: _copies_of([row[1:] for row in group]) for key, group in groupby(rows, key=lambda row: row[0])}
        wrong = []
        for activity in Activity.objects.filter(pk__in=batch).only(*_COPIED, "ref"):
            right = said.get(activity.pk, _Copies())
            if any(getattr(activity, name) != getattr(right, name) for name in _COPIED):
                for name in _COPIED:
                    setattr(activity, name, getattr(right, name))
                wrong.append(activity)
        yield wrong


def rebuild_activities() -> int:
    """Write the copies of activities anew from their updates; gives how many were wrong."""
    count = 0
    for wrong in _wrong():
        with transaction.atomic():
            within = Partnership.objects.filter(strategies__priorities__activities__in=wrong)
            touch(partnership_ids=set(within.order_by().values_list("pk", flat=True)))
            # The copies are no part of an activity's history, so the rows are written without one.
            count += Activity.objects.bulk_update(wrong, _COPIED)
    return count


def check_activities() -> list[str]:
    """Every activity whose copies are not what its updates say, a line each; nothing is written."""
    return [
        f"The copies of activity {activity.ref} (number {activity.pk}) differ from its updates."
        for wrong in _wrong()
        for activity in wrong
    ]

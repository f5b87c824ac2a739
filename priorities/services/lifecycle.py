"""The life of a priority: active, stepping down, handed over, closed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from simple_history.utils import bulk_update_with_history

from partnerships.models import User
from partnerships.services import index_rows, touch
from priorities.models import Priority

_CHANGED = ["status", "handed_over_to", "exit_strategy"]


@dataclass(frozen=True, slots=True)
class Lifecycle:
    """What a priority becomes; a blank exit strategy leaves the one it has."""

    status: str
    handed_over_to: str = ""
    exit_strategy: str = ""


@transaction.atomic
def change_lifecycles(*, of: Mapping[int, Lifecycle], reason: str, by: User, at: datetime) -> None:
    """Bring priorities, by their numbers, to what was decided of them. ValidationError where one lacks a successor."""
    priorities = list(Priority.objects.select_for_update(of=("self",)).select_related("strategy").filter(pk__in=of))
    for priority in priorities:
        change = of[priority.pk]
        is_handed_over = change.status == Priority.Status.HANDED_OVER
        if is_handed_over and not change.handed_over_to:
            raise ValidationError(f"Say to whom {priority} is handed over.")
        priority.status = change.status
        priority.handed_over_to = change.handed_over_to if is_handed_over else ""
        priority.exit_strategy = change.exit_strategy or priority.exit_strategy
    bulk_update_with_history(
        priorities, Priority, _CHANGED, default_user=by, default_change_reason=reason, default_date=at
    )
    index_rows(priorities)
    touch(partnership_ids={priority.strategy.partnership_id for priority in priorities})

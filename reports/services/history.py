"""Who changes a row, when and why, told to its history."""

from datetime import datetime

from django.db.models import Model

from partnerships.models import User


def attributed(instance: Model, *, reason: str, by: User | None, at: datetime) -> None:
    """Name the author and the reason that the history row of the next save or deletion will carry."""
    vars(instance).update(_history_user=by, _change_reason=reason, _history_date=at)

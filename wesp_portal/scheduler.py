"""The scheduler: its times are in the database, where administrators edit them, and what was missed is made up for."""

from collections.abc import Mapping
from typing import Any

from django_celery_beat.models import PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler


class PortalScheduler(DatabaseScheduler):
    """Celery's scheduler in the database, without two habits of it that would surprise an administrator."""

    def update_from_dict(self, mapping: Mapping[str, Any]) -> None:
        """Add the jobs that are not there yet; the others stay as they were edited, where they would be set back."""
        known = set(PeriodicTask.objects.filter(name__in=list(mapping)).values_list("name", flat=True))
        super().update_from_dict({name: entry for name, entry in mapping.items() if name not in known})

    def enabled_models_qs(self) -> Any:
        """All jobs that are turned on.

        To spare reading, those of an hour far from now would be left out: one that was missed in the night would wait
        for the next night. There is a handful.
        """
        return PeriodicTask.objects.enabled()

"""Background work about people: each task reads the clock, calls one service, and may run twice."""

from celery import shared_task
from django.utils import timezone

from partnerships.services import drafts, held_files


@shared_task
def sweep_drafts() -> None:
    """Delete what people typed and did not come back to within a term, and the files of forms that are gone."""
    drafts.sweep_drafts(at=timezone.now())
    held_files.sweep_held()

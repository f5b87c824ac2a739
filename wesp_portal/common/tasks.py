"""The worker's own sign of life."""

from celery import shared_task
from django.core.cache import cache

HEARTBEAT_SECONDS = 150


@shared_task
def report_alive() -> None:
    """Say that a worker runs, for a little longer than two turns of the schedule."""
    cache.set("worker-heartbeat", 1, HEARTBEAT_SECONDS)

"""Putting work in the queue: the database row is the truth, and the queue only a hint that saves waiting."""

import logging
from functools import partial

from django.db import transaction
from kombu.exceptions import OperationalError

from wesp_portal.celery import app

logger = logging.getLogger(__name__)


def enqueue(task: str, row_id: int) -> None:
    """Queue a task for a row as soon as the transaction commits, and never when it is rolled back.

    A broker that is down is logged and no more: the row stays as it is, and the task's sweeper finds it.
    """
    transaction.on_commit(partial(_send, task, row_id), robust=True)


def _send(task: str, row_id: int) -> None:
    try:
        app.send_task(task, args=[row_id])
    except (OperationalError, OSError) as error:
        logger.warning("%s of row %s was not queued and waits for the sweeper: %s", task, row_id, error)

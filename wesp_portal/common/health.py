"""Whether what the portal leans on is there."""

import logging
from collections.abc import Callable
from uuid import uuid4

from django.core.cache import cache
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from wesp_portal.celery import app

logger = logging.getLogger(__name__)


def readiness() -> dict[str, str]:
    """Each dependency with `ok`, or `failing` with the reason in the log."""
    return {name: _outcome(name, check) for name, check in CHECKS.items()}


def _outcome(name: str, check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:
        # Whatever a driver raises, the answer is the same: this dependency is not ready. A probe comes every few
        # seconds, so that one line must do.
        logger.warning("%s is not ready: %s", name, " ".join(f"{type(error).__name__}: {error}".split()))
        return "failing"
    return "ok"


def _database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _broker() -> None:
    with app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=0, timeout=1)


def _worker() -> None:
    if not cache.get("worker-heartbeat"):
        raise RuntimeError("no worker has reported within two minutes")


def _storage() -> None:
    name = default_storage.save(f"readyz-{uuid4().hex}", ContentFile(b"ready"))
    default_storage.delete(name)


CHECKS: dict[str, Callable[[], None]] = {
    "database": _database,
    "broker": _broker,
    "worker": _worker,
    "storage": _storage,
}

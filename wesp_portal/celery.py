"""The Celery application; its schedule is in the settings, its tasks in each app's `tasks` module."""

import os
from typing import Any

from celery import Celery
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wesp_portal.settings")

app = Celery("wesp_portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# Threads other than the one that made the app, such as the embedded worker, must find this app and no other.
app.set_default()


@worker_ready.connect
def report_alive_at_once(**details: Any) -> None:
    """Have a worker's first sign of life come with its start, not a turn of the schedule later."""
    app.send_task("wesp_portal.common.tasks.report_alive")

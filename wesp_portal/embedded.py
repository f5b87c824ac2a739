"""The whole portal in one process: web pages, Celery's worker and its scheduler, with a queue in memory.

For one machine and SQLite. There may be only one such process to a database: the queue is its own, and what was
queued when it stopped is found again by the sweepers, because the database row is the truth.
"""

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable
from types import FrameType

from celery import Celery
from celery.beat import Service
from celery.signals import worker_ready
from celery.worker import WorkController, state
from django.core.wsgi import get_wsgi_application
from waitress import create_server

from wesp_portal.celery import app as celery_app

logger = logging.getLogger(__name__)

WEB_THREADS = 4
JOB_THREADS = 2
# How often the scheduler looks at the clock, and so the longest that stopping waits for it.
SCHEDULER_SECONDS = 2
RESTART_SECONDS = 5


class EmbeddedPortal:
    """A web server in the caller's thread, with a worker and a scheduler in threads beside it."""

    def __init__(self, port: int) -> None:
        # The address is taken first: where it is not free, nothing else has started (OSError).
        listener = socket.create_server(("127.0.0.1", port))
        self.server = create_server(get_wsgi_application(), sockets=[listener], threads=WEB_THREADS, ident=None)
        self.stopping = threading.Event()
        self.scheduler = make_scheduler(celery_app)
        self.threads = [
            threading.Thread(target=self.keep_up, args=("worker", lambda: make_worker(celery_app).start())),
            threading.Thread(target=self.keep_up, args=("scheduler", self.scheduler.start)),
        ]

    def run(self, *, on_ready: Callable[[], None]) -> None:
        """Serves until Ctrl-C or SIGTERM, then lets the jobs under way finish; a second Ctrl-C does not wait."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop_serving)
        for thread in self.threads:
            thread.start()
        on_ready()
        self.server.run()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop_at_once)
        self.stopping.set()
        self.server.close()
        self.scheduler.stop()
        state.should_stop = os.EX_OK  # type: ignore[assignment]  # the stubs know only its first value
        for thread in self.threads:
            thread.join()

    def keep_up(self, name: str, part: Callable[[], None]) -> None:
        """Runs a part of the portal, and again should it fail: the pages must not lose their jobs for good."""
        while not self.stopping.is_set():
            try:
                part()
            except Exception:
                logger.exception("The %s failed and starts again in %s seconds.", name, RESTART_SECONDS)
            self.stopping.wait(RESTART_SECONDS)


def make_worker(app: Celery) -> WorkController:
    """A worker that runs jobs in threads and talks to no other worker, for there is none."""
    return WorkController(
        app=app,
        pool_cls="threads",
        concurrency=JOB_THREADS,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
        # What the worker of the command line says of itself, this one must be told to say.
        ready_callback=lambda consumer: worker_ready.send(sender=consumer),
    )


def make_scheduler(app: Celery) -> Service:
    """The scheduler that the settings name; left to itself Celery would keep its times in a file."""
    return Service(app, scheduler_cls=app.conf.beat_scheduler, max_interval=SCHEDULER_SECONDS)


def stop_serving(number: int, frame: FrameType | None) -> None:
    """Ends the web server's loop, which takes KeyboardInterrupt for its cue."""
    raise KeyboardInterrupt


def stop_at_once(number: int, frame: FrameType | None) -> None:
    """Leaves without waiting for the jobs; what they were at is picked up at the next start."""
    os._exit(130)

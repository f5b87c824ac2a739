"""`manage.py serve`: the whole portal in one process, for one machine."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = "Serves the pages and runs the worker and the scheduler in one process, on this machine alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the port to listen on (8000 unless told)")

    def handle(self, *args: Any, port: int, **options: Any) -> None:
        # Imported here, as this starts Celery's machinery, which no other command needs.
        from wesp_portal.embedded import EmbeddedPortal

        try:
            portal = EmbeddedPortal(port)
        except (OSError, OverflowError) as fault:
            raise CommandError(f"cannot listen on port {port}: {fault}") from None
        portal.run(
            on_ready=lambda: self.stdout.write(f"The portal is at http://127.0.0.1:{port}/ (press Ctrl-C to stop it).")
        )
        self.stdout.write("Stopped.")

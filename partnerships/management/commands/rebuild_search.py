"""`manage.py rebuild_search`: what search looks through, checked or written anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from partnerships.services import check_search, rebuild_search

FAULTS_SHOWN = 20


class Command(BaseCommand):
    help = "Writes what search looks through anew, from the strategies, updates, returns and reports themselves."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is not found as it is, and fail if any")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if check:
            faults = check_search()
            for fault in faults[:FAULTS_SHOWN]:
                self.stderr.write(fault)
            if faults:
                count = "1 document is" if len(faults) == 1 else f"{len(faults)} documents are"
                raise CommandError(f"{count} wrong. Run rebuild_search without --check.")
            self.stdout.write("Everything is found as it is.")
            return
        self.stdout.write(f"Wrote {rebuild_search()} documents anew; the rest were right.")

"""`manage.py rebuild_copies`: the kept copies of readings and updates, checked or written anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from priorities.services import check_activities, check_series, rebuild_activities, rebuild_series

FAULTS_SHOWN = 20


class Command(BaseCommand):
    help = "Writes the copies that dashboards read anew, from the readings and the activities' updates."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say which copies are wrong, and fail if any is")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        if check:
            faults = check_series() + check_activities()
            for fault in faults[:FAULTS_SHOWN]:
                self.stderr.write(fault)
            if faults:
                count = "1 copy is" if len(faults) == 1 else f"{len(faults)} copies are"
                raise CommandError(f"{count} wrong. Run rebuild_copies without --check.")
            self.stdout.write("Every copy is right.")
            return
        series, activities = rebuild_series(), rebuild_activities()
        self.stdout.write(f"Rebuilt {series} series and the copies of {activities} activities; the rest were right.")

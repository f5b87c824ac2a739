"""`manage.py seed_demo`: people to sign in as, and some terms of their work, for a demonstration."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.services.demo import DemoError, seed


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} is not a day: write it like 2026-10-01") from None


class Command(BaseCommand):
    help = (
        "Adds invented people for every role, this term's open round and the four terms before it, all marked as demo. "
        "May run again at any time: it adds what is missing, such as a term that has begun since, and nothing twice."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--today", type=_day, help="the day to look from, like 2026-10-01 (today unless told)")

    def handle(self, *args: Any, today: date | None, **options: Any) -> None:
        try:
            is_added = seed(today=today or timezone.localdate(), say=self.stdout.write)
        except DemoError as error:
            raise CommandError(str(error)) from error
        if not is_added:
            self.stdout.write("Nothing to add: the demonstration is complete for this term.")

"""Queues the reports of all boards of a term, for the workers to build in parallel."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.queries.reports import terms_with_rounds
from reports.services.reports import request_reports
from wesp_portal.common.formatting import plural, term_label


class Command(BaseCommand):
    help = "Queues the report of every board of a term that has none yet or whose build failed; the workers build them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("term", help="the term's code, such as 2024-25-autumn")
        parser.add_argument("--anew", action="store_true", help="build those anew that are built and not published")

    def handle(self, *args: Any, **options: Any) -> None:
        term = options["term"]
        if term not in (terms := terms_with_rounds()):
            raise CommandError(f"No partnership has a round for {term}.{_latest(terms)}")
        count = request_reports(term=term, by=None, at=timezone.now(), is_anew=options["anew"])
        self.stdout.write(f"{plural(count, 'report')} of {term_label(term)} queued.")


def _latest(terms: list[str]) -> str:
    return f" The latest are {', '.join(terms[:3])}." if terms else ""

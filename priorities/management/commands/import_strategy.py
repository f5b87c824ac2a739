"""`manage.py import_strategy`: one strategy from a document."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from priorities.services import import_strategy, read_strategy
from wesp_portal.common.documents import DocumentError
from wesp_portal.common.loading import LINES_SHOWN


class Command(BaseCommand):
    help = (
        "Loads one strategy from a JSON document as export_strategy writes it, with the partnership, areas and "
        "organisations it names where they are missing. What people edited or deleted stays as it is, and is listed."
    )
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the document, described in docs/strategy-file.md")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            report = import_strategy(document=read_strategy(file, str(file)), name=str(file))
        except DocumentError as error:
            raise CommandError(error.told(verbosity=options["verbosity"])) from error
        for line in report.lines(most=None if options["verbosity"] > 1 else LINES_SHOWN):
            self.stdout.write(line)

"""`manage.py load_strategies`: all that ships, into the database."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from reports.services.shipped import load_all
from wesp_portal.common.documents import DocumentError
from wesp_portal.common.loading import LINES_SHOWN


class Command(BaseCommand):
    help = (
        "Loads the shipped partnerships, strategies and returns. May run again at any time: "
        "what people edited or deleted stays as it is, and is listed."
    )
    requires_migrations_checks = True

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            reports = load_all()
        except DocumentError as error:
            raise CommandError(error.told(verbosity=options["verbosity"])) from error
        for report in reports:
            for line in report.lines(most=None if options["verbosity"] > 1 else LINES_SHOWN):
                self.stdout.write(line)
        if any(report.has_changed for report in reports):
            return
        if any(report.left_alone for report in reports):
            self.stdout.write("Nothing was loaded: what is listed differs from what ships, and stays as it is here.")
        else:
            self.stdout.write("Nothing changed: all that ships was loaded before.")

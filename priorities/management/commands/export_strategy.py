"""`manage.py export_strategy`: one strategy as a document."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from priorities.models import Strategy
from priorities.services import export_strategy
from wesp_portal.common.documents import DocumentError


class Command(BaseCommand):
    help = "Writes one strategy, whole, as a JSON document that import_strategy reads."
    requires_migrations_checks = True

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="the strategy, such as excellence-in-education")
        parser.add_argument("--output", type=Path, metavar="FILE", help="the file to write, instead of standard output")

    def handle(self, *args: Any, slug: str, output: Path | None, **options: Any) -> None:
        strategies = Strategy.objects.select_related("partnership__area", "partnership__calendar")
        strategy = strategies.filter(slug=slug).first()
        if strategy is None:
            known = ", ".join(sorted(Strategy.objects.values_list("slug", flat=True))) or "none yet"
            raise CommandError(f"No strategy is called {slug!r}. Known: {known}.")
        try:
            text = export_strategy(strategy)
            if output is not None:
                output.write_text(text, encoding="utf-8")
        except DocumentError as error:
            raise CommandError(error.told(verbosity=options["verbosity"])) from error
        except OSError as error:
            raise CommandError(f"{output}: cannot be written: {error.strerror}.") from error
        if output is None:
            self.stdout.write(text, ending="")

"""Builds a term's report here and now, without a worker."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from reports.models import Report, Round
from reports.services.reports import ReportError, claim_build, request_report, run_build
from wesp_portal.common.formatting import term_label


class Command(BaseCommand):
    help = "Builds the termly report of a partnership for a term; a lead then reads and publishes it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("partnership", help="the partnership's short name in addresses, such as west-lancashire")
        parser.add_argument("term", help="the term's code, such as 2024-25-autumn")
        parser.add_argument(
            "--reason", default="", help="what the new version corrects, where one is published already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        slug, term = options["partnership"], options["term"]
        round_ = Round.objects.filter(partnership__slug=slug, term__code=term).select_related("partnership").first()
        if round_ is None:
            raise CommandError(self._why_no_round(slug, term))
        now = timezone.now()
        # Asked for and claimed in one transaction, so that no worker begins on it in between.
        with transaction.atomic():
            try:
                report = request_report(round_=round_, by=None, at=now, correction_reason=options["reason"])
            except ReportError as refusal:
                raise CommandError(f"{refusal} Use --reason.") from refusal
            lease = claim_build(report_id=report.pk, at=now)
        if lease is None:
            raise CommandError("A worker is building this report already.")
        if not run_build(lease=lease, clock=timezone.now, tell=lambda step: self.stdout.write(f"{step} …")):
            report.refresh_from_db()
            raise CommandError(report.failure or "Another worker took the report over.")
        report = Report.objects.prefetch_related("files").get(pk=report.pk)
        self.stdout.write(f"Built version {report.version} of {round_.partnership.name}, {term_label(term)}.")
        for file in report.files.all():
            self.stdout.write(f"{file.get_format_display()}: {file.file.path}")

    def _why_no_round(self, slug: str, term: str) -> str:
        rounds = Round.objects.filter(partnership__slug=slug).order_by("-term__starts_on")
        codes = list(rounds.values_list("term__code", flat=True)[:3])
        if not codes:
            return f"No partnership called {slug} has a round."
        return f"{slug} has no round for {term}. Its latest are {', '.join(codes)}."

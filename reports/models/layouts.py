"""How a board wants its report: which parts, in which order, and what is put to the board."""

from django.core.exceptions import ValidationError
from django.db import models
from simple_history.models import HistoricalRecords

from partnerships.models import Board
from reports.snapshots.layout import PARTS, Layout

ASKED, NOTES = "asked", "notes"


def default_parts() -> list[str]:
    return list(PARTS)


class ReportLayout(models.Model):
    """What a board chose for its reports to come; those already built have what was chosen then in their snapshot."""

    board = models.OneToOneField(Board, models.CASCADE, related_name="report_layout")
    parts = models.JSONField(default=default_parts, help_text="The keys of the parts, in order.")
    asked = models.TextField(
        "what the board is asked",
        blank=True,
        help_text="One to a line, such as: Agree who takes the network on. They are numbered in the report.",
    )
    history = HistoricalRecords()

    class Meta:
        ordering = ["board"]
        verbose_name = "layout of a report"
        verbose_name_plural = "layouts of reports"

    def __str__(self) -> str:
        return f"{self.board}: layout of its report"

    def clean(self) -> None:
        unknown = not isinstance(self.parts, list) or any(part not in PARTS for part in self.parts)
        if unknown or len(set(self.parts)) < len(self.parts):
            raise ValidationError("Each part of the report is one of those listed, and stands in it once.")
        if NOTES not in self.parts:
            raise ValidationError(f"“{PARTS[NOTES]}” stays in: it says what is withheld, and where figures come from.")
        if self.asked.strip() and ASKED not in self.parts:
            raise ValidationError(
                {"asked": f"This stands under “{PARTS[ASKED]}”, which is left out. Give that part a place as well."}
            )

    def frozen(self) -> Layout:
        """The layout as a snapshot keeps it."""
        return Layout(tuple(self.parts), tuple(line for line in map(str.strip, self.asked.splitlines()) if line))

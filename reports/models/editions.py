"""The edition of a report that is open to everyone, made from the frozen snapshot that its board reads."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from partnerships.models import Partnership
from reports.models.reports import Report, ReportFile, report_path
from reports.models.rounds import Round

if TYPE_CHECKING:
    from partnerships.models import User


class PublicEditionQuerySet(models.QuerySet["PublicEdition"]):
    def open(self) -> "PublicEditionQuerySet":
        return self.filter(closed_at=None)

    def readable_by(self, user: "User | AnonymousUser") -> "PublicEditionQuerySet":
        """The open ones of partnerships whose page a visitor may read."""
        return self.open().filter(round__partnership__in=Partnership.objects.with_page_for(user))


class PublicEdition(models.Model):
    """What everyone may read of a published report, from when a lead opened it until it was closed or replaced."""

    round = models.ForeignKey(Round, models.PROTECT, related_name="public_editions")
    report = models.ForeignKey(Report, models.PROTECT, related_name="public_editions")
    snapshot = models.TextField(editable=False)
    sha256 = models.CharField("snapshot's SHA-256", max_length=64, editable=False)
    corrected_on = models.DateField(null=True, blank=True, help_text="Where it took the place of another.")
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)

    objects = PublicEditionQuerySet.as_manager()

    class Meta:
        ordering = ["round", "-opened_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(closed_at=None),
                name="public_edition_one_open",
                violation_error_message="Another edition of this report is open to the public.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}, for everyone"


class PublicFile(models.Model):
    """One rendering of an edition for everyone, with the hash that is checked before it is served."""

    edition = models.ForeignKey(PublicEdition, models.CASCADE, related_name="files")
    format = models.CharField(max_length=5, choices=ReportFile.Format)
    file = models.FileField(upload_to=report_path, max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="Bytes.")

    class Meta:
        ordering = ["edition", "format"]
        constraints = [models.UniqueConstraint(fields=["edition", "format"], name="public_file_once")]

    def __str__(self) -> str:
        return f"{self.edition}, {self.get_format_display()}"

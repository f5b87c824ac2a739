"""Spreadsheets of updates that were sent in and wait for their sender's word."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models

from partnerships.models import Partnership, Term, User


class UpdateSheetQuerySet(models.QuerySet["UpdateSheet"]):
    def open_to(self, user: User, *, at: datetime) -> "UpdateSheetQuerySet":
        """A person's own that are still kept."""
        return self.filter(user=user, uploaded_at__gt=at - UpdateSheet.KEPT_FOR)

    def expired(self, *, at: datetime) -> "UpdateSheetQuerySet":
        return self.filter(uploaded_at__lte=at - UpdateSheet.KEPT_FOR)


class UpdateSheet(models.Model):
    """The rows of a spreadsheet as they were read, until their sender applies them; the file itself is not kept."""

    KEPT_FOR = timedelta(hours=4)

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="+")
    term = models.ForeignKey(Term, models.CASCADE, related_name="+")
    uploaded_at = models.DateTimeField()
    # Each a priorities.services.update_sheets.SheetRow.
    rows = models.JSONField()

    objects = UpdateSheetQuerySet.as_manager()

    class Meta:
        ordering = ["-uploaded_at"]

    def __str__(self) -> str:
        return f"Spreadsheet of {self.user}, {self.term}"

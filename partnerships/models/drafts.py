"""What a person has typed into a form and not yet sent, and the files that came with it."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.http import QueryDict

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from partnerships.models.people import User


class DraftQuerySet(models.QuerySet["Draft"]):
    def visible_to(self, user: "User | AnonymousUser") -> "DraftQuerySet":
        """A person's own: nobody else ever reads them, administrators included."""
        return self.filter(user=user.pk)


class Draft(models.Model):
    """The fields of one form as one person left them, gone once the form is saved.

    `key` says which form of which thing, `page` where it is open.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=120)
    page = models.CharField(max_length=500)
    fields = models.JSONField(help_text="Each name with the list of its values.")
    saved_at = models.DateTimeField()

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-saved_at"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="draft_once")]
        indexes = [models.Index(fields=["saved_at"], name="draft_saved_at")]

    def __str__(self) -> str:
        return self.key

    @property
    def typed(self) -> QueryDict:
        """What was typed, as if the form had just been posted."""
        posted = QueryDict(mutable=True)
        for name, values in self.fields.items():
            posted.setlist(name, values)
        return posted


def held_path(instance: "HeldFile", filename: str) -> str:
    """Where evidence lies, under the file's own number: once its form is saved, it stays where it is."""
    return f"evidence/{instance.pk.hex}"


class HeldFileQuerySet(models.QuerySet["HeldFile"]):
    def visible_to(self, user: "User | AnonymousUser") -> "HeldFileQuerySet":
        """A person's own: nobody else ever sees or attaches them, administrators included."""
        return self.filter(user=user.pk)


class HeldFile(models.Model):
    """A file that was sent with a form that could not be saved yet: checked, and kept as long as the form's draft."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=120, help_text="Which form of which thing, as its draft says it.")
    file = models.FileField(upload_to=held_path, max_length=120)
    file_name = models.CharField(max_length=200)
    content_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="Bytes.")
    sha256 = models.CharField(max_length=64)
    held_at = models.DateTimeField()

    objects = HeldFileQuerySet.as_manager()

    class Meta:
        ordering = ["held_at", "file_name"]
        constraints = [models.UniqueConstraint(fields=["user", "key", "sha256"], name="held_once")]

    def __str__(self) -> str:
        return self.file_name

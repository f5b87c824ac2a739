"""Reports: numbered versions frozen with their snapshot, their files, and who was sent them."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from partnerships.models import access_of
from reports.models.rounds import Round

if TYPE_CHECKING:
    from partnerships.models import User


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, user: "User | AnonymousUser") -> "ReportQuerySet":
        """Published ones of a person's partnerships, and every version to leads."""
        access = access_of(user)
        if access.is_administrator:
            return self.all()
        return self.filter(
            Q(round__partnership__in=access.lead_of)
            | Q(round__partnership__in=access.partnership_ids, status__in=Report.FROZEN)
        )

    def led_by(self, user: "User | AnonymousUser") -> "ReportQuerySet":
        access = access_of(user)
        return self.all() if access.is_administrator else self.filter(round__partnership__in=access.lead_of)

    def frozen(self) -> "ReportQuerySet":
        return self.filter(status__in=Report.FROZEN)


class Report(models.Model):
    """A numbered version of what a round tells its board; once published it is rendered from its snapshot alone."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        READY = "ready", "Ready to publish"
        PUBLISHED = "published", "Published"
        SUPERSEDED = "superseded", "Superseded"

    class Build(models.TextChoices):
        QUEUED = "queued", "Waiting to be built"
        BUILDING = "building", "Being built"
        BUILT = "built", "Built"
        FAILED = "failed", "Could not be built"

    FROZEN = (Status.PUBLISHED, Status.SUPERSEDED)

    round = models.ForeignKey(Round, models.PROTECT, related_name="reports")
    version = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    correction_reason = models.TextField(blank=True)
    snapshot = models.TextField(blank=True, editable=False)
    sha256 = models.CharField("snapshot's SHA-256", max_length=64, blank=True, editable=False)

    build = models.CharField(max_length=10, choices=Build, default=Build.QUEUED)
    build_step = models.CharField(max_length=80, blank=True, editable=False)
    build_done = models.PositiveSmallIntegerField(default=0, editable=False)
    build_steps = models.PositiveSmallIntegerField(default=0, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    lease_until = models.DateTimeField(null=True, blank=True, editable=False)
    failure = models.TextField(blank=True, editable=False)

    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    requested_at = models.DateTimeField()
    built_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)

    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["round", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["round", "version"], name="report_version_once"),
            models.UniqueConstraint(
                fields=["round"],
                condition=Q(status="published"),
                name="report_one_published",
                violation_error_message="Another version is published.",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=["published", "superseded"]) | (~Q(sha256="") & Q(published_at__isnull=False)),
                name="report_published_is_frozen",
                violation_error_message="A published report needs its snapshot, its hash and its date.",
            ),
            models.CheckConstraint(
                condition=Q(version=1) | ~Q(correction_reason=""),
                name="report_correction_has_reason",
                violation_error_message="Say what the new version corrects.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round}, version {self.version}"

    @property
    def is_frozen(self) -> bool:
        return self.status in self.FROZEN


def report_path(instance: "ReportFile", filename: str) -> str:
    return f"reports/{uuid4().hex}"


class ReportFile(models.Model):
    """One rendering of a report, with the hash that is checked before it is served."""

    class Format(models.TextChoices):
        HTML = "html", "Web page"
        PDF = "pdf", "PDF"
        WORD = "docx", "Word"
        EXCEL = "xlsx", "Excel"

    report = models.ForeignKey(Report, models.CASCADE, related_name="files")
    format = models.CharField(max_length=5, choices=Format)
    file = models.FileField(upload_to=report_path, max_length=120)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField(help_text="Bytes.")

    class Meta:
        ordering = ["report", "format"]
        constraints = [models.UniqueConstraint(fields=["report", "format"], name="report_file_once")]

    def __str__(self) -> str:
        return f"{self.report}, {self.get_format_display()}"


class Delivery(models.Model):
    """One recipient's copy of a published report."""

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting to be sent"
        SENT = "sent", "Sent"
        FAILED = "failed", "Could not be sent"

    report = models.ForeignKey(Report, models.CASCADE, related_name="deliveries")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="deliveries")
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True, help_text="First opened while signed in.")
    failure = models.TextField(blank=True)

    class Meta:
        ordering = ["report", "recipient"]
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["report", "recipient"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.report} to {self.recipient}"

"""Reports: numbered versions frozen with their snapshot, their files, and who was sent them."""

from datetime import datetime, timedelta
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

    def deliveries_seen_by(self, user: "User | AnonymousUser") -> "ReportQuerySet":
        """Published ones of which a person may see who was sent them: a lead, or a secretary of a board there."""
        access = access_of(user)
        seen = self.frozen()
        if access.is_administrator:
            return seen
        return seen.filter(round__partnership__in=access.lead_of | access.secretary_of)

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


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, at: datetime) -> "DeliveryQuerySet":
        """Those that wait to be sent and may be now."""
        return self.filter(Q(next_at=None) | Q(next_at__lte=at), status=Delivery.Status.QUEUED)

    def repeatable(self, at: datetime) -> "DeliveryQuerySet":
        """Those that may be sent again where a person says so: failed, or begun long ago and never confirmed."""
        silent = Q(status=Delivery.Status.UNSURE) & (Q(tried_at=None) | Q(tried_at__lte=at - Delivery.SETTLED))
        return self.filter(Q(status=Delivery.Status.FAILED) | silent, opened_at=None)


class Delivery(models.Model):
    """One recipient's copy of a published report: an email with a link to it.

    Whoever sends it claims it first by making it unsure, so that whatever ends the sender leaves the truth behind.
    """

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting to be sent"
        UNSURE = "unsure", "May have arrived"
        SENT = "sent", "Sent"
        FAILED = "failed", "Could not be sent"

    # Longer than any sender takes: what is unsure for longer has nobody who is still sending it.
    SETTLED = timedelta(minutes=10)

    report = models.ForeignKey(Report, models.CASCADE, related_name="deliveries")
    recipient = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="deliveries")
    status = models.CharField(max_length=10, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(
        "tries", default=0, help_text="Since it was first to be sent, or was to be sent again."
    )
    tried_at = models.DateTimeField("last tried at", null=True, blank=True)
    next_at = models.DateTimeField(
        "not tried before", null=True, blank=True, help_text="Empty where it may be sent at once."
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True, help_text="First opened while signed in.")
    failure = models.TextField("why it was not sent", blank=True)
    again_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name="sent again by",
    )
    again_at = models.DateTimeField("sent again at", null=True, blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["report", "recipient"]
        verbose_name_plural = "deliveries"
        constraints = [models.UniqueConstraint(fields=["report", "recipient"], name="delivery_once")]
        # What the sweeper asks for every minute.
        indexes = [models.Index(fields=["next_at"], condition=Q(status="queued"), name="delivery_waiting")]

    def __str__(self) -> str:
        return f"{self.report} to {self.recipient}"

"""Progress: achievements, updates of activities, and the evidence behind them."""

from typing import TYPE_CHECKING
from uuid import uuid4

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from partnerships.models import Organisation, Partnership, Term, access_of
from priorities.models.metrics import Reading
from priorities.models.plan import Activity, Priority
from priorities.models.standing import ActivityStatus, Rag
from wesp_portal.common.models import Shipped
from wesp_portal.common.validators import validate_period

if TYPE_CHECKING:
    from partnerships.models import User


class AchievementQuerySet(models.QuerySet["Achievement"]):
    def public(self) -> "AchievementQuerySet":
        """Those anyone may read."""
        return self.filter(is_public=True, status=Achievement.Status.PUBLISHED, partnership__is_public=True)

    def visible_to(self, user: "User | AnonymousUser") -> "AchievementQuerySet":
        """Those of a person's partnerships, and drafts only to whoever wrote them and to leads."""
        access = access_of(user)
        if access.is_administrator:
            return self.all()
        return self.filter(partnership__in=access.partnership_ids).filter(
            ~Q(status=Achievement.Status.DRAFT) | Q(logged_by=access.user_id) | Q(partnership__in=access.lead_of)
        )

    def counted(self) -> "AchievementQuerySet":
        """Those that count in totals: sent in or published."""
        return self.filter(status__in=[Achievement.Status.SUBMITTED, Achievement.Status.PUBLISHED])


class Achievement(Shipped):
    """Something that happened: when, who, how many, and which priorities it serves; counted once however many."""

    class Status(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Submitted"
        PUBLISHED = "published", "Published"
        RETURNED = "returned", "Returned"

    Qualifier = Reading.Qualifier

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="achievements")
    strategy = models.ForeignKey(
        "priorities.Strategy",
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="achievements",
        help_text="The one that states it.",
    )
    ref = models.CharField("reference", max_length=40, blank=True)
    title = models.CharField("what happened", max_length=300)
    detail = models.TextField(blank=True)
    happened_on = models.DateField(null=True, blank=True)
    period = models.CharField(max_length=14, blank=True, validators=[validate_period])
    term = models.ForeignKey(
        Term,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="achievements",
        help_text="The term it counts in.",
    )
    quantity = models.PositiveIntegerField("how many", null=True, blank=True)
    quantity_qualifier = models.CharField(max_length=12, choices=Qualifier.choices[1:], blank=True)
    quantity_unit = models.CharField("of what", max_length=80, blank=True)
    organisations = models.ManyToManyField(Organisation, blank=True, related_name="achievements")
    priorities = models.ManyToManyField(Priority, blank=True, related_name="achievements")
    status = models.CharField(max_length=10, choices=Status, default=Status.DRAFT)
    is_public = models.BooleanField("show on the public page", default=False)
    source = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    logged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="achievements"
    )
    logged_at = models.DateTimeField(default=timezone.now, editable=False)
    # The form's token: posting the same form twice makes one record.
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = AchievementQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["loaded", "form_token"], m2m_fields=["priorities", "organisations"])

    class Meta:
        ordering = ["-happened_on", "-logged_at"]
        indexes = [
            models.Index(fields=["partnership", "term", "status"], name="achievement_by_term"),
            # The list of an administrator is that of every partnership, newest first.
            models.Index(fields=["-logged_at", "-id"], name="achievement_newest"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["strategy", "ref"],
                condition=Q(strategy__isnull=False) & ~Q(ref=""),
                name="achievement_ref_once",
            ),
            models.CheckConstraint(
                condition=Q(status="draft") | Q(happened_on__isnull=False) | ~Q(period=""),
                name="achievement_has_when",
                violation_error_message="Say when it happened.",
            ),
            models.CheckConstraint(
                condition=Q(quantity__isnull=True) | ~Q(quantity_unit=""),
                name="achievement_quantity_has_unit",
                violation_error_message="Say what the number counts.",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class ActivityUpdateQuerySet(models.QuerySet["ActivityUpdate"]):
    def visible_to(self, user: "User | AnonymousUser") -> "ActivityUpdateQuerySet":
        access = access_of(user)
        if access.is_administrator:
            return self.all()
        return self.filter(activity__priority__strategy__partnership__in=access.partnership_ids)


class ActivityUpdate(models.Model):
    """How an activity stands in a term, in the officer's judgement; one for each activity and term."""

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="updates")
    term = models.ForeignKey(Term, models.PROTECT, related_name="updates")
    status = models.CharField(max_length=12, choices=ActivityStatus)
    rag = models.CharField("RAG", max_length=10, choices=Rag, blank=True)
    words = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text="Why it is at risk or off track, and what is being done.")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="updates")
    source = models.CharField(
        "from", max_length=200, blank=True, db_default="", help_text="Whose words an officer accepted as the update."
    )
    updated_at = models.DateTimeField(default=timezone.now)

    objects = ActivityUpdateQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        # By the number alone: an activity's own order, followed from here, would come back to its priority twice.
        ordering = ["activity_id", "-term__starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["activity", "term"],
                name="update_once",
                violation_error_message="This activity has its update for the term.",
            ),
            models.CheckConstraint(
                condition=~Q(rag__in=["at_risk", "off_track"]) | ~Q(reason=""),
                name="update_reason_unless_green",
                violation_error_message="Say why it is at risk or off track, and what is being done.",
            ),
            models.CheckConstraint(
                condition=Q(status="not_started") | ~Q(rag=""),
                name="update_rag_once_started",
                violation_error_message="Choose whether it is on track, at risk or off track.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.activity}, {self.term}"

    @property
    def by_whom(self) -> str:
        """Who wrote it, or whose words they are and who accepted them."""
        return f"From {self.source}, accepted by {self.author}" if self.source else str(self.author)


PICTURE_TYPES = ("image/jpeg", "image/png", "image/webp")


def evidence_path(instance: "Evidence", filename: str) -> str:
    """A random stored name: the name a person gave is kept beside it and never becomes a path."""
    return f"evidence/{uuid4().hex}"


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, user: "User | AnonymousUser") -> "EvidenceQuerySet":
        achievements = Achievement.objects.visible_to(user)
        updates = ActivityUpdate.objects.visible_to(user)
        return self.filter(Q(achievement__in=achievements) | Q(update__in=updates))

    def pictures_led_by(self, user: "User | AnonymousUser") -> "EvidenceQuerySet":
        """Pictures behind achievements that a person may put on the public page."""
        access = access_of(user)
        pictures = self.filter(achievement__isnull=False, content_type__in=PICTURE_TYPES)
        if access.is_administrator:
            return pictures
        return pictures.filter(achievement__partnership__in=access.lead_of)

    def public_pictures(self) -> "EvidenceQuerySet":
        """Pictures that anyone may see: approved, and behind an achievement that anyone may read."""
        return self.filter(is_public=True, achievement__in=Achievement.objects.public())


class Evidence(models.Model):
    """A file or a link behind an achievement or an update."""

    achievement = models.ForeignKey(Achievement, models.CASCADE, null=True, blank=True, related_name="evidence")
    update = models.ForeignKey(ActivityUpdate, models.CASCADE, null=True, blank=True, related_name="evidence")
    title = models.CharField(max_length=200, blank=True)
    link = models.URLField(max_length=500, blank=True)
    file = models.FileField(upload_to=evidence_path, max_length=120, blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    sha256 = models.CharField(max_length=64, blank=True, editable=False)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(default=timezone.now, editable=False)
    # A picture on the public page: what it shows, who agreed to that, and which lead approved it.
    is_public = models.BooleanField("show on the public page", default=False, db_default=False)
    alternative_text = models.CharField("what the picture shows", max_length=250, blank=True, db_default="")
    consent_taken_by = models.CharField("who asked the people in it", max_length=120, blank=True, db_default="")
    consent_taken_on = models.DateField("when they agreed", null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["added_at"]
        verbose_name_plural = "evidence"
        constraints = [
            models.CheckConstraint(
                condition=Q(achievement__isnull=True) ^ Q(update__isnull=True),
                name="evidence_behind_one_thing",
                violation_error_message="Evidence stands behind one achievement or one update.",
            ),
            models.CheckConstraint(
                condition=Q(link="") ^ Q(file=""),
                name="evidence_file_or_link",
                violation_error_message="Give a file or a link.",
            ),
            models.CheckConstraint(
                condition=Q(is_public=False)
                | (
                    Q(achievement__isnull=False, content_type__in=PICTURE_TYPES)
                    & Q(consent_taken_on__isnull=False, approved_by__isnull=False, approved_at__isnull=False)
                    & ~Q(alternative_text="")
                    & ~Q(consent_taken_by="")
                ),
                name="evidence_public_is_approved",
                violation_error_message="A public picture needs words for what it shows, consent and approval.",
            ),
        ]

    def __str__(self) -> str:
        return self.title or self.file_name or self.link

    @property
    def is_picture(self) -> bool:
        return self.content_type in PICTURE_TYPES

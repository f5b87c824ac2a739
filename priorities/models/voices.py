"""Voices: what people said, or answered in a survey, as evidence for an outcome or objective."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from partnerships.models import access_of
from priorities.models.plan import Objective, Outcome, Priority
from wesp_portal.common.validators import validate_period

if TYPE_CHECKING:
    from partnerships.models import User


class VoiceQuerySet(models.QuerySet["Voice"]):
    def visible_to(self, user: "User | AnonymousUser") -> "VoiceQuerySet":
        access = access_of(user)
        if access.is_administrator:
            return self.all()
        return self.filter(priority__strategy__partnership__in=access.partnership_ids)

    def withdrawn_by(self, user: "User | AnonymousUser") -> "VoiceQuerySet":
        """Those a person may withdraw: what they logged themselves, and all as a lead."""
        access = access_of(user)
        if access.is_administrator:
            return self.all()
        own = Q(logged_by=access.user_id, priority__strategy__partnership__in=access.partnership_ids)
        return self.filter(own | Q(priority__strategy__partnership__in=access.lead_of))

    def edited_by(self, user: "User | AnonymousUser") -> "VoiceQuerySet":
        """Those a person may edit: what they logged themselves while they still log there, and all as a lead."""
        access = access_of(user)
        if access.is_administrator:
            return self.standing()
        own = Q(logged_by=access.user_id, priority__strategy__partnership__in=access.logging_in)
        return self.standing().filter(own | Q(priority__strategy__partnership__in=access.lead_of))

    def standing(self) -> "VoiceQuerySet":
        """Those whose consent has not been withdrawn."""
        return self.filter(status=Voice.Status.STANDING)


class Voice(models.Model):
    """What people said or answered, who they are in words that name nobody, and the consent to use it."""

    class Kind(models.TextChoices):
        TESTIMONY = "testimony", "Testimony: what somebody said"
        SURVEY = "survey", "Survey: what many answered"

    class Status(models.TextChoices):
        STANDING = "standing", "Standing"
        WITHDRAWN = "withdrawn", "Withdrawn"

    # The priority always, as with activities and outcomes, so that a page reads its voices without a join.
    priority = models.ForeignKey(Priority, models.CASCADE, related_name="voices")
    objective = models.ForeignKey(Objective, models.CASCADE, null=True, blank=True, related_name="voices")
    outcome = models.ForeignKey(Outcome, models.CASCADE, null=True, blank=True, related_name="voices")
    kind = models.CharField(max_length=10, choices=Kind)
    words = models.TextField("what they said")
    said_by = models.CharField("who said it", max_length=200, help_text="Such as a Year 9 pupil. No name of a child.")
    asked = models.PositiveIntegerField("how many were asked", null=True, blank=True)
    answered = models.PositiveIntegerField("how many answered", null=True, blank=True)
    said_on = models.DateField(null=True, blank=True)
    period = models.CharField(max_length=14, blank=True, validators=[validate_period])
    consent_taken_by = models.CharField(max_length=120, help_text="Who asked whether it may be used.")
    consent_taken_on = models.DateField()
    is_public = models.BooleanField("may be shown to the public", default=False)
    status = models.CharField(max_length=10, choices=Status, default=Status.STANDING)
    logged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="voices")
    logged_at = models.DateTimeField(default=timezone.now, editable=False)
    # The form's token: posting the same form twice makes one record.
    form_token = models.UUIDField(null=True, blank=True, unique=True, editable=False)

    objects = VoiceQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["form_token"])

    class Meta:
        ordering = ["priority", "-logged_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(said_on__isnull=True) ^ Q(period=""),
                name="voice_has_when",
                violation_error_message="Give the date it was said, or the period, and not both.",
            ),
            models.CheckConstraint(
                condition=Q(answered__isnull=True) | Q(asked__isnull=True) | Q(answered__lte=F("asked")),
                name="voice_answered_of_asked",
                violation_error_message="No more people can have answered than were asked.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="survey") | Q(asked__gte=1, answered__isnull=False),
                name="voice_survey_has_numbers",
                violation_error_message="Say how many were asked, and how many answered.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.said_by}: {self.words[:60]}"

    def clean(self) -> None:
        super().clean()
        if self.objective and self.objective.priority_id != self.priority_id:
            raise ValidationError({"objective": "Choose an objective of the same priority."})
        if self.outcome and self.outcome.priority_id != self.priority_id:
            raise ValidationError({"outcome": "Choose an outcome of the same priority."})

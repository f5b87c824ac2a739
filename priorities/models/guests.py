"""Asking somebody without an account for one activity's update, and what they answered."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from partnerships.models import Term
from priorities.models.plan import Activity
from priorities.models.progress import ActivityUpdate
from priorities.models.standing import ActivityStatus, Rag

if TYPE_CHECKING:
    from partnerships.models import User


class GuestRequestQuerySet(models.QuerySet["GuestRequest"]):
    def visible_to(self, user: "User | AnonymousUser") -> "GuestRequestQuerySet":
        """Those about activities that a person may update: they ask, and they judge the answer."""
        return self.filter(activity__in=Activity.objects.updated_by(user))

    def waiting(self, at: datetime) -> "GuestRequestQuerySet":
        """Those whose link still takes an answer."""
        return self.filter(answered_at=None, revoked_at=None, expires_at__gt=at)

    def to_judge(self) -> "GuestRequestQuerySet":
        """Those whose answer nobody has accepted or set aside."""
        return self.filter(answered_at__isnull=False, outcome="")


class GuestRequest(models.Model):
    """One link for one answer about one activity and term; the link itself is not kept, only its hash."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        EDITED = "edited", "Edited and accepted"
        SET_ASIDE = "set_aside", "Set aside"

    activity = models.ForeignKey(Activity, models.CASCADE, related_name="guest_requests")
    term = models.ForeignKey(Term, models.PROTECT, related_name="guest_requests")
    guest_name = models.CharField("who is asked", max_length=150)
    guest_email = models.EmailField("their email address")
    question = models.TextField("what is asked")
    token_hash = models.CharField(max_length=64, unique=True, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="guest_requests")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    signed_name = models.CharField("who answered", max_length=150, blank=True)
    signed_organisation = models.CharField("for which organisation", max_length=200, blank=True)
    status = models.CharField(max_length=12, choices=ActivityStatus, blank=True)
    rag = models.CharField("RAG", max_length=10, choices=Rag, blank=True)
    words = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)
    update = models.ForeignKey(ActivityUpdate, models.SET_NULL, null=True, blank=True, related_name="+")

    objects = GuestRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answered_at=None) | ~Q(signed_name=""),
                name="guest_answer_is_signed",
                violation_error_message="Say who answered.",
            ),
            models.CheckConstraint(
                condition=Q(outcome="") | Q(answered_at__isnull=False),
                name="guest_outcome_of_an_answer",
                violation_error_message="Only an answer is accepted or set aside.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.guest_name} about {self.activity}, {self.term}"

    @property
    def is_to_judge(self) -> bool:
        """Whether an answer has come that nobody has accepted or set aside."""
        return bool(self.answered_at and not self.outcome)

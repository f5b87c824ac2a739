"""Reminders: emails that tell people what is theirs in a round, and what each person chose to get."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from reports.models.rounds import Round

if TYPE_CHECKING:
    from partnerships.models import User


class ReminderQuerySet(models.QuerySet["Reminder"]):
    def to(self, user: "User") -> "ReminderQuerySet":
        """Those that a person was sent or will be; nobody else reads them."""
        return self.filter(person=user)

    def waiting(self, at: datetime) -> "ReminderQuerySet":
        """Those that may be sent by a moment, in the order in which they were made."""
        return self.filter(status=Reminder.Status.QUEUED, try_at__lte=at).order_by("pk")

    def that_count(self) -> "ReminderQuerySet":
        """Those that arrived, may have arrived or are about to: after any of them a person is left alone for a week."""
        return self.exclude(status=Reminder.Status.FAILED)


class Reminder(models.Model):
    """One email to one person, of all that is theirs in the rounds it names.

    The row is made before the email and claimed by whoever sends it; there is one for a person and day.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", "A round opened"
        BEFORE = "before", "Before the due date"
        AFTER = "after", "After the due date"
        CHASE = "chase", "A lead asked"

    class Status(models.TextChoices):
        QUEUED = "queued", "Waiting to be sent"
        UNCONFIRMED = "unconfirmed", "May have arrived: sending was never confirmed"
        SENT = "sent", "Sent"
        FAILED = "failed", "Could not be sent"

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminders")
    rounds = models.ManyToManyField(Round, related_name="reminders")
    kind = models.CharField(max_length=6, choices=Kind)
    on = models.DateField("for the day", help_text="The day in London for which it was made.")
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="asked by"
    )
    status = models.CharField(max_length=11, choices=Status, default=Status.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    try_at = models.DateTimeField("not sent before")
    sent_at = models.DateTimeField(null=True, blank=True)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "on"],
                condition=~Q(status="failed"),
                name="reminder_once_a_day",
                violation_error_message="This person already has a message on this day.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="chase") | Q(sent_by__isnull=False),
                name="reminder_chase_has_sender",
                violation_error_message="Say who asked.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.person}"

    @property
    def day(self) -> date:
        """The day in London on which it was sent, or is to be."""
        return timezone.localdate(self.sent_at) if self.sent_at else self.on


class ReminderChoice(models.Model):
    """What a person chose to be sent; who has chosen nothing is sent everything."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reminder_choice")
    wants_opening = models.BooleanField("when a round opens", default=True)
    wants_due = models.BooleanField("before and after the due date", default=True)

    class Meta:
        ordering = ["person__name"]
        verbose_name = "choice of reminders"
        verbose_name_plural = "choices of reminders"

    def __str__(self) -> str:
        return str(self.person)

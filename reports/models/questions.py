"""What boards ask and decide; both open the next report."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils import timezone
from simple_history.models import HistoricalRecords

from partnerships.models import access_of
from priorities.models import Achievement, Activity, Metric, Objective, Priority
from reports.models.rounds import Round

if TYPE_CHECKING:
    from partnerships.models import User


class BoardQuestionQuerySet(models.QuerySet["BoardQuestion"]):
    def visible_to(self, user: "User | AnonymousUser") -> "BoardQuestionQuerySet":
        access = access_of(user)
        return self.all() if access.is_administrator else self.filter(round__partnership__in=access.partnership_ids)

    def answered_by(self, user: "User | AnonymousUser") -> "BoardQuestionQuerySet":
        """Those a person may answer: what is left to them, and all as an administrator."""
        return self.all() if access_of(user).is_administrator else self.left_to(user)

    def left_to(self, user: "User | AnonymousUser") -> "BoardQuestionQuerySet":
        """Those a person's roles ask them to answer: all as the lead, and those about what is theirs to do or tell."""
        access = access_of(user)
        theirs = Q(activity__owner=access.user_id) | Q(achievement__logged_by=access.user_id)
        allowed = Q(round__partnership__in=access.lead_of) | (theirs & Q(round__partnership__in=access.working_in))
        for partnership_id, organisation_id in access.officer_of:
            allowed |= Q(round__partnership=partnership_id, activity__lead=organisation_id)
        return self.filter(allowed)


Item = Priority | Objective | Activity | Metric | Achievement


def _at_most_one(*names: str) -> Q:
    condition = Q(**{f"{name}__isnull": True for name in names})
    for kept in names:
        condition |= Q(**{f"{name}__isnull": name != kept for name in names})
    return condition


class BoardQuestion(models.Model):
    """Something a board member asks in a round, about the whole, a priority or one item, and the answer.

    A question about an objective or an activity has its priority beside it, so that a priority's page has them all.
    """

    ITEMS = ("objective", "activity", "metric", "achievement")

    round = models.ForeignKey(Round, models.PROTECT, related_name="questions")
    priority = models.ForeignKey(Priority, models.PROTECT, null=True, blank=True, related_name="questions")
    # What was asked stays asked when an item goes, as an import may take one away.
    objective = models.ForeignKey(Objective, models.SET_NULL, null=True, blank=True, related_name="questions")
    activity = models.ForeignKey(Activity, models.SET_NULL, null=True, blank=True, related_name="questions")
    metric = models.ForeignKey(Metric, models.SET_NULL, null=True, blank=True, related_name="questions")
    achievement = models.ForeignKey(Achievement, models.SET_NULL, null=True, blank=True, related_name="questions")
    text = models.TextField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="questions")
    asked_at = models.DateTimeField(default=timezone.now)
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = BoardQuestionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["round", "asked_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="question_answered_when",
                violation_error_message="An answer needs its date, and a date its answer.",
            ),
            models.CheckConstraint(
                condition=_at_most_one("objective", "activity", "metric", "achievement"),
                name="question_about_one_item",
                violation_error_message="A question is about one item, a priority or the whole.",
            ),
        ]

    def __str__(self) -> str:
        return self.text[:80]

    @property
    def item(self) -> "Item | None":
        """What it is about; None where it is about the whole."""
        return self.activity or self.objective or self.metric or self.achievement or self.priority


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, user: "User | AnonymousUser") -> "DecisionQuerySet":
        access = access_of(user)
        return self.all() if access.is_administrator else self.filter(round__partnership__in=access.partnership_ids)


class Decision(models.Model):
    """What a board decided in a round, who acts and by when, and what came of it."""

    class Status(models.TextChoices):
        OPEN = "open", "To do"
        DONE = "done", "Done"
        DROPPED = "dropped", "Dropped"

    round = models.ForeignKey(Round, models.PROTECT, related_name="decisions")
    question = models.ForeignKey(BoardQuestion, models.SET_NULL, null=True, blank=True, related_name="decisions")
    priority = models.ForeignKey(Priority, models.PROTECT, null=True, blank=True, related_name="decisions")
    text = models.TextField()
    action_by = models.CharField(max_length=160, blank=True, help_text="Who acts: an organisation or a role.")
    due_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10, choices=Status, default=Status.OPEN)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)
    outcome = models.TextField("what came of it", blank=True, db_default="")
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = DecisionQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["round", "recorded_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(status="open") | ~Q(outcome=""),
                name="decision_settled_with_a_word",
                violation_error_message="Say what was done, or why it was dropped.",
            )
        ]

    def __str__(self) -> str:
        return self.text[:80]

"""The plan of a strategy: priorities, objectives, activities, outcomes, and what contributes to what."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Coalesce
from simple_history.models import HistoricalRecords

from partnerships.models import Organisation, access_of
from priorities.models.standing import Rag
from priorities.models.strategies import LinkedStrategy, Stated, Strategy, Theme
from wesp_portal.common.models import Shipped

if TYPE_CHECKING:
    from partnerships.models import User


class PriorityQuerySet(models.QuerySet["Priority"]):
    def public(self) -> "PriorityQuerySet":
        """Those of public partnerships: anyone may read what they aim at, and not how they stand."""
        return self.filter(strategy__partnership__is_public=True)

    def visible_to(self, user: "User | AnonymousUser") -> "PriorityQuerySet":
        access = access_of(user)
        return self.all() if access.is_administrator else self.filter(strategy__partnership__in=access.partnership_ids)

    def logged_against_by(self, user: "User | AnonymousUser") -> "PriorityQuerySet":
        """Those a person may tag an achievement with."""
        access = access_of(user)
        return self.all() if access.is_administrator else self.filter(strategy__partnership__in=access.logging_in)

    def open(self) -> "PriorityQuerySet":
        """Those still worked on."""
        return self.filter(status__in=Priority.OPEN)


class Priority(Stated):
    """One thing a strategy puts first."""

    class Status(models.TextChoices):
        ACTIVE = "active", "Active"
        STEPPING_DOWN = "stepping_down", "Stepping down"
        HANDED_OVER = "handed_over", "Handed over"
        CLOSED = "closed", "Closed"

    OPEN = (Status.ACTIVE, Status.STEPPING_DOWN)

    strategy = models.ForeignKey(Strategy, models.CASCADE, related_name="priorities")
    theme = models.ForeignKey(Theme, models.RESTRICT, null=True, blank=True, related_name="priorities")
    linked_strategy = models.ForeignKey(
        LinkedStrategy,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="priorities",
        verbose_name="delivered by",
    )
    ref = models.CharField("reference", max_length=20)
    summary = models.TextField(blank=True)
    status = models.CharField(max_length=15, choices=Status, default=Status.ACTIVE)
    handed_over_to = models.CharField(max_length=200, blank=True)
    exit_strategy = models.TextField(blank=True)

    objects = PriorityQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["loaded"])

    class Meta:
        ordering = ["strategy", "position", "ref"]
        verbose_name_plural = "priorities"
        constraints = [
            models.UniqueConstraint(
                fields=["strategy", "ref"],
                name="priority_ref_once",
                violation_error_message="Another priority has this reference.",
            ),
            models.CheckConstraint(
                condition=~Q(status="handed_over") | ~Q(handed_over_to=""),
                name="priority_handed_over_to_whom",
                violation_error_message="Say to whom the priority was handed over.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    @property
    def is_open(self) -> bool:
        return self.status in self.OPEN

    def clean(self) -> None:
        super().clean()
        if self.theme and self.theme.strategy_id != self.strategy_id:
            raise ValidationError({"theme": "Choose a theme of the same strategy."})
        if self.linked_strategy and self.linked_strategy.strategy_id != self.strategy_id:
            raise ValidationError({"linked_strategy": "Choose a strategy that the same strategy names."})


class ObjectiveQuerySet(models.QuerySet["Objective"]):
    def public(self) -> "ObjectiveQuerySet":
        """Those of public partnerships: anyone may read what they aim at, and not how they stand."""
        return self.filter(priority__strategy__partnership__is_public=True)

    def visible_to(self, user: "User | AnonymousUser") -> "ObjectiveQuerySet":
        access = access_of(user)
        return (
            self.all()
            if access.is_administrator
            else self.filter(priority__strategy__partnership__in=access.partnership_ids)
        )


class Objective(Stated):
    """A key objective of a priority."""

    priority = models.ForeignKey(Priority, models.CASCADE, related_name="objectives")
    ref = models.CharField("reference", max_length=20)

    objects = ObjectiveQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["loaded"])

    class Meta:
        ordering = ["priority", "position", "ref"]
        constraints = [
            models.UniqueConstraint(
                fields=["priority", "ref"],
                name="objective_ref_once",
                violation_error_message="Another objective has this reference.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"


class ActivityQuerySet(models.QuerySet["Activity"]):
    def public(self) -> "ActivityQuerySet":
        return self.filter(priority__strategy__partnership__is_public=True)

    def visible_to(self, user: "User | AnonymousUser") -> "ActivityQuerySet":
        access = access_of(user)
        return (
            self.all()
            if access.is_administrator
            else self.filter(priority__strategy__partnership__in=access.partnership_ids)
        )

    def updated_by(self, user: "User | AnonymousUser") -> "ActivityQuerySet":
        """Those a person may update: their organisation's and unassigned ones as an officer, all as a lead."""
        access = access_of(user)
        if access.is_administrator:
            return self.all()
        allowed = Q(priority__strategy__partnership__in=access.lead_of)
        for partnership_id in access.working_in:
            allowed |= Q(priority__strategy__partnership=partnership_id) & (
                Q(lead__in=access.organisations_in(partnership_id)) | Q(lead=None)
            )
        return self.filter(allowed)


class Activity(Stated):
    """Work under an objective, or under a priority directly, with a kept copy of its latest update."""

    priority = models.ForeignKey(Priority, models.CASCADE, related_name="activities")
    objective = models.ForeignKey(Objective, models.CASCADE, null=True, blank=True, related_name="activities")
    ref = models.CharField("reference", max_length=20)
    lead = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="led_activities",
        verbose_name="lead organisation",
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="activities"
    )
    starts_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    is_demo = models.BooleanField("demonstration", default=False, editable=False)
    latest_term = models.CharField(max_length=14, blank=True, editable=False)
    latest_status = models.CharField(max_length=12, blank=True, editable=False)
    latest_rag = models.CharField(max_length=10, choices=Rag, blank=True, editable=False)
    # {term code: "status:rag"} of the twelve latest updates, so that a board's strip of terms needs no join.
    trail = models.JSONField(default=dict, blank=True, editable=False)

    objects = ActivityQuerySet.as_manager()
    history = HistoricalRecords(
        excluded_fields=["loaded", "is_demo", "latest_term", "latest_status", "latest_rag", "trail"]
    )

    class Meta:
        ordering = ["priority", "objective", "position", "ref"]
        verbose_name_plural = "activities"
        constraints = [
            models.UniqueConstraint(
                fields=["priority", "ref"],
                name="activity_ref_once",
                violation_error_message="Another activity has this reference.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True) | Q(starts_on__isnull=True) | Q(due_on__gte=models.F("starts_on")),
                name="activity_due_after_start",
                violation_error_message="The activity must be due after it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def clean(self) -> None:
        super().clean()
        if self.objective and self.objective.priority_id != self.priority_id:
            raise ValidationError({"objective": "Choose an objective of the same priority."})


class Outcome(Stated):
    """The difference an objective or priority makes, and who would say so."""

    priority = models.ForeignKey(Priority, models.CASCADE, related_name="outcomes")
    objective = models.ForeignKey(Objective, models.CASCADE, null=True, blank=True, related_name="outcomes")
    ref = models.CharField("reference", max_length=20)
    voice = models.CharField("who would say so", max_length=120, blank=True)

    history = HistoricalRecords(excluded_fields=["loaded"])

    class Meta:
        ordering = ["priority", "objective", "position", "ref"]
        constraints = [
            models.UniqueConstraint(
                fields=["priority", "ref"],
                name="outcome_ref_once",
                violation_error_message="Another outcome has this reference.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"

    def clean(self) -> None:
        super().clean()
        if self.objective and self.objective.priority_id != self.priority_id:
            raise ValidationError({"objective": "Choose an objective of the same priority."})


def _at_most_one(*names: str) -> Q:
    condition = Q(**{f"{name}__isnull": True for name in names})
    for kept in names:
        condition |= Q(**{f"{name}__isnull": name != kept for name in names})
    return condition


class Alignment(Shipped):
    """One strategy, or a part of it, contributing to a part of another: the golden thread."""

    from_strategy = models.ForeignKey(Strategy, models.CASCADE, related_name="alignments_from")
    from_theme = models.ForeignKey(Theme, models.CASCADE, null=True, blank=True, related_name="alignments_from")
    from_priority = models.ForeignKey(Priority, models.CASCADE, null=True, blank=True, related_name="alignments_from")
    from_objective = models.ForeignKey(Objective, models.CASCADE, null=True, blank=True, related_name="alignments_from")
    to_strategy = models.ForeignKey(Strategy, models.CASCADE, related_name="alignments_to")
    to_theme = models.ForeignKey(Theme, models.CASCADE, null=True, blank=True, related_name="alignments_to")
    to_priority = models.ForeignKey(Priority, models.CASCADE, null=True, blank=True, related_name="alignments_to")
    to_objective = models.ForeignKey(Objective, models.CASCADE, null=True, blank=True, related_name="alignments_to")
    note = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["from_strategy", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                "from_strategy",
                Coalesce("from_theme", 0),
                Coalesce("from_priority", 0),
                Coalesce("from_objective", 0),
                "to_strategy",
                Coalesce("to_theme", 0),
                Coalesce("to_priority", 0),
                Coalesce("to_objective", 0),
                name="alignment_once",
                violation_error_message="This alignment is already there.",
            ),
            models.CheckConstraint(
                condition=_at_most_one("from_theme", "from_priority", "from_objective"),
                name="alignment_from_one_part",
                violation_error_message="Choose one part that contributes: a theme, a priority or an objective.",
            ),
            models.CheckConstraint(
                condition=_at_most_one("to_theme", "to_priority", "to_objective"),
                name="alignment_to_one_part",
                violation_error_message="Choose one part contributed to: a theme, a priority or an objective.",
            ),
            models.CheckConstraint(
                condition=~Q(from_strategy=models.F("to_strategy")),
                name="alignment_between_strategies",
                violation_error_message="An alignment is between two strategies.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contributor} → {self.beneficiary}"

    @property
    def contributor(self) -> models.Model:
        return self.from_objective or self.from_priority or self.from_theme or self.from_strategy

    @property
    def beneficiary(self) -> models.Model:
        return self.to_objective or self.to_priority or self.to_theme or self.to_strategy

    def clean(self) -> None:
        super().clean()
        for side, strategy_id in (("from", self.from_strategy_id), ("to", self.to_strategy_id)):
            for part in ("theme", "priority"):
                item = getattr(self, f"{side}_{part}")
                if item and item.strategy_id != strategy_id:
                    raise ValidationError({f"{side}_{part}": "Choose a part of the strategy above."})
            objective = getattr(self, f"{side}_objective")
            if objective and objective.priority.strategy_id != strategy_id:
                raise ValidationError({f"{side}_objective": "Choose an objective of the strategy above."})

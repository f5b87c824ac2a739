"""Strategies and what they state: themes, principles, purposes, news and the strategies they name."""

from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from simple_history.models import HistoricalRecords

from partnerships.models import Partnership, access_of
from wesp_portal.common.models import Shipped
from wesp_portal.common.validators import validate_period

if TYPE_CHECKING:
    from partnerships.models import User


class StrategyQuerySet(models.QuerySet["Strategy"]):
    def public(self) -> "StrategyQuerySet":
        """Those of public partnerships: anyone may read what they aim at, and not how they stand."""
        return self.filter(partnership__is_public=True)

    def visible_to(self, user: "User | AnonymousUser") -> "StrategyQuerySet":
        access = access_of(user)
        return self.all() if access.is_administrator else self.filter(partnership__in=access.partnership_ids)


class PartOfStrategyQuerySet(models.QuerySet[Any]):
    """What a strategy states by itself, such as its themes and news."""

    def public(self) -> Self:
        return self.filter(strategy__partnership__is_public=True)


class Stated(Shipped):
    """Something a strategy states: our plain title, the adopted wording where it is known, and where it stands."""

    title = models.CharField(max_length=300, help_text="Short and plain.")
    official_wording = models.TextField(
        blank=True, help_text="The words as adopted; filled by importing the adopted document."
    )
    source = models.CharField(max_length=300, blank=True, help_text="Document, then page or section.")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    @property
    def wording(self) -> str:
        """The official text where there is one, or else our title."""
        return self.official_wording or self.title


class Strategy(Shipped):
    """What a partnership set out to do over some years."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="strategies")
    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    vision = models.TextField(blank=True)
    official_wording = models.TextField(blank=True)
    source = models.CharField(max_length=300, blank=True)
    url = models.URLField("web address", blank=True)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    theme_word = models.CharField(max_length=30, default="Theme", help_text="What this strategy calls its themes.")
    priority_word = models.CharField(
        max_length=30, default="Priority", help_text="What this strategy calls its priorities."
    )

    objects = StrategyQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["loaded"])

    class Meta:
        ordering = ["title"]
        verbose_name_plural = "strategies"
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gt=F("starts_on")),
                name="strategy_ends_after_start",
                violation_error_message="The strategy must end after it starts.",
            )
        ]

    def __str__(self) -> str:
        return self.title


class Theme(Stated):
    """A strand or mission that gathers priorities."""

    strategy = models.ForeignKey(Strategy, models.CASCADE, related_name="themes")
    ref = models.CharField("reference", max_length=20)
    vision = models.TextField(blank=True)

    objects = PartOfStrategyQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["loaded"])

    class Meta:
        ordering = ["strategy", "position", "ref"]
        constraints = [
            models.UniqueConstraint(
                fields=["strategy", "ref"],
                name="theme_ref_once",
                violation_error_message="Another theme has this reference.",
            )
        ]

    def __str__(self) -> str:
        return self.title


class PartnershipObjective(Stated):
    """What a partnership is for: an objective, or a priority that overarches all its strategy."""

    class Kind(models.TextChoices):
        OBJECTIVE = "objective", "Objective"
        OVERARCHING = "overarching", "Overarching priority"

    strategy = models.ForeignKey(Strategy, models.CASCADE, related_name="partnership_objectives")
    ref = models.CharField("reference", max_length=20)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.OBJECTIVE)

    class Meta:
        ordering = ["strategy", "position", "ref"]
        constraints = [models.UniqueConstraint(fields=["strategy", "ref"], name="partnership_objective_ref_once")]

    def __str__(self) -> str:
        return self.title


class Principle(Stated):
    """A principle, promise or way of working that a strategy states."""

    strategy = models.ForeignKey(Strategy, models.CASCADE, related_name="principles")
    ref = models.CharField("reference", max_length=20)
    group = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["strategy", "position", "ref"]
        constraints = [models.UniqueConstraint(fields=["strategy", "ref"], name="principle_ref_once")]

    def __str__(self) -> str:
        return self.title


class LinkedStrategy(Stated):
    """A strategy that one of ours names, such as one that delivers its missions, and that the portal does not hold."""

    strategy = models.ForeignKey(Strategy, models.CASCADE, related_name="linked_strategies")
    ref = models.SlugField("reference", max_length=80)
    relation = models.CharField(max_length=60, help_text="Such as delivers, responds to, is aligned with.")
    period = models.CharField(max_length=60, blank=True)
    note = models.TextField(blank=True)
    themes = models.ManyToManyField(Theme, blank=True, related_name="linked_strategies")

    class Meta:
        ordering = ["strategy", "position", "ref"]
        verbose_name_plural = "linked strategies"
        constraints = [models.UniqueConstraint(fields=["strategy", "ref"], name="linked_strategy_ref_once")]

    def __str__(self) -> str:
        return self.title


class News(Stated):
    """A dated event worth telling: an opening, a launch, a signing."""

    strategy = models.ForeignKey(Strategy, models.CASCADE, related_name="news")
    ref = models.CharField("reference", max_length=40)
    summary = models.TextField(blank=True)
    happened_on = models.DateField(null=True, blank=True)
    period = models.CharField(max_length=14, blank=True, validators=[validate_period])

    objects = PartOfStrategyQuerySet.as_manager()

    class Meta:
        ordering = ["-happened_on", "position"]
        verbose_name_plural = "news"
        constraints = [models.UniqueConstraint(fields=["strategy", "ref"], name="news_ref_once")]

    def __str__(self) -> str:
        return self.title

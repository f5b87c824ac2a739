"""Metrics shared by many objectives, their readings, and the targets set for them."""

from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from simple_history.models import HistoricalRecords

from partnerships.models import Area, Partnership, access_of
from priorities.models.plan import Objective
from priorities.models.strategies import Stated
from wesp_portal.common.models import Shipped
from wesp_portal.common.validators import validate_period

if TYPE_CHECKING:
    from partnerships.models import User


DEMONSTRATION = "Demonstration"
"""The source of every figure and activity that a demonstration invents."""


class MetricQuerySet(models.QuerySet["Metric"]):
    def public(self) -> "MetricQuerySet":
        """Those that a public partnership uses; their definitions are part of its strategy."""
        return self.used_within(Partnership.objects.public().values("pk"))

    def used_within(self, partnerships: Any) -> "MetricQuerySet":
        """Those that strategies of these partnerships use, each once."""
        return self.filter(pk__in=Metric.objects.filter(_used_within(partnerships)).values("pk"))

    def used_in(self, strategies: Any) -> "MetricQuerySet":
        """Those that these strategies use, each once."""
        return self.filter(pk__in=Metric.objects.filter(_used_within(strategies, of="")).values("pk"))

    def visible_to(self, user: "User | AnonymousUser") -> "MetricQuerySet":
        """Those that an objective or strategy within a person's reach uses, by themselves or as part of a whole."""
        access = access_of(user)
        if access.is_administrator:
            return self.all()
        return self.used_within(access.partnership_ids)

    def with_readings(self) -> "MetricQuerySet":
        """Those that have readings of their own: no composites, and nothing that is evidenced in words."""
        return self.filter(parts=None).exclude(unit=Metric.Unit.EVIDENCE)

    def recorded_by(self, user: "User | AnonymousUser") -> "MetricQuerySet":
        """Those whose readings a person may record for the area of one of their partnerships.

        Officers record what partners count, ask or bring about themselves; leads official statistics too. A composite
        is shown through its parts, and what is evidenced in words is logged as voices: neither has readings.
        """
        access = access_of(user)
        recorded = self.with_readings()
        if access.is_administrator:
            used = Partnership.objects.values("pk")
            return recorded.filter(_used_within(used)).distinct()
        kept_locally = Q(kind__in=Metric.KEPT_LOCALLY) & _used_within(access.working_in)
        return recorded.filter(kept_locally | _used_within(access.lead_of)).distinct()


_OF_OBJECTIVES = "strategies__priorities__objectives__measures__metric"
# From a partnership to the metrics it uses: by itself, as part of a whole, or as context.
_PATHS_TO_METRICS = (
    _OF_OBJECTIVES,
    f"{_OF_OBJECTIVES}__parts",
    f"{_OF_OBJECTIVES}__parts__parts",
    "strategies__context_metrics",
)


def _used_within(owners: Any, of: str = "__partnership") -> Q:
    """Metrics that an objective or strategy of these partnerships uses, by themselves or as part of a whole.

    With `of` empty the owners are strategies.
    """
    objective = "uses__objective__priority__strategy"
    # A composite may be part of another; none goes deeper.
    paths = (objective, f"part_of__{objective}", f"part_of__part_of__{objective}", "context_for")
    return reduce(or_, (Q(**{f"{path}{of}__in": owners}) for path in paths))


class MetricGroup(Shipped):
    """A group of people that metrics are broken down by, such as pupils with SEND; all metrics share it."""

    slug = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=120, help_text="As the pages say it, such as Pupils with SEND.")
    whole = models.CharField(
        "makes a whole with",
        max_length=80,
        blank=True,
        help_text="The same word for groups that do not overlap and together are everybody, such as sex for girls and "
        "boys. Empty where others may be in it too.",
    )

    history = HistoricalRecords(excluded_fields=["loaded"])

    class Meta:
        ordering = ["whole", "title"]
        verbose_name = "group"

    def __str__(self) -> str:
        return self.title


class Metric(Shipped):
    """A definition of something measured."""

    class Kind(models.TextChoices):
        OFFICIAL = "official", "Official statistic"
        LOCAL = "local", "Local count"
        VOICE = "voice", "Voice"
        MILESTONE = "milestone", "Milestone"

    # What partners count, ask or bring about themselves: nobody else publishes it.
    KEPT_LOCALLY = (Kind.LOCAL, Kind.VOICE, Kind.MILESTONE)

    class Direction(models.TextChoices):
        UP = "up", "More is better"
        DOWN = "down", "Less is better"
        RANGE = "range", "Best within bounds"
        EXISTS = "exists", "Done or in place"
        NONE = "none", "Context, not rated"

    class Unit(models.TextChoices):
        PERCENT = "percent", "per cent"
        RATE_PER_100 = "rate per 100", "per 100"
        POINTS = "points", "points"
        COUNT = "count", "count"
        DAYS = "days", "days"
        WEEKS = "weeks", "weeks"
        POUNDS = "pounds", "pounds"
        PERCENTAGE_POINTS = "percentage points", "percentage points"
        YES_OR_NO = "yes or no", "yes or no"
        STAGE = "stage", "stage: not started, in place, launched, embedded"
        EVIDENCE = "evidence", "evidence in words"

    class Frequency(models.TextChoices):
        WEEKLY = "weekly", "Each week"
        MONTHLY = "monthly", "Each month"
        QUARTERLY = "quarterly", "Each quarter"
        HALF_TERMLY = "half-termly", "Each half term"
        TERMLY = "termly", "Each term"
        ANNUAL = "annual", "Each year"
        ONCE = "once", "Once"
        EVENT = "event", "After each event or survey"

    slug = models.SlugField(max_length=120, unique=True)
    title = models.CharField(max_length=200)
    definition = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=Kind)
    direction = models.CharField(max_length=10, choices=Direction)
    unit = models.CharField(max_length=20, choices=Unit)
    decimals = models.PositiveSmallIntegerField(default=0, validators=[MaxValueValidator(4)])
    frequency = models.CharField(max_length=12, choices=Frequency)
    source_owner = models.CharField(max_length=120, blank=True)
    source_publication = models.CharField(max_length=300, blank=True)
    source_indicator = models.CharField(max_length=400, blank=True)
    source_url = models.URLField("source's web address", max_length=400, blank=True)
    note = models.TextField(blank=True)
    is_about_children = models.BooleanField("counts children", default=False)
    disclosure_threshold = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MaxValueValidator(9)],
        help_text="Counts from 1 up to this are hidden from people not cleared to see them.",
    )
    is_public = models.BooleanField(
        "figures are public",
        default=False,
        db_default=False,
        help_text="Publish what partners record of it as open data, with small counts hidden. Official statistics "
        "always are.",
    )
    parts = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="part_of")
    groups = models.ManyToManyField(
        MetricGroup, blank=True, related_name="metrics", help_text="Groups that it is broken down by."
    )
    context_for = models.ManyToManyField(
        "priorities.Strategy",
        blank=True,
        related_name="context_metrics",
        help_text="Strategies that state it as context.",
    )

    objects = MetricQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["loaded"])

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(disclosure_threshold__isnull=True) | Q(disclosure_threshold__lt=10),
                name="metric_disclosure_threshold_under_10",
                violation_error_message="The disclosure threshold must be under 10.",
            )
        ]

    def __str__(self) -> str:
        return self.title


class MeasureUse(Stated):
    """An objective measured by a shared metric, in the objective's own terms."""

    objective = models.ForeignKey(Objective, models.CASCADE, related_name="measures")
    metric = models.ForeignKey(Metric, models.PROTECT, related_name="uses")
    ref = models.CharField("reference", max_length=20)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["objective", "position", "ref"]
        verbose_name = "measure"
        constraints = [
            models.UniqueConstraint(
                fields=["objective", "ref"],
                name="measure_ref_once",
                violation_error_message="Another measure has this reference.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.title}"


class ReadingQuerySet(models.QuerySet["Reading"]):
    def public(self) -> "ReadingQuerySet":
        """Those anyone may read, before small counts are hidden: priorities.queries.open_readings does that.

        Official statistics of public partnerships' areas and of those they are compared with; what partners record
        themselves where the metric is marked public, for the area of a public partnership that uses it.
        """
        metrics = Metric.objects.public().order_by()
        official = metrics.filter(kind=Metric.Kind.OFFICIAL).values("pk")
        local = metrics.exclude(kind=Metric.Kind.OFFICIAL).filter(is_public=True).values("pk")
        users = Partnership.objects.public().filter(area=OuterRef("area"))
        is_used = reduce(or_, (Exists(users.filter(**{path: OuterRef("metric")})) for path in _PATHS_TO_METRICS))
        return self.filter(
            Q(metric__in=official, area__in=Area.objects.public().values("pk")) | Q(Q(metric__in=local), is_used)
        )


class Reading(Shipped):
    """A metric's value for an area and a period; value and symbol are never both given."""

    class Symbol(models.TextChoices):
        NOT_APPLICABLE = "z", "Not applicable"
        NOT_AVAILABLE = "x", "Not available"
        SUPPRESSED = "c", "Withheld to protect people"
        LOW = "low", "Rounds to zero"
        UNRELIABLE = "u", "Too unreliable to publish"

    class Qualifier(models.TextChoices):
        EXACTLY = "", "Exactly"
        OVER = "over", "Over"
        AT_LEAST = "at least", "At least"
        ABOUT = "about", "About"
        UP_TO = "up to", "Up to"
        FEWER_THAN = "fewer than", "Fewer than"

    class Status(models.TextChoices):
        PROVISIONAL = "provisional", "Provisional"
        FINAL = "final", "Final"
        REVISED = "revised", "Revised"

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="readings")
    area = models.ForeignKey(Area, models.PROTECT, related_name="readings")
    period = models.CharField(
        max_length=14, validators=[validate_period], help_text="Like 2025, 2023-24 or 2024-25-autumn."
    )
    period_ends_on = models.DateField(editable=False)
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    symbol = models.CharField(max_length=3, choices=Symbol, blank=True)
    qualifier = models.CharField(max_length=12, choices=Qualifier.choices[1:], blank=True)
    status = models.CharField(max_length=12, choices=Status, default=Status.FINAL)
    as_at = models.DateField(null=True, blank=True)
    source = models.CharField(max_length=400, blank=True)
    note = models.TextField(blank=True)
    break_note = models.CharField(
        "counted in a new way",
        max_length=300,
        blank=True,
        help_text="What changed, where this figure and those after it cannot be compared with earlier ones.",
    )
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    # In which part, as readers are told it: a person's role may change, and a name is no reader's business.
    recorded_as = models.CharField(max_length=320, blank=True, editable=False)
    recorded_at = models.DateTimeField(auto_now=True)

    objects = ReadingQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["loaded"])

    class Meta:
        ordering = ["metric", "area", "-period_ends_on"]
        indexes = [
            models.Index(
                fields=["metric", "area", "-period_ends_on"],
                include=["value", "symbol", "qualifier", "status", "period"],
                name="reading_latest",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "area", "period"],
                name="reading_once",
                violation_error_message="There is already a reading for this area and period.",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) ^ Q(symbol=""),
                name="reading_value_or_symbol",
                violation_error_message="Give a value, or the symbol that says why there is none.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric}, {self.area}, {self.period}"


class GroupReading(Shipped):
    """A metric's value for one of its groups, beside the reading of the whole, which says where both come from."""

    Symbol = Reading.Symbol

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="group_readings")
    group = models.ForeignKey(MetricGroup, models.PROTECT, related_name="readings")
    area = models.ForeignKey(Area, models.PROTECT, related_name="group_readings")
    period = models.CharField(max_length=14, validators=[validate_period])
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    symbol = models.CharField(max_length=3, choices=Symbol, blank=True)

    history = HistoricalRecords(excluded_fields=["loaded"])

    class Meta:
        ordering = ["metric", "area", "period", "group"]
        verbose_name = "group's reading"
        verbose_name_plural = "groups' readings"
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "area", "period", "group"],
                name="group_reading_once",
                violation_error_message="There is already a reading for this group, area and period.",
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=True) ^ Q(symbol=""),
                name="group_reading_value_or_symbol",
                violation_error_message="Give a value, or the symbol that says why there is none.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.metric}, {self.group}, {self.area}, {self.period}"


class Series(models.Model):
    """One metric in one area: a kept copy of its latest readings, written with each reading and rebuilt from them."""

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="series")
    area = models.ForeignKey(Area, models.CASCADE, related_name="series")
    # The twelve latest readings, oldest first, each with the keys of a `Point` in a snapshot but its label.
    points = models.JSONField(default=list, editable=False)
    # Of those periods, each that statistical neighbours have a figure for: how many, their median, and how many of
    # them have a higher figure or the same one.
    neighbours = models.JSONField(default=list, editable=False)

    class Meta:
        verbose_name_plural = "series"
        constraints = [models.UniqueConstraint(fields=["metric", "area"], name="series_once")]

    def __str__(self) -> str:
        return f"{self.metric}, {self.area}"


class Target(Shipped):
    """What a metric should reach in an area: a figure, a comparator, a closed gap, or better than a baseline."""

    class Basis(models.TextChoices):
        ABSOLUTE = "absolute", "Reach a figure"
        COMPARATOR = "comparator", "In line with or better than a comparator"
        GAP = "gap", "Close the gap to a comparator"
        BASELINE = "baseline", "Better than an earlier reading"

    metric = models.ForeignKey(Metric, models.CASCADE, related_name="targets")
    area = models.ForeignKey(Area, models.PROTECT, related_name="targets")
    basis = models.CharField(max_length=12, choices=Basis)
    value = models.DecimalField(max_digits=14, decimal_places=4, null=True, blank=True)
    comparator = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="+")
    baseline_period = models.CharField(max_length=14, blank=True, validators=[validate_period])
    due_period = models.CharField(max_length=14, blank=True, validators=[validate_period])
    tolerance = models.DecimalField(
        max_digits=10,
        decimal_places=4,
        null=True,
        blank=True,
        help_text="How far short is still at risk, in the metric's unit.",
    )
    wording = models.CharField(max_length=300, blank=True)
    source = models.CharField(
        max_length=300, blank=True, help_text="Who set it, and in which document or at which meeting."
    )
    set_on = models.DateField(null=True, blank=True, help_text="The day it was agreed.")
    position = models.PositiveSmallIntegerField(default=0)

    history = HistoricalRecords(excluded_fields=["loaded"])

    class Meta:
        ordering = ["metric", "area", "due_period"]
        constraints = [
            models.UniqueConstraint(
                fields=["metric", "area", "due_period"],
                name="target_once",
                violation_error_message="There is already a target for this area and date.",
            ),
            models.CheckConstraint(
                condition=~Q(basis__in=["comparator", "gap"]) | Q(comparator__isnull=False),
                name="target_comparator_named",
                violation_error_message="Choose the area to compare with.",
            ),
        ]

    def __str__(self) -> str:
        return self.wording or f"{self.get_basis_display()}: {self.metric}"

"""Strategies, what they aim at and what was done, as anyone may read them.

Left out are how activities stand, what officers wrote of them, who owns or logged anything, and how it came about.
"""

from typing import Any

from rest_framework import serializers

from partnerships.models import Organisation, Partnership
from priorities.models import Achievement, Activity, Metric, News, Objective, Priority, Strategy, Theme

STATED = ["ref", "title", "official_wording", "source"]
DEMONSTRATION_HELP = "Invented for a demonstration, and no fact."


class StrategySlug(serializers.SlugRelatedField[Strategy]):
    """The strategy that something is of, by its slug."""

    def __init__(self, **options: Any) -> None:
        super().__init__(slug_field="slug", read_only=True, **options)


class StrategySerializer(serializers.ModelSerializer[Strategy]):
    partnership = serializers.SlugRelatedField[Partnership](slug_field="slug", read_only=True)
    website = serializers.CharField(source="url", help_text="Its web address, or empty.")

    class Meta:
        model = Strategy
        fields = [
            "slug",
            "partnership",
            "title",
            "summary",
            "vision",
            "official_wording",
            "source",
            "website",
            "starts_on",
            "ends_on",
            "theme_word",
            "priority_word",
        ]


class ThemeSerializer(serializers.ModelSerializer[Theme]):
    strategy = StrategySlug()

    class Meta:
        model = Theme
        fields = ["id", "strategy", *STATED, "vision"]


class PrioritySerializer(serializers.ModelSerializer[Priority]):
    strategy = StrategySlug()

    class Meta:
        model = Priority
        fields = ["id", "strategy", "theme", *STATED, "summary", "status"]


class ObjectiveSerializer(serializers.ModelSerializer[Objective]):
    strategy = StrategySlug(source="priority.strategy")
    metrics = serializers.SerializerMethodField(help_text="Slugs of the metrics that measure it.")

    class Meta:
        model = Objective
        fields = ["id", "strategy", "priority", *STATED, "metrics"]

    def get_metrics(self, objective: Objective) -> list[str]:
        return list(dict.fromkeys(use.metric.slug for use in objective.measures.all()))


class ActivitySerializer(serializers.ModelSerializer[Activity]):
    strategy = StrategySlug(source="priority.strategy")
    lead = serializers.SlugRelatedField[Organisation](
        slug_field="slug", read_only=True, allow_null=True, help_text="The organisation that leads it."
    )
    is_demonstration = serializers.BooleanField(source="is_demo", help_text=DEMONSTRATION_HELP)

    class Meta:
        model = Activity
        fields = [
            "id",
            "strategy",
            "priority",
            "objective",
            *STATED,
            "lead",
            "starts_on",
            "due_on",
            "is_demonstration",
        ]


class MetricSerializer(serializers.ModelSerializer[Metric]):
    source_url = serializers.CharField(help_text="The web address of the source, or empty.")
    are_figures_public = serializers.SerializerMethodField(
        help_text="Whether its readings are open data: official statistics are, others where they are marked so."
    )

    class Meta:
        model = Metric
        fields = [
            "slug",
            "title",
            "definition",
            "kind",
            "direction",
            "unit",
            "decimals",
            "frequency",
            "source_owner",
            "source_publication",
            "source_indicator",
            "source_url",
            "is_about_children",
            "are_figures_public",
        ]

    def get_are_figures_public(self, metric: Metric) -> bool:
        return metric.is_public or metric.kind == Metric.Kind.OFFICIAL


class AchievementSerializer(serializers.ModelSerializer[Achievement]):
    partnership = serializers.SlugRelatedField[Partnership](slug_field="slug", read_only=True)
    strategy = serializers.SerializerMethodField(help_text="Slug of the strategy that states it.")
    organisations = serializers.SlugRelatedField[Organisation](slug_field="slug", read_only=True, many=True)
    priorities = serializers.PrimaryKeyRelatedField[Priority](read_only=True, many=True)
    is_demonstration = serializers.SerializerMethodField(help_text=DEMONSTRATION_HELP)
    updated_at = serializers.DateTimeField()

    class Meta:
        model = Achievement
        fields = [
            "id",
            "partnership",
            "strategy",
            "title",
            "detail",
            "happened_on",
            "period",
            "quantity",
            "quantity_qualifier",
            "quantity_unit",
            "organisations",
            "priorities",
            "is_demonstration",
            "updated_at",
        ]

    def get_strategy(self, achievement: Achievement) -> str | None:
        strategy = achievement.strategy
        return strategy.slug if strategy and strategy.partnership.is_public else None

    def get_is_demonstration(self, achievement: Achievement) -> bool:
        return bool(achievement.logged_by and achievement.logged_by.is_demo)


class NewsSerializer(serializers.ModelSerializer[News]):
    strategy = StrategySlug()

    class Meta:
        model = News
        fields = ["id", "strategy", *STATED, "summary", "happened_on", "period"]


class GroupFigureSerializer(serializers.Serializer[Any]):
    """The figure of one group of people."""

    group = serializers.SlugField(source="slug")
    group_title = serializers.CharField(source="title")
    value = serializers.FloatField(source="told.value", allow_null=True)
    value_symbol = serializers.CharField(source="told.symbol")


class ReadingSerializer(serializers.Serializer[Any]):
    """One figure: a number in `value`, or else the symbol that says why there is none."""

    id = serializers.IntegerField(source="row.pk")
    metric = serializers.SlugField(source="row.metric.slug")
    metric_title = serializers.CharField(source="row.metric.title")
    unit = serializers.CharField(source="row.metric.unit")
    area = serializers.CharField(source="row.area.code", help_text="ONS code.")
    area_name = serializers.CharField(source="row.area.name")
    period = serializers.CharField(source="row.period", help_text="Such as 2025, 2023-24 or 2024-25-autumn.")
    period_ends_on = serializers.DateField(source="row.period_ends_on")
    value = serializers.FloatField(source="told.value", allow_null=True)
    value_symbol = serializers.CharField(
        source="told.symbol",
        help_text="Empty beside a value. c: withheld to protect people. z: not applicable. x: not available. "
        "low: rounds to zero. u: too unreliable to publish.",
    )
    qualifier = serializers.CharField(help_text="Such as over, about or fewer than; empty where the value is exact.")
    status = serializers.CharField(source="row.status", help_text="provisional, final or revised.")
    as_at = serializers.DateField(source="row.as_at", allow_null=True)
    source = serializers.CharField()  # type: ignore[assignment]  # a field of the answer, as any other
    is_demonstration = serializers.BooleanField(help_text=DEMONSTRATION_HELP)
    updated_at = serializers.DateTimeField(source="row.recorded_at")
    groups = GroupFigureSerializer(many=True)

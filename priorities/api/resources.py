"""What is aimed at and how far it is, as open data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import django_filters
from django.db.models import QuerySet

from partnerships.api.open_data import OpenData
from partnerships.api.resources import BY_AREA, BY_PARTNERSHIP
from partnerships.api.serializers import OrganisationSerializer
from partnerships.models import Organisation, Partnership
from priorities.api.serializers import (
    AchievementSerializer,
    ActivitySerializer,
    MetricSerializer,
    NewsSerializer,
    ObjectiveSerializer,
    PrioritySerializer,
    ReadingSerializer,
    StrategySerializer,
    ThemeSerializer,
)
from priorities.models import Achievement, Activity, Metric, News, Objective, Priority, Reading, Strategy, Theme
from priorities.queries.open_data import public_achievements, public_objectives, public_organisations
from priorities.queries.open_readings import OpenReading, open_page, open_stream
from wesp_portal.common.api.filters import Since, Slug

BY_STRATEGY, BY_METRIC = "Only those of this strategy, by its slug.", "Only those of this metric, by its slug."


class OrganisationFilters(django_filters.FilterSet):
    partnership = Slug("memberships__partnership__slug", BY_PARTNERSHIP, memberships__partnership__is_public=True)
    area = Slug("area__code", BY_AREA)


class OrganisationResource(OpenData):
    """Organisations in public partnerships, and those that something public names."""

    slug = "organisations"
    title = "Organisations"
    about = "partners and other bodies that something public names"
    serializer_class = OrganisationSerializer
    filterset_class = OrganisationFilters
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Organisation]:
        return public_organisations().select_related("area").distinct()


class StrategyFilters(django_filters.FilterSet):
    partnership = Slug("partnership__slug", BY_PARTNERSHIP)


class StrategyResource(OpenData):
    """What public partnerships set out to do over some years."""

    slug = "strategies"
    title = "Strategies"
    about = "what a partnership set out to do over some years"
    serializer_class = StrategySerializer
    filterset_class = StrategyFilters
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Strategy]:
        return Strategy.objects.public().select_related("partnership")


class OfStrategyFilters(django_filters.FilterSet):
    partnership = Slug("strategy__partnership__slug", BY_PARTNERSHIP)
    strategy = Slug("strategy__slug", BY_STRATEGY)


class ThemeResource(OpenData):
    """Strands and missions that gather a strategy's priorities."""

    slug = "themes"
    title = "Themes"
    about = "the strands and missions of strategies"
    serializer_class = ThemeSerializer
    filterset_class = OfStrategyFilters

    def get_queryset(self) -> QuerySet[Theme]:
        return Theme.objects.public().select_related("strategy")


class PriorityResource(OpenData):
    """What strategies put first, with those that are closed or handed over."""

    slug = "priorities"
    title = "Priorities"
    about = "what strategies put first, and whether it is still worked on"
    serializer_class = PrioritySerializer
    filterset_class = OfStrategyFilters

    def get_queryset(self) -> QuerySet[Priority]:
        return Priority.objects.public().select_related("strategy")


class OfPriorityFilters(django_filters.FilterSet):
    partnership = Slug("priority__strategy__partnership__slug", BY_PARTNERSHIP)
    strategy = Slug("priority__strategy__slug", BY_STRATEGY)


class ObjectiveFilters(OfPriorityFilters):
    metric = Slug("measures__metric__slug", BY_METRIC)


class ObjectiveResource(OpenData):
    """The key objectives of priorities, with the metrics that measure them."""

    slug = "objectives"
    title = "Objectives"
    about = "the key objectives of priorities, and what measures them"
    serializer_class = ObjectiveSerializer
    filterset_class = ObjectiveFilters

    def get_queryset(self) -> QuerySet[Objective]:
        return public_objectives().distinct()


class ActivityResource(OpenData):
    """The work that strategies plan. How it stands is the partnership's own judgement and is not open data."""

    slug = "activities"
    title = "Activities"
    about = "the work that strategies plan"
    serializer_class = ActivitySerializer
    filterset_class = OfPriorityFilters

    def get_queryset(self) -> QuerySet[Activity]:
        return Activity.objects.public().select_related("priority__strategy", "lead")


class MetricFilters(django_filters.FilterSet):
    partnership = django_filters.CharFilter(method="used_by", label=BY_PARTNERSHIP, help_text=BY_PARTNERSHIP)
    strategy = django_filters.CharFilter(method="used_in", label=BY_STRATEGY, help_text=BY_STRATEGY)

    def used_by(self, rows: QuerySet[Metric], name: str, slug: str) -> QuerySet[Metric]:
        own = Partnership.objects.public().filter(slug=slug).values("pk")
        return rows.filter(pk__in=Metric.objects.used_within(own).values("pk"))

    def used_in(self, rows: QuerySet[Metric], name: str, slug: str) -> QuerySet[Metric]:
        strategies = Strategy.objects.public().filter(slug=slug)
        return rows.filter(pk__in=Metric.objects.used_in(strategies).values("pk"))


class MetricResource(OpenData):
    """Definitions of what is measured, whether or not the figures are public."""

    slug = "metrics"
    title = "Metrics"
    about = "definitions of what is measured, with their sources"
    serializer_class = MetricSerializer
    filterset_class = MetricFilters
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Metric]:
        return Metric.objects.public()


class ReadingFilters(django_filters.FilterSet):
    metric = Slug("metric__slug", BY_METRIC)
    area = Slug("area__code", BY_AREA)
    partnership = django_filters.CharFilter(
        method="of_partnership",
        label="Only those of metrics that this partnership uses, by its slug.",
        help_text="Only those of metrics that this partnership uses, by its slug.",
    )
    updated_since = Since("recorded_at")

    def of_partnership(self, rows: QuerySet[Reading], name: str, slug: str) -> QuerySet[Reading]:
        own = Partnership.objects.public().filter(slug=slug).values("pk")
        return rows.filter(metric__in=Metric.objects.used_within(own).values("pk"))


class ReadingResource(OpenData):
    """Figures by metric, area and period, each a value or the symbol that says why there is none.

    A small count of children is withheld, and so is whatever would give it away. Whether a figure is withheld can
    change with another one beside it, so take the whole anew from time to time.
    """

    slug = "readings"
    title = "Readings"
    about = "figures by metric, area and period, a row each"
    serializer_class = ReadingSerializer
    filterset_class = ReadingFilters

    def get_queryset(self) -> QuerySet[Reading]:
        return Reading.objects.public().select_related("metric", "area")

    def rows_of(self, found: Sequence[Reading]) -> Sequence[Mapping[str, Any]]:
        return super().rows_of(open_page(found))

    def columns(self) -> Sequence[str]:
        columns = tuple(super().columns())
        at = columns.index("value")
        return (*columns[:at], "group", "group_title", *columns[at:-1])

    def sheet_rows(self, rows: QuerySet[Reading]) -> Iterable[Mapping[str, Any]]:
        return chain.from_iterable(map(self._sheet_rows_of, open_stream(rows)))

    def _sheet_rows_of(self, reading: OpenReading) -> Iterator[Mapping[str, Any]]:
        """The row of all people, and one for each group."""
        row = self.get_serializer().to_representation(reading)
        yield row | {"group": "", "group_title": ""}
        for group in row["groups"]:
            yield row | group | {"qualifier": ""}


class AchievementFilters(django_filters.FilterSet):
    partnership = Slug("partnership__slug", BY_PARTNERSHIP)
    strategy = Slug("strategy__slug", BY_STRATEGY, strategy__partnership__is_public=True)
    updated_since = Since("updated_at")


class AchievementResource(OpenData):
    """What happened, once it is approved and marked public. Each counts once, however many priorities it serves."""

    slug = "achievements"
    title = "Achievements"
    about = "what happened, once it is approved and marked public"
    serializer_class = AchievementSerializer
    filterset_class = AchievementFilters

    def get_queryset(self) -> QuerySet[Achievement]:
        return public_achievements()


class NewsResource(OpenData):
    """Dated events worth telling: openings, launches, signings."""

    slug = "news"
    title = "News"
    about = "openings, launches and signings"
    serializer_class = NewsSerializer
    filterset_class = OfStrategyFilters

    def get_queryset(self) -> QuerySet[News]:
        return News.objects.public().select_related("strategy")

"""Administration of metrics, their groups, readings and targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from partnerships.admin import TouchingAdmin
from partnerships.models import User
from priorities.models import GroupReading, MeasureUse, Metric, MetricGroup, Reading, Target
from priorities.services.readings import reading_problems, record_reading
from priorities.services.series import rebuild_series
from wesp_portal.common.admin import HistoryAdmin, PortalInline

if TYPE_CHECKING:
    ReadingModelForm = ModelForm[Reading]
else:
    ReadingModelForm = ModelForm


class UseInline(PortalInline):
    """The objectives measured by a metric."""

    model = MeasureUse
    fields = ["objective", "ref", "title", "position"]
    autocomplete_fields = ["objective"]
    verbose_name = "use"
    verbose_name_plural = "uses"


class TargetInline(PortalInline):
    model = Target
    fields = ["area", "basis", "value", "comparator", "due_period", "tolerance", "wording"]
    autocomplete_fields = ["area", "comparator"]


@admin.register(Metric)
class MetricAdmin(TouchingAdmin, HistoryAdmin):
    list_display = ["title", "kind", "unit", "direction", "frequency", "source_owner"]
    list_filter = ["kind", "direction", "unit", "frequency", "is_about_children", "is_public"]
    search_fields = ["title", "slug", "definition", "source_indicator"]
    autocomplete_fields = ["parts", "groups", "context_for"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [UseInline, TargetInline]
    fieldsets = [
        (
            None,
            {
                "description": "A definition shared by every objective that uses it: a change here changes them all.",
                "fields": [
                    "title",
                    "slug",
                    "definition",
                    "kind",
                    ("unit", "decimals"),
                    "direction",
                    "frequency",
                ],
            },
        ),
        (
            "Source",
            {
                "description": "Who publishes it, and where to find it.",
                "fields": ["source_owner", "source_publication", "source_indicator", "source_url", "note"],
            },
        ),
        (
            "Protecting people",
            {
                "description": "Small counts about children are hidden from people not cleared to see them.",
                "fields": ["is_about_children", "disclosure_threshold", "is_public"],
            },
        ),
        (
            "Related",
            {
                "description": "The metrics it is made of, the groups it is broken down by, and the strategies that "
                "state it as context.",
                "fields": ["parts", "groups", "context_for"],
            },
        ),
    ]


@admin.register(MetricGroup)
class MetricGroupAdmin(TouchingAdmin, HistoryAdmin):
    list_display = ["title", "slug", "whole"]
    list_filter = ["whole"]
    search_fields = ["title", "slug"]
    prepopulated_fields = {"slug": ["title"]}
    fieldsets = [
        (
            None,
            {
                "description": "A group of people that metrics are broken down by: the same for all of them. Groups "
                "that together are everybody say so, and a small count is then hidden with another one.",
                "fields": ["title", "slug", "whole"],
            },
        )
    ]


@admin.register(Target)
class TargetAdmin(TouchingAdmin, HistoryAdmin):
    list_display = ["__str__", "metric", "area", "basis", "value", "due_period"]
    list_filter = ["basis", "area"]
    list_select_related = ["metric", "area"]
    ordering = ["metric__title", "area__name"]
    search_fields = ["wording", "metric__title"]
    autocomplete_fields = ["metric", "area", "comparator"]
    fieldsets = [
        (
            None,
            {
                "description": "What a metric should reach in an area, and how far short is still at risk.",
                "fields": ["metric", "area", "basis", "value", "comparator", "baseline_period", "due_period"],
            },
        ),
        (
            "Rating and words",
            {
                "description": "The tolerance is in the metric's unit; without one, short of the target is off track.",
                "fields": ["tolerance", "wording", "source", "set_on", "position"],
            },
        ),
    ]


class ReadingForm(ReadingModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        metric = cleaned.get("metric") or getattr(self.instance, "metric", None)
        if metric and not self.errors:
            problems = reading_problems(
                metric=metric,
                period=cleaned.get("period") or self.instance.period,
                value=cleaned.get("value"),
                symbol=cleaned.get("symbol", ""),
                qualifier=cleaned.get("qualifier", ""),
            )
            for field, problem in problems.items():
                self.add_error(field, problem)
        return cleaned


@admin.register(Reading)
class ReadingAdmin(TouchingAdmin, HistoryAdmin):
    """Readings, written by the same service as everywhere, so that the series the dashboard reads stay right."""

    form = ReadingForm
    fixed_once_made = ["metric", "area", "period"]
    list_display = ["metric", "area", "period", "value", "symbol", "status", "recorded_at"]
    list_filter = ["status", "symbol", "metric__kind", "area"]
    list_select_related = ["metric", "area"]
    # The latest made first, by the key: millions are neither sorted nor counted whole for a page of them.
    ordering = ["-pk"]
    show_full_result_count = False
    search_fields = ["metric__title", "metric__slug", "area__name", "period", "source"]
    autocomplete_fields = ["metric", "area"]
    readonly_fields = ["recorded_by", "recorded_as", "recorded_at"]
    fieldsets = [
        (
            None,
            {
                "description": "A metric's value for an area and a period. Give the figure, or why there is none.",
                "fields": ["metric", "area", "period", ("qualifier", "value", "symbol"), "status", "as_at"],
            },
        ),
        (
            "Source",
            {
                "description": "Where the figure comes from. Whoever saves it is named as its recorder.",
                "fields": ["source", "note", "break_note", ("recorded_by", "recorded_as", "recorded_at")],
            },
        ),
    ]

    def write(self, request: HttpRequest, obj: Reading) -> None:
        written = record_reading(
            metric=obj.metric,
            area=obj.area,
            period=obj.period,
            value=obj.value,
            symbol=obj.symbol,
            qualifier=obj.qualifier,
            status=obj.status,
            as_at=obj.as_at,
            source=obj.source,
            note=obj.note,
            break_note=obj.break_note,
            by=request.user if isinstance(request.user, User) else None,
            at=timezone.now(),
        )
        obj.pk = written.pk

    def remove(self, rows: QuerySet[Any]) -> None:
        metric_ids = set(rows.values_list("metric", flat=True))
        super().remove(rows)
        rebuild_series(metric_ids)


@admin.register(GroupReading)
class GroupReadingAdmin(TouchingAdmin, HistoryAdmin):
    """Readings of groups, which no dashboard shows; the reading of the whole says where they come from."""

    fixed_once_made = ["metric", "group", "area", "period"]
    list_display = ["metric", "group", "area", "period", "value", "symbol"]
    list_filter = ["group", "symbol", "area"]
    list_select_related = ["metric", "group", "area"]
    ordering = ["metric__title", "area__name", "-period", "group__title"]
    search_fields = ["metric__title", "metric__slug", "group__title", "area__name", "period"]
    autocomplete_fields = ["metric", "group", "area"]
    fieldsets = [
        (
            None,
            {
                "description": "A metric's value for one of its groups. Give the figure, or why there is none.",
                "fields": ["metric", "group", "area", "period", ("value", "symbol")],
            },
        )
    ]

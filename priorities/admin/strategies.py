"""Administration of strategies and what they state."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin

from partnerships.admin import TouchingAdmin
from priorities.models import (
    Achievement,
    Activity,
    Alignment,
    LinkedStrategy,
    MeasureUse,
    Metric,
    News,
    Objective,
    Outcome,
    PartnershipObjective,
    Principle,
    Priority,
    Strategy,
    Theme,
)
from wesp_portal.common.admin import HistoryAdmin, Keys, PortalInline

WORDING: tuple[str, Any] = (
    "Wording",
    {
        "description": "The title is ours, short and plain. Once the official wording is filled in, pages show it as "
        "the adopted text. The source names the document, then the page or section.",
        "fields": ["official_wording", "source"],
    },
)


class ThemeInline(PortalInline):
    model = Theme
    fields = ["ref", "title", "position"]


class PriorityInline(PortalInline):
    model = Priority
    fields = ["ref", "title", "status", "position"]
    can_delete = False


class PartnershipObjectiveInline(PortalInline):
    model = PartnershipObjective
    fields = ["ref", "kind", "title", "position"]
    classes = ["collapse"]


class PrincipleInline(PortalInline):
    model = Principle
    fields = ["ref", "group", "title", "position"]
    classes = ["collapse"]


class LinkedStrategyInline(PortalInline):
    model = LinkedStrategy
    fields = ["ref", "title", "relation", "period", "position"]
    classes = ["collapse"]


class NewsInline(PortalInline):
    model = News
    fields = ["ref", "title", "happened_on", "position"]
    classes = ["collapse"]


@admin.register(Strategy)
class StrategyAdmin(TouchingAdmin, HistoryAdmin):
    """A strategy can be deleted with all that it states and plans, for as long as nothing is recorded against it."""

    partnership_paths = ["partnership"]
    goes_along = [
        *(Theme, PartnershipObjective, Principle, LinkedStrategy, News),
        *(Priority, Objective, Activity, Outcome, MeasureUse, Alignment),
        Metric.context_for.through,
    ]
    fixed_once_made = ["partnership"]
    list_display = ["title", "partnership", "starts_on", "ends_on"]
    list_filter = ["partnership"]
    list_select_related = ["partnership"]
    search_fields = ["title", "slug", "partnership__name"]
    autocomplete_fields = ["partnership"]
    prepopulated_fields = {"slug": ["title"]}
    inlines = [
        ThemeInline,
        PriorityInline,
        PartnershipObjectiveInline,
        PrincipleInline,
        LinkedStrategyInline,
        NewsInline,
    ]
    fieldsets = [
        (
            None,
            {
                "description": "What a partnership set out to do over some years. Its themes and priorities are below; "
                "each has a page of its own. The slug is part of the strategy's address: changing it breaks links.",
                "fields": ["partnership", "title", "slug", "summary", "vision", "url", ("starts_on", "ends_on")],
            },
        ),
        (
            "Its own words",
            {
                "description": "What this strategy calls its themes and priorities: a strand, a mission, a workstream.",
                "fields": [("theme_word", "priority_word")],
            },
        ),
        WORDING,
    ]

    def hanging_on(self, objs: Sequence[Any]) -> Keys:
        """Besides what the database would not let go or take along: achievements that the strategy states."""
        found = super().hanging_on(objs)
        if stated := set(Achievement.objects.filter(strategy__in=objs).values_list("pk", flat=True)):
            found.setdefault(Achievement, set()).update(stated)
        return found


@admin.register(Theme)
class ThemeAdmin(TouchingAdmin, HistoryAdmin):
    partnership_paths = ["strategy__partnership"]
    fixed_once_made = ["strategy"]
    list_display = ["title", "ref", "strategy", "position"]
    list_filter = ["strategy"]
    list_select_related = ["strategy"]
    ordering = ["strategy__title", "position", "ref"]
    search_fields = ["title", "ref", "strategy__title"]
    autocomplete_fields = ["strategy"]
    fieldsets = [
        (
            None,
            {
                "description": "A strand or mission that gathers priorities.",
                "fields": ["strategy", "ref", "title", "vision", "position"],
            },
        ),
        WORDING,
    ]


@admin.register(PartnershipObjective)
class PartnershipObjectiveAdmin(TouchingAdmin):
    partnership_paths = ["strategy__partnership"]
    list_display = ["title", "kind", "strategy", "position"]
    list_filter = ["kind", "strategy"]
    list_select_related = ["strategy"]
    ordering = ["strategy__title", "position", "ref"]
    search_fields = ["title", "ref", "strategy__title"]
    autocomplete_fields = ["strategy"]
    fieldsets = [
        (
            None,
            {
                "description": "What the partnership is for, or a priority that overarches all its strategy.",
                "fields": ["strategy", "kind", "ref", "title", "position"],
            },
        ),
        WORDING,
    ]


@admin.register(Principle)
class PrincipleAdmin(TouchingAdmin):
    partnership_paths = ["strategy__partnership"]
    list_display = ["title", "group", "strategy", "position"]
    list_filter = ["strategy"]
    list_select_related = ["strategy"]
    ordering = ["strategy__title", "position", "ref"]
    search_fields = ["title", "group", "ref", "strategy__title"]
    autocomplete_fields = ["strategy"]
    fieldsets = [
        (
            None,
            {
                "description": "A principle, promise or way of working that the strategy states.",
                "fields": ["strategy", "ref", "group", "title", "position"],
            },
        ),
        WORDING,
    ]


@admin.register(LinkedStrategy)
class LinkedStrategyAdmin(TouchingAdmin):
    partnership_paths = ["strategy__partnership"]
    list_display = ["title", "relation", "strategy", "position"]
    list_filter = ["strategy"]
    list_select_related = ["strategy"]
    ordering = ["strategy__title", "position", "ref"]
    search_fields = ["title", "ref", "strategy__title"]
    autocomplete_fields = ["strategy", "themes"]
    fieldsets = [
        (
            None,
            {
                "description": "A strategy of others that this one names, and that the portal does not hold.",
                "fields": ["strategy", "ref", "title", "relation", "period", "themes", "note", "position"],
            },
        ),
        WORDING,
    ]


@admin.register(News)
class NewsAdmin(TouchingAdmin):
    partnership_paths = ["strategy__partnership"]
    list_display = ["title", "happened_on", "strategy"]
    list_filter = ["strategy"]
    list_select_related = ["strategy"]
    ordering = ["-happened_on", "position"]
    search_fields = ["title", "summary", "strategy__title"]
    autocomplete_fields = ["strategy"]
    fieldsets = [
        (
            None,
            {
                "description": "A dated event worth telling: an opening, a launch, a signing.",
                "fields": ["strategy", "ref", "title", "summary", ("happened_on", "period"), "position"],
            },
        ),
        WORDING,
    ]

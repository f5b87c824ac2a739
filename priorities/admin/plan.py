"""Administration of the plan: priorities, objectives, activities, outcomes and alignments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.forms import BaseInlineFormSet, ModelForm

from partnerships.admin import TouchingAdmin
from priorities.admin.strategies import WORDING
from priorities.models import Activity, Alignment, MeasureUse, Objective, Outcome, Priority
from wesp_portal.common.admin import HistoryAdmin, PortalInline

if TYPE_CHECKING:
    ChildForm = ModelForm[Any]
    ChildFormSet = BaseInlineFormSet[Any, Any, Any]
else:
    ChildForm, ChildFormSet = ModelForm, BaseInlineFormSet


class ObjectiveInline(PortalInline):
    model = Objective
    fields = ["ref", "title", "position"]
    can_delete = False


class WithinPriority(PortalInline):
    """All rows of a priority, also those of its objectives; one added here hangs on the priority directly."""

    readonly_fields = ["of_objective"]
    named_by = ["objective"]

    @admin.display(description="objective")
    def of_objective(self, row: Activity | Outcome) -> str:
        return row.objective.ref if row.objective else "–"


class ActivityInline(WithinPriority):
    model = Activity
    fields = ["ref", "title", "of_objective", "position"]
    can_delete = False


class OutcomeInline(WithinPriority):
    model = Outcome
    fields = ["ref", "title", "voice", "of_objective", "position"]


@admin.register(Priority)
class PriorityAdmin(TouchingAdmin, HistoryAdmin):
    partnership_paths = ["strategy__partnership"]
    fixed_once_made = ["strategy"]
    list_display = ["title", "ref", "strategy", "theme", "status", "position"]
    list_filter = ["status", "strategy", "theme"]
    list_select_related = ["strategy", "theme"]
    ordering = ["strategy__title", "position", "ref"]
    search_fields = ["title", "ref", "strategy__title", "official_wording"]
    autocomplete_fields = ["strategy", "theme", "linked_strategy"]
    inlines = [ObjectiveInline, OutcomeInline, ActivityInline]
    fieldsets = [
        (
            None,
            {
                "description": "One thing the strategy puts first. Reports already published keep the words they had.",
                "fields": ["strategy", "ref", "title", "summary", "theme", "linked_strategy", "position"],
            },
        ),
        (
            "Its life",
            {
                "description": "A priority steps down, is handed over or closes; it is not deleted, so that what was "
                "achieved under it stays.",
                "fields": ["status", "handed_over_to", "exit_strategy"],
            },
        ),
        WORDING,
    ]


class WithinObjectiveForm(ChildForm):
    """A row of an objective, checked against the rows of the objective's whole priority."""

    def _get_validation_exclusions(self) -> set[str]:
        # Django's own seam for this, which its type stubs leave out, as the next one.
        excluded: set[str] = super()._get_validation_exclusions()  # type: ignore[misc]
        return excluded - {"priority"}


class WithinObjectiveFormSet(ChildFormSet):
    """Rows of an objective: the priority they belong to is the objective's."""

    def _construct_form(self, i: int, **kwargs: Any) -> Any:
        form = super()._construct_form(i, **kwargs)  # type: ignore[misc]
        form.instance.priority_id = self.instance.priority_id
        return form


class ObjectiveActivityInline(PortalInline):
    model = Activity
    form = WithinObjectiveForm
    formset = WithinObjectiveFormSet
    fields = ["ref", "title", "starts_on", "due_on", "position"]
    can_delete = False


class ObjectiveOutcomeInline(PortalInline):
    model = Outcome
    form = WithinObjectiveForm
    formset = WithinObjectiveFormSet
    fields = ["ref", "title", "voice", "position"]


class MeasureInline(PortalInline):
    model = MeasureUse
    fields = ["ref", "title", "metric", "position"]
    autocomplete_fields = ["metric"]


@admin.register(Objective)
class ObjectiveAdmin(TouchingAdmin, HistoryAdmin):
    partnership_paths = ["priority__strategy__partnership"]
    # Its activities and outcomes name the priority too, so it stays where it was made.
    fixed_once_made = ["priority"]
    list_display = ["title", "ref", "priority", "strategy", "position"]
    list_filter = ["priority__strategy"]
    list_select_related = ["priority__strategy"]
    ordering = ["priority__strategy__title", "priority__position", "position", "ref"]
    search_fields = ["title", "ref", "priority__title", "official_wording"]
    autocomplete_fields = ["priority"]
    inlines = [ObjectiveActivityInline, ObjectiveOutcomeInline, MeasureInline]
    fieldsets = [
        (
            None,
            {
                "description": "A key objective of a priority, with its activities, the difference it makes and how "
                "that is measured.",
                "fields": ["priority", "ref", "title", "position"],
            },
        ),
        WORDING,
    ]

    @admin.display(ordering="priority__strategy__title")
    def strategy(self, obj: Objective) -> str:
        return obj.priority.strategy.title


@admin.register(Activity)
class ActivityAdmin(TouchingAdmin, HistoryAdmin):
    partnership_paths = ["priority__strategy__partnership"]
    list_display = ["title", "ref", "priority", "lead", "due_on", "latest_term", "latest_status", "latest_rag"]
    list_filter = ["latest_rag", "priority__strategy"]
    list_select_related = ["priority", "lead"]
    ordering = ["priority__strategy__title", "priority__position", "objective__position", "position", "ref"]
    search_fields = ["title", "ref", "priority__title", "objective__title", "official_wording"]
    autocomplete_fields = ["priority", "objective", "lead", "owner"]
    readonly_fields = ["latest_term", "latest_status", "latest_rag"]
    fieldsets = [
        (
            None,
            {
                "description": "Work under an objective, or under a priority directly.",
                "fields": ["priority", "objective", "ref", "title", "position"],
            },
        ),
        (
            "Who and when",
            {
                "description": "Officers of the lead organisation write its updates; without one, officers of every "
                "partner may.",
                "fields": ["lead", "owner", ("starts_on", "due_on")],
            },
        ),
        (
            "How it stands",
            {
                "description": "As its latest update says: change that by writing an update.",
                "fields": [("latest_term", "latest_status", "latest_rag")],
            },
        ),
        WORDING,
    ]


@admin.register(Outcome)
class OutcomeAdmin(TouchingAdmin, HistoryAdmin):
    partnership_paths = ["priority__strategy__partnership"]
    list_display = ["title", "ref", "voice", "priority"]
    list_filter = ["priority__strategy"]
    list_select_related = ["priority"]
    ordering = ["priority__strategy__title", "priority__position", "position", "ref"]
    search_fields = ["title", "ref", "voice", "priority__title", "official_wording"]
    autocomplete_fields = ["priority", "objective"]
    fieldsets = [
        (
            None,
            {
                "description": "The difference an objective or priority makes, and who would say so.",
                "fields": ["priority", "objective", "ref", "title", "voice", "position"],
            },
        ),
        WORDING,
    ]


@admin.register(Alignment)
class AlignmentAdmin(TouchingAdmin):
    partnership_paths = ["from_strategy__partnership", "to_strategy__partnership"]
    list_display = ["__str__", "from_strategy", "to_strategy"]
    list_filter = ["from_strategy", "to_strategy"]
    list_select_related = [
        *("from_strategy", "from_theme", "from_priority", "from_objective"),
        *("to_strategy", "to_theme", "to_priority", "to_objective"),
    ]
    ordering = ["from_strategy__title", "position"]
    search_fields = ["from_strategy__title", "to_strategy__title", "note"]
    autocomplete_fields = list_select_related
    fieldsets = [
        (
            "What contributes",
            {
                "description": "The whole strategy, or one theme, priority or objective of it.",
                "fields": ["from_strategy", "from_theme", "from_priority", "from_objective"],
            },
        ),
        (
            "What it contributes to",
            {
                "description": "The whole of another strategy, or one part of it.",
                "fields": ["to_strategy", "to_theme", "to_priority", "to_objective"],
            },
        ),
        (
            "Why",
            {
                "description": "What the strategies say of it, and where.",
                "fields": ["note", "source", "position"],
            },
        ),
    ]

"""Administration of progress: achievements, updates of activities, and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone

from partnerships.admin import TouchingAdmin
from partnerships.models import Term, User
from priorities.models import Achievement, ActivityUpdate, Evidence
from priorities.queries.settled import settled_organisations, why_settled
from priorities.services.evidence import remove_evidence
from priorities.services.updates import record_update, update_problems
from wesp_portal.common.admin import HistoryAdmin, PortalInline, ShownOnly

if TYPE_CHECKING:
    AchievementModelForm = ModelForm[Achievement]
    UpdateModelForm = ModelForm[ActivityUpdate]
else:
    AchievementModelForm = UpdateModelForm = ModelForm


class EvidenceInline(ShownOnly, PortalInline):
    """The files and links behind a record; they are added on the portal's own pages, which check each file."""

    model = Evidence
    fields = ["title", "link", "file_name", "added_by", "added_at"]
    readonly_fields = ["added_at"]
    named_by = ["added_by"]


class AchievementForm(AchievementModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        partnership, term = cleaned.get("partnership"), cleaned.get("term")
        if partnership and term and term.calendar_id != partnership.calendar_id:
            self.add_error("term", "Choose a term of the partnership's own calendar.")
        foreign = [
            priority
            for priority in cleaned.get("priorities") or []
            if partnership and priority.strategy.partnership_id != partnership.pk
        ]
        if foreign:
            self.add_error("priorities", f"{foreign[0]} belongs to another partnership.")
        return cleaned


@admin.register(Achievement)
class AchievementAdmin(TouchingAdmin, HistoryAdmin):
    form = AchievementForm
    partnership_paths = ["partnership"]
    list_display = ["title", "partnership", "happened_on", "term", "status", "is_public", "logged_by"]
    list_filter = ["status", "is_public", "partnership"]
    list_select_related = ["partnership", "term", "logged_by"]
    date_hierarchy = "happened_on"
    search_fields = ["title", "detail", "ref", "organisations__name"]
    autocomplete_fields = ["partnership", "strategy", "term", "organisations", "priorities"]
    readonly_fields = ["logged_by", "logged_at"]
    inlines = [EvidenceInline]
    fieldsets = [
        (
            None,
            {
                "description": "Something that happened. It counts once in any total, whatever priorities it serves.",
                "fields": ["partnership", "title", "detail", ("happened_on", "period"), "term"],
            },
        ),
        (
            "How many",
            {
                "description": "A number, what it counts, and whether it is exact.",
                "fields": [("quantity_qualifier", "quantity", "quantity_unit")],
            },
        ),
        (
            "Who and what for",
            {
                "description": "The organisations that took part, and the priorities it serves.",
                "fields": ["organisations", "priorities", "strategy", "ref", "source"],
            },
        ),
        (
            "Publication",
            {
                "description": "Only what is published and marked for the public page can be read by everyone.",
                "fields": ["status", "is_public", "position", "logged_by", "logged_at"],
            },
        ),
    ]

    def save_model(self, request: HttpRequest, obj: Achievement, form: ModelForm[Achievement], change: bool) -> None:
        if not change and isinstance(request.user, User):
            obj.logged_by = request.user
        if obj.term is None and obj.happened_on:
            obj.term = Term.objects.filter(calendar=obj.partnership.calendar_id).at(obj.happened_on).first()
        super().save_model(request, obj, form, change)


class UpdateForm(UpdateModelForm):
    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        problems = update_problems(**{name: cleaned.get(name, "") for name in ("status", "rag", "words", "reason")})
        for field, problem in problems.items():
            if field not in self.errors:
                self.add_error(field, problem)
        activity, term = cleaned.get("activity"), cleaned.get("term")
        if activity and term:
            partnership = activity.priority.strategy.partnership
            if term.calendar_id != partnership.calendar_id:
                self.add_error("term", "Choose a term of the partnership's own calendar.")
            settled = settled_organisations(partnership_id=partnership.pk, term=term)
            if reason_not_to := why_settled(activity, term, settled):
                self.add_error(None, reason_not_to)
        return cleaned


@admin.register(ActivityUpdate)
class ActivityUpdateAdmin(TouchingAdmin, HistoryAdmin):
    """Updates, written by the same service as on the portal's pages, so that what the dashboard keeps stays right."""

    form = UpdateForm
    partnership_paths = ["activity__priority__strategy__partnership"]
    fixed_once_made = ["activity", "term"]
    list_display = ["activity", "term", "status", "rag", "author", "updated_at"]
    list_filter = ["status", "rag", "activity__priority__strategy"]
    list_select_related = ["activity", "term", "author"]
    # The latest made first, by the key: millions are neither sorted nor counted whole for a page of them.
    ordering = ["-pk"]
    show_full_result_count = False
    search_fields = ["activity__title", "activity__ref", "words", "reason"]
    autocomplete_fields = ["activity", "term"]
    readonly_fields = ["author", "updated_at"]
    inlines = [EvidenceInline]
    fieldsets = [
        (
            None,
            {
                "description": "How an activity stands in a term. Whoever saves it becomes its author. An update is "
                "corrected, not deleted.",
                "fields": ["activity", "term", "status", "rag", "words", "reason", ("author", "updated_at")],
            },
        )
    ]

    def has_delete_permission(self, request: HttpRequest, obj: ActivityUpdate | None = None) -> bool:
        return False

    def write(self, request: HttpRequest, obj: ActivityUpdate) -> None:
        assert isinstance(request.user, User)
        written = record_update(
            activity=obj.activity,
            term=obj.term,
            status=obj.status,
            rag=obj.rag,
            words=obj.words,
            reason=obj.reason,
            by=request.user,
            at=timezone.now(),
        )
        obj.pk = written.pk


@admin.register(Evidence)
class EvidenceAdmin(TouchingAdmin):
    """Evidence is looked up and taken away here; it is added where what it stands behind is written."""

    partnership_paths = [
        "achievement__partnership",
        "update__activity__priority__strategy__partnership",
    ]
    list_display = ["__str__", "achievement", "update", "added_by", "added_at"]
    list_select_related = ["achievement", "update__activity", "update__term", "added_by"]
    date_hierarchy = "added_at"
    search_fields = ["title", "file_name", "link", "achievement__title", "update__activity__title"]
    fields = ["achievement", "update", "title", "link", "file_name", "content_type", "added_by", "added_at"]
    readonly_fields = ["added_at"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Evidence | None = None) -> bool:
        return False

    def remove(self, rows: QuerySet[Any]) -> None:
        remove_evidence(evidence=rows)

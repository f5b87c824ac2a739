"""Administration of schools' Gatsby benchmarks."""

from django.contrib import admin

from partnerships.admin import TouchingAdmin
from priorities.models import CareersReview
from wesp_portal.common.admin import HistoryAdmin


@admin.register(CareersReview)
class CareersReviewAdmin(TouchingAdmin, HistoryAdmin):
    partnership_paths = ("partnership",)
    list_display = ["school", "academic_year", "achieved", "partnership", "source"]
    list_filter = ["academic_year", "partnership"]
    list_select_related = ["school", "partnership"]
    ordering = ["-academic_year", "school__name"]
    search_fields = ["school__name", "source"]
    autocomplete_fields = ["partnership", "school"]
    readonly_fields = ["achieved", "recorded_by", "recorded_at"]
    fieldsets = [
        (
            None,
            {
                "description": "Which of the eight benchmarks a school achieves in full in an academic year.",
                "fields": ["partnership", "school", "academic_year", *CareersReview.BENCHMARKS, "achieved"],
            },
        ),
        (
            "Source",
            {"description": "Where it comes from.", "fields": ["source", ("recorded_by", "recorded_at")]},
        ),
    ]

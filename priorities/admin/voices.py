"""Administration of voices: what people said as evidence for an outcome."""

from __future__ import annotations

from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from partnerships.admin import IndexedAdmin
from partnerships.models import User
from priorities.models import Voice
from wesp_portal.common.admin import HistoryAdmin


@admin.register(Voice)
class VoiceAdmin(IndexedAdmin, HistoryAdmin):
    list_display = ["said_by", "kind", "priority", "said_on", "period", "is_public", "status", "logged_by"]
    list_filter = ["kind", "status", "is_public", "priority__strategy"]
    list_select_related = ["priority", "logged_by"]
    ordering = ["-logged_at"]
    search_fields = ["words", "said_by", "consent_taken_by"]
    autocomplete_fields = ["priority", "objective", "outcome"]
    readonly_fields = ["logged_by", "logged_at"]
    fieldsets = [
        (
            None,
            {
                "description": "What people said or answered, and who they are in words that name no child.",
                "fields": ["priority", "objective", "outcome", "kind", "words", "said_by"],
            },
        ),
        (
            "When, and how many",
            {
                "description": "The day, or else the period. A survey says how many were asked and answered.",
                "fields": [("said_on", "period"), ("asked", "answered")],
            },
        ),
        (
            "Consent",
            {
                "description": "Without consent nothing is kept here. What is withdrawn is shown nowhere.",
                "fields": [("consent_taken_by", "consent_taken_on"), "is_public", "status", "logged_by", "logged_at"],
            },
        ),
    ]

    def save_model(self, request: HttpRequest, obj: Voice, form: ModelForm[Voice], change: bool) -> None:
        if not change and isinstance(request.user, User):
            obj.logged_by = request.user
        super().save_model(request, obj, form, change)

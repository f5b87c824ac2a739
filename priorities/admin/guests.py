"""Administration of guest links: who was asked about which activity, and what became of the answer."""

from django.contrib import admin

from priorities.models import GuestRequest
from wesp_portal.common.admin import PortalAdmin, ShownOnly


@admin.register(GuestRequest)
class GuestRequestAdmin(ShownOnly, PortalAdmin):
    """Links are asked for, withdrawn and judged on the portal's own pages; the link itself is not kept."""

    list_display = ["guest_name", "activity", "term", "asked_by", "asked_at", "expires_at", "answered_at", "outcome"]
    list_filter = ["outcome", "activity__priority__strategy__partnership"]
    list_select_related = ["activity", "term", "asked_by"]
    date_hierarchy = "asked_at"
    search_fields = ["guest_name", "guest_email", "activity__title", "signed_name", "signed_organisation"]
    fieldsets = [
        (
            None,
            {
                "description": "One link for one answer about one activity and term, good for 14 days.",
                "fields": [
                    *("activity", "term", "guest_name", "guest_email", "question"),
                    *("asked_by", "asked_at", "expires_at", "revoked_at"),
                ],
            },
        ),
        (
            "The answer",
            {
                "description": "What came in is theirs, and waits until an officer accepts it or sets it aside.",
                "fields": [
                    *("answered_at", "signed_name", "signed_organisation", "status", "rag", "words", "reason"),
                    *("outcome", "settled_by", "settled_at", "update"),
                ],
            },
        ),
    ]

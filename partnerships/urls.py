"""Addresses of what belongs to a person, and of search."""

from django.urls import path

from partnerships.api.resources import AgreementResource, AreaResource, PartnershipResource, TermResource
from partnerships.views import drafts, search
from wesp_portal.common.api.resources import addresses

urlpatterns = [
    path("search/", search.search_page, name="search"),
    path("drafts/", drafts.draft_save, name="draft-save"),
    path("drafts/forget/", drafts.draft_forget, name="draft-forget"),
    # Open data.
    *addresses(PartnershipResource),
    *addresses(AreaResource),
    *addresses(TermResource),
    *addresses(AgreementResource),
]

"""Who and when, as open data."""

import django_filters
from django.db.models import QuerySet

from partnerships.api.open_data import OpenData
from partnerships.api.serializers import AgreementSerializer, AreaSerializer, PartnershipSerializer, TermSerializer
from partnerships.models import Agreement, Area, Partnership, Term
from wesp_portal.common.api.filters import Slug

BY_PARTNERSHIP, BY_AREA = "Only those of this partnership, by its slug.", "Only those of this area, by its ONS code."


class PartnershipFilters(django_filters.FilterSet):
    area = Slug("area__code", BY_AREA)


class PartnershipResource(OpenData):
    """Partnerships that have a public page, with their members from one day to another."""

    slug = "partnerships"
    title = "Partnerships"
    about = "who works together, where, and since when"
    serializer_class = PartnershipSerializer
    filterset_class = PartnershipFilters
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Partnership]:
        rows = Partnership.objects.public().select_related("area", "calendar")
        return rows.prefetch_related("memberships__organisation")


class AreaFilters(django_filters.FilterSet):
    partnership = Slug("partnerships__slug", BY_PARTNERSHIP, partnerships__is_public=True)


class AreaResource(OpenData):
    """Areas of public partnerships and those they are compared with, by their ONS codes."""

    slug = "areas"
    title = "Areas"
    about = "places with their ONS codes, and what they lie in"
    serializer_class = AreaSerializer
    filterset_class = AreaFilters
    lookup_field = "code"

    def get_queryset(self) -> QuerySet[Area]:
        return Area.objects.public().select_related("parent")


class TermFilters(django_filters.FilterSet):
    partnership = Slug("calendar__partnerships__slug", BY_PARTNERSHIP, calendar__partnerships__is_public=True)


class TermResource(OpenData):
    """School terms in the calendars that public partnerships report by."""

    slug = "terms"
    title = "Terms"
    about = "school terms and their half terms, by calendar"
    serializer_class = TermSerializer
    filterset_class = TermFilters

    def get_queryset(self) -> QuerySet[Term]:
        return Term.objects.public().select_related("calendar")


class AgreementFilters(django_filters.FilterSet):
    partnership = Slug("partnership__slug", BY_PARTNERSHIP)


class AgreementResource(OpenData):
    """What the partners of public partnerships signed, or plan to."""

    slug = "agreements"
    title = "Agreements"
    about = "memorandums of understanding, deals and charters, with who signed them"
    serializer_class = AgreementSerializer
    filterset_class = AgreementFilters

    def get_queryset(self) -> QuerySet[Agreement]:
        return Agreement.objects.public().select_related("partnership").prefetch_related("parties")

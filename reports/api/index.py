"""The index of the open data: every resource, the licence and the OpenAPI document."""

from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from partnerships.api.resources import AgreementResource, AreaResource, PartnershipResource, TermResource
from priorities.api.resources import (
    AchievementResource,
    ActivityResource,
    MetricResource,
    NewsResource,
    ObjectiveResource,
    OrganisationResource,
    PriorityResource,
    ReadingResource,
    StrategyResource,
    ThemeResource,
)
from wesp_portal.common.api.licence import LICENCE, LICENCE_URL
from wesp_portal.common.api.resources import OpenView, Resource, Version

# In the order in which they are best understood.
RESOURCES: tuple[type[Resource], ...] = (
    PartnershipResource,
    OrganisationResource,
    AgreementResource,
    StrategyResource,
    ThemeResource,
    PriorityResource,
    ObjectiveResource,
    ActivityResource,
    AchievementResource,
    NewsResource,
    MetricResource,
    ReadingResource,
    AreaResource,
    TermResource,
)


class ResourceSerializer(serializers.Serializer[Any]):
    """Where one resource is."""

    name = serializers.CharField()
    about = serializers.CharField()
    json = serializers.URLField()
    csv = serializers.URLField()


class IndexSerializer(serializers.Serializer[Any]):
    """Where everything is."""

    licence = serializers.CharField()
    licence_url = serializers.URLField()
    openapi = serializers.URLField()
    resources = ResourceSerializer(many=True)


class IndexView(OpenView):
    """Every resource, the licence and the OpenAPI document."""

    serializer_class = IndexSerializer

    def version(self) -> Version:
        return Version("index", None)

    @extend_schema(operation_id="index")
    def get(self, request: Request) -> HttpResponseBase:
        def address(name: str) -> str:
            return request.build_absolute_uri(reverse(name))

        body = {
            "licence": LICENCE,
            "licence_url": LICENCE_URL,
            "openapi": address("api-openapi"),
            "resources": [
                {
                    "name": resource.slug,
                    "about": resource.about,
                    "json": address(f"api-{resource.slug}"),
                    "csv": address(f"api-{resource.slug}-csv"),
                }
                for resource in RESOURCES
            ],
        }
        return self.unless_unchanged(lambda: Response(body))


@extend_schema(exclude=True)
class NothingView(OpenView):
    """Any other address under that of the open data."""

    def get(self, request: Request, rest: str) -> HttpResponseBase:
        raise NotFound(
            "There is nothing at this address. Lists end with a slash, spreadsheets with .csv; /api/v1/ names them all."
        )

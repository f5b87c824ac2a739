"""A resource of the open data: a list by pages, one thing by its name, and the whole as a spreadsheet."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import URLPattern, path
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from drf_spectacular.utils import extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from wesp_portal.common.api.filters import WRITE_A_TIME, Since
from wesp_portal.common.api.licence import LICENCE_URL
from wesp_portal.common.api.limits import AMinuteThrottle
from wesp_portal.common.api.paging import KeysetPagination
from wesp_portal.common.api.schema import openapi_document
from wesp_portal.common.api.sheets import csv_lines
from wesp_portal.common.release import code_version

ROWS_AT_A_TIME = 500
# Whoever keeps a copy asks again after a minute, so that what is withdrawn is soon gone everywhere.
KEPT_FOR = "public, max-age=60"
# No cookie is read and nobody sees more than anybody: other sites may let their readers' browsers ask.
OPEN_TO_ALL = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, "
    "X-RateLimit-Reset",
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Link": f'<{LICENCE_URL}>; rel="license"',
}
ASKED_FIRST = {
    "Allow": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, If-None-Match, If-Modified-Since",
    "Access-Control-Max-Age": "86400",
}


class SheetRenderer(BaseRenderer):
    """Says that an address answers in CSV. The rows are streamed past it: only problems come here, and are JSON."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> Any:
        return JSONRenderer().render(data)


@dataclass(frozen=True, slots=True)
class Version:
    """What an answer was made from: a text that changes with it, and when it last did."""

    state: str
    changed_at: datetime | None


class OpenView(APIView):
    """What all addresses of the open data share: nobody signs in, everybody is counted, and all is the same to all."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = (AMinuteThrottle,)
    renderer_classes: Sequence[type[BaseRenderer]] = (JSONRenderer,)
    metadata_class = None
    rate_headers: Mapping[str, str] = {}

    @classmethod
    def as_view(cls, *args: Any, **kwargs: Any) -> Any:
        view: Any = super().as_view(*args, **kwargs)
        view.knows_nobody = True
        return view

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        found = super().finalize_response(request, response, *args, **kwargs)
        for name, value in (OPEN_TO_ALL | dict(self.rate_headers)).items():
            found[name] = value
        if request.method == "OPTIONS":
            for name, value in ASKED_FIRST.items():
                found[name] = value
        return found

    def options(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        return Response(status=204)

    def version(self) -> Version:
        """What everything public was last changed by; said where the partnerships are known."""
        raise NotImplementedError

    def unless_unchanged(self, draw: Callable[[], HttpResponseBase]) -> HttpResponseBase:
        """The answer, or 304 where whoever asks has it already."""
        version = self.version()
        asked = self.request._request
        made_from = repr((code_version(), asked.build_absolute_uri(), version.state))
        etag = f'W/"{hashlib.sha256(made_from.encode()).hexdigest()[:32]}"'
        at = int(version.changed_at.timestamp()) if version.changed_at else None
        response = get_conditional_response(asked, etag, at) or draw()
        response["ETag"] = etag
        if at is not None:
            response["Last-Modified"] = http_date(at)
        response["Cache-Control"] = KEPT_FOR
        return response


class Resource(OpenView, viewsets.GenericViewSet[Any]):
    """One kind of thing that anyone may read."""

    slug: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str]
    pagination_class = KeysetPagination
    filterset_class: ClassVar[Any]
    # Parameters that each action takes beside the filters.
    parameters: ClassVar[Mapping[str, Sequence[str]]] = {"list": KeysetPagination.parameters}

    @classmethod
    def filter_names(cls) -> list[str]:
        return list(cls.filterset_class.base_filters)

    @classmethod
    def is_time(cls, name: str) -> bool:
        return isinstance(cls.filterset_class.base_filters[name], Since)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if request.method not in ("GET", "HEAD"):
            return
        filters = [] if self.action == "retrieve" else self.filter_names()
        known = [*filters, *self.parameters.get(self.action, ())]
        unknown = sorted(set(request.query_params) - set(known))
        if unknown:
            words = f"Known are {', '.join(known)}." if known else "None is known here."
            raise ValidationError(dict.fromkeys(unknown, f"There is no such parameter here. {words}"))
        blank = [name for name in filters if self.is_time(name) and request.query_params.get(name) == ""]
        if blank:
            raise ValidationError(dict.fromkeys(blank, WRITE_A_TIME))

    def get_object(self) -> Any:
        if any("\0" in str(value) for value in self.kwargs.values()):
            # PostgreSQL holds no such text, and would not even be asked.
            raise Http404
        return super().get_object()

    def list(self, request: Request) -> HttpResponseBase:
        rows = self.filter_queryset(self.get_queryset())

        def draw() -> Response:
            page = self.paginate_queryset(rows) or []
            return self.get_paginated_response(self.rows_of(page))

        return self.unless_unchanged(draw)

    def retrieve(self, request: Request, **kwargs: Any) -> HttpResponseBase:
        found = self.get_object()
        return self.unless_unchanged(lambda: Response(self.rows_of([found])[0]))

    def csv(self, request: Request) -> HttpResponseBase:
        rows = self.filter_queryset(self.get_queryset())

        def draw() -> HttpResponseBase:
            lines: Iterable[str] = ()
            if request.method != "HEAD":
                lines = csv_lines(self.columns(), self.sheet_rows(rows.order_by("pk")))
            response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8; header=present")
            response["Content-Disposition"] = f'attachment; filename="{self.slug}.csv"'
            return response

        return self.unless_unchanged(draw)

    def rows_of(self, found: Sequence[Any]) -> Sequence[Mapping[str, Any]]:
        """Rows of the table as rows of the answer."""
        rows: Sequence[Mapping[str, Any]] = self.get_serializer(found, many=True).data
        return rows

    def columns(self) -> Sequence[str]:
        serializer: Any = self.get_serializer()
        return tuple(serializer.fields)

    def sheet_rows(self, rows: QuerySet[Any]) -> Iterable[Mapping[str, Any]]:
        """All rows of a spreadsheet, read as they are sent."""
        serializer = self.get_serializer()
        for row in rows.iterator(chunk_size=ROWS_AT_A_TIME):
            yield serializer.to_representation(row)


def addresses(resource: type[Resource]) -> list[URLPattern]:
    """The addresses of a resource: its list, its spreadsheet, and each thing in it."""
    kwarg = resource.lookup_url_kwarg or resource.lookup_field
    kind = "int" if resource.lookup_field == "pk" else "str"
    sheet: dict[str, Any] = {"renderer_classes": (SheetRenderer,), "pagination_class": None}
    return [
        path(f"api/v1/{resource.slug}/", resource.as_view({"get": "list"}), name=f"api-{resource.slug}"),
        path(f"api/v1/{resource.slug}.csv", resource.as_view({"get": "csv"}, **sheet), name=f"api-{resource.slug}-csv"),
        path(
            f"api/v1/{resource.slug}/<{kind}:{kwarg}>/",
            resource.as_view({"get": "retrieve"}),
            name=f"api-{resource.slug}-one",
        ),
    ]


class OpenApiView(OpenView):
    """The OpenAPI document."""

    def version(self) -> Version:
        return Version("document", None)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponseBase:
        return self.unless_unchanged(lambda: HttpResponse(openapi_document(), content_type="application/json"))

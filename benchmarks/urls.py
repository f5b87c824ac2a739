"""The portal's addresses, and three that only a benchmark needs."""

import os
from collections.abc import Callable
from typing import cast
from unittest.mock import patch

from django.http import HttpRequest, HttpResponse
from django.urls import path

from partnerships.requests import SignedInRequest
from reports.views import dashboard as dashboard_views
from wesp_portal.urls import urlpatterns as portal_urls


def empty(request: HttpRequest) -> HttpResponse:
    """H, the unit: a signed-in page that shows nothing but who reads it, and whose server this is."""
    return HttpResponse(f"{request.user}\n{os.environ['BENCHMARK_TOKEN']}", content_type="text/plain")


def drawn_anew(*, place: str, version: str, draw: Callable[[], str]) -> str:
    """The body, with nothing kept from an earlier request."""
    return draw()


def uncached(request: HttpRequest, slug: str) -> HttpResponse:
    """The dashboard with an empty cache."""
    with patch.object(dashboard_views, "kept", drawn_anew):
        return dashboard_views.dashboard(cast(SignedInRequest, request), slug)


urlpatterns = [
    path("benchmarks/empty/", empty),
    path("benchmarks/empty-as-served/", empty),
    path("benchmarks/uncached/<slug:slug>/", uncached),
    *portal_urls,
]

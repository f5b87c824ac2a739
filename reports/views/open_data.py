"""The page that explains the open data."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from reports.api.index import RESOURCES
from wesp_portal.common.api.licence import LICENCE, LICENCE_URL
from wesp_portal.common.api.paging import LARGEST_PAGE, PAGE_SIZE


@login_not_required
@require_safe
def open_data(request: HttpRequest) -> HttpResponse:
    """What the open data is, how to take it, and under which licence."""
    context = {
        "resources": [
            {
                "title": resource.title,
                "about": resource.about,
                "json": reverse(f"api-{resource.slug}"),
                "csv": reverse(f"api-{resource.slug}-csv"),
                "filters": resource.filter_names(),
            }
            for resource in RESOURCES
        ],
        "readings": request.build_absolute_uri(reverse("api-readings-csv")),
        "licence": LICENCE,
        "licence_url": LICENCE_URL,
        "a_minute": settings.OPEN_DATA_A_MINUTE,
        "page_size": PAGE_SIZE,
        "largest_page": LARGEST_PAGE,
    }
    return render(request, "reports/public/open_data.html", context)

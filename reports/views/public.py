"""What everyone may read: the first page, and a partnership's own."""

import hashlib
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.syndication.views import Feed
from django.core.cache import caches
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import escape
from django.views.decorators.http import require_safe

from partnerships.models import Partnership, access_of
from reports.queries.public import public_page, public_partnerships
from reports.queries.public_achievements import Entry, feed_entries, filter_choices, filters_of, happened, listed
from reports.services.page_cache import DAY, kept
from reports.views.conditional import etag_of, not_modified, tagged
from wesp_portal.common.mail import portal_address
from wesp_portal.common.preview_picture import preview_picture
from wesp_portal.common.release import code_version

PER_PAGE = 20
HOUR = 60 * 60


def public_home(request: HttpRequest) -> HttpResponse:
    """What the portal is, the partnerships in it, and where to sign in: for visitors who have not."""
    context = {"partnerships": public_partnerships(timezone.localdate())}
    return render(request, "reports/public/home.html", context)


@login_not_required
@require_safe
def partnership(request: HttpRequest, slug: str) -> HttpResponse:
    """A partnership's public page; one that is not public is shown to its own people only."""
    visible = Partnership.objects.with_page_for(request.user).select_related("area")
    found = get_object_or_404(visible, slug=slug)
    today = timezone.localdate()
    version = f"{found.version}.{today}"
    is_reader = access_of(request.user).reads(found.pk)
    etag = etag_of(request, found.pk, version, is_reader)
    if response := not_modified(request, etag):
        return response

    def draw() -> str:
        context = {"partnership": found, "page": public_page(found, today)}
        return render_to_string("reports/public/body.html", context)

    body = kept(place=f"public:{found.pk}", version=f"{code_version()}.{version}", draw=draw)
    context = {"partnership": found, "is_reader": is_reader, "body": body}
    return tagged(render(request, "reports/public/page.html", context), etag)


@login_not_required
@require_safe
def achievements(request: HttpRequest, slug: str) -> HttpResponse:
    """All that a partnership has achieved and made public, by theme and year."""
    found = get_object_or_404(Partnership.objects.with_page_for(request.user), slug=slug)
    choices = filter_choices(found)
    theme, year = request.GET.get("theme", ""), request.GET.get("year", "")
    filters = filters_of(choices, theme, year)
    page = Paginator(listed(found, filters), PER_PAGE).get_page(request.GET.get("page"))
    fields: list[dict[str, Any]] = [{"name": "year", "label": "Year", "value": filters.year, "options": choices.years}]
    if len(choices.themes) > 1:
        fields.insert(0, {"name": "theme", "label": "Theme", "value": filters.theme or "", "options": choices.themes})
    context = {
        "partnership": found,
        "page": page,
        "rows": [happened(one) for one in page.object_list],
        "fields": fields,
        "is_filtered": bool(theme or year),
        "breadcrumbs": [(found.name, reverse("partnership", args=[slug]))],
    }
    return render(request, "reports/public/achievements.html", context)


class PartnershipFeed(Feed[Entry, Partnership]):
    """The latest public achievements, news and reports of a public partnership, as Atom; five queries and its own."""

    feed_type = Atom1Feed

    def get_object(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Partnership:
        return get_object_or_404(Partnership.objects.public(), slug=kwargs["slug"])

    def title(self, partnership: Partnership) -> str:
        return partnership.name

    def subtitle(self, partnership: Partnership) -> str:
        return partnership.summary or "What the partnership has achieved, and its news."

    def link(self, partnership: Partnership) -> str:
        return portal_address(reverse("partnership", args=[partnership.slug]))

    def feed_url(self, partnership: Partnership) -> str:
        return portal_address(reverse("partnership-feed", args=[partnership.slug]))

    def items(self, partnership: Partnership) -> list[Entry]:
        return feed_entries(partnership)

    def item_title(self, item: Entry) -> str:
        return item.title

    def author_name(self, partnership: Partnership) -> str:
        return partnership.name

    def item_description(self, item: Entry) -> str:
        # A summary is taken for markup by whoever reads the feed.
        return escape(item.words)

    def item_link(self, item: Entry) -> str:
        return portal_address(item.path)

    def item_guid(self, item: Entry) -> str:
        return portal_address(item.path) if item.key.startswith("achievement") else f"{portal_address('/')}#{item.key}"

    def item_pubdate(self, item: Entry) -> datetime:
        return item.at

    def item_updateddate(self, item: Entry) -> datetime:
        return item.at


_feed = PartnershipFeed()


@login_not_required
@require_safe
def feed(request: HttpRequest, slug: str) -> HttpResponse:
    """The feed of a partnership; readers ask for it hourly at the most."""
    response: HttpResponse = _feed(request, slug=slug)
    response["Cache-Control"] = f"public, max-age={HOUR}"
    return response


@login_not_required
@require_safe
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """The picture beside a shared link to a public partnership's pages, drawn once for each name."""
    found = get_object_or_404(Partnership.objects.public().select_related("area"), slug=slug)
    words = (found.name, found.area.name)
    place = f"preview:{hashlib.sha256(repr((code_version(), words)).encode()).hexdigest()}"
    drawn: bytes | None = caches["default"].get(place)
    if drawn is None:
        drawn = preview_picture(*words)
        caches["default"].set(place, drawn, DAY)
    return HttpResponse(drawn, content_type="image/png", headers={"Cache-Control": f"public, max-age={DAY}"})

"""The board's dashboard: one partnership in one term, on one screen."""

from datetime import date, datetime

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from partnerships.access import Access
from partnerships.models import Partnership
from partnerships.requests import SignedInRequest
from reports.queries.collect import collect
from reports.queries.compare import compare
from reports.queries.dashboard import DashboardScope, TermChoice, dashboard_scope
from reports.renderers.dashboard import dashboard_page
from reports.renderers.dashboard.comparison import comparison_page, comparison_table
from reports.renderers.tables import TABLES, dashboard_table
from reports.services.page_cache import kept
from reports.views.conditional import etag_of, not_modified, tagged
from wesp_portal.common.downloads import table_response
from wesp_portal.common.paging import page_of
from wesp_portal.common.release import code_version


@require_safe
def dashboard_list(request: SignedInRequest) -> HttpResponse:
    """The dashboards a person may read; whoever has only one is taken to it."""
    partnerships = Partnership.objects.visible_to(request.user).select_related("area")
    page = page_of(partnerships, request.GET.get("page"))
    if page.paginator.count == 1:
        return redirect("dashboard", slug=page[0].slug)
    return render(request, "reports/dashboard/list.html", {"page": page})


@require_safe
def dashboard(request: SignedInRequest, slug: str) -> HttpResponse:
    """The dashboard of a term: the one that runs now, or the one asked for."""
    now = timezone.now()
    today = timezone.localdate(now)
    scope = dashboard_scope(request.user.access, slug, today)
    if scope is None:
        raise Http404
    partnership, terms = scope
    choice = scope.choice(request.GET.get("term", ""))
    if choice is None:
        return _no_term(request, scope, request.GET.get("term", ""))
    if beside := request.GET.get("with", ""):
        return _compared(request, scope, choice, beside, now)
    clearance = clearance_of(request.user.access, partnership)
    # What is late depends on the day, and so does the date of a term that still runs; a calendar has no version.
    version = f"{partnership.version}.{today}.{choice.starts_on}.{choice.ends_on}.{len(terms)}"
    etag = etag_of(request, partnership.pk, choice.code, clearance, version)
    if response := not_modified(request, etag):
        return response
    body = kept(
        place=f"dashboard:{partnership.pk}:{choice.code}:{clearance}",
        version=f"{code_version()}.{version}",
        draw=lambda: _draw(scope, choice, clearance, now),
    )
    context = {"partnership": partnership, "term": choice, "body": body}
    return tagged(render(request, "reports/dashboard/page.html", context), etag)


def clearance_of(access: Access, partnership: Partnership) -> str:
    """What a reader may do from the dashboard: a body is kept for each clearance, and holds nothing of a person."""
    may = {"ask": access.asks_in(partnership.pk), "log": access.logs_in(partnership.pk)}
    return "-".join(word for word, is_allowed in may.items() if is_allowed) or "read"


@require_safe
def dashboard_file(request: SignedInRequest, slug: str, name: str, suffix: str) -> HttpResponse:
    """A table of a dashboard, or of a comparison of two terms, as CSV or Excel."""
    now = timezone.now()
    scope = dashboard_scope(request.user.access, slug, timezone.localdate(now))
    choice = scope and scope.choice(request.GET.get("term", ""))
    if scope is None or choice is None:
        raise Http404
    partnership = scope.partnership
    named = f"{partnership.slug}-{choice.code}"
    if name == "comparison":
        other = scope.choice(request.GET.get("with", "?"))
        if other is None or other == choice:
            raise Http404
        earlier, later = sorted((choice, other), key=_begins)
        comparison = compare(partnership=partnership, earlier=earlier.term, later=later.term, at=now)
        return table_response(
            comparison_table(comparison), suffix, named=f"{partnership.slug}-{earlier.code}-{later.code}"
        )
    snapshot = collect(partnership=partnership, term=choice.term, at=now)
    return table_response(dashboard_table(snapshot, name), suffix, named=named)


def _begins(choice: TermChoice) -> date:
    return choice.starts_on


def _no_term(request: SignedInRequest, scope: DashboardScope, asked: str) -> HttpResponse:
    """What a term that has not begun, or never will, gets instead of a dashboard."""
    context = {"partnership": scope.partnership, "terms": scope.terms, "asked": asked}
    return render(request, "reports/dashboard/no_term.html", context, status=404 if scope.terms else 200)


def _compared(
    request: SignedInRequest, scope: DashboardScope, choice: TermChoice, beside: str, now: datetime
) -> HttpResponse:
    """Two terms side by side, the earlier first whichever way round they were asked for."""
    partnership, other = scope.partnership, scope.choice(beside)
    if other is None:
        return _no_term(request, scope, beside)
    earlier, later = sorted((choice, other), key=_begins)
    context: dict[str, object] = {
        "partnership": partnership,
        "term": later,
        "earlier": earlier,
        "is_same": earlier == later,
        "is_reversed": later == other and earlier != later,
        "switcher": _switcher(scope, later.code, earlier.code),
        "query": f"?term={later.code}&with={earlier.code}",
    }
    if earlier != later:
        comparison = compare(partnership=partnership, earlier=earlier.term, later=later.term, at=now)
        context["page"] = comparison_page(comparison)
    return render(request, "reports/dashboard/compare.html", context)


def _switcher(scope: DashboardScope, term: str, beside: str) -> list[dict[str, object]]:
    """The two lists from which a reader chooses what to look at."""
    options = [(one.code, one.label) for one in scope.terms]
    return [
        {"name": "term", "label": "Term", "value": term, "options": options},
        {"name": "with", "label": "Compare with", "value": beside, "options": [("", "No other term"), *options]},
    ]


def _draw(scope: DashboardScope, choice: TermChoice, clearance: str, now: datetime) -> str:
    """The body of a dashboard, from a snapshot taken now."""
    partnership = scope.partnership
    previous = scope.before(choice)
    ask_url = reverse("question-new", args=[partnership.slug]) if "ask" in clearance else ""
    snapshot = collect(partnership=partnership, term=choice.term, at=now)
    context = {
        "partnership": partnership,
        "term": choice,
        "tables": [(name, title) for name, (title, _, _) in TABLES.items()],
        "is_over": choice.ends_on < timezone.localdate(now),
        "previous": previous,
        "since": f"since {previous.label}" if previous else "",
        "switcher": _switcher(scope, choice.code, ""),
        "page": dashboard_page(snapshot, ask_url=ask_url),
        "ask_url": ask_url,
        "may_log": "log" in clearance,
    }
    return render_to_string("reports/dashboard/body.html", context)

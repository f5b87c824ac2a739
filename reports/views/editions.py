"""Reports for everyone: read and downloaded by anyone, opened and closed by leads."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partnerships.requests import SignedInRequest
from reports.forms import OpenForm
from reports.models import PublicEdition, PublicFile, Report, ReportFile
from reports.queries.editions import left_out_of, texts_of
from reports.services.reports import (
    AlteredError,
    ReportError,
    close_edition,
    draft_edition,
    open_edition,
    read_file,
    read_snapshot,
    why_not_open,
)
from reports.snapshots import Snapshot, from_json
from reports.views.conditional import etag_of, not_modified, tagged
from wesp_portal.common.templatetags.portal import as_markup

DOWNLOADS = {"pdf": "application/pdf", "json": "application/json"}


# For everyone --------------------------------------------------------------------------------------------------------


@login_not_required
@require_safe
def public_report(request: HttpRequest, slug: str, term: str) -> HttpResponse:
    """A report that is open to everyone, at its permanent address; earlier editions are nowhere."""
    edition = _edition(request, slug, term)
    etag = etag_of(request, edition.pk, edition.round.partnership.version)
    if response := not_modified(request, etag):
        return response
    try:
        article = read_file(get_object_or_404(PublicFile, edition=edition, format=ReportFile.Format.HTML)).decode()
    except AlteredError:
        return _altered(request, edition)
    context = {
        **_frame(edition),
        "edition": edition,
        # Rendered by this project, and checked against its hash a line above.
        "article": as_markup(article),
        "address": reverse("public-report", args=[slug, term]),
    }
    return tagged(render(request, "reports/public/report.html", context), etag)


@login_not_required
@require_safe
def public_report_file(request: HttpRequest, slug: str, term: str, suffix: str) -> HttpResponse:
    """The same as PDF, or its snapshot as JSON."""
    if suffix not in DOWNLOADS:
        raise Http404
    edition = _edition(request, slug, term)
    try:
        if suffix == "json":
            content = read_snapshot(edition).encode()
        else:
            content = read_file(get_object_or_404(PublicFile, edition=edition, format=suffix))
    except AlteredError:
        return _altered(request, edition)
    response = HttpResponse(content, content_type=DOWNLOADS[suffix])
    response["Content-Disposition"] = f'inline; filename="{slug}-{term}.{suffix}"'
    return response


def _edition(request: HttpRequest, slug: str, term: str) -> PublicEdition:
    readable = PublicEdition.objects.readable_by(request.user).select_related("round__partnership", "round__term")
    return get_object_or_404(readable, round__partnership__slug=slug, round__term__code=term)


def _frame(edition: PublicEdition) -> dict[str, Any]:
    partnership = edition.round.partnership
    return {
        "partnership": partnership,
        "term": edition.round.term,
        "breadcrumbs": [(partnership.name, reverse("partnership", args=[partnership.slug]))],
    }


def _altered(request: HttpRequest, edition: PublicEdition) -> HttpResponse:
    return render(request, "reports/public/report_altered.html", _frame(edition), status=500)


# For leads -----------------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def report_open(request: SignedInRequest, report_id: int) -> HttpResponse:
    """Show what everyone would read of a report, with the texts that are ticked; then open just that to them."""
    found = _led(request, report_id)
    asked: QueryDict = request.POST if request.method == "POST" else request.GET
    problem = why_not_open(found)
    try:
        form = _form(asked, from_json(read_snapshot(found)))
        draft = draft_edition(report=found, texts=form.approved)
        if request.method == "POST" and form.is_valid() and not problem:
            opened = open_edition(
                report=found,
                by=request.user,
                at=timezone.now(),
                texts=form.approved,
                sha256=request.POST.get("sha256", ""),
            )
            messages.success(request, "The report is open to the public, and listed on the partnership’s page.")
            return redirect("public-report", opened.round.partnership.slug, opened.round.term.code)
    except ReportError as refusal:
        problem = str(refusal)
    except AlteredError:
        return _board_altered(request, found)
    context = {
        "partnership": found.round.partnership,
        "report": found,
        "why_not": why_not_open(found),
        "problem": problem,
        "form": form,
        "approved": form.approved,
        "draft": draft,
        "columns": [
            {"text": "What"},
            {"text": "The public reads", "is_numeric": True},
            {"text": "The board alone reads", "is_numeric": True},
        ],
        "rows": [(one.what, str(one.told), str(one.left_out)) for one in left_out_of(draft.whole, draft.public)],
        "preview": as_markup(draft.page()),
        "breadcrumbs": _crumbs(found),
    }
    return render(request, "reports/report/open.html", context, status=409 if request.method == "POST" else 200)


def _form(asked: QueryDict, whole: Snapshot) -> OpenForm:
    texts = [(text.key, f"{text.priority}: {text.organisation}") for text in texts_of(whole)]
    return OpenForm(asked, texts=texts)


@require_POST
def report_close(request: SignedInRequest, report_id: int) -> HttpResponse:
    """Take a report from the public; its board still reads it."""
    found = _led(request, report_id)
    if close_edition(report=found, by=request.user, at=timezone.now()):
        messages.success(request, "The report is no longer open to the public.")
    return redirect("report", found.round.partnership.slug, found.round.term.code)


def _led(request: SignedInRequest, report_id: int) -> Report:
    """A published report of a partnership that the person leads, with its snapshot."""
    reports = Report.objects.led_by(request.user).frozen()
    return get_object_or_404(reports.select_related("round__partnership__area", "round__term"), pk=report_id)


def _crumbs(found: Report) -> list[tuple[str, str]]:
    address = reverse("report", args=[found.round.partnership.slug, found.round.term.code])
    return [("Reports", reverse("report-list")), (found.round.term.label, address)]


def _board_altered(request: SignedInRequest, found: Report) -> HttpResponse:
    context = {"partnership": found.round.partnership, "report": found, "breadcrumbs": _crumbs(found)}
    return render(request, "reports/report/altered.html", context, status=500)

"""Reports: read, downloaded, asked for, watched while they are built, and published."""

from itertools import groupby

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from partnerships.requests import SignedInRequest
from reports.forms import CorrectionForm
from reports.models import PublicEdition, Report, ReportFile, Return, Round
from reports.queries.reports import builds_of, rounds_with_reports, terms_with_rounds, versions_of
from reports.services.reports import (
    STEPS,
    AlteredError,
    ReportError,
    publish_report,
    read_file,
    read_snapshot,
    record_opening,
    request_report,
    request_reports,
    retry_build,
    why_not_publish,
)
from wesp_portal.common.formatting import plural, term_label
from wesp_portal.common.templatetags.portal import as_markup

ROUNDS_ON_A_PAGE = 60
OFFICE = "application/vnd.openxmlformats-officedocument"
DOWNLOADS = {
    "pdf": "application/pdf",
    "docx": f"{OFFICE}.wordprocessingml.document",
    "xlsx": f"{OFFICE}.spreadsheetml.sheet",
    "json": "application/json",
}
# What a browser shows by itself; anything else is kept as a file.
SHOWN = ("pdf", "json")


# Reading -------------------------------------------------------------------------------------------------------------


@require_safe
def report_list(request: SignedInRequest) -> HttpResponse:
    """The reports a person may read, by partnership and term; to leads also what is not published yet."""
    page = Paginator(rounds_with_reports(request.user), ROUNDS_ON_A_PAGE).get_page(request.GET.get("page"))
    access = request.user.access
    groups = [
        {
            "partnership": partnership,
            "leads": access.leads(partnership.pk),
            "rows": [_row(each) for each in rounds],
        }
        for partnership, rounds in groupby(page.object_list, key=lambda each: each.partnership)
    ]
    return render(request, "reports/report/list.html", {"groups": groups, "page": page})


def _row(round_: Round) -> dict[str, object]:
    """A term's line in the list: the version to read, and the one that is being made."""
    versions = list(round_.reports.all())
    published = next((each for each in versions if each.status == Report.Status.PUBLISHED), None)
    latest = versions[0] if versions else None
    return {
        "round": round_,
        "published": published,
        "unpublished": latest if latest and not latest.is_frozen else None,
    }


@require_safe
def report(request: SignedInRequest, partnership: str, term: str) -> HttpResponse:
    """The latest published version of a term's report; before there is one, what a lead may preview."""
    versions = versions_of(request.user, partnership, term)
    if request.GET.get("version", "").isdecimal():
        return redirect("report-version", partnership, term, int(request.GET["version"]))
    return _page(request, _current(versions), versions)


@require_safe
def report_version(request: SignedInRequest, partnership: str, term: str, version: int) -> HttpResponse:
    """One version, at its permanent address."""
    versions = versions_of(request.user, partnership, term)
    return _page(request, _numbered(versions, version), versions)


@require_safe
def report_file(
    request: SignedInRequest, partnership: str, term: str, suffix: str, version: int | None = None
) -> HttpResponse:
    """A version as PDF, Word or Excel, or its snapshot as JSON: the latest published one unless a version is named."""
    if suffix not in DOWNLOADS:
        raise Http404
    versions = versions_of(request.user, partnership, term)
    found = _current(versions) if version is None else _numbered(versions, version)
    try:
        if suffix == "json":
            content = read_snapshot(found).encode()
        else:
            content = read_file(get_object_or_404(ReportFile, report=found, format=suffix))
    except AlteredError:
        return _altered(request, found)
    _record_opening(request, found)
    response = HttpResponse(content, content_type=DOWNLOADS[suffix])
    name = f"{partnership}-{term}-v{found.version}.{suffix}"
    response["Content-Disposition"] = f'{"inline" if suffix in SHOWN else "attachment"}; filename="{name}"'
    return response


def _current(versions: list[Report]) -> Report:
    """The published version, or else the latest; for all but leads there is nothing else than published ones."""
    published = (each for each in versions if each.status == Report.Status.PUBLISHED)
    found = next(published, versions[0] if versions else None)
    if found is None:
        raise Http404
    return found


def _numbered(versions: list[Report], version: int) -> Report:
    found = next((each for each in versions if each.version == version), None)
    if found is None:
        raise Http404
    return found


def _page(request: SignedInRequest, found: Report, versions: list[Report]) -> HttpResponse:
    file = get_object_or_404(ReportFile, report=found, format=ReportFile.Format.HTML)
    try:
        article = read_file(file).decode()
    except AlteredError:
        return _altered(request, found)
    _record_opening(request, found)
    partnership, term = found.round.partnership, found.round.term
    newest = _current(versions)
    leads = request.user.access.leads(partnership.pk)
    context = {
        "partnership": partnership,
        "term": term,
        "report": found,
        # Rendered by this project, and checked against its hash a line above.
        "article": as_markup(article),
        "address": reverse("report-version", args=[partnership.slug, term.code, found.version]),
        "newest": newest if newest.version > found.version and found.is_frozen else None,
        "others": [each for each in versions if each.pk != found.pk],
        "breadcrumbs": [("Reports", reverse("report-list"))],
        "sees_deliveries": found.is_frozen and request.user.access.sees_deliveries_in(partnership.pk),
        "leads": leads,
        "public": PublicEdition.objects.open().filter(round=found.round_id).first() if leads else None,
        "downloads": [("pdf", "PDF"), ("docx", "Word"), ("xlsx", "Excel"), ("json", "JSON")],
    }
    return render(request, "reports/report/page.html", context)


def _record_opening(request: SignedInRequest, found: Report) -> None:
    """Note that a recipient has it before them: a write for their first reading, nothing for anybody else's."""
    if getattr(found, "awaits_opening", False) and request.method == "GET":
        record_opening(report=found, by=request.user, at=timezone.now())


def _altered(request: SignedInRequest, found: Report) -> HttpResponse:
    """What is stored is not what was published: say so, and show nothing of it."""
    context = {
        "partnership": found.round.partnership,
        "report": found,
        "breadcrumbs": [("Reports", reverse("report-list"))],
    }
    return render(request, "reports/report/altered.html", context, status=500)


# Building and publishing ---------------------------------------------------------------------------------------------


@require_POST
def report_request(request: SignedInRequest) -> HttpResponse:
    """Ask for the report of a round that the person leads."""
    form = CorrectionForm(request.POST)
    is_valid = form.is_valid()
    round_ = get_object_or_404(_rounds_led(request), pk=form.cleaned_data.get("round"))
    if is_valid:
        reason = form.cleaned_data["correction_reason"]
        try:
            made = request_report(round_=round_, by=request.user, at=timezone.now(), correction_reason=reason)
        except ReportError as refusal:
            form.add_error("correction_reason", str(refusal))
        else:
            return redirect("report-build", made.pk)
    return _correction_page(request, form, round_, status=422)


@require_safe
def report_correct(request: SignedInRequest, round_id: int) -> HttpResponse:
    """Say what a new version of a published report is to correct."""
    round_ = get_object_or_404(_rounds_led(request), pk=round_id)
    return _correction_page(request, CorrectionForm(initial={"round": round_.pk}), round_)


def _rounds_led(request: SignedInRequest) -> QuerySet[Round]:
    return Round.objects.led_by(request.user).select_related("partnership", "term")


def _correction_page(request: SignedInRequest, form: CorrectionForm, round_: Round, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "partnership": round_.partnership,
        "term": round_.term,
        "breadcrumbs": [("Reports", reverse("report-list"))],
    }
    return render(request, "reports/report/correct.html", context, status=status)


@require_safe
def report_build(request: SignedInRequest, report_id: int) -> HttpResponse:
    """How far a version is: being built, failed, or ready to be read and published."""
    found = _led(request, report_id)
    state = f"{found.status}-{found.build}-{found.attempts}-{found.build_done}"
    if request.GET.get("seen") == state and request.headers.get("HX-Request"):
        # Nothing to say that was not said: the page stays as it is, and screen readers stay quiet.
        return HttpResponse(status=204)
    context = {
        "partnership": found.round.partnership,
        "report": found,
        "state": state,
        "steps": found.build_steps or len(STEPS),
        "is_waiting": found.build in (Report.Build.QUEUED, Report.Build.BUILDING),
        "why_not": why_not_publish(found, request.user),
        "breadcrumbs": [("Reports", reverse("report-list"))],
    }
    template = "reports/report/progress.html" if request.headers.get("HX-Request") else "reports/report/build.html"
    return render(request, template, context)


@require_http_methods(["GET", "HEAD", "POST"])
def report_build_all(request: SignedInRequest) -> HttpResponse:
    """The reports of all boards of a term, for administrators: asked for at once, and how far each is."""
    if not request.user.access.is_administrator:
        raise Http404
    terms = terms_with_rounds()
    asked = (request.POST if request.method == "POST" else request.GET).get("term", "")
    if asked and asked not in terms:
        raise Http404
    term = asked or next(iter(terms), "")
    address = f"{reverse('report-build-all')}?{urlencode({'term': term})}"
    if request.method == "POST":
        count = request_reports(term=term, by=request.user, at=timezone.now())
        messages.success(request, f"{plural(count, 'report')} will be built." if count else "Nothing is left to build.")
        return redirect(address)
    builds = builds_of(term)
    if request.GET.get("seen") == builds.state and request.headers.get("HX-Request"):
        # As on the page of one report: nothing new, so nothing is said.
        return HttpResponse(status=204)
    context = {
        "term": term,
        "builds": builds,
        "address": address,
        "steps": len(STEPS),
        "breadcrumbs": [("Reports", reverse("report-list"))],
        "switcher": [
            {"name": "term", "label": "Term", "value": term, "options": [(code, term_label(code)) for code in terms]}
        ]
        if len(terms) > 1
        else [],
    }
    template = "reports/report/boards.html" if request.headers.get("HX-Request") else "reports/report/build_all.html"
    return render(request, template, context)


@require_POST
def report_retry(request: SignedInRequest, report_id: int) -> HttpResponse:
    """Try again to build what failed."""
    retry_build(report=_led(request, report_id), by=request.user, at=timezone.now())
    return redirect("report-build", report_id)


@require_http_methods(["GET", "HEAD", "POST"])
def report_publish(request: SignedInRequest, report_id: int) -> HttpResponse:
    """Ask whether to publish, with the returns that are missing; then publish."""
    found = _led(request, report_id)
    why_not = why_not_publish(found, request.user)
    if request.method == "POST" and not why_not:
        try:
            published = publish_report(report=found, by=request.user, at=timezone.now())
        except ReportError as refusal:
            why_not = str(refusal)
        except AlteredError:
            return _altered(request, found)
        else:
            messages.success(request, f"Version {published.version} is published, and the board is being told.")
            return redirect("report", found.round.partnership.slug, found.round.term.code)
    returns = Return.objects.filter(round=found.round_id).exclude(status=Return.Status.APPROVED)
    context = {
        "partnership": found.round.partnership,
        "report": found,
        "why_not": why_not,
        "missing": returns.select_related("organisation").order_by("organisation__name"),
        "breadcrumbs": [("Reports", reverse("report-list")), ("Build", reverse("report-build", args=[found.pk]))],
    }
    return render(request, "reports/report/publish.html", context, status=409 if request.method == "POST" else 200)


def _led(request: SignedInRequest, report_id: int) -> Report:
    """A report of a partnership that the person leads, with what its pages name."""
    reports = Report.objects.led_by(request.user).select_related("round__partnership", "round__term", "published_by")
    return get_object_or_404(reports.defer("snapshot"), pk=report_id)

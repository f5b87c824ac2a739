"""A round as its lead sees it: dates, where each return is, and opening it again once it is closed."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partnerships.models import Partnership, Term
from partnerships.requests import SignedInRequest
from reports.forms import ReopenForm
from reports.models import Return, Round
from reports.queries.reminders import outstanding_in
from reports.queries.rounds import events_of, latest_report, return_lines, rounds_of
from reports.services import open_round, reopen_round
from reports.services.rounds import AT_LEAST_TO_WRITE, working_day
from wesp_portal.common.formatting import plural


@require_http_methods(["GET", "POST"])
def round_page(request: SignedInRequest, slug: str) -> HttpResponse:
    """The returns of one term, this one or the one asked for, and what comes next: opening a round, then its report."""
    partnership = get_object_or_404(Partnership.objects.led_by(request.user), slug=slug)
    now = timezone.now()
    today = timezone.localdate(now)
    current = Term.objects.filter(calendar=partnership.calendar_id).at(today).first()
    if request.method == "POST":
        if not current:
            raise Http404
        opened = open_round(partnership=partnership, term=current, at=now, by=request.user)
        messages.success(request, f"The round for {opened.term} is open.")
        return redirect("round", partnership.slug)
    rounds = rounds_of(partnership.pk)
    has_current = any(each.term_id == current.pk for each in rounds) if current else False
    asked = request.GET.get("term", "") or (current.code if current and has_current else "")
    shown = next((each for each in rounds if each.term.code == asked), None)
    if request.GET.get("term") and not shown:
        raise Http404
    lines = return_lines(Return.objects.filter(round=shown)) if shown else []
    is_approved = bool(lines) and all(line.status == Return.Status.APPROVED for line in lines)
    is_under_way = shown and current and shown.term_id == current.pk and not shown.is_closed
    returned = sum(not line.is_open for line in lines)
    context = {
        "partnership": partnership,
        "breadcrumbs": [("My work", reverse("home"))],
        "round": shown,
        "term": shown.term if shown else current,
        "to_open": current if current and not has_current else None,
        "lines": lines,
        "is_under_way": is_under_way,
        "outstanding": outstanding_in(shown, on=today) if shown and is_under_way else [],
        "is_approved": is_approved,
        "report": latest_report(shown.pk) if shown else None,
        "events": events_of(shown.pk) if shown else [],
        "returned": returned,
        "returned_words": f"{returned} of {plural(len(lines), 'return')} sent",
        "switcher": [
            {
                "name": "term",
                "label": "Term",
                "value": asked,
                "options": [(each.term.code, each.term.label) for each in rounds],
            }
        ]
        if len(rounds) > 1 or (rounds and not shown)
        else [],
    }
    return render(request, "reports/rounds/round.html", context)


@require_http_methods(["GET", "POST"])
def round_reopen(request: SignedInRequest, round_id: int) -> HttpResponse:
    """Open a closed round again, with a reason and a last day."""
    round_ = get_object_or_404(Round.objects.led_by(request.user).select_related("partnership", "term"), pk=round_id)
    round_url = f"{reverse('round', args=[round_.partnership.slug])}?term={round_.term.code}"
    if not round_.is_closed:
        messages.info(request, "The round is open.")
        return redirect(round_url)
    now = timezone.now()
    today = timezone.localdate(now)
    suggested = working_day(today + AT_LEAST_TO_WRITE, step=1)
    form = ReopenForm(request.POST if request.method == "POST" else None, today=today, initial={"until": suggested})
    if form.is_valid():
        reopen_round(round_=round_, by=request.user, at=now, **form.cleaned_data)
        messages.success(request, f"The round for {round_.term} is open again.")
        return redirect(round_url)
    context = {
        "partnership": round_.partnership,
        "breadcrumbs": [("My work", reverse("home")), ("Returns", round_url)],
        "round": round_,
        "round_url": round_url,
        "form": form,
    }
    return render(request, "reports/rounds/reopen.html", context)

"""Who was sent a report: for its leads and secretaries, who may have it sent again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partnerships.requests import SignedInRequest
from reports.models import Report
from reports.queries.deliveries import deliveries_of
from reports.services.reports import send_again
from wesp_portal.common.formatting import plural


@require_http_methods(["GET", "HEAD", "POST"])
def report_sent(request: SignedInRequest, report_id: int) -> HttpResponse:
    """Each recipient with what became of their email; posted to with the ones to send again."""
    seen = Report.objects.deliveries_seen_by(request.user).select_related("round__partnership", "round__term")
    found = get_object_or_404(seen.defer("snapshot"), pk=report_id)
    if request.method == "POST":
        chosen = [int(each) for each in request.POST.getlist("delivery") if each.isdecimal() and len(each) < 19]
        repeated = send_again(report=found, deliveries=chosen, by=request.user, at=timezone.now())
        if repeated:
            messages.success(request, f"{plural(repeated, 'email')} will be sent again.")
        else:
            messages.warning(request, "Nothing was sent again: it was sent or opened meanwhile.")
        return redirect("report-sent", found.pk)
    partnership, term = found.round.partnership, found.round.term
    lines = deliveries_of(found, at=timezone.now())
    context = {
        "partnership": partnership,
        "report": found,
        "lines": lines,
        "opened": sum(line.is_opened for line in lines),
        "failed": [line for line in lines if line.has_failed],
        "breadcrumbs": [
            ("Reports", reverse("report-list")),
            (f"{term.label}", reverse("report-version", args=[partnership.slug, term.code, found.version])),
        ],
    }
    return render(request, "reports/deliveries/page.html", context)

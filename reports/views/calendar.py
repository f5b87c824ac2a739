"""A partnership's dates, to keep in one's own calendar."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from partnerships.models import Partnership
from partnerships.requests import SignedInRequest
from reports.queries.calendar import dates_of
from wesp_portal.common.calendar_file import calendar_file


@require_safe
def partnership_calendar(request: SignedInRequest, slug: str) -> HttpResponse:
    """The meetings of a partnership's boards and the days its returns are due, as a file for its people."""
    found = get_object_or_404(Partnership.objects.visible_to(request.user), slug=slug)
    content = calendar_file(found.name, dates_of(found, today=timezone.localdate()))
    response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{slug}.ics"'
    return response

"""Pages that belong to no partnership: whether the portal is alive and ready, and what is shown on a bad day."""

import sys

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.views import defaults

from wesp_portal.common.health import readiness

RETRY_AFTER_SECONDS = 30


@login_not_required
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: the process answers."""
    return HttpResponse("ok", content_type="text/plain")


@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """Ready: database, broker, worker and storage each answer; 503 where one does not."""
    checks = readiness()
    return JsonResponse(checks, status=200 if all(value == "ok" for value in checks.values()) else 503)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent cannot be read: 413 where it is too much, which Django itself does not tell apart, or else 400."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return HttpResponse(render_to_string("413.html"), status=413)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """Something failed: 503 where the database does not answer, with what was typed ready to be sent again, else 500.

    Neither page asks the database or the session anything.
    """
    # Django calls this while it handles the exception.
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        context = {"address": request.get_full_path(), "typed": _typed(request), "has_file": bool(request.FILES)}
        headers = {"Retry-After": str(RETRY_AFTER_SECONDS), "Cache-Control": "no-store"}
        return HttpResponse(render_to_string("503.html", context), status=503, headers=headers)
    return defaults.server_error(request)


def _typed(request: HttpRequest) -> list[tuple[str, str]]:
    """What a person sent from a page of ours, by the names of its boxes; nothing where a password is among it."""
    is_ours = getattr(request, "csrf_processing_done", False)
    if request.method != "POST" or not is_ours or any("password" in name for name in request.POST):
        return []
    return [(name, value) for name, values in request.POST.lists() for value in values]

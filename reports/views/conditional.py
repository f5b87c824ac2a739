"""Pages that a browser keeps and asks for anew: the same to the same reader until something they show is written."""

import hashlib

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control

from partnerships.models import access_of
from wesp_portal.common.release import code_version


def etag_of(request: HttpRequest, *body: object) -> str:
    """The tag of a page: what its body was drawn from, and all that the frame around it says to this reader.

    Blank where an action's message waits to be shown: such a page is shown once and never kept.
    """
    if len(get_messages(request)):
        return ""
    # The frame shows a name, and the sections that a person's access opens. The token in its form to sign out is good
    # for one secret, which changes when a person signs in.
    secret = request.META.get("CSRF_COOKIE", "")
    reader = (str(request.user), access_of(request.user), secret, settings.IS_DEMONSTRATION)
    digest = hashlib.sha256(repr((code_version(), reader, body)).encode()).hexdigest()
    return f'W/"{digest[:32]}"'


def not_modified(request: HttpRequest, etag: str) -> HttpResponse | None:
    """The answer to a browser that has this very page already; None where it must be drawn."""
    response = get_conditional_response(request, etag=etag) if etag else None
    return None if response is None else tagged(response, etag)


def tagged(response: HttpResponse, etag: str) -> HttpResponse:
    """Let the reader's own browser keep the page, and ask each time whether it still holds."""
    if etag:
        response["ETag"] = etag
        patch_cache_control(response, private=True, no_cache=True)
    return response

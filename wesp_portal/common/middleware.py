"""Middleware that every answer passes through."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control


class NoStoreWhenSignedInMiddleware:
    """Keep pages of signed-in people out of every cache but a private, revalidated one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        # A page that never asked who reads it is the same for all; asking now would cost it a session and a person.
        has_asked = getattr(getattr(request, "session", None), "accessed", False)
        # A page with an ETag stays with its reader's own browser and is asked for anew each time; all else is not kept.
        if has_asked and not response.has_header("Cache-Control") and request.user.is_authenticated:
            if response.has_header("ETag"):
                patch_cache_control(response, private=True, no_cache=True)
            else:
                patch_cache_control(response, private=True, no_store=True)
        return response

"""How a person signs in, and is known again on every page."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from partnerships.models import User
from partnerships.services.drafts import MARKER, fields_of, read_marker
from partnerships.services.held_files import keep_for_writer

NOT_YOURS = (
    "That form was opened by somebody else, so nothing was sent in your name. What was typed is kept for them alone."
)


def files_of(request: HttpRequest) -> list[UploadedFile]:
    """All files of a form, whatever their boxes are called."""
    return [file for _, files in request.FILES.lists() for file in files]


class PortalBackend(ModelBackend):
    """Email address and password; with the person comes what they may reach, as every page needs both."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session, in one query; None for one who may no longer sign in."""
        user = User.objects.with_access(user_id, on=timezone.localdate())
        return user if user is not None and self.user_can_authenticate(user) else None


class SignInMiddleware(LoginRequiredMiddleware):
    """Asks everybody to sign in, and keeps a form that arrives without its writer's session until they are back."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        if getattr(view_func, "knows_nobody", False):
            # Nor is the session asked who it is: the answer is the same to everybody, and any cache may keep it.
            return None
        if request.method == "POST" and MARKER in request.POST and (answer := kept_for_writer(request)):
            return answer
        return super().process_view(request, view_func, view_args, view_kwargs)


def kept_for_writer(request: HttpRequest) -> HttpResponse | None:
    """Keep a form for the person who opened it, and where to go instead; None where they are the one who sends it.

    Only a page of ours holds a marker, so no other site can have sent what is kept here.
    """
    marker = read_marker(request.POST.get(MARKER, ""))
    if marker is None or marker.user_id == request.user.pk:
        return None
    is_kept = keep_for_writer(marker=marker, fields=fields_of(request.POST), files=files_of(request), at=timezone.now())
    if request.user.is_authenticated:
        messages.warning(request, NOT_YOURS)
        return redirect("home")
    return redirect(f"{reverse('sign-in')}?{urlencode({'next': marker.page} | ({'kept': 1} if is_kept else {}))}")

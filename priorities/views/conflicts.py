"""The page of two texts: somebody else saved while a form was open, and its writer chooses field by field."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from partnerships.models import User
from partnerships.requests import SignedInRequest
from partnerships.views.drafts import FormDraft
from wesp_portal.common.conflicts import Contested
from wesp_portal.common.formatting import uk_date_time


def conflict_page(
    request: SignedInRequest,
    *,
    form: Contested,
    draft: FormDraft,
    by: User | None,
    at: datetime | None,
    address: str,
    leave: str,
    more: dict[str, Any],
) -> HttpResponse:
    """Both texts where they differ; `address` takes the choice, `leave` shows the thing as it is."""
    is_own = by is not None and by.pk == request.user.pk
    when = f" on {uk_date_time(timezone.localtime(at))}" if at else ""
    context = {
        "form": form,
        "draft": draft,
        "differences": form.differences(),
        "who": "You saved this somewhere else" if is_own else f"{by.name if by else 'Somebody else'} saved this",
        "when": when,
        "address": address,
        "leave": leave,
        "has_errors": True,
    }
    return render(request, "priorities/conflict.html", context | more)

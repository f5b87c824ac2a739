"""The first page: my work for whoever has signed in, the public one for everybody else."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from partnerships.models import User
from reports.queries.my_work import my_work
from reports.views.public import public_home


@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """My work, or the public front page."""
    if not isinstance(request.user, User):
        return public_home(request)
    return render(request, "reports/home.html", {"work": my_work(request.user, today=timezone.localdate())})

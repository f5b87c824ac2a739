"""The request of a page that only signed-in people reach."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from partnerships.models import User


class SignedInRequest(HttpRequest):
    """A request whose user the middleware has made sure of, and whether htmx sent it; for annotations."""

    user: User
    htmx: HtmxDetails

"""The session of H, the unit of comparison: H is defined with two queries, one for the session, one for the user."""

from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest

from benchmarks import UNIT


class UnitSessionMiddleware(SessionMiddleware):
    """Read the session of the unit's page from the database; every other page's as the portal does."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        if request.path == UNIT:
            request.session = SessionStore(request.session.session_key)

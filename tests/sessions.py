"""A session that runs out while somebody types, and what they find once they have signed in again."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from partnerships.models import User


def lose_session() -> None:
    """As when it runs out: gone from the database and from the cache."""
    Session.objects.all().delete()
    cache.clear()


def back_after_signing_in(client: Client, person: User, address: str, posted: Mapping[str, object]) -> Any:
    """Send a form once the session is gone, and open the page that signing in leads to."""
    lose_session()
    asked = parse_qs(urlsplit(client.post(address, posted)["Location"]).query)
    assert asked["kept"] == ["1"]
    client.force_login(person)
    return client.get(asked["next"][0])


def marker_on(client: Client, address: str) -> str:
    """The marker of the form on a page, opened as whoever is signed in."""
    return str(client.get(address).context["draft"].marker)

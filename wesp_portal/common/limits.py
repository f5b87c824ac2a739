"""How often something may be done: counted in the shared cache, and never in the way when the cache is away."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest


def is_too_often(what: str, *, most: int, seconds: int) -> bool:
    """Count one more of something; whether that is more than may be in so many seconds."""
    return counted(what, seconds=seconds) > most


def counted(what: str, *, seconds: int) -> int:
    """Count one more of something, and how many that makes since counting began, at most so many seconds ago."""
    cache.add(what, 0, timeout=seconds)
    try:
        return cache.incr(what)
    except ValueError:
        # Its time ended between the two, or the cache is away: then nothing is counted.
        return 0


def sender_of(request: HttpRequest) -> str:
    """The network address a request came from; in production the one that the proxy in front of us names last."""
    forwarded = request.headers.get("x-forwarded-for", "") if settings.IS_PRODUCTION else ""
    return forwarded.rpartition(",")[2].strip() or str(request.META.get("REMOTE_ADDR", ""))

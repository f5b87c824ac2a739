"""What every page's template may name."""

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from partnerships.access import Access


class Section(NamedTuple):
    """A part of the portal in the navigation, and whether the page that is shown lies in it."""

    text: str
    url: str
    is_current: bool


# Each section's words, the name of its address, and how the addresses of its pages begin; a page of a partnership lies
# where its own last word says.
SECTIONS = {
    "work": ("My work", "home", ("/returns/", "/activities/updates/")),
    "achievements": ("Achievements", "achievement-list", ("/achievements/",)),
    "dashboards": ("Dashboards", "dashboard-list", ("/partnerships/dashboards/",)),
    "strategies": (
        "Strategies",
        "strategy-list",
        ("/strategies/", "/priorities/", "/objectives/", "/activities/", "/metrics/"),
    ),
    "reports": ("Reports", "report-list", ("/reports/",)),
    "administration": ("Administration", "admin:index", ("/admin/",)),
}
OF_A_PARTNERSHIP = {
    "dashboard": "dashboards",
    "questions": "dashboards",
    "gatsby": "dashboards",
    "decisions": "dashboards",
    "returns": "reports",
}


def portal(request: HttpRequest) -> dict[str, Any]:
    """The portal's own facts and the navigation of whoever asks, worked out only where a page shows them."""
    return {
        "is_demonstration": settings.IS_DEMONSTRATION,
        "contact_email": settings.CONTACT_EMAIL,
        "sections": SimpleLazyObject(lambda: navigation(request)),
    }


@cache
def _address(name: str) -> str:
    """The address of a section: every signed-in page asks for all of them, and they never change."""
    return reverse(name)


def navigation(request: HttpRequest) -> tuple[Section, ...]:
    """The sections of the portal that a person has a use for, in the order they use them."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return ()
    shown = _shown(request.path)
    return tuple(Section(SECTIONS[key][0], _address(SECTIONS[key][1]), key == shown) for key in _open_to(user.access))


def _open_to(access: Access) -> Iterator[str]:
    yield "work"
    if access.is_administrator or access.logging_in:
        yield "achievements"
    if access.is_administrator or access.partnership_ids:
        yield from ("dashboards", "strategies", "reports")
    if access.is_administrator:
        yield "administration"


def _shown(path: str) -> str:
    """The section in which a page lies; blank for one that lies in none."""
    if path == "/":
        return "work"
    for key, (_, _, beginnings) in SECTIONS.items():
        if path.startswith(beginnings):
            return key
    parts = path.strip("/").split("/")
    return OF_A_PARTNERSHIP.get(parts[2], "") if parts[0] == "partnerships" and len(parts) > 2 else ""

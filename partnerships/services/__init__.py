"""What changes who and when."""

from partnerships.services.calendars import Every, divide_calendar
from partnerships.services.search import (
    Document,
    SearchKind,
    check_search,
    concerned_by,
    index,
    index_of,
    index_rows,
    kinds,
    rebuild_search,
    register,
)
from partnerships.services.shipped import AREA, load_partnerships, merge_areas, read_partnerships
from partnerships.services.versions import touch, touching

__all__ = [
    "AREA",
    "Document",
    "Every",
    "SearchKind",
    "check_search",
    "concerned_by",
    "divide_calendar",
    "index",
    "index_of",
    "index_rows",
    "kinds",
    "load_partnerships",
    "merge_areas",
    "read_partnerships",
    "rebuild_search",
    "register",
    "touch",
    "touching",
]

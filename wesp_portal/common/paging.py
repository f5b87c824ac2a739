"""Long lists, a page at a time."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

PER_PAGE = 50


def page_of(rows: "QuerySet[Any, Any]", asked: str | None) -> "Page[Any]":
    """The page that is asked for; a list that fits on one, as nearly everybody's does, is not counted beforehand."""
    first = list(rows[: PER_PAGE + 1])
    return Paginator(first if len(first) <= PER_PAGE else rows, PER_PAGE).get_page(asked)

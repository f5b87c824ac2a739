"""Filters that several resources share."""

from datetime import UTC, datetime
from typing import Any

import django_filters
from django.db.models import QuerySet

SINCE = "Only what was written or changed since, such as 2024-11-01 or 2024-11-01T09:00:00Z."
WRITE_A_TIME = "Write the time like 2024-11-01 or 2024-11-01T09:00:00Z."
# Earlier and later ones cannot be told in every time zone, and nothing was written then.
EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


class Slug(django_filters.CharFilter):
    """Rows of the one thing that has this slug or code; `also` says what that thing must be, such as public."""

    def __init__(self, path: str, what: str, **also: Any) -> None:
        super().__init__(field_name=path, label=what, help_text=what)
        self.also = also

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        return qs.filter(**{self.field_name: value}, **self.also) if value else qs


class Since(django_filters.IsoDateTimeFilter):
    """Rows written or changed at a time or later."""

    def __init__(self, path: str, **options: Any) -> None:
        super().__init__(field_name=path, lookup_expr="gte", label=SINCE, help_text=SINCE, **options)
        self.extra["error_messages"] = {"invalid": WRITE_A_TIME}

    def filter(self, qs: QuerySet[Any], value: datetime | None) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter(qs, value and min(max(value, EARLIEST), LATEST))
        return found

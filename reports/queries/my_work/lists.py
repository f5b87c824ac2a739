"""The first rows of a long list, with how many it has in all."""

from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Count, Model, QuerySet, Window

# How many of a long list the page shows; the rest is one link away.
SHOWN = 8
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Shortened(Generic[Row]):
    """The first rows of a list, and how many it has in all."""

    rows: list[Row]
    total: int

    @property
    def more(self) -> int:
        return self.total - len(self.rows)


def shortened(rows: QuerySet[Row]) -> Shortened[Row]:
    """The first rows and the count of all, in one query."""
    found = list(rows.annotate(in_all=Window(Count("pk")))[:SHOWN])
    return Shortened(found, vars(found[0])["in_all"] if found else 0)

"""Achievements that a new one may repeat: near in time, and alike in words or in number."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from priorities.models import Achievement
from priorities.queries.achievements import when_words
from wesp_portal.common.formatting import quantity
from wesp_portal.common.periods import parse_period
from wesp_portal.common.prepared import Prepared

# Days between two accounts of the same thing: one gives the day of the event, the other that of its news.
NEAR = timedelta(days=14)
# The share of their words that two accounts have in common.
ALIKE = 0.5
CANDIDATES = 100
SHOWN = 5
_LITTLE = frozenset(
    [
        *("a", "an", "and", "at", "by", "for", "from", "had", "has", "have", "in", "is", "it", "its", "of", "on", "or"),
        *("our", "the", "their", "to", "was", "we", "were", "with"),
    ]
)
_COLUMNS = ("pk", "title", "happened_on", "period", "quantity", "quantity_qualifier", "quantity_unit", "form_token")


@dataclass(frozen=True, slots=True)
class Similar:
    """An achievement that is there already, as a person is asked about it."""

    pk: int
    title: str
    when: str
    number: str


def similar_to(
    *,
    partnership_id: int,
    title: str,
    happened_on: date | None,
    period: str,
    number: int | None,
    unit: str,
    form_token: UUID,
) -> list[Similar]:
    """What a partnership has that may be the same as this, likest first: one query, whatever it has.

    Nothing where this form itself was saved before: sent a second time, it is no second achievement.
    """
    starts_on, ends_on = _span(happened_on, period)
    rows = _near.dicts(partnership_id, starts_on - NEAR, ends_on + NEAR)
    if any(row["form_token"] == form_token for row in rows):
        return []
    found = []
    for row in rows:
        began_on, ended_on = _span(row["happened_on"], row["period"])
        if began_on > ends_on + NEAR or ended_on < starts_on - NEAR:
            continue
        likeness = _likeness(title, row["title"])
        has_same_number = number is not None and number > 1 and number == row["quantity"]
        if likeness >= ALIKE or (has_same_number and _words(unit) & _words(row["quantity_unit"])):
            found.append((likeness, row))
    found.sort(key=lambda pair: -pair[0])
    return [_shown(row) for _, row in found[:SHOWN]]


@Prepared
def _near(partnership_id: int, first: date, last: date) -> QuerySet[Any, Any]:
    """The latest logged of those that happened in these days, or whose day is not known."""
    rows = Achievement.objects.filter(
        Q(happened_on__gte=first, happened_on__lte=last) | Q(happened_on=None), partnership=partnership_id
    )
    latest: QuerySet[Any, Any] = rows.exclude(status=Achievement.Status.DRAFT).order_by("-logged_at", "-pk")
    return latest.values(*_COLUMNS)[:CANDIDATES]


def _span(happened_on: date | None, period: str) -> tuple[date, date]:
    """The first and the last day that something may have happened on."""
    if happened_on:
        return happened_on, happened_on
    known = parse_period(period)
    return known.starts_on, known.ends_on


def _likeness(one: str, other: str) -> float:
    """The share of the words of either that stand in both; 1 for the same words."""
    either = _words(one) | _words(other)
    return len(_words(one) & _words(other)) / len(either) if either else 0.0


@lru_cache(maxsize=4096)
def _words(text: str) -> frozenset[str]:
    """The words that carry a sentence, in lower case, singular and plural alike."""
    words = re.findall(r"\w+", text.casefold())
    return frozenset(word.removesuffix("s") for word in words if word not in _LITTLE)


def _shown(row: dict[str, Any]) -> Similar:
    number = quantity(row["quantity"], row["quantity_unit"], row["quantity_qualifier"])
    return Similar(row["pk"], row["title"], when_words(row["happened_on"], row["period"]), number)

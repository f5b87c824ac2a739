"""Calendars of shorter periods, made from the terms of another, for partnerships that report more often."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db import transaction
from django.db.models import TextChoices

from partnerships.models import Calendar, Term
from wesp_portal.common.periods import MONTH_NAMES, SEASONS

DAY = timedelta(days=1)


class Every(TextChoices):
    """How often a divided calendar has a period."""

    HALF_TERM = "half-terms", "half terms"
    MONTH = "months", "months"


@transaction.atomic
def divide_calendar(*, calendar: Calendar, every: Every) -> tuple[Calendar, int]:
    """Make the calendar of a calendar's half terms or months, or add what is missing to it; how many were added.

    Periods that are there keep the dates that somebody gave them. A term without half-term dates has no halves.
    """
    divided, _ = Calendar.objects.get_or_create(
        slug=f"{calendar.slug[:38]}-{every}", defaults={"name": f"{calendar.name[:100]}, by {every.label}"}
    )
    # The calendar's row is the lock: of two who divide at once, one adds.
    Calendar.objects.select_for_update(no_key=True).get(pk=divided.pk)
    terms = [term for term in calendar.terms.order_by("starts_on") if term.season in SEASONS]
    periods = _half_terms(terms) if every == Every.HALF_TERM else _months(terms)
    known = set(divided.terms.values_list("code", flat=True))
    missing = [
        Term(calendar=divided, code=code, starts_on=starts_on, ends_on=ends_on, source=f"From {calendar.name}."[:300])
        for code, starts_on, ends_on in periods
        if code not in known
    ]
    Term.objects.bulk_create(missing)
    return divided, len(missing)


def _half_terms(terms: Iterable[Term]) -> Iterator[tuple[str, date, date]]:
    for term in terms:
        if term.half_term_starts_on and term.half_term_ends_on:
            first = SEASONS.index(term.season) * 2 + 1
            yield f"{term.academic_year}-half-{first}", term.starts_on, term.half_term_starts_on - DAY
            yield f"{term.academic_year}-half-{first + 1}", term.half_term_ends_on + DAY, term.ends_on


def _months(terms: Iterable[Term]) -> Iterator[tuple[str, date, date]]:
    """Each month that has a day of term, from its first such day to its last; a single day makes no period."""
    days: dict[str, list[date]] = {}
    for term in terms:
        for number in range((term.ends_on - term.starts_on).days + 1):
            day = term.starts_on + number * DAY
            days.setdefault(f"{term.academic_year}-{MONTH_NAMES[day.month - 1]}", []).append(day)
    for code, within in days.items():
        if len(within) > 1:
            yield code, within[0], within[-1]

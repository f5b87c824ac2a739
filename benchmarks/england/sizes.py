"""How large an invented England is, and how its rows are numbered: everything else follows from the numbers alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from math import gcd

from wesp_portal.common.periods import Period, PeriodKind, period_at, preceding

STRATEGIES = 5  # of a council; each has a partnership of its own, as the shipped five have
PRIORITIES = 12  # of a strategy
OBJECTIVES = 36
ACTIVITIES = 150
OWN_METRICS = 106
NATIONAL_METRICS = 10  # of each kind of strategy, shared by every council
ALL_NATIONAL = STRATEGIES * NATIONAL_METRICS
ORGANISATIONS = 4  # of a council
ACHIEVEMENTS = 3  # of a partnership in a term
ENGLAND, REGIONS = 1, 9
ADMINISTRATOR = 1
_DAYS = {"autumn": ((9, 2), (12, 20)), "spring": ((1, 6), (4, 4)), "summer": ((4, 22), (7, 22))}


def mixed(one: int, other: int) -> int:
    """A number that looks arbitrary and belongs to these two for good."""
    number = (one * 0x9E3779B1 + other * 0x85EBCA77) & 0xFFFFFFFF
    return number ^ (number >> 15)


@dataclass(frozen=True)
class Strip:
    """A term of every calendar: its period, and the days that it lasts."""

    period: Period
    starts_on: date
    ends_on: date
    # The last day on which something may have happened in it.
    last_day: date


@dataclass(frozen=True)
class England:
    """So many councils over so many terms, the last of which is under way."""

    councils: int
    terms: int
    today: date

    @cached_property
    def strips(self) -> list[Strip]:
        """The terms, oldest first."""
        found: list[Period] = []
        period = period_at(PeriodKind.TERM, self.today)
        while period and len(found) < self.terms:
            found.append(period)
            period = preceding(period)
        return [self._strip(period) for period in reversed(found)]

    def _strip(self, period: Period) -> Strip:
        (first_month, first_day), (last_month, last_day) = _DAYS[period.code[8:]]
        year = period.starts_on.year
        starts_on, ends_on = date(year, first_month, first_day), date(year, last_month, last_day)
        return Strip(period, starts_on, ends_on, max(starts_on, min(ends_on, self.today - timedelta(days=1))))

    @property
    def last(self) -> int:
        """The place of the term under way."""
        return self.terms - 1

    @property
    def partnerships(self) -> int:
        return self.councils * STRATEGIES

    @property
    def activities(self) -> int:
        return self.partnerships * ACTIVITIES

    # Numbers of rows, from 1; councils, partnerships and places of terms are counted from 0.

    def council_area(self, council: int) -> int:
        return ENGLAND + REGIONS + 1 + council

    def region(self, council: int) -> int:
        return ENGLAND + 1 + council % REGIONS

    def neighbours(self, council: int) -> int:
        return self.council_area(self.councils + council)

    def term(self, council: int, place: int) -> int:
        return council * self.terms + place + 1

    def officer(self, council: int) -> int:
        return ADMINISTRATOR + 3 * council + 1

    def lead(self, council: int) -> int:
        return ADMINISTRATOR + 3 * council + 2

    def member(self, council: int) -> int:
        return ADMINISTRATOR + 3 * council + 3

    def organisation(self, council: int, place: int = 0) -> int:
        return council * ORGANISATIONS + place + 1

    def series(self) -> Iterator[tuple[int, int, int]]:
        """Every metric and area that has readings, with the council that records them."""
        councils = range(self.councils)
        for metric in range(1, ALL_NATIONAL + 1):
            for area in range(ENGLAND, ENGLAND + REGIONS + 1):
                yield metric, area, 0
            for council in councils:
                yield metric, self.council_area(council), council
                yield metric, self.neighbours(council), council
        for partnership in range(self.partnerships):
            council = partnership // STRATEGIES
            areas = (self.council_area(council), self.region(council), ENGLAND, self.neighbours(council))
            for metric in range(OWN_METRICS):
                for area in areas:
                    yield own_metric(partnership, metric), area, council


def own_metric(partnership: int, place: int) -> int:
    return ALL_NATIONAL + partnership * OWN_METRICS + place + 1


def metrics_of(partnership: int) -> Iterator[int]:
    """The metrics that a partnership's strategy uses: those it shares with all of its kind, and its own."""
    kind = partnership % STRATEGIES
    yield from range(kind * NATIONAL_METRICS + 1, (kind + 1) * NATIONAL_METRICS + 1)
    yield from (own_metric(partnership, place) for place in range(OWN_METRICS))


def scattered(count: int, term: int) -> Iterator[int]:
    """The numbers below `count` in an order of the term's own: people write when they do, not council by council."""
    # A step that shares no factor with the count reaches every number once.
    step = 7919 + 2 * term
    while gcd(step, count) > 1:
        step += 1
    place = mixed(count, term) % count
    for _ in range(count):
        yield place
        place = (place + step) % count

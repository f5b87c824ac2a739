"""Choosing as if by chance, yet always the same: a demonstration looks alike wherever and whenever it is made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from zlib import crc32

from django.utils import timezone

from partnerships.models import Partnership, Term, User
from wesp_portal.common.periods import SEASONS

T = TypeVar("T")
REASON = "Demonstration"
"""What the history says of every change that a demonstration makes without a service."""


class DemoError(Exception):
    """The demonstration cannot be made here; one line says why and what to do."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A term of a partnership with the people who play in it, as seen on a day."""

    partnership: Partnership
    term: Term
    today: date
    is_current: bool
    # The officers by the organisation they work for, the lead organisation's first.
    officers: dict[int, User]
    lead: User
    member: User
    secretary: User

    @property
    def has_just_begun(self) -> bool:
        return self.is_current and self.today - self.term.starts_on < timedelta(days=14)

    @property
    def last_day(self) -> date:
        """The last day of the term on which something may have happened."""
        return min(self.term.ends_on, self.today)

    def at(self, day: date, hour: int = 10) -> datetime:
        """A moment of a day; what happens today has happened before anybody looks, and nothing is yet to come."""
        return min(moment(day, hour), moment(self.today, 0))

    def officer_of(self, organisation_id: int | None) -> User:
        """The officer of an organisation, or else the first one."""
        return self.officers.get(organisation_id or 0) or next(iter(self.officers.values()))


def number_of(*key: object) -> int:
    """A whole number that looks arbitrary and belongs to this key for good."""
    return crc32("|".join(map(str, key)).encode())


def pick(options: Sequence[T], *key: object) -> T:
    return options[number_of(*key) % len(options)]


def place_of(term: Term) -> int:
    """Where a term stands in the run of all terms, so that what is chosen by it carries on from year to year."""
    season = term.season if term.season in SEASONS else SEASONS[0]
    return int(term.code[:4]) * len(SEASONS) + SEASONS.index(season)


def moment(day: date, hour: int = 10) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(hour)))

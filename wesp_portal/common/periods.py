"""Periods of time as the portal writes them: years, terms, months, quarters and days, each with a short code.

`2025` a year · `2023-24` a year that spans two · `2024-25-autumn` a term · `2021-01` a month · `2025-q2` a quarter ·
`2022-06-16` a day. Where a calendar has shorter periods than terms: `2024-25-half-1` the first of the six half terms of
a year, `2024-25-oct` a month of it. The dates of all these are not here: they belong to a partnership's calendar.
"""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache


class PeriodKind(StrEnum):
    YEAR = "year"
    SPANNING_YEAR = "spanning year"
    TERM = "term"
    PART = "part of a term"
    MONTH = "month"
    QUARTER = "quarter"
    DAY = "day"


SEASONS = ("autumn", "spring", "summer")
# The usual span of each season, for ordering and for periods outside any calendar: (first month, last month).
SEASON_MONTHS = {"autumn": (9, 12), "spring": (1, 4), "summer": (4, 8)}
# The same of each half term of an academic year.
HALF_MONTHS = ((9, 10), (11, 12), (1, 2), (3, 4), (5, 5), (6, 8))
MONTH_NAMES = tuple(name.lower() for name in calendar.month_abbr)[1:]
TERM_PATTERN = rf"^\d{{4}}-\d{{2}}-(autumn|spring|summer|half-[1-6]|{'|'.join(MONTH_NAMES)})$"


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time with its code, its words and its first and last day."""

    code: str
    kind: PeriodKind
    label: str
    starts_on: date
    ends_on: date


# A dashboard names the same few dozen periods thousands of times.
@lru_cache(maxsize=1024)
def parse_period(code: str) -> Period:
    """Read a period's code; raises ValueError, with a sentence for people, on anything else."""
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(autumn|spring|summer)", code):
        first, season = _spanning(match[1], match[2], code), match[3]
        start_month, end_month = SEASON_MONTHS[season]
        year = first if season == "autumn" else first + 1
        return Period(
            code,
            PeriodKind.TERM,
            f"{season.capitalize()} {first}/{match[2]}",
            date(year, start_month, 1),
            _month_end(year, end_month),
        )
    if match := re.fullmatch(rf"(\d{{4}})-(\d{{2}})-(half-([1-6])|{'|'.join(MONTH_NAMES)})", code):
        return _part(code, _spanning(match[1], match[2], code), match[3], int(match[4] or 0))
    if match := re.fullmatch(r"(\d{4})-q([1-4])", code):
        year, quarter = int(match[1]), int(match[2])
        months = (3 * quarter - 2, 3 * quarter)
        label = f"{calendar.month_name[months[0]]} to {calendar.month_name[months[1]]} {year}"
        return Period(code, PeriodKind.QUARTER, label, date(year, months[0], 1), _month_end(year, months[1]))
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", code):
        try:
            day = date(int(match[1]), int(match[2]), int(match[3]))
        except ValueError:
            raise ValueError(f"{code!r} is not a day of the calendar.") from None
        return Period(code, PeriodKind.DAY, f"{day.day} {calendar.month_name[day.month]} {day.year}", day, day)
    if match := re.fullmatch(r"(\d{4})-(\d{2})", code):
        year, second = int(match[1]), int(match[2])
        if second == (year + 1) % 100:
            return Period(code, PeriodKind.SPANNING_YEAR, f"{year}/{match[2]}", date(year, 9, 1), date(year + 1, 8, 31))
        if 1 <= second <= 12:
            label = f"{calendar.month_name[second]} {year}"
            return Period(code, PeriodKind.MONTH, label, date(year, second, 1), _month_end(year, second))
    if re.fullmatch(r"(19|20|21)\d{2}", code):
        return Period(code, PeriodKind.YEAR, code, date(int(code), 1, 1), date(int(code), 12, 31))
    raise ValueError(f"{code!r} is not a period: write 2025, 2023-24, 2024-25-autumn, 2021-01, 2025-q2 or 2022-06-16.")


def _part(code: str, first: int, name: str, half: int) -> Period:
    """A half term or a month of the academic year that begins in a year."""
    if half:
        start_month, end_month = HALF_MONTHS[half - 1]
        year = first + (half > 2)
        season = SEASONS[(half - 1) // 2].capitalize()
        label = f"{season} {first}/{code[5:7]}, {'first' if half % 2 else 'second'} half"
    else:
        start_month = end_month = MONTH_NAMES.index(name) + 1
        year = first + (start_month < 9)
        label = f"{calendar.month_name[start_month]} {year}"
    return Period(code, PeriodKind.PART, label, date(year, start_month, 1), _month_end(year, end_month))


def _spanning(first: str, second: str, code: str) -> int:
    if int(second) != (int(first) + 1) % 100:
        raise ValueError(f"{code!r} is not an academic year: the second year must follow the first.")
    return int(first)


def _month_end(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def without_holes(codes: Iterable[str]) -> list[Period]:
    """Periods in order, with those that are missing between two of the same kind: a trend shows them as a gap.

    A series of days has no regular step, so nothing is filled in there.
    """
    known = sorted({parse_period(code) for code in codes}, key=lambda period: (period.ends_on, period.starts_on))
    filled: list[Period] = []
    for period in known:
        if filled and filled[-1].kind == period.kind:
            while (missing := following(filled[-1])) and missing.starts_on < period.starts_on:
                filled.append(missing)
        filled.append(period)
    return filled


def following(period: Period) -> Period | None:
    """The period of the same kind that follows, or None for a day and for part of a term."""
    year = int(period.code[:4])
    match period.kind:
        case PeriodKind.YEAR:
            return parse_period(str(year + 1))
        case PeriodKind.SPANNING_YEAR:
            return parse_period(_academic(year + 1))
        case PeriodKind.TERM:
            season = period.code[8:]
            after = SEASONS[(SEASONS.index(season) + 1) % len(SEASONS)]
            return parse_period(f"{_academic(year + (after == 'autumn'))}-{after}")
        case PeriodKind.MONTH:
            return parse_period(f"{period.ends_on + timedelta(days=1):%Y-%m}")
        case PeriodKind.QUARTER:
            quarter = int(period.code[-1])
            return parse_period(f"{year + quarter // 4}-q{quarter % 4 + 1}")
        case PeriodKind.DAY | PeriodKind.PART:
            return None


def preceding(period: Period) -> Period | None:
    """The period of the same kind that comes before, or None for a day."""
    return period_at(period.kind, period.starts_on - timedelta(days=1))


def same_last_year(period: Period) -> Period | None:
    """The same stretch of the year before: a term's, a month's, or the year itself; None for a day."""
    on = period.starts_on
    return period_at(period.kind, on.replace(day=1, year=on.year - 1))


def period_at(kind: PeriodKind, on: date) -> Period | None:
    """The period of a kind that a day lies in, or None for a day and for part of a term; April is still spring."""
    year = on.year - (on.month < 9)
    match kind:
        case PeriodKind.YEAR:
            return parse_period(str(on.year))
        case PeriodKind.SPANNING_YEAR:
            return parse_period(_academic(year))
        case PeriodKind.TERM:
            season = "spring" if on.month <= 4 else "summer" if on.month <= 8 else "autumn"
            return parse_period(f"{_academic(year)}-{season}")
        case PeriodKind.MONTH:
            return parse_period(f"{on:%Y-%m}")
        case PeriodKind.QUARTER:
            return parse_period(f"{on.year}-q{(on.month + 2) // 3}")
        case PeriodKind.DAY | PeriodKind.PART:
            return None


def next_due(kind: PeriodKind, latest: str, on: date) -> Period | None:
    """The period whose figure is wanted next: the one after the latest, or without one the last that has ended."""
    now = period_at(kind, on)
    if now is None:
        return None
    if not latest:
        return preceding(now)
    after = following(parse_period(latest))
    return after if after and after.starts_on <= on else now


def likely_periods(kind: PeriodKind, latest: str, on: date, *, count: int = 12) -> list[Period]:
    """The periods that a figure is likely to be for: the next that is due first, then from the present one back."""
    first, at = next_due(kind, latest, on), period_at(kind, on)
    found = [first] if first else []
    while at and len(found) < count:
        if at != first:
            found.append(at)
        at = preceding(at)
    return found


def _academic(year: int) -> str:
    return f"{year}-{(year + 1) % 100:02}"

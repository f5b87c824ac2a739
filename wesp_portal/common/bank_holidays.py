"""England's bank holidays by the usual rule, for any year.

The Banking and Financial Dealings Act 1971 and the proclamations that renew it each year; the list they make is at
https://www.gov.uk/bank-holidays. What is proclaimed beside the rule, such as a day for a coronation, is no part of it.
"""

from datetime import date, timedelta
from functools import lru_cache

SATURDAY = 5
MONDAY = 0


@lru_cache(maxsize=16)
def bank_holidays(year: int) -> dict[date, str]:
    """The usual bank holidays of England in a year, each with its name."""
    easter = _easter(year)
    found = {
        _first_monday(year, 5): "Early May bank holiday",
        _last_monday(year, 5): "Spring bank holiday",
        _last_monday(year, 8): "Summer bank holiday",
        easter - timedelta(days=2): "Good Friday",
        easter + timedelta(days=1): "Easter Monday",
    }
    fixed = {date(year, 1, 1): "New Year’s Day", date(year, 12, 25): "Christmas Day", date(year, 12, 26): "Boxing Day"}
    found |= {day: name for day, name in fixed.items() if not is_weekend(day)}
    for day, name in fixed.items():
        if is_weekend(day):
            # The next weekday that is no bank holiday already stands in for it.
            while is_weekend(day) or day in found:
                day += timedelta(days=1)
            found[day] = f"{name} (substitute day)"
    return dict(sorted(found.items()))


def is_weekend(day: date) -> bool:
    return day.weekday() >= SATURDAY


def _first_monday(year: int, month: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(MONDAY - first.weekday()) % 7)


def _last_monday(year: int, month: int) -> date:
    """Of a month with 31 days, which May and August are."""
    last = date(year, month, 31)
    return last - timedelta(days=last.weekday())


def _easter(year: int) -> date:
    """Easter Sunday, by the rule of the Gregorian calendar as J.-M. Oudin put it for whole numbers (1940)."""
    century, golden = year // 100, year % 19
    leaps = century - century // 4 - (8 * century + 13) // 25
    epact = (leaps + 19 * golden + 15) % 30
    epact -= (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    weekday = (year + year // 4 + epact + 2 - century + century // 4) % 7
    offset = epact - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))

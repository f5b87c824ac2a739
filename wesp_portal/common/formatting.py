"""How dates, terms, numbers and quantities are written: pure functions shared by pages, charts and report renderers."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from wesp_portal.common.periods import parse_period

Number = int | float | Decimal

# The symbols of official statistics in England, and what each tells a reader who sees it in place of a figure.
SYMBOL_WORDS = {
    "z": "not applicable",
    "x": "not available",
    "c": "withheld to protect people",
    "low": "rounds to zero",
    "u": "too unreliable to publish",
}
# What the figures of a measure in stages, 0 to 3, stand for.
STAGES = ("not started", "in place", "launched", "embedded")
# How fast a gap closes, beside how fast it did the time before.
PACE_WORDS = {
    "faster": ", faster than the time before",
    "slower": ", more slowly than the time before",
    "as fast": ", as fast as the time before",
    "again": ", after not closing the time before",
}
# How a metric's unit is written after its figure; a count says what it counts in its own words.
UNIT_WORDS = {"count": "", "rate per 100": "per 100"}


def uk_date(day: date | None) -> str:
    """A date as 16 June 2022; nothing for no date. A datetime must be in London time already."""
    return f"{day.day} {day:%B} {day.year}" if day else ""


def short_date(day: date | None) -> str:
    """A date of this term as Fri 29 Nov."""
    return f"{day:%a} {day.day} {day:%b}" if day else ""


def uk_date_time(moment: datetime | None) -> str:
    """A moment as 16 June 2022 at 10:42, in whatever zone it is given."""
    return f"{uk_date(moment)} at {moment:%H:%M}" if moment else ""


def term_label(code: str) -> str:
    """The words of a period's code: 2024-25-autumn is Autumn 2024/25. Anything else is returned as it came."""
    try:
        return parse_period(code).label
    except ValueError:
        return code


def number(value: Number | None, places: int | None = None) -> str:
    """A number with thousands separated and a true minus: 47,780, −1.5. As many decimals as it has, unless told."""
    if value is None:
        return ""
    exact = Decimal(str(value))
    if places is not None:
        exact = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    elif exact == exact.to_integral_value():
        exact = exact.quantize(Decimal(1))
    else:
        exact = exact.normalize()
    text = f"{abs(exact):,f}"
    return f"−{text}" if exact < 0 else text


def signed(value: Number | None, places: int | None = None) -> str:
    """A change, always with its sign: +3, −1, 0."""
    if value is None:
        return ""
    return f"+{number(value, places)}" if value > 0 else number(value, places)


def percent(value: Number | None, places: int | None = None) -> str:
    """A percentage as 17.5 %."""
    return "" if value is None else f"{number(value, places)} %"


def with_unit(value: Number | None, unit: str = "", places: int | None = None) -> str:
    """A value with its unit in the unit's usual place: 17.5 %, £1,200, 3.2 percentage points, 47,780 pupils."""
    if value is None:
        return ""
    if unit in {"percent", "%"}:
        return percent(value, places)
    if unit in {"pounds", "£"}:
        text = f"£{number(value, places)}"
        return text.replace("£−", "−£")
    if unit == "yes or no":
        return "yes" if value else "no"
    if unit == "stage" and value in range(len(STAGES)):
        return STAGES[int(value)]
    return f"{number(value, places)} {UNIT_WORDS.get(unit, unit)}".rstrip()


def quantity(value: Number | None, unit: str = "", qualifier: str = "", places: int | None = None) -> str:
    """How many, as said: over 50 student work placements, fewer than 6 pupils, 13 schools."""
    if value is None:
        return ""
    return " ".join(part for part in (qualifier, with_unit(value, unit, places)) if part)


def reading(
    value: Number | None, symbol: str = "", unit: str = "", qualifier: str = "", places: int | None = None
) -> str:
    """A reading's value with its unit, or why there is none; never an empty cell."""
    if value is None:
        return SYMBOL_WORDS.get(symbol, "no figure")
    return quantity(value, unit, qualifier, places)


def plural(count: int, one: str, many: str = "") -> str:
    """A count with its noun: 1 promise, 9 promises."""
    return f"{number(count)} {one if count == 1 else many or one + 's'}"


def ordinal(count: int) -> str:
    """A place in order: 1st, 2nd, 3rd, 4th, 11th, 21st."""
    ending = "th" if count % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{ending}"


def place(count: int, of: int, is_shared: bool) -> str:
    """A place among so many: 4th of 11, or joint 4th of 11."""
    return f"{'joint ' if is_shared else ''}{ordinal(count)} of {of}"


def join_words(words: Iterable[str]) -> str:
    """A list as a sentence has it: a, b and c."""
    items = [word for word in words if word]
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def file_size(size: int) -> str:
    """The size of a file, as people say it: 84 KB, 1.2 MB."""
    if size < 1000:
        return plural(size, "byte")
    if size < 1_000_000:
        return f"{round(size / 1000)} KB"
    return f"{number(size / 1_000_000, 1)} MB"

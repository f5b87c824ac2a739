"""How far off a day is, in words."""

from datetime import date

from wesp_portal.common.formatting import plural, short_date, uk_date

_DAYS, _WEEKS = 21, 12


def due_words(due_on: date | None, today: date) -> str:
    """When something is due and how far off that is: due Fri 29 Nov, in 8 days; a day of another year has its year."""
    if due_on is None:
        return ""
    day = short_date(due_on) if due_on.year == today.year else uk_date(due_on)
    return f"due {day}, {how_far((due_on - today).days)}"


def how_far(days: int) -> str:
    """How far off a day is, in the unit that people would use: in 8 days, today, 5 weeks late, 8 months late."""
    if days == 0:
        return "today"
    span = _span(abs(days))
    return f"in {span}" if days > 0 else f"{span} late"


def _span(days: int) -> str:
    if days <= _DAYS:
        return plural(days, "day")
    weeks = days // 7
    return plural(weeks, "week") if weeks <= _WEEKS else plural(days * 12 // 365, "month")

"""Dates for people's own calendars: an iCalendar file (RFC 5545), made from plain values."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from unicodedata import category
from zoneinfo import ZoneInfo

# Octets in a line, without its end (section 3.1).
LONGEST_LINE = 75
LONDON = ZoneInfo("Europe/London")
# The rule of the clocks in the United Kingdom since 1996. It also keeps a calendar without dates a valid one.
LONDON_TIME = """\
BEGIN:VTIMEZONE
TZID:Europe/London
BEGIN:STANDARD
DTSTART:19961027T020000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:GMT
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19960331T010000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:BST
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
END:VTIMEZONE"""


@dataclass(frozen=True, slots=True)
class Event:
    """A moment, or a whole day, with a name for itself that never changes.

    An event that was imported before is replaced where its `revision` has risen.
    """

    uid: str
    on: datetime | date
    summary: str
    changed_at: datetime
    revision: int
    description: str = ""
    place: str = ""
    url: str = ""


def calendar_file(name: str, events: Iterable[Event]) -> bytes:
    """The whole file: the same bytes for the same events."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//WESP Portal//Calendar//EN",
        "CALSCALE:GREGORIAN",
        # Not of the standard, and what calendars show as the name.
        f"X-WR-CALNAME:{_text(name)}",
        *LONDON_TIME.splitlines(),
        *(line for event in events for line in _event(event)),
        "END:VCALENDAR",
    ]
    return b"".join(_folded(line) for line in lines)


def _event(event: Event) -> list[str]:
    changed = f"{event.changed_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VEVENT",
        f"UID:{event.uid}",
        # In a file that is nobody's invitation both say when the event was last written (section 3.8.7.2).
        f"DTSTAMP:{changed}",
        f"LAST-MODIFIED:{changed}",
        f"SEQUENCE:{event.revision}",
        *_when(event.on),
        f"SUMMARY:{_text(event.summary)}",
    ]
    if event.place:
        lines.append(f"LOCATION:{_text(event.place)}")
    if event.description:
        lines.append(f"DESCRIPTION:{_text(event.description)}")
    if event.url:
        lines.append(f"URL:{event.url}")
    return [*lines, "END:VEVENT"]


def _when(on: datetime | date) -> list[str]:
    if isinstance(on, datetime):
        return [f"DTSTART;TZID=Europe/London:{on.astimezone(LONDON):%Y%m%dT%H%M%S}"]
    # A day to remember, on which people are not busy.
    return [f"DTSTART;VALUE=DATE:{on:%Y%m%d}", "TRANSP:TRANSPARENT"]


def _text(words: str) -> str:
    """Words as a value (section 3.3.11): marks that mean something escaped, and no control characters."""
    lines = "\n".join(words.splitlines())
    kept = "".join(letter for letter in lines if letter == "\n" or category(letter) != "Cc")
    for mark, escaped in (("\\", "\\\\"), (";", "\\;"), (",", "\\,"), ("\n", "\\n")):
        kept = kept.replace(mark, escaped)
    return kept


def _folded(line: str) -> bytes:
    """A line with its end, broken where it is too long for one, and never inside a letter (section 3.1)."""
    octets = line.encode()
    parts = []
    room = LONGEST_LINE
    while len(octets) > room:
        cut = room
        # The octets of a letter after its first begin with the bits 10.
        while octets[cut] & 0b1100_0000 == 0b1000_0000:
            cut -= 1
        parts.append(octets[:cut])
        octets = octets[cut:]
        # The space that the next part begins with counts.
        room = LONGEST_LINE - 1
    return b"\r\n ".join([*parts, octets]) + b"\r\n"

"""The six statuses and the three movements: code, word, shape and colours, for pages, charts and reports alike.

A status is always shape, word and colour together; the words are dark on a pale ground, at least 7:1.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Status:
    """How something stands. `path` draws the shape in a box of 12 by 12; `ink` and `paper` are its colours."""

    code: str
    word: str
    symbol: str
    ink: str
    paper: str
    path: str


@dataclass(frozen=True, slots=True)
class Movement:
    """How something moved since last term, judged by what is good for it, not by the sign; `path` draws it."""

    code: str
    word: str
    symbol: str
    path: str


_STATUSES = [
    Status("on_track", "On track", "●", "#00422a", "#d9efe2", "M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1z"),
    Status("at_risk", "At risk", "▲", "#592c00", "#ffeccc", "M6 .8 11.6 11H.4z"),
    Status("off_track", "Off track", "■", "#7a1008", "#fbdfdb", "M1 1h10v10H1z"),
    Status(
        "not_started",
        "Not started",
        "○",
        "#383f43",
        "#eceef0",
        "M6 1a5 5 0 1 1 0 10A5 5 0 0 1 6 1zm0 1.7a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6z",
    ),
    Status("done", "Done", "✓", "#003f3d", "#d3eae9", "M4.5 10.6.6 6.5l1.6-1.6 2.3 2.4L9.8 1.5l1.6 1.6z"),
    Status("no_data", "No data", "–", "#383f43", "#ffffff", "M1.5 5h9v2h-9z"),
]
STATUSES = {status.code: status for status in _STATUSES}
MOVEMENTS = {
    movement.code: movement
    for movement in [
        Movement("better", "better", "↑", "M6 .8 11 6H7.2v5.2H4.8V6H1z"),
        Movement("same", "same", "→", "M11.2 6 6 11V7.2H.8V4.8H6V1z"),
        Movement("worse", "worse", "↓", "M6 11.2 1 6h3.8V.8h2.4V6H11z"),
    ]
}


def status_of(code: str | None) -> Status:
    """The status of a code; nothing recorded is no data. Raises KeyError for a code that does not exist."""
    return STATUSES[code or "no_data"]

"""The parts of a dashboard as plain frozen values, ready for its template."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from reports.renderers.careers import CareersCard
from reports.snapshots.schema import ReturnState, Rule
from wesp_portal.common.status import Status


@dataclass(frozen=True, slots=True)
class Block:
    """How many activities stand one way, as wide as their share, and where they are."""

    status: Status
    css: str
    share: int
    count: int
    change: int | None
    places: tuple["Place", ...]


@dataclass(frozen=True, slots=True)
class Place:
    """An activity, or a priority with the number of its activities, in the list that a block opens."""

    text: str
    url: str
    note: str


@dataclass(frozen=True, slots=True)
class ExceptionRow:
    """Something off track or at risk: since when, why, what is being done, and whose it is."""

    title: str
    url: str
    standing: str
    since: str
    movement: str
    fallen: str
    reason: str
    words: str
    foot: str
    priority: str
    priority_url: str
    ask_url: str


@dataclass(frozen=True, slots=True)
class PriorityRow:
    """A priority at a glance."""

    title: str
    url: str
    under: str
    standing: str
    movement: str
    strip: dict[str, Any]
    promises: str
    updated: str


@dataclass(frozen=True, slots=True)
class MeasureCard:
    """A measure as a small multiple, and behind it where the figure comes from and how it was judged."""

    finding: str
    title: str
    about: str
    is_demo: bool
    url: str
    standing: str
    judged_on: str
    movement: str
    than: str
    chart: dict[str, Any] | None
    value: str
    comparison: str
    as_at: str
    source: str
    facts: tuple[tuple[str, str], ...]
    source_url: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """A measure as a row of a table."""

    title: str
    about: str
    is_demo: bool
    url: str
    value: str
    comparison: str
    standing: str
    judged_on: str


@dataclass(frozen=True, slots=True)
class AchievementRow:
    """Something that happened, with its number if it has one."""

    title: str
    is_demo: bool
    url: str
    detail: str
    number: str
    qualifier: str
    unit: str
    meta: str


@dataclass(frozen=True, slots=True)
class TotalRow:
    """A sum that counts each achievement once."""

    value: str
    qualifier: str
    unit: str
    detail: str


@dataclass(frozen=True, slots=True)
class PriorityGroup:
    """Priorities of a theme; no theme where the strategy has none."""

    theme: str
    rows: tuple[PriorityRow, ...]


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A promise of last term that was not kept, and what became of it."""

    title: str
    state: str
    detail: str


@dataclass(frozen=True, slots=True)
class BrokenPromises:
    """The promises of a priority that were not kept."""

    priority: str
    url: str
    promises: tuple[BrokenPromise, ...]


@dataclass(frozen=True, slots=True)
class VoiceRow:
    """What people said: who, when, of how many, and about what."""

    words: str
    meta: str
    about: str
    url: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question with its answer, or a decision with who acts on it and what came of it."""

    kind: str
    text: str
    reply: str
    state: str
    meta: str
    about: str
    url: str


@dataclass(frozen=True, slots=True)
class MilestoneRow:
    """An activity that has a date to be done by: when, how late, and from when it was moved."""

    title: str
    url: str
    date: str
    note: str
    is_late: bool
    owner: str
    standing: str


@dataclass(frozen=True, slots=True)
class Split:
    """A list of which the first few are shown and the rest is opened."""

    first: Sequence[Any]
    rest: Sequence[Any]


@dataclass(frozen=True, slots=True)
class DashboardPage:
    """Everything that the dashboard's template shows."""

    facts: tuple[str, ...]
    previous: str
    has_updates: bool
    activities: int
    sentences: tuple[str, ...]
    blocks: tuple[Block, ...]
    off_track: Split
    at_risk: tuple[ExceptionRow, ...]
    priorities: tuple[PriorityGroup, ...]
    promises: str
    broken: tuple[BrokenPromises, ...]
    measures: Split
    careers: CareersCard | None
    achievements: Split
    totals: tuple[TotalRow, ...]
    voices: Split
    open_exchanges: tuple[Exchange, ...]
    settled_exchanges: tuple[Exchange, ...]
    returns: tuple[ReturnState, ...]
    late: Split
    due: Split
    due_later: str
    met: Split
    rules: tuple[Rule, ...]
    notes: tuple[str, ...]

"""The parts of a report as plain frozen values, ready to be laid out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reports.renderers.measures import MeasureCard
from reports.renderers.prose import Passage


@dataclass(frozen=True, slots=True)
class Edition:
    """What is printed of a version itself: its number, its state, its hash, and who published it when (ISO date).

    corrected_on is for the edition for everyone, which says that it was corrected and neither how often nor why.
    """

    version: int
    status: str
    sha256: str
    published_on: str = ""
    published_by: str = ""
    correction_reason: str = ""
    corrected_on: str = ""

    @property
    def short_hash(self) -> str:
        return self.sha256[:12]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a report: its key, which is its anchor too, and its heading. `priorities` stands for the chapters."""

    key: str
    heading: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table of plain cells, each a text or {text, status}; the first of a row is its heading."""

    caption: str
    columns: tuple[Mapping[str, Any], ...]
    rows: tuple[tuple[str | Mapping[str, str], ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class AttentionLine:
    """An activity at risk or off track: since when, why and what is being done, and what was said of it this term."""

    title: str
    standing: str
    since: str
    fallen: str
    reason: str
    words: str
    foot: str


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A promise of last term and what became of it."""

    title: str
    outcome: str
    label: str
    detail: str


@dataclass(frozen=True, slots=True)
class Account:
    """What one organisation says under a heading; `by` is blank where only one speaks."""

    by: str
    passages: tuple[Passage, ...] = ()
    promises: tuple[PromiseLine, ...] = ()
    steps: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """One of the headings of the termly report, with what each organisation says under it."""

    heading: str
    accounts: tuple[Account, ...]


@dataclass(frozen=True, slots=True)
class AchievementCard:
    """An achievement told whole, in the one place where it is."""

    anchor: str
    title: str
    is_demo: bool
    number: str
    facts: str
    detail: tuple[Passage, ...]
    also_serves: str


@dataclass(frozen=True, slots=True)
class VoiceCard:
    """What people said: of what it is evidence, and who said it, when, of how many."""

    about: str
    words: tuple[Passage, ...]
    facts: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A pointer to something told whole elsewhere in the report."""

    anchor: str
    title: str
    place: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A priority: what it is, the other five sections of the template, then achievements and measures.

    `kicker` and `title` together are its heading, the template's first: Priority EET, then what it is about.
    """

    anchor: str
    kicker: str
    title: str
    wording: str
    facts: tuple[tuple[str, str], ...]
    is_rated: bool
    standing: str
    movement: str
    strip: tuple[tuple[str, str], ...]
    counts: str
    sections: tuple[Section, ...]
    no_achievements: str
    achievements: tuple[AchievementCard, ...]
    achievement_references: tuple[Reference, ...]
    measures: tuple[MeasureCard, ...]
    measure_references: tuple[Reference, ...]
    no_measures: str
    voices: tuple[VoiceCard, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A whole report, ready to be laid out."""

    title: str
    partnership: str
    running: str
    purpose: str
    demonstration: str
    facts: tuple[tuple[str, str], ...]
    correction: str
    draft_words: str
    sha256: str
    imprint: str
    sentences: tuple[str, ...]
    promises: str
    parts: tuple[Part, ...]
    asked: tuple[str, ...]
    nothing_asked: str
    counts: Table | None
    totals: tuple[str, ...]
    questions: Table | None
    decisions: Table | None
    standings: Table | None
    telling: Table | None
    attention: tuple[AttentionLine, ...]
    chapters: tuple[Chapter, ...]
    no_achievements: str
    achievements: Table | None
    loose_achievements: tuple[AchievementCard, ...]
    measures_told: str
    measures: Table | None
    loose_measures: tuple[MeasureCard, ...]
    answers: Table | None
    decided: Table | None
    milestones: str
    met: Table | None
    due: Table | None
    rules: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    no_returns: str
    returns: Table | None
    symbols: tuple[tuple[str, str], ...]
    remarks: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, str], ...]

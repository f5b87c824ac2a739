"""Two terms side by side, in words and as tables."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.renderers.dashboard.words import Addresses
from reports.renderers.document.words import moved
from reports.renderers.measures import figure_words
from reports.snapshots.comparison import Comparison, MeasurePair, Pair, Side
from reports.snapshots.schema import Measure
from wesp_portal.common.downloads import Cell, NamedTable
from wesp_portal.common.formatting import join_words, number, plural, signed
from wesp_portal.common.status import STATUSES

NUMERIC: Mapping[str, bool] = {"is_numeric": True}
# How many measures stand side by side at a glance; the rest is one step away.
MEASURES_FIRST = 12


@dataclass(frozen=True, slots=True)
class SideBySide:
    """A table of both terms."""

    caption: str
    columns: Sequence[Any]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """All that the page of a comparison shows."""

    sentences: tuple[str, ...]
    counts: SideBySide
    figures: SideBySide
    priorities: SideBySide
    measures: SideBySide
    more_measures: SideBySide


def comparison_page(comparison: Comparison) -> ComparisonPage:
    addresses = Addresses("")
    earlier, later = comparison.earlier, comparison.later
    both = [earlier.term, later.term]
    measures = [_measure_row(pair, addresses) for pair in comparison.measures]
    heads = ["Measure", *both, "Movement"]
    return ComparisonPage(
        sentences=tuple(_sentences(comparison)),
        counts=SideBySide(
            "How activities stood",
            ["Activities", *({"text": label, **NUMERIC} for label in both), {"text": "Change", **NUMERIC}],
            [
                ({"status": code, "text": ""}, number(was), number(now), signed(now - was))
                for code in STATUSES
                for was, now in [(getattr(earlier.summary.counts, code), getattr(later.summary.counts, code))]
                if was or now
            ],
        ),
        figures=SideBySide(
            "Promises, milestones and achievements",
            ["What", *both],
            [(name, was, now) for name, was, now in _figures(earlier, later)],
        ),
        priorities=SideBySide(
            "How priorities stood",
            ["Priority", *both, "Movement"],
            [_priority_row(pair, addresses) for pair in comparison.priorities],
        ),
        measures=SideBySide("Measures as they were known", heads, measures[:MEASURES_FIRST]),
        more_measures=SideBySide("The other measures", heads, measures[MEASURES_FIRST:]),
    )


def comparison_table(comparison: Comparison) -> NamedTable:
    """Everything compared, a row each, to take away."""
    earlier, later = comparison.earlier, comparison.later
    rows: list[tuple[Cell, ...]] = [
        ("Activities", status.word, getattr(earlier.summary.counts, code), getattr(later.summary.counts, code), "")
        for code, status in STATUSES.items()
    ]
    rows += [("Term", *row, "") for row in _figures(earlier, later)]
    rows += [
        (
            "Priority",
            f"{pair.now.ref} {pair.now.title}",
            STATUSES[pair.before.standing].word,
            STATUSES[pair.now.standing].word,
            pair.movement,
        )
        for pair in comparison.priorities
    ]
    rows += [
        ("Measure", pair.now.title, _figure(pair.before), _figure(pair.now), pair.movement)
        for pair in comparison.measures
    ]
    columns = ("Kind", "What", earlier.term, later.term, "Movement")
    return NamedTable("comparison", "Two terms compared", columns, rows)


def _sentences(comparison: Comparison) -> list[str]:
    earlier, later = comparison.earlier, comparison.later
    tally = Counter(pair.movement for pair in comparison.priorities)
    told = [
        f"{tally[code]} {words}" for code, words in (("better", "moved forward"), ("worse", "slipped")) if tally[code]
    ]
    sentences = [f"Priorities: {join_words(told)}." if told else "No priority moved forward or slipped."]
    was, now = earlier.summary.counts.off_track, later.summary.counts.off_track
    sentences.append(f"{plural(now, 'activity', 'activities')} off track, where {number(was)} had been.")
    measured = Counter(pair.movement for pair in comparison.measures)
    if measured["better"] or measured["worse"]:
        sentences.append(f"{plural(measured['better'], 'measure')} better and {number(measured['worse'])} worse.")
    return sentences


def _figures(earlier: Side, later: Side) -> list[tuple[str, str, str]]:
    def both(name: str, say: Any) -> tuple[str, str, str]:
        return name, say(earlier.summary), say(later.summary)

    return [
        both("Promises kept", lambda one: _of(one.promises_kept, one.promises_made, "none made")),
        both("Milestones met of those due", lambda one: _of(one.milestones_met, one.milestones_due, "none due")),
        both("Milestones late", lambda one: number(one.milestones_late)),
        both("Achievements", lambda one: number(one.achievements)),
        both("Measures worse than England", lambda one: number(one.measures_worse_than_england)),
    ]


def _of(part: int, whole: int, otherwise: str) -> str:
    return f"{number(part)} of {number(whole)}" if whole else otherwise


def _priority_row(pair: Pair, addresses: Addresses) -> tuple[Any, ...]:
    return (
        {"text": f"{pair.now.ref} {pair.now.title}", "url": addresses.priority(pair.now.id)},
        {"status": pair.before.standing, "text": ""},
        {"status": pair.now.standing, "text": ""},
        moved(pair.movement) if pair.movement else "not rated in both terms",
    )


def _measure_row(pair: MeasurePair, addresses: Addresses) -> tuple[Any, ...]:
    if pair.movement:
        movement = moved(pair.movement)
    elif pair.before and pair.before.points[-1].period == pair.now.points[-1].period:
        movement = "no newer figure"
    else:
        movement = "not compared"
    return (
        {"text": pair.now.title, "url": addresses.metric(pair.now.metric_id)},
        _figure(pair.before),
        _figure(pair.now),
        movement,
    )


def _figure(measure: Measure | None) -> str:
    if measure is None:
        return "no figure yet"
    latest = measure.points[-1]
    return f"{figure_words(measure, latest)}, {latest.label}"

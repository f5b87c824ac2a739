"""Two terms side by side, as plain values that need no database and no clock."""

from typing import NamedTuple

from reports.snapshots.schema import Measure, Priority, Summary


class Side(NamedTuple):
    """What is compared of one term, by its label."""

    term: str
    summary: Summary
    priorities: list[Priority]
    measures: list[Measure]


class Pair(NamedTuple):
    """A priority in both terms, and how it moved."""

    before: Priority
    now: Priority
    movement: str


class MeasurePair(NamedTuple):
    """A measure in both terms, and how it moved; before is nothing where it had no figure yet."""

    before: Measure | None
    now: Measure
    movement: str


class Comparison(NamedTuple):
    """Two terms of a partnership, the earlier first."""

    earlier: Side
    later: Side
    priorities: list[Pair]
    measures: list[MeasurePair]

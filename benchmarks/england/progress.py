"""The rows of an invented England's progress, term by term: updates, readings, achievements, returns and promises."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import count
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db import models
from django.utils import timezone

from benchmarks.england import words
from benchmarks.england.sizes import (
    ACHIEVEMENTS,
    ACTIVITIES,
    ALL_NATIONAL,
    ENGLAND,
    PRIORITIES,
    REGIONS,
    STRATEGIES,
    England,
    Strip,
    mixed,
    scattered,
)
from priorities.models import Achievement, ActivityUpdate, Reading, Series
from priorities.services.series import POINTS_KEPT, point_of
from priorities.services.updates import TRAIL_LENGTH
from reports.models import PlannedStep, Return, ReturnEntry, Round

Row = Sequence[Any]
Table = tuple[type[models.Model], Sequence[str], Iterable[Row]]

UpdateHistory: Any = ActivityUpdate.history.model
AchievementHistory: Any = Achievement.history.model
LARGE: tuple[type[models.Model], ...] = (ActivityUpdate, UpdateHistory, Reading, ReturnEntry, PlannedStep)


def standing(england: England, activity: int, term: int) -> tuple[str, str] | None:
    """How an activity stands in a term: its status and RAG; None where nobody has written yet."""
    if term == england.last and mixed(activity, 1) % 10 >= 7:
        return None
    if term == 0 and activity % 3 == 0:
        return "not_started", ""
    if term >= england.last - 1 and activity % 10 == 0:
        return "done", "on_track"
    # What is late stays late for a year.
    fate = mixed(activity, term // 3) % 10
    return "under_way", "on_track" if fate < 7 else "at_risk" if fate < 9 else "off_track"


def copies_of(england: England, activity: int) -> tuple[str, str, str, str]:
    """What an activity keeps of its updates: its latest term, status and RAG, and its trail."""
    found = []
    for term in reversed(range(england.terms)):
        if (at := standing(england, activity, term)) is not None:
            found.append((england.strips[term].period.code, *at))
        if len(found) == TRAIL_LENGTH:
            break
    trail = {code: f"{status}:{rag}" for code, status, rag in reversed(found)}
    return (*found[0], json.dumps(trail))


def series(england: England) -> Table:
    """Every metric in every area, with its latest readings as the portal keeps them."""
    kept = range(max(0, england.terms - POINTS_KEPT), england.terms)

    def rows() -> Iterator[Row]:
        for number, (metric, area, _) in enumerate(england.series(), 1):
            points = [_point(england.strips[t], *_figure(england, metric, area, t)) for t in kept]
            yield number, metric, area, f"[{', '.join(points)}]"

    return Series, ("id", "metric_id", "area_id", "points"), rows()


def _figure(england: England, metric: int, area: int, term: int) -> tuple[int | None, str, str]:
    """A metric's tenths of a per cent in an area and term, or None where it is withheld; its status and source."""
    source = "Department for Education" if metric <= ALL_NATIONAL else "Counted by the council"
    is_of_council = area > ENGLAND + REGIONS
    status = "provisional" if term == england.last and is_of_council else "final"
    if is_of_council and mixed(metric + area, term) % 97 == 0:
        return None, status, source
    start = 300 + mixed(metric, area) % 350
    return start + term * (metric % 5) + mixed(metric * 31 + area, term) % 41, status, source


@lru_cache(maxsize=1 << 16)
def _point(strip: Strip, tenths: int | None, status: str, source: str) -> str:
    value = None if tenths is None else Decimal(tenths) / 10
    symbol = "c" if value is None else ""
    return json.dumps(point_of(strip.period.code, value, symbol, "", status, strip.ends_on, source, "", "", ""))


@dataclass
class Progress:
    """What is written in each term, numbered on from the terms before."""

    england: England
    sentences: Sequence[str] = field(default_factory=words.sentences)
    reasons: Sequence[str] = field(default_factory=words.reasons)

    def __post_init__(self) -> None:
        self._numbers = {name: count(1) for name in ("update", "history", "reading", "link", "organisation link")}

    def tables(self, term: int) -> Iterator[Table]:
        """The tables of one term with their columns and rows."""
        columns = ("activity_id", "term_id", "status", "rag", "words", "reason", "author_id", "updated_at")
        yield ActivityUpdate, ("id", *columns), self._updates(term, self._numbers["update"])
        history = ("history_id", "history_type", "history_date", "history_user_id", "id")
        yield UpdateHistory, (*history, *columns), self._update_history(term)
        yield Reading, _READING, self._readings(term)
        yield from self._achievements(term)
        yield from self._returns(term)

    def _updates(self, term: int, numbers: Iterator[int]) -> Iterator[Row]:
        england, strip = self.england, self.england.strips[term]
        days = (strip.last_day - strip.starts_on).days + 1
        moments = [_moment(strip.starts_on + timedelta(days=day)) for day in range(days)]
        for activity in scattered(england.activities, term):
            at = standing(england, activity, term)
            if at is None:
                continue
            status, rag = at
            council = activity // (ACTIVITIES * STRATEGIES)
            chance = mixed(activity, term)
            reason = self.reasons[chance % len(self.reasons)] if rag in ("at_risk", "off_track") else ""
            yield (
                *(str(next(numbers)), str(activity + 1), str(england.term(council, term)), status, rag),
                *(self._told(council, chance), reason, str(england.officer(council)), moments[chance % days]),
            )

    def _told(self, council: int, chance: int) -> str:
        """Two or three sentences about a place."""
        sentences, many = self.sentences, len(self.sentences)
        told = f"{words.PLACES[council]}: {sentences[chance % many]} {sentences[chance // many % many]}"
        return f"{told} {sentences[(chance >> 3) % many]}" if chance % 3 == 0 else told

    def _update_history(self, term: int) -> Iterator[Row]:
        # The same rows once more, numbered alike: each was written once.
        for row in self._updates(term, self._numbers["history"]):
            number, author, at = row[0], row[7], row[8]
            yield (number, "+", at, author, number, *row[1:])

    def _readings(self, term: int) -> Iterator[Row]:
        england, strip, numbers = self.england, self.england.strips[term], self._numbers["reading"]
        code, period_ends, ends = strip.period.code, str(strip.period.ends_on), str(strip.ends_on)
        at = _moment(strip.last_day)
        for metric, area, council in england.series():
            tenths, status, source = _figure(england, metric, area, term)
            value, symbol = (r"\N", "c") if tenths is None else (f"{tenths // 10}.{tenths % 10}", "")
            yield (
                *(str(next(numbers)), str(metric), str(area), code, period_ends, value, symbol, status, ends, source),
                *(str(england.officer(council)), at),
            )

    def _achievements(self, term: int) -> Iterator[Table]:
        columns = (
            *("id", "partnership_id", "term_id", "title", "detail", "happened_on", "quantity", "quantity_unit"),
            *("status", "is_public", "logged_by_id", "logged_at"),
        )
        rows = list(self._achievement_rows(term))
        yield Achievement, (*columns, "form_token"), ((*row, UUID(int=row[0])) for row in rows)
        yield (
            AchievementHistory,
            ("history_id", "history_type", "history_date", "history_user_id", *columns),
            ((row[0], "+", row[11], row[10], *row) for row in rows),
        )
        priorities = [(next(self._numbers["link"]), row[0], pk) for row in rows for pk in _served(row[0], row[1])]
        organisations = [
            (next(self._numbers["organisation link"]), row[0], self.england.organisation((row[1] - 1) // STRATEGIES, o))
            for row in rows
            for o in range(1 + row[0] % 2)
        ]
        for name, links in (("priority", priorities), ("organisation", organisations)):
            many = "priorities" if name == "priority" else "organisations"
            through: Any = getattr(Achievement, many).through
            copied: Any = apps.get_model("priorities", f"HistoricalAchievement_{many}")
            yield through, ("id", "achievement_id", f"{name}_id"), links
            yield (
                copied,
                ("m2m_history_id", "history_id", "id", "achievement_id", f"{name}_id"),
                ((pk, achievement, pk, achievement, other) for pk, achievement, other in links),
            )

    def _achievement_rows(self, term: int) -> Iterator[Row]:
        england, strip = self.england, self.england.strips[term]
        days = (strip.last_day - strip.starts_on).days + 1
        first = term * england.partnerships * ACHIEVEMENTS
        for place in scattered(england.partnerships * ACHIEVEMENTS, term):
            partnership, number = divmod(place, ACHIEVEMENTS)
            council, chance = partnership // STRATEGIES, mixed(place, term)
            title = self.sentences[chance % len(self.sentences)].split(",")[0]
            is_waiting = term == england.last and number == 2
            day = strip.starts_on + timedelta(days=chance % days)
            yield (
                *(first + place + 1, partnership + 1, england.term(council, term), title, self._told(council, chance)),
                *(day, 20 + chance % 300, "people", "submitted" if is_waiting else "published"),
                *(not is_waiting and number == 0, england.officer(council), _moment(day)),
            )

    def _returns(self, term: int) -> Iterator[Table]:
        england, strip = self.england, self.england.strips[term]
        is_past = term < england.last
        due_on = strip.ends_on - timedelta(weeks=3)
        board_on = due_on + timedelta(weeks=2)
        every = [
            (term * england.partnerships + p + 1, p, p // STRATEGIES) for p in scattered(england.partnerships, term)
        ]
        yield (
            Round,
            ("id", "partnership_id", "term_id", "opens_on", "due_on", "board_on", "is_closed"),
            ((pk, p + 1, england.term(c, term), strip.starts_on, due_on, board_on, is_past) for pk, p, c in every),
        )
        sent, read = (_moment(due_on), _moment(due_on + timedelta(days=3))) if is_past else (None, None)
        yield (
            Return,
            (
                *("id", "round_id", "organisation_id", "author_role", "status", "submitted_by_id", "submitted_at"),
                *("reviewed_by_id", "reviewed_at", "told_at"),
            ),
            (
                (
                    pk,
                    pk,
                    england.organisation(c),
                    "Education Partnership Officer",
                    "approved" if is_past else "draft",
                    england.officer(c) if is_past else None,
                    sent,
                    england.lead(c) if is_past else None,
                    read,
                    read,
                )
                for pk, _, c in every
            ),
        )
        yield (
            ReturnEntry,
            ("id", "return_of_id", "priority_id", "position", "intended_outcomes", "activity", "impact"),
            (
                (_entry(pk, n), pk, p * PRIORITIES + n + 1, n, words.aim(p + n))
                + ((self._told(c, mixed(pk, n)), self._told(c, mixed(n, pk))) if is_past or n < 6 else ("", ""))
                for pk, p, c in every
                for n in range(PRIORITIES)
            ),
        )
        yield (
            PlannedStep,
            ("id", "entry_id", "title", "activity_id", "outcome", "outcome_reason", "marked_by_id", "marked_at"),
            (
                (_entry(pk, n), _entry(pk, n), words.aim(pk + n), p * ACTIVITIES + n + 1, *self._kept(pk + n, term, c))
                for pk, p, c in every
                for n in range(PRIORITIES)
            ),
        )

    def _kept(self, number: int, term: int, council: int) -> Row:
        """What became of a promise; those of last term and this one are still open."""
        if term >= self.england.last - 1:
            return "", "", None, None
        marked = (self.england.officer(council), _moment(self.england.strips[term + 1].last_day))
        if mixed(number, 7) % 6:
            return "done", "", *marked
        return "dropped", self.reasons[number % len(self.reasons)], *marked


_READING = (
    *("id", "metric_id", "area_id", "period", "period_ends_on", "value", "symbol", "status", "as_at", "source"),
    *("recorded_by_id", "recorded_at"),
)


def _served(achievement: int, partnership: int) -> Iterator[int]:
    """The two priorities that an achievement serves."""
    first = mixed(achievement, 11) % PRIORITIES
    for place in (first, (first + 5) % PRIORITIES):
        yield (partnership - 1) * PRIORITIES + place + 1


def _entry(return_of: int, place: int) -> int:
    return (return_of - 1) * PRIORITIES + place + 1


@lru_cache(maxsize=1 << 12)
def _moment(day: date) -> str:
    return str(timezone.make_aware(datetime.combine(day, time(10))))

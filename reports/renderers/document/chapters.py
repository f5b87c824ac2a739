"""A priority of a report: the sections of the termly report in their order, then achievements and measures."""

from typing import Any

from reports.renderers.document.editions import words_for
from reports.renderers.document.values import (
    Account,
    AchievementCard,
    Chapter,
    PromiseLine,
    Reference,
    Section,
    VoiceCard,
)
from reports.renderers.document.words import day, name_of, plain, whole
from reports.renderers.measures import measure_card
from reports.renderers.prose import Passage, passages_of
from reports.snapshots.schema import Achievement, Contribution, Counts, Measure, Priority, Promise, Snapshot, Voice
from wesp_portal.common.formatting import join_words, plural, quantity
from wesp_portal.common.status import STATUSES

NOTHING_WRITTEN = "Nothing was written for this section."
OUTCOMES = {"done": "Done", "carried_over": "Carried over", "dropped": "Dropped", "": "Not yet marked"}
LIVES = {
    "active": "",
    "stepping_down": "Stepping down",
    "handed_over": "Handed over",
    "closed": "Closed",
}


class Places:
    """Where each achievement and measure is told whole: under the first priority that it serves, if those are told."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.chapters = snapshot.priorities if "priorities" in snapshot.layout.parts else ()
        self._order = {priority.id: position for position, priority in enumerate(self.chapters)}
        self._names = {priority.id: name_of(priority) for priority in self.chapters}
        self._achievements = snapshot.achievements
        self._measures = snapshot.measures

    def _served(self, item: Achievement | Measure) -> list[int]:
        return sorted((pk for pk in item.priority_ids if pk in self._order), key=self._order.__getitem__)

    def home(self, item: Achievement | Measure) -> int | None:
        return next(iter(self._served(item)), None)

    def names(self, item: Achievement | Measure) -> list[str]:
        return [self._names[pk] for pk in self._served(item)]

    def achievements_of(self, home: int | None) -> list[Achievement]:
        return [one for one in self._achievements if self.home(one) == home]

    def measures_of(self, home: int | None) -> list[Measure]:
        return [one for one in self._measures if self.home(one) == home]

    def achievement_references(self, priority: int) -> list[Reference]:
        return [
            Reference(f"achievement-{one.id}", one.title, self.names(one)[0])
            for one in self._achievements
            if priority in self._served(one)[1:]
        ]

    def measure_references(self, priority: int) -> list[Reference]:
        return [
            Reference(f"measure-{one.metric_id}", one.title, self.names(one)[0])
            for one in self._measures
            if priority in self._served(one)[1:]
        ]


def chapter_of(priority: Priority, snapshot: Snapshot, places: Places) -> Chapter:
    life = LIVES.get(priority.status, "")
    if life and priority.handed_over_to:
        life = f"{life} to {priority.handed_over_to}"
    facts = [
        ("Strategy", priority.strategy if len(snapshot.front.strategies) > 1 else ""),
        ("Theme", priority.theme),
        ("State", life),
        ("Reported by", "; ".join(_signature(one) for one in priority.contributions)),
        ("Last updated", day(priority.last_updated)),
    ]
    is_rated, words = not snapshot.layout.is_public, words_for(snapshot)
    return Chapter(
        anchor=f"priority-{priority.id}",
        kicker=name_of(priority) if priority.ref else priority.word,
        title=priority.title,
        wording=priority.official_wording,
        facts=tuple((name, value) for name, value in facts if value),
        is_rated=is_rated,
        standing=priority.standing,
        movement=priority.movement,
        strip=tuple((mark.label, mark.standing) for mark in priority.strip),
        counts=_counted(priority.counts) if is_rated else "",
        sections=_sections(priority, snapshot),
        no_achievements=words.nothing_achieved_here,
        achievements=tuple(
            achievement_card(one, join_words(places.names(one)[1:])) for one in places.achievements_of(priority.id)
        ),
        achievement_references=tuple(places.achievement_references(priority.id)),
        measures=tuple(measure_card(one) for one in places.measures_of(priority.id)),
        measure_references=tuple(places.measure_references(priority.id)),
        no_measures=_no_measures(snapshot),
        voices=tuple(voice_card(voice) for voice in snapshot.voices if voice.priority_id == priority.id),
    )


def _no_measures(snapshot: Snapshot) -> str:
    """What a priority says where no measure of it has a figure."""
    words = words_for(snapshot).nothing_measured_here
    if "measures" in snapshot.layout.parts and any(measure.is_context for measure in snapshot.measures):
        words += " Figures that give context to the whole strategy stand under Measures."
    return words


def _counted(counts: Counts) -> str:
    """Activities by status, as a sentence."""
    parts = [
        f"{getattr(counts, code)} {status.word.lower()}" for code, status in STATUSES.items() if getattr(counts, code)
    ]
    return f"Activities: {join_words(parts)}." if parts else "No activity has been rated."


def _signature(contribution: Contribution) -> str:
    role = f" ({contribution.author_role})" if contribution.author_role else ""
    state = "" if contribution.status == "approved" else ", not yet approved"
    return f"{contribution.organisation}{role}{state}"


def _sections(priority: Priority, snapshot: Snapshot) -> tuple[Section, ...]:
    """The five sections after the priority itself, in the template's order, each organisation under its name."""
    many = len(priority.contributions) > 1
    headings: list[tuple[str, Any]] = [
        ("Intended outcomes", lambda one: _said(Passage.listed(one.intended_outcomes))),
        ("Activity last period", _activity),
        ("Planned activity next period", _planned),
        ("Impact so far", lambda one: _said(passages_of(one.impact))),
        ("Exit strategy", lambda one: _said(passages_of(one.exit_strategy))),
    ]
    if snapshot.layout.is_public:
        # Only what a lead opened, and never how the work is to end.
        headings = headings[:-1] if priority.contributions else []
    nobody = Account("", missing=f"No return for {snapshot.front.term.label} covers this priority.")
    return tuple(
        Section(
            heading,
            tuple(Account(one.organisation if many else "", **say(one)) for one in priority.contributions) or (nobody,),
        )
        for heading, say in headings
    )


def _said(passages: tuple[Passage, ...]) -> dict[str, Any]:
    return {"passages": passages, "missing": "" if passages else NOTHING_WRITTEN}


def _activity(contribution: Contribution) -> dict[str, Any]:
    passages = passages_of(contribution.activity)
    promises = tuple(_promise(promise) for promise in contribution.promises)
    return {"passages": passages, "promises": promises, "missing": "" if passages else NOTHING_WRITTEN}


def _planned(contribution: Contribution) -> dict[str, Any]:
    steps = contribution.planned
    return {"steps": steps, "missing": "" if steps else "No steps are planned for the next period."}


def _promise(promise: Promise) -> PromiseLine:
    return PromiseLine(promise.title, promise.outcome, OUTCOMES[promise.outcome], promise_detail(promise))


def promise_detail(promise: Promise) -> str:
    """Why a promise was not kept, and for how long it has been carried."""
    carried = ""
    if promise.terms_carried > 1:
        carried = f"Carried for {plural(promise.terms_carried, 'term')}."
    reason = f"{promise.reason.rstrip('.')}." if promise.reason else ""
    return " ".join(part for part in (reason, carried) if part)


def voice_card(voice: Voice) -> VoiceCard:
    return VoiceCard(
        about=voice.about,
        words=passages_of(voice.words),
        facts=" · ".join(part for part in (voice.said_by, voice.when, voice.numbers) if part),
    )


def how_many(achievement: Achievement) -> str:
    if not achievement.quantity:
        return ""
    return quantity(whole(achievement.quantity), achievement.unit, achievement.qualifier)


def achievement_card(achievement: Achievement, also: str) -> AchievementCard:
    evidence = plural(achievement.evidence, "piece of evidence", "pieces of evidence") if achievement.evidence else ""
    parts = (achievement.when, join_words(achievement.organisations), evidence)
    return AchievementCard(
        anchor=f"achievement-{achievement.id}",
        title=plain(achievement.title) if achievement.is_demo else achievement.title,
        is_demo=achievement.is_demo,
        number=how_many(achievement),
        facts=" · ".join(part for part in parts if part),
        detail=passages_of(achievement.detail),
        also_serves=also,
    )

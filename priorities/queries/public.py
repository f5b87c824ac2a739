"""What everyone may read of a plan: what is aimed at and what was achieved; never how an activity stands, nor why."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Prefetch, QuerySet
from django.urls import reverse

from priorities.models import (
    Achievement,
    Evidence,
    LinkedStrategy,
    MeasureUse,
    News,
    Objective,
    Outcome,
    PartnershipObjective,
    Principle,
    Priority,
    Strategy,
)
from priorities.queries.achievements import number_words, when_words
from priorities.queries.plan import ThemeGroup, themed
from priorities.queries.thread import PUBLIC, Siblings, ThreadPage, siblings_of, thread_page

SHOWN_ACHIEVEMENTS = 20


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that anyone may see, and what it shows."""

    url: str
    alternative_text: str


def public_in_full(achievements: QuerySet[Achievement]) -> QuerySet[Achievement]:
    """Achievements with what the public reads of them: two queries more."""
    pictures = Evidence.objects.public_pictures().order_by("added_at", "pk")
    return achievements.prefetch_related("organisations", Prefetch("evidence", pictures, to_attr="shown_pictures"))


def pictures_of(achievement: Achievement) -> list[Picture]:
    """The public pictures of an achievement that was read in full."""
    shown: Sequence[Evidence] = vars(achievement)["shown_pictures"]
    return [Picture(reverse("picture", args=[each.pk, each.sha256]), each.alternative_text) for each in shown]


@dataclass(frozen=True, slots=True)
class PublicStrategy:
    """What a strategy states, for everyone."""

    strategy: Strategy
    groups: list[ThemeGroup]
    partnership_objectives: list[PartnershipObjective]
    overarching: list[PartnershipObjective]
    principles: list[tuple[str, list[Principle]]]
    news: list[News]
    linked_strategies: list[LinkedStrategy]


def public_strategy(strategy: Strategy) -> PublicStrategy:
    """All that a strategy states: seven queries."""
    stated = list(strategy.partnership_objectives.all())
    overarching = PartnershipObjective.Kind.OVERARCHING
    return PublicStrategy(
        strategy=strategy,
        groups=themed(list(strategy.themes.all()), list(strategy.priorities.select_related("linked_strategy"))),
        partnership_objectives=[row for row in stated if row.kind != overarching],
        overarching=[row for row in stated if row.kind == overarching],
        principles=[(name, list(rows)) for name, rows in groupby(strategy.principles.all(), lambda row: row.group)],
        news=list(strategy.news.all()),
        linked_strategies=list(strategy.linked_strategies.prefetch_related("themes")),
    )


@dataclass(frozen=True, slots=True)
class PublicPriority:
    """A priority with what it sets out to do and what was achieved, for everyone."""

    priority: Priority
    objectives: list[Objective]
    outcomes: list[Outcome]
    achievements: list[tuple[Achievement, str, str]]
    achievement_count: int
    thread: ThreadPage
    siblings: Siblings


def public_priority(priority: Priority) -> PublicPriority:
    """A priority's page for everyone: nine queries."""
    thread = thread_page(PUBLIC, priority.strategy, priority=priority)
    achievements = Achievement.objects.public().filter(priorities=priority)
    newest = achievements.prefetch_related("organisations").order_by("-happened_on", "-period", "-pk")
    shown = newest[:SHOWN_ACHIEVEMENTS]
    return PublicPriority(
        priority=priority,
        objectives=list(priority.objectives.all()),
        outcomes=[outcome for outcome in priority.outcomes.all() if outcome.objective_id is None],
        achievements=[(row, when_words(row.happened_on, row.period), number_words(row)) for row in shown],
        achievement_count=achievements.count(),
        thread=thread,
        siblings=siblings_of(priority, thread.priorities),
    )


@dataclass(frozen=True, slots=True)
class PublicObjective:
    """An objective with the difference it makes and how that is measured, for everyone."""

    objective: Objective
    outcomes: list[Outcome]
    measures: list[MeasureUse]
    thread: ThreadPage
    siblings: Siblings


def public_objective(objective: Objective) -> PublicObjective:
    """An objective's page for everyone: six queries."""
    thread = thread_page(PUBLIC, objective.priority.strategy, objective=objective)
    return PublicObjective(
        objective=objective,
        outcomes=list(objective.outcomes.all()),
        measures=list(MeasureUse.objects.filter(objective=objective).select_related("metric")),
        thread=thread,
        siblings=siblings_of(objective, thread.objectives),
    )

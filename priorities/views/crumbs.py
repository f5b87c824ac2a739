"""The way back up the tree, for the top of each page."""

from django.urls import reverse

from partnerships.models import Partnership
from priorities.models import Activity, Objective, Priority, Strategy

Crumbs = list[tuple[str, str]]


def to_strategies() -> tuple[str, str]:
    return "Strategies", reverse("strategy-list")


def to_strategy(strategy: Strategy) -> Crumbs:
    """Down to a strategy, and each below it down to what it names; a page's own name is left out by its view."""
    return [to_strategies(), (strategy.title, reverse("strategy", args=[strategy.slug]))]


def to_priority(priority: Priority) -> Crumbs:
    return [
        *to_strategy(priority.strategy),
        (f"{priority.strategy.priority_word} {priority.ref}", reverse("priority", args=[priority.pk])),
    ]


def to_objective(objective: Objective) -> Crumbs:
    return [*to_priority(objective.priority), (f"Objective {objective.ref}", reverse("objective", args=[objective.pk]))]


def to_activity(activity: Activity) -> Crumbs:
    """An activity may hang on a priority directly."""
    above = to_objective(activity.objective) if activity.objective else to_priority(activity.priority)
    return [*above, (f"Activity {activity.ref}", reverse("activity", args=[activity.pk]))]


def from_public(part: Strategy | Priority | Objective) -> Crumbs:
    """The way back for everyone: to the partnership's public page, and not to the list of one's own strategies."""
    if isinstance(part, Strategy):
        strategy, trail = part, to_strategy(part)
    elif isinstance(part, Priority):
        strategy, trail = part.strategy, to_priority(part)
    else:
        strategy, trail = part.priority.strategy, to_objective(part)
    partnership = strategy.partnership
    return [(partnership.name, reverse("partnership", args=[partnership.slug])), *trail[1:]]


def to_public_achievements(partnership: Partnership) -> Crumbs:
    """Down to the page of all that a partnership has achieved, for everyone."""
    return [
        (partnership.name, reverse("partnership", args=[partnership.slug])),
        ("What we have achieved", reverse("public-achievements", args=[partnership.slug])),
    ]

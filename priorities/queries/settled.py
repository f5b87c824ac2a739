"""Whose updates of a term are settled: asked here, answered by the layer above, which knows of returns."""

from collections.abc import Callable, Collection

from partnerships.models import Term
from priorities.models import Activity

# For a partnership and a term, by their numbers: the organisations whose updates of the term stay as they are, and None
# where those of activities that no organisation leads do.
Rule = Callable[[int, int], Collection[int | None]]
_rules: list[Rule] = []


def settles_updates(rule: Rule) -> Rule:
    """Have a rule asked whenever an update is written; the app that holds it names it as the portal starts."""
    _rules.append(rule)
    return rule


def settled_organisations(*, partnership_id: int, term: Term) -> frozenset[int | None]:
    """The organisations whose updates of a term stay as they are: one query, for however many activities."""
    return frozenset(pk for rule in _rules for pk in rule(partnership_id, term.pk))


def why_settled(activity: Activity, term: Term, organisations: Collection[int | None]) -> str:
    """Why an activity's update of a term stays as it is; empty where it may be written."""
    if activity.lead_id not in organisations:
        return ""
    if activity.lead is None:
        return (
            f"Every return for {term.label} is approved, so the updates of the term stay as they are. To change one, "
            "ask the partnership’s lead to send a return back."
        )
    return (
        f"{activity.lead.brief_name} has sent its return for {term.label}, so its updates of the term stay as they "
        "are. To change one, ask the partnership’s lead to send the return back."
    )

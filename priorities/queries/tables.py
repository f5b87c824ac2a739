"""The tables of the drill-down pages to take away, with the words and figures that the pages show."""

from datetime import date

from partnerships.models import User
from priorities.models import Activity, Objective, Priority, Strategy
from priorities.queries.plan import ActivityLine, objective_page, priority_page, strategy_page, updates_of
from wesp_portal.common.downloads import NamedTable
from wesp_portal.common.formatting import term_label
from wesp_portal.common.status import status_of


def priorities_table(user: User, strategy: Strategy) -> NamedTable:
    """A strategy's priorities by theme, with their sizes."""
    return NamedTable(
        "priorities",
        f"Priorities of {strategy.title}",
        ("Reference", "Priority", "Theme", "State", "Objectives", "Activities"),
        [
            (
                priority.ref,
                priority.title,
                group.theme.title if group.theme else "",
                str(priority.get_status_display()),
                int(getattr(priority, "objective_count", 0)),
                int(getattr(priority, "activity_count", 0)),
            )
            for group in strategy_page(user, strategy).groups
            for priority in group.priorities
        ],
    )


def priority_activities(user: User, priority: Priority, today: date) -> NamedTable:
    """All activities of a priority, with those of its objectives."""
    lines = [line for group in priority_page(user, priority, today).groups for line in group.activities]
    return _activities(f"Activities of {priority.ref}", lines)


def objective_activities(user: User, objective: Objective, today: date) -> NamedTable:
    return _activities(f"Activities of {objective.ref}", objective_page(user, objective, today).activities)


def objective_measures(user: User, objective: Objective, today: date) -> NamedTable:
    """An objective's measures with their latest figures in words: what is withheld on the page is withheld here."""
    return NamedTable(
        "measures",
        f"Measures of {objective.ref}",
        ("Measure", "Metric", "Latest", "Period", "Status", "How it is worked out"),
        [
            (
                line.use.wording,
                line.use.metric.title,
                line.figure,
                line.period,
                line.judgement.standing,
                line.judgement.explanation,
            )
            for line in (shared.line for shared in objective_page(user, objective, today).measures)
        ],
    )


def _activities(title: str, lines: list[ActivityLine]) -> NamedTable:
    return NamedTable(
        "activities",
        title,
        ("Reference", "Activity", "How it stands", "Last update", "It said", "Led by", "Starts", "Due"),
        [
            (
                line.activity.ref,
                line.activity.title,
                str(line.standing.label),
                term_label(line.term),
                line.earlier,
                line.activity.lead.name if line.activity.lead else "",
                line.activity.starts_on,
                line.activity.due_on,
            )
            for line in lines
        ],
    )


def activity_updates(user: User, activity: Activity) -> NamedTable:
    """An activity's updates, the latest term first."""
    return NamedTable(
        "updates",
        f"Updates of {activity.ref}",
        ("Term", "Status", "How far along", "What was done", "Why, and what is being done", "By", "On"),
        [
            (
                line.update.term.label,
                status_of(line.standing).word,
                str(line.update.get_status_display()),
                line.update.words,
                line.update.reason,
                line.update.by_whom,
                line.update.updated_at.date(),
            )
            for line in updates_of(user, activity)
        ],
    )

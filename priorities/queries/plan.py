"""What the drill-down pages show of strategies, priorities, objectives and activities, each in so many queries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, pairwise

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from partnerships.models import Term, User
from priorities.models import (
    Achievement,
    Activity,
    ActivityUpdate,
    GuestRequest,
    LinkedStrategy,
    MeasureUse,
    News,
    Objective,
    Outcome,
    PartnershipObjective,
    Principle,
    Priority,
    Standing,
    Strategy,
    Theme,
)
from priorities.queries.achievements import with_words
from priorities.queries.measures import MeasureLine, measure_lines
from priorities.queries.thread import Siblings, Thread, ThreadPage, siblings_of, thread_of, thread_page
from priorities.queries.voices import VoiceLine, voices_of
from priorities.rules import standing_of, standings_in

SHOWN_ACHIEVEMENTS = 20
SHOWN_GUESTS = 10


# --- Strategies


def _count_of(model: type[Priority | Activity], path: str) -> Coalesce:
    """How many rows a strategy has, counted for those that a page lists and not for all there are."""
    rows = model.objects.filter(**{path: OuterRef("pk")}).order_by().values(path)
    return Coalesce(Subquery(rows.annotate(all=Count("pk")).values("all")), 0)


def strategies_of(user: User) -> QuerySet[Strategy]:
    """A person's strategies with their sizes, for a list."""
    return (
        Strategy.objects.visible_to(user)
        .select_related("partnership")
        .annotate(
            priority_count=_count_of(Priority, "strategy"), activity_count=_count_of(Activity, "priority__strategy")
        )
        .order_by("partnership__name", "title")
    )


@dataclass(frozen=True, slots=True)
class ThemeGroup:
    """Priorities of a theme; no theme gathers those without one."""

    theme: Theme | None
    priorities: list[Priority]


def themed(themes: Sequence[Theme], priorities: Sequence[Priority]) -> list[ThemeGroup]:
    """Priorities by their themes, and last those without one."""
    groups = [
        ThemeGroup(theme, [priority for priority in priorities if priority.theme_id == theme.pk]) for theme in themes
    ]
    if without := [priority for priority in priorities if priority.theme_id is None]:
        groups.append(ThemeGroup(None, without))
    return groups


@dataclass(frozen=True, slots=True)
class StrategyPage:
    """A strategy with all it states."""

    strategy: Strategy
    groups: list[ThemeGroup]
    partnership_objectives: list[PartnershipObjective]
    overarching: list[PartnershipObjective]
    principles: list[tuple[str, list[Principle]]]
    news: list[News]
    linked_strategies: list[LinkedStrategy]
    thread: Thread


def strategy_page(user: User, strategy: Strategy) -> StrategyPage:
    """All that a strategy states: eight queries."""
    priorities = list(
        strategy.priorities.select_related("linked_strategy").annotate(
            objective_count=Count("objectives", distinct=True), activity_count=Count("activities", distinct=True)
        )
    )
    stated = list(strategy.partnership_objectives.all())
    overarching = PartnershipObjective.Kind.OVERARCHING
    return StrategyPage(
        strategy=strategy,
        groups=themed(list(strategy.themes.all()), priorities),
        partnership_objectives=[row for row in stated if row.kind != overarching],
        overarching=[row for row in stated if row.kind == overarching],
        principles=[(name, list(rows)) for name, rows in groupby(strategy.principles.all(), lambda row: row.group)],
        news=list(strategy.news.all()),
        linked_strategies=list(strategy.linked_strategies.prefetch_related("themes")),
        thread=thread_of(user, Q(from_strategy=strategy), Q(to_strategy=strategy)),
    )


# --- Priorities and objectives


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """An activity as it stands this term, the term of its latest update, and what that said where it was an earlier."""

    activity: Activity
    standing: Standing
    term: str
    earlier: str


def in_this_term(activities: QuerySet[Activity], today: date) -> QuerySet[Activity]:
    """Activities that know the code of the term that runs in their partnership's calendar, for `activity_line`."""
    begun = Term.objects.filter(
        calendar=OuterRef("priority__strategy__partnership__calendar"), starts_on__lte=today
    ).order_by("-starts_on")
    return activities.annotate(this_term=Subquery(begun.values("code")[:1]))


def activity_line(activity: Activity) -> ActivityLine:
    """One rule for every page: a tag is of this term, and what an earlier one said stands beside it in words."""
    this_term = getattr(activity, "this_term", None) or activity.latest_term
    said = standing_of(activity.latest_status, activity.latest_rag)
    is_earlier = bool(activity.latest_term) and activity.latest_term != this_term
    return ActivityLine(
        activity,
        standings_in(activity.trail, [this_term])[0],
        activity.latest_term,
        str(said.label).lower() if is_earlier else "",
    )


def _in_order(activities: QuerySet[Activity], today: date) -> list[ActivityLine]:
    rows = activities.select_related("lead").order_by("objective__position", "objective", "position", "ref")
    return [activity_line(activity) for activity in in_this_term(rows, today)]


@dataclass(frozen=True, slots=True)
class ObjectiveGroup:
    """Activities and outcomes of an objective; no objective gathers those of the priority itself."""

    objective: Objective | None
    activities: list[ActivityLine]
    outcomes: list[Outcome]


@dataclass(frozen=True, slots=True)
class PriorityPage:
    """A priority with its plan, what it achieved and what it contributes to."""

    priority: Priority
    groups: list[ObjectiveGroup]
    achievements: list[tuple[Achievement, str, str]]
    achievement_count: int
    voices: list[VoiceLine]
    thread: ThreadPage
    siblings: Siblings


def priority_page(user: User, priority: Priority, today: date) -> PriorityPage:
    """A priority's whole page: eleven queries."""
    thread = thread_page(user, priority.strategy, priority=priority)
    lines, outcomes = _in_order(priority.activities.all(), today), list(priority.outcomes.all())
    objectives: list[Objective | None] = [None, *priority.objectives.all()]
    groups = [
        ObjectiveGroup(
            objective,
            [line for line in lines if line.activity.objective_id == (objective.pk if objective else None)],
            [outcome for outcome in outcomes if outcome.objective_id == (objective.pk if objective else None)],
        )
        for objective in objectives
    ]
    achievements = Achievement.objects.visible_to(user).filter(priorities=priority)
    newest = achievements.prefetch_related("organisations").order_by("-logged_at", "-pk")[:SHOWN_ACHIEVEMENTS]
    return PriorityPage(
        priority=priority,
        groups=[group for group in groups if group.objective or group.activities or group.outcomes],
        achievements=with_words(newest),
        achievement_count=achievements.count(),
        voices=voices_of(user, priority),
        thread=thread,
        siblings=siblings_of(priority, thread.priorities),
    )


@dataclass(frozen=True, slots=True)
class SharedMeasure:
    """A measure of an objective, with the other objectives that the same metric serves."""

    line: MeasureLine
    others: list[Objective]


@dataclass(frozen=True, slots=True)
class ObjectivePage:
    """An objective with its activities, outcomes and measures."""

    objective: Objective
    activities: list[ActivityLine]
    outcomes: list[Outcome]
    measures: list[SharedMeasure]
    voices: list[VoiceLine]
    thread: ThreadPage
    siblings: Siblings


def objective_page(user: User, objective: Objective, today: date) -> ObjectivePage:
    """An objective's whole page: eleven queries."""
    uses = list(MeasureUse.objects.filter(objective=objective).select_related("metric"))
    lines = measure_lines(uses, objective.priority.strategy.partnership.area_id)
    thread = thread_page(user, objective.priority.strategy, objective=objective)
    others = _others_served(user, objective, uses)
    return ObjectivePage(
        objective=objective,
        activities=_in_order(objective.activities.all(), today),
        outcomes=list(objective.outcomes.all()),
        measures=[SharedMeasure(line, others.get(line.use.metric_id, [])) for line in lines],
        voices=voices_of(user, objective.priority, objective),
        thread=thread,
        siblings=siblings_of(objective, thread.objectives),
    )


def _others_served(user: User, objective: Objective, uses: Sequence[MeasureUse]) -> dict[int, list[Objective]]:
    """The other objectives that a person may read which the same metrics serve, each once, by metric: one query."""
    others: dict[int, dict[int, Objective]] = {}
    shared = (
        MeasureUse.objects.filter(
            metric__in=[use.metric_id for use in uses], objective__in=Objective.objects.visible_to(user)
        )
        .exclude(objective=objective)
        .select_related("objective")
        .order_by("objective__priority__position", "objective__position", "objective__ref")
    )
    for use in shared:
        others.setdefault(use.metric_id, {})[use.objective_id] = use.objective
    return {metric: list(found.values()) for metric, found in others.items()}


# --- Activities


def activity_siblings(activity: Activity) -> Siblings:
    """The activities before and after one under the same objective, or under its priority itself: one query."""
    beside = Activity.objects.filter(priority=activity.priority_id, objective=activity.objective_id)
    return siblings_of(activity, list(beside.order_by("position", "ref").only("ref", "title", "position")))


@dataclass(frozen=True, slots=True)
class UpdateLine:
    """An update with its tag, and how often it was changed since it was first written."""

    update: ActivityUpdate
    standing: str
    history: list["UpdateChange"]


@dataclass(frozen=True, slots=True)
class UpdateChange:
    """One change of an update, in words."""

    who: str
    at: datetime
    what: str


def updates_of(user: User, activity: Activity) -> list[UpdateLine]:
    """An activity's updates, latest term first, with their evidence and history: three queries."""
    updates = list(
        ActivityUpdate.objects.visible_to(user)
        .filter(activity=activity)
        .select_related("term", "author")
        .prefetch_related("evidence")
        .order_by("-term__starts_on")
    )
    rows = (
        ActivityUpdate.history.filter(activity=activity.pk)
        .select_related("author")
        .order_by("id", "history_date", "history_id")
    )
    histories = {pk: list(group) for pk, group in groupby(rows, lambda row: row.id)}
    return [
        UpdateLine(update, standing_of(update.status, update.rag), _changes(histories.get(update.pk, [])))
        for update in updates
    ]


def _changes(rows: list[ActivityUpdate]) -> list[UpdateChange]:
    """What each later version of an update changed, latest first."""
    changes = []
    for before, now in pairwise(rows):
        parts = []
        was, is_now = _words_of_standing(before), _words_of_standing(now)
        if was != is_now:
            parts.append(f"{was} → {is_now}" + (f", because {now.reason}" if now.reason else ""))
        elif before.reason != now.reason:
            parts.append("the reason rewritten")
        if before.words != now.words:
            parts.append("the words rewritten")
        if parts:
            changes.append(UpdateChange(str(now.author), now.updated_at, "; ".join(parts)))
    return changes[::-1]


def _words_of_standing(update: ActivityUpdate) -> str:
    return standing_of(update.status, update.rag).label


@dataclass(frozen=True, slots=True)
class AskedGuest:
    """A guest who was asked for an update, and what has come of it."""

    pk: int
    guest_name: str
    term: str
    state: str


def guest_requests_of(user: User, activity: Activity, at: datetime) -> list[AskedGuest]:
    """Whom a person may see asked about an activity, latest first: one query."""
    rows = GuestRequest.objects.visible_to(user).filter(activity=activity).select_related("term")
    return [AskedGuest(row.pk, row.guest_name, row.term.label, guest_state(row, at)) for row in rows[:SHOWN_GUESTS]]


def guest_state(request: GuestRequest, at: datetime) -> str:
    """What has come of a request, in a few words."""
    if request.answered_at:
        return request.get_outcome_display() if request.outcome else "answered, waits for you"
    if request.revoked_at:
        return "withdrawn"
    return "waits for an answer" if request.expires_at > at else "expired without an answer"


def term_for_update(activity: Activity, code: str, today: date) -> tuple[Term | None, Term | None]:
    """The term an update is for, by its code or else today's, and the term before it."""
    terms = Term.objects.filter(calendar=activity.priority.strategy.partnership.calendar_id).at(today)
    if code:
        asked = terms.filter(code=code).first()
        return (asked, terms.filter(starts_on__lt=asked.starts_on).first()) if asked else (None, None)
    this, before = [*terms[:2], None, None][:2]
    return this, before

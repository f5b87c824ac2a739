"""The drill-down pages, for whoever reads the partnership: strategies, priorities, objectives, activities, measures.

Strategies, priorities and objectives of public partnerships stand at the same addresses for everyone else, in the form
that `priorities.views.public` gives them.
"""

from collections.abc import Sequence

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from partnerships.asking import ask_url
from partnerships.models import User
from partnerships.requests import SignedInRequest
from priorities.models import Activity, Metric, Objective, Priority, Strategy
from priorities.queries.metric_areas import SORTS, areas_page
from priorities.queries.metric_pages import metric_page
from priorities.queries.milestones import milestone_of
from priorities.queries.plan import (
    activity_line,
    activity_siblings,
    guest_requests_of,
    in_this_term,
    objective_page,
    priority_page,
    strategies_of,
    strategy_page,
    updates_of,
)
from priorities.queries.readings import group_tables, revisions
from priorities.queries.thread import PUBLIC, thread_page
from priorities.rules import ACTIVITY_RULE
from priorities.views import crumbs, public
from wesp_portal.common.paging import page_of


@require_safe
def strategy_list(request: SignedInRequest) -> HttpResponse:
    """The strategies of a person's partnerships, a page at a time."""
    page = page_of(strategies_of(request.user), request.GET.get("page"))
    return render(request, "priorities/strategy_list.html", {"page": page})


@login_not_required
@require_safe
def strategy(request: HttpRequest, slug: str) -> HttpResponse:
    """One strategy, with all it states."""
    strategies = Strategy.objects.select_related("partnership")
    user = request.user
    found = strategies.visible_to(user).filter(slug=slug).first() if isinstance(user, User) else None
    if not isinstance(user, User) or found is None:
        return public.strategy_page(request, strategies.public().filter(slug=slug).first())
    context = {
        "page": strategy_page(user, found),
        "partnership": found.partnership,
        "updates": user.access.logs_in(found.partnership_id),
        "breadcrumbs": crumbs.to_strategy(found)[:-1],
    }
    return render(request, "priorities/strategy.html", context)


@login_not_required
@require_safe
def thread(request: HttpRequest, slug: str) -> HttpResponse:
    """The whole golden thread of a strategy: what its parts contribute to, and what contributes to them."""
    strategies = Strategy.objects.select_related("partnership")
    user = request.user
    found = strategies.visible_to(user).filter(slug=slug).first() if isinstance(user, User) else None
    reader, trail = (user, crumbs.to_strategy) if isinstance(user, User) and found else (PUBLIC, crumbs.from_public)
    found = found or strategies.public().filter(slug=slug).first()
    if found is None:
        return public.not_there(request)
    context = {
        "strategy": found,
        "thread": thread_page(reader, found),
        "partnership": found.partnership,
        "breadcrumbs": trail(found),
    }
    return render(request, "priorities/thread.html", context)


@login_not_required
@require_safe
def priority(request: HttpRequest, pk: int) -> HttpResponse:
    """One priority, with its plan, what was achieved and what it contributes to."""
    priorities = Priority.objects.select_related("strategy__partnership", "theme", "linked_strategy")
    user = request.user
    found = priorities.visible_to(user).filter(pk=pk).first() if isinstance(user, User) else None
    if not isinstance(user, User) or found is None:
        return public.priority_page(request, priorities.public().filter(pk=pk).first())
    context = {
        "page": priority_page(user, found, timezone.localdate()),
        "partnership": found.strategy.partnership,
        "breadcrumbs": crumbs.to_priority(found)[:-1],
        "ask_url": ask_url(user.access, found.strategy.partnership, "priority", pk),
        "logs": user.access.logs_in(found.strategy.partnership_id),
        "voice_url": f"{reverse('voice-new')}?priority={pk}",
        "rule": ACTIVITY_RULE,
    }
    return render(request, "priorities/priority.html", context)


@login_not_required
@require_safe
def objective(request: HttpRequest, pk: int) -> HttpResponse:
    """One objective, with its activities, outcomes and measures."""
    objectives = Objective.objects.select_related("priority__strategy__partnership__area")
    user = request.user
    found = objectives.visible_to(user).filter(pk=pk).first() if isinstance(user, User) else None
    if not isinstance(user, User) or found is None:
        return public.objective_page(request, objectives.public().filter(pk=pk).first())
    context = {
        "page": objective_page(user, found, timezone.localdate()),
        "partnership": found.priority.strategy.partnership,
        "breadcrumbs": crumbs.to_objective(found)[:-1],
        "ask_url": ask_url(user.access, found.priority.strategy.partnership, "objective", pk),
        "logs": user.access.logs_in(found.priority.strategy.partnership_id),
        "voice_url": f"{reverse('voice-new')}?objective={pk}",
        "rule": ACTIVITY_RULE,
    }
    return render(request, "priorities/objective.html", context)


@require_safe
def activity(request: SignedInRequest, pk: int) -> HttpResponse:
    """One activity, with its updates by term."""
    activities = Activity.objects.visible_to(request.user).select_related(
        "priority__strategy__partnership", "objective__priority__strategy", "lead", "owner"
    )
    today = timezone.localdate()
    found = get_object_or_404(in_this_term(activities, today), pk=pk)
    context = {
        "activity": found,
        "line": activity_line(found),
        "milestone": milestone_of(found, today),
        "updates": updates_of(request.user, found),
        "partnership": found.priority.strategy.partnership,
        "breadcrumbs": crumbs.to_activity(found)[:-1],
        "ask_url": ask_url(request.user.access, found.priority.strategy.partnership, "activity", pk),
        "may_update": Activity.objects.updated_by(request.user).filter(pk=pk).exists(),
        "siblings": activity_siblings(found),
        "guest_requests": guest_requests_of(request.user, found, timezone.now()),
        "rule": ACTIVITY_RULE,
    }
    return render(request, "priorities/activity.html", context)


@require_safe
def metric(request: SignedInRequest, pk: int) -> HttpResponse:
    """One metric, with its readings by area and period, its targets and the objectives it serves."""
    found = get_object_or_404(Metric.objects.visible_to(request.user), pk=pk)
    page = metric_page(request.user, found)
    trail = crumbs.to_objective(page.objectives[0]) if page.objectives else [crumbs.to_strategies()]
    context = {
        "page": page,
        "comparison_columns": ["Beside", "Figure", "Gap", "Which way the gap goes"],
        "groups": group_tables(found, page.areas),
        "revisions": revisions(found, page.areas),
        "may_record": Metric.objects.recorded_by(request.user).filter(pk=pk).exists(),
        "breadcrumbs": trail,
        "ask_url": _ask_about_metric(request, page.objectives, pk),
    }
    return render(request, "priorities/metric.html", context)


def _ask_about_metric(request: SignedInRequest, objectives: Sequence[Objective], pk: int) -> str:
    """Where a reader asks about a metric: of the first partnership whose objectives it serves."""
    if not objectives:
        return ""
    return ask_url(request.user.access, objectives[0].priority.strategy.partnership, "metric", pk)


@require_safe
def metric_areas(request: SignedInRequest, pk: int) -> HttpResponse:
    """One metric area by area in a period, ranked, with a table."""
    found = get_object_or_404(Metric.objects.visible_to(request.user), pk=pk)
    asked = request.GET
    page = areas_page(
        request.user,
        found,
        period=asked.get("period", ""),
        sort=asked.get("sort", ""),
        scope=asked.get("areas", ""),
    )
    fields: list[dict[str, object]] = [
        {"name": "period", "label": "Period", "value": page.period, "options": page.periods},
        {"name": "sort", "label": "Order", "value": page.sort, "options": list(SORTS.items())},
        {
            "name": "areas",
            "label": "Areas",
            "value": page.scope,
            "options": [("", "Those compared"), ("all", "All with a figure")],
        },
    ]
    context = {
        "page": page,
        "fields": fields,
        "columns": ["Area", {"text": "Figure", "is_numeric": True}, {"text": "Place", "is_numeric": True}],
        "breadcrumbs": [crumbs.to_strategies(), (found.title, reverse("metric", args=[pk]))],
    }
    return render(request, "priorities/metric_areas.html", context)

"""The tables of the drill-down pages as files, for whoever reads the pages."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from partnerships.requests import SignedInRequest
from priorities.models import Activity, Objective, Priority, Strategy
from priorities.queries.tables import (
    activity_updates,
    objective_activities,
    objective_measures,
    priorities_table,
    priority_activities,
)
from wesp_portal.common.downloads import table_response


@require_safe
def strategy_priorities(request: SignedInRequest, slug: str, suffix: str) -> HttpResponse:
    """A strategy's priorities."""
    found = get_object_or_404(Strategy.objects.visible_to(request.user), slug=slug)
    return table_response(priorities_table(request.user, found), suffix, named=slug)


@require_safe
def priority_file(request: SignedInRequest, pk: int, suffix: str) -> HttpResponse:
    """A priority's activities."""
    priorities = Priority.objects.visible_to(request.user).select_related("strategy")
    found = get_object_or_404(priorities, pk=pk)
    table = priority_activities(request.user, found, timezone.localdate())
    return table_response(table, suffix, named=f"priority-{pk}")


@require_safe
def objective_file(request: SignedInRequest, pk: int, name: str, suffix: str) -> HttpResponse:
    """An objective's activities or measures."""
    objectives = Objective.objects.visible_to(request.user).select_related("priority__strategy__partnership__area")
    found = get_object_or_404(objectives, pk=pk)
    table_of = {"activities": objective_activities, "measures": objective_measures}.get(name)
    table = table_of(request.user, found, timezone.localdate()) if table_of else None
    return table_response(table, suffix, named=f"objective-{pk}")


@require_safe
def activity_file(request: SignedInRequest, pk: int, suffix: str) -> HttpResponse:
    """An activity's updates."""
    found = get_object_or_404(Activity.objects.visible_to(request.user), pk=pk)
    return table_response(activity_updates(request.user, found), suffix, named=f"activity-{pk}")

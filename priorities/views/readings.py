"""Recording a figure of a metric."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from partnerships.models import Area
from partnerships.requests import SignedInRequest
from partnerships.views.drafts import FormDraft
from priorities.forms import ReadingForm, group_fields, reading_values
from priorities.models import Metric
from priorities.queries.measures import figure_of
from priorities.queries.readings import offered_periods, recorded_before, recording_areas
from priorities.rules import DEFAULT_THRESHOLD
from priorities.services.readings import record_reading
from wesp_portal.common.forms import leave_unjudged
from wesp_portal.common.periods import parse_period

_GIVEN = ("value", "symbol", "qualifier", "as_at", "source", "note", "break_note", "seen")


@require_http_methods(["GET", "HEAD", "POST"])
def reading_new(request: SignedInRequest, pk: int) -> HttpResponse:
    """Record a metric's figure for an area and a period, or replace the one that is there."""
    metric = get_object_or_404(Metric.objects.recorded_by(request.user), pk=pk)
    areas = recording_areas(request.user, metric)
    asked, asked_area = request.GET.get("period", ""), _area(areas, request.GET.get("area", ""))
    # By what the address asks for, which choosing another area or period in the form leaves alone.
    draft = FormDraft(request, f"reading-new/{metric.pk}/{asked_area.code}/{slugify(asked)[:20]}")
    typed = draft.typed
    area = _area(areas, (typed.get("area", "") if typed else "") or asked_area.code)
    today = timezone.localdate()
    periods = offered_periods(metric, area, today)
    codes = [code for code, _ in periods]
    form = ReadingForm(
        typed,
        metric=metric,
        areas=areas,
        periods=periods,
        groups=list(metric.groups.all()),
        today=today,
    )
    if request.method == "POST":
        if form.is_valid():
            form.compare(recorded_before(metric, area, form.chosen_period))
        elif form.chosen_period:
            form.see(recorded_before(metric, area, form.chosen_period))
        if form.is_valid() and _record(request, form, metric, area):
            draft.forget()
            return redirect("metric", pk=pk)
    elif draft.kept:
        form.full_clean()
        if form.chosen_period:
            # Not seen yet by whoever typed this: the mark of what they saw stays in the form.
            form.before = recorded_before(metric, area, form.chosen_period)
        leave_unjudged(form)
    elif period := (asked if asked in codes else "" if form.is_by_day else codes[0]):
        before = recorded_before(metric, area, period)
        form.see(before)
        form.initial = reading_values(before, period, area.code)
    else:
        form.initial = {"area": area.code}
    there = form.before.reading if form.before else None
    context = {
        "form": form,
        "draft": draft,
        "groups": group_fields(form),
        "metric": metric,
        "area": area,
        "there": there,
        "there_words": figure_of(metric, there) if there else "",
        "there_period": parse_period(there.period).label if there else "",
        "is_small_hidden": metric.is_about_children and metric.unit == Metric.Unit.COUNT,
        "threshold": DEFAULT_THRESHOLD if metric.disclosure_threshold is None else metric.disclosure_threshold,
        "breadcrumbs": [("Strategies", reverse("strategy-list")), (metric.title, reverse("metric", args=[pk]))],
    }
    return render(request, "priorities/reading_form.html", context)


def _area(areas: list[Area], code: str) -> Area:
    """The area that was asked for among a person's own, or the first."""
    found = next((area for area in areas if area.code == code), None) or next(iter(areas), None)
    if found is None:
        raise Http404
    return found


def _record(request: SignedInRequest, form: ReadingForm, metric: Metric, area: Area) -> bool:
    """Write what was posted; what cannot be written is said in the form."""
    given = form.cleaned_data
    try:
        record_reading(
            metric=metric,
            area=area,
            period=form.chosen_period,
            **{name: given[name] for name in _GIVEN},
            status=form.status_to_record,
            groups=form.figures,
            reason=given["reason"].strip() if form.is_replacing else "",
            by=request.user,
            at=timezone.now(),
        )
    except ValidationError as error:
        form.refuse(error)
        form.see(recorded_before(metric, area, form.chosen_period))
        return False
    messages.success(request, f"The figure for {parse_period(form.chosen_period).label} is recorded.")
    return True

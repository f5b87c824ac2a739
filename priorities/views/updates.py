"""Saying how an activity stands this term."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partnerships.models import Term
from partnerships.requests import SignedInRequest
from partnerships.views.drafts import FormDraft
from priorities.forms import UpdateForm
from priorities.models import Activity
from priorities.queries.plan import term_for_update
from priorities.queries.settled import settled_organisations, why_settled
from priorities.rules import standing_of
from priorities.services.updates import record_update, said_of
from priorities.views import crumbs
from priorities.views.conflicts import conflict_page
from priorities.views.held_files import keep_files
from wesp_portal.common.conflicts import StaleError
from wesp_portal.common.forms import leave_unjudged


@require_http_methods(["GET", "HEAD", "POST"])
def activity_update(request: SignedInRequest, pk: int) -> HttpResponse:
    """This term's update of an activity, or another's by `?term=`, with last term's words beside it."""
    activities = Activity.objects.updated_by(request.user).select_related(
        "priority__strategy__partnership", "objective__priority__strategy", "lead"
    )
    activity = get_object_or_404(activities, pk=pk)
    term, before = term_for_update(activity, request.GET.get("term", ""), timezone.localdate())
    if term is None:
        raise Http404
    updates = {update.term_id: update for update in activity.updates.filter(term__in=[term, before])}
    present, last = updates.get(term.pk), updates.get(before.pk) if before else None
    draft = FormDraft(request, f"activity-update/{activity.pk}/{term.code}")
    form = UpdateForm(draft.typed, request.FILES or None, initial=said_of(present), held=draft.held)
    if draft.kept:
        leave_unjudged(form)
    settled = settled_organisations(partnership_id=activity.priority.strategy.partnership_id, term=term)
    is_repeating = False
    if request.method == "POST" and form.is_valid() and not (is_repeating := form.repeats(last)):
        try:
            record_update(
                activity=activity,
                term=term,
                by=request.user,
                at=timezone.now(),
                evidence=form.evidence,
                seen=form.seen,
                **{name: form.cleaned_data[name] for name in ("status", "rag", "words", "reason")},
            )
        except StaleError:
            return _conflict(request, activity, term, draft, form)
        except ValidationError as error:
            form.refuse(error)
        else:
            draft.forget()
            messages.success(request, f"The update for {term.label} is saved.")
            return redirect("activity", pk=pk)
    keep_files(form, draft)
    context = {
        "form": form,
        "draft": draft,
        "activity": activity,
        "term": term,
        "before": before,
        "last": last,
        "last_standing": standing_of(last.status, last.rag) if last else "",
        "present": present,
        "is_repeating": is_repeating,
        "why_settled": why_settled(activity, term, settled),
        "is_evidence_open": form.is_open(["evidence_file", "evidence_photo", "evidence_link"]),
        "partnership": activity.priority.strategy.partnership,
        "breadcrumbs": crumbs.to_activity(activity),
    }
    return render(request, "priorities/activity_update.html", context)


def _conflict(
    request: SignedInRequest, activity: Activity, term: Term, draft: FormDraft, sent: UpdateForm
) -> HttpResponse:
    """Both texts of a term's update, where somebody else saved one meanwhile."""
    saved = activity.updates.select_related("author").get(term=term)
    keep_files(sent, draft)
    form = UpdateForm(sent.data, initial=said_of(saved), held=sent.held)
    form.is_valid()
    if sent.is_file_wanted:
        form.say_again_what_is_not_kept()
    return conflict_page(
        request,
        form=form,
        draft=draft,
        by=saved.author,
        at=saved.updated_at,
        address=request.get_full_path(),
        leave=reverse("activity", args=[activity.pk]),
        more={"partnership": activity.priority.strategy.partnership, "breadcrumbs": crumbs.to_activity(activity)},
    )

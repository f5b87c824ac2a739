"""The pages of a guest's link: asking for an answer, giving it without an account, and judging it."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from partnerships.requests import SignedInRequest
from partnerships.views.drafts import FormDraft
from priorities.forms import GuestAcceptForm, GuestAnswerForm, GuestAskForm
from priorities.models import Activity, GuestRequest
from priorities.queries.plan import term_for_update
from priorities.rules import standing_of
from priorities.services.guests import (
    LinkError,
    accept_answer,
    answer_request,
    ask_guest,
    request_of,
    revoke_request,
    send_request,
    set_answer_aside,
)
from priorities.services.updates import said_of
from priorities.views import crumbs
from wesp_portal.common.conflicts import StaleError, fingerprint
from wesp_portal.common.forms import leave_unjudged
from wesp_portal.common.limits import is_too_often, sender_of
from wesp_portal.common.mail import portal_address

MINUTES = 60
# Visits to any link from one network address in ten minutes: a whole office behind one address, and no machine.
MOST_VISITS = 60
# Links that one person sends in an hour.
MOST_SENT = 20
# Where a person's session keeps the links that they have not been shown yet.
UNSHOWN = "guest_links"
_SAID = ("status", "rag", "words", "reason")


# --- The officer asks


@require_http_methods(["GET", "HEAD", "POST"])
def guest_ask(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask somebody without an account for this term's update of an activity."""
    activities = Activity.objects.updated_by(request.user).select_related(
        "priority__strategy__partnership", "objective__priority__strategy", "lead"
    )
    activity = get_object_or_404(activities, pk=pk)
    term, _ = term_for_update(activity, request.GET.get("term", ""), timezone.localdate())
    if term is None:
        raise Http404
    asked = {"question": f"What was done this term, {term.label}, and is it where it should be?"}
    draft = FormDraft(request, f"guest-ask/{activity.pk}/{term.code}")
    form = GuestAskForm(draft.typed, initial=asked)
    if draft.kept:
        leave_unjudged(form)
    if request.method == "POST" and form.is_valid():
        if is_too_often(f"guest-asked-by-{request.user.pk}", most=MOST_SENT, seconds=60 * MINUTES):
            form.add_error(None, "You have sent many links within an hour. Wait a while, then send the next.")
            return _ask_page(request, activity, term.label, form, draft)
        try:
            made, link = ask_guest(
                activity=activity, term=term, by=request.user, at=timezone.now(), **form.cleaned_data
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            draft.forget()
            address = portal_address(reverse("guest-answer", args=[link]))
            if send_request(request=made, address=address):
                messages.success(request, f"The link is on its way to {made.guest_email}.")
            else:
                messages.warning(request, "The email could not be sent. Copy the link and send it yourself.")
            request.session[UNSHOWN] = request.session.get(UNSHOWN, {}) | {str(made.pk): address}
            return redirect("guest-request", pk=made.pk)
    return _ask_page(request, activity, term.label, form, draft)


def _ask_page(
    request: SignedInRequest, activity: Activity, term: str, form: GuestAskForm, draft: FormDraft
) -> HttpResponse:
    context = {
        "form": form,
        "draft": draft,
        "activity": activity,
        "term": term,
        "partnership": activity.priority.strategy.partnership,
        "breadcrumbs": crumbs.to_activity(activity),
    }
    return render(request, "priorities/guest_ask.html", context)


# --- The officer judges


@require_http_methods(["GET", "HEAD", "POST"])
def guest_request(request: SignedInRequest, pk: int) -> HttpResponse:
    """One request: its link while that is new, what came of it, and what to make of the answer."""
    found = _asked(request, pk)
    present = found.activity.updates.filter(term=found.term_id).select_related("author").first()
    mark = fingerprint(said_of(present))
    initial = {name: getattr(found, name) for name in _SAID} | {"over": mark}
    draft = FormDraft(request, f"guest-accept/{found.pk}")
    form = GuestAcceptForm(draft.typed, initial=initial)
    if draft.kept:
        leave_unjudged(form)
    if request.method == "POST" and form.is_valid():
        said = {name: form.cleaned_data[name] for name in _SAID}
        try:
            accept_answer(request=found, by=request.user, at=timezone.now(), seen=form.cleaned_data["over"], **said)
        except StaleError:
            form.refuse_over(mark)
        except ValidationError as error:
            form.refuse(error)
        else:
            draft.forget()
            messages.success(request, f"The answer is now the update for {found.term.label}.")
            return redirect("activity", pk=found.activity_id)
    unshown = request.session.get(UNSHOWN, {})
    address = unshown.pop(str(pk), "")
    if address:
        request.session[UNSHOWN] = unshown
    now = timezone.now()
    context = {
        "asked": found,
        "form": form,
        "draft": draft,
        "address": address,
        "standing": standing_of(found.status, found.rag) if found.answered_at else "",
        "is_waiting": not (found.answered_at or found.revoked_at) and found.expires_at > now,
        "present": present,
        "partnership": found.activity.priority.strategy.partnership,
        "breadcrumbs": crumbs.to_activity(found.activity),
    }
    return render(request, "priorities/guest_request.html", context)


@require_POST
def guest_revoke(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw a link that nobody has answered."""
    if revoke_request(request=_asked(request, pk), at=timezone.now()):
        messages.success(request, "The link is withdrawn.")
    return redirect("guest-request", pk=pk)


@require_POST
def guest_set_aside(request: SignedInRequest, pk: int) -> HttpResponse:
    """Leave an answer out of the term's update."""
    try:
        set_answer_aside(request=_asked(request, pk), by=request.user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, "The answer is set aside. It stays here to be read.")
    return redirect("guest-request", pk=pk)


def _asked(request: SignedInRequest, pk: int) -> GuestRequest:
    rows = GuestRequest.objects.visible_to(request.user).select_related(
        "activity__priority__strategy__partnership",
        "activity__objective__priority__strategy",
        "term",
        "asked_by",
        "settled_by",
    )
    return get_object_or_404(rows, pk=pk)


# --- The guest answers


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def guest_answer(request: HttpRequest, link: str) -> HttpResponse:
    """The guest's one page: the activity's title, what is asked and by whom, and room for the answer."""
    response = _guest_answer(request, link)
    # The address is the key: it stays out of caches and search engines, and other sites are never told of it.
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _guest_answer(request: HttpRequest, link: str) -> HttpResponse:
    if is_too_often(f"guest-visits-{sender_of(request)}", most=MOST_VISITS, seconds=10 * MINUTES):
        return _over(request, "There were very many visits from your network. Wait ten minutes, then try again.", 429)
    now = timezone.now()
    try:
        found = request_of(link=link, at=now)
        form = GuestAnswerForm(request.POST or None)
        if form.is_valid():
            try:
                answer_request(request=found, at=now, **form.cleaned_data)
            except ValidationError as error:
                form.refuse(error)
            else:
                return render(request, "priorities/guest_thanks.html", {"asked": found})
    except LinkError as error:
        return _over(request, str(error), 410)
    return render(request, "priorities/guest_answer.html", {"asked": found, "form": form})


def _over(request: HttpRequest, why: str, status: int) -> HttpResponse:
    """Why no answer is taken, and whatever was typed, to be copied: the guest has no account to find it in again."""
    form = GuestAnswerForm(request.POST)
    typed = [(bound.label, bound.value()) for bound in (form["words"], form["reason"]) if bound.value()]
    return render(request, "priorities/guest_over.html", {"why": why, "typed": typed}, status=status)

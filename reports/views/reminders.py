"""Reminders: what each person gets and was sent, and a lead's request to everybody with something left to do."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partnerships.models import Partnership
from partnerships.requests import SignedInRequest
from reports.forms import ReminderChoiceForm
from reports.models import ReminderChoice, Round
from reports.queries.reminders import sent_to
from reports.services import chase, choose_reminders, plan_chase
from wesp_portal.common.formatting import plural, uk_date_time

# How many of the latest messages the page shows: two years of them, at the most that one person is sent.
SHOWN = 50


@require_http_methods(["GET", "POST"])
def reminder_page(request: SignedInRequest) -> HttpResponse:
    """What a person is reminded of, and what was sent to them."""
    choice = ReminderChoice.objects.filter(person=request.user).first() or ReminderChoice()
    kept = {"wants_opening": choice.wants_opening, "wants_due": choice.wants_due}
    form = ReminderChoiceForm(request.POST if request.method == "POST" else None, initial=kept)
    if request.method == "POST" and form.is_valid():
        choose_reminders(person=request.user, **form.cleaned_data)
        messages.success(request, "Your choice is saved.")
        return redirect("reminders")
    context = {
        "breadcrumbs": [("My work", reverse("home"))],
        "form": form,
        "email": request.user.email,
        "sent": sent_to(request.user, SHOWN),
        "shown": SHOWN,
    }
    return render(request, "reports/reminders/page.html", context)


@require_http_methods(["GET", "POST"])
def round_chase(request: SignedInRequest, slug: str) -> HttpResponse:
    """Ask everybody with something left in this term's round to do it, once the lead has seen who they are."""
    partnership = get_object_or_404(Partnership.objects.led_by(request.user), slug=slug)
    now = timezone.now()
    round_ = get_object_or_404(
        Round.objects.of_this_term(timezone.localdate(now)).select_related("partnership", "term"),
        partnership=partnership,
    )
    if request.method == "POST":
        listed = {int(pk) for pk in request.POST.getlist("person") if pk.isdecimal()}
        chased = chase(round_=round_, people=listed, by=request.user, at=now)
        if chased.people:
            people = plural(len(chased.people), "person", "people")
            when = "now" if chased.leaves_at == now else f"on {uk_date_time(timezone.localtime(chased.leaves_at))}"
            messages.success(request, f"{people} will be emailed {when}.")
        else:
            messages.info(request, "Nobody was emailed: whoever has something left to do was written to this week.")
        return redirect("round", slug)
    plan = plan_chase(round_, by=request.user, at=now)
    context = {
        "partnership": partnership,
        "breadcrumbs": [("My work", reverse("home")), ("Returns", reverse("round", args=[slug]))],
        "round": round_,
        "people": plan.people,
        "left_out": plan.left_out,
        "leaves_at": None if plan.leaves_at == now else timezone.localtime(plan.leaves_at),
    }
    return render(request, "reports/reminders/chase.html", context)

"""Logging what people say about an outcome or objective, editing it, and withdrawing it."""

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from partnerships.requests import SignedInRequest
from partnerships.views.drafts import FormDraft
from priorities.forms import VoiceForm
from priorities.models import Priority, Voice
from priorities.queries.voices import Abouts, abouts_of, voice_history
from priorities.services.voices import edit_voice, log_voice, said_of, withdraw_voice
from priorities.views import crumbs
from priorities.views.conflicts import conflict_page
from wesp_portal.common.conflicts import StaleError
from wesp_portal.common.forms import leave_unjudged

# What the address may name, with the way from a priority to it.
_SUBJECTS = {"outcome": "outcomes", "objective": "objectives", "priority": "pk"}


@require_http_methods(["GET", "HEAD", "POST"])
def voice_new(request: SignedInRequest) -> HttpResponse:
    """Log what people say about what the address names: `?outcome=`, `?objective=` or `?priority=`."""
    priority, first = _subject(request)
    abouts = abouts_of(priority)
    initial = {"form_token": uuid4(), "about": first}
    draft = FormDraft(request, f"voice-new/{first}")
    form = VoiceForm(draft.typed, abouts=abouts, today=timezone.localdate(), initial=initial)
    if draft.kept:
        leave_unjudged(form)
    if request.method == "POST" and form.is_valid():
        about = abouts.named(form.cleaned_data["about"])
        assert about is not None
        try:
            voice = log_voice(
                priority=priority,
                about=about,
                words=form.said,
                form_token=form.cleaned_data["form_token"],
                by=request.user,
                at=timezone.now(),
                today=timezone.localdate(),
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            draft.forget()
            messages.success(request, "What they said is logged.")
            return _back(voice)
    return _form_page(request, priority, form, draft)


def _form_page(
    request: SignedInRequest, priority: Priority, form: VoiceForm, draft: FormDraft, voice: Voice | None = None
) -> HttpResponse:
    context = {
        "form": form,
        "draft": draft,
        "voice": voice,
        "history": voice_history(voice) if voice else [],
        "priority": priority,
        "has_subjects": bool(form.abouts.choices),
        "partnership": priority.strategy.partnership,
        "breadcrumbs": crumbs.to_priority(priority),
    }
    return render(request, "priorities/voice_form.html", context)


def _subject(request: SignedInRequest) -> tuple[Priority, str]:
    """The priority that the address leads to, and what of it was meant."""
    for name, path in _SUBJECTS.items():
        if asked := request.GET.get(name, ""):
            if not asked.isdecimal() or len(asked) > 18:
                raise Http404
            priorities = Priority.objects.logged_against_by(request.user).select_related("strategy__partnership")
            found = get_object_or_404(priorities.filter(**{path: int(asked)}))
            return found, f"{name}-{asked}"
    raise Http404


@require_http_methods(["GET", "HEAD", "POST"])
def voice_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change what is logged of a voice that stands, as whoever logged it or as a lead."""
    voice = get_object_or_404(_editable(request), pk=pk)
    draft = FormDraft(request, f"voice/{pk}")
    form = _edit_form(voice, abouts_of(voice.priority), draft.typed)
    if draft.kept:
        leave_unjudged(form)
    if request.method == "POST" and form.is_valid():
        about = form.abouts.named(form.cleaned_data["about"])
        assert about is not None
        try:
            voice = edit_voice(
                voice=voice,
                about=about,
                words=form.said,
                seen=form.seen,
                by=request.user,
                at=timezone.now(),
                today=timezone.localdate(),
            )
        except StaleError:
            return _conflict(request, pk, draft, form)
        except ValidationError as error:
            form.refuse(error)
        else:
            draft.forget()
            messages.success(request, "The changes are saved.")
            return _back(voice)
    return _form_page(request, voice.priority, form, draft, voice)


def _editable(request: SignedInRequest) -> QuerySet[Voice]:
    return Voice.objects.edited_by(request.user).select_related("priority__strategy__partnership", "logged_by")


def _edit_form(voice: Voice, abouts: Abouts, data: QueryDict | None) -> VoiceForm:
    initial = said_of(voice) | {"form_token": voice.form_token or uuid4(), "has_consent": True}
    return VoiceForm(data, abouts=abouts, today=timezone.localdate(), initial=initial)


def _conflict(request: SignedInRequest, pk: int, draft: FormDraft, sent: VoiceForm) -> HttpResponse:
    """Both texts of a voice, where it no longer says what the form showed."""
    voice = get_object_or_404(_editable(request), pk=pk)
    form = _edit_form(voice, sent.abouts, request.POST)
    form.is_valid()
    last = voice.history.select_related("history_user").first()
    return conflict_page(
        request,
        form=form,
        draft=draft,
        by=last.history_user if last else voice.logged_by,
        at=last.history_date if last else None,
        address=reverse("voice-edit", args=[pk]),
        leave=_address(voice),
        more={"partnership": voice.priority.strategy.partnership, "breadcrumbs": crumbs.to_priority(voice.priority)},
    )


@require_POST
def voice_withdraw(request: SignedInRequest, pk: int) -> HttpResponse:
    """Withdraw a voice whose consent was taken back."""
    voices = Voice.objects.withdrawn_by(request.user).select_related("priority__strategy")
    voice = get_object_or_404(voices, pk=pk)
    withdraw_voice(voice=voice, by=request.user, at=timezone.now())
    messages.success(request, "It is withdrawn, and shown nowhere any more.")
    return _back(voice)


def _back(voice: Voice) -> HttpResponse:
    """To the page that shows it."""
    return redirect(_address(voice))


def _address(voice: Voice) -> str:
    if voice.objective_id:
        return reverse("objective", args=[voice.objective_id])
    return reverse("priority", args=[voice.priority_id])

"""Logging an achievement, and what becomes of it: its page, its editing, publishing or returning, and the list."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from partnerships.asking import ask_url
from partnerships.models import Partnership, User
from partnerships.requests import SignedInRequest
from partnerships.views.drafts import FormDraft, latest_draft
from priorities.forms import AchievementForm, GiveBackForm, first_values, present_values
from priorities.models import Achievement
from priorities.queries.achievements import (
    achievement_in_full,
    editable_by,
    history_in_words,
    listed,
    logging_choices,
    may_edit,
    number_words,
    terms_with_achievements,
    when_words,
    with_words,
)
from priorities.queries.similar import Similar, similar_to
from priorities.services.achievements import (
    edit_achievement,
    log_achievement,
    publish_achievement,
    return_achievement,
    says_the_same,
)
from priorities.views import public
from priorities.views.conflicts import conflict_page
from priorities.views.held_files import keep_files
from wesp_portal.common.conflicts import StaleError
from wesp_portal.common.formatting import term_label
from wesp_portal.common.forms import leave_unjudged

PER_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def achievement_new(request: SignedInRequest) -> HttpResponse:
    """Log an achievement: in the person's one partnership, or in the one they choose first."""
    return _log(request) if request.method == "POST" else _ask(request)


def _ask(request: SignedInRequest) -> HttpResponse:
    """The empty form, the form filled in like an earlier achievement, or first the choice of a partnership."""
    like = _like(request)
    partnerships = Partnership.objects.logged_in_by(request.user)
    if like:
        partnership = like.partnership
    elif slug := request.GET.get("partnership"):
        partnership = get_object_or_404(partnerships, slug=slug)
    else:
        found = list(partnerships)
        if not found:
            raise Http404
        if len(found) > 1:
            return render(request, "priorities/achievement_where.html", {"partnerships": found})
        partnership = found[0]
    token = _token(request)
    if token is None:
        if like is None and (unsent := latest_draft(request, _key(partnership.pk))):
            return redirect(unsent.page)
        # In the address, the token outlives Back: what is then sent again is the same form, and makes no second record.
        return redirect(f"{request.path}?{urlencode({**request.GET.dict(), 'form': uuid4()})}")
    own = request.user.access.organisations_in(partnership.pk)
    initial = first_values(like, own) | {"partnership": partnership.pk, "form_token": token}
    draft = FormDraft(request, _key(partnership.pk, token))
    form = _new_form(request, partnership.pk, draft.typed, initial=initial, held=draft.held)
    if draft.kept:
        leave_unjudged(form)
    return _form_page(request, partnership, form, draft)


def _key(partnership_id: int, token: UUID | str = "") -> str:
    """The key of a new achievement's draft; without its form's token, how those of a partnership begin."""
    return f"achievement-new/{partnership_id}/{token}"


def _token(request: SignedInRequest) -> UUID | None:
    """The form's token that the address names, where it names one."""
    try:
        return UUID(request.GET.get("form", ""))
    except ValueError:
        return None


def _like(request: SignedInRequest) -> Achievement | None:
    """The achievement that a new one is to be like, where the person may log in its partnership."""
    pk = request.GET.get("like", "")
    if not pk:
        return None
    if not pk.isdecimal():
        raise Http404
    rows = Achievement.objects.visible_to(request.user).select_related("partnership")
    like = get_object_or_404(rows.prefetch_related("organisations", "priorities"), pk=int(pk))
    if not request.user.access.logs_in(like.partnership_id):
        raise Http404
    return like


def _log(request: SignedInRequest) -> HttpResponse:
    """Save what was posted; in the usual case the partnership itself is not read, because logging must be quick."""
    partnership_id = _posted_partnership(request)
    draft = FormDraft(request, _key(partnership_id, request.POST.get("form_token", "")[:36]))
    form = _new_form(request, partnership_id, request.POST, request.FILES, held=draft.held)
    now = timezone.now()
    if form.is_valid():
        if similar := _not_asked_about(request, partnership_id, form):
            return _form_page(request, get_object_or_404(Partnership, pk=partnership_id), form, draft, similar=similar)
        try:
            achievement, is_new = log_achievement(
                by=request.user,
                partnership_id=partnership_id,
                words=form.words,
                evidence=form.evidence,
                is_published=form.cleaned_data.get("is_published", False),
                form_token=form.cleaned_data["form_token"],
                at=now,
            )
        except ValidationError as error:
            form.refuse(error)
        else:
            if not is_new and not says_the_same(achievement, form.words):
                return _logged_before(request, achievement, form)
            draft.forget()
            return redirect(f"{reverse('achievement', args=[achievement.pk])}?saved=new")
    return _form_page(request, get_object_or_404(Partnership, pk=partnership_id), form, draft)


def _not_asked_about(request: SignedInRequest, partnership_id: int, form: AchievementForm) -> list[Similar]:
    """What a new achievement may repeat, unless its form has come back with each of these before."""
    words = form.words
    similar = similar_to(
        partnership_id=partnership_id,
        title=words.title,
        happened_on=words.happened_on,
        period=words.period,
        number=words.quantity,
        unit=words.quantity_unit,
        form_token=form.cleaned_data["form_token"],
    )
    return similar if {row.pk for row in similar} - set(form.cleaned_data["similar_seen"]) else []


def _logged_before(request: SignedInRequest, achievement: Achievement, sent: AchievementForm) -> HttpResponse:
    """A form that was sent once, changed after Back and sent again: its words go beside those that were logged."""
    if not editable_by(request.user).filter(pk=achievement.pk).exists():
        messages.warning(request, "This was logged and published already, so what you changed since is not saved.")
        return redirect("achievement", achievement.pk)
    return _conflict(request, achievement.pk, sent)


def _conflict(request: SignedInRequest, pk: int, sent: AchievementForm) -> HttpResponse:
    """Both texts of an achievement, where it no longer says what the form showed."""
    found = get_object_or_404(achievement_in_full(editable_by(request.user)), pk=pk)
    edit = reverse("achievement-edit", args=[pk])
    draft = FormDraft(request, f"achievement/{pk}", page=edit)
    keep_files(sent, draft)
    form = _edit_form(found, sent.data, held=sent.held)
    form.offer(logging_choices(request.user, found.partnership, today=timezone.localdate(), achievement=found))
    form.is_valid()
    if sent.is_file_wanted:
        form.say_again_what_is_not_kept()
    last = found.history.select_related("history_user").first()
    return conflict_page(
        request,
        form=form,
        draft=draft,
        by=last.history_user if last else found.logged_by,
        at=last.history_date if last else None,
        address=edit,
        leave=reverse("achievement", args=[pk]),
        more={"partnership": found.partnership, "breadcrumbs": [("Achievements", reverse("achievement-list"))]},
    )


def _edit_form(found: Achievement, *args: Any, **options: Any) -> AchievementForm:
    initial = present_values(found) | {"partnership": found.partnership_id}
    return AchievementForm(
        *args,
        initial=initial,
        today=timezone.localdate(),
        may_publish=False,
        has=list(found.evidence.all()),
        **options,
    )


def _posted_partnership(request: SignedInRequest) -> int:
    posted = request.POST.get("partnership", "")
    if not posted.isdecimal() or not request.user.access.logs_in(int(posted)):
        raise Http404
    if request.user.access.is_administrator:
        return get_object_or_404(Partnership, pk=int(posted)).pk
    return int(posted)


def _new_form(request: SignedInRequest, partnership_id: int, *args: Any, **options: Any) -> AchievementForm:
    may_publish = request.user.access.leads(partnership_id)
    return AchievementForm(*args, today=timezone.localdate(), may_publish=may_publish, **options)


def _form_page(
    request: SignedInRequest,
    partnership: Partnership,
    form: AchievementForm,
    draft: FormDraft,
    achievement: Achievement | None = None,
    similar: Sequence[Similar] = (),
) -> HttpResponse:
    """The form with its lists to choose from, and with what it may repeat."""
    choices = logging_choices(request.user, partnership, today=timezone.localdate(), achievement=achievement)
    form.offer(choices)
    keep_files(form, draft)
    context = {
        "form": form,
        "draft": draft,
        "achievement": achievement,
        "partnership": partnership,
        "has_priorities": bool(choices.groups),
        "units": choices.units,
        "similar": similar,
        "similar_seen": [row.pk for row in similar] or form["similar_seen"].value(),
        "is_detail_open": form.is_open(["detail"]),
        "is_period_open": form.is_open(["period"]),
        "is_number_open": form.is_open(["quantity_qualifier", "quantity", "quantity_unit"]),
        "is_evidence_open": form.is_open(["evidence_file", "evidence_photo", "evidence_link", "evidence_removed"]),
        "is_publishing_offered": "is_published" in form.fields,
        "is_public_open": form.is_open(["is_public", "is_published"]),
        "breadcrumbs": [("Achievements", reverse("achievement-list"))],
    }
    return render(request, "priorities/achievement_form.html", context)


@login_not_required
@require_safe
def achievement(request: HttpRequest, pk: int) -> HttpResponse:
    """One achievement with its evidence and its history; after saving, what was saved and what may be done next.

    Whoever does not read the partnership sees one that is public in the form for everyone.
    """
    user = request.user
    if not isinstance(user, User):
        return public.achievement_page(request, pk)
    found = achievement_in_full(Achievement.objects.visible_to(user)).filter(pk=pk).first()
    if found is None:
        return public.achievement_page(request, pk)
    return _achievement_page(request, user, found, GiveBackForm())


def _achievement_page(request: HttpRequest, user: User, found: Achievement, form: GiveBackForm) -> HttpResponse:
    leads = user.access.leads(found.partnership_id)
    is_published = found.status == Achievement.Status.PUBLISHED
    is_returned = found.status == Achievement.Status.RETURNED
    history = history_in_words(found)
    context = {
        "achievement": found,
        "partnership": found.partnership,
        "when": when_words(found.happened_on, found.period),
        "number": number_words(found),
        "history": history,
        "return_reason": history[0].reason if is_returned and history else "",
        "form": form,
        "return_url": reverse("achievement-return", args=[found.pk]),
        "saved": request.GET.get("saved", ""),
        "may_edit": may_edit(user, found),
        "may_log": user.access.logs_in(found.partnership_id),
        "may_publish": leads and found.status in (Achievement.Status.SUBMITTED, Achievement.Status.RETURNED),
        "may_return": leads and found.status in (Achievement.Status.SUBMITTED, Achievement.Status.PUBLISHED),
        "is_published": is_published,
        "shows_pictures": leads,
        "breadcrumbs": [("Achievements", reverse("achievement-list"))],
        "ask_url": ask_url(user.access, found.partnership, "achievement", found.pk),
    }
    return render(request, "priorities/achievement.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def achievement_edit(request: SignedInRequest, pk: int) -> HttpResponse:
    """Change an achievement that is not published yet, as whoever logged it or as a lead."""
    rows = achievement_in_full(editable_by(request.user))
    found = get_object_or_404(rows, pk=pk)
    draft = FormDraft(request, f"achievement/{pk}")
    form = _edit_form(found, draft.typed, request.FILES or None, held=draft.held)
    if draft.kept:
        leave_unjudged(form)
    if request.method == "POST" and form.is_valid():
        try:
            edit_achievement(
                achievement=found,
                by=request.user,
                words=form.words,
                evidence=form.evidence,
                evidence_removed=form.removed,
                seen=form.seen,
                at=timezone.now(),
            )
        except StaleError:
            return _conflict(request, pk, form)
        except ValidationError as error:
            form.refuse(error)
        else:
            draft.forget()
            return redirect(f"{reverse('achievement', args=[pk])}?saved=changed")
    return _form_page(request, found.partnership, form, draft, found)


@require_POST
def achievement_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """A lead lets an achievement stand."""
    found = _led(request, pk)
    try:
        publish_achievement(achievement=found, by=request.user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, error.messages[0])
    else:
        messages.success(request, "The achievement is published.")
    return redirect("achievement", pk=pk)


@require_POST
def achievement_return(request: SignedInRequest, pk: int) -> HttpResponse:
    """A lead gives an achievement back, saying what should change."""
    found = _led(request, pk)
    form = GiveBackForm(request.POST)
    if not form.is_valid():
        return _achievement_page(request, request.user, found, form)
    return_achievement(achievement=found, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now())
    messages.success(request, "The achievement is returned to whoever logged it.")
    return redirect("achievement", pk=pk)


def _led(request: SignedInRequest, pk: int) -> Achievement:
    """An achievement of a partnership that the person leads."""
    rows = Achievement.objects.visible_to(request.user).filter(partnership__in=Partnership.objects.led_by(request.user))
    return get_object_or_404(achievement_in_full(rows), pk=pk)


@require_GET
def achievement_list(request: SignedInRequest) -> HttpResponse:
    """The achievements of a person's partnerships, newest first."""
    partnerships = list(Partnership.objects.visible_to(request.user).only("slug", "name"))
    slug, term = request.GET.get("partnership", ""), request.GET.get("term", "")
    chosen = next((row for row in partnerships if row.slug == slug), None)
    if slug and chosen is None:
        raise Http404
    priority = request.GET.get("priority", "")
    rows = listed(
        request.user,
        partnership=chosen,
        term_code=term,
        is_mine=request.GET.get("whose") == "mine",
        priority=int(priority) if priority.isdecimal() else None,
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    access = request.user.access
    context = {
        "page": page,
        "rows": with_words(page),
        "filters": _filters(request, partnerships, slug, term),
        "is_filtered": bool(slug or term or priority or request.GET.get("whose") == "mine"),
        "may_log": access.is_administrator or bool(access.logging_in),
    }
    return render(request, "priorities/achievement_list.html", context)


def _filters(
    request: SignedInRequest, partnerships: list[Partnership], slug: str, term: str
) -> list[dict[str, object]]:
    """The questions above the list, each only where it has more than one answer."""
    whose = [("", "Everyone’s"), ("mine", "Mine")]
    terms = [("", "All terms"), *((code, term_label(code)) for code in terms_with_achievements(request.user))]
    fields: list[dict[str, object]] = [
        {"name": "whose", "label": "Whose", "value": request.GET.get("whose", ""), "options": whose}
    ]
    if len(partnerships) > 1:
        options = [("", "All partnerships"), *((row.slug, row.name) for row in partnerships)]
        fields.append({"name": "partnership", "label": "Partnership", "value": slug, "options": options})
    if len(terms) > 1:
        fields.append({"name": "term", "label": "Term", "value": term, "options": terms})
    return fields

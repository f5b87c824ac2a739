"""Writing a return, priority by priority, and reviewing it."""

from collections.abc import Sequence

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.requests import SignedInRequest
from partnerships.views.drafts import FormDraft, drafts_of_page
from reports.forms import CommentForm, EntryForms, PromiseForm, SendBackForm
from reports.models import PlannedStep, Return, ReturnEntry, Round
from reports.queries.history import history_of
from reports.queries.returns import (
    LIFECYCLE,
    OF_THE_TERM,
    SECTIONS,
    EntryPage,
    EntryState,
    Missing,
    Newer,
    Overview,
    ReviewEntry,
    activities_for,
    entry_page,
    lifecycle_words,
    newer_words,
    overview_of,
    previous_return,
    promises_of,
    review_of,
)
from reports.services import (
    EntryText,
    ReturnClosedError,
    ReturnNotReadyError,
    StaleEntryError,
    approve_return,
    comment_on,
    fill_return,
    mark_step,
    resolve_comment,
    save_entry,
    send_back,
    submit_return,
)
from wesp_portal.common.formatting import join_words, plural, uk_date_time
from wesp_portal.common.forms import leave_unjudged

CHANGES_PER_PAGE = 50
WITH_THE_LEAD = "This return is with the lead, so it can no longer be changed. Ask the lead to send it back."
ROUND_CLOSED = (
    "The round is closed, so this return can no longer be changed or sent. Ask the lead to open the round again."
)


def own_returns(request: SignedInRequest) -> QuerySet[Return]:
    """The returns a person may open, with what every page of theirs names."""
    return Return.objects.visible_to(request.user).select_related(
        "round__partnership", "round__term", "organisation", "submitted_by", "reviewed_by"
    )


@require_http_methods(["GET", "POST"])
def return_page(request: SignedInRequest, return_id: int) -> HttpResponse:
    """A return at a glance: its priorities, the promises to mark, what is missing; and sending it to the lead."""
    found = get_object_or_404(own_returns(request), pk=return_id)
    missing: tuple[Missing, ...] = ()
    if "fill" in request.POST:
        return _filled(request, found)
    if request.method == "POST":
        try:
            submit_return(return_of=found, by=request.user, at=timezone.now())
        except ReturnClosedError:
            messages.error(request, _why_closed(found))
            return redirect("return", found.pk)
        except ReturnNotReadyError as not_ready:
            missing = tuple(not_ready.missing)
        else:
            messages.success(request, "Your return has been sent to the lead.")
            return redirect("return", found.pk)
    overview = overview_of(found)
    context = {
        "partnership": found.round.partnership,
        "breadcrumbs": [("My work", reverse("home"))],
        "found": found,
        "overview": overview,
        "tasks": _tasks(found, overview),
        "ready_words": f"{overview.ready} of {plural(len(overview.entries), 'priority', 'priorities')} ready",
        "errors": [{"text": each.words, "href": _where(found, overview, each.entry_id)} for each in missing],
        "has_errors": bool(missing),
    }
    return render(request, "reports/returns/return.html", context)


def _why_closed(found: Return) -> str:
    """Why a return cannot be changed, as it is now: it may have been opened when it still could."""
    is_closed = Round.objects.filter(pk=found.round_id, is_closed=True).exists()
    return ROUND_CLOSED if is_closed else WITH_THE_LEAD


def _filled(request: SignedInRequest, found: Return) -> HttpResponse:
    """Take what was logged into the texts, and say how much that was."""
    try:
        count = fill_return(return_of=found, by=request.user, at=timezone.now())
    except ReturnClosedError:
        messages.error(request, _why_closed(found))
    else:
        messages.success(
            request, f"{plural(count, 'line')} taken into the text. Read each priority before you send it."
        )
    return redirect("return", found.pk)


@require_http_methods(["GET", "POST"])
def return_entry(request: SignedInRequest, return_id: int, entry_id: int) -> HttpResponse:
    """One priority of a return: what was promised and logged on one side, the six sections on the other."""
    found = get_object_or_404(own_returns(request), pk=return_id)
    if not found.is_writable and request.method == "GET":
        return redirect("return-review", found.pk)
    page = entry_page(found, entry_id)
    if page is None:
        raise Http404
    activities = list(activities_for(page.entry))
    draft = FormDraft(request, f"return-entry/{page.entry.pk}")
    forms = EntryForms(page, activities, draft.typed or None)
    if draft.kept:
        leave_unjudged(*forms.all)
    newer: Newer | None = None
    if request.method == "POST" and forms.is_valid():
        text = forms.text()
        try:
            save_entry(
                entry=page.entry, text=text, by=request.user, at=timezone.now(), seen=forms.words.cleaned_data["seen"]
            )
        except StaleEntryError:
            newer = _newer(page, text)
            forms = EntryForms(page, activities, _with_seen(request.POST, page.seen))
        except ReturnClosedError:
            forms.refuse(ValidationError(_why_closed(found)))
        except ValidationError as error:
            forms.refuse(error)
        else:
            draft.forget()
            return _after_saving(request, found, page)
    context = {
        "partnership": found.round.partnership,
        "breadcrumbs": [("My work", reverse("home")), (str(found.round.term), reverse("return", args=[found.pk]))],
        "found": found,
        "page": page,
        "draft": draft,
        "forms": forms,
        "texts": _texts(page, forms, newer),
        "promises": [
            row | {"newer": newer.marks.get(row["step"].pk) if newer else None} for row in forms.promise_rows()
        ],
        "steps": forms.step_rows(),
        "logged": forms.line_rows(),
        "tasks": _tasks(found, page.overview, current=page.entry.pk),
        "newer": newer,
        "newer_summary": _newer_summary(request, forms, newer) if newer else {},
        "has_errors": forms.has_errors or newer is not None,
    }
    return render(request, "reports/returns/entry.html", context)


@require_http_methods(["GET", "POST"])
def promise_mark(request: SignedInRequest, return_id: int, step_id: int) -> HttpResponse:
    """One promise on a page of its own: done, carried over, or dropped with a reason."""
    found = get_object_or_404(own_returns(request), pk=return_id)
    if not found.is_writable:
        messages.error(request, _why_closed(found))
        return redirect("return-review", found.pk)
    step = next((each for each in promises_of(found, previous_return(found)) if each.pk == step_id), None)
    if step is None:
        return _after_marking(request, found, get_object_or_404(_marked_before(found), pk=step_id))
    draft = FormDraft(request, f"promise-mark/{found.pk}/{step.pk}")
    form = PromiseForm(draft.typed, initial=PromiseForm.shown(step))
    if draft.kept:
        leave_unjudged(form)
    if request.method == "POST" and form.is_valid():
        outcome = form.cleaned_data["outcome"]
        try:
            step = mark_step(
                step=step, return_of=found, outcome=outcome, reason=form.why, by=request.user, at=timezone.now()
            )
        except ReturnClosedError:
            form.add_error(None, _why_closed(found))
        except ValidationError as error:
            form.add_error(None, error)
        else:
            draft.forget()
            return _after_marking(request, found, step)
    # Dropping from a list of promises comes without its reason: that is asked for here, not complained about.
    is_asking = request.method == "POST" and "reason" not in request.POST and form.cleaned_data.get("outcome")
    if is_asking:
        form = PromiseForm(initial={"outcome": PlannedStep.Outcome.DROPPED})
    context = {
        "partnership": found.round.partnership,
        "breadcrumbs": [("My work", reverse("home")), (str(found.round.term), reverse("return", args=[found.pk]))],
        "found": found,
        "step": step,
        "form": form,
        "draft": draft,
        "is_asking": is_asking,
    }
    return render(request, "reports/returns/promise.html", context)


@require_http_methods(["GET", "POST"])
def return_review(request: SignedInRequest, return_id: int) -> HttpResponse:
    """A whole return for reading; its lead approves it or sends it back."""
    found = get_object_or_404(own_returns(request), pk=return_id)
    is_reviewer = Return.objects.reviewed_by(request.user).filter(pk=found.pk).exists()
    if request.method == "POST" and not is_reviewer:
        raise Http404
    decision = request.POST.get("decision", "")
    entries, elsewhere = review_of(found)
    commented = _commented(request, entries) if decision in ("comment", "resolve") else None
    if isinstance(commented, HttpResponse):
        return commented
    has_comments = any(not comment.resolved_at for row in entries for comment in row.comments)
    form = SendBackForm(
        request.POST if decision == "send-back" else None,
        has_comments=has_comments,
        initial={"version": found.version},
    )
    problem = ""
    if decision in ("approve", "send-back"):
        problem = _reviewed(request, found, form)
        if not problem and not form.errors:
            return redirect("round", found.round.partnership.slug)
        found = get_object_or_404(own_returns(request), pk=return_id)
    drafts = _review_drafts(request, found, entries) if is_reviewer else {}
    sending_back = drafts.get(_sending_back_key(found))
    if sending_back and sending_back.kept and not form.is_bound:
        # The words are from before; what is decided on is the return as this page shows it.
        typed = sending_back.kept.typed
        typed["version"] = str(found.version)
        form = SendBackForm(typed, has_comments=has_comments)
        leave_unjudged(form)
    context = {
        "partnership": found.round.partnership,
        "breadcrumbs": [
            ("My work", reverse("home")),
            ("Returns", reverse("round", args=[found.round.partnership.slug]))
            if is_reviewer
            else (str(found.round.term), reverse("return", args=[found.pk])),
        ],
        "found": found,
        "entries": [
            {
                "said": row,
                "lifecycle": lifecycle_words(row.entry),
                "form": commented
                if commented and commented.prefix == f"entry-{row.entry.pk}"
                else _comment_form(row, drafts.get(_comment_key(row))),
                "draft": drafts.get(_comment_key(row)),
            }
            for row in entries
        ],
        "commented": commented,
        "elsewhere": elsewhere,
        "form": form,
        "draft": sending_back,
        "is_reviewer": is_reviewer,
        "may_approve": is_reviewer and found.status == Return.Status.SUBMITTED,
        "may_send_back": is_reviewer
        and not found.round.is_closed
        and found.status in (Return.Status.SUBMITTED, Return.Status.APPROVED),
        "errors": [{"text": problem, "href": "#review"}] if problem else [],
        "has_errors": bool(problem or commented),
    }
    return render(request, "reports/returns/review.html", context)


@require_safe
def return_history(request: SignedInRequest, return_id: int) -> HttpResponse:
    """Every change of a return in words, latest first."""
    found = get_object_or_404(own_returns(request), pk=return_id)
    context = {
        "partnership": found.round.partnership,
        "breadcrumbs": [("My work", reverse("home")), (str(found.round.term), reverse("return", args=[found.pk]))],
        "found": found,
        "page": Paginator(history_of(found), CHANGES_PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "reports/returns/history.html", context)


def _commented(request: SignedInRequest, entries: Sequence[ReviewEntry]) -> HttpResponse | CommentForm:
    """Add the lead's comment at a priority, or mark one as dealt with; the form where it was not right."""
    found = {str(row.entry.pk): row for row in entries}
    row = found.get(request.POST.get("entry", ""))
    if row is None:
        raise Http404
    if request.POST["decision"] == "resolve":
        waiting = {str(comment.pk): comment for comment in row.comments}
        if comment := waiting.get(request.POST.get("comment", "")):
            resolve_comment(comment=comment, by=request.user, at=timezone.now())
            messages.success(request, "The comment is dealt with.")
    else:
        form = CommentForm(request.POST, prefix=f"entry-{row.entry.pk}")
        if not form.is_valid():
            return form
        comment_on(entry=row.entry, text=form.cleaned_data["text"], by=request.user, at=timezone.now())
        FormDraft(request, _comment_key(row)).forget()
        messages.success(request, f"Your comment at {row.entry.priority.ref} is added.")
    return redirect(f"{reverse('return-review', args=[row.entry.return_of_id])}#entry-{row.entry.pk}")


def _review_drafts(request: SignedInRequest, found: Return, entries: Sequence[ReviewEntry]) -> dict[str, FormDraft]:
    """What a lead typed before on a return's page, at each priority and in sending it back."""
    page = reverse("return-review", args=[found.pk])
    pages = {_comment_key(row): f"{page}#entry-{row.entry.pk}" for row in entries}
    return drafts_of_page(request, pages | {_sending_back_key(found): f"{page}#review"})


def _comment_key(row: ReviewEntry) -> str:
    return f"return-comment/{row.entry.pk}"


def _sending_back_key(found: Return) -> str:
    return f"return-send-back/{found.pk}"


def _comment_form(row: ReviewEntry, draft: FormDraft | None) -> CommentForm:
    """The form of a comment, with what was kept of it."""
    kept = draft.kept if draft else None
    form = CommentForm(kept.typed if kept else None, prefix=f"entry-{row.entry.pk}")
    if kept:
        leave_unjudged(form)
    return form


def _reviewed(request: SignedInRequest, found: Return, form: SendBackForm) -> str:
    """Do what the lead decided; gives what stood in the way, if anything but the form did."""
    version = request.POST.get("version", "")
    read = int(version) if version.isdecimal() else 0
    try:
        if request.POST.get("decision") == "approve":
            approve_return(return_of=found, by=request.user, at=timezone.now(), version=read)
            messages.success(request, f"{found.organisation.brief_name}’s return is approved.")
        elif form.is_valid():
            comment = form.cleaned_data["comment"]
            send_back(return_of=found, comment=comment, by=request.user, at=timezone.now(), version=read)
            FormDraft(request, _sending_back_key(found)).forget()
            messages.success(request, f"{found.organisation.brief_name}’s return has been sent back.")
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


def _texts(page: EntryPage, forms: EntryForms, newer: Newer | None) -> dict[str, dict[str, object]]:
    """The four texts, each with newer words saved meanwhile and, of those of the term, what was said last time."""
    before = page.before
    return {
        section: {
            "bound": forms.words[section],
            "newer": getattr(newer, section) if newer else "",
            "before": getattr(before, section) if before and section in OF_THE_TERM else "",
            "before_term": before.return_of.round.term.label if before else "",
            "is_unchanged": section in page.unchanged,
        }
        for section in SECTIONS
    }


def _newer(page: EntryPage, text: EntryText) -> Newer:
    """What was saved meanwhile where it differs from a text that could not be."""
    marks = {mark.step_id: mark for mark in text.marks}
    return newer_words(
        page,
        typed={section: getattr(text, section) for section in SECTIONS},
        lifecycle=lifecycle_words(ReturnEntry(**{name: getattr(text, name) for name in LIFECYCLE})),
        steps=[step.title.strip() for step in text.steps if step.title.strip()],
        marks={step.pk: marks[step.pk].of(step) for step in page.promises if step.pk in marks},
    )


def _newer_summary(request: SignedInRequest, forms: EntryForms, newer: Newer) -> dict[str, object]:
    """Who saved meanwhile and when, and where to look: the heading, the words and the links of the error summary."""
    is_own = newer.by_id == request.user.pk
    when = f" on {uk_date_time(timezone.localtime(newer.at))}" if newer.at else ""
    if is_own:
        heading = "You saved this priority somewhere else while you were writing here"
        saved = f"You saved it{when}, perhaps in another tab or on another device"
    else:
        heading = f"{newer.by or 'Somebody else'} saved this priority while you were writing"
        saved = f"It was saved{when}"
    words = (
        f"{saved}. Nothing was saved now, and nothing you typed here is lost: it is in the boxes, and what was saved "
        "meanwhile stands under each box where it differs. Bring the two together, then save again."
    )
    links = [
        (f"“{row['step'].title}”: compare the two marks", row["options"][0].id)
        for row in forms.promise_rows()
        if row["step"].pk in newer.marks
    ]
    links += [
        (f"{name}: compare the two texts", forms.words[section].auto_id)
        for section, name in SECTIONS.items()
        if getattr(newer, section)
    ]
    if newer.lifecycle:
        links.append(("What becomes of the priority: compare the two", forms.words["proposed_status"].auto_id + "_0"))
    if newer.steps is not None:
        links.append(("Planned activity next period: compare the two plans", "planned"))
    return {"title": heading, "words": words, "links": [{"text": text, "href": f"#{to}"} for text, to in links]}


def _with_seen(posted: QueryDict, seen: str) -> QueryDict:
    """What was posted, as if its writer had seen the entry as it is now: they have, once this answer is shown."""
    data = posted.copy()
    data["seen"] = seen
    return data


def _tasks(found: Return, overview: Overview, current: int = 0) -> list[dict[str, object]]:
    """The priorities of a return as a list of tasks."""
    return [
        {
            "title": f"{entry.ref} {entry.title}",
            "url": reverse("return-entry", args=[found.pk, entry.id]) if found.is_writable else "",
            "state": _state(entry),
            "hint": _hint(entry),
            "is_done": entry.is_ready,
            "is_current": entry.id == current,
        }
        for entry in overview.entries
    ]


def _state(entry: EntryState) -> str:
    if entry.unmarked:
        return f"{plural(entry.unmarked, 'promise')} to mark"
    if entry.unexplained:
        return f"{plural(entry.unexplained, 'reason')} to give"
    if entry.lacks_successor:
        return "Say to whom"
    return "Ready" if entry.is_written else "Nothing written"


def _hint(entry: EntryState) -> str:
    """What is worth a look in an entry, though nothing of it holds the return back."""
    parts = [
        f"{plural(entry.comments, 'comment')} from the lead" if entry.comments else "",
        f"{plural(entry.new_lines, 'new line')} from what was logged" if entry.new_lines else "",
        f"Nothing under {join_words(entry.unsaid)}" if entry.is_written and entry.unsaid else "",
        f"{' and '.join(entry.unchanged)}: the same words as last time" if entry.unchanged else "",
    ]
    return " · ".join(part for part in parts if part)


def _where(found: Return, overview: Overview, entry_id: int | None) -> str:
    if entry_id:
        return reverse("return-entry", args=[found.pk, entry_id])
    return "#promises-elsewhere" if overview.elsewhere else "#priorities"


def _after_saving(request: SignedInRequest, found: Return, page: EntryPage) -> HttpResponse:
    name = page.entry.priority.ref
    messages.success(request, f"Draft saved for {name} at {timezone.localtime():%H:%M}.")
    if "next" not in request.POST:
        return redirect("return-entry", found.pk, page.entry.pk)
    if page.next_id:
        return redirect("return-entry", found.pk, page.next_id)
    return redirect("return", found.pk)


def _marked_before(found: Return) -> QuerySet[PlannedStep]:
    """Steps of the organisation that an earlier click has marked, so that they are no longer asked about."""
    return PlannedStep.objects.filter(
        entry__return_of__organisation=found.organisation_id,
        entry__return_of__round__partnership=found.round.partnership_id,
        entry__return_of__round__term__starts_on__lt=found.round.term.starts_on,
    ).exclude(outcome="")


def _after_marking(request: SignedInRequest, found: Return, step: PlannedStep) -> HttpResponse:
    messages.success(request, f"{step.get_outcome_display()}: {step.title}")
    return redirect("return", found.pk) if request.GET.get("from") == "return" else redirect("home")

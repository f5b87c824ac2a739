"""Board questions: asked, answered, and settled by decisions."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.models import Partnership
from partnerships.requests import SignedInRequest
from partnerships.views.drafts import FormDraft
from priorities.models import Priority
from reports.forms import AnswerForm, DecisionForm, QuestionForm, SettleForm
from reports.models import BoardQuestion, Decision, Round
from reports.queries.questions import (
    ABOUT,
    asked_about,
    exchanges_of,
    latest_round,
    priorities_asked_about,
    subject_of,
)
from reports.services import answer_question, ask_question, record_decision, settle_decision
from wesp_portal.common.forms import leave_unjudged


@require_safe
def question_list(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the board asked and decided, with the answers, for everyone who reads its reports."""
    partnership = get_object_or_404(Partnership.objects.visible_to(request.user), slug=slug)
    exchanges, decisions = exchanges_of(request.user, partnership.pk)
    access = request.user.access
    context = {
        "partnership": partnership,
        "breadcrumbs": [("Dashboard", reverse("dashboard", args=[slug]))],
        "exchanges": exchanges,
        "decisions": decisions,
        "may_ask": access.asks_in(partnership.pk),
        "may_decide": access.records_decisions_in(partnership.pk),
    }
    return render(request, "reports/questions/list.html", context)


@require_http_methods(["GET", "POST"])
def question_new(request: SignedInRequest, slug: str) -> HttpResponse:
    """Ask a question, about the whole, a priority or the item that the address names, as ?activity=3."""
    partnership = get_object_or_404(Partnership.objects.visible_to(request.user), slug=slug)
    if not request.user.access.asks_in(partnership.pk):
        raise Http404
    current = latest_round(partnership.pk)
    if not current:
        return _too_early(request, partnership)
    item = asked_about(request.user, partnership.pk, request.GET)
    # About an item, there is no priority to choose.
    priorities = [] if item else priorities_asked_about(partnership.pk)
    draft = FormDraft(request, f"question-new/{partnership.pk}")
    form = QuestionForm(draft.typed, priorities=priorities, initial={"priority": request.GET.get("priority", "")})
    if draft.kept:
        leave_unjudged(form)
    if request.method == "POST" and form.is_valid():
        if priority_id := form.cleaned_data.get("priority"):
            item = Priority.objects.select_related("strategy").get(pk=priority_id)
        text = form.cleaned_data["text"]
        ask_question(round_=current, text=text, about=item, by=request.user, at=timezone.now())
        draft.forget()
        messages.success(request, "Your question has been sent to whoever answers for it.")
        return redirect("question-list", slug)
    context = {
        "partnership": partnership,
        "breadcrumbs": _crumbs(slug),
        "form": form,
        "draft": draft,
        "round": current,
        "item": item,
    }
    return render(request, "reports/questions/new.html", context)


@require_http_methods(["GET", "POST"])
def question_answer(request: SignedInRequest, question_id: int) -> HttpResponse:
    """Answer a question, or better an answer that was given."""
    answerable = BoardQuestion.objects.answered_by(request.user)
    question = get_object_or_404(
        answerable.select_related("round__partnership", "round__term", *ABOUT, "asked_by"), pk=question_id
    )
    partnership = question.round.partnership
    draft = FormDraft(request, f"question-answer/{question_id}")
    form = AnswerForm(draft.typed, initial={"answer": question.answer})
    if draft.kept:
        leave_unjudged(form)
    if request.method == "POST" and form.is_valid():
        answer_question(question=question, answer=form.cleaned_data["answer"], by=request.user, at=timezone.now())
        draft.forget()
        messages.success(request, "The answer is saved. The board sees it beside the question.")
        return redirect("question-list", partnership.slug)
    context = {
        "partnership": partnership,
        "breadcrumbs": _crumbs(partnership.slug),
        "form": form,
        "draft": draft,
        "question": question,
        "about": subject_of(question),
    }
    return render(request, "reports/questions/answer.html", context)


@require_http_methods(["GET", "POST"])
def decision_new(request: SignedInRequest, slug: str) -> HttpResponse:
    """Record what the board decided, who acts and by when."""
    partnership = get_object_or_404(Partnership.objects.visible_to(request.user), slug=slug)
    if not request.user.access.records_decisions_in(partnership.pk):
        raise Http404
    current = latest_round(partnership.pk)
    if not current:
        return _too_early(request, partnership)
    questions = list(BoardQuestion.objects.filter(round__partnership=partnership).order_by("-asked_at"))
    draft = FormDraft(request, f"decision-new/{partnership.pk}")
    form = DecisionForm(draft.typed, questions=questions, initial={"question": request.GET.get("question", "")})
    if draft.kept:
        leave_unjudged(form)
    if request.method == "POST" and form.is_valid():
        _record(request, current, form, questions)
        draft.forget()
        messages.success(request, "The decision is recorded. It opens the next report.")
        return redirect("question-list", slug)
    context = {
        "partnership": partnership,
        "breadcrumbs": _crumbs(slug),
        "form": form,
        "draft": draft,
        "round": current,
    }
    return render(request, "reports/questions/decision.html", context)


@require_http_methods(["GET", "POST"])
def decision_settle(request: SignedInRequest, decision_id: int) -> HttpResponse:
    """Mark a decision done or dropped, with a word how."""
    decisions = Decision.objects.visible_to(request.user).select_related("round__partnership", "recorded_by")
    decision = get_object_or_404(decisions, pk=decision_id)
    partnership = decision.round.partnership
    if not request.user.access.records_decisions_in(partnership.pk):
        raise Http404
    initial = {"status": decision.status, "outcome": decision.outcome}
    draft = FormDraft(request, f"decision-settle/{decision_id}")
    form = SettleForm(draft.typed, initial=initial)
    if draft.kept:
        leave_unjudged(form)
    if request.method == "POST" and form.is_valid():
        settle_decision(
            decision=decision,
            status=Decision.Status(form.cleaned_data["status"]),
            outcome=form.cleaned_data["outcome"],
            by=request.user,
            at=timezone.now(),
        )
        draft.forget()
        messages.success(request, "What came of the decision is saved. The board reads it under You said, we did.")
        return redirect("question-list", partnership.slug)
    context = {
        "partnership": partnership,
        "breadcrumbs": _crumbs(partnership.slug),
        "form": form,
        "draft": draft,
        "decision": decision,
    }
    return render(request, "reports/questions/settle.html", context)


def _record(request: SignedInRequest, current: Round, form: DecisionForm, questions: list[BoardQuestion]) -> None:
    settled = next((each for each in questions if each.pk == form.cleaned_data["question"]), None)
    record_decision(
        round_=current,
        text=form.cleaned_data["text"],
        action_by=form.cleaned_data["action_by"],
        due_on=form.cleaned_data["due_on"],
        question=settled,
        priority=settled.priority if settled else None,
        by=request.user,
        at=timezone.now(),
    )


def _crumbs(slug: str) -> list[tuple[str, str]]:
    return [
        ("Dashboard", reverse("dashboard", args=[slug])),
        ("Questions and decisions", reverse("question-list", args=[slug])),
    ]


def _too_early(request: SignedInRequest, partnership: Partnership) -> HttpResponse:
    """Questions belong to a round, and there has been none yet."""
    context = {"partnership": partnership, "breadcrumbs": _crumbs(partnership.slug)}
    return render(request, "reports/questions/too_early.html", context)

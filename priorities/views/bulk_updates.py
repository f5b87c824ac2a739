"""One page for all the updates that a person writes in a term, saved row by row or all that changed at once."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from partnerships.models import Partnership, Term, User
from partnerships.requests import SignedInRequest
from partnerships.views.drafts import FormDraft
from priorities.models import Activity, ActivityStatus, Priority, Rag
from priorities.queries.bulk_updates import (
    FIELDS,
    Said,
    UpdateLine,
    plain_text,
    terms_now,
    update_lines,
    updated_in_bulk,
    updating_partnerships,
    without_update,
)
from priorities.services.bulk_updates import Verdict, record_over
from wesp_portal.common.formatting import plural, uk_date
from wesp_portal.common.status import status_of

# Five boxes a row, and Django takes a thousand in one form.
ROWS_ON_A_PAGE = 150
# With those that were typed elsewhere and are not saved.
MOST_ROWS = 190
STATUSES = [("", "Choose"), *ActivityStatus.choices]
# The word first, so that its first letters choose it.
RAGS = [("", "Not judged"), *((rag.value, f"{rag.label} {status_of(rag.value).symbol}") for rag in Rag)]


@dataclass(frozen=True, slots=True)
class Row:
    """A row as the page shows it: what its boxes hold, the mark of what they were written over, and its state."""

    line: UpdateLine
    said: Said
    seen: str
    state: str
    state_words: str
    errors: dict[str, str] = field(default_factory=dict)

    @property
    def id(self) -> int:
        return self.line.activity.pk

    @property
    def title(self) -> str:
        return str(self.line.activity)

    @property
    def is_waiting(self) -> bool:
        """Whether something that was typed here is not saved."""
        return self.state in ("unsaved", "refused", "stale")

    @property
    def saved_mark(self) -> str:
        """The mark of what is saved now, by which one person's words may replace another's knowingly."""
        return Said.of(self.line.present).mark


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks to be shown: a priority, only what waits for an update, and one row just saved."""

    partnership: Partnership
    term: Term
    before: Term | None
    priority: str
    is_waiting: bool
    page: str
    saved: int | None

    def address(self, **more: str) -> str:
        asked = {"partnership": self.partnership.slug, "priority": self.priority, "page": self.page}
        asked |= {"show": "waiting" if self.is_waiting else ""} | more
        return f"{reverse('activity-updates')}?{urlencode({name: value for name, value in asked.items() if value})}"


@require_http_methods(["GET", "HEAD", "POST"])
def activity_updates(request: SignedInRequest) -> HttpResponse:
    """This term's updates of all a person's activities in a partnership, to be written one after another."""
    partnership = chosen_partnership(request)
    term, before = terms_now(partnership, timezone.localdate())
    if term is None:
        return render(request, "priorities/activity_updates_no_term.html", {"partnership": partnership})
    asked = Asked(
        partnership=partnership,
        term=term,
        before=before,
        priority=request.GET.get("priority", ""),
        is_waiting=request.GET.get("show") == "waiting",
        page=request.GET.get("page", ""),
        saved=_number(request.GET.get("saved", "")),
    )
    activities = updated_in_bulk(request.user, partnership)
    draft = FormDraft(request, f"activity-updates/{partnership.pk}/{term.code}")
    if request.method == "POST":
        return _save(request, asked, activities, draft)
    shown = activities.filter(priority=_number(asked.priority) or 0) if asked.priority else activities
    if asked.is_waiting:
        shown = without_update(shown, term, but=asked.saved)
    page = Paginator(shown, ROWS_ON_A_PAGE).get_page(asked.page)
    typed = draft.typed or QueryDict()
    unsaved = [pk for pk in _rows_in(typed) if _said(typed, pk).mark != typed.get(f"seen-{pk}", "")]
    lines = update_lines(_with_unsaved(list(page.object_list), activities, unsaved), term, before)
    rows = [_put_back(line, typed, unsaved, request.user) for line in lines]
    lost = [_lost(typed, pk) for pk in unsaved if pk not in {row.id for row in rows}]
    context = _context(request.user, asked, activities, rows) | {
        "page": page,
        "lost": [words for words in lost if words],
        "draft": draft,
        "has_kept": any(lost) or any(row.is_waiting for row in rows),
    }
    return render(request, "priorities/activity_updates.html", context)


def chosen_partnership(request: SignedInRequest) -> Partnership:
    """The partnership that the address names, or the first whose activities the person updates; 404 without one."""
    partnerships = updating_partnerships(request.user)
    if slug := request.GET.get("partnership", ""):
        return get_object_or_404(partnerships, slug=slug)
    first = partnerships.first()
    if first is None:
        raise Http404
    return first


def _context(user: User, asked: Asked, activities: QuerySet[Activity], rows: list[Row]) -> dict[str, Any]:
    priorities = Priority.objects.filter(activities__in=activities.order_by()).distinct()
    partnerships = [(row.slug, row.name) for row in updating_partnerships(user)]
    problems = [
        (f"{row.line.activity.ref}: {words}", f"{name or 'row'}-{row.id}")
        for row in rows
        for name, words in row.errors.items()
    ]
    return _of_rows(asked) | {
        "partnership": asked.partnership,
        "term": asked.term,
        "rows": rows,
        "filters": [
            *(
                [
                    {
                        "name": "partnership",
                        "label": "Partnership",
                        "value": asked.partnership.slug,
                        "options": partnerships,
                    }
                ]
                if len(partnerships) > 1
                else []
            ),
            {
                "name": "priority",
                "label": "Priority",
                "value": asked.priority,
                "options": [("", "All"), *((str(row.pk), str(row)) for row in priorities)],
            },
            {
                "name": "show",
                "label": "Show",
                "value": "waiting" if asked.is_waiting else "",
                "options": [("", "All my activities"), ("waiting", "Only those without an update")],
            },
        ],
        "is_filtered": bool(asked.priority or asked.is_waiting),
        "problems": problems,
        "has_errors": bool(problems),
    }


def _of_rows(asked: Asked) -> dict[str, Any]:
    """What every row needs besides itself."""
    return {"before": asked.before, "statuses": STATUSES, "rags": RAGS, "address": asked.address()}


# --- What was typed before and is not saved


def _with_unsaved(shown: list[Activity], activities: QuerySet[Activity], unsaved: list[int]) -> list[Activity]:
    """The activities to show, and before them all others with unsaved words: a form that lacked one would lose it."""
    if elsewhere := set(unsaved) - {activity.pk for activity in shown}:
        shown = [*activities.filter(pk__in=elsewhere), *shown]
    if len(shown) > MOST_ROWS:
        return [activity for activity in shown if activity.pk in unsaved]
    return shown


def _put_back(line: UpdateLine, typed: QueryDict, unsaved: list[int], user: User) -> Row:
    """A row with the words that were kept, unless they are what is saved."""
    if line.activity.pk in unsaved:
        row = _typed(typed, line)
        if row.said.mark != row.saved_mark:
            return row
    return _as_saved(line, user)


# --- Saving


def _save(request: SignedInRequest, asked: Asked, activities: QuerySet[Activity], draft: FormDraft) -> HttpResponse:
    """Save one row, or all that changed; whatever else was typed comes back as it is."""
    one, seen, is_taken = _which(request)
    posted = _rows_in(request.POST)
    lines = update_lines(activities.filter(pk__in=posted), asked.term, asked.before)
    if one is not None and one not in {line.activity.pk for line in lines}:
        raise Http404
    rows, saved = [], 0
    for line in lines:
        typed, pk = _typed(request.POST, line), line.activity.pk
        if typed.said.mark == typed.seen or (is_taken and one == pk):
            row = _as_saved(line, request.user)
        elif one in (None, pk):
            row, is_saved = _saved(typed if seen is None else replace(typed, seen=seen), asked, request.user)
            saved += is_saved
        else:
            row = typed
        rows.append(row)
    # The names of the buttons too, which a draft that was sent by one holds.
    settled = {f"{name}-{row.id}" for row in rows if not row.is_waiting for name in ("seen", *FIELDS)}
    draft.forget_fields(settled | {"save", "take", "replace"})
    if request.htmx and one is not None:
        row = next(row for row in rows if row.id == one)
        return render(request, "priorities/_update_row_answer.html", _of_rows(asked) | {"row": row})
    lost = [_lost(request.POST, pk) for pk in posted if pk not in {row.id for row in rows}]
    if not lost and not any(row.is_waiting for row in rows):
        return _saved_well(request, asked, one, saved)
    if saved:
        messages.success(request, f"{plural(saved, 'update')} saved. What is not saved is marked below.")
    context = _context(request.user, asked, activities, rows) | {
        "page": None,
        "lost": [words for words in lost if words],
        "draft": draft,
        "has_kept": False,
    }
    return render(request, "priorities/activity_updates.html", context)


def _saved_well(request: SignedInRequest, asked: Asked, one: int | None, saved: int) -> HttpResponse:
    if one is not None:
        return redirect(asked.address(saved=str(one)) + f"#row-{one}")
    messages.success(
        request, f"{plural(saved, 'update')} saved." if saved else "Nothing was changed, so nothing is saved."
    )
    return redirect(asked.address())


def _which(request: SignedInRequest) -> tuple[int | None, str | None, bool]:
    """What the button asks for: one row or all, the mark of the words to replace knowingly, and to keep those."""
    if "take" in request.POST:
        return _number(request.POST["take"]) or 0, None, True
    if "replace" in request.POST:
        pk, _, seen = request.POST["replace"].partition(":")
        return _number(pk) or 0, seen, False
    asked = request.POST.get("save", "")
    return (None if asked == "all" else _number(asked) or 0), None, False


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _rows_in(form: QueryDict) -> list[int]:
    """The activities whose rows a form holds."""
    return [number for number in (_number(key[5:]) for key in form if key.startswith("seen-")) if number]


def _said(form: QueryDict, pk: int) -> Said:
    """What a form says of an activity."""
    return Said(**{name: plain_text(form.get(f"{name}-{pk}", "")) for name in FIELDS})


def _typed(form: QueryDict, line: UpdateLine) -> Row:
    """A row as it was typed, not saved."""
    pk = line.activity.pk
    return Row(line, _said(form, pk), form.get(f"seen-{pk}", ""), "unsaved", "Not saved yet")


def _lost(form: QueryDict, pk: int) -> str:
    """The words of a row that is no longer the person's to write."""
    return plain_text(" ".join(form.get(f"{name}-{pk}", "") for name in ("words", "reason")))


def _saved(typed: Row, asked: Asked, user: User) -> tuple[Row, bool]:
    """The row after it was to be saved, and whether anything was written."""
    saved = record_over(
        activity=typed.line.activity,
        term=asked.term,
        said=typed.said,
        seen=typed.seen,
        by=user,
        at=timezone.now(),
    )
    line = replace(typed.line, present=saved.update)
    if saved.judged.verdict == Verdict.STALE:
        words = "Not saved: somebody changed this update after you opened the page. Both texts are here."
        return replace(typed, line=line, state="stale", state_words=words, errors={"": words}), False
    if saved.judged.verdict == Verdict.REFUSED:
        # What a rule says of the whole row stands at its mark; the rest at the boxes.
        words = ". ".join(["Not saved", *(said for name, said in saved.judged.problems.items() if not name)])
        return replace(typed, line=line, state="refused", state_words=words, errors=saved.judged.problems), False
    return _as_saved(line, user), saved.judged.verdict == Verdict.CHANGED


def _as_saved(line: UpdateLine, user: User) -> Row:
    """A row that holds what is saved."""
    said, update = Said.of(line.present), line.present
    if update is None:
        return Row(line, said, said.mark, "none", "No update yet")
    by = "" if update.author_id == user.pk else f" by {update.author.name}"
    return Row(line, said, said.mark, "saved", f"Saved {_when(update.updated_at)}{by}")


def _when(moment: datetime) -> str:
    """10:42 today; any other day, the date."""
    local = timezone.localtime(moment)
    return f"{local:%H:%M}" if local.date() == timezone.localdate() else uk_date(local)

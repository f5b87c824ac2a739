"""Updates as a spreadsheet: taken away, sent in, looked at and applied."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.requests import SignedInRequest
from priorities.forms import UpdateSheetForm
from priorities.models import UpdateSheet
from priorities.queries.bulk_updates import (
    FIELDS,
    Said,
    terms_now,
    update_lines,
    updated_in_bulk,
    updating_partnerships,
)
from priorities.services.bulk_updates import Verdict
from priorities.services.update_sheets import (
    CheckedRow,
    apply_rows,
    check_rows,
    keep_rows,
    line_of,
    marked_lines,
    write_sheet,
)
from priorities.services.update_sheets.applying import partnership_of
from priorities.services.update_sheets.columns import FILLED, shown
from priorities.services.update_sheets.writing import CONTENT_TYPE
from priorities.views import crumbs
from priorities.views.bulk_updates import chosen_partnership
from wesp_portal.common.formatting import plural


@require_safe
def download(request: SignedInRequest) -> HttpResponse:
    """A person's updates of the term as an Excel workbook, to fill in and send back."""
    partnership = chosen_partnership(request)
    term, before = terms_now(partnership, timezone.localdate())
    if term is None:
        raise Http404
    lines = update_lines(updated_in_bulk(request.user, partnership), term, before)
    rows = [line_of(line, partnership=partnership, term=term) for line in lines]
    book = write_sheet(rows, partnership=partnership, term=term, before=before)
    return _workbook(book, f"updates-{partnership.slug}-{term.code}.xlsx")


def _workbook(book: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(book, content_type=CONTENT_TYPE, headers=headers)


@require_http_methods(["GET", "HEAD", "POST"])
def update_sheet_new(request: SignedInRequest) -> HttpResponse:
    """Download the spreadsheet, fill it in, send it in."""
    partnership = chosen_partnership(request)
    term, _ = terms_now(partnership, timezone.localdate())
    if term is None:
        raise Http404
    form = UpdateSheetForm(request.POST, request.FILES) if request.method == "POST" else UpdateSheetForm()
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("update-sheet", _kept(request, form).pk)
        except ValidationError as error:
            form.add_error("file", error)
    context = {
        "form": form,
        "term": term,
        "partnership": partnership,
        "breadcrumbs": _back_to(partnership.slug),
    }
    return render(request, "priorities/update_sheet_new.html", context)


def _kept(request: SignedInRequest, form: UpdateSheetForm) -> UpdateSheet:
    """The rows of a file, kept; raises ValidationError where the file is of nothing that the person updates."""
    rows = form.cleaned_data["file"]
    found = updating_partnerships(request.user).filter(slug=partnership_of(rows)).first()
    term = terms_now(found, timezone.localdate())[0] if found else None
    if found is None or term is None:
        raise ValidationError(
            "The file is not of a partnership whose activities you update. Download a fresh one here."
        )
    return keep_rows(rows=rows, partnership=found, term=term, by=request.user, at=timezone.now())


def _back_to(slug: str) -> crumbs.Crumbs:
    return [("My updates", f"{reverse('activity-updates')}?partnership={slug}")]


@require_http_methods(["GET", "HEAD", "POST"])
def update_sheet(request: SignedInRequest, pk: int) -> HttpResponse:
    """What a spreadsheet will change, and the button that changes it."""
    sheet = _own(request, pk)
    if request.method == "POST":
        applied = apply_rows(sheet=sheet, by=request.user, at=timezone.now())
        words = f"{plural(applied.saved, 'update')} saved." if applied.saved else "Nothing more was saved."
        if applied.refused:
            words += (
                f" {plural(applied.refused, 'row')} refused: {'it is' if applied.refused == 1 else 'they are'} below."
            )
        messages.success(request, words)
        return redirect("update-sheet", pk)
    checked = check_rows(sheet, request.user)
    of = {verdict: [_plain(row) for row in checked if row.judged.verdict == verdict] for verdict in Verdict}
    context = {
        "sheet": sheet,
        "term": sheet.term,
        "partnership": sheet.partnership,
        "changed": of[Verdict.CHANGED],
        "refused": of[Verdict.REFUSED],
        "stale": of[Verdict.STALE],
        "unchanged": of[Verdict.UNCHANGED],
        "summary": [
            ("Will change", plural(len(of[Verdict.CHANGED]), "row")),
            ("Refused", plural(len(of[Verdict.REFUSED]) + len(of[Verdict.STALE]), "row")),
            ("Unchanged", plural(len(of[Verdict.UNCHANGED]), "row")),
        ],
        "until": timezone.localtime(sheet.uploaded_at + UpdateSheet.KEPT_FOR),
        "breadcrumbs": [
            *_back_to(sheet.partnership.slug),
            ("With Excel", f"{reverse('update-sheet-new')}?partnership={sheet.partnership.slug}"),
        ],
    }
    return render(request, "priorities/update_sheet.html", context)


def _own(request: SignedInRequest, pk: int) -> UpdateSheet:
    sheets = UpdateSheet.objects.open_to(request.user, at=timezone.now()).select_related("partnership", "term")
    return get_object_or_404(sheets, pk=pk)


def _plain(checked: CheckedRow) -> dict[str, object]:
    """A row as the page shows it: its name, each cell that would change before and after, and what is wrong."""
    now = shown(Said.of(checked.line.present if checked.line else None))
    typed = checked.row.typed
    return {
        "number": checked.row.number,
        "title": str(checked.line.activity) if checked.line else f"{checked.row.ref} {checked.row.title}".strip(),
        "changes": [(FILLED[name], now[name], typed[name]) for name in FIELDS if now[name] != typed[name]],
        "problems": [(FILLED.get(name, ""), words) for name, words in checked.judged.problems.items()],
        "update": checked.line.present if checked.line else None,
    }


@require_safe
def marked(request: SignedInRequest, pk: int) -> HttpResponse:
    """The spreadsheet as it was sent, with what was refused marked in it."""
    sheet = _own(request, pk)
    checked = check_rows(sheet, request.user)
    before = terms_now(sheet.partnership, sheet.term.starts_on)[1]
    own = updated_in_bulk(request.user, sheet.partnership).filter(
        pk__in=[row.line.activity.pk for row in checked if row.line]
    )
    lines = {line.activity.pk: line for line in update_lines(own, sheet.term, before)}
    rows = marked_lines(checked, lines, partnership=sheet.partnership, term=sheet.term)
    book = write_sheet(rows, partnership=sheet.partnership, term=sheet.term, before=before)
    return _workbook(book, f"updates-{sheet.partnership.slug}-{sheet.term.code}-marked.xlsx")

"""Keeping what is typed into a form until it is sent, and putting it back when the form is opened again."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils import timezone
from django.views import csrf
from django.views.decorators.http import require_POST

from partnerships.models import Draft, HeldFile
from partnerships.requests import SignedInRequest
from partnerships.services.drafts import (
    MARKER,
    DraftTooLargeError,
    DraftTooOftenError,
    Marker,
    fields_of,
    forget_draft,
    forget_fields,
    keep_draft,
    read_marker,
)
from partnerships.services.held_files import (
    forget_held,
    good_files,
    held_ids,
    hold_files,
    keep_for_writer,
    remove_held,
)
from partnerships.sign_in import files_of, kept_for_writer
from wesp_portal.common.files import CheckedFile

LONGEST_ADDRESS = 500
# The names under which a form says which files were kept for it before, and which of them it is to do without.
HELD, REMOVED = "held_file", "held_removed"


@dataclass(frozen=True)
class FormDraft:
    """A form while somebody has it open: its marker, and what they typed there before and did not send.

    A template takes it as `draft`, with components/draft.html in the form and components/draft_notice.html above it.
    `page` is where the form is open, where that is not the page asked for.
    """

    request: SignedInRequest
    key: str
    page: str = ""

    @property
    def marker(self) -> str:
        return self._marker.signed

    @property
    def _marker(self) -> Marker:
        address = self.request.get_full_path()
        page = self.page or (address if len(address) <= LONGEST_ADDRESS else self.request.path)
        return Marker(self.request.user.pk, self.key, page)

    @cached_property
    def kept(self) -> Draft | None:
        """What was kept, where the form is opened and not posted: one query."""
        if self.request.method == "POST":
            return None
        return Draft.objects.visible_to(self.request.user).filter(key=self.key).first()

    @property
    def typed(self) -> QueryDict | None:
        """What the form holds: what is posted now, or else what was kept."""
        if self.request.method == "POST":
            return self.request.POST
        return self.kept.typed if self.kept else None

    @cached_property
    def held(self) -> list[HeldFile]:
        """The files kept from before: those that the posted form lists, or else those of the draft that is put back."""
        own = HeldFile.objects.visible_to(self.request.user)
        if self.request.method != "POST":
            return list(own.filter(key=self.key)) if self.kept else []
        ids = held_ids(self.request.POST.getlist(HELD))
        return list(own.filter(pk__in=ids)) if ids else []

    def hold(self, files: Sequence[CheckedFile]) -> list[HeldFile]:
        """Keep the good files of a form that is not saved, and let go of those it is to do without.

        Gives all that are kept for it now. A form without a marker never keeps anything.
        """
        posted = read_marker(self.request.POST.get(MARKER, ""))
        if removed := held_ids(self.request.POST.getlist(REMOVED)):
            remove_held(ids=removed, by=self.request.user)
        kept = {row.pk: row for row in self.held if row.pk not in removed}
        if posted and files:
            marker = posted if posted.key == self.key else self._marker
            with suppress(DraftTooLargeError, DraftTooOftenError):
                held = hold_files(marker=marker, files=files, fields=fields_of(self.request.POST), at=timezone.now())
                kept |= {row.pk: row for row in held}
        return list(kept.values())

    def forget(self) -> None:
        """Let go of what was kept, once the form is saved; a form without a marker never kept anything."""
        if MARKER in self.request.POST:
            forget_draft(user_id=self.request.user.pk, key=self.key)
        if HELD in self.request.POST:
            forget_held(user_id=self.request.user.pk, key=self.key)

    def forget_fields(self, names: Collection[str]) -> None:
        """Let go of what was kept in these boxes, once they are saved apart from the rest of their form."""
        forget_fields(user_id=self.request.user.pk, key=self.key, names=names)


def drafts_of_page(request: SignedInRequest, pages: Mapping[str, str]) -> dict[str, FormDraft]:
    """The forms of a page that has several, by their keys, given with where each is open: one query for all.

    Where one of them is posted, what was kept of the others is put back beside it.
    """
    drafts = {key: FormDraft(request, key, page) for key, page in pages.items()}
    posted = read_marker(request.POST.get(MARKER, ""))
    rows = Draft.objects.visible_to(request.user).filter(key__in=drafts.keys() - {posted.key if posted else ""})
    kept = {row.key: row for row in rows}
    for key, draft in drafts.items():
        vars(draft)["kept"] = kept.get(key)
    return drafts


def latest_draft(request: SignedInRequest, beginning: str) -> Draft | None:
    """A person's latest unsent form of a kind, by how its key begins."""
    return Draft.objects.visible_to(request.user).filter(key__startswith=beginning).first()


@require_POST
def draft_save(request: SignedInRequest) -> HttpResponse:
    """Keep a form as it is: for a script the words to show, for a person without one the form again."""
    marker, fields = _own_marker(request), fields_of(request.POST)
    now = timezone.now()
    try:
        if request.FILES:
            hold_files(marker=marker, files=good_files(files_of(request)), fields=fields, at=now)
        elif fields:
            keep_draft(marker=marker, fields=fields, at=now)
        else:
            forget_draft(user_id=marker.user_id, key=marker.key)
    except DraftTooLargeError as error:
        raise RequestDataTooBig from error
    except DraftTooOftenError:
        return HttpResponse("Not saved yet", status=429, content_type="text/plain")
    if "text/html" in request.headers.get("Accept", ""):
        return redirect(marker.page)
    words = f"Saved {timezone.localtime(now):%H:%M}" if fields else ""
    return HttpResponse(words, content_type="text/plain")


@require_POST
def draft_forget(request: SignedInRequest) -> HttpResponse:
    """Start a form afresh."""
    marker = _own_marker(request)
    forget_draft(user_id=marker.user_id, key=marker.key)
    forget_held(user_id=marker.user_id, key=marker.key)
    return redirect(marker.page)


def _own_marker(request: SignedInRequest) -> Marker:
    marker = read_marker(request.POST.get(MARKER, ""))
    if marker is None or marker.user_id != request.user.pk:
        raise Http404
    return marker


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from before its person signed in anew is kept and put back, to be sent once more; any other is refused."""
    if answer := kept_for_writer(request):
        return answer
    marker = read_marker(request.POST.get(MARKER, ""))
    if marker is None or not keep_for_writer(
        marker=marker, fields=fields_of(request.POST), files=files_of(request), at=timezone.now()
    ):
        return csrf.csrf_failure(request, reason)
    return redirect(marker.page)

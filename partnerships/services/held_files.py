"""Files of a form that is not saved yet: kept beside its draft, so that nobody has to choose them again."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from functools import partial
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef

from partnerships.models import Draft, HeldFile, User
from partnerships.services.drafts import DraftTooLargeError, DraftTooOftenError, Marker, keep_draft
from wesp_portal.common.files import LARGEST_TOGETHER, MOST_FILES, AnyFile, CheckedFile, check_file, hash_of

# Of one person, in all forms that are open: the oldest make room. More than one form may have.
MOST_OF_A_PERSON = 30
LARGEST_OF_A_PERSON = 100 * 1000 * 1000


def good_files(files: Iterable[AnyFile]) -> list[CheckedFile]:
    """What may be kept among files that no form has looked at; the first ones, where there are too many."""
    good = []
    for file in list(files)[:MOST_FILES]:
        try:
            good.append(check_file(file))
        except ValidationError:
            continue
    return good


@transaction.atomic
def hold_files(
    *, marker: Marker, files: Iterable[CheckedFile], fields: Mapping[str, list[str]], at: datetime
) -> list[HeldFile]:
    """Keep files beside the draft of their form, which is kept with them; gives what is held of them.

    What came before under the same form is held once, and what goes beyond a form's bounds is not held. Raises
    DraftTooLargeError or DraftTooOftenError.
    """
    # First, because its row is what a form that is sent twice at once waits for.
    keep_draft(marker=marker, fields=fields, at=at)
    files = list(files)
    if not files:
        return []
    own = list(HeldFile.objects.filter(user=marker.user_id, key=marker.key))
    by_hash = {row.sha256: row for row in own}
    held = []
    for file in files:
        sha256 = hash_of(file.content)
        row = by_hash.get(sha256)
        if row is None:
            size = file.content.size
            if len(by_hash) >= MOST_FILES or sum(each.size for each in by_hash.values()) + size > LARGEST_TOGETHER:
                continue
            row = by_hash[sha256] = _hold(marker, file, sha256, at)
        held.append(row)
    _make_room(marker.user_id)
    return held


def _hold(marker: Marker, file: CheckedFile, sha256: str, at: datetime) -> HeldFile:
    row = HeldFile(
        user_id=marker.user_id,
        key=marker.key,
        file_name=file.name,
        content_type=file.kind.content_type,
        size=file.content.size,
        sha256=sha256,
        held_at=at,
    )
    row.file.save(file.name, file.content, save=False)
    row.save(force_insert=True)
    return row


def _make_room(user_id: int) -> None:
    """Let go of a person's oldest files beyond what one person may have."""
    total = 0
    for number, row in enumerate(HeldFile.objects.filter(user=user_id).order_by("-held_at", "pk")):
        total += row.size
        if number >= MOST_OF_A_PERSON or total > LARGEST_OF_A_PERSON:
            _let_go(row)


def take_held(*, ids: Collection[UUID], by: User) -> list[HeldFile]:
    """A person's own held files, which from here on belong to the caller: inside the transaction that saves them.

    Gives those that are still held; another person's are not among them.
    """
    if not ids:
        return []
    own = HeldFile.objects.visible_to(by).filter(pk__in=ids)
    taken = list(own.select_for_update())
    own.filter(pk__in=[row.pk for row in taken]).delete()
    return taken


@transaction.atomic
def forget_held(*, user_id: int, key: str) -> None:
    """Let go of a form's files: it was saved without them, or its writer starts afresh."""
    for row in HeldFile.objects.filter(user=user_id, key=key):
        _let_go(row)


def remove_held(*, ids: Collection[UUID], by: User) -> None:
    """Let go of files that their own sender no longer wants."""
    for row in HeldFile.objects.visible_to(by).filter(pk__in=ids):
        _let_go(row)


def keep_for_writer(*, marker: Marker, fields: Mapping[str, list[str]], files: Iterable[AnyFile], at: datetime) -> bool:
    """Keep a form that arrived without its person's session; gives whether it could be."""
    if not User.objects.filter(pk=marker.user_id, is_active=True).exists():
        return False
    try:
        hold_files(marker=marker, files=good_files(files), fields=fields, at=at)
    except (DraftTooLargeError, DraftTooOftenError):
        return False
    return True


def held_ids(posted: Iterable[str]) -> list[UUID]:
    """The numbers of held files among what a form sent; anything else there is passed over."""
    found = []
    for text in posted:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found


def sweep_held() -> int:
    """Delete the files of drafts that are gone, however they went; gives how many."""
    draft = Draft.objects.filter(user=OuterRef("user"), key=OuterRef("key"))
    rows = HeldFile.objects.filter(~Exists(draft))
    return sum(_let_go(row) for row in list(rows))


def _let_go(row: HeldFile) -> bool:
    """Delete a file once it is certain that nobody saved it meanwhile; gives whether it was still here."""
    with transaction.atomic():
        deleted, _ = HeldFile.objects.filter(pk=row.pk).delete()
        if deleted:
            transaction.on_commit(partial(row.file.storage.delete, row.file.name))
    return bool(deleted)

"""Keeping what is typed until it is sent: written from a marker in the form, which says whose words they are."""

from collections.abc import Collection, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.db import connection, transaction
from django.http import QueryDict

from partnerships.models import Draft

# The name of the field that holds the marker.
MARKER = "draft"
# A term and its holiday; a marker is believed for as long.
KEPT_FOR = timedelta(weeks=18)
# Characters of one form: all the texts of a return's entry, each at its longest, fit in.
LARGEST = 500_000
MOST_OF_A_PERSON = 50
# Written out, because every form that is saved ends with it.
FORGET = "DELETE FROM partnerships_draft WHERE user_id = %s AND key = %s"
_NOT_TYPED = frozenset({MARKER, "csrfmiddlewaretoken"})


class DraftTooLargeError(Exception):
    """More was typed into one form than is kept."""


class DraftTooOftenError(Exception):
    """Somebody saves drafts faster than anybody types."""


@dataclass(frozen=True, slots=True)
class Marker:
    """Whose form it is, which, and where; signed, so that words reach nobody but the person who opened it."""

    user_id: int
    key: str
    page: str

    @property
    def signed(self) -> str:
        return signing.dumps(astuple(self), salt=MARKER)


def read_marker(text: str) -> Marker | None:
    """The marker of a posted form; None for one that we did not sign, or so old that its draft is gone."""
    try:
        return Marker(*signing.loads(text, salt=MARKER, max_age=KEPT_FOR))
    except signing.BadSignature:
        return None


def fields_of(posted: QueryDict) -> dict[str, list[str]]:
    """What a person typed, by the names of its boxes; a character that no database keeps is left out."""
    return {
        name: [value.replace("\0", "") for value in values]
        for name, values in posted.lists()
        if name not in _NOT_TYPED and "password" not in name
    }


def keep_draft(*, marker: Marker, fields: Mapping[str, list[str]], at: datetime) -> None:
    """Keep what a form holds in the place of what it held before; a person's oldest drafts make room for a new one.

    Raises DraftTooLargeError or DraftTooOftenError. One query, and two more the first time.
    """
    if sum(len(name) + sum(map(len, values)) for name, values in fields.items()) > LARGEST:
        raise DraftTooLargeError
    if _saves_this_minute(marker.user_id) > settings.DRAFTS_A_MINUTE:
        raise DraftTooOftenError
    own = Draft.objects.filter(user=marker.user_id)
    if own.filter(key=marker.key).update(fields=fields, page=marker.page, saved_at=at):
        return
    draft = Draft(user_id=marker.user_id, key=marker.key, page=marker.page, fields=fields, saved_at=at)
    # Two windows may save the same form for the first time at once.
    Draft.objects.bulk_create(
        [draft],
        update_conflicts=True,
        unique_fields=["user", "key"],
        update_fields=["page", "fields", "saved_at"],
    )
    if beyond := list(own.order_by("-saved_at").values_list("pk", flat=True)[MOST_OF_A_PERSON:]):
        Draft.objects.filter(pk__in=beyond).delete()


def forget_draft(*, user_id: int, key: str) -> None:
    """Let go of a draft: its form was saved, or its writer starts afresh."""
    with connection.cursor() as cursor:
        cursor.execute(FORGET, [user_id, key])


@transaction.atomic
def forget_fields(*, user_id: int, key: str, names: Collection[str]) -> None:
    """Let go of a part of a draft that was saved by itself, and of the draft once nothing is left of it."""
    draft = Draft.objects.select_for_update().filter(user=user_id, key=key).first()
    if draft is None:
        return
    draft.fields = {name: values for name, values in draft.fields.items() if name not in names}
    if draft.fields:
        draft.save(update_fields=["fields"])
    else:
        draft.delete()


def sweep_drafts(*, at: datetime) -> int:
    """Delete what nobody came back to within a term; gives how many."""
    deleted, _ = Draft.objects.filter(saved_at__lt=at - KEPT_FOR).delete()
    return deleted


def _saves_this_minute(user_id: int) -> int:
    key = f"drafts-of-{user_id}"
    cache.add(key, 0, timeout=60)
    try:
        return cache.incr(key)
    except ValueError:
        # Its minute ended between the two, or the cache is away: then nothing is counted.
        return 1

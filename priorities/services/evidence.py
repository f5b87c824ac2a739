"""Evidence behind achievements and updates: checked files and links, kept under random names, checked when served."""

import logging
from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction

from partnerships.models import HeldFile, User
from partnerships.models.drafts import held_path
from partnerships.services.held_files import take_held
from priorities.models import Achievement, ActivityUpdate, Evidence
from wesp_portal.common.files import AnyFile, CheckedFile, hash_of

logger = logging.getLogger(__name__)


class EvidenceAlteredError(Exception):
    """A stored file is missing, or is no longer the one that was uploaded."""


@dataclass(frozen=True, slots=True)
class NewEvidence:
    """What a person gave: a file, one that was held for them, or a link; never two of these."""

    file: CheckedFile | None = None
    held: UUID | None = None
    link: str = ""
    title: str = ""


_web_address = URLValidator(schemes=["http", "https"])


def check_link(link: str) -> None:
    """Accept only a whole web address; raises ValidationError."""
    try:
        _web_address(link)
    except ValidationError:
        raise ValidationError("Enter a whole web address, like https://www.example.org/page.", code="link") from None


def add_evidence(
    *, behind: Achievement | ActivityUpdate, evidence: Iterable[NewEvidence], by: User, at: datetime
) -> list[Evidence]:
    """Keep files and links behind an achievement or an update; raises ValidationError before anything is kept.

    Inside the transaction that writes what it stands behind, so that a held file is neither lost nor attached twice.
    """
    given = list(evidence)
    for new in given:
        if new.file is None and new.held is None:
            check_link(new.link)
    held = _taken({new.held for new in given if new.held}, behind, by)
    rows = [_row(behind, new, by, at) for new in given if new.held is None]
    return Evidence.objects.bulk_create([*rows, *(_row_of_held(behind, file, by, at) for file in held)])


def _taken(ids: Set[UUID], behind: Achievement | ActivityUpdate, by: User) -> list[HeldFile]:
    """The held files, from here on this evidence's; those that the same form brought before are passed over."""
    taken = take_held(ids=ids, by=by)
    if gone := ids - {row.pk for row in taken}:
        names = {held_path(HeldFile(pk=pk), "") for pk in gone}
        if behind.evidence.filter(file__in=names).count() < len(gone):
            raise ValidationError({"evidence_file": "A file that you chose before is no longer here. Choose it again."})
    return taken


def _new_row(behind: Achievement | ActivityUpdate, by: User, at: datetime) -> Evidence:
    row = Evidence(added_by=by, added_at=at)
    if isinstance(behind, Achievement):
        row.achievement = behind
    else:
        row.update = behind
    return row


def _row(behind: Achievement | ActivityUpdate, new: NewEvidence, by: User, at: datetime) -> Evidence:
    row = _new_row(behind, by, at)
    row.title, row.link = new.title, new.link
    if new.file is not None:
        row.file_name = new.file.name
        row.content_type = new.file.kind.content_type
        row.sha256 = hash_of(new.file.content)
        row.file.save(row.file_name, new.file.content, save=False)
    return row


def _row_of_held(behind: Achievement | ActivityUpdate, held: HeldFile, by: User, at: datetime) -> Evidence:
    """The stored file stays where it is and changes hands."""
    row = _new_row(behind, by, at)
    row.file_name, row.content_type, row.sha256 = held.file_name, held.content_type, held.sha256
    row.file = held.file.name
    return row


@transaction.atomic(savepoint=False)
def remove_evidence(*, evidence: Iterable[Evidence]) -> None:
    """Take evidence away, its file too, once that is certain."""
    for row in evidence:
        file = row.file
        row.delete()
        if file:
            transaction.on_commit(partial(file.storage.delete, file.name))


def open_evidence(evidence: Evidence) -> AnyFile:
    """The stored file, from its start; raises EvidenceAlteredError where it is not what was uploaded."""
    try:
        file: AnyFile = evidence.file.open("rb")
    except OSError as error:
        logger.error("Evidence %s cannot be read", evidence.pk, exc_info=error)
        raise EvidenceAlteredError from error
    if hash_of(file) != evidence.sha256:
        file.close()
        logger.error("Evidence %s was altered after it was uploaded", evidence.pk)
        raise EvidenceAlteredError
    return file

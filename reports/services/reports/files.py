"""A report's files: written whole or not at all, and never read without checking that they are what was written."""

import hashlib
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from uuid import uuid4

from django.core.files.storage import default_storage
from django.db import transaction

from reports.models import PublicEdition, PublicFile, Report, ReportFile
from reports.renderers.excel import render_excel
from reports.renderers.html import render_html
from reports.renderers.pdf import Edition, render_pdf
from reports.renderers.word import render_word
from reports.snapshots import Snapshot, sha256_of

logger = logging.getLogger(__name__)


class AlteredError(Exception):
    """What is stored is not what was written, so it is not shown."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A file that lies in its place."""

    name: str
    sha256: str
    size: int


def store(content: bytes) -> Stored:
    """Write under a temporary name in the same folder, flush to the disk, then rename: no reader meets half a file."""
    name = f"reports/{uuid4().hex}"
    path = Path(default_storage.path(name))
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".unfinished-", delete=False) as unfinished:
        try:
            unfinished.write(content)
            unfinished.flush()
            os.fsync(unfinished.fileno())
            Path(unfinished.name).rename(path)
        except OSError:
            Path(unfinished.name).unlink(missing_ok=True)
            raise
    return Stored(name, hashlib.sha256(content).hexdigest(), len(content))


def store_all(contents: Mapping[str, bytes]) -> dict[str, Stored]:
    """Write one file for each format; where one cannot be written, none remains."""
    stored: dict[str, Stored] = {}
    try:
        for format_, content in contents.items():
            stored[format_] = store(content)
    except OSError:
        discard(file.name for file in stored.values())
        raise
    return stored


def discard(names: Iterable[str]) -> None:
    for name in names:
        default_storage.delete(name)


RENDERERS: Mapping[str, Callable[[Snapshot, Edition], bytes]] = {
    ReportFile.Format.HTML: lambda snapshot, edition: render_html(snapshot, edition).encode(),
    ReportFile.Format.PDF: render_pdf,
    ReportFile.Format.WORD: render_word,
    ReportFile.Format.EXCEL: render_excel,
}
"""How each format that is kept is made from a snapshot."""


def render_all(
    snapshot: Snapshot, edition: Edition, begin: Callable[[str], None] = lambda format_: None
) -> dict[str, bytes]:
    """The report in each format that is kept; says which one it begins."""
    made = {}
    for format_, render in RENDERERS.items():
        begin(format_)
        made[format_] = render(snapshot, edition)
    return made


def attach(report_id: int, stored: Mapping[str, Stored]) -> None:
    """Make these the report's files, inside the caller's transaction; those they replace go once it commits."""
    replaced = list(ReportFile.objects.filter(report=report_id).values_list("file", flat=True))
    ReportFile.objects.bulk_create(
        (
            ReportFile(report_id=report_id, format=format_, file=file.name, sha256=file.sha256, size=file.size)
            for format_, file in stored.items()
        ),
        update_conflicts=True,
        unique_fields=["report", "format"],
        update_fields=["file", "sha256", "size"],
    )
    transaction.on_commit(lambda: discard(replaced), robust=True)


def read_file(file: ReportFile | PublicFile) -> bytes:
    """The bytes of a stored file; raises AlteredError where they are missing or not those that were written."""
    try:
        content = Path(file.file.path).read_bytes()
    except OSError as error:
        logger.error("%s %s cannot be read: %s", type(file).__name__, file.pk, error)
        raise AlteredError from error
    if hashlib.sha256(content).hexdigest() != file.sha256:
        logger.error("%s %s was altered in its store, and is not served.", type(file).__name__, file.pk)
        raise AlteredError
    return content


def read_snapshot(report: Report | PublicEdition) -> str:
    """The snapshot as it was frozen; raises AlteredError where it no longer has its hash."""
    if sha256_of(report.snapshot) != report.sha256:
        logger.error("The snapshot of %s %s was altered, and is not served.", type(report).__name__, report.pk)
        raise AlteredError
    return report.snapshot

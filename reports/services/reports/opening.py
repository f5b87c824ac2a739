"""Opening a published report to everyone, as an edition made from its frozen snapshot; and closing it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from partnerships.models import User
from partnerships.services import touch
from reports.models import PublicEdition, PublicFile, Report, ReportFile, Round
from reports.queries.editions import public_snapshot
from reports.renderers.document import Edition
from reports.renderers.html import render_html
from reports.renderers.pdf import render_pdf
from reports.services.reports.files import Stored, discard, read_snapshot, store_all
from reports.services.reports.requesting import ReportError
from reports.snapshots import Snapshot, from_json, sha256_of, to_json


@dataclass(frozen=True, slots=True)
class Draft:
    """The edition as it would be opened: what it is made from, what everyone would read, and its hash."""

    whole: Snapshot
    public: Snapshot
    document: str
    sha256: str
    corrected_on: date | None

    def edition(self, opened_on: date | None) -> Edition:
        """What is printed of it; no number of a version, and nobody's name."""
        return Edition(
            version=1,
            status="Open to the public",
            sha256=self.sha256,
            published_on=opened_on.isoformat() if opened_on else "",
            corrected_on=self.corrected_on.isoformat() if self.corrected_on else "",
        )

    def page(self) -> str:
        """The edition as it would be read, saying that it is a preview, for a page with a heading of its own."""
        return render_html(self.public, self.edition(None), level="h2")


def why_not_open(report: Report) -> str:
    """Why a version cannot be opened to everyone, as a sentence; blank where it can.

    The report comes with its round and partnership selected.
    """
    if report.status != Report.Status.PUBLISHED:
        return "Only the version that is published to the board can be opened to the public."
    if not report.round.partnership.is_public:
        return "The partnership has no public page yet, on which the report would stand."
    return ""


def draft_edition(*, report: Report, texts: Collection[str]) -> Draft:
    """What everyone would read, with the approved texts of returns; raises AlteredError where the report was altered.

    The report comes with its round, partnership and area selected.
    """
    whole = from_json(read_snapshot(report))
    public = public_snapshot(whole, partnership=report.round.partnership, texts=texts)
    document = to_json(public)
    earlier = PublicEdition.objects.filter(round=report.round_id, report__version__lt=report.version)
    published_on = timezone.localdate(report.published_at) if report.published_at else None
    return Draft(whole, public, document, sha256_of(document), published_on if earlier.exists() else None)


def open_edition(*, report: Report, by: User, at: datetime, texts: Collection[str], sha256: str) -> PublicEdition:
    """Open a report to everyone exactly as it was previewed, in place of the edition before.

    Raises ReportError where it cannot be, or where what is public was changed since the preview with this hash.
    """
    if reason := why_not_open(report):
        raise ReportError(reason)
    draft = draft_edition(report=report, texts=texts)
    if draft.sha256 != sha256:
        raise ReportError("What would be shown has changed in the meantime. Look at it again.")
    edition = draft.edition(timezone.localdate(at))
    stored = store_all(
        {
            ReportFile.Format.HTML: render_html(draft.public, edition).encode(),
            ReportFile.Format.PDF: render_pdf(draft.public, edition),
        }
    )
    try:
        with transaction.atomic():
            return _switch(report, by, at, draft, stored)
    except BaseException:
        discard(file.name for file in stored.values())
        raise


def _switch(report: Report, by: User, at: datetime, draft: Draft, stored: Mapping[str, Stored]) -> PublicEdition:
    Round.objects.select_for_update(no_key=True).get(pk=report.round_id)
    if not Report.objects.filter(pk=report.pk, status=Report.Status.PUBLISHED, sha256=report.sha256).exists():
        raise ReportError("This version was corrected in the meantime. Open the one that took its place.")
    _close(report.round_id, by, at)
    opened = PublicEdition.objects.create(
        round_id=report.round_id,
        report=report,
        snapshot=draft.document,
        sha256=draft.sha256,
        corrected_on=draft.corrected_on,
        opened_by=by,
        opened_at=at,
    )
    PublicFile.objects.bulk_create(
        PublicFile(edition=opened, format=format_, file=file.name, sha256=file.sha256, size=file.size)
        for format_, file in stored.items()
    )
    touch(partnership_ids=[report.round.partnership_id])
    return opened


@transaction.atomic
def close_edition(*, report: Report, by: User, at: datetime) -> bool:
    """Take what is open of a report's term from the public; whether anything was."""
    closed = _close(report.round_id, by, at)
    touch(partnership_ids=[report.round.partnership_id])
    return closed


def _close(round_id: int, by: User, at: datetime) -> bool:
    return bool(PublicEdition.objects.open().filter(round=round_id).update(closed_by=by, closed_at=at))

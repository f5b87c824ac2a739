"""Publishing a report: frozen with its hash, in place of the version before, and sent to the board."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from partnerships.models import Seat, User
from partnerships.services import index_of, touch
from reports.models import Delivery, Report, Round
from reports.renderers.document import Edition
from reports.services.reports.deliveries import DELIVERY_TASK
from reports.services.reports.files import attach, discard, read_snapshot, render_all, store_all
from reports.services.reports.requesting import ReportError
from reports.snapshots import from_json
from wesp_portal.common.jobs import enqueue


def why_not_publish(report: Report, by: User) -> str:
    """Why this person cannot publish this version, as a sentence; blank where they can.

    The report comes with its round and partnership selected.
    """
    if report.is_frozen:
        return "This version is published already."
    if report.status != Report.Status.READY or report.build != Report.Build.BUILT:
        return "This version has not been built yet."
    if report.round.partnership.is_second_person_required and report.requested_by_id == by.pk:
        return "You asked for this report, so a second person publishes it."
    return ""


def publish_report(*, report: Report, by: User, at: datetime) -> Report:
    """Freeze and publish a version; raises ReportError where it cannot be.

    What the board reads is rendered from the snapshot first, with who published it and when; then one transaction
    switches everything over, so that there is never a moment with two published versions or none.
    """
    if reason := why_not_publish(report, by):
        raise ReportError(reason)
    today = timezone.localdate(at)
    edition = Edition(
        version=report.version,
        status="Published",
        sha256=report.sha256,
        published_on=today.isoformat(),
        published_by=by.name,
        correction_reason=report.correction_reason,
    )
    stored = store_all(render_all(from_json(read_snapshot(report)), edition))
    try:
        with transaction.atomic():
            _switch(report, by, at)
            attach(report.pk, stored)
            _deliver_to_board(report, today)
            # The one before is found no more.
            index_of(Report, Report.objects.filter(round=report.round_id).values_list("pk", flat=True))
            touch(partnership_ids=[report.round.partnership_id])
    except BaseException:
        discard(file.name for file in stored.values())
        raise
    report.refresh_from_db()
    return report


def _switch(report: Report, by: User, at: datetime) -> None:
    Round.objects.select_for_update(no_key=True).get(pk=report.round_id)
    versions = Report.objects.filter(round=report.round_id)
    versions.filter(status=Report.Status.PUBLISHED).update(status=Report.Status.SUPERSEDED)
    is_published = versions.filter(
        pk=report.pk, status=Report.Status.READY, build=Report.Build.BUILT, sha256=report.sha256
    ).update(status=Report.Status.PUBLISHED, published_by=by, published_at=at)
    if not is_published:
        raise ReportError("This version was changed or published in the meantime. Look at it again.")


def _deliver_to_board(report: Report, today: date) -> None:
    """One delivery for each person who sits today on the board that receives the partnership's reports."""
    seats = Seat.objects.current(today).filter(
        board__partnership=report.round.partnership_id, board__is_reporting=True, user__is_active=True
    )
    deliveries = Delivery.objects.bulk_create(
        Delivery(report=report, recipient_id=recipient) for recipient in seats.values_list("user", flat=True)
    )
    for delivery in deliveries:
        enqueue(DELIVERY_TASK, delivery.pk)

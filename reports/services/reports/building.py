"""Building a report in the background: claimed by one worker at a time, and safe to run twice or to be killed."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from django.db import transaction
from django.db.models import F, Q, QuerySet

from reports.models import Report
from reports.queries.collect import collect
from reports.renderers.document import Edition
from reports.renderers.typesetting import FontsMissingError
from reports.services.reports.files import Stored, attach, discard, render_all, store_all
from reports.services.reports.requesting import BUILD_TASK
from reports.snapshots import sha256_of, to_json
from wesp_portal.common.jobs import enqueue

logger = logging.getLogger(__name__)

STEPS = (
    "Reading what was returned",
    "Freezing the snapshot",
    "Laying out the page",
    "Setting the PDF",
    "Writing the Word document",
    "Filling the spreadsheet",
    "Storing the files",
)
ATTEMPTS = 3
# Each step takes a second or so; a worker that says nothing for this long is taken for dead.
LEASE = timedelta(minutes=2)

Clock = Callable[[], datetime]
Tell = Callable[[str], None]


class _LeaseLostError(Exception):
    """Another worker has taken over, so this one leaves."""


class Lease:
    """The right to build a report until a moment, renewed at every step."""

    def __init__(self, report_id: int, until: datetime) -> None:
        self.report_id = report_id
        self.until = until

    def row(self) -> QuerySet[Report]:
        """The report's row, as long as this lease holds it."""
        return Report.objects.filter(pk=self.report_id, build=Report.Build.BUILDING, lease_until=self.until)

    def renew(self, at: datetime, *, done: int) -> None:
        """Record progress; raises where the lease was lost."""
        until = at + LEASE
        if not self.row().update(lease_until=until, build_done=done, build_step=STEPS[done]):
            raise _LeaseLostError
        self.until = until


def _claimable(at: datetime) -> QuerySet[Report]:
    waiting = Q(build=Report.Build.QUEUED) | Q(build=Report.Build.BUILDING, lease_until__lte=at)
    return Report.objects.filter(waiting, attempts__lt=ATTEMPTS).exclude(status__in=Report.FROZEN)


def claim_build(*, report_id: int, at: datetime) -> Lease | None:
    """Take a report to build, or nothing where it is built already, being built, or has failed too often."""
    lease = Lease(report_id, at + LEASE)
    claimed = (
        _claimable(at)
        .filter(pk=report_id)
        .update(
            build=Report.Build.BUILDING,
            attempts=F("attempts") + 1,
            lease_until=lease.until,
            build_step=STEPS[0],
            build_done=0,
            build_steps=len(STEPS),
        )
    )
    return lease if claimed else None


def build_report(*, report_id: int, clock: Clock) -> bool:
    """Build a report if it waits to be built; whether this call built it."""
    lease = claim_build(report_id=report_id, at=clock())
    return lease is not None and run_build(lease=lease, clock=clock)


def run_build(*, lease: Lease, clock: Clock, tell: Tell = lambda step: None) -> bool:
    """Build what was claimed; whether it was. What goes wrong is recorded in words, and tried again by the sweeper."""
    try:
        _build(lease, clock, tell)
    except _LeaseLostError:
        logger.warning("Report %s was taken over by another worker.", lease.report_id)
        return False
    except Exception as error:
        logger.exception("Report %s could not be built.", lease.report_id)
        _record_failure(lease, error)
        return False
    return True


def _build(lease: Lease, clock: Clock, tell: Tell) -> None:
    def begin(done: int) -> None:
        lease.renew(clock(), done=done)
        tell(STEPS[done])

    tell(STEPS[0])
    report = (
        Report.objects.select_related("round__partnership__area", "round__term")
        .defer("snapshot")
        .get(pk=lease.report_id)
    )
    snapshot = collect(partnership=report.round.partnership, term=report.round.term, at=clock())
    begin(1)
    document = to_json(snapshot)
    edition = Edition(
        version=report.version,
        status="Draft",
        sha256=sha256_of(document),
        correction_reason=report.correction_reason,
    )
    steps = count(2)
    rendered = render_all(snapshot, edition, begin=lambda format_: begin(next(steps)))
    begin(next(steps))
    _finish(lease, clock(), document, edition.sha256, store_all(rendered))


def _finish(lease: Lease, at: datetime, document: str, sha256: str, stored: dict[str, Stored]) -> None:
    """Switch from being built to built, in one transaction, if the lease still holds."""
    try:
        with transaction.atomic():
            is_ours = lease.row().update(
                status=Report.Status.READY,
                build=Report.Build.BUILT,
                snapshot=document,
                sha256=sha256,
                built_at=at,
                build_step="",
                build_done=len(STEPS),
                lease_until=None,
                failure="",
            )
            if not is_ours:
                raise _LeaseLostError
            attach(lease.report_id, stored)
    except BaseException:
        discard(file.name for file in stored.values())
        raise


def _record_failure(lease: Lease, error: Exception) -> None:
    """Give the report back with the reason: to be tried again, or failed for good after the last attempt."""
    step = lease.row().values_list("build_step", flat=True).first() or STEPS[0]
    reason = f"{step} went wrong. {_in_words(error)}"
    ours = lease.row()
    ours.filter(attempts__gte=ATTEMPTS).update(build=Report.Build.FAILED, lease_until=None, failure=reason)
    ours.update(build=Report.Build.QUEUED, lease_until=None, failure=reason)


def _in_words(error: Exception) -> str:
    if isinstance(error, FontsMissingError):
        return str(error)
    if isinstance(error, OSError):
        return f"The store for files answered: {error.strerror or error}."
    return "The fault is ours, and the log has its details."


def sweep_builds(*, at: datetime) -> int:
    """Queue again what waits or was left by a worker that died; how many. Those out of attempts have failed."""
    Report.objects.filter(build=Report.Build.BUILDING, lease_until__lte=at, attempts__gte=ATTEMPTS).update(
        build=Report.Build.FAILED,
        lease_until=None,
        failure=f"The worker stopped without an answer, {ATTEMPTS} times.",
    )
    waiting = list(_claimable(at).order_by("requested_at").values_list("pk", flat=True))
    for report_id in waiting:
        enqueue(BUILD_TASK, report_id)
    return len(waiting)

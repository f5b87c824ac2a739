"""Asking for a report of a round, or for another try at building it."""

from datetime import datetime

from django.db import transaction

from partnerships.models import User
from reports.models import Report, Round
from wesp_portal.common.jobs import enqueue

BUILD_TASK = "reports.tasks.build_report"


class ReportError(Exception):
    """What was asked of a report cannot be done; the text says why, to the person who asked."""


@transaction.atomic
def request_report(*, round_: Round, by: User | None, at: datetime, correction_reason: str = "") -> Report:
    """Ask for the round's report; however many ask while it is being built, there is one build and all get it.

    A version that is not published yet is built anew under its number. After a published one comes the next number,
    which corrects it: raises ReportError where it does not say what it corrects.
    """
    # The round's row is the lock: of people who ask at once, one comes first and the others find what it made.
    Round.objects.select_for_update(no_key=True).get(pk=round_.pk)
    latest = Report.objects.filter(round=round_).order_by("-version").first()
    reason = correction_reason.strip()
    if latest is None or latest.is_frozen:
        if latest and not reason:
            raise ReportError("Say what the new version corrects.")
        report = Report.objects.create(
            round=round_,
            version=latest.version + 1 if latest else 1,
            correction_reason=reason if latest else "",
            requested_by=by,
            requested_at=at,
        )
    elif latest.build in (Report.Build.QUEUED, Report.Build.BUILDING):
        return latest
    else:
        report = latest
        report.correction_reason = reason or report.correction_reason
        report.requested_by, report.requested_at = by, at
        _queue_anew(report)
        report.save()
    enqueue(BUILD_TASK, report.pk)
    return report


@transaction.atomic
def retry_build(*, report: Report, by: User | None, at: datetime) -> Report:
    """Try again to build a version that failed; one that has not failed is left as it is."""
    Round.objects.select_for_update(no_key=True).get(pk=report.round_id)
    current = Report.objects.get(pk=report.pk)
    if current.build == Report.Build.FAILED:
        current.requested_by, current.requested_at = by, at
        _queue_anew(current)
        current.save()
        enqueue(BUILD_TASK, current.pk)
    return current


def _queue_anew(report: Report) -> None:
    """As if it had just been asked for."""
    report.status, report.build = Report.Status.DRAFT, Report.Build.QUEUED
    report.attempts, report.lease_until, report.failure = 0, None, ""
    report.build_step, report.build_done = "", 0

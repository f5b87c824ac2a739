"""Asking for a report of a round, of every round of a term, or for another try at building one."""

from datetime import datetime
from typing import Any

from django.db import transaction

from partnerships.models import User
from reports.models import Report, Round
from wesp_portal.common.jobs import enqueue

BUILD_TASK = "reports.tasks.build_report"
# What a report that was just asked for says.
QUEUED_ANEW: dict[str, Any] = {
    "status": Report.Status.DRAFT,
    "build": Report.Build.QUEUED,
    "attempts": 0,
    "lease_until": None,
    "failure": "",
    "build_step": "",
    "build_done": 0,
}


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
def request_reports(*, term: str, by: User | None, at: datetime, is_anew: bool = False) -> int:
    """Ask for the report of every board of a term that has none yet or whose build failed; how many were asked for.

    A build that waits or runs goes on, and what is published stays. One that is built and not published stays too,
    unless all are to be built anew. A handful of queries, however many boards there are.
    """
    # The rounds' rows are the locks, always taken in one order: of people who ask at once, one comes first.
    rounds = list(
        Round.objects.select_for_update(no_key=True, of=("self",)).filter(term__code=term).order_by("pk").values("pk")
    )
    latest = {
        each.round_id: each
        for each in Report.objects.filter(round__term__code=term).defer("snapshot").order_by("version")
    }
    made = Report.objects.bulk_create(
        Report(round_id=each["pk"], version=1, requested_by=by, requested_at=at)
        for each in rounds
        if each["pk"] not in latest
    )
    to_build = (Report.Build.FAILED, Report.Build.BUILT) if is_anew else (Report.Build.FAILED,)
    again = [each for each in latest.values() if not each.is_frozen and each.build in to_build]
    for report in again:
        report.requested_by, report.requested_at = by, at
        _queue_anew(report)
    Report.objects.bulk_update(again, [*QUEUED_ANEW, "requested_by", "requested_at"])
    for report in (*made, *again):
        enqueue(BUILD_TASK, report.pk)
    return len(made) + len(again)


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
    for name, value in QUEUED_ANEW.items():
        setattr(report, name, value)

"""Telling each member of the board that a report is published: by email, with a link, and never twice by itself."""

import logging
from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from partnerships.models import Seat, User
from reports.models import Delivery, Report
from wesp_portal.common.jobs import enqueue
from wesp_portal.common.mail import (
    NotTakenError,
    RefusedError,
    UnconfirmedError,
    next_try,
    portal_address,
    send_email,
)

logger = logging.getLogger(__name__)

DELIVERY_TASK = "reports.tasks.send_delivery"
UNCONFIRMED = "Sending began and was never confirmed."


def send_delivery(*, delivery_id: int, at: datetime) -> bool:
    """Send one recipient's email if it waits to be sent and may be now; whether this call sent it.

    The row says "may have arrived" before the email leaves. Whoever is killed in between leaves it so, and nobody
    sends it again unless a person says so: one email too few is noticed and mended, one too many cannot be taken back.
    """
    claimed = (
        Delivery.objects.due(at)
        .filter(pk=delivery_id)
        .update(
            status=Delivery.Status.UNSURE,
            failure=UNCONFIRMED,
            attempts=F("attempts") + 1,
            tried_at=at,
            next_at=None,
        )
    )
    if not claimed:
        return False
    delivery = (
        Delivery.objects.select_related("recipient", "report__round__partnership", "report__round__term")
        .defer("report__snapshot")
        .get(pk=delivery_id)
    )
    if reason := _why_not_send(delivery, at):
        _settle(delivery, status=Delivery.Status.FAILED, failure=reason)
        return False
    try:
        send_email("report_published", to=delivery.recipient.email, context=_context(delivery))
    except UnconfirmedError as error:
        logger.warning("Delivery %s may not have arrived: %s", delivery_id, error)
        return False
    except NotTakenError as error:
        logger.warning("Delivery %s was not sent: %s (%r)", delivery_id, error, error.__cause__)
        again = None if isinstance(error, RefusedError) else next_try(delivery.attempts, at=at)
        status = Delivery.Status.QUEUED if again else Delivery.Status.FAILED
        _settle(delivery, status=status, failure=str(error), next_at=again)
        return False
    return _settle(delivery, status=Delivery.Status.SENT, failure="", sent_at=at)


@transaction.atomic
def send_again(*, report: Report, deliveries: Collection[int], by: User, at: datetime) -> int:
    """Send again, because a person says so, what failed or may never have arrived; how many.

    What was sent, is being sent or was opened is left alone: asked for twice, each is sent once.
    """
    chosen = Delivery.objects.repeatable(at).filter(report=report, pk__in=deliveries).select_for_update(no_key=True)
    ids = list(chosen.order_by("pk").values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=ids).update(
        status=Delivery.Status.QUEUED, attempts=0, next_at=None, failure="", again_by=by, again_at=at
    )
    for delivery_id in ids:
        enqueue(DELIVERY_TASK, delivery_id)
    return len(ids)


def sweep_deliveries(*, at: datetime) -> int:
    """Queue again what waits to be sent and may be now; how many."""
    waiting = list(Delivery.objects.due(at).order_by("pk").values_list("pk", flat=True))
    for delivery_id in waiting:
        enqueue(DELIVERY_TASK, delivery_id)
    return len(waiting)


def record_opening(*, report: Report, by: User, at: datetime) -> None:
    """Note that a recipient read a report while signed in; only the first time counts."""
    Delivery.objects.filter(report=report, recipient=by, opened_at=None).update(opened_at=at)


def _settle(delivery: Delivery, **outcome: Any) -> bool:
    """Write what became of a try, unless another was begun meanwhile."""
    return bool(Delivery.objects.filter(pk=delivery.pk, tried_at=delivery.tried_at).update(**outcome))


def _why_not_send(delivery: Delivery, at: datetime) -> str:
    """Why an email should not leave any more, as a sentence: a try may come hours or weeks after publication."""
    recipient, report = delivery.recipient, delivery.report
    if report.status == Report.Status.SUPERSEDED:
        return "A newer version took its place before it could be sent."
    if not recipient.is_active:
        return f"{recipient.name} may no longer sign in."
    seats = Seat.objects.current(timezone.localdate(at)).filter(
        user=recipient, board__partnership=report.round.partnership_id, board__is_reporting=True
    )
    return "" if seats.exists() else f"{recipient.name} no longer sits on the board."


def _context(delivery: Delivery) -> dict[str, Any]:
    report = delivery.report
    partnership, term = report.round.partnership, report.round.term
    return {
        "partnership": partnership.name,
        "term": term.label,
        "name": delivery.recipient.name,
        "version": report.version,
        "correction": report.correction_reason,
        "url": portal_address(reverse("report-version", args=[partnership.slug, term.code, report.version])),
    }

"""Telling each member of the board that a report is published: by email, with a link, and never twice."""

import logging
from datetime import datetime
from typing import Any

from django.db.models import F
from django.urls import reverse

from reports.models import Delivery
from wesp_portal.common.jobs import enqueue
from wesp_portal.common.mail import NotTakenError, UnconfirmedError, portal_address, send_email

logger = logging.getLogger(__name__)

DELIVERY_TASK = "reports.tasks.send_delivery"
ATTEMPTS = 3
UNCONFIRMED = "Sending began and was never confirmed: it may have arrived."


def send_delivery(*, delivery_id: int, at: datetime) -> bool:
    """Send one recipient's email if it waits to be sent; whether this call sent it.

    The row says "never confirmed" before the email leaves, so that whoever is killed in between leaves the truth
    behind, and nobody sends it a second time.
    """
    claimed = Delivery.objects.filter(pk=delivery_id, status=Delivery.Status.QUEUED, attempts__lt=ATTEMPTS).update(
        status=Delivery.Status.FAILED, failure=UNCONFIRMED, attempts=F("attempts") + 1
    )
    if not claimed:
        return False
    delivery = (
        Delivery.objects.select_related("recipient", "report__round__partnership", "report__round__term")
        .defer("report__snapshot")
        .get(pk=delivery_id)
    )
    try:
        send_email("report_published", to=delivery.recipient.email, context=_context(delivery))
    except UnconfirmedError as error:
        logger.warning("Delivery %s may not have arrived: %s", delivery_id, error)
        return False
    except NotTakenError as error:
        logger.warning("Delivery %s was not sent: %s", delivery_id, error)
        delivery.failure = "The mail server did not take it."
        if delivery.attempts < ATTEMPTS:
            delivery.status = Delivery.Status.QUEUED
        delivery.save(update_fields=["status", "failure"])
        return False
    delivery.status, delivery.sent_at, delivery.failure = Delivery.Status.SENT, at, ""
    delivery.save(update_fields=["status", "sent_at", "failure"])
    return True


def sweep_deliveries() -> int:
    """Queue again what waits to be sent; how many."""
    waiting = list(Delivery.objects.filter(status=Delivery.Status.QUEUED).values_list("pk", flat=True))
    for delivery_id in waiting:
        enqueue(DELIVERY_TASK, delivery_id)
    return len(waiting)


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

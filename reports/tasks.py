"""Background work of reports: each task takes an id, reads the clock, calls one service, and may run twice."""

from celery import shared_task
from django.utils import timezone

from reports import services
from reports.services import reports


@shared_task
def build_report(report_id: int) -> None:
    reports.build_report(report_id=report_id, clock=timezone.now)


@shared_task
def send_delivery(delivery_id: int) -> None:
    reports.send_delivery(delivery_id=delivery_id, at=timezone.now())


@shared_task
def tell_of_review(return_id: int) -> None:
    services.tell_of_review(return_id=return_id, at=timezone.now())


@shared_task
def sweep_reports() -> None:
    """Find what the queue lost: reports that wait to be built, emails that wait to be sent."""
    now = timezone.now()
    reports.sweep_builds(at=now)
    reports.sweep_deliveries(at=now)
    services.sweep_reviews(at=now)
    services.sweep_reminders(at=now)


@shared_task
def open_rounds() -> None:
    """Open the rounds of partnerships whose term has begun, by the date in London."""
    services.open_rounds(on=timezone.localdate())


@shared_task
def close_rounds() -> None:
    """Close the rounds whose last day is over, by the date in London."""
    services.close_rounds(at=timezone.now())


@shared_task
def send_reminders() -> None:
    """Make the day's reminders; each is then sent by a task of its own."""
    services.queue_reminders(at=timezone.now())


@shared_task
def send_reminder(reminder_id: int) -> None:
    services.send_reminder(reminder_id=reminder_id, at=timezone.now())

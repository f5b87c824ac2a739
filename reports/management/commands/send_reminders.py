"""Sends the reminders that are due now, without a worker, or says who would be sent what on a day."""

from argparse import ArgumentParser
from datetime import date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from reports.models import Reminder
from reports.queries.reminders import FIRST_HOUR, due_reminders, sending_time
from reports.services import queue_reminders, send_reminder
from wesp_portal.common.formatting import join_words, plural, uk_date


class Command(BaseCommand):
    help = "Sends everybody the reminder that is due, once; nothing at weekends, on bank holidays or out of hours."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--date", default="", help="the day to look at, such as 2024-11-25; today, unless given")
        parser.add_argument("--dry-run", action="store_true", help="say who would be sent what, and send nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        at = _moment_of(options["date"], now) if options["date"] else now
        if options["dry_run"]:
            self._say_who(at)
            return
        if timezone.localdate(at) != timezone.localdate(now):
            raise CommandError("Emails are sent today or not at all. Add --dry-run to see what another day has.")
        if (leaves_at := sending_time(now)) > now:
            self.stdout.write(f"Nothing is sent now: it waits for {_words(leaves_at)}.")
            return
        queue_reminders(at=now)
        waiting = list(Reminder.objects.waiting(now).values_list("pk", flat=True))
        sent = sum(send_reminder(reminder_id=pk, at=now) for pk in waiting)
        self.stdout.write(f"{plural(sent, 'email')} sent.")
        if left := Reminder.objects.filter(status=Reminder.Status.QUEUED).count():
            self.stdout.write(f"{plural(left, 'email')} not sent yet: the portal tries again by itself.")

    def _say_who(self, at: datetime) -> None:
        leaves_at = sending_time(at)
        if timezone.localdate(leaves_at) != timezone.localdate(at):
            self.stdout.write(f"Nothing is sent then: it waits for {_words(leaves_at)}.")
            return
        found = due_reminders(on=timezone.localdate(at))
        for due in found:
            places = join_words(work.round.partnership.brief_name for work in due.works)
            self.stdout.write(f"{due.person.name} <{due.person.email}>: {due.kind.label}, {places}")
        self.stdout.write(f"{plural(len(found), 'email')} would be sent on {uk_date(timezone.localdate(at))}.")


def _moment_of(text: str, now: datetime) -> datetime:
    """The time now for today, and the hour at which emails first leave for another day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"{text!r} is not a day of the calendar: write it like 2024-11-25.") from None
    return now if day == timezone.localdate(now) else timezone.make_aware(datetime.combine(day, FIRST_HOUR))


def _words(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{local:%A} {uk_date(local)} at {local:%H:%M}"

"""The dates of a partnership for people's own calendars: its boards' meetings and its rounds."""

from datetime import date, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from partnerships.models import Meeting, Partnership
from reports.models import Round
from wesp_portal.common.calendar_file import Event
from wesp_portal.common.mail import portal_address

# What is longer ago is of no use in a calendar.
KEPT = timedelta(days=366)


def dates_of(partnership: Partnership, *, today: date) -> list[Event]:
    """Meetings, the days returns are due and the days a board reads the report, in order: two queries.

    The partnership's version rises with every write to them, so it serves as the revision of each.
    """
    since = today - KEPT
    meetings = list(Meeting.objects.filter(board__partnership=partnership).select_related("board"))
    told = {timezone.localdate(each.starts_at) for each in meetings if each.board.is_reporting}
    rounds = Round.objects.filter(Q(due_on__gte=since) | Q(board_on__gte=since), partnership=partnership)
    dashboard = portal_address(reverse("dashboard", args=[partnership.slug]))

    def event(uid: str, on: datetime | date, summary: str, *, place: str = "", url: str = dashboard) -> Event:
        return Event(
            uid=f"{uid}@{urlsplit(settings.PORTAL_ADDRESS).hostname}",
            on=on,
            summary=summary,
            changed_at=partnership.changed_at,
            revision=partnership.version,
            description=partnership.name,
            place=place,
            url=url,
        )

    found = [
        event(f"meeting-{each.pk}", each.starts_at, f"{each.board.name} meets", place=each.place)
        for each in meetings
        if timezone.localdate(each.starts_at) >= since
    ]
    for each in rounds.select_related("term"):
        label = each.term.label
        due = f"Returns due for {label}"
        found.append(event(f"round-{each.pk}-due", each.due_on, due, url=portal_address(reverse("home"))))
        # The meeting itself says more, where it is entered.
        if each.board_on and each.board_on not in told:
            found.append(event(f"round-{each.pk}-board", each.board_on, f"Board reads the report for {label}"))
    return sorted(found, key=lambda each: (_day(each.on), each.uid))


def _day(on: datetime | date) -> date:
    return timezone.localdate(on) if isinstance(on, datetime) else on

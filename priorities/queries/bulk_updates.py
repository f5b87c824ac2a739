"""Many activities of a partnership at once, each with what was said of it this term and last."""

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date

from django.db.models import F, Q, QuerySet

from partnerships.models import Partnership, Term, User
from priorities.models import Activity, ActivityStatus, ActivityUpdate, Priority
from priorities.rules import standing_of
from wesp_portal.common.conflicts import fingerprint

FIELDS = ("status", "rag", "words", "reason")
# Neither a page nor a workbook can hold these.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Said:
    """What an update says; all blank where there is none."""

    status: str = ""
    rag: str = ""
    words: str = ""
    reason: str = ""

    @classmethod
    def of(cls, update: ActivityUpdate | None) -> "Said":
        return cls(**{name: plain_text(getattr(update, name)) for name in FIELDS}) if update else cls()

    @property
    def mark(self) -> str:
        """What these words are known by when it is asked whether they were changed since."""
        return fingerprint(asdict(self))


def plain_text(text: str) -> str:
    """A text as a page and a workbook both give it back: line ends alike, nothing unprintable, no space around it."""
    return _UNWRITABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


@dataclass(frozen=True, slots=True)
class UpdateLine:
    """An activity with its update of the term and of the term before."""

    activity: Activity
    present: ActivityUpdate | None
    last: ActivityUpdate | None

    @property
    def last_standing(self) -> str:
        return standing_of(self.last.status, self.last.rag) if self.last else ""


def updating_partnerships(user: User) -> QuerySet[Partnership]:
    """Those whose activities a person updates."""
    access = user.access
    found = Partnership.objects.order_by("name")
    return found if access.is_administrator else found.filter(pk__in=access.logging_in)


def terms_now(partnership: Partnership, today: date) -> tuple[Term | None, Term | None]:
    """The partnership's current term, and the term before it."""
    this, before = [*Term.objects.filter(calendar=partnership.calendar_id).at(today)[:2], None, None][:2]
    return this, before


def updated_in_bulk(user: User, partnership: Partnership) -> QuerySet[Activity]:
    """A person's activities of a partnership, of priorities still worked on, in the order of its strategies."""
    return (
        Activity.objects.updated_by(user)
        .filter(priority__strategy__partnership=partnership, priority__in=Priority.objects.open())
        .select_related("priority", "lead")
        .order_by(
            "priority__strategy_id",
            "priority__position",
            "priority__ref",
            F("objective__position").asc(nulls_first=True),
            "objective_id",
            "position",
            "ref",
        )
    )


def without_update(activities: QuerySet[Activity], term: Term, *, but: int | None = None) -> QuerySet[Activity]:
    """Those that say nothing of the term, leaving out what was done before it; and one of them whatever it says."""
    waiting = ~Q(latest_status=ActivityStatus.DONE) & ~Q(
        pk__in=ActivityUpdate.objects.filter(term=term).values("activity")
    )
    return activities.filter(waiting | Q(pk=but))


def update_lines(activities: Iterable[Activity], term: Term, before: Term | None) -> list[UpdateLine]:
    """The activities with their updates of both terms: one query more than theirs."""
    found = list(activities)
    updates = ActivityUpdate.objects.filter(activity__in=[row.pk for row in found], term__in=[term, before or term])
    said = {(update.activity_id, update.term_id): update for update in updates.select_related("author")}
    return [
        UpdateLine(row, said.get((row.pk, term.pk)), said.get((row.pk, before.pk)) if before else None) for row in found
    ]

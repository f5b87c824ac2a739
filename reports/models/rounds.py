"""Rounds of reporting, the returns officers send in them, and the steps those returns promise."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from simple_history.models import HistoricalRecords

from partnerships.models import Organisation, Partnership, Term, access_of
from priorities.models import Activity, Priority

if TYPE_CHECKING:
    from partnerships.models import User


# The day it was reopened until, or else the board's day, or else the end of the term: at its end a round closes.
LAST_DAY = Coalesce("closes_on", "board_on", "term__ends_on")


class RoundQuerySet(models.QuerySet["Round"]):
    def visible_to(self, user: "User | AnonymousUser") -> "RoundQuerySet":
        access = access_of(user)
        return self.all() if access.is_administrator else self.filter(partnership__in=access.partnership_ids)

    def led_by(self, user: "User | AnonymousUser") -> "RoundQuerySet":
        access = access_of(user)
        return self.all() if access.is_administrator else self.filter(partnership__in=access.lead_of)

    def of_this_term(self, on: date) -> "RoundQuerySet":
        """Those that have opened and are not closed, and whose term is still the latest that has begun."""
        later = Term.objects.filter(
            calendar=OuterRef("term__calendar"), starts_on__gt=OuterRef("term__starts_on"), starts_on__lte=on
        )
        return self.filter(~Exists(later), is_closed=False, opens_on__lte=on)

    def under_way(self, on: date) -> "RoundQuerySet":
        """Those that people are reminded of: this term's, until their last day."""
        return self.of_this_term(on).alias(ends=LAST_DAY).filter(ends__gte=on)

    def to_close(self, on: date) -> "RoundQuerySet":
        """Those that are open still although their last day is over."""
        return self.filter(is_closed=False).alias(ends=LAST_DAY).filter(ends__lt=on)


class Round(models.Model):
    """A partnership's reporting cycle for one term."""

    partnership = models.ForeignKey(Partnership, models.PROTECT, related_name="rounds")
    term = models.ForeignKey(Term, models.PROTECT, related_name="rounds")
    opens_on = models.DateField()
    due_on = models.DateField()
    board_on = models.DateField(null=True, blank=True, help_text="When the board meets to read the report.")
    as_at = models.DateField(
        null=True, blank=True, help_text="The day the figures speak of, where it is not the last of the term."
    )
    closes_on = models.DateField(
        "last day",
        null=True,
        blank=True,
        help_text="The last day on which a return can be sent, where it is not the board's day or the term's last.",
    )
    is_closed = models.BooleanField(
        default=False, help_text="A round closes by itself after its last day; no return of it can be sent then."
    )
    reopening_reason = models.TextField(
        "why it was reopened", blank=True, default="", db_default="", help_text="As its lead gave it, the last time."
    )

    objects = RoundQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["partnership", "-opens_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "term"],
                name="round_once",
                violation_error_message="The partnership already has a round for this term.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__gte=F("opens_on")),
                name="round_due_after_opening",
                violation_error_message="The round must be due after it opens.",
            ),
            models.CheckConstraint(
                condition=Q(board_on__isnull=True) | Q(board_on__gte=F("due_on")),
                name="round_board_after_due",
                violation_error_message="The board must meet on or after the due date.",
            ),
            models.CheckConstraint(
                condition=Q(closes_on__isnull=True) | Q(closes_on__gte=F("opens_on")),
                name="round_closes_after_opening",
                violation_error_message="The last day must not be before the round opens.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partnership.brief_name}, {self.term.label}"

    @property
    def last_day(self) -> date:
        """The last day on which a return can be sent, by the same rule as LAST_DAY."""
        return self.closes_on or self.board_on or self.term.ends_on


def days_late(sent_at: datetime | None, due_on: date) -> int:
    """How many days after a due date something was sent, by the date in London; 0 where it was in time or is unsent."""
    return max((timezone.localdate(sent_at) - due_on).days, 0) if sent_at else 0


class ReturnQuerySet(models.QuerySet["Return"]):
    def visible_to(self, user: "User | AnonymousUser") -> "ReturnQuerySet":
        """Returns a person may open: their organisation's as an officer, all of a partnership as its lead."""
        access = access_of(user)
        if access.is_administrator:
            return self.all()
        allowed = Q(round__partnership__in=access.lead_of)
        for partnership_id, organisation_id in access.officer_of:
            allowed |= Q(round__partnership=partnership_id, organisation=organisation_id)
        return self.filter(allowed)

    def reviewed_by(self, user: "User | AnonymousUser") -> "ReturnQuerySet":
        access = access_of(user)
        return self.all() if access.is_administrator else self.filter(round__partnership__in=access.lead_of)

    def writable(self) -> "ReturnQuerySet":
        """Those that are with their officers in an open round; what a conditional update may claim.

        The round is asked for in a subquery, not by a join: an update that waited for another then looks at the
        return anew, which it would not do with one.
        """
        is_open = Exists(Round.objects.filter(pk=OuterRef("round"), is_closed=False))
        return self.filter(is_open, status__in=Return.EDITABLE)


class Return(models.Model):
    """What a partner organisation's officers submit in a round, priority by priority."""

    class Status(models.TextChoices):
        NOT_STARTED = "not_started", "Not started"
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "Sent to the lead"
        SENT_BACK = "sent_back", "Sent back"
        APPROVED = "approved", "Approved"

    EDITABLE = (Status.NOT_STARTED, Status.DRAFT, Status.SENT_BACK)

    round = models.ForeignKey(Round, models.PROTECT, related_name="returns")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="returns")
    author_role = models.CharField(max_length=120, blank=True, help_text="Such as Education Partnership Officer.")
    status = models.CharField(max_length=12, choices=Status, default=Status.NOT_STARTED)
    review_comment = models.TextField(blank=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    submitted_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    # When the officers were told of the last review; empty until they are.
    told_at = models.DateTimeField(null=True, blank=True, editable=False)
    # Rises with every save, so that a form made stale by somebody else's save is noticed and never overwrites.
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = ReturnQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["told_at"])

    class Meta:
        ordering = ["round", "organisation"]
        constraints = [models.UniqueConstraint(fields=["round", "organisation"], name="return_once")]

    def __str__(self) -> str:
        return f"{self.organisation.brief_name}, {self.round}"

    @property
    def is_editable(self) -> bool:
        """Whether it is with its officers, and not with the lead."""
        return self.status in self.EDITABLE

    @property
    def is_writable(self) -> bool:
        """Whether its officers can still change and send it: it is with them, and the round is open."""
        return self.is_editable and not self.round.is_closed

    @property
    def days_late(self) -> int:
        """How many days after the due date it was sent."""
        return 0 if self.is_editable else days_late(self.submitted_at, self.round.due_on)


class ReturnEntry(models.Model):
    """What a return says of one priority: the six sections of the termly report, in order."""

    return_of = models.ForeignKey(Return, models.CASCADE, related_name="entries", verbose_name="return")
    priority = models.ForeignKey(Priority, models.PROTECT, related_name="return_entries")
    position = models.PositiveSmallIntegerField(default=0)
    intended_outcomes = models.TextField(blank=True)
    activity = models.TextField("activity last period", blank=True)
    impact = models.TextField("impact so far", blank=True)
    exit_strategy = models.TextField(blank=True)
    # What the priority becomes once the lead approves; blank where it stays as it is.
    proposed_status = models.CharField("what becomes of it", max_length=15, choices=Priority.Status, blank=True)
    handed_over_to = models.CharField("handed over to whom", max_length=200, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["return_of", "position", "pk"]
        verbose_name_plural = "return entries"
        constraints = [models.UniqueConstraint(fields=["return_of", "priority"], name="return_entry_once")]

    def __str__(self) -> str:
        return f"{self.priority.ref} in {self.return_of}"

    @property
    def lacks_successor(self) -> bool:
        """Whether it hands the priority over to nobody yet, which a draft may leave open and a sent return may not."""
        return self.proposed_status == Priority.Status.HANDED_OVER and not self.handed_over_to.strip()


class ReturnLine(models.Model):
    """One thing that was logged in the term, as a return took it in or left it out; it is offered once."""

    class Kind(models.TextChoices):
        ACHIEVEMENT = "achievement", "Achievement"
        UPDATE = "update", "Update"
        READING = "reading", "Reading"
        PROMISE = "promise", "Promise kept"

    entry = models.ForeignKey(ReturnEntry, models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=12, choices=Kind)
    source_id = models.PositiveBigIntegerField(help_text="The number of what was logged.")
    words = models.TextField(help_text="As they were when they were taken in or left out.")
    is_kept = models.BooleanField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    class Meta:
        ordering = ["entry", "pk"]
        constraints = [models.UniqueConstraint(fields=["entry", "kind", "source_id"], name="return_line_once")]

    def __str__(self) -> str:
        return self.words


class EntryComment(models.Model):
    """What a lead says of one priority of a return, until it is dealt with."""

    entry = models.ForeignKey(ReturnEntry, models.CASCADE, related_name="comments")
    text = models.TextField()
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    resolved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["written_at", "pk"]

    def __str__(self) -> str:
        return self.text


class PlannedStep(models.Model):
    """One promise for the next period, which the next return marks done, carried over or dropped."""

    class Outcome(models.TextChoices):
        DONE = "done", "Done"
        CARRIED_OVER = "carried_over", "Carried over"
        DROPPED = "dropped", "Dropped"

    entry = models.ForeignKey(ReturnEntry, models.CASCADE, related_name="planned_steps")
    position = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=400)
    activity = models.ForeignKey(Activity, models.SET_NULL, null=True, blank=True, related_name="planned_steps")
    carried_from = models.OneToOneField("self", models.SET_NULL, null=True, blank=True, related_name="carried_to")
    terms_carried = models.PositiveSmallIntegerField(
        default=0, help_text="For how many terms it has been carried over."
    )
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    outcome_reason = models.TextField(blank=True)
    marked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    marked_at = models.DateTimeField(null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        ordering = ["entry", "position", "pk"]

    def __str__(self) -> str:
        return self.title

    @property
    def lacks_reason(self) -> bool:
        """Whether it was dropped without a word why, which a draft may leave open and a return that is sent may not."""
        return self.outcome == self.Outcome.DROPPED and not self.outcome_reason

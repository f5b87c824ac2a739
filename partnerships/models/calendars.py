"""Calendars: the terms of a partnership's academic years, and the days on which nobody is written to."""

from collections.abc import Mapping
from datetime import date, timedelta

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q

from wesp_portal.common.bank_holidays import bank_holidays, is_weekend
from wesp_portal.common.models import Shipped
from wesp_portal.common.periods import parse_period
from wesp_portal.common.validators import validate_term_code


class Calendar(Shipped):
    """What a partnership reports by: the school terms, or shorter periods that they are divided into."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    note = models.TextField(blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class TermQuerySet(models.QuerySet["Term"]):
    def public(self) -> "TermQuerySet":
        """Those of the calendars that public partnerships report by."""
        return self.filter(calendar__partnerships__is_public=True).distinct()

    def at(self, on: date) -> "TermQuerySet":
        """The term that a day counts in, first: a holiday belongs to the term before it."""
        return self.filter(starts_on__lte=on).order_by("-starts_on")

    def before(self, term: "Term") -> "TermQuerySet":
        """Earlier terms of the same calendar, latest first."""
        return self.filter(calendar_id=term.calendar_id, starts_on__lt=term.starts_on).order_by("-starts_on")

    def after(self, term: "Term") -> "TermQuerySet":
        return self.filter(calendar_id=term.calendar_id, starts_on__gt=term.starts_on).order_by("starts_on")


class Term(Shipped):
    """Autumn, spring or summer of an academic year, with its half-term holiday; or a half or a month of it."""

    calendar = models.ForeignKey(Calendar, models.CASCADE, related_name="terms")
    code = models.CharField(
        max_length=14,
        validators=[validate_term_code],
        help_text="Like 2024-25-autumn; where the periods are shorter, like 2024-25-half-1 or 2024-25-oct.",
    )
    starts_on = models.DateField()
    ends_on = models.DateField()
    half_term_starts_on = models.DateField(null=True, blank=True)
    half_term_ends_on = models.DateField(null=True, blank=True)
    is_checked = models.BooleanField(default=False, help_text="The dates were checked against the council's own.")
    source = models.CharField(max_length=300, blank=True)

    objects = TermQuerySet.as_manager()

    class Meta:
        ordering = ["calendar", "starts_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["calendar", "code"],
                name="term_once",
                violation_error_message="This calendar already has that term.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gt=F("starts_on")),
                name="term_ends_after_start",
                violation_error_message="The term must end after it starts.",
            ),
            models.CheckConstraint(
                condition=Q(half_term_starts_on__isnull=True, half_term_ends_on__isnull=True)
                | Q(
                    half_term_starts_on__gt=F("starts_on"),
                    half_term_ends_on__gte=F("half_term_starts_on"),
                    half_term_ends_on__lt=F("ends_on"),
                ),
                name="term_half_term_inside",
                violation_error_message="Half term must lie inside the term, and needs both its dates.",
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        return parse_period(self.code).label

    @property
    def academic_year(self) -> str:
        return self.code[:7]

    @property
    def season(self) -> str:
        return self.code[8:]

    def clean(self) -> None:
        super().clean()
        if not (self.starts_on and self.ends_on and self.calendar_id):
            return
        overlapping = Term.objects.filter(
            calendar_id=self.calendar_id, starts_on__lte=self.ends_on, ends_on__gte=self.starts_on
        ).exclude(pk=self.pk)
        if other := overlapping.first():
            raise ValidationError({"starts_on": f"These dates overlap {other.label}."})


class BankHolidayQuerySet(models.QuerySet["BankHoliday"]):
    def next_working_day(self, day: date) -> date:
        """The day itself, or the next that is neither at a weekend nor a bank holiday in England: one query."""
        changes = dict(self.filter(day__gte=day).values_list("day", "is_kept"))
        while not _is_working_day(day, changes):
            day += timedelta(days=1)
        return day


class BankHoliday(models.Model):
    """A bank holiday in England beside the usual rule: one that was added, or a usual one that was moved away.

    The usual ones are in `wesp_portal.common.bank_holidays`; https://www.gov.uk/bank-holidays says what changes them.
    """

    day = models.DateField(unique=True, error_messages={"unique": "This day is listed already."})
    name = models.CharField(max_length=120, help_text="Such as: Bank holiday for the coronation of the King.")
    is_kept = models.BooleanField(
        "is a bank holiday",
        default=True,
        help_text="Clear this for a usual bank holiday that was moved to another day.",
    )

    objects = BankHolidayQuerySet.as_manager()

    class Meta:
        ordering = ["-day"]
        verbose_name = "change to the bank holidays"
        verbose_name_plural = "changes to the bank holidays"

    def __str__(self) -> str:
        return self.name


def _is_working_day(day: date, changes: Mapping[date, bool]) -> bool:
    return not (is_weekend(day) or changes.get(day, day in bank_holidays(day.year)))

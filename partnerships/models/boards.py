"""Boards: who meets, when, and who sits on them."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q

from partnerships.models.bodies import Partnership
from wesp_portal.common.models import Shipped


class Board(Shipped):
    """A body of a partnership that meets; one of them receives the termly report."""

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="boards")
    slug = models.SlugField(max_length=80)
    name = models.CharField(max_length=160)
    summary = models.TextField(blank=True)
    meets = models.CharField(max_length=120, blank=True, help_text="How often, such as each half term.")
    is_reporting = models.BooleanField("receives the termly report", default=False)
    position = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["partnership", "position", "name"]
        constraints = [
            models.UniqueConstraint(fields=["partnership", "slug"], name="board_once"),
            models.UniqueConstraint(
                fields=["partnership"],
                condition=Q(is_reporting=True),
                name="board_one_reporting",
                violation_error_message="Another board of this partnership already receives the termly report.",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Meeting(models.Model):
    """One meeting of a board."""

    board = models.ForeignKey(Board, models.CASCADE, related_name="meetings")
    starts_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["starts_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "starts_at"],
                name="meeting_once",
                violation_error_message="The board already meets then.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.board}, {self.starts_at:%d %B %Y}"


class SeatQuerySet(models.QuerySet["Seat"]):
    def current(self, on: date) -> "SeatQuerySet":
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gte=on))


class Seat(models.Model):
    """A person on a board."""

    class Kind(models.TextChoices):
        CHAIR = "chair", "Chair"
        MEMBER = "member", "Member"
        SECRETARY = "secretary", "Secretary"

    board = models.ForeignKey(Board, models.CASCADE, related_name="seats")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="seats", verbose_name="person")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MEMBER)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["board", "kind", "user"]
        constraints = [
            models.UniqueConstraint(
                fields=["board", "user"],
                name="seat_once",
                violation_error_message="This person already sits on the board.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="seat_ends_after_start",
                violation_error_message="The seat must end after it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}, {self.get_kind_display().lower()} of {self.board}"

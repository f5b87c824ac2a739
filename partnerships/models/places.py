"""Areas: places with their ONS codes."""

from functools import reduce
from operator import or_
from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from wesp_portal.common.models import Shipped
from wesp_portal.common.validators import validate_ons_code

ENGLAND = "E92000001"


class AreaQuerySet(models.QuerySet["Area"]):
    def public(self) -> "AreaQuerySet":
        """The areas of public partnerships and those they are compared with: what they lie in and their neighbours."""
        own = self.filter(partnerships__is_public=True).values("pk")
        within = (Q(**{f"{path}__in": own}) for path in ("pk", "children", "children__children"))
        neighbours = AreaNeighbour.objects.filter(area__in=own).values("neighbour")
        together = Q(level=Area.Level.NEIGHBOURS, parent__in=own)
        compared = reduce(or_, within) | Q(code=ENGLAND) | Q(pk__in=neighbours) | together
        return self.filter(pk__in=self.filter(compared).values("pk"))


class Area(Shipped):
    """A place that figures are about, with its ONS code, what it lies in and whom it is compared with."""

    class Level(models.TextChoices):
        COUNTRY = "country", "Country"
        REGION = "region", "Region"
        COUNTY = "county", "County"
        UNITARY = "unitary", "Unitary or metropolitan authority"
        DISTRICT = "district", "District"
        NEIGHBOURS = "neighbours", "Statistical neighbours of an area, together"

    code = models.CharField("ONS code", max_length=12, unique=True, validators=[validate_ons_code])
    name = models.CharField(max_length=120)
    level = models.CharField(max_length=12, choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name="lies in"
    )
    neighbours: "models.ManyToManyField[Area, AreaNeighbour]" = models.ManyToManyField(
        "self",
        through="AreaNeighbour",
        through_fields=("area", "neighbour"),
        symmetrical=False,
        related_name="neighbour_of",
    )

    objects = AreaQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class AreaNeighbour(models.Model):
    """One statistical neighbour of an area, nearest first."""

    area = models.ForeignKey(Area, models.CASCADE, related_name="neighbour_links")
    neighbour = models.ForeignKey(Area, models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["area", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["area", "neighbour"], name="area_neighbour_once"),
            models.CheckConstraint(
                condition=~Q(area=F("neighbour")),
                name="area_not_own_neighbour",
                violation_error_message="An area is not its own neighbour.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.neighbour}"

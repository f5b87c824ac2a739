"""Organisations, the partnerships they form, and what they have signed."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from simple_history.models import HistoricalRecords

from partnerships.access import NOBODY, Access
from partnerships.models.calendars import Calendar
from partnerships.models.places import Area
from wesp_portal.common.models import Shipped

if TYPE_CHECKING:
    from partnerships.models.people import User


def access_of(user: "User | AnonymousUser") -> Access:
    """What a visitor may reach; nothing for one who has not signed in or may no longer."""
    return user.access if user.is_authenticated and user.is_active else NOBODY


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def public(self) -> "OrganisationQuerySet":
        """Those in a public partnership, now or once, and those that signed something with one."""
        members = Membership.objects.filter(partnership__is_public=True).values("organisation")
        parties = Agreement.parties.through.objects.filter(agreement__partnership__is_public=True)
        return self.filter(Q(pk__in=members) | Q(pk__in=parties.values("organisation")))


class Organisation(Shipped):
    """A body that may be a partner, or that the strategies name."""

    class Kind(models.TextChoices):
        LOCAL_AUTHORITY = "local_authority", "Local authority"
        NHS = "nhs", "NHS trust or health body"
        COLLEGE = "college", "College"
        UNIVERSITY = "university", "University"
        SCHOOL = "school", "School"
        EMPLOYER = "employer", "Employer"
        GOVERNMENT = "government", "Government body"
        VOLUNTARY = "voluntary", "Voluntary or charitable body"
        NETWORK = "network", "Network or partnership"
        SERVICE = "service", "Service"
        VENUE = "venue", "Venue or site"
        YOUTH_VOICE = "youth_voice", "Youth voice"
        OTHER = "other", "Other"

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=160)
    short_name = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.OTHER)
    summary = models.TextField(blank=True)
    url = models.URLField("web address", blank=True)
    area = models.ForeignKey(Area, models.PROTECT, null=True, blank=True, related_name="organisations")
    source = models.CharField(max_length=300, blank=True)

    objects = OrganisationQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["loaded"])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def brief_name(self) -> str:
        return self.short_name or self.name


class PartnershipQuerySet(models.QuerySet["Partnership"]):
    def public(self) -> "PartnershipQuerySet":
        """Those with a public page."""
        return self.filter(is_public=True)

    def visible_to(self, user: "User | AnonymousUser") -> "PartnershipQuerySet":
        """Those whose dashboard and board reports a person may read."""
        access = access_of(user)
        return self.all() if access.is_administrator else self.filter(pk__in=access.partnership_ids)

    def with_page_for(self, user: "User | AnonymousUser") -> "PartnershipQuerySet":
        """Those whose page a visitor may open: the public ones and their own."""
        access = access_of(user)
        return (
            self.all() if access.is_administrator else self.filter(Q(is_public=True) | Q(pk__in=access.partnership_ids))
        )

    def logged_in_by(self, user: "User | AnonymousUser") -> "PartnershipQuerySet":
        """Those in which a person logs achievements and updates."""
        access = access_of(user)
        return self.all() if access.is_administrator else self.filter(pk__in=access.logging_in)

    def led_by(self, user: "User | AnonymousUser") -> "PartnershipQuerySet":
        access = access_of(user)
        return self.all() if access.is_administrator else self.filter(pk__in=access.lead_of)


class Partnership(Shipped):
    """A named collaboration of organisations, with its area, its calendar and its boards."""

    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=160)
    short_name = models.CharField(max_length=60, blank=True)
    summary = models.TextField(blank=True, help_text="One sentence, for the public page.")
    purpose = models.TextField(blank=True)
    area = models.ForeignKey(Area, models.PROTECT, related_name="partnerships")
    calendar = models.ForeignKey(
        Calendar,
        models.PROTECT,
        related_name="partnerships",
        help_text="It says how often a round is: each of its terms, half terms or months has one.",
    )
    url = models.URLField("web address", blank=True)
    founded_on = models.DateField(null=True, blank=True)
    founded_note = models.CharField(max_length=300, blank=True)
    is_public = models.BooleanField(default=True, help_text="Has a public page.")
    is_second_person_required = models.BooleanField(
        "a second person publishes",
        default=False,
        help_text="Whoever approved a report may not be the one who publishes it.",
    )
    is_standing_public = models.BooleanField(
        "publishes how it is going",
        default=False,
        db_default=False,
        help_text="The public page says how many activities are on track, at risk and off track; no reasons, no names.",
    )
    recent_achievements = models.PositiveSmallIntegerField(
        "achievements on the public page",
        default=6,
        db_default=6,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
        help_text="How many of the latest stand there, before the page of all of them.",
    )
    organisations: "models.ManyToManyField[Organisation, Membership]" = models.ManyToManyField(
        Organisation, through="Membership", related_name="partnerships"
    )
    version = models.PositiveBigIntegerField(
        default=1, editable=False, help_text="Rises with every write to what the dashboard shows."
    )
    changed_at = models.DateTimeField(
        db_default=Now(), editable=False, help_text="When the version last rose, by the database's clock."
    )

    objects = PartnershipQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["loaded", "version", "changed_at"])

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def brief_name(self) -> str:
        return self.short_name or self.name


class Membership(models.Model):
    """An organisation's part in a partnership, from one day to another."""

    class Role(models.TextChoices):
        LEAD = "lead", "Lead"
        PARTNER = "partner", "Partner"

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="memberships")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.PARTNER)
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["partnership", "position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "organisation"],
                condition=Q(ends_on__isnull=True),
                name="membership_once",
                violation_error_message="This organisation is already a member.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="membership_ends_after_start",
                violation_error_message="The membership must end after it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} in {self.partnership}"


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def public(self) -> "AgreementQuerySet":
        return self.filter(partnership__is_public=True)


class Agreement(Shipped):
    """Something partners signed, or plan to: a memorandum of understanding, a civic university agreement, a deal."""

    class Kind(models.TextChoices):
        MOU = "mou", "Memorandum of understanding"
        CIVIC_UNIVERSITY_AGREEMENT = "civic_university_agreement", "Civic university agreement"
        DEAL = "deal", "Deal"
        CHARTER = "charter", "Charter"

    class Status(models.TextChoices):
        PLANNED = "planned", "Planned"
        IN_FORCE = "in force", "In force"
        ENDED = "ended", "Ended"

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="agreements")
    slug = models.SlugField(max_length=80)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=30, choices=Kind)
    status = models.CharField(max_length=10, choices=Status, default=Status.IN_FORCE)
    signed_year = models.PositiveSmallIntegerField(null=True, blank=True)
    signed_on = models.DateField(null=True, blank=True)
    summary = models.TextField(blank=True)
    parties = models.ManyToManyField(Organisation, blank=True, related_name="agreements")
    source = models.CharField(max_length=300, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ["partnership", "signed_year", "title"]
        constraints = [models.UniqueConstraint(fields=["partnership", "slug"], name="agreement_once")]

    def __str__(self) -> str:
        return self.title

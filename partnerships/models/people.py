"""People, and the roles they hold in partnerships."""

from dataclasses import replace
from datetime import date
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import cached_property

from partnerships.access import NOBODY, Access

# What is read of a signed-in person on every page; their dates are read when they are asked for.
PERSON = ("id", "password", "is_superuser", "email", "name", "job_title", "is_staff", "is_active", "is_demo")
# Those columns, in that order, with each role and seat that the person holds on a day. Every page asks it, so it is
# written out: to put the same together from querysets costs more than the rest of an empty page (2 ms against 0.06).
PERSON_AND_REACH = """
    SELECT person.id, person.password, person.is_superuser, person.email, person.name, person.job_title,
        person.is_staff, person.is_active, person.is_demo,
        reach.kind, reach.partnership_id, reach.organisation_id
    FROM partnerships_user AS person
    LEFT JOIN (
        SELECT kind, partnership_id, organisation_id
        FROM partnerships_role
        WHERE user_id = %(user)s
            AND (starts_on IS NULL OR starts_on <= %(on)s) AND (ends_on IS NULL OR ends_on >= %(on)s)
        UNION ALL
        SELECT seat.kind, board.partnership_id, NULL
        FROM partnerships_seat AS seat JOIN partnerships_board AS board ON board.id = seat.board_id
        WHERE seat.user_id = %(user)s
            AND (seat.starts_on IS NULL OR seat.starts_on <= %(on)s)
            AND (seat.ends_on IS NULL OR seat.ends_on >= %(on)s)
    ) AS reach ON 1 = 1
    WHERE person.id = %(user)s
"""


class UserManager(BaseUserManager["User"]):
    """Makes people who sign in with an email address."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        if not email:
            raise ValueError("A person needs an email address.")
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def with_access(self, pk: int, *, on: date) -> "User | None":
        """A person with what they may reach on a day, in one query."""
        with connection.cursor() as cursor:
            cursor.execute(PERSON_AND_REACH, {"user": pk, "on": on})
            rows = cursor.fetchall()
        if not rows:
            return None
        width = len(PERSON)
        user: User = self.model.from_db(self.db, PERSON, rows[0][:width])
        reach = [row[width:] for row in rows if row[width]]
        user.access = Access.of(user_id=user.pk, is_administrator=bool(user.is_staff and user.is_active), rows=reach)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin):
    """A person who signs in, by email address."""

    email = models.EmailField(
        "email address", unique=True, error_messages={"unique": "Someone already signs in with this address."}
    )
    name = models.CharField(max_length=150)
    job_title = models.CharField(max_length=150, blank=True)
    is_staff = models.BooleanField("administrator", default=False, help_text="May use the administration pages.")
    is_active = models.BooleanField("may sign in", default=True, help_text="Clear this instead of deleting a person.")
    is_demo = models.BooleanField(
        "demonstration", default=False, help_text="An invented person, for demonstration only."
    )
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name"]
        verbose_name = "person"
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name

    @cached_property
    def access(self) -> Access:
        """What this person may reach today: one query, once per request."""
        found = User.objects.with_access(self.pk, on=timezone.localdate())
        access = found.access if found else NOBODY
        return replace(access, is_administrator=self.is_staff and self.is_active)


class RoleQuerySet(models.QuerySet["Role"]):
    def current(self, on: date) -> "RoleQuerySet":
        return self.filter(Q(starts_on=None) | Q(starts_on__lte=on), Q(ends_on=None) | Q(ends_on__gte=on))


class Role(models.Model):
    """What a person does in a partnership, as an officer of one partner or as its lead; may be time-limited."""

    class Kind(models.TextChoices):
        OFFICER = "officer", "Officer"
        LEAD = "lead", "Partnership lead"

    user = models.ForeignKey(User, models.CASCADE, related_name="roles", verbose_name="person")
    kind = models.CharField(max_length=10, choices=Kind)
    partnership = models.ForeignKey("partnerships.Partnership", models.CASCADE, related_name="roles")
    organisation = models.ForeignKey(
        "partnerships.Organisation", models.PROTECT, null=True, blank=True, related_name="roles"
    )
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)

    objects = RoleQuerySet.as_manager()

    class Meta:
        ordering = ["partnership", "kind", "user"]
        constraints = [
            models.UniqueConstraint(
                "user",
                "kind",
                "partnership",
                # A lead has no organisation, and no organisation twice is twice the same.
                Coalesce("organisation", 0),
                name="role_once",
                violation_error_message="This person already has this role.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="officer") | Q(organisation__isnull=False),
                name="role_officer_has_organisation",
                violation_error_message="Choose the organisation that the officer works for.",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(starts_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="role_ends_after_start",
                violation_error_message="The role must end after it starts.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_kind_display()}"

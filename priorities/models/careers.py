"""Careers guidance in schools: which of the eight Gatsby benchmarks each school achieves, year by year."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from simple_history.models import HistoricalRecords

from partnerships.models import Organisation, Partnership, access_of
from wesp_portal.common.validators import validate_period

if TYPE_CHECKING:
    from partnerships.models import User


class CareersReviewQuerySet(models.QuerySet["CareersReview"]):
    def visible_to(self, user: "User | AnonymousUser") -> "CareersReviewQuerySet":
        """Those of the partnerships whose dashboard a person may read."""
        access = access_of(user)
        return self.all() if access.is_administrator else self.filter(partnership__in=access.partnership_ids)


class CareersReview(models.Model):
    """What a school achieves of the Gatsby benchmarks in an academic year, as it reported to a partnership."""

    # In the order in which they are numbered.
    BENCHMARKS = (
        "stable_programme",
        "learning_from_information",
        "needs_of_each_pupil",
        "links_with_curriculum",
        "encounters_with_employers",
        "experiences_of_workplaces",
        "encounters_with_education",
        "personal_guidance",
    )

    partnership = models.ForeignKey(Partnership, models.CASCADE, related_name="careers_reviews")
    school = models.ForeignKey(
        Organisation, models.PROTECT, related_name="careers_reviews", limit_choices_to={"kind": "school"}
    )
    academic_year = models.CharField(max_length=7, validators=[validate_period], help_text="Like 2024-25.")
    stable_programme = models.BooleanField("1. A stable careers programme", default=False)
    learning_from_information = models.BooleanField(
        "2. Learning from careers and labour market information", default=False
    )
    needs_of_each_pupil = models.BooleanField("3. Addressing the needs of each young person", default=False)
    links_with_curriculum = models.BooleanField("4. Linking curriculum learning to careers", default=False)
    encounters_with_employers = models.BooleanField("5. Encounters with employers and employees", default=False)
    experiences_of_workplaces = models.BooleanField("6. Experiences of workplaces", default=False)
    encounters_with_education = models.BooleanField("7. Encounters with further and higher education", default=False)
    personal_guidance = models.BooleanField("8. Personal guidance", default=False)
    achieved = models.PositiveSmallIntegerField("how many are achieved", default=0, editable=False)
    source = models.CharField(max_length=300, blank=True, help_text="Such as Compass, July 2025.")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    recorded_at = models.DateTimeField(auto_now=True)

    objects = CareersReviewQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        ordering = ["partnership", "academic_year", "school__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["partnership", "academic_year", "school"],
                name="careers_review_once",
                violation_error_message="This school's benchmarks are recorded for this year already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.school}, {self.academic_year}"

    def save(self, *args: Any, **options: Any) -> None:
        """Keep the count beside what it counts."""
        self.achieved = sum(getattr(self, name) for name in self.BENCHMARKS)
        super().save(*args, **options)

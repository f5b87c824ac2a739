"""Recording which Gatsby benchmarks a school achieves in a year."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.text import slugify

from partnerships.models import Organisation, Partnership, User
from partnerships.services import touch
from priorities.models import CareersReview


@transaction.atomic
def record_careers_review(
    *,
    partnership: Partnership,
    school: Organisation | None,
    new_school: str = "",
    academic_year: str,
    achieved: Collection[str],
    source: str = "",
    by: User | None,
    at: datetime,
) -> CareersReview:
    """Write the one review of a school and year, whose history keeps what was there before.

    A school that is not known yet is given by its name, and added as one of the partnership's area. Raises
    ValidationError for what no review may hold. Whoever calls has made sure that `by` logs in the partnership.
    """
    place = school or _school(new_school, partnership)
    found = CareersReview.objects.filter(partnership=partnership, school=place, academic_year=academic_year).first()
    review = found or CareersReview(partnership=partnership, school=place, academic_year=academic_year)
    before = {name: getattr(review, name) for name in (*CareersReview.BENCHMARKS, "source")}
    for name in CareersReview.BENCHMARKS:
        setattr(review, name, name in achieved)
    review.source = source
    if found and before == {name: getattr(review, name) for name in before}:
        return found
    review.recorded_by = by
    review.clean_fields(exclude=["recorded_by"])
    vars(review).update(_history_user=by, _history_date=at)
    review.save()
    touch(partnership_ids=[partnership.pk])
    return review


def _school(name: str, partnership: Partnership) -> Organisation:
    """The school of a name, which is added where there is none."""
    if found := Organisation.objects.filter(kind=Organisation.Kind.SCHOOL, name__iexact=name).first():
        return found
    stem = slugify(name)[:70] or "school"
    taken = set(Organisation.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    slug = next(each for each in (stem, *(f"{stem}-{n}" for n in range(2, len(taken) + 3))) if each not in taken)
    return Organisation.objects.create(slug=slug, name=name, kind=Organisation.Kind.SCHOOL, area=partnership.area)

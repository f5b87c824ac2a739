"""The Gatsby benchmarks of a partnership's schools, and recording them."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.models import Partnership
from partnerships.requests import SignedInRequest
from partnerships.views.drafts import FormDraft
from priorities.forms import CareersReviewForm, review_values
from priorities.queries.careers import BENCHMARKS, careers_page, review_of, schools_of, years_offered
from priorities.services.careers import record_careers_review
from wesp_portal.common.forms import leave_unjudged
from wesp_portal.common.status import STATUSES


@require_safe
def careers(request: SignedInRequest, slug: str) -> HttpResponse:
    """Which school achieves which benchmark, and what changed since the year before."""
    partnership = get_object_or_404(Partnership.objects.visible_to(request.user), slug=slug)
    page = careers_page(partnership, request.GET.get("year", ""))
    fields = [{"name": "year", "label": "Academic year", "value": page.year, "options": page.years}]
    context = {
        "page": page,
        "partnership": partnership,
        "benchmarks": BENCHMARKS,
        "tick": STATUSES["done"].path,
        "fields": fields,
        "may_record": request.user.access.logs_in(partnership.pk),
        "breadcrumbs": [(partnership.name, reverse("partnership", args=[slug]))],
    }
    return render(request, "priorities/careers.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def careers_record(request: SignedInRequest, slug: str) -> HttpResponse:
    """Record a school's benchmarks of a year, or replace those that are there: `?school=` and `?year=`."""
    partnership = get_object_or_404(Partnership.objects.logged_in_by(request.user).select_related("area"), slug=slug)
    asked = "/".join(slugify(request.GET.get(name, ""))[:20] for name in ("school", "year"))
    draft = FormDraft(request, f"careers-record/{partnership.pk}/{asked}")
    form = CareersReviewForm(
        draft.typed,
        schools=schools_of(partnership),
        years=years_offered(timezone.localdate()),
        initial=_initial(request, partnership),
    )
    if draft.kept:
        leave_unjudged(form)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            review = record_careers_review(
                partnership=partnership,
                school=form.chosen_school,
                new_school=given["new_school"],
                academic_year=given["academic_year"],
                achieved=given["achieved"],
                source=given["source"],
                by=request.user,
                at=timezone.now(),
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            draft.forget()
            messages.success(request, f"The benchmarks of {review.school.name} are recorded.")
            return redirect(f"{reverse('careers', args=[slug])}?year={review.academic_year}")
    context = {
        "form": form,
        "draft": draft,
        "partnership": partnership,
        "breadcrumbs": [
            (partnership.name, reverse("partnership", args=[slug])),
            ("Gatsby benchmarks", reverse("careers", args=[slug])),
        ],
    }
    return render(request, "priorities/careers_form.html", context)


def _initial(request: SignedInRequest, partnership: Partnership) -> dict[str, Any]:
    """What is there already of the school and year that the address names."""
    school, year = request.GET.get("school", ""), request.GET.get("year", "")
    if not school.isdecimal() or len(school) > 18:
        return {}
    review = review_of(partnership, int(school), year)
    return review_values(review) if review else {"school": school, "academic_year": year}

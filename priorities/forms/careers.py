"""The form of a school's Gatsby benchmarks."""

from collections.abc import Sequence
from typing import Any

from django import forms

from partnerships.models import Organisation
from priorities.models import CareersReview
from priorities.queries.careers import BENCHMARKS
from wesp_portal.common.forms import Checkboxes, GdsForm


class CareersReviewForm(GdsForm):
    """Which of the eight benchmarks a school achieves in an academic year."""

    button = "Record the benchmarks"
    school = forms.ChoiceField(
        label="Which school?",
        required=False,
        error_messages={"invalid_choice": "Choose the school from the list."},
    )
    new_school = forms.CharField(
        label="Or a school that is not in the list",
        help_text="Its whole name, like Harbour High School",
        required=False,
        max_length=160,
    )
    academic_year = forms.ChoiceField(
        label="Which academic year?",
        error_messages={
            "required": "Choose the academic year.",
            "invalid_choice": "Choose the academic year from the list.",
        },
    )
    achieved = forms.MultipleChoiceField(
        label="Which benchmarks does it achieve in full?",
        help_text="Leave all unticked if it achieves none yet.",
        choices=BENCHMARKS,
        required=False,
        widget=Checkboxes(),
        error_messages={"invalid_choice": "Choose the benchmarks from the list."},
    )
    source = forms.CharField(
        label="Where does it come from?",
        help_text="Like Compass, July 2025",
        max_length=300,
        error_messages={"required": "Say where it comes from, like Compass, July 2025."},
    )

    def __init__(
        self, *args: Any, schools: Sequence[Organisation], years: Sequence[tuple[str, str]], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self.schools = {str(school.pk): school for school in schools}
        self._choose("school", [("", "Choose"), *((key, school.name) for key, school in self.schools.items())])
        self._choose("academic_year", [("", "Choose"), *years])
        if not schools:
            del self.fields["school"]
            self.fields["new_school"].label = "Which school?"

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """One school, from the list or by its name."""
        super().clean()
        chosen, named = self.cleaned_data.get("school", ""), self.cleaned_data.get("new_school", "")
        if chosen and named:
            self.add_error("new_school", "Choose the school from the list or give its name, not both.")
        elif not chosen and not named and not self.errors.keys() & {"school", "new_school"}:
            self.add_error("school" if "school" in self.fields else "new_school", "Say which school it is.")
        return self.cleaned_data

    @property
    def chosen_school(self) -> Organisation | None:
        return self.schools.get(self.cleaned_data.get("school", ""))


def review_values(review: CareersReview) -> dict[str, Any]:
    """What a form has filled in of a review that is there."""
    return {
        "school": str(review.school_id),
        "academic_year": review.academic_year,
        "achieved": [name for name in CareersReview.BENCHMARKS if getattr(review, name)],
        "source": review.source,
    }

"""The form that puts a picture on the public page."""

from datetime import date
from typing import Any

from django import forms

from priorities.services.pictures import PictureWords, picture_problems
from wesp_portal.common.forms import DateField, GdsForm


class PictureForm(GdsForm):
    """What a picture shows, who agreed to that, and whether everyone may see it."""

    alternative_text = forms.CharField(
        label="What does the picture show?",
        help_text="One sentence for people who do not see it, without names. Like: Two students at a lathe.",
        max_length=250,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    consent_taken_by = forms.CharField(
        label="Who asked the people in it?",
        help_text="Like the head of year. Where nobody can be recognised, say so: nobody can be recognised.",
        max_length=120,
        required=False,
    )
    consent_taken_on = DateField(
        label="When did they agree?",
        help_text="A parent or carer where it is a child who cannot agree alone. Like 16 6 2022",
        required=False,
    )
    is_public = forms.BooleanField(
        label="Show it on the public page",
        help_text="It appears with its achievement, once that is published and marked for the public page.",
        required=False,
    )

    def __init__(self, *args: Any, today: date, **options: Any) -> None:
        self.today = today
        super().__init__(*args, **options)

    def clean(self) -> dict[str, Any]:
        super().clean()
        for name, problem in picture_problems(self.words, today=self.today).items():
            if name not in self.errors:
                self.add_error(name, problem)
        return self.cleaned_data

    @property
    def words(self) -> PictureWords:
        """What was said, as the service takes it."""
        given = self.cleaned_data
        return PictureWords(
            alternative_text=given.get("alternative_text", ""),
            consent_taken_by=given.get("consent_taken_by", ""),
            consent_taken_on=given.get("consent_taken_on"),
            is_public=given.get("is_public", False),
        )

"""The form that opens a closed round again."""

from datetime import date
from typing import Any

from django import forms

from wesp_portal.common.formatting import uk_date
from wesp_portal.common.forms import DateField, GdsForm


class ReopenForm(GdsForm):
    """Why a closed round is opened again, and the last day on which its returns can be sent then."""

    button = "Open the round again"
    reason = forms.CharField(
        label="Why it is opened again",
        help_text="Everyone who leads the partnership reads this in the history of the round.",
        max_length=1000,
        error_messages={
            "required": "Say why the round is opened again",
            "max_length": "The reason must be 1,000 characters or fewer",
        },
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    until = DateField(
        label="Last day on which returns can be sent",
        help_text="For example, 16 6 2022. The round closes by itself at the end of that day.",
        error_messages={"required": "Enter the last day on which returns can be sent, like 16 6 2022"},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until < self.today:
            raise forms.ValidationError(f"The last day must be today, {uk_date(self.today)}, or later")
        return until

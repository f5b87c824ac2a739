"""The form that asks for a new version of a published report."""

from django import forms

from wesp_portal.common.forms import GdsForm


class CorrectionForm(GdsForm):
    """Which round's report, and what the new version corrects; the reason is needed once one is published."""

    button = "Build the corrected report"
    round = forms.IntegerField(widget=forms.HiddenInput)
    correction_reason = forms.CharField(
        label="What the new version corrects",
        help_text="The board reads this on the front sheet. The version before stays readable at its own address.",
        required=False,
        max_length=2000,
        error_messages={"max_length": "What it corrects must be 2,000 characters or fewer"},
        widget=forms.Textarea(attrs={"rows": 4}),
    )

"""What a person chooses to be reminded of."""

from django import forms

from wesp_portal.common.forms import GdsForm


class ReminderChoiceForm(GdsForm):
    """Which reminders the portal sends a person by itself."""

    button = "Save my choice"
    wants_opening = forms.BooleanField(
        label="When a round opens",
        help_text="One email with what is yours that term: returns, promises to mark, activities to update.",
        required=False,
    )
    wants_due = forms.BooleanField(
        label="Before and after the due date",
        help_text="Only while something of yours is open: once in the week before, then weekly until the board meets.",
        required=False,
    )

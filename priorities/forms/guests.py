"""Asking a guest, answering as one, and judging the answer."""

from typing import Any

from django import forms

from priorities.forms.achievements import StandingForm
from wesp_portal.common.forms import GdsForm

LONGEST_QUESTION = 1000


class GuestAskForm(GdsForm):
    """Whom to ask, and what."""

    button = "Send the link"
    guest_name = forms.CharField(
        label="Whom do you ask?",
        help_text="A person or an organisation, like Lancashire Police.",
        max_length=150,
        error_messages={"required": "Enter whom you ask, like Lancashire Police."},
    )
    guest_email = forms.EmailField(
        label="Their email address",
        error_messages={
            "required": "Enter their email address, like name@example.org.",
            "invalid": "Enter a whole email address, like name@example.org.",
        },
    )
    question = forms.CharField(
        label="What do you ask them?",
        help_text="They see this, your name and the activity’s title, and nothing else.",
        max_length=LONGEST_QUESTION,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Enter what you ask them."},
    )


class GuestAnswerForm(StandingForm):
    """What a guest says, and who they are."""

    button = "Send the answer"
    signed_name = forms.CharField(
        label="Your name",
        max_length=150,
        error_messages={"required": "Enter your name."},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    signed_organisation = forms.CharField(
        label="Your organisation",
        max_length=180,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )


class GuestAcceptForm(StandingForm):
    """A guest's answer, to be accepted as it came or edited first."""

    button = "Accept it as this term’s update"
    # The mark of the update that the answer takes the place of, as the page showed it.
    over = forms.CharField(widget=forms.HiddenInput, required=False)

    def refuse_over(self, mark: str) -> None:
        """Ask for another look, as the update is no longer the one that was shown; `mark` is of what it is now."""
        self.add_error(
            None, "Somebody changed this term’s update meanwhile. Look at what it says now, then accept again."
        )
        data: Any = self.data
        changed = data.copy()
        changed["over"] = mark
        self.data = changed

"""The form that opens a report to everyone."""

from collections.abc import Sequence
from typing import Any

from django import forms

from wesp_portal.common.forms import Checkboxes, GdsForm


class OpenForm(GdsForm):
    """Which texts of returns everyone may read."""

    button = "Show what the public would read"
    texts = forms.MultipleChoiceField(
        label="Texts of returns that the public may read",
        help_text=(
            "None of them is public unless you tick it and then look at the result below. Read each for names and "
            "small numbers first."
        ),
        required=False,
        widget=Checkboxes(),
    )

    def __init__(self, *args: Any, texts: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if texts:
            self.fields["texts"].choices = texts  # type: ignore[attr-defined]  # a field of choices
        else:
            del self.fields["texts"]

    @property
    def approved(self) -> list[str]:
        """The keys of the texts that were ticked and are there."""
        return list(self.cleaned_data.get("texts", ())) if self.is_valid() else []

"""The form in which a spreadsheet of updates is sent in."""

from django import forms

from priorities.services.update_sheets import SheetRow, read_sheet
from wesp_portal.common.forms import GdsForm


class UpdateSheetForm(GdsForm):
    """A spreadsheet of updates that somebody filled in; in order, its file is the rows that were read from it."""

    button = "Send it in"
    file = forms.FileField(
        label="The spreadsheet you filled in",
        help_text="You see what it changes before anything is saved.",
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": "Choose the spreadsheet that you filled in.",
            "empty": "The file is empty. Choose another.",
        },
    )

    def clean_file(self) -> list[SheetRow]:
        return read_sheet(self.cleaned_data["file"])

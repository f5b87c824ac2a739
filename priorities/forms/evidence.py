"""Evidence in a form: several files, a photo from a phone's camera, and links, each refused with its own words."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.forms.boundfield import BoundField

from partnerships.models import HeldFile
from partnerships.services.held_files import held_ids
from priorities.services.evidence import NewEvidence, check_link
from wesp_portal.common.files import (
    ACCEPTED,
    LARGEST_TOGETHER,
    MOST_FILES,
    OFFERED_TYPES,
    PICTURE_TYPES,
    CheckedFile,
    check_file,
)
from wesp_portal.common.formatting import file_size
from wesp_portal.common.forms import Checkboxes, GdsForm

MOST_LINKS = 10
LONGEST_LINK = 500
_RESENT = "Choose the files again: they could not be kept while something else is put right."
_BOUNDS = f"Up to 10 MB each, and {MOST_FILES} at once: {ACCEPTED}."


class FilesInput(forms.FileInput):
    """A box for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files, each of which may be evidence; gives what may be kept of them.

    `good` are those that are in order themselves, also where another one is not.
    """

    widget = FilesInput
    good: Sequence[CheckedFile] = ()

    def clean(self, data: Any, initial: Any = None) -> list[CheckedFile]:
        files: Sequence[UploadedFile] = data or []
        if len(files) > MOST_FILES:
            raise ValidationError(f"Choose at most {MOST_FILES} files at once; there are {len(files)}.")
        if sum(file.size or 0 for file in files) > LARGEST_TOGETHER:
            raise ValidationError("The files must be at most 40 MB together. Send some now and add the others later.")
        kept, problems = [], []
        for file in files:
            try:
                kept.append(check_file(file))
            except ValidationError as error:
                named = f"{file.name}: " if len(files) > 1 else ""
                problems += [f"{named}{message}" for message in error.messages]
        self.good = kept
        if problems:
            raise ValidationError(problems)
        return kept


class PhotoField(forms.FileField):
    """One photo; on a phone its box opens the camera."""

    widget = forms.FileInput(attrs={"accept": PICTURE_TYPES, "capture": "environment"})

    def clean(self, data: Any, initial: Any = None) -> CheckedFile | None:
        return check_file(data) if data else None


class HeldField(forms.MultipleChoiceField):
    """Files that were kept for a form before, by their numbers; the service checks that they are its sender's own."""

    def clean(self, value: Any) -> list[UUID]:
        return held_ids(value or [])


class LinksField(forms.CharField):
    """Web addresses, one on each line."""

    widget = forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "autocapitalize": "none"})

    def clean(self, value: Any) -> list[str]:
        links = list(dict.fromkeys(super().clean(value).split()))
        for link in links:
            if len(link) > LONGEST_LINK:
                raise ValidationError(f"Each link must have {LONGEST_LINK} characters or fewer.")
            check_link(link)
        if len(links) > MOST_LINKS:
            raise ValidationError(f"Give at most {MOST_LINKS} links at once; there are {len(links)}.")
        return links


class RefusableForm(GdsForm):
    """A form whose answers a service may refuse."""

    def refuse(self, error: ValidationError) -> None:
        """Take a service's refusal as this form's own, each word at its field."""
        problems = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, messages in problems.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


class EvidenceForm(RefusableForm):
    """A form that also takes files, a photo and links as evidence."""

    evidence_file = FilesField(
        label="Files",
        help_text=_BOUNDS,
        required=False,
        widget=FilesInput(attrs={"accept": OFFERED_TYPES}),
    )
    evidence_photo = PhotoField(
        label="A photo",
        help_text="On a phone this opens the camera. The place it was taken at is not kept.",
        required=False,
    )
    evidence_link = LinksField(
        label="Links", help_text="Like https://www.example.org/page, one on each line.", required=False
    )
    held_file = HeldField(required=False, widget=forms.MultipleHiddenInput)
    held_removed = HeldField(
        label="Files you chose before",
        help_text="They are kept, and added when you save. Tick one to remove it.",
        required=False,
        widget=Checkboxes(),
    )

    # Whether a file that was sent could not be kept, and is asked for again.
    is_file_wanted = False

    def __init__(self, *args: Any, held: Sequence[HeldFile] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        self.list_held(held)

    def list_held(self, held: Sequence[HeldFile]) -> None:
        """Show the files that are kept for this form."""
        self.held = held
        field = self.fields["held_removed"]
        if isinstance(field, HeldField):
            field.choices = [(str(row.pk), f"Remove {row.file_name} ({file_size(row.size)})") for row in held]

    @property
    def good_files(self) -> list[CheckedFile]:
        """The files of a form that was looked at which are in order themselves, whatever else is not."""
        field = self.fields["evidence_file"]
        photo = self.cleaned_data.get("evidence_photo")
        return [*(field.good if isinstance(field, FilesField) else ()), *([photo] if photo else [])]

    def clean(self) -> dict[str, Any]:
        """A form's files have their bounds together with those that were kept for it."""
        super().clean()
        removed = self.cleaned_data.get("held_removed", [])
        sizes = [file.content.size for file in self.good_files]
        sizes += [row.size for row in self.held if row.pk not in removed]
        if len(sizes) > MOST_FILES or sum(sizes) > LARGEST_TOGETHER:
            self.add_error(
                "evidence_file",
                f"At most {MOST_FILES} files and 40 MB together, those you chose before included."
                " Remove some, or add the others once this is saved.",
            )
        return self.cleaned_data

    @property
    def evidence(self) -> list[NewEvidence]:
        """The evidence of a form that is in order."""
        given = self.cleaned_data
        files = [*given["evidence_file"], *filter(None, [given["evidence_photo"]])]
        return [
            *(NewEvidence(file=file) for file in files),
            *(NewEvidence(held=pk) for pk in dict.fromkeys(given["held_file"]) if pk not in given["held_removed"]),
            *(NewEvidence(link=link) for link in given["evidence_link"]),
        ]

    def say_again_what_is_not_kept(self) -> None:
        """Ask for files a second time: browsers do not send them back with the rest."""
        self.is_file_wanted = True
        self["evidence_file"].help_text = f"{_RESENT} {_BOUNDS}"

    def is_open(self, names: Sequence[str]) -> bool:
        """Whether an optional part has something to see: an error, or something filled in."""
        if self.held and "evidence_file" in names:
            return True
        fields: list[BoundField] = [self[name] for name in names if name in self.fields]
        return any(
            bound.errors or bound.name in self.files or bound.value() not in (None, "", [], False) for bound in fields
        )

"""The form in which an administrator arranges a board's report."""

from typing import Any

from django import forms

from reports.models import ReportLayout
from reports.snapshots.layout import PARTS

PLACES = {key: f"place_{key}" for key in PARTS}


class _PlacesForm(forms.ModelForm[ReportLayout]):
    """A place for each part: a number that orders it, or nothing where the report goes without it."""

    class Meta:
        model = ReportLayout
        fields = ["board", "asked"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place, key in enumerate(self.instance.parts, start=1):
            self.initial.setdefault(PLACES[key], place)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        placed: dict[int, str] = {}
        for key, name in PLACES.items():
            place = cleaned.get(name)
            if place is None:
                continue
            if place in placed:
                self.add_error(name, f"“{PARTS[placed[place]]}” has this place. Give each part its own.")
            placed.setdefault(place, key)
        if not any(name in self.errors for name in PLACES.values()):
            self.instance.parts = [placed[place] for place in sorted(placed)]
        return cleaned


def _place(heading: str) -> forms.IntegerField:
    wrong = "A place is a whole number from 1, or nothing where the part is left out."
    return forms.IntegerField(
        label=heading, required=False, min_value=1, error_messages={"invalid": wrong, "min_value": wrong}
    )


ReportLayoutForm = type(
    "ReportLayoutForm", (_PlacesForm,), {PLACES[key]: _place(heading) for key, heading in PARTS.items()}
)
"""The form with a field for each part that there is."""

"""Two people and one thing: noticing that it changed while a form was open, and laying both texts side by side.

A form carries a mark of every value it was opened with. The service that saves compares the marks; where they differ,
nothing is saved and a page shows both texts, each to be chosen.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from wesp_portal.common.formatting import join_words, uk_date
from wesp_portal.common.forms import Gds

KEEP = "keep-"
MINE, THEIRS = "mine", "theirs"
# What stands for a thing that is not there yet, so that its mark is not blank.
NOTHING_YET = "nothing"


class StaleError(Exception):
    """Somebody saved other words meanwhile; nothing was changed."""


def fingerprint(values: Mapping[str, Any]) -> str:
    """A thing's values in short, each under its name."""
    return " ".join(f"{name}={_mark(value)}" for name, value in sorted(values.items())) or NOTHING_YET


def check_not_stale(*, seen: str, now: Mapping[str, Any], said: Mapping[str, Any]) -> None:
    """Raise StaleError where a thing is no longer what a form showed; a blank `seen` is no form, and never stale."""
    if seen and is_stale(seen=seen, now=now, said=said):
        raise StaleError


def is_stale(*, seen: str, now: Mapping[str, Any], said: Mapping[str, Any]) -> bool:
    """Whether a thing is no longer what the mark `seen` stands for.

    What says the same as is saved already is never stale, so that sending a form twice is harmless.
    """
    return fingerprint(now) not in (seen, fingerprint(said))


def _mark(value: Any) -> str:
    return hashlib.sha256(json.dumps(_plain(value)).encode()).hexdigest()[:12]


def _plain(value: Any) -> Any:
    """A value however it was given: with a browser's line ends or ours, in a list of any order."""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").strip()
    if isinstance(value, list | tuple | set | frozenset):
        return sorted(map(str, value))
    if value is None:
        return ""
    return value if isinstance(value, bool | int) else str(value)


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two people's words differ, with the ones chosen unless somebody chooses otherwise."""

    bound: BoundField
    name: str
    mine: str
    theirs: str
    is_theirs_chosen: bool
    is_text: bool


class Contested(Gds):
    """A form of something that others may change while it is open; put it before the form's other bases.

    `initial` is what the thing says now, in the fields named by `contested`. In what comes back from the page of both
    texts, a choice of theirs is put in the place of what was typed.
    """

    contested: ClassVar[tuple[str, ...]]
    # Fields that the page of both texts shows in boxes of their own.
    shown_beside: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["seen"] = forms.CharField(widget=forms.HiddenInput, required=False)
        self.initial = {**self.initial, "seen": fingerprint(self._now)}
        if isinstance(self.data, QueryDict):
            self.data = self._chosen(self.data)

    @property
    def seen(self) -> str:
        """The mark of what the form showed when it was opened."""
        return str(self.data.get("seen", ""))

    @property
    def _now(self) -> dict[str, Any]:
        return {name: self.initial[name] for name in self.contested if name in self.initial}

    def _chosen(self, posted: QueryDict) -> QueryDict:
        data = posted.copy()
        for name in self.contested:
            if data.pop(f"{KEEP}{name}", [MINE])[-1] == THEIRS:
                for box in self._boxes(name):
                    data.pop(box, None)
                for box, values in self._as_posted(name).items():
                    data.setlist(box, values)
        return data

    def _boxes(self, name: str) -> list[str]:
        widget = self.fields[name].widget
        if isinstance(widget, forms.MultiWidget):
            return [f"{name}_{number}" for number in range(len(widget.widgets))]
        return [name]

    def _as_posted(self, name: str) -> dict[str, list[str]]:
        """A present value as a browser would send it."""
        value, widget = self[name].initial, self.fields[name].widget
        if isinstance(widget, forms.MultiWidget):
            parts = widget.decompress(value) or []
            return {box: [str(part)] for box, part in zip(self._boxes(name), parts, strict=False)}
        if isinstance(value, bool):
            return {name: ["on"]} if value else {}
        if isinstance(value, list):
            return {name: [str(each) for each in value]}
        return {name: ["" if value is None else str(value)]}

    def differences(self) -> list[Difference]:
        """The fields in which what was sent differs from what is saved, once the form is valid.

        What only the other person changed since the form was opened is chosen from theirs, and all else from mine.
        """
        before = dict(part.split("=", 1) for part in self.seen.split() if "=" in part)
        rows = []
        for name in self.contested:
            mine, theirs = self.cleaned_data.get(name), self[name].initial
            if _mark(mine) == _mark(theirs):
                continue
            field = self.fields[name]
            rows.append(
                Difference(
                    bound=self[name],
                    name=f"{KEEP}{name}",
                    mine=_words(field, mine),
                    theirs=_words(field, theirs),
                    is_theirs_chosen=before.get(name) == _mark(mine),
                    is_text=isinstance(field.widget, forms.Textarea),
                )
            )
        return rows

    def rest(self) -> list[tuple[str, str]]:
        """What else was sent, to be sent again with the choice; the texts that differ are in boxes of their own."""
        shown = {row.bound.name for row in self.differences() if row.is_text}
        shown |= {*self.shown_beside, "seen", "draft", "csrfmiddlewaretoken"}
        sent = self.data.lists() if isinstance(self.data, QueryDict) else ()
        return [(name, value) for name, values in sent if name not in shown for value in values]

    @property
    def mark(self) -> str:
        """The mark of what is saved now, which whoever reads both texts has seen."""
        return fingerprint(self._now)


def _words(field: forms.Field, value: Any) -> str:
    """A value as its field says it."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, date):
        return uk_date(value)
    if value in (None, "", []):
        return "Nothing"
    if not isinstance(field, forms.ChoiceField):
        return str(value)
    labels: dict[str, str] = {}
    choices: Any = field.choices
    for key, label in choices:
        pairs = label if isinstance(label, list | tuple) else [(key, label)]
        labels |= {str(key): label for key, label in pairs}
    if isinstance(value, list):
        return join_words(labels.get(str(each), str(each)) for each in value)
    return labels.get(str(value), str(value))

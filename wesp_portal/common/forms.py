"""Forms in the design system's markup, with errors that say what to do: every form of the portal starts here.

A form is an ordinary Django form with the `Gds` mixin. The pages show it with `{% form form %}`, or field by field with
`{% field form.title %}`; see templates/components/. What was typed is always kept.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from hashlib import sha256
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorDict, ErrorList
from django.forms.widgets import Input
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.safestring import SafeString

Words = str | Promise
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


TOO_LONG = "Use %(limit_value)d characters or fewer; there are %(show_value)d"


# --- Widgets and fields the design system has and Django lacks


class Radios(forms.RadioSelect):
    """Radio buttons; `hints` are sentences under choices, by value."""

    def __init__(self, *, hints: Mapping[str, str] | None = None, is_inline: bool = False) -> None:
        super().__init__()
        self.hints = hints or {}
        self.is_inline = is_inline


class Checkboxes(forms.CheckboxSelectMultiple):
    """Checkboxes; `is_searchable` puts a long list into a box that can be narrowed by typing."""

    def __init__(self, *, hints: Mapping[str, str] | None = None, is_searchable: bool = False) -> None:
        super().__init__()
        self.hints = hints or {}
        self.is_searchable = is_searchable


class DateParts(forms.MultiWidget):
    """Day, month and year, each in a box of its own."""

    parts = ("Day", "Month", "Year")

    def __init__(self) -> None:
        super().__init__([forms.TextInput(attrs={"inputmode": "numeric"}) for _ in self.parts])

    def decompress(self, value: date | None) -> list[Any]:
        return [value.day, value.month, value.year] if value else ["", "", ""]


class DateField(forms.Field):
    """A date in three boxes; a month may be a number or a name. Errors name the part that is wrong."""

    widget = DateParts
    default_error_messages = {
        "required": "Enter the date, like 16 6 2022",
        "day": "The date must include a day, like 16 6 2022",
        "month": "The date must include a month, like 16 6 2022",
        "year": "The date must include a year of four figures, like 16 6 2022",
        "invalid": "Enter a real date, like 16 6 2022",
    }

    def to_python(self, value: Any) -> date | None:
        if value is None or isinstance(value, date):
            return value
        day, month, year = (str(part or "").strip() for part in value)
        if not (day or month or year):
            return None
        for part, text in zip(("day", "month", "year"), (day, month, year), strict=True):
            if not text or (part == "year" and not (text.isdecimal() and len(text) == 4)):
                raise ValidationError(self.error_messages[part], code=part)
        if month[:3].lower() in MONTHS:
            month = str(MONTHS.index(month[:3].lower()) + 1)
        try:
            return date(int(year), int(month), int(day))
        except (ValueError, OverflowError):
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None

    def has_changed(self, initial: Any, data: Any) -> bool:
        try:
            return bool(self.to_python(data) != initial)
        except ValidationError:
            return True


def _without_groups(typed: str) -> str:
    """A number without the commas between its thousands; one that may be meant for a decimal point is refused."""
    if "," in typed and not re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+(\.\d*)?", typed):
        raise ValidationError("Write a full stop before decimals, like 9.5, and a comma only between thousands.")
    return typed.replace(",", "")


class CountField(forms.IntegerField):
    """A whole number as people write it: 1,200 is one."""

    def to_python(self, value: Any) -> int | None:
        return super().to_python(_without_groups(value.strip()) if isinstance(value, str) else value)


class FigureField(forms.DecimalField):
    """A figure as people write it: 1,200 and £1,200 and 12.5 % are ones."""

    # A box for numbers alone would refuse what people write, and its spinner changes figures by accident.
    widget = forms.TextInput(attrs={"inputmode": "decimal"})

    def clean(self, value: Any) -> Any:
        if isinstance(value, str):
            value = _without_groups(re.sub(r"[\s£%]", "", value).replace("\N{MINUS SIGN}", "-"))
        return super().clean(value)


# --- The mixin and the two forms made with it


class Gds(forms.BaseForm):
    """What makes a Django form one of ours; put it first among the bases.

    `button` is the verb on its button. Errors nobody worded are worded from the field's label.
    """

    button = "Save"
    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kind: Any = type(self)
        _dress_all(kind)
        super().__init__(*args, **kwargs)

    def pass_over_errors(self) -> None:
        """Take what was typed as it is."""
        self._errors = ErrorDict()


class GdsForm(Gds, forms.Form):
    """A form of its own."""

    def refuse(self, error: ValidationError) -> None:
        """Take a service's refusal as this form's own, each word at its field."""
        problems = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
        for name, messages in problems.items():
            for message in messages:
                self.add_error(name if name in self.fields else None, message)


class AskingForm(GdsForm):
    """A form that comes back once with questions about what is odd in it, and is saved when they are answered yes."""

    is_right = forms.BooleanField(label="Yes, this is right", required=False)
    asked_about = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)

    def ask(self, questions: Iterable[str]) -> None:
        """Refuse the form with these questions, unless just these were asked and answered."""
        words = "\n".join(questions)
        key = sha256(words.encode()).hexdigest() if words else ""
        is_answered = key == self.data.get("asked_about") and self.data.get("is_right")
        data: Any = self.data.copy() if isinstance(self.data, QueryDict) else {**self.data}
        data["asked_about"] = key
        if not is_answered:
            data.pop("is_right", None)
            for question in words.splitlines():
                self.add_error("is_right", question)
        self.data = data

    @property
    def is_asking(self) -> bool:
        """Whether the tick belongs on the page: there was a question."""
        return bool(self.data.get("asked_about"))


class GdsModelForm(Gds, forms.ModelForm[Any]):
    """A form that edits a row."""


def leave_unjudged(*parts: Gds | forms.BaseFormSet[Any]) -> None:
    """Have forms show what was typed without saying what is wrong with it: nobody has sent it yet."""
    for part in parts:
        if isinstance(part, forms.BaseFormSet):
            leave_unjudged(*part.forms)
            # A formset that knows its errors does not look for them.
            vars(part).update(_errors=[{} for _ in part.forms], _non_form_errors=ErrorList())
        else:
            part.pass_over_errors()


class SignInForm(Gds, AuthenticationForm):
    """Sign in with an email address and a password."""

    button = "Sign in"
    error_messages = {
        "invalid_login": "The email address or the password is not right. Check both and try again.",
        "inactive": "This account is closed. Ask your partnership lead to open it again.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        address = self.fields["username"]
        address.label = "Email address"
        address.error_messages["required"] = "Enter your email address"
        address.widget = forms.EmailInput(attrs={"autocomplete": "username", "spellcheck": "false"})
        self.fields["password"].error_messages["required"] = "Enter your password"


@cache
def _dress_all(form: Any) -> None:
    """Dress the fields that each form of a class begins with: once, because a form is made with every request."""
    for name, plain in form.base_fields.items():
        _dress(name, plain)


def _dress(name: str, plain: forms.Field) -> None:
    """Give a field the words and the keyboard that people expect."""
    if plain.label is None:
        plain.label = name.replace("_", " ").capitalize()
    is_unworded = plain.error_messages["required"] == forms.Field.default_error_messages["required"]
    if is_unworded:
        plain.error_messages["required"] = _asking_for(plain, str(plain.label))
    for validator in plain.validators:
        if isinstance(validator, MaxLengthValidator):
            validator.message = TOO_LONG
    widget = plain.widget
    if isinstance(widget, forms.NumberInput):
        # A spinner changes figures by accident; a keypad does not.
        widget.input_type = "text"
        widget.attrs.setdefault("inputmode", "numeric" if type(plain) is forms.IntegerField else "decimal")
    if isinstance(widget, forms.EmailInput):
        widget.attrs.setdefault("autocomplete", "email")
        widget.attrs.setdefault("spellcheck", "false")


def _asking_for(plain: forms.Field, label: str) -> str:
    """What to say where an answer is missing: by the label, since the field's author gave no words."""
    if label.endswith("?"):
        return f"Answer “{label}”"
    if isinstance(plain, forms.FileField):
        return f"Choose the {_lower_first(label)}"
    is_choice = isinstance(plain, forms.BooleanField | forms.ChoiceField | forms.ModelChoiceField)
    return f"{'Select' if is_choice else 'Enter'} the {_lower_first(label)}"


def _lower_first(label: str) -> str:
    """A label inside a sentence; a name or an abbreviation keeps its capital."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


# --- What the templates show of a form: plain values


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a field; `group` is the heading it stands under, if any."""

    id: str
    value: str
    label: str
    is_chosen: bool
    hint: str
    group: str


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field as its template needs it."""

    kind: str
    id: str
    name: str
    label: Words
    hint: Words
    errors: list[str]
    described_by: str
    control: SafeString | str = ""
    options: list[Option] = field(default_factory=list)
    parts: list[tuple[str, SafeString]] = field(default_factory=list)
    is_inline: bool = False

    @property
    def template(self) -> str:
        return f"components/fields/{self.kind}.html"


_CLASSES = {
    "input": "govuk-input",
    "password": "govuk-input govuk-password-input__input govuk-js-password-input-input",
    "textarea": "govuk-textarea",
    "select": "govuk-select",
    "file": "govuk-file-upload",
    "checkbox": "govuk-checkboxes__input",
}


def _kind(widget: forms.Widget) -> str:
    """Which template shows a widget."""
    kinds: list[tuple[type[forms.Widget], str]] = [
        (forms.CheckboxSelectMultiple, "choices" if getattr(widget, "is_searchable", False) else "checkboxes"),
        (forms.RadioSelect, "radios"),
        (DateParts, "date"),
        (forms.CheckboxInput, "checkbox"),
        (forms.Select, "select"),
        (forms.Textarea, "textarea"),
        (forms.FileInput, "file"),
        (forms.PasswordInput, "password"),
        (Input, "input"),
    ]
    for kind, name in kinds:
        if isinstance(widget, kind):
            return name
    raise TypeError(f"{type(widget).__name__} has no template in components/fields/.")


def field_view(bound: BoundField) -> FieldView:
    """The plain values of a bound field; raises TypeError for a widget that the design system has no markup for."""
    widget = bound.field.widget
    kind = _kind(widget)
    ids = bound.auto_id
    errors = [str(error) for error in bound.errors]
    described_by = " ".join([*([f"{ids}-hint"] if bound.help_text else []), *([f"{ids}-error"] if errors else [])])
    options = list(_options(bound)) if kind in {"radios", "checkboxes", "choices"} else []
    parts = list(_parts(bound)) if kind == "date" else []
    control: SafeString | str = ""
    if kind in _CLASSES:
        control = bound.as_widget(attrs=_attributes(widget, _CLASSES[kind], bool(errors), described_by))
    return FieldView(
        kind=kind,
        id=ids,
        name=bound.html_name,
        label=bound.label,
        hint=bound.help_text,
        errors=errors,
        described_by=described_by,
        control=control,
        options=options,
        parts=parts,
        is_inline=getattr(widget, "is_inline", False),
    )


def _attributes(widget: forms.Widget, css: str, is_wrong: bool, described_by: str) -> dict[str, Any]:
    block = css.split(" ")[0]
    own = widget.attrs.get("class", "")
    attributes = {"class": " ".join(part for part in (css, own, f"{block}--error" if is_wrong else "") if part)}
    if described_by:
        attributes["aria-describedby"] = described_by
    if isinstance(widget, forms.PasswordInput):
        attributes |= {"spellcheck": "false", "autocapitalize": "none"}
    return attributes


def _options(bound: BoundField) -> Iterator[Option]:
    widget = bound.field.widget
    hints: Mapping[str, str] = getattr(widget, "hints", {})
    chosen = widget.format_value(bound.value())
    for group, choices, _ in widget.optgroups(bound.html_name, chosen, {"id": bound.auto_id}):
        for data in choices:
            yield Option(
                id=data["attrs"]["id"],
                value=str(data["value"]),
                label=str(data["label"]),
                is_chosen=data["selected"],
                hint=hints.get(str(data["value"]), ""),
                group=str(group or ""),
            )


def _wrong_parts(bound: BoundField) -> list[int]:
    """Positions of the boxes of a date to mark: the one named by the error, or all three."""
    errors = bound.errors.as_data()
    if not errors:
        return []
    code = errors[0].code
    return [("day", "month", "year").index(code)] if code in {"day", "month", "year"} else [0, 1, 2]


def _parts(bound: BoundField) -> Iterator[tuple[str, SafeString]]:
    widget, wrong = bound.field.widget, _wrong_parts(bound)
    value = bound.value()
    values = value if isinstance(value, list | tuple) else widget.decompress(value)
    for position, (name, part, text) in enumerate(zip(widget.parts, widget.widgets, values, strict=True)):
        css = f"govuk-input govuk-date-input__input govuk-input--width-{4 if name == 'Year' else 2}"
        if position in wrong:
            css += " govuk-input--error"
        yield (
            name,
            part.render(f"{bound.html_name}_{position}", text, {"class": css, "id": f"{bound.auto_id}_{position}"}),
        )


def focus_id(bound: BoundField) -> str:
    """Where a link in the error summary leads: the box to put right, the first choice, the part of a date."""
    kind = _kind(bound.field.widget)
    if kind == "date":
        return f"{bound.auto_id}_{(_wrong_parts(bound) or [0])[0]}"
    if kind in {"radios", "checkboxes", "choices"}:
        return next((option.id for option in _options(bound)), bound.auto_id)
    return bound.auto_id


def error_items(*forms_of_page: Any) -> list[tuple[str, str]]:
    """Every error of a page's forms and formsets in order: (words, where its link leads)."""
    items: list[tuple[str, str]] = []
    for part in forms_of_page:
        if isinstance(part, forms.BaseFormSet):
            items += [(str(error), "main-content") for error in part.non_form_errors()] + error_items(*part.forms)
        elif part.is_bound:
            items += list(_form_errors(part))
    return items


def _form_errors(form: forms.BaseForm) -> Iterator[tuple[str, str]]:
    shown = [bound for bound in form.visible_fields() if not _is_left_out(bound)]
    first = focus_id(shown[0]) if shown else "main-content"
    for error in form.non_field_errors():
        yield str(error), first
    for bound in form.hidden_fields():
        yield from ((str(error), first) for error in bound.errors)
    for bound in shown:
        if bound.errors:
            target = focus_id(bound)
            yield from ((str(error), target) for error in bound.errors)


def _is_left_out(bound: BoundField) -> bool:
    """Whether a formset's own field for deleting a row; it has no errors of its own."""
    return bound.name == "DELETE"

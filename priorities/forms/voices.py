"""The form of what people said: the words, who they are without a name, when, how many, and their consent."""

from datetime import date
from typing import Any

from django import forms

from priorities.models import Voice
from priorities.queries.voices import Abouts
from priorities.services.bulk_updates import LONGEST
from priorities.services.voices import VoiceWords, voice_problems
from wesp_portal.common.conflicts import Contested
from wesp_portal.common.forms import AskingForm, CountField, DateField, Radios
from wesp_portal.common.periods import PeriodKind, likely_periods, parse_period
from wesp_portal.common.personal import identifying_details

_COUNT_ERRORS = {
    "invalid": "Enter a whole number, like 50.",
    "min_value": "Enter a number of 0 or more.",
    "max_value": "Enter a number under 1,000,000.",
}


class VoiceForm(Contested, AskingForm):
    """A testimony or a survey's result, as evidence for an outcome or objective."""

    contested = (
        *("about", "kind", "words", "said_by", "asked", "answered"),
        *("said_on", "period", "consent_taken_by", "consent_taken_on", "is_public"),
    )

    button = "Log what they said"
    is_right = forms.BooleanField(label="Nothing here could identify a child", required=False)
    form_token = forms.UUIDField(widget=forms.HiddenInput)
    about = forms.ChoiceField(
        label="What is it about?",
        error_messages={
            "required": "Choose what it is about.",
            "invalid_choice": "Choose what it is about from the list.",
        },
    )
    kind = forms.ChoiceField(
        label="What is it?",
        choices=Voice.Kind.choices,
        widget=Radios(),
        error_messages={"required": "Choose whether somebody said it or many answered it."},
    )
    words = forms.CharField(
        label="What did they say?",
        help_text="In their own words, or what most of them answered. Leave out names and dates of birth.",
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "Enter what they said."},
    )
    said_by = forms.CharField(
        label="Who said it?",
        help_text="Without a name, like a Year 9 pupil, or parents at three schools",
        max_length=200,
        error_messages={"required": "Say who said it, like a Year 9 pupil."},
    )
    asked = CountField(
        label="How many were asked?",
        help_text="For a survey",
        required=False,
        min_value=0,
        max_value=999_999,
        error_messages=_COUNT_ERRORS,
    )
    answered = CountField(
        label="How many answered?",
        help_text="For a survey",
        required=False,
        min_value=0,
        max_value=999_999,
        error_messages=_COUNT_ERRORS,
    )
    said_on = DateField(label="When?", help_text="Like 16 6 2022", required=False)
    period = forms.ChoiceField(
        label="Or in which term?",
        required=False,
        error_messages={"invalid_choice": "Choose the period from the list."},
    )
    has_consent = forms.BooleanField(
        label="They agreed that it may be used",
        help_text="A parent or carer where it is a child who cannot agree alone.",
        error_messages={"required": "Tick that they agreed. Without consent nothing may be kept."},
    )
    consent_taken_by = forms.CharField(
        label="Who asked them?",
        help_text="Like the head of year",
        max_length=120,
        error_messages={"required": "Say who asked for consent."},
    )
    consent_taken_on = DateField(
        label="When did they agree?",
        help_text="Like 16 6 2022",
        error_messages={"required": "Enter the date consent was given, like 16 6 2022"},
    )
    is_public = forms.BooleanField(
        label="They agreed that the public may see it",
        help_text="Otherwise only the partnership and its board do.",
        required=False,
    )

    field_order = (
        *("form_token", "about", "kind", "words", "said_by", "is_right", "asked", "answered"),
        *("said_on", "period", "has_consent", "consent_taken_by", "consent_taken_on", "is_public"),
    )

    def __init__(self, *args: Any, abouts: Abouts, today: date, **options: Any) -> None:
        self.today, self.abouts = today, abouts
        super().__init__(*args, **options)
        terms = likely_periods(PeriodKind.TERM, "", today, count=9)
        years = likely_periods(PeriodKind.SPANNING_YEAR, "", today, count=4)
        periods = {period.code: period.label for period in (*terms, *years)}
        # One that is being edited may be of long ago.
        if given := self.initial.get("period"):
            periods.setdefault(given, parse_period(given).label)
        self._choose("about", [("", "Choose"), *abouts.choices])
        self._choose("period", [("", "I have given the date above"), *periods.items()])

    def _choose(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean(self) -> dict[str, Any]:
        """Every rule at once; then a question where the words seem to name somebody."""
        super().clean()
        for name, problem in voice_problems(self.said, today=self.today).items():
            if name not in self.errors and not (name == "said_on" and "period" in self.errors):
                self.add_error(name, problem)
        if not self.errors:
            given = self.cleaned_data
            text = "\n".join(given[name] for name in ("words", "said_by"))
            self.ask(identifying_details(text))
        return self.cleaned_data

    @property
    def said(self) -> VoiceWords:
        """What was said, as the service takes it."""
        given = self.cleaned_data
        return VoiceWords(
            kind=given.get("kind", ""),
            words=given.get("words", ""),
            said_by=given.get("said_by", ""),
            asked=given.get("asked"),
            answered=given.get("answered"),
            said_on=given.get("said_on"),
            period=given.get("period", ""),
            consent_taken_by=given.get("consent_taken_by", ""),
            consent_taken_on=given.get("consent_taken_on"),
            is_public=given.get("is_public", False),
        )

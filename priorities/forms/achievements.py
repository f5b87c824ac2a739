"""Forms of what was done: an achievement, an activity's update, and what to change before publishing."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import uuid4

from django import forms

from priorities.forms.evidence import EvidenceForm, RefusableForm
from priorities.models import Achievement, ActivityStatus, ActivityUpdate, Evidence, Rag
from priorities.queries.achievements import LoggingChoices
from priorities.services.achievements import SAID, AchievementWords, problems_with, said_of
from priorities.services.bulk_updates import LONGEST
from priorities.services.updates import update_problems
from wesp_portal.common.conflicts import Contested
from wesp_portal.common.forms import Checkboxes, CountField, DateField, GdsForm, Radios
from wesp_portal.common.periods import parse_period
from wesp_portal.common.templatetags.portal import status_tag


class IdsField(forms.TypedMultipleChoiceField):
    """Ids ticked in a list that is read only when it is shown; the service checks that they may be chosen."""

    def __init__(self, **options: Any) -> None:
        super().__init__(coerce=int, empty_value=[], **options)

    def valid_value(self, value: Any) -> bool:
        return str(value).isdecimal() and len(str(value)) < 19


class PeriodField(forms.ChoiceField):
    """A period's code chosen from a list that is read only when the list is shown."""

    default_error_messages = {"invalid_choice": "Choose the period from the list."}

    def valid_value(self, value: Any) -> bool:
        try:
            parse_period(str(value))
        except ValueError:
            return False
        return True


class AchievementForm(Contested, EvidenceForm):
    """Four questions, and what may be added to them."""

    contested = SAID
    shown_beside = ("held_file", "held_removed")

    button = "Log the achievement"
    partnership = forms.IntegerField(widget=forms.HiddenInput)
    form_token = forms.UUIDField(widget=forms.HiddenInput)
    # The achievements that the person has been asked about: whether this is one of them.
    similar_seen = IdsField(widget=forms.MultipleHiddenInput, required=False)
    title = forms.CharField(
        label="What happened?",
        help_text="One sentence that anyone can understand.",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Enter what happened, in a sentence."},
    )
    detail = forms.CharField(
        label="Details", required=False, max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 4})
    )
    happened_on = DateField(label="When?", help_text="Like 16 6 2022", required=False)
    period = PeriodField(label="It happened in", required=False)
    organisations = IdsField(
        label="Who was involved?", help_text="Choose all that took part.", widget=Checkboxes(), required=False
    )
    priorities = IdsField(
        label="Which priorities?",
        help_text="Choose all that it serves. It counts once, however many you choose.",
        widget=Checkboxes(is_searchable=True),
        required=False,
    )
    quantity_qualifier = forms.ChoiceField(
        label="How exact is it?",
        help_text="Exactly, unless you say",
        choices=Achievement.Qualifier.choices,
        required=False,
    )
    quantity = CountField(
        label="How many?",
        help_text="A whole number, like 50",
        required=False,
        min_value=0,
        max_value=999_999_999,
        error_messages={
            "invalid": "Enter a whole number, like 50.",
            "min_value": "Enter a number of 0 or more.",
            "max_value": "Enter a number under 1,000,000,000.",
        },
    )
    quantity_unit = forms.CharField(
        label="Of what?",
        help_text="Like student placements",
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"list": "units-used-before"}),
    )
    is_public = forms.BooleanField(
        label="Show on the public page", help_text="Once the partnership’s lead has published it.", required=False
    )
    is_published = forms.BooleanField(
        label="Publish now", help_text="As the lead you may, without another look.", required=False
    )
    evidence_removed = IdsField(
        label="Take away", help_text="Evidence that should not be here.", widget=Checkboxes(), required=False
    )

    field_order = (
        *("title", "detail", "happened_on", "period", "organisations", "priorities"),
        *("quantity_qualifier", "quantity", "quantity_unit"),
    )

    def __init__(
        self, *args: Any, today: date, may_publish: bool, has: Sequence[Evidence] = (), **options: Any
    ) -> None:
        self.today = today
        self.has = {row.pk: row for row in has}
        super().__init__(*args, **options)
        if not may_publish:
            del self.fields["is_published"]
        if self.has:
            choices = [(pk, str(row)) for pk, row in self.has.items()]
            self._choose_from("evidence_removed", choices)
        else:
            del self.fields["evidence_removed"]

    def offer(self, choices: LoggingChoices) -> None:
        """Fill the lists to choose from, which only a form that is shown needs."""
        organisations = [(row.pk, row.name) for row in choices.organisations]
        groups = [(group.title, [(row.pk, str(row)) for row in group.priorities]) for group in choices.groups]
        periods = [("", "I have given the date above"), *choices.periods]
        for name, options in (("organisations", organisations), ("priorities", groups), ("period", periods)):
            self._choose_from(name, options)
        # The official wording stands under its priority, so that typing a word of it finds the priority.
        widget = self.fields["priorities"].widget
        if isinstance(widget, Checkboxes):
            widget.hints = {str(row.pk): row.official_wording for group in choices.groups for row in group.priorities}

    def _choose_from(self, name: str, options: Sequence[Any]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = options

    def clean(self) -> dict[str, Any]:
        """Every rule at once, so that nobody puts things right one by one."""
        super().clean()
        for name, problem in problems_with(self.words, today=self.today).items():
            if name not in self.errors and not (name == "happened_on" and "period" in self.errors):
                self.add_error(name, problem)
        return self.cleaned_data

    @property
    def removed(self) -> list[Evidence]:
        """The evidence ticked to be taken away."""
        return [self.has[pk] for pk in self.cleaned_data.get("evidence_removed", []) if pk in self.has]

    @property
    def words(self) -> AchievementWords:
        """What was said, as the service takes it."""
        given = self.cleaned_data
        return AchievementWords(
            title=given.get("title", ""),
            detail=given.get("detail", ""),
            happened_on=given.get("happened_on"),
            period=given.get("period", ""),
            quantity=given.get("quantity"),
            quantity_qualifier=given.get("quantity_qualifier", ""),
            quantity_unit=given.get("quantity_unit", ""),
            organisation_ids=frozenset(given.get("organisations", [])),
            priority_ids=frozenset(given.get("priorities", [])),
            is_public=given.get("is_public", False),
        )


def first_values(achievement: Achievement | None, own_organisations: Iterable[int]) -> dict[str, Any]:
    """What a new form has filled in: the person's organisations, or all of one like it but its date and evidence."""
    if achievement is None:
        return {"organisations": list(own_organisations)}
    said = said_of(achievement)
    return {name: said[name] for name in SAID if name not in ("happened_on", "period")}


def present_values(achievement: Achievement) -> dict[str, Any]:
    """What an achievement says now, to be edited."""
    return said_of(achievement) | {"form_token": achievement.form_token or uuid4()}


def _rag_choices() -> list[tuple[str, str]]:
    """Each RAG as its tag, so that it is chosen by shape, word and colour."""
    return [(rag.value, status_tag(rag.value)) for rag in Rag]


class StandingForm(RefusableForm):
    """How an activity stands in a term: how far along, whether on track, and in words."""

    status = forms.ChoiceField(
        label="How far along is it?",
        choices=ActivityStatus.choices,
        widget=Radios(),
        error_messages={"required": "Choose how far along it is."},
    )
    rag = forms.ChoiceField(
        label="Is it where it should be?",
        help_text="Your own judgement. Leave it empty only if it has not started.",
        choices=_rag_choices,
        widget=Radios(hints={Rag.AT_RISK.value: "Say why below.", Rag.OFF_TRACK.value: "Say why below."}),
        required=False,
    )
    words = forms.CharField(
        label="What was done this term?",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    reason = forms.CharField(
        label="Why is it at risk or off track, and what is being done?",
        help_text="Not needed while it is on track.",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    field_order = ("status", "rag", "words", "reason")

    def clean(self) -> dict[str, Any]:
        super().clean()
        given = {name: self.cleaned_data.get(name, "") for name in ("status", "rag", "words", "reason")}
        for name, problem in update_problems(**given).items():
            if name not in self.errors:
                self.add_error(name, problem)
        return self.cleaned_data


class UpdateForm(Contested, StandingForm, EvidenceForm):
    """How an activity stands this term."""

    contested = ("status", "rag", "words", "reason")
    shown_beside = ("held_file", "held_removed")

    button = "Save the update"
    # That last term's words are meant to stand again: said once the form has come back to point them out.
    unchanged_seen = forms.BooleanField(widget=forms.HiddenInput, required=False)

    def repeats(self, last: ActivityUpdate | None) -> bool:
        """Whether a form in order says word for word what was said last term, and nobody has pointed that out."""
        given = self.cleaned_data
        said = given["words"].split()
        return bool(last and said and said == last.words.split() and not given["unchanged_seen"])


class GiveBackForm(GdsForm):
    """What to change before an achievement is published."""

    button = "Return it"
    reason = forms.CharField(
        label="What should change?",
        help_text="One sentence for whoever logged it.",
        max_length=100,
        error_messages={"required": "Say what should change."},
    )

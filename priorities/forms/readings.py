"""The form of a figure: of when, what, how sure, from where, and of which groups."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from partnerships.models import Area
from priorities.models import Metric, MetricGroup, Reading
from priorities.queries.measures import figure_of
from priorities.queries.readings import Before
from priorities.rules import questions_about
from priorities.services.bulk_updates import LONGEST
from priorities.services.readings import Figure, mark_of, reading_problems
from wesp_portal.common.formatting import STAGES
from wesp_portal.common.forms import AskingForm, DateField, FigureField, Radios
from wesp_portal.common.periods import parse_period

_WHY_NONE = [("", "There is a figure"), *Reading.Symbol.choices]
_IN_WORDS = {
    Metric.Unit.YES_OR_NO: [("1", "Yes"), ("0", "No")],
    Metric.Unit.STAGE: [(str(at), words.capitalize()) for at, words in enumerate(STAGES)],
}
_HINTS = {Metric.Unit.COUNT: "A number, like 1,200", Metric.Unit.RATE_PER_100: "Of each 100, like 12.5"}
_FIGURE_ERRORS = {
    "invalid": "Enter a figure, like 12.5.",
    "max_digits": "Enter a figure of 10 digits or fewer before the point.",
    "max_whole_digits": "Enter a figure of 10 digits or fewer before the point.",
    "max_decimal_places": "Enter a figure with 4 decimals or fewer.",
}
EARLIEST = date(1990, 1, 1)


def _figure(label: str, unit: str, **options: Any) -> forms.Field:
    """A question for a figure in a metric's unit: a box, or a choice where the figures stand for words."""
    if choices := _IN_WORDS.get(Metric.Unit(unit)):
        widget = Radios(is_inline=len(choices) == 2)
        return forms.TypedChoiceField(
            label=label, choices=choices, coerce=Decimal, empty_value=None, required=False, widget=widget
        )
    return FigureField(
        label=label, required=False, max_digits=14, decimal_places=4, error_messages=_FIGURE_ERRORS, **options
    )


class ReadingForm(AskingForm):
    """One figure of a metric in an area and a period, with those of its groups."""

    button = "Record the figure"
    seen = forms.CharField(widget=forms.HiddenInput, required=False, max_length=40)
    area = forms.ChoiceField(label="Which area?", error_messages={"invalid_choice": "Choose the area from the list."})
    period = forms.ChoiceField(
        label="When is it for?",
        required=False,
        error_messages={"invalid_choice": "Choose the period from the list."},
    )
    day = DateField(label="Which day is it for?", help_text="Like 16 6 2022", required=False)
    qualifier = forms.ChoiceField(
        label="How exact is it?", choices=Reading.Qualifier.choices, required=False, help_text="Exactly, unless you say"
    )
    symbol = forms.ChoiceField(
        label="Or why is there none?", choices=_WHY_NONE, required=False, help_text="Only where no figure is given"
    )
    status = forms.ChoiceField(
        label="Is it final?",
        choices=[
            (Reading.Status.FINAL.value, "Final"),
            (Reading.Status.PROVISIONAL.value, "Provisional: it may still change"),
        ],
        widget=Radios(),
        error_messages={"required": "Choose whether it is final."},
    )
    as_at = DateField(label="As at which day?", help_text="The day it was counted or published", required=False)
    source = forms.CharField(
        label="Where does it come from?", help_text="Like School census, table 4", required=False, max_length=400
    )
    note = forms.CharField(
        label="What should readers know of it?",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    break_note = forms.CharField(
        label="Is it counted in a new way?",
        help_text="If it cannot be compared with earlier figures, say what changed. Charts then break their line here.",
        required=False,
        max_length=300,
    )
    reason = forms.CharField(
        label="Why is the earlier figure replaced?",
        help_text="One sentence, shown with the earlier figure on the measure’s page.",
        required=False,
        max_length=100,
    )

    def __init__(
        self,
        *args: Any,
        metric: Metric,
        areas: Sequence[Area],
        periods: Sequence[tuple[str, str]],
        groups: Sequence[MetricGroup],
        today: date,
        **options: Any,
    ) -> None:
        self.metric, self.today, self.groups = metric, today, groups
        self.before: Before | None = None
        super().__init__(*args, **options)
        unit = Metric.Unit(metric.unit)
        self.fields["value"] = _figure(
            "What is the figure?", metric.unit, help_text=_HINTS.get(unit, f"In {unit.label}, like 12.5")
        )
        for group in groups:
            self.fields[f"group_{group.pk}"] = _figure(group.title, metric.unit)
            self.fields[f"why_{group.pk}"] = forms.ChoiceField(
                label=f"{group.title}: or why is there none?", choices=_WHY_NONE, required=False
            )
        self._choose("area", [(area.code, area.name) for area in areas])
        if len(areas) == 1:
            self.fields["area"].widget = forms.HiddenInput()
        if periods:
            one_day = [("", "One day, given below")] if self.is_by_day else []
            self._choose("period", [*one_day, *periods])
        else:
            del self.fields["period"]
        if not self.is_by_day:
            del self.fields["day"]

    @property
    def is_by_day(self) -> bool:
        """Whether a figure may be for one day: a metric that keeps to no terms or years."""
        frequency = Metric.Frequency
        return self.metric.frequency in (frequency.WEEKLY, frequency.ONCE, frequency.EVENT)

    def _choose(self, name: str, choices: Sequence[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_as_at(self) -> date | None:
        return self._past(self.cleaned_data["as_at"])

    def clean_day(self) -> date | None:
        return self._past(self.cleaned_data["day"])

    def _past(self, day: date | None) -> date | None:
        if day and day > self.today:
            raise ValidationError("The date must be today or in the past.")
        if day and day < EARLIEST:
            raise ValidationError("Enter a year from 1990 on, like 2022.")
        return day

    def clean(self) -> dict[str, Any]:
        """Every rule at once, so that nobody puts things right one by one."""
        super().clean()
        given = self.cleaned_data
        period, day = given.get("period", ""), given.get("day")
        if day and period:
            self.add_error("period", "Choose the period or give the day, not both.")
        elif not day and not period and not self.errors.keys() & {"period", "day"}:
            self.add_error("day" if self.is_by_day else "period", "Say when it is for.")
        elif period and parse_period(period).starts_on > self.today:
            self.add_error("period", "The period must have begun.")
        problems = reading_problems(
            metric=self.metric,
            period=self.chosen_period or "2000",
            value=given.get("value"),
            symbol=given.get("symbol", ""),
            qualifier=given.get("qualifier", ""),
        )
        for name, problem in problems.items():
            if name not in self.errors and "value" not in self.errors:
                self.add_error(name, problem)
        for group in self.groups:
            name, (value, symbol) = f"group_{group.pk}", self.figures[group.pk]
            checked = reading_problems(
                metric=self.metric,
                period="2000",
                value=value,
                symbol=symbol or ("" if value is not None else "x"),
                qualifier="",
            )
            for problem in checked.values():
                if name not in self.errors:
                    self.add_error(name, problem)
        return given

    @property
    def chosen_period(self) -> str:
        """The code of the period that was chosen, or of the day that was given; empty without either."""
        day = self.cleaned_data.get("day")
        return day.isoformat() if day else str(self.cleaned_data.get("period", ""))

    @property
    def figures(self) -> dict[int, Figure]:
        """The figures of groups by the group's id."""
        given = self.cleaned_data
        return {group.pk: (given.get(f"group_{group.pk}"), given.get(f"why_{group.pk}", "")) for group in self.groups}

    def compare(self, before: Before) -> None:
        """Ask about what is odd beside earlier figures, and why one that is there already is replaced."""
        self.before = before
        given, there = self.cleaned_data, before.reading
        if there and self.is_replacing:
            if given.get("seen") != mark_of(there):
                words = f"{figure_of(self.metric, there)} is recorded for {parse_period(self.chosen_period).label}"
                self.add_error("reason", f"{words} already. Saving replaces it: say why.")
            elif not given.get("reason", "").strip():
                self.add_error("reason", "Say why the earlier figure is replaced.")
        self.see(before)
        value = given.get("value")
        if value is None or self.metric.unit in _IN_WORDS:
            return
        counts = {group.title: self.figures[group.pk][0] for group in self.groups}
        questions = questions_about(
            unit=self.metric.unit,
            decimals=self.metric.decimals,
            value=value,
            earlier=before.figures(),
            a_year_before=before.a_year_before(self.chosen_period),
            groups={title: count for title, count in counts.items() if count is not None},
        )
        self.ask(questions)

    @property
    def is_replacing(self) -> bool:
        """Whether what is given is another figure than the one that is there."""
        there, given = self.before.reading if self.before else None, self.cleaned_data
        if there is None:
            return False
        return (there.value, there.symbol, there.qualifier) != (
            given.get("value"),
            given.get("symbol", ""),
            given.get("qualifier", ""),
        )

    def see(self, before: Before) -> None:
        """Note what is there, as the person who gets the page will have seen it."""
        self.before = before
        if self.is_bound:
            data: Any = self.data.copy() if hasattr(self.data, "copy") else {**self.data}
            data["seen"] = mark_of(before.reading)
            self.data = data

    @property
    def status_to_record(self) -> str:
        """A final figure that is replaced becomes a revised one, and stays one."""
        there, chosen = self.before.reading if self.before else None, str(self.cleaned_data["status"])
        if there is None or chosen != Reading.Status.FINAL:
            return chosen
        was_final = there.status == Reading.Status.FINAL and self.is_replacing
        return Reading.Status.REVISED if was_final or there.status == Reading.Status.REVISED else chosen


def reading_values(before: Before, period: str, area: str) -> dict[str, Any]:
    """What a form has filled in: what is recorded of a period, or else the source that was named last."""
    there = before.reading
    values: dict[str, Any] = {"area": area, "period": period, "seen": mark_of(there)}
    if there is None:
        return values | {"source": next((row.source for row in before.earlier), "")}
    is_provisional = there.status == Reading.Status.PROVISIONAL
    values |= {
        "value": _plain(there.value),
        "symbol": there.symbol,
        "qualifier": there.qualifier,
        "status": Reading.Status.PROVISIONAL if is_provisional else Reading.Status.FINAL,
        "as_at": there.as_at,
        "source": there.source,
        "note": there.note,
        "break_note": there.break_note,
    }
    for key, row in before.groups.items():
        values |= {f"group_{key}": _plain(row.value), f"why_{key}": row.symbol}
    return values


def _plain(value: Decimal | None) -> str:
    """A figure as a person would type it."""
    return "" if value is None else f"{value.normalize():f}"


def group_fields(form: ReadingForm) -> Iterable[tuple[Any, Any]]:
    """The two boxes of each group, for the page."""
    return [(form[f"group_{group.pk}"], form[f"why_{group.pk}"]) for group in form.groups]

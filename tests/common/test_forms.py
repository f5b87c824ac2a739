"""Forms: what people may type, what is said when it is wrong, and where the error summary leads."""

from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template import Context, Template

from wesp_portal.common.forms import (
    Checkboxes,
    CountField,
    DateField,
    FigureField,
    GdsForm,
    Radios,
    error_items,
    field_view,
)


class QuestionForm(GdsForm):
    title = forms.CharField(label="Title", help_text="One sentence.")
    happened_on = DateField(label="When did it happen?")
    rag = forms.ChoiceField(
        label="How does it stand?",
        choices=[("on_track", "On track"), ("at_risk", "At risk")],
        widget=Radios(hints={"at_risk": "Say why."}),
        error_messages={"required": "Choose how it stands"},
    )
    priorities = forms.MultipleChoiceField(
        label="Priorities", choices=[("1", "First"), ("2", "Second")], widget=Checkboxes(is_searchable=True)
    )
    count = forms.IntegerField(label="Number of pupils", required=False)
    evidence = forms.FileField(label="Evidence", required=False)


def answer(**answers):
    data = QueryDict(mutable=True)
    for name, value in answers.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return QuestionForm(data)


def typed_date(day, month, year):
    form = answer(happened_on_0=day, happened_on_1=month, happened_on_2=year)
    return form.errors.get("happened_on", []), form.cleaned_data.get("happened_on"), form


def render(source, **context):
    return Template("{% load portal %}" + source).render(Context(context))


@pytest.mark.parametrize("month", ["6", "06", "Jun", "june", " June "])
def test_a_month_may_be_a_number_or_a_name(month):
    errors, value, _ = typed_date("16", month, "2022")
    assert not errors
    assert value == date(2022, 6, 16)


@pytest.mark.parametrize(
    ("parts", "message", "wrong"),
    [
        (("", "", ""), "Enter the date, like 16 6 2022", [0, 1, 2]),
        (("", "6", "2022"), "The date must include a day, like 16 6 2022", [0]),
        (("16", "", "2022"), "The date must include a month, like 16 6 2022", [1]),
        (("16", "6", "22"), "The date must include a year of four figures, like 16 6 2022", [2]),
        (("31", "2", "2022"), "Enter a real date, like 16 6 2022", [0, 1, 2]),
        (("x", "6", "2022"), "Enter a real date, like 16 6 2022", [0, 1, 2]),
        (("٣", "6", "２０２２"), None, []),
    ],
)
def test_a_wrong_date_is_said_in_words_at_the_part_that_is_wrong(parts, message, wrong):
    errors, _, form = typed_date(*parts)
    assert list(errors) == ([message] if message else [])
    controls = [control for _, control in field_view(form["happened_on"]).parts]
    assert [at for at, control in enumerate(controls) if "govuk-input--error" in control] == wrong


def test_what_was_typed_into_a_date_is_kept():
    *_, form = typed_date("31", "Feb", "2022")
    controls = [control for _, control in field_view(form["happened_on"]).parts]
    assert ['value="31"' in controls[0], 'value="Feb"' in controls[1], 'value="2022"' in controls[2]] == [True] * 3


def test_a_date_is_shown_in_its_three_parts_with_a_number_keypad():
    form = QuestionForm(initial={"happened_on": date(2024, 11, 8)})
    day, month, year = (control for _, control in field_view(form["happened_on"]).parts)
    assert ['value="8"' in day, 'value="11"' in month, 'value="2024"' in year] == [True] * 3
    assert 'inputmode="numeric"' in day


def test_an_unchanged_date_is_not_a_change():
    field = DateField()
    assert not field.has_changed(date(2024, 11, 8), ["8", "11", "2024"])
    assert field.has_changed(date(2024, 11, 8), ["9", "11", "2024"])
    assert field.has_changed(date(2024, 11, 8), ["x", "11", "2024"])


def test_errors_nobody_worded_say_what_to_do_by_the_label():
    errors = answer().errors
    assert errors["title"] == ["Enter the title"]
    assert errors["priorities"] == ["Select the priorities"]
    assert errors["rag"] == ["Choose how it stands"]
    assert "This field is required" not in str(errors)


def test_each_error_in_the_summary_leads_to_something_that_can_be_put_right():
    form = answer(happened_on_0="1", happened_on_2="2022")
    html = render("{% form form %}", form=form)
    targets = [target for _, target in error_items(form)]
    assert targets == ["id_title", "id_happened_on_1", "id_rag_0", "id_priorities_0"]
    assert all(f'id="{target}"' in html for target in targets)


def test_an_untouched_form_has_no_summary():
    assert error_items(QuestionForm()) == []
    assert "There is a problem" not in render("{% error_summary form %}", form=QuestionForm())


def test_a_hint_and_an_error_are_read_out_with_their_box():
    html = field_view(answer()["title"]).control
    assert 'aria-describedby="id_title-hint id_title-error"' in html
    assert "govuk-input--error" in html


def test_a_form_leaves_checking_to_us_and_guards_against_forgery():
    html = render("{% form form cancel_url='/back/' %}", form=QuestionForm(), csrf_token="token")
    assert "novalidate" in html
    assert 'enctype="multipart/form-data"' in html
    assert "csrfmiddlewaretoken" in html
    assert "required" not in html
    assert 'href="/back/"' in html


def test_a_number_is_typed_on_a_keypad_without_a_spinner():
    assert 'type="text"' in field_view(QuestionForm()["count"]).control
    assert 'inputmode="numeric"' in field_view(QuestionForm()["count"]).control


def test_what_was_chosen_stays_chosen():
    form = answer(rag="at_risk", priorities=["2"], title="")
    assert [option.is_chosen for option in field_view(form["rag"]).options] == [False, True]
    assert [option.is_chosen for option in field_view(form["priorities"]).options] == [False, True]


def test_somebodys_words_as_a_label_or_a_hint_are_escaped():
    class Hostile(GdsForm):
        step = forms.CharField(label="<script>1</script>", help_text="<b>2</b>")
        rag = forms.ChoiceField(label="<i>", choices=[("a", "<u>3</u>")], widget=Radios(hints={"a": "<s>4</s>"}))

    html = render("{% form form %}", form=Hostile({"step": "<em>5</em>"}))
    assert not any(tag in html for tag in ("<script>", "<b>", "<i>", "<u>", "<s>", "<em>"))


def test_a_widget_without_markup_is_refused():
    class Odd(GdsForm):
        when = forms.DateField(widget=forms.SelectDateWidget)

    with pytest.raises(TypeError, match="SelectDateWidget"):
        field_view(Odd()["when"])


def test_rows_come_with_an_empty_one_to_copy_and_their_errors_are_summarised():
    class StepForm(GdsForm):
        words = forms.CharField(label="What will be done?", error_messages={"required": "Say what will be done"})

    steps = forms.formset_factory(StepForm, extra=2)
    html = render("{% rows steps legend='Planned' add='Add another step' %}", steps=steps())
    assert html.count("portal-rows__row") == 3
    assert 'name="form-__prefix__-words"' in html.partition("<template>")[2]
    assert "Add another step" in html
    sent = steps({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "1", "form-0-words": ""})
    assert error_items(sent) == [("Say what will be done", "id_form-0-words")]


@pytest.mark.parametrize("day", ["9" * 20, "٣٣", "-1"])
def test_a_day_no_calendar_has_is_refused_in_words(day: str) -> None:
    with pytest.raises(ValidationError, match="real date"):
        DateField().clean([day, "1", "2026"])


def test_a_number_may_have_its_thousands_set_apart() -> None:
    assert CountField().clean("1,200") == 1200
    assert FigureField().clean("£1,234,567.5") == Decimal("1234567.5")
    with pytest.raises(ValidationError):
        CountField().clean("12.5")


@pytest.mark.parametrize("typed", ["9,5", "12,50", "1,2000", ",5", "1,20,000"])
def test_a_comma_that_may_be_meant_for_a_point_is_never_passed_over(typed: str) -> None:
    for field in (CountField(), FigureField()):
        with pytest.raises(ValidationError, match="full stop before decimals"):
            field.clean(typed)

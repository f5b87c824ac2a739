"""One priority of a return as a form: its four texts, the promises to mark and the steps to plan."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from priorities.models import Activity, Priority
from reports.models import EntryComment, PlannedStep
from reports.queries.lines import filled, with_line, without_line
from reports.queries.returns import LIFECYCLE, SECTIONS, EntryPage
from reports.services import Choice, EntryText, Mark, StepText
from wesp_portal.common.forms import Checkboxes, GdsForm, Radios, error_items, field_view

# An empty row or two is always there, so that steps can be added without scripts.
EMPTY_ROWS = 2
MOST_STEPS = 50
LONGEST_TEXT = 20_000


def _text(label: str, hint: str, rows: int) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        required=False,
        max_length=LONGEST_TEXT,
        error_messages={"max_length": f"{label} must be 20,000 characters or fewer"},
        widget=forms.Textarea(attrs={"rows": rows}),
    )


class WordsForm(GdsForm):
    """The four texts of the termly report, in its order; planned steps stand between the second and the third."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    intended_outcomes = _text(SECTIONS["intended_outcomes"], "One to a line, as the strategy has them.", 5)
    activity = _text(SECTIONS["activity"], "What was done this term, and with whom.", 8)
    impact = _text(SECTIONS["impact"], "What is different because of it, and who says so.", 6)
    exit_strategy = _text(SECTIONS["exit_strategy"], "Who carries this on when the partnership steps back.", 4)
    proposed_status = forms.ChoiceField(
        label="What becomes of the priority",
        help_text="The priority takes it over, with this exit strategy, when the lead approves the return.",
        required=False,
        widget=Radios(hints={"stepping_down": "Still reported on, with less to do each term."}),
    )
    handed_over_to = forms.CharField(label="Handed over to whom", required=False, max_length=200)
    resolved = forms.TypedMultipleChoiceField(
        label="Tick what you have dealt with", required=False, coerce=int, widget=Checkboxes()
    )

    def __init__(self, *args: Any, status: str, comments: Sequence[EntryComment], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lives, resolved = self.fields["proposed_status"], self.fields["resolved"]
        if isinstance(lives, forms.ChoiceField) and isinstance(resolved, forms.ChoiceField):
            others = [choice for choice in Priority.Status.choices if choice[0] != status]
            lives.choices = [("", f"It stays as it is: {Priority.Status(status).label.lower()}"), *others]
            resolved.choices = [(str(each.pk), each.text) for each in comments]
        if not comments:
            del self.fields["resolved"]


class StepForm(GdsForm):
    """One planned step; a title left empty takes the step out."""

    pk = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label="What will be done",
        required=False,
        max_length=400,
        error_messages={"max_length": "A step must be 400 characters or fewer. Make two steps of it."},
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    activity = forms.TypedChoiceField(label="Part of which activity", required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, activities: Sequence[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen = self.fields["activity"]
        if isinstance(chosen, forms.ChoiceField):
            chosen.choices = [("", "None"), *activities]
        if not activities:
            del self.fields["activity"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("activity") and not cleaned.get("title") and not cleaned.get("pk"):
            self.add_error("title", "Enter what will be done, or choose no activity")
        return cleaned


class LineForm(GdsForm):
    """One thing that was logged: ticked to keep it in the text; `was` says whether the form showed it there."""

    key = forms.CharField(widget=forms.HiddenInput)
    was = forms.BooleanField(widget=forms.HiddenInput, required=False)
    keep = forms.BooleanField(required=False)


def _why(label: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=2000,
        error_messages={"max_length": "The reason must be 2,000 characters or fewer"},
        widget=forms.Textarea(attrs={"rows": 2}),
    )


# Each mark that may have a reason has a box of its own, so that the words for one never stay behind another.
REASONS = {PlannedStep.Outcome.DROPPED.value: "reason", PlannedStep.Outcome.CARRIED_OVER.value: "carried_reason"}


class PromiseForm(GdsForm):
    """What became of one promise, on a page of its own."""

    button = "Save"
    is_draft = False
    outcome = forms.ChoiceField(
        label="What became of it",
        choices=PlannedStep.Outcome.choices,
        widget=Radios(hints={"carried_over": "It is planned again for next period, in this return."}),
        error_messages={"required": "Select what became of it"},
    )
    reason = _why("Why it was dropped")
    carried_reason = _why("Why it is carried over (optional)")

    @staticmethod
    def shown(step: PlannedStep) -> dict[str, Any]:
        """What the form shows of a promise."""
        box = REASONS.get(step.outcome)
        return {"outcome": step.outcome} | ({box: step.outcome_reason} if box else {})

    @property
    def why(self) -> str:
        """The reason for the chosen mark, once the form is valid."""
        box = REASONS.get(self.cleaned_data["outcome"])
        return str(self.cleaned_data[box]) if box else ""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.add_prefix("outcome") not in self.data:
            # A browser that cannot hide the boxes takes a reason without its mark, which is as good as choosing it.
            cleaned["outcome"] = next((mark for mark, box in REASONS.items() if cleaned.get(box)), "")
        is_dropped = cleaned.get("outcome") == PlannedStep.Outcome.DROPPED
        if is_dropped and not cleaned.get("reason") and not self.is_draft and "reason" not in self.errors:
            self.add_error("reason", "Say why the step was dropped")
        return cleaned


class MarkForm(PromiseForm):
    """What became of one promise of several; in a draft it may stay unmarked, or dropped without its reason."""

    is_draft = True
    step = forms.IntegerField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label="What became of it",
        choices=[("", "Not marked yet"), *PlannedStep.Outcome.choices],
        required=False,
        widget=Radios(),
    )


class StepRows(forms.BaseFormSet[StepForm]):
    """The planned steps of an entry."""

    def add_fields(self, form: StepForm, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = "Take this step out"


StepFormSet = forms.formset_factory(StepForm, formset=StepRows, extra=EMPTY_ROWS, can_delete=True, max_num=MOST_STEPS)
LineFormSet = forms.formset_factory(LineForm, extra=0)
MarkFormSet = forms.formset_factory(MarkForm, extra=0)


class EntryForms:
    """The forms of one priority's page, which are saved together."""

    def __init__(self, page: EntryPage, activities: Iterable[Activity], data: Mapping[str, Any] | None = None) -> None:
        self.page = page
        self.words = WordsForm(
            data,
            status=page.entry.priority.status,
            comments=page.comments,
            initial={name: getattr(page.entry, name) for name in (*SECTIONS, *LIFECYCLE)}
            | {"activity": filled(page.entry.activity, page.lines), "seen": page.seen},
        )
        self.steps = StepFormSet(
            data,
            prefix="steps",
            initial=[{"pk": step.pk, "title": step.title, "activity": step.activity_id} for step in page.steps],
            form_kwargs={"activities": [(activity.pk, f"{activity.ref} {activity.title}") for activity in activities]},
        )
        self.marks = MarkFormSet(
            data, prefix="marks", initial=[{"step": step.pk, **MarkForm.shown(step)} for step in page.promises]
        )
        self.lines = LineFormSet(
            data,
            prefix="lines",
            initial=[{"key": line.key, "was": line.is_kept, "keep": line.is_kept} for line in page.lines],
        )

    @property
    def all(self) -> tuple[Any, ...]:
        return self.marks, self.lines, self.words, self.steps

    @property
    def has_errors(self) -> bool:
        return bool(error_items(*self.all))

    def promise_rows(self) -> list[dict[str, Any]]:
        """Each promise with its form and its choices; the mark can be taken off only where there is one."""
        by_id = {str(step.pk): step for step in self.page.promises}
        rows = []
        for form in self.marks:
            step = by_id.get(str(form["step"].value()))
            if step:
                view = field_view(form["outcome"])
                options = [option for option in view.options if option.value or step.outcome]
                rows.append({"form": form, "step": step, "outcome": view, "options": options})
        return rows

    def step_rows(self) -> list[dict[str, Any]]:
        """Each row of the planned steps with the step that is there already, if one is."""
        by_id = {str(step.pk): step for step in self.page.steps}
        return [{"form": form, "step": by_id.get(str(form["pk"].value()))} for form in self.steps]

    def line_rows(self) -> list[dict[str, Any]]:
        """Each thing that was logged with its tick."""
        by_key = {line.key: line for line in self.page.lines}
        return [
            {"form": form, "line": by_key[form["key"].value()], "is_ticked": bool(form["keep"].value())}
            for form in self.lines
            if form["key"].value() in by_key
        ]

    def is_valid(self) -> bool:
        # Every one is asked, so that the page tells all that is wrong at once.
        answers = [each.is_valid() for each in self.all]
        return all(answers)

    def text(self) -> EntryText:
        """What was written, once the forms are valid; a line ticked or unticked has come into the text or left it."""
        words = self.words.cleaned_data
        texts = {section: _lines(words[section]) for section in SECTIONS}
        choices = []
        by_key = {line.key: line for line in self.page.lines}
        for form in self.lines:
            is_kept, was_kept = form.cleaned_data["keep"], form.cleaned_data["was"]
            if line := by_key.get(form.cleaned_data["key"]):
                choices.append(Choice(line.kind, line.source_id, line.words, is_kept))
                if is_kept != was_kept:
                    texts["activity"] = (with_line if is_kept else without_line)(texts["activity"], line.words)
        is_handed_over = words["proposed_status"] == Priority.Status.HANDED_OVER
        return EntryText(
            **texts,
            proposed_status=words["proposed_status"],
            handed_over_to=words["handed_over_to"] if is_handed_over else "",
            lines=choices,
            resolved=words.get("resolved", []),
            steps=[
                StepText(
                    title="" if row.get("DELETE") else " ".join(row["title"].split()),
                    activity_id=row.get("activity"),
                    pk=row.get("pk"),
                )
                for row in self.steps.cleaned_data
                if row
            ],
            marks=[
                Mark(form.cleaned_data["step"], form.cleaned_data["outcome"], form.why)
                for form in self.marks
                if form.cleaned_data
            ],
        )

    def refuse(self, error: ValidationError) -> None:
        """Show what a service found wrong at the top of the page."""
        self.words.add_error(None, ValidationError(error.messages))


class CommentForm(GdsForm):
    """What a lead says of one priority."""

    button = "Add the comment"
    text = forms.CharField(
        label="Your comment",
        max_length=2000,
        error_messages={
            "required": "Write what you want to say of this priority",
            "max_length": "The comment must be 2,000 characters or fewer",
        },
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SendBackForm(GdsForm):
    """A return sent back to its officers, with what needs to change, here or at its priorities."""

    button = "Send back"
    version = forms.IntegerField(widget=forms.HiddenInput)
    comment = forms.CharField(
        label="What needs to change",
        help_text="The officers see this at the top of their return.",
        max_length=4000,
        error_messages={
            "required": "Say what needs to change",
            "max_length": "The comment must be 4,000 characters or fewer",
        },
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *args: Any, has_comments: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if has_comments:
            comment = self.fields["comment"]
            comment.required = False
            comment.label = "What needs to change, beside your comments at the priorities (optional)"


def _lines(text: str) -> str:
    """A text as it is kept: browsers send their own line ends."""
    return text.replace("\r\n", "\n").strip()

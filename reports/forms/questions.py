"""Forms of what a board asks, is answered and decides."""

from typing import Any

from django import forms

from reports.models import BoardQuestion, Decision
from wesp_portal.common.forms import DateField, GdsForm

LONGEST_WORDS = 4000


def _words(label: str, required: str, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=LONGEST_WORDS,
        error_messages={"required": required, "max_length": f"{label} must be 4,000 characters or fewer"},
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class QuestionForm(GdsForm):
    """A question to the partnership, about the whole or a priority; or about one item, where no priority is offered."""

    button = "Send the question"
    text = _words(
        "Your question",
        "Enter your question",
        "Whoever answers for it sees it on their page. The next report shows both.",
    )
    priority = forms.TypedChoiceField(
        label="What it is about",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "Choose what it is about from the list."},
    )

    def __init__(self, *args: Any, priorities: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        about = self.fields["priority"]
        if isinstance(about, forms.ChoiceField):
            about.choices = [("", "The partnership as a whole"), *priorities]
        if not priorities:
            del self.fields["priority"]


class AnswerForm(GdsForm):
    """The answer to a question."""

    button = "Save the answer"
    answer = _words("Answer", "Enter the answer")


class DecisionForm(GdsForm):
    """What the board decided, who acts and by when."""

    button = "Record the decision"
    text = _words("What the board decided", "Enter what the board decided")
    action_by = forms.CharField(
        label="Who acts",
        help_text="An organisation or a role, such as the college’s careers lead.",
        required=False,
        max_length=160,
        error_messages={"max_length": "Who acts must be 160 characters or fewer"},
    )
    due_on = DateField(label="By when", help_text="For example, 16 6 2022.", required=False)
    question = forms.TypedChoiceField(
        label="The question it settles",
        required=False,
        coerce=int,
        empty_value=None,
        error_messages={"invalid_choice": "Choose the question from the list."},
    )

    def __init__(self, *args: Any, questions: list[BoardQuestion], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        settles = self.fields["question"]
        if isinstance(settles, forms.ChoiceField):
            settles.choices = [("", "None"), *((question.pk, str(question)) for question in questions)]


class SettleForm(GdsForm):
    """What came of a decision."""

    button = "Save what came of it"
    status = forms.ChoiceField(
        label="Where it stands",
        choices=Decision.Status.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose where it stands"},
    )
    outcome = _words(
        "What came of it", "Say what came of it", "What was done, or why it was dropped. Left out while it is to do."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["outcome"].required = False

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        is_settled = said.get("status") in (Decision.Status.DONE, Decision.Status.DROPPED)
        if is_settled and said.get("outcome") == "":
            self.add_error("outcome", "Say what was done, or why it was dropped")
        return said

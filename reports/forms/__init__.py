"""Forms of rounds, returns, reviews, reminders, questions, decisions and reports."""

from reports.forms.editions import OpenForm
from reports.forms.questions import AnswerForm, DecisionForm, QuestionForm, SettleForm
from reports.forms.reminders import ReminderChoiceForm
from reports.forms.reports import CorrectionForm
from reports.forms.returns import CommentForm, EntryForms, PromiseForm, SendBackForm
from reports.forms.rounds import ReopenForm

__all__ = [
    "AnswerForm",
    "CommentForm",
    "CorrectionForm",
    "DecisionForm",
    "EntryForms",
    "OpenForm",
    "PromiseForm",
    "QuestionForm",
    "ReminderChoiceForm",
    "ReopenForm",
    "SendBackForm",
    "SettleForm",
]

"""What changes in rounds, returns, questions and reports; each service is one transaction."""

from reports.services.lines import Choice
from reports.services.questions import answer_question, ask_question, record_decision, settle_decision
from reports.services.reminders import (
    Chased,
    chase,
    choose_reminders,
    plan_chase,
    queue_reminders,
    send_reminder,
    sweep_reminders,
)
from reports.services.returns import (
    EntryText,
    Mark,
    ReturnClosedError,
    ReturnNotReadyError,
    StaleEntryError,
    StepText,
    approve_return,
    fill_return,
    mark_step,
    save_entry,
    send_back,
    submit_return,
)
from reports.services.reviews import comment_on, resolve_comment, sweep_reviews, tell_of_review
from reports.services.rounds import close_round, close_rounds, open_round, open_rounds, reopen_round

__all__ = [
    "Chased",
    "Choice",
    "EntryText",
    "Mark",
    "ReturnClosedError",
    "ReturnNotReadyError",
    "StaleEntryError",
    "StepText",
    "answer_question",
    "approve_return",
    "ask_question",
    "chase",
    "choose_reminders",
    "close_round",
    "close_rounds",
    "comment_on",
    "fill_return",
    "mark_step",
    "open_round",
    "open_rounds",
    "plan_chase",
    "queue_reminders",
    "record_decision",
    "reopen_round",
    "resolve_comment",
    "save_entry",
    "send_back",
    "send_reminder",
    "settle_decision",
    "submit_return",
    "sweep_reminders",
    "sweep_reviews",
    "tell_of_review",
]

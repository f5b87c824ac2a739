"""Who is told what: rounds, returns, planned steps, reports, deliveries, questions and decisions."""

from reports.models.editions import PublicEdition, PublicFile
from reports.models.layouts import ReportLayout
from reports.models.questions import BoardQuestion, Decision
from reports.models.reminders import Reminder, ReminderChoice
from reports.models.reports import Delivery, Report, ReportFile
from reports.models.rounds import EntryComment, PlannedStep, Return, ReturnEntry, ReturnLine, Round

__all__ = [
    "BoardQuestion",
    "Decision",
    "Delivery",
    "EntryComment",
    "PlannedStep",
    "PublicEdition",
    "PublicFile",
    "Reminder",
    "ReminderChoice",
    "Report",
    "ReportFile",
    "ReportLayout",
    "Return",
    "ReturnEntry",
    "ReturnLine",
    "Round",
]

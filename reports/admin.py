"""Administration of rounds, returns, reports, questions and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from partnerships.admin import TouchingAdmin
from priorities.admin.strategies import StrategyAdmin
from priorities.models import Strategy
from reports.forms.layouts import PLACES, ReportLayoutForm
from reports.models import (
    BoardQuestion,
    Decision,
    Delivery,
    PlannedStep,
    PublicEdition,
    PublicFile,
    Reminder,
    ReminderChoice,
    Report,
    ReportFile,
    ReportLayout,
    Return,
    ReturnEntry,
    Round,
)
from reports.queries.reports import published_about
from reports.queries.returns import untouched_entries
from reports.snapshots.layout import PARTS
from wesp_portal.common.admin import HistoryAdmin, Keys, PortalAdmin, PortalInline, ShownOnly

# The page of a strategy, which also knows what is told of one: the layer below does not.
admin.site.unregister(Strategy)


@admin.register(Strategy)
class ToldStrategyAdmin(StrategyAdmin):
    """A strategy that a return or a published report tells of stays; what nobody wrote in yet goes with it."""

    def hanging_on(self, objs: Sequence[Any]) -> Keys:
        found = super().hanging_on(objs)
        written = found.pop(ReturnEntry, set()) - set(untouched_entries(objs).values_list("pk", flat=True))
        told = {ReturnEntry: written, Report: {report.pk for report in published_about(objs)}}
        return found | {model: pks for model, pks in told.items() if pks}

    def remove(self, rows: QuerySet[Any]) -> None:
        untouched_entries(list(rows)).delete()
        super().remove(rows)


class ReturnInline(PortalInline):
    """The returns of a round; one may be added for a partner that has none yet."""

    model = Return
    named_by = ["organisation", "round__partnership", "round__term"]
    fields = ["organisation", "author_role", "status"]
    readonly_fields = ["status"]
    autocomplete_fields = ["organisation"]
    can_delete = False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Round)
class RoundAdmin(TouchingAdmin, HistoryAdmin):
    partnership_paths = ["partnership"]
    fixed_once_made = ["partnership", "term"]
    list_display = ["__str__", "opens_on", "due_on", "board_on", "closes_on", "is_closed"]
    list_filter = ["is_closed", "partnership"]
    list_select_related = ["partnership", "term"]
    ordering = ["-opens_on", "partnership__name"]
    search_fields = ["partnership__name", "partnership__short_name", "term__code"]
    autocomplete_fields = ["partnership", "term"]
    readonly_fields = ["reopening_reason"]
    inlines = [ReturnInline]
    fieldsets = [
        (
            None,
            {
                "description": "A partnership's reporting cycle for one term. A round opens and closes by itself.",
                "fields": [
                    *("partnership", "term"),
                    ("opens_on", "due_on", "board_on"),
                    "as_at",
                    ("closes_on", "is_closed"),
                    "reopening_reason",
                ],
            },
        )
    ]


class EntryInline(ShownOnly, PortalInline):
    model = ReturnEntry
    fields = [
        *("priority", "intended_outcomes", "activity", "impact"),
        *("exit_strategy", "proposed_status", "handed_over_to"),
    ]
    named_by = ["priority", "return_of__organisation", "return_of__round__partnership", "return_of__round__term"]


@admin.register(Return)
class ReturnAdmin(TouchingAdmin, HistoryAdmin):
    """Returns are written on their own page, section by section; who writes one can be put right here."""

    partnership_paths = ["round__partnership"]
    fixed_once_made = ["round", "organisation"]
    list_display = ["organisation", "round", "status", "submitted_by", "submitted_at"]
    list_filter = ["status", "round__partnership"]
    list_select_related = ["organisation", "round__partnership", "round__term", "submitted_by"]
    ordering = ["-round__opens_on", "organisation__name"]
    search_fields = ["organisation__name", "round__partnership__name", "round__term__code"]
    autocomplete_fields = ["round", "organisation"]
    readonly_fields = [
        *("status", "review_comment"),
        *("submitted_by", "submitted_at", "reviewed_by", "reviewed_at"),
    ]
    inlines = [EntryInline]
    fieldsets = [
        (
            None,
            {
                "description": "What a partner says of a term. Once sent to the lead it is only shown here.",
                "fields": ["round", "organisation", "author_role"],
            },
        ),
        (
            "Where it stands",
            {
                "description": "It is sent, sent back and approved on the portal's own pages.",
                "fields": [
                    "status",
                    "review_comment",
                    ("submitted_by", "submitted_at"),
                    ("reviewed_by", "reviewed_at"),
                ],
            },
        ),
    ]

    def is_frozen(self, obj: Return) -> bool:
        return not obj.is_editable


@admin.register(PlannedStep)
class PlannedStepAdmin(ShownOnly, HistoryAdmin):
    list_display = ["title", "entry", "outcome", "terms_carried"]
    list_filter = ["outcome", "entry__return_of__round__partnership"]
    list_select_related = [
        "entry__priority",
        "entry__return_of__organisation",
        "entry__return_of__round__partnership",
        "entry__return_of__round__term",
    ]
    ordering = ["-entry__return_of__round__opens_on", "entry__position", "position"]
    search_fields = ["title", "entry__priority__title"]


class ReportFileInline(ShownOnly, PortalInline):
    model = ReportFile
    named_by = ["report__round__partnership", "report__round__term"]
    fields = ["format", "size", "sha256"]


class DeliveryInline(ShownOnly, PortalInline):
    model = Delivery
    fields = ["recipient", "status", "attempts", "tried_at", "next_at", "sent_at", "opened_at", "failure", "again_by"]
    named_by = ["recipient", "report__round__partnership", "report__round__term"]


@admin.register(Report)
class ReportAdmin(ShownOnly, PortalAdmin):
    """Reports are asked for, built and published on the portal's own pages; a published one never changes."""

    list_display = ["__str__", "status", "build", "requested_by", "requested_at", "published_at"]
    list_filter = ["status", "build", "round__partnership"]
    list_select_related = ["round__partnership", "round__term", "requested_by"]
    ordering = ["-requested_at"]
    search_fields = ["round__partnership__name", "round__term__code", "sha256"]
    inlines = [ReportFileInline, DeliveryInline]
    fieldsets = [
        (
            None,
            {
                "description": "A numbered version of what a round told its board. A correction is a new version.",
                "fields": ["round", "version", "status", "correction_reason", "sha256"],
            },
        ),
        (
            "How it was built",
            {
                "description": "The job that builds it, and why it failed where it did.",
                "fields": ["build", "build_step", "attempts", "failure", ("requested_by", "requested_at"), "built_at"],
            },
        ),
        (
            "Publication",
            {
                "description": "Who published it, and when.",
                "fields": [("published_by", "published_at")],
            },
        ),
    ]


class PublicFileInline(ShownOnly, PortalInline):
    model = PublicFile
    named_by = ["edition__round__partnership", "edition__round__term"]
    fields = ["format", "size", "sha256"]


@admin.register(PublicEdition)
class PublicEditionAdmin(ShownOnly, PortalAdmin):
    """Leads open reports to the public, and close them, on the portal's own pages."""

    list_display = ["__str__", "opened_by", "opened_at", "closed_at"]
    list_filter = ["round__partnership", ("closed_at", admin.EmptyFieldListFilter)]
    list_select_related = ["round__partnership", "round__term", "opened_by"]
    ordering = ["-opened_at"]
    search_fields = ["round__partnership__name", "round__term__code", "sha256"]
    inlines = [PublicFileInline]
    fieldsets = [
        (
            None,
            {
                "description": "What everyone may read of a published report. One of a round is open at a time.",
                "fields": ["round", "report", "sha256", "corrected_on"],
            },
        ),
        (
            "Who opened it",
            {
                "description": "And who closed it, or opened another in its place.",
                "fields": [("opened_by", "opened_at"), ("closed_by", "closed_at")],
            },
        ),
    ]


@admin.register(ReportLayout)
class ReportLayoutAdmin(TouchingAdmin, HistoryAdmin):
    """How a board's reports to come are arranged; what is built already keeps its own arrangement."""

    form = ReportLayoutForm
    partnership_paths = ["board__partnership"]
    fixed_once_made = ["board"]
    list_display = ["board", "partnership", "parts_in_order"]
    list_filter = ["board__partnership"]
    list_select_related = ["board__partnership"]
    ordering = ["board__partnership__name", "board__name"]
    search_fields = ["board__name", "board__partnership__name"]
    autocomplete_fields = ["board"]
    fieldsets = [
        (
            None,
            {
                "description": "A board without a layout has every part, in the order in which they stand here.",
                "fields": ["board"],
            },
        ),
        (
            "Parts",
            {
                "description": "Number the parts in the order in which they are to stand. One without a number is left "
                "out. Within each priority the headings keep the order of the termly report.",
                "fields": [*PLACES.values()],
            },
        ),
        (
            "What the board is asked",
            {
                "description": "Put to the board in each of its reports, before the questions that it asked itself.",
                "fields": ["asked"],
            },
        ),
    ]

    @admin.display(description="Partnership")
    def partnership(self, layout: ReportLayout) -> str:
        return layout.board.partnership.name

    @admin.display(description="Parts, in order")
    def parts_in_order(self, layout: ReportLayout) -> str:
        return ", ".join(PARTS[part] for part in layout.parts)


@admin.register(Reminder)
class ReminderAdmin(ShownOnly, PortalAdmin):
    """Reminders are made and sent by the portal, and by leads on the page of a round."""

    list_display = ["person", "kind", "on", "status", "sent_at", "sent_by"]
    list_filter = ["kind", "status", "rounds__partnership"]
    list_select_related = ["person", "sent_by"]
    search_fields = ["person__name", "person__email"]
    fieldsets = [
        (
            None,
            {
                "description": "An email of what is left to a person. One a week at most, and each is sent once.",
                "fields": ["person", "kind", "rounds", "on", "sent_by"],
            },
        ),
        (
            "Sending",
            {
                "description": "The row is marked before the email leaves, so that it never leaves twice.",
                "fields": ["status", "attempts", "try_at", "sent_at"],
            },
        ),
    ]


@admin.register(ReminderChoice)
class ReminderChoiceAdmin(ShownOnly, PortalAdmin):
    """Each person chooses on their own page; who is not listed chose nothing and is sent everything."""

    list_display = ["person", "wants_opening", "wants_due"]
    list_filter = ["wants_opening", "wants_due"]
    list_select_related = ["person"]
    search_fields = ["person__name", "person__email"]
    fieldsets = [
        (
            None,
            {
                "description": "What a person chose to be reminded of. Each chooses on the page of reminders.",
                "fields": ["person", "wants_opening", "wants_due"],
            },
        )
    ]


class DecisionInline(ShownOnly, PortalInline):
    model = Decision
    fields = ["text", "action_by", "due_on", "status", "outcome"]


@admin.register(BoardQuestion)
class BoardQuestionAdmin(TouchingAdmin, HistoryAdmin):
    partnership_paths = ["round__partnership"]
    fixed_once_made = ["round", "asked_by", "asked_at"]
    list_display = ["__str__", "round", "priority", "asked_by", "asked_at", "answered_at"]
    list_filter = ["round__partnership", ("answered_at", admin.EmptyFieldListFilter)]
    list_select_related = ["round__partnership", "round__term", "priority", "asked_by"]
    ordering = ["-asked_at"]
    search_fields = ["text", "answer", "priority__title"]
    autocomplete_fields = [
        "round",
        "priority",
        "objective",
        "activity",
        "metric",
        "achievement",
        "asked_by",
        "answered_by",
    ]
    inlines = [DecisionInline]
    fieldsets = [
        (
            None,
            {
                "description": "What a board member asked. Questions and answers open the next report.",
                "fields": ["round", "priority", "text", ("asked_by", "asked_at")],
            },
        ),
        (
            "About one item",
            {
                "description": "One of these at most, where the question is about less than a priority.",
                "classes": ["collapse"],
                "fields": ["objective", "activity", "metric", "achievement"],
            },
        ),
        (
            "Answer",
            {
                "description": "An answer needs its date.",
                "fields": ["answer", ("answered_by", "answered_at")],
            },
        ),
    ]


@admin.register(Decision)
class DecisionAdmin(TouchingAdmin, HistoryAdmin):
    partnership_paths = ["round__partnership"]
    fixed_once_made = ["round", "recorded_by", "recorded_at"]
    list_display = ["__str__", "round", "action_by", "due_on", "status"]
    list_filter = ["status", "round__partnership"]
    list_select_related = ["round__partnership", "round__term"]
    ordering = ["-recorded_at"]
    search_fields = ["text", "action_by", "priority__title"]
    autocomplete_fields = ["round", "question", "priority", "recorded_by", "settled_by"]
    fieldsets = [
        (
            None,
            {
                "description": "What the board decided, who acts, and by when.",
                "fields": ["round", "question", "priority", "text", ("action_by", "due_on")],
            },
        ),
        (
            "What came of it",
            {
                "description": "A decision that is done or dropped says in a word how.",
                "fields": ["status", "outcome", ("settled_by", "settled_at")],
            },
        ),
        ("Recorded", {"description": "Who wrote it down.", "fields": [("recorded_by", "recorded_at")]}),
    ]

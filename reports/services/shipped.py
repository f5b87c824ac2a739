"""Loading all that ships: the partnerships, the strategies, and a return that was published before."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from django.db import transaction
from simple_history.utils import bulk_create_with_history

from partnerships.models import Organisation, Partnership, Term
from partnerships.services import index_of, load_partnerships, read_partnerships, touch
from priorities.models import Activity, Priority
from priorities.services import activity_refs, load_shipped, read_shipped
from reports.models import PlannedStep, Return, ReturnEntry, Round
from reports.services.rounds import working_day
from wesp_portal.common.documents import Checker, DocumentError, Item, Kind, fault_with, read_document
from wesp_portal.common.loading import LoadReport

SHIPPED = Path(__file__).resolve().parent.parent / "shipped"
FORMAT = "wesp-return/1"
KEYS = ("format", "partnership", "strategy", "term", "as_at", "organisation", "author_role", "source", "entries")
SECTIONS = ("intended_outcomes", "activity", "impact")
"""The sections of an entry that the file gives line by line."""
_REASON = "Loaded from the shipped strategies"
_ENTRY = Kind(ReturnEntry, ("priority", "exit_strategy"), lists=(*SECTIONS, "planned"), identity=("priority",))
_STEP = Kind(PlannedStep, ("title", "activity"), identity=("title",))


def load_all() -> list[LoadReport]:
    """Load every shipped document, once all of them are checked; at a fault raises DocumentError and loads nothing."""
    faults: list[str] = []

    def read(reader: Callable[..., Any], *given: Any) -> Any:
        try:
            return reader(*given)
        except DocumentError as error:
            faults.extend(error.faults)

    partnerships, strategies = read(read_partnerships), read(read_shipped)
    returns = [] if faults else read(read_returns, partnerships, strategies.values())
    if faults:
        raise DocumentError(faults)
    with transaction.atomic():
        reports = [load_partnerships(partnerships), *load_shipped(strategies)]
        return [*reports, *(load_return(document) for document in returns)]


def read_returns(partnerships: Item, strategies: Iterable[Item], folder: Path = SHIPPED) -> list[Item]:
    """The shipped returns, checked against the documents that they refer to; raises DocumentError with every fault."""
    terms = {calendar["slug"]: {term["code"] for term in calendar["terms"]} for calendar in partnerships["calendars"]}
    terms_of = {partnership["slug"]: terms[partnership["calendar"]] for partnership in partnerships["partnerships"]}
    organisations = {organisation["slug"] for organisation in partnerships["organisations"]}
    plans = {document["strategy"]["slug"]: activity_refs(document) for document in strategies}
    documents, faults = [], []
    for path in sorted(folder.glob("*.json")):
        document = read_document(path, path.name)
        checker = Checker(path.name)
        if _has_form(checker, document):
            for key, known in (
                ("partnership", terms_of.keys()),
                ("strategy", plans.keys()),
                ("organisation", organisations),
                ("term", terms_of.get(document["partnership"], ())),
            ):
                if document[key] not in known:
                    checker.fault("the return", f'"{key}" names {document[key]!r}, which does not ship.')
            _check_plan(checker, document, plans.get(document["strategy"], {}))
        documents.append(document)
        faults += checker.faults
    if faults:
        raise DocumentError(faults)
    return documents


def _has_form(checker: Checker, document: Item) -> bool:
    if not checker.has_keys(document, KEYS, "the return"):
        return False
    if document["format"] != FORMAT:
        checker.fault("the return", f'"format" must be "{FORMAT}".')
    for key in ("partnership", "strategy", "term", "organisation", "author_role", "source"):
        if not isinstance(document[key], str):
            checker.fault("the return", f'"{key}" must be words, in quotation marks.')
    if words := fault_with(Round._meta.get_field("as_at"), document["as_at"]):
        checker.fault("the return", f'"as_at" {words}')
    for entry in checker.objects(document, "entries", "the return"):
        if not checker.item(_ENTRY, entry):
            continue
        label = checker.label(_ENTRY, entry)
        for section in SECTIONS:
            if not isinstance(entry[section], list) or not all(isinstance(line, str) for line in entry[section]):
                checker.fault(label, f'"{section}" must be a list of lines, in [ ].')
        for step in checker.objects(entry, "planned", label):
            checker.item(_STEP, step, within=label)
    if not checker.faults:
        checker.unique(_ENTRY, document["entries"])
    return not checker.faults


def _check_plan(checker: Checker, document: Item, plan: Mapping[str, Collection[str]]) -> None:
    for entry in document["entries"]:
        label = checker.label(_ENTRY, entry)
        if entry["priority"] not in plan:
            checker.fault(label, "its priority is not in the strategy.")
        for step in entry["planned"]:
            if step["activity"] is not None and step["activity"] not in plan.get(entry["priority"], ()):
                checker.fault(label, f'"activity" names {step["activity"]!r}, which is not in that priority.')


@transaction.atomic
def load_return(document: Item) -> LoadReport:
    """Load one checked return as approved, since it was published; one that is here is never written over."""
    report = LoadReport(f"Return of {document['organisation']} to {document['partnership']}, {document['term']}")
    partnership = Partnership.objects.filter(slug=document["partnership"]).first()
    organisation = Organisation.objects.filter(slug=document["organisation"]).first()
    term = Term.objects.filter(calendar__partnerships=partnership, code=document["term"]).first()
    priorities = {
        priority.ref: priority
        for priority in Priority.objects.filter(strategy__slug=document["strategy"], strategy__partnership=partnership)
    }
    entries = [entry for entry in document["entries"] if entry["priority"] in priorities]
    if not (partnership and organisation and term and entries):
        report.left_alone.append("the return, as what it is about was deleted or renamed here")
        return report
    kept = Return.objects.filter(round__partnership=partnership, round__term=term, organisation=organisation).first()
    if kept:
        if _words_of(kept) != {entry["priority"]: _words_in(entry) for entry in entries}:
            report.left_alone.append("the return, edited here")
        return report
    if _was_deleted(partnership, term, organisation):
        report.left_alone.append("the return, deleted here")
        return report
    _make_return(document, entries, priorities, (partnership, term, organisation))
    report.added["return", "returns"] += 1
    report.added["return entry", "return entries"] += len(entries)
    report.added["planned step", "planned steps"] += sum(len(entry["planned"]) for entry in entries)
    loaded = ReturnEntry.objects.filter(return_of__round__partnership=partnership, return_of__round__term=term)
    index_of(ReturnEntry, loaded.values_list("pk", flat=True))
    touch(partnership_ids=[partnership.pk])
    return report


def _was_deleted(partnership: Partnership, term: Term, organisation: Organisation) -> bool:
    rounds: Any = Round.history
    returns: Any = Return.history
    ids = set(rounds.filter(partnership_id=partnership.pk, term_id=term.pk).values_list("id", flat=True))
    return bool(returns.filter(round_id__in=ids, organisation_id=organisation.pk).exists())


def _make_return(
    document: Item,
    entries: list[Item],
    priorities: dict[str, Priority],
    about: tuple[Partnership, Term, Organisation],
) -> None:
    partnership, term, organisation = about
    as_at = date.fromisoformat(document["as_at"])
    opened = Round.objects.filter(partnership=partnership, term=term).first()
    if not opened:
        # The source gives no dates of its own: written by the last working day of what it reports on.
        due_on = working_day(as_at, step=-1)
        opened = Round(partnership=partnership, term=term, opens_on=term.starts_on, due_on=due_on, as_at=as_at)
        _create(Round, [opened])
    made = Return(
        round=opened,
        organisation=organisation,
        author_role=document["author_role"],
        status=Return.Status.APPROVED,
    )
    _create(Return, [made])
    rows = [
        ReturnEntry(
            return_of=made,
            priority=priorities[entry["priority"]],
            position=position,
            exit_strategy=entry["exit_strategy"],
            **{section: "\n".join(entry[section]) for section in SECTIONS},
        )
        for position, entry in enumerate(entries, 1)
    ]
    _create(ReturnEntry, rows)
    activities = {
        (activity.priority_id, activity.ref): activity
        for activity in Activity.objects.filter(priority__in=priorities.values())
    }
    _create(
        PlannedStep,
        [
            PlannedStep(
                entry=row,
                position=position,
                title=step["title"],
                activity=activities.get((row.priority_id, step["activity"])),
            )
            for row, entry in zip(rows, entries, strict=True)
            for position, step in enumerate(entry["planned"], 1)
        ],
    )


def _create(model: Any, rows: list[Any]) -> None:
    bulk_create_with_history(rows, model, default_change_reason=_REASON)


def _words_of(kept: Return) -> dict[str, list[Any]]:
    """What a return says, by priority."""
    entries = kept.entries.select_related("priority").prefetch_related("planned_steps")
    return {
        entry.priority.ref: [
            *(getattr(entry, section) for section in SECTIONS),
            entry.exit_strategy,
            [step.title for step in entry.planned_steps.all()],
        ]
        for entry in entries
    }


def _words_in(entry: Item) -> list[Any]:
    lines = ["\n".join(entry[section]) for section in SECTIONS]
    return [*lines, entry["exit_strategy"], [step["title"] for step in entry["planned"]]]

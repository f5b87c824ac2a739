"""The strategy file, described in `docs/strategy-file.md`: the kinds of item it holds, and how one is checked."""

from collections.abc import Collection, Mapping, Set
from decimal import Decimal
from pathlib import Path

from django.db import models

from partnerships.models import Area, Calendar, Organisation, Partnership
from partnerships.services import AREA
from priorities.models import (
    Achievement,
    Activity,
    Alignment,
    GroupReading,
    LinkedStrategy,
    MeasureUse,
    Metric,
    MetricGroup,
    News,
    Objective,
    Outcome,
    PartnershipObjective,
    Principle,
    Priority,
    Reading,
    Strategy,
    Target,
    Theme,
)
from wesp_portal.common.documents import Checker, Item, Kind, Rule, Value, fault_with, read_document

FORMAT = "wesp-strategy/1"
PARTS = {"theme": Theme, "priority": Priority, "objective": Objective}
"""The parts of a strategy that an alignment may lead from and to."""


def fault_of_value(unit: str, value: Decimal | int | float | None) -> str | None:
    """What is wrong with a figure in its metric's unit, in words; a share may be below zero, as of a change."""
    unit_ = Metric.Unit
    if value is None:
        return None
    if unit == unit_.YES_OR_NO and value not in (0, 1):
        return "must be 1 for yes or 0 for no."
    if unit == unit_.STAGE and value not in (0, 1, 2, 3):
        return "must be a stage: 0 not started, 1 in place, 2 launched, 3 embedded."
    if unit in (unit_.COUNT, unit_.DAYS, unit_.WEEKS) and value < 0:
        return "must not be below zero."
    return None


def _value_or_symbol(item: Item) -> str | None:
    if item["value"] is None and not item["symbol"]:
        return 'has neither a "value" nor the "symbol" that says why there is none.'
    return 'has both a "value" and a "symbol".' if item["value"] is not None and item["symbol"] else None


def _comparator_named(item: Item) -> str | None:
    if item["basis"] in (Target.Basis.COMPARATOR, Target.Basis.GAP) and not item["comparator"]:
        return f'has the basis "{item["basis"]}" and no "comparator".'
    if item["basis"] == Target.Basis.BASELINE and not item["baseline_period"]:
        return 'has the basis "baseline" and no "baseline_period".'
    return None


def _in_order(first: str, last: str, *, may_be_equal: bool) -> Rule:
    def rule(item: Item) -> str | None:
        start, end = item[first], item[last]
        if start and end and (end < start or (end == start and not may_be_equal)):
            return f'"{last}" is not after "{first}".'
        return None

    return rule


def _handed_over_to_whom(item: Item) -> str | None:
    if item["status"] == Priority.Status.HANDED_OVER and not item["handed_over_to"]:
        return 'is handed over, and "handed_over_to" does not say to whom.'
    return None


def _said_when(item: Item) -> str | None:
    is_draft = item["status"] == Achievement.Status.DRAFT
    return None if is_draft or item["happened_on"] or item["period"] else 'needs "happened_on" or "period".'


def _quantity_has_unit(item: Item) -> str | None:
    if item["quantity"] is not None and not item["quantity_unit"]:
        return 'has a "quantity" and no "quantity_unit".'
    return None


def _has_ref(item: Item) -> str | None:
    return None if item["ref"] else 'needs a "ref".'


_STATED = ("title", "official_wording", "source")

STRATEGY = Kind(
    Strategy,
    (
        "slug",
        "title",
        "summary",
        "vision",
        "official_wording",
        "source",
        "url",
        "starts_on",
        "ends_on",
        "theme_word",
        "priority_word",
        "partnership",
    ),
    rules=(_in_order("starts_on", "ends_on", may_be_equal=False),),
)
PARTNERSHIP = Kind(
    Partnership,
    ("slug", "name", "short_name", "summary", "purpose", "area", "url"),
    lists=("calendar",),
)
ORGANISATION = Kind(Organisation, ("slug", "name", "short_name", "kind", "url"))
CALENDAR = Kind(Calendar, ("slug", "name"))
PARTNERSHIP_OBJECTIVE = Kind(PartnershipObjective, ("ref", "kind", *_STATED))
PRINCIPLE = Kind(Principle, ("ref", "group", *_STATED))
LINKED_STRATEGY = Kind(
    LinkedStrategy,
    ("ref", "title", "relation", "period", "note", "themes", "official_wording", "source"),
)
THEME = Kind(Theme, ("ref", "title", "vision", "official_wording", "source"))
PRIORITY = Kind(
    Priority,
    (
        "ref",
        "title",
        "summary",
        "official_wording",
        "source",
        "theme",
        "status",
        "handed_over_to",
        "linked_strategy",
        "exit_strategy",
    ),
    lists=("outcomes", "activities", "objectives"),
    rules=(_handed_over_to_whom,),
)
OBJECTIVE = Kind(Objective, ("ref", *_STATED), lists=("activities", "outcomes", "measures"))
ACTIVITY = Kind(
    Activity,
    ("ref", *_STATED, "lead", "starts_on", "due_on"),
    rules=(_in_order("starts_on", "due_on", may_be_equal=True),),
)
OUTCOME = Kind(Outcome, ("ref", "title", "voice", "official_wording", "source"))
GROUP = Kind(MetricGroup, ("slug", "title", "whole"))
MEASURE = Kind(MeasureUse, ("ref", "metric", *_STATED, "note"))
METRIC = Kind(
    Metric,
    (
        "slug",
        "title",
        "definition",
        "kind",
        "direction",
        "unit",
        "decimals",
        "frequency",
        "source_owner",
        "source_publication",
        "source_indicator",
        "source_url",
        "note",
        "is_about_children",
        "disclosure_threshold",
        "parts",
        "groups",
    ),
    lists=("is_context", "readings", "group_readings", "targets"),
)
READING = Kind(
    Reading,
    ("area", "period", "value", "symbol", "qualifier", "status", "as_at", "source", "note", "break_note"),
    identity=("metric", "area", "period"),
    rules=(_value_or_symbol,),
)
GROUP_READING = Kind(
    GroupReading,
    ("group", "area", "period", "value", "symbol"),
    identity=("metric", "group", "area", "period"),
    rules=(_value_or_symbol,),
)
TARGET = Kind(
    Target,
    (
        "area",
        "basis",
        "value",
        "comparator",
        "baseline_period",
        "due_period",
        "tolerance",
        "wording",
        "source",
        "set_on",
    ),
    identity=("metric", "area", "due_period"),
    rules=(_comparator_named,),
)
ACHIEVEMENT = Kind(
    Achievement,
    (
        "ref",
        "title",
        "detail",
        "happened_on",
        "period",
        "quantity",
        "quantity_qualifier",
        "quantity_unit",
        "organisations",
        "priorities",
        "status",
        "is_public",
        "source",
    ),
    rules=(_has_ref, _said_when, _quantity_has_unit),
)
NEWS = Kind(News, ("ref", "title", "summary", "happened_on", "period", "official_wording", "source"))


def _between(values: Mapping[str, Value]) -> str:
    """An alignment in words: `priority B1 → progress-with-unity priority ES`."""
    ends = []
    for side in ("from", "to"):
        named = [f"{part} {values[f'{side}_{part}']}" for part in PARTS if values[f"{side}_{part}"]]
        ends.append(" ".join([*([values["to_strategy"]] if side == "to" else []), *named]))
    return f"{ends[0] or 'whole strategy'} → {ends[1]}"


ALIGNMENT = Kind(
    Alignment,
    ("note", "source"),
    lists=("from", "to"),
    identity=(*(f"from_{part}" for part in PARTS), "to_strategy", *(f"to_{part}" for part in PARTS)),
    naming=_between,
)

LISTS = {
    "partnership_objectives": PARTNERSHIP_OBJECTIVE,
    "principles": PRINCIPLE,
    "linked_strategies": LINKED_STRATEGY,
    "themes": THEME,
    "priorities": PRIORITY,
    "groups": GROUP,
    "metrics": METRIC,
    "achievements": ACHIEVEMENT,
    "news": NEWS,
}
KEYS = ("format", "strategy", "partnership", "areas", "organisations", *LISTS, "context_metrics", "alignments")
HELD = {
    PRIORITY: {"outcomes": OUTCOME, "activities": ACTIVITY, "objectives": OBJECTIVE},
    OBJECTIVE: {"activities": ACTIVITY, "outcomes": OUTCOME, "measures": MEASURE},
    METRIC: {"readings": READING, "group_readings": GROUP_READING, "targets": TARGET},
}
Refs = Mapping[type[models.Model], Set[str]]
"""The references of a strategy's parts, by model."""


def read_strategy(path: Path, name: str) -> Item:
    """The strategy in a file, checked as far as the file alone can tell; raises DocumentError with every fault."""
    document = read_document(path, name)
    check_strategy(document, name)
    return document


def check_strategy(document: Item, name: str) -> None:
    """Raise DocumentError with every fault: first those of form, then those of references."""
    checker = Checker(name)
    if checker.has_keys(document, KEYS, "the document"):
        if document["format"] != FORMAT:
            checker.fault("the document", f'"format" must be "{FORMAT}".')
        _check_form(checker, document)
    checker.stop_if_faulty()
    _check_references(checker, document)
    checker.stop_if_faulty()


def _check_form(checker: Checker, document: Item) -> None:
    checker.item(STRATEGY, document["strategy"])
    if checker.item(PARTNERSHIP, document["partnership"]):
        calendar = document["partnership"]["calendar"]
        label = checker.label(PARTNERSHIP, document["partnership"])
        if checker.has_keys(calendar, CALENDAR.keys, f"{label}, calendar"):
            checker.item(CALENDAR, calendar)
    _check_items(checker, document, {"areas": AREA, "organisations": ORGANISATION, **LISTS}, "the document")
    if words := fault_with(Strategy._meta.get_field("context_metrics"), document["context_metrics"]):
        checker.fault("the document", f'"context_metrics" {words}')
    for position, item in enumerate(checker.objects(document, "alignments", "the document"), 1):
        _check_alignment(checker, item, f"alignment {position}")


def _check_items(checker: Checker, owner: Item, kinds: Mapping[str, Kind], label: str, *, within: str = "") -> None:
    for key, kind in kinds.items():
        for item in checker.objects(owner, key, label):
            checker.item(kind, item, within=within)
            own = checker.label(kind, item)
            if kind is METRIC and not isinstance(item.get("is_context", True), bool):
                checker.fault(own, '"is_context" must be true or false.')
            held = {key: part for key, part in HELD.get(kind, {}).items() if key in item}
            _check_items(checker, item, held, own, within=own if kind is METRIC else "")


def _check_alignment(checker: Checker, item: Item, label: str) -> None:
    if not checker.has_keys(item, ALIGNMENT.keys, label):
        return
    for name in ALIGNMENT.fields:
        if words := fault_with(Alignment._meta.get_field(name), item[name]):
            checker.fault(label, f'"{name}" {words}')
    for side, needed in (("from", set()), ("to", {"strategy"})):
        end = item[side]
        parts = set(end) - {"strategy"} if isinstance(end, dict) else {""}
        if not isinstance(end, dict) or set(end) - parts != needed or len(parts) > 1 or not parts <= PARTS.keys():
            also = " and a strategy" if needed else ""
            checker.fault(label, f'"{side}" must name at most one of: {", ".join(PARTS)}{also}.')
        elif not all(isinstance(ref, str) and ref for ref in end.values()):
            checker.fault(label, f'"{side}" must give references in quotation marks.')


def _check_references(checker: Checker, document: Item) -> None:
    if document["strategy"]["partnership"] != document["partnership"]["slug"]:
        checker.fault(
            f"strategy {document['strategy']['slug']}", '"partnership" is not the slug of the partnership below it.'
        )
    refs = refs_of(document)
    known: dict[type[models.Model], Collection[str]] = {
        **refs,
        Partnership: [document["partnership"]["slug"]],
        Area: checker.unique(AREA, document["areas"]),
        Organisation: checker.unique(ORGANISATION, document["organisations"]),
    }
    checker.no_loop(AREA, {area["code"]: [area["parent"]] if area["parent"] else [] for area in document["areas"]})
    checker.no_loop(METRIC, {metric["slug"]: metric["parts"] for metric in document["metrics"]})
    checker.references(PARTNERSHIP, document["partnership"], known)
    items: dict[Kind, list[Item]] = {AREA: document["areas"]}
    for kind, item in every_item(document):
        items.setdefault(kind, []).append(item)
    for kind, found in items.items():
        if kind not in (AREA, READING, GROUP_READING, TARGET):
            checker.unique(kind, found)
        for item in found:
            checker.references(kind, item, known)
    for metric in document["metrics"]:
        within = f"metric {metric['slug']}"
        for key, kind in HELD[METRIC].items():
            checker.unique(kind, ({**item, "metric": metric["slug"]} for item in metric[key]))
            for item in metric[key]:
                if words := fault_of_value(metric["unit"], item["value"]):
                    checker.fault(checker.label(kind, item, within=within), f'"value" {words}')
        for item in metric["group_readings"]:
            if item["group"] not in metric["groups"]:
                label = checker.label(GROUP_READING, item, within=within)
                checker.fault(label, f'"group" is {item["group"]!r}, which is not among the metric\'s "groups".')
    for slug in sorted(refs[Metric] & set(document["context_metrics"])):
        checker.fault(f"metric {slug}", 'is in this file: mark it with "is_context", not in "context_metrics".')
    for position, item in enumerate(document["alignments"], 1):
        for part, ref in item["from"].items():
            if ref not in refs[PARTS[part]]:
                checker.fault(f"alignment {position}", f'"from" names the {part} {ref!r}, which is not in this file.')
        if item["to"]["strategy"] == document["strategy"]["slug"]:
            checker.fault(f"alignment {position}", "is between two strategies, not within one.")
    checker.unique(ALIGNMENT, [alignment_ends(item) for item in document["alignments"]])


def every_item(document: Item) -> list[tuple[Kind, Item]]:
    """The items of a checked document's lists, and those that hang on them, in order."""

    def held_by(owner: Item, kinds: Mapping[str, Kind]) -> list[tuple[Kind, Item]]:
        found = []
        for key, kind in kinds.items():
            for item in owner[key]:
                found += [(kind, item), *held_by(item, HELD.get(kind, {}))]
        return found

    return held_by(document, LISTS)


def refs_of(document: Item) -> Refs:
    """The references of a checked document's items."""
    refs: dict[type[models.Model], set[str]] = {
        kind.model: set() for kind in (THEME, LINKED_STRATEGY, PRIORITY, OBJECTIVE, GROUP, METRIC)
    }
    for kind, item in every_item(document):
        if kind.model in refs:
            refs[kind.model].add(kind.ref_of(item))
    return refs


def alignment_ends(item: Item) -> Item:
    """An alignment's two ends under the names of its model's fields."""
    sides = {f"{side}_{part}": item[side].get(part) for side in ("from", "to") for part in PARTS}
    return {**sides, "to_strategy": item["to"]["strategy"]}


def activity_refs(document: Item) -> dict[str, list[str]]:
    """The references of a checked document's activities, by that of their priority."""
    return {
        priority["ref"]: [
            activity["ref"] for owner in (priority, *priority["objectives"]) for activity in owner["activities"]
        ]
        for priority in document["priorities"]
    }

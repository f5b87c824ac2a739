"""One checked strategy document on its way into the database, kind by kind, what is referred to first."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import models

from partnerships.models import Area, Calendar, Organisation, Partnership, Term
from partnerships.services import index_of, merge_areas, touch
from priorities.models import (
    Activity,
    Alignment,
    GroupReading,
    MeasureUse,
    Metric,
    MetricGroup,
    Objective,
    Outcome,
    Priority,
    Reading,
    Strategy,
    Target,
    Theme,
)
from priorities.services import strategy_document as form
from priorities.services.series import partnerships_showing, rebuild_series
from wesp_portal.common.documents import Item, Kind
from wesp_portal.common.loading import ITEMS, Loading, Wanted, once_here, want, want_all
from wesp_portal.common.periods import parse_period

AREAS = "area"
CONTEXT = "context metric"
WAITING_CONTEXT = "waiting context metric"
WAITING = "waiting alignment"
Parts = dict[tuple[str, str, str], models.Model]
"""Parts of strategies by strategy, sort of part and reference."""


def parts_of(slugs: Iterable[str]) -> Parts:
    """The parts of some strategies that alignments may lead to."""
    slugs = set(slugs)
    if not slugs:
        return {}
    found: Parts = {}
    for theme in Theme.objects.filter(strategy__slug__in=slugs).select_related("strategy"):
        found[theme.strategy.slug, "theme", theme.ref] = theme
    for priority in Priority.objects.filter(strategy__slug__in=slugs).select_related("strategy"):
        found[priority.strategy.slug, "priority", priority.ref] = priority
    for objective in Objective.objects.filter(priority__strategy__slug__in=slugs).select_related("priority__strategy"):
        found[objective.priority.strategy.slug, "objective", objective.ref] = objective
    return found


def items_of(strategy: Strategy, name: str) -> list[Any]:
    """What of one kind was ever loaded into a strategy."""
    items: list[Any] = strategy.loaded.get(ITEMS, {}).get(name, [])
    return items


class StrategyLoading:
    """The loading of one document, inside its caller's transaction: `run`, then `link_context`."""

    def __init__(self, document: Item, loading: Loading) -> None:
        self.document = document
        self.loading = loading
        self.items: dict[str, list[Any]] = {}

    def run(self) -> None:
        slug = self.document["strategy"]["slug"]
        held = Strategy.objects.select_for_update(of=("self",)).select_related("partnership")
        existing = list(held.filter(slug=slug))
        self._places_and_bodies(is_new=not existing)
        self.loading.merge(form.STRATEGY, [want(form.STRATEGY, self.document["strategy"])], existing)
        self.strategy: Strategy = self.loading.rows[Strategy][slug]
        self.loading.rows[Partnership][self.strategy.partnership.slug] = self.strategy.partnership
        self._statements()
        self._plan()
        self._metrics()
        self._achievements()
        self._alignments()
        self.items[AREAS] = _joined(items_of(self.strategy, AREAS), (area["code"] for area in self.document["areas"]))
        self.loading.remember_items(self.strategy, self.items)
        _settle_waiting(self.loading, self.strategy)
        if self.loading.has_written(Metric):
            _settle_context(self.loading, self.loading.rows[Metric])
        self._tell_dashboards()

    def link_context(self) -> None:
        """Link the metrics that the strategy states as context; one that another strategy holds may have to wait."""
        remembered, borrowed = items_of(self.strategy, CONTEXT), self.document["context_metrics"]
        slugs = [*borrowed, *(metric["slug"] for metric in self.document["metrics"] if metric["is_context"])]
        if not slugs and not remembered:
            return
        here = set(self.strategy.context_metrics.values_list("slug", flat=True))
        for slug in sorted(here.intersection(remembered).difference(slugs)):
            self.loading.leave(f"{CONTEXT} {slug}, no longer in the file")
        for slug in sorted(set(slugs).intersection(remembered).difference(here)):
            self.loading.leave(f"{CONTEXT} {slug}, no longer context here")
        found = Metric.objects.in_bulk([slug for slug in slugs if slug not in {*here, *remembered}], field_name="slug")
        waiting = [slug for slug in borrowed if slug not in {*here, *remembered, *found}]
        for slug in waiting:
            self.loading.leave(f"{CONTEXT} {slug}, until the strategy that holds it is here")
        _add_context(self.loading, self.strategy, list(found.values()), waiting)

    def _merge(self, kind: Kind, wanted: Sequence[Wanted], existing: Iterable[models.Model], *parents: str) -> None:
        remembered = items_of(self.strategy, kind.name)
        self.items[kind.name] = self.loading.merge(kind, wanted, existing, remembered=remembered, parents=parents)

    def _places_and_bodies(self, *, is_new: bool) -> None:
        """The areas and organisations that the document names, and its partnership: made where they are missing."""
        rows, items = self.loading.rows, self.document
        codes = [area["code"] for area in items["areas"]]
        rows[Area] = {area.code: area for area in Area.objects.filter(code__in=codes)}
        merge_areas(self.loading, [area for area in items["areas"] if area["code"] not in rows[Area]])
        slugs = [organisation["slug"] for organisation in items["organisations"]]
        rows[Organisation] = {body.slug: body for body in Organisation.objects.filter(slug__in=slugs)}
        missing = [body for body in items["organisations"] if body["slug"] not in rows[Organisation]]
        self.loading.merge(
            form.ORGANISATION, want_all(form.ORGANISATION, missing), [], remembered=once_here(form.ORGANISATION)
        )
        partnership = items["partnership"]
        rows[Partnership] = {body.slug: body for body in Partnership.objects.filter(slug=partnership["slug"])}
        was_renamed = not is_new and partnership["slug"] in once_here(form.PARTNERSHIP)
        if not rows[Partnership] and not was_renamed:
            calendar = partnership["calendar"]
            rows[Calendar] = {row.slug: row for row in Calendar.objects.filter(slug=calendar["slug"])}
            if not rows[Calendar]:
                self.loading.merge(form.CALENDAR, [want(form.CALENDAR, calendar)], [])
            wanted = want(form.PARTNERSHIP, partnership, calendar=calendar["slug"])
            self.loading.merge(form.PARTNERSHIP, [wanted], [])

    def _statements(self) -> None:
        """What the strategy states beside its plan."""
        strategy, slug, lists = self.strategy, self.strategy.slug, self.document
        self._merge(form.THEME, want_all(form.THEME, lists["themes"], strategy=slug), strategy.themes.all())
        for key, kind, existing in (
            ("partnership_objectives", form.PARTNERSHIP_OBJECTIVE, strategy.partnership_objectives.all()),
            ("principles", form.PRINCIPLE, strategy.principles.all()),
            ("linked_strategies", form.LINKED_STRATEGY, strategy.linked_strategies.prefetch_related("themes")),
            ("news", form.NEWS, strategy.news.all()),
        ):
            self._merge(kind, want_all(kind, lists[key], strategy=slug), existing)

    def _plan(self) -> None:
        """Priorities and objectives, then what hangs on them."""
        slug, priorities = self.strategy.slug, self.document["priorities"]
        self._merge(
            form.PRIORITY,
            want_all(form.PRIORITY, priorities, strategy=slug),
            self.strategy.priorities.select_related("theme", "linked_strategy"),
        )
        self._merge(
            form.OBJECTIVE,
            [
                wanted
                for priority in priorities
                for wanted in want_all(form.OBJECTIVE, priority["objectives"], priority=priority["ref"])
            ],
            Objective.objects.filter(priority__strategy=self.strategy).select_related("priority"),
            "priority",
        )
        activities = Activity.objects.select_related("priority", "objective", "lead")
        outcomes = Outcome.objects.select_related("priority", "objective")
        for key, kind, existing in (
            ("activities", form.ACTIVITY, activities.filter(priority__strategy=self.strategy)),
            ("outcomes", form.OUTCOME, outcomes.filter(priority__strategy=self.strategy)),
        ):
            wanted = []
            for priority in priorities:
                wanted += want_all(kind, priority[key], priority=priority["ref"], objective=None)
                for objective in priority["objectives"]:
                    wanted += want_all(kind, objective[key], priority=priority["ref"], objective=objective["ref"])
            self._merge(kind, wanted, existing, "priority", "objective")

    def _metrics(self) -> None:
        """Shared groups and metrics, then their uses, readings and targets."""
        metrics = self.document["metrics"]
        slugs = [metric["slug"] for metric in metrics]
        groups = [group["slug"] for group in self.document["groups"]]
        self._merge(
            form.GROUP,
            want_all(form.GROUP, self.document["groups"]),
            MetricGroup.objects.filter(slug__in=groups),
        )
        self._merge(
            form.METRIC,
            want_all(form.METRIC, metrics),
            Metric.objects.filter(slug__in=slugs).prefetch_related("parts", "groups"),
        )
        objectives = [objective for priority in self.document["priorities"] for objective in priority["objectives"]]
        self._merge(
            form.MEASURE,
            [
                wanted
                for objective in objectives
                for wanted in want_all(form.MEASURE, objective["measures"], objective=objective["ref"])
            ],
            MeasureUse.objects.filter(objective__priority__strategy=self.strategy).select_related(
                "objective", "metric"
            ),
            "objective",
            "metric",
        )
        codes = [area["code"] for area in self.document["areas"]]
        readings = Reading.objects.filter(metric__slug__in=slugs, area__code__in=codes)
        self._merge(
            form.READING,
            [
                Wanted(wanted.ref, wanted.values, {"period_ends_on": parse_period(wanted.values["period"]).ends_on})
                for metric in metrics
                for wanted in want_all(form.READING, metric["readings"], metric=metric["slug"])
            ],
            readings.select_related("metric", "area"),
            "metric",
            "area",
        )
        of_groups = GroupReading.objects.filter(metric__slug__in=slugs, area__code__in=codes)
        self._merge(
            form.GROUP_READING,
            [
                wanted
                for metric in metrics
                for wanted in want_all(form.GROUP_READING, metric["group_readings"], metric=metric["slug"])
            ],
            of_groups.select_related("metric", "group", "area"),
            "metric",
            "group",
            "area",
        )
        targets = Target.objects.filter(metric__slug__in=slugs, area__code__in=codes)
        self._merge(
            form.TARGET,
            [
                wanted
                for metric in metrics
                for wanted in want_all(form.TARGET, metric["targets"], metric=metric["slug"])
            ],
            targets.select_related("metric", "area", "comparator"),
            "metric",
            "area",
        )

    def _achievements(self) -> None:
        terms = list(Term.objects.filter(calendar__partnerships=self.strategy.partnership_id).order_by("starts_on"))
        self.loading.rows[Term] = {term.code: term for term in terms}
        around = {"strategy": self.strategy.slug, "partnership": self.strategy.partnership.slug}
        existing = self.strategy.achievements.exclude(ref="").select_related("partnership", "term")
        self._merge(
            form.ACHIEVEMENT,
            [
                want(form.ACHIEVEMENT, item, position=position, term=_term_of(item, terms), **around)
                for position, item in enumerate(self.document["achievements"], 1)
            ],
            existing.prefetch_related("organisations", "priorities"),
        )

    def _alignments(self) -> None:
        entries = [
            {"origin": self.loading.origin, "position": position, "item": item}
            for position, item in enumerate(self.document["alignments"], 1)
        ]
        remembered = items_of(self.strategy, form.ALIGNMENT.name)
        refs, waiting = _merge_alignments(self.loading, self.strategy, entries, remembered)
        self.items |= {form.ALIGNMENT.name: refs, WAITING: waiting}

    def _tell_dashboards(self) -> None:
        """Bring the series up to date, and bump every partnership whose dashboard shows what was written."""
        if not self.loading.report.has_changed:
            return
        concerned = {self.strategy.partnership_id}
        if self.loading.has_written(MetricGroup, Metric, Reading, GroupReading, Target):
            metrics = [metric.pk for metric in self.loading.rows[Metric].values()]
            if self.loading.has_written(Reading):
                rebuild_series(metrics)
            concerned |= partnerships_showing(metrics)
        if self.loading.has_written(Alignment):
            concerned.update(self.strategy.alignments_from.values_list("to_strategy__partnership", flat=True))
            concerned.update(self.strategy.alignments_to.values_list("from_strategy__partnership", flat=True))
        for model, ids in self.loading.written.items():
            index_of(model, ids)
        touch(partnership_ids=concerned)


def _merge_alignments(
    loading: Loading, strategy: Strategy, entries: Sequence[Mapping[str, Any]], remembered: Sequence[str]
) -> tuple[list[str], list[Any]]:
    """Bring alignments in line; gives those ever loaded, and those that wait for the strategy they lead to."""
    slugs = {entry["item"]["to"]["strategy"] for entry in entries}
    here = {row.slug: row for row in Strategy.objects.filter(slug__in=slugs)} if slugs else {}
    parts = parts_of({*slugs, strategy.slug}) if slugs else {}
    wanted, waiting = [], []
    for entry in entries:
        item = entry["item"]
        ref = form.ALIGNMENT.ref_of(form.alignment_ends(item))
        target = here.get(item["to"]["strategy"])
        if target is None:
            waiting.append(dict(entry))
            loading.leave(f"{form.ALIGNMENT.name} {ref}, until {item['to']['strategy']} is here")
            continue
        given: dict[str, Any] = {"from_strategy": strategy, "to_strategy": target}
        for side, end in (("from", strategy), ("to", target)):
            named = item[side].items() - {("strategy", target.slug)}
            given |= {f"{side}_{part}": parts.get((end.slug, part, part_ref)) for part, part_ref in named}
        if None in given.values() and ref not in remembered:
            loading.leave(f"{form.ALIGNMENT.name} {ref}, as one of its ends was deleted or renamed here")
        else:
            wanted.append(Wanted(ref, {**form.ALIGNMENT.canonical(item), "position": entry["position"]}, given))
    existing = strategy.alignments_from.select_related(
        "to_strategy", *(f"{side}_{part}" for side in ("from", "to") for part in form.PARTS)
    )
    return loading.merge(form.ALIGNMENT, wanted, existing, remembered=remembered), waiting


def _settle_waiting(loading: Loading, arrived: Strategy) -> None:
    """Make the alignments of other strategies that waited for this one."""
    others = Strategy.objects.filter(**{f"loaded__{ITEMS}__has_key": WAITING}).exclude(pk=arrived.pk)
    for other in others:
        entries = items_of(other, WAITING)
        ready = [entry for entry in entries if entry["item"]["to"]["strategy"] == arrived.slug]
        for entry in ready:
            own = Loading(title=other.title, origin=entry["origin"], reason=loading.reason)
            refs, _ = _merge_alignments(own, other, [entry], [])
            remembered = _joined(items_of(other, form.ALIGNMENT.name), refs)
            left = [kept for kept in items_of(other, WAITING) if kept != entry]
            own.remember_items(other, {form.ALIGNMENT.name: remembered, WAITING: left})
            loading.take_over(own)


def _add_context(loading: Loading, strategy: Strategy, metrics: Sequence[Metric], waiting: Sequence[str]) -> None:
    """Link metrics as a strategy's context, and remember which were ever linked and which it still waits for."""
    remembered = items_of(strategy, CONTEXT)
    if metrics:
        strategy.context_metrics.add(*metrics)
        loading.report.added[CONTEXT, f"{CONTEXT}s"] += len(metrics)
        index_of(Metric, [metric.pk for metric in metrics])
        touch(partnership_ids=[strategy.partnership_id])
    linked = _joined(remembered, (metric.slug for metric in metrics))
    loading.remember_items(strategy, {CONTEXT: linked, WAITING_CONTEXT: list(waiting)})


def _settle_context(loading: Loading, metrics: Mapping[str, Metric]) -> None:
    """Link new metrics with the strategies that waited for them."""
    for strategy in Strategy.objects.filter(**{f"loaded__{ITEMS}__has_key": WAITING_CONTEXT}):
        waiting = items_of(strategy, WAITING_CONTEXT)
        if ready := [metrics[slug] for slug in waiting if slug in metrics]:
            _add_context(loading, strategy, ready, [slug for slug in waiting if slug not in metrics])


def _term_of(item: Item, terms: Sequence[Term]) -> str | None:
    """The term an achievement counts in: where its day, or the end of its period, falls; None outside the calendar.

    A holiday belongs to the term before it. `terms` come in order.
    """
    if item["happened_on"]:
        day = date.fromisoformat(item["happened_on"])
    elif item["period"]:
        day = parse_period(item["period"]).ends_on
    else:
        return None
    begun = [term for term in terms if term.starts_on <= day]
    if not begun or (begun[-1] is terms[-1] and day > parse_period(f"{begun[-1].academic_year}").ends_on):
        return None
    return begun[-1].code


def _joined(first: Iterable[str], second: Iterable[str]) -> list[str]:
    return list(dict.fromkeys([*first, *second]))

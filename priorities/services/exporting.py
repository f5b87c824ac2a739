"""Writing a strategy as its document: whole, in order, and the same text each time for the same content."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any

from django.db import models
from django.db.models import Q

from partnerships.models import Area, Organisation
from partnerships.services import AREA
from priorities.models import (
    Activity,
    GroupReading,
    MeasureUse,
    Metric,
    MetricGroup,
    Objective,
    Outcome,
    Reading,
    Strategy,
    Target,
)
from priorities.services import strategy_document as form
from priorities.services.strategy_loading import AREAS, WAITING, WAITING_CONTEXT, items_of
from wesp_portal.common.documents import Item, Kind, parse_document, write_document
from wesp_portal.common.periods import parse_period


def export_strategy(strategy: Strategy) -> str:
    """The text of a strategy's document.

    Raises DocumentError where it could not be loaded again, as when two objectives have the same reference.
    """
    text = write_document(_Export(strategy).document())
    name = f"strategy {strategy.slug}"
    form.check_strategy(parse_document(text, name), name)
    return text


class _Export:
    """One strategy's rows, read kind by kind."""

    def __init__(self, strategy: Strategy) -> None:
        self.strategy = strategy
        self.partnership = strategy.partnership
        self.areas: set[str] = {self.partnership.area.code}
        self.organisations: set[str] = set()
        self.groups: set[str] = set()

    def document(self) -> Item:
        metrics = self._metrics()
        lists = {
            "partnership_objectives": self._items(
                form.PARTNERSHIP_OBJECTIVE, self.strategy.partnership_objectives.all()
            ),
            "principles": self._items(form.PRINCIPLE, self.strategy.principles.all()),
            "linked_strategies": self._items(
                form.LINKED_STRATEGY, self.strategy.linked_strategies.prefetch_related("themes")
            ),
            "themes": self._items(form.THEME, self.strategy.themes.all()),
            "priorities": self._priorities(),
            "groups": self._named(form.GROUP, MetricGroup.objects.filter(slug__in=self.groups)),
            "metrics": metrics,
            "achievements": self._achievements(),
            "news": self._items(form.NEWS, self.strategy.news.all()),
            "context_metrics": self._borrowed(metric["slug"] for metric in metrics),
            "alignments": self._alignments(),
        }
        calendar = form.CALENDAR.values_of(self.partnership.calendar)
        return {
            "format": form.FORMAT,
            "strategy": form.STRATEGY.values_of(self.strategy),
            "partnership": {**form.PARTNERSHIP.values_of(self.partnership), "calendar": calendar},
            "areas": self._areas(),
            "organisations": self._named(form.ORGANISATION, Organisation.objects.filter(slug__in=self.organisations)),
            **lists,
        }

    def _items(self, kind: Kind, rows: Iterable[Any]) -> list[Item]:
        return [kind.values_of(row) for row in _in_order(rows)]

    def _named(self, kind: Kind, rows: Iterable[models.Model]) -> list[Item]:
        """Rows without a place of their own, by what names them."""
        return sorted((kind.values_of(row) for row in rows), key=kind.ref_of)

    def _priorities(self) -> list[Item]:
        within = Q(priority__strategy=self.strategy)
        # What a demonstration added is no part of the strategy.
        activities = list(Activity.objects.filter(within, is_demo=False).select_related("lead"))
        self.organisations |= {activity.lead.slug for activity in activities if activity.lead}
        held = {
            "outcomes": (form.OUTCOME, _by_owner(Outcome.objects.filter(within))),
            "activities": (form.ACTIVITY, _by_owner(activities)),
        }
        measures = _grouped(
            MeasureUse.objects.filter(objective__priority__strategy=self.strategy).select_related("metric"),
            "objective_id",
        )
        objectives = _grouped(Objective.objects.filter(within), "priority_id")

        def own(key: str, owner: tuple[int, int | None]) -> list[Item]:
            kind, rows = held[key]
            return self._items(kind, rows[owner])

        return [
            {
                **form.PRIORITY.values_of(priority),
                "outcomes": own("outcomes", (priority.pk, None)),
                "activities": own("activities", (priority.pk, None)),
                "objectives": [
                    {
                        **form.OBJECTIVE.values_of(objective),
                        "activities": own("activities", (priority.pk, objective.pk)),
                        "outcomes": own("outcomes", (priority.pk, objective.pk)),
                        "measures": self._items(form.MEASURE, measures[objective.pk]),
                    }
                    for objective in _in_order(objectives[priority.pk])
                ],
            }
            for priority in _in_order(self.strategy.priorities.select_related("theme", "linked_strategy"))
        ]

    def _metrics(self) -> list[Item]:
        """The metrics the strategy uses, or alone states as context, with all their parts."""
        elsewhere = MeasureUse.objects.exclude(objective__priority__strategy=self.strategy).values("metric")
        # A composite may be part of another; none goes deeper.
        held_elsewhere = Metric.objects.filter(
            Q(pk__in=elsewhere) | Q(part_of__in=elsewhere) | Q(part_of__part_of__in=elsewhere)
        )
        own_context = Q(context_for=self.strategy) & ~Q(pk__in=held_elsewhere.values("pk"))
        found: dict[int, Metric] = {}
        more = Metric.objects.filter(Q(uses__objective__priority__strategy=self.strategy) | own_context).distinct()
        while new := [metric for metric in more.prefetch_related("parts", "groups") if metric.pk not in found]:
            found |= {metric.pk: metric for metric in new}
            more = Metric.objects.filter(part_of__in=[metric.pk for metric in new]).distinct()
        context = set(self.strategy.context_metrics.values_list("pk", flat=True))
        scope = Q(metric__in=found, area__in=self._scope())
        readings = _grouped(Reading.objects.filter(scope).select_related("metric", "area"), "metric_id")
        of_groups = _grouped(
            GroupReading.objects.filter(scope).select_related("metric", "group", "area"),
            "metric_id",
        )
        targets = _grouped(Target.objects.filter(scope).select_related("metric", "area", "comparator"), "metric_id")
        self.groups = {group.slug for metric in found.values() for group in metric.groups.all()}
        for rows in (*readings.values(), *of_groups.values(), *targets.values()):
            self.areas |= {row.area.code for row in rows}
        self.areas |= {row.comparator.code for rows in targets.values() for row in rows if row.comparator}
        return [
            {
                **form.METRIC.values_of(metric),
                "is_context": metric.pk in context,
                "readings": [form.READING.values_of(row) for row in sorted(readings[metric.pk], key=_when_and_where)],
                "group_readings": self._of_groups(metric, of_groups[metric.pk]),
                "targets": [form.TARGET.values_of(row) for row in sorted(targets[metric.pk], key=_place_and_area)],
            }
            for metric in sorted(found.values(), key=lambda metric: metric.slug)
        ]

    def _of_groups(self, metric: Metric, rows: Iterable[GroupReading]) -> list[Item]:
        """The readings of a metric's groups; those of a group that was taken from it since stay behind."""
        groups = {group.pk for group in metric.groups.all()}
        return [
            form.GROUP_READING.values_of(row) for row in sorted(rows, key=_period_and_group) if row.group_id in groups
        ]

    def _borrowed(self, held: Iterable[str]) -> list[str]:
        """The metrics that the strategy states as context and another holds, those it waits for among them."""
        here = self.strategy.context_metrics.values_list("slug", flat=True)
        return sorted({*here, *items_of(self.strategy, WAITING_CONTEXT)}.difference(held))

    def _scope(self) -> set[int]:
        """The areas the strategy speaks of: its own, those around it, its neighbours as one, and those it came with."""
        scope = {self.partnership.area_id}
        area = self.partnership.area
        while area.parent:
            area = area.parent
            scope.add(area.pk)
        together = Q(parent=self.partnership.area, level=Area.Level.NEIGHBOURS)
        named = Q(code__in=items_of(self.strategy, AREAS))
        return scope.union(Area.objects.filter(together | named).values_list("pk", flat=True))

    def _areas(self) -> list[Item]:
        """The areas that the document names, and those they lie in."""
        found: dict[str, Item] = {}
        codes: Collection[str] = self.areas
        while codes:
            rows = Area.objects.filter(code__in=codes).select_related("parent")
            new = {row.code: AREA.values_of(row) for row in rows}
            found |= new
            codes = {item["parent"] for item in new.values() if item["parent"]} - found.keys()
        return [found[code] for code in sorted(found)]

    def _achievements(self) -> list[Item]:
        """What the strategy's own document states; what people logged since is the portal's."""
        stated = self.strategy.achievements.exclude(ref="").prefetch_related("organisations", "priorities")
        items = self._items(form.ACHIEVEMENT, stated)
        self.organisations.update(slug for item in items for slug in item["organisations"])
        return items

    def _alignments(self) -> list[Item]:
        """The alignments, those that wait for their other end among them."""
        identity = form.ALIGNMENT.identity
        rows = self.strategy.alignments_from.select_related(*identity)
        found = [(row.position, form.ALIGNMENT.values_of(row, identity), form.ALIGNMENT.values_of(row)) for row in rows]
        for entry in items_of(self.strategy, WAITING):
            item = entry["item"]
            found.append((entry["position"], form.alignment_ends(item), form.ALIGNMENT.canonical(item)))
        found.sort(key=lambda each: (each[0], form.ALIGNMENT.ref_of(each[1])))
        return [{**_ends(ends), **values} for _, ends, values in found]


def _ends(values: Item) -> Item:
    """The two ends of an alignment as a document writes them."""

    def parts(side: str) -> Item:
        return {part: values[f"{side}_{part}"] for part in form.PARTS if values[f"{side}_{part}"]}

    return {"from": parts("from"), "to": {"strategy": values["to_strategy"], **parts("to")}}


def _in_order(rows: Iterable[Any]) -> list[Any]:
    """By place, then reference: sorted here, as databases order letters each in their own way."""
    return sorted(rows, key=lambda row: (row.position, row.ref))


def _grouped(rows: Iterable[Any], name: str) -> defaultdict[int, list[Any]]:
    groups = defaultdict(list)
    for row in rows:
        groups[getattr(row, name)].append(row)
    return groups


def _by_owner(rows: Iterable[Any]) -> defaultdict[tuple[int, int | None], list[Any]]:
    groups = defaultdict(list)
    for row in rows:
        groups[row.priority_id, row.objective_id].append(row)
    return groups


def _when_and_where(row: Reading) -> tuple[Any, ...]:
    return (row.period_ends_on, row.period, row.area.code)


def _period_and_group(row: GroupReading) -> tuple[Any, ...]:
    return (parse_period(row.period).ends_on, row.period, row.area.code, row.group.slug)


def _place_and_area(row: Target) -> tuple[Any, ...]:
    return (row.position, row.area.code, row.due_period)

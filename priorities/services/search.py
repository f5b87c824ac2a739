"""What of a strategy and its progress can be found, and by whom."""

from collections.abc import Iterable
from datetime import date

from django.urls import reverse

from partnerships.queries.search import EVERYONE, leads, person, readers
from partnerships.services import Document, SearchKind
from priorities.models import (
    Achievement,
    Activity,
    ActivityUpdate,
    MeasureUse,
    Metric,
    Objective,
    Priority,
    Strategy,
    Theme,
    Voice,
)
from wesp_portal.common.formatting import uk_date
from wesp_portal.common.periods import parse_period


def _text(*parts: str) -> str:
    return "\n".join(dict.fromkeys(part for part in parts if part))


def _when(row: Achievement | Voice, day: date | None) -> str:
    return uk_date(day) if day else (parse_period(row.period).label if row.period else "")


def _strategies(rows: Iterable[Strategy]) -> Iterable[Document]:
    """What the public page shows of a strategy, and so no more."""
    for row in rows:
        yield Document(
            object_id=row.pk,
            partnership_id=row.partnership_id,
            audience=(readers(row.partnership_id), EVERYONE),
            title=row.title,
            text=_text(row.summary, row.vision),
            url=reverse("strategy", args=[row.slug]),
        )


def _priorities(rows: Iterable[Priority]) -> Iterable[Document]:
    """The public page shows those still worked on."""
    for row in rows:
        within = row.strategy.partnership_id
        is_open = row.status in (Priority.Status.ACTIVE, Priority.Status.STEPPING_DOWN)
        # The page shows everyone the wording alone: what else is said of a priority is for those who read it.
        yield Document(
            object_id=row.pk,
            partnership_id=within,
            audience=(readers(within), EVERYONE) if is_open else (readers(within),),
            ref=row.ref,
            title=row.title,
            text=row.official_wording,
            url=reverse("priority", args=[row.pk]),
        )


def _objectives(rows: Iterable[Objective]) -> Iterable[Document]:
    for row in rows:
        within = row.priority.strategy.partnership_id
        yield Document(
            object_id=row.pk,
            partnership_id=within,
            audience=(readers(within),),
            ref=row.ref,
            title=row.title,
            text=row.official_wording,
            url=reverse("objective", args=[row.pk]),
        )


def _activities(rows: Iterable[Activity]) -> Iterable[Document]:
    for row in rows:
        within = row.priority.strategy.partnership_id
        yield Document(
            object_id=row.pk,
            partnership_id=within,
            audience=(readers(within),),
            ref=row.ref,
            title=row.title,
            text=row.official_wording,
            url=reverse("activity", args=[row.pk]),
        )


_USES = "uses__objective__priority__strategy__partnership"
_USERS = (_USES, f"part_of__{_USES}", f"part_of__part_of__{_USES}", "context_for__partnership")


def _metrics(rows: Iterable[Metric]) -> Iterable[Document]:
    """A metric is found by whoever may see it: those of every partnership that uses it, itself or within a whole."""
    rows = list(rows)
    users: dict[int, set[int]] = {row.pk: set() for row in rows}
    for path in _USERS:
        pairs = Metric.objects.filter(pk__in=users, **{f"{path}__isnull": False}).order_by()
        for pk, partnership_id in pairs.values_list("pk", path):
            users[pk].add(partnership_id)
    for row in rows:
        yield Document(
            object_id=row.pk,
            partnership_id=None,
            audience=tuple(readers(pk) for pk in sorted(users[row.pk])),
            title=row.title,
            text=_text(row.definition, row.note, row.source_publication),
            url=reverse("metric", args=[row.pk]),
        )


def _achievements(rows: Iterable[Achievement]) -> Iterable[Document]:
    for row in rows:
        audience = [readers(row.partnership_id)]
        if row.status == Achievement.Status.DRAFT:
            audience = [leads(row.partnership_id), *([person(row.logged_by_id)] if row.logged_by_id else [])]
        elif row.status == Achievement.Status.PUBLISHED and row.is_public:
            audience.append(EVERYONE)
        yield Document(
            object_id=row.pk,
            partnership_id=row.partnership_id,
            audience=audience,
            ref=row.ref,
            title=row.title,
            text=row.detail,
            period=_when(row, row.happened_on),
            url=reverse("achievement", args=[row.pk]),
        )


def _updates(rows: Iterable[ActivityUpdate]) -> Iterable[Document]:
    for row in rows:
        within = row.activity.priority.strategy.partnership_id
        yield Document(
            object_id=row.pk,
            partnership_id=within,
            audience=(readers(within),),
            ref=row.activity.ref,
            title=row.activity.title,
            text=_text(row.words, row.reason),
            period=row.term.label,
            url=reverse("activity", args=[row.activity_id]),
        )


def _voices(rows: Iterable[Voice]) -> Iterable[Document]:
    """Where consent was withdrawn, nobody finds it."""
    for row in rows:
        if row.status != Voice.Status.STANDING:
            continue
        within = row.priority.strategy.partnership_id
        about = ("objective", row.objective_id) if row.objective_id else ("priority", row.priority_id)
        yield Document(
            object_id=row.pk,
            partnership_id=within,
            audience=(readers(within),),
            title=f"{row.said_by[:1].upper()}{row.said_by[1:]}",
            text=row.words,
            period=_when(row, row.said_on),
            url=reverse(about[0], args=[about[1]]),
        )


def _used(path: str) -> list[str]:
    """A lookup from a metric to what uses it, by itself or as part of a whole."""
    return [path, f"part_of__{path}", f"part_of__part_of__{path}"]


_STRATEGY, _PRIORITY = "priority__strategy", "priority"
KINDS = [
    SearchKind("strategy", "Strategy", "Strategies", Strategy, _strategies),
    SearchKind(
        "priority",
        "Priority",
        "Priorities",
        Priority,
        _priorities,
        related=["strategy"],
        around={Strategy: ["strategy"]},
        under={Theme: ["theme"]},
    ),
    SearchKind(
        "objective",
        "Objective",
        "Objectives",
        Objective,
        _objectives,
        related=[_STRATEGY],
        around={Strategy: [_STRATEGY]},
        under={Priority: [_PRIORITY]},
    ),
    SearchKind(
        "activity",
        "Activity",
        "Activities",
        Activity,
        _activities,
        related=[_STRATEGY],
        around={Strategy: [_STRATEGY]},
        under={Priority: [_PRIORITY], Objective: ["objective"]},
    ),
    SearchKind(
        "measure",
        "Measure",
        "Measures",
        Metric,
        _metrics,
        around={
            Metric: ["part_of", "part_of__part_of"],
            MeasureUse: _used("uses"),
            Strategy: [*_used(f"uses__objective__{_STRATEGY}"), "context_for"],
        },
        under={
            Priority: _used("uses__objective__priority"),
            Objective: _used("uses__objective"),
        },
    ),
    SearchKind("achievement", "Achievement", "Achievements", Achievement, _achievements),
    SearchKind(
        "update",
        "Update",
        "Updates",
        ActivityUpdate,
        _updates,
        related=[f"activity__{_STRATEGY}", "term"],
        around={Activity: ["activity"]},
        under={
            Strategy: [f"activity__{_STRATEGY}"],
            Priority: ["activity__priority"],
            Objective: ["activity__objective"],
        },
    ),
    SearchKind(
        "voice",
        "Voice",
        "Voices",
        Voice,
        _voices,
        related=[_STRATEGY],
        under={Strategy: [_STRATEGY], Priority: [_PRIORITY], Objective: ["objective"]},
    ),
]

"""What was logged in a term, as lines that a return may take into its text: each is offered once."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from partnerships.models import Role
from priorities.models import Achievement, ActivityUpdate, Reading
from priorities.queries.measures import told_words
from priorities.rules import standing_of
from reports.models import PlannedStep, Return, ReturnEntry, ReturnLine
from wesp_portal.common.formatting import quantity, term_label, uk_date
from wesp_portal.common.periods import parse_period

_SERVED: Any = Achievement.priorities.through
_INVOLVED: Any = Achievement.organisations.through


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was logged, the words it brings into the text, and whether the return holds it."""

    kind: str
    source_id: int
    title: str
    # The code of a status, for what has one.
    status: str
    detail: str
    # As taken or left out, or else as they would be taken now.
    words: str
    is_kept: bool
    # Nobody has kept it or left it out yet.
    is_new: bool
    # What was logged reads differently now from the words that were taken.
    is_changed: bool

    @property
    def key(self) -> str:
        return f"{self.kind}-{self.source_id}"

    @property
    def is_offered(self) -> bool:
        """Whether it is filled in by itself."""
        return self.is_new and self.is_kept


@dataclass(frozen=True, slots=True)
class _Source:
    """Something logged, before anybody decided on it; another organisation's own is not filled in by itself."""

    kind: str
    id: int
    title: str
    words: str
    is_own: bool
    status: str = ""
    detail: str = ""


def lines_for(
    return_of: Return, entries: Sequence[ReturnEntry], promises: Iterable[PlannedStep]
) -> dict[int, tuple[Line, ...]]:
    """The lines of each entry, by its number: four queries however many entries, beside the promises given."""
    by_priority = {entry.priority_id: entry for entry in entries}
    decided = {
        (line.entry_id, line.kind, line.source_id): line for line in ReturnLine.objects.filter(entry__in=entries)
    }
    found: dict[int, list[Line]] = {entry.pk: [] for entry in entries}
    for priority_id, source in _sources(return_of, list(by_priority), promises):
        entry = by_priority[priority_id]
        held = decided.get((entry.pk, source.kind, source.id))
        found[entry.pk].append(
            Line(
                kind=source.kind,
                source_id=source.id,
                title=source.title,
                status=source.status,
                detail=source.detail,
                words=held.words if held else source.words,
                is_kept=held.is_kept if held else source.is_own,
                is_new=held is None,
                is_changed=held is not None and held.is_kept and held.words != source.words,
            )
        )
    return {entry_id: tuple(lines) for entry_id, lines in found.items()}


def filled(text: str, lines: Iterable[Line]) -> str:
    """A text with the lines that are new to it and filled in by themselves at its end; what is there stays."""
    for line in lines:
        if line.is_offered:
            text = with_line(text, line.words)
    return text


def with_line(text: str, words: str) -> str:
    """A text with a line more at its end, unless it stands there already."""
    return text if words in _lines(text) else f"{text}\n{words}".strip()


def without_line(text: str, words: str) -> str:
    """A text without a line, where it stands as it was taken; a line that somebody rewrote stays."""
    if words not in _lines(text):
        return text
    return "\n".join(line for line in text.splitlines() if line.strip() != words).strip()


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


def _sources(
    return_of: Return, priority_ids: Sequence[int], promises: Iterable[PlannedStep]
) -> Iterator[tuple[int, _Source]]:
    yield from _achievements(return_of, priority_ids)
    yield from _updates(return_of, priority_ids)
    yield from _readings(return_of, priority_ids)
    for promise in promises:
        if promise.outcome == PlannedStep.Outcome.DONE and promise.entry.priority_id in priority_ids:
            words = _one_line(f"Done as promised: {promise.title}")
            yield (
                promise.entry.priority_id,
                _Source(ReturnLine.Kind.PROMISE, promise.pk, promise.title, words, is_own=True, detail="Promise kept"),
            )


def _achievements(return_of: Return, priority_ids: Sequence[int]) -> Iterator[tuple[int, _Source]]:
    involved = _INVOLVED.objects.filter(achievement=OuterRef("achievement"))
    rows = (
        _SERVED.objects.filter(
            priority__in=priority_ids,
            achievement__partnership=return_of.round.partnership_id,
            achievement__term=return_of.round.term_id,
            achievement__status__in=[Achievement.Status.SUBMITTED, Achievement.Status.PUBLISHED],
        )
        .annotate(
            is_own=Exists(involved.filter(organisation=return_of.organisation_id))
            | ~Exists(involved)
            | Exists(_own_officers(return_of, "achievement__logged_by"))
        )
        .select_related("achievement")
        .order_by("-achievement__happened_on", "-achievement__logged_at", "pk")
    )
    for row in rows:
        each = row.achievement
        number = quantity(each.quantity, each.quantity_unit, each.quantity_qualifier)
        facts = ", ".join(part for part in (number, when_of(each)) if part)
        words = _one_line(f"{each.title} ({facts})" if facts else each.title)
        yield (
            row.priority_id,
            _Source(ReturnLine.Kind.ACHIEVEMENT, each.pk, each.title, words, row.is_own, detail=facts),
        )


def _updates(return_of: Return, priority_ids: Sequence[int]) -> Iterator[tuple[int, _Source]]:
    updates = (
        ActivityUpdate.objects.filter(term=return_of.round.term_id, activity__priority__in=priority_ids)
        .filter(Q(activity__lead=return_of.organisation_id) | Q(activity__lead=None))
        .select_related("activity")
        .order_by("activity__position", "activity__ref")
    )
    for each in updates:
        title = each.activity.title
        yield (
            each.activity.priority_id,
            _Source(
                ReturnLine.Kind.UPDATE,
                each.pk,
                str(each.activity),
                _one_line(f"{title}: {each.words}" if each.words.strip() else title),
                is_own=True,
                status=standing_of(each.status, each.rag),
                detail=each.words,
            ),
        )


def _readings(return_of: Return, priority_ids: Sequence[int]) -> Iterator[tuple[int, _Source]]:
    """Figures that somebody recorded for the partnership's own area, as they stood on a day of the term."""
    term = return_of.round.term
    readings: QuerySet[Any] = (
        Reading.objects.annotate(for_priority=F("metric__uses__objective__priority"))
        .filter(
            for_priority__in=priority_ids,
            area=return_of.round.partnership.area_id,
            as_at__range=(term.starts_on, term.ends_on),
            recorded_by__isnull=False,
        )
        .annotate(
            is_own=Exists(_own_officers(return_of, "recorded_by")) | ~Exists(_officers(return_of, "recorded_by")),
        )
        .select_related("metric")
        .order_by("metric__title", "-period_ends_on")
    )
    # A measure that two objectives of a priority use is said once of it.
    for (priority_id, _), each in {(row.for_priority, row.pk): row for row in readings}.items():
        title = each.metric.title
        detail = f"{told_words(each)}, {parse_period(each.period).label}"
        words = _one_line(f"{title}: {detail}")
        yield priority_id, _Source(ReturnLine.Kind.READING, each.pk, title, words, each.is_own, detail=detail)


def _officers(return_of: Return, person: str) -> Any:
    return Role.objects.filter(
        user=OuterRef(person), kind=Role.Kind.OFFICER, partnership=return_of.round.partnership_id
    )


def _own_officers(return_of: Return, person: str) -> Any:
    return _officers(return_of, person).filter(organisation=return_of.organisation_id)


def when_of(achievement: Achievement) -> str:
    """The day of an achievement, or its period, as people write it."""
    return uk_date(achievement.happened_on) or (term_label(achievement.period) if achievement.period else "")


def _one_line(text: str) -> str:
    return " ".join(text.split())

"""The edition of a report for everyone: its frozen snapshot less all that is not public and approved today."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone

from partnerships.models import Partnership
from priorities.models import Achievement as PublishedAchievement
from priorities.models import Metric, Reading
from priorities.models import Voice as SaidVoice
from priorities.queries.open_readings import HIDDEN, OpenReading, counts_children, open_page
from priorities.queries.voices import numbers_of
from priorities.rules import DEFAULT_THRESHOLD
from reports.models import PublicEdition, Return
from reports.queries.collect import data_notes_of
from reports.queries.collect.measures import finding_of
from reports.queries.collect.summary import Span, summarise
from reports.snapshots.schema import (
    Achievement,
    Contribution,
    Counts,
    Measure,
    Point,
    Priority,
    Snapshot,
    Summary,
    Voice,
)
from wesp_portal.common.formatting import plural, uk_date

NOTHING_PUBLIC = "Nothing of this term has been made public yet."
NOTE = "This edition tells what is public and approved. How activities stand, and what the board asks, are not in it."
SHOWN_AS_C = Reading.Symbol.SUPPRESSED.value


@dataclass(frozen=True, slots=True)
class Text:
    """What one organisation wrote under a priority; left out of the edition for everyone until a lead approves it."""

    key: str
    priority: str
    organisation: str


def texts_of(snapshot: Snapshot) -> list[Text]:
    """The texts that may be approved for everyone: those of approved returns."""
    return [
        Text(key, f"{priority.ref} {priority.title}".strip(), one.organisation)
        for priority in snapshot.priorities
        for key, one in _keyed(priority)
        if one.status == Return.Status.APPROVED
    ]


def _keyed(priority: Priority) -> Iterator[tuple[str, Contribution]]:
    return ((f"{priority.id}-{place}", one) for place, one in enumerate(priority.contributions))


def public_snapshot(snapshot: Snapshot, *, partnership: Partnership, texts: Collection[str]) -> Snapshot:
    """What everyone may read of a frozen snapshot, in at most six queries; `texts` are the keys of those approved.

    It says nothing that the snapshot does not. What was public then and is not today, or says something else today, is
    left out: nobody approved those words.
    """
    achievements = _achievements(snapshot)
    measures = _measures(snapshot, partnership)
    priorities = [_priority(priority, texts) for priority in snapshot.priorities]
    summary = summarise(
        priorities,
        (),
        (),
        measures,
        achievements,
        (),
        span=Span(date.min, date.min, ""),
        has_previous=False,
    )
    return Snapshot(
        format=snapshot.format,
        front=replace(snapshot.front, board="", board_on="", authors=()),
        summary=replace(
            summary,
            counts=snapshot.summary.counts if partnership.is_standing_public else summary.counts,
            sentences=tuple(_sentences(summary, measures)) or (NOTHING_PUBLIC,),
        ),
        priorities=tuple(priorities),
        exceptions=(),
        due_next=(),
        met=(),
        measures=tuple(measures),
        careers=None,
        achievements=tuple(achievements),
        voices=tuple(_voices(snapshot)),
        questions=(),
        decisions=(),
        returns=(),
        rules=(),
        data_notes=(NOTE, *data_notes_of(measures, ())),
        layout=snapshot.layout.for_everyone(),
    )


def _sentences(summary: Summary, measures: Sequence[Measure]) -> Iterator[str]:
    if count := summary.achievements:
        yield f"{plural(count, 'achievement')} of this term {'is' if count == 1 else 'are'} told here."
    if count := len(measures):
        behind = summary.measures_worse_than_england
        worse = f"; {behind} {'is' if behind == 1 else 'are'} worse than England" if behind else ""
        yield f"{plural(count, 'measure')} {'has' if count == 1 else 'have'} a public figure{worse}."


def _achievements(snapshot: Snapshot) -> list[Achievement]:
    found = PublishedAchievement.objects.public().filter(pk__in=[one.id for one in snapshot.achievements])
    approved = {
        pk: (title, detail, "" if quantity is None else str(quantity), *counted)
        for pk, title, detail, quantity, *counted in found.values_list(
            "pk", "title", "detail", "quantity", "quantity_qualifier", "quantity_unit"
        )
    }
    return [
        replace(one, evidence=0)
        for one in snapshot.achievements
        if one.is_public and approved.get(one.id) == (one.title, one.detail, one.quantity, one.qualifier, one.unit)
    ]


def _voices(snapshot: Snapshot) -> Iterator[Voice]:
    allowed = SaidVoice.objects.standing().filter(is_public=True, pk__in=[one.id for one in snapshot.voices])
    standing = {voice.pk: voice for voice in allowed}
    for one in snapshot.voices:
        voice = standing.get(one.id)
        if voice and one.is_public and (voice.words, voice.said_by) == (one.words, one.said_by):
            yield replace(one, numbers=one.numbers if _may_count(voice) and numbers_of(voice) == one.numbers else "")


def _may_count(voice: SaidVoice) -> bool:
    """Whether neither those who answered nor those who did not are few."""
    answered = voice.answered or 0
    return not any(0 < count <= DEFAULT_THRESHOLD for count in (answered, (voice.asked or 0) - answered))


def _priority(priority: Priority, texts: Collection[str]) -> Priority:
    told = [
        replace(one, author_role="", promises=(), exit_strategy="")
        for key, one in _keyed(priority)
        if key in texts and one.status == Return.Status.APPROVED
    ]
    return replace(
        priority,
        handed_over_to="",
        standing="",
        previous_standing="",
        movement="",
        counts=Counts(0, 0, 0, 0, 0, 0),
        strip=(),
        year_end_standing="",
        contributions=tuple(told),
        last_updated="",
    )


# --- Measures


Opened = Mapping[tuple[int, int, str], OpenReading]


def _measures(snapshot: Snapshot, partnership: Partnership) -> list[Measure]:
    """The measures with a figure that is public, as open data tells it."""
    areas = {False: partnership.area_id, True: partnership.area.parent_id}
    rows = Reading.objects.public().filter(
        metric__in=[one.metric_id for one in snapshot.measures], area__in=[pk for pk in areas.values() if pk]
    )
    found = open_page(list(rows.select_related("metric", "area")))
    opened = {(one.row.metric_id, one.row.area_id, one.row.period): one for one in found}
    told = (_measure(one, areas[bool(one.area_note)], opened) for one in snapshot.measures)
    return [one for one in told if one]


def _measure(measure: Measure, area: int | None, opened: Opened) -> Measure | None:
    mine = (measure.metric_id, area)
    known = {period: one for (metric, where, period), one in opened.items() if (metric, where) == mine}
    points = tuple(_point(point, known[point.period]) for point in measure.points if point.period in known)
    # Without its latest figure a measure would tell of a term that the report is not about.
    if not points or points[-1].period != measure.points[-1].period:
        return None
    shown = {point.period for point in points if point.value}
    before = measure.before if measure.before and measure.before.period in shown and points[-1].value else None
    is_official = next(iter(known.values())).row.metric.kind == Metric.Kind.OFFICIAL
    comparators = measure.comparators if is_official else ()
    figures = {**_shape(measure), "points": points}
    return replace(
        measure,
        finding=finding_of(measure.title, figures, before, comparators),
        points=points,
        before=before and next(point for point in points if point.period == before.period),
        comparators=comparators,
        standing="",
        explanation="",
        judged_on="",
        movement=measure.movement if before else "",
        target="",
        target_value="",
        target_source="",
        target_set_on="",
        note=measure.note if is_official else "",
    )


def _shape(measure: Measure) -> dict[str, object]:
    return {"unit": measure.unit, "decimals": measure.decimals, "direction": measure.direction}


def _point(point: Point, reading: OpenReading) -> Point:
    """A figure as everyone may see it. What officers wrote of a count of their own stays with them."""
    metric = reading.row.metric
    is_official = metric.kind == Metric.Kind.OFFICIAL
    said = replace(
        point,
        source=point.source if is_official else "",
        note=point.note if is_official else "",
        break_note=point.break_note if is_official else "",
        recorded_as="" if is_official else "The partnership",
    )
    if reading.told == HIDDEN or (counts_children(metric) and point.value and not _is_same(point, reading)):
        return replace(said, value="", symbol=SHOWN_AS_C, qualifier="")
    return said


def _is_same(point: Point, reading: OpenReading) -> bool:
    """Whether a count is still what open data tells: what is hidden there was worked out from the counts of today."""
    return reading.row.value is not None and Decimal(point.value) == reading.row.value


# --- What a lead is told before, and everyone after


@dataclass(frozen=True, slots=True)
class LeftOut:
    """How many of something everyone may read, and how many only the board does."""

    what: str
    told: int
    left_out: int


def left_out_of(snapshot: Snapshot, public: Snapshot) -> list[LeftOut]:
    def counted(what: str, whole: Iterable[object], told: Iterable[object]) -> LeftOut:
        shown = len(list(told))
        return LeftOut(what, shown, len(list(whole)) - shown)

    def texts(one: Snapshot) -> list[Contribution]:
        return [each for priority in one.priorities for each in priority.contributions]

    return [
        counted("Achievements", snapshot.achievements, public.achievements),
        counted("What people say", snapshot.voices, public.voices),
        counted("Measures", snapshot.measures, public.measures),
        counted("Texts of returns", texts(snapshot), texts(public)),
        counted("Activities at risk or off track", snapshot.exceptions, ()),
        counted("Milestones", (*snapshot.due_next, *snapshot.met), ()),
        counted("Questions and decisions of the board", (*snapshot.questions, *snapshot.decisions), ()),
    ]


@dataclass(frozen=True, slots=True)
class OpenReport:
    """A report that everyone may read, as a list names it."""

    key: str
    title: str
    meta: str
    url: str
    opened_at: datetime


def open_reports(partnership: Partnership) -> list[OpenReport]:
    """The reports that are open to everyone, the latest term first; one query."""
    editions = PublicEdition.objects.open().filter(round__partnership=partnership).defer("snapshot")
    return [
        OpenReport(
            f"report-{edition.pk}",
            f"Termly report, {edition.round.term.label}",
            f"Opened {uk_date(timezone.localtime(edition.opened_at))}"
            + (f" · corrected {uk_date(edition.corrected_on)}" if edition.corrected_on else ""),
            reverse("public-report", args=[partnership.slug, edition.round.term.code]),
            edition.opened_at,
        )
        for edition in editions.select_related("round__term").order_by("-round__term__starts_on")
    ]

"""What waits for a person, each as one row with the one step that does it."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.text import Truncator

from partnerships.models import Draft
from priorities.models import Activity, GuestRequest
from priorities.queries.readings import DueReading
from reports.models import Return, Round
from reports.queries.my_work.places import Place
from reports.queries.my_work.words import due_words
from reports.queries.rounds import ReturnLine
from wesp_portal.common.formatting import plural, term_label, uk_date, uk_date_time

# The boxes whose words tell best what an unsent form is about.
_TELLING = ("title", "words", "activity", "impact", "text", "answer")


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that waits for a person, and the one step that does it."""

    title: str
    detail: str
    url: str
    verb: str
    # What a screen reader hears after the verb.
    of: str
    due_on: date | None = None
    due_words: str = ""
    # The status of a return, for what has one.
    status: str = ""


def soonest_first(needs: Iterable[Need], today: date) -> list[Need]:
    """By the day each is due, with that day in words; what is due on no day comes last, and ties stay in order."""
    ordered = sorted(needs, key=lambda need: need.due_on or date.max)
    return [replace(need, due_words=due_words(need.due_on, today)) for need in ordered]


def returns_to_handle(
    own: Iterable[ReturnLine], led: Iterable[ReturnLine], rounds: Mapping[int, Round], names: Mapping[int, str]
) -> Iterator[Need]:
    for line in own:
        if line.status == Return.Status.SENT_BACK and line.is_writable:
            yield Need(
                title=f"{term_label(line.term_code)}, {line.organisation}",
                detail=f"“{line.comment}”" if line.comment else "The lead’s comments stand at its priorities.",
                url=reverse("return", args=[line.id]),
                verb="Open",
                of="the return that was sent back",
                due_on=rounds[line.partnership_id].due_on,
                status=line.status,
            )
    for line in led:
        if line.status == Return.Status.SUBMITTED:
            yield Need(
                title=f"{line.organisation} has sent its return",
                detail=names.get(line.partnership_id, ""),
                url=reverse("return-review", args=[line.id]),
                verb="Review",
                of=f"the return of {line.organisation}",
                due_on=rounds[line.partnership_id].board_on,
            )


def places_to_handle(places: Iterable[Place], *, is_one: bool) -> Iterator[Need]:
    for place in places:
        name = "" if is_one else place.name
        board_on = place.round.board_on if place.round else None
        if place.to_publish:
            yield Need(
                title=f"The report for {place.to_publish.round.term.label} is ready to publish",
                detail=name,
                url=reverse("report-build", args=[place.to_publish.pk]),
                verb="Open",
                of=f"the report of {place.name}",
                due_on=board_on,
            )
        if place.unanswered:
            yield Need(
                title=f"{plural(place.unanswered, 'question')} from the board without an answer",
                detail=name,
                url=reverse("question-list", args=[place.slug]),
                verb="Answer",
                of=f"the board of {place.name}",
                due_on=board_on,
            )
        if place.overdue:
            yield Need(
                title=f"{plural(place.overdue, 'decision')} of the board not marked as done",
                detail=name,
                url=reverse("question-list", args=[place.slug]),
                verb="Open",
                of=f"the decisions of {place.name}",
                due_on=place.overdue_since,
            )


def draft_to_finish(draft: Draft) -> Need:
    """A form that was begun and not sent, by the first words typed into it."""
    typed = (" ".join(value.split()) for name in _TELLING for value in draft.fields.get(name, []))
    words = next(filter(None, typed), "")
    return Need(
        title="You began something and did not send it",
        detail=" · ".join(
            part
            for part in (f"“{Truncator(words).chars(80)}”" if words else "", f"kept {uk_date_time(draft.saved_at)}")
            if part
        ),
        url=draft.page,
        verb="Go on",
        of="with what you began",
    )


def activity_to_update(activity: Activity, rounds: Mapping[int, Round], names: Mapping[int, str]) -> Need:
    partnership_id = activity.priority.strategy.partnership_id
    current = rounds.get(partnership_id)
    due = f"its own date is {uk_date(activity.due_on)}" if activity.due_on else ""
    parts = ("No update this term", due, activity.priority.title, names.get(partnership_id, ""))
    return Need(
        title=str(activity),
        detail=" · ".join(part for part in parts if part),
        url=reverse("activity-update", args=[activity.pk]),
        verb="Update",
        of=str(activity),
        due_on=current.due_on if current else None,
    )


def answer_to_judge(answer: GuestRequest, rounds: Mapping[int, Round], names: Mapping[int, str]) -> Need:
    """A guest's answer that nobody has accepted or set aside."""
    partnership_id = answer.activity.priority.strategy.partnership_id
    current = rounds.get(partnership_id)
    came = f"came {uk_date(timezone.localdate(answer.answered_at))}" if answer.answered_at else ""
    parts = (str(answer.activity), came, names.get(partnership_id, ""))
    return Need(
        title=f"{answer.signed_organisation or answer.signed_name} answered you",
        detail=" · ".join(part for part in parts if part),
        url=reverse("guest-request", args=[answer.pk]),
        verb="Read",
        of=f"and accept or set aside the answer about {answer.activity}",
        due_on=current.due_on if current and current.term_id == answer.term_id else None,
    )


def figure_to_record(figure: DueReading) -> Need:
    """A figure that is wanted of a period that has ended."""
    asked = urlencode({"area": figure.area_code, "period": figure.period})
    return Need(
        title=figure.title,
        detail=f"No figure for {figure.period_label} · {figure.area}",
        url=f"{reverse('reading-new', args=[figure.metric_id])}?{asked}",
        verb="Record",
        of=f"the figure for {figure.period_label}: {figure.title}, {figure.area}",
        due_on=figure.due_on,
    )

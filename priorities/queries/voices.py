"""What people say, as the pages of priorities and objectives show it, and what a voice may be about."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from django.db.models import Q

from partnerships.models import User
from priorities.models import Objective, Outcome, Priority, Voice
from priorities.queries.achievements import Change
from priorities.rules import DEFAULT_THRESHOLD
from wesp_portal.common.formatting import number, uk_date
from wesp_portal.common.periods import parse_period

SHOWN_VOICES = 20


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """What was said, with when, by how many, and about what, in words."""

    voice: Voice
    when: str
    numbers: str
    about: str
    may_edit: bool
    may_withdraw: bool


def voices_of(user: User, priority: Priority, objective: Objective | None = None) -> list[VoiceLine]:
    """The newest voices of a priority, or of one of its objectives: one query."""
    rows = Voice.objects.visible_to(user).standing().filter(priority=priority)
    if objective:
        rows = rows.filter(Q(objective=objective) | Q(outcome__objective=objective))
    partnership_id = priority.strategy.partnership_id
    leads, logs = user.access.leads(partnership_id), user.access.logs_in(partnership_id)
    found = rows.select_related("outcome", "objective", "logged_by").order_by("-logged_at", "-pk")[:SHOWN_VOICES]
    return [_line(voice, leads=leads, logs=logs, is_own=voice.logged_by_id == user.pk) for voice in found]


def _line(voice: Voice, *, leads: bool, logs: bool, is_own: bool) -> VoiceLine:
    about = voice.outcome or voice.objective
    return VoiceLine(
        voice=voice,
        when=when_of(voice),
        numbers=numbers_of(voice),
        about=about.wording if about else "",
        may_edit=leads or (is_own and logs),
        may_withdraw=leads or is_own,
    )


def when_of(voice: Voice) -> str:
    """The day it was said, or else the period."""
    return uk_date(voice.said_on) if voice.said_on else parse_period(voice.period).label


class Numbered(Protocol):
    """What says how many were asked and answered."""

    @property
    def asked(self) -> int | None: ...
    @property
    def answered(self) -> int | None: ...


def numbers_of(voice: Numbered) -> str:
    """How many answered of those asked; very few are not counted out, as they could be known."""

    def words(count: int) -> str:
        return f"{DEFAULT_THRESHOLD} or fewer" if 0 < count <= DEFAULT_THRESHOLD else number(count)

    if voice.asked is None and voice.answered is None:
        return ""
    if voice.answered is None:
        return f"{words(voice.asked or 0)} asked"
    of = f" of {words(voice.asked)} asked" if voice.asked is not None else ""
    return f"{words(voice.answered)}{of} answered"


@dataclass(frozen=True, slots=True)
class Abouts:
    """The outcomes and objectives of a priority, each under a key that a form may post."""

    outcomes: dict[str, Outcome]
    objectives: dict[str, Objective]

    @property
    def choices(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """As a list to choose from, in its two parts."""
        parts: Iterable[tuple[str, dict[str, Outcome] | dict[str, Objective]]] = (
            ("The difference it makes", self.outcomes),
            ("Objectives", self.objectives),
        )
        return [(title, [(key, str(row)) for key, row in rows.items()]) for title, rows in parts if rows]

    def named(self, key: str) -> Outcome | Objective | None:
        return self.outcomes.get(key) or self.objectives.get(key)


def abouts_of(priority: Priority) -> Abouts:
    """What a voice may be about: two queries."""
    return Abouts(
        {f"outcome-{row.pk}": row for row in priority.outcomes.all()},
        {f"objective-{row.pk}": row for row in priority.objectives.all()},
    )


_WORDS = {"words": "What they said", "said_by": "Who said it", "consent_taken_by": "Who asked them"}


def voice_history(voice: Voice) -> list[Change]:
    """What happened to a voice, latest first: one query."""
    rows = list(voice.history.select_related("history_user").order_by("history_date", "history_id"))
    changes = []
    for before, row in zip([None, *rows], rows, strict=False):
        who = str(row.history_user) if row.history_user else "The portal"
        what = "changed it" if before else "logged it"
        details = _differences(before, row) if before else []
        changes.append(Change(who, row.history_date, what, details, row.history_change_reason or ""))
    return changes[::-1]


def _differences(before: Voice, now: Voice) -> list[str]:
    pairs = [(words, getattr(before, name), getattr(now, name)) for name, words in _WORDS.items()]
    pairs += [
        ("What it is", before.get_kind_display(), now.get_kind_display()),
        ("When", when_of(before), when_of(now)),
        ("How many", numbers_of(before), numbers_of(now)),
        ("When they agreed", uk_date(before.consent_taken_on), uk_date(now.consent_taken_on)),
    ]
    found = [f"{words}: {was or 'nothing'} → {is_now or 'nothing'}" for words, was, is_now in pairs if was != is_now]
    if (before.outcome_id, before.objective_id) != (now.outcome_id, now.objective_id):
        found.append("Said of something else of the priority")
    if before.is_public != now.is_public:
        found.append("May be shown to the public" if now.is_public else "No longer for the public")
    return found

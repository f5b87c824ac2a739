"""Logging and editing what people said, with the consent to use it, and withdrawing it when the consent is."""

from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction

from partnerships.models import User
from partnerships.services import index_of, index_rows, touch
from priorities.models import Objective, Outcome, Priority, Voice
from wesp_portal.common.conflicts import check_not_stale, fingerprint
from wesp_portal.common.periods import parse_period

EARLIEST = date(1990, 1, 1)
Problems = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceWords:
    """What was said, by whom and when, how many were asked and answered, and who took the consent."""

    kind: str
    words: str
    said_by: str
    asked: int | None = None
    answered: int | None = None
    said_on: date | None = None
    period: str = ""
    consent_taken_by: str
    consent_taken_on: date | None
    is_public: bool = False


def voice_problems(words: VoiceWords, *, today: date) -> Problems:
    """What must be put right, by field; empty when all is well. Reads no database."""
    found: Problems = {}
    if words.kind not in Voice.Kind.values:
        found["kind"] = "Choose whether somebody said it or many answered it."
    if not words.words.strip():
        found["words"] = "Enter what they said."
    if not words.said_by.strip():
        found["said_by"] = "Say who said it, like a Year 9 pupil."
    if words.kind == Voice.Kind.SURVEY and not words.asked:
        found["asked"] = "Enter how many were asked, like 120."
    if words.kind == Voice.Kind.SURVEY and words.answered is None:
        found["answered"] = "Enter how many answered, like 85."
    elif words.answered is not None and words.asked is not None and words.answered > words.asked:
        found["answered"] = "No more people can have answered than were asked."
    found |= _when_problems(words, today)
    if not words.consent_taken_by.strip():
        found["consent_taken_by"] = "Say who asked for consent."
    if words.consent_taken_on is None:
        found["consent_taken_on"] = "Enter the date consent was given, like 16 6 2022"
    elif not EARLIEST <= words.consent_taken_on <= today:
        found["consent_taken_on"] = "The date must be today or in the past, from 1990 on."
    return found


def _when_problems(words: VoiceWords, today: date) -> Problems:
    if words.said_on and words.period:
        return {"period": "Give the date or the period, not both."}
    if not words.said_on and not words.period:
        return {"said_on": "Enter the date it was said, like 16 6 2022, or choose the period."}
    starts_on = words.said_on or parse_period(words.period).starts_on
    if not EARLIEST <= starts_on <= today:
        return {"said_on" if words.said_on else "period": "The date must be today or in the past, from 1990 on."}
    return {}


@transaction.atomic
def log_voice(
    *,
    priority: Priority,
    about: Outcome | Objective,
    words: VoiceWords,
    form_token: UUID | None,
    by: User,
    at: datetime,
    today: date,
) -> Voice:
    """Keep what people said about an outcome or objective of a priority. Raises ValidationError by field.

    The same form sent twice is kept once. Whoever calls has made sure that `by` may log against the priority.
    """
    if problems := voice_problems(words, today=today):
        raise ValidationError(problems)
    given = {**asdict(words), **_subject(about, priority.pk), "priority": priority}
    # The first of two posts of one form makes the record; the other finds it, and changes nothing.
    earlier = Voice.objects.filter(form_token=form_token, logged_by=by).first() if form_token else None
    if earlier:
        return earlier
    voice = Voice(**given, form_token=form_token, logged_by=by, logged_at=at)
    vars(voice).update(_history_user=by, _history_date=at)
    voice.save()
    index_rows([voice])
    touch(partnership_ids=[priority.strategy.partnership_id])
    return voice


def said_of(voice: Voice) -> dict[str, Any]:
    """What a voice says now, by the names of its form."""
    return {field.name: getattr(voice, field.name) for field in fields(VoiceWords)} | {
        "about": key_of(voice.outcome_id, voice.objective_id)
    }


def key_of(outcome_id: int | None, objective_id: int | None) -> str:
    """What a voice is about, as a form names it."""
    if outcome_id:
        return f"outcome-{outcome_id}"
    return f"objective-{objective_id}" if objective_id else ""


@transaction.atomic
def edit_voice(
    *,
    voice: Voice,
    about: Outcome | Objective,
    words: VoiceWords,
    seen: str = "",
    by: User,
    at: datetime,
    today: date,
) -> Voice:
    """Change what a voice says; its history keeps what it said before. Raises ValidationError by field.

    Raises StaleError where it no longer says what the form marked `seen` showed. Whoever calls has made sure that `by`
    may edit it.
    """
    if problems := voice_problems(words, today=today):
        raise ValidationError(problems)
    # Locked before it is read, so that nobody's words come in between.
    held = (
        Voice.objects.select_for_update(of=("self",), no_key=True).select_related("priority__strategy").get(pk=voice.pk)
    )
    if held.status == Voice.Status.WITHDRAWN:
        raise ValidationError("The consent to use this was withdrawn meanwhile, so it stays as it was.")
    given = {**asdict(words), **_subject(about, held.priority_id)}
    outcome_id = about.pk if isinstance(about, Outcome) else None
    said = asdict(words) | {"about": key_of(outcome_id, given["objective_id"])}
    now = said_of(held)
    check_not_stale(seen=seen, now=now, said=said)
    if fingerprint(now) == fingerprint(said):
        return held
    for name, value in given.items():
        setattr(held, name, value)
    vars(held).update(_history_user=by, _history_date=at)
    held.save(update_fields=[name.removesuffix("_id") for name in given])
    index_rows([held])
    touch(partnership_ids=[held.priority.strategy.partnership_id])
    return held


def _subject(about: Outcome | Objective, priority_id: int) -> dict[str, Any]:
    """The outcome, if it is one, and the objective that a voice belongs to; raises ValidationError."""
    if about.priority_id != priority_id:
        raise ValidationError({"about": "Choose an outcome or objective of the same priority."})
    if isinstance(about, Outcome):
        return {"outcome": about, "objective_id": about.objective_id}
    return {"outcome": None, "objective_id": about.pk}


@transaction.atomic
def withdraw_voice(*, voice: Voice, by: User, at: datetime) -> None:
    """Show a voice nowhere any more, as whoever spoke takes back their consent; its history stays."""
    if voice.status == Voice.Status.WITHDRAWN:
        return
    voice.status = Voice.Status.WITHDRAWN
    vars(voice).update(_history_user=by, _history_date=at, _change_reason="Consent withdrawn")
    voice.save(update_fields=["status"])
    index_of(Voice, [voice.pk])
    touch(partnership_ids=[voice.priority.strategy.partnership_id])

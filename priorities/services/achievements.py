"""Logging, editing, publishing and returning achievements: each change is attributed and bumps the dashboard."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Value
from django.utils import timezone

from partnerships.models import Organisation, Term, User
from partnerships.services import index_rows, touching
from priorities.models import Achievement, Evidence, Priority
from priorities.services.evidence import NewEvidence, add_evidence, remove_evidence
from wesp_portal.common.conflicts import check_not_stale, fingerprint
from wesp_portal.common.formatting import join_words
from wesp_portal.common.periods import parse_period
from wesp_portal.common.prepared import Prepared
from wesp_portal.common.statements import Statement, run_together

Problems = dict[str, str]
_WORDS_OF = [
    "title",
    "detail",
    "happened_on",
    "period",
    "quantity",
    "quantity_qualifier",
    "quantity_unit",
    "is_public",
]
# What an achievement says, by the names of its form and in its order.
SAID = (
    *("title", "detail", "happened_on", "period", "organisations", "priorities"),
    *("quantity_qualifier", "quantity", "quantity_unit", "is_public"),
)
# An achievement's links, of which those that are new are added and those that are gone are taken away.
_ADD_ORGANISATIONS = "INSERT INTO priorities_achievement_organisations (achievement_id, organisation_id) VALUES "
_ADD_PRIORITIES = "INSERT INTO priorities_achievement_priorities (achievement_id, priority_id) VALUES "
_TAKE_ORGANISATION = """
    DELETE FROM priorities_achievement_organisations WHERE achievement_id = %s AND organisation_id = %s
"""
_TAKE_PRIORITY = "DELETE FROM priorities_achievement_priorities WHERE achievement_id = %s AND priority_id = %s"
# A copy of an achievement as it is now, and of its links: its row of history.
_COPY = """
    INSERT INTO priorities_historicalachievement
        ({columns}, history_type, history_date, history_user_id, history_change_reason)
    SELECT {columns}, %s, %s, %s, %s FROM priorities_achievement WHERE id = %s
"""
_COPY_ORGANISATIONS = """
    INSERT INTO priorities_historicalachievement_organisations (history_id, id, achievement_id, organisation_id)
    SELECT (SELECT max(history_id) FROM priorities_historicalachievement WHERE id = %s),
        id, achievement_id, organisation_id
    FROM priorities_achievement_organisations WHERE achievement_id = %s
"""
_COPY_PRIORITIES = """
    INSERT INTO priorities_historicalachievement_priorities (history_id, id, achievement_id, priority_id)
    SELECT (SELECT max(history_id) FROM priorities_historicalachievement WHERE id = %s),
        id, achievement_id, priority_id
    FROM priorities_achievement_priorities WHERE achievement_id = %s
"""
EARLIEST = date(1990, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class AchievementWords:
    """What a person says about an achievement: a day or else a period, a number with its unit, who and what for."""

    title: str
    detail: str = ""
    happened_on: date | None = None
    period: str = ""
    quantity: int | None = None
    quantity_qualifier: str = ""
    quantity_unit: str = ""
    organisation_ids: frozenset[int]
    priority_ids: frozenset[int]
    is_public: bool = False


@dataclass(frozen=True, slots=True)
class _Links:
    """The term an achievement counts in, and the organisations and priorities it is linked to."""

    term_id: int | None
    organisation_ids: frozenset[int]
    priority_ids: frozenset[int]


_NO_LINKS = _Links(None, frozenset(), frozenset())


def problems_with(words: AchievementWords, *, today: date) -> Problems:
    """What must be put right, by field; empty when all is well. Reads no database."""
    found: Problems = {}
    if not words.title.strip():
        found["title"] = "Enter what happened, in a sentence."
    if words.happened_on and words.period:
        found["period"] = "Give the date or the period, not both."
    elif not words.happened_on and not words.period:
        found["happened_on"] = "Enter the date it happened, like 16 6 2022"
    starts_on = words.happened_on or (parse_period(words.period).starts_on if words.period else None)
    if starts_on and starts_on > today:
        found["happened_on" if words.happened_on else "period"] = "The date must be today or in the past."
    elif starts_on and starts_on < EARLIEST:
        found["happened_on" if words.happened_on else "period"] = "Enter a year from 1990 on, like 2022."
    if words.quantity is not None and not words.quantity_unit.strip():
        found["quantity_unit"] = "Say what the number counts, like student placements."
    if words.quantity is None and (words.quantity_unit.strip() or words.quantity_qualifier):
        found["quantity"] = "Enter how many, like 50."
    if not words.organisation_ids:
        found["organisations"] = "Choose who was involved."
    if not words.priority_ids:
        found["priorities"] = "Choose at least one priority that it serves."
    return found


def log_achievement(
    *,
    by: User,
    partnership_id: int,
    words: AchievementWords,
    evidence: Iterable[NewEvidence] = (),
    is_published: bool = False,
    form_token: UUID,
    at: datetime,
) -> tuple[Achievement, bool]:
    """The achievement of a form, and whether this call made it: the same token twice gives the same record.

    Raises ValidationError by field. Whoever calls has made sure that `by` logs in the partnership.
    """
    within = _checked(words, partnership_id=partnership_id, already=_NO_LINKS, at=at)
    achievement = Achievement(
        partnership_id=partnership_id,
        term_id=within.term_id,
        status=Achievement.Status.PUBLISHED if is_published else Achievement.Status.SUBMITTED,
        logged_by=by,
        logged_at=at,
        form_token=form_token,
        **{name: getattr(words, name) for name in _WORDS_OF},
    )
    try:
        with transaction.atomic():
            Achievement.objects.bulk_create([achievement])
            linked = _linking(achievement, words)
            remembered = _remembering(achievement, kind="+", by=by, at=at)
            index_rows([achievement])
            run_together([*linked, *remembered, *touching(partnership_ids=[partnership_id])])
            add_evidence(behind=achievement, evidence=evidence, by=by, at=at)
    except IntegrityError:
        # The same form arrived before, perhaps a moment ago; anything else that clashes is a fault of ours.
        if earlier := Achievement.objects.filter(form_token=form_token, logged_by=by).first():
            return earlier, False
        raise
    return achievement, True


def said_of(achievement: Achievement) -> dict[str, Any]:
    """What an achievement says now, by the names of its form."""
    return {name: getattr(achievement, name) for name in _WORDS_OF} | {
        "organisations": [row.pk for row in achievement.organisations.all()],
        "priorities": [row.pk for row in achievement.priorities.all()],
    }


def _said(words: AchievementWords) -> dict[str, Any]:
    return {name: getattr(words, name) for name in _WORDS_OF} | {
        "organisations": list(words.organisation_ids),
        "priorities": list(words.priority_ids),
    }


def says_the_same(achievement: Achievement, words: AchievementWords) -> bool:
    """Whether an achievement still says what a form sent a second time says."""
    return fingerprint(said_of(achievement)) == fingerprint(_said(words))


@transaction.atomic
def edit_achievement(
    *,
    achievement: Achievement,
    by: User,
    words: AchievementWords,
    evidence: Iterable[NewEvidence] = (),
    evidence_removed: Sequence[Evidence] = (),
    seen: str = "",
    at: datetime,
) -> Achievement:
    """Change what an achievement says; one that was returned is sent in again. Raises ValidationError by field.

    Raises StaleError where it no longer says what the form marked `seen` showed.
    """
    # Locked before it is read, so that nobody's words come in between.
    held = Achievement.objects.select_for_update(of=("self",), no_key=True).get(pk=achievement.pk)
    check_not_stale(seen=seen, now=said_of(held), said=_said(words))
    achievement.status = held.status
    if achievement.status == Achievement.Status.PUBLISHED:
        raise ValidationError("A published achievement is not edited: return it first.")
    already = _Links(
        term_id=achievement.term_id,
        organisation_ids=frozenset(achievement.organisations.values_list("pk", flat=True)),
        priority_ids=frozenset(achievement.priorities.values_list("pk", flat=True)),
    )
    within = _checked(words, partnership_id=achievement.partnership_id, already=already, at=at)
    for name in _WORDS_OF:
        setattr(achievement, name, getattr(words, name))
    achievement.term_id = within.term_id
    achievement.status = Achievement.Status.SUBMITTED
    Achievement.objects.bulk_update([achievement], [*_WORDS_OF, "term", "status"])
    gone = f"Evidence taken away: {join_words(str(row) for row in evidence_removed)}"[:100] if evidence_removed else ""
    linked = _linking(achievement, words, already=already)
    remembered = _remembering(achievement, kind="~", by=by, at=at, reason=gone)
    index_rows([achievement])
    run_together([*linked, *remembered, *touching(partnership_ids=[achievement.partnership_id])])
    remove_evidence(evidence=evidence_removed)
    add_evidence(behind=achievement, evidence=evidence, by=by, at=at)
    return achievement


def publish_achievement(*, achievement: Achievement, by: User, at: datetime) -> None:
    """Let an achievement stand as the partnership's own word. Raises ValidationError for a draft."""
    if achievement.status == Achievement.Status.DRAFT:
        raise ValidationError("A draft is sent in before it is published.")
    _move(achievement, to=Achievement.Status.PUBLISHED, reason="", by=by, at=at)


def return_achievement(*, achievement: Achievement, reason: str, by: User, at: datetime) -> None:
    """Give an achievement back to whoever logged it, saying what to change. Raises ValidationError by field."""
    if not reason.strip():
        raise ValidationError({"reason": "Say what should change."})
    _move(achievement, to=Achievement.Status.RETURNED, reason=reason, by=by, at=at)


@transaction.atomic
def _move(achievement: Achievement, *, to: str, reason: str, by: User, at: datetime) -> None:
    """Change an achievement's status once, however often it is asked for."""
    if not Achievement.objects.filter(pk=achievement.pk).exclude(status=to).update(status=to):
        return
    achievement.status = to
    remembered = _remembering(achievement, kind="~", by=by, at=at, reason=reason)
    index_rows([achievement])
    run_together([*remembered, *touching(partnership_ids=[achievement.partnership_id])])


def _checked(words: AchievementWords, *, partnership_id: int, already: _Links, at: datetime) -> _Links:
    """The term an achievement counts in and the links it may have, in one query; raises ValidationError by field."""
    today = timezone.localdate(at)
    problems = problems_with(words, today=today)
    if problems:
        raise ValidationError(problems)
    # A long period counts where it ends, as far as it has.
    counts_on = words.happened_on or min(parse_period(words.period).ends_on, today)
    found: dict[str, set[int]] = {"term": set(), "organisation": set(), "priority": set()}
    rows = _within.tuples(partnership_id, counts_on, tuple(words.organisation_ids), tuple(words.priority_ids))
    for name, pk in rows:
        found[name].add(pk)
    within = _Links(next(iter(found["term"]), None), frozenset(found["organisation"]), frozenset(found["priority"]))
    if not words.organisation_ids <= within.organisation_ids | already.organisation_ids:
        problems["organisations"] = "Choose from the partners in the list."
    if not words.priority_ids <= within.priority_ids | already.priority_ids:
        problems["priorities"] = "Choose from the priorities in the list."
    if problems:
        raise ValidationError(problems)
    return within


@Prepared
def _within(
    partnership_id: int, counts_on: date, organisation_ids: Sequence[int], priority_ids: Sequence[int]
) -> models.QuerySet[Any, Any]:
    """Which of these a partnership has, and its term at a day: one query for all, because logging must be quick."""
    term = Term.objects.filter(calendar__partnerships=partnership_id).at(counts_on).values("pk")[:1]
    sources: list[tuple[str, models.QuerySet[Any]]] = [
        ("term", Term.objects.filter(pk__in=term)),
        (
            "organisation",
            Organisation.objects.filter(memberships__partnership=partnership_id, pk__in=organisation_ids),
        ),
        ("priority", Priority.objects.filter(strategy__partnership=partnership_id, pk__in=priority_ids)),
    ]
    first, *rest = [
        rows.order_by().values_list(Value(name, output_field=models.CharField()), "pk") for name, rows in sources
    ]
    return first.union(*rest)


def _linking(achievement: Achievement, words: AchievementWords, already: _Links = _NO_LINKS) -> list[Statement]:
    """What sets the organisations and priorities, without a history row for each."""
    found: list[Statement] = []
    for add, take, wanted, had in (
        (_ADD_ORGANISATIONS, _TAKE_ORGANISATION, words.organisation_ids, already.organisation_ids),
        (_ADD_PRIORITIES, _TAKE_PRIORITY, words.priority_ids, already.priority_ids),
    ):
        found += [(take, [achievement.pk, pk]) for pk in sorted(had - wanted)]
        if new := sorted(wanted - had):
            pairs = ", ".join(["(%s, %s)"] * len(new))
            found.append((add + pairs, [value for pk in new for value in (achievement.pk, pk)]))
    return found


def _remembering(achievement: Achievement, *, kind: str, by: User, at: datetime, reason: str = "") -> list[Statement]:
    """What adds one row of history with its organisations and priorities: three inserts, where saving takes 13."""
    pk, moment = achievement.pk, connection.ops.adapt_datetimefield_value(at)
    return [
        (_copying(), [kind, moment, by.pk, reason or None, pk]),
        (_COPY_ORGANISATIONS, [pk, pk]),
        (_COPY_PRIORITIES, [pk, pk]),
    ]


@cache
def _copying() -> str:
    """The statement that copies an achievement into its history, with the columns that the history has."""
    history: Any = Achievement.history.model
    return _COPY.format(columns=", ".join(f'"{field.column}"' for field in history.tracked_fields))

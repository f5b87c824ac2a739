"""What happened, what was asked and what is due, as rows of a dashboard."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from reports.renderers.dashboard.values import AchievementRow, Exchange, MilestoneRow, TotalRow, VoiceRow
from reports.renderers.dashboard.words import Addresses, day, joined
from reports.renderers.document.words import late, made_of, moved_from, plain
from reports.snapshots.schema import Achievement, ActivityLine, Decision, Question, Snapshot, Total, Voice
from wesp_portal.common.formatting import join_words, number, plural

DUE_MOST = 24
OPEN = "To do"


def achievement_row(achievement: Achievement, addresses: Addresses) -> AchievementRow:
    return AchievementRow(
        title=plain(achievement.title) if achievement.is_demo else achievement.title,
        is_demo=achievement.is_demo,
        url=addresses.achievement(achievement.id),
        detail=achievement.detail,
        number=number(Decimal(achievement.quantity)) if achievement.quantity else "",
        qualifier=achievement.qualifier,
        unit=achievement.unit,
        meta=joined(
            achievement.when,
            join_words(achievement.organisations),
            plural(achievement.evidence, "piece of evidence", "pieces of evidence") if achievement.evidence else "",
        ),
    )


def total_row(total: Total) -> TotalRow:
    return TotalRow(
        value=number(Decimal(total.value)),
        qualifier=total.qualifier,
        unit=total.unit,
        detail=made_of(total),
    )


def voice_row(voice: Voice, titles: Mapping[int, str], addresses: Addresses) -> VoiceRow:
    return VoiceRow(
        words=voice.words,
        meta=joined(voice.said_by, voice.when, voice.numbers),
        about=voice.about or titles.get(voice.priority_id, ""),
        url=addresses.priority(voice.priority_id),
    )


def exchanges(snapshot: Snapshot, addresses: Addresses) -> tuple[tuple[Exchange, ...], tuple[Exchange, ...]]:
    """Questions and decisions together: those still open, the oldest first, and those settled, the latest first."""
    asked = [(one.asked_on, bool(one.answer), _question(one, addresses)) for one in snapshot.questions]
    decided = [(one.decided_on, one.status != OPEN, _decision(one, addresses)) for one in snapshot.decisions]
    dated = sorted(asked + decided, key=lambda one: one[0])
    waiting = tuple(exchange for _, is_settled, exchange in dated if not is_settled)
    return waiting, tuple(exchange for _, is_settled, exchange in reversed(dated) if is_settled)


def _question(question: Question, addresses: Addresses) -> Exchange:
    return Exchange(
        kind="You asked",
        text=question.text,
        reply=question.answer,
        state="Answered" if question.answer else "Waiting for an answer",
        meta=joined(
            f"Asked on {day(question.asked_on)}",
            f"answered on {day(question.answered_on)}" if question.answered_on else "",
        ),
        about=question.about,
        url=addresses.of(question.about_kind, question.about_id),
    )


def _decision(decision: Decision, addresses: Addresses) -> Exchange:
    acts = f"{decision.action_by} acts" if decision.action_by else "nobody is named to act"
    return Exchange(
        kind="You decided",
        text=decision.text,
        reply=decision.outcome,
        state=decision.status,
        meta=joined(
            f"Decided on {day(decision.decided_on)}",
            f"{acts} by {day(decision.due_on)}" if decision.due_on else acts,
            f"settled on {day(decision.settled_on)}" if decision.settled_on else "",
        ),
        about=decision.about,
        url=addresses.of(decision.about_kind, decision.about_id),
    )


def milestone_row(line: ActivityLine, addresses: Addresses) -> MilestoneRow:
    """A milestone by the date it is due, or was done."""
    due = f"due {day(line.due_on)}" if line.done_on else ""
    return MilestoneRow(
        title=f"{line.ref} {line.title}",
        url=addresses.activity(line.id),
        date=f"Done {day(line.done_on)}" if line.done_on else day(line.due_on),
        note=joined(late(line), due, moved_from(line)),
        is_late=line.late_days > 0,
        owner=line.owner,
        standing=line.standing,
    )


def due_later(waiting: Sequence[ActivityLine]) -> str:
    """How many more are due after those listed: what is far off is read on the strategy's own page."""
    more = len(waiting) - DUE_MOST
    if more <= 0:
        return ""
    return f"{plural(more, 'activity', 'activities')} due after {day(waiting[DUE_MOST - 1].due_on)}."

"""Recording how an activity stands in a term, with the copies that the dashboard reads."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from partnerships.models import Term, User
from partnerships.services import index_rows, touch
from priorities.models import Activity, ActivityStatus, ActivityUpdate, Rag
from priorities.queries.settled import settled_organisations, why_settled
from priorities.services.evidence import NewEvidence, add_evidence
from wesp_portal.common.conflicts import check_not_stale
from wesp_portal.common.periods import parse_period

TRAIL_LENGTH = 12


def update_problems(*, status: str, rag: str, words: str, reason: str) -> dict[str, str]:
    """What must be put right before an update is recorded, by field; empty when all is well."""
    found = {}
    if status not in ActivityStatus.values:
        found["status"] = "Choose how far along it is."
    if rag and rag not in Rag.values:
        found["rag"] = "Choose from the list."
    elif not rag and status in (ActivityStatus.UNDER_WAY, ActivityStatus.DONE):
        found["rag"] = "Choose whether it is on track, at risk or off track."
    if not words.strip() and status != ActivityStatus.NOT_STARTED:
        found["words"] = "Say what was done this term."
    if not reason.strip() and rag in (Rag.AT_RISK, Rag.OFF_TRACK):
        found["reason"] = "Say why it is at risk or off track, and what is being done."
    return found


def said_of(update: ActivityUpdate | None) -> dict[str, str]:
    """What an update says, by the names of its form; nothing where there is none."""
    if update is None:
        return {}
    return {"status": update.status, "rag": update.rag, "words": update.words, "reason": update.reason}


@transaction.atomic
def record_update(
    *,
    activity: Activity,
    term: Term,
    status: str,
    rag: str,
    words: str,
    reason: str,
    by: User,
    at: datetime,
    evidence: Iterable[NewEvidence] = (),
    seen: str = "",
    source: str = "",
) -> ActivityUpdate:
    """Write the activity's one update of a term, and its kept copies with it.

    Raises ValidationError by field, and with the code "settled" where the organisation's return of the term was sent.
    Raises StaleError where the update no longer says what the form marked `seen` showed.
    `source` is whose words they are, where `by` only accepted them. Whoever calls has made sure that `by` may update
    the activity.
    """
    if problems := update_problems(status=status, rag=rag, words=words, reason=reason):
        raise ValidationError(problems)
    # Locked, so that two updates of different terms do not lose each other's mark in the trail.
    held = (
        Activity.objects.select_for_update(of=("self",))
        .select_related("priority__strategy__partnership", "lead")
        .get(pk=activity.pk)
    )
    partnership = held.priority.strategy.partnership
    if term.calendar_id != partnership.calendar_id:
        raise ValidationError({"term": "Choose a term of the partnership's own calendar."})
    settled = settled_organisations(partnership_id=partnership.pk, term=term)
    if reason_not_to := why_settled(held, term, settled):
        raise ValidationError(reason_not_to, code="settled")
    if seen:
        now = said_of(ActivityUpdate.objects.filter(activity=held, term=term).first())
        check_not_stale(seen=seen, now=now, said={"status": status, "rag": rag, "words": words, "reason": reason})
    update, _ = ActivityUpdate.objects.update_or_create(
        activity=held,
        term=term,
        defaults={
            "status": status,
            "rag": rag,
            "words": words,
            "reason": reason,
            "author": by,
            "source": source,
            "updated_at": at,
        },
    )
    keep_latest(activity=held, term_code=term.code, status=status, rag=rag)
    for name in ("latest_term", "latest_status", "latest_rag", "trail"):
        setattr(activity, name, getattr(held, name))
    add_evidence(behind=update, evidence=evidence, by=by, at=at)
    # The rows in hand, so that nothing is read again to be indexed.
    update.activity, update.term = held, term
    index_rows([update])
    touch(partnership_ids=[partnership.pk])
    return update


def keep_latest(*, activity: Activity, term_code: str, status: str, rag: str) -> None:
    """Bring an activity's kept copies up to date with one update; an older term never replaces a newer one."""
    trail = activity.trail | {term_code: f"{status}:{rag}"}
    newest = sorted(trail, key=_when)[-TRAIL_LENGTH:]
    activity.trail = {code: trail[code] for code in newest}
    if not activity.latest_term or _when(term_code) >= _when(activity.latest_term):
        activity.latest_term, activity.latest_status, activity.latest_rag = term_code, status, rag
    # The copies are no part of the activity's history, so the rows are written without one.
    Activity.objects.filter(pk=activity.pk).update(
        latest_term=activity.latest_term,
        latest_status=activity.latest_status,
        latest_rag=activity.latest_rag,
        trail=activity.trail,
    )


def _when(term_code: str) -> str:
    return parse_period(term_code).ends_on.isoformat()

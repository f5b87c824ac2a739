"""Saving updates one by one out of many, none of them over words that their author has not seen."""

from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum

from django.core.exceptions import ValidationError
from django.db import transaction

from partnerships.models import Term, User
from priorities.models import Activity, ActivityUpdate
from priorities.queries.bulk_updates import FIELDS, Said
from priorities.services.updates import record_update, update_problems
from wesp_portal.common.conflicts import is_stale

# Characters of a text: several pages, and no more than a reader will take.
LONGEST = 20_000


class Verdict(StrEnum):
    """What becomes of one update out of many."""

    UNCHANGED = "unchanged"
    CHANGED = "changed"
    STALE = "stale"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Judged:
    """A verdict, and what must be put right first, by field."""

    verdict: Verdict
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an update that was to be saved, and the update as it now stands."""

    judged: Judged
    update: ActivityUpdate | None


def judge(*, said: Said, seen: str, now: Said) -> Judged:
    """What becomes of words that were written over those marked `seen`, where `now` is what is saved.

    Words that nobody touched are left alone, whoever else changed the update meanwhile; so are those that say what is
    saved already, which makes saving twice harmless.
    """
    if said == now or said.mark == seen:
        return Judged(Verdict.UNCHANGED)
    if is_stale(seen=seen, now=asdict(now), said=asdict(said)):
        return Judged(Verdict.STALE)
    if problems := said_problems(said):
        return Judged(Verdict.REFUSED, problems)
    return Judged(Verdict.CHANGED)


def said_problems(said: Said) -> dict[str, str]:
    """What must be put right before these words are saved, by field."""
    problems = update_problems(status=said.status, rag=said.rag, words=said.words, reason=said.reason)
    for name in ("words", "reason"):
        length = len(getattr(said, name))
        if length > LONGEST:
            problems[name] = f"Use {LONGEST:,} characters or fewer; there are {length:,}."
    return problems


@transaction.atomic
def record_over(*, activity: Activity, term: Term, said: Said, seen: str, by: User, at: datetime) -> Saved:
    """Write an activity's update of a term over the words marked `seen`, unless it is refused or they have changed.

    Whoever calls has made sure that `by` may update the activity.
    """
    # Locked before it is read, so that nobody's words come in between.
    Activity.objects.select_for_update(of=("self",)).get(pk=activity.pk)
    update = ActivityUpdate.objects.filter(activity=activity, term=term).select_related("author").first()
    judged = judge(said=said, seen=seen, now=Said.of(update))
    if judged.verdict == Verdict.CHANGED:
        try:
            update = record_update(
                activity=activity,
                term=term,
                status=said.status,
                rag=said.rag,
                words=said.words,
                reason=said.reason,
                by=by,
                at=at,
            )
        except ValidationError as error:
            # Rules that only the service knows, such as a return that was sent in meanwhile.
            judged = Judged(Verdict.REFUSED, _by_field(error))
    return Saved(judged, update)


def _by_field(error: ValidationError) -> dict[str, str]:
    """A service's refusal by field; blank is the name of what concerns the whole update."""
    problems = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return {name if name in FIELDS else "": words[0] for name, words in problems.items()}

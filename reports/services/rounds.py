"""Rounds: opened with their dates and a return for each partner, half written already; closed; and opened again."""

import logging
from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history

from partnerships.models import Meeting, Membership, Partnership, Role, Term, User
from partnerships.services import touch
from priorities.models import Outcome, Priority
from reports.models import Return, ReturnEntry, Round
from reports.services.history import attributed

logger = logging.getLogger(__name__)

DUE_BEFORE_END = timedelta(weeks=3)
BOARD_AFTER_DUE = timedelta(weeks=2)
# Half terms and months are shorter than this; what is due in them is due, and read, closer to their end.
SHORT = timedelta(weeks=10)
SHORT_DUE_BEFORE_END, SHORT_BOARD_AFTER_DUE = timedelta(weeks=1), timedelta(weeks=1)
AT_LEAST_TO_WRITE = timedelta(weeks=1)
AT_LEAST_TO_READ = timedelta(weeks=1)
SATURDAY = 5
# What the history of a round says of each change.
OPENED, CLOSED, REOPENED = "Round opened", "Round closed", "Round opened again"


def open_round(*, partnership: Partnership, term: Term, at: datetime, by: User | None = None) -> Round:
    """Open a partnership's round for a term, or complete the one that is open; returns already begun keep their words.

    Every organisation with an officer has a return, or else the lead organisation has one; each return has an entry
    for every open priority of the partnership's strategies, in order.
    """
    today = timezone.localdate(at)
    with transaction.atomic():
        # The partnership's row is the lock: two people who open the same round at once make one.
        Partnership.objects.select_for_update(no_key=True).get(pk=partnership.pk)
        opened = Round.objects.filter(partnership=partnership, term=term).select_related("partnership", "term").first()
        if opened and opened.is_closed:
            return opened
        if not opened:
            opened = _made_round(partnership, term, today)
            bulk_create_with_history([opened], Round, default_user=by, default_change_reason=OPENED, default_date=at)
        returns = _complete_returns(opened, today, at, by)
        _complete_entries(opened, returns, at, by)
        touch(partnership_ids=[partnership.pk])
    return opened


def open_rounds(*, on: date) -> list[Round]:
    """Open this term's round of every partnership that is in term; what fails for one is logged and stops no other."""
    at = timezone.make_aware(datetime.combine(on, time()))
    opened = []
    for partnership in Partnership.objects.select_related("calendar"):
        term = Term.objects.filter(calendar=partnership.calendar_id).at(on).first()
        if not term or term.ends_on < on:
            continue
        try:
            opened.append(open_round(partnership=partnership, term=term, at=at))
        except Exception:
            logger.exception("The round of %s for %s could not be opened.", partnership.slug, term.code)
    return opened


@transaction.atomic
def close_round(*, round_id: int, at: datetime) -> bool:
    """Close a round whose last day is over; whether this call closed it."""
    # The row is the lock: whoever comes second looks at it anew, and finds it closed or given another last day.
    closing = (
        Round.objects.to_close(timezone.localdate(at))
        .select_for_update(no_key=True, of=("self",))
        .filter(pk=round_id)
        .first()
    )
    if closing is None:
        return False
    closing.is_closed = True
    attributed(closing, reason=CLOSED, by=None, at=at)
    closing.save(update_fields=["is_closed"])
    touch(partnership_ids=[closing.partnership_id])
    return True


def close_rounds(*, at: datetime) -> int:
    """Close every round whose last day is over; how many. What fails for one is logged and stops no other."""
    due = list(Round.objects.to_close(timezone.localdate(at)).order_by("pk").values_list("pk", flat=True))
    closed = 0
    for round_id in due:
        try:
            closed += close_round(round_id=round_id, at=at)
        except Exception:
            logger.exception("Round %s could not be closed.", round_id)
    return closed


@transaction.atomic
def reopen_round(*, round_: Round, reason: str, until: date, by: User, at: datetime) -> Round:
    """Open a closed round again, to the end of a day and for a reason; one that is open already stays as it is."""
    if not reason.strip():
        raise ValidationError({"reason": "Say why the round is opened again."})
    if until < timezone.localdate(at):
        raise ValidationError({"until": "The last day must be today or later."})
    current = Round.objects.select_for_update(no_key=True).get(pk=round_.pk)
    if current.is_closed:
        current.is_closed, current.closes_on, current.reopening_reason = False, until, reason.strip()
        attributed(current, reason=REOPENED, by=by, at=at)
        current.save(update_fields=["is_closed", "closes_on", "reopening_reason"])
        touch(partnership_ids=[current.partnership_id])
    return current


def working_day(day: date, *, step: int) -> date:
    """The day itself, or the nearest Monday to Friday after it (step 1) or before it (step -1)."""
    while day.weekday() >= SATURDAY:
        day += timedelta(days=step)
    return day


def _made_round(partnership: Partnership, term: Term, today: date) -> Round:
    opens_on = max(term.starts_on, today)
    is_short = term.ends_on - term.starts_on < SHORT
    board_after_due = SHORT_BOARD_AFTER_DUE if is_short else BOARD_AFTER_DUE
    due_on = working_day(term.ends_on - (SHORT_DUE_BEFORE_END if is_short else DUE_BEFORE_END), step=-1)
    if due_on < opens_on:
        due_on = working_day(opens_on + AT_LEAST_TO_WRITE, step=1)
    meeting = (
        Meeting.objects.filter(board__partnership=partnership, board__is_reporting=True)
        .filter(starts_at__date__gte=due_on + AT_LEAST_TO_READ, starts_at__date__lte=due_on + 3 * board_after_due)
        .order_by("starts_at")
        .first()
    )
    board_on = timezone.localdate(meeting.starts_at) if meeting else working_day(due_on + board_after_due, step=1)
    return Round(partnership=partnership, term=term, opens_on=opens_on, due_on=due_on, board_on=board_on)


def _complete_returns(opened: Round, today: date, at: datetime, by: User | None) -> list[Return]:
    """Make the returns that are missing; gives those that nobody has begun, which still follow the strategy."""
    existing = list(Return.objects.filter(round=opened))
    held = {each.organisation_id for each in existing}
    missing = [
        Return(round=opened, organisation_id=organisation_id, author_role=author_role)
        for organisation_id, author_role in _reporting(opened.partnership_id, today).items()
        if organisation_id not in held
    ]
    made: list[Return] = bulk_create_with_history(
        missing, Return, default_user=by, default_change_reason=OPENED, default_date=at
    )
    return [each for each in existing if each.status == Return.Status.NOT_STARTED] + made


def _reporting(partnership_id: int, today: date) -> dict[int, str]:
    """The organisations that report, each with its first officer's job title."""
    officers = (
        Role.objects.current(today)
        .filter(partnership=partnership_id, kind=Role.Kind.OFFICER, user__is_active=True)
        .order_by("pk")
        .values_list("organisation_id", "user__job_title")
    )
    reporting: dict[int, str] = {}
    for organisation_id, job_title in officers:
        if organisation_id:
            reporting[organisation_id] = reporting.get(organisation_id) or job_title[:120]
    if reporting:
        return reporting
    lead = Membership.objects.filter(partnership=partnership_id, role=Membership.Role.LEAD, ends_on=None).first()
    return {lead.organisation_id: ""} if lead else {}


def _complete_entries(opened: Round, returns: Collection[Return], at: datetime, by: User | None) -> None:
    priorities = list(
        Priority.objects.open()
        .filter(strategy__partnership=opened.partnership_id)
        .order_by("strategy__title", "strategy_id", "position", "ref")
    )
    if not (priorities and returns):
        return
    held = set(ReturnEntry.objects.filter(return_of__in=returns).values_list("return_of_id", "priority_id"))
    outcomes = _outcomes_as_lines(priorities)
    earlier = _earlier_entries(opened, {each.organisation_id for each in returns})
    missing = []
    for each in returns:
        for position, priority in enumerate(priorities, start=1):
            if (each.pk, priority.pk) in held:
                continue
            before = earlier.get((each.organisation_id, priority.pk))
            missing.append(
                ReturnEntry(
                    return_of=each,
                    priority=priority,
                    position=position,
                    intended_outcomes=outcomes.get(priority.pk) or (before.intended_outcomes if before else ""),
                    exit_strategy=(before.exit_strategy if before else "") or priority.exit_strategy,
                )
            )
    bulk_create_with_history(
        missing,
        ReturnEntry,
        batch_size=500,
        default_user=by,
        default_change_reason="Begun from the strategy and the last return",
        default_date=at,
    )


def _outcomes_as_lines(priorities: Iterable[Priority]) -> dict[int, str]:
    lines: dict[int, list[str]] = {}
    outcomes = Outcome.objects.filter(priority__in=priorities).order_by(
        "priority", "objective__position", "objective__ref", "position", "ref"
    )
    for outcome in outcomes:
        lines.setdefault(outcome.priority_id, []).append(outcome.wording)
    return {priority_id: "\n".join(texts) for priority_id, texts in lines.items()}


def _earlier_entries(opened: Round, organisation_ids: Collection[int]) -> dict[tuple[int, int], ReturnEntry]:
    """The entries of each organisation's last written return before a round, by organisation and priority."""
    written = (
        Return.objects.filter(
            round__partnership=opened.partnership_id,
            round__term__starts_on__lt=opened.term.starts_on,
            organisation__in=organisation_ids,
        )
        .exclude(status=Return.Status.NOT_STARTED)
        .order_by("round__term__starts_on")
        .values_list("organisation_id", "pk")
    )
    entries = ReturnEntry.objects.filter(return_of__in=dict(written).values()).select_related("return_of")
    return {(entry.return_of.organisation_id, entry.priority_id): entry for entry in entries}

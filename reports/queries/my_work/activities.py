"""Activities that say nothing of this term yet, and what was logged in it."""

from collections.abc import Iterable

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When

from partnerships.access import Access
from partnerships.models import Term, User
from priorities.models import Achievement, Activity, ActivityStatus, ActivityUpdate, GuestRequest, Priority
from reports.models import Return, Round
from reports.queries.my_work.lists import Shortened, shortened


def awaiting_update(terms: Iterable[int]) -> QuerySet[Activity]:
    """Activities that are worked on and say nothing of these terms yet.

    What is settled, because its organisation has sent its return, asks for nothing more; nor, once every return is
    approved, does what no organisation leads.
    """
    term_ids = list(terms)
    updated = ActivityUpdate.objects.filter(activity=OuterRef("pk"), term__in=term_ids)
    returns = Return.objects.filter(
        round__partnership=OuterRef("priority__strategy__partnership"), round__term__in=term_ids
    )
    not_approved = returns.exclude(status=Return.Status.APPROVED)
    sent = returns.filter(organisation=OuterRef("lead")).exclude(status__in=Return.EDITABLE)
    all_approved = Q(Exists(returns), ~Exists(not_approved), lead=None)
    return Activity.objects.filter(
        ~Exists(updated), ~Exists(sent), ~all_approved, priority__in=Priority.objects.open()
    ).exclude(latest_status=ActivityStatus.DONE)


def without_update(user: User, access: Access, terms: dict[int, Term], rounds: dict[int, Round]) -> Shortened[Activity]:
    """Activities of mine that say nothing of this term: my own, my organisation's, and those nobody leads."""
    mine = Q(owner=user)
    for partnership_id, organisation_id in access.officer_of:
        mine |= Q(Q(lead=organisation_id) | Q(lead=None), owner=None, priority__strategy__partnership=partnership_id)
    # The first rows are those whose round is due first, whichever partnership they are of.
    order = sorted(rounds, key=lambda partnership_id: rounds[partnership_id].due_on)
    places = [When(priority__strategy__partnership=each, then=Value(place)) for place, each in enumerate(order)]
    # Without a round, a number by itself would stand there, which PostgreSQL takes for that of a column.
    soonest = [Case(*places, default=Value(len(order)))] if places else []
    activities = (
        awaiting_update(terms)
        .filter(mine, priority__strategy__partnership__in=access.logging_in)
        .select_related("priority__strategy")
        .order_by(
            *soonest,
            F("due_on").asc(nulls_last=True),
            "priority__position",
            "position",
            "ref",
        )
    )
    return shortened(activities)


def logged_by(user: User, access: Access, terms: dict[int, Term]) -> Shortened[Achievement]:
    """What a person logged this term, latest first."""
    return shortened(
        Achievement.objects.filter(logged_by=user, term__in=terms, partnership__in=access.partnership_ids).order_by(
            "-logged_at"
        )
    )


def answers_to_judge(user: User, access: Access) -> Shortened[GuestRequest]:
    """Guests' answers that a person may accept or set aside and nobody has, the earliest first."""
    return shortened(
        GuestRequest.objects.visible_to(user)
        .to_judge()
        .filter(activity__priority__strategy__partnership__in=access.logging_in)
        .select_related("activity__priority__strategy")
        .order_by("answered_at")
    )

"""What a lead says of a return: comments at its priorities, and the email that tells its officers of the decision."""

import logging
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from partnerships.models import Role, User
from reports.models import EntryComment, Return, ReturnEntry
from reports.services.returns import TELLING_TASK
from wesp_portal.common.jobs import enqueue
from wesp_portal.common.mail import NotTakenError, UnconfirmedError, portal_address, send_email

logger = logging.getLogger(__name__)

# An email that could not be sent for so long tells nobody anything new: it stands on their page meanwhile.
WORTH_TELLING = timedelta(days=1)


def comment_on(*, entry: ReturnEntry, text: str, by: User, at: datetime) -> EntryComment:
    """Say something of one priority of a return; the same words again, while they wait, are one comment."""
    if not text.strip():
        raise ValidationError({"text": "Write what you want to say of this priority."})
    comment, _ = EntryComment.objects.get_or_create(
        entry=entry, text=text.strip(), resolved_at=None, written_by=by, defaults={"written_at": at}
    )
    return comment


def resolve_comment(*, comment: EntryComment, by: User, at: datetime) -> None:
    """Mark a comment as dealt with; twice is harmless."""
    EntryComment.objects.filter(pk=comment.pk, resolved_at=None).update(resolved_by=by, resolved_at=at)


def tell_of_review(*, return_id: int, at: datetime) -> int:
    """Tell the officers of a return what the lead decided, once, by one email each; how many were sent.

    The row says that they were told before the first email leaves, so that nobody is told twice; where the mail server
    took none, it says so no longer, and the sweeper tries again.
    """
    claimed = Return.objects.filter(
        pk=return_id, status__in=[Return.Status.SENT_BACK, Return.Status.APPROVED], told_at=None
    ).update(told_at=at)
    if not claimed:
        return 0
    return_of = Return.objects.select_related("round__partnership", "round__term", "organisation", "reviewed_by").get(
        pk=return_id
    )
    comments = EntryComment.objects.filter(entry__return_of=return_of, resolved_at=None).select_related(
        "entry__priority"
    )
    is_approved = return_of.status == Return.Status.APPROVED
    context = {
        "partnership": return_of.round.partnership.name,
        "organisation": return_of.organisation.name,
        "term": return_of.round.term.label,
        "by": return_of.reviewed_by.name if return_of.reviewed_by else "The lead",
        "is_approved": is_approved,
        "comment": return_of.review_comment,
        "comments": [(str(each.entry.priority), each.text) for each in comments],
        "url": portal_address(reverse("return-review" if is_approved else "return", args=[return_of.pk])),
    }
    sent, refused = 0, 0
    for person in _officers_of(return_of, at):
        try:
            send_email("return_reviewed", to=person.email, context=context | {"name": person.name})
            sent += 1
        except UnconfirmedError as error:
            logger.warning("Person %s may not have been told of return %s: %s", person.pk, return_id, error)
        except NotTakenError as error:
            logger.warning("Person %s was not told of return %s: %s", person.pk, return_id, error)
            refused += 1
    if refused and not sent:
        Return.objects.filter(pk=return_id, told_at=at).update(told_at=None)
    return sent


def sweep_reviews(*, at: datetime) -> int:
    """Queue again the reviews of which nobody was told; how many."""
    waiting = list(
        Return.objects.filter(
            status__in=[Return.Status.SENT_BACK, Return.Status.APPROVED],
            told_at=None,
            reviewed_at__gt=at - WORTH_TELLING,
        ).values_list("pk", flat=True)
    )
    for return_id in waiting:
        enqueue(TELLING_TASK, return_id)
    return len(waiting)


def _officers_of(return_of: Return, at: datetime) -> list[User]:
    """The officers who write the return, but whoever reviewed it: they know."""
    roles = Role.objects.current(timezone.localdate(at)).filter(
        kind=Role.Kind.OFFICER, partnership=return_of.round.partnership_id, organisation=return_of.organisation_id
    )
    people = User.objects.filter(pk__in=roles.values("user"), is_active=True)
    return [person for person in people.order_by("pk") if person.pk != return_of.reviewed_by_id]

"""Asking a guest for an update by a link of their own, taking their answer, and making it the term's update or not."""

import hashlib
import logging
import secrets
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db import transaction

from partnerships.models import Term, User
from priorities.models import Activity, ActivityUpdate, GuestRequest
from priorities.queries.settled import settled_organisations, why_settled
from priorities.services.updates import record_update, update_problems
from wesp_portal.common.mail import NotTakenError, UnconfirmedError, send_email

logger = logging.getLogger(__name__)

OPEN_FOR = timedelta(days=14)
_signer = Signer(sep=".", salt="guest-request")


class LinkError(Exception):
    """A link takes no answer; its words say why, and nothing of what it was about."""


@transaction.atomic
def ask_guest(
    *, activity: Activity, term: Term, guest_name: str, guest_email: str, question: str, by: User, at: datetime
) -> tuple[GuestRequest, str]:
    """A request, and the secret of its link, which is given here and never again.

    An earlier link of the same guest's for the same update is revoked. Raises ValidationError for a settled term.
    Whoever calls has made sure that `by` may update the activity.
    """
    partnership_id = activity.priority.strategy.partnership_id
    settled = settled_organisations(partnership_id=partnership_id, term=term)
    if reason_not_to := why_settled(activity, term, settled):
        raise ValidationError(reason_not_to, code="settled")
    earlier = GuestRequest.objects.waiting(at).filter(activity=activity, term=term, guest_email__iexact=guest_email)
    earlier.update(revoked_at=at)
    token = secrets.token_urlsafe(32)
    request = GuestRequest.objects.create(
        activity=activity,
        term=term,
        guest_name=guest_name,
        guest_email=guest_email,
        question=question,
        token_hash=_hash(token),
        asked_by=by,
        asked_at=at,
        expires_at=at + OPEN_FOR,
    )
    return request, _signer.sign(token)


def request_of(*, link: str, at: datetime) -> GuestRequest:
    """The request that a link's secret opens; raises LinkError for one that we did not sign, or that is over.

    A secret that we did not sign is refused without a query.
    """
    try:
        token = _signer.unsign(link)
    except BadSignature:
        raise LinkError("This link is not one of ours. Check that you copied all of it.") from None
    found = GuestRequest.objects.select_related("activity", "term", "asked_by").filter(token_hash=_hash(token)).first()
    if found is None:
        raise LinkError("This link is no longer known.")
    if found.answered_at:
        raise LinkError("This link was used: an answer was sent with it, and each link takes one.")
    if found.revoked_at:
        raise LinkError("This link was withdrawn by whoever sent it.")
    if found.expires_at <= at:
        raise LinkError("This link has expired: each is open for 14 days.")
    return found


def answer_request(
    *,
    request: GuestRequest,
    signed_name: str,
    signed_organisation: str,
    status: str,
    rag: str,
    words: str,
    reason: str,
    at: datetime,
) -> None:
    """Keep a guest's answer for an officer to judge, once; it changes nothing of the activity.

    Raises ValidationError by field, and LinkError where the link takes no answer any more.
    """
    if problems := update_problems(status=status, rag=rag, words=words, reason=reason):
        raise ValidationError(problems)
    taken = GuestRequest.objects.waiting(at).filter(pk=request.pk)
    if not taken.update(
        answered_at=at,
        signed_name=signed_name,
        signed_organisation=signed_organisation,
        status=status,
        rag=rag,
        words=words,
        reason=reason,
    ):
        raise LinkError("This link takes no answer any more: it was used, withdrawn or has expired.")


@transaction.atomic
def accept_answer(
    *, request: GuestRequest, status: str, rag: str, words: str, reason: str, by: User, at: datetime, seen: str = ""
) -> ActivityUpdate:
    """Make an answer the term's update, as it came or as the officer edited it, attributed to whoever sent it.

    Raises ValidationError by field, and where somebody judged the answer already; StaleError where the update that it
    takes the place of is no longer the one marked `seen`.
    """
    is_edited = (status, rag, words, reason) != (request.status, request.rag, request.words, request.reason)
    outcome = GuestRequest.Outcome.EDITED if is_edited else GuestRequest.Outcome.ACCEPTED
    _settle(request, outcome, by=by, at=at)
    whose = request.signed_organisation or request.signed_name
    update = record_update(
        activity=request.activity,
        term=request.term,
        status=status,
        rag=rag,
        words=words,
        reason=reason,
        by=by,
        at=at,
        seen=seen,
        source=f"{whose} (edited)" if is_edited else whose,
    )
    GuestRequest.objects.filter(pk=request.pk).update(update=update)
    return update


def set_answer_aside(*, request: GuestRequest, by: User, at: datetime) -> None:
    """Leave an answer out of the update; it stays to be read. Raises ValidationError where it was judged already."""
    _settle(request, GuestRequest.Outcome.SET_ASIDE, by=by, at=at)


def revoke_request(*, request: GuestRequest, at: datetime) -> bool:
    """Close a link that nobody has answered; whether this call did."""
    return bool(GuestRequest.objects.waiting(at).filter(pk=request.pk).update(revoked_at=at))


def send_request(*, request: GuestRequest, address: str) -> bool:
    """Send a guest their link by email; False where the mail server did not confirm that it took it."""
    context = {"request": request, "address": address}
    try:
        send_email("guest_request", to=request.guest_email, context=context, reply_to=request.asked_by.email)
    except (NotTakenError, UnconfirmedError) as error:
        logger.warning("The link of guest request %s was not sent: %s", request.pk, error)
        return False
    return True


def _settle(request: GuestRequest, outcome: GuestRequest.Outcome, *, by: User, at: datetime) -> None:
    """Record what became of an answer, once."""
    unjudged = GuestRequest.objects.to_judge().filter(pk=request.pk)
    if not unjudged.update(outcome=outcome, settled_by=by, settled_at=at):
        raise ValidationError("Somebody has judged this answer already. Open the page again.", code="judged")


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

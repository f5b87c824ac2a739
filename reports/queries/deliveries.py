"""Who was sent a report, and what became of each email."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from reports.models import Delivery, Report
from wesp_portal.common.formatting import uk_date_time

NOT_KNOWN = (
    "Sending began and was never confirmed, so it may have arrived. Send it again only if they tell you that they do "
    "not have it."
)


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One recipient, with what became of their email in words; `state` is waiting, sending, unsure, sent or failed."""

    id: int
    name: str
    address: str
    state: str
    status: str
    when: str
    opened: str
    is_opened: bool
    tries: int
    reason: str
    again: str
    may_repeat: bool

    @property
    def has_failed(self) -> bool:
        return self.state == "failed" and self.may_repeat


def deliveries_of(report: Report, *, at: datetime) -> list[DeliveryLine]:
    """A report's recipients by name: two queries."""
    repeatable = set(report.deliveries.repeatable(at).values_list("pk", flat=True))
    rows = report.deliveries.select_related("recipient", "again_by").order_by("recipient__name", "pk")
    return [_line(each, may_repeat=each.pk in repeatable) for each in rows]


def _line(delivery: Delivery, *, may_repeat: bool) -> DeliveryLine:
    kinds = Delivery.Status
    state, status, when, reason = "waiting", delivery.get_status_display(), "", delivery.failure
    if delivery.status == kinds.SENT:
        state, when = "sent", _moment(delivery.sent_at)
    elif delivery.status == kinds.FAILED:
        state, when = "failed", _moment(delivery.tried_at)
    elif delivery.status == kinds.UNSURE:
        is_open = may_repeat or bool(delivery.opened_at)
        state, status = ("unsure", status) if is_open else ("sending", "Being sent")
        when, reason = _moment(delivery.tried_at), NOT_KNOWN if may_repeat else ""
    elif delivery.next_at:
        when = f"Next try {_moment(delivery.next_at)}"
    again = f"Sent again by {delivery.again_by.name}, {_moment(delivery.again_at)}" if delivery.again_by else ""
    return DeliveryLine(
        id=delivery.pk,
        name=delivery.recipient.name,
        address=delivery.recipient.email,
        state=state,
        status=status,
        when=when,
        opened=_moment(delivery.opened_at) or "Not yet",
        is_opened=bool(delivery.opened_at),
        tries=delivery.attempts,
        reason=reason,
        again=again,
        may_repeat=may_repeat,
    )


def _moment(at: datetime | None) -> str:
    return uk_date_time(timezone.localtime(at)) if at else ""

"""Which organisations have sent their return of a term: their updates of it stay as the lead reads them."""

from priorities.queries.settled import settles_updates
from reports.models import Return


@settles_updates
def organisations_that_sent(partnership_id: int, term_id: int) -> set[int | None]:
    """Those whose return is with the lead or approved; one that was sent back is open again.

    None is among them once all are approved: an activity that no organisation leads may be told of in every return.
    """
    returns = Return.objects.filter(round__partnership=partnership_id, round__term=term_id)
    states = list(returns.values_list("organisation", "status"))
    sent: set[int | None] = {organisation for organisation, status in states if status not in Return.EDITABLE}
    are_approved = bool(states) and all(status == Return.Status.APPROVED for _, status in states)
    return sent | {None} if are_approved else sent

"""Which organisations have sent their return of a term: their updates of it stay as the lead reads them."""

from priorities.queries.settled import settles_updates
from reports.models import Return


@settles_updates
def organisations_that_sent(partnership_id: int, term_id: int) -> set[int]:
    """Those whose return is with the lead or approved; one that was sent back is open again."""
    sent = Return.objects.filter(round__partnership=partnership_id, round__term=term_id)
    return set(sent.exclude(status__in=Return.EDITABLE).values_list("organisation", flat=True))

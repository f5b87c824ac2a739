"""Versions of partnerships: what a dashboard's cached body is kept under."""

from collections.abc import Collection

from django.db import transaction

from wesp_portal.common.statements import Statement, run_together

# Written out, because every write of an achievement, an update or a reading ends with it.
RAISE = "UPDATE partnerships_partnership SET version = version + 1, changed_at = CURRENT_TIMESTAMP WHERE id = %s"


def touching(*, partnership_ids: Collection[int]) -> list[Statement]:
    """The statements of `touch`, for a write that sends its own together with them."""
    return [(RAISE, [pk]) for pk in sorted(set(partnership_ids))]


@transaction.atomic(savepoint=False)
def touch(*, partnership_ids: Collection[int]) -> None:
    """Say that what the dashboards of these partnerships show was written; one query for all of them.

    Called inside the transaction of every such write. Several rows are locked in the order of their ids, so that two
    writers never wait for each other.
    """
    run_together(touching(partnership_ids=partnership_ids))

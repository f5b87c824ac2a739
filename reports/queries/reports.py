"""What the pages of reports show: the rounds with their versions, and the versions of one round."""

import json
from collections.abc import Sequence

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from partnerships.models import User
from priorities.models import Priority, Strategy
from reports.models import Delivery, Report, Round


def rounds_with_reports(user: User | AnonymousUser) -> QuerySet[Round]:
    """The rounds of which a person may read a report, and all that they lead, with those versions, the latest first."""
    versions = Report.objects.visible_to(user).defer("snapshot").select_related("published_by").order_by("-version")
    led = Round.objects.led_by(user).values("pk")
    return (
        Round.objects.visible_to(user)
        .filter(Q(pk__in=led) | Exists(versions.filter(round=OuterRef("pk"))))
        .select_related("partnership", "term")
        .prefetch_related(Prefetch("reports", queryset=versions))
        .order_by("partnership__name", "partnership_id", "-term__starts_on")
    )


def versions_of(user: User | AnonymousUser, partnership: str, term: str) -> list[Report]:
    """The versions of a term's report that a person may read, the latest first, without their snapshots.

    Each says in `awaits_opening` whether the person was sent it and has not opened it yet.
    """
    return list(
        Report.objects.visible_to(user)
        .filter(round__partnership__slug=partnership, round__term__code=term)
        .exclude(sha256="")
        .annotate(
            awaits_opening=Exists(Delivery.objects.filter(report=OuterRef("pk"), recipient=user.pk, opened_at=None))
        )
        .defer("snapshot")
        .select_related("round__partnership", "round__term", "published_by")
        .order_by("-version")
    )


def published_about(strategies: Sequence[Strategy]) -> list[Report]:
    """The published versions that tell of a priority of these strategies, as their snapshots say."""
    ids = set(Priority.objects.filter(strategy__in=strategies).values_list("pk", flat=True))
    published = Report.objects.frozen().filter(round__partnership__in=[each.partnership_id for each in strategies])
    return [
        each for each in published if ids.intersection(told["id"] for told in json.loads(each.snapshot)["priorities"])
    ]

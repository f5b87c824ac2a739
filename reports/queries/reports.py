"""What the pages of reports show: the rounds with their versions, and the versions of one round."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet

from partnerships.models import User
from priorities.models import Priority, Strategy
from reports.models import Delivery, Report, Return, Round
from wesp_portal.common.formatting import plural


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


@dataclass(frozen=True, slots=True)
class BoardBuild:
    """One board's report of a term: how many returns are approved, and the latest version, where one was asked for."""

    round: Round
    returns: int
    approved: int
    report: Report | None

    @property
    def is_waiting(self) -> bool:
        return self.report is not None and self.report.build in (Report.Build.QUEUED, Report.Build.BUILDING)


@dataclass(frozen=True, slots=True)
class TermBuilds:
    """The reports of all boards of a term."""

    boards: Sequence[BoardBuild]

    @property
    def is_waiting(self) -> bool:
        return any(each.is_waiting for each in self.boards)

    @property
    def built(self) -> int:
        return self._builds[Report.Build.BUILT]

    @property
    def failed(self) -> int:
        return self._builds[Report.Build.FAILED]

    @property
    def missing(self) -> int:
        """How many have not been asked for."""
        return self._builds[None]

    @property
    def words(self) -> str:
        """How far they are, in a sentence."""
        parts = [f"{self.built} of {plural(len(self.boards), 'report')} built"]
        waiting = self._builds[Report.Build.QUEUED] + self._builds[Report.Build.BUILDING]
        parts += [f"{waiting} to come"] if waiting else []
        parts += [f"{self.failed} could not be built"] if self.failed else []
        return ", ".join(parts)

    @property
    def state(self) -> str:
        """Differs as soon as one of them has something new to say."""
        reports = [each.report for each in self.boards if each.report]
        steps = sum(each.build_done + each.attempts for each in reports)
        return "-".join(str(each) for each in (self.built, self.failed, self.missing, steps))

    @property
    def _builds(self) -> Counter[str | None]:
        return Counter(each.report.build if each.report else None for each in self.boards)


def terms_with_rounds() -> list[str]:
    """The codes of the terms in which a partnership has a round, the latest first."""
    terms = Round.objects.order_by().values_list("term__code").annotate(Max("term__starts_on"))
    return [code for code, _ in terms.order_by("-term__starts_on__max", "term__code")]


def builds_of(term: str) -> TermBuilds:
    """Where the report of each board of a term is, by partnership: three queries."""
    versions = Report.objects.defer("snapshot").order_by("-version")
    rounds = (
        Round.objects.filter(term__code=term)
        .select_related("partnership", "term")
        .prefetch_related(Prefetch("reports", queryset=versions))
        .order_by("partnership__name", "partnership_id")
    )
    counted = (
        Return.objects.filter(round__term__code=term)
        .order_by()
        .values_list("round")
        .annotate(every=Count("pk"), approved=Count("pk", filter=Q(status=Return.Status.APPROVED)))
    )
    returns = {round_id: (every, approved) for round_id, every, approved in counted}
    return TermBuilds(
        [BoardBuild(each, *returns.get(each.pk, (0, 0)), next(iter(each.reports.all()), None)) for each in rounds]
    )

"""The returns a person writes or waits for, and the promises that they must still mark."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from partnerships.access import Access
from reports.models import PlannedStep, Return, Round
from reports.queries.rounds import ReturnLine, return_lines
from wesp_portal.common.formatting import plural


@dataclass(frozen=True, slots=True)
class OwnReturn:
    """A return that a person writes, and how many promises it must still mark."""

    line: ReturnLine
    unmarked: int

    @property
    def progress(self) -> str:
        words = f"{self.line.written} of {plural(self.line.entries, 'priority', 'priorities')} written"
        return f"{words}, {plural(self.unmarked, 'promise')} to mark" if self.unmarked else words


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """A planned step that nobody has marked, and the return that answers for it."""

    step_id: int
    return_id: int
    title: str
    priority: str
    made_in: str
    terms_carried: int

    @property
    def made(self) -> str:
        carried = f", carried over for {plural(self.terms_carried, 'term')}" if self.terms_carried else ""
        return f"{self.priority} · promised in {self.made_in}{carried}"


def lines_of(access: Access, rounds: Iterable[Round]) -> list[ReturnLine]:
    """The returns of the current rounds that a person writes or reviews."""
    mine = Q(round__partnership__in=access.lead_of)
    for partnership_id, organisation_id in access.officer_of:
        mine |= Q(round__partnership=partnership_id, organisation=organisation_id)
    return return_lines(Return.objects.filter(mine, round__in=list(rounds)))


def open_promises(lines: Iterable[ReturnLine]) -> list[OpenPromise]:
    """The unmarked steps of earlier returns, each with the return of this term that answers for it."""
    answering = {(line.partnership_id, line.organisation_id): line for line in lines}
    earlier = Q(pk__in=[])
    for line in answering.values():
        earlier |= Q(
            entry__return_of__organisation=line.organisation_id,
            entry__return_of__round__partnership=line.partnership_id,
            entry__return_of__round__term__starts_on__lt=line.term_starts_on,
        )
    steps = (
        PlannedStep.objects.filter(earlier, outcome="")
        .select_related("entry__priority", "entry__return_of__round__term")
        .order_by("-entry__return_of__round__term__starts_on", "entry__position", "position", "pk")
    )
    return [
        OpenPromise(
            step_id=step.pk,
            return_id=answering[step.entry.return_of.round.partnership_id, step.entry.return_of.organisation_id].id,
            title=step.title,
            priority=str(step.entry.priority),
            made_in=step.entry.return_of.round.term.label,
            terms_carried=step.terms_carried,
        )
        for step in steps
    ]

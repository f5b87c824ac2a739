"""My work: what is mine and due, across my partnerships, in a fixed number of queries."""

from dataclasses import dataclass
from datetime import date

from partnerships.models import Draft, Term, User
from priorities.models import Achievement
from priorities.queries.readings import readings_due
from reports.models import Round
from reports.queries.my_work.activities import answers_to_judge, awaiting_update, logged_by, without_update
from reports.queries.my_work.lists import SHOWN, Shortened
from reports.queries.my_work.needs import (
    Need,
    activity_to_update,
    answer_to_judge,
    draft_to_finish,
    figure_to_record,
    places_to_handle,
    returns_to_handle,
    soonest_first,
)
from reports.queries.my_work.places import Place, partnerships_of, place_of, reports_of
from reports.queries.my_work.questions import OwnQuestion, own_questions
from reports.queries.my_work.returns import OpenPromise, OwnReturn, lines_of, open_promises
from reports.queries.rounds import ReturnLine

__all__ = ["MyWork", "awaiting_update", "my_work"]


@dataclass(frozen=True, slots=True)
class MyWork:
    """All that the page shows; `outstanding` are the returns that a person waits for as a lead."""

    places: tuple[Place, ...]
    returns: tuple[OwnReturn, ...]
    # Soonest first; of many activities, figures and answers only the first of each, and how many more there are.
    needs: tuple[Need, ...]
    more_activities: int
    more_figures: int
    more_answers: int
    promises: tuple[OpenPromise, ...]
    questions: tuple[OwnQuestion, ...]
    logged: Shortened[Achievement]
    outstanding: tuple[ReturnLine, ...]
    is_logging: bool
    # Whether things come to need this person at all; a board member only reads and asks.
    has_needs: bool
    is_administrator: bool

    @property
    def needs_now(self) -> int:
        return len(self.needs) + self.more_activities + self.more_figures + self.more_answers


def my_work(user: User, *, today: date) -> MyWork:
    """Everything of a person's own roles and seats: at most thirteen queries, however many rows there are.

    An administrator's reach is not work, so it counts for nothing here.
    """
    access = user.access
    partnerships = partnerships_of(user, today)
    terms = Term.objects.in_bulk({each["term_now"] for each in partnerships if each["term_now"]})
    of_term = {
        each.partnership_id: each
        for each in Round.objects.filter(partnership__in=access.partnership_ids, term__in=terms).select_related("term")
    }
    rounds = {key: each for key, each in of_term.items() if not each.is_closed}
    lines = lines_of(access, of_term.values())
    reports = reports_of(access, [each["latest_report"] for each in partnerships])
    own = [line for line in lines if (line.partnership_id, line.organisation_id) in access.officer_of]
    promises = open_promises([line for line in own if line.is_writable])
    led = [line for line in lines if line.partnership_id in access.lead_of]
    places = tuple(place_of(each, access, terms, of_term, led, reports, today) for each in partnerships)
    activities = without_update(user, access, terms, rounds)
    answers = answers_to_judge(user, access)
    figures = readings_due(user, today)
    drafts = Draft.objects.visible_to(user).order_by("-saved_at")[:SHOWN]
    names = {each["pk"]: each["name"] for each in partnerships} if len(partnerships) > 1 else {}
    needs = [
        *returns_to_handle(own, led, of_term, names),
        *places_to_handle(places, is_one=not names),
        *(draft_to_finish(draft) for draft in drafts),
        *(answer_to_judge(answer, rounds, names) for answer in answers.rows),
        *(activity_to_update(activity, rounds, names) for activity in activities.rows),
        *(figure_to_record(figure) for figure in figures[:SHOWN]),
    ]
    return MyWork(
        places=places,
        returns=tuple(OwnReturn(line, sum(promise.return_id == line.id for promise in promises)) for line in own),
        needs=tuple(soonest_first(needs, today)),
        more_activities=activities.more,
        more_figures=len(figures[SHOWN:]),
        more_answers=answers.more,
        promises=tuple(promises),
        questions=own_questions(access, terms.values(), names),
        logged=logged_by(user, access, terms),
        outstanding=tuple(line for line in led if line.is_writable),
        is_logging=bool(access.logging_in),
        has_needs=bool(access.logging_in or access.secretary_of),
        is_administrator=access.is_administrator,
    )

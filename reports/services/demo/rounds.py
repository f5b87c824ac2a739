"""A demonstration's rounds: meetings, returns with their promises, published reports, questions and decisions."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from partnerships.models import BankHoliday, Board, Meeting, User
from priorities.models import Activity
from reports.models import Decision, Delivery, PlannedStep, Reminder, ReminderChoice, Return, ReturnEntry, Round
from reports.queries.reminders import FIRST_HOUR, WEEK
from reports.queries.returns import previous_return, promises_of
from reports.services.demo import words
from reports.services.demo.choosing import REASON, DemoError, Scene, moment, number_of, pick, place_of
from reports.services.demo.people import PARTNERSHIPS
from reports.services.history import attributed
from reports.services.questions import answer_question, ask_question, record_decision, settle_decision
from reports.services.reports import build_report, publish_report, request_report
from reports.services.returns import approve_return, send_back, submit_return
from reports.services.reviews import comment_on
from reports.services.rounds import BOARD_AFTER_DUE, DUE_BEFORE_END, open_round, working_day

# Where the returns of the term under way stand, in the order in which a partnership's officers are listed.
_STATES: dict[str, tuple[Return.Status, ...]] = {
    "west-lancashire": (Return.Status.DRAFT,),
    "wesp": (Return.Status.SUBMITTED, Return.Status.DRAFT, Return.Status.NOT_STARTED, Return.Status.SENT_BACK),
    "wigan-education-partnership": (Return.Status.SUBMITTED,),
    "progress-with-unity": (Return.Status.DRAFT,),
    "lancashire-skills": (Return.Status.NOT_STARTED,),
}
# Which of WESP's partners write of which strand, by the first letter of a priority's reference.
_STRANDS = {
    "E": ("edge-hill-university", "wigan-and-leigh-college"),
    "B": ("wigan-council",),
    "H": ("wwl",),
    "D": ("wigan-and-leigh-college",),
    "L": ("wigan-council", "wwl"),
}


def open_with_meeting(scene: Scene) -> Round:
    """The term's round, whose report goes to a meeting of the board."""
    due_on = working_day(scene.term.ends_on - DUE_BEFORE_END, step=-1)
    meets_at = moment(working_day(due_on + BOARD_AFTER_DUE, step=1), 16)
    for board in Board.objects.filter(partnership=scene.partnership, is_reporting=True):
        Meeting.objects.get_or_create(board=board, starts_at=meets_at, defaults={"place": "Demo: the council chamber"})
    return open_round(partnership=scene.partnership, term=scene.term, at=scene.at(scene.term.starts_on), by=scene.lead)


def remind(scene: Scene, round_: Round) -> None:
    """Record what the portal would have sent to the officers by now: at the opening, and a week before the due date.

    Whoever has not begun this term's return wants no word of the due date, which leaves it to their lead to ask.
    """
    slugs = dict(zip(PARTNERSHIPS[scene.partnership.slug].officers, _STATES[scene.partnership.slug], strict=True))
    silent = {slug for slug, state in slugs.items() if state == Return.Status.NOT_STARTED}
    for each in round_.returns.filter(organisation__slug__in=silent):
        person = scene.officer_of(each.organisation_id)
        ReminderChoice.objects.get_or_create(person=person, defaults={"wants_due": False})
    unwilling = set(ReminderChoice.objects.filter(wants_due=False).values_list("person", flat=True))
    for kind, day in ((Reminder.Kind.OPENED, round_.opens_on), (Reminder.Kind.BEFORE, round_.due_on - WEEK)):
        on = BankHoliday.objects.next_working_day(day)
        if on >= scene.today:
            continue
        sent_at = moment(on, FIRST_HOUR.hour)
        sent = {"kind": kind, "status": Reminder.Status.SENT, "attempts": 1, "try_at": sent_at, "sent_at": sent_at}
        for officer in scene.officers.values():
            if kind == Reminder.Kind.OPENED or officer.pk not in unwilling:
                reminder, _ = Reminder.objects.get_or_create(person=officer, on=on, defaults=sent)
                reminder.rounds.add(round_)


def write_returns(scene: Scene, round_: Round) -> None:
    """Write the returns that nobody has begun: a past term's to the end, this term's so far as each has come."""
    if round_.is_closed:
        return
    organisations = list(PARTNERSHIPS[scene.partnership.slug].officers)
    returns = round_.returns.filter(status=Return.Status.NOT_STARTED).select_related("organisation", "round__term")
    for return_of in returns:
        slug = return_of.organisation.slug
        if slug not in organisations:
            continue
        state = Return.Status.APPROVED
        if scene.is_current:
            state = _STATES[scene.partnership.slug][organisations.index(slug)]
            if scene.has_just_begun and state != Return.Status.DRAFT:
                continue
        if state != Return.Status.NOT_STARTED:
            _write(return_of, state, scene, round_.due_on)
    # Nobody is sent an email about what was decided before the demonstration began.
    round_.returns.filter(told_at=None).update(told_at=F("reviewed_at"))


def _write(return_of: Return, state: Return.Status, scene: Scene, day: date) -> None:
    author, is_whole = scene.officer_of(return_of.organisation_id), state != Return.Status.DRAFT
    if is_whole:
        _leave_to_others(return_of, scene)
    promises = promises_of(return_of, previous_return(return_of))
    entries = list(return_of.entries.select_related("priority"))
    if not is_whole:
        # A draft has its first half, and promises left to mark.
        entries, promises = entries[: (len(entries) + 1) // 2], promises[: len(promises) // 2]
    _fill(entries, promises, scene, author, scene.at(day, 9))
    if not is_whole:
        return_of.status, return_of.version = state, return_of.version + 1
        attributed(return_of, reason=REASON, by=author, at=scene.at(day, 9))
        return_of.save(update_fields=["status", "version"])
        return
    submit_return(return_of=return_of, by=author, at=scene.at(day, 11))
    if state == Return.Status.APPROVED:
        approve_return(return_of=return_of, by=scene.lead, at=scene.at(day, 14))
    elif state == Return.Status.SENT_BACK:
        comment = "Demo: please say who leads on the second promise."
        comment_on(entry=entries[0], text=words.COMMENT, by=scene.lead, at=scene.at(day, 13))
        send_back(return_of=return_of, comment=comment, by=scene.lead, at=scene.at(day, 14))


def _fill(
    entries: Sequence[ReturnEntry], promises: Sequence[PlannedStep], scene: Scene, author: User, at: datetime
) -> None:
    """Write entries and their planned steps and mark promises, all at once: by the page's services it takes minutes."""
    history: Any = {"default_user": author, "default_change_reason": REASON, "default_date": at}
    by_priority = {entry.priority_id: entry for entry in entries}
    activities: dict[int, list[int]] = {}
    for priority_id, pk in (
        Activity.objects.filter(priority__in=by_priority).order_by("pk").values_list("priority", "pk")
    ):
        activities.setdefault(priority_id, []).append(pk)
    steps = []
    for entry in entries:
        # Consecutive terms never say the same of a priority.
        turn = number_of(scene.partnership.slug, entry.priority.ref) + place_of(scene.term)
        entry.intended_outcomes = entry.intended_outcomes or f"Demo: people notice: {entry.priority.title}."
        entry.activity = words.ACTIVITY[turn % len(words.ACTIVITY)]
        entry.impact = words.IMPACT[turn % len(words.IMPACT)]
        entry.exit_strategy = entry.exit_strategy or pick(words.EXIT_STRATEGY, entry.priority.ref)
        own = activities.get(entry.priority_id)
        for number in range(2):
            title = words.STEPS[(turn * 2 + number) % len(words.STEPS)]
            activity_id = own[turn % len(own)] if own and number == 0 else None
            steps.append(PlannedStep(entry=entry, title=title, activity_id=activity_id, position=number + 1))
    for promise in promises:
        _mark(promise, has_place=promise.entry.priority_id in by_priority)
        promise.marked_by, promise.marked_at = author, at
        if promise.outcome == PlannedStep.Outcome.CARRIED_OVER:
            steps.append(
                PlannedStep(
                    entry=by_priority[promise.entry.priority_id],
                    title=promise.title,
                    activity_id=promise.activity_id,
                    carried_from=promise,
                    terms_carried=promise.terms_carried + 1,
                    position=3 + promise.position,
                )
            )
    sections = ["intended_outcomes", "activity", "impact", "exit_strategy"]
    bulk_update_with_history(entries, ReturnEntry, sections, **history)
    bulk_create_with_history(steps, PlannedStep, **history)
    marks = ["outcome", "outcome_reason", "marked_by", "marked_at"]
    bulk_update_with_history(promises, PlannedStep, marks, **history)


def _mark(promise: PlannedStep, *, has_place: bool) -> None:
    """Most promises are kept; some are carried over, though never a third time, and a few are dropped."""
    luck = number_of(promise.title, promise.entry.priority.ref, promise.entry.return_of.round.term.code) % 8
    promise.outcome, promise.outcome_reason = PlannedStep.Outcome.DONE, words.DONE
    if luck < 2 and promise.terms_carried < 2 and has_place:
        promise.outcome, promise.outcome_reason = PlannedStep.Outcome.CARRIED_OVER, words.WHY_CARRIED_OVER
    elif luck == 2:
        promise.outcome, promise.outcome_reason = PlannedStep.Outcome.DROPPED, words.WHY_DROPPED


def _leave_to_others(return_of: Return, scene: Scene) -> None:
    """Where several partners report, each writes of its own strands alone."""
    if scene.partnership.slug != "wesp":
        return
    slug = return_of.organisation.slug
    others = [
        entry.pk
        for entry in return_of.entries.select_related("priority")
        if slug not in _STRANDS.get(entry.priority.ref[:1], (slug,))
    ]
    ReturnEntry.objects.filter(pk__in=others).delete()


def publish(scene: Scene, round_: Round) -> None:
    """Ask for a past term's report, build it here and now, and publish it; nobody is sent an email."""
    at = scene.at(round_.due_on + timedelta(days=3), 12)
    report = request_report(round_=round_, by=scene.lead, at=at)
    if report.is_frozen:
        return
    if not build_report(report_id=report.pk, clock=lambda: at):
        report.refresh_from_db()
        raise DemoError(f"The report of {round_} could not be built. {report.failure}")
    report = type(report).objects.select_related("round__partnership", "round__term").get(pk=report.pk)
    publish_report(report=report, by=scene.lead, at=at)
    sent = Delivery.objects.filter(report=report)
    sent.update(status=Delivery.Status.SENT, sent_at=at, tried_at=at, attempts=1)
    sent.filter(recipient=scene.secretary).update(opened_at=at + timedelta(hours=21))


def hold_the_meeting(scene: Scene, round_: Round) -> None:
    """What the board asked and decided of a past term; of this one, a question waits for its answer."""
    met_on = round_.board_on or round_.due_on
    at = scene.at(met_on, 17)
    if scene.is_current:
        ask_question(round_=round_, text=words.OPEN_QUESTION, by=scene.member, at=scene.at(scene.today))
        return
    asked, answered, decided = words.QUESTIONS[place_of(scene.term) % len(words.QUESTIONS)]
    question = ask_question(round_=round_, text=asked, by=scene.member, at=at)
    answer_question(question=question, answer=answered, by=scene.lead, at=scene.at(met_on + timedelta(days=2)))
    due_on = at.date() + timedelta(weeks=10)
    decision = record_decision(
        round_=round_,
        text=decided,
        by=scene.secretary,
        at=at,
        action_by="Partnership lead",
        due_on=due_on,
        question=question,
    )
    if due_on < scene.today:
        settled_at = scene.at(due_on, 10)
        settle_decision(
            decision=decision, status=Decision.Status.DONE, outcome=words.CAME_OF, by=scene.secretary, at=settled_at
        )

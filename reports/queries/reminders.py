"""What is left to each person in a round, who is reminded of it on a day, and what they were sent before."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Count, Max
from django.utils import timezone

from partnerships.models import BankHoliday, Role, User
from reports.models import PlannedStep, Reminder, ReminderChoice, Return, Round
from reports.queries.my_work import awaiting_update
from wesp_portal.common.formatting import join_words, plural, uk_date

# Nobody is sent two messages less than this apart, and the due date comes near this long before it.
WEEK = timedelta(days=7)
# Emails leave between these hours in London.
FIRST_HOUR, LAST_HOUR = time(9), time(17)
PRESSING_FIRST: Sequence[Reminder.Kind] = (Reminder.Kind.AFTER, Reminder.Kind.BEFORE, Reminder.Kind.OPENED)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """What is left to one person in one round."""

    person: User
    round: Round
    # The organisations whose return the person writes and has not sent, each with where the return is.
    returns: tuple[tuple[str, str], ...]
    promises: int
    activities: int

    @property
    def lines(self) -> list[str]:
        """It in words, a line for each kind."""
        lines = [f"The return of {organisation}: {status.lower()}" for organisation, status in self.returns]
        if self.promises:
            lines.append(f"{plural(self.promises, 'promise')} from last term to mark")
        if self.activities:
            lines.append(f"{plural(self.activities, 'activity', 'activities')} without an update this term")
        return lines


@dataclass(frozen=True, slots=True)
class Due:
    """A message that a person is to be sent, of everything that is left to them."""

    person: User
    kind: Reminder.Kind
    works: tuple[OpenWork, ...]


@dataclass(frozen=True, slots=True)
class Outstanding:
    """A person with something left in a round, as its lead sees them."""

    work: OpenWork
    # The last message that named this round; None before any.
    last: Reminder | None
    # The first day on which a message may be sent again; None where nothing was ever sent.
    free_on: date | None

    @property
    def last_day(self) -> date | None:
        """The day of the last message of any round, which is all that a lead is told of other ones."""
        return self.free_on - WEEK if self.free_on else None

    @property
    def last_words(self) -> str:
        """When the person was last written to of this round, and by whom."""
        if self.last is None:
            return "Not yet"
        day, by = uk_date(self.last.day), self.last.sent_by
        if self.last.status == Reminder.Status.FAILED:
            return f"An email of {day} could not be sent"
        if self.last.status == Reminder.Status.QUEUED:
            return f"To be asked by {by.name} on {day}" if by else f"To be reminded on {day}"
        return f"Asked by {by.name} on {day}" if by else f"Reminded on {day}"


@dataclass(frozen=True, slots=True)
class SentLine:
    """A message as the person it went to sees it in the list."""

    day: date
    why: str
    about: str
    status: str


def open_work(round_: Round, *, on: date, person: User | None = None) -> list[OpenWork]:
    """What is left in a round to everybody who works in it, or to one of them, by name: four queries.

    Who writes for an organisation is done once its return is with the lead; others once their activities have an
    update.
    """
    roles = Role.objects.current(on).filter(partnership=round_.partnership_id, user__is_active=True)
    if person:
        roles = roles.filter(user=person)
    people: dict[int, User] = {}
    organisations: dict[int, set[int]] = defaultdict(set)
    for role in roles.select_related("user").order_by("user__name", "user"):
        people[role.user_id] = role.user
        if role.organisation_id and role.kind == Role.Kind.OFFICER:
            organisations[role.user_id].add(role.organisation_id)
    returns = Return.objects.filter(round=round_).select_related("organisation").order_by("organisation__name")
    own_returns = {each.organisation_id: each for each in returns}
    promises = _promises_to_mark(round_)
    activities = _without_update(round_)
    found = []
    for user_id, user in people.items():
        own = organisations[user_id]
        written = [each for pk, each in own_returns.items() if pk in own]
        unsent = [each for each in written if each.is_editable]
        if written and not unsent:
            continue
        work = OpenWork(
            person=user,
            round=round_,
            returns=tuple((each.organisation.brief_name, each.get_status_display()) for each in unsent),
            promises=sum(promises[each.organisation_id] for each in unsent),
            activities=activities[user_id, None] + sum(activities[None, pk] for pk in (own | {None} if own else own)),
        )
        if work.lines:
            found.append(work)
    return found


def due_reminders(*, on: date) -> list[Due]:
    """Whom to write to on a working day, and why: four queries for each round that is under way, and four more.

    The rule is in docs/operations.md.
    """
    by_person: dict[int, list[OpenWork]] = defaultdict(list)
    rounds = list(Round.objects.under_way(on).select_related("partnership", "term").order_by("due_on", "pk"))
    for round_ in rounds:
        for work in open_work(round_, on=on):
            by_person[work.person.pk].append(work)
    free_on = free_from(by_person)
    choices = ReminderChoice.objects.in_bulk(by_person, field_name="person_id")
    told = _told(by_person, rounds)
    found = []
    for person_id, works in by_person.items():
        choice = choices.get(person_id) or ReminderChoice()
        kinds = {_kind(work.round, on, told[person_id, work.round.pk], choice) for work in works}
        # The most pressing of them names the message, which holds all that is open.
        kind = next((kind for kind in PRESSING_FIRST if kind in kinds), None)
        if kind and free_on.get(person_id, on) <= on:
            found.append(Due(works[0].person, kind, tuple(works)))
    return found


def outstanding_in(round_: Round, *, on: date) -> list[Outstanding]:
    """Everybody with something left in a round, and when each was last written to: six queries."""
    works = open_work(round_, on=on)
    ids = [work.person.pk for work in works]
    free_on = free_from(ids)
    # The latest comes last, and stays.
    last = {
        each.person_id: each
        for each in Reminder.objects.filter(person__in=ids, rounds=round_).select_related("sent_by").order_by("on")
    }
    return [Outstanding(work, last.get(work.person.pk), free_on.get(work.person.pk)) for work in works]


def free_from(people: Iterable[int]) -> dict[int, date]:
    """The day from which each person may be written to again, for those who were sent something: one query."""
    latest = (
        Reminder.objects.that_count()
        .filter(person__in=list(people))
        .order_by()
        .values_list("person")
        .annotate(Max("on"), Max("sent_at"))
    )
    return {
        person_id: (max(on, timezone.localdate(sent_at)) if sent_at else on) + WEEK for person_id, on, sent_at in latest
    }


def sending_time(at: datetime) -> datetime:
    """The first moment from a given one on at which emails may leave: one query.

    Between nine and five in London, on days that are neither at a weekend nor a bank holiday in England.
    """
    local = timezone.localtime(at)
    day = local.date() + timedelta(days=local.time() >= LAST_HOUR)
    working = BankHoliday.objects.next_working_day(day)
    opening = timezone.make_aware(datetime.combine(working, FIRST_HOUR))
    return max(at, opening) if working == local.date() else opening


def sent_to(user: User, limit: int) -> list[SentLine]:
    """The latest messages that a person was sent, or will be: four queries."""
    reminders = (
        Reminder.objects.to(user)
        .select_related("sent_by")
        .prefetch_related("rounds__partnership", "rounds__term")
        .order_by("-on", "-pk")[:limit]
    )
    return [
        SentLine(
            day=each.day,
            why=f"{each.sent_by.name} asked" if each.sent_by else each.get_kind_display(),
            about=join_words(sorted(str(round_) for round_ in each.rounds.all())),
            status=each.get_status_display(),
        )
        for each in reminders
    ]


def _kind(round_: Round, day: date, told_on: Collection[date], choice: ReminderChoice) -> Reminder.Kind | None:
    """Why to write to a person of a round on a day, if at all; `told_on` are the days of what they were sent of it."""
    if day > round_.due_on:
        return Reminder.Kind.AFTER if choice.wants_due else None
    if not told_on and choice.wants_opening:
        return Reminder.Kind.OPENED
    is_near = day >= round_.due_on - WEEK
    is_told = any(told >= round_.due_on - WEEK for told in told_on)
    return Reminder.Kind.BEFORE if is_near and not is_told and choice.wants_due else None


def _told(people: Iterable[int], rounds: Iterable[Round]) -> Mapping[tuple[int, int], list[date]]:
    """The days on which each person was written to of each round."""
    told: dict[tuple[int, int], list[date]] = defaultdict(list)
    rows = Reminder.objects.that_count().filter(person__in=list(people), rounds__in=list(rounds)).order_by()
    for person_id, round_id, on in rows.values_list("person", "rounds", "on"):
        told[person_id, round_id].append(on)
    return told


def _promises_to_mark(round_: Round) -> Counter[int]:
    """How many steps of earlier returns nobody has marked, by organisation."""
    counted = (
        PlannedStep.objects.filter(
            outcome="",
            entry__return_of__round__partnership=round_.partnership_id,
            entry__return_of__round__term__starts_on__lt=round_.term.starts_on,
        )
        .order_by()
        .values_list("entry__return_of__organisation")
        .annotate(steps=Count("pk"))
    )
    return Counter(dict(counted))


def _without_update(round_: Round) -> Counter[tuple[int | None, int | None]]:
    """How many activities wait for the term's update, by owner or else by the organisation that leads them."""
    counted = (
        awaiting_update([round_.term_id])
        .filter(priority__strategy__partnership=round_.partnership_id)
        .order_by()
        .values_list("owner", "lead")
        .annotate(activities=Count("pk"))
    )
    found: Counter[tuple[int | None, int | None]] = Counter()
    for owner, lead, activities in counted:
        found[owner, None if owner else lead] += activities
    return found

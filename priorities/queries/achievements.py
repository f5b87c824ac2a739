"""What the achievement pages show: one achievement, lists of them, and what a form may choose from."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from partnerships.models import Organisation, Partnership, Term, User
from priorities.models import Achievement, Priority
from wesp_portal.common.formatting import join_words, quantity, uk_date
from wesp_portal.common.periods import parse_period

RECENT = 5
UNITS = 30


def when_words(happened_on: date | None, period: str) -> str:
    """When something happened, as people say it: 16 June 2022, June 2022, Autumn 2024/25."""
    if happened_on:
        return uk_date(happened_on)
    return parse_period(period).label if period else ""


def number_words(achievement: Achievement) -> str:
    """How many, as said: over 50 student placements; nothing where no number was given."""
    return quantity(achievement.quantity, achievement.quantity_unit, achievement.quantity_qualifier)


def with_words(achievements: Iterable[Achievement]) -> list[tuple[Achievement, str, str]]:
    """Achievements with when and how many in words, as a list shows them."""
    return [(row, when_words(row.happened_on, row.period), number_words(row)) for row in achievements]


def achievement_in_full(achievements: QuerySet[Achievement]) -> QuerySet[Achievement]:
    """Achievements with all that their page shows: four queries more, however much there is."""
    return achievements.select_related("partnership", "term", "logged_by").prefetch_related(
        "organisations", "priorities__strategy", "evidence__added_by"
    )


def listed(
    user: User,
    *,
    partnership: Partnership | None = None,
    term_code: str = "",
    is_mine: bool = False,
    priority: int | None = None,
) -> QuerySet[Achievement]:
    """The achievements a person may see, newest first, as a list needs them."""
    rows = Achievement.objects.visible_to(user)
    if partnership:
        rows = rows.filter(partnership=partnership)
    if term_code:
        rows = rows.filter(term__code=term_code)
    if is_mine:
        rows = rows.filter(logged_by=user)
    if priority is not None:
        rows = rows.filter(priorities=priority)
    return rows.select_related("partnership").prefetch_related("organisations").order_by("-logged_at", "-pk")


def editable_by(user: User) -> QuerySet[Achievement]:
    """Those not published that a person may edit: their own while they still log there, and all as a lead."""
    rows = Achievement.objects.visible_to(user).exclude(status=Achievement.Status.PUBLISHED)
    if user.access.is_administrator:
        return rows
    return rows.filter(
        Q(logged_by=user, partnership__in=user.access.logging_in) | Q(partnership__in=user.access.lead_of)
    )


def may_edit(user: User, achievement: Achievement) -> bool:
    """Whether the page of an achievement offers its editing; the same rule as `editable_by`, without a query."""
    access = user.access
    if achievement.status == Achievement.Status.PUBLISHED:
        return False
    return access.leads(achievement.partnership_id) or (
        achievement.logged_by_id == user.pk and access.logs_in(achievement.partnership_id)
    )


def terms_with_achievements(user: User) -> list[str]:
    """The codes of the terms to filter a list by, latest first; terms of the same name in two calendars are one."""
    # Asked term by term, of which there are dozens, and not of every achievement.
    has_some = Exists(Achievement.objects.visible_to(user).filter(term=OuterRef("pk")))
    codes = Term.objects.filter(has_some).order_by().values("code").annotate(begins=Max("starts_on"))
    return list(codes.order_by("-begins").values_list("code", flat=True))


@dataclass(frozen=True, slots=True)
class PriorityGroup:
    """Priorities under one heading: the recently used, or a strategy's theme."""

    title: str
    priorities: list[Priority]


@dataclass(frozen=True, slots=True)
class LoggingChoices:
    """What a form about an achievement may choose from, and what is ticked to begin with."""

    organisations: list[Organisation]
    own_organisations: frozenset[int]
    groups: list[PriorityGroup]
    periods: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    units: list[str] = field(default_factory=list)


def logging_choices(
    user: User, partnership: Partnership, *, today: date, achievement: Achievement | None = None
) -> LoggingChoices:
    """The partners, priorities and periods of a partnership; what an achievement already has stays choosable."""
    is_member = Q(memberships__partnership=partnership) & (
        Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=today)
    )
    has = Q(achievements=achievement) if achievement else Q(pk__in=[])
    organisations = list(Organisation.objects.filter(is_member | has).distinct())
    still_open = Q(strategy__partnership=partnership, pk__in=Priority.objects.open().values("pk"))
    priorities = (
        Priority.objects.filter(still_open | has)
        .distinct()
        .select_related("strategy", "theme")
        .order_by("strategy__title", "strategy", "theme__position", "position", "ref")
    )
    return LoggingChoices(
        organisations=organisations,
        own_organisations=user.access.organisations_in(partnership.pk),
        groups=_grouped(list(priorities), _recent(user, partnership)),
        periods=_periods(partnership, today),
        units=_units(partnership),
    )


def _units(partnership: Partnership) -> list[str]:
    """What a partnership has counted before, the most often counted first, so that the same is called the same."""
    counted = Achievement.objects.filter(partnership=partnership).exclude(quantity_unit="").values("quantity_unit")
    used = counted.annotate(times=Count("pk")).order_by("-times", "quantity_unit")
    return list(used.values_list("quantity_unit", flat=True)[:UNITS])


def _recent(user: User, partnership: Partnership) -> list[int]:
    """The priorities a person tagged last, latest first."""
    used = (
        Achievement.priorities.through.objects.filter(achievement__logged_by=user, achievement__partnership=partnership)
        .order_by("-achievement__logged_at", "pk")
        .values_list("priority_id", flat=True)[: RECENT * 8]
    )
    return list(dict.fromkeys(used))[:RECENT]


def _grouped(priorities: list[Priority], recent: list[int]) -> list[PriorityGroup]:
    """The recently used first, in their order, then the others by strategy and theme; each appears once."""
    by_pk = {priority.pk: priority for priority in priorities}
    groups = [PriorityGroup("Used recently", [by_pk[pk] for pk in recent if pk in by_pk])]
    others: dict[str, list[Priority]] = {}
    for priority in priorities:
        if priority.pk not in recent:
            heading = " – ".join([priority.strategy.title, *([priority.theme.title] if priority.theme else [])])
            others.setdefault(heading, []).append(priority)
    groups += [PriorityGroup(title, rows) for title, rows in others.items()]
    return [group for group in groups if group.priorities]


def _periods(partnership: Partnership, today: date) -> list[tuple[str, list[tuple[str, str]]]]:
    """Periods for when the day is not known: recent terms, months and school years, latest first, by kind."""
    codes = Term.objects.filter(calendar=partnership.calendar_id).at(today).values_list("code", flat=True)[:6]
    months = [divmod(today.year * 12 + today.month - 1 - back, 12) for back in range(12)]
    first_year = today.year if today.month >= 9 else today.year - 1
    return [
        ("A term", [(code, parse_period(code).label) for code in codes]),
        ("A month", [_choice(f"{year}-{month + 1:02}") for year, month in months]),
        (
            "A school year",
            [_choice(f"{year}-{(year + 1) % 100:02}") for year in range(first_year, first_year - 6, -1)],
        ),
    ]


def _choice(code: str) -> tuple[str, str]:
    return code, parse_period(code).label


# --- History, in words

_WORDS = {
    "title": "What happened",
    "detail": "Details",
    "quantity": "The number",
    "quantity_qualifier": "How exact the number is",
    "quantity_unit": "What the number counts",
}
_MOVES = {
    Achievement.Status.SUBMITTED: "sent it in again",
    Achievement.Status.PUBLISHED: "published it",
    Achievement.Status.RETURNED: "returned it",
    Achievement.Status.DRAFT: "made it a draft",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a history: who did what and when, and what changed."""

    who: str
    at: datetime
    what: str
    details: list[str]
    reason: str


def history_in_words(achievement: Achievement) -> list[Change]:
    """What happened to an achievement, latest first: three queries, however long it is."""
    rows = list(achievement.history.select_related("history_user").order_by("history_date", "history_id"))
    organisations = _linked(achievement, "organisations", "organisation__name")
    priorities = _linked(achievement, "priorities", "priority__ref")
    changes = []
    for before, row in zip([None, *rows], rows, strict=False):
        who = str(row.history_user) if row.history_user else "The portal"
        if before is None:
            what = "logged it and published it" if row.status == Achievement.Status.PUBLISHED else "logged it"
            changes.append(Change(who, row.history_date, what, [], ""))
            continue
        details = _differences(before, row)
        for name, linked in (("Who was involved", organisations), ("Priorities", priorities)):
            was, now = linked.get(before.history_id, []), linked.get(row.history_id, [])
            if was != now:
                details.append(f"{name}: {join_words(was) or 'nobody'} → {join_words(now) or 'nobody'}")
        what = _MOVES[row.status] if row.status != before.status else "changed it"
        changes.append(Change(who, row.history_date, what, details, row.history_change_reason or ""))
    return changes[::-1]


def _linked(achievement: Achievement, relation: str, name: str) -> dict[int, list[str]]:
    """The names that an achievement was linked to, for each row of its history."""
    links = getattr(Achievement.history.model, relation).model.objects
    found: dict[int, list[str]] = {}
    for history_id, text in links.filter(achievement=achievement.pk).order_by(name).values_list("history_id", name):
        found.setdefault(history_id, []).append(text or "one that is gone")
    return found


def _differences(before: Achievement, now: Achievement) -> list[str]:
    found = []
    for name, words in _WORDS.items():
        was, is_now = getattr(before, name), getattr(now, name)
        if was != is_now:
            found.append(f"{words}: {was or 'nothing'} → {is_now or 'nothing'}")
    was, is_now = when_words(before.happened_on, before.period), when_words(now.happened_on, now.period)
    if was != is_now:
        found.append(f"When: {was} → {is_now}")
    if before.is_public != now.is_public:
        found.append("Shown on the public page" if now.is_public else "Taken off the public page")
    return found

"""What everyone may read of a partnership: who it is, what it aims at, and what it has achieved."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from partnerships.models import Agreement, Membership, Partnership
from priorities.models import Activity, News, PartnershipObjective, Priority, Standing, Strategy, Theme
from priorities.rules import standing_of
from reports.queries.editions import OpenReport, open_reports
from reports.queries.public_achievements import (
    BigNumber,
    Deed,
    Happened,
    big_numbers,
    deeds_of,
    ended_on,
    happened_news,
    joined,
    told,
)
from wesp_portal.common.formatting import join_words, plural, uk_date

# Achievements beneath a theme, and news, before what is left to other pages.
BENEATH, NEWS = 3, 12
SAID_IN_ORDER = (
    *(Standing.DONE, Standing.ON_TRACK, Standing.AT_RISK, Standing.OFF_TRACK),
    *(Standing.NOT_STARTED, Standing.NO_DATA),
)


@dataclass(frozen=True, slots=True)
class Partner:
    """An organisation of the partnership."""

    name: str
    url: str
    summary: str
    is_lead: bool


@dataclass(frozen=True, slots=True)
class Aim:
    """A priority with its page, and how many public achievements serve it."""

    title: str
    url: str
    achieved: str


@dataclass(frozen=True, slots=True)
class Stand:
    """A theme with its vision and its priorities; without a title, the priorities that stand under no theme."""

    title: str
    vision: str
    priorities: tuple[Aim, ...]
    achievements: tuple[Happened, ...]
    achieved: int
    all_url: str


@dataclass(frozen=True, slots=True)
class Aims:
    """What one strategy sets out to do."""

    title: str
    page: str
    summary: str
    vision: str
    meta: str
    url: str
    stands: tuple[Stand, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """An agreement of the partnership."""

    title: str
    summary: str
    meta: str


@dataclass(frozen=True, slots=True)
class PublicPage:
    """Everything that a partnership's public page shows."""

    partners: tuple[Partner, ...]
    achieved: int
    numbers: tuple[BigNumber, ...]
    achievements: tuple[Happened, ...]
    aims: tuple[Aims, ...]
    going: tuple[str, ...]
    objectives: tuple[str, ...]
    overarching: tuple[str, ...]
    agreements: tuple[Signed, ...]
    news: tuple[Happened, ...]
    reports: tuple[OpenReport, ...]


def public_partnerships(today: date) -> list[tuple[Partnership, str]]:
    """The partnerships with a public page, each with its partners in words; two queries."""
    partnerships = Partnership.objects.public().select_related("area").order_by("name")
    members: dict[int, list[str]] = {}
    for partnership_id, name in _current_members(today).values_list("partnership_id", "organisation__name"):
        members.setdefault(partnership_id, []).append(name)
    return [(partnership, join_words(members.get(partnership.pk, ()))) for partnership in partnerships]


def public_page(partnership: Partnership, today: date) -> PublicPage:
    """Read the public page in thirteen queries, one more for how it is going, however much there is."""
    deeds = deeds_of(partnership)
    stated = list(PartnershipObjective.objects.filter(strategy__partnership=partnership))
    aims, priorities = _aims(partnership, deeds)
    return PublicPage(
        partners=tuple(_partners(partnership, today)),
        achieved=len(deeds),
        numbers=tuple(big_numbers(deeds)),
        achievements=tuple(told([deed.pk for deed in deeds[: partnership.recent_achievements]])),
        aims=tuple(aims),
        going=tuple(_going(partnership, priorities, deeds)),
        objectives=tuple(one.wording for one in stated if one.kind == PartnershipObjective.Kind.OBJECTIVE),
        overarching=tuple(one.wording for one in stated if one.kind == PartnershipObjective.Kind.OVERARCHING),
        agreements=tuple(_agreements(partnership)),
        news=tuple(_news(partnership)),
        reports=tuple(open_reports(partnership)),
    )


def _current_members(today: date) -> QuerySet[Membership]:
    return (
        Membership.objects.filter(Q(starts_on=None) | Q(starts_on__lte=today), Q(ends_on=None) | Q(ends_on__gte=today))
        .select_related("organisation")
        .order_by("partnership", "position", "pk")
    )


def _partners(partnership: Partnership, today: date) -> Iterable[Partner]:
    for member in _current_members(today).filter(partnership=partnership):
        organisation = member.organisation
        is_lead = member.role == Membership.Role.LEAD
        yield Partner(organisation.name, organisation.url, organisation.summary, is_lead)


def _aims(partnership: Partnership, deeds: Sequence[Deed]) -> tuple[list[Aims], list[Priority]]:
    """Each strategy with its themes and the priorities still worked on, and all its priorities; three queries."""
    strategies = list(Strategy.objects.filter(partnership=partnership).order_by("starts_on", "title"))
    themes = list(Theme.objects.filter(strategy__partnership=partnership).order_by("strategy", "position", "ref"))
    priorities = list(Priority.objects.filter(strategy__partnership=partnership).order_by("position", "ref"))
    stands: dict[tuple[int, int | None], list[Priority]] = {}
    for priority in priorities:
        if priority.is_open:
            stands.setdefault((priority.strategy_id, priority.theme_id), []).append(priority)
    served = Counter(pk for deed in deeds for pk in deed.priorities)
    all_url = reverse("public-achievements", args=[partnership.slug])
    aims = []
    for strategy in strategies:
        named = [theme for theme in themes if theme.strategy_id == strategy.pk]
        shown = []
        for theme in [*named, None]:
            key = (strategy.pk, theme.pk if theme else None)
            if theme is None and key not in stands:
                continue
            done = [deed for deed in deeds if key in deed.stands]
            shown.append(
                Stand(
                    title=theme.title if theme else "",
                    vision=theme.vision if theme else "",
                    priorities=tuple(_aim(one, served[one.pk]) for one in stands.get(key, ())),
                    # Without a theme there may be very many priorities: each tells how many serve it.
                    achievements=tuple(_brief(deed) for deed in done[:BENEATH]) if theme else (),
                    achieved=len(done) if theme else 0,
                    all_url=f"{all_url}?theme={theme.pk}" if theme else "",
                )
            )
        held = sum(len(stand.priorities) for stand in shown)
        aims.append(
            Aims(
                title=strategy.title,
                page=reverse("strategy", args=[strategy.slug]),
                summary=strategy.summary,
                vision=strategy.vision,
                meta=joined(
                    "–".join(str(day.year) for day in (strategy.starts_on, strategy.ends_on) if day),
                    plural(len(named), strategy.theme_word.lower()) if named else "",
                    _priorities(held, strategy.priority_word.lower()),
                ),
                url=strategy.url,
                stands=tuple(shown),
            )
        )
    return aims, priorities


def _aim(priority: Priority, served: int) -> Aim:
    achieved = plural(served, "achievement") if served else ""
    return Aim(priority.wording, reverse("priority", args=[priority.pk]), achieved)


def _brief(deed: Deed) -> Happened:
    return Happened(deed.title, "", deed.when, reverse("achievement", args=[deed.pk]))


def _going(partnership: Partnership, priorities: Sequence[Priority], deeds: Sequence[Deed]) -> Iterable[str]:
    """How it is going, in words; how the activities stand only where the partnership publishes that; one query then."""
    if priorities:
        counts = Counter(priority.status for priority in priorities)
        open_ = sum(priority.is_open for priority in priorities)
        over = [
            f"{counts[status]} {'has' if counts[status] == 1 else 'have'} been {words}"
            for status, words in ((Priority.Status.CLOSED, "closed"), (Priority.Status.HANDED_OVER, "handed over"))
            if counts[status]
        ]
        yield f"{_priorities(open_, 'priority')} {'is' if open_ == 1 else 'are'} being worked on."
        if over:
            yield f"{join_words(over)}."
    if deeds:
        latest = f", the latest of {deeds[0].when}" if deeds[0].when else ""
        verb = "has" if len(deeds) == 1 else "have"
        yield f"{plural(len(deeds), 'achievement')} {verb} been published so far{latest}."
    if partnership.is_standing_public:
        yield from _standing(partnership)


def _standing(partnership: Partnership) -> Iterable[str]:
    """How many activities stand where, from their latest updates; never which, nor why."""
    activities = Activity.objects.filter(priority__strategy__partnership=partnership).order_by()
    counts: Counter[Standing] = Counter()
    for status, rag, count in activities.values_list("latest_status", "latest_rag").annotate(count=Count("pk")):
        counts[standing_of(status, rag)] += count
    if total := sum(counts.values()):
        words = {**{one: one.label.lower() for one in Standing}, Standing.NO_DATA: "without an update so far"}
        parts = [f"{counts[standing]} {words[standing]}" for standing in SAID_IN_ORDER if counts[standing]]
        yield f"Of {plural(total, 'activity', 'activities')}, by their latest updates: {join_words(parts)}."


def _priorities(count: int, word: str) -> str:
    return plural(count, word, "priorities" if word == "priority" else "")


def _agreements(partnership: Partnership) -> Iterable[Signed]:
    agreements = Agreement.objects.filter(partnership=partnership).prefetch_related("parties")
    for agreement in agreements.order_by("-signed_year", "title"):
        signed = uk_date(agreement.signed_on) or str(agreement.signed_year or "")
        yield Signed(
            title=agreement.title,
            summary=agreement.summary,
            meta=joined(
                f"Signed {signed}" if signed else str(agreement.get_status_display()),
                join_words(party.name for party in agreement.parties.all()),
            ),
        )


def _news(partnership: Partnership) -> Iterable[Happened]:
    news = News.objects.filter(strategy__partnership=partnership)
    latest = sorted(news, key=lambda one: ended_on(one.happened_on, one.period), reverse=True)
    return [happened_news(one) for one in latest[:NEWS]]

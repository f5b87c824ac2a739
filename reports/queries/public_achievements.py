"""Achievements that everyone may read, on the public page, on the page of all of them and in a feed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast, Coalesce
from django.urls import reverse
from django.utils import timezone

from partnerships.models import Partnership
from priorities.models import Achievement, News, Theme
from priorities.queries.achievements import number_words, when_words
from priorities.queries.public import Picture, pictures_of, public_in_full
from reports.queries.collect.summary import UPPER_BOUNDS, WIDEST_FIRST
from reports.queries.editions import open_reports
from wesp_portal.common.formatting import join_words, number, plural
from wesp_portal.common.periods import parse_period

NUMBERS, FEED_ENTRIES = 4, 30


@dataclass(frozen=True, slots=True)
class Happened:
    """Something that happened, when, and its page where it has one."""

    title: str
    detail: str
    meta: str
    url: str = ""
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class BigNumber:
    """A number that is the message, of one achievement or of several that count the same."""

    value: str
    qualifier: str
    unit: str
    detail: str


@dataclass(slots=True)
class Deed:
    """An achievement in brief, with the places in the plan that it serves; one however many they are."""

    pk: int
    title: str
    happened_on: date | None
    period: str
    quantity: int | None
    qualifier: str
    unit: str
    position: int
    priorities: set[int] = field(default_factory=set)
    stands: set[tuple[int, int | None]] = field(default_factory=set)

    @property
    def ended_on(self) -> date:
        """The day that orders what happened: its own, or the last of its period."""
        return ended_on(self.happened_on, self.period)

    @property
    def when(self) -> str:
        return when_words(self.happened_on, self.period)


def ended_on(happened_on: date | None, period: str) -> date:
    return happened_on or (parse_period(period).ends_on if period else date.min)


def joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def deeds_of(partnership: Partnership) -> list[Deed]:
    """Every public achievement of a partnership, each once, the latest first; one query."""
    rows = Achievement.objects.public().filter(partnership=partnership)
    deeds: dict[int, Deed] = {}
    for *said, priority, strategy, theme in rows.order_by("pk").values_list(
        *("pk", "title", "happened_on", "period", "quantity", "quantity_qualifier", "quantity_unit", "position"),
        *("priorities", "priorities__strategy", "priorities__theme"),
    ):
        deed = deeds.setdefault(said[0], Deed(*said))
        if priority:
            deed.priorities.add(priority)
            deed.stands.add((strategy, theme))
    return sorted(deeds.values(), key=lambda deed: (-deed.ended_on.toordinal(), deed.position, deed.pk))


def told(pks: Sequence[int]) -> list[Happened]:
    """Public achievements in the order of their keys, with who and a picture; three queries."""
    found = {one.pk: one for one in public_in_full(Achievement.objects.public().filter(pk__in=pks))}
    return [happened(found[pk]) for pk in pks if pk in found]


def happened(one: Achievement) -> Happened:
    """An achievement that was read in full, as a list shows it."""
    by = join_words(organisation.name for organisation in one.organisations.all())
    meta = joined(when_words(one.happened_on, one.period), number_words(one), by)
    picture = next(iter(pictures_of(one)), None)
    return Happened(one.title, one.detail, meta, reverse("achievement", args=[one.pk]), picture)


def big_numbers(deeds: Iterable[Deed]) -> list[BigNumber]:
    """The largest numbers: what counts the same is added up once each, and called over or about as its parts are."""
    units: dict[str, list[Deed]] = {}
    for deed in deeds:
        if deed.quantity:
            units.setdefault(deed.unit.casefold(), []).append(deed)
    sums = [summed for stated in units.values() if (summed := _sum(stated))]
    sums.sort(key=lambda pair: -pair[0])
    return [big for _, big in sums[:NUMBERS]]


def _sum(stated: list[Deed]) -> tuple[int, BigNumber] | None:
    """What the numbers of a unit come to. One known only from above stands alone, and is left out of a sum."""
    added = [deed for deed in stated if deed.qualifier not in UPPER_BOUNDS] or (stated if len(stated) == 1 else [])
    if not added:
        return None
    total = sum(deed.quantity or 0 for deed in added)
    said = {deed.qualifier for deed in added}
    qualifier = added[0].qualifier
    detail = joined(added[0].title, added[0].when)
    if len(added) > 1:
        qualifier = next((each for each in WIDEST_FIRST if each in said), "")
        years = sorted({deed.ended_on.year for deed in added})
        span = str(years[0]) if years[0] == years[-1] else f"{years[0]} to {years[-1]}"
        detail = f"From {plural(len(added), 'achievement')}, {span}, each counted once"
    return total, BigNumber(number(total), qualifier, added[0].unit, detail)


# --- The page of all of them


@dataclass(frozen=True, slots=True)
class Filters:
    """What a visitor asked for, as far as it exists; `is_odd` where some of it does not."""

    theme: int | None
    year: str
    is_odd: bool


@dataclass(frozen=True, slots=True)
class FilterChoices:
    """What the page of all achievements may be narrowed to."""

    themes: list[tuple[str, str]]
    years: list[tuple[str, str]]


def filter_choices(partnership: Partnership) -> FilterChoices:
    """The themes of a partnership's strategies, and the years in which something public happened; two queries."""
    themes = Theme.objects.filter(strategy__partnership=partnership).order_by("strategy__title", "position", "ref")
    whens = Achievement.objects.public().filter(partnership=partnership).values_list("happened_on", "period")
    years = sorted({str(happened_on or period)[:4] for happened_on, period in whens.distinct()}, reverse=True)
    return FilterChoices(
        [("", "All"), *((str(theme.pk), theme.title) for theme in themes)],
        [("", "All"), *((year, year) for year in years)],
    )


def filters_of(choices: FilterChoices, theme: str, year: str) -> Filters:
    """What was asked for, checked against what there is."""
    themes, years = dict(choices.themes), dict(choices.years)
    return Filters(
        theme=int(theme) if theme and theme in themes else None,
        year=year if year in years else "",
        is_odd=theme not in themes or year not in years,
    )


def listed(partnership: Partnership, filters: Filters) -> QuerySet[Achievement]:
    """Public achievements, the latest first. A day and a period are both written year first, and sort as text."""
    rows = _dated(partnership)
    if filters.is_odd:
        return rows.none()
    if filters.theme:
        rows = rows.filter(pk__in=Achievement.objects.filter(priorities__theme=filters.theme).values("pk"))
    if filters.year:
        rows = rows.filter(Q(happened_on__year=filters.year) | Q(period__startswith=filters.year))
    return public_in_full(rows.order_by("-dated", "position", "pk"))


def _dated(partnership: Partnership) -> QuerySet[Achievement]:
    public = Achievement.objects.public().filter(partnership=partnership)
    return public.annotate(dated=Coalesce(Cast("happened_on", CharField()), "period"))


# --- The feed


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a partnership's feed."""

    key: str
    title: str
    words: str
    path: str
    at: datetime


def feed_entries(partnership: Partnership) -> list[Entry]:
    """The latest public achievements, news and open reports of a partnership; five queries."""
    page = reverse("partnership", args=[partnership.slug])
    latest = list(listed(partnership, Filters(None, "", is_odd=False))[:FEED_ENTRIES])
    entries = []
    for one in latest:
        said = happened(one)
        entries.append(
            Entry(
                f"achievement-{one.pk}",
                said.title,
                _words(said),
                said.url,
                _noon(ended_on(one.happened_on, one.period)),
            )
        )
    for news in News.objects.filter(strategy__partnership=partnership):
        said = happened_news(news)
        when = _noon(ended_on(news.happened_on, news.period))
        entries.append(Entry(f"news-{news.pk}", said.title, _words(said), f"{page}#news", when))
    entries += [Entry(one.key, one.title, one.meta, one.url, one.opened_at) for one in open_reports(partnership)]
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:FEED_ENTRIES]


def happened_news(news: News) -> Happened:
    return Happened(news.wording, news.summary, when_words(news.happened_on, news.period))


def _words(said: Happened) -> str:
    return "\n".join(part for part in (said.detail, said.meta) if part)


def _noon(day: date) -> datetime:
    """The middle of a day: an entry has a moment, an achievement only a day."""
    return datetime.combine(max(day, date(1900, 1, 1)), time(12), timezone.get_default_timezone())

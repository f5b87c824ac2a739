"""The Gatsby benchmarks of a partnership's schools: who achieves which, and what changed since the year before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q

from partnerships.models import Organisation, Partnership
from priorities.models import DEMONSTRATION, CareersReview
from wesp_portal.common.formatting import number, plural, signed
from wesp_portal.common.periods import PeriodKind, likely_periods, parse_period, preceding

BENCHMARKS = [
    (name, str(CareersReview._meta.get_field(name).verbose_name))  # type: ignore[union-attr]  # columns of its own
    for name in CareersReview.BENCHMARKS
]


@dataclass(frozen=True, slots=True)
class Cell:
    """One benchmark of a school, in words as well; `change` is the short word for what is other than a year ago."""

    is_achieved: bool
    word: str
    change: str


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A school's benchmarks in a year; `change` is that of its count since the year before, or why there is none."""

    school: Organisation
    cells: list[Cell]
    achieved: int
    change: str
    source: str
    is_demo: bool


@dataclass(frozen=True, slots=True)
class BenchmarkTotal:
    """How many schools achieve a benchmark, and the change among those recorded in both years."""

    name: str
    achieved: int
    change: str


@dataclass(frozen=True, slots=True)
class CareersPage:
    """The schools of a partnership by benchmark in a year."""

    year: str
    label: str
    years: list[tuple[str, str]]
    finding: str
    compared: str
    rows: list[SchoolRow]
    totals: list[BenchmarkTotal]
    missing: list[str]


def careers_page(partnership: Partnership, year: str) -> CareersPage:
    """The grid of a year, or of the latest that is recorded: two queries."""
    reviews = CareersReview.objects.filter(partnership=partnership)
    recorded = reviews.order_by("-academic_year").values_list("academic_year", flat=True).distinct()
    codes = list(recorded)
    chosen = year if year in codes else next(iter(codes), "")
    if not chosen:
        return CareersPage("", "", [], "", "", [], [], [])
    before_period = preceding(parse_period(chosen))
    earlier = before_period.code if before_period else ""
    rows = list(reviews.filter(academic_year__in=[chosen, earlier]).select_related("school").order_by("school__name"))
    now = [row for row in rows if row.academic_year == chosen]
    before = {row.school_id: row for row in rows if row.academic_year == earlier}
    both = [(row, before[row.school_id]) for row in now if row.school_id in before]
    here = {row.school_id for row in now}
    return CareersPage(
        year=chosen,
        label=parse_period(chosen).label,
        years=[(code, parse_period(code).label) for code in codes],
        finding=_finding(now, both, chosen, earlier),
        compared=_compared(now, both, earlier),
        rows=[_school_row(row, before.get(row.school_id)) for row in now],
        totals=[_total(name, title, now, both) for name, title in BENCHMARKS],
        missing=[row.school.name for key, row in before.items() if key not in here],
    )


def _finding(
    now: Sequence[CareersReview], both: Sequence[tuple[CareersReview, CareersReview]], year: str, earlier: str
) -> str:
    """What the grid shows, for a heading; the change is among schools recorded in both years."""
    words = f"{plural(len(now), 'school')} achieve{'s' if len(now) == 1 else ''} {_mean([row.achieved for row in now])}"
    words += f" of 8 benchmarks on average in {parse_period(year).label}"
    if not both:
        return words
    gained = sum(row.achieved - last.achieved for row, last in both)
    label = parse_period(earlier).label
    return f"{words}, {signed(gained)} in all since {label}" if gained else f"{words}, as many as in {label}"


def _mean(counts: Sequence[int]) -> str:
    return number(round(Decimal(sum(counts)) / len(counts), 1))


def _compared(now: Sequence[CareersReview], both: Sequence[object], earlier: str) -> str:
    label = parse_period(earlier).label
    if not both:
        return f"No school recorded here was recorded for {label}, so no change is shown."
    if len(both) == len(now):
        return f"Changes are since {label}."
    return f"Changes are since {label}, among the {plural(len(both), 'school')} recorded in both years."


def _school_row(row: CareersReview, before: CareersReview | None) -> SchoolRow:
    change = "not recorded the year before" if before is None else signed(row.achieved - before.achieved)
    return SchoolRow(
        school=row.school,
        cells=[_cell(getattr(row, name), getattr(before, name) if before else None) for name, _ in BENCHMARKS],
        achieved=row.achieved,
        change="no change" if change == "0" else change,
        source=row.source,
        is_demo=row.source == DEMONSTRATION,
    )


def _cell(is_achieved: bool, was_achieved: bool | None) -> Cell:
    if is_achieved:
        is_new = was_achieved is False
        return Cell(is_achieved, "achieved, new this year" if is_new else "achieved", "new" if is_new else "")
    is_lost = was_achieved is True
    return Cell(is_achieved, "not achieved any more" if is_lost else "not achieved", "lost" if is_lost else "")


def _total(
    name: str, title: str, now: Sequence[CareersReview], both: Sequence[tuple[CareersReview, CareersReview]]
) -> BenchmarkTotal:
    gained = sum(getattr(row, name) - getattr(last, name) for row, last in both)
    change = signed(gained) if gained else "no change"
    return BenchmarkTotal(title, sum(getattr(row, name) for row in now), change if both else "")


def schools_of(partnership: Partnership) -> list[Organisation]:
    """The schools that may be recorded: those of the partnership's area and what lies in it, and those recorded."""
    within = Q(area=partnership.area_id) | Q(area__parent=partnership.area_id)
    found = Organisation.objects.filter(within | Q(careers_reviews__partnership=partnership))
    return list(found.filter(kind=Organisation.Kind.SCHOOL).distinct().order_by("name"))


def years_offered(today: date) -> list[tuple[str, str]]:
    """The academic years that a review may be for, this one first."""
    return [(period.code, period.label) for period in likely_periods(PeriodKind.SPANNING_YEAR, "", today, count=5)]


def review_of(partnership: Partnership, school: int, year: str) -> CareersReview | None:
    return CareersReview.objects.filter(partnership=partnership, school=school, academic_year=year).first()

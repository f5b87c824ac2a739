"""The Gatsby benchmarks of a partnership's schools in words, for the dashboard and the report."""

from dataclasses import dataclass
from decimal import Decimal

from reports.snapshots.schema import Careers
from wesp_portal.common.formatting import number, plural


@dataclass(frozen=True, slots=True)
class CareersCard:
    """What the benchmarks show: the finding, the figure with what it is of, and the year before."""

    finding: str
    value: str
    of: str
    before: str
    url: str
    is_demo: bool


def careers_card(careers: Careers, url: str = "") -> CareersCard:
    """Benchmarks to a school on average, so that years with more schools and with fewer may be set side by side."""
    now = _mean(careers.achieved, careers.schools)
    value = f"{number(now, 1)} of 8"
    finding = f"Gatsby benchmarks: schools achieve {value} on average in {careers.label}"
    before = ""
    if careers.before_schools:
        then = _mean(careers.before_achieved, careers.before_schools)
        change = "the same as" if now == then else "up from" if now > then else "down from"
        finding += f", {change} {number(then, 1)} in {careers.before_label}"
        schools, achieved = plural(careers.before_schools, "school"), plural(careers.before_achieved, "benchmark")
        before = f"{careers.before_label}: {achieved} achieved at {schools}"
    of = f"{plural(careers.achieved, 'benchmark')} achieved at {plural(careers.schools, 'school')}, {careers.label}"
    return CareersCard(finding, value, of, before, url, careers.is_demo)


def _mean(achieved: int, schools: int) -> Decimal:
    return round(Decimal(achieved) / schools, 1)

"""The Gatsby benchmarks of a partnership's schools, of the latest academic year that is recorded."""

from collections.abc import Sequence

from partnerships.models import Term
from reports.snapshots.schema import Careers
from wesp_portal.common.periods import parse_period


def read_careers(terms: Sequence[Term]) -> Careers | None:
    """The latest year with the one recorded before it, from terms in order; None where no year is recorded."""
    years = {term.academic_year: told for term in terms if (told := getattr(term, "careers", None))}
    if not years:
        return None
    *earlier, latest = sorted(years)
    now, before = years[latest], years[earlier[-1]] if earlier else None
    return Careers(
        label=parse_period(latest).label,
        schools=now["schools"],
        achieved=now["achieved"],
        before_label=parse_period(earlier[-1]).label if before else "",
        before_schools=before["schools"] if before else 0,
        before_achieved=before["achieved"] if before else 0,
        is_demo=any(told["demo"] for told in years.values()),
    )

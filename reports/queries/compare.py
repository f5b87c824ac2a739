"""Two terms of a partnership side by side, read for both at once."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from partnerships.models import Partnership, Term
from priorities.measuring import movement_of_value
from priorities.rules import movement_between
from reports.queries.collect import achievements_of, rows
from reports.queries.collect.measures import read_measures, telling_order
from reports.queries.collect.plan import read_plan, year_end_of
from reports.queries.collect.returns import read_returns
from reports.queries.collect.summary import Span, summarise
from reports.snapshots.comparison import Comparison, MeasurePair, Pair, Side
from reports.snapshots.schema import Measure
from wesp_portal.common.periods import parse_period


def compare(*, partnership: Partnership, earlier: Term, later: Term, at: datetime) -> Comparison:
    """Two terms in nine queries; the plan, the measures and their figures are read once for both.

    `partnership` comes with its area selected.
    """
    plan = rows.plan_rows(partnership, later)
    uses = rows.use_rows(partnership)
    series = rows.series_rows(sorted({use.metric_id for use in uses}), partnership.area)

    def side(term: Term) -> Side:
        terms = rows.term_rows(partnership, term)
        returns = read_returns(rows.return_rows(partnership, term), term)
        as_at = returns.as_at or min(timezone.localtime(at).date(), term.ends_on)
        read = read_plan(plan, terms, returns.contributions, as_at)
        is_over = timezone.localtime(at).date() > term.ends_on
        measures = read_measures(series, uses, partnership.area, parse_period(term.code).ends_on, is_over=is_over)
        year_end = year_end_of(terms)
        summary = summarise(
            read.priorities,
            read.activities,
            returns.promises,
            measures,
            achievements_of(rows.achievement_rows(partnership, term)),
            returns.states,
            span=Span(
                terms[-2].ends_on if len(terms) > 1 else term.starts_on - timedelta(days=1),
                term.ends_on,
                year_end.label if year_end else "",
            ),
            has_previous=len(terms) > 1,
        )
        return Side(term.label, summary, read.priorities, sorted(measures, key=telling_order))

    before, now = side(earlier), side(later)
    measured = {measure.metric_id: measure for measure in before.measures}
    return Comparison(
        before,
        now,
        [
            Pair(was, one, movement_between(was.standing, one.standing))
            for was, one in zip(before.priorities, now.priorities, strict=True)
        ],
        [
            MeasurePair(measured.get(one.metric_id), one, _moved(measured.get(one.metric_id), one))
            for one in now.measures
        ],
    )


def _moved(before: Measure | None, now: Measure) -> str:
    """Blank where there is no newer figure, or none to compare with."""
    if before is None or before.area != now.area or before.points[-1].period == now.points[-1].period:
        return ""
    was, latest = before.points[-1].value, now.points[-1].value
    return movement_of_value(now.direction, Decimal(was) if was else None, Decimal(latest) if latest else None)

"""`collect`: one partnership in one term, read from the database once, as a snapshot."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.utils import timezone

from partnerships.models import Partnership
from partnerships.models import Term as CalendarTerm
from priorities.rules import ACTIVITY_RULE, ROLL_UP_RULE
from reports.models import ReportLayout
from reports.queries.collect import rows
from reports.queries.collect.careers import read_careers
from reports.queries.collect.measures import read_measures, telling_order
from reports.queries.collect.plan import due_next_of, exceptions_of, met_of, read_plan, year_end_of
from reports.queries.collect.returns import read_returns
from reports.queries.collect.spoken import read_spoken, said_since, spoken_rows
from reports.queries.collect.summary import Span, summarise
from reports.snapshots.layout import Layout
from reports.snapshots.schema import (
    FORMAT,
    Achievement,
    Front,
    Measure,
    ReturnState,
    Rule,
    Snapshot,
    Term,
)
from wesp_portal.common.formatting import plural, uk_date
from wesp_portal.common.periods import parse_period

__all__ = ["achievements_of", "collect", "data_notes_of"]


def collect(*, partnership: Partnership, term: CalendarTerm, at: datetime) -> Snapshot:
    """Read everything that a report or dashboard of the term says, in seven queries whatever its size.

    `partnership` comes with its area selected; `at` is when it is read, and dates a term that is still running.
    """
    terms = rows.term_rows(partnership, term)
    returns = read_returns(rows.return_rows(partnership, term), term)
    as_at = returns.as_at or min(timezone.localtime(at).date(), term.ends_on)
    plan = read_plan(rows.plan_rows(partnership, term), terms, returns.contributions, as_at)
    uses = rows.use_rows(partnership)
    metric_ids = sorted({use.metric_id for use in uses})
    measures = read_measures(
        rows.series_rows(metric_ids, partnership.area),
        uses,
        partnership.area,
        parse_period(term.code).ends_on,
        is_over=timezone.localtime(at).date() > term.ends_on,
    )
    measures.sort(key=telling_order)
    achievements = achievements_of(rows.achievement_rows(partnership, term))
    since, year_end = said_since(terms), year_end_of(terms)
    said = read_spoken(spoken_rows(partnership, terms), terms)
    return Snapshot(
        format=FORMAT,
        front=Front(
            partnership=partnership.name,
            partnership_slug=partnership.slug,
            area=partnership.area.name,
            strategies=tuple(dict.fromkeys(priority.strategy for priority in plan.priorities)),
            board=getattr(terms[-1], "reporting_board", None) or "",
            board_on=_iso(returns.board_on),
            term=_term(term),
            previous_term=_term(terms[-2]) if len(terms) > 1 else None,
            year_end=year_end.label if year_end else "",
            as_at=_iso(as_at),
            authors=tuple(returns.authors),
            is_demo=bool(getattr(terms[-1], "is_demo", False)),
        ),
        summary=summarise(
            plan.priorities,
            plan.activities,
            returns.promises,
            measures,
            achievements,
            returns.states,
            span=Span(
                terms[-2].ends_on if len(terms) > 1 else term.starts_on - timedelta(days=1),
                term.ends_on,
                year_end.label if year_end else "",
            ),
            has_previous=len(terms) > 1,
        ),
        priorities=tuple(plan.priorities),
        exceptions=tuple(exceptions_of(plan.activities)),
        due_next=tuple(due_next_of(plan.activities)),
        met=tuple(met_of(plan.activities, since)),
        measures=tuple(measures),
        careers=read_careers(terms),
        achievements=tuple(achievements),
        voices=tuple(said.voices),
        questions=tuple(said.questions),
        decisions=tuple(said.decisions),
        returns=tuple(returns.states),
        rules=(Rule("Activities", ACTIVITY_RULE), Rule("Priorities", ROLL_UP_RULE)),
        data_notes=tuple(data_notes_of(measures, returns.states)),
        layout=_layout(terms[-1]),
    )


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


def _layout(term: CalendarTerm) -> Layout:
    """What the reporting board chose, or the order of a report that nobody arranged."""
    parts = getattr(term, "layout_parts", None)
    return ReportLayout(parts=parts, asked=getattr(term, "layout_asked", "")).frozen() if parts else Layout()


def _term(term: CalendarTerm) -> Term:
    return Term(term.code, term.label, _iso(term.starts_on), _iso(term.ends_on))


def achievements_of(found: Sequence[rows.Row]) -> list[Achievement]:
    """One achievement from the rows of its pairings."""
    gathered: dict[int, list[rows.Row]] = {}
    for row in found:
        gathered.setdefault(row["id"], []).append(row)
    return [
        Achievement(
            id=pk,
            title=own[0]["title"],
            detail=own[0]["detail"],
            when=uk_date(own[0]["happened_on"]) if own[0]["happened_on"] else parse_period(own[0]["period"]).label,
            quantity="" if own[0]["quantity"] is None else str(own[0]["quantity"]),
            qualifier=own[0]["quantity_qualifier"],
            unit=own[0]["quantity_unit"],
            organisations=tuple(dict.fromkeys(row["organisation_name"] for row in own if row["organisation_name"])),
            priority_ids=tuple(dict.fromkeys(row["priority_id"] for row in own if row["priority_id"])),
            is_public=own[0]["is_public"],
            is_demo=bool(own[0]["is_demo"]),
            evidence=own[0]["evidence_count"],
        )
        for pk, own in gathered.items()
    ]


def data_notes_of(measures: Sequence[Measure], returns: Sequence[ReturnState]) -> list[str]:
    """What a reader must know of the figures: what is withheld, provisional, missing or not yet approved."""
    notes = []
    if invented := sum(measure.is_demo for measure in measures):
        verb = "shows" if invented == 1 else "show"
        notes.append(f"{plural(invented, 'measure')} marked Demo {verb} invented figures, not measured ones.")
    for area_note, around in Counter(measure.area_note for measure in measures if measure.area_note).items():
        notes.append(f"{plural(around, 'measure')} {'is' if around == 1 else 'are'} of {area_note}.")
    latest = [measure.points[-1] for measure in measures]
    if withheld := sum(point.symbol == "c" for measure in measures for point in measure.points):
        notes.append(
            f"{plural(withheld, 'figure')} withheld, shown as c, because so small a count could identify a child."
        )
    if provisional := sum(point.status == "provisional" for point in latest):
        verb = "is" if provisional == 1 else "are"
        notes.append(f"{plural(provisional, 'latest figure')} {verb} provisional and may be revised.")
    if missing := sum(not point.value for point in latest):
        notes.append(f"{plural(missing, 'measure')} without a figure for the latest period; the measure says why.")
    waiting = [state.organisation for state in returns if state.status != "approved"]
    if waiting:
        notes.append(f"Returns not yet approved: {', '.join(waiting)}.")
    return notes

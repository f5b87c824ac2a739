"""The dashboard as plain rows for its template: a pure function of the snapshot, without a query or a clock."""

from collections.abc import Iterable

from django.urls import reverse

from reports.renderers.careers import careers_card
from reports.renderers.dashboard.happenings import (
    DUE_MOST,
    achievement_row,
    due_later,
    exchanges,
    milestone_row,
    total_row,
    voice_row,
)
from reports.renderers.dashboard.measures import measure_card, measure_line
from reports.renderers.dashboard.standings import blocks, broken_promises, by_theme, exception_row, total_of
from reports.renderers.dashboard.values import DashboardPage, Split
from reports.renderers.dashboard.words import Addresses, day, split
from reports.snapshots.schema import Snapshot, Summary
from wesp_portal.common.formatting import plural

__all__ = ["DashboardPage", "dashboard_page"]

# How much a board reads at a glance; the rest is one step away.
MEASURES_FIRST, EXCEPTIONS_FIRST, ACHIEVEMENTS_FIRST, VOICES_FIRST, DUE_FIRST = 6, 6, 5, 3, 6


def dashboard_page(snapshot: Snapshot, *, ask_url: str = "") -> DashboardPage:
    """The rows of a dashboard. `ask_url` is where its reader may put a question, blank for one who may not."""
    front, summary = snapshot.front, snapshot.summary
    addresses = Addresses(ask_url)
    titles = {priority.id: f"{priority.ref} {priority.title}" for priority in snapshot.priorities}
    exceptions = [exception_row(line, snapshot, titles, addresses) for line in snapshot.exceptions]
    due = [line for line in snapshot.due_next if not line.late_days]
    waiting, settled = exchanges(snapshot, addresses)
    off_track = [row for row in exceptions if row.standing == "off_track"]
    return DashboardPage(
        facts=tuple(facts(snapshot)),
        previous=front.previous_term.label if front.previous_term else "",
        has_updates=total_of(summary.counts) > summary.counts.no_data,
        activities=total_of(summary.counts),
        sentences=summary.sentences,
        blocks=tuple(blocks(snapshot, addresses)),
        off_track=split(off_track, EXCEPTIONS_FIRST),
        at_risk=tuple(row for row in exceptions if row.standing != "off_track"),
        priorities=by_theme(snapshot.priorities, addresses),
        promises=_promises(summary),
        broken=broken_promises(snapshot.priorities, addresses),
        measures=Split(
            [measure_card(measure, addresses) for measure in snapshot.measures[:MEASURES_FIRST]],
            [measure_line(measure, addresses) for measure in snapshot.measures[MEASURES_FIRST:]],
        ),
        careers=careers_card(snapshot.careers, reverse("careers", args=[front.partnership_slug]))
        if snapshot.careers
        else None,
        achievements=split([achievement_row(one, addresses) for one in snapshot.achievements], ACHIEVEMENTS_FIRST),
        totals=tuple(total_row(total) for total in summary.totals),
        voices=split([voice_row(voice, titles, addresses) for voice in snapshot.voices], VOICES_FIRST),
        open_exchanges=waiting,
        settled_exchanges=settled,
        returns=snapshot.returns,
        late=split([milestone_row(line, addresses) for line in snapshot.due_next if line.late_days], DUE_FIRST),
        due=split([milestone_row(line, addresses) for line in due[:DUE_MOST]], DUE_FIRST),
        due_later=due_later(due),
        met=split([milestone_row(line, addresses) for line in snapshot.met], DUE_FIRST),
        rules=snapshot.rules,
        notes=snapshot.data_notes,
    )


def facts(snapshot: Snapshot) -> Iterable[str]:
    """What dates the page: as at, the board and its meeting, the term compared with."""
    front = snapshot.front
    yield f"As at {day(front.as_at)}"
    if front.board_on:
        yield f"{front.board or 'The board'} meets on {day(front.board_on)}"
    elif front.board:
        yield f"For {front.board}"
    if front.previous_term:
        yield f"Compared with {front.previous_term.label}"


def _promises(summary: Summary) -> str:
    """How many of last term's promises were kept, in words."""
    if not summary.promises_made:
        return ""
    unmarked = f"; {summary.promises_unmarked} not marked yet" if summary.promises_unmarked else ""
    return f"{summary.promises_kept} of {plural(summary.promises_made, 'promise')} kept{unmarked}"

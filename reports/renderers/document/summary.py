"""The front sheet and the page that stands alone: facts, counts, and what needs the board."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from reports.renderers.document.values import AttentionLine, Edition, Table
from reports.renderers.document.words import day, fallen, late, marked, moved, moved_from, standing, stands, table, wide
from reports.renderers.measures import beside, england_of, latest_words, movement_words
from reports.snapshots.schema import ActivityLine, Contribution, Measure, Snapshot, Summary
from wesp_portal.common.formatting import join_words, number, plural, signed
from wesp_portal.common.status import STATUSES

# How many measures the summary shows.
TELLING = 6


def facts_of(snapshot: Snapshot, edition: Edition) -> tuple[tuple[str, str], ...]:
    front = snapshot.front
    if snapshot.layout.is_public:
        return _public_facts(snapshot, edition)
    published = day(edition.published_on)
    if published and edition.published_by:
        published = f"{published}, by {edition.published_by}"
    facts = [
        ("Board", front.board or "No board is set to receive this report"),
        ("Board meets", day(front.board_on) or "No date set"),
        ("Period", front.term.label),
        ("As at", day(front.as_at)),
        ("Area", front.area),
        ("Strategy" if len(front.strategies) < 2 else "Strategies", join_words(front.strategies)),
        ("Written by", "; ".join(front.authors) or "No return has been started"),
        ("Version", f"{edition.version} ({edition.status.lower()})"),
        ("Published", published),
        ("Fingerprint", edition.short_hash),
    ]
    return tuple((name, value) for name, value in facts if value)


def _public_facts(snapshot: Snapshot, edition: Edition) -> tuple[tuple[str, str], ...]:
    """Whose report it is and of when; nobody's name."""
    front = snapshot.front
    facts = [
        ("Period", front.term.label),
        ("As at", day(front.as_at)),
        ("Area", front.area),
        ("Strategy" if len(front.strategies) < 2 else "Strategies", join_words(front.strategies)),
        ("Opened to the public", day(edition.published_on)),
        ("Corrected", day(edition.corrected_on)),
        ("Fingerprint", edition.short_hash),
    ]
    return tuple((name, value) for name, value in facts if value)


def no_promises(snapshot: Snapshot) -> str:
    """Said only where there is nothing to count: the summary's own sentences count the rest."""
    if snapshot.layout.is_public or snapshot.summary.promises_made:
        return ""
    return "No steps were promised for this term."


def counts_table(snapshot: Snapshot) -> Table | None:
    now, before = snapshot.summary.counts, snapshot.summary.previous_counts
    if not any(getattr(now, code) for code in STATUSES):
        return None
    columns: list[Mapping[str, Any]] = [{"text": "Activities"}, {"text": "This term", "is_numeric": True}]
    if before:
        columns += [{"text": "Last term", "is_numeric": True}, {"text": "Change", "is_numeric": True}]
    rows = []
    for code in STATUSES:
        count = getattr(now, code)
        row: list[Any] = [standing(code), number(count)]
        if before:
            row += [number(getattr(before, code)), signed(count - getattr(before, code))]
        rows.append(row)
    return table("How activities stand", columns, rows)


def aims_table(snapshot: Snapshot) -> Table | None:
    """The priorities for everyone: what was achieved under each, and not how it stands."""
    return table(
        "The priorities",
        [wide("Priority", 3), {"text": "Achievements this term", "is_numeric": True}],
        [
            (
                f"{priority.ref} {priority.title}".strip(),
                number(sum(priority.id in one.priority_ids for one in snapshot.achievements)),
            )
            for priority in snapshot.priorities
        ],
        "An achievement stands beside everything that it serves, and counts once in every total.",
    )


def standings_table(snapshot: Snapshot) -> Table | None:
    return table(
        "How the priorities stand",
        [wide("Priority"), "Status", "Since last term", {"text": "Promises kept", "is_numeric": True}],
        [
            (
                f"{priority.ref} {priority.title}".strip(),
                standing(priority.standing),
                moved(priority.movement),
                _kept(priority.contributions),
            )
            for priority in snapshot.priorities
        ],
    )


def _kept(contributions: Iterable[Contribution]) -> str:
    promises = [promise for one in contributions for promise in one.promises]
    kept = sum(promise.outcome == "done" for promise in promises)
    return f"{kept} of {len(promises)}" if promises else "None made"


def attention_line(line: ActivityLine, year_end: str) -> AttentionLine:
    due = f"due {day(line.due_on)}" if line.due_on else ""
    return AttentionLine(
        title=f"{line.ref} {line.title}".strip(),
        standing=line.standing,
        since=f"since {line.since}" if line.since else "this term",
        fallen=fallen(line, year_end),
        reason=line.reason or "No reason was given.",
        words=line.words,
        foot=" · ".join(part for part in (line.owner or "Nobody named", due, moved_from(line), late(line)) if part),
    )


def telling_table(measures: Sequence[Measure], *, is_rated: bool) -> Table | None:
    """The first measures, which are the most telling, beside England."""
    return table(
        "Measures at a glance" if len(measures) <= TELLING else "The most telling measures",
        [
            wide("Measure", 3),
            {"text": "Latest", "is_numeric": True},
            *(["Status"] if is_rated else []),
            "Movement",
            wide("Beside England", 2),
        ],
        [
            (
                marked(measure.title, is_demo=measure.is_demo),
                f"{latest_words(measure)}, {measure.points[-1].label}",
                *([stands(measure)] if is_rated else []),
                movement_words(measure) or "Not compared",
                beside(measure, england) if (england := england_of(measure)) else "No figure",
            )
            for measure in measures[:TELLING]
        ],
    )


def milestones_line(summary: Summary) -> str:
    """How many milestones were due and met, and how many are late."""
    if not summary.milestones_due and not summary.milestones_late:
        return "No milestone was due this term, and none is late."
    due = f"{summary.milestones_met} of {plural(summary.milestones_due, 'milestone')} due this term met"
    after = f", {summary.milestones_met_late} of them late" if summary.milestones_met_late else ""
    return f"{due}{after}; {summary.milestones_late or 'none'} late by now."


def met_table(lines: Iterable[ActivityLine]) -> Table | None:
    return table(
        "Milestones met this term",
        [wide("What", 2), wide("Due"), "Done", wide("How late"), wide("Owner")],
        [
            (
                f"{line.ref} {line.title}".strip(),
                _due_words(line),
                day(line.done_on),
                late(line) or "On time",
                line.owner or "Nobody named",
            )
            for line in lines
        ],
    )


def due_table(lines: Iterable[ActivityLine]) -> Table | None:
    return table(
        "Milestones late, and due next",
        [wide("What", 2), wide("Due"), wide("Owner"), "Status"],
        [
            (
                f"{line.ref} {line.title}".strip(),
                "; ".join(part for part in (_due_words(line), late(line)) if part),
                line.owner or "Nobody named",
                standing(line.standing),
            )
            for line in lines
        ],
    )


def _due_words(line: ActivityLine) -> str:
    if not line.due_on:
        return "No date set"
    return f"{day(line.due_on)}, {moved_from(line)}" if line.moved_from else day(line.due_on)

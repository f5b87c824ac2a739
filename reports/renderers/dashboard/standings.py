"""How the plan stands, as rows of a dashboard: counts, exceptions, priorities."""

from collections.abc import Iterable, Mapping, Sequence

from reports.renderers.dashboard.values import (
    Block,
    BrokenPromise,
    BrokenPromises,
    ExceptionRow,
    Place,
    PriorityGroup,
    PriorityRow,
)
from reports.renderers.dashboard.words import Addresses, day, joined
from reports.renderers.document.chapters import OUTCOMES, promise_detail
from reports.renderers.document.words import fallen, late
from reports.renderers.document.words import moved_from as moved
from reports.snapshots.schema import ActivityLine, Counts, Priority, Snapshot
from wesp_portal.common.formatting import plural
from wesp_portal.common.status import STATUSES

LIFE = {"stepping_down": "Stepping down", "handed_over": "Handed over", "closed": "Closed"}


def total_of(counts: Counts) -> int:
    return sum(getattr(counts, code) for code in STATUSES)


def blocks(snapshot: Snapshot, addresses: Addresses) -> Iterable[Block]:
    now, before = snapshot.summary.counts, snapshot.summary.previous_counts
    total = total_of(now) or 1
    named: dict[str, list[Place]] = {}
    for line in snapshot.exceptions:
        named.setdefault(line.standing, []).append(
            Place(f"{line.ref} {line.title}", addresses.activity(line.id), f"since {line.since}")
        )
    for code, status in STATUSES.items():
        count = getattr(now, code)
        change = count - getattr(before, code) if before else None
        if not count and not change:
            continue
        places = named.get(code) or [
            Place(
                f"{priority.ref} {priority.title}",
                addresses.priority(priority.id),
                plural(here, "activity", "activities"),
            )
            for priority in snapshot.priorities
            if (here := getattr(priority.counts, code))
        ]
        yield Block(
            status=status,
            css=code.replace("_", "-"),
            share=max(1, round(20 * count / total)),
            count=count,
            change=change,
            places=tuple(places),
        )


def exception_row(
    line: ActivityLine, snapshot: Snapshot, titles: Mapping[int, str], addresses: Addresses
) -> ExceptionRow:
    return ExceptionRow(
        title=f"{line.ref} {line.title}",
        url=addresses.activity(line.id),
        standing=line.standing,
        since="new this term" if line.since == snapshot.front.term.label else f"since {line.since}",
        movement=line.movement,
        fallen=fallen(line, snapshot.front.year_end),
        reason=line.reason,
        words=line.words,
        foot=joined(
            f"Owner: {line.owner}" if line.owner else "No owner is named",
            f"due {day(line.due_on)}" if line.due_on else "",
            moved(line),
            late(line),
        ),
        priority=titles.get(line.priority_id, line.priority_ref),
        priority_url=addresses.priority(line.priority_id),
        ask_url=addresses.ask(line.id),
    )


def priority_row(priority: Priority, addresses: Addresses) -> PriorityRow:
    promises = [promise for one in priority.contributions for promise in one.promises]
    kept = sum(promise.outcome == "done" for promise in promises)
    life = LIFE.get(priority.status, "")
    if priority.handed_over_to:
        life = f"{life} to {priority.handed_over_to}"
    return PriorityRow(
        title=f"{priority.ref} {priority.title}",
        url=addresses.priority(priority.id),
        under=life,
        standing=priority.standing,
        movement=priority.movement,
        strip={
            "key": f"strip-{priority.id}",
            "title": f"{priority.ref}, term by term",
            "points": [(mark.label, mark.standing) for mark in priority.strip],
        },
        promises=f"{kept} of {len(promises)}" if promises else "",
        updated=day(priority.last_updated),
    )


def by_theme(priorities: Sequence[Priority], addresses: Addresses) -> tuple[PriorityGroup, ...]:
    """Priorities under their themes, in the strategies' order."""
    groups: dict[str, list[PriorityRow]] = {}
    for priority in priorities:
        groups.setdefault(priority.theme, []).append(priority_row(priority, addresses))
    return tuple(PriorityGroup(theme, tuple(rows)) for theme, rows in groups.items())


def broken_promises(priorities: Sequence[Priority], addresses: Addresses) -> tuple[BrokenPromises, ...]:
    """What was promised and not kept, priority by priority."""
    found = []
    for priority in priorities:
        broken = [
            BrokenPromise(promise.title, OUTCOMES[promise.outcome], promise_detail(promise))
            for contribution in priority.contributions
            for promise in contribution.promises
            if promise.outcome != "done"
        ]
        if broken:
            title = f"{priority.ref} {priority.title}"
            found.append(BrokenPromises(title, addresses.priority(priority.id), tuple(broken)))
    return tuple(found)

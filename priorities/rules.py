"""The rules by which progress is judged and small numbers kept from view: pure functions, each with its sentence.

Nothing here reads the database or the clock; pages, snapshots and reports all judge by these. How a figure is compared
and judged is in `priorities/measuring.py`.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import pairwise

from priorities.models.metrics import Metric
from priorities.models.standing import ActivityStatus, Standing
from wesp_portal.common.formatting import join_words, with_unit
from wesp_portal.common.periods import parse_period

ACTIVITY_RULE = (
    "An activity's status is the judgement of the officer who updates it, "
    "with a reason wherever it is at risk or off track."
)
ROLL_UP_RULE = (
    "A priority is off track when a quarter or more of its rated activities are off track; at risk when any is off "
    "track, or a quarter or more are at risk; otherwise on track. Activities that are done count as on track, and stay "
    "done until an update says otherwise. Others not started, or without an update this term, are not rated and are "
    "counted beside."
)
RATED = (Standing.ON_TRACK, Standing.AT_RISK, Standing.OFF_TRACK, Standing.DONE)
# Better is higher. A priority or activity has moved when its place here has.
_PLACES = {Standing.OFF_TRACK: 0, Standing.AT_RISK: 1, Standing.ON_TRACK: 2, Standing.DONE: 3}


def standing_of(status: str, rag: str) -> Standing:
    """What the tag of an activity says, from its update's status and RAG; both blank where there is no update."""
    if status == ActivityStatus.DONE:
        return Standing.DONE
    if rag:
        return Standing(rag)
    return Standing.NOT_STARTED if status == ActivityStatus.NOT_STARTED else Standing.NO_DATA


def standings_in(trail: Mapping[str, str], terms: Sequence[str]) -> list[Standing]:
    """What the tag of an activity says in each of these terms, which are in order of time, from its trail.

    Another term's update says nothing of this one, except that what is done stays done until an update says otherwise.
    """
    found: list[Standing] = []
    before = [code for code in trail if _starts_on(code) < _starts_on(terms[0])]
    last = _said(trail[max(before, key=_starts_on)]) if before else Standing.NO_DATA
    for term in terms:
        if said := trail.get(term):
            last = _said(said)
            found.append(last)
        else:
            found.append(Standing.DONE if last == Standing.DONE else Standing.NO_DATA)
    return found


def _starts_on(code: str) -> date:
    return parse_period(code).starts_on


@cache
def _said(entry: str) -> Standing:
    """The standing of a trail's entry; there are few, and a dashboard reads thousands."""
    status, _, rag = entry.partition(":")
    return standing_of(status, rag)


def roll_up(standings: Iterable[str]) -> Standing:
    """How a priority stands, from its activities', by ROLL_UP_RULE."""
    counts = Counter(standings)
    rated = sum(counts[standing] for standing in RATED)
    if not rated:
        return Standing.NOT_STARTED if counts[Standing.NOT_STARTED] else Standing.NO_DATA
    if 4 * counts[Standing.OFF_TRACK] >= rated:
        return Standing.OFF_TRACK
    if counts[Standing.OFF_TRACK] or 4 * counts[Standing.AT_RISK] >= rated:
        return Standing.AT_RISK
    return Standing.DONE if counts[Standing.DONE] == rated == sum(counts.values()) else Standing.ON_TRACK


def movement_between(before: str, now: str) -> str:
    """`better`, `same` or `worse`; blank where either was not rated."""
    if before not in _PLACES or now not in _PLACES:
        return ""
    difference = _PLACES[Standing(now)] - _PLACES[Standing(before)]
    return "better" if difference > 0 else "worse" if difference < 0 else "same"


DEFAULT_THRESHOLD = 5


def disclosed_points(
    points: Iterable[dict[str, str]], *, is_count_of_children: bool, threshold: int | None
) -> list[dict[str, str]]:
    """A series as anyone may see it: a count of children of 1 up to the threshold shows `c`, not its value."""
    if not is_count_of_children:
        return list(points)
    bound = DEFAULT_THRESHOLD if threshold is None else threshold
    return [
        point | {"value": "", "symbol": "c", "qualifier": ""}
        if point["value"] and 0 < Decimal(point["value"]) <= bound
        else point
        for point in points
    ]


def disclosure_words(*, is_count_of_children: bool, threshold: int | None) -> str:
    """What is withheld of a metric, for whoever reads its figures; blank where nothing is."""
    bound = DEFAULT_THRESHOLD if threshold is None else threshold
    if not is_count_of_children or not bound:
        return ""
    return f"Counts of 1 to {bound} are withheld, shown as c, because so small a count could identify a child."


def hidden_groups(
    whole: Decimal | None, counts: Mapping[int, Decimal], together: Mapping[int, str], *, threshold: int | None
) -> set[int]:
    """The groups whose counts of children must not be shown, so that nobody can work out a small one.

    `whole` is the count of all where it is shown; `together` says which groups make a whole with which. Hidden are
    counts from 1 up to the threshold, and with one of them the noughts beside it, as else a hidden count is known not
    to be one. Where the total would still give a hidden count away, or narrow it below the threshold, the smallest
    count that is left is hidden too. A group by itself is taken to make a whole with everybody else.
    """
    bound = DEFAULT_THRESHOLD if threshold is None else threshold
    sets: dict[str | int, dict[int, Decimal]] = {}
    for group, count in counts.items():
        sets.setdefault(together[group] or group, {})[group] = count
    hidden: set[int] = set()
    for name, cells in sets.items():
        is_complete = isinstance(name, str)
        # Those who are in none of the groups: nobody is told how many, and a subtraction tells it.
        others = Decimal(0) if whole is None else whole - sum(cells.values())
        hidden |= _hidden_of(cells, others, bound, is_complete=is_complete)
    return hidden


def _hidden_of(cells: Mapping[int, Decimal], others: Decimal, bound: int, *, is_complete: bool) -> set[int]:
    hidden = {group for group, count in cells.items() if 0 < count <= bound}
    are_others_few = 0 < others <= bound
    if not hidden and not are_others_few:
        return set()
    hidden |= {group for group, count in cells.items() if count == 0}
    if not is_complete:
        return hidden | (set(cells) if are_others_few else set())
    left = sorted(cells.keys() - hidden, key=lambda group: (cells[group], group))
    unseen = sum((cells[group] for group in hidden), max(others, Decimal(0)))
    while left and (len(hidden) + are_others_few < 2 or unseen < bound):
        unseen += cells[left[0]]
        hidden.add(left.pop(0))
    return hidden


def hidden_areas(
    counts: Mapping[int, Decimal | None], within: Mapping[int, int | None], *, threshold: int | None
) -> set[int]:
    """The areas whose counts of children of one period must not be shown, so that nobody can work out a small one.

    `counts` has None where a count is withheld already; `within` says which area lies in which. Hidden are counts from
    1 up to the threshold, and the count of a larger area where what is left of it, once all that is shown inside it is
    taken away, is no more than the hidden counts inside it can come to. A larger area that lists only some of its parts
    leaves more than that, tells nothing of them, and is shown.
    """
    bound = DEFAULT_THRESHOLD if threshold is None else threshold
    inside: dict[int | None, list[int]] = {}
    for area, parent in within.items():
        inside.setdefault(parent, []).append(area)
    small = {area for area, count in counts.items() if count is None or 0 < count <= bound}
    hidden = set(small)

    def told(area: int, above: frozenset[int]) -> tuple[Decimal, int]:
        """What is shown of an area, or of the areas inside it where it is not; and how many hidden counts it has."""
        # An area that lies in itself would never end.
        parts = [told(part, above | {area}) for part in inside.get(area, ()) if part not in above | {area}]
        shown, unseen = sum((part[0] for part in parts), Decimal(0)), sum(part[1] for part in parts)
        count = counts.get(area)
        if area in small:
            return shown, unseen + 1
        if count is None:
            return shown, unseen
        if unseen and count - shown <= unseen * bound:
            hidden.add(area)
            return shown, unseen
        return count, 0

    for area, parent in within.items():
        if parent is None or parent not in within:
            told(area, frozenset())
    return hidden & counts.keys()


def questions_about(
    *,
    unit: str,
    decimals: int,
    value: Decimal,
    earlier: Sequence[tuple[str, Decimal]],
    a_year_before: tuple[str, Decimal] | None,
    groups: Mapping[str, Decimal],
) -> list[str]:
    """What is odd about a figure that may still be right, each as a question to whoever enters it.

    `earlier` are the figures of earlier periods with the periods' words, latest first; `groups` those of the groups.
    """

    def words(figure: Decimal) -> str:
        return with_unit(figure, unit, decimals)

    found = []
    if value < 0 and all(figure >= 0 for _, figure in earlier):
        found.append(f"Is {words(value)} right? It is below zero, and no figure before it was.")
    if value > 100 and unit in (Metric.Unit.PERCENT, Metric.Unit.RATE_PER_100):
        found.append(f"Is {words(value)} right? It is more than 100 of 100.")
    if unit == Metric.Unit.COUNT and not decimals and value % 1:
        found.append(f"Is {value.normalize():f} right? What is counted here is whole.")
    before = a_year_before or (earlier[0] if earlier else None)
    if before and before[1] > 0 and (value >= 10 * before[1] or value <= before[1] / 10):
        times = "ten times as much or more" if value > before[1] else "a tenth or less"
        found.append(f"Is {words(value)} right? It was {words(before[1])} in {before[0]}, so this is {times}.")
    elif jump := _jump(value, earlier):
        found.append(
            f"Is {words(value)} right? It was {words(earlier[0][1])} in {earlier[0][0]}, and no earlier step was more "
            f"than half as large as this one of {words(jump)}."
        )
    if unit == Metric.Unit.COUNT:
        larger = [title for title, count in groups.items() if count > value]
        if larger:
            found.append(f"Is the whole right? {join_words(larger)} alone come to more than {words(value)}.")
    return found


def _jump(value: Decimal, earlier: Sequence[tuple[str, Decimal]]) -> Decimal | None:
    """The step to a figure where it is more than twice the largest of at least three earlier ones."""
    steps = [abs(later[1] - sooner[1]) for later, sooner in pairwise(earlier)]
    if len(steps) < 3:
        return None
    step = abs(value - earlier[0][1])
    return step if step > 2 * max(steps) > 0 else None

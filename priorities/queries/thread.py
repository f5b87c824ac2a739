"""The golden thread: what a strategy and its parts contribute to in others, and what contributes to them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from partnerships.models import User
from priorities.models import Activity, Alignment, Objective, Priority, Strategy, Theme
from wesp_portal.common.formatting import plural
from wesp_portal.common.thread_picture import Box, Line

_ENDS = [f"{side}_{part}" for side in ("from", "to") for part in ("strategy", "theme", "priority", "objective")]
# A reader who is anybody: only what is public on both sides is told.
PUBLIC = None
Reader = User | None
Part = Strategy | Theme | Priority | Objective
Sibling = Priority | Objective | Activity


@dataclass(frozen=True, slots=True)
class AlignedPart:
    """The other end of an alignment: a strategy or a part of one, with its page where the reader may open it."""

    strategy: str
    title: str
    url: str
    note: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Thread:
    """What something contributes to, and what contributes to it."""

    contributes_to: list[AlignedPart]
    supported_by: list[AlignedPart]


@dataclass(slots=True)
class Strand:
    """One part of a strategy with what it contributes to, what contributes to it, and its own parts."""

    title: str
    url: str = ""
    contributes_to: list[AlignedPart] = field(default_factory=list)
    supported_by: list[AlignedPart] = field(default_factory=list)
    parts: list["Strand"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ThreadPage:
    """The thread as nested lists and as what its picture is drawn from; no strands where there is no thread."""

    strands: list[Strand]
    priorities: list[Priority]
    objectives: list[Objective]
    columns: tuple[list[Box], list[Box], list[Box]]
    lines: list[Line]
    description: str


@dataclass(frozen=True, slots=True)
class Siblings:
    """The pages before and after this one, as (title, address)."""

    previous: tuple[str, str] | None
    next: tuple[str, str] | None


def siblings_of(here: Sibling, order: Sequence[Sibling]) -> Siblings:
    """The neighbours of something among all of its kind under the same parent, in their order."""
    keys = [each.pk for each in order]
    at = keys.index(here.pk)
    before, after = order[at - 1 : at] if at else [], order[at + 1 : at + 2]
    return Siblings(*[(str(rows[0]), url_of(rows[0])) if rows else None for rows in (before, after)])


def url_of(part: Part | Activity) -> str:
    """The page of a part of a strategy; a theme stands on its strategy's."""
    if isinstance(part, Activity):
        return reverse("activity", args=[part.pk])
    if isinstance(part, Objective):
        return reverse("objective", args=[part.pk])
    if isinstance(part, Priority):
        return reverse("priority", args=[part.pk])
    return reverse("strategy", args=[part.slug if isinstance(part, Strategy) else part.strategy.slug])


def alignments_for(reader: Reader, which: Q) -> QuerySet[Alignment]:
    """Alignments with both their ends; to everybody only those between strategies that are public."""
    rows = Alignment.objects.filter(which).select_related(
        *_ENDS, "from_strategy__partnership", "to_strategy__partnership"
    )
    if reader is PUBLIC:
        rows = rows.filter(from_strategy__partnership__is_public=True, to_strategy__partnership__is_public=True)
    return rows.order_by("from_strategy__title", "position", "pk")


def thread_of(reader: Reader, here: Q, there: Q) -> Thread:
    """The alignments from and to a thing, in one query; `here` and `there` select them by their two ends."""
    rows = alignments_for(reader, here | there).annotate(is_from=Count("pk", filter=here, distinct=True))
    outward, inward = [], []
    for row in rows:
        if row.is_from:
            outward.append(_aligned(reader, row, "to"))
        else:
            inward.append(_aligned(reader, row, "from"))
    return Thread(outward, inward)


def _end(row: Alignment, side: str) -> Part:
    """The strategy or the part of one at an end of an alignment."""
    for part in ("objective", "priority", "theme"):
        if found := getattr(row, f"{side}_{part}"):
            end: Part = found
            return end
    strategy: Strategy = getattr(row, f"{side}_strategy")
    return strategy


def _aligned(reader: Reader, row: Alignment, side: str) -> AlignedPart:
    strategy: Strategy = getattr(row, f"{side}_strategy")
    part = _end(row, side)
    is_open = strategy.partnership.is_public or (reader is not PUBLIC and reader.access.reads(strategy.partnership_id))
    if isinstance(part, Theme):
        part.strategy = strategy
    title = part.title if isinstance(part, Strategy | Theme) else str(part)
    return AlignedPart(strategy.title, title, url_of(part) if is_open else "", row.note, row.source)


# --- The thread of a strategy, or of one priority or objective of it


def _key(part: Part) -> str:
    return f"{type(part).__name__}-{part.pk}"


@dataclass(slots=True)
class _Weave:
    """A strategy's parts with what each is joined to by alignments."""

    strategy: Strategy
    themes: list[Theme]
    priorities: list[Priority]
    objectives: dict[int, list[Objective]]
    outward: dict[str, list[tuple[Part, AlignedPart]]]
    inward: dict[str, list[tuple[Part, AlignedPart]]]

    def goes_to(self, part: Part) -> list[tuple[Part, AlignedPart]]:
        return self.outward.get(_key(part), [])

    def comes_from(self, part: Part) -> list[tuple[Part, AlignedPart]]:
        return self.inward.get(_key(part), [])

    def has_thread(self, part: Part) -> bool:
        return bool(self.goes_to(part) or self.comes_from(part))


def thread_page(
    reader: Reader, strategy: Strategy, *, priority: Priority | None = None, objective: Objective | None = None
) -> ThreadPage:
    """The thread of a strategy, of one of its priorities, or of one objective: four queries, whichever it is."""
    if objective:
        priority = objective.priority
    weave = _weave(reader, strategy)
    shown = [each for each in weave.priorities if priority is None or each.pk == priority.pk]
    columns, lines = _picture(weave, priority, objective)
    strands = [_strand(weave, strategy)] if weave.has_thread(strategy) else []
    if priority is None:
        strands += [_strand(weave, theme) for theme in weave.themes if weave.has_thread(theme)]
    strands += [_whole(weave, each, objective) for each in shown]
    if not lines:
        strands = []
    dark = [line for line in lines if line.is_chosen]
    return ThreadPage(
        strands=strands,
        priorities=weave.priorities,
        objectives=weave.objectives.get(priority.pk, []) if priority else [],
        columns=columns,
        lines=lines,
        description=f"{plural(len(dark), 'line')} of the chosen path join what contributes to what it contributes to. "
        "The lists beside the picture say the same.",
    )


def _weave(reader: Reader, strategy: Strategy) -> _Weave:
    priorities = list(strategy.priorities.select_related("theme"))
    objectives: dict[int, list[Objective]] = {}
    for each in Objective.objects.filter(priority__strategy=strategy).order_by("position", "ref"):
        objectives.setdefault(each.priority_id, []).append(each)
    outward: dict[str, list[tuple[Part, AlignedPart]]] = {}
    inward: dict[str, list[tuple[Part, AlignedPart]]] = {}
    for row in alignments_for(reader, Q(from_strategy=strategy) | Q(to_strategy=strategy)):
        if row.from_strategy_id == strategy.pk:
            outward.setdefault(_key(_end(row, "from")), []).append((_end(row, "to"), _aligned(reader, row, "to")))
        else:
            inward.setdefault(_key(_end(row, "to")), []).append((_end(row, "from"), _aligned(reader, row, "from")))
    return _Weave(strategy, list(strategy.themes.all()), priorities, objectives, outward, inward)


def _strand(weave: _Weave, part: Part) -> Strand:
    """A part by itself, as the lists show it."""
    title = part.title if isinstance(part, Strategy | Theme) else str(part)
    if isinstance(part, Theme):
        title = f"{weave.strategy.theme_word}: {title}"
    return Strand(
        title=title,
        url="" if isinstance(part, Theme) else url_of(part),
        contributes_to=[aligned for _, aligned in weave.goes_to(part)],
        supported_by=[aligned for _, aligned in weave.comes_from(part)],
    )


def _whole(weave: _Weave, priority: Priority, objective: Objective | None) -> Strand:
    """A priority with its theme and its objectives, or with the one that is chosen."""
    strand = _strand(weave, priority)
    if priority.theme:
        theme = weave.strategy.theme_word
        own = AlignedPart(f"{theme} of {weave.strategy.title}", priority.theme.title, url_of(weave.strategy))
        further = [aligned for _, aligned in weave.goes_to(priority.theme)]
        strand.contributes_to = [own, *strand.contributes_to, *further]
    strand.parts = [
        _strand(weave, each)
        for each in weave.objectives.get(priority.pk, [])
        if objective is None or each.pk == objective.pk
    ]
    return strand


def _picture(
    weave: _Weave, priority: Priority | None, objective: Objective | None
) -> tuple[tuple[list[Box], list[Box], list[Box]], list[Line]]:
    """The boxes of the three columns, and the lines between; what belongs to the chosen path is dark.

    An objective's alignment runs through its priority, as its contribution does.
    """
    left: dict[str, tuple[str, str]] = {}
    middle: dict[str, tuple[str, str]] = {}
    right: dict[str, tuple[str, str]] = {}
    lines: dict[tuple[str, str], bool] = {}

    def join(one: str, other: str, is_dark: bool) -> None:
        lines[one, other] = lines.get((one, other), False) or is_dark

    def named(part: Part) -> tuple[str, str]:
        return (part.title if isinstance(part, Strategy | Theme) else str(part)), ""

    def outside(pair: tuple[Part, AlignedPart]) -> tuple[str, tuple[str, str]]:
        part, aligned = pair
        return _key(part), (aligned.title, "" if aligned.strategy == aligned.title else aligned.strategy)

    def draw(part: Part, at: str, is_dark: bool, *, is_right_shown: bool) -> None:
        """What a part of ours goes to and comes from, joined to the box it stands in."""
        for pair in weave.goes_to(part):
            key, words = outside(pair)
            left.setdefault(key, words)
            join(key, at, is_dark)
        for pair in weave.comes_from(part) if is_right_shown else ():
            key, words = outside(pair)
            # Two strategies may each contribute to the other: the box on the right is another one.
            right.setdefault(f"{key}-in", words)
            join(at, f"{key}-in", is_dark)

    strategy_key = _key(weave.strategy)
    for theme in weave.themes:
        left[_key(theme)] = named(theme)
    if weave.has_thread(weave.strategy):
        middle[strategy_key] = named(weave.strategy)
        draw(weave.strategy, strategy_key, is_dark=True, is_right_shown=True)
    for each in weave.priorities:
        is_path = priority is None or each.pk == priority.pk
        key = _key(each)
        middle[key] = named(each)
        if each.theme:
            join(_key(each.theme), key, is_path)
            draw(each.theme, key, is_path, is_right_shown=False)
        draw(each, key, is_path, is_right_shown=is_path)
        for one in weave.objectives.get(each.pk, []):
            is_chosen = is_path and (objective is None or one.pk == objective.pk)
            if is_path:
                right[_key(one)] = named(one)
                join(key, _key(one), is_chosen)
            draw(one, key, is_chosen, is_right_shown=is_chosen)
    for theme in weave.themes:
        for pair in weave.comes_from(theme):
            key, words = outside(pair)
            middle.setdefault(f"{key}-in", words)
            join(_key(theme), f"{key}-in", priority is None)

    joined = [Line(one, other, is_dark) for (one, other), is_dark in lines.items()]
    dark = {key for line in joined if line.is_chosen for key in (line.left, line.right)}
    if priority:
        dark.add(_key(priority))
    # A mission that nothing is joined to would only stand about.
    touched = {key for line in joined for key in (line.left, line.right)}
    columns = tuple(
        [Box(key, *words, key in dark) for key, words in boxes.items() if boxes is middle or key in touched]
        for boxes in (left, middle, right)
    )
    return (columns[0], columns[1], columns[2]), joined

"""The golden thread as a picture: three columns of boxes with lines between, the chosen path dark and the rest pale.

A pure function like the charts: presentation attributes alone, every text escaped, and a title and description for
people who do not see it. The same thread stands beside it as nested lists, which carry the links.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from wesp_portal.common.charts.drawing import FONT, HAIRLINE, INK, SECONDARY, TEAL

WIDTH, BOX, ACROSS = 1040.0, 290.0, 375.0
SIZE, LINE, SPARE, BETWEEN, TOP = 15.0, 18.0, 8.0, 10.0, 34.0
# Letters of a line of a box, and lines before a title is cut: the list beside has it whole.
LETTERS, LINES = 37, 3


@dataclass(frozen=True, slots=True)
class Box:
    """One thing of the thread; `detail` says whose it is where it is another strategy's."""

    key: str
    title: str
    detail: str = ""
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """What contributes (on the right) joined to what it contributes to (on the left)."""

    left: str
    right: str
    is_chosen: bool = False


@dataclass(frozen=True, slots=True)
class _Placed:
    """A box with its words in lines, and where its top is."""

    box: Box
    lines: tuple[str, ...]
    column: int
    top: float

    @property
    def height(self) -> float:
        return len(self.lines) * LINE + (LINE if self.box.detail else 0) + 2 * SPARE

    @property
    def middle(self) -> float:
        return self.top + self.height / 2


def thread_picture(
    *,
    key: str,
    title: str,
    description: str,
    headings: Sequence[str],
    columns: Sequence[Sequence[Box]],
    lines: Sequence[Line],
) -> str:
    """Draw three columns of boxes under their headings; what belongs together stands at about the same height."""
    placed = _placed(columns, lines)
    height = max((each.top + each.height for each in placed.values()), default=TOP) + 2
    drawn = [
        f'<text x="{_n(at * ACROSS)}" y="16" font-size="16" font-weight="600" fill="{SECONDARY}">{escape(text)}</text>'
        for at, text in enumerate(headings)
    ]
    # The pale first, so that the chosen path lies on top.
    drawn += [
        _drawn_line(placed[line.left], placed[line.right], line.is_chosen)
        for line in sorted(lines, key=lambda line: line.is_chosen)
    ]
    drawn += [_drawn_box(each) for each in placed.values()]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{escape(key)}-t {escape(key)}-d" '
        f'width="{_n(WIDTH)}" height="{_n(height)}" viewBox="0 0 {_n(WIDTH)} {_n(height)}" font-family="{FONT}">'
        f'<title id="{escape(key)}-t">{escape(title)}</title><desc id="{escape(key)}-d">{escape(description)}</desc>'
        f"{''.join(drawn)}</svg>"
    )


def _placed(columns: Sequence[Sequence[Box]], lines: Sequence[Line]) -> dict[str, _Placed]:
    """The longest column one box under another, and the others beside what they are joined to."""
    unplaced = [[_Placed(box, _wrapped(box), at, 0) for box in boxes] for at, boxes in enumerate(columns)]
    lengths = [sum(each.height + BETWEEN for each in boxes) for boxes in unplaced]
    longest = max(range(len(lengths)), key=lambda at: (lengths[at], -at))
    joined: dict[str, set[str]] = {}
    for line in lines:
        joined.setdefault(line.left, set()).add(line.right)
        joined.setdefault(line.right, set()).add(line.left)
    placed: dict[str, _Placed] = {}
    # From the longest outwards: in every step there is something placed to stand beside.
    for at in sorted(range(len(unplaced)), key=lambda at: abs(at - longest)):
        wanted = []
        for each in unplaced[at]:
            beside = [placed[key].middle for key in joined.get(each.box.key, ()) if key in placed]
            wanted.append((sum(beside) / len(beside) - each.height / 2 if beside else TOP, each))
        if at == 0 and at != longest:
            wanted.sort(key=lambda pair: pair[0])
        edge = TOP
        bottom = TOP + max(lengths[longest], lengths[at])
        # A box never stands so low that those under it would reach below the longest column.
        left = lengths[at]
        for top, each in wanted:
            here = max(edge, min(top, bottom - left))
            placed[each.box.key] = _Placed(each.box, each.lines, at, here)
            edge = here + each.height + BETWEEN
            left -= each.height + BETWEEN
    return placed


def _wrapped(box: Box) -> tuple[str, ...]:
    return tuple(textwrap.wrap(box.title, LETTERS, max_lines=LINES, placeholder=" …")) or ("",)


def _drawn_line(left: _Placed, right: _Placed, is_chosen: bool) -> str:
    start, end = left.column * ACROSS + BOX, right.column * ACROSS
    half = (start + end) / 2
    pen = (TEAL, 2.6) if is_chosen else (HAIRLINE, 1.2)
    return (
        f'<path d="M{_n(start)} {_n(left.middle)}C{_n(half)} {_n(left.middle)} {_n(half)} {_n(right.middle)} '
        f'{_n(end)} {_n(right.middle)}" fill="none" stroke="{pen[0]}" stroke-width="{pen[1]}"/>'
    )


def _drawn_box(each: _Placed) -> str:
    x, is_chosen = each.column * ACROSS, each.box.is_chosen
    stroke, width, ink = (TEAL, 2.6, INK) if is_chosen else (HAIRLINE, 1.2, SECONDARY)
    weight = ' font-weight="600"' if is_chosen else ""
    drawn = (
        f'<rect x="{_n(x + 1)}" y="{_n(each.top)}" width="{_n(BOX - 2)}" height="{_n(each.height)}" fill="#ffffff" '
        f'stroke="{stroke}" stroke-width="{width}"/>'
    )
    for row, words in enumerate(each.lines):
        y = each.top + SPARE + (row + 0.75) * LINE
        drawn += (
            f'<text x="{_n(x + 10)}" y="{_n(y)}" font-size="{_n(SIZE)}" fill="{ink}"{weight}>{escape(words)}</text>'
        )
    if each.box.detail:
        y = each.top + SPARE + (len(each.lines) + 0.75) * LINE
        words = textwrap.shorten(each.box.detail, LETTERS + 5, placeholder=" …")
        drawn += f'<text x="{_n(x + 10)}" y="{_n(y)}" font-size="13" fill="{SECONDARY}">{escape(words)}</text>'
    return drawn


def _n(value: float) -> str:
    """A coordinate, to a tenth."""
    return f"{value:.1f}".rstrip("0").rstrip(".")

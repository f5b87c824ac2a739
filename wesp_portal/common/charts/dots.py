"""Areas ranked by their figure: a row for each, its dot where the figure lies, with no map and no outline of one."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from wesp_portal.common.charts.drawing import (
    HAIRLINE,
    PENS,
    SECONDARY,
    Plot,
    mark,
    n,
    nothing,
    scale,
    short_unit,
    svg,
    text_width,
    words_of,
    wrap,
)


@dataclass(frozen=True, slots=True)
class Dot:
    """An area in a ranked view: its figure with the words for it, or the words that say why it has none.

    `role` is own, england, region, neighbours, or blank for an area by itself.
    """

    name: str
    value: float | None
    words: str
    role: str = ""


def dot_chart(
    *,
    key: str,
    title: str,
    description: str,
    dots: Sequence[Dot],
    unit: str = "",
    width: float = 680,
) -> str:
    """Dots in the order given, each named at the left, or above it where the chart is narrow, its figure beside it."""
    size = 15.0
    known = [dot.value for dot in dots if dot.value is not None]
    if not known:
        return nothing(key, title, description, size)
    is_narrow = width < 480
    marks = scale(known, None, 3 if is_narrow else 5)
    words = words_of(marks, short_unit(unit))
    name_width = 0 if is_narrow else width * 0.4
    pitch = size * (2.7 if is_narrow else 1.75)
    plot = Plot(
        left=name_width + text_width(words[0], size) / 2 + 4,
        right=width - min(max(text_width(dot.words, size) for dot in dots) + 16, width * 0.3),
        top=4,
        bottom=4 + pitch * len(dots),
        low=marks[0],
        high=marks[-1],
        places=(),
    )
    body = [f'<g font-size="{n(size)}" fill="{SECONDARY}">', _scale(plot, marks, words, size, width)]
    for row, dot in enumerate(dots):
        body.append(_row(dot, plot, 4 + pitch * row, pitch, size, 0 if is_narrow else name_width))
    return svg(key, title, description, width, plot.bottom + size * 1.9, [*body, "</g>"])


def _across(plot: Plot, value: float) -> float:
    return plot.left + (value - plot.low) / (plot.high - plot.low) * (plot.right - plot.left)


def _scale(plot: Plot, marks: Sequence[float], words: Sequence[str], size: float, width: float) -> str:
    """The quiet lines down, each with its value at the foot; of values that would meet, the first stays."""
    drawn, free = "", 0.0
    for at, word in zip(marks, words, strict=True):
        x, half = _across(plot, at), text_width(word, size) / 2
        drawn += f'<path d="M{n(x)} {n(plot.top)}V{n(plot.bottom + 4)}" stroke="{HAIRLINE}" stroke-width="0.8"/>'
        if x - half >= free and x + half <= width:
            drawn += f'<text x="{n(x)}" y="{n(plot.bottom + size * 1.4)}" text-anchor="middle">{escape(word)}</text>'
            free = x + half + 6
    return drawn


def _row(dot: Dot, plot: Plot, top: float, pitch: float, size: float, name_width: float) -> str:
    """An area's name, a fine line, its dot and its figure; our own in bold."""
    weight = ' font-weight="600"' if dot.role == "own" else ""
    ink = f' fill="{PENS[dot.role].colour}"' if dot.role in PENS else ""
    y = top + pitch * (0.5 if name_width else 0.72)
    (name,) = wrap(dot.name, size, name_width or plot.right, most=1)
    if name_width:
        x, name_y, anchor = name_width - 8, y + size / 3, ' text-anchor="end"'
    else:
        x, name_y, anchor = 0.0, top + size * 1.1, ""
    drawn = f'<text x="{n(x)}" y="{n(name_y)}"{anchor}{weight}{ink}>{escape(name)}</text>'
    drawn += f'<path d="M{n(plot.left)} {n(y)}H{n(plot.right)}" stroke="{HAIRLINE}" stroke-dasharray="1 4"/>'
    at = plot.left if dot.value is None else _across(plot, dot.value)
    if dot.value is not None:
        drawn += mark(dot.role, at, y, 5.5)
    room = max(plot.right + text_width(dot.words, size) - at, 0) if dot.value is None else plot.right
    (told,) = wrap(dot.words, size, max(room, 60), most=1)
    return drawn + f'<text x="{n(at + 12)}" y="{n(y + size / 3)}"{weight}{ink}>{escape(told)}</text>'

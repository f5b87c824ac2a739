"""The trend of a measure beside its comparators and its target, whole and small."""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

from wesp_portal.common.charts.drawing import (
    ACCENT,
    HAIRLINE,
    LINE_HEIGHT,
    PENS,
    SECONDARY,
    TEAL,
    Plot,
    even,
    mark,
    n,
    nothing,
    scale,
    short_unit,
    spread,
    svg,
    text_width,
    words_of,
    wrap,
)
from wesp_portal.common.formatting import SYMBOL_WORDS, with_unit


@dataclass(frozen=True, slots=True)
class Series:
    """One line: a value or None for each period. `role` is own, england, region or neighbours.

    `symbols` says, by position, why a value is missing (z x c low u); a line never bridges a missing value. `open` are
    the positions of figures that may still change, drawn hollow; `apart` those of figures for a part of their period,
    which no line leads to. `short` names the line on a small chart.
    """

    name: str
    values: Sequence[float | None]
    role: str = "own"
    symbols: Mapping[int, str] = field(default_factory=dict)
    open: Collection[int] = ()
    apart: Collection[int] = ()
    short: str = ""


@dataclass(frozen=True, slots=True)
class _Style:
    """What sets a whole chart and a small one apart; the picture is the same."""

    size: float
    shrink: float
    wanted: int
    room: float
    lines: int
    is_small: bool


@dataclass(frozen=True, slots=True)
class _Name:
    """What stands at the end of a line, at the height where the line ends."""

    lines: list[str]
    value: float
    colour: str
    is_own: bool

    def height(self, size: float) -> float:
        return len(self.lines) * size * LINE_HEIGHT + 2


def line_chart(*, width: float = 680, height: float = 340, **trend: object) -> str:
    """A measure over time beside at most three comparators and its target.

    `breaks` are positions at which a new way of counting begins: lines do not run across them and a mark says so.
    `places` say how far across each period stands, from 0 to 1, where they are not evenly spaced; `year_before` is the
    position of the same stretch of the year before, which is ringed. The axis starts at zero when told to, or when the
    figures come near enough to zero that cutting it would mislead.
    Raises ValueError for more than four lines, or values that do not match the periods.
    """
    style = _Style(15.0, 1.0, 4 if height >= 240 else 3, 0.3, 2, is_small=False)
    return _trend(style, width, height, **trend)  # type: ignore[arg-type]


def small_chart(*, width: float = 280, height: float = 120, **trend: object) -> str:
    """The same as a small multiple: the names without their figures, the first period and the last.

    Each is drawn on a scale of its own, which its axis says. Raises like line_chart.
    """
    return _trend(_Style(12.0, 0.7, 2, 0.27, 1, is_small=True), width, height, **trend)  # type: ignore[arg-type]


def _trend(
    style: _Style,
    width: float,
    height: float,
    *,
    key: str,
    title: str,
    description: str,
    periods: Sequence[str],
    series: Sequence[Series],
    unit: str = "",
    decimals: int | None = None,
    target: float | None = None,
    target_name: str = "Target",
    breaks: Collection[int] = (),
    places: Sequence[float] | None = None,
    year_before: int | None = None,
    is_from_zero: bool | None = None,
) -> str:
    _check(periods, series, places)
    size = style.size
    known = [value for line in series for value in line.values if value is not None]
    if not known:
        return nothing(key, title, description, size)
    marks = scale([*known, *([] if target is None else [target])], is_from_zero, style.wanted)
    words = words_of(marks, short_unit(unit))
    names = _names(style, width, height, series, unit, decimals, target, target_name)
    room = max(text_width(line, size) for name in names for line in name.lines)
    left = min(max(text_width(word, size) for word in words) + size, width * 0.35)
    plot = Plot(
        left=left,
        right=width - room - size,
        top=size * (2.1 if breaks and not style.is_small else 0.7),
        bottom=height - size * 1.9,
        low=marks[0],
        high=marks[-1],
        places=places or even(len(periods)),
    )
    body = [f'<g font-size="{n(size)}" fill="{SECONDARY}">', _axis(plot, marks, words, size)]
    body.append((_first_and_last if style.is_small else _period_names)(periods, plot, size, width))
    body += [_breaks(breaks, plot, style), _guide(series, plot, year_before)]
    if target is not None:
        y = n(plot.down(target))
        body.append(
            f'<path d="M{n(plot.left - 4)} {y}H{n(plot.right + 4)}" stroke="{ACCENT}" '
            f'stroke-width="{n(1.6 * style.shrink)}" stroke-dasharray="12 4"/>'
        )
    # Our own line last, so that it lies on top.
    for line in sorted(series, key=lambda line: line.role == "own"):
        body += [_line(line, plot, breaks, style.shrink), _missing(line, plot, periods, size)]
    body += [_name_ends(names, plot, size, plot.bottom + size / 2), "</g>"]
    return svg(key, title, description, width, height, body)


def _check(periods: Sequence[str], series: Sequence[Series], places: Sequence[float] | None) -> None:
    if len(series) > 4:
        raise ValueError("A chart holds at most four lines.")
    if any(len(line.values) != len(periods) for line in series):
        raise ValueError("Each line needs a value, or None, for every period.")
    if places is not None and len(places) != len(periods):
        raise ValueError("Every period needs its place.")


# The line ------------------------------------------------------------------------------------------------------------


def _runs(series: Series, plot: Plot, breaks: Collection[int]) -> list[list[int]]:
    """The stretches of a line that may be joined up, as positions."""
    runs: list[list[int]] = [[]]
    for position, value in enumerate(series.values):
        if value is None or position in breaks or position in series.apart:
            runs.append([])
        if value is not None:
            runs[-1].append(position)
        if position in series.apart:
            runs.append([])
    return [run for run in runs if run]


def _line(series: Series, plot: Plot, breaks: Collection[int], shrink: float) -> str:
    """A line with its gaps, and a mark where a figure stands alone, may still change, or is the latest."""
    pen = PENS[series.role]
    runs = _runs(series, plot, breaks)
    spots = {at: (plot.across(at), plot.down(value)) for at, value in enumerate(series.values) if value is not None}
    path = "".join(f"M{'L'.join(f'{n(spots[at][0])} {n(spots[at][1])}' for at in run)}" for run in runs if len(run) > 1)
    drawn = ""
    if path:
        dash = f' stroke-dasharray="{pen.dash}"' if pen.dash else ""
        drawn = (
            f'<path d="{path}" fill="none" stroke="{pen.colour}" stroke-width="{n(pen.width * shrink)}"'
            f'{dash} stroke-linecap="round" stroke-linejoin="round"/>'
        )
    marked = {run[0] for run in runs if len(run) == 1} | (set(series.open) & spots.keys()) | {max(spots, default=-1)}
    for at in sorted(marked & spots.keys()):
        drawn += mark(series.role, *spots[at], 4.4 * shrink, is_open=at in series.open)
    return drawn


def _missing(series: Series, plot: Plot, periods: Sequence[str], size: float) -> str:
    """The symbol that stands where a figure is missing, with its meaning; for our own, a stroke where none came out."""
    known = [at for at, value in enumerate(series.values) if value is not None]
    symbols, words = dict(series.symbols), {**SYMBOL_WORDS, "–": "no figure"}
    if series.role == "own" and known:
        for at in range(known[0], known[-1]):
            if series.values[at] is None:
                symbols.setdefault(at, "–")
    return "".join(
        f'<text x="{n(plot.across(at))}" y="{n(plot.bottom - size / 3)}" text-anchor="middle">'
        f"<title>{escape(f'{series.name}, {periods[at]}: {words.get(symbol, symbol)}')}</title>"
        f"{escape(symbol)}</text>"
        for at, symbol in symbols.items()
    )


def _guide(series: Sequence[Series], plot: Plot, year_before: int | None) -> str:
    """The figure of the same stretch of the year before: a ring, and a fine line from it to the end."""
    own = next((line for line in series if line.role == "own"), None)
    value = own.values[year_before] if own and year_before is not None else None
    if value is None or year_before is None:
        return ""
    x, y = plot.across(year_before), plot.down(value)
    return (
        f'<path d="M{n(x)} {n(y)}H{n(plot.right)}" stroke="{TEAL}" stroke-dasharray="1 4"/>'
        f'<circle cx="{n(x)}" cy="{n(y)}" r="7" fill="none" stroke="{TEAL}" stroke-width="1.4"/>'
    )


# What stands around it -----------------------------------------------------------------------------------------------


def _period_names(periods: Sequence[str], plot: Plot, size: float, width: float) -> str:
    """The periods under a chart: every one if they fit, else every second, third …, and always the last."""
    widest = max((text_width(name, size) for name in periods), default=0)
    every = max(1, math.ceil((widest + 8) / plot.step))
    last = len(periods) - 1
    return "".join(
        f'<text x="{n(min(max(plot.across(at), widest / 2), max(width - widest / 2, 0)))}" '
        f'y="{n(plot.bottom + size * 1.4)}" text-anchor="middle">{escape(name)}</text>'
        for at, name in enumerate(periods)
        if (last - at) % every == 0
    )


def _first_and_last(periods: Sequence[str], plot: Plot, size: float, width: float) -> str:
    """The periods where a small chart begins and ends; of two that would meet, the last."""
    y = n(plot.bottom + size * 1.4)
    first, last = (text_width(name, size) for name in (periods[0], periods[-1]))
    end = min(max(plot.right, plot.left + last), width)
    drawn = f'<text x="{n(end)}" y="{y}" text-anchor="end">{escape(periods[-1])}</text>'
    if len(periods) > 1 and plot.left + first + size < end - last:
        drawn += f'<text x="{n(plot.left)}" y="{y}">{escape(periods[0])}</text>'
    return drawn


def _axis(plot: Plot, marks: Sequence[float], words: Sequence[str], size: float) -> str:
    """The quiet lines across, each with its value."""
    grid = "".join(f"M{n(plot.left - 4)} {n(plot.down(mark_))}H{n(plot.right + 4)}" for mark_ in marks)
    return f'<path d="{grid}" stroke="{HAIRLINE}" stroke-width="0.8"/>' + "".join(
        f'<text x="{n(plot.left - size * 0.6)}" y="{n(plot.down(mark_) + size / 3)}" text-anchor="end">'
        f"{escape(word)}</text>"
        for mark_, word in zip(marks, words, strict=True)
    )


def _breaks(breaks: Collection[int], plot: Plot, style: _Style) -> str:
    """Where a new way of counting begins; a small chart says so in its title alone."""
    drawn = ""
    for position in sorted(breaks):
        x = plot.across(position)
        if position:
            x = (x + plot.across(position - 1)) / 2
        drawn += f'<path d="M{n(x)} {n(plot.top)}V{n(plot.bottom)}" stroke="{SECONDARY}" stroke-dasharray="2 3">'
        drawn += "<title>new way of counting</title></path>"
        if not style.is_small:
            anchor = "start" if x < 90 else "middle"
            drawn += (
                f'<text x="{n(x)}" y="{n(plot.top - 9)}" font-size="12" text-anchor="{anchor}">'
                "new way of counting</text>"
            )
    return drawn


def _latest(series: Series) -> float | None:
    return next((value for value in reversed(series.values) if value is not None), None)


def _names(
    style: _Style,
    width: float,
    height: float,
    series: Sequence[Series],
    unit: str,
    decimals: int | None,
    target: float | None,
    target_name: str,
) -> list[_Name]:
    """What each line is, with its latest figure where there is room; a figure stays on one line.

    Names that would not stand beneath each other in a low chart have one line each.
    """
    ends = [
        (line.short or line.name if style.is_small else line.name, latest, PENS[line.role].colour, line.role == "own")
        for line in series
        if (latest := _latest(line)) is not None
    ]
    if target is not None:
        ends.append((target_name, target, ACCENT, False))
    has_room = len(ends) * (style.lines * style.size * LINE_HEIGHT + 2) <= height - 1.4 * style.size
    return [
        _Name(
            wrap(
                name if style.is_small else f"{name} {_figure(value, short_unit(unit), decimals)}",
                style.size,
                width * style.room,
                style.lines if has_room else 1,
            ),
            value,
            colour,
            is_own,
        )
        for name, value, colour, is_own in ends
    ]


def _figure(value: float, unit: str, decimals: int | None) -> str:
    return with_unit(value, unit, decimals).replace(" ", "\N{NO-BREAK SPACE}")


def _name_ends(names: Sequence[_Name], plot: Plot, size: float, foot: float) -> str:
    """Every name beside the end of its line, the words centred on their height."""
    drawn = ""
    wanted = [(plot.down(name.value), name.height(size)) for name in names]
    for name, centre in zip(names, spread(wanted, 0, foot), strict=True):
        first = centre - (len(name.lines) - 1) * size * LINE_HEIGHT / 2 + size * 0.33
        weight = ' font-weight="600"' if name.is_own else ""
        for row, line in enumerate(name.lines):
            y = n(first + row * size * LINE_HEIGHT)
            drawn += (
                f'<text x="{n(plot.right + size * 0.9)}" y="{y}" fill="{name.colour}"{weight}>{escape(line)}</text>'
            )
    return drawn

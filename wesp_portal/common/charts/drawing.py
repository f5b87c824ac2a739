"""What every chart is drawn with: its frame, its colours, words that fit, and the scale of its values."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from wesp_portal.common.formatting import number, with_unit

FONT = "'Source Sans 3', Arial, sans-serif"
INK, SECONDARY, HAIRLINE, TEAL, ACCENT, PAPER = "#0b0c0c", "#505a5f", "#b1b4b6", "#00524f", "#b35309", "#ffffff"
LINE_HEIGHT = 1.15
# How wide a sign of Source Sans 3 is, of its size; on the generous side.
SIGN = 0.54


@dataclass(frozen=True, slots=True)
class Pen:
    """How one of the four categories is drawn: told apart by weight, dash and shape as well as by colour."""

    colour: str
    width: float
    dash: str


PENS = {
    "own": Pen(TEAL, 3.5, ""),
    "england": Pen(INK, 2.2, "0.1 5"),
    "region": Pen(SECONDARY, 1.8, "8 4"),
    "neighbours": Pen(ACCENT, 1.8, "3 3"),
}


def n(value: float) -> str:
    """A coordinate, to a tenth or so: smaller differences cannot be seen."""
    return f"{value:.4g}"


def text_width(text: str, size: float) -> float:
    return len(text) * size * SIGN


def wrap(text: str, size: float, width: float, most: int = 2) -> list[str]:
    """Words in at most so many lines no wider than `width`; what does not fit is cut, with dots."""
    longest = max(int(width / (size * SIGN)), 2)
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and len(longer) > longest:
            lines.append(word)
        else:
            lines[-1] = longer
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [line if len(line) <= longest else f"{line[: longest - 1].rstrip()}…" for line in lines]


def svg(key: str, title: str, description: str, width: float, height: float, body: Iterable[str]) -> str:
    """The frame of every chart; `key` keeps the names of two charts on one page apart."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="{escape(key)}-t {escape(key)}-d" '
        f'width="{n(width)}" height="{n(height)}" viewBox="0 0 {n(width)} {n(height)}" font-family="{FONT}">'
        f'<title id="{escape(key)}-t">{escape(title)}</title><desc id="{escape(key)}-d">{escape(description)}</desc>'
        f"{''.join(body)}</svg>"
    )


def nothing(key: str, title: str, description: str, size: float) -> str:
    """What stands where there is no figure to draw."""
    words = f'<text x="0" y="{n(size * 2)}" font-size="{n(size)}" fill="{SECONDARY}">No figures yet.</text>'
    return svg(key, title, description, 200, size * 3, [words])


def mark(role: str, x: float, y: float, radius: float, *, is_open: bool = False) -> str:
    """The shape of a category: ours is a round, England a diamond, a region a square, neighbours a triangle.

    An open shape is a figure that may still change.
    """
    pen = PENS.get(role, PENS["region"])
    fill = PAPER if is_open else pen.colour
    paint = f'fill="{fill}" stroke="{pen.colour}" stroke-width="{n(1.8 if is_open else 1)}"'
    if role == "england":
        r = radius * 1.25
        path = f"M{n(x)} {n(y - r)}L{n(x + r)} {n(y)}L{n(x)} {n(y + r)}L{n(x - r)} {n(y)}z"
    elif role == "region":
        r = radius * 0.9
        path = f"M{n(x - r)} {n(y - r)}H{n(x + r)}V{n(y + r)}H{n(x - r)}z"
    elif role == "neighbours":
        r = radius * 1.15
        path = f"M{n(x)} {n(y - r)}L{n(x + r)} {n(y + r)}H{n(x - r)}z"
    else:
        return f'<circle cx="{n(x)}" cy="{n(y)}" r="{n(radius)}" {paint}/>'
    return f'<path d="{path}" {paint}/>'


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round values that enclose low to high, about `wanted` steps apart."""
    span = (high - low) or abs(high) or 1.0
    # Steps so small beside the values that they cannot be told apart would never end.
    rough = max(span, abs(high) * 1e-9, abs(low) * 1e-9, 1e-9) / wanted
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * multiple for multiple in (1, 2, 2.5, 5, 10) if power * multiple >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return [round(step * count, 10) for count in range(first, max(last, first + 1) + 1)]


def scale(values: Sequence[float], is_from_zero: bool | None, wanted: int) -> list[float]:
    """The axis: from zero when asked, or when the values come down near enough to zero that cutting would mislead."""
    low, high = min(values), max(values)
    if is_from_zero is None:
        is_from_zero = 0 <= low <= 0.5 * high
    if is_from_zero:
        low, high = min(low, 0), max(high, 0)
    return ticks(low, high, wanted)


def words_of(marks: Sequence[float], unit: str) -> list[str]:
    """The values of an axis in words; millions and more in short, where they stay apart."""
    whole = [with_unit(mark, unit) for mark in marks]
    if max(abs(mark) for mark in marks) < 1_000_000:
        return whole
    short = [f"{number(round(mark / 1_000_000, 3))}m" for mark in marks]
    short = [f"£{words}".replace("£−", "−£") if unit in {"pounds", "£"} else words for words in short]
    return short if len(set(short)) == len(short) else whole


def short_unit(unit: str) -> str:
    """The units that are written at every figure of a chart; the others stand in the words beside it."""
    return unit if unit in {"percent", "%", "pounds", "£", "yes or no", "stage"} else ""


@dataclass(frozen=True, slots=True)
class Plot:
    """Where the figures are drawn: its edges, the values at its foot and its top, and how far across periods stand."""

    left: float
    right: float
    top: float
    bottom: float
    low: float
    high: float
    places: Sequence[float]

    def across(self, position: int) -> float:
        return self.left + self.places[position] * (self.right - self.left)

    def down(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)

    @property
    def step(self) -> float:
        """The least distance between neighbouring periods."""
        gaps = [later - sooner for sooner, later in zip(self.places, self.places[1:], strict=False)]
        return max(min(gaps, default=1.0) * (self.right - self.left), 0.5)


def even(count: int) -> list[float]:
    """Places of periods that are as long as one another."""
    return [at / max(count - 1, 1) for at in range(count)]


def spread(wanted: Sequence[tuple[float, float]], top: float, bottom: float) -> list[float]:
    """Places for labels of given (centre, height): in order, none over another, near where they belong."""
    order = sorted(range(len(wanted)), key=lambda index: wanted[index][0])
    placed = [0.0] * len(wanted)
    edge = top
    for index in order:
        centre, height = wanted[index]
        placed[index] = max(centre, edge + height / 2)
        edge = placed[index] + height / 2
    edge = bottom
    for index in reversed(order):
        height = wanted[index][1]
        placed[index] = min(placed[index], edge - height / 2)
        edge = placed[index] - height / 2
    return placed

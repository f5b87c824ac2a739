"""Text that people typed, as paragraphs and lists."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

# What no page, PDF or XML can hold: control characters but tab and end of line, halves of a sign, and the two that
# are none.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
BULLETS = ("- ", "• ", "* ", "– ")


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, or a list where it has items."""

    words: str
    items: tuple[str, ...] = ()

    @classmethod
    def listed(cls, lines: Sequence[str]) -> "tuple[Passage, ...]":
        """Several lines as a list, one as a paragraph."""
        known = tuple(line for line in map(clean, lines) if line)
        if len(known) < 2:
            return tuple(cls(line) for line in known)
        return (cls("", known),)


def passages_of(text: str) -> tuple[Passage, ...]:
    """Typed text: each line a paragraph, lines that begin with a bullet gathered into lists."""
    passages: list[Passage] = []
    items: list[str] = []
    for raw in text.splitlines():
        line = clean(raw)
        if line.startswith(BULLETS):
            items.append(line[2:].strip())
            continue
        if items:
            passages.append(Passage("", tuple(items)))
            items = []
        if line:
            passages.append(Passage(line))
    if items:
        passages.append(Passage("", tuple(items)))
    return tuple(passages)


def clean(text: str) -> str:
    """A line without what no page, PDF or XML can hold."""
    return FORBIDDEN.sub("", text).strip()

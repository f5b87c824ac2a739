"""Which parts a report has, in which order, and what its board is asked: as a board chose, frozen in the snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass

# Each part by its key, which is its anchor as well, with its heading; in the order of a report that nobody arranged.
# A snapshot made before there were layouts is read in this order too, so it stays as it is.
PARTS: Mapping[str, str] = {
    "asked": "What the board is asked",
    "summary": "Summary",
    "attention": "At risk or off track",
    "priorities": "Priorities",
    "achievements": "Achievements",
    "measures": "Measures",
    "said": "You said, we did",
    "due": "Milestones",
    "notes": "Data notes",
}
# The others tell how activities stand, or what a board asks and decides.
PUBLIC_PARTS = frozenset({"summary", "priorities", "achievements", "measures", "notes"})


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of a report by their keys, in order, what is put to the board, and whether it is for everyone."""

    parts: tuple[str, ...] = tuple(PARTS)
    asked: tuple[str, ...] = ()
    is_public: bool = False

    def for_everyone(self) -> "Layout":
        """The same order for the public edition, with the parts that it may have."""
        return Layout(tuple(part for part in self.parts if part in PUBLIC_PARTS), is_public=True)

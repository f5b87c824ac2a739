"""What stands where in a spreadsheet of updates, and how a row says which update it is."""

from dataclasses import dataclass

from priorities.models import ActivityStatus, Rag
from priorities.queries.bulk_updates import Said

SHEET = "Updates"
GUIDE = "How to fill this in"
REF, TITLE, KEY = "Ref", "Activity", "Do not change"
# The columns to fill in, by the field that each is read into.
FILLED = {
    "status": "How far along is it?",
    "rag": "Is it where it should be?",
    "words": "What was done this term?",
    "reason": "Why is it at risk or off track, and what is being done?",
}
LABELS = {"status": dict(ActivityStatus.choices), "rag": dict(Rag.choices)}
_CODES = {name: {label.casefold(): code for code, label in labels.items()} for name, labels in LABELS.items()}


@dataclass(frozen=True, slots=True)
class Key:
    """Which update a row is of, and the mark of the words that it was written over."""

    partnership: str
    term: str
    activity: int
    seen: str

    def __str__(self) -> str:
        return f"{self.partnership}/{self.term}/{self.activity}/{self.seen}"

    @classmethod
    def parse(cls, text: str) -> "Key | None":
        parts = text.split("/")
        if len(parts) != 4 or not (parts[2].isascii() and parts[2].isdecimal() and len(parts[2]) < 19):
            return None
        return cls(parts[0], parts[1], int(parts[2]), parts[3])


def shown(said: Said) -> dict[str, str]:
    """What an update says, as the cells of its row."""
    return {
        "status": LABELS["status"].get(said.status, said.status),
        "rag": LABELS["rag"].get(said.rag, said.rag),
        "words": said.words,
        "reason": said.reason,
    }


def meant(typed: dict[str, str]) -> Said:
    """What the cells of a row say; a choice that is none of the list stays as it is, and is refused by its rule."""
    codes = {name: _CODES[name].get(typed[name].casefold(), typed[name]) for name in _CODES}
    return Said(words=typed["words"], reason=typed["reason"], **codes)

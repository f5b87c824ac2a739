"""What a Word document is made of, from top to bottom, before it is written as markup."""

from dataclasses import dataclass

from reports.renderers.document import Table
from wesp_portal.common.status import Status


@dataclass(frozen=True, slots=True)
class Run:
    """Some words in one look: the name of a character style, or nothing; or a status with its colours.

    `to` is an anchor in the document or an address on the web.
    """

    text: str
    style: str = ""
    status: Status | None = None
    to: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of level 1 to 3, with the anchor that links go to where there is one."""

    level: int
    runs: tuple[Run, ...]
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words in the look of a paragraph style."""

    runs: tuple[Run, ...]
    style: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Contents:
    """The list of contents: each entry's words and its anchor. Word makes it anew, with page numbers, when asked."""

    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its caption and its note."""

    table: Table


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart, with the words that stand for it."""

    svg: str
    words: str


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins on a new page."""


Block = Heading | Paragraph | Contents | Grid | Picture | PageBreak

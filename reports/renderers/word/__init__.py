"""A report as a Word document that officers can edit: real headings, lists and tables, charts with their words."""

from itertools import count
from pathlib import Path

from reports.renderers.document import Edition, document_of
from reports.renderers.typesetting import pictures_of
from reports.renderers.word.blocks import Picture
from reports.renderers.word.flow import blocks_of
from reports.renderers.word.markup import core_properties, document_xml, margin_xml, relationships
from reports.snapshots.schema import Snapshot
from wesp_portal.common.archives import pinned_zip

__all__ = ["Edition", "render_word"]

PARTS = Path(__file__).parent / "parts"


def render_word(snapshot: Snapshot, edition: Edition) -> bytes:
    """The whole report as .docx; the same snapshot and edition give the same bytes.

    Raises FontsMissingError where the typeface of the charts has not been built.
    """
    document = document_of(snapshot, edition)
    blocks = blocks_of(document)
    pictures = pictures_of([block.svg for block in blocks if isinstance(block, Picture)])
    body, links = document_xml(blocks)
    title = f"{document.partnership}: {document.title}"
    made_on = snapshot.front.as_at or snapshot.front.term.ends_on
    # Word asks for the list of parts first.
    parts = {
        "[Content_Types].xml": _fixed("content-types.xml"),
        "_rels/.rels": _fixed("rels.xml"),
        "docProps/core.xml": core_properties(title, document.partnership, made_on),
        "word/document.xml": body,
        "word/_rels/document.xml.rels": relationships(len(pictures), links),
        "word/styles.xml": _fixed("styles.xml"),
        "word/numbering.xml": _fixed("numbering.xml"),
        "word/settings.xml": _fixed("settings.xml"),
        "word/fontTable.xml": _fixed("fonts.xml"),
        "word/header.xml": margin_xml("hdr", "Demonstration, not a real report" if document.demonstration else ""),
        "word/footer.xml": margin_xml("ftr", f"{document.running} · {document.imprint}"),
    }
    pictured = zip(count(1), pictures, strict=False)
    return pinned_zip(parts | {f"word/media/chart{number}.png": picture for number, picture in pictured})


def _fixed(name: str) -> bytes:
    """A part that is the same in every report."""
    return (PARTS / name).read_bytes()

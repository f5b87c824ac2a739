"""A report as a web page: an article that a page embeds, and that is kept as the frozen edition."""

from django.template.loader import render_to_string

from reports.renderers.document import Edition, document_of
from reports.renderers.prose import FORBIDDEN
from reports.snapshots.schema import Snapshot

__all__ = ["Edition", "render_html"]


def render_html(snapshot: Snapshot, edition: Edition, level: str = "h1") -> str:
    """The whole report as one article, with its charts inside; the same snapshot gives the same text.

    `level` is that of its title: another page may show it beneath a heading of its own.
    """
    context = {"report": document_of(snapshot, edition), "level": level}
    return FORBIDDEN.sub("", render_to_string("reports/report/article.html", context))

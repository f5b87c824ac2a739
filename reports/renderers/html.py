"""A report as a web page: an article that a page embeds, and that is kept as the frozen edition."""

from django.template.loader import render_to_string

from reports.renderers.document import Edition, document_of
from reports.renderers.prose import FORBIDDEN
from reports.snapshots.schema import Snapshot

__all__ = ["Edition", "render_html"]


def render_html(snapshot: Snapshot, edition: Edition) -> str:
    """The whole report as one article, with its charts inside; the same snapshot gives the same text."""
    page = render_to_string("reports/report/article.html", {"report": document_of(snapshot, edition)})
    return FORBIDDEN.sub("", page)

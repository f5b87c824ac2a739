"""A report as a tagged PDF on A4, typeset by typst from plain values."""

import re
from dataclasses import asdict
from datetime import date
from typing import Any

from reports.renderers.document import Document, Edition, document_of
from reports.renderers.drawings import chart_of
from reports.renderers.measures import MeasureCard
from reports.renderers.prose import FORBIDDEN
from reports.renderers.typesetting import typeset_report
from reports.snapshots.schema import Snapshot
from wesp_portal.common import charts
from wesp_portal.common.status import MOVEMENTS, STATUSES, Status

__all__ = ["Edition", "render_pdf"]

UNBROKEN = re.compile(r"\S{28,}")


def render_pdf(snapshot: Snapshot, edition: Edition) -> bytes:
    """The whole report as PDF/UA-1; the same snapshot and edition give the same bytes.

    Raises FontsMissingError where scripts/build_assets.py has not run.
    """
    dated_on = date.fromisoformat(snapshot.front.as_at or snapshot.front.term.ends_on)
    values = _values(document_of(snapshot, edition))
    return typeset_report({**values, "dated_on": dated_on.isoformat()}, dated_on)


def _values(document: Document) -> dict[str, Any]:
    """The document as JSON values, its charts drawn."""
    values: dict[str, Any] = _breakable(asdict(document))
    values["statuses"] = {code: _shape(status) for code, status in STATUSES.items()}
    for chapter, source in zip(values["chapters"], document.chapters, strict=True):
        chapter["strip"] = _strip(source.anchor, source.strip)
        moved = MOVEMENTS.get(source.movement)
        chapter["movement"] = f"{moved.symbol} {moved.word} since last term" if moved else ""
        _draw(chapter["measures"], source.measures)
    _draw(values["loose_measures"], document.loose_measures)
    return values


def _draw(cards: list[dict[str, Any]], sources: tuple[MeasureCard, ...]) -> None:
    """Put the drawn chart where its arguments were."""
    for card, source in zip(cards, sources, strict=True):
        del card["chart"]
        card["svg"] = chart_of(source)


def _strip(key: str, points: tuple[tuple[str, str], ...]) -> dict[str, str] | None:
    if not points:
        return None
    told = "; ".join(f"{term}: {STATUSES[code or 'no_data'].word}" for term, code in points)
    svg = charts.term_strip(key=key, title="The last terms", points=points)
    return {"svg": svg, "alt": f"The last terms. {told}."}


def _shape(status: Status) -> dict[str, str]:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="12" height="12" viewBox="0 0 12 12">'
        f'<path d="{status.path}" fill="{status.ink}"/></svg>'
    )
    return {"word": status.word, "ink": status.ink, "paper": status.paper, "shape": svg}


def _breakable(value: Any) -> Any:
    """The same values without what no PDF can show, with places to break in words too long for a column."""
    if isinstance(value, str):
        words = FORBIDDEN.sub("", value)
        return UNBROKEN.sub(lambda match: "\N{ZERO WIDTH SPACE}".join(re.findall(r".{1,14}", match[0])), words)
    if isinstance(value, dict):
        return {key: part if key in UNTOUCHED else _breakable(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_breakable(part) for part in value]
    return value


# Names within the file, not words to read.
UNTOUCHED = {"anchor", "chart", "strip", "sha256", "sources"}

"""Statuses as pictures: how many stand where, and how something stood term by term."""

from collections.abc import Sequence
from html import escape

from wesp_portal.common.charts.drawing import n, svg
from wesp_portal.common.status import status_of


def share_bar(
    *, key: str, title: str, counts: Sequence[tuple[str, int]], width: float = 680, height: float = 34
) -> str:
    """How many stand where: one bar, a block for each (status code, count), its width its share."""
    total = sum(count for _, count in counts)
    described = ", ".join(f"{status_of(code).word} {count}" for code, count in counts) or "nothing yet"
    body, x = [], 0.0
    for code, count in counts:
        status = status_of(code)
        wide = width * count / total if total else 0
        if not count:
            continue
        body.append(
            f'<rect x="{n(x + 0.5)}" y="0.5" width="{n(max(wide - 3, 1))}" height="{n(height - 1)}" '
            f'fill="{status.paper}" stroke="{status.ink}"/>'
        )
        if wide >= 22:
            body.append(
                f'<path d="{status.path}" transform="translate({n(x + 7)} {n(height / 2 - 6)})" fill="{status.ink}"/>'
            )
        if wide >= 48:
            body.append(
                f'<text x="{n(x + 25)}" y="{n(height / 2 + 5.5)}" font-size="16" font-weight="600" '
                f'fill="{status.ink}">{count}</text>'
            )
        x += wide
    return svg(key, title, f"{described}; {total} in all.", width, height, body)


def term_strip(*, key: str, title: str, points: Sequence[tuple[str, str]], pitch: float = 19) -> str:
    """The statuses of the last terms as a row of shapes, oldest first: points are (term in words, status code)."""
    body = []
    for position, (term, code) in enumerate(points):
        status = status_of(code)
        body.append(
            f'<g transform="translate({n(position * pitch + 1)} 1)"><title>{escape(term)}: {status.word}</title>'
            f'<path d="{status.path}" fill="{status.ink}"/></g>'
        )
    described = "; ".join(f"{term}: {status_of(code).word}" for term, code in points) or "No terms yet"
    return svg(key, title, described, max(len(points) * pitch, 1), 14, body)

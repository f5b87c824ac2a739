"""Charts as print shows them: half an A4 page wide, in the same lines as on the page."""

from reports.renderers.measures import MeasureCard
from reports.renderers.prose import FORBIDDEN
from wesp_portal.common import charts

WIDTH, HEIGHT = 400.0, 180.0


def chart_of(card: MeasureCard) -> str:
    """A measure's trend as SVG; nothing where too little is known for one."""
    return FORBIDDEN.sub("", charts.line_chart(**card.chart, width=WIDTH, height=HEIGHT)) if card.chart else ""

"""Charts as small SVG documents: pure functions, 0.05 to 0.3 ms and 1 to 5 KiB each, for pages and PDF reports alike.

They follow the Government Analysis Function's guidance: few lines, named where they end and told apart by weight,
dash and shape as well as colour; quiet ticks; gaps where there is no figure; never two scales. Each carries its title
and description for people who do not see it, and a table with the same figures belongs beside it.

Every style is a presentation attribute, because pages allow no inline styles; every text is escaped.
"""

from wesp_portal.common.charts.dots import Dot, dot_chart
from wesp_portal.common.charts.drawing import ACCENT, HAIRLINE, INK, SECONDARY, TEAL, ticks
from wesp_portal.common.charts.lines import Series, line_chart, small_chart
from wesp_portal.common.charts.statuses import share_bar, term_strip
from wesp_portal.common.charts.trend import Line, Plotted, trend_of

__all__ = [
    "ACCENT",
    "HAIRLINE",
    "INK",
    "SECONDARY",
    "TEAL",
    "Dot",
    "Line",
    "Plotted",
    "Series",
    "dot_chart",
    "line_chart",
    "share_bar",
    "small_chart",
    "term_strip",
    "ticks",
    "trend_of",
]

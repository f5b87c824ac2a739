"""What changes strategies, figures and progress."""

from priorities.services.copies import check_activities, rebuild_activities
from priorities.services.exporting import export_strategy
from priorities.services.readings import reading_problems, record_reading
from priorities.services.series import check_series, partnerships_showing, rebuild_series
from priorities.services.shipped import import_strategy, load_shipped, read_shipped
from priorities.services.strategy_document import activity_refs, read_strategy

__all__ = [
    "activity_refs",
    "check_activities",
    "check_series",
    "export_strategy",
    "import_strategy",
    "load_shipped",
    "partnerships_showing",
    "read_shipped",
    "read_strategy",
    "reading_problems",
    "rebuild_activities",
    "rebuild_series",
    "record_reading",
]

"""What is aimed at and how far it is: strategies, priorities, metrics, readings, achievements and updates."""

from priorities.models.careers import CareersReview
from priorities.models.guests import GuestRequest
from priorities.models.metrics import (
    DEMONSTRATION,
    GroupReading,
    MeasureUse,
    Metric,
    MetricGroup,
    Reading,
    Series,
    Target,
)
from priorities.models.plan import Activity, Alignment, Objective, Outcome, Priority
from priorities.models.progress import Achievement, ActivityUpdate, Evidence
from priorities.models.sheets import UpdateSheet
from priorities.models.standing import ActivityStatus, Rag, Standing
from priorities.models.strategies import (
    LinkedStrategy,
    News,
    PartnershipObjective,
    Principle,
    Strategy,
    Theme,
)
from priorities.models.voices import Voice

__all__ = [
    "DEMONSTRATION",
    "Achievement",
    "Activity",
    "ActivityStatus",
    "ActivityUpdate",
    "Alignment",
    "CareersReview",
    "Evidence",
    "GroupReading",
    "GuestRequest",
    "LinkedStrategy",
    "MeasureUse",
    "Metric",
    "MetricGroup",
    "News",
    "Objective",
    "Outcome",
    "PartnershipObjective",
    "Principle",
    "Priority",
    "Rag",
    "Reading",
    "Series",
    "Standing",
    "Strategy",
    "Target",
    "Theme",
    "UpdateSheet",
    "Voice",
]

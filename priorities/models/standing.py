"""How far along something is and whether it is where it should be: the words used everywhere.

The values are the codes of `wesp_portal.common.status`, which gives each its shape and colours.
"""

from django.db import models


class Rag(models.TextChoices):
    """Whether something is where it should be (green, amber, red); blank where nobody has said."""

    ON_TRACK = "on_track", "On track"
    AT_RISK = "at_risk", "At risk"
    OFF_TRACK = "off_track", "Off track"


class ActivityStatus(models.TextChoices):
    NOT_STARTED = "not_started", "Not started"
    UNDER_WAY = "under_way", "Under way"
    DONE = "done", "Done"


class Standing(models.TextChoices):
    """What a status tag says: a RAG, or why there is none."""

    ON_TRACK = "on_track", "On track"
    AT_RISK = "at_risk", "At risk"
    OFF_TRACK = "off_track", "Off track"
    NOT_STARTED = "not_started", "Not started"
    DONE = "done", "Done"
    NO_DATA = "no_data", "No data"

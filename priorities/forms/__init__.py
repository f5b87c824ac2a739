"""Forms that officers and leads fill in: achievements, updates of activities, figures and what people say."""

from priorities.forms.achievements import (
    AchievementForm,
    GiveBackForm,
    UpdateForm,
    first_values,
    present_values,
)
from priorities.forms.careers import CareersReviewForm, review_values
from priorities.forms.evidence import EvidenceForm
from priorities.forms.guests import GuestAcceptForm, GuestAnswerForm, GuestAskForm
from priorities.forms.pictures import PictureForm
from priorities.forms.readings import ReadingForm, group_fields, reading_values
from priorities.forms.update_sheets import UpdateSheetForm
from priorities.forms.voices import VoiceForm

__all__ = [
    "AchievementForm",
    "CareersReviewForm",
    "EvidenceForm",
    "GiveBackForm",
    "GuestAcceptForm",
    "GuestAnswerForm",
    "GuestAskForm",
    "PictureForm",
    "ReadingForm",
    "UpdateForm",
    "UpdateSheetForm",
    "VoiceForm",
    "first_values",
    "group_fields",
    "present_values",
    "reading_values",
    "review_values",
]

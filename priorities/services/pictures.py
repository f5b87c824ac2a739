"""Pictures on the public page: shown once a lead has said what they show and that the people in them agreed."""

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO

from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.db import transaction
from PIL import Image

from partnerships.models import User
from partnerships.services import touch
from priorities.models import Evidence
from priorities.services.evidence import open_evidence

# Pixels of the longer side on a page: sharp on a good screen, and light on a phone.
LONGEST_SIDE = 1200
DAY = 24 * 60 * 60
_FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP"}


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureWords:
    """What a lead says of a picture; `is_public` last, because it needs the others."""

    alternative_text: str = ""
    consent_taken_by: str = ""
    consent_taken_on: date | None = None
    is_public: bool = False


def picture_problems(words: PictureWords, *, today: date) -> dict[str, str]:
    """What must be put right, by field, before a picture is public; nothing is asked of one that is not."""
    found = {}
    if words.consent_taken_on and words.consent_taken_on > today:
        found["consent_taken_on"] = "The date must be today or in the past."
    if not words.is_public:
        return found
    if not words.alternative_text.strip():
        found["alternative_text"] = "Say what the picture shows, for people who do not see it."
    if not words.consent_taken_by.strip():
        found["consent_taken_by"] = "Say who asked the people in it."
    if words.consent_taken_on is None:
        found["consent_taken_on"] = "Enter the date they agreed, like 16 6 2022"
    return found


@transaction.atomic
def publish_picture(*, picture: Evidence, words: PictureWords, by: User, at: datetime, today: date) -> None:
    """Put a picture on the public page, or take it off. Raises ValidationError by field.

    Whoever calls has made sure that `by` leads the partnership and that this is a picture of an achievement.
    """
    if problems := picture_problems(words, today=today):
        raise ValidationError(problems)
    for name in ("alternative_text", "consent_taken_by", "consent_taken_on", "is_public"):
        setattr(picture, name, getattr(words, name))
    picture.approved_by, picture.approved_at = (by, at) if words.is_public else (None, None)
    picture.save()
    if picture.achievement:
        touch(partnership_ids=[picture.achievement.partnership_id])


def page_picture(picture: Evidence) -> bytes:
    """A public picture in the size of a page; raises EvidenceAlteredError where its file is not what was uploaded."""
    place = f"picture:{picture.sha256}"
    drawn: bytes | None = caches["default"].get(place)
    if drawn is None:
        held = BytesIO()
        with open_evidence(picture) as file, Image.open(file, formats=[_FORMATS[picture.content_type]]) as image:
            image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            image.save(held, _FORMATS[picture.content_type], quality=82)
        drawn = held.getvalue()
        caches["default"].set(place, drawn, DAY)
    return drawn

"""How much of the open data one sender takes in a minute."""

from typing import Any

from django.conf import settings
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from wesp_portal.common.limits import counted, sender_of

MINUTE = 60


class AMinuteThrottle(BaseThrottle):
    """So many requests a minute from one network address; every answer says how many are left."""

    seconds_left = MINUTE

    def allow_request(self, request: Request, view: Any) -> bool:
        minute, gone = divmod(int(timezone.now().timestamp()), MINUTE)
        self.seconds_left = MINUTE - gone
        most: int = settings.OPEN_DATA_A_MINUTE
        used = counted(f"open-data:{sender_of(request._request)}:{minute}", seconds=MINUTE)
        view.rate_headers = {
            "X-RateLimit-Limit": str(most),
            "X-RateLimit-Remaining": str(max(0, most - used)),
            "X-RateLimit-Reset": str(self.seconds_left),
        }
        return used <= most

    def wait(self) -> float:
        return self.seconds_left

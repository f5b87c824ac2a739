"""What every part of a dashboard uses: addresses, dates, lists that open."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from reports.renderers.dashboard.values import Split
from wesp_portal.common.formatting import uk_date


class Addresses:
    """Addresses of the things a dashboard names, each pattern resolved once and not once a row."""

    def __init__(self, ask_url: str) -> None:
        self.ask_url = ask_url
        self.priority, self.activity, self.metric, self.achievement, self.objective = (
            _address_of(name) for name in ("priority", "activity", "metric", "achievement", "objective")
        )

    def ask(self, activity_id: int) -> str:
        return f"{self.ask_url}?activity={activity_id}" if self.ask_url else ""

    def of(self, kind: str, pk: int) -> str:
        """The page of what a question is about; blank where it is about the whole."""
        address: Callable[[int], str] | None = getattr(self, kind) if kind else None
        return address(pk) if address else ""


def _address_of(name: str) -> Callable[[int], str]:
    head, tail = reverse(name, args=[0]).rsplit("0", 1)
    return lambda pk: f"{head}{pk}{tail}"


def split(rows: Sequence[Any], first: int) -> Split:
    """The first rows and the rest; a rest of one is not worth a step."""
    return Split(rows[:first], rows[first:]) if len(rows) > first + 1 else Split(rows, ())


def day(text: str) -> str:
    return uk_date(date.fromisoformat(text)) if text else ""


def joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)

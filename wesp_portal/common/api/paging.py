"""Pages that stay where they are while rows come and go: each begins after the last row of the one before."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Model, QuerySet
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from wesp_portal.common.api.licence import LICENCE_URL

PAGE_SIZE, LARGEST_PAGE = 100, 500
# Beyond what a database counts to, a token is nonsense and no row comes after it.
LARGEST_TOKEN = 2**63 - 1


class KeysetPagination(BasePagination):
    """Rows in the order they were made. A page costs the same however far down it is."""

    parameters = ("after", "page_size")

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any]:
        after = _whole_number(request, "after", 0, "Take it from the address in next.", 0, LARGEST_TOKEN)
        size = _whole_number(
            request, "page_size", PAGE_SIZE, f"Give a number from 1 to {LARGEST_PAGE}.", 1, LARGEST_PAGE
        )
        rows: list[Model] = list(queryset.filter(pk__gt=after).order_by("pk")[: size + 1])
        page = rows[:size]
        self.next: str | None = None
        if len(rows) > size:
            self.next = replace_query_param(request.build_absolute_uri(), "after", str(page[-1].pk))
        return page

    def get_paginated_response(self, data: Sequence[Any]) -> Response:
        return Response({"licence": LICENCE_URL, "next": self.next, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": "string", "format": "uri"}
        return {
            "type": "object",
            "required": ["licence", "next", "results"],
            "properties": {
                "licence": address | {"description": "The licence of everything in the answer."},
                "next": address | {"nullable": True, "description": "The next page; null on the last."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "after",
                "in": "query",
                "required": False,
                "description": "Where the page begins. Take it from the address in `next`.",
                "schema": {"type": "integer", "minimum": 0, "maximum": LARGEST_TOKEN},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": f"How many rows a page has: {PAGE_SIZE} unless told otherwise.",
                "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE},
            },
        ]


def _whole_number(request: Request, name: str, otherwise: int, advice: str, least: int, most: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return otherwise
    # A longer text is no number that could be meant, and Python refuses to read one of thousands of digits.
    if len(text) > 20 or not (text.isascii() and text.isdecimal()) or not least <= int(text) <= most:
        raise ValidationError({name: advice})
    return int(text)

"""The OpenAPI document: what every answer carries, beside what each resource says of itself."""

import json
from functools import cache
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from wesp_portal.common.api.problems import PROBLEM_TYPE, ProblemSerializer

ALL, GOOD, KEPT, LATER = [200, 304, 400, 404, 406, 429], [200], [200, 304], [429, 503]


def _header(name: str, kind: Any, of: list[int], description: str) -> OpenApiParameter:
    return OpenApiParameter(name, kind, OpenApiParameter.HEADER, response=of, description=description)


HEADERS = [
    _header("X-RateLimit-Limit", int, ALL, "How many requests you may send in a minute."),
    _header("X-RateLimit-Remaining", int, ALL, "How many of them are left in this minute."),
    _header("X-RateLimit-Reset", int, ALL, "In how many seconds the next minute begins."),
    _header("Link", str, GOOD, "The licence."),
    _header("ETag", str, KEPT, "Send it back as If-None-Match: where nothing has changed the answer is 304."),
    _header("Last-Modified", str, KEPT, "Send it back as If-Modified-Since: where nothing has changed it is 304."),
    _header("Retry-After", int, LATER, "In how many seconds to try again."),
]
PROBLEMS = {
    400: "A parameter is not known or cannot be read; `errors` says which.",
    404: "There is nothing at this address, or nothing that is public.",
    406: "The address does not answer in a form that you accept.",
    429: "Too many requests in this minute.",
    503: "The data cannot be reached at the moment.",
}


CSV_ANSWER = {(200, "text/csv"): OpenApiResponse(OpenApiTypes.STR, description="One row of heads, then the rows.")}


class ApiSchema(AutoSchema):
    """Says of each address how it refuses and what its headers mean."""

    def get_override_parameters(self) -> list[Any]:
        return [*super().get_override_parameters(), *HEADERS]

    def get_response_serializers(self) -> Any:
        is_sheet = getattr(self.view, "action", "") == "csv"
        found: dict[Any, Any] = dict(CSV_ANSWER) if is_sheet else {200: super().get_response_serializers()}
        found[304] = OpenApiResponse(description="Nothing has changed since the ETag or date that you sent.")
        for status, description in PROBLEMS.items():
            found[status, PROBLEM_TYPE] = OpenApiResponse(ProblemSerializer, description=description)
        return found

    def get_tags(self) -> list[str]:
        return [self.view.slug] if hasattr(self.view, "slug") else ["about"]


@cache
def openapi_document() -> bytes:
    """The whole document, made once in the life of a process."""
    generator: Any = SchemaGenerator
    document = generator().get_schema(request=None, public=True)
    return json.dumps(document, ensure_ascii=False, indent=1).encode()

"""What goes wrong with a request for open data, as problem details (RFC 9457) in plain words."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework import exceptions, serializers
from rest_framework.response import Response

PROBLEM_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 30


class UnavailableError(exceptions.APIException):
    """The database does not answer for now."""

    status_code = 503
    default_detail = "The data cannot be reached at the moment. Try again in a little while."
    wait = RETRY_AFTER_SECONDS


class ParameterProblemSerializer(serializers.Serializer[Any]):
    """What is wrong with one parameter."""

    parameter = serializers.CharField()
    detail = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """What went wrong, and what to do about it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = ParameterProblemSerializer(many=True, required=False)  # type: ignore[assignment]  # a field of the answer


def problem(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to what went wrong; None for a fault of ours, which is answered and logged as anywhere else."""
    if isinstance(exc, Http404):
        exc = exceptions.NotFound("There is nothing at this address. The resources are listed at /api/v1/.")
    if isinstance(exc, PermissionDenied):
        exc = exceptions.PermissionDenied()
    if isinstance(exc, OperationalError | InterfaceError):
        exc = UnavailableError()
    if not isinstance(exc, exceptions.APIException):
        return None
    errors: list[dict[str, str]] = []
    detail = str(exc.detail)
    if isinstance(exc, exceptions.NotAcceptable):
        offered = ", ".join(renderer.media_type for renderer in context["view"].renderer_classes)
        detail = f"This address answers with {offered}. Lists are JSON; the same name ending in .csv is a CSV file."
    if isinstance(exc, exceptions.MethodNotAllowed):
        detail = "The open data is for reading: use GET, HEAD or OPTIONS."
    if isinstance(exc, exceptions.ValidationError):
        errors = [{"parameter": name, "detail": words} for name, words in _errors(exc.detail)]
        detail = "; ".join(f"{error['parameter']}: {error['detail']}" for error in errors)
    status = exc.status_code
    body: dict[str, Any] = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status}
    body |= {"detail": detail} | ({"errors": errors} if errors else {})
    headers = {"Cache-Control": "no-store"}
    if wait := getattr(exc, "wait", None):
        headers["Retry-After"] = str(max(1, int(wait)))
    return Response(body, status=status, headers=headers, content_type=PROBLEM_TYPE)


def _errors(detail: Any) -> Iterator[tuple[str, str]]:
    for name, words in detail.items():
        for each in words if isinstance(words, list) else [words]:
            yield name, str(each)

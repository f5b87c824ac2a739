"""Evidence, handed over as a file to keep and never shown as a page of ours."""

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from partnerships.requests import SignedInRequest
from priorities.models import Evidence
from priorities.services.evidence import EvidenceAlteredError, open_evidence


@require_GET
def evidence(request: SignedInRequest, pk: int) -> HttpResponseBase:
    """A file behind an achievement or an update, once it is certain that it is the one that was uploaded."""
    found = get_object_or_404(Evidence.objects.visible_to(request.user).exclude(file=""), pk=pk)
    try:
        file = open_evidence(found)
    except EvidenceAlteredError:
        return _altered(request, found)
    response = FileResponse(file, as_attachment=True, filename=found.file_name, content_type=found.content_type)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def _altered(request: SignedInRequest, found: Evidence) -> HttpResponse:
    return render(request, "priorities/evidence_altered.html", {"evidence": found}, status=500)

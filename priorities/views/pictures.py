"""Pictures that everyone may see, and the lead's page that puts one on the public page."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from partnerships.requests import SignedInRequest
from priorities.forms import PictureForm
from priorities.models import Evidence
from priorities.services.evidence import EvidenceAlteredError
from priorities.services.pictures import page_picture, publish_picture

# The address names the content, so what it gives never changes; a month, because a consent may be taken back.
KEPT_SECONDS = 30 * 24 * 60 * 60


@login_not_required
@require_safe
def picture(request: HttpRequest, pk: int, sha256: str) -> HttpResponse:
    """A public picture of a published achievement; any other is not there."""
    found = get_object_or_404(Evidence.objects.public_pictures(), pk=pk, sha256=sha256)
    try:
        content = page_picture(found)
    except EvidenceAlteredError:
        raise Http404 from None
    response = HttpResponse(content, content_type=found.content_type)
    response["Content-Disposition"] = "inline"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = f"public, max-age={KEPT_SECONDS}, immutable"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def picture_publish(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say what a picture shows and who agreed, and put it on the public page or take it off."""
    pictures = Evidence.objects.pictures_led_by(request.user).select_related("achievement__partnership")
    found = get_object_or_404(pictures, pk=pk)
    achievement = found.achievement
    today = timezone.localdate()
    names = ("alternative_text", "consent_taken_by", "consent_taken_on", "is_public")
    initial = {name: getattr(found, name) for name in names}
    form = PictureForm(request.POST or None, today=today, initial=initial)
    if request.method == "POST" and form.is_valid():
        publish_picture(picture=found, words=form.words, by=request.user, at=timezone.now(), today=today)
        done = "is shown on" if found.is_public else "is not shown on"
        messages.success(request, f"The picture {done} the public page.")
        return redirect("achievement", found.achievement_id)
    back = reverse("achievement", args=[found.achievement_id])
    context = {
        "form": form,
        "picture": found,
        "achievement": achievement,
        "partnership": achievement and achievement.partnership,
        "back": back,
        "breadcrumbs": [("Achievements", reverse("achievement-list")), ("Achievement", back)],
    }
    return render(request, "priorities/picture_form.html", context)

"""Where a board asks about what it reads: the address that a page offers to whoever may ask."""

from django.urls import reverse

from partnerships.access import Access
from partnerships.models import Partnership


def ask_url(access: Access, partnership: Partnership, kind: str, pk: int) -> str:
    """The address at which a reader asks about a thing, such as an `activity`; blank for one who may not."""
    if not access.asks_in(partnership.pk):
        return ""
    return f"{reverse('question-new', args=[partnership.slug])}?{kind}={pk}"

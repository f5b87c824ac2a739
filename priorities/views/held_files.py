"""Keeping the files of a form that comes back, so that nobody has to choose them again."""

from partnerships.views.drafts import FormDraft
from priorities.forms import EvidenceForm
from wesp_portal.common.files import hash_of


def keep_files(form: EvidenceForm, draft: FormDraft) -> None:
    """Hold the good files of a posted form that is not saved, and list them on it; say so where one is not held."""
    if draft.request.method != "POST":
        return
    good = form.good_files
    form.list_held(draft.hold(good))
    if {hash_of(file.content) for file in good} - {row.sha256 for row in form.held}:
        form.say_again_what_is_not_kept()

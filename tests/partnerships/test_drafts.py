"""What is typed is kept for whoever typed it, and for nobody else, until it is sent."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from partnerships.models import Draft, User
from partnerships.services.drafts import (
    KEPT_FOR,
    LARGEST,
    MOST_OF_A_PERSON,
    Marker,
    keep_draft,
    read_marker,
)
from partnerships.tasks import sweep_drafts
from priorities.models import Achievement, ActivityUpdate
from tests.factories import World
from tests.priorities.samples import answers
from tests.sessions import lose_session, marker_on

TOKEN = "6b0f2a51-6f0e-4c3b-9d1f-0a4f5d8f7c21"
NEW = f"/achievements/new/?form={TOKEN}"
WORDS = "Fifty pupils met\r\nan “employer” & <more>"


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    client.force_login(world.officer)
    return client


def update_page(world: World) -> str:
    return f"/activities/{world.activity.pk}/update/?term={world.term.code}"


def typed_again(client: Client, address: str) -> dict[str, object]:
    """What an opened form holds, by field; empty where nothing was kept."""
    context = client.get(address).context
    form = context["form"]
    return {name: form[name].value() for name in form.fields} if context["draft"].kept else {}


# --- Saving and putting back


def test_what_is_typed_is_kept_and_the_answer_says_when(officer: Client, world: World) -> None:
    answer = officer.post(
        "/drafts/", {"draft": marker_on(officer, NEW), "title": WORDS}, headers={"Accept": "text/plain"}
    )
    draft = Draft.objects.get()
    assert answer.content.decode() == f"Saved {timezone.localtime(draft.saved_at):%H:%M}"
    assert (draft.user, draft.fields) == (world.officer, {"title": [WORDS]})


def test_a_form_opened_again_holds_every_word_and_says_so(officer: Client, world: World) -> None:
    posted = answers(world, title=WORDS, happened_on_1="Jun", happened_on_2="", organisations=[], period="")
    officer.post("/drafts/", posted | {"draft": marker_on(officer, NEW)})
    answer = officer.get(NEW)
    form, page = answer.context["form"], answer.content.decode()
    assert form["title"].value() == WORDS
    assert form["happened_on"].value() == ["16", "Jun", ""]
    assert form["organisations"].value() == []
    assert form["priorities"].value() == [str(world.priority.pk)]
    assert "We kept what you typed" in page
    assert "There is a problem" not in page, "nobody has sent it yet"


def test_a_new_form_is_the_unsent_one_wherever_it_is_opened_from(officer: Client, world: World) -> None:
    officer.post("/drafts/", {"draft": marker_on(officer, NEW), "title": WORDS})
    for address in ("/achievements/new/", "/achievements/new/?partnership=harbour"):
        assert officer.get(address)["Location"] == NEW


def test_without_a_script_save_draft_leads_back_to_the_form(officer: Client, world: World) -> None:
    page = update_page(world)
    posted = {"draft": marker_on(officer, page), "words": WORDS}
    answer = officer.post("/drafts/", posted, headers={"Accept": "text/html,*/*"}, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert answer.context["form"]["words"].value() == WORDS


def test_neither_files_nor_secrets_are_kept(officer: Client) -> None:
    posted = {"draft": marker_on(officer, NEW), "csrfmiddlewaretoken": "x", "password": "secret", "title": "a\0b"}
    officer.post("/drafts/", posted)
    assert Draft.objects.get().fields == {"title": ["ab"]}


def test_starting_afresh_lets_go_of_the_draft(officer: Client, world: World) -> None:
    page = update_page(world)
    marker = marker_on(officer, page)
    officer.post("/drafts/", {"draft": marker, "words": WORDS})
    assert officer.post("/drafts/forget/", {"draft": marker})["Location"] == page
    assert typed_again(officer, page) == {}


def test_saving_the_form_lets_go_of_its_draft_and_of_no_other(officer: Client, world: World) -> None:
    officer.post("/drafts/", {"draft": marker_on(officer, update_page(world)), "words": WORDS})
    marker = marker_on(officer, NEW)
    officer.post("/drafts/", {"draft": marker, "title": WORDS})
    assert officer.post(NEW, answers(world, form_token=TOKEN, draft=marker)).status_code == 302
    assert [draft.fields for draft in Draft.objects.all()] == [{"words": [WORDS]}]


def test_a_refused_form_keeps_its_draft(officer: Client, world: World) -> None:
    marker = marker_on(officer, NEW)
    officer.post("/drafts/", {"draft": marker, "title": WORDS})
    assert officer.post(NEW, answers(world, form_token=TOKEN, draft=marker, priorities=[])).status_code == 200
    assert Draft.objects.exists()


# --- Bounds


def test_saving_a_draft_again_takes_two_queries(
    officer: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    posted = {"draft": marker_on(officer, NEW), "title": WORDS}
    # User with access, insert after an update that found none, and what lies beyond the most that is kept.
    with django_assert_num_queries(4):
        officer.post("/drafts/", posted)
    with django_assert_num_queries(2):
        officer.post("/drafts/", posted)


def test_a_draft_too_large_is_refused(officer: Client) -> None:
    posted = {"draft": marker_on(officer, NEW), "title": "x" * (LARGEST + 1)}
    assert officer.post("/drafts/", posted).status_code == 413
    assert not Draft.objects.exists()


def test_drafts_come_no_faster_than_people_type(officer: Client, settings: Settings) -> None:
    settings.DRAFTS_A_MINUTE = 3
    posted = {"draft": marker_on(officer, NEW), "title": WORDS}
    found = [officer.post("/drafts/", posted).status_code for _ in range(4)]
    assert found == [200, 200, 200, 429]


def test_a_person_keeps_the_latest_of_too_many_drafts(world: World) -> None:
    at = timezone.now()
    for number in range(MOST_OF_A_PERSON + 2):
        marker = Marker(world.officer.pk, f"form/{number}", "/")
        keep_draft(marker=marker, fields={}, at=at + timedelta(seconds=number))
    assert set(Draft.objects.values_list("key", flat=True)) == {f"form/{n}" for n in range(2, MOST_OF_A_PERSON + 2)}


def test_what_nobody_came_back_to_for_a_term_is_swept(world: World) -> None:
    now = timezone.now()
    for key, at in (("old", now - KEPT_FOR - timedelta(days=1)), ("new", now)):
        keep_draft(marker=Marker(world.officer.pk, key, "/"), fields={}, at=at)
    sweep_drafts()
    assert [draft.key for draft in Draft.objects.all()] == ["new"]


@pytest.mark.parametrize("marker", ["", "nonsense", "WzEsIngiLCIvIl0:1abc:zzz"])
def test_a_marker_that_we_did_not_sign_keeps_nothing(officer: Client, marker: str) -> None:
    assert officer.post("/drafts/", {"draft": marker, "title": WORDS}).status_code == 404
    assert not Draft.objects.exists()


def test_a_draft_is_only_posted_to(officer: Client) -> None:
    assert [officer.get(address).status_code for address in ("/drafts/", "/drafts/forget/")] == [405, 405]


# --- A session that runs out


@pytest.mark.parametrize("address", ["new", "update"])
def test_a_form_sent_without_a_session_is_there_again_after_signing_in(
    officer: Client, world: World, address: str
) -> None:
    page = NEW if address == "new" else update_page(world)
    box = "title" if address == "new" else "words"
    posted = {"draft": marker_on(officer, page), box: WORDS, "partnership": world.partnership.pk, "form_token": TOKEN}
    lose_session()
    answer = officer.post(page, posted, follow=True)
    assert answer.redirect_chain[0][0].startswith("/sign-in/?next=")
    assert "What you typed is kept" in answer.content.decode()
    world.officer.set_password("a long enough password")
    world.officer.save()
    sign_in = {"username": world.officer.email, "password": "a long enough password", "next": page}
    answer = officer.post("/sign-in/", sign_in, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert answer.context["form"][box].value() == WORDS
    assert not Achievement.objects.exists()
    assert not ActivityUpdate.objects.exists()


def test_another_person_who_signs_in_there_sees_none_of_it(officer: Client, world: World) -> None:
    marker = marker_on(officer, NEW)
    lose_session()
    officer.post(NEW, {"draft": marker, "title": WORDS})
    officer.force_login(world.lead)
    assert typed_again(officer, NEW) == {}
    assert "Fifty pupils" not in officer.get(NEW).content.decode()


def test_a_form_of_somebody_elses_is_not_sent_in_my_name(officer: Client, world: World) -> None:
    marker = marker_on(officer, NEW)
    officer.force_login(world.lead)
    answer = officer.post(NEW, answers(world, form_token=TOKEN, draft=marker, title=WORDS), follow=True)
    assert "opened by somebody else" in answer.content.decode()
    assert not Achievement.objects.exists()
    assert Draft.objects.get().user == world.officer


def test_a_form_from_before_signing_in_anew_is_put_back(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.officer)
    posted = {"draft": marker_on(strict, NEW), "title": WORDS, "csrfmiddlewaretoken": "of another session"}
    answer = strict.post(NEW, posted, follow=True)
    assert answer.redirect_chain == [(NEW, 302)]
    assert answer.context["form"]["title"].value() == WORDS


def test_without_a_marker_a_form_of_another_site_is_refused_and_not_kept(world: World) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.officer)
    for marker in ("", "forged"):
        assert strict.post(NEW, {"draft": marker, "title": WORDS}).status_code == 403
    assert strict.post("/drafts/", {"title": WORDS}).status_code == 403
    assert not Draft.objects.exists()


def test_an_old_marker_is_not_believed(officer: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = marker_on(officer, NEW)
    assert read_marker(marker)
    monkeypatch.setattr("partnerships.services.drafts.KEPT_FOR", timedelta(seconds=-1))
    assert read_marker(marker) is None


# --- A person disabled while signed in


def test_whoever_may_no_longer_sign_in_saves_nothing_and_keeps_nothing(officer: Client, world: World) -> None:
    marker = marker_on(officer, NEW)
    User.objects.filter(pk=world.officer.pk).update(is_active=False)
    for address in (NEW, "/drafts/"):
        answer = officer.post(address, answers(world, form_token=TOKEN, draft=marker))
        assert answer["Location"].startswith("/sign-in/?next=")
        assert "kept" not in answer["Location"]
    assert not Achievement.objects.exists()
    assert not Draft.objects.exists()

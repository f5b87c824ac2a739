"""A guest's link: one answer from somebody without an account, which an officer accepts, edits or sets aside."""

from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.core.mail import EmailMultiAlternatives
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from priorities.models import ActivityUpdate, GuestRequest
from priorities.services.guests import LinkError, accept_answer, answer_request, ask_guest, request_of
from priorities.services.updates import record_update
from tests.factories import ReturnFactory, World
from tests.sessions import back_after_signing_in, marker_on

ASKED = {"guest_name": "Lancashire Police", "guest_email": "sergeant@police.example", "question": "How did it go?"}
ANSWER = {
    "status": "under_way",
    "rag": "on_track",
    "words": "Four visits to schools.",
    "reason": "",
    "signed_name": "Pat Sergeant",
    "signed_organisation": "Lancashire Police",
}


@pytest.fixture
def officer(client, world):
    client.force_login(world.officer)
    return client


@pytest.fixture
def guest() -> Client:
    """Somebody whom the portal does not know, and whose browser checks nothing for us."""
    return Client(enforce_csrf_checks=False)


def asked(world: World, at=None, **changed) -> tuple[GuestRequest, str]:
    given = {"activity": world.activity, "term": world.term, "by": world.officer, "at": at or timezone.now()}
    return ask_guest(**(given | ASKED | changed))


def answered(world: World) -> GuestRequest:
    request, _ = asked(world)
    answer_request(request=request, at=timezone.now(), **ANSWER)
    request.refresh_from_db()
    return request


def page_of(link: str) -> str:
    return f"/guest/{link}/"


# --- Asking


def test_an_officer_asks_and_the_guest_gets_a_link_by_email(officer, world):
    response = officer.post(f"/activities/{world.activity.pk}/ask/?term=2024-25-autumn", ASKED, follow=True)
    request = GuestRequest.objects.get()
    [message] = mail.outbox
    page = response.content.decode()
    link = page[page.index("/guest/") :].partition('"')[0]
    assert (message.to, message.reply_to) == (["sergeant@police.example"], ["officer@example.org"])
    assert link in message.body
    assert isinstance(message, EmailMultiAlternatives)
    assert link in str(message.alternatives[0][0])
    assert message.subject == "Olive Officer asks you about “Sign up employers”"
    assert (request.asked_by, request.term) == (world.officer, world.term)
    assert request.expires_at - request.asked_at == timedelta(days=14)


def test_the_link_is_shown_once_and_only_its_hash_is_kept(officer, world):
    first = officer.post(f"/activities/{world.activity.pk}/ask/", ASKED, follow=True)
    request = GuestRequest.objects.get()
    token = first.content.decode().partition("/guest/")[2].partition(".")[0]
    assert len(token) == 43
    assert token not in str(list(GuestRequest.objects.values()))
    assert token not in officer.get(f"/guest-requests/{request.pk}/").content.decode()


def test_where_the_email_cannot_be_sent_the_link_is_there_to_copy(officer, world, monkeypatch):
    def refuse(self: object) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    page = officer.post(f"/activities/{world.activity.pk}/ask/", ASKED, follow=True).content.decode()
    assert "The email could not be sent. Copy the link" in page
    assert "/guest/" in page


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"guest_name": ""}, "guest_name", "Enter whom you ask"),
        ({"guest_email": ""}, "guest_email", "Enter their email address"),
        ({"guest_email": "nobody"}, "guest_email", "whole email address"),
        ({"question": " "}, "question", "Enter what you ask them"),
        ({"question": "x" * 1001}, "question", "1000 characters"),
    ],
)
def test_what_is_missing_is_asked_for_and_nothing_is_sent(officer, world, changed, field, words):
    response = officer.post(f"/activities/{world.activity.pk}/ask/", ASKED | changed)
    assert words in response.context["form"].errors[field][0]
    assert not GuestRequest.objects.exists()
    assert not mail.outbox


def test_asking_the_same_guest_again_withdraws_the_earlier_link(world):
    _, first = asked(world)
    asked(world)
    with pytest.raises(LinkError, match="withdrawn"):
        request_of(link=first, at=timezone.now())


def test_nobody_is_asked_about_a_term_that_is_settled(officer, world):
    ReturnFactory(round=world.round, organisation=world.organisation, status="submitted")
    response = officer.post(f"/activities/{world.activity.pk}/ask/?term=2024-25-autumn", ASKED)
    assert "has sent its return" in response.content.decode()
    assert not GuestRequest.objects.exists()


def test_a_person_sends_no_more_than_twenty_links_an_hour(officer, world):
    for _ in range(21):
        response = officer.post(f"/activities/{world.activity.pk}/ask/", ASKED)
    assert "You have sent many links" in response.content.decode()
    assert len(mail.outbox) == 20


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("lead", 200), ("administrator", 200), ("board_member", 404), ("stranger", 404)],
)
def test_who_may_ask_and_judge(client, world, person, status):
    request = answered(world)
    client.force_login(getattr(world, person))
    assert client.get(f"/activities/{world.activity.pk}/ask/").status_code == status
    assert client.get(f"/guest-requests/{request.pk}/").status_code == status
    if status == 404:
        for what in ("", "revoke/", "set-aside/"):
            assert client.post(f"/guest-requests/{request.pk}/{what}", ANSWER).status_code == 404
        assert not ActivityUpdate.objects.exists()


# --- Answering


def test_a_guest_sees_the_title_the_question_and_who_asks_and_nothing_else(guest, world):
    world.activity.official_wording = "A canary in the wording"
    world.activity.save()
    _, link = asked(world)
    response = guest.get(page_of(link))
    page = response.content.decode()
    for words in ("Sign up employers", "How did it go?", "Olive Officer"):
        assert words in page
    for words in ("canary", "Harbour", "Better first jobs", "officer@example.org", "1.1(a)"):
        assert words not in page
    assert response["Cache-Control"] == "no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert response["Referrer-Policy"] == "same-origin"


def test_an_answer_waits_and_changes_nothing_by_itself(guest, world):
    request, link = asked(world)
    assert "Thank you" in guest.post(page_of(link), ANSWER).content.decode()
    request.refresh_from_db()
    assert (request.words, request.signed_organisation) == ("Four visits to schools.", "Lancashire Police")
    assert request.is_to_judge
    assert not ActivityUpdate.objects.exists()


def test_a_refused_answer_keeps_its_words_and_the_link(guest, world):
    _, link = asked(world)
    response = guest.post(page_of(link), ANSWER | {"signed_name": "", "rag": "at_risk"})
    assert set(response.context["form"].errors) == {"signed_name", "reason"}
    assert "Four visits to schools." in response.content.decode()
    assert guest.post(page_of(link), ANSWER).status_code == 200


def over(guest: Client, link: str) -> str:
    """What a link that takes no answer says, and that it takes none."""
    responses = [guest.get(page_of(link)), guest.post(page_of(link), ANSWER)]
    assert [response.status_code for response in responses] == [410, 410]
    page = responses[0].content.decode()
    assert responses[0]["Cache-Control"] == "no-store"
    for words in ("Sign up employers", "How did it go?", "Olive", "Harbour"):
        assert words not in page
    return page


def test_a_link_takes_one_answer(guest, world):
    request, link = asked(world)
    guest.post(page_of(link), ANSWER)
    assert "This link was used" in over(guest, link)
    request.refresh_from_db()
    assert request.words == "Four visits to schools."


def test_a_link_expires_after_fourteen_days(guest, world):
    _, link = asked(world, at=timezone.now() - timedelta(days=14, seconds=1))
    assert "has expired" in over(guest, link)
    assert not GuestRequest.objects.filter(answered_at__isnull=False).exists()


def test_a_withdrawn_link_says_so(officer, guest, world):
    request, link = asked(world)
    assert (
        "The link is withdrawn." in officer.post(f"/guest-requests/{request.pk}/revoke/", follow=True).content.decode()
    )
    assert "withdrawn by whoever sent it" in over(guest, link)


def test_words_typed_while_a_link_was_withdrawn_are_given_back_to_be_copied(officer, guest, world):
    request, link = asked(world)
    officer.post(f"/guest-requests/{request.pk}/revoke/")
    posted = ANSWER | {"words": "Four visits\r\nto <schools>", "reason": "Of “late” buses"}
    response = guest.post(page_of(link), posted)
    page = response.content.decode()
    assert response.status_code == 410
    for words in ("Four visits<br>to &lt;schools&gt;", "Of “late” buses", "tell whoever sent you the link"):
        assert words in page
    assert "What you typed" not in guest.get(page_of(link)).content.decode()


def test_a_link_that_was_tampered_with_is_refused_without_a_query(
    guest, world, django_assert_num_queries: DjangoAssertNumQueries
):
    _, link = asked(world)
    token, _, signature = link.partition(".")
    for wrong in (f"{token[:-1]}x.{signature}", f"{token}.{signature[:-1]}", token, "x"):
        with django_assert_num_queries(0):
            assert "not one of ours" in over(guest, wrong)


def test_two_answers_at_once_are_one(world):
    request, _ = asked(world)
    answer_request(request=request, at=timezone.now(), **ANSWER)
    with pytest.raises(LinkError):
        answer_request(request=request, at=timezone.now(), **(ANSWER | {"words": "Other words"}))
    request.refresh_from_db()
    assert request.words == "Four visits to schools."


def test_very_many_visits_from_one_place_have_to_wait(guest, world):
    for _ in range(60):
        guest.get(page_of("x"))
    _, link = asked(world)
    assert guest.get(page_of(link)).status_code == 429
    assert guest.get(page_of(link), REMOTE_ADDR="192.0.2.7").status_code == 200


# --- Nothing typed is lost


def test_what_is_asked_without_a_session_is_there_again_after_signing_in(officer, world):
    address = f"/activities/{world.activity.pk}/ask/?term={world.term.code}"
    posted = ASKED | {"guest_email": "sergeant", "question": "Did “it” go?", "draft": marker_on(officer, address)}
    response = back_after_signing_in(officer, world.officer, address, posted)
    form = response.context["form"]
    assert {name: form[name].value() for name in ASKED} == {name: posted[name] for name in ASKED}
    assert not form.errors, "nobody has sent it yet"
    assert not GuestRequest.objects.exists()
    assert officer.post(address, posted | {"guest_email": "sergeant@police.example"}).status_code == 302
    assert officer.get(address).context["form"]["question"].value() != "Did “it” go?"


def test_an_answer_that_is_edited_without_a_session_is_there_again_after_signing_in(officer, world):
    address = f"/guest-requests/{answered(world).pk}/"
    opened = officer.get(address).context
    shown = {"over": opened["form"]["over"].value(), "draft": opened["draft"].marker}
    posted = ANSWER | shown | {"words": "Four visits, edited."}
    response = back_after_signing_in(officer, world.officer, address, posted)
    assert response.context["form"]["words"].value() == "Four visits, edited."
    assert not ActivityUpdate.objects.exists()
    assert officer.post(address, posted).status_code == 302
    assert officer.get(address).context["draft"].kept is None


# --- Judging


def test_an_answer_that_is_accepted_is_the_terms_update_in_the_guests_name(officer, world):
    request = answered(world)
    response = officer.post(f"/guest-requests/{request.pk}/", ANSWER, follow=True)
    update = ActivityUpdate.objects.get()
    assert (update.words, update.author, update.source) == (
        "Four visits to schools.",
        world.officer,
        "Lancashire Police",
    )
    assert "From Lancashire Police, accepted by Olive Officer" in response.content.decode()
    request.refresh_from_db()
    assert (request.outcome, request.update, request.settled_by) == ("accepted", update, world.officer)


def test_an_answer_that_is_edited_says_so_and_keeps_what_came(officer, world):
    request = answered(world)
    officer.post(f"/guest-requests/{request.pk}/", ANSWER | {"words": "Four visits, to two schools."})
    assert ActivityUpdate.objects.get().by_whom == "From Lancashire Police (edited), accepted by Olive Officer"
    request.refresh_from_db()
    assert (request.outcome, request.words) == ("edited", "Four visits to schools.")


def test_an_officers_own_words_later_are_the_officers(officer, world):
    request = answered(world)
    officer.post(f"/guest-requests/{request.pk}/", ANSWER)
    officer.post(f"/activities/{world.activity.pk}/update/?term=2024-25-autumn", ANSWER | {"words": "My own words"})
    assert ActivityUpdate.objects.get().by_whom == "Olive Officer"


def test_an_answer_that_is_set_aside_stays_to_be_read(officer, world):
    request = answered(world)
    page = officer.post(f"/guest-requests/{request.pk}/set-aside/", follow=True).content.decode()
    assert "Set aside by Olive Officer" in page
    assert "Four visits to schools." in page
    assert not ActivityUpdate.objects.exists()


def test_an_answer_is_judged_once(officer, world):
    request = answered(world)
    officer.post(f"/guest-requests/{request.pk}/set-aside/")
    response = officer.post(f"/guest-requests/{request.pk}/", ANSWER)
    assert "Somebody has judged this answer already" in response.content.decode()
    assert not ActivityUpdate.objects.exists()


def test_what_is_not_answered_cannot_be_accepted(world):
    request, _ = asked(world)
    said = {name: ANSWER[name] for name in ("status", "rag", "words", "reason")}
    with pytest.raises(ValidationError):
        accept_answer(request=request, by=world.officer, at=timezone.now(), **said)
    assert not ActivityUpdate.objects.exists()


def test_an_answer_for_a_term_that_was_settled_meanwhile_stays_unjudged(officer, world):
    request = answered(world)
    ReturnFactory(round=world.round, organisation=world.organisation, status="submitted")
    assert "has sent its return" in officer.post(f"/guest-requests/{request.pk}/", ANSWER).content.decode()
    request.refresh_from_db()
    assert request.is_to_judge


def test_the_activity_lists_whom_was_asked(officer, world):
    answered(world)
    page = officer.get(f"/activities/{world.activity.pk}/").content.decode()
    assert "Lancashire Police, Autumn 2024/25" in page
    assert "answered, waits for you" in page


def test_an_update_written_while_the_answer_was_read_is_shown_before_it_is_replaced(officer, world):
    request = answered(world)
    page = f"/guest-requests/{request.pk}/"
    shown = officer.get(page).context["form"]
    sent = {name: shown[name].value() for name in ("status", "rag", "words", "reason", "over")}
    record_update(
        activity=world.activity,
        term=world.term,
        status="under_way",
        rag="on_track",
        words="A colleague's words",
        reason="",
        by=world.lead,
        at=timezone.now(),
    )
    response = officer.post(page, sent)
    assert "Somebody changed this term’s update meanwhile." in response.content.decode()
    assert "A colleague&#x27;s words" in response.content.decode()
    assert ActivityUpdate.objects.get().words == "A colleague's words"
    request.refresh_from_db()
    assert request.is_to_judge
    again = sent | {"over": response.context["form"]["over"].value()}
    assert officer.post(page, again).status_code == 302
    assert ActivityUpdate.objects.get().words == ANSWER["words"]

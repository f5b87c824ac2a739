"""What people say: who may log it, the consent it needs, the questions about names, and where it is shown."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from partnerships.models import Draft, Partnership
from priorities.models import Outcome, Voice
from priorities.queries.voices import numbers_of
from priorities.services.voices import VoiceWords, edit_voice, withdraw_voice
from tests.factories import ObjectiveFactory, OutcomeFactory, PriorityFactory, StrategyFactory, VoiceFactory, World
from wesp_portal.common.personal import identifying_details


@pytest.fixture
def outcome(world: World) -> Outcome:
    made: Outcome = OutcomeFactory(priority=world.priority, objective=world.objective, title="Good first jobs")
    return made


def url(outcome: Outcome) -> str:
    return f"/voices/new/?outcome={outcome.pk}"


def said(outcome: Outcome, **changed) -> dict[str, str]:
    day = {
        f"{name}_{at}": part for name in ("said_on", "consent_taken_on") for at, part in enumerate(("16", "6", "2022"))
    }
    return {
        "form_token": str(uuid4()),
        "about": f"outcome-{outcome.pk}",
        "kind": "testimony",
        "words": "The placement showed me what I can do.",
        "said_by": "a Year 9 pupil",
        "has_consent": "on",
        "consent_taken_by": "the head of year",
        **day,
        **changed,
    }


def post(client, world, outcome, person="officer", **changed):
    client.force_login(getattr(world, person))
    return client.post(url(outcome), said(outcome, **changed))


def errors(response) -> dict[str, list[str]]:
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["form"].errors
    return found


# --- Who


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("lead", 200), ("administrator", 200), ("board_member", 404), ("stranger", 404)],
)
def test_who_may_log_what_people_say(client, world, outcome, person, status):
    client.force_login(getattr(world, person))
    assert client.get(url(outcome)).status_code == status
    assert post(client, world, outcome, person).status_code == (302 if status == 200 else 404)
    assert Voice.objects.count() == (status == 200)


def test_someone_not_signed_in_is_asked_to(client, outcome):
    assert client.get(url(outcome)).url.startswith("/sign-in/")


@pytest.mark.parametrize(
    "query", ["", "?outcome=", "?outcome=x", "?outcome=999999", "?priority=²", "?objective=" + "9" * 30]
)
def test_an_address_that_names_nothing_is_not_found(client, world, query):
    client.force_login(world.officer)
    assert client.get(f"/voices/new/{query}").status_code == 404


@pytest.mark.parametrize("person", ["officer", "lead", "administrator", "board_member", "stranger"])
def test_who_may_withdraw_it(client, world, outcome, person):
    voice = VoiceFactory(outcome=outcome, logged_by=world.officer)
    client.force_login(getattr(world, person))
    is_allowed = person in ("officer", "lead", "administrator")
    assert client.post(f"/voices/{voice.pk}/withdraw/").status_code == (302 if is_allowed else 404)
    assert client.get(f"/voices/{voice.pk}/withdraw/").status_code == 405
    voice.refresh_from_db()
    assert (voice.status == "withdrawn") == is_allowed


def test_an_officer_withdraws_only_what_they_logged(client, world, outcome):
    voice = VoiceFactory(outcome=outcome, logged_by=world.lead)
    client.force_login(world.officer)
    assert client.post(f"/voices/{voice.pk}/withdraw/").status_code == 404
    assert "Withdraw it" not in client.get(f"/objectives/{world.objective.pk}/").content.decode()


# --- What is kept


def test_a_testimony_is_kept_with_its_consent(client, world, outcome):
    assert post(client, world, outcome).url == f"/objectives/{world.objective.pk}/"
    voice = Voice.objects.get()
    assert (voice.outcome, voice.objective, voice.priority) == (outcome, world.objective, world.priority)
    assert (voice.said_on, voice.consent_taken_on, voice.consent_taken_by) == (
        *(date(2022, 6, 16),) * 2,
        "the head of year",
    )
    assert (voice.logged_by, voice.is_public, voice.status) == (world.officer, False, "standing")
    assert voice.history.get().history_user == world.officer


def test_a_survey_says_how_many_were_asked_and_answered(client, world, outcome):
    survey = {"kind": "survey", "said_by": "parents at three schools", "asked": "1,200", "answered": "85"}
    assert post(client, world, outcome, **survey).status_code == 302
    assert (Voice.objects.get().asked, Voice.objects.get().answered) == (1200, 85)
    words = client.get(f"/objectives/{world.objective.pk}/").content.decode()
    assert "85 of 1,200 asked answered" in words


def test_it_may_be_about_the_objective_itself_or_for_a_term(client, world, outcome):
    changed = {"about": f"objective-{world.objective.pk}", "period": "2024-25-autumn"}
    none = {f"said_on_{at}": "" for at in range(3)}
    client.force_login(world.officer)
    offered = [code for code, _ in client.get(url(outcome)).context["form"].fields["period"].choices]
    assert post(client, world, outcome, **changed | none | {"period": offered[2]}).status_code == 302
    assert (Voice.objects.get().outcome, Voice.objects.get().period) == (None, offered[2])


def test_the_same_form_sent_twice_is_kept_once(client, world, outcome):
    form = said(outcome)
    client.force_login(world.officer)
    for _ in range(2):
        assert client.post(url(outcome), form).status_code == 302
    assert Voice.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"about": ""}, "about"),
        ({"about": "outcome-0"}, "about"),
        ({"kind": ""}, "kind"),
        ({"kind": "rumour"}, "kind"),
        ({"words": " "}, "words"),
        ({"words": "x" * 20_001}, "words"),
        ({"said_by": ""}, "said_by"),
        ({"said_by": "x" * 201}, "said_by"),
        ({"asked": "many"}, "asked"),
        ({"asked": "-1"}, "asked"),
        ({"asked": "1000000"}, "asked"),
        ({"asked": "5", "answered": "6"}, "answered"),
        ({"kind": "survey", "answered": "6"}, "asked"),
        ({"kind": "survey", "asked": "6"}, "answered"),
        ({"said_on_0": ""}, "said_on"),
        ({"said_on_2": "2999"}, "said_on"),
        ({"said_on_2": "1066"}, "said_on"),
        ({"period": "2019-20-autumn"}, "period"),
        ({"has_consent": ""}, "has_consent"),
        ({"consent_taken_by": ""}, "consent_taken_by"),
        ({"consent_taken_by": "x" * 121}, "consent_taken_by"),
        ({"consent_taken_on_1": "13"}, "consent_taken_on"),
        ({"consent_taken_on_2": "2999"}, "consent_taken_on"),
        ({"form_token": "x"}, "form_token"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_and_nothing_is_kept(client, world, outcome, changed, field):
    response = post(client, world, outcome, **changed)
    assert set(errors(response)) == {field}
    assert not Voice.objects.exists()


def test_what_belongs_to_another_priority_is_no_choice(client, world, outcome):
    other = OutcomeFactory(priority=PriorityFactory(strategy=world.strategy))
    assert set(errors(post(client, world, outcome, about=f"outcome-{other.pk}"))) == {"about"}
    foreign = OutcomeFactory(priority=PriorityFactory(strategy=StrategyFactory(partnership=world.elsewhere)))
    client.force_login(world.officer)
    assert client.get(url(foreign)).status_code == 404


# --- Questions


def test_a_name_is_asked_about_once_and_may_be_right(client, world, outcome):
    words = "I am called Amina and I liked it."
    response = post(client, world, outcome, words=words)
    (question,) = errors(response)["is_right"]
    assert "called Amina" in question
    assert words in response.content.decode()
    assert not Voice.objects.exists()
    answered = {"asked_about": response.context["form"]["asked_about"].value(), "is_right": "on"}
    assert post(client, world, outcome, words=words, **answered).status_code == 302


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Pupil A123456789012 said so", "a pupil’s number"),
        ("She was born on 3/4/2011", "date of birth"),
        ("born 3rd April 2011 in town", "date of birth"),
        ("write to me@example.org", "address or number"),
        ("ring 07700 900123", "address or number"),
        ("Mrs Nowhere helped", "somebody’s name"),
        ("Then Olive Nowhere came", "somebody’s name"),
    ],
)
def test_what_could_identify_a_child_is_asked_about(text, kind):
    assert kind in " ".join(identifying_details(text))


@pytest.mark.parametrize(
    "text",
    [
        "a Year 9 pupil",
        "parents at three schools",
        "It was better than in 2019, and 24 of 30 said so.",
        "Wigan Council and West Lancashire College came.",
        "I liked it. We all did.",
        "On Monday the head said 1,200 pupils came",
    ],
)
def test_plain_words_are_not_asked_about(text):
    assert identifying_details(text) == []


@given(st.text())
def test_any_text_may_be_looked_through(text):
    assert len(identifying_details(text)) <= 4


# --- Where it is shown


def test_a_voice_is_shown_on_its_objective_and_priority(client, world, outcome):
    VoiceFactory(outcome=outcome, words="It opened a door.", logged_by=world.officer)
    other = ObjectiveFactory(priority=world.priority)
    VoiceFactory(outcome=None, objective=other, words="About another", logged_by=world.officer)
    client.force_login(world.board_member)
    objective = client.get(f"/objectives/{world.objective.pk}/").content.decode()
    for part in ("It opened a door.", "a Year 9 pupil, 10 October 2024", "Good first jobs", "not for the public"):
        assert part in objective, part
    assert "About another" not in objective
    assert "/voices/new/" not in objective
    priority = client.get(f"/priorities/{world.priority.pk}/").content.decode()
    assert "It opened a door." in priority
    assert "About another" in priority


def test_what_is_withdrawn_is_shown_nowhere(client, world, outcome):
    VoiceFactory(outcome=outcome, words="Taken back", status="withdrawn", logged_by=world.officer)
    client.force_login(world.lead)
    for page in (f"/objectives/{world.objective.pk}/", f"/priorities/{world.priority.pk}/"):
        assert "Taken back" not in client.get(page).content.decode()


def test_the_dashboard_is_made_anew_for_what_is_logged_and_withdrawn(client, world, outcome):
    def version() -> int:
        return Partnership.objects.get(pk=world.partnership.pk).version

    before = version()
    post(client, world, outcome)
    logged = version()
    withdraw_voice(voice=Voice.objects.get(), by=world.lead, at=timezone.now())
    assert before < logged < version()


def test_withdrawing_is_attributed(client, world, outcome):
    voice = VoiceFactory(outcome=outcome, logged_by=world.officer)
    client.force_login(world.lead)
    response = client.post(f"/voices/{voice.pk}/withdraw/", follow=True)
    assert "It is withdrawn" in response.content.decode()
    row = voice.history.first()
    assert (row.history_user, row.history_change_reason, row.status) == (world.lead, "Consent withdrawn", "withdrawn")


def test_very_few_answers_are_not_counted_out(outcome):
    assert numbers_of(VoiceFactory.build(outcome=outcome, asked=30, answered=4)) == "5 or fewer of 30 asked answered"
    assert numbers_of(VoiceFactory.build(outcome=outcome, asked=None, answered=None)) == ""


def test_an_outcome_leads_to_the_form(client, world, outcome):
    client.force_login(world.officer)
    for page in (f"/objectives/{world.objective.pk}/", f"/priorities/{world.priority.pk}/"):
        assert f'href="{url(outcome)}"' in client.get(page).content.decode()
    form = client.get(url(outcome)).context["form"]
    assert form["about"].value() == f"outcome-{outcome.pk}"


@pytest.mark.parametrize("size", [1, 12])
def test_the_form_takes_the_same_queries_however_much_there_is(client, world, outcome, size, django_assert_num_queries):
    OutcomeFactory.create_batch(size, priority=world.priority)
    client.force_login(world.officer)
    with django_assert_num_queries(5):
        assert client.get(url(outcome)).status_code == 200


# --- Editing


def edit_url(voice: Voice) -> str:
    return f"/voices/{voice.pk}/edit/"


def opened(client, voice: Voice) -> dict[str, Any]:
    """What a browser would send of the form as it is opened."""
    sent: dict[str, Any] = {}
    for bound in client.get(edit_url(voice)).context["form"]:
        value = bound.value()
        if isinstance(value, date):
            sent |= {f"{bound.name}_{at}": part for at, part in enumerate((value.day, value.month, value.year))}
        elif value is True:
            sent[bound.name] = "on"
        elif value not in (None, False):
            sent[bound.name] = value
    return sent


@pytest.mark.parametrize(
    ("person", "is_allowed"),
    [("officer", True), ("lead", True), ("administrator", True), ("board_member", False), ("stranger", False)],
)
def test_who_may_edit_it_finds_the_link_where_it_is_shown(client, world, outcome, person, is_allowed):
    voice = VoiceFactory(outcome=outcome, logged_by=world.officer)
    client.force_login(getattr(world, person))
    assert client.get(edit_url(voice)).status_code == (200 if is_allowed else 404)
    if person != "stranger":
        shown = client.get(f"/objectives/{world.objective.pk}/").content.decode()
        assert (edit_url(voice) in shown) == is_allowed


def test_an_officer_edits_only_what_they_logged_and_nobody_what_is_withdrawn(client, world, outcome):
    theirs = VoiceFactory(outcome=outcome, logged_by=world.lead)
    withdrawn = VoiceFactory(outcome=outcome, logged_by=world.officer, status="withdrawn")
    client.force_login(world.officer)
    assert client.get(edit_url(theirs)).status_code == 404
    assert edit_url(theirs) not in client.get(f"/objectives/{world.objective.pk}/").content.decode()
    assert client.get(edit_url(withdrawn)).status_code == 404
    client.force_login(world.lead)
    assert client.post(edit_url(withdrawn), said(outcome)).status_code == 404


def test_a_change_is_saved_and_its_history_says_what_it_was(client, world, outcome):
    voice = VoiceFactory(outcome=outcome, logged_by=world.officer, words="Before", period="2015-16", said_on=None)
    client.force_login(world.officer)
    sent = opened(client, voice) | {"words": "After", "about": f"objective-{world.objective.pk}", "is_public": "on"}
    assert client.post(edit_url(voice), sent).url == f"/objectives/{world.objective.pk}/"
    voice.refresh_from_db()
    assert (voice.words, voice.outcome, voice.objective, voice.period) == ("After", None, world.objective, "2015-16")
    assert voice.history.first().history_user == world.officer
    page = client.get(edit_url(voice)).content.decode()
    assert "What they said: Before → After" in page
    assert "May be shown to the public" in page


def test_a_form_that_changes_nothing_leaves_no_trace(client, world, outcome):
    voice = VoiceFactory(outcome=outcome, logged_by=world.officer)
    client.force_login(world.officer)
    assert client.post(edit_url(voice), opened(client, voice)).status_code == 302
    assert voice.history.count() == 1


def test_editing_asks_about_a_name_as_logging_does(client, world, outcome):
    voice = VoiceFactory(outcome=outcome, logged_by=world.officer)
    client.force_login(world.officer)
    sent = opened(client, voice) | {"words": "I am called Amina and I liked it."}
    assert "is_right" in errors(client.post(edit_url(voice), sent))


def test_two_people_editing_one_voice_see_both_texts_and_choose(client, world, outcome):
    voice = VoiceFactory(outcome=outcome, logged_by=world.officer, words="As it was")
    client.force_login(world.officer)
    mine = opened(client, voice) | {"words": "Mine"}
    lead = Client()
    lead.force_login(world.lead)
    assert (
        lead.post(edit_url(voice), opened(lead, voice) | {"words": "Theirs", "said_by": "a parent"}).status_code == 302
    )
    answer = client.post(edit_url(voice), mine)
    page = answer.content.decode()
    assert "Lee Lead saved this while you were writing" in page
    assert "Mine" in page
    assert "Theirs" in page
    voice.refresh_from_db()
    assert voice.words == "Theirs"
    chosen = mine | {"seen": answer.context["form"].mark, "keep-words": "mine", "keep-said_by": "theirs"}
    assert client.post(edit_url(voice), chosen).status_code == 302
    voice.refresh_from_db()
    assert (voice.words, voice.said_by) == ("Mine", "a parent")


def test_consent_withdrawn_while_the_form_was_open_keeps_the_change_out(world, outcome):
    voice = VoiceFactory(outcome=outcome, logged_by=world.officer)
    withdraw_voice(voice=Voice.objects.get(pk=voice.pk), by=world.lead, at=timezone.now())
    words = VoiceWords(
        kind="testimony",
        words="After",
        said_by="a pupil",
        said_on=date(2024, 6, 16),
        consent_taken_by="The head",
        consent_taken_on=date(2024, 6, 16),
    )
    with pytest.raises(ValidationError, match="withdrawn"):
        edit_voice(
            voice=voice, about=outcome, words=words, by=world.officer, at=timezone.now(), today=timezone.localdate()
        )


@pytest.mark.parametrize("is_new", [True, False])
def test_what_was_typed_and_not_sent_is_there_again(client, world, outcome, is_new):
    voice = VoiceFactory(outcome=outcome, logged_by=world.officer)
    address = url(outcome) if is_new else edit_url(voice)
    client.force_login(world.officer)
    marker = client.get(address).context["draft"].marker
    kept = {"draft": marker, "words": "Half a thought", "consent_taken_on_0": "3"}
    assert client.post("/drafts/", kept, headers={"Accept": "text/html"}).url == address
    response = client.get(address)
    page = response.content.decode()
    assert "We kept what you typed" in page
    assert "Half a thought" in page
    assert not response.context["form"].errors
    client.post(address, said(outcome) | {"draft": marker})
    assert not Draft.objects.exists()

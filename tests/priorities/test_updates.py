"""Saying how an activity stands in a term: what is recorded, what is refused, and the copies a dashboard reads."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from priorities.models import Activity, ActivityUpdate
from priorities.services.updates import TRAIL_LENGTH, record_update
from tests.factories import ActivityFactory, ReturnFactory, TermFactory, World
from tests.priorities.samples import PDF, upload


def said(world: World, **changed) -> ActivityUpdate:
    given = {
        "activity": world.activity,
        "term": world.term,
        "status": "under_way",
        "rag": "on_track",
        "words": "Twelve employers signed up.",
        "reason": "",
        "by": world.officer,
        "at": timezone.now(),
    }
    return record_update(**(given | changed))


def copies(world: World) -> tuple[str, str, str]:
    world.activity.refresh_from_db()
    return world.activity.latest_term, world.activity.latest_status, world.activity.latest_rag


# --- The service


def test_an_update_is_kept_with_the_copies_that_the_dashboard_reads(world):
    update = said(world, rag="at_risk", reason="Two employers left; asking three more.")
    assert (update.author, update.words) == (world.officer, "Twelve employers signed up.")
    assert copies(world) == ("2024-25-autumn", "under_way", "at_risk")
    assert world.activity.trail == {"2024-25-autumn": "under_way:at_risk"}


def test_a_term_has_one_update_which_may_be_rewritten(world):
    said(world)
    said(world, words="Fourteen employers signed up.", by=world.lead)
    update = ActivityUpdate.objects.get()
    assert (update.words, update.author) == ("Fourteen employers signed up.", world.lead)
    assert [row.author for row in update.history.order_by("history_id")] == [world.officer, world.lead]


def test_an_older_terms_update_never_replaces_a_newer_one(world):
    said(world, status="done")
    said(world, term=world.previous_term, rag="off_track", reason="Late start.")
    assert copies(world) == ("2024-25-autumn", "done", "on_track")
    assert world.activity.trail == {"2023-24-summer": "under_way:off_track", "2024-25-autumn": "done:on_track"}


def test_the_trail_keeps_the_twelve_newest_terms(world):
    codes = []
    for year in range(2020, 2025):
        for season, month in (("autumn", 9), ("spring", 1), ("summer", 4)):
            starts_on = date(year if season == "autumn" else year + 1, month, 10)
            code = f"{year}-{(year + 1) % 100:02}-{season}"
            ends_on = starts_on.replace(day=28)
            said(world, term=TermFactory(code=code, starts_on=starts_on, ends_on=ends_on))
            codes.append(code)
    copies(world)
    assert sorted(world.activity.trail) == sorted(codes[-TRAIL_LENGTH:])
    assert world.activity.latest_term == "2024-25-summer"


def test_an_update_raises_the_partnerships_version(world):
    before = world.partnership.version
    said(world)
    world.partnership.refresh_from_db()
    assert world.partnership.version == before + 1


def test_the_copies_add_no_row_to_the_activitys_own_history(world):
    before = world.activity.history.count()
    said(world)
    assert world.activity.history.count() == before


def test_a_term_of_another_calendar_is_refused(world):
    foreign = TermFactory(calendar__slug="elsewhere", code="2024-25-autumn")
    with pytest.raises(ValidationError, match="own calendar"):
        said(world, term=foreign)
    assert not ActivityUpdate.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"status": "nearly"}, "status"),
        ({"rag": "purple"}, "rag"),
        ({"rag": ""}, "rag"),
        ({"status": "done", "rag": ""}, "rag"),
        ({"words": "  "}, "words"),
        ({"rag": "at_risk"}, "reason"),
        ({"rag": "off_track", "reason": " "}, "reason"),
    ],
)
def test_what_does_not_fit_together_is_refused(world, changed, field):
    with pytest.raises(ValidationError) as refused:
        said(world, **changed)
    assert set(refused.value.message_dict) == {field}
    assert not ActivityUpdate.objects.exists()


def test_what_has_not_started_needs_no_judgement_and_no_words(world):
    said(world, status="not_started", rag="", words="")
    assert copies(world) == ("2024-25-autumn", "not_started", "")


# --- The page


def url(world: World, code: str = "2024-25-autumn") -> str:
    return f"/activities/{world.activity.pk}/update/?term={code}"


GOOD = {"status": "under_way", "rag": "on_track", "words": "Done this term", "reason": ""}


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("lead", 200), ("administrator", 200), ("board_member", 404), ("stranger", 404)],
)
def test_who_may_update(client, world, person, status):
    client.force_login(getattr(world, person))
    assert client.get(url(world)).status_code == status
    assert client.post(url(world), GOOD).status_code == (302 if status == 200 else 404)
    assert ActivityUpdate.objects.count() == (1 if status == 200 else 0)


def test_someone_not_signed_in_is_asked_to(client, world):
    assert client.get(url(world)).url.startswith("/sign-in/")


def test_an_officer_updates_their_own_organisations_activities(client, world):
    world.activity.lead = world.partner
    world.activity.save()
    client.force_login(world.officer)
    assert client.get(url(world)).status_code == 404


def test_last_terms_words_stand_beside(client, world):
    said(world, term=world.previous_term, rag="off_track", words="Words of before", reason="Reason of before")
    client.force_login(world.officer)
    page = client.get(url(world)).content.decode()
    for words in ("What Summer 2023/24 said", "Words of before", "Reason of before", "Off track"):
        assert words in page
    assert client.get(url(world)).context["form"].initial == {"seen": "nothing"}


def test_the_first_term_says_that_nothing_stands_before_it(client, world):
    client.force_login(world.officer)
    assert "Nothing was written about this activity then." in client.get(url(world)).content.decode()


def test_an_update_written_earlier_is_shown_to_be_changed(client, world):
    said(world, words="Written earlier")
    client.force_login(world.officer)
    assert "Written earlier" in client.get(url(world)).content.decode()


def test_a_refused_update_says_why_at_the_field_and_keeps_the_words(client, world):
    client.force_login(world.officer)
    response = client.post(url(world), GOOD | {"rag": "at_risk", "words": "Kept words"})
    assert response.context["form"].errors == {
        "reason": ["Say why it is at risk or off track, and what is being done."]
    }
    assert "Kept words" in response.content.decode()
    assert not ActivityUpdate.objects.exists()


def test_an_empty_form_asks_for_each_answer(client, world):
    client.force_login(world.officer)
    assert set(client.post(url(world), {"status": ""}).context["form"].errors) == {"status", "words"}


def test_evidence_may_stand_behind_an_update(client, world):
    client.force_login(world.officer)
    client.post(url(world), GOOD | {"evidence_file": upload(PDF, "plan.pdf")})
    assert ActivityUpdate.objects.get().evidence.get().file_name == "plan.pdf"


def test_a_saved_update_leads_back_to_the_activity(client, world):
    client.force_login(world.officer)
    response = client.post(url(world), GOOD, follow=True)
    page = response.content.decode()
    assert response.redirect_chain[-1][0] == f"/activities/{world.activity.pk}/"
    assert "The update for Autumn 2024/25 is saved." in page
    assert "Done this term" in page


@pytest.mark.parametrize("code", ["2031-32-autumn", "nonsense"])
def test_a_term_that_has_not_begun_or_does_not_exist_is_not_found(client, world, code):
    client.force_login(world.officer)
    assert client.get(url(world, code)).status_code == 404


def test_a_page_of_another_partnership_is_not_found(client, world):
    elsewhere = ActivityFactory()
    client.force_login(world.officer)
    assert client.get(f"/activities/{elsewhere.pk}/update/").status_code == 404


# --- Words that stand as they were


def test_last_terms_words_are_pointed_out_once_and_nothing_is_saved_meanwhile(client, world):
    said(world, term=world.previous_term, words="Done this  term")
    client.force_login(world.officer)
    page = client.post(url(world), GOOD | {"evidence_link": "https://www.example.org/kept"}).content.decode()
    assert "These are last term’s words" in page
    assert "https://www.example.org/kept" in page
    assert ActivityUpdate.objects.count() == 1
    assert client.post(url(world), GOOD | {"unchanged_seen": "on"}).status_code == 302
    assert ActivityUpdate.objects.get(term=world.term).words == "Done this term"


@pytest.mark.parametrize(
    "changed", [{"words": "Done this term, and more"}, {"status": "not_started", "rag": "", "words": ""}]
)
def test_other_words_or_none_are_not_pointed_out(client, world, changed):
    said(world, term=world.previous_term, words="Done this term")
    client.force_login(world.officer)
    assert client.post(url(world), GOOD | changed).status_code == 302


def test_that_it_was_pointed_out_is_kept_while_something_else_is_put_right(client, world):
    client.force_login(world.officer)
    page = client.post(url(world), GOOD | {"rag": "at_risk", "unchanged_seen": "on"}).content.decode()
    assert 'name="unchanged_seen" value="on"' in page


# --- A term whose return was sent


@pytest.fixture
def sent(world):
    return ReturnFactory(round=world.round, organisation=world.organisation, status="submitted")


def test_what_the_lead_reads_is_not_rewritten(world, sent):
    with pytest.raises(ValidationError, match="has sent its return for Autumn 2024/25") as refused:
        said(world)
    assert refused.value.code == "settled"
    sent.status = "sent_back"
    sent.save()
    said(world)
    sent.status = "approved"
    sent.save()
    with pytest.raises(ValidationError):
        said(world)


def test_what_nobody_leads_is_settled_once_every_return_is_approved(client, world, sent):
    Activity.objects.filter(pk=world.activity.pk).update(lead=None)
    world.activity.refresh_from_db()
    ReturnFactory(round=world.round, organisation=world.partner, status="approved")
    said(world)
    sent.status = "approved"
    sent.save()
    with pytest.raises(ValidationError, match="Every return for Autumn 2024/25 is approved"):
        said(world, words="Rewritten while the lead reads it")


@pytest.mark.parametrize("which", ["another term", "another organisation"])
def test_other_updates_stay_open(world, sent, which):
    if which == "another organisation":
        world.activity.lead = world.partner
    world.activity.save()
    said(world, term=world.previous_term if which == "another term" else world.term)


def test_the_page_of_a_settled_term_says_so_and_what_to_do(client, world, sent):
    client.force_login(world.officer)
    page = client.get(url(world)).content.decode()
    assert "This term is settled" in page
    assert "ask the partnership’s lead to send the return back" in page
    assert "Save the update" not in page


def test_words_that_arrive_too_late_are_shown_to_whoever_wrote_them(client, world, sent):
    client.force_login(world.officer)
    page = client.post(url(world), GOOD | {"words": "Words that came too late"}).content.decode()
    assert "Words that came too late" in page
    assert not ActivityUpdate.objects.exists()


def test_an_administrator_is_told_at_the_form(client, world, sent):
    client.force_login(world.administrator)
    given = GOOD | {"activity": world.activity.pk, "term": world.term.pk}
    inlines = {f"evidence-{name}": 0 for name in ("TOTAL_FORMS", "INITIAL_FORMS")}
    response = client.post("/admin/priorities/activityupdate/add/", given | inlines)
    assert response.status_code == 200
    assert "has sent its return" in response.content.decode()

"""Two people, one thing: whoever saves second is shown both texts, and neither is lost."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from priorities.models import Achievement, ActivityUpdate
from priorities.services.achievements import edit_achievement
from priorities.services.updates import record_update
from tests.factories import AchievementFactory, World
from tests.priorities.samples import answers


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    client.force_login(world.officer)
    return client


@pytest.fixture
def logged(world: World) -> Achievement:
    made: Achievement = AchievementFactory(
        partnership=world.partnership,
        logged_by=world.officer,
        title="As it was",
        detail="First\nlines",
        quantity=5,
        quantity_unit="pupils",
    )
    made.organisations.add(world.organisation)
    made.priorities.add(world.priority)
    return made


@pytest.fixture
def lead(world: World) -> Client:
    client = Client()
    client.force_login(world.lead)
    return client


def edit_url(logged: Achievement) -> str:
    return f"/achievements/{logged.pk}/edit/"


def filled(client: Client, address: str) -> dict[str, Any]:
    """What a browser would send of a form as it is opened."""
    form = client.get(address).context["form"]
    found: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if bound.name == "happened_on":
            parts = [value.day, value.month, value.year] if value else ["", "", ""]
            found |= {f"happened_on_{number}": part for number, part in enumerate(parts)}
        elif value is True:
            found[bound.name] = "on"
        elif value not in (None, False) and bound.name != "evidence_file":
            found[bound.name] = value
    return found


def differing(answer: Any) -> dict[str, tuple[str, str]]:
    return {row.bound.name: (row.mine, row.theirs) for row in answer.context["differences"]}


def chosen(answer: Any, **choices: str) -> dict[str, Any]:
    """What the page of both texts sends, with these choices."""
    sent: dict[str, Any] = {"seen": answer.context["form"].mark}
    for name, value in answer.context["form"].rest():
        sent.setdefault(name, []).append(value)
    for row in answer.context["differences"]:
        if row.is_text:
            sent[row.bound.name] = row.bound.value() or ""
        sent[row.name] = "theirs" if row.is_theirs_chosen else "mine"
    return sent | {f"keep-{name}": choice for name, choice in choices.items()}


# --- An achievement


def test_an_edit_over_another_shows_both_texts_and_changes_nothing(
    officer: Client, lead: Client, world: World, logged: Achievement
) -> None:
    mine, theirs = filled(officer, edit_url(logged)), filled(lead, edit_url(logged))
    lead.post(edit_url(logged), theirs | {"title": "The lead’s words", "quantity": "7"})
    answer = officer.post(edit_url(logged), mine | {"title": "The officer’s words"})
    page = answer.content.decode()
    assert "Lee Lead saved this while you were writing" in page
    assert differing(answer) == {"title": ("The officer’s words", "The lead’s words"), "quantity": ("5", "7")}
    logged.refresh_from_db()
    assert (logged.title, logged.quantity) == ("The lead’s words", 7)


def test_what_only_they_changed_is_theirs_unless_i_choose_otherwise(
    officer: Client, lead: Client, logged: Achievement
) -> None:
    mine, theirs = filled(officer, edit_url(logged)), filled(lead, edit_url(logged))
    lead.post(edit_url(logged), theirs | {"title": "The lead’s words", "quantity": "7", "happened_on_0": "11"})
    answer = officer.post(edit_url(logged), mine | {"title": "The officer’s words"})
    assert officer.post(edit_url(logged), chosen(answer)).status_code == 302
    logged.refresh_from_db()
    assert (logged.title, logged.quantity) == ("The officer’s words", 7)
    assert logged.happened_on == date(2024, 10, 11)


@pytest.mark.parametrize(("choice", "title"), [("mine", "The two together"), ("theirs", "The lead’s words")])
def test_each_text_may_be_chosen_and_mine_written_further(
    officer: Client, lead: Client, logged: Achievement, choice: str, title: str
) -> None:
    mine, theirs = filled(officer, edit_url(logged)), filled(lead, edit_url(logged))
    lead.post(edit_url(logged), theirs | {"title": "The lead’s words"})
    answer = officer.post(edit_url(logged), mine | {"title": "The officer’s words"})
    officer.post(edit_url(logged), chosen(answer, title=choice) | {"title": "The two together"})
    logged.refresh_from_db()
    assert logged.title == title


def test_a_third_change_while_choosing_is_noticed_too(officer: Client, lead: Client, logged: Achievement) -> None:
    mine, theirs = filled(officer, edit_url(logged)), filled(lead, edit_url(logged))
    lead.post(edit_url(logged), theirs | {"title": "The lead’s words"})
    answer = officer.post(edit_url(logged), mine | {"title": "The officer’s words"})
    lead.post(edit_url(logged), filled(lead, edit_url(logged)) | {"title": "The lead’s later words"})
    again = officer.post(edit_url(logged), chosen(answer, title="mine"))
    assert differing(again) == {"title": ("The officer’s words", "The lead’s later words")}


def test_lists_are_compared_by_what_is_chosen_in_them(
    officer: Client, lead: Client, world: World, logged: Achievement
) -> None:
    mine, theirs = filled(officer, edit_url(logged)), filled(lead, edit_url(logged))
    lead.post(edit_url(logged), theirs | {"organisations": [world.organisation.pk, world.partner.pk]})
    answer = officer.post(edit_url(logged), mine | {"title": "The officer’s words"})
    assert differing(answer)["organisations"] == ("Harbour Council", "Harbour College and Harbour Council")
    officer.post(edit_url(logged), chosen(answer, title="mine"))
    assert set(logged.organisations.all()) == {world.organisation, world.partner}
    logged.refresh_from_db()
    assert logged.title == "The officer’s words"


def test_an_edit_sent_twice_is_saved_once_and_asks_nothing(officer: Client, logged: Achievement) -> None:
    posted = filled(officer, edit_url(logged)) | {"title": "Sent twice", "detail": "Two\r\nlines"}
    assert [officer.post(edit_url(logged), posted).status_code for _ in range(2)] == [302, 302]
    logged.refresh_from_db()
    assert logged.title == "Sent twice"


def test_an_unchanged_form_is_never_stale(officer: Client, logged: Achievement) -> None:
    assert officer.post(edit_url(logged), filled(officer, edit_url(logged))).status_code == 302


def test_the_service_notices_what_was_saved_after_the_page_looked(world: World, logged: Achievement) -> None:
    """The check is in the transaction that saves, not before it."""
    from priorities.services.achievements import AchievementWords, said_of
    from wesp_portal.common.conflicts import StaleError, fingerprint

    seen = fingerprint(said_of(logged))
    Achievement.objects.filter(pk=logged.pk).update(title="Saved in between")
    words = AchievementWords(
        title="Mine",
        happened_on=logged.happened_on,
        organisation_ids=frozenset([world.organisation.pk]),
        priority_ids=frozenset([world.priority.pk]),
    )
    with pytest.raises(StaleError):
        edit_achievement(achievement=logged, by=world.officer, words=words, seen=seen, at=timezone.now())


def test_a_form_changed_after_back_and_sent_again_goes_beside_what_was_logged(officer: Client, world: World) -> None:
    page = officer.get("/achievements/new/", follow=True)
    posted = answers(world, seen=page.context["form"]["seen"].value())
    officer.post("/achievements/new/", posted)
    answer = officer.post("/achievements/new/", posted | {"title": "Sixty pupils met an employer"})
    saved = Achievement.objects.get()
    shown = answer.content.decode()
    assert differing(answer) == {"title": ("Sixty pupils met an employer", "Fifty pupils met an employer")}
    assert "You saved this somewhere else" in shown
    assert "The achievement is logged." not in shown
    officer.post(edit_url(saved), chosen(answer, title="mine"))
    saved.refresh_from_db()
    assert saved.title == "Sixty pupils met an employer"
    assert Achievement.objects.count() == 1


# --- An activity's update


def update_url(world: World) -> str:
    return f"/activities/{world.activity.pk}/update/?term={world.term.code}"


def say(world: World, words: str, **more: Any) -> ActivityUpdate:
    said: dict[str, Any] = {"status": "under_way", "rag": "on_track", "reason": "", "by": world.lead} | more
    return record_update(activity=world.activity, term=world.term, words=words, at=timezone.now(), **said)


def test_an_update_over_a_first_one_saved_meanwhile_shows_both(officer: Client, world: World) -> None:
    mine = filled(officer, update_url(world)) | {"status": "under_way", "rag": "on_track", "words": "Mine"}
    say(world, "Theirs", rag="at_risk", reason="Two left.")
    answer = officer.post(update_url(world), mine)
    assert "Lee Lead saved this while you were writing" in answer.content.decode()
    assert set(differing(answer)) == {"rag", "words", "reason"}
    assert ActivityUpdate.objects.get().words == "Theirs"
    officer.post(update_url(world), chosen(answer, words="mine", rag="theirs", reason="theirs"))
    saved = ActivityUpdate.objects.get()
    assert (saved.words, saved.rag, saved.reason) == ("Mine", "at_risk", "Two left.")


def test_an_update_sent_twice_is_saved_once_and_asks_nothing(officer: Client, world: World) -> None:
    posted = filled(officer, update_url(world)) | {"status": "under_way", "rag": "on_track", "words": "Twelve\r\nmore"}
    assert [officer.post(update_url(world), posted).status_code for _ in range(2)] == [302, 302]
    assert ActivityUpdate.objects.get().words.split() == ["Twelve", "more"]


def test_a_draft_that_others_overtook_is_put_back_and_its_conflict_shown_when_it_is_sent(
    officer: Client, world: World
) -> None:
    opened = officer.get(update_url(world)).context
    typed = {"draft": opened["draft"].marker, "seen": opened["form"]["seen"].value()}
    typed |= {"status": "under_way", "rag": "on_track", "words": "Mine"}
    officer.post("/drafts/", typed)
    say(world, "Theirs")
    again = officer.get(update_url(world)).context["form"]
    assert again["words"].value() == "Mine"
    answer = officer.post(update_url(world), typed | {"seen": again["seen"].value()})
    assert differing(answer) == {"words": ("Mine", "Theirs")}

"""One page for many updates: saved row by row or all at once, and nothing written over words nobody has seen."""

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from partnerships.models import Draft
from priorities.models import Activity, ActivityUpdate
from priorities.queries.bulk_updates import Said, plain_text
from priorities.services.bulk_updates import LONGEST, Verdict, judge, record_over
from priorities.services.updates import record_update
from tests.factories import ActivityFactory, PriorityFactory, World
from tests.sessions import back_after_signing_in, marker_on

ADDRESS = "/activities/updates/"
GOOD = Said("under_way", "on_track", "Done this term", "")


def said(world: World, activity=None, **changed) -> ActivityUpdate:
    given = {
        "activity": activity or world.activity,
        "term": world.term,
        "status": "under_way",
        "rag": "on_track",
        "words": "Twelve employers signed up.",
        "reason": "",
        "by": world.lead,
        "at": timezone.now(),
    }
    return record_update(**(given | changed))


def row(activity, words: Said = GOOD, over: Said | None = None) -> dict[str, str]:
    """What the page sends of a row."""
    pk = activity.pk
    values = {"status": words.status, "rag": words.rag, "words": words.words, "reason": words.reason}
    return {f"{name}-{pk}": value for name, value in values.items()} | {f"seen-{pk}": (over or Said()).mark}


def states(response) -> dict[int, str]:
    return {each.id: each.state for each in response.context["rows"]}


@pytest.fixture
def others(world: World) -> list[Activity]:
    """Two more activities of the officer's organisation."""
    return [
        ActivityFactory(objective=world.objective, ref=f"1.1({letter})", lead=world.organisation) for letter in "bc"
    ]


@pytest.fixture
def officer(client, world: World):
    client.force_login(world.officer)
    return client


# --- What becomes of words

texts = st.sampled_from(["", "One", "Two", "One\r\nTwo", "One\nTwo", " One ", "=1+1", "\x00"])
anything = st.builds(
    lambda *values: Said(*map(plain_text, values)),
    st.sampled_from(["", "not_started", "under_way", "done", "nearly"]),
    st.sampled_from(["", "on_track", "at_risk", "off_track", "purple"]),
    texts,
    texts,
)


@given(said=anything, seen=anything, now=anything)
def test_words_are_saved_only_over_those_that_their_author_saw(said, seen, now):
    verdict = judge(said=said, seen=seen.mark, now=now).verdict
    if verdict in (Verdict.CHANGED, Verdict.REFUSED):
        assert now == seen
        assert said not in (seen, now)
    if verdict == Verdict.STALE:
        assert now not in (seen, said)


@given(text=st.text())
def test_a_text_made_plain_is_plain(text):
    assert plain_text(plain_text(text)) == plain_text(text)


def test_a_text_that_is_too_long_is_refused():
    judged = judge(said=Said("under_way", "on_track", "a" * (LONGEST + 1)), seen=Said().mark, now=Said())
    assert judged.problems == {"words": "Use 20,000 characters or fewer; there are 20,001."}


def test_words_that_are_saved_already_are_not_written_again(world):
    given = {"activity": world.activity, "term": world.term, "said": GOOD, "seen": Said().mark, "by": world.officer}
    first = record_over(**given, at=timezone.now())
    again = record_over(**given, at=timezone.now())
    assert [first.judged.verdict, again.judged.verdict] == [Verdict.CHANGED, Verdict.UNCHANGED]
    assert ActivityUpdate.history.count() == 1


# --- The page


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("lead", 200), ("administrator", 200), ("board_member", 404), ("stranger", 200)],
)
def test_whoever_updates_anything_has_the_page_with_their_own_activities(client, world, person, status):
    client.force_login(getattr(world, person))
    response = client.get(ADDRESS, {"partnership": "elsewhere"} if person == "stranger" else {"partnership": "harbour"})
    assert response.status_code == status
    if status == 200:
        assert (world.activity.title in response.content.decode()) == (person != "stranger")


def test_another_partnerships_page_is_not_found(client, world):
    client.force_login(world.stranger)
    assert client.get(ADDRESS, {"partnership": "harbour"}).status_code == 404


def test_someone_not_signed_in_is_asked_to(client, world):
    assert client.get(ADDRESS).url.startswith("/sign-in/")


def test_the_page_shows_what_may_be_updated_with_last_terms_words_beside(officer, world, others):
    others[0].lead = world.partner
    others[0].save()
    closed = PriorityFactory(strategy=world.strategy, status="closed")
    ActivityFactory(objective=None, priority=closed, lead=world.organisation)
    said(world, term=world.previous_term, rag="off_track", words="Words of before", reason="Reason of before")
    response = officer.get(ADDRESS)
    assert list(states(response)) == [world.activity.pk, others[1].pk]
    page = response.content.decode()
    for words in ("Summer 2023/24 said", "Words of before", "Reason of before", "Off track", "No update yet"):
        assert words in page


def test_the_page_can_be_narrowed_to_a_priority_and_to_what_waits(officer, world, others):
    elsewhere = ActivityFactory(objective=None, priority=PriorityFactory(strategy=world.strategy, position=2))
    said(world)
    said(world, activity=others[0], term=world.previous_term, status="done", rag="on_track")
    every = [world.activity.pk, others[0].pk, others[1].pk, elsewhere.pk]
    assert list(states(officer.get(ADDRESS))) == every
    assert list(states(officer.get(ADDRESS, {"show": "waiting"}))) == [others[1].pk, elsewhere.pk]
    assert list(states(officer.get(ADDRESS, {"priority": elsewhere.priority_id}))) == [elsewhere.pk]
    assert list(states(officer.get(ADDRESS, {"priority": "nonsense"}))) == []


def test_an_empty_page_says_what_will_be_here(officer, world):
    world.activity.delete()
    assert "You have no activities to update." in officer.get(ADDRESS).content.decode()


def test_a_calendar_without_terms_says_so(officer, world):
    world.round.delete()
    world.previous_round.delete()
    world.partnership.calendar.terms.all().delete()
    assert "No term has begun." in officer.get(ADDRESS).content.decode()


def test_a_row_is_saved_by_itself_and_leads_back_to_itself(officer, world, others):
    response = officer.post(ADDRESS, row(world.activity) | row(others[0], Said()) | {"save": world.activity.pk})
    assert response.url == f"/activities/updates/?partnership=harbour&saved={world.activity.pk}#row-{world.activity.pk}"
    update = ActivityUpdate.objects.get()
    assert (update.activity, update.author, update.words) == (world.activity, world.officer, "Done this term")
    world.activity.refresh_from_db()
    assert world.activity.latest_rag == "on_track"
    assert update.history.count() == 1
    now = timezone.localtime()
    assert f"Saved {now:%H:%M}" in officer.get(response.url).content.decode()


def test_a_row_just_saved_stays_in_sight_of_those_that_wait(officer, world, others):
    asked = f"{ADDRESS}?partnership=harbour&show=waiting"
    response = officer.post(asked, row(world.activity) | {"save": world.activity.pk})
    assert list(states(officer.get(response.url))) == [world.activity.pk, *(each.pk for each in others)]


def test_what_was_typed_in_other_rows_stays_when_one_is_saved(officer, world, others):
    typed = row(world.activity) | row(others[0], Said("done", "", "Typed and not saved", ""))
    response = officer.post(ADDRESS, typed | {"save": world.activity.pk})
    assert states(response) == {world.activity.pk: "saved", others[0].pk: "unsaved"}
    assert "Typed and not saved" in response.content.decode()
    assert ActivityUpdate.objects.get().activity == world.activity


@pytest.mark.usefixtures("rows_saved_one_by_one")
def test_all_that_changed_is_saved_in_one_go(officer, world, others):
    response = officer.post(ADDRESS, row(world.activity) | row(others[0]) | row(others[1], Said()) | {"save": "all"})
    assert response.url == "/activities/updates/?partnership=harbour"
    assert "2 updates saved." in officer.get(response.url).content.decode()
    assert ActivityUpdate.objects.count() == 2


@pytest.mark.usefixtures("rows_saved_one_by_one")
def test_rows_in_order_are_saved_while_refused_ones_stay_as_typed_with_their_errors(officer, world, others):
    bad = Said("under_way", "at_risk", "Kept words", "")
    response = officer.post(ADDRESS, row(world.activity) | row(others[0], bad) | {"save": "all"})
    page = response.content.decode()
    assert states(response) == {world.activity.pk: "saved", others[0].pk: "refused"}
    assert "<title>Error: " in page
    assert "Kept words" in page
    assert f'href="#reason-{others[0].pk}">1.1(b): Say why it is at risk or off track' in page
    assert ActivityUpdate.objects.get().activity == world.activity


@pytest.mark.parametrize(
    ("bad", "fields"),
    [
        (Said("", "", "Words", ""), {"status"}),
        (Said("nearly", "on_track", "Words", ""), {"status"}),
        (Said("under_way", "", "Words", ""), {"rag"}),
        (Said("under_way", "purple", "Words", ""), {"rag"}),
        (Said("under_way", "on_track", "", ""), {"words"}),
        (Said("under_way", "off_track", "Words", " "), {"reason"}),
        (Said("under_way", "off_track", "", ""), {"words", "reason"}),
    ],
)
def test_each_rule_is_said_at_its_field(officer, world, bad, fields):
    response = officer.post(ADDRESS, row(world.activity, bad) | {"save": world.activity.pk})
    assert set(response.context["rows"][0].errors) == fields
    assert not ActivityUpdate.objects.exists()


def test_an_update_that_somebody_changed_meanwhile_is_not_overwritten(officer, world):
    said(world, words="Their words", rag="at_risk", reason="Their reason")
    response = officer.post(ADDRESS, row(world.activity) | {"save": "all"})
    page = response.content.decode()
    assert states(response) == {world.activity.pk: "stale"}
    for words in ("Done this term", "Their words", "Their reason", "Lee Lead"):
        assert words in page
    assert ActivityUpdate.objects.get().words == "Their words"


def test_a_stale_row_may_take_the_place_of_theirs_knowingly(officer, world):
    theirs = Said.of(said(world, words="Their words"))
    typed = row(world.activity)
    officer.post(ADDRESS, typed | {"replace": f"{world.activity.pk}:{theirs.mark}"})
    update = ActivityUpdate.objects.get()
    assert (update.words, update.author) == ("Done this term", world.officer)
    assert [each.words for each in update.history.order_by("history_id")] == ["Their words", "Done this term"]


def test_but_not_of_words_that_came_later_still(officer, world):
    theirs = Said.of(said(world, words="Their words"))
    said(world, words="Later words")
    response = officer.post(ADDRESS, row(world.activity) | {"replace": f"{world.activity.pk}:{theirs.mark}"})
    assert states(response) == {world.activity.pk: "stale"}
    assert ActivityUpdate.objects.get().words == "Later words"


def test_theirs_may_be_kept_while_other_rows_stay_as_typed(officer, world, others):
    said(world, words="Their words")
    response = officer.post(ADDRESS, row(world.activity) | row(others[0]) | {"take": world.activity.pk})
    assert states(response) == {world.activity.pk: "saved", others[0].pk: "unsaved"}
    assert response.context["rows"][0].said.words == "Their words"


def test_rows_that_nobody_touched_are_left_alone_whoever_changed_them(officer, world):
    said(world, words="Their words")
    response = officer.post(ADDRESS, row(world.activity, Said()) | {"save": "all"}, follow=True)
    assert "Nothing was changed, so nothing is saved." in response.content.decode()
    assert ActivityUpdate.objects.get().words == "Their words"


def test_sending_the_same_twice_writes_it_once(officer, world):
    for _ in range(2):
        officer.post(ADDRESS, row(world.activity) | {"save": "all"})
    assert ActivityUpdate.objects.get().history.count() == 1


def test_line_ends_of_the_browser_are_no_change(officer, world):
    saved = Said.of(said(world, words="One\r\n\r\nTwo"))
    response = officer.post(
        ADDRESS, row(world.activity, Said("under_way", "on_track", "One\r\n\r\nTwo"), saved) | {"save": "all"}
    )
    assert response.status_code == 302
    assert ActivityUpdate.objects.get().author == world.lead


def test_a_row_of_another_organisation_is_not_found(officer, world):
    foreign = ActivityFactory(objective=world.objective, ref="1.1(x)", lead=world.partner)
    assert officer.post(ADDRESS, row(foreign) | {"save": foreign.pk}).status_code == 404
    assert officer.post(ADDRESS, row(foreign) | {"replace": f"{foreign.pk}:x"}).status_code == 404
    assert officer.post(ADDRESS, row(world.activity) | {"save": "nonsense"}).status_code == 404
    assert not ActivityUpdate.objects.exists()


def test_words_of_a_row_that_was_given_to_somebody_else_meanwhile_are_given_back(officer, world):
    foreign = ActivityFactory(objective=world.objective, ref="1.1(x)", lead=world.partner)
    response = officer.post(ADDRESS, row(foreign) | row(world.activity) | {"save": "all"})
    page = response.content.decode()
    assert "these rows are no longer yours to update" in page
    assert page.count("Done this term") == 2
    assert ActivityUpdate.objects.get().activity == world.activity


def test_htmx_is_answered_with_the_row_alone(officer, world, others):
    response = officer.post(ADDRESS, row(world.activity) | {"save": world.activity.pk}, headers={"HX-Request": "true"})
    part = response.content.decode()
    assert f'id="row-{world.activity.pk}"' in part
    assert "<html" not in part
    assert f"row-{others[0].pk}" not in part
    assert 'id="updates-said"' in part


def test_what_a_person_wrote_is_shown_as_text(officer, world):
    said(world, words="<script>alert(1)</script>")
    page = officer.get(ADDRESS).content.decode()
    assert "<script>alert" not in page


def test_the_page_reads_as_little_for_many_as_for_one(officer, world, django_assert_num_queries):
    officer.get(ADDRESS)
    # One of them reads what was typed before and not saved.
    with django_assert_num_queries(9):
        officer.get(ADDRESS)
    ActivityFactory.create_batch(149, objective=world.objective, lead=world.organisation)
    for activity in world.objective.activities.all()[:20]:
        said(world, activity=activity, term=world.previous_term)
    with django_assert_num_queries(9):
        assert len(states(officer.get(ADDRESS))) == 150


def test_more_than_fit_on_a_page_have_another(officer, world):
    ActivityFactory.create_batch(150, objective=world.objective, lead=world.organisation)
    first, second = officer.get(ADDRESS), officer.get(ADDRESS, {"page": 2})
    assert (len(states(first)), len(states(second))) == (150, 1)
    typed = {name: value for pk in states(first) for name, value in row_of(pk).items()}
    # Five boxes a row stay within what a form may hold.
    assert officer.post(ADDRESS, typed | {"save": "all"}).status_code == 302


def row_of(pk: int) -> dict[str, str]:
    return {f"{name}-{pk}": "" for name in ("status", "rag", "words", "reason")} | {f"seen-{pk}": Said().mark}


# --- Nothing typed is lost


def typed_rows(response) -> dict[int, str]:
    """The words in the boxes of the rows that are not saved."""
    return {each.id: each.said.words for each in response.context["rows"] if each.is_waiting}


def keep(client, *rows: dict[str, str], address: str = ADDRESS) -> None:
    """Have words kept as the page does while they are typed."""
    marker = marker_on(client, address)
    fields = {name: value for row in rows for name, value in row.items()}
    assert client.post("/drafts/", fields | {"draft": marker}).status_code == 200


# Refused, because it does not say why it is at risk.
UNREASONED = Said("under_way", "at_risk", "Typed “words”\nand more", "")


@pytest.mark.usefixtures("rows_saved_one_by_one")
@pytest.mark.parametrize("button", ["all", "one"])
def test_rows_sent_without_a_session_are_there_again_after_signing_in(officer, world, others, button):
    posted = row(world.activity) | row(others[0], UNREASONED) | row(others[1], Said())
    posted |= {"save": "all" if button == "all" else str(world.activity.pk), "draft": marker_on(officer, ADDRESS)}
    response = back_after_signing_in(officer, world.officer, ADDRESS, posted)
    assert typed_rows(response) == {world.activity.pk: "Done this term", others[0].pk: UNREASONED.words}
    assert "We kept what you typed" in response.content.decode()
    assert not ActivityUpdate.objects.exists()
    # One of them is saved and goes from the draft, one is refused and stays in it.
    officer.post(ADDRESS, posted | {"save": "all"})
    assert ActivityUpdate.objects.get().activity == world.activity
    assert typed_rows(officer.get(ADDRESS)) == {others[0].pk: UNREASONED.words}
    officer.post(ADDRESS, row(others[0]) | {"save": "all"})
    assert "We kept what you typed" not in officer.get(ADDRESS).content.decode()
    assert not Draft.objects.exists()


def test_a_row_that_is_saved_by_itself_goes_from_the_draft(officer, world, others):
    keep(officer, row(world.activity), row(others[0], UNREASONED))
    sent = row(world.activity) | {"save": world.activity.pk}
    officer.post(ADDRESS, sent, headers={"HX-Request": "true"})
    said(world, words="Words that came later")
    assert typed_rows(officer.get(ADDRESS)) == {others[0].pk: UNREASONED.words}


def test_kept_rows_are_in_sight_whatever_is_asked_for(officer, world, others):
    keep(officer, row(others[0], UNREASONED))
    response = officer.get(ADDRESS, {"priority": PriorityFactory(strategy=world.strategy, position=2).pk})
    assert states(response) == {others[0].pk: "unsaved"}


def test_where_more_are_kept_than_a_form_may_hold_they_come_first(officer, world, others, monkeypatch):
    monkeypatch.setattr("priorities.views.bulk_updates.MOST_ROWS", 2)
    keep(officer, row(others[0], UNREASONED))
    assert states(officer.get(ADDRESS)) == {others[0].pk: "unsaved"}


def test_what_was_kept_is_not_written_over_words_that_came_meanwhile(officer, world):
    keep(officer, row(world.activity))
    said(world, words="Their words")
    assert typed_rows(officer.get(ADDRESS)) == {world.activity.pk: "Done this term"}
    response = officer.post(ADDRESS, row(world.activity) | {"save": "all"})
    assert states(response) == {world.activity.pk: "stale"}
    assert ActivityUpdate.objects.get().words == "Their words"


def test_what_was_kept_and_is_saved_already_is_no_draft(officer, world):
    keep(officer, row(world.activity))
    said(world, words="Done this term")
    response = officer.get(ADDRESS)
    assert states(response) == {world.activity.pk: "saved"}
    assert "We kept what you typed" not in response.content.decode()


def test_kept_words_of_a_row_that_is_somebody_elses_now_are_given_back(officer, world, others):
    keep(officer, row(others[0], UNREASONED))
    others[0].lead = world.partner
    others[0].save()
    response = officer.get(ADDRESS)
    assert response.context["lost"] == [UNREASONED.words]
    assert "We kept what you typed" in response.content.decode()


def test_a_page_with_nothing_unsaved_has_no_draft(officer, world):
    keep(officer, row(world.activity))
    keep(officer)
    assert not Draft.objects.exists()


def test_another_persons_page_shows_none_of_it(officer, world):
    keep(officer, row(world.activity, UNREASONED))
    officer.force_login(world.lead)
    assert typed_rows(officer.get(ADDRESS)) == {}

"""The dashboard: who reads it, what it says, what it costs, and that what is kept is never stale or another's."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from partnerships.models import Partnership, Role, Seat
from partnerships.services import touch
from priorities.models import ActivityUpdate, Rag, Series
from reports.queries.collect import collect
from reports.queries.dashboard import AREA, PARTNERSHIP, dashboard_scope
from reports.renderers.dashboard import dashboard_page
from reports.snapshots.schema import Snapshot
from reports.views import dashboard as dashboard_views
from tests.factories import (
    AchievementFactory,
    ActivityFactory,
    CalendarFactory,
    MeasureUseFactory,
    MetricFactory,
    PartnershipFactory,
    PriorityFactory,
    TermFactory,
    UserFactory,
    World,
)
from tests.reports import snapshots

NOW = datetime(2024, 11, 20, 9, tzinfo=UTC)
URL = "/partnerships/harbour/dashboard/"


@pytest.fixture(autouse=True)
def in_november() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def as_person(world: World) -> Callable[[str], Client]:
    def signed_in(name: str) -> Client:
        client = Client()
        client.force_login(getattr(world, name))
        return client

    return signed_in


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> Callable[[Snapshot], None]:
    """Show a snapshot made by hand in place of what the database holds."""

    def show(snapshot: Snapshot) -> None:
        monkeypatch.setattr(dashboard_views, "collect", lambda **_: snapshot)

    return show


def words_of(response: Any) -> str:
    """What a reader reads: no markup, single spaces."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text)


def progress(world: World, *, count: int) -> None:
    """Activities with updates, a measure with its series, and achievements: `count` of each."""
    for number in range(count):
        priority = world.priority if number % 2 else PriorityFactory(strategy=world.strategy)
        activity = ActivityFactory(
            objective=None, priority=priority, due_on=date(2025, 1, 31), trail={world.term.code: "under_way:off_track"}
        )
        ActivityUpdate.objects.create(
            activity=activity,
            term=world.term,
            status="under_way",
            rag=Rag.OFF_TRACK,
            reason=f"Reason {number}",
            author=world.officer,
        )
        metric = MetricFactory()
        MeasureUseFactory(objective=world.objective, metric=metric)
        points = [point("2023", "5"), point("2024", "6")]
        Series.objects.create(metric=metric, area=world.partnership.area, points=points)
        achievement = AchievementFactory(
            partnership=world.partnership, term=world.term, quantity=3, quantity_unit="pupils"
        )
        achievement.priorities.set([world.priority, priority])
        achievement.organisations.set([world.organisation, world.partner])


def point(period: str, value: str) -> dict[str, str]:
    empty = dict.fromkeys(["symbol", "qualifier", "as_at", "source", "note"], "")
    return {"period": period, "value": value, "status": "final", **empty}


# Who reads it -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["officer", "lead", "board_member", "administrator"])
def test_a_partnerships_people_read_its_dashboard(as_person: Callable[[str], Client], person: str) -> None:
    response = as_person(person).get(URL)
    assert response.status_code == 200
    assert "Autumn 2024/25" in words_of(response)


def test_a_stranger_finds_no_dashboard(as_person: Callable[[str], Client]) -> None:
    assert as_person("stranger").get(URL).status_code == 404


def test_the_scope_of_a_dashboard_is_read_as_the_models_have_it(world: World) -> None:
    scope = dashboard_scope(world.lead.access, "harbour", NOW.date())
    assert scope is not None
    partnership = Partnership.objects.select_related("area").get(pk=world.partnership.pk)
    for name in PARTNERSHIP:
        assert getattr(scope.partnership, name) == getattr(partnership, name)
    for name in AREA:
        assert getattr(scope.partnership.area, name) == getattr(partnership.area, name)
    for choice, term in zip(scope.terms, [world.term, world.previous_term], strict=True):
        assert {name: getattr(term, name) for name in choice._fields} == choice._asdict()
        assert (choice.term, choice.label) == (term, term.label)


def test_a_partnership_that_does_not_exist_has_no_dashboard(as_person: Callable[[str], Client]) -> None:
    assert as_person("administrator").get("/partnerships/nowhere/dashboard/").status_code == 404


def test_whoever_has_not_signed_in_is_asked_to(world: World, client: Client) -> None:
    response = client.get(URL)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("sign-in"))


def test_whoever_has_one_dashboard_is_taken_to_it(as_person: Callable[[str], Client]) -> None:
    assert as_person("board_member").get(reverse("dashboard-list"))["Location"] == URL


def test_whoever_has_several_dashboards_chooses(as_person: Callable[[str], Client]) -> None:
    response = as_person("administrator").get(reverse("dashboard-list"))
    assert response.status_code == 200
    assert f'href="{URL}"' in response.content.decode()
    assert "Elsewhere Partnership" in words_of(response)


def test_whoever_has_no_dashboard_is_told_whom_to_ask(world: World, client: Client) -> None:
    client.force_login(UserFactory())
    assert "ask the partnership’s lead" in words_of(client.get(reverse("dashboard-list")))


def test_only_those_who_ask_the_board_are_offered_a_question(
    as_person: Callable[[str], Client], shown: Callable[[Snapshot], None]
) -> None:
    shown(snapshots.full())
    asking = reverse("question-new", args=["harbour"])
    assert f"{asking}?activity=1" in as_person("board_member").get(URL).content.decode()
    assert asking not in as_person("officer").get(URL).content.decode()


def test_only_those_who_log_achievements_are_offered_to(as_person: Callable[[str], Client]) -> None:
    logging = f'href="{reverse("achievement-new")}"'
    assert logging in as_person("officer").get(URL).content.decode()
    assert logging not in as_person("board_member").get(URL).content.decode()


# Terms --------------------------------------------------------------------------------------------------------------


def test_another_term_is_shown_when_asked_for(as_person: Callable[[str], Client]) -> None:
    response = as_person("lead").get(URL, {"term": "2023-24-summer"})
    assert "Summer 2023/24" in response.content.decode().split("</h1>")[0]


@pytest.mark.parametrize("asked", ["2030-31-autumn", "rubbish", "2024-25-Autumn", "' OR 1=1", "<script>"])
def test_a_term_that_is_not_there_is_answered_with_those_that_are(
    as_person: Callable[[str], Client], asked: str
) -> None:
    response = as_person("lead").get(URL, {"term": asked})
    assert response.status_code == 404
    assert f'href="{URL}?term=2024-25-autumn"' in response.content.decode()
    assert "<script>" not in response.content.decode()


def test_a_term_of_another_calendar_is_not_there(world: World, as_person: Callable[[str], Client]) -> None:
    other = CalendarFactory(slug="lancashire")
    TermFactory(calendar=other, code="2023-24-spring", starts_on=date(2024, 1, 8), ends_on=date(2024, 3, 28))
    assert as_person("lead").get(URL, {"term": "2023-24-spring"}).status_code == 404


def test_a_term_that_has_not_begun_is_not_there(world: World, as_person: Callable[[str], Client]) -> None:
    own = world.partnership.calendar
    TermFactory(calendar=own, code="2024-25-spring", starts_on=date(2025, 1, 7), ends_on=date(2025, 4, 4))
    response = as_person("lead").get(URL, {"term": "2024-25-spring"})
    assert response.status_code == 404
    assert "?term=2024-25-spring" not in response.content.decode()


def test_a_partnership_whose_calendar_has_no_terms_says_so(as_person: Callable[[str], Client]) -> None:
    PartnershipFactory(slug="new", calendar=CalendarFactory(slug="blank"))
    response = as_person("administrator").get("/partnerships/new/dashboard/")
    assert response.status_code == 200
    assert "The dashboard begins with the first term" in words_of(response)


def test_a_partnership_without_a_strategy_or_data_gets_words_for_each_part(as_person: Callable[[str], Client]) -> None:
    response = as_person("administrator").get("/partnerships/elsewhere/dashboard/")
    words = words_of(response)
    for part in ("No strategy yet", "No figures yet", "No achievements logged", "No organisation has started a return"):
        assert part in words


# What it says -------------------------------------------------------------------------------------------------------


def test_every_number_is_the_snapshots(as_person: Callable[[str], Client], shown: Callable[[Snapshot], None]) -> None:
    snapshot = snapshots.full()
    shown(snapshot)
    words = words_of(as_person("lead").get(URL))
    for sentence in snapshot.summary.sentences:
        assert sentence in words
    for said in ("5 (+1", "3 (−1", "2 (+1", "1 (−2", "1 (+1"):
        assert said in words
    assert "at least 63 student work placements from 2 achievements" in words
    assert "over 50 student work placements" in words
    for measure in snapshot.measures:
        assert measure.finding in words
        assert measure.explanation in words
        assert measure.definition in words
    assert "0.8 percentage points above England, which is worse; the gap is widening" in words


def test_a_card_says_whose_figures_it_shows_and_whether_they_are_context_or_invented(
    as_person: Callable[[str], Client], shown: Callable[[Snapshot], None]
) -> None:
    county = replace(
        snapshots.NEET,
        title="NEET (Lancashire as a whole)",
        area="Lancashire",
        area_note="Lancashire, the county that West Lancashire is part of",
        is_context=True,
    )
    invented = replace(snapshots.DROP_IN, is_demo=True)
    happened = replace(snapshots.full().achievements[0], title="A fair (demo)", is_demo=True)
    # A card each for the first, a row each for the rest.
    more = [replace(one, metric_id=one.metric_id + 10 * number) for number in range(1, 8) for one in (county, invented)]
    shown(replace(snapshots.full(), measures=(county, invented, *more), achievements=(happened,)))
    words = words_of(as_person("lead").get(URL))
    assert "Lancashire, the county that West Lancashire is part of · Context, without a target" in words
    assert "Visits to the drop-in: 47 in Autumn 2024/25, up from 39 Demo" in words
    assert "NEET (Lancashire as a whole) Lancashire, the county that West Lancashire is part of" in words
    assert "Visits to the drop-in Demo 47" in words
    assert "A fair Demo" in words
    # Each line is named where it ends, so that a figure of another area is never taken for the partnership's own.
    assert "Lancashire as a whole" in words
    page = dashboard_page(replace(snapshots.full(), measures=(county, invented)))
    assert [card.chart["series"][0].short for card in page.measures.first if card.chart] == [
        "Lancashire",
        "West Lancashire",
    ]


def test_what_is_off_track_says_since_when_why_and_whose_it_is(
    as_person: Callable[[str], Client], shown: Callable[[Snapshot], None]
) -> None:
    shown(snapshots.full())
    words = words_of(as_person("lead").get(URL))
    assert re.search(
        r"Off track since Spring 2023/24 .{0,5}worse since last term "
        r"On track at the year’s end, in Summer 2023/24 EET\(b\) Work with West Lancs",
        words,
    )
    assert "Why, and what is being done: The college&#x27;s lead left; a new one starts in January." in words
    assert "Owner: Lancashire County Council · due 31 January 2025 · moved from 31 October 2024" in words


def test_priorities_show_their_promises_and_their_life(
    as_person: Callable[[str], Client], shown: Callable[[Snapshot], None]
) -> None:
    shown(snapshots.full())
    words = words_of(as_person("lead").get(URL))
    assert "1 of 3 20 November 2024" in words
    assert "Handed over to the Family Hubs" in words


def test_questions_decisions_returns_rules_and_notes_are_there(
    as_person: Callable[[str], Client], shown: Callable[[Snapshot], None]
) -> None:
    snapshot = snapshots.full()
    shown(snapshot)
    words = words_of(as_person("lead").get(URL))
    assert "You asked: Could the network meet in Ormskirk as well? Waiting for an answer" in words
    assert "You decided: Write to schools about the network Done Every school has the letter." in words
    assert words.index("Decide who leads after handover To do") < words.index("Write to schools about the network")
    assert "I found my course through the drop-in. A Year 11 pupil · 12 November 2024" in words
    assert "Done 5 November 2024" in words
    assert "35 days late · due 1 October 2024" in words
    assert "West Lancs College Draft" in words
    for rule in snapshot.rules:
        assert rule.words in words.replace("&#x27;", "'")
    for note in snapshot.data_notes:
        assert note in words


def test_a_missing_or_withheld_figure_is_said_in_words_and_never_as_zero() -> None:
    withheld = replace(snapshots.DROP_IN, points=(replace(snapshots.DROP_IN.points[1], period="2025", label="2025"),))
    page = dashboard_page(replace(snapshots.full(), measures=(withheld, snapshots.BARE)))
    assert [card.value for card in page.measures.first] == ["withheld to protect people", "not available"]
    assert all(card.chart is None for card in page.measures.first)


def test_a_line_is_broken_where_a_figure_is_missing() -> None:
    (card,) = dashboard_page(replace(snapshots.full(), measures=(snapshots.NEET,))).measures.first
    assert card.chart is not None
    own, england, *around = card.chart["series"]
    assert [line.role for line in around] == ["region", "neighbours"]
    assert own.values == [5.1, 5.4, None, 5.9, 6.4]
    assert england.values == [5.5, 4.7, 5.2, 5.4, 5.6]
    assert own.symbols == {2: "x"}


def test_of_many_measures_the_most_telling_stand_first_and_none_is_lost() -> None:
    snapshot = snapshots.long()
    page = dashboard_page(snapshot)
    assert [card.title for card in page.measures.first] == [one.title for one in snapshot.measures[:6]]
    assert len(page.measures.first) + len(page.measures.rest) == len(snapshot.measures) == 25


@pytest.mark.parametrize(
    "snapshot", [snapshots.full(), snapshots.empty(), snapshots.long()], ids=["full", "empty", "long"]
)
def test_each_block_opens_a_list_and_nothing_is_named_twice_on_the_page(
    as_person: Callable[[str], Client], shown: Callable[[Snapshot], None], snapshot: Snapshot
) -> None:
    shown(snapshot)
    html = as_person("lead").get(URL).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert all(block.places for block in dashboard_page(snapshot).blocks if block.count)


def test_a_real_term_says_what_the_report_would(world: World, as_person: Callable[[str], Client]) -> None:
    progress(world, count=3)
    partnership = Partnership.objects.select_related("area").get(pk=world.partnership.pk)
    snapshot = collect(partnership=partnership, term=world.term, at=NOW)
    words = words_of(as_person("lead").get(URL))
    for sentence in snapshot.summary.sentences:
        assert sentence in words
    assert "9 pupils from 3 achievements" in words
    assert all(f"Reason {number}" in words for number in range(3))


# What it costs ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 12], ids=["small", "large"])
def test_it_takes_nine_queries_drawn_two_kept_and_two_unchanged(
    world: World,
    as_person: Callable[[str], Client],
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    progress(world, count=count)
    client = as_person("lead")
    with django_assert_num_queries(9):
        drawn = client.get(URL)
    with django_assert_num_queries(2):
        kept = client.get(URL)
    with django_assert_num_queries(2):
        unchanged = client.get(URL, headers={"If-None-Match": kept["ETag"]})
    assert (drawn.status_code, kept.status_code, unchanged.status_code) == (200, 200, 304)


def test_the_list_of_dashboards_does_not_grow(
    as_person: Callable[[str], Client], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    PartnershipFactory.create_batch(5)
    client = as_person("administrator")
    with django_assert_num_queries(2):
        client.get(reverse("dashboard-list"))


# What is kept -------------------------------------------------------------------------------------------------------


def read_twice(client: Client) -> Any:
    """The page as a browser has it that came with the token of the sign-in form, as every signed-in one does."""
    client.get(URL)
    return client.get(URL)


def body_of(response: Any) -> str:
    body: str = response.content.decode().split('id="main-content"')[1]
    return body


def test_a_kept_body_is_the_one_that_was_drawn(as_person: Callable[[str], Client]) -> None:
    client = as_person("lead")
    assert body_of(client.get(URL)) == body_of(client.get(URL))


def test_a_write_is_seen_at_once(world: World, as_person: Callable[[str], Client]) -> None:
    client = as_person("lead")
    before = read_twice(client)
    AchievementFactory(partnership=world.partnership, term=world.term, title="A new workshop opened")
    assert client.get(URL, headers={"If-None-Match": before["ETag"]}).status_code == 304
    touch(partnership_ids=[world.partnership.pk])
    after = client.get(URL, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "A new workshop opened" in words_of(after)


def test_a_new_day_is_drawn_anew(as_person: Callable[[str], Client]) -> None:
    with time_machine.travel(datetime(2024, 11, 20, 20, tzinfo=UTC), tick=False):
        client = as_person("lead")
        before = read_twice(client)
        assert client.get(URL, headers={"If-None-Match": before["ETag"]}).status_code == 304
    with time_machine.travel(datetime(2024, 11, 21, 0, 30, tzinfo=UTC), tick=False):
        after = client.get(URL, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "As at 21 November 2024" in words_of(after)


def test_each_term_has_a_body_of_its_own(as_person: Callable[[str], Client]) -> None:
    client = as_person("lead")
    now, before = client.get(URL), client.get(URL, {"term": "2023-24-summer"})
    assert now["ETag"] != before["ETag"]
    assert body_of(now) != body_of(before)
    assert body_of(client.get(URL)) == body_of(now)


def test_one_body_serves_people_of_the_same_clearance_and_names_none_of_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = UserFactory(name="Otto Other")
    Role.objects.create(user=other, kind=Role.Kind.OFFICER, partnership=world.partnership, organisation=world.partner)
    first, second = Client(), Client()
    first.force_login(world.officer)
    second.force_login(other)
    seen = first.get(URL)
    monkeypatch.setattr(dashboard_views, "collect", lambda **_: pytest.fail("the body was kept"))
    theirs = second.get(URL)
    assert "Otto Other" in words_of(theirs)
    assert "Olive Officer" not in theirs.content.decode()
    assert body_of(seen) == body_of(theirs)
    assert "Olive Officer" not in body_of(seen)


def test_a_page_kept_for_one_reader_is_never_called_unchanged_to_another(
    world: World, as_person: Callable[[str], Client]
) -> None:
    mine = read_twice(as_person("lead"))
    theirs = as_person("administrator").get(URL, headers={"If-None-Match": mine["ETag"]})
    assert theirs.status_code == 200
    assert "Administration" in words_of(theirs)


def test_a_reader_whose_role_or_name_changes_gets_the_page_anew(
    world: World, as_person: Callable[[str], Client]
) -> None:
    client = as_person("board_member")
    before = read_twice(client)
    world.board_member.name = "Bo Renamed"
    world.board_member.save()
    renamed = client.get(URL, headers={"If-None-Match": before["ETag"]})
    assert "Bo Renamed" in words_of(renamed)
    Role.objects.create(user=world.board_member, kind=Role.Kind.LEAD, partnership=world.partnership)
    promoted = client.get(URL, headers={"If-None-Match": renamed["ETag"]})
    assert promoted.status_code == 200
    assert "Achievements" in words_of(promoted).split("Harbour Skills Partnership")[2]


def test_whoever_loses_their_seat_is_not_told_that_nothing_changed(
    world: World, as_person: Callable[[str], Client]
) -> None:
    client = as_person("board_member")
    before = read_twice(client)
    Seat.objects.all().delete()
    assert client.get(URL, headers={"If-None-Match": before["ETag"]}).status_code == 404


def test_a_message_is_shown_once_and_the_page_with_it_is_not_kept(world: World) -> None:
    client = Client()
    client.force_login(world.board_member)
    before = read_twice(client)
    # Asking a question leaves a message, which the next page shows.
    client.post(reverse("question-new", args=["harbour"]), {"text": "How many employers have signed up?"})
    told = client.get(URL, headers={"If-None-Match": before["ETag"]})
    assert told.status_code == 200
    assert "Your question has been sent" in words_of(told)
    assert "ETag" not in told
    assert "no-store" in told["Cache-Control"]
    assert "Your question has been sent" not in words_of(client.get(URL))


def test_a_page_drawn_before_the_last_signing_in_is_drawn_anew_so_that_its_form_to_sign_out_works(world: World) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.lead)
    before = read_twice(client)
    # Signing in again changes the secret that every form's token is made from.
    client.cookies.pop("csrftoken")
    client.get(reverse("home"))
    after = client.get(URL, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    token = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', after.content.decode())[0]
    stale = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', before.content.decode())[0]
    assert client.post(reverse("sign-out"), {"csrfmiddlewaretoken": stale}).status_code == 403
    assert client.post(reverse("sign-out"), {"csrfmiddlewaretoken": token}).status_code == 302


def test_the_browser_alone_keeps_the_page_and_asks_each_time(as_person: Callable[[str], Client]) -> None:
    client = as_person("lead")
    client.get(URL)
    drawn = client.get(URL)
    unchanged = client.get(URL, headers={"If-None-Match": drawn["ETag"]})
    for response in (drawn, unchanged):
        assert {"private", "no-cache"} <= set(response["Cache-Control"].split(", "))
        assert "Cookie" in response["Vary"]
    assert unchanged["ETag"] == drawn["ETag"]
    assert unchanged.content == b""


def test_a_cache_that_was_emptied_costs_a_drawing_and_no_more(as_person: Callable[[str], Client]) -> None:
    client = as_person("lead")
    before = body_of(client.get(URL))
    cache.clear()
    assert body_of(client.get(URL)) == before

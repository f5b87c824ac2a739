"""Strategies, priorities, objectives and achievements as everyone reads them, and the golden thread."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from partnerships.models import Partnership
from priorities.models import Achievement, Alignment, Evidence
from priorities.services.evidence import NewEvidence, add_evidence
from priorities.services.pictures import PictureWords, publish_picture
from priorities.services.updates import record_update
from tests.factories import (
    AchievementFactory,
    ActivityFactory,
    MeasureUseFactory,
    MetricFactory,
    ObjectiveFactory,
    OutcomeFactory,
    PriorityFactory,
    StrategyFactory,
    ThemeFactory,
    VoiceFactory,
    World,
)
from tests.priorities.samples import picture, upload
from wesp_portal.common.files import check_file

CANARY = "canary-4711"
PUBLISHED = {"status": Achievement.Status.PUBLISHED, "is_public": True}


def as_person(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def pages_of(world: World) -> list[str]:
    """The pages of a public partnership that everyone may read."""
    return [
        "/partnerships/harbour/",
        "/partnerships/harbour/achievements/",
        "/partnerships/harbour/feed/",
        "/strategies/harbour-strategy/",
        "/strategies/harbour-strategy/thread/",
        f"/priorities/{world.priority.pk}/",
        f"/objectives/{world.objective.pk}/",
    ]


def photo(world: World, achievement: Achievement, *, is_public: bool = True) -> Evidence:
    """A picture behind an achievement, approved for the public page unless told otherwise."""
    checked = check_file(upload(picture("JPEG"), "workshop.jpg"))
    [made] = add_evidence(behind=achievement, evidence=[NewEvidence(file=checked)], by=world.officer, at=timezone.now())
    if is_public:
        words = PictureWords(
            alternative_text="Two students at a lathe",
            consent_taken_by="The head of year",
            consent_taken_on=date(2024, 10, 9),
            is_public=True,
        )
        publish_picture(picture=made, words=words, by=world.lead, at=timezone.now(), today=date(2024, 11, 1))
    return made


# Who reads what -------------------------------------------------------------------------------------------------------


def test_everyone_reads_what_a_public_partnership_aims_at(world: World, client: Client) -> None:
    OutcomeFactory(priority=world.priority, objective=world.objective, title="Confident leavers")
    MeasureUseFactory(objective=world.objective, title="More leavers in work")
    for reader in (client, as_person(world.stranger)):
        assert "Better first jobs" in reader.get("/strategies/harbour-strategy/").content.decode()
        assert "More work placements" in reader.get(f"/priorities/{world.priority.pk}/").content.decode()
        words = reader.get(f"/objectives/{world.objective.pk}/").content.decode()
        assert "Confident leavers" in words
        assert "More leavers in work" in words


def test_how_it_stands_and_whatever_is_not_public_is_told_to_nobody_else(world: World, client: Client) -> None:
    record_update(
        activity=world.activity,
        term=world.term,
        status="under_way",
        rag="off_track",
        words=f"words {CANARY}",
        reason=f"reason {CANARY}",
        by=world.officer,
        at=timezone.now(),
    )
    ActivityFactory(objective=world.objective, title=f"activity {CANARY}")
    VoiceFactory(outcome=None, objective=world.objective, words=f"voice {CANARY}", is_public=False)
    for kept in ({"is_public": False, "status": "published"}, {"is_public": True, "status": "submitted"}):
        done = AchievementFactory(partnership=world.partnership, title=f"deed {CANARY}", **kept)
        done.priorities.add(world.priority)
        photo(world, done)
    shown = AchievementFactory(partnership=world.partnership, title="A workshop opened", **PUBLISHED)
    shown.priorities.add(world.priority)
    hidden = photo(world, shown, is_public=False)
    foreign = StrategyFactory(partnership=world.elsewhere, title=f"strategy {CANARY}")
    for ends in ((world.strategy, foreign), (foreign, world.strategy)):
        Alignment.objects.create(from_strategy=ends[0], to_strategy=ends[1], note=CANARY)
    for reader in (client, as_person(world.stranger)):
        for url in [*pages_of(world), f"/achievements/{shown.pk}/"]:
            page = reader.get(url)
            assert page.status_code == 200, url
            words = page.content.decode()
            assert CANARY not in words, url
            assert "Off track" not in words, url
            assert hidden.sha256 not in words, url


def test_a_partnership_that_is_not_public_shows_nothing_of_it_and_does_not_say_that_it_is_there(
    world: World, client: Client
) -> None:
    done = AchievementFactory(partnership=world.partnership, **PUBLISHED)
    shown = photo(world, done)
    Partnership.objects.filter(pk=world.partnership.pk).update(is_public=False)
    nowhere = ["/strategies/nowhere/", "/priorities/99999/", "/objectives/99999/", "/achievements/99999/"]
    closed = [*pages_of(world)[3:], f"/achievements/{done.pk}/"]
    for url in [*closed, *nowhere, "/strategies/nowhere/thread/"]:
        assert client.get(url)["Location"].startswith("/sign-in/"), url
        assert as_person(world.stranger).get(url).status_code == 404, url
    for url in (*pages_of(world)[:3], "/partnerships/harbour/preview.png", f"/pictures/{shown.pk}/{shown.sha256}/"):
        assert client.get(url).status_code == 404, url


def test_pages_for_everyone_are_only_read_and_set_no_cookie(world: World, client: Client) -> None:
    for url in pages_of(world):
        assert not client.get(url).cookies, url
        assert client.post(url).status_code == 405, url


@pytest.mark.parametrize("count", [1, 6], ids=["small", "large"])
def test_pages_for_everyone_take_the_same_queries_however_much_there_is(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    other = StrategyFactory()
    for _ in range(count):
        theme = ThemeFactory(strategy=world.strategy)
        PriorityFactory(strategy=world.strategy, theme=theme)
        objective = ObjectiveFactory(priority=world.priority)
        Alignment.objects.create(
            from_strategy=world.strategy,
            from_objective=objective,
            to_strategy=other,
            to_priority=PriorityFactory(strategy=other),
        )
        MeasureUseFactory(objective=world.objective)
        done = AchievementFactory(partnership=world.partnership, **PUBLISHED)
        done.priorities.set([world.priority, *world.strategy.priorities.all()])
        photo(world, done)
    pins = {"strategy": 7, "thread": 5, "priority": 10, "objective": 7, "achievement": 5}
    urls = dict(zip(("strategy", "thread", "priority", "objective"), pages_of(world)[3:], strict=True))
    for name, url in {**urls, "achievement": f"/achievements/{done.pk}/"}.items():
        with django_assert_num_queries(pins[name]):
            assert client.get(url).status_code == 200


# Pictures -------------------------------------------------------------------------------------------------------------


def test_an_approved_picture_is_shown_with_its_words_and_served_as_a_picture_alone(
    world: World, client: Client
) -> None:
    done = AchievementFactory(partnership=world.partnership, title="A workshop opened", **PUBLISHED)
    shown = photo(world, done)
    url = f"/pictures/{shown.pk}/{shown.sha256}/"
    for page in ("/partnerships/harbour/", f"/achievements/{done.pk}/"):
        html = client.get(page).content.decode()
        assert f'src="{url}"' in html
        assert 'alt="Two students at a lathe"' in html
    served = client.get(url)
    assert served["Content-Type"] == "image/jpeg"
    assert served["X-Content-Type-Options"] == "nosniff"
    assert served["Cache-Control"] == "public, max-age=2592000, immutable"
    assert served.content.startswith(b"\xff\xd8\xff")
    assert client.get(f"/pictures/{shown.pk}/{'0' * 64}/").status_code == 404


@pytest.mark.parametrize("missing", ["alternative_text", "consent_taken_by", "consent_taken_on"])
def test_a_picture_is_public_only_with_words_and_consent(world: World, missing: str) -> None:
    done = AchievementFactory(partnership=world.partnership, **PUBLISHED)
    hidden = photo(world, done, is_public=False)
    given = {
        "alternative_text": "A lathe",
        "consent_taken_by": "The head of year",
        **{f"consent_taken_on_{at}": part for at, part in enumerate(("9", "10", "2024"))},
        "is_public": "on",
    }
    sent = {name: value for name, value in given.items() if not name.startswith(missing)}
    answer = as_person(world.lead).post(f"/evidence/{hidden.pk}/public/", sent)
    assert missing in answer.context["form"].errors
    assert "The head of year" in answer.content.decode() or missing == "consent_taken_by"
    hidden.refresh_from_db()
    assert not hidden.is_public
    assert as_person(world.lead).post(f"/evidence/{hidden.pk}/public/", given).status_code == 302
    hidden.refresh_from_db()
    assert (hidden.is_public, hidden.approved_by) == (True, world.lead)


@pytest.mark.parametrize("person", ["officer", "board_member", "stranger"])
def test_only_a_lead_puts_a_picture_on_the_public_page(world: World, person: str) -> None:
    done = AchievementFactory(partnership=world.partnership, **PUBLISHED)
    hidden = photo(world, done, is_public=False)
    assert as_person(getattr(world, person)).get(f"/evidence/{hidden.pk}/public/").status_code == 404


def test_a_picture_taken_off_is_gone_at_once(world: World, client: Client) -> None:
    done = AchievementFactory(partnership=world.partnership, **PUBLISHED)
    shown = photo(world, done)
    assert shown.sha256 in client.get("/partnerships/harbour/").content.decode()
    as_person(world.lead).post(f"/evidence/{shown.pk}/public/", {"alternative_text": "A lathe"})
    assert shown.sha256 not in client.get("/partnerships/harbour/").content.decode()
    assert client.get(f"/pictures/{shown.pk}/{shown.sha256}/").status_code == 404


# The golden thread ----------------------------------------------------------------------------------------------------


def test_the_thread_is_a_picture_and_lists_of_the_same(world: World, client: Client) -> None:
    other = StrategyFactory(title="The Borough's Missions")
    mission = ThemeFactory(strategy=other, title="Fair chances <for all>")
    Alignment.objects.create(
        from_strategy=world.strategy, from_objective=world.objective, to_strategy=other, to_theme=mission, note="Why"
    )
    for url in pages_of(world)[4:]:
        words = client.get(url).content.decode()
        main = words.split("<main")[1]
        picture_, lists = main.split("</svg>")
        assert "The golden thread of" in picture_
        assert "Fair chances &lt;for all&gt;" in picture_
        assert "Fair chances &lt;for all&gt;" in lists
        assert f'href="/strategies/{other.slug}/"' in lists
        assert 'stroke="#00524f"' in picture_
    assert "1.1 More work placements" in client.get(f"/strategies/{other.slug}/thread/").content.decode()


def test_only_the_chosen_path_is_dark(world: World) -> None:
    other = StrategyFactory(title="Missions")
    near, far = ThemeFactory(strategy=other), ThemeFactory(strategy=other)
    beside = PriorityFactory(strategy=world.strategy)
    for priority, theme in ((world.priority, near), (beside, far)):
        Alignment.objects.create(
            from_strategy=world.strategy, from_priority=priority, to_strategy=other, to_theme=theme
        )
    page = as_person(world.officer).get(f"/priorities/{world.priority.pk}/").context["page"]
    chosen = {box.title: box.is_chosen for column in page.thread.columns for box in column}
    for name in (near.title, str(world.priority), str(world.objective)):
        assert chosen[name]
    for name in (far.title, str(beside)):
        assert not chosen[name]


def test_a_strategy_with_nothing_in_it_says_what_will_be_there(world: World, client: Client) -> None:
    empty = StrategyFactory(partnership=world.partnership, slug="empty")
    bare = PriorityFactory(strategy=empty)
    assert "No thread yet" in client.get("/strategies/empty/thread/").content.decode()
    assert "Nothing has been published here yet" in client.get(f"/priorities/{bare.pk}/").content.decode()
    bare.delete()
    assert "No priorities yet" in client.get("/strategies/empty/").content.decode()


def test_a_measure_that_serves_many_objectives_is_shown_as_one(world: World) -> None:
    metric = MetricFactory()
    second = ObjectiveFactory(priority=world.priority, title="Better advice")
    foreign = ObjectiveFactory(priority=PriorityFactory(strategy=StrategyFactory(partnership=world.elsewhere)))
    for objective in (world.objective, second, foreign):
        MeasureUseFactory(objective=objective, metric=metric)
    words = as_person(world.officer).get(f"/objectives/{world.objective.pk}/").content.decode()
    assert "One measure, which also serves" in words
    assert "Better advice" in words
    assert foreign.title not in words


def test_the_pages_before_and_after_are_a_step_away(world: World, client: Client) -> None:
    after = PriorityFactory(strategy=world.strategy, position=2)
    last = PriorityFactory(strategy=world.strategy, position=3)
    for reader in (client, as_person(world.officer)):
        words = reader.get(f"/priorities/{after.pk}/").content.decode()
        for part in (f'href="/priorities/{world.priority.pk}/"', f'href="/priorities/{last.pk}/"', 'rel="prev"'):
            assert part in words
    assert 'rel="prev"' not in client.get(f"/priorities/{world.priority.pk}/").content.decode()

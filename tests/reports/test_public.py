"""What everyone may read: the first page and partnerships' own pages."""

import re
from datetime import date
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from partnerships.models import Agreement, Organisation
from partnerships.services import touch
from priorities.models import Achievement, News, PartnershipObjective
from tests.factories import (
    AchievementFactory,
    ActivityFactory,
    MembershipFactory,
    OrganisationFactory,
    PartnershipFactory,
    PriorityFactory,
    ThemeFactory,
    World,
)
from wesp_portal.common.preview_picture import preview_picture

URL = "/partnerships/harbour/"
BREAD = "Bread & <b>roses</b>"
PUBLISHED = {"status": Achievement.Status.PUBLISHED, "is_public": True}


def words_of(response: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text)


def as_person(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def fill(world: World, *, count: int) -> None:
    """`count` of everything that a public page shows."""
    for number in range(count):
        theme = ThemeFactory(strategy=world.strategy, title=f"Strand {number}", vision=f"Vision {number}")
        PriorityFactory(strategy=world.strategy, theme=theme, title=f"Aim {number}")
        MembershipFactory(partnership=world.partnership)
        done = AchievementFactory(
            partnership=world.partnership,
            title=f"Deed {number}",
            quantity=number + 1,
            quantity_unit="pupils",
            **PUBLISHED,
        )
        done.organisations.set([world.organisation, world.partner])
        agreement = Agreement.objects.create(
            partnership=world.partnership, slug=f"deal-{number}", title=f"Deal {number}", kind=Agreement.Kind.DEAL
        )
        agreement.parties.set([world.organisation, world.partner])
        News.objects.create(strategy=world.strategy, ref=f"N{number}", title=f"Opening {number}", period="2022")
        for kind in PartnershipObjective.Kind:
            PartnershipObjective.objects.create(
                strategy=world.strategy, ref=f"{kind}{number}", kind=kind, title=f"{kind} {number}"
            )


# Who reads it ---------------------------------------------------------------------------------------------------------


def test_anyone_reads_a_public_page(world: World, client: Client) -> None:
    response = client.get(URL)
    assert response.status_code == 200
    assert "Harbour Skills Partnership" in words_of(response)


def test_a_page_that_is_not_public_is_not_there_for_others(world: World, client: Client) -> None:
    hidden = "/partnerships/elsewhere/"
    assert client.get(hidden).status_code == 404
    assert as_person(world.lead).get(hidden).status_code == 404
    its_own = as_person(world.stranger).get(hidden)
    assert its_own.status_code == 200
    assert "This page is not public" in words_of(its_own)


def test_a_partnership_that_does_not_exist_has_no_page(world: World, client: Client) -> None:
    assert client.get("/partnerships/nowhere/").status_code == 404


def test_the_dashboard_is_offered_to_those_who_may_read_it_alone(world: World, client: Client) -> None:
    link = f'href="{reverse("dashboard", args=["harbour"])}"'
    assert link in as_person(world.board_member).get(URL).content.decode()
    assert link not in as_person(world.stranger).get(URL).content.decode()
    assert link not in client.get(URL).content.decode()


def test_it_is_read_and_never_written_to(world: World, client: Client) -> None:
    assert client.post(URL).status_code == 405


# What it says ---------------------------------------------------------------------------------------------------------


def test_it_says_who_the_partners_are_and_what_the_partnership_aims_at(world: World, client: Client) -> None:
    Organisation.objects.filter(pk=world.partner.pk).update(url="https://college.example.org/")
    fill(world, count=1)
    page = client.get(URL)
    words = words_of(page)
    assert 'href="https://college.example.org/"' in page.content.decode()
    for expected in (
        "Harbour Council (lead)",
        "Harbour Strategy",
        "Strand 0 Vision 0 Aim 0",
        "Better first jobs",
        "objective 0",
        "overarching 0",
        "2 priorities are being worked on",
        "Deal 0",
        "Opening 0 2022",
        "No report has been published for everyone yet",
    ):
        assert expected in words


def test_the_adopted_wording_stands_in_place_of_ours(world: World, client: Client) -> None:
    world.priority.official_wording = "The words that were adopted"
    world.priority.save()
    words = words_of(client.get(URL))
    assert "The words that were adopted" in words
    assert "Better first jobs" not in words


def test_a_partner_that_left_and_a_priority_that_was_closed_are_not_shown(world: World, client: Client) -> None:
    MembershipFactory(
        partnership=world.partnership, organisation=OrganisationFactory(name="Gone Ltd"), ends_on=date(2020, 1, 1)
    )
    PriorityFactory(strategy=world.strategy, title="Over and done", status="closed")
    words = words_of(client.get(URL))
    assert "Gone Ltd" not in words
    assert "Over and done" not in words


@pytest.mark.parametrize(
    "kept",
    [
        {"status": Achievement.Status.PUBLISHED, "is_public": False},
        {"status": Achievement.Status.SUBMITTED, "is_public": True},
        {"status": Achievement.Status.RETURNED, "is_public": True},
        {"status": Achievement.Status.DRAFT, "is_public": True},
    ],
    ids=["not public", "not published", "returned", "draft"],
)
def test_only_achievements_that_are_public_and_published_are_shown(
    world: World, client: Client, kept: dict[str, Any]
) -> None:
    secret = {"title": "Kept back", "quantity": 98765, "quantity_unit": "pupils"}
    AchievementFactory(partnership=world.partnership, **secret, **kept)
    AchievementFactory(partnership=world.partnership, title="For all to see", **PUBLISHED)
    for reader in (client, as_person(world.lead)):
        words = words_of(reader.get(URL))
        assert "For all to see" in words
        assert "Kept back" not in words
        assert "98,765" not in words


def test_the_four_largest_numbers_stand_first_with_what_was_said_of_them(world: World, client: Client) -> None:
    for quantity, unit in ((19, "schools"), (50, "work placements"), (13, "talks"), (1200, "pupils"), (3, "visits")):
        AchievementFactory(
            partnership=world.partnership,
            title=f"About {unit}",
            quantity=quantity,
            quantity_unit=unit,
            quantity_qualifier="over" if quantity == 50 else "",
            **PUBLISHED,
        )
    html = client.get(URL).content.decode()
    numbers = html.split('class="portal-big-numbers"')[1].split("portal-list")[0]
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", numbers))
    assert re.findall(r"(?:over )?[\d,]+ (?:pupils|work placements|schools|talks|visits)", said) == [
        "1,200 pupils",
        "over 50 work placements",
        "19 schools",
        "13 talks",
    ]


def test_achievements_stand_newest_first_whether_they_have_a_day_or_a_period(world: World, client: Client) -> None:
    for title, when in (
        ("Oldest", {"happened_on": date(2019, 5, 1)}),
        ("Of a year", {"happened_on": None, "period": "2022"}),
        ("Of a term", {"happened_on": None, "period": "2022-23-spring"}),
        ("Newest", {"happened_on": date(2024, 5, 1)}),
        ("Early that year", {"happened_on": date(2022, 2, 1)}),
    ):
        AchievementFactory(partnership=world.partnership, title=title, **when, **PUBLISHED)
    words = words_of(client.get(URL))
    places = [words.index(title) for title in ("Newest", "Of a term", "Of a year", "Early that year", "Oldest")]
    assert places == sorted(places)


def test_of_very_many_achievements_the_chosen_number_is_shown_and_the_rest_are_a_page_away(
    world: World, client: Client
) -> None:
    AchievementFactory.create_batch(45, partnership=world.partnership, **PUBLISHED)
    words = words_of(client.get(URL))
    assert "See all 45 achievements" in words
    html = client.get(URL).content.decode()
    assert html.count('href="/achievements/') == 6
    assert f'href="{URL}achievements/"' in html


def test_a_partnership_with_nothing_yet_says_what_will_be_there(world: World) -> None:
    words = words_of(as_person(world.administrator).get("/partnerships/elsewhere/"))
    assert "Nothing has been published here yet" in words
    assert "strategy will stand here once it is agreed" in words


# The first page -------------------------------------------------------------------------------------------------------


def test_a_visitor_finds_the_public_partnerships_and_where_to_sign_in(world: World, client: Client) -> None:
    page = client.get(reverse("home"))
    assert f'href="{URL}"' in page.content.decode()
    assert f'href="{reverse("sign-in")}"' in page.content.decode()
    words = words_of(page)
    assert "Harbour Council and Harbour College" in words
    assert "Elsewhere Partnership" not in words


def test_a_portal_without_partnerships_says_so(db: None, client: Client) -> None:
    assert "No partnerships yet" in words_of(client.get(reverse("home")))


def test_the_first_page_takes_two_queries_however_many_there_are(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for partnership in PartnershipFactory.create_batch(6):
        MembershipFactory(partnership=partnership)
    with django_assert_num_queries(2):
        client.get(reverse("home"))


# What it costs, and what is kept --------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 9], ids=["small", "large"])
def test_it_takes_thirteen_queries_at_most_drawn_and_one_kept_or_unchanged(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    fill(world, count=count)
    with django_assert_num_queries(14):
        drawn = client.get(URL)
    with django_assert_num_queries(1):
        kept = client.get(URL)
    with django_assert_num_queries(1):
        unchanged = client.get(URL, headers={"If-None-Match": drawn["ETag"]})
    assert kept.content == drawn.content
    assert unchanged.status_code == 304


def test_to_one_who_has_signed_in_it_costs_one_query_more(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    fill(world, count=2)
    client = as_person(world.lead)
    with django_assert_num_queries(15):
        client.get(URL)


def test_a_write_is_seen_at_once(world: World, client: Client) -> None:
    before = client.get(URL)
    AchievementFactory(partnership=world.partnership, title="A new workshop opened", **PUBLISHED)
    touch(partnership_ids=[world.partnership.pk])
    after = client.get(URL, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "A new workshop opened" in words_of(after)


def test_what_a_visitor_has_is_not_called_unchanged_once_they_have_signed_in(world: World, client: Client) -> None:
    before = client.get(URL)
    client.force_login(world.lead)
    after = client.get(URL, headers={"If-None-Match": before["ETag"]})
    assert after.status_code == 200
    assert "Lee Lead" in words_of(after)
    client.logout()
    assert "Lee Lead" not in words_of(client.get(URL, headers={"If-None-Match": after["ETag"]}))


# All achievements, the feed, and shared links -------------------------------------------------------------------------


def test_all_achievements_are_paged_and_narrowed_by_theme_and_year(world: World, client: Client) -> None:
    theme = ThemeFactory(strategy=world.strategy, title="Digital")
    priority = PriorityFactory(strategy=world.strategy, theme=theme)
    AchievementFactory.create_batch(22, partnership=world.partnership, **PUBLISHED)
    old = AchievementFactory(
        partnership=world.partnership, title="Long ago", happened_on=None, period="2021-22", **PUBLISHED
    )
    old.priorities.add(priority)
    url = f"{URL}achievements/"
    assert "23 achievements" in words_of(client.get(url))
    assert "Long ago" in words_of(client.get(f"{url}?page=2"))
    for query in (f"theme={theme.pk}", "year=2021", f"theme={theme.pk}&year=2021"):
        words = words_of(client.get(f"{url}?{query}"))
        assert "1 achievement found" in words
        assert "Long ago" in words


@pytest.mark.parametrize("query", ["theme=0", "theme=x%00", "year=abcd", "year=99999", "theme=9&year=-1"])
def test_an_absurd_filter_finds_nothing_and_leads_back_to_all(world: World, client: Client, query: str) -> None:
    AchievementFactory(partnership=world.partnership, **PUBLISHED)
    page = client.get(f"{URL}achievements/?{query}")
    assert page.status_code == 200
    assert "Nothing was found for that" in words_of(page)


def test_an_absurd_page_is_the_nearest_there_is(world: World, client: Client) -> None:
    assert "Nothing has been published here yet" in words_of(client.get(f"{URL}achievements/?page=-5"))


@pytest.mark.parametrize("count", [1, 9])
def test_all_achievements_take_seven_queries(
    world: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries, count: int
) -> None:
    fill(world, count=count)
    with django_assert_num_queries(7):
        client.get(f"{URL}achievements/")


def test_what_counts_the_same_is_added_up_once_each(world: World, client: Client) -> None:
    both = AchievementFactory(
        partnership=world.partnership, quantity=50, quantity_unit="placements", quantity_qualifier="over", **PUBLISHED
    )
    both.priorities.set([world.priority, PriorityFactory(strategy=world.strategy)])
    for quantity, qualifier in ((13, ""), (900, "up to")):
        AchievementFactory(
            partnership=world.partnership,
            quantity=quantity,
            quantity_unit="Placements",
            quantity_qualifier=qualifier,
            **PUBLISHED,
        )
    words = words_of(client.get(URL))
    assert re.search(r"over 63 [Pp]lacements From 2 achievements, 2024, each counted once", words)


def test_how_activities_stand_is_said_only_where_the_partnership_publishes_it(world: World, client: Client) -> None:
    ActivityFactory(objective=world.objective, latest_status="under_way", latest_rag="off_track")
    assert "off track" not in words_of(client.get(URL))
    world.partnership.is_standing_public = True
    world.partnership.save()
    touch(partnership_ids=[world.partnership.pk])
    assert "Of 2 activities, by their latest updates: 1 off track and 1 without an update so far." in words_of(
        client.get(URL)
    )


def test_the_feed_tells_what_is_public_with_whole_addresses(
    world: World, client: Client, settings: Any, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    done = AchievementFactory(
        partnership=world.partnership, title="Bread & <b>roses</b>", detail="<i>x</i>", **PUBLISHED
    )
    AchievementFactory(partnership=world.partnership, title="Kept back")
    News.objects.create(strategy=world.strategy, ref="N", title="An opening", period="2022")
    with django_assert_num_queries(6):
        feed = client.get(f"{URL}feed/", headers={"Host": "localhost"})
    tree = ElementTree.fromstring(feed.content)
    atom = "{http://www.w3.org/2005/Atom}"
    assert [entry.findtext(f"{atom}title") for entry in tree.iter(f"{atom}entry")] == [
        BREAD,
        "An opening",
    ]
    assert all(link.attrib["href"].startswith("https://portal.example.org/") for link in tree.iter(f"{atom}link"))
    assert f"https://portal.example.org/achievements/{done.pk}/" in feed.content.decode()
    assert "&lt;i&gt;" in (tree.findtext(f"{atom}entry/{atom}summary") or "")
    assert "Kept back" not in feed.content.decode()
    assert f'href="{URL}feed/"' in client.get(URL).content.decode()


def test_an_empty_feed_is_a_feed(world: World, client: Client) -> None:
    assert client.get(f"{URL}feed/").status_code == 200


def test_a_shared_link_has_a_title_words_and_a_picture_of_our_own(world: World, client: Client, settings: Any) -> None:
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    html = client.get(URL).content.decode()
    for name, content in (
        ("og:title", "Harbour Skills Partnership"),
        ("og:url", f"https://portal.example.org{URL}"),
        ("og:image", f"https://portal.example.org{URL}preview.png"),
    ):
        assert f'<meta property="{name}" content="{content}">' in html
    picture = client.get(f"{URL}preview.png")
    assert picture["Content-Type"] == "image/png"
    assert Image.open(BytesIO(picture.content)).size == (1200, 630)


@pytest.mark.parametrize("name", ["", "W" * 160, "An extraordinarily long name " * 8])
def test_a_preview_is_drawn_for_any_name(name: str) -> None:
    assert preview_picture(name, name).startswith(b"\x89PNG")

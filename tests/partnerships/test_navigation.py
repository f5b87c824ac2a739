"""The navigation: what each person finds in it, and which section a page lies in."""

import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory

from partnerships.context import navigation
from tests.factories import UserFactory, World

EVERY = ["My work", "Achievements", "Dashboards", "Strategies", "Reports", "Administration"]


def sections_of(person, path="/"):
    request = RequestFactory().get(path)
    request.user = person
    return navigation(request)


@pytest.mark.parametrize(
    ("person", "left_out"),
    [
        ("administrator", []),
        ("officer", ["Administration"]),
        ("lead", ["Administration"]),
        ("board_member", ["Achievements", "Administration"]),
        ("stranger", ["Administration"]),
    ],
)
def test_a_person_finds_the_sections_they_have_a_use_for(world: World, person: str, left_out: list[str]) -> None:
    found = [section.text for section in sections_of(getattr(world, person))]
    assert found == [text for text in EVERY if text not in left_out]


def test_a_person_without_a_role_finds_their_own_work_only(db: None) -> None:
    assert [section.text for section in sections_of(UserFactory())] == ["My work"]


def test_whoever_has_not_signed_in_finds_none() -> None:
    assert sections_of(AnonymousUser()) == ()


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/", "My work"),
        ("/achievements/4/edit/", "Achievements"),
        ("/partnerships/dashboards/", "Dashboards"),
        ("/partnerships/wigan/dashboard/", "Dashboards"),
        ("/partnerships/wigan/questions/new/", "Dashboards"),
        ("/partnerships/wigan/returns/", "Reports"),
        ("/priorities/3/", "Strategies"),
        ("/metrics/9/", "Strategies"),
        ("/returns/26/review/", "My work"),
        ("/reports/wigan/2024-25-autumn/", "Reports"),
        ("/admin/priorities/priority/", "Administration"),
        ("/partnerships/wigan/", None),
        ("/partnerships/", None),
        ("/privacy/", None),
    ],
)
def test_the_section_of_a_page_is_marked(world: World, path: str, current: str | None) -> None:
    marked = [section.text for section in sections_of(world.administrator, path) if section.is_current]
    assert marked == ([current] if current else [])


def test_the_marked_section_is_told_to_those_who_do_not_see_it(world: World, client) -> None:
    client.force_login(world.lead)
    html = client.get(f"/partnerships/{world.partnership.slug}/dashboard/").content.decode()
    assert re.findall(r'aria-current="true">.*?>(.*?)<', html) == ["Dashboards"]

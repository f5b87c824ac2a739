"""The frame of every page, and the pages that belong to nobody."""

import re

import pytest
from django.template.loader import render_to_string
from django.test import RequestFactory
from pytest_django.asserts import assertContains, assertTemplateUsed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "title"),
    [("accessibility", "Accessibility statement"), ("privacy", "Privacy notice"), ("cookies", "Cookies")],
)
def test_standing_pages_are_open_to_everyone(client, name, title):
    response = client.get(f"/{name}/")
    assertContains(response, '<html lang="en-GB"')
    assertContains(response, f"<title>{title} – WESP Portal</title>")


def test_the_style_guide_shows_every_component(client):
    response = client.get("/style-guide/")
    assert response.status_code == 200
    assertContains(response, "portal-status--at-risk")


@pytest.mark.parametrize("address", ["/style-guide/", "/style-guide/?state=error", "/sign-in/", "/cookies/"])
def test_no_page_has_inline_style_or_script(client, address):
    html = client.get(address).content.decode()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", html)
    assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", html))


def test_every_name_in_a_page_is_used_once(client):
    html = client.get("/style-guide/").content.decode().partition("<template>")
    names = re.findall(r'\sid="([^"]+)"', html[0] + html[2].partition("</template>")[2])
    assert sorted(names) == sorted(set(names))


def test_a_refused_sign_in_says_so_at_the_top_in_the_title_and_keeps_the_address(client):
    response = client.post("/sign-in/", {"username": "demo@example.org", "password": "wrong"})
    assertContains(response, "<title>Error: Sign in – WESP Portal</title>")
    assertContains(response, '<a href="#id_username">The email address or the password is not right.')
    assertContains(response, 'value="demo@example.org"')
    assert "wrong" not in response.content.decode()


def test_an_empty_sign_in_names_both_questions(client):
    response = client.post("/sign-in/", {})
    assertContains(response, '<a href="#id_username">Enter your email address</a>')
    assertContains(response, '<a href="#id_password">Enter your password</a>')


def test_a_page_that_is_not_there_says_so_in_our_words(client):
    response = client.get("/no-such-page/")
    assertTemplateUsed(response, "404.html")
    assertContains(response, "Page not found", status_code=404)


@pytest.mark.parametrize("name", ["400", "413", "500", "503"])
def test_pages_for_bad_days_need_nothing_but_themselves(name, django_assert_num_queries):
    with django_assert_num_queries(0):
        html = render_to_string(f"{name}.html")
    assert "WESP Portal</title>" in html


@pytest.mark.parametrize("name", ["403", "403_csrf"])
def test_refusals_say_what_to_do(name):
    assert "WESP Portal</title>" in render_to_string(f"{name}.html", request=RequestFactory().get("/"))

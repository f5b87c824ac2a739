"""Nothing typed is lost: a session that ends, a tab that is closed, a connection that goes, two people at one thing."""

import re

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from playwright.sync_api import Page, expect

from partnerships.models import Draft, User
from priorities.models import Achievement
from reports.services.demo import PASSWORD
from tests.browser.portal import Portal

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

WIGAN = "wigan-education-partnership"
OFFICER, LEAD = f"officer.{WIGAN}@demo.example", f"lead.{WIGAN}@demo.example"
WORDS = "Twelve employers met “our” pupils,\nand <three> came back"


@pytest.fixture(autouse=True)
def own_media_and_cache() -> None:
    """The portal has its own, which its server uses as well."""


def open_form(page: Page) -> None:
    page.goto("/achievements/new/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Log an achievement")


def said(page: Page) -> str:
    return page.get_by_label("What happened?").input_value()


def sign_in(page: Page, email: str) -> None:
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def lose_session() -> None:
    Session.objects.all().delete()
    cache.clear()


@pytest.mark.parametrize("has_scripts", [True, False])
def test_a_form_sent_after_the_session_ended_is_there_again_after_signing_in(portal: Portal, has_scripts: bool) -> None:
    page = portal.window(person=OFFICER, has_scripts=has_scripts)
    open_form(page)
    lose_session()
    page.get_by_label("What happened?").fill(WORDS)
    page.get_by_label("Day", exact=True).fill("12")
    page.get_by_role("button", name="Log the achievement").click()
    expect(page.get_by_text("What you typed is kept")).to_be_visible()
    sign_in(page, OFFICER)
    expect(page.get_by_text("We kept what you typed")).to_be_visible()
    assert said(page) == WORDS
    assert page.get_by_label("Day", exact=True).input_value() == "12"
    assert not Achievement.objects.filter(title=WORDS).exists()


def test_whoever_signs_in_next_on_that_machine_sees_none_of_it(portal: Portal) -> None:
    page = portal.window(person=OFFICER)
    open_form(page)
    lose_session()
    page.get_by_label("What happened?").fill(WORDS)
    page.get_by_role("button", name="Log the achievement").click()
    sign_in(page, LEAD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Log an achievement")
    assert said(page) == ""
    expect(page.get_by_text("We kept what you typed")).to_have_count(0)


def test_a_tab_that_was_closed_opens_again_with_every_word(portal: Portal) -> None:
    page = portal.window(person=OFFICER)
    open_form(page)
    page.get_by_label("What happened?").fill(WORDS)
    expect(page.get_by_role("status").filter(has_text=re.compile(r"^Saved \d\d:\d\d$"))).to_be_visible()
    # Typed a moment before the page is left.
    with page.expect_response("**/drafts/"):
        page.get_by_label("Day", exact=True).fill("12")
        page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    page.close()
    again = portal.window(person=OFFICER)
    open_form(again)
    assert said(again) == WORDS
    expect(again.get_by_label("Day", exact=True)).to_have_value("12")
    again.get_by_role("button", name="Start afresh").click()
    expect(again.get_by_text("We kept what you typed")).to_have_count(0)
    assert said(again) == ""
    assert not Draft.objects.filter(user=User.objects.get(email=OFFICER)).exists()


def test_without_a_connection_nothing_is_sent_and_nothing_lost(portal: Portal) -> None:
    page = portal.window(person=OFFICER)
    open_form(page)
    page.context.set_offline(True)
    page.get_by_label("What happened?").fill(WORDS)
    status = page.get_by_role("status")
    expect(status.filter(has_text="Not saved yet: no connection")).to_be_visible()
    page.get_by_role("button", name="Log the achievement").click()
    expect(status.filter(has_text="Not sent: no connection")).to_be_visible()
    assert said(page) == WORDS
    page.context.set_offline(False)
    expect(status.filter(has_text=re.compile(r"^Saved \d\d:\d\d$"))).to_be_visible()
    # The browser itself says that it has no connection, which is no fault of the page's.
    assert all("ERR_INTERNET_DISCONNECTED" in complaint for complaint in portal.complaints)
    portal.complaints.clear()


def test_two_people_editing_one_achievement_see_both_texts_and_choose(portal: Portal) -> None:
    achievement = Achievement.objects.filter(
        partnership__slug=WIGAN, logged_by__email=OFFICER, status=Achievement.Status.SUBMITTED
    ).first()
    assert achievement
    address = f"/achievements/{achievement.pk}/edit/"
    officer, lead = portal.window(person=OFFICER), portal.window(person=LEAD)
    for page in (officer, lead):
        page.goto(address)
    lead.get_by_label("What happened?").fill("The lead’s words")
    lead.get_by_role("button", name="Save the changes").click()
    expect(lead.get_by_text("The changes are saved.")).to_be_visible()
    officer.get_by_label("What happened?").fill("The officer’s words")
    officer.get_by_role("button", name="Save the changes").click()
    expect(officer.get_by_role("heading", level=1)).to_contain_text("saved this while you were writing")
    both = officer.get_by_role("group", name="What happened?")
    expect(both.get_by_role("textbox")).to_have_value("The officer’s words")
    expect(both.get_by_text("The lead’s words")).to_be_visible()
    both.get_by_role("textbox").fill("The words of both")
    both.get_by_label("Keep yours").check()
    officer.get_by_role("button", name="Save what I chose").click()
    expect(officer.get_by_text("The changes are saved.")).to_be_visible()
    achievement.refresh_from_db()
    assert achievement.title == "The words of both"

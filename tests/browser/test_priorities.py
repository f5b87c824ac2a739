"""Achievements, updates and the drill-down in a browser: accessible in every state, by phone, without scripts."""

from datetime import date, timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pytest_django.live_server_helper import LiveServer

from partnerships.models import User
from priorities.models import Achievement, Evidence, GuestRequest, Reading, Series
from tests.browser.accessibility import overflow, problems
from tests.factories import AchievementFactory, MeasureUseFactory, MetricFactory, PriorityFactory, TermFactory, World
from tests.priorities.samples import PDF

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LONG = "Supercalifragilistic-" * 6 + " words that go on for as long as a title may " * 2


@pytest.fixture
def world(transactional_db: None) -> World:
    return World()


def sign_in(context: BrowserContext, server: LiveServer, person: User) -> None:
    """Bring a session of the person's to the browser."""
    client = Client()
    client.force_login(person)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": server.url}])


@pytest.fixture
def officer(page: Page, live_server: LiveServer, world: World) -> Page:
    sign_in(page.context, live_server, world.officer)
    return page


def fill(page: Page) -> None:
    page.get_by_label("What happened?").fill("Fifty pupils met an employer")
    for part, words in (("Day", "16"), ("Month", "June"), ("Year", "2022")):
        page.get_by_label(part, exact=True).fill(words)
    page.get_by_label("1 Better first jobs").check()


def checked(page: Page) -> None:
    """No problem of accessibility and nothing wider than the window, on a desk and on a phone."""
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == 0, width
        if width != 320:
            assert problems(page) == [], width


def test_an_achievement_is_logged_from_a_phone(officer: Page, world: World):
    PriorityFactory.create_batch(8, strategy=world.strategy, title="Something else")
    officer.set_viewport_size({"width": 390, "height": 800})
    officer.goto("/achievements/new/")
    officer.get_by_label("Type to find").fill("first jo")
    expect(officer.get_by_label("Something else").first).to_be_hidden()
    fill(officer)
    officer.get_by_text("Add a number").click()
    officer.get_by_label("How many?").fill("50")
    officer.get_by_label("Of what?").fill("pupils")
    officer.get_by_text("Add evidence").click()
    officer.get_by_label("Files").set_input_files({"name": "fair.pdf", "mimeType": "text/plain", "buffer": PDF})
    officer.get_by_role("button", name="Log the achievement").click()
    expect(officer.get_by_text("The achievement is logged.")).to_be_visible()
    expect(officer.get_by_text("16 June 2022")).to_be_visible()
    with officer.expect_download() as download:
        officer.get_by_role("link", name="Download fair.pdf").click()
    assert download.value.suggested_filename == "fair.pdf"
    officer.get_by_role("link", name="log one like this").click()
    expect(officer.get_by_label("What happened?")).to_have_value("Fifty pupils met an employer")
    expect(officer.get_by_label("Day", exact=True)).to_have_value("")
    saved = Achievement.objects.get()
    assert (saved.quantity, saved.quantity_unit, saved.logged_by) == (50, "pupils", world.officer)
    assert Evidence.objects.get().achievement == saved


def test_a_possible_duplicate_is_asked_about_on_a_phone(officer: Page, world: World):
    AchievementFactory(partnership=world.partnership, title="Fifty pupils met employers", happened_on=date(2022, 6, 10))
    officer.set_viewport_size({"width": 390, "height": 800})
    officer.goto("/achievements/new/")
    fill(officer)
    officer.get_by_role("button", name="Log the achievement").click()
    expect(officer.get_by_text("This looks like an achievement that is logged already")).to_be_visible()
    expect(officer.get_by_label("What happened?")).to_have_value("Fifty pupils met an employer")
    checked(officer)
    officer.get_by_role("button", name="It is another one: log it").click()
    expect(officer.get_by_text("The achievement is logged.")).to_be_visible()


def test_going_back_and_sending_again_makes_no_second_record(officer: Page):
    officer.goto("/achievements/new/")
    fill(officer)
    officer.get_by_role("button", name="Log the achievement").click()
    expect(officer.get_by_text("The achievement is logged.")).to_be_visible()
    officer.go_back()
    officer.get_by_role("button", name="Log the achievement").click()
    expect(officer.get_by_text("The achievement is logged.")).to_be_visible()
    assert Achievement.objects.count() == 1


def test_an_achievement_is_logged_without_scripts(chromium: Browser, live_server: LiveServer, world: World):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    sign_in(context, live_server, world.officer)
    page = context.new_page()
    page.goto("/achievements/new/")
    expect(page.get_by_label("Type to find")).to_be_hidden()
    fill(page)
    page.get_by_role("button", name="Log the achievement").click()
    expect(page.get_by_text("The achievement is logged.")).to_be_visible()
    context.close()
    assert Achievement.objects.count() == 1


def test_the_form_is_accessible_empty_open_and_refused(officer: Page):
    officer.goto("/achievements/new/")
    checked(officer)
    for part in officer.locator("summary").all():
        part.click()
    checked(officer)
    officer.get_by_label("How many?").fill("many")
    officer.get_by_label("Links").fill("nowhere")
    officer.get_by_role("button", name="Log the achievement").click()
    expect(officer.locator(".govuk-error-summary")).to_be_focused()
    checked(officer)
    for link in officer.locator(".govuk-error-summary a").all():
        link.click()
        target = (link.get_attribute("href") or "").removeprefix("#")
        assert officer.evaluate("document.activeElement.id") == target


def test_an_update_is_accessible_empty_refused_and_saved(officer: Page, world: World):
    address = f"/activities/{world.activity.pk}/update/?term=2024-25-autumn"
    officer.goto(address)
    checked(officer)
    officer.get_by_label("Under way").check()
    officer.get_by_role("radio", name="At risk").check()
    officer.get_by_label("What was done this term?").fill(LONG)
    officer.get_by_role("button", name="Save the update").click()
    expect(officer.locator(".govuk-error-summary")).to_be_focused()
    checked(officer)
    officer.get_by_label("Why is it at risk").fill(LONG)
    officer.get_by_role("button", name="Save the update").click()
    expect(officer.get_by_text("The update for Autumn 2024/25 is saved.")).to_be_visible()
    checked(officer)


@pytest.mark.parametrize("state", ["empty", "full"])
@pytest.mark.parametrize(
    "name", ["achievements", "achievement", "strategies", "strategy", "priority", "objective", "activity", "metric"]
)
def test_a_page_is_accessible_and_fits_in_every_state(officer: Page, world: World, name: str, state: str):
    metric = MetricFactory(title=LONG[:200])
    MeasureUseFactory(objective=world.objective, metric=metric, title=LONG)
    achievement = AchievementFactory(partnership=world.partnership, logged_by=world.officer, title=LONG)
    if state == "full":
        for item in (world.strategy, world.priority, world.objective, world.activity):
            item.title = LONG[:200]
            item.official_wording = LONG
            item.save()
        achievement.priorities.add(world.priority)
        achievement.organisations.add(world.organisation)
        area = world.partnership.area
        for year, value in (("2022", "8.1"), ("2023", "7.5")):
            Reading.objects.create(
                metric=metric, area=area, period=year, period_ends_on=f"{year}-12-31", value=value, source=LONG
            )
        point = {"period": "2023", "value": "7.5", "symbol": "", "qualifier": "", "status": "final"}
        Series.objects.create(metric=metric, area=area, points=[point])
    addresses = {
        "achievements": "/achievements/" if state == "full" else "/achievements/?whose=mine&term=1999-00-autumn",
        "achievement": f"/achievements/{achievement.pk}/?saved=new",
        "strategies": "/strategies/",
        "strategy": f"/strategies/{world.strategy.slug}/",
        "priority": f"/priorities/{world.priority.pk}/",
        "objective": f"/objectives/{world.objective.pk}/",
        "activity": f"/activities/{world.activity.pk}/",
        "metric": f"/metrics/{metric.pk}/",
    }
    officer.goto(addresses[name])
    checked(officer)


# --- A guest's link


def ask(page: Page, world: World) -> str:
    """Have the officer ask the police; gives the link that the page shows."""
    page.goto(f"/activities/{world.activity.pk}/")
    page.get_by_role("link", name="Ask somebody without an account").click()
    page.get_by_label("Whom do you ask?").fill("Lancashire Police")
    page.get_by_label("Their email address").fill("sergeant@police.example")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("The link is on its way")).to_be_visible()
    checked(page)
    address = page.get_by_label("Link to copy").input_value()
    return address[address.index("/guest/") :]


def test_a_guest_is_asked_and_answers_from_a_phone_and_the_officer_accepts_it(
    officer: Page, chromium: Browser, live_server: LiveServer, world: World
):
    today = timezone.localdate()
    TermFactory(
        calendar=world.partnership.calendar,
        code="2030-31-autumn",
        starts_on=today - timedelta(days=30),
        ends_on=today + timedelta(days=30),
    )
    link = ask(officer, world)
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 390, "height": 800})
    guest = context.new_page()
    guest.goto(link)
    checked(guest)
    guest.get_by_label("Under way").check()
    guest.get_by_role("radio", name="On track").check()
    guest.get_by_label("What was done this term?").fill("Four visits to schools")
    guest.get_by_role("button", name="Send the answer").click()
    expect(guest.get_by_role("link", name="Enter your name.")).to_be_visible()
    checked(guest)
    guest.get_by_label("Your name").fill("Pat Sergeant")
    guest.get_by_label("Your organisation").fill("Lancashire Police")
    guest.get_by_role("button", name="Send the answer").click()
    expect(guest.get_by_text("your answer is sent")).to_be_visible()
    # Used, then tampered with: neither says what it was about.
    for address, why in ((link, "This link was used"), (f"{link[:-2]}x/", "not one of ours")):
        guest.goto(address)
        expect(guest.get_by_text(why)).to_be_visible()
        expect(guest.get_by_text(world.activity.title)).to_have_count(0)
    checked(guest)
    officer.goto(f"/activities/{world.activity.pk}/")
    officer.get_by_role("link", name="Lancashire Police").click()
    checked(officer)
    officer.get_by_role("button", name="Accept it").click()
    expect(officer.get_by_text("From Lancashire Police, accepted by Olive Officer")).to_be_visible()
    # The next link is never used, and its time passes.
    expired = ask(officer, world)
    GuestRequest.objects.filter(answered_at=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    guest.goto(expired)
    expect(guest.get_by_text("This link has expired")).to_be_visible()
    context.close()

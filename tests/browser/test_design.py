"""The design system in a browser: accessible, readable at any width, and working with and without scripts."""

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.accessibility import overflow, problems

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADDRESSES = [
    *("/style-guide/", "/style-guide/?state=error", "/style-guide/?state=new"),
    *("/sign-in/", "/accessibility/", "/privacy/", "/cookies/"),
]


def at_width(page: Page, width: int) -> Page:
    page.set_viewport_size({"width": width, "height": 900})
    return page


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_has_no_accessibility_problem_on_a_desk_or_a_phone(page: Page, address: str):
    page.goto(address)
    assert {width: problems(at_width(page, width)) for width in (1280, 390)} == {1280: [], 390: []}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_is_never_wider_than_its_window(page: Page, address: str):
    page.goto(address)
    assert {width: overflow(at_width(page, width)) for width in (1280, 390, 320)} == {1280: 0, 390: 0, 320: 0}


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_survives_the_readers_own_text_spacing(page: Page, address: str):
    page.set_viewport_size({"width": 320, "height": 900})
    page.goto(address)
    # Through the object model, which the content policy allows, as readers' own tools do.
    page.evaluate("""() => document.querySelectorAll("body *").forEach((element) => {
        element.style.letterSpacing = "0.12em";
        element.style.wordSpacing = "0.16em";
        element.style.lineHeight = "1.5";
    })""")
    assert overflow(page) == 0


def test_our_typeface_arrives_and_is_used_in_pages_and_charts(page: Page):
    page.goto("/style-guide/")
    page.evaluate("document.fonts.ready")
    assert page.evaluate("document.fonts.check('19px \"Source Sans 3\"') && document.fonts.size > 0")
    for selector in ("h1", ".portal-promise__words", "svg[role=img] text"):
        family = page.eval_on_selector(selector, "element => getComputedStyle(element).fontFamily")
        assert family.startswith('"Source Sans 3"')


def test_a_wrong_answer_moves_to_the_summary_and_each_link_to_its_question(page: Page):
    page.goto("/style-guide/?state=error")
    assert page.title().startswith("Error: ")
    expect(page.locator(".govuk-error-summary")).to_be_focused()
    for link in page.locator(".govuk-error-summary a").all():
        target = (link.get_attribute("href") or "").removeprefix("#")
        link.click()
        assert page.evaluate("document.activeElement.id") == target


def test_a_long_list_is_narrowed_by_typing_and_keeps_what_is_chosen(page: Page):
    page.goto("/style-guide/")
    page.get_by_label("Type to find").fill("number 24")
    shown = page.locator(".portal-choices__item:visible")
    expect(shown).to_have_text(["1.3 Example priority number 3", "1.24 Example priority number 24"])
    expect(page.locator(".portal-choices__count")).to_have_text("2 of 24 shown, 1 chosen")


def test_one_more_row_is_added_numbered_on_and_ready_to_type_in(page: Page):
    page.goto("/style-guide/")
    page.get_by_role("button", name="Add another step").click()
    expect(page.locator("[name=form-1-words]")).to_be_focused()
    expect(page.locator("[name=form-TOTAL_FORMS]")).to_have_value("2")


def test_a_password_can_be_looked_at_and_pasted(page: Page):
    page.goto("/sign-in/")
    page.get_by_label("Password", exact=True).fill("a long enough secret")
    page.get_by_role("button", name="Show password").click()
    expect(page.locator("#id_password")).to_have_attribute("type", "text")


def test_the_first_key_press_leads_to_the_content(page: Page):
    page.goto("/cookies/")
    page.keyboard.press("Tab")
    expect(page.locator(".govuk-skip-link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_without_scripts_everything_is_there_and_no_dead_button_is(chromium: Browser, live_server: LiveServer):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/style-guide/")
    expect(page.get_by_role("link", name="Strategies")).to_be_visible()
    expect(page.locator(".portal-choices__item")).to_have_count(24)
    expect(page.get_by_role("button", name="Print")).to_be_hidden()
    expect(page.get_by_role("button", name="Add another step")).to_be_hidden()
    context.close()


def test_paper_shows_the_words_and_none_of_the_navigation(page: Page):
    page.goto("/style-guide/")
    page.emulate_media(media="print")
    expect(page.get_by_text("Example Education Partnership").first).to_be_visible()
    for hidden in (".govuk-service-navigation__list", ".portal-footer", ".govuk-breadcrumbs", ".govuk-button >> nth=0"):
        expect(page.locator(hidden).first).to_be_hidden()
    assert page.eval_on_selector("thead", "element => getComputedStyle(element).display") == "table-header-group"
    assert page.eval_on_selector(".govuk-link", "element => getComputedStyle(element, '::after').content") == "none"

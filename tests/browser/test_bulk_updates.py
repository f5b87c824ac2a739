"""Many updates in a browser: by keyboard alone, without scripts, by two people at once, and as a spreadsheet."""

import io
import re
from pathlib import Path

import pytest
from django.utils import timezone
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, Page, expect
from pytest_django.live_server_helper import LiveServer

from partnerships.models import Draft
from priorities.models import Activity, ActivityUpdate
from priorities.services.updates import record_update
from tests.browser.accessibility import overflow, problems
from tests.browser.test_priorities import LONG, sign_in
from tests.factories import ActivityFactory, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ADDRESS = "/activities/updates/"
SAVED = re.compile(r"Saved \d\d:\d\d")


@pytest.fixture
def world(transactional_db: None) -> World:
    return World()


@pytest.fixture
def second(world: World) -> Activity:
    made: Activity = ActivityFactory(
        objective=world.objective, ref="1.1(b)", title="Visit schools", lead=world.organisation
    )
    return made


@pytest.fixture
def officer(page: Page, live_server: LiveServer, world: World, second: Activity) -> Page:
    sign_in(page.context, live_server, world.officer)
    return page


def row(page: Page, activity: Activity) -> Locator:
    return page.locator(f"#row-{activity.pk}")


def their_words(world: World, words: str = "Their words") -> None:
    record_update(
        activity=world.activity,
        term=world.term,
        status="under_way",
        rag="at_risk",
        words=words,
        reason="Their reason",
        by=world.lead,
        at=timezone.now(),
    )


def fill(row: Locator, words: str, rag: str = "on_track") -> None:
    row.get_by_label("How far along is it?").select_option("under_way")
    row.get_by_label("Is it where it should be?").select_option(rag)
    row.get_by_label("What was done this term?").fill(words)


def checked(page: Page) -> None:
    for width in (1280, 390, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert overflow(page) == 0, width
        if width != 320:
            assert problems(page) == [], width
    page.set_viewport_size({"width": 1280, "height": 900})


def test_a_terms_updates_are_written_by_keyboard_alone(officer: Page, world: World, second: Activity):
    officer.goto(ADDRESS)
    officer.get_by_role("button", name="Show").focus()
    press = officer.keyboard.press
    press("Tab")
    # The first letters of a choice choose it, as in any list.
    officer.keyboard.type("Under")
    press("Tab")
    officer.keyboard.type("On")
    press("Tab")
    officer.keyboard.type("Twelve employers signed up.")
    expect(row(officer, world.activity)).to_contain_text("Not saved yet")
    press("Control+Enter")
    expect(row(officer, world.activity)).to_contain_text(SAVED)
    expect(officer.locator("#updates-said")).to_contain_text("1.1(a): Saved")
    press("Tab")
    press("Tab")
    expect(officer.locator(f"#save-{world.activity.pk}")).to_be_focused()
    press("Tab")
    expect(officer.locator(f"#status-{second.pk}")).to_be_focused()
    officer.keyboard.type("Done")
    for _ in range(4):
        press("Tab")
    press("Enter")
    expect(row(officer, second)).to_contain_text("Choose whether it is on track, at risk or off track.")
    expect(row(officer, second)).to_contain_text("Not saved")
    expect(officer.locator(f"#save-{second.pk}")).to_be_focused()
    checked(officer)
    saved = ActivityUpdate.objects.get()
    assert (saved.status, saved.rag, saved.words) == ("under_way", "on_track", "Twelve employers signed up.")


def test_words_typed_while_a_row_is_being_saved_stay(officer: Page, world: World):
    officer.goto(ADDRESS)
    mine = row(officer, world.activity)
    fill(mine, "First words")

    def slow(route) -> None:
        mine.get_by_label("What was done this term?").fill("First words and more")
        route.continue_()

    officer.route("**/activities/updates/**", slow)
    mine.get_by_role("button", name="Save").click()
    expect(officer.locator("#updates-said")).to_contain_text("1.1(a): Saved")
    expect(mine).to_contain_text("Not saved yet")
    expect(mine.get_by_label("What was done this term?")).to_have_value("First words and more")
    officer.unroute("**/activities/updates/**")
    mine.get_by_role("button", name="Save").click()
    expect(mine).to_contain_text(SAVED)
    assert ActivityUpdate.objects.get().words == "First words and more"


def test_words_stay_when_nobody_is_signed_in_any_more(officer: Page, world: World, live_server: LiveServer):
    officer.goto(ADDRESS)
    mine = row(officer, world.activity)
    fill(mine, "Words not to be lost")
    officer.context.clear_cookies(name="sessionid")
    mine.get_by_role("button", name="Save").click()
    expect(mine).to_contain_text("Not saved: the portal did not answer.")
    expect(mine.get_by_label("What was done this term?")).to_have_value("Words not to be lost")
    sign_in(officer.context, live_server, world.officer)
    mine.get_by_role("button", name="Save").click()
    expect(mine).to_contain_text(SAVED)


def test_rows_that_were_typed_and_not_saved_are_there_when_the_page_is_opened_again(
    officer: Page, world: World, second: Activity
):
    officer.goto(ADDRESS)
    fill(row(officer, world.activity), "Words of the first")
    fill(row(officer, second), "Words of the second")
    draft = officer.get_by_role("status").filter(has_text=re.compile(r"^Draft of what is not saved: Saved \d\d:\d\d$"))
    expect(draft).to_be_visible()
    checked(officer)
    row(officer, second).get_by_label("What was done this term?").fill("Words of the second, left at once")
    with officer.expect_response("**/drafts/"):
        officer.goto("/")

    officer.goto(ADDRESS)
    expect(officer.get_by_text("We kept what you typed")).to_be_visible()
    checked(officer)
    first = row(officer, world.activity)
    expect(first.get_by_label("What was done this term?")).to_have_value("Words of the first")
    expect(first).to_contain_text("Not saved yet")
    expect(row(officer, second).get_by_label("What was done this term?")).to_have_value(
        "Words of the second, left at once"
    )
    first.get_by_role("button", name="Save").click()
    expect(first).to_contain_text(SAVED)
    officer.goto(ADDRESS)
    expect(first).to_contain_text(SAVED)
    expect(row(officer, second)).to_contain_text("Not saved yet")
    officer.get_by_role("button", name="Start afresh").click()
    expect(row(officer, second)).to_contain_text("No update yet")
    assert not Draft.objects.exists()
    assert ActivityUpdate.objects.get().words == "Words of the first"


@pytest.mark.usefixtures("rows_saved_one_by_one")
def test_all_rows_sent_without_a_session_are_there_again_after_signing_in(
    officer: Page, world: World, second: Activity, live_server: LiveServer
):
    officer.goto(ADDRESS)
    fill(row(officer, world.activity), "Words of the first")
    fill(row(officer, second), "Words of the second")
    officer.context.clear_cookies(name="sessionid")
    officer.get_by_role("button", name="Save all that changed").click()
    expect(officer.get_by_text("What you typed is kept")).to_be_visible()
    sign_in(officer.context, live_server, world.officer)
    officer.goto(ADDRESS)
    for activity, words in ((world.activity, "Words of the first"), (second, "Words of the second")):
        expect(row(officer, activity).get_by_label("What was done this term?")).to_have_value(words)
    officer.get_by_role("button", name="Save all that changed").click()
    expect(officer.get_by_role("main")).to_contain_text("2 updates saved.")
    assert not Draft.objects.exists()


def test_two_people_at_one_update_see_both_texts(officer: Page, world: World):
    officer.goto(ADDRESS)
    mine = row(officer, world.activity)
    fill(mine, "My words")
    their_words(world, LONG)
    mine.get_by_role("button", name="Save").click()
    expect(mine).to_contain_text("What Lee Lead saved")
    expect(mine).to_contain_text(LONG.strip())
    expect(mine.get_by_label("What was done this term?")).to_have_value("My words")
    checked(officer)
    assert ActivityUpdate.objects.get().words == LONG
    mine.get_by_role("button", name="Put mine in its place").click()
    expect(mine).to_contain_text(SAVED)
    assert ActivityUpdate.objects.get().words == "My words"


def test_without_scripts_a_row_is_saved_and_the_others_stay_as_typed(
    chromium: Browser, live_server: LiveServer, world: World, second: Activity
):
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    sign_in(context, live_server, world.officer)
    page = context.new_page()
    page.goto(ADDRESS)
    fill(row(page, world.activity), "Saved words")
    row(page, second).get_by_label("What was done this term?").fill("Typed and not saved")
    row(page, world.activity).get_by_role("button", name="Save").click()
    expect(row(page, world.activity)).to_contain_text(SAVED)
    expect(row(page, second).get_by_label("What was done this term?")).to_have_value("Typed and not saved")
    page.get_by_role("button", name="Save all that changed").click()
    expect(page.get_by_role("alert")).to_contain_text("1.1(b): Choose how far along it is.")
    expect(row(page, second).get_by_label("What was done this term?")).to_have_value("Typed and not saved")
    fill(row(page, second), "Typed and saved")
    row(page, second).get_by_role("button", name="Save").click()
    expect(row(page, second)).to_contain_text(SAVED)
    assert page.url.endswith(f"#row-{second.pk}")
    context.close()
    assert ActivityUpdate.objects.count() == 2


@pytest.mark.usefixtures("rows_saved_one_by_one")
def test_a_spreadsheet_goes_out_and_comes_back_with_a_bad_and_a_stale_row(
    officer: Page, world: World, second: Activity, tmp_path: Path
):
    third = ActivityFactory(objective=world.objective, ref="1.1(c)", title="Meet parents", lead=world.organisation)
    officer.goto(ADDRESS)
    officer.get_by_role("link", name="Fill them in with Excel instead").click()
    with officer.expect_download() as download:
        officer.get_by_role("link", name="Download as Excel").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    sheet = book["Updates"]
    sheet["F2"], sheet["G2"], sheet["H2"] = "Done", "On track", "My words"
    sheet["F3"], sheet["H3"] = "Under way", "Not judged"
    sheet["F4"], sheet["G4"], sheet["H4"] = "Done", "On track", "All met"
    book.save(tmp_path / "filled.xlsx")
    their_words(world)

    send(officer, b"Ref,Activity\n", "updates.csv")
    expect(officer.get_by_role("alert")).to_contain_text("must be the Excel workbook")
    send(officer, (tmp_path / "filled.xlsx").read_bytes(), "filled.xlsx")
    main = officer.get_by_role("main")
    expect(main).to_contain_text("Lee Lead changed this update")
    expect(main).to_contain_text("Choose whether it is on track, at risk or off track.")
    checked(officer)
    assert ActivityUpdate.objects.get().words == "Their words"
    officer.get_by_role("button", name="Apply these changes").click()
    expect(main).to_contain_text("1 update saved. 2 rows refused: they are below.")
    assert ActivityUpdate.objects.get(activity=third).words == "All met"

    with officer.expect_download() as download:
        officer.get_by_role("link", name="Download with the errors marked").click()
    book = load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    sheet = book["Updates"]
    assert "Their words" in sheet["A2"].comment.text
    sheet["G3"] = "On track"
    book.save(tmp_path / "right.xlsx")
    officer.goto("/activities/updates/upload/")
    send(officer, (tmp_path / "right.xlsx").read_bytes(), "right.xlsx")
    officer.get_by_role("button", name="Apply these changes").click()
    expect(main).to_contain_text("2 updates saved.")
    assert ActivityUpdate.objects.get(activity=second).words == "Not judged"


def send(page: Page, content: bytes, name: str) -> None:
    page.get_by_label("The spreadsheet you filled in").set_input_files(
        {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name="Send it in").click()

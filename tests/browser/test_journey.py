"""The main job in a browser, from an achievement logged to a report that stays as it was published."""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from threading import Event
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings

from reports.models import PlannedStep, ReportFile, Return, Round
from reports.renderers.pdf import render_pdf
from reports.services import open_round, open_rounds
from reports.services.demo import PASSWORD
from reports.services.reports.files import RENDERERS
from reports.services.shipped import SHIPPED
from tests.browser.portal import MORNING, PATIENCE_SECONDS, Portal
from tests.priorities.samples import PDF

pytestmark = [pytest.mark.browser, pytest.mark.django_db]

AUTUMN, SPRING = "2024-25-autumn", "2024-25-spring"
IN_SPRING = datetime(2025, 2, 7, 9, 30, tzinfo=ZoneInfo("Europe/London"))
# What the officer of West Lancashire wrote for the board in November 2024, in the words that ship.
WRITTEN: dict[str, Any] = json.loads((SHIPPED / "west-lancashire-2024-25-autumn.json").read_text(encoding="utf-8"))
HEADINGS = [
    *("Intended outcomes", "Activity last period", "Planned activity next period", "Impact so far", "Exit strategy"),
]


@pytest.fixture(autouse=True)
def own_media_and_cache() -> None:
    """The portal has its own, which the worker and the server use as well."""


@pytest.fixture
def unwritten(portal: Portal) -> Portal:
    """West Lancashire in the last week of November 2024, its return for the autumn not begun."""
    round_ = Round.objects.get(partnership__slug="west-lancashire", term__code=AUTUMN)
    round_.reports.all().delete()
    round_.returns.all().delete()
    last_term = Return.objects.get(round__partnership=round_.partnership_id, round__term__code="2023-24-summer")
    PlannedStep.objects.filter(entry__return_of=last_term).update(
        outcome="", outcome_reason="", marked_by=None, marked_at=None
    )
    open_round(partnership=round_.partnership, term=round_.term, at=MORNING)
    return portal


# What people do ------------------------------------------------------------------------------------------------------


def sign_in(page: Page, mailbox: str) -> None:
    """By the form, as one of the demonstration's people."""
    page.goto("/")
    page.get_by_role("banner").get_by_role("link", name="Sign in").click()
    page.get_by_label("Email").fill(f"{mailbox}@demo.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My work")


def sign_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Sign in")).to_be_visible()


def go_to(page: Page, section: str) -> None:
    """By the navigation, which on every page leads to the same sections."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name=section, exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(section)


def follow(page: Page, words: str) -> None:
    """A link of the page itself; those that look like buttons are buttons to a screen reader."""
    page.get_by_role("main").locator("a").filter(has_text=re.compile(f"^{words}$")).first.click()


def log_achievement(page: Page, title: str, *, priorities: Sequence[str], organisation: str) -> None:
    """From my work: what, when, with whom, how many, for which priorities, and a file behind it."""
    go_to(page, "My work")
    follow(page, "Log an achievement")
    page.get_by_label("What happened?").fill(title)
    for part, words in (("Day", "14"), ("Month", "November"), ("Year", "2024")):
        page.get_by_label(part, exact=True).fill(words)
    page.get_by_label(organisation).check()
    for ref in priorities:
        page.get_by_role("checkbox", name=re.compile(rf"^{ref} ")).check()
    page.get_by_text("Add a number").click()
    page.get_by_label("How exact is it?").select_option("over")
    page.get_by_label("How many?").fill("20")
    page.get_by_label("Of what?").fill("careers leads")
    page.get_by_text("Add evidence").click()
    page.get_by_label("Files").set_input_files({"name": "notes.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_role("button", name="Log the achievement").click()
    expect(page.get_by_text("The achievement is logged.")).to_be_visible()
    expect(page.get_by_text("Over 20 careers leads")).to_be_visible()
    expect(page.get_by_role("definition").filter(has_text=organisation)).to_have_count(1)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download notes.pdf").click()
    assert download.value.path().read_bytes() == PDF
    go_to(page, "Achievements")
    expect(page.get_by_role("main").get_by_role("listitem").filter(has_text=title)).to_have_count(1)


def unmarked() -> list[tuple[str, str]]:
    """The promises that West Lancashire has still to account for, as (reference of the priority, words)."""
    steps = PlannedStep.objects.filter(entry__return_of__round__partnership__slug="west-lancashire", outcome="")
    return list(
        steps.order_by("entry__priority__position", "entry", "position", "pk").values_list(
            "entry__priority__ref", "title"
        )
    )


def open_return(page: Page, term: str) -> None:
    go_to(page, "My work")
    page.get_by_role("link", name=re.compile("^(Start|Continue) the return of")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Return for {term}")


def mark(page: Page, title: str, outcome: str, reason: str = "") -> None:
    """Say what became of a promise of last term."""
    promise = page.get_by_role("group", name=title, exact=True)
    promise.get_by_label(outcome, exact=True).check()
    if reason:
        promise.get_by_label("Why it was dropped").fill(reason)


def write_entry(page: Page, entry: dict[str, Any], *, has_scripts: bool = True) -> None:
    """The four texts of a priority and its planned steps, one by one; ends with the draft saved."""
    for label, words in (
        ("Intended outcomes", "\n".join(entry["intended_outcomes"])),
        ("Activity last period", "\n".join(entry["activity"])),
        ("Impact so far", "\n".join(entry["impact"])),
        ("Exit strategy", entry["exit_strategy"]),
    ):
        page.get_by_label(label, exact=True).fill(words)
    for number, step in enumerate(entry["planned"]):
        if number == 2 and not has_scripts:
            # Two empty rows come with the page; saving gives two more, after those that are kept.
            save_draft(page)
        elif number >= 2 and has_scripts:
            page.get_by_role("button", name="Add another step").click()
        rows = page.get_by_label("What will be done")
        empty = [row for row in rows.all() if not row.input_value()]
        empty[0].fill(step["title"])
    save_draft(page)


def save_draft(page: Page) -> None:
    # The last draft's message may still be there, so the new page is waited for.
    with page.expect_navigation():
        page.get_by_role("button", name="Save draft").last.click()
    expect(page.get_by_text("Draft saved for")).to_be_visible()


def send_return(page: Page) -> None:
    page.get_by_role("button", name="Send to the lead").click()
    expect(page.get_by_text("Your return has been sent to the lead.")).to_be_visible()
    expect(page.get_by_role("button", name="Send to the lead")).to_have_count(0)


def approve(page: Page, organisation: str) -> None:
    go_to(page, "My work")
    page.get_by_role("link", name=f"Review the return of {organisation}").click()
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text(f"{organisation}’s return is approved.")).to_be_visible()


def ask_for_report(page: Page, term: str) -> None:
    go_to(page, "Reports")
    page.get_by_role("button", name=f"Build the report of {term}").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Termly report, {term}")


def publish(page: Page) -> None:
    """From the page of a report that is built: preview, then publish."""
    page.get_by_role("link", name="Preview the report").click()
    expect(page.get_by_text("is a preview, which only leads can see")).to_be_visible()
    page.get_by_role("link", name="Publish it, or build it anew").click()
    follow(page, "Publish")
    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_text("Version 1 is published, and the board is being told.")).to_be_visible()


def pdf_of(page: Page) -> bytes:
    """The PDF that the page of a report offers."""
    address = page.get_by_role("link", name="PDF", exact=True).get_attribute("href")
    response = page.request.get(address or "")
    assert response.ok
    assert response.headers["content-type"] == "application/pdf"
    return response.body()


def article_of(page: Page) -> bytes:
    """The bytes of a report within the page it stands on, whose frame is each reader's own."""
    found = re.search(rb"<article.*</article>", page.request.get(page.url).body(), re.DOTALL)
    assert found
    return found.group()


@contextmanager
def held_at_the_pdf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """Have the worker wait before it sets the PDF, until it is let go, so that a page has time to tell of it."""
    go_on = Event()

    def render(*args: Any) -> bytes:
        assert go_on.wait(PATIENCE_SECONDS)
        return render_pdf(*args)

    with monkeypatch.context() as patched:
        patched.setitem(RENDERERS, ReportFile.Format.PDF, render)
        try:
            yield go_on
        finally:
            go_on.set()


def chapters_of(page: Page, count: int) -> list[Locator]:
    """The chapters of the report that is shown, once all are there."""
    chapters = page.locator("article section.portal-report__chapter")
    expect(chapters).to_have_count(count)
    return chapters.all()


def headings_of(chapter: Locator) -> list[str]:
    return chapter.get_by_role("heading", level=3).all_inner_texts()


# The main job --------------------------------------------------------------------------------------------------------


def test_a_term_of_west_lancashire_from_an_achievement_to_a_report_that_stays_as_published(
    unwritten: Portal, monkeypatch: pytest.MonkeyPatch, settings: Settings
):
    portal, title = unwritten, "Careers leads met the college at its autumn careers event"
    officer, lead, member, administrator = (portal.window() for _ in range(4))

    # 1. The officer logs an achievement.
    sign_in(officer, "officer.west-lancashire")
    log_achievement(officer, title, priorities=["EET", "NET"], organisation="West Lancashire College")

    # 2. The officer writes the term's return, beside what was promised last term.
    open_return(officer, "Autumn 2024/25")
    promised = unmarked()
    assert len(promised) >= 6
    marks = {promised[0]: ("Carried over", ""), promised[-1]: ("Dropped", "The county council does this already.")}
    expect(officer.locator(".govuk-task-list__item")).to_have_count(3)
    officer.locator(".govuk-task-list__link").first.click()
    for number, entry in enumerate(WRITTEN["entries"], start=1):
        ref = entry["priority"]
        expect(officer.get_by_text(f"priority {number} of 3")).to_be_visible()
        expect(officer.get_by_role("heading", name="Priority", exact=True)).to_be_visible()
        if ref in ("EET", "NET"):
            expect(officer.get_by_role("checkbox", name=title)).to_be_checked()
            expect(officer.get_by_label("Activity last period", exact=True)).to_have_value(
                re.compile(re.escape(f"{title} (over 20 careers leads, 14 November 2024)"))
            )
        for promise in promised:
            if promise[0] == ref:
                mark(officer, promise[1], *marks.get(promise, ("Done", "")))
        write_entry(officer, entry)
        officer.get_by_role("button", name=re.compile("^Save and")).click()
    expect(officer.get_by_text("3 of 3 priorities ready")).to_be_visible()
    send_return(officer)

    # 3. The lead approves, and a worker builds the report while the page tells of it.
    sign_in(lead, "lead.west-lancashire")
    approve(lead, "LCC")
    ask_for_report(lead, "Autumn 2024/25")
    expect(lead.get_by_role("heading", name="Waiting to be built")).to_be_visible()
    with portal.worker(), held_at_the_pdf(monkeypatch) as go_on:
        expect(lead.get_by_role("heading", name="Being built")).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
        expect(lead.get_by_text("Setting the PDF")).to_be_visible()
        go_on.set()
        expect(lead.get_by_role("heading", name="The report is built")).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
        publish(lead)
        for _ in range(3):
            portal.wait_for_job("reports.tasks.send_delivery")
    pdf = pdf_of(lead)
    assert pdf.startswith(b"%PDF")
    told = {address: str(message.body) for message in mail.outbox for address in message.to}
    assert len(mail.outbox) == len(told), "somebody was told twice"
    assert "approved" in told.pop("officer.west-lancashire@demo.example")
    assert sorted(told) == [f"{seat}.west-lancashire@demo.example" for seat in ("chair", "member", "secretary")]
    assert all(f"/reports/west-lancashire/{AUTUMN}/" in words for words in told.values())

    # 4. A board member reads the dashboard and the report.
    sign_in(member, "member.west-lancashire")
    member.get_by_role("link", name="Dashboard of").click()
    expect(member.get_by_role("heading", level=1)).to_contain_text("Autumn 2024/25")
    expect(member.get_by_role("region", name="In short").get_by_role("listitem")).not_to_have_count(0)
    priorities = member.get_by_role("region", name="Priorities").locator("tbody").get_by_role("row")
    expect(priorities).to_have_count(3)
    for row in priorities.all():
        stands, since, *_ = row.get_by_role("cell").all_inner_texts()
        assert stands.strip() in ("On track", "At risk", "Off track", "Not started", "Done", "No data")
        assert since.strip()
    expect(member.get_by_role("region", name="Achievements")).to_contain_text(title)
    measures = member.get_by_role("region", name="Measures")
    expect(measures).to_contain_text("Lancashire, the county that West Lancashire is part of")
    go_to(member, "Reports")
    member.get_by_role("link", name="Autumn 2024/25", exact=True).click()
    chapters = chapters_of(member, 3)
    for chapter, entry in zip(chapters, WRITTEN["entries"], strict=True):
        expect(chapter.get_by_role("heading", level=2)).to_contain_text(f"Priority {entry['priority']}")
        assert headings_of(chapter)[: len(HEADINGS)] == HEADINGS
        said = " ".join(chapter.inner_text().split())
        lines = [line for section in ("intended_outcomes", "activity", "impact") for line in entry[section]]
        for text in (*lines, entry["exit_strategy"], *(step["title"] for step in entry["planned"])):
            assert " ".join(text.split()) in said
    for (ref, step), (outcome, reason) in marks.items():
        chapter = next(each for each in chapters if f"Priority {ref}" in each.inner_text())
        shown = chapter.get_by_role("listitem").filter(has=member.get_by_text(step)).filter(has_text=outcome)
        expect(shown).to_have_count(1)
        expect(shown).to_contain_text(reason)
    published = article_of(member)
    assert pdf_of(member) == pdf

    # 5. An administrator renames a priority: its page follows, what was published does not.
    renamed = "Every young person known by name"
    # Django's own tables of rows look each row up by its number when they are saved.
    settings.ZEAL_ALLOWLIST = [{"model": "*", "field": "get()"}]
    sign_in(administrator, "administrator")
    administrator.get_by_role("link", name="Administration").click()
    administrator.get_by_role("rowheader", name="Priorities", exact=True).get_by_role("link").click()
    administrator.locator("#searchbar").fill("NEET")
    administrator.get_by_role("button", name="Search").click()
    administrator.get_by_role("link", name=re.compile("NEET")).first.click()
    administrator.locator("#id_title").fill(renamed)
    administrator.get_by_role("button", name="Save", exact=True).click()
    expect(administrator.get_by_text("was changed successfully")).to_be_visible()
    member.reload()
    expect(chapters_of(member, 3)[0]).not_to_contain_text(renamed)
    assert article_of(member) == published
    assert hashlib.sha256(pdf_of(member)).hexdigest() == hashlib.sha256(pdf).hexdigest()
    go_to(member, "Strategies")
    member.get_by_role("main").get_by_role("link").first.click()
    member.get_by_role("link", name=renamed).first.click()
    expect(member.get_by_role("heading", level=1)).to_contain_text(renamed)


@pytest.mark.parametrize(
    ("slug", "priority", "organisation"),
    [
        ("wesp", "E1", "Edge Hill University"),
        ("wigan-education-partnership", "1", "Virtual School"),
        ("progress-with-unity", "HW1", "Healthier Wigan Partnership"),
        ("lancashire-skills", "1", "Lancashire Enterprise Partnership"),
    ],
)
def test_every_partnership_logs_publishes_and_reads(portal: Portal, slug: str, priority: str, organisation: str):
    title = "Heads of careers met employers and agreed what pupils should see"
    officer, lead, member = (portal.window() for _ in range(3))
    sign_in(officer, f"officer.{slug}")
    log_achievement(officer, title, priorities=[priority], organisation=organisation)

    sign_in(lead, f"lead.{slug}")
    ask_for_report(lead, "Autumn 2024/25")
    with portal.worker():
        expect(lead.get_by_role("heading", name="The report is built")).to_be_visible(timeout=PATIENCE_SECONDS * 1000)
    publish(lead)
    assert pdf_of(lead).startswith(b"%PDF")

    sign_in(member, f"member.{slug}")
    member.get_by_role("link", name="Dashboard of").click()
    expect(member.get_by_role("region", name="Achievements")).to_contain_text(title)
    if slug == "wigan-education-partnership":
        cards = member.get_by_role("region", name="Measures").locator(".portal-measure-card")
        expect(cards.filter(has_text="England").first).to_be_visible()
    # A theme has a row as well, without a link.
    rows = member.get_by_role("region", name="Priorities").locator("tbody").get_by_role("row")
    open_priorities = rows.filter(has=member.get_by_role("link")).count()
    go_to(member, "Reports")
    member.get_by_role("link", name="Autumn 2024/25", exact=True).click()
    expect(member.locator("article")).to_contain_text(title)
    for chapter in chapters_of(member, open_priorities):
        assert headings_of(chapter)[: len(HEADINGS)] == HEADINGS


def test_without_scripts_a_term_is_logged_written_approved_and_published(portal: Portal):
    """The spring after: what is marked is what the report that ships planned, and what is written is short."""
    portal.clock.set(IN_SPRING)
    open_rounds(on=IN_SPRING.date())
    return_of = Return.objects.get(round__partnership__slug="west-lancashire", round__term__code=SPRING)
    page = portal.window(has_scripts=False)
    sign_in(page, "officer.west-lancashire")
    log_achievement(page, "Schools and the college met", priorities=["EET"], organisation="West Lancashire College")

    open_return(page, "Spring 2024/25")
    page.locator(".govuk-task-list__link").first.click()
    promised = unmarked()
    assert {step["title"] for entry in WRITTEN["entries"] for step in entry["planned"]} < {
        title for _, title in promised
    }
    carried_over = []
    for entry in WRITTEN["entries"]:
        own = [title for ref, title in promised if ref == entry["priority"]]
        for number, title in enumerate(own):
            outcome = ("Done", "Carried over", "Dropped")[number % 3]
            mark(page, title, outcome, "Another partner leads on it now." if outcome == "Dropped" else "")
            if outcome == "Carried over":
                carried_over.append(title)
        planned = [{"title": f"{entry['priority']}: step {number}"} for number in (1, 2, 3)]
        spring = {
            "intended_outcomes": ["Known"],
            "activity": ["Met twice"],
            "impact": ["Told"],
            "exit_strategy": "Soon",
        }
        write_entry(page, spring | {"planned": planned}, has_scripts=False)
        page.get_by_role("button", name=re.compile("^Save and")).click()
    send_return(page)
    sign_out(page)

    sign_in(page, "lead.west-lancashire")
    approve(page, "LCC")
    ask_for_report(page, "Spring 2024/25")
    expect(page.get_by_role("heading", name="Waiting to be built")).to_be_visible()
    with portal.worker():
        portal.wait_for_job("reports.tasks.build_report")
    page.get_by_role("link", name="Refresh").click()
    expect(page.get_by_role("heading", name="The report is built")).to_be_visible()
    publish(page)
    assert pdf_of(page).startswith(b"%PDF")
    return_of.refresh_from_db()
    assert return_of.status == Return.Status.APPROVED
    older = PlannedStep.objects.filter(
        outcome="", entry__return_of__round__term__starts_on__lt=return_of.round.term.starts_on
    )
    assert not older.filter(entry__return_of__round__partnership=return_of.round.partnership_id).exists()
    carried = PlannedStep.objects.filter(entry__return_of=return_of, carried_from__isnull=False)
    assert sorted(carried.values_list("title", flat=True)) == sorted(carried_over)

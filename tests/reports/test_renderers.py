"""A report rendered from snapshots made by hand: what it says, in which order, and that it is the same each time."""

import io
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import page as pdf_checker
import pypdf
import pytest

from reports.renderers.document import document_of
from reports.renderers.html import Edition, render_html
from reports.renderers.measures import measure_card
from reports.renderers.pdf import render_pdf
from reports.renderers.prose import Passage, passages_of
from reports.snapshots import Snapshot, from_json, sha256_of, to_json
from reports.snapshots.schema import Total
from tests.reports import snapshots

SECTIONS = [
    "Intended outcomes",
    "Activity last period",
    "Planned activity next period",
    "Impact so far",
    "Exit strategy",
]
CASES = [snapshots.full, snapshots.empty, snapshots.long]


def edition_of(snapshot: Snapshot) -> Edition:
    return Edition(
        version=2,
        status="Published",
        sha256=sha256_of(to_json(snapshot)),
        published_on="2024-12-02",
        published_by="Lee Lead",
        correction_reason="One figure was typed wrongly.",
    )


class Outline(HTMLParser):
    """The headings and words of a page, its ids and the places its links point to."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.headings: list[tuple[int, str]] = []
        self.ids: list[str] = []
        self.targets: set[str] = set()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self._level = 0
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.add(tag)
        self.attributes |= set(given)
        self.ids += [given["id"] or ""] if "id" in given else []
        if (given.get("href") or "").startswith("#"):
            self.targets.add((given["href"] or "")[1:])
        if re.fullmatch(r"h[1-6]", tag):
            self._level = int(tag[1])
            self.headings.append((self._level, ""))

    def handle_endtag(self, tag: str) -> None:
        if re.fullmatch(r"h[1-6]", tag):
            self._level = 0

    def handle_data(self, data: str) -> None:
        self.words += data
        if self._level:
            level, text = self.headings[-1]
            self.headings[-1] = (level, f"{text} {data.strip()}".strip())


def words_of(pdf: bytes) -> str:
    """The text of a PDF, a space for each break of line, without the invisible places to break in."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).replace("\u200b", "").split())


@pytest.fixture(scope="module")
def full_html() -> str:
    return render_html(snapshots.full(), edition_of(snapshots.full()))


@pytest.fixture(scope="module")
def full_pdf() -> bytes:
    return render_pdf(snapshots.full(), edition_of(snapshots.full()))


@pytest.mark.parametrize("make", CASES)
def test_a_snapshot_comes_back_equal_from_its_canonical_json(make: Callable[[], Snapshot]) -> None:
    document = to_json(make())
    assert from_json(document) == make()
    assert to_json(from_json(document)) == document


@pytest.mark.parametrize("make", [snapshots.full, snapshots.empty])
def test_the_same_snapshot_gives_the_same_bytes(make: Callable[[], Snapshot]) -> None:
    first, again = make(), from_json(to_json(make()))
    assert render_html(first, edition_of(first)) == render_html(again, edition_of(again))
    assert render_pdf(first, edition_of(first)) == render_pdf(again, edition_of(again))


def test_another_snapshot_gives_other_bytes(full_html: str, full_pdf: bytes) -> None:
    other = replace(snapshots.full(), data_notes=("A note that was not there.",))
    assert render_html(other, edition_of(snapshots.full())) != full_html
    assert render_pdf(other, edition_of(snapshots.full())) != full_pdf


def test_the_page_keeps_the_six_headings_of_the_template_in_order_for_each_priority(full_html: str) -> None:
    headings = Outline(full_html).headings
    for priority in snapshots.full().priorities:
        at = headings.index((2, f"Priority {priority.ref} {priority.title}"))
        assert [text for _, text in headings[at + 1 : at + 6]] == SECTIONS
        assert headings[at + 6][1] == "Achievements"


def test_the_pdf_keeps_the_six_headings_of_the_template_in_order_for_each_priority(full_pdf: bytes) -> None:
    words = words_of(full_pdf)
    # The first place that a title stands is the contents.
    for priority in snapshots.full().priorities:
        heading = f"Priority {priority.ref}: {priority.title}"
        assert words.count(heading) >= 2
        chapter = words[words.rindex(heading) :]
        places = [chapter.index(section) for section in SECTIONS]
        assert places == sorted(places)


def test_both_formats_say_what_the_returns_say(full_html: str, full_pdf: bytes) -> None:
    page, pdf = " ".join(Outline(full_html).words.split()), words_of(full_pdf)
    for priority in snapshots.full().priorities:
        said = priority.contributions[0]
        for text in (*said.intended_outcomes, *said.planned, said.exit_strategy, *said.activity.split("\n\n")):
            assert " ".join(text.split()) in page
            # Where a line breaks after a hyphen, the words of a PDF have a space that nobody typed.
            assert "".join(text.split()) in pdf.replace(" ", "")


def test_both_formats_say_what_became_of_each_promise_and_why(full_html: str, full_pdf: bytes) -> None:
    for words in (Outline(full_html).words, words_of(full_pdf)):
        for mark in ("Done", "Carried over", "Carried for 2 terms.", "Dropped", "The online directory is enough."):
            assert mark in words
        assert "Not yet marked" in words


def test_both_formats_carry_the_version_the_hash_and_who_published_it(full_html: str, full_pdf: bytes) -> None:
    edition = edition_of(snapshots.full())
    for words in (Outline(full_html).words, words_of(full_pdf)):
        assert "2 (published)" in words
        assert edition.sha256 in words.replace(" ", "")
        assert "2 December 2024, by Lee Lead" in words
        assert "One figure was typed wrongly." in words
        assert "draft" not in words.split("Contents")[0].lower()


def test_a_draft_says_so() -> None:
    snapshot = snapshots.full()
    draft = Edition(version=1, status="Draft", sha256="0" * 64)
    assert "This is a draft" in render_html(snapshot, draft)
    assert "This is a draft" in words_of(render_pdf(snapshot, draft))


def test_a_demonstration_says_so_on_its_first_page_and_every_other() -> None:
    front = replace(snapshots.full().front, is_demo=True)
    snapshot = replace(snapshots.full(), front=front)
    html, pdf = render_html(snapshot, edition_of(snapshot)), render_pdf(snapshot, edition_of(snapshot))
    assert "This is a demonstration, not a real report." in Outline(html).words
    sheets = [sheet.extract_text() for sheet in pypdf.PdfReader(io.BytesIO(pdf)).pages]
    assert "This is a demonstration, not a real report." in " ".join(sheets[0].split())
    assert all("Demonstration, not a real report" in sheet for sheet in sheets)


def test_a_real_report_is_called_no_demonstration(full_html: str, full_pdf: bytes) -> None:
    for words in (Outline(full_html).words, words_of(full_pdf)):
        assert "emonstration" not in words


def test_what_is_invented_is_marked_where_it_is_told_and_in_tables() -> None:
    full = snapshots.full()
    invented = replace(full.achievements[0], title="A fair (demo)", is_demo=True)
    drop_in = replace(snapshots.DROP_IN, is_demo=True)
    snapshot = replace(full, achievements=(invented,), measures=(drop_in,))
    document = document_of(snapshot, edition_of(snapshot))
    card = document.chapters[0].achievements[0]
    assert (card.title, card.is_demo) == ("A fair", True)
    assert document.chapters[0].measures[0].is_demo
    assert document.achievements is not None
    assert document.achievements.rows[0][0] == "A fair (demo)"
    assert document.telling is not None
    assert document.telling.rows[0][0] == "Visits to the drop-in (demo)"
    for words in (
        " ".join(Outline(render_html(snapshot, edition_of(snapshot))).words.split()),
        words_of(render_pdf(snapshot, edition_of(snapshot))),
    ):
        assert "A fair Demo over 50" in words
        assert "Visits to the drop-in: 47 in Autumn 2024/25, up from 39 Demo" in words


def test_figures_of_the_area_around_are_never_told_as_the_partnerships_own() -> None:
    note = "Lancashire, the county that West Lancashire is part of"
    title = "NEET (Lancashire as a whole)"
    county = replace(
        snapshots.NEET,
        title=title,
        finding=f"{title}: 6.4 % in 2025",
        area="Lancashire",
        area_note=note,
        is_context=True,
        standing="",
        priority_ids=(),
    )
    snapshot = replace(snapshots.full(), measures=(county,))
    document = document_of(snapshot, edition_of(snapshot))
    card = document.loose_measures[0]
    assert (card.about, card.caption) == (note, f"{title} (%)")
    assert [column["text"] for column in card.columns][:2] == ["Period", "Lancashire"]
    assert card.chart is not None
    assert (card.chart["title"], card.chart["series"][0].name) == (title, "Lancashire")
    assert document.telling is not None
    assert document.telling.rows[0][:3] == (title, "6.4 %, 2025", "Context")
    assert document.chapters[0].no_measures.endswith(
        "Figures that give context to the whole strategy stand under Measures."
    )
    assert note in Outline(render_html(snapshot, edition_of(snapshot))).words
    assert note in words_of(render_pdf(snapshot, edition_of(snapshot)))


def test_what_is_at_risk_tells_its_reason_apart_from_the_words_of_the_term(full_html: str, full_pdf: bytes) -> None:
    line = document_of(snapshots.full(), edition_of(snapshots.full())).attention[0]
    assert line.title == "EET(b) Work with West Lancs College on its NEET project"
    assert (line.standing, line.since) == ("off_track", "since Spring 2023/24")
    assert line.reason == "The college's lead left; a new one starts in January."
    assert line.foot == "Lancashire County Council · due 31 January 2025 · moved from 31 October 2024"
    for words in (" ".join(Outline(full_html).words.split()), words_of(full_pdf)):
        assert "a new one starts in January. This term: The careers event moved to the spring." in words


def test_movement_says_what_it_compares_with(full_html: str, full_pdf: bytes) -> None:
    for words in (Outline(full_html).words, words_of(full_pdf)):
        assert "↓ worse than in 2024" in words


def test_a_total_says_what_it_adds_and_leaves_out() -> None:
    totals = (
        Total("90", "about", "pupils", achievements=3, estimates=1, left_out=2),
        Total("19", "", "schools", achievements=1, estimates=0, left_out=0),
    )
    full = snapshots.full()
    snapshot = replace(full, summary=replace(full.summary, totals=totals))
    assert document_of(snapshot, edition_of(snapshot)).totals == (
        "About 90 pupils (from 3 achievements, 1 of them an estimate; 2 more, known only from above, are not added)",
        "19 schools (from 1 achievement)",
    )


def test_the_summary_is_the_second_page_and_whole(full_pdf: bytes) -> None:
    page = " ".join(pypdf.PdfReader(io.BytesIO(full_pdf)).pages[1].extract_text().split())
    assert page.startswith("Summary")
    for part in ("How activities stand", "How the priorities stand", "Measures at a glance", "At risk or off track"):
        assert part in page


def test_missing_text_is_named_and_no_section_is_blank() -> None:
    document = document_of(snapshots.empty(), edition_of(snapshots.empty()))
    accounts = [account for section in document.chapters[0].sections for account in section.accounts]
    assert len(accounts) == len(SECTIONS)
    assert all(account.missing == "No return for Autumn 2024/25 covers this priority." for account in accounts)
    blank = replace(snapshots.full().priorities[0].contributions[0], activity="", planned=(), impact=" \n ")
    priority = replace(snapshots.full().priorities[0], contributions=(blank,))
    document = document_of(replace(snapshots.full(), priorities=(priority,)), edition_of(snapshots.full()))
    said = {section.heading: section.accounts[0].missing for section in document.chapters[0].sections}
    assert said["Activity last period"] == said["Impact so far"] == "Nothing was written for this section."
    assert said["Planned activity next period"] == "No steps are planned for the next period."
    assert said["Exit strategy"] == ""


def test_an_empty_report_says_what_is_missing_in_every_part() -> None:
    snapshot = snapshots.empty()
    for words in (
        " ".join(Outline(render_html(snapshot, edition_of(snapshot))).words.split()),
        words_of(render_pdf(snapshot, edition_of(snapshot))),
    ):
        for sentence in (
            "No board is set to receive this report",
            "No return has been started",
            "No question waits for an answer",
            "Nothing has been recorded for this term yet.",
            "No activity is recorded as at risk or off track.",
            "No achievements were logged this term.",
            "No measure has a figure yet, for this area or the one it lies in.",
            "No questions were answered and no decisions recorded",
            "No activity has a date that falls due next.",
            "No organisation has started a return for this term.",
        ):
            assert sentence in words


def test_an_achievement_of_two_priorities_is_told_whole_once_and_pointed_to_elsewhere() -> None:
    document = document_of(snapshots.full(), edition_of(snapshots.full()))
    first, second = document.chapters[0], document.chapters[1]
    assert [card.title for card in first.achievements] == ["Work placements arranged with local employers"]
    assert first.achievements[0].number == "over 50 student work placements"
    assert first.achievements[0].also_serves == "Priority NET"
    assert second.achievements == ()
    assert [(one.anchor, one.place) for one in second.achievement_references] == [("achievement-1", "Priority EET")]
    assert [card.title for card in document.loose_achievements] == ["A stall at the county careers fair"]


def test_each_organisation_speaks_under_its_name_where_several_contribute() -> None:
    snapshot = snapshots.full()
    one = snapshot.priorities[0].contributions[0]
    both = replace(snapshot.priorities[0], contributions=(one, replace(one, organisation="West Lancs College")))
    snapshot = replace(snapshot, priorities=(both,))
    html = Outline(render_html(snapshot, edition_of(snapshot)))
    for section in SECTIONS:
        at = html.headings.index((3, section))
        assert html.headings[at + 1] == (4, "Lancashire County Council")
        assert html.headings[at + 2] == (4, "West Lancs College")


@pytest.mark.parametrize("make", CASES)
def test_the_page_is_well_formed_for_readers_of_every_kind(make: Callable[[], Snapshot]) -> None:
    outline = Outline(render_html(make(), edition_of(make())))
    assert outline.headings[0][0] == 1
    assert [level for level, _ in outline.headings].count(1) == 1
    for (before, _), (after, text) in pairwise(outline.headings):
        assert after <= before + 1, text
        assert text
    assert len(outline.ids) == len(set(outline.ids))
    assert outline.targets <= set(outline.ids)
    # The portal's content security policy allows neither.
    assert not outline.tags & {"script", "style"}
    assert "style" not in outline.attributes


@pytest.mark.parametrize("make", CASES)
def test_the_pdf_meets_pdf_ua(make: Callable[[], Snapshot]) -> None:
    checked = pdf_checker.validate_pdf_bytes(render_pdf(make(), edition_of(make())), profile="ua1")
    assert [failure.message for failure in checked.failures] == []
    assert checked.is_compliant


def test_the_pdf_has_its_language_title_bookmarks_and_page_numbers(full_pdf: bytes) -> None:
    reader = pypdf.PdfReader(io.BytesIO(full_pdf))
    assert str(reader.root_object["/Lang"]) == "en-GB"
    assert reader.metadata is not None
    assert reader.metadata.title == "West Lancashire Education Partnership: Termly report, Autumn 2024/25"
    bookmarks = [str(mark.title) for mark in reader.outline if not isinstance(mark, list)]
    assert bookmarks[:2] == ["What the board is asked", "Summary"]
    assert [mark for mark in bookmarks if mark.startswith("Priority")] == [
        f"Priority {priority.ref}: {priority.title}" for priority in snapshots.full().priorities
    ]
    for number, sheet in enumerate(reader.pages, start=1):
        assert f"Page {number} of {len(reader.pages)}" in sheet.extract_text()
    assert all("termly report, Autumn 2024/25" in sheet.extract_text() for sheet in reader.pages[1:])


def test_the_pdf_uses_our_typeface_for_all_that_it_has_signs_for(full_pdf: bytes) -> None:
    resources: list[Any] = [sheet["/Resources"] for sheet in pypdf.PdfReader(io.BytesIO(full_pdf)).pages]
    fonts = {
        font.get_object()["/BaseFont"].split("+")[-1] for each in resources for font in each.get("/Font", {}).values()
    }
    assert fonts
    assert all(font.startswith("SourceSans3") for font in fonts), fonts


def test_signs_that_no_typeface_has_are_written_out_by_name() -> None:
    first = snapshots.full().priorities[0]
    odd = replace(first.contributions[0], impact="A \N{GRINNING FACE} from مدرسة and \N{OGHAM LETTER BEITH}")
    snapshot = replace(snapshots.full(), priorities=(replace(first, contributions=(odd,)),))
    assert "A [grinning face] from" in words_of(render_pdf(snapshot, edition_of(snapshot)))
    assert "\N{GRINNING FACE}" in render_html(snapshot, edition_of(snapshot))


def test_what_people_typed_is_shown_as_typed_and_never_as_markup() -> None:
    hostile = '<b>#let x = "1"</b> {{ settings.SECRET_KEY }} #read("/etc/passwd") $x$ *bold* \\u{41}'
    first = snapshots.full().priorities[0]
    odd = replace(first.contributions[0], activity=hostile)
    snapshot = replace(snapshots.full(), priorities=(replace(first, contributions=(odd,)),))
    assert hostile in Outline(render_html(snapshot, edition_of(snapshot))).words
    assert hostile in words_of(render_pdf(snapshot, edition_of(snapshot)))


def test_figures_carry_their_symbols_marks_and_units() -> None:
    cards = document_of(snapshots.full(), edition_of(snapshots.full())).chapters[0].measures
    neet, visits = cards
    assert neet.rows[-1] == ("2025", "6.4 p", "5.6", "5.7", "6.0")
    assert neet.rows[2] == ("2023", "x", "5.2", "–", "–")
    assert neet.caption.endswith("(%)")
    assert "p: provisional" in neet.note
    assert neet.gap.startswith(
        "0.8 percentage points above England, which is worse; the gap is widening. 7th of 11 among"
    )
    assert visits.rows[1] == ("2023", "c")
    assert visits.chart is not None
    assert visits.chart["series"][0].symbols == {1: "c"}


@pytest.mark.parametrize(
    ("codes", "shown"),
    [
        (["2018", "2019", "2022"], ["2018", "2019", "2020", "2021", "2022"]),
        (["2018-19", "2020-21"], ["2018/19", "2019/20", "2020/21"]),
    ],
)
def test_a_chart_leaves_a_gap_where_a_year_has_no_figure(codes: list[str], shown: list[str]) -> None:
    points = tuple(replace(snapshots.NEET.points[0], period=code, label=code) for code in codes)
    chart = measure_card(replace(snapshots.NEET, points=points, comparators=())).chart
    assert chart is not None
    assert chart["periods"] == shown
    assert [value is None for value in chart["series"][0].values] == [
        place.replace("/", "-") not in codes for place in shown
    ]


def test_typed_text_becomes_paragraphs_and_lists() -> None:
    assert passages_of("One.\n\n- first\n• second\nTwo.\n\x07") == (
        Passage("One."),
        Passage("", ("first", "second")),
        Passage("Two."),
    )

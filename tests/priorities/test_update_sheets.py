"""Updates as a spreadsheet: what is written, read back and refused, and what its sender's word then changes."""

import io
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from partnerships.models import Partnership, Term
from priorities.models import ActivityUpdate, UpdateSheet
from priorities.queries.bulk_updates import Said
from priorities.services.update_sheets import SheetLine, read_sheet, reading, write_sheet
from priorities.services.update_sheets.columns import FILLED, meant, shown
from priorities.services.update_sheets.writing import PUT_RIGHT
from priorities.services.updates import record_update
from tests.factories import ActivityFactory, ReturnFactory, World

UPLOAD, DOWNLOAD = "/activities/updates/upload/", "/activities/updates/download/"
PLACES = {"status": "F", "rag": "G", "words": "H", "reason": "I"}
KEY = "J"


@pytest.fixture
def officer(client, world: World):
    ActivityFactory(objective=world.objective, ref="1.1(b)", title="Visit schools", lead=world.organisation)
    client.force_login(world.officer)
    return client


def update(world: World, **changed) -> ActivityUpdate:
    given = {
        "activity": world.activity,
        "term": world.term,
        "status": "under_way",
        "rag": "on_track",
        "words": "Twelve employers signed up.",
        "reason": "",
        "by": world.lead,
        "at": timezone.now(),
    }
    return record_update(**(given | changed))


def book_of(content: bytes) -> Workbook:
    return load_workbook(io.BytesIO(content))


def content_of(book: Workbook) -> bytes:
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def changed(content: bytes, change: Callable[[Worksheet], object]) -> bytes:
    """The workbook after somebody did something to its first sheet."""
    book = book_of(content)
    change(book["Updates"])
    return content_of(book)


def downloaded(client: Client) -> bytes:
    response = client.get(DOWNLOAD)
    assert response.status_code == 200
    return response.content


def typed(row: int = 2, **values: str) -> Callable[[Worksheet], None]:
    def fill(sheet: Worksheet) -> None:
        for name, value in values.items():
            sheet[f"{PLACES[name]}{row}"] = value

    return fill


def sent(client, content: bytes, name: str = "updates.xlsx"):
    return client.post(UPLOAD, {"file": SimpleUploadedFile(name, content)}, follow=True)


def counts(response) -> tuple[int, int, int, int]:
    changed, refused, stale, unchanged = (
        len(response.context[name]) for name in ("changed", "refused", "stale", "unchanged")
    )
    return changed, refused, stale, unchanged


def refusal(response) -> str:
    return " ".join(response.context["form"].errors["file"])


# --- What is written

GOOD = {"status": "Under way", "rag": "On track", "words": "Words", "reason": ""}


def line(**filled: str) -> SheetLine:
    return SheetLine("1.1(a)", "Title", "1 Priority", "On track", "Said before", GOOD | filled, "harbour/t/1/x")


def written(*lines: SheetLine) -> bytes:
    term = Term(code="2024-25-autumn", starts_on=date(2024, 9, 3), ends_on=date(2024, 12, 20))
    return write_sheet(lines, partnership=Partnership(name="Harbour", slug="harbour"), term=term, before=None)


def test_a_download_has_a_row_for_each_activity_with_last_terms_words_locked_beside(officer, world):
    update(world, term=world.previous_term, words="Words of before", rag="off_track", reason="Late")
    update(world, words="Words of now")
    sheet = book_of(downloaded(officer))["Updates"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][:5] == (
        "Ref",
        "Activity",
        "Priority",
        "Summer 2023/24: how it stood",
        "Summer 2023/24: what was said",
    )
    assert rows[1][:9] == (
        *("1.1(a)", "Sign up employers", "1 Better first jobs", "Off track", "Words of before\n\nWhy: Late"),
        *("Under way", "On track", "Words of now", None),
    )
    assert rows[2][:2] == ("1.1(b)", "Visit schools")
    assert sheet.protection.sheet
    assert [sheet[f"{letter}2"].protection.locked for letter in "AEFGHIJ"] == [True, True, *[False] * 4, True]
    assert sheet.column_dimensions[KEY].hidden
    assert sheet.freeze_panes == "C2"
    assert {str(each.sqref): each.formula1 for each in sheet.data_validations.dataValidation} == {
        "F2:F3": '"Not started,Under way,Done"',
        "G2:G3": '"On track,At risk,Off track"',
    }


def test_a_download_says_how_to_fill_it_in(officer):
    book = book_of(downloaded(officer))
    assert book.sheetnames == ["Updates", "How to fill this in"]
    assert "white cells" in book["How to fill this in"]["A2"].value


def test_a_download_is_a_file_to_keep_and_kept_by_nobody_else(officer):
    response = officer.get(DOWNLOAD)
    assert response["Content-Disposition"] == 'attachment; filename="updates-harbour-2024-25-autumn.xlsx"'
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1+1", '=HYPERLINK("http://example.org")'])
def test_nothing_that_a_person_wrote_becomes_a_formula(officer, world, start):
    update(world, words=start, reason=start)
    update(world, term=world.previous_term, words=start)
    world.activity.title = start
    world.activity.save()
    sheet = book_of(downloaded(officer))["Updates"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert sheet["H2"].value == start.strip()
    assert all(sheet[f"{letter}2"].quotePrefix for letter in "BEH")
    assert counts(sent(officer, downloaded(officer))) == (0, 0, 0, 2)


@example(text="_x000D_ _x0041_")
@example(text="=1\r\n\x00\x0b\ufffe\u2028 😀")
@given(text=st.text(max_size=50))
def test_any_text_comes_back_as_it_went(text):
    said = Said.of(ActivityUpdate(status="under_way", rag="at_risk", words=text, reason=text))
    back = read_sheet(SimpleUploadedFile("updates.xlsx", written(line(**shown(said)))))
    assert [meant(row.typed) for row in back] == [said]
    assert [row.faults for row in back] == [{}]


# --- What is read back


def test_a_file_sent_back_as_it_was_changes_nothing(officer, world):
    update(world, words="One\r\n\r\nTwo ")
    response = sent(officer, downloaded(officer))
    assert counts(response) == (0, 0, 0, 2)
    assert "There is nothing to apply." in response.content.decode()


def test_nothing_is_saved_before_its_sender_says_so(officer, world):
    update(world)
    content = changed(downloaded(officer), typed(words="Fourteen signed up.", rag="At risk", reason="Two left."))
    response = sent(officer, content)
    page = response.content.decode()
    assert counts(response) == (1, 0, 0, 1)
    for words in ("Twelve employers signed up.", "Fourteen signed up.", "On track", "At risk", "Two left."):
        assert words in page
    assert ActivityUpdate.objects.get().words == "Twelve employers signed up."
    response = officer.post(response.redirect_chain[-1][0], follow=True)
    assert "1 update saved." in response.content.decode()
    saved = ActivityUpdate.objects.get()
    assert (saved.words, saved.rag, saved.reason, saved.author) == (
        *("Fourteen signed up.", "at_risk", "Two left."),
        world.officer,
    )
    world.activity.refresh_from_db()
    assert world.activity.latest_rag == "at_risk"


def test_applying_twice_saves_once(officer, world):
    content = changed(downloaded(officer), typed(status="under way ", rag="ON TRACK", words="Done"))
    address = sent(officer, content).redirect_chain[-1][0]
    officer.post(address)
    assert "Nothing more was saved." in officer.post(address, follow=True).content.decode()
    assert ActivityUpdate.history.count() == 1


def test_rows_that_are_refused_do_not_keep_the_others_from_being_saved(officer, world):
    def fill(sheet: Worksheet) -> None:
        typed(2, status="Under way", words="No judgement")(sheet)
        typed(3, status="Done", rag="On track", words="All visited")(sheet)

    response = sent(officer, changed(downloaded(officer), fill))
    assert counts(response) == (1, 1, 0, 0)
    response = officer.post(response.redirect_chain[-1][0], follow=True)
    assert "1 update saved. 1 row refused: it is below." in response.content.decode()
    assert ActivityUpdate.objects.get().words == "All visited"


@pytest.mark.parametrize(
    ("values", "heading"),
    [
        ({"rag": "On track", "words": "Words"}, "status"),
        ({"status": "Nearly", "rag": "On track", "words": "Words"}, "status"),
        ({"status": "Under way", "words": "Words"}, "rag"),
        ({"status": "Under way", "rag": "Purple", "words": "Words"}, "rag"),
        ({"status": "Under way", "rag": "On track"}, "words"),
        ({"status": "Under way", "rag": "Off track", "words": "Words"}, "reason"),
        ({"status": "Under way", "rag": "On track", "words": "a" * 20_001}, "words"),
    ],
)
def test_a_row_keeps_the_rules_of_the_form(officer, world, values, heading):
    response = sent(officer, changed(downloaded(officer), typed(**values)))
    assert counts(response) == (0, 1, 0, 1)
    assert [name for name, _ in response.context["refused"][0]["problems"]] == [FILLED[heading]]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("=1+1", "holds a formula"),
        (date(2024, 11, 29), "holds a date"),
        (12, "holds a number"),
        (True, "holds true or false"),
        ("#REF!", "holds an error"),
    ],
)
def test_a_cell_that_holds_no_words_is_refused_where_it_stands(officer, world, value, words):
    def fill(sheet: Worksheet) -> None:
        typed(status="Under way", rag="On track")(sheet)
        sheet["H2"].number_format = "General"
        sheet["H2"] = value

    response = sent(officer, changed(downloaded(officer), fill))
    assert counts(response) == (0, 1, 0, 1)
    assert words in response.content.decode()


def test_a_row_that_somebody_else_changed_meanwhile_is_refused_alone(officer, world):
    def fill(sheet: Worksheet) -> None:
        typed(2, status="Done", rag="On track", words="My words")(sheet)
        typed(3, status="Done", rag="On track", words="All visited")(sheet)

    content = changed(downloaded(officer), fill)
    update(world, words="Their words")
    response = sent(officer, content)
    page = response.content.decode()
    assert counts(response) == (1, 0, 1, 0)
    for words in ("Lee Lead changed this update", "Their words", "My words"):
        assert words in page
    officer.post(response.redirect_chain[-1][0])
    assert sorted(ActivityUpdate.objects.values_list("words", flat=True)) == ["All visited", "Their words"]


def test_a_row_overtaken_between_looking_and_applying_is_refused(officer, world):
    content = changed(downloaded(officer), typed(status="Done", rag="On track", words="My words"))
    response = sent(officer, content)
    assert counts(response) == (1, 0, 0, 1)
    update(world, words="Their words")
    officer.post(response.redirect_chain[-1][0])
    assert ActivityUpdate.objects.get().words == "Their words"


def test_a_row_whose_organisation_has_sent_its_return_is_refused_before_it_is_applied(officer, world):
    content = changed(downloaded(officer), typed(status="Under way", rag="On track", words="Too late"))
    ReturnFactory(round=world.round, organisation=world.organisation, status="submitted")
    response = sent(officer, content)
    assert counts(response) == (0, 1, 0, 1)
    assert "has sent its return" in response.content.decode()


def test_rows_that_were_not_filled_in_are_left_alone_whoever_changed_them(officer, world):
    content = downloaded(officer)
    update(world, words="Their words")
    assert counts(sent(officer, content)) == (0, 0, 0, 2)


def key(sheet: Worksheet, row: int = 2) -> str:
    return str(sheet[f"{KEY}{row}"].value)


def test_a_row_of_another_organisation_is_refused_as_not_found(officer, world):
    foreign = ActivityFactory(objective=world.objective, ref="1.1(x)", title="Secret title", lead=world.partner)

    def put_in(sheet: Worksheet) -> None:
        typed(status="Done", rag="On track", words="Not mine")(sheet)
        parts = key(sheet).split("/")
        sheet[f"{KEY}2"] = "/".join([*parts[:2], str(foreign.pk), Said().mark])

    response = sent(officer, changed(downloaded(officer), put_in))
    assert counts(response) == (0, 1, 0, 1)
    assert "This row is not one of yours" in response.content.decode()
    assert "Secret title" not in response.content.decode()
    officer.post(response.redirect_chain[-1][0])
    marked = officer.get(response.redirect_chain[-1][0] + "marked/").content
    assert "Secret title" not in str(list(book_of(marked)["Updates"].values))
    assert not ActivityUpdate.objects.exists()


@pytest.mark.parametrize("wrong", ["", "nonsense", "a/b/c/d", "harbour/2024-25-autumn/999999/x", "elsewhere/t/1/x"])
def test_a_row_that_was_added_or_whose_key_was_spoilt_is_refused(officer, world, wrong):
    def add(sheet: Worksheet) -> None:
        typed(4, status="Done", rag="On track", words="Added")(sheet)
        sheet[f"{KEY}4"] = wrong

    assert counts(sent(officer, changed(downloaded(officer), add))) == (0, 1, 0, 2)


def test_a_row_that_stands_there_twice_is_refused_both_times(officer, world):
    def copy(sheet: Worksheet) -> None:
        for row in (2, 4):
            typed(row, status="Done", rag="On track", words=f"Row {row}")(sheet)
        sheet[f"{KEY}4"] = key(sheet)

    response = sent(officer, changed(downloaded(officer), copy))
    assert counts(response) == (0, 2, 0, 1)
    assert "more than once" in response.content.decode()


def test_a_file_of_last_term_is_refused_row_by_row(officer, world):
    def older(sheet: Worksheet) -> None:
        for row in (2, 3):
            typed(row, status="Done", rag="On track", words="Late")(sheet)
            sheet[f"{KEY}{row}"] = key(sheet, row).replace("2024-25-autumn", "2023-24-summer")

    response = sent(officer, changed(downloaded(officer), older))
    assert counts(response) == (0, 2, 0, 0)
    assert "This row is of another term; it is now Autumn 2024/25." in response.content.decode()


def test_rows_that_were_taken_out_and_empty_ones_change_nothing(officer, world):
    def take_out(sheet: Worksheet) -> None:
        sheet.delete_rows(2)
        sheet["A40"] = " "

    assert counts(sent(officer, changed(downloaded(officer), take_out))) == (0, 0, 0, 1)


def test_columns_may_be_moved(officer, world):
    def move(sheet: Worksheet) -> None:
        for row in (1, 2, 3):
            sheet[f"M{row}"], sheet[f"H{row}"] = sheet[f"H{row}"].value, None
        sheet["M2"], sheet["F2"], sheet["G2"] = "Moved", "Done", "On track"

    response = sent(officer, changed(downloaded(officer), move))
    assert counts(response) == (1, 0, 0, 1)


# --- Files that are refused whole


def zipped(**members: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return held.getvalue()


def with_member(content: bytes, name: str, member: bytes) -> bytes:
    """The workbook with one of its members put in or replaced."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {each: archive.read(each) for each in archive.namelist()}
    return zipped(**(members | {name: member}))


def grown(sheet: Worksheet, rows: int) -> None:
    for row in range(4, rows):
        sheet[f"H{row}"] = "More"


ENTITIES = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;&b;">]><worksheet>&c;</worksheet>'
NOTES = b'<?xml version="1.0"?><!DOCTYPE a SYSTEM "http://example.org/a.dtd"><a/>'


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda _: b"", "The file is empty"),
        (lambda _: b"Ref,Activity\n", "must be the Excel workbook"),
        (lambda _: b"PK\x03\x04 and nothing of the kind", "must be the Excel workbook"),
        (lambda _: zipped(**{"notes.txt": b"Notes"}), "must be the Excel workbook"),
        (lambda _: zipped(**{"[Content_Types].xml": b"<a/>", "xl/workbook.xml": b"<a/>"}), "damaged"),
        (lambda content: content[: len(content) // 2], "must be the Excel workbook"),
        (lambda content: content + bytes(2_000_000), "at most 2 MB"),
        (
            lambda content: with_member(content, "xl/worksheets/sheet1.xml", b"<not closed"),
            "must be the Excel workbook",
        ),
        (lambda content: with_member(content, "xl/vbaProject.bin", b"Sub"), "macros"),
        (lambda content: with_member(content, "xl/worksheets/sheet1.xml", ENTITIES), "XML entities"),
        (lambda content: with_member(content, "docProps/notes.xml", NOTES), "XML entities"),
        (lambda content: with_member(content, "xl/bomb.xml", bytes(60_000_000)), "unpacks to more"),
        (lambda content: with_member(content, "xl/many.xml", b"<a>" + b"<b/>" * 400_000 + b"</a>"), "far more cells"),
        (lambda content: zipped(**{f"{n}.txt": b"" for n in range(200)}), "unpacks to more"),
        (lambda content: changed(content, lambda sheet: setattr(sheet, "title", "Other")), "no sheet named “Updates”"),
        (lambda content: changed(content, lambda sheet: sheet.delete_cols(8)), "no column headed “What was done"),
        (lambda content: changed(content, lambda sheet: sheet.delete_rows(1, 9)), "no column headed “Ref”"),
        (lambda content: changed(content, lambda sheet: sheet.merge_cells("H2:H3")), "merged (H2:H3)"),
        (lambda content: changed(content, lambda sheet: grown(sheet, 10_001)), "The sheet has 10,000 rows"),
        (lambda content: changed(content, lambda sheet: sheet.delete_rows(2, 2)), "no row that was downloaded here"),
    ],
)
def test_a_file_that_cannot_be_used_says_what_to_do_at_its_field(officer, world, spoil, words):
    response = sent(officer, spoil(downloaded(officer)))
    assert words in refusal(response)
    assert "<title>Error: " in response.content.decode()
    assert not UpdateSheet.objects.exists()


def test_a_file_must_be_chosen(officer):
    assert refusal(officer.post(UPLOAD)) == "Choose the spreadsheet that you filled in."


def test_a_bomb_is_refused_before_anything_of_it_is_parsed(officer, monkeypatch):
    def parse(*args, **options):
        raise AssertionError("It was parsed.")

    content = downloaded(officer)
    monkeypatch.setattr(reading, "iterparse", parse)
    monkeypatch.setattr(reading, "load_workbook", parse)
    bomb = with_member(content, "xl/bomb.xml", bytes(60_000_000))
    assert len(bomb) < reading.LARGEST_FILE
    assert "unpacks to more" in refusal(sent(officer, bomb))


@given(st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=4))
def test_a_damaged_file_is_refused_in_words_or_read(spoilt):
    content = bytearray(written(line(), line(words="More")))
    for place, byte in spoilt:
        content[int(place * len(content))] = byte
    with suppress(ValidationError):
        read_sheet(SimpleUploadedFile("updates.xlsx", bytes(content)))


# --- The same file with the errors marked


def test_the_marked_file_says_in_colour_and_words_what_is_wrong_where(officer, world):
    update(world)

    def fill(sheet: Worksheet) -> None:
        typed(2, words="=1+1", rag="Purple")(sheet)
        typed(3, status="Done", words="Kept as typed")(sheet)

    address = sent(officer, changed(downloaded(officer), fill)).redirect_chain[-1][0]
    response = officer.get(f"{address}marked/")
    assert response["Content-Disposition"] == 'attachment; filename="updates-harbour-2024-25-autumn-marked.xlsx"'
    sheet = book_of(response.content)["Updates"]
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert sheet["H2"].value == "=1+1"
    assert "holds a formula" in sheet["H2"].comment.text
    assert sheet["G2"].comment.text == "Choose from the list."
    assert sheet["G2"].fill.fgColor.rgb.endswith("FBDFDB")
    assert sheet["F2"].comment is None
    assert "on track, at risk or off track" in sheet["G3"].comment.text
    assert sheet["H3"].value == "Kept as typed"
    assert sheet["K1"].value == PUT_RIGHT
    assert "Choose from the list." in sheet["K2"].value


def test_the_marked_file_put_right_is_taken(officer, world):
    address = sent(officer, changed(downloaded(officer), typed(status="Under way", words="Words"))).redirect_chain[-1][
        0
    ]
    response = sent(officer, changed(officer.get(f"{address}marked/").content, typed(rag="On track")))
    assert counts(response) == (1, 0, 0, 1)


def test_a_marked_stale_row_says_what_the_other_wrote_and_replaces_it_only_when_sent_again(officer, world):
    content = changed(downloaded(officer), typed(status="Done", rag="On track", words="My words"))
    update(world, words="Their words")
    address = sent(officer, content).redirect_chain[-1][0]
    marked = officer.get(f"{address}marked/").content
    note = book_of(marked)["Updates"]["A2"].comment.text
    assert "Lee Lead changed this update" in note
    assert "Their words" in note
    response = sent(officer, marked)
    assert counts(response) == (1, 0, 0, 1)
    assert ActivityUpdate.objects.get().words == "Their words"
    officer.post(response.redirect_chain[-1][0])
    assert ActivityUpdate.objects.get().words == "My words"


def test_a_marked_file_keeps_what_others_changed_where_nothing_was_filled_in(officer, world):
    content = changed(downloaded(officer), typed(3, status="Done", words="Words"))
    update(world, words="Their words")
    address = sent(officer, content).redirect_chain[-1][0]
    assert book_of(officer.get(f"{address}marked/").content)["Updates"]["H2"].value == "Their words"


# --- Whose it is, and for how long


@pytest.mark.parametrize("address", [UPLOAD, DOWNLOAD])
@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("lead", 200), ("administrator", 200), ("board_member", 404), ("stranger", 404)],
)
def test_whoever_updates_may_use_a_spreadsheet(client, world, person, status, address):
    client.force_login(getattr(world, person))
    assert client.get(address, {"partnership": "harbour"}).status_code == status


def test_another_persons_spreadsheet_is_not_found(officer, client, world):
    address = sent(officer, changed(downloaded(officer), typed(status="Not started"))).redirect_chain[-1][0]
    for person in (world.lead, world.administrator, world.stranger):
        client.force_login(person)
        assert client.get(address).status_code == 404
        assert client.post(address).status_code == 404
        assert client.get(f"{address}marked/").status_code == 404
    assert not ActivityUpdate.objects.exists()


def test_a_spreadsheet_of_somebody_elses_partnership_is_refused(officer, client, world):
    content = downloaded(officer)
    client.force_login(world.stranger)
    assert "not of a partnership whose activities you update" in refusal(sent(client, content))


def test_a_spreadsheet_is_let_go_of_after_some_hours(officer, world):
    content = changed(downloaded(officer), typed(status="Not started"))
    with time_machine.travel(timezone.now() - UpdateSheet.KEPT_FOR - timedelta(minutes=1)):
        address = sent_under_way(officer, content)
    assert officer.get(address).status_code == 404
    sent(officer, content)
    assert UpdateSheet.objects.count() == 1


def sent_under_way(client: Client, content: bytes) -> str:
    return str(client.post(UPLOAD, {"file": SimpleUploadedFile("updates.xlsx", content)})["Location"])


@pytest.mark.usefixtures("rows_saved_one_by_one")
def test_many_rows_are_looked_at_in_few_queries(officer, world, django_assert_num_queries):
    ActivityFactory.create_batch(148, objective=world.objective, lead=world.organisation)

    def fill(sheet: Worksheet) -> None:
        for row in range(2, 152):
            typed(row, status="Done", rag="On track", words="Done")(sheet)

    with django_assert_num_queries(5):
        content = downloaded(officer)
    address = sent(officer, changed(content, fill)).redirect_chain[-1][0]
    with django_assert_num_queries(5):
        assert counts(officer.get(address)) == (150, 0, 0, 0)
    officer.post(address)
    assert ActivityUpdate.objects.count() == 150

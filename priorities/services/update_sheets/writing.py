"""Writing updates as a spreadsheet: every word as text, so that nothing a person wrote is ever taken for a formula."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from io import BytesIO

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from partnerships.models import Partnership, Term
from priorities.models import ActivityUpdate
from priorities.queries.bulk_updates import Said, UpdateLine, plain_text
from priorities.rules import standing_of
from priorities.services.bulk_updates import Verdict
from priorities.services.update_sheets.applying import CheckedRow
from priorities.services.update_sheets.columns import FILLED, GUIDE, KEY, LABELS, REF, SHEET, TITLE, Key, shown

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PUT_RIGHT = "What to put right"
# Characters; a comment is a glance, and Excel shows no long one well.
LONGEST_COMMENT = 1_000
_WIDTHS = {"ref": 10, "title": 36, "priority": 28, "standing": 14, "said": 44}
_FILLED_WIDTHS = {"status": 16, "rag": 16, "words": 60, "reason": 50}
_HEAD = PatternFill("solid", fgColor="00524F")
_LOCKED = PatternFill("solid", fgColor="F3F4F5")
_REFUSED = PatternFill("solid", fgColor="FBDFDB")
_LINE = Side(style="thin", color="B1B4B6")
_GUIDE_LINES = (
    "Fill in the white cells of the sheet “Updates”: one row for each activity, four cells in each.",
    "The first two are chosen from a list. Leave the second empty only if the activity has not started.",
    "What was done this term? is needed once the activity has started.",
    "Why is it at risk or off track? is needed unless the activity is on track.",
    "Rows that you leave as they are change nothing. Last term’s words stand beside, and cannot be changed.",
    "Do not add or merge cells. The last column is hidden: it says which activity each row is.",
    "Then send the file in where you downloaded it. You see what will change before anything is saved.",
    "If somebody changes one of these updates in the portal meanwhile, that row is refused and theirs stays.",
)


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A row to write: the locked cells, those to fill in, its key, and what is wrong with it by field."""

    ref: str
    title: str
    priority: str
    standing: str
    said: str
    filled: dict[str, str]
    key: str
    problems: dict[str, str] = field(default_factory=dict)


def line_of(line: UpdateLine, *, partnership: Partnership, term: Term) -> SheetLine:
    """An activity's row as it stands."""
    said = Said.of(line.present)
    return SheetLine(
        ref=line.activity.ref,
        title=line.activity.title,
        priority=str(line.activity.priority),
        standing=standing_of(line.last.status, line.last.rag).label if line.last else "",
        said=_words_of(line.last),
        filled=shown(said),
        key=str(Key(partnership.slug, term.code, line.activity.pk, said.mark)),
    )


def _words_of(update: ActivityUpdate | None) -> str:
    if update is None:
        return ""
    return f"{update.words}\n\nWhy: {update.reason}" if update.reason else update.words


def marked_lines(
    checked: Iterable[CheckedRow], lines: dict[int, UpdateLine], *, partnership: Partnership, term: Term
) -> list[SheetLine]:
    """The rows of a spreadsheet as they were sent, with what is wrong with each.

    A row that somebody else overtook says what they wrote, and is then of their words: sent again, it replaces them.
    One that changes nothing is written as it stands in the portal.
    """
    marked = []
    for each in checked:
        if each.line is None:
            row = each.row
            marked.append(SheetLine(row.ref, row.title, "", "", "", row.typed, row.key, each.judged.problems))
            continue
        now = line_of(lines[each.line.activity.pk], partnership=partnership, term=term)
        problems, filled = each.judged.problems, each.row.typed
        if each.judged.verdict == Verdict.UNCHANGED:
            filled = now.filled
        elif each.judged.verdict == Verdict.STALE and each.line.present:
            problems = {"": _overtaken(each.line.present)}
        marked.append(SheetLine(now.ref, now.title, now.priority, now.standing, now.said, filled, now.key, problems))
    return marked


def _overtaken(update: ActivityUpdate) -> str:
    said = Said.of(update)
    standing = ", ".join(filter(None, (shown(said)["status"], shown(said)["rag"])))
    words = "\n".join(filter(None, (standing, said.words, said.reason)))
    return (
        f"{update.author.name} changed this update after the file was downloaded. Theirs is:\n{words}\n"
        "Nothing of yours was saved. If you send this file again, your row takes the place of theirs."
    )


def write_sheet(lines: Sequence[SheetLine], *, partnership: Partnership, term: Term, before: Term | None) -> bytes:
    """The rows as an Excel workbook, with the sheet that says how to fill it in."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = SHEET
    book.properties.creator = "WESP Portal"
    book.properties.title = f"Updates for {term.label}, {plain_text(partnership.name)}"
    earlier = before.label if before else "Last term"
    has_problems = any(line.problems for line in lines)
    headings = [REF, TITLE, "Priority", f"{earlier}: how it stood", f"{earlier}: what was said", *FILLED.values(), KEY]
    _write_head(sheet, [*headings, PUT_RIGHT] if has_problems else headings)
    for number, line in enumerate(lines, start=2):
        _write_row(sheet, number, line, is_marked=has_problems)
    widths = [*_WIDTHS.values(), *_FILLED_WIDTHS.values(), 10, 60]
    for column, width in enumerate(widths[: len(headings) + has_problems], start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.column_dimensions[get_column_letter(len(headings))].hidden = True
    _let_choose(sheet, len(lines) + 1)
    sheet.freeze_panes = "C2"
    sheet.print_title_rows = "1:1"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.protection.sheet = True
    # True forbids: rows and columns may be made wider.
    sheet.protection.formatColumns = sheet.protection.formatRows = False
    _write_guide(book.create_sheet(GUIDE), term, partnership)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _write_text(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """A cell that holds its text and no formula, also after somebody edits it."""
    cell = sheet.cell(row, column)
    cell.value = plain_text(text) or None
    if cell.value is not None:
        cell.data_type = "s"
    cell.number_format = "@"
    cell.quotePrefix = True
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    cell.border = Border(bottom=_LINE)


def _write_head(sheet: Worksheet, headings: Iterable[str]) -> None:
    for column, heading in enumerate(headings, start=1):
        _write_text(sheet, 1, column, heading)
        cell = sheet.cell(1, column)
        cell.font, cell.fill = Font(bold=True, color="FFFFFF"), _HEAD


def _write_row(sheet: Worksheet, number: int, line: SheetLine, *, is_marked: bool) -> None:
    locked = [line.ref, line.title, line.priority, line.standing, line.said]
    for column, text in enumerate(locked, start=1):
        _write_text(sheet, number, column, text)
        sheet.cell(number, column).fill = _LOCKED
    for column, name in enumerate(FILLED, start=len(locked) + 1):
        _write_text(sheet, number, column, line.filled[name])
        cell = sheet.cell(number, column)
        cell.protection = Protection(locked=False)
        if name in line.problems:
            cell.fill, cell.comment = _REFUSED, _comment(line.problems[name])
    _write_text(sheet, number, len(locked) + len(FILLED) + 1, line.key)
    if "" in line.problems:
        first = sheet.cell(number, 1)
        first.fill, first.comment = _REFUSED, _comment(line.problems[""])
    if is_marked:
        words = [f"{FILLED[name]} {said}" if name else said for name, said in line.problems.items()]
        _write_text(sheet, number, len(locked) + len(FILLED) + 2, "\n".join(words))


def _comment(words: str) -> Comment:
    return Comment(plain_text(words)[:LONGEST_COMMENT], "WESP Portal", height=140, width=320)


def _let_choose(sheet: Worksheet, last_row: int) -> None:
    """Lists to choose from, in the columns that take nothing else."""
    if last_row < 2:
        return
    for offset, name in enumerate(FILLED):
        if name not in LABELS:
            continue
        choices = DataValidation(type="list", formula1=f'"{",".join(LABELS[name].values())}"', allow_blank=True)
        choices.errorTitle, choices.error = "Choose from the list", "Choose one of the words in the list."
        choices.showErrorMessage = True
        letter = get_column_letter(len(_WIDTHS) + 1 + offset)
        choices.add(f"{letter}2:{letter}{last_row}")
        sheet.add_data_validation(choices)


def _write_guide(sheet: Worksheet, term: Term, partnership: Partnership) -> None:
    sheet.column_dimensions["A"].width = 100
    for row, words in enumerate([f"{partnership.name}, {term.label}", *_GUIDE_LINES], start=1):
        _write_text(sheet, row, 1, words)
    sheet.cell(1, 1).font = Font(bold=True, size=14)
    sheet.protection.sheet = True

"""A report's parts in the order in which a Word document has them."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from reports.renderers.document import Document, Part, Table
from reports.renderers.document.values import (
    Account,
    AchievementCard,
    AttentionLine,
    Chapter,
    PromiseLine,
    Reference,
)
from reports.renderers.drawings import chart_of
from reports.renderers.measures import MeasureCard
from reports.renderers.prose import Passage
from reports.renderers.word.blocks import Block, Contents, Grid, Heading, PageBreak, Paragraph, Picture, Run
from wesp_portal.common.status import MOVEMENTS, status_of


def blocks_of(report: Document) -> list[Block]:
    """The whole report."""
    blocks = [*_front(report)]
    for place, part in enumerate(report.parts):
        if part.key == "priorities":
            blocks += [PageBreak()] if place else []
        else:
            blocks.append(_heading(1, part.heading, part.key))
        blocks += BODIES[part.key](report)
    return blocks


def _words(text: str, style: str = "") -> Iterator[Block]:
    """A paragraph, unless there is nothing to say."""
    if text:
        yield Paragraph((Run(text),), style)


def _heading(level: int, text: str, anchor: str = "") -> Heading:
    return Heading(level, (Run(text),), anchor)


def _grids(*tables: Table | None) -> Iterator[Block]:
    return (Grid(table) for table in tables if table)


def _bullets(items: Iterable[str]) -> Iterator[Block]:
    return (Paragraph((Run(item),), "ListBullet") for item in items)


def _passages(passages: Iterable[Passage]) -> Iterator[Block]:
    for passage in passages:
        yield from _bullets(passage.items) if passage.items else _words(passage.words)


def _facts(facts: Sequence[tuple[str, str]]) -> Iterator[Block]:
    return (Paragraph((Run(f"{name}: ", "Strong"), Run(value)), "Fact") for name, value in facts)


# The front sheet and the page that stands alone


def _front(report: Document) -> Iterator[Block]:
    yield from _words(report.partnership, "Kicker")
    yield from _words(report.title, "Title")
    yield from _words(report.purpose, "Lead")
    if report.demonstration:
        yield Paragraph((Run("Demonstration. ", "Strong"), Run(report.demonstration)), "Note")
    yield from _words(report.draft_words, "Note")
    if report.correction:
        yield Paragraph((Run("What this version corrects: ", "Strong"), Run(report.correction)), "Note")
    yield from _facts(report.facts)
    yield Paragraph((Run("Contents"),), "ContentsHeading")
    yield Contents(tuple(entry for part in report.parts for entry in _entries(report, part)))
    yield PageBreak()


def _entries(report: Document, part: Part) -> Iterator[tuple[str, str]]:
    """What the contents say of a part: its heading, or each chapter's."""
    if part.key != "priorities":
        yield part.heading, part.key
        return
    for chapter in report.chapters:
        yield f"{chapter.kicker}: {chapter.title}", chapter.anchor


def _asked(report: Document) -> Iterator[Block]:
    for number, words in enumerate(report.asked, start=1):
        yield from _words(f"{number}. {words}")
    yield from _words(report.nothing_asked)
    yield from _grids(report.questions, report.decisions)


def _summary(report: Document) -> Iterator[Block]:
    for sentence in report.sentences:
        yield from _words(sentence)
    yield from _words(report.promises)
    yield from _bullets(report.totals)
    yield from _grids(report.counts)
    if not report.standings:
        yield from _words("This partnership has no priorities yet.")
    yield from _grids(report.standings, report.telling)


def _needing(report: Document) -> Iterator[Block]:
    if not report.attention:
        yield from _words("No activity is recorded as at risk or off track.")
    for line in report.attention:
        yield from _attention(line)


def _attention(line: AttentionLine) -> Iterator[Block]:
    yield Paragraph((Run(line.title),), "ItemTitle")
    fallen = (Run(f"  {line.fallen}", "Strong"),) if line.fallen else ()
    yield Paragraph((Run("", status=status_of(line.standing)), Run(f"  {line.since}"), *fallen), "Leading")
    yield from _words(line.reason)
    if line.words:
        yield from _words(f"This term: {line.words}")
    yield from _words(line.foot, "Source")


# Priorities


def _chapters(report: Document) -> Iterator[Block]:
    for chapter in report.chapters:
        yield from _chapter(chapter)


def _chapter(chapter: Chapter) -> Iterator[Block]:
    yield Heading(1, (Run(f"{chapter.kicker}: ", "Teal"), Run(chapter.title)), chapter.anchor)
    yield from _words(chapter.wording, "Lead")
    if chapter.is_rated:
        moved = MOVEMENTS.get(chapter.movement)
        since = f"  {moved.symbol} {moved.word} since last term" if moved else ""
        yield Paragraph((Run("", status=status_of(chapter.standing)), Run(since)))
    if chapter.strip:
        told = "; ".join(f"{term}: {status_of(code).word.lower()}" for term, code in chapter.strip)
        yield from _words(f"The last terms: {told}.", "Source")
    yield from _words(chapter.counts, "Source")
    yield from _facts(chapter.facts)
    for section in chapter.sections:
        yield _heading(2, section.heading)
        for account in section.accounts:
            yield from _account(account)
    yield _heading(2, "Achievements")
    if not (chapter.achievements or chapter.achievement_references):
        yield from _words(chapter.no_achievements, "Missing")
    yield from _achievements(chapter.achievements)
    yield from _references(chapter.achievement_references)
    yield _heading(2, "Measures")
    if not (chapter.measures or chapter.measure_references):
        yield from _words(chapter.no_measures, "Missing")
    yield from _measures(chapter.measures, level=3)
    yield from _references(chapter.measure_references)
    if chapter.voices:
        yield _heading(2, "What people say")
    for voice in chapter.voices:
        yield from _passages(voice.words)
        yield from _words(f"{voice.facts} · on {voice.about}" if voice.about else voice.facts, "Source")


def _account(account: Account) -> Iterator[Block]:
    if account.by:
        yield _heading(3, account.by)
    yield from _words(account.missing, "Missing")
    yield from _passages(account.passages)
    if account.promises:
        columns = ({"text": "Promised last term", "share": 3}, {"text": "What became of it", "share": 2})
        yield Grid(Table("What was promised last term", columns, tuple(map(_promise, account.promises))))
    yield from _bullets(account.steps)


def _promise(promise: PromiseLine) -> tuple[str, str]:
    return promise.title, f"{promise.label}. {promise.detail}".strip() if promise.detail else promise.label


def _achievements(cards: Iterable[AchievementCard]) -> Iterator[Block]:
    for card in cards:
        runs = [Run(card.title)]
        if card.is_demo:
            runs.append(Run("  (demo)", "Teal"))
        if card.number:
            runs.append(Run(f"  {card.number}", "Teal"))
        yield Paragraph(tuple(runs), "ItemTitle", card.anchor)
        yield from _passages(card.detail)
        also = f"Serves {card.also_serves} as well" if card.also_serves else ""
        yield from _words(" · ".join(part for part in (card.facts, also) if part), "Source")


def _references(references: Iterable[Reference]) -> Iterator[Block]:
    for one in references:
        runs = (Run(one.title, to=f"#{one.anchor}"), Run(f", told under {one.place}"))
        yield Paragraph(runs, "ListBullet")


def _measures(cards: Iterable[MeasureCard], level: int) -> Iterator[Block]:
    for card in cards:
        yield _heading(level, card.finding, card.anchor)
        yield from _words(card.about, "SourceLeading")
        runs = [Run("Demo figures. ", "Teal")] if card.is_demo else []
        if card.standing:
            runs += [
                Run("", status=status_of(card.standing)),
                Run(f" in {card.judged_on}." if card.judged_on else "  "),
            ]
        target = f"Target: {card.target}." if card.target else ""
        runs.append(Run(" ".join(part for part in (card.explanation, target, card.gap) if part)))
        if card.moved:
            runs.append(Run(f"  {card.moved}"))
        yield Paragraph(tuple(runs), "Leading")
        if svg := chart_of(card):
            yield Picture(svg, card.finding)
        source = f"Source: {card.source}." if card.source else ""
        facts = (f"{name}: {words}." for name, words in card.facts)
        note = " ".join(part for part in (card.note, card.definition, source, *facts) if part)
        yield Grid(Table(card.short_caption, card.columns, card.rows, note))


# The whole


def _all_achievements(report: Document) -> Iterator[Block]:
    if not report.achievements:
        yield from _words(report.no_achievements)
    yield from _grids(report.achievements)
    yield from _achievements(report.loose_achievements)


def _all_measures(report: Document) -> Iterator[Block]:
    yield from _words(report.measures_told)
    yield from _grids(report.measures)
    yield from _measures(report.loose_measures, level=2)


def _said(report: Document) -> Iterator[Block]:
    if not (report.answers or report.decided):
        yield from _words("No questions were answered and no decisions recorded since the last report.")
    yield from _grids(report.answers, report.decided)


def _due(report: Document) -> Iterator[Block]:
    yield from _words(report.milestones)
    yield from _grids(report.met)
    if not report.due:
        yield from _words("No activity has a date that falls due next.")
    yield from _grids(report.due)


def _notes(report: Document) -> Iterator[Block]:
    if not report.notes:
        yield from _words("No figure is withheld or provisional.")
    yield from _bullets(report.notes)
    yield from _words(report.no_returns)
    yield from _grids(report.returns)
    for heading, told in (
        ("How progress is judged", report.rules),
        ("Symbols", report.symbols),
        ("Notes on measures", report.remarks),
    ):
        if told:
            yield _heading(2, heading)
            yield from _facts(told)
    if report.sources:
        yield _heading(2, "Sources")
        for source, address in report.sources:
            yield Paragraph((Run(source, to=address),), "ListBullet")
    yield from _words(
        f"The figures and words of this report are frozen as its snapshot, whose SHA-256 is {report.sha256}.", "Source"
    )


BODIES: Mapping[str, Callable[[Document], Iterable[Block]]] = {
    "asked": _asked,
    "summary": _summary,
    "attention": _needing,
    "priorities": _chapters,
    "achievements": _all_achievements,
    "measures": _all_measures,
    "said": _said,
    "due": _due,
    "notes": _notes,
}
"""What stands beneath the heading of each part."""

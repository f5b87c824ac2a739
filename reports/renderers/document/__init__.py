"""What a report says, part by part and word for word, as plain values that every format then lays out.

The snapshot's layout decides the order, and one place the headings and what is said where something is missing; the
formats only differ in how they look. Pure: a snapshot and an edition in, no database, no clock, no settings.
"""

from collections.abc import Iterable

from reports.renderers.careers import careers_card
from reports.renderers.document.chapters import Places, achievement_card, chapter_of, how_many
from reports.renderers.document.editions import words_for
from reports.renderers.document.summary import (
    TELLING,
    aims_table,
    attention_line,
    counts_table,
    due_table,
    facts_of,
    met_table,
    milestones_line,
    no_promises,
    standings_table,
    telling_table,
)
from reports.renderers.document.values import Document, Edition, Part, Table
from reports.renderers.document.words import day, made_of, marked, stands, table, whole, wide
from reports.renderers.measures import latest_words, measure_card, movement_words
from reports.snapshots.layout import PARTS
from reports.snapshots.schema import Measure, Snapshot
from wesp_portal.common.formatting import SYMBOL_WORDS, quantity

DEMONSTRATION = (
    "This is a demonstration, not a real report. Its people, its ratings and everything marked demo are invented; the "
    "rest comes from published sources, or from whoever tried the portal out."
)

__all__ = ["Document", "Edition", "Part", "Table", "document_of", "symbols_of"]


def document_of(snapshot: Snapshot, edition: Edition) -> Document:
    """Everything the report says, in order."""
    front, layout, words = snapshot.front, snapshot.layout, words_for(snapshot)
    places = Places(snapshot)
    open_questions = [question for question in snapshot.questions if not question.answer]
    open_decisions = [decision for decision in snapshot.decisions if decision.status == "To do"]
    return Document(
        title=f"Termly report, {front.term.label}",
        partnership=front.partnership,
        running=f"{front.partnership}: termly report, {front.term.label}",
        purpose=words.purpose,
        demonstration=DEMONSTRATION if front.is_demo else "",
        facts=facts_of(snapshot, edition),
        correction=edition.correction_reason,
        draft_words="" if edition.published_on else words.draft,
        sha256=edition.sha256,
        imprint=_imprint(edition, is_public=layout.is_public),
        sentences=snapshot.summary.sentences,
        promises=no_promises(snapshot),
        parts=tuple(Part(key, PARTS[key]) for key in layout.parts),
        asked=layout.asked,
        nothing_asked=(
            ""
            if layout.asked or open_questions or open_decisions
            else "No question waits for an answer, and no decision waits to be carried out."
        ),
        counts=counts_table(snapshot),
        totals=tuple(
            f"{quantity(whole(total.value), total.unit, total.qualifier.capitalize())} ({made_of(total)})"
            for total in snapshot.summary.totals
        ),
        questions=table(
            "Questions waiting for an answer",
            [wide("Question", 3), wide("About", 2), "Asked on"],
            [(question.text, question.about or "The whole", day(question.asked_on)) for question in open_questions],
        ),
        decisions=table(
            "Decisions still to be carried out",
            [wide("Decision", 3), wide("Who acts", 2), "By when"],
            [
                (decision.text, decision.action_by or "Nobody named", day(decision.due_on) or "No date set")
                for decision in open_decisions
            ],
        ),
        standings=aims_table(snapshot) if layout.is_public else standings_table(snapshot),
        telling=telling_table(snapshot.measures, is_rated=not layout.is_public),
        attention=tuple(attention_line(line, front.year_end) for line in snapshot.exceptions),
        chapters=tuple(chapter_of(priority, snapshot, places) for priority in places.chapters),
        no_achievements="" if snapshot.achievements else words.nothing_achieved,
        achievements=_achievements_table(snapshot, places),
        loose_achievements=tuple(achievement_card(one, "") for one in places.achievements_of(None)),
        measures_told=" ".join(part for part in (_told(snapshot, places), _careers(snapshot)) if part),
        measures=_measures_table(snapshot, places) if len(snapshot.measures) > TELLING else None,
        loose_measures=tuple(measure_card(one) for one in places.measures_of(None)),
        answers=table(
            "Questions answered",
            [wide("Question"), wide("Answer"), "Answered on"],
            [(one.text, one.answer, day(one.answered_on)) for one in snapshot.questions if one.answer],
        ),
        decided=table(
            "Decisions and where they stand",
            [wide("Decision", 2), "Decided on", wide("Who acts"), "State", wide("What came of it")],
            [
                (
                    one.text,
                    day(one.decided_on),
                    one.action_by or "Nobody named",
                    f"{one.status}, {day(one.settled_on)}" if one.settled_on else one.status,
                    one.outcome or "Nothing is recorded yet",
                )
                for one in snapshot.decisions
            ],
        ),
        milestones=milestones_line(snapshot.summary),
        met=met_table(snapshot.met),
        due=due_table(snapshot.due_next),
        rules=tuple((rule.name, rule.words) for rule in snapshot.rules),
        notes=snapshot.data_notes,
        no_returns="" if snapshot.returns else words.nothing_returned,
        returns=table(
            "Returns of the term",
            ["Organisation", "State"],
            [(state.organisation, state.label) for state in snapshot.returns],
        ),
        symbols=symbols_of(snapshot.measures),
        remarks=tuple((measure.title, measure.note) for measure in snapshot.measures if measure.note),
        sources=_sources(snapshot.measures),
    )


def _achievements_table(snapshot: Snapshot, places: Places) -> Table | None:
    return table(
        "Achievements of the term",
        [wide("What happened", 2), "When", wide("How many"), wide("Told under")],
        [
            (
                marked(one.title, is_demo=one.is_demo),
                one.when,
                how_many(one) or "Not counted",
                (places.names(one) or ["This section"])[0],
            )
            for one in snapshot.achievements
        ],
        "Each counts once, however many priorities it serves.",
    )


def _imprint(edition: Edition, *, is_public: bool) -> str:
    """What stands at the foot of each page. Everyone's edition has no number, which would tell of those before."""
    fingerprint = f"fingerprint {edition.short_hash}"
    return fingerprint if is_public else f"version {edition.version}, {edition.status.lower()} · {fingerprint}"


def _measures_table(snapshot: Snapshot, places: Places) -> Table | None:
    is_rated = not snapshot.layout.is_public
    rated = ["Status"] if is_rated else []
    return table(
        "All measures",
        [wide("Measure", 2), {"text": "Latest", "is_numeric": True}, *rated, "Movement", wide("Told under")],
        [
            (
                marked(one.title, is_demo=one.is_demo),
                f"{latest_words(one)}, {one.points[-1].label}",
                *([stands(one)] if is_rated else []),
                movement_words(one) or "Not compared",
                (places.names(one) or ["This section"])[0],
            )
            for one in snapshot.measures
        ],
    )


def _told(snapshot: Snapshot, places: Places) -> str:
    """Where measures are told that are not told here."""
    if not snapshot.measures:
        return words_for(snapshot).nothing_measured
    if not places.measures_of(None):
        return "Each measure is told under the priority that it serves."
    return ""


def _careers(snapshot: Snapshot) -> str:
    """What schools achieve of the Gatsby benchmarks, where that is recorded."""
    if snapshot.careers is None:
        return ""
    card = careers_card(snapshot.careers)
    return " ".join(
        f"{part}." for part in (*(("Demo",) if card.is_demo else ()), card.finding, card.of, card.before) if part
    )


def symbols_of(measures: Iterable[Measure]) -> tuple[tuple[str, str], ...]:
    """The symbols that stand in the report in place of figures, and what each means."""
    used = {
        point.symbol
        for measure in measures
        for series in (measure.points, *(one.points for one in measure.comparators))
        for point in series
        if point.symbol
    }
    return tuple((symbol, SYMBOL_WORDS[symbol]) for symbol in SYMBOL_WORDS if symbol in used)


def _sources(measures: Iterable[Measure]) -> tuple[tuple[str, str], ...]:
    """Each source once, with its address where it has one."""
    return tuple(sorted({(one.source, one.source_url) for one in measures if one.source}))

"""What of returns, reports, questions and decisions can be found, and by whom."""

from collections.abc import Iterable

from django.urls import reverse

from partnerships.models import Partnership
from partnerships.queries.search import leads, officers, readers
from partnerships.services import Document, SearchKind
from priorities.models import Priority, Strategy
from reports.models import BoardQuestion, Decision, Report, ReturnEntry
from reports.services.reports.files import AlteredError, read_snapshot
from reports.snapshots import from_json

MOST_OF_A_TITLE = 160


def _headed(text: str) -> str:
    """The first words of a text, as its title."""
    text = " ".join(text.split())
    return text if len(text) <= MOST_OF_A_TITLE else f"{text[:MOST_OF_A_TITLE].rsplit(' ', 1)[0]} …"


def _entries(rows: Iterable[ReturnEntry]) -> Iterable[Document]:
    """A return is read by its organisation and the lead; the board reads it in the report."""
    for row in rows:
        round_ = row.return_of.round
        # What a round begins with is in the strategy and in the last return; an entry is found once something is said.
        if not (row.activity or row.impact):
            continue
        text = "\n".join(filter(None, [row.activity, row.impact, row.intended_outcomes, row.exit_strategy]))
        yield Document(
            object_id=row.pk,
            partnership_id=round_.partnership_id,
            audience=(leads(round_.partnership_id), officers(round_.partnership_id, row.return_of.organisation_id)),
            ref=row.priority.ref,
            title=f"{row.priority.title}, {row.return_of.organisation.brief_name}",
            text=text,
            period=round_.term.label,
            url=reverse("return", args=[row.return_of_id]),
        )


def _questions(rows: Iterable[BoardQuestion]) -> Iterable[Document]:
    for row in rows:
        yield Document(
            object_id=row.pk,
            partnership_id=row.round.partnership_id,
            audience=(readers(row.round.partnership_id),),
            title=_headed(row.text),
            text="\n".join(filter(None, [row.text if _headed(row.text) != row.text else "", row.answer])),
            period=row.round.term.label,
            url=reverse("question-list", args=[row.round.partnership.slug]),
        )


def _decisions(rows: Iterable[Decision]) -> Iterable[Document]:
    for row in rows:
        yield Document(
            object_id=row.pk,
            partnership_id=row.round.partnership_id,
            audience=(readers(row.round.partnership_id),),
            title=_headed(row.text),
            text="\n".join(
                filter(None, [row.text if _headed(row.text) != row.text else "", row.action_by, row.outcome])
            ),
            period=row.round.term.label,
            url=reverse("question-list", args=[row.round.partnership.slug]),
        )


def _reports(rows: Iterable[Report]) -> Iterable[Document]:
    """The version that is published, in the words of its snapshot; its figures are not words."""
    for row in rows:
        if row.status != Report.Status.PUBLISHED:
            continue
        partnership, term = row.round.partnership, row.round.term
        yield Document(
            object_id=row.pk,
            partnership_id=partnership.pk,
            audience=(readers(partnership.pk),),
            title=f"Report of {partnership.name}",
            text=_words_of(row),
            period=term.label,
            url=reverse("report", args=[partnership.slug, term.code]),
        )


def _words_of(report: Report) -> str:
    """The passages of a report; none where its snapshot was altered, as it is then not served either."""
    try:
        snapshot = from_json(read_snapshot(report))
    except AlteredError:
        return ""
    words = [*snapshot.summary.sentences]
    for priority in snapshot.priorities:
        words.append(f"{priority.ref} {priority.title}")
        for said in priority.contributions:
            words += [*said.intended_outcomes, said.activity, *said.planned, said.impact, said.exit_strategy]
    words += [each.title for each in snapshot.achievements]
    words += [text for each in snapshot.questions for text in (each.text, each.answer)]
    words += [each.text for each in snapshot.decisions]
    return "\n".join(dict.fromkeys(filter(None, words)))


_ROUND = ["round__partnership", "round__term"]
KINDS = [
    SearchKind(
        "return",
        "Return",
        "Returns",
        ReturnEntry,
        _entries,
        related=["return_of__round__term", "return_of__organisation", "priority"],
        around={Priority: ["priority"]},
        under={Strategy: ["priority__strategy"]},
    ),
    SearchKind(
        "question",
        "Question",
        "Questions",
        BoardQuestion,
        _questions,
        related=_ROUND,
        around={Partnership: ["round__partnership"]},
    ),
    SearchKind(
        "decision",
        "Decision",
        "Decisions",
        Decision,
        _decisions,
        related=_ROUND,
        around={Partnership: ["round__partnership"]},
    ),
    SearchKind(
        "report",
        "Report",
        "Reports",
        Report,
        _reports,
        related=_ROUND,
        around={Partnership: ["round__partnership"]},
    ),
]

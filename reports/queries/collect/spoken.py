"""What was said: the board's questions and decisions, and the voices of people, in one read."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db.models import (
    BigIntegerField,
    CharField,
    DateField,
    DateTimeField,
    F,
    Q,
    TextField,
    Value,
)
from django.db.models.functions import Cast
from django.utils import timezone

from partnerships.models import Partnership, Term
from priorities.models import Voice as SaidVoice
from priorities.queries.voices import numbers_of
from reports.models import BoardQuestion
from reports.models import Decision as BoardDecision
from reports.queries.collect.rows import Rows, a_year_before
from reports.snapshots.schema import Decision, Question, Voice
from wesp_portal.common.formatting import uk_date
from wesp_portal.common.periods import PeriodKind, parse_period
from wesp_portal.common.prepared import Prepared

# What a question may be about, the nearest first, with how its words are made.
ITEMS = ("activity", "objective", "priority", "metric", "achievement")
# What a kind does not have. Cast, because a union takes an untyped nothing for a word.
NOTHING: dict[str, Any] = {
    "text": Value("", output_field=TextField()),
    "number": Cast(Value(None), BigIntegerField()),
    "day": Cast(Value(None), DateField()),
    "moment": Cast(Value(None), DateTimeField()),
}


class Spoken(NamedTuple):
    """A question, decision or voice. `reply` is the answer, who acts or who said it; `closed_at` when settled."""

    kind: str
    pk: int
    text: str
    at: datetime
    reply: str
    closed_at: datetime | None
    day: date | None
    state: str
    outcome: str
    activity_id: int | None
    activity_ref: str
    activity_title: str
    objective_id: int | None
    objective_ref: str
    objective_title: str
    priority_id: int | None
    priority_ref: str
    priority_title: str
    metric_id: int | None
    metric_title: str
    achievement_id: int | None
    achievement_title: str
    asked: int | None
    answered: int | None
    is_public: bool


def spoken_rows(partnership: Partnership, terms: Sequence[Term]) -> list[Spoken]:
    """What the board asked and decided in this term's round and those of the year before, and all that is still open;
    what people said since the term before ended.
    """
    term = terms[-1]
    found = SPOKEN.tuples(partnership.pk, term.starts_on, a_year_before(term), said_since(terms), term.ends_on)
    rows = [Spoken(*row) for row in found]
    return sorted(rows, key=lambda row: (row.at, row.kind, row.pk))


def said_since(terms: Sequence[Term]) -> date:
    """The day after which what people say is told with the last of these terms: holidays belong to the next one."""
    return terms[-2].ends_on if len(terms) > 1 else a_year_before(terms[-1])


def _spoken(partnership_id: int, until: date, since: date, voiced_since: date, voiced_by: date) -> Rows:
    begun = Q(round__partnership=partnership_id, round__term__starts_on__lte=until)
    lately = Q(round__term__starts_on__gte=since)
    asked = BoardQuestion.objects.filter(begun & (lately | Q(answer=""))).order_by()
    decided = BoardDecision.objects.filter(begun & (lately | Q(status=BoardDecision.Status.OPEN))).order_by()
    # A period's days are not known to the database, so those are sifted as they are read.
    said = SaidVoice.objects.standing().filter(
        Q(said_on__gt=voiced_since, said_on__lte=voiced_by) | Q(said_on=None),
        priority__strategy__partnership=partnership_id,
    )
    questions = asked.annotate(
        kind_=Value("question", output_field=CharField()),
        at_=F("asked_at"),
        reply_=F("answer"),
        closed_=F("answered_at"),
        day_=NOTHING["day"],
        state_=NOTHING["text"],
        outcome_=NOTHING["text"],
        **_about("", "priority"),
        asked_=NOTHING["number"],
        answered_=NOTHING["number"],
        is_public_=Value(False),
    )
    decisions = decided.annotate(
        kind_=Value("decision", output_field=CharField()),
        at_=F("recorded_at"),
        reply_=F("action_by"),
        closed_=F("settled_at"),
        day_=F("due_on"),
        state_=F("status"),
        outcome_=F("outcome"),
        **_about("question__", "priority"),
        asked_=NOTHING["number"],
        answered_=NOTHING["number"],
        is_public_=Value(False),
    )
    voices = said.order_by().annotate(
        kind_=Value("voice", output_field=CharField()),
        at_=F("logged_at"),
        reply_=F("said_by"),
        closed_=NOTHING["moment"],
        day_=F("said_on"),
        state_=F("period"),
        outcome_=F("outcome__title"),
        activity_id_=NOTHING["number"],
        activity_ref_=NOTHING["text"],
        activity_title_=NOTHING["text"],
        objective_id_=F("objective_id"),
        objective_ref_=F("objective__ref"),
        objective_title_=F("objective__title"),
        priority_id_=F("priority_id"),
        priority_ref_=F("priority__ref"),
        priority_title_=F("priority__title"),
        metric_id_=NOTHING["number"],
        metric_title_=NOTHING["text"],
        achievement_id_=NOTHING["number"],
        achievement_title_=NOTHING["text"],
        asked_=F("asked"),
        answered_=F("answered"),
        is_public_=F("is_public"),
    )
    columns = ["kind_", "pk", "text", *(f"{name}_" for name in NAMES)]
    told = ["kind_", "pk", "words", *columns[3:]]
    return questions.values_list(*columns).union(decisions.values_list(*columns), voices.values_list(*told), all=True)


NAMES = ("at", "reply", "closed", "day", "state", "outcome", *Spoken._fields[9:])


def _about(item: str, priority: str) -> dict[str, F]:
    """The columns of what a question is about; a decision is about what its question is."""
    columns = {}
    for name in ("activity", "objective", "priority", "metric", "achievement"):
        path = priority if name == "priority" else f"{item}{name}"
        columns[f"{name}_id_"] = F(f"{path}_id")
        if name in ("activity", "objective", "priority"):
            columns[f"{name}_ref_"] = F(f"{path}__ref")
        columns[f"{name}_title_"] = F(f"{path}__title")
    return columns


SPOKEN = Prepared(_spoken)


class Said(NamedTuple):
    """What was said, by kind, in order."""

    questions: list[Question]
    decisions: list[Decision]
    voices: list[Voice]


def read_spoken(rows: Iterable[Spoken], terms: Sequence[Term]) -> Said:
    """Questions, decisions and voices from their rows; what people said of a period is told once it has ended."""
    said = Said([], [], [])
    for row in rows:
        match row.kind:
            case "question":
                said.questions.append(_question(row))
            case "decision":
                said.decisions.append(_decision(row))
            case _ if row.day or _is_of_term(row.state, terms):
                said.voices.append(_voice(row))
    return said


def _is_of_term(period: str, terms: Sequence[Term]) -> bool:
    """Whether a period is the last of these terms, or ended in it or in the holidays before."""
    found = parse_period(period)
    if found.kind == PeriodKind.TERM == parse_period(terms[-1].code).kind:
        return found.code == terms[-1].code
    return said_since(terms) < found.ends_on <= terms[-1].ends_on


def _about_what(row: Spoken) -> tuple[str, str, int]:
    """What a question or decision is about: its words, its kind and its number; blanks where it is about the whole."""
    for name in ITEMS:
        if pk := getattr(row, f"{name}_id"):
            title, ref = getattr(row, f"{name}_title"), getattr(row, f"{name}_ref", "")
            return f"{ref} {title}".strip(), name, pk
    return "", "", 0


def _day_of(moment: datetime | None) -> str:
    return timezone.localtime(moment).date().isoformat() if moment else ""


def _question(row: Spoken) -> Question:
    about, kind, pk = _about_what(row)
    return Question(row.text, _day_of(row.at), about, kind, pk, row.reply, _day_of(row.closed_at))


def _decision(row: Spoken) -> Decision:
    about, kind, pk = _about_what(row)
    return Decision(
        text=row.text,
        decided_on=_day_of(row.at),
        about=about,
        about_kind=kind,
        about_id=pk,
        action_by=row.reply,
        due_on=row.day.isoformat() if row.day else "",
        status=str(BoardDecision.Status(row.state).label),
        outcome=row.outcome,
        settled_on=_day_of(row.closed_at),
    )


def _voice(row: Spoken) -> Voice:
    objective = f"{row.objective_ref} {row.objective_title}" if row.objective_id else ""
    return Voice(
        id=row.pk,
        priority_id=row.priority_id or 0,
        words=row.text,
        said_by=row.reply,
        when=uk_date(row.day) if row.day else parse_period(row.state).label,
        numbers=numbers_of(row),
        about=row.outcome or objective,
        is_public=bool(row.is_public),
    )

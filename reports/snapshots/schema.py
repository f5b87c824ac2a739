"""The snapshot: everything a report or a dashboard says, as frozen values that need no database and no clock.

Dates are ISO text, numbers decimal text, absent values empty text: what goes into the canonical JSON comes back equal.
A field that came later has a default, which is what older snapshots say without it.
"""

from dataclasses import dataclass, field

from reports.snapshots.layout import Layout

FORMAT = "wesp-snapshot/1"


@dataclass(frozen=True, slots=True)
class Term:
    """An academic term: its code, its words and its days."""

    code: str
    label: str
    starts_on: str
    ends_on: str


@dataclass(frozen=True, slots=True)
class Front:
    """The front sheet: whose report it is, of when, for whom, and who wrote and approved it.

    year_end is the label of the summer term that ended the academic year before, where there was one. is_demo where
    invented people play in the partnership: what they say happened did not.
    """

    partnership: str
    partnership_slug: str
    area: str
    strategies: tuple[str, ...]
    board: str
    board_on: str
    term: Term
    previous_term: Term | None
    year_end: str
    as_at: str
    authors: tuple[str, ...]
    is_demo: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One reading of a series: a value, or the symbol that says why there is none.

    recorded_as is in which part it was entered, and blank where it was loaded from its source. break_note says what
    changed where a new way of counting begins with it. is_part where it is for a part of its period only.
    """

    period: str
    label: str
    value: str
    symbol: str
    qualifier: str
    status: str
    as_at: str
    source: str
    note: str
    break_note: str
    recorded_as: str
    is_part: bool


@dataclass(frozen=True, slots=True)
class Comparator:
    """Another area's readings of the same measure. `kind` is england, region or neighbours.

    The gap is ours less theirs, its direction since the figure before, and its pace how that compares with the change
    before it: faster, slower, as fast, or again. rank is our place among neighbours, in words.
    """

    kind: str
    name: str
    points: tuple[Point, ...]
    gap: str
    gap_direction: str
    gap_pace: str
    rank: str


@dataclass(frozen=True, slots=True)
class Measure:
    """A metric in an area, with its comparators, its target and how it stands.

    The area is the partnership's own, or the one it lies in where the own has no figures: area_note then says so, and
    the title names it. Context is no measure of an objective and has no standing. Demo figures are invented.
    before is the earlier figure that the latest is compared with: the same stretch of the year before where there is
    one. judged_on names the period that the standing is of, where that is not the latest.
    """

    metric_id: int
    slug: str
    title: str
    finding: str
    definition: str
    kind: str
    direction: str
    unit: str
    decimals: int
    area: str
    area_note: str
    is_context: bool
    is_demo: bool
    source: str
    source_url: str
    note: str
    points: tuple[Point, ...]
    before: Point | None
    comparators: tuple[Comparator, ...]
    standing: str
    explanation: str
    judged_on: str
    movement: str
    target: str
    target_value: str
    target_source: str
    target_set_on: str
    next_update: str
    disclosure: str
    priority_ids: tuple[int, ...]
    objective_refs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Careers:
    """How many Gatsby benchmarks a partnership's schools achieve in an academic year, and in the one recorded before.

    The before values are blank and nought where no earlier year is recorded.
    """

    label: str
    schools: int
    achieved: int
    before_label: str
    before_schools: int
    before_achieved: int
    is_demo: bool


@dataclass(frozen=True, slots=True)
class StripMark:
    """How a priority stood in one term of its strip."""

    term: str
    label: str
    standing: str


@dataclass(frozen=True, slots=True)
class Promise:
    """A step promised for this term, and what became of it; outcome is blank until it is marked."""

    title: str
    outcome: str
    reason: str
    terms_carried: int


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one organisation's return says of a priority: the six sections of the termly report."""

    organisation: str
    author_role: str
    status: str
    intended_outcomes: tuple[str, ...]
    promises: tuple[Promise, ...]
    activity: str
    planned: tuple[str, ...]
    impact: str
    exit_strategy: str


@dataclass(frozen=True, slots=True)
class Achievement:
    """Something that happened in the term; it appears once, however many priorities it serves."""

    id: int
    title: str
    detail: str
    when: str
    quantity: str
    qualifier: str
    unit: str
    organisations: tuple[str, ...]
    priority_ids: tuple[int, ...]
    is_public: bool
    is_demo: bool
    evidence: int


@dataclass(frozen=True, slots=True)
class ActivityLine:
    """An activity as it stands in the term; since is the label of the term its standing began.

    moved_from is the day it was first due, where that was another; done_on the day it was marked done, blank where it
    is not done; late_days how long after its due date that was, or how late it is by now. year_end_standing is how it
    stood at the end of the academic year before.
    """

    id: int
    ref: str
    title: str
    priority_id: int
    priority_ref: str
    standing: str
    previous_standing: str
    movement: str
    since: str
    words: str
    reason: str
    owner: str
    due_on: str
    moved_from: str
    done_on: str
    late_days: int
    year_end_standing: str


@dataclass(frozen=True, slots=True)
class Counts:
    """How many of something stand each way."""

    on_track: int
    at_risk: int
    off_track: int
    not_started: int
    done: int
    no_data: int


@dataclass(frozen=True, slots=True)
class Priority:
    """A priority as it stands in the term, and what the returns say of it."""

    id: int
    ref: str
    title: str
    official_wording: str
    word: str
    theme: str
    strategy: str
    status: str
    handed_over_to: str
    standing: str
    previous_standing: str
    movement: str
    counts: Counts
    strip: tuple[StripMark, ...]
    year_end_standing: str
    contributions: tuple[Contribution, ...]
    last_updated: str


@dataclass(frozen=True, slots=True)
class Total:
    """A sum of achievements' numbers in one unit: about so many where it holds an estimate, else at least where it
    holds a lower bound. Numbers known only from above are left out of it.
    """

    value: str
    qualifier: str
    unit: str
    achievements: int
    estimates: int
    left_out: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The one page that stands alone: counts, movement since last term, and the same in sentences."""

    counts: Counts
    previous_counts: Counts | None
    priorities_better: int
    priorities_worse: int
    promises_made: int
    promises_kept: int
    promises_unmarked: int
    milestones_due: int
    milestones_met: int
    milestones_met_late: int
    milestones_late: int
    achievements: int
    totals: tuple[Total, ...]
    measures_worse_than_england: int
    measures_gap_widening: int
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Voice:
    """What people said, or answered when asked, with their consent; who they are in words that name nobody.

    about is the outcome or objective that it evidences; numbers how many answered of those asked.
    """

    id: int
    priority_id: int
    words: str
    said_by: str
    when: str
    numbers: str
    about: str
    is_public: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What the board asked, and the answer; about_kind and about_id name the page of what it is about."""

    text: str
    asked_on: str
    about: str
    about_kind: str
    about_id: int
    answer: str
    answered_on: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What the board decided: who acts, by when, where it stands and what came of it."""

    text: str
    decided_on: str
    about: str
    about_kind: str
    about_id: int
    action_by: str
    due_on: str
    status: str
    outcome: str
    settled_on: str


@dataclass(frozen=True, slots=True)
class ReturnState:
    """Whether an organisation has sent its return."""

    organisation: str
    status: str
    label: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by which progress is judged, printed wherever its judgements are."""

    name: str
    words: str


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that a report of one partnership and term says."""

    format: str
    front: Front
    summary: Summary
    priorities: tuple[Priority, ...]
    exceptions: tuple[ActivityLine, ...]
    due_next: tuple[ActivityLine, ...]
    met: tuple[ActivityLine, ...]
    measures: tuple[Measure, ...]
    careers: Careers | None
    achievements: tuple[Achievement, ...]
    voices: tuple[Voice, ...]
    questions: tuple[Question, ...]
    decisions: tuple[Decision, ...]
    returns: tuple[ReturnState, ...]
    rules: tuple[Rule, ...]
    data_notes: tuple[str, ...]
    layout: Layout = field(default_factory=Layout)

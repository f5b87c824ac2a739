"""Snapshots made by hand, for renderers that need no database: full, empty, and very long."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from reports.snapshots.schema import (
    FORMAT,
    Achievement,
    ActivityLine,
    Careers,
    Comparator,
    Contribution,
    Counts,
    Decision,
    Front,
    Measure,
    Point,
    Priority,
    Promise,
    Question,
    ReturnState,
    Rule,
    Snapshot,
    StripMark,
    Summary,
    Term,
    Total,
    Voice,
)

SHIPPED = Path(__file__).parents[2] / "reports" / "shipped" / "west-lancashire-2024-25-autumn.json"
TITLES = {
    "EET": "Pathways of support for young people outside education, training and work, or at risk of it",
    "NET": "Networks between schools, above all small and rural ones",
    "SEN": "A better coordinated SENDCo network that takes in every school",
}
AUTUMN = Term("2024-25-autumn", "Autumn 2024/25", "2024-09-02", "2024-12-20")
SUMMER = Term("2023-24-summer", "Summer 2023/24", "2024-04-15", "2024-07-19")
STRIP_TERMS = [
    ("2022-23-spring", "Spring 2022/23", "not_started"),
    ("2022-23-summer", "Summer 2022/23", "no_data"),
    ("2023-24-autumn", "Autumn 2023/24", "at_risk"),
    ("2023-24-spring", "Spring 2023/24", "off_track"),
    ("2023-24-summer", "Summer 2023/24", "at_risk"),
]
NOTHING = Counts(0, 0, 0, 0, 0, 0)


def point(period: str, value: str, symbol: str = "", status: str = "final", qualifier: str = "") -> Point:
    return Point(
        period=period,
        label=f"{period[:4]}/{period[5:]}" if "-" in period else period,
        value=value,
        symbol=symbol,
        qualifier=qualifier,
        status=status,
        as_at="",
        source="Local authority tables",
        note="",
        break_note="",
        recorded_as="",
        is_part=False,
    )


def series(values: dict[str, str]) -> tuple[Point, ...]:
    return tuple(point(period, value) for period, value in values.items())


NEET = Measure(
    metric_id=1,
    slug="neet-or-not-known",
    title="Aged 16 and 17, outside education, work and training or not known",
    finding="NEET or not known: 6.4 % in 2025, up from 5.9 %, worse than England",
    definition="Share of 16 and 17 year olds who are not in education, employment or training, or not known.",
    kind="official",
    direction="down",
    unit="percent",
    decimals=1,
    area="West Lancashire",
    area_note="",
    is_context=False,
    is_demo=False,
    source="Department for Education, Participation in education and training",
    source_url="https://explore-education-statistics.service.gov.uk/",
    note="A new way of counting from 2023.",
    points=(
        point("2021", "5.1"),
        point("2022", "5.4"),
        point("2023", "", "x"),
        point("2024", "5.9"),
        point("2025", "6.4", status="provisional"),
    ),
    before=point("2024", "5.9"),
    comparators=(
        Comparator(
            "england",
            "England",
            series({"2021": "5.5", "2022": "4.7", "2023": "5.2", "2024": "5.4", "2025": "5.6"}),
            "0.8",
            "widening",
            "",
            "",
        ),
        Comparator(
            "region", "North West", series({"2022": "5.2", "2024": "5.6", "2025": "5.7"}), "0.7", "widening", "", ""
        ),
        Comparator(
            "neighbours",
            "Statistical neighbours",
            series({"2024": "5.8", "2025": "6.0"}),
            "0.4",
            "steady",
            "",
            "7th of 11",
        ),
    ),
    standing="off_track",
    explanation="Off track: short of England, by more than the tolerance of 0.2.",
    judged_on="",
    movement="worse",
    target="In line with or better than England",
    target_value="5.6",
    target_source="Strategy, page 4",
    target_set_on="2020-06-16",
    next_update="For 2026, which ends on 31 December 2026; each year",
    disclosure="",
    priority_ids=(1, 2),
    objective_refs=("EET",),
)
DROP_IN = replace(
    NEET,
    metric_id=2,
    slug="drop-in-visits",
    title="Visits to the drop-in",
    finding="Visits to the drop-in: 47 in Autumn 2024/25, up from 39",
    definition="Young people who came to the drop-in at least once in the term.",
    kind="local",
    direction="up",
    unit="count",
    decimals=0,
    source="Targeted Youth service",
    source_url="",
    note="",
    points=(point("2022", "31"), point("2023", "", "c"), point("2024", "39"), point("2025", "47")),
    before=point("2024", "39"),
    comparators=(),
    standing="",
    explanation="Not rated: no target has been set.",
    movement="better",
    target="",
    target_value="",
    priority_ids=(1,),
    objective_refs=(),
)
ATTENDANCE = replace(
    NEET,
    metric_id=3,
    slug="persistent-absence",
    title="Persistent absence",
    finding="Persistent absence: 17.6 % in 2025, down from 19.8 %, better than England",
    definition="Pupils who miss a tenth or more of their sessions.",
    note="",
    points=series({"2023": "21.4", "2024": "19.8", "2025": "17.59"}),
    before=point("2024", "19.8"),
    comparators=(Comparator("england", "England", series({"2024": "19.2", "2025": "18.14"}), "-0.6", "", "", ""),),
    standing="on_track",
    explanation="On track: in line with or better than England.",
    movement="better",
    target_value="18.14",
    priority_ids=(3,),
)
BARE = replace(
    NEET,
    metric_id=4,
    slug="careers-leads",
    title="Schools with a named careers lead",
    finding="Schools with a named careers lead: not available for 2025",
    direction="up",
    unit="count",
    points=(point("2025", "", "x"),),
    before=None,
    comparators=(),
    standing="",
    explanation="Not rated: there is no figure for this period.",
    movement="",
    target="",
    target_value="",
    source="Not yet collected",
    source_url="",
    note="",
    priority_ids=(),
)

PROMISES = {
    "EET": (
        Promise("Bring the working group together in the summer term", "done", "", 0),
        Promise("Agree how data on destinations is shared", "carried_over", "The agreement is with the legal team", 2),
        Promise("Print a directory of support", "dropped", "The online directory is enough", 0),
    ),
    "NET": (Promise("Invite the police representative", "", "", 0),),
    "SEN": (),
}


def _strip(now: str) -> tuple[StripMark, ...]:
    return tuple(StripMark(*mark) for mark in [*STRIP_TERMS, (AUTUMN.code, AUTUMN.label, now)])


def _priorities() -> tuple[Priority, ...]:
    shipped = json.loads(SHIPPED.read_text())
    standings = {"EET": ("at_risk", "off_track", "better"), "NET": ("on_track", "on_track", "same")}
    made = []
    for number, entry in enumerate(shipped["entries"], start=1):
        ref = entry["priority"]
        standing, previous, movement = standings.get(ref, ("off_track", "at_risk", "worse"))
        made.append(
            Priority(
                id=number,
                ref=ref,
                title=TITLES[ref],
                official_wording="",
                word="Priority",
                theme="",
                strategy="West Lancashire Education Partnership Officer's priorities",
                status="handed_over" if ref == "NET" else "active",
                handed_over_to="the Family Hubs" if ref == "NET" else "",
                standing=standing,
                previous_standing=previous,
                movement=movement,
                counts=Counts(on_track=2, at_risk=1, off_track=1, not_started=1, done=1, no_data=0),
                strip=_strip(standing),
                year_end_standing="on_track",
                contributions=(
                    Contribution(
                        organisation="Lancashire County Council",
                        author_role=shipped["author_role"],
                        status="approved",
                        intended_outcomes=tuple(entry["intended_outcomes"]),
                        promises=PROMISES[ref],
                        activity="\n\n".join(entry["activity"]),
                        planned=tuple(step["title"] for step in entry["planned"]),
                        impact="\n\n".join(entry["impact"]),
                        exit_strategy=entry["exit_strategy"],
                    ),
                ),
                last_updated="2024-11-20",
            )
        )
    return tuple(made)


def achievement(number: int, title: str, priority_ids: tuple[int, ...], **changes: Any) -> Achievement:
    plain = Achievement(
        id=number,
        title=title,
        detail="",
        when="14 November 2024",
        quantity="",
        qualifier="",
        unit="",
        organisations=(),
        priority_ids=priority_ids,
        is_public=True,
        is_demo=False,
        evidence=0,
    )
    return replace(plain, **changes)


def line(ref: str, priority_id: int, standing: str, **changes: Any) -> ActivityLine:
    plain = ActivityLine(
        id=1,
        ref=ref,
        title="Work with West Lancs College on its NEET project",
        priority_id=priority_id,
        priority_ref=ref[:3],
        standing=standing,
        previous_standing="at_risk",
        movement="worse",
        since="Spring 2023/24",
        words="The careers event moved to the spring.",
        reason="The college's lead left; a new one starts in January.",
        owner="Lancashire County Council",
        due_on="2025-01-31",
        moved_from="2024-10-31",
        done_on="",
        late_days=0,
        year_end_standing="on_track",
    )
    return replace(plain, **changes)


def full() -> Snapshot:
    """A term of West Lancashire, with something in every part."""
    return Snapshot(
        format=FORMAT,
        front=Front(
            partnership="West Lancashire Education Partnership",
            partnership_slug="west-lancashire",
            area="West Lancashire",
            strategies=("West Lancashire Education Partnership Officer's priorities",),
            board="Education Partnership Board",
            board_on="2024-12-05",
            term=AUTUMN,
            previous_term=SUMMER,
            year_end=SUMMER.label,
            as_at="2024-11-30",
            authors=("Education Partnership Officer, Lancashire County Council",),
            is_demo=False,
        ),
        summary=Summary(
            counts=Counts(on_track=5, at_risk=3, off_track=2, not_started=1, done=1, no_data=0),
            previous_counts=Counts(on_track=4, at_risk=4, off_track=1, not_started=3, done=0, no_data=0),
            priorities_better=1,
            priorities_worse=1,
            promises_made=4,
            promises_kept=1,
            promises_unmarked=1,
            milestones_due=3,
            milestones_met=1,
            milestones_met_late=1,
            milestones_late=1,
            achievements=3,
            totals=(
                Total("63", "at least", "student work placements", achievements=2, estimates=0, left_out=0),
                Total("19", "", "schools", achievements=1, estimates=0, left_out=0),
            ),
            measures_worse_than_england=1,
            measures_gap_widening=1,
            sentences=(
                "1 priority moved forward and 1 slipped.",
                "1 of 4 promises from last term was kept; 1 not yet marked.",
                "3 achievements were logged this term.",
                "1 measure is worse than England, and the gap is widening for 1.",
            ),
        ),
        priorities=_priorities(),
        exceptions=(line("EET(b)", 1, "off_track"), line("SEN(a)", 3, "at_risk", movement="")),
        due_next=(line("EET(b)", 1, "off_track"), line("NET(a)", 2, "on_track", owner="", due_on="2025-02-14")),
        measures=(NEET, DROP_IN, ATTENDANCE, BARE),
        met=(
            line("SEN(b)", 3, "done", title="Open the café", due_on="2024-10-01", done_on="2024-11-05", late_days=35),
        ),
        voices=(
            Voice(
                id=1,
                priority_id=1,
                words="I found my course through the drop-in.",
                said_by="A Year 11 pupil",
                when="12 November 2024",
                numbers="",
                about="Young people know where to ask",
                is_public=False,
            ),
            Voice(
                id=2,
                priority_id=3,
                words="Most of us would recommend it.",
                said_by="Parents of pupils with SEND",
                when="Autumn 2024/25",
                numbers="40 of 62 asked answered",
                about="",
                is_public=True,
            ),
        ),
        careers=Careers("2024/25", 11, 57, "2023/24", 10, 46, is_demo=False),
        achievements=(
            achievement(
                1,
                "Work placements arranged with local employers",
                (1, 2),
                detail="Placements of a week each, in care, construction and the council.",
                quantity="50",
                qualifier="over",
                unit="student work placements",
                organisations=("West Lancs College", "West Lancashire Borough Council"),
                evidence=2,
            ),
            achievement(2, "First meeting of special schools", (3,), quantity="19", unit="schools"),
            achievement(3, "A stall at the county careers fair", (), when="Autumn 2024/25"),
        ),
        questions=(
            Question(
                "Could the network meet in Ormskirk as well?",
                "2024-09-12",
                "NET Networks between schools",
                "priority",
                2,
                "",
                "",
            ),
            Question(
                "How many schools took part last year?",
                "2024-07-01",
                "",
                "",
                0,
                "Nineteen of twenty-six.",
                "2024-07-08",
            ),
        ),
        decisions=(
            Decision(
                "Write to schools about the network",
                "2024-07-01",
                "",
                "",
                0,
                "The chair",
                "2024-09-30",
                "Done",
                "Every school has the letter.",
                "2024-09-20",
            ),
            Decision(
                "Decide who leads after handover",
                "2024-09-12",
                "NET Networks",
                "priority",
                2,
                "Board",
                "2025-01-31",
                "To do",
                "",
                "",
            ),
        ),
        returns=(
            ReturnState("Lancashire County Council", "approved", "Approved"),
            ReturnState("West Lancs College", "draft", "Draft"),
        ),
        rules=(
            Rule("Activities", "An activity's status is the judgement of the officer who updates it."),
            Rule("Priorities", "A priority is off track when a quarter or more of its rated activities are."),
        ),
        data_notes=(
            "1 figure withheld, shown as c, because so small a count could identify a child.",
            "1 latest figure is provisional and may be revised.",
            "Returns not yet approved: West Lancs College.",
        ),
    )


def empty() -> Snapshot:
    """A partnership in its first term: one priority, and nothing recorded for anything."""
    snapshot = full()
    bare = replace(
        snapshot.priorities[0],
        contributions=(),
        standing="no_data",
        previous_standing="no_data",
        movement="",
        counts=NOTHING,
        strip=(StripMark(AUTUMN.code, AUTUMN.label, "no_data"),),
        last_updated="",
    )
    return replace(
        snapshot,
        front=replace(
            snapshot.front,
            strategies=(),
            board="",
            board_on="",
            previous_term=None,
            year_end="",
            as_at="2024-09-02",
            authors=(),
        ),
        summary=Summary(
            counts=NOTHING,
            previous_counts=None,
            priorities_better=0,
            priorities_worse=0,
            promises_made=0,
            promises_kept=0,
            promises_unmarked=0,
            milestones_due=0,
            milestones_met=0,
            milestones_met_late=0,
            milestones_late=0,
            achievements=0,
            totals=(),
            measures_worse_than_england=0,
            measures_gap_widening=0,
            sentences=("Nothing has been recorded for this term yet.",),
        ),
        priorities=(bare,),
        exceptions=(),
        due_next=(),
        met=(),
        voices=(),
        measures=(),
        careers=None,
        achievements=(),
        questions=(),
        decisions=(),
        returns=(),
        rules=(),
        data_notes=(),
    )


def long() -> Snapshot:
    """Far more than usual of everything: several contributors, many measures, long words, many scripts."""
    snapshot = full()
    essay = " ".join(f"Sentence {number} says a little more about the work of this term." for number in range(400))
    first = snapshot.priorities[0]
    wordy = replace(
        first.contributions[0],
        organisation="The Consolidated Federation of Primary and Secondary Schools of the Northern Parishes " * 2,
        activity=f"{essay}\n\n- a first point\n- a second point\n\nhttps://example.org/{'very-long-path/' * 20}",
        impact="Emoji \N{GRINNING FACE}, مدرسة النور, עברית, 中文 and a stray control character \x07 here.",
        exit_strategy="",
        planned=tuple(f"Step {number}: {'carry on with the work ' * 8}" for number in range(30)),
    )
    crowded = replace(first, contributions=(*first.contributions, wordy, replace(wordy, organisation="College 3")))
    many = tuple(
        replace(
            crowded if number == 1 else snapshot.priorities[number % 3],
            id=number,
            ref=str(number),
            title=f"{'A long title that runs on ' * (6 if number == 2 else 1)}for priority {number}",
            theme=f"Strand {number % 3}",
        )
        for number in range(1, 9)
    )
    measures = tuple(
        replace(
            (NEET, DROP_IN, ATTENDANCE)[number % 3],
            metric_id=number,
            finding=f"Measure {number}: the figure rose by a little more than anybody had expected it to this year",
            priority_ids=(number % 8 + 1,),
        )
        for number in range(1, 26)
    )
    return replace(
        snapshot,
        priorities=many,
        measures=measures,
        achievements=tuple(
            achievement(
                number, f"Achievement {number} of the term", (number % 8 + 1, 1), quantity=str(number), unit="pupils"
            )
            for number in range(1, 41)
        ),
        exceptions=tuple(line(f"{number}.{number}(a)", number % 8 + 1, "off_track") for number in range(1, 40)),
        due_next=tuple(line(f"{number}.{number}(b)", number % 8 + 1, "at_risk") for number in range(1, 60)),
    )

"""What a demonstration says: plain words of the kind that officers write, each marked as demo where it is read."""

from dataclasses import dataclass

WENT_WELL = (
    "Demo: work went to plan; those involved met twice and agreed what comes next.",
    "Demo: every school that signed up took part, and two more have asked to join.",
    "Demo: the first sessions were held, and those who came said that they helped.",
    "Demo: the guidance was written, tried in three schools and then sent to all.",
    "Demo: the group met, looked at the figures together and chose where to help first.",
    "Demo: staff in eight schools were trained; the rest follow next term.",
    "Demo: partners now share one list of contacts, and it is kept up to date.",
)
WENT_SLOWLY = (
    "Demo: some of what was planned was done; the rest has slipped.",
    "Demo: half of the sessions were held, with fewer people than hoped.",
    "Demo: plans are written, but little has begun.",
)
WHY_AT_RISK = (
    "Demo: two of the schools that were to take part have a new head. We meet both before half term.",
    "Demo: the post that leads this is empty. Cover is agreed from next month.",
    "Demo: fewer people signed up than hoped. Partners are asking again, with evening times.",
    "Demo: the room and the transport cost more than planned. The college has offered its own site.",
)
WHY_OFF_TRACK = (
    "Demo: the money was not confirmed, so nothing could be booked. The board is asked what to stop.",
    "Demo: the data was not shared in time. An agreement is now with both legal teams.",
    "Demo: the provider withdrew. Two others have been asked for a price.",
)
NOT_YET = "Demo: this begins once the step before it is done."
FINISHED = "Demo: finished; it now runs as part of everyday work."

ACTIVITY = (
    "Demo: partners met twice. They agreed who leads on what, and shared what each already offers.",
    "Demo: the working group met at half term. Two schools described what had worked for them.",
    "Demo: visits were made to five schools and the college, and what people said was written up for the group.",
    "Demo: a morning of training was held for staff; twenty came, and the notes went to everyone else.",
    "Demo: families and young people were asked what would help. Their answers changed the plan for next term.",
    "Demo: contacts were brought up to date, and a shared calendar of events was begun.",
)
IMPACT = (
    "Demo: staff say that they now know whom to call. Three referrals were made that would not have been before.",
    "Demo: more schools take part than a year ago, and fewer places go unfilled.",
    "Demo: it is too early to see a change in the figures; those who took part say that it helped.",
    "Demo: the partners decide together where before each decided alone, which has saved two bids from clashing.",
    "Demo: young people who came say that they are surer of their next step.",
    "Demo: what was learnt here is used by two other groups.",
)
EXIT_STRATEGY = (
    "Demo: once two more schools can lead the meetings themselves, the officer steps back to one visit a term.",
    "Demo: the college takes this on when its new team is in place.",
    "Demo: no date is set yet; the group reviews this each summer.",
)
STEPS = (
    "Demo: hold one meeting of all partners before half term",
    "Demo: visit the two schools that have not taken part yet",
    "Demo: write up what was learnt and send it to every partner",
    "Demo: ask young people what would help, and bring their answers to the board",
    "Demo: agree with the college who leads from next year",
    "Demo: invite employers to the next careers event",
    "Demo: train another ten members of staff",
    "Demo: compare our figures with those of our statistical neighbours",
)
DONE = "Demo: done, as planned."
WHY_CARRIED_OVER = "Demo: the date had to move; it is booked for next term."
WHY_DROPPED = "Demo: another partner does this already, so we joined theirs."

QUESTIONS = (
    (
        "Demo: what would bring the work that is off track back on track?",
        "Demo: a named lead and one decision on money; both are in the plan for next term.",
        "Demo: a named lead reports to each meeting on what is off track",
    ),
    (
        "Demo: do we hear enough from young people themselves?",
        "Demo: not yet. Each priority now asks a group of them once a year, and says what it changed.",
        "Demo: each priority asks young people once a year and reports what changed",
    ),
    (
        "Demo: which partner carries this on when the funding ends?",
        "Demo: that is open for two priorities; the exit strategies will say so.",
        "Demo: every exit strategy names who carries the work on",
    ),
    (
        "Demo: how do we compare with places like ours?",
        "Demo: where a figure is published for other places too, the measure now stands beside theirs.",
        "Demo: the board looks at comparators once a year, in summer",
    ),
)


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said or many answered, and who they are in words that name nobody."""

    kind: str
    words: str
    said_by: str


# Neighbouring terms take every other one.
VOICES = (
    Said(
        "testimony", "Demo: I did not know a job like this was here until I spent a week doing it.", "A Year 12 student"
    ),
    Said("testimony", "Demo: one person to ring has saved us hours. We got an answer the same day.", "A head of year"),
    Said("survey", "Demo: two in three say that they now know what their next step is.", "Pupils in Year 11"),
    Said("survey", "Demo: most say that they were told in good time, and by somebody they know.", "Parents and carers"),
)
COMMENT = "Demo: how many schools took part? A number would help the board."
OPEN_QUESTION = "Demo: which of this term's promises are most at risk, and who can help?"


@dataclass(frozen=True, slots=True)
class Happening:
    """What may be achieved in any term; how many lies between two numbers, and priorities go by their references."""

    title: str
    priorities: tuple[str, ...]
    organisations: tuple[str, ...]
    unit: str = ""
    between: tuple[int, int] = (0, 0)
    qualifier: str = ""


_COUNCIL, _COLLEGE, _HOSPITALS, _EDGE_HILL = "wigan-council", "wigan-and-leigh-college", "wwl", "edge-hill-university"
_COUNTY, _HUB, _LEP = (
    "lancashire-county-council",
    "lancashire-skills-and-employment-hub",
    "lancashire-enterprise-partnership",
)

HAPPENINGS: dict[str, tuple[Happening, ...]] = {
    "wesp": (
        Happening(
            "College students worked alongside hospital teams",
            ("H1", "H3"),
            (_HOSPITALS, _COLLEGE),
            "student placements",
            (30, 60),
            "over",
        ),
        Happening(
            "High schools came to the university for a taster day",
            ("E4", "E5"),
            (_EDGE_HILL, _COUNCIL),
            "pupils",
            (80, 160),
            "about",
        ),
        Happening("People began training to teach", ("E3", "E4"), (_EDGE_HILL,), "trainees", (12, 24)),
        Happening("Digital placements began for T Level students", ("D5", "L1"), (_COLLEGE,), "placements", (9, 18)),
        Happening(
            "Firms came to a morning on growing a business",
            ("B1", "B2"),
            (_EDGE_HILL, _COUNCIL),
            "firms",
            (20, 45),
            "over",
        ),
        Happening("Teachers were shown new ways to teach computing", ("D1", "D3"), (_EDGE_HILL,), "teachers", (14, 30)),
        Happening("Adults began a Level 4 course in the evening", ("E6",), (_COLLEGE,), "adults", (15, 40), "at least"),
        Happening(
            "Students helped to run a match day at the sports village",
            ("L1", "L2"),
            (_EDGE_HILL, _COLLEGE),
            "students",
            (20, 50),
            "about",
        ),
        Happening("The partners agreed one bid for skills funding", ("B4",), (_COUNCIL, _COLLEGE, _EDGE_HILL)),
    ),
    "wigan-education-partnership": (
        Happening("Schools joined the training on inclusion", ("1", "2"), (_COUNCIL,), "schools", (18, 40), "over"),
        Happening(
            "Young people told the board what school is like for them", ("2",), (_COUNCIL,), "young people", (14, 30)
        ),
        Happening(
            "Children in care were helped with reading by mentors",
            ("3",),
            (_COUNCIL, "virtual-school"),
            "children",
            (24, 60),
            "about",
        ),
        Happening("A careers fair for all high schools", ("5",), (_COUNCIL,), "pupils", (400, 900), "over"),
        Happening("Heads visited one another's schools", ("4",), (_COUNCIL,), "visits", (12, 28)),
        Happening("Early years staff finished a course on speech", ("1",), (_COUNCIL,), "members of staff", (20, 55)),
        Happening(
            "Employers gave pupils a week of work experience",
            ("5",),
            (_COUNCIL,),
            "pupils",
            (60, 140),
            "at least",
        ),
        Happening("The partnership agreed how it works together", ("4", "1"), (_COUNCIL,)),
    ),
    "progress-with-unity": (
        Happening("Care leavers moved into homes of their own", ("CP",), (_COUNCIL,), "care leavers", (8, 16)),
        Happening(
            "People tried out health and care work", ("HW3",), (_HOSPITALS, _COUNCIL), "people", (40, 90), "over"
        ),
        Happening(
            "Residents came to health checks in their own neighbourhood",
            ("HW1", "HW2"),
            (_COUNCIL, "healthier-wigan-partnership"),
            "residents",
            (120, 300),
            "about",
        ),
        Happening(
            "Adults began courses run by the anchor institutions",
            ("CUA", "ES"),
            (_COLLEGE, _EDGE_HILL),
            "adults",
            (30, 80),
            "at least",
        ),
        Happening("Local firms took on apprentices", ("ES",), (_COUNCIL, _COLLEGE), "apprentices", (15, 35)),
        Happening("Teams in one town began to work from one place", ("HW2",), ("healthier-wigan-partnership",)),
    ),
    "lancashire-skills": (
        Happening(
            "Primary schools met people from local industry", ("3",), (_HUB,), "primary schools", (20, 50), "over"
        ),
        Happening("Employers rewrote a course with the colleges", ("4", "2"), (_HUB, _LEP), "employers", (8, 20)),
        Happening("Adults finished a digital bootcamp", ("1", "3"), (_HUB,), "adults", (40, 110), "about"),
        Happening("Providers agreed one offer of technical courses", ("5",), (_HUB, _LEP)),
        Happening(
            "Careers leaders were shown the latest figures on local jobs", ("2",), (_HUB,), "careers leaders", (25, 60)
        ),
        Happening("Apprentices spoke in high schools", ("3", "4"), (_HUB,), "talks", (12, 30), "at least"),
    ),
    "west-lancashire": (
        Happening(
            "Young people came to the drop-in on work and training",
            ("EET",),
            (_COUNTY, "the-zone-targeted-youth"),
            "young people",
            (20, 45),
            "about",
        ),
        Happening("Schools took part in the network", ("NET",), (_COUNTY,), "schools", (14, 26)),
        Happening("SENDCos met to share what works", ("SEN",), (_COUNTY,), "SENDCos", (16, 30), "over"),
        Happening(
            "Careers leads met the college",
            ("EET",),
            (_COUNTY, "west-lancs-college"),
            "careers leads",
            (8, 14),
        ),
        Happening(
            "Families came to play sessions in community centres",
            ("NET",),
            ("west-lancs-family-hubs", "cfw-team"),
            "families",
            (60, 140),
            "over",
        ),
        Happening("A guide to local help was sent to every school", ("NET", "SEN"), (_COUNTY, "cfw-team")),
    ),
}

# What a demonstration adds to strategies that state no activities, so that there is something to report on.
ACTIVITIES = ("Demo: partners agree who does what, and by when", "Demo: the first group of people takes part")

CAME_OF = "Demo: the lead did as the board asked, and said so at its next meeting."

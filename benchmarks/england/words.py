"""What an invented England says: varied sentences from a vocabulary, so that a search has real work to do."""

import random
from collections.abc import Sequence

PLACES = [
    f"{first}{last}"
    for first in (
        *("Ash", "Beck", "Brad", "Cale", "Clif", "Dal", "El", "Farn", "Glen", "Hart", "Hol", "Kirk", "Lang", "Mar"),
        *("Nor", "Oak", "Pen", "Rad", "Sel", "Wal"),
    )
    for last in ("bury", "combe", "dale", "field", "ford", "ham", "leigh", "mere", "stead", "worth")
]
REGIONS = {
    "E12000001": "North East",
    "E12000002": "North West",
    "E12000003": "Yorkshire and The Humber",
    "E12000004": "East Midlands",
    "E12000005": "West Midlands",
    "E12000006": "East of England",
    "E12000007": "London",
    "E12000008": "South East",
    "E12000009": "South West",
}
STRATEGIES = (
    "Education and skills",
    "Health and learning",
    "Work and training",
    "Children and families",
    "Places and transport",
)
THEMES = ("Early years", "Schools", "Moving on", "Adult learning")
SUBJECTS = (
    *(
        "attendance",
        "reading",
        "mathematics",
        "apprenticeships",
        "speech and language",
        "careers guidance",
        "transport",
    ),
    *("mentoring", "phonics", "digital skills", "mental health", "family learning", "work experience", "inclusion"),
    *("youth work", "nursery places", "engineering", "construction", "nursing", "childcare", "exclusions", "bursaries"),
    *(
        "adult numeracy",
        "music",
        "sport",
        "food and nutrition",
        "internships",
        "transition",
        "governance",
        "safeguarding",
    ),
)
PEOPLE = (
    *("headteachers", "Year 9 pupils", "care leavers", "apprentices", "parents", "health visitors", "tutors"),
    *("young carers", "employers", "governors", "trainees", "foster families", "librarians", "school nurses"),
    *(
        "college lecturers",
        "job coaches",
        "teaching assistants",
        "youth workers",
        "pupils with SEND",
        "mature students",
    ),
)
WHERE = (
    *("in the eastern wards", "at the further education college", "across both hospital sites", "in family hubs"),
    *("at the university campus", "in twelve primary schools", "with the chamber of commerce", "in the leisure centre"),
    *("on the industrial estate", "at the library", "in three secondary schools", "along the bus corridor"),
    *("in the special schools", "at the skills centre", "in community halls", "with the fire service"),
)
DONE = (
    *("opened a workshop for", "met weekly with", "trained", "visited", "surveyed", "wrote to", "set up a panel of"),
    *("held a summer school for", "found placements for", "published guidance for", "bought equipment for"),
    *("ran drop-in sessions for", "agreed a protocol with", "recruited", "celebrated the work of", "assessed"),
)
CAME_OF_IT = (
    *("and most of them asked for more", "which brought absence down a little", "though winter illness slowed us"),
    *("and the waiting list is shorter than it was", "so that nobody travels further than before"),
    *("and two partners have joined since", "which the inspectors remarked on", "though the grant ends in spring"),
    *("and the evaluation is due after Easter", "so the pilot goes on for another year"),
    *("and the first cohort has finished", "which freed a day of staff time", "although recruitment stays difficult"),
)
WHY = (
    *("A vacancy has not been filled", "The building is not ready", "Funding was confirmed late", "A partner withdrew"),
    *("Fewer people came than were invited", "The contractor missed the date", "The data came six weeks late"),
)
MENDED = (
    *("the deputy covers until spring", "rooms are borrowed from the college", "the board meets the funder in March"),
    *("another provider has been asked", "invitations now go through schools", "a new date is agreed in writing"),
)
AIMS = ("Raise", "Widen", "Strengthen", "Sustain", "Open up", "Improve", "Renew", "Join up")

SENTENCES_MADE = 20_000


def sentences() -> Sequence[str]:
    """Things that were done, the same each time they are made."""
    chance = random.Random("sentences")
    return [
        f"We {chance.choice(DONE)} {chance.randint(6, 240)} {chance.choice(PEOPLE)} {chance.choice(WHERE)} about "
        f"{chance.choice(SUBJECTS)} and {chance.choice(SUBJECTS)}, {chance.choice(CAME_OF_IT)}."
        for _ in range(SENTENCES_MADE)
    ]


def reasons() -> Sequence[str]:
    """Why something is late and what is being done."""
    return [f"{why}; {mended}." for why in WHY for mended in MENDED]


def aim(number: int) -> str:
    """The short title of something aimed at."""
    verb, subject, whom = AIMS[number % 8], SUBJECTS[number // 8 % 30], PEOPLE[number // 7 % 20]
    return f"{verb} {subject} for {whom}"

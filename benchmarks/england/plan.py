"""The rows of an invented England's plan: places, people, partnerships, and what their strategies aim at."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import models

from benchmarks.england import progress, words
from benchmarks.england.sizes import (
    ACTIVITIES,
    ADMINISTRATOR,
    ALL_NATIONAL,
    ENGLAND,
    OBJECTIVES,
    ORGANISATIONS,
    PRIORITIES,
    STRATEGIES,
    England,
    metrics_of,
    mixed,
)
from partnerships.models import (
    Agreement,
    Area,
    Board,
    Calendar,
    Membership,
    Organisation,
    Partnership,
    Role,
    Seat,
    Term,
    User,
)
from priorities.models import (
    Activity,
    Alignment,
    MeasureUse,
    Metric,
    Objective,
    Outcome,
    PartnershipObjective,
    Priority,
    Strategy,
    Target,
    Theme,
)

Row = Sequence[Any]
Table = tuple[type[models.Model], Sequence[str], Iterable[Row]]

PASSWORD = "england-only-password"
DOMAIN = "england.example"
_BODIES = ("Council", "College", "NHS Trust", "University")
_BODY_KINDS = ("local_authority", "college", "nhs", "university")


def place(council: int) -> str:
    return words.PLACES[council]


def slug(partnership: int) -> str:
    council, kind = divmod(partnership, STRATEGIES)
    return f"{place(council)}-{words.STRATEGIES[kind]}".lower().replace(" ", "-")


def tables(england: England) -> Iterator[Table]:
    """Every table of the plan with its columns and rows, each after those that it refers to."""
    yield Area, ("id", "code", "name", "level", "parent_id"), _areas(england)
    yield Calendar, ("id", "slug", "name"), ((c + 1, f"england-{c}", place(c)) for c in range(england.councils))
    yield Term, ("id", "calendar_id", "code", "starts_on", "ends_on"), _terms(england)
    yield User, ("id", "password", "email", "name", "job_title", "is_staff", "is_superuser"), _users(england)
    yield Organisation, ("id", "slug", "name", "kind", "area_id"), _organisations(england)
    yield from _partnerships(england)
    yield from _strategies(england)
    yield Metric, _METRIC, _metrics(england)
    yield MeasureUse, ("id", "objective_id", "metric_id", "ref", "title"), _uses(england)
    yield Target, ("id", "metric_id", "area_id", "basis", "value", "tolerance", "wording"), _targets(england)


def _areas(england: England) -> Iterator[Row]:
    yield ENGLAND, "E92000001", "England", Area.Level.COUNTRY, None
    for number, (code, name) in enumerate(words.REGIONS.items()):
        yield ENGLAND + 1 + number, code, name, Area.Level.REGION, ENGLAND
    for c in range(england.councils):
        yield england.council_area(c), _code(c), place(c), Area.Level.UNITARY, england.region(c)
    for c in range(england.councils):
        name = f"Statistical neighbours of {place(c)}"
        yield england.neighbours(c), f"SN-{_code(c)}", name, Area.Level.NEIGHBOURS, england.council_area(c)


def _code(council: int) -> str:
    return f"E08{900_000 + council}"


def _terms(england: England) -> Iterator[Row]:
    for c in range(england.councils):
        for t, strip in enumerate(england.strips):
            yield england.term(c, t), c + 1, strip.period.code, strip.starts_on, strip.ends_on


def _users(england: England) -> Iterator[Row]:
    # One hash for all: each takes a good part of a second, and the password is no secret.
    password = make_password(PASSWORD)
    yield ADMINISTRATOR, password, f"administrator@{DOMAIN}", "Administrator of England", "", True, True
    people = ((england.officer, "Officer"), (england.lead, "Lead"), (england.member, "Member"))
    for c in range(england.councils):
        for number, title in people:
            email = f"{title}.{place(c)}@{DOMAIN}".lower()
            yield number(c), password, email, f"{title} of {place(c)}", f"Partnership {title.lower()}", False, False


def _organisations(england: England) -> Iterator[Row]:
    for c in range(england.councils):
        for number, (body, kind) in enumerate(zip(_BODIES, _BODY_KINDS, strict=True)):
            name = f"{place(c)} {body}"
            yield england.organisation(c, number), name.lower().replace(" ", "-"), name, kind, england.council_area(c)


def _partnerships(england: England) -> Iterator[Table]:
    every = [(p, *divmod(p, STRATEGIES)) for p in range(england.partnerships)]
    yield (
        Partnership,
        ("id", "slug", "name", "summary", "purpose", "area_id", "calendar_id"),
        (
            (
                p + 1,
                slug(p),
                (name := f"{place(c)} {words.STRATEGIES[kind]} Partnership"),
                f"What {name} is for.",
                f"To {words.aim(p).lower()} in {place(c)}.",
                england.council_area(c),
                c + 1,
            )
            for p, c, kind in every
        ),
    )
    yield (
        Membership,
        ("id", "partnership_id", "organisation_id", "role", "position"),
        (
            (p * ORGANISATIONS + o + 1, p + 1, england.organisation(c, o), "partner" if o else "lead", o)
            for p, c, _ in every
            for o in range(ORGANISATIONS)
        ),
    )
    yield (
        Role,
        ("id", "user_id", "kind", "partnership_id", "organisation_id"),
        (
            row
            for p, c, _ in every
            for row in (
                (2 * p + 1, england.officer(c), "officer", p + 1, england.organisation(c)),
                (2 * p + 2, england.lead(c), "lead", p + 1, None),
            )
        ),
    )
    yield (
        Board,
        ("id", "partnership_id", "slug", "name", "is_reporting"),
        ((p + 1, p + 1, "board", f"{place(c)} Board", True) for p, c, _ in every),
    )
    yield (
        Seat,
        ("id", "board_id", "user_id", "kind"),
        ((p + 1, p + 1, england.member(c), "member") for p, c, _ in every),
    )
    yield (
        Agreement,
        ("id", "partnership_id", "slug", "title", "kind", "signed_year"),
        ((p + 1, p + 1, "mou", f"Memorandum of understanding of {place(c)}", "mou", 2018) for p, c, _ in every),
    )


def _strategies(england: England) -> Iterator[Table]:
    every = [(p, *divmod(p, STRATEGIES)) for p in range(england.partnerships)]
    themes, purposes = len(words.THEMES), 5
    yield (
        Strategy,
        ("id", "partnership_id", "slug", "title", "summary", "starts_on", "ends_on"),
        (
            (
                p + 1,
                p + 1,
                slug(p),
                f"{words.STRATEGIES[kind]} strategy of {place(c)}",
                f"{words.aim(p)}.",
                date(england.today.year - 10, 9, 1),
                date(england.today.year + 2, 8, 31),
            )
            for p, c, kind in every
        ),
    )
    yield (
        Theme,
        ("id", "strategy_id", "ref", "title", "vision", "position"),
        (
            (p * themes + n + 1, p + 1, str(n + 1), title, f"{words.aim(p + n)}.", n)
            for p, _, _ in every
            for n, title in enumerate(words.THEMES)
        ),
    )
    yield (
        PartnershipObjective,
        ("id", "strategy_id", "ref", "title", "position"),
        ((p * purposes + n + 1, p + 1, str(n + 1), words.aim(p * 3 + n), n) for p, _, _ in every for n in range(5)),
    )
    yield (
        Priority,
        ("id", "strategy_id", "theme_id", "ref", "title", "summary", "position"),
        (
            (
                p * PRIORITIES + n + 1,
                p + 1,
                p * themes + n % themes + 1,
                str(n + 1),
                (title := words.aim(p * 7 + n)),
                f"{title} in {place(c)}.",
                n,
            )
            for p, c, _ in every
            for n in range(PRIORITIES)
        ),
    )
    yield (
        Objective,
        ("id", "priority_id", "ref", "title", "position"),
        (
            (
                p * OBJECTIVES + n + 1,
                priority_of(p, n),
                f"{n % PRIORITIES + 1}.{n // PRIORITIES + 1}",
                f"{words.aim(p * 11 + n)} in {place(c)}",
                n // PRIORITIES,
            )
            for p, c, _ in every
            for n in range(OBJECTIVES)
        ),
    )
    yield (
        Outcome,
        ("id", "priority_id", "objective_id", "ref", "title", "position"),
        (
            (p * OBJECTIVES + n + 1, priority_of(p, n), p * OBJECTIVES + n + 1, f"o{n + 1}", words.aim(p * 5 + n), n)
            for p, _, _ in every
            for n in range(OBJECTIVES)
        ),
    )
    yield Activity, _ACTIVITY, _activities(england)
    # The golden thread: three priorities of each strategy contribute to the council's next one.
    yield (
        Alignment,
        ("id", "from_strategy_id", "from_priority_id", "to_strategy_id", "to_priority_id", "position"),
        (
            (
                p * 3 + n + 1,
                p + 1,
                p * PRIORITIES + n + 1,
                (after := c * STRATEGIES + (kind + 1) % STRATEGIES) + 1,
                after * PRIORITIES + n + 2,
                n,
            )
            for p, c, kind in every
            for n in range(3)
        ),
    )


def priority_of(partnership: int, objective: int) -> int:
    """The priority of a partnership's objective, by its place."""
    return partnership * PRIORITIES + objective % PRIORITIES + 1


_ACTIVITY = (
    *("id", "priority_id", "objective_id", "ref", "title", "position", "lead_id", "owner_id", "starts_on", "due_on"),
    *("latest_term", "latest_status", "latest_rag", "trail"),
)


def _activities(england: England) -> Iterator[Row]:
    for number in range(england.activities):
        p, n = divmod(number, ACTIVITIES)
        c, o = p // STRATEGIES, n % OBJECTIVES
        lead = england.organisation(c, mixed(number, 3) % ORGANISATIONS) if n % 6 else None
        starts_on = england.strips[0].starts_on
        due_on = date(england.today.year + mixed(number, 5) % 4 - 1, 1 + number % 12, 28)
        yield (
            *(number + 1, priority_of(p, o), p * OBJECTIVES + o + 1, f"a{n + 1}", f"{words.aim(number)} in {place(c)}"),
            *(n, lead, england.officer(c) if n % 4 == 0 else None, min(starts_on, due_on), due_on),
            *progress.copies_of(england, number),
        )


_METRIC = (
    *("id", "slug", "title", "definition", "kind", "direction", "unit", "decimals", "frequency"),
    *("source_owner", "is_about_children"),
)


def _metrics(england: England) -> Iterator[Row]:
    for number in range(1, ALL_NATIONAL + 1):
        title = f"Share of {words.PEOPLE[number % 20]} with {words.SUBJECTS[number % 30]} ({number})"
        yield (
            *(number, f"national-{number}", title, f"{title}, as published for every area.", "official", "up"),
            *("percent", 1, "termly", "Department for Education", False),
        )
    for p in range(england.partnerships):
        own = (metric for metric in metrics_of(p) if metric > ALL_NATIONAL)
        for n, number in enumerate(own):
            title = f"{words.aim(p * 13 + n)}: share reached in {place(p // STRATEGIES)}"
            yield (
                *(number, f"{slug(p)}-{n}"[:120], title, f"{title}, counted once a term.", "local", "up"),
                *("percent", 1, "termly", f"{place(p // STRATEGIES)} Council", n % 3 == 0),
            )


def _uses(england: England) -> Iterator[Row]:
    number = 0
    for p in range(england.partnerships):
        for n, metric in enumerate(metrics_of(p)):
            number += 1
            yield number, p * OBJECTIVES + n % OBJECTIVES + 1, metric, f"m{n + 1}", f"{words.aim(p * 13 + n)}, measured"


def _targets(england: England) -> Iterator[Row]:
    number = 0
    for p in range(england.partnerships):
        for metric in metrics_of(p):
            # A metric that all share has a target in each council's area, set once by the first that uses it.
            number += 1
            yield number, metric, england.council_area(p // STRATEGIES), "absolute", 55, 8, "At least 55%"


def people_of(england: England, council: int) -> dict[str, str]:
    """Whom to sign in as, by what they do."""
    titles = ("officer", "lead", "member")
    return {title: f"{title}.{place(council)}@{DOMAIN}".lower() for title in titles}

"""The invented people of a demonstration: one for each role, told apart by what they do and never by a likely name."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import make_password

from partnerships.models import Board, Organisation, Partnership, Role, Seat, User
from reports.services.demo.choosing import DemoError

PASSWORD = "demo-only-password"
DOMAIN = "demo.example"


@dataclass(frozen=True, slots=True)
class _Playing:
    """A partnership's short name and, by slug, the partners that have an officer, the lead organisation first."""

    short_name: str
    officers: dict[str, str]


PARTNERSHIPS = {
    "west-lancashire": _Playing("West Lancashire", {"lancashire-county-council": "Lancashire County Council"}),
    "wesp": _Playing(
        "WESP",
        {
            "wigan-council": "Wigan Council",
            "wwl": "WWL",
            "wigan-and-leigh-college": "Wigan and Leigh College",
            "edge-hill-university": "Edge Hill",
        },
    ),
    "wigan-education-partnership": _Playing("Wigan Education Partnership", {"wigan-council": "Wigan Council"}),
    "progress-with-unity": _Playing("Progress with Unity", {"wigan-council": "Wigan Council"}),
    "lancashire-skills": _Playing("Lancashire", {"lancashire-skills-and-employment-hub": "Skills and Employment Hub"}),
}
_SEATS = {
    Seat.Kind.CHAIR: ("Chair", "Read the published report and put a question about what is off track."),
    Seat.Kind.MEMBER: ("Board member", "Open the dashboard: what changed since last term, and why."),
    Seat.Kind.SECRETARY: ("Secretary", "Record what the board decided, who acts and by when."),
}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody to sign in as, and what to try then."""

    role: str
    name: str
    email: str
    password: str
    what_to_try: str


@dataclass(frozen=True, slots=True)
class _Cast:
    """One invented person and their part: a role, a seat, or the administration."""

    role: str
    name: str
    mailbox: str
    what_to_try: str
    job_title: str = ""
    partnership: str = ""
    organisation: str = ""
    kind: str = ""

    @property
    def email(self) -> str:
        return f"{self.mailbox}@{DOMAIN}"


def _cast() -> Iterator[_Cast]:
    yield _Cast(
        "Administrator",
        "Demo Administrator",
        "administrator",
        "Open the administration and rename a priority: the published reports stay as they were.",
        "Portal administrator",
    )
    for slug, playing in PARTNERSHIPS.items():
        short = playing.short_name
        for number, (organisation, organisation_name) in enumerate(playing.officers.items()):
            where = short if len(playing.officers) == 1 else f"{short}, {organisation_name}"
            yield _Cast(
                f"Officer, {where}",
                f"Demo Officer ({where})",
                f"officer.{slug}" if number == 0 else f"officer.{slug}.{organisation}",
                "Log an achievement, then write this term's return.",
                "Education Partnership Officer",
                slug,
                organisation,
                Role.Kind.OFFICER,
            )
        yield _Cast(
            f"Lead, {short}",
            f"Demo Lead ({short})",
            f"lead.{slug}",
            "Approve a return, ask for the report, watch it being built and publish it.",
            "Partnership lead",
            slug,
            "",
            Role.Kind.LEAD,
        )
        for kind, (title, what_to_try) in _SEATS.items():
            yield _Cast(
                f"{title}, {short}", f"Demo {title} ({short})", f"{kind}.{slug}", what_to_try, "", slug, "", kind
            )


def demo_people() -> list[DemoPerson]:
    """Whom to sign in as: those of the cast who are there, in one query; nobody where this is no demonstration."""
    if not settings.IS_DEMONSTRATION:
        return []
    here = set(User.objects.filter(is_demo=True, is_active=True).order_by().values_list("email", flat=True))
    return [
        DemoPerson(person.role, person.name, person.email, PASSWORD, person.what_to_try)
        for person in _cast()
        if person.email in here
    ]


def ensure_people(partnerships: dict[str, Partnership]) -> int:
    """Add whoever of the cast is missing, with their roles and seats; how many people were added."""
    cast = list(_cast())
    here = {user.email: user for user in User.objects.filter(email__in=[person.email for person in cast])}
    # One hash for all: each takes a good part of a second, and the password is no secret.
    password = "" if len(here) == len(cast) else make_password(PASSWORD)
    added = User.objects.bulk_create(
        User(
            email=person.email,
            name=person.name,
            job_title=person.job_title,
            password=password,
            is_demo=True,
            is_staff=not person.kind,
            is_superuser=not person.kind,
        )
        for person in cast
        if person.email not in here
    )
    here |= {user.email: user for user in added}
    _ensure_roles(cast, here, partnerships)
    _ensure_seats(cast, here, partnerships)
    return len(added)


def _ensure_roles(cast: list[_Cast], users: dict[str, User], partnerships: dict[str, Partnership]) -> None:
    slugs = {person.organisation for person in cast} - {""}
    organisations = {each.slug: each for each in Organisation.objects.filter(slug__in=slugs)}
    if missing := sorted(slugs - organisations.keys()):
        raise DemoError(f"The organisation {missing[0]} is missing: run manage.py load_strategies first.")
    held = set(Role.objects.filter(user__in=users.values()).values_list("user", "kind", "partnership"))
    Role.objects.bulk_create(
        Role(
            user=users[person.email],
            kind=person.kind,
            partnership=partnerships[person.partnership],
            organisation=organisations.get(person.organisation),
        )
        for person in cast
        if person.kind in Role.Kind.values
        and (users[person.email].pk, person.kind, partnerships[person.partnership].pk) not in held
    )


def _ensure_seats(cast: list[_Cast], users: dict[str, User], partnerships: dict[str, Partnership]) -> None:
    boards = {board.partnership_id: board for board in Board.objects.filter(is_reporting=True)}
    held = set(Seat.objects.filter(user__in=users.values()).values_list("user", "board"))
    wanted = [
        Seat(user=users[person.email], board=boards[partnerships[person.partnership].pk], kind=person.kind)
        for person in cast
        if person.kind in Seat.Kind.values and partnerships[person.partnership].pk in boards
    ]
    Seat.objects.bulk_create(seat for seat in wanted if (seat.user_id, seat.board_id) not in held)

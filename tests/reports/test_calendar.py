"""A partnership's dates as a calendar file, read back by a parser that allows what RFC 5545 allows and no more."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some
from pytest_django import DjangoAssertNumQueries, Settings

from partnerships.models import Meeting
from partnerships.services import touch
from tests.factories import BoardFactory, RoundFactory, TermFactory, World
from wesp_portal.common.calendar_file import Event, calendar_file

NOW = datetime(2024, 11, 21, 10, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
ADDRESS = "/partnerships/harbour/calendar.ics"


# A strict reading ----------------------------------------------------------------------------------------------------


@dataclass
class Component:
    name: str
    properties: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    parts: list["Component"] = field(default_factory=list)

    def value(self, name: str) -> str:
        (found,) = (value for each, _, value in self.properties if each == name)
        return found

    def text(self, name: str) -> str:
        return unescaped(self.value(name))

    def events(self) -> list["Component"]:
        return [part for part in self.parts if part.name == "VEVENT"]


def unescaped(value: str) -> str:
    """A TEXT value (section 3.3.11): nothing that means something stands there by itself."""
    assert re.fullmatch(r"(?:[^\\;,\x00-\x08\x0a-\x1f\x7f]|\\[\\;,nN])*", value), value
    return re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)


def content_lines(content: bytes) -> list[str]:
    """Lines as they were before they were folded (section 3.1)."""
    assert content.endswith(b"\r\n")
    physical = content[:-2].split(b"\r\n")
    for line in physical:
        assert line.strip(), "an empty line"
        assert len(line) <= 75, line
        assert b"\r" not in line
        assert b"\n" not in line
        # No letter is broken in two.
        line.decode("utf-8")
    return re.sub(rb"\r\n[ \t]", b"", content).decode().rstrip("\r\n").split("\r\n")


ONCE = {
    "VCALENDAR": ({"PRODID", "VERSION"}, {"CALSCALE", "METHOD"}),
    "VEVENT": (
        {"UID", "DTSTAMP", "DTSTART"},
        {"SUMMARY", "LOCATION", "DESCRIPTION", "URL", "SEQUENCE", "LAST-MODIFIED", "TRANSP"},
    ),
    "VTIMEZONE": ({"TZID"}, set()),
    "STANDARD": ({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"}, {"RRULE", "TZNAME"}),
    "DAYLIGHT": ({"DTSTART", "TZOFFSETFROM", "TZOFFSETTO"}, {"RRULE", "TZNAME"}),
}
FORMS = {
    "DTSTAMP": r"\d{8}T\d{6}Z",
    "LAST-MODIFIED": r"\d{8}T\d{6}Z",
    "SEQUENCE": r"\d+",
    "TRANSP": "OPAQUE|TRANSPARENT",
    "VERSION": r"2\.0",
    "CALSCALE": "GREGORIAN",
    "TZOFFSETFROM": r"[+-]\d{4}",
    "TZOFFSETTO": r"[+-]\d{4}",
    "URL": r"https?://[!-~]+",
    "UID": "[!-~]+",
}


def parsed(content: bytes) -> Component:
    """The calendar of a file; whatever is not as the standard has it is an AssertionError."""
    open_: list[Component] = [Component("")]
    for line in content_lines(content):
        form = re.fullmatch(r"([A-Z][A-Z0-9-]*)((?:;[A-Z-]+=[^\";:,\x00-\x1f]+)*):([^\x00-\x08\x0a-\x1f\x7f]*)", line)
        assert form, line
        name, value = form[1], form[3]
        if name == "BEGIN":
            open_.append(Component(value))
        elif name == "END":
            done = open_.pop()
            assert done.name == value
            check(done)
            open_[-1].parts.append(done)
        else:
            assert re.fullmatch(FORMS.get(name, ".*"), value), line
            parameters = dict(each.split("=") for each in form[2].split(";") if each)
            open_[-1].properties.append((name, parameters, value))
    (root,) = open_
    (calendar,) = root.parts
    assert calendar.name == "VCALENDAR"
    assert calendar.parts, "a calendar holds something (section 3.6)"
    uids = [event.value("UID") for event in calendar.events()]
    assert len(set(uids)) == len(uids)
    return calendar


def check(part: Component) -> None:
    needed, allowed = ONCE[part.name]
    counted = Counter(name for name, _, _ in part.properties if not name.startswith("X-"))
    assert needed <= set(counted) <= needed | allowed, counted
    assert max(counted.values()) == 1


def starts(event: Component) -> date | datetime:
    ((parameters, value),) = ((given, value) for name, given, value in event.properties if name == "DTSTART")
    if parameters == {"VALUE": "DATE"}:
        return datetime.strptime(value, "%Y%m%d").replace(tzinfo=UTC).date()
    assert parameters == {"TZID": "Europe/London"}
    return datetime.strptime(value, "%Y%m%dT%H%M%S").replace(tzinfo=LONDON)


# The form ------------------------------------------------------------------------------------------------------------


def one(**changes: Any) -> Event:
    values: dict[str, Any] = {
        "uid": "meeting-1@portal.example.org",
        "on": date(2024, 11, 29),
        "summary": "Returns due",
        "changed_at": NOW,
        "revision": 3,
    }
    return Event(**(values | changes))


@given(words=some.text(some.characters(exclude_categories=["Cs"]), max_size=300))
def test_any_words_come_back_as_they_were_but_for_control_characters(words: str) -> None:
    event = one(summary=words, description=words, place=f"x{words}")
    (read,) = parsed(calendar_file(words, [event])).events()
    lines = "\n".join(words.splitlines())
    kept = "".join(letter for letter in lines if letter == "\n" or not re.match(r"[\x00-\x1f\x7f-\x9f]", letter))
    assert read.text("SUMMARY") == kept
    assert read.text("LOCATION") == f"x{kept}"


@pytest.mark.parametrize("letter", ["a", "é", "€", "😀"])
@pytest.mark.parametrize("before", range(4))
def test_a_long_line_is_folded_at_75_octets_between_letters(letter: str, before: int) -> None:
    words = "x" * before + letter * 200
    content = calendar_file("Dates", [one(summary=words)])
    (read,) = parsed(content).events()
    assert read.text("SUMMARY") == words
    folded = [line for line in content.split(b"\r\n") if letter.encode() * 3 in line]
    # Every line but the last is as full as its letters let it be.
    assert all(len(line) > 75 - len(letter.encode()) for line in folded[:-1])


def test_marks_that_mean_something_are_escaped() -> None:
    content = calendar_file("Dates", [one(summary="One; two, three\\four\nfive")])
    assert b"SUMMARY:One\\; two\\, three\\\\four\\nfive\r\n" in content


def test_words_cannot_add_a_line_of_their_own() -> None:
    (read,) = parsed(calendar_file("x", [one(place="Hall\r\nATTACH:https://evil.example\x85END:VEVENT")])).events()
    assert [name for name, _, _ in read.properties].count("ATTACH") == 0


def test_the_clocks_of_the_file_are_those_of_london() -> None:
    """Its time zone, worked out from its rules, agrees with the system's through ten years."""
    (zone,) = parsed(calendar_file("x", [])).parts
    rules = {part.name: part for part in zone.parts}
    months = {"STANDARD": 10, "DAYLIGHT": 3}
    for year in range(2020, 2030):
        for name, month in months.items():
            part = rules[name]
            assert part.value("RRULE") == f"FREQ=YEARLY;BYMONTH={month};BYDAY=-1SU"
            assert datetime.strptime(part.value("DTSTART"), "%Y%m%dT%H%M%S").replace(tzinfo=UTC).isoweekday() == 7
            last = date(year, month, 31)
            sunday = last - timedelta(days=last.isoweekday() % 7)
            before = timedelta(hours=int(part.value("TZOFFSETFROM")[:3]))
            clock = datetime.strptime(part.value("DTSTART")[9:], "%H%M%S").replace(tzinfo=UTC).time()
            moment = datetime.combine(sunday, clock, tzinfo=UTC) - before
            after = timedelta(hours=int(part.value("TZOFFSETTO")[:3]))
            assert (moment - timedelta(seconds=1)).astimezone(LONDON).utcoffset() == before
            assert moment.astimezone(LONDON).utcoffset() == after


# What is in it -------------------------------------------------------------------------------------------------------


@pytest.fixture
def dated(world: World, settings: Settings) -> World:
    settings.PORTAL_ADDRESS = "https://portal.example.org"
    Meeting.objects.create(
        board=world.board, starts_at=datetime(2024, 12, 5, 14, 30, tzinfo=UTC), place="Town Hall, Room 2; first floor"
    )
    # In summer time: 14:30 in London.
    Meeting.objects.create(board=world.board, starts_at=datetime(2025, 6, 5, 13, 30, tzinfo=UTC))
    Meeting.objects.create(board=world.board, starts_at=datetime(2022, 6, 5, 13, 30, tzinfo=UTC))
    elsewhere = BoardFactory(partnership=world.elsewhere, name="Another board")
    Meeting.objects.create(board=elsewhere, starts_at=datetime(2024, 12, 6, 14, 30, tzinfo=UTC))
    RoundFactory(partnership=world.elsewhere)
    world.round.board_on = date(2024, 12, 5)
    world.round.save()
    world.previous_round.board_on = world.previous_round.due_on + timedelta(days=7)
    world.previous_round.save()
    return world


def read(client: Client, person: Any) -> list[Component]:
    client.force_login(person)
    with time_machine.travel(NOW, tick=False):
        response = client.get(ADDRESS)
    assert response.status_code == 200
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="harbour.ics"'
    calendar = parsed(response.content)
    assert calendar.value("X-WR-CALNAME") == "Harbour Skills Partnership"
    return calendar.events()


@pytest.mark.parametrize("person", ["officer", "lead", "board_member", "administrator"])
def test_its_people_get_the_meetings_and_the_due_dates(client: Client, dated: World, person: str) -> None:
    events = read(client, getattr(dated, person))
    before = dated.previous_round
    assert [(event.text("SUMMARY"), starts(event)) for event in events] == [
        (f"Returns due for {before.term.label}", before.due_on),
        (f"Board reads the report for {before.term.label}", before.board_on),
        ("Returns due for Autumn 2024/25", date(2024, 11, 29)),
        # The meeting stands for the round's day.
        ("Harbour Board meets", datetime(2024, 12, 5, 14, 30, tzinfo=LONDON)),
        ("Harbour Board meets", datetime(2025, 6, 5, 14, 30, tzinfo=LONDON)),
    ]
    meeting = events[3]
    assert meeting.text("LOCATION") == "Town Hall, Room 2; first floor"
    assert meeting.value("URL") == "https://portal.example.org/partnerships/harbour/dashboard/"
    assert [event.value("TRANSP") for event in events[:3]] == ["TRANSPARENT"] * 3


def test_a_date_that_moves_keeps_its_name_and_has_a_later_revision(client: Client, dated: World) -> None:
    before = {event.value("UID"): event for event in read(client, dated.lead)}
    Meeting.objects.filter(starts_at__year=2025).update(starts_at=datetime(2025, 6, 12, 13, 30, tzinfo=UTC))
    touch(partnership_ids=[dated.partnership.pk])
    after = {event.value("UID"): event for event in read(client, dated.lead)}
    assert set(after) == set(before)
    for name, event in after.items():
        assert name.endswith("@portal.example.org")
        assert int(event.value("SEQUENCE")) > int(before[name].value("SEQUENCE"))
        assert event.value("LAST-MODIFIED") >= before[name].value("LAST-MODIFIED")


def test_the_same_dates_are_the_same_bytes(client: Client, dated: World) -> None:
    client.force_login(dated.lead)
    with time_machine.travel(NOW):
        first = client.get(ADDRESS).content
    with time_machine.travel(NOW + timedelta(hours=5)):
        assert client.get(ADDRESS).content == first


def test_a_partnership_without_dates_has_a_valid_calendar_with_none(client: Client, world: World) -> None:
    world.round.delete()
    world.previous_round.delete()
    assert read(client, world.lead) == []


def test_a_stranger_finds_none_and_a_visitor_is_asked_to_sign_in(client: Client, dated: World) -> None:
    assert client.get(ADDRESS)["Location"].startswith("/sign-in/")
    client.force_login(dated.stranger)
    assert client.get(ADDRESS).status_code == 404


def test_each_place_of_my_work_links_to_its_dates(client: Client, world: World) -> None:
    client.force_login(world.officer)
    page = client.get("/").content.decode()
    assert f'href="{ADDRESS}"' in page
    assert "elsewhere/calendar.ics" not in page


def test_it_costs_four_queries_however_many_dates_there_are(
    client: Client, dated: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client.force_login(dated.board_member)
    with time_machine.travel(NOW, tick=False):
        for year in (25, 26):
            # The person and what they may reach, the partnership, its meetings, its rounds.
            with django_assert_num_queries(4):
                assert client.get(ADDRESS).status_code == 200
            for month in range(1, 7):
                at = datetime(2000 + year, month, 9, 13, tzinfo=UTC)
                Meeting.objects.create(board=BoardFactory(partnership=dated.partnership), starts_at=at)
            term = TermFactory(
                calendar=dated.partnership.calendar,
                code=f"20{year}-{year + 1}-spring",
                starts_on=date(2000 + year, 1, 6),
                ends_on=date(2000 + year, 4, 4),
            )
            RoundFactory(partnership=dated.partnership, term=term)

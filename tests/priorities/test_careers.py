"""Gatsby benchmarks: who reads and records them, what the grid shows, and what is refused."""

from datetime import date

import pytest
from django.utils import timezone

from partnerships.models import Organisation
from priorities.models import CareersReview
from priorities.services.careers import record_careers_review
from tests.factories import OrganisationFactory, World
from tests.sessions import back_after_signing_in, marker_on

URL = "/partnerships/harbour/gatsby/"
RECORD = f"{URL}record/"


@pytest.fixture(autouse=True)
def _today(time_machine) -> None:
    time_machine.move_to(date(2024, 11, 20))


@pytest.fixture
def school(world: World) -> Organisation:
    made: Organisation = OrganisationFactory(
        name="Harbour High", slug="harbour-high", kind="school", area=world.partnership.area
    )
    return made


def review(world: World, school: Organisation, year: str, *achieved: str) -> CareersReview:
    return record_careers_review(
        partnership=world.partnership,
        school=school,
        academic_year=year,
        achieved=achieved,
        source="Compass",
        by=world.officer,
        at=timezone.now(),
    )


def given(**changed: object) -> dict[str, object]:
    return {
        "new_school": "New High",
        "academic_year": "2024-25",
        "achieved": ["stable_programme", "personal_guidance"],
        "source": "Compass, July 2024",
        **changed,
    }


@pytest.mark.parametrize(
    ("person", "reads", "records"),
    [("officer", 200, 200), ("lead", 200, 200), ("board_member", 200, 404), ("stranger", 404, 404)],
)
def test_a_partnerships_people_read_and_those_who_log_record(client, world: World, person, reads, records) -> None:
    client.force_login(getattr(world, person))
    assert client.get(URL).status_code == reads
    assert client.get(RECORD).status_code == records
    assert client.post(RECORD, given()).status_code == (302 if records == 200 else 404)
    assert CareersReview.objects.count() == (records == 200)


def test_whoever_has_not_signed_in_is_asked_to(client, world: World) -> None:
    assert client.get(URL).url.startswith("/sign-in/")


def test_the_empty_grid_says_what_will_be_there(client, world: World) -> None:
    client.force_login(world.board_member)
    assert "No school’s benchmarks are recorded yet" in client.get(URL).content.decode()


def test_an_officer_records_a_school_that_was_not_known(client, world: World) -> None:
    client.force_login(world.officer)
    client.post(RECORD, given())
    found = CareersReview.objects.get()
    assert (found.school.name, found.school.kind, found.achieved) == ("New High", "school", 2)
    assert found.recorded_by == world.officer
    client.post(RECORD, given(new_school="new high", achieved=[]))
    found.refresh_from_db()
    assert (found.achieved, found.history.count()) == (0, 2)
    assert Organisation.objects.filter(kind="school").count() == 1


def test_saying_the_same_again_writes_nothing(client, world: World) -> None:
    client.force_login(world.officer)
    client.post(RECORD, given())
    client.post(RECORD, given())
    assert CareersReview.history.count() == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"new_school": ""}, "school"),
        ({"school": "0"}, "school"),
        ({"academic_year": "1999-00"}, "academic_year"),
        ({"academic_year": ""}, "academic_year"),
        ({"achieved": ["ninth"]}, "achieved"),
        ({"source": ""}, "source"),
        ({"new_school": "x" * 161}, "new_school"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(client, world: World, school, changed, field) -> None:
    client.force_login(world.officer)
    response = client.post(RECORD, given(**changed))
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert not CareersReview.objects.exists()


def test_the_grid_shows_counts_and_the_change_since_last_year(client, world: World, school) -> None:
    review(world, school, "2023-24", "stable_programme", "personal_guidance")
    review(world, school, "2024-25", "stable_programme", "encounters_with_employers", "experiences_of_workplaces")
    client.force_login(world.board_member)
    page = client.get(URL).context["page"]
    (row,) = page.rows
    assert (row.achieved, row.change) == (3, "+1")
    assert [cell.word for cell in row.cells] == [
        "achieved",
        *["not achieved"] * 3,
        *["achieved, new this year"] * 2,
        "not achieved",
        "not achieved any more",
    ]
    assert page.finding == "1 school achieves 3 of 8 benchmarks on average in 2024/25, +1 in all since 2023/24"
    assert page.totals[4].change == "+1"
    earlier = client.get(f"{URL}?year=2023-24").context["page"]
    assert earlier.rows[0].change == "not recorded the year before"
    assert client.get(f"{URL}?year=nonsense").context["page"].year == "2024-25"


def test_a_school_recorded_only_the_year_before_is_named(client, world: World, school) -> None:
    review(world, school, "2023-24", "stable_programme")
    review(world, OrganisationFactory(kind="school", name="Other"), "2024-25", "stable_programme")
    client.force_login(world.lead)
    page = client.get(URL).context["page"]
    assert page.missing == ["Harbour High"]
    assert page.compared == "No school recorded here was recorded for 2023/24, so no change is shown."


def test_the_form_is_filled_in_with_what_is_there(client, world: World, school) -> None:
    review(world, school, "2024-25", "stable_programme")
    client.force_login(world.officer)
    form = client.get(f"{RECORD}?school={school.pk}&year=2024-25").context["form"]
    assert form.initial["achieved"] == ["stable_programme"]
    assert client.get(f"{RECORD}?school=x&year=y").status_code == 200


def test_the_dashboard_shows_a_card_without_a_query_more(
    client, world: World, school, django_assert_num_queries
) -> None:
    review(world, school, "2023-24", "stable_programme")
    review(world, school, "2024-25", "stable_programme", "personal_guidance")
    client.force_login(world.board_member)
    with django_assert_num_queries(8):
        words = client.get("/partnerships/harbour/dashboard/?term=2024-25-autumn").content.decode()
    assert "Gatsby benchmarks: schools achieve 2.0 of 8 on average in 2024/25, up from 1.0 in 2023/24" in words


@pytest.mark.parametrize("schools", [1, 9])
def test_the_grid_takes_the_same_queries_however_many_schools(
    client, world: World, schools: int, django_assert_num_queries
) -> None:
    for number in range(schools):
        review(world, OrganisationFactory(kind="school", name=f"School {number}"), "2024-25", "stable_programme")
    client.force_login(world.officer)
    with django_assert_num_queries(4):
        client.get(URL)


def test_what_is_recorded_without_a_session_is_there_again_after_signing_in(client, world: World, school) -> None:
    client.force_login(world.officer)
    address = f"{RECORD}?school={school.pk}&year=2024-25"
    posted = given(source="Compass, “July”", draft=marker_on(client, address))
    form = back_after_signing_in(client, world.officer, address, posted).context["form"]
    names = ("new_school", "academic_year", "achieved", "source")
    assert {name: form[name].value() for name in names} == {name: posted[name] for name in names}
    assert not CareersReview.objects.exists()
    assert client.get(RECORD).context["draft"].kept is None, "another school's form is another form"
    assert client.post(address, posted).status_code == 302
    assert client.get(address).context["draft"].kept is None

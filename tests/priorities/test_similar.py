"""Possible duplicates: shown before a second one is saved, and never in the way twice."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from priorities.models import Achievement
from priorities.queries.similar import similar_to
from tests.factories import AchievementFactory
from tests.priorities.samples import PDF, answers, upload

NEW = "/achievements/new/"
DAY = date(2022, 6, 16)
TITLE = "Fifty pupils met an employer"


@pytest.fixture
def officer(client, world):
    client.force_login(world.officer)
    return client


def there(world, **changed) -> Achievement:
    given = {"partnership": world.partnership, "title": TITLE, "happened_on": DAY, "logged_by": world.lead}
    made: Achievement = AchievementFactory(**(given | changed))
    return made


def found(world, **changed) -> list[str]:
    given: dict[str, Any] = {
        "title": TITLE,
        "happened_on": DAY,
        "period": "",
        "number": None,
        "unit": "",
        "form_token": uuid4(),
    }
    return [row.title for row in similar_to(partnership_id=world.partnership.pk, **(given | changed))]


# --- What is alike


@pytest.mark.parametrize(
    "title",
    ["Fifty pupils met an employer", "fifty pupil met the employers!", "Fifty pupils met an employer in Wigan"],
)
def test_much_the_same_words_are_alike(world, title):
    there(world, title=title)
    assert found(world) == [title]


def test_other_words_are_not(world):
    there(world, title="Fifty teachers trained in first aid")
    assert found(world) == []


def test_the_same_number_of_the_same_thing_is_alike_whatever_the_words(world):
    there(world, title="A careers fair", quantity=50, quantity_unit="pupils")
    assert found(world, title="A day at the college", number=50, unit="Year 9 pupils") == ["A careers fair"]
    assert found(world, title="A day at the college", number=51, unit="pupils") == []
    assert found(world, title="A day at the college", number=50, unit="schools") == []


def test_one_of_a_thing_says_nothing(world):
    there(world, title="A careers fair", quantity=1, quantity_unit="event")
    assert found(world, title="A day at the college", number=1, unit="event") == []


def test_near_in_time_is_a_fortnight_either_way(world):
    for days in (-15, -14, 14, 15):
        there(world, title=f"{TITLE} {days}", happened_on=DAY + timedelta(days=days))
    assert sorted(found(world)) == [f"{TITLE} -14", f"{TITLE} 14"]


def test_a_period_is_near_the_days_in_it(world):
    there(world, happened_on=None, period="2021-22-summer")
    assert found(world) == [TITLE]
    assert found(world, happened_on=None, period="2022-06") == [TITLE]
    assert found(world, happened_on=date(2023, 6, 16)) == []
    there(world, title=f"{TITLE} again")
    assert len(found(world, happened_on=None, period="2021-22")) == 2


def test_the_likest_comes_first_and_five_are_enough(world):
    for number in range(7):
        there(world, title=f"{TITLE} {'more ' * number}")
    assert len(found(world)) == 5
    assert found(world)[0].strip() == TITLE


def test_drafts_and_other_partnerships_are_not_told_of(world):
    there(world, status="draft")
    there(world, partnership=world.elsewhere)
    assert found(world) == []


# --- The form


def test_a_possible_duplicate_is_shown_before_anything_is_saved(officer, world):
    earlier = there(world, quantity=50, quantity_unit="pupils")
    response = officer.post(NEW, answers(world, detail="Kept words", evidence_file=upload(PDF, "fair.pdf")))
    page = response.content.decode()
    assert response.status_code == 200
    assert "This looks like an achievement that is logged already" in page
    assert f'href="/achievements/{earlier.pk}/"' in page
    assert "16 June 2022 · 50 pupils" in page
    assert "Kept words" in page
    assert "Choose the files again" in page
    assert Achievement.objects.get() == earlier


def test_it_is_asked_once_and_then_logged(officer, world):
    earlier = there(world)
    posted = answers(world)
    assert f'name="similar_seen" value="{earlier.pk}"' in officer.post(NEW, posted).content.decode()
    assert officer.post(NEW, posted | {"similar_seen": [earlier.pk]}).status_code == 302
    assert Achievement.objects.count() == 2


def test_a_refusal_in_between_does_not_ask_again(officer, world):
    earlier = there(world)
    page = officer.post(NEW, answers(world, title="", similar_seen=[earlier.pk])).content.decode()
    assert f'name="similar_seen" value="{earlier.pk}"' in page


def test_another_one_that_is_alike_is_asked_about_too(officer, world):
    first, second = there(world), there(world, title=f"{TITLE} again")
    page = officer.post(NEW, answers(world, similar_seen=[first.pk])).content.decode()
    assert f"/achievements/{second.pk}/" in page
    assert Achievement.objects.count() == 2


def test_what_is_no_number_is_refused_and_not_an_error(officer, world):
    assert officer.post(NEW, answers(world, similar_seen=["x"])).status_code == 200


def test_the_same_form_twice_is_no_duplicate(officer, world):
    posted = answers(world)
    assert officer.post(NEW, posted).url == officer.post(NEW, posted).url
    assert Achievement.objects.count() == 1


# --- What else helps to log quickly


def test_units_counted_before_are_suggested_the_most_often_counted_first(officer, world):
    for unit in ("schools", "pupils", "pupils"):
        there(world, quantity=5, quantity_unit=unit)
    there(world, partnership=world.elsewhere, quantity=5, quantity_unit="secrets")
    page = officer.get(f"{NEW}?form={uuid4()}").content.decode()
    assert page.index('<option value="pupils">') < page.index('<option value="schools">')
    assert 'list="units-used-before"' in page
    assert "secrets" not in page


def test_a_priority_is_found_by_its_official_wording_too(officer, world):
    world.priority.official_wording = "To secure sustained destinations"
    world.priority.save()
    page = officer.get(f"{NEW}?form={uuid4()}").content.decode()
    item = page[page.index('class="govuk-checkboxes__item portal-choices__item"') :]
    assert "1 Better first jobs" in item
    assert "To secure sustained destinations" in item

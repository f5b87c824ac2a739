"""Recording figures: who may, what is asked and refused, what a revision keeps, and what of groups is shown."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries

from priorities.models import GroupReading, Metric, Priority, Reading, Series
from priorities.queries.readings import readings_due
from priorities.rules import DEFAULT_THRESHOLD, hidden_groups, questions_about
from tests.factories import (
    AreaFactory,
    GroupReadingFactory,
    MeasureUseFactory,
    MetricFactory,
    MetricGroupFactory,
    ObjectiveFactory,
    PartnershipFactory,
    PriorityFactory,
    StrategyFactory,
    World,
)
from tests.priorities.test_drill_down import reading
from tests.sessions import back_after_signing_in, marker_on

GOOD = {"area": "E08000010", "period": "2023-24", "value": "12", "status": "final", "source": "Register"}


@pytest.fixture
def metric(world: World) -> Metric:
    """What the partners count themselves."""
    made: Metric = MetricFactory(title="Pupils placed", kind="local", unit="count", decimals=0, direction="up")
    MeasureUseFactory(objective=world.objective, metric=made)
    return made


def url(metric: Metric, query: str = "") -> str:
    return f"/metrics/{metric.pk}/readings/new/{query}"


def post(client, world, metric, person="officer", **changed):
    client.force_login(getattr(world, person))
    return client.post(url(metric), GOOD | changed)


def errors(response) -> dict[str, list[str]]:
    assert response.status_code == 200
    found: dict[str, list[str]] = response.context["form"].errors
    return found


# --- Who


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("lead", 200), ("administrator", 200), ("board_member", 404), ("stranger", 404)],
)
def test_who_may_record_what_partners_count(client, world, metric, person, status):
    client.force_login(getattr(world, person))
    assert client.get(url(metric)).status_code == status
    assert post(client, world, metric, person).status_code == (302 if status == 200 else 404)
    assert Reading.objects.count() == (status == 200)


@pytest.mark.parametrize(
    ("person", "status"), [("officer", 404), ("lead", 200), ("administrator", 200), ("stranger", 404)]
)
def test_an_official_statistic_is_recorded_by_leads(client, world, metric, person, status):
    metric.kind = "official"
    metric.save()
    client.force_login(getattr(world, person))
    assert client.get(url(metric)).status_code == status
    page = client.get(f"/metrics/{metric.pk}/")
    assert (f'href="{url(metric)}"' in page.content.decode()) == (status == 200)


def test_someone_not_signed_in_is_asked_to(client, metric):
    assert client.get(url(metric)).url.startswith("/sign-in/")


def test_a_composite_and_what_is_told_in_words_have_no_readings(client, world, metric):
    whole, told = MetricFactory(kind="local"), MetricFactory(kind="voice", unit="evidence")
    whole.parts.add(metric)
    for made in (whole, told):
        MeasureUseFactory(objective=world.objective, metric=made)
        client.force_login(world.lead)
        assert client.get(url(made)).status_code == 404


def test_a_part_of_a_composite_is_recorded(client, world):
    part, whole = MetricFactory(kind="local"), MetricFactory(kind="local")
    whole.parts.add(part)
    MeasureUseFactory(objective=world.objective, metric=whole)
    assert post(client, world, part).status_code == 302


def test_the_area_of_another_partnership_is_no_choice(client, world, metric):
    far = AreaFactory(code="E06000001", name="Far away")
    strategy = StrategyFactory(partnership=PartnershipFactory(area=far))
    MeasureUseFactory(objective=ObjectiveFactory(priority=PriorityFactory(strategy=strategy)), metric=metric)
    assert errors(post(client, world, metric, area=far.code)) == {"area": ["Choose the area from the list."]}
    assert "Far away" not in client.get(url(metric)).content.decode()
    assert not Reading.objects.exists()


# --- What is recorded


def test_a_figure_is_recorded_with_its_series_and_its_author(client, world, metric):
    response = post(client, world, metric, value="1,250", qualifier="over", as_at_0="1", as_at_1="2", as_at_2="2024")
    assert response.url == f"/metrics/{metric.pk}/"
    made = Reading.objects.get()
    assert (made.value, made.qualifier, made.as_at) == (Decimal(1250), "over", date(2024, 2, 1))
    assert (made.status, made.source, made.recorded_by) == ("final", "Register", world.officer)
    assert made.area == world.partnership.area
    assert made.history.get().history_user == world.officer
    assert [point["value"] for point in Series.objects.get().points] == ["1250"]


def test_it_raises_the_partnerships_version(client, world, metric):
    before = world.partnership.version
    post(client, world, metric)
    world.partnership.refresh_from_db()
    assert world.partnership.version == before + 1


def test_the_box_takes_what_people_write(client, world, metric):
    client.force_login(world.officer)
    assert '<input type="text" name="value"' in client.get(url(metric)).content.decode()


def test_a_figure_that_is_not_there_says_why(client, world, metric):
    post(client, world, metric, value="", symbol="x")
    assert (Reading.objects.get().value, Reading.objects.get().symbol) == (None, "x")


def test_what_happens_once_is_recorded_for_a_day(client, world, metric):
    metric.frequency = "event"
    metric.save()
    day = {"period": "", "day_0": "16", "day_1": "6", "day_2": "2022"}
    assert post(client, world, metric, **day).status_code == 302
    assert Reading.objects.get().period == "2022-06-16"


def test_yes_or_no_is_chosen(client, world, metric):
    metric.unit = "yes or no"
    metric.save()
    post(client, world, metric, value="1")
    assert Reading.objects.get().value == 1


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"value": ""}, "value"),
        ({"value": "twelve"}, "value"),
        ({"value": "-1"}, "value"),
        ({"value": "1.23456"}, "value"),
        ({"value": "123456789012"}, "value"),
        ({"value": "NaN"}, "value"),
        ({"symbol": "x"}, "symbol"),
        ({"symbol": "?"}, "symbol"),
        ({"value": "", "symbol": "x", "qualifier": "over"}, "qualifier"),
        ({"qualifier": "nearly"}, "qualifier"),
        ({"status": ""}, "status"),
        ({"status": "revised"}, "status"),
        ({"period": ""}, "period"),
        ({"period": "1066"}, "period"),
        ({"as_at_0": "31", "as_at_1": "2", "as_at_2": "2024"}, "as_at"),
        ({"as_at_0": "1", "as_at_1": "1", "as_at_2": "2999"}, "as_at"),
        ({"as_at_0": "1", "as_at_1": "1", "as_at_2": "1066"}, "as_at"),
        ({"source": "x" * 401}, "source"),
        ({"note": "x" * 20_001}, "note"),
        ({"reason": "x" * 101}, "reason"),
        ({"area": "E92000001"}, "area"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_and_nothing_is_saved(client, world, metric, changed, field):
    assert set(errors(post(client, world, metric, **changed))) == {field}
    assert not Reading.objects.exists()


def test_an_empty_form_asks_for_all_that_is_missing_and_keeps_what_was_typed(client, world, metric):
    response = post(client, world, metric, value="", status="", note="Kept words")
    assert set(errors(response)) == {"value", "status"}
    assert "Kept words" in response.content.decode()


# --- Questions


def test_ten_times_last_years_figure_is_questioned_once(client, world, metric):
    reading(metric, world.partnership.area, "2022-23", "12")
    response = post(client, world, metric, value="125")
    (question,) = errors(response)["is_right"]
    assert "It was 12 in 2022/23, so this is ten times as much or more." in question
    assert "Yes, this is right" in response.content.decode()
    assert Reading.objects.count() == 1
    answered = {"asked_about": response.context["form"]["asked_about"].value(), "is_right": "on"}
    assert post(client, world, metric, value="125", **answered).status_code == 302
    assert Reading.objects.get(period="2023-24").value == 125


def test_an_answer_to_another_question_does_not_count(client, world, metric):
    reading(metric, world.partnership.area, "2022-23", "12")
    asked = post(client, world, metric, value="125").context["form"]["asked_about"].value()
    response = post(client, world, metric, value="1", asked_about=asked, is_right="on")
    assert "a tenth or less" in errors(response)["is_right"][0]
    assert "checked" not in response.content.decode().split('name="is_right"')[1].split(">")[0]


def asked_about(value: str, earlier: list[str] | None = None, unit: str = "percent", **changed) -> str:
    given: dict[str, Any] = {
        "unit": unit,
        "decimals": 1,
        "value": Decimal(value),
        "earlier": [(f"Year {at}", Decimal(figure)) for at, figure in enumerate(earlier or [])],
        "a_year_before": None,
        "groups": {},
    }
    return " ".join(questions_about(**(given | changed)))


def test_what_is_odd_is_put_in_words():
    assert "below zero" in asked_about("-2", ["1", "2"], "points")
    assert "more than 100 of 100" in asked_about("101")
    assert "ten times" in asked_about("50", ["5"])
    assert "a tenth or less" in asked_about("5", ["50"])
    assert "no earlier step" in asked_about("60", ["50", "51", "49", "50"])
    assert "Girls alone come to more than" in asked_about("10", unit="count", groups={"Girls": Decimal(11)})


def test_what_is_not_odd_is_not_asked_about():
    assert asked_about("100") == ""
    assert asked_about("-2", ["-1"], "points") == ""
    assert asked_about("52", ["50", "51", "49", "50"]) == ""
    assert asked_about("60", ["50", "51"]) == ""
    assert asked_about("5", ["0"]) == ""


def test_a_term_is_compared_with_the_same_term_last_year(client, world, metric):
    metric.frequency = "termly"
    metric.save()
    for period, value in (("2022-23-autumn", 100), ("2022-23-summer", 10)):
        Reading.objects.create(
            metric=metric, area=world.partnership.area, period=period, period_ends_on=date(2022, 12, 31), value=value
        )
    Reading.objects.filter(period="2022-23-summer").update(period_ends_on=date(2023, 8, 31))
    codes = [code for code, _ in client_periods(client, world, metric)]
    assert codes[0] == "2023-24-autumn"
    assert post(client, world, metric, period="2023-24-autumn", value="105").status_code == 302


def client_periods(client, world, metric):
    client.force_login(world.officer)
    return client.get(url(metric)).context["form"].fields["period"].choices


# --- Revisions


@pytest.fixture
def recorded(client, world, metric) -> Reading:
    post(client, world, metric)
    return Reading.objects.get()


def seen(client, metric) -> dict[str, str]:
    return {"seen": client.get(url(metric, "?period=2023-24")).context["form"]["seen"].value()}


def test_a_figure_that_is_there_is_shown_to_be_replaced(client, world, metric, recorded):
    page = client.get(url(metric, "?period=2023-24"))
    assert "Recorded for 2023/24: 12, by Olive Officer" in page.content.decode()
    assert page.context["form"]["value"].value() == "12"


def test_a_revision_asks_why_and_keeps_what_was_there(client, world, metric, recorded):
    mark = seen(client, metric)
    response = post(client, world, metric, value="14", **mark)
    assert errors(response) == {"reason": ["Say why the earlier figure is replaced."]}
    assert post(client, world, metric, value="14", reason="The school counted again", **mark).status_code == 302
    recorded.refresh_from_db()
    assert (recorded.value, recorded.status) == (14, "revised")
    assert [(row.value, row.history_change_reason) for row in recorded.history.order_by("history_id")] == [
        (Decimal(12), None),
        (Decimal(14), "The school counted again"),
    ]
    words = client.get(f"/metrics/{metric.pk}/").content.decode()
    assert "because the school counted again" in words
    assert "Wigan, 2023/24: was" in words
    assert "Olive Officer" in words


def test_a_provisional_figure_becomes_final_without_being_a_revised_one(client, world, metric):
    post(client, world, metric, status="provisional")
    assert post(client, world, metric, **seen(client, metric)).status_code == 302
    assert Reading.objects.get().status == "final"


def test_posting_the_same_form_twice_makes_one_record(client, world, metric, recorded):
    assert post(client, world, metric).status_code == 302
    assert recorded.history.count() == 1


def test_a_figure_that_somebody_recorded_meanwhile_is_not_overwritten_unseen(client, world, metric, recorded):
    response = post(client, world, metric, "lead", value="14", reason="", seen="")
    assert "is recorded for 2023/24 already" in errors(response)["reason"][0]
    assert Reading.objects.get().value == Decimal(12)
    mark = response.context["form"]["seen"].value()
    assert post(client, world, metric, "lead", value="14", reason="Better count", seen=mark).status_code == 302


def test_a_note_that_changed_meanwhile_is_not_overwritten_unseen(client, world, metric, recorded):
    response = post(client, world, metric, "lead", note="Another note", seen="")
    assert "Somebody recorded this figure meanwhile" in str(errors(response))
    assert Reading.objects.get().note == ""
    assert "Another note" in response.content.decode()


def test_a_small_count_that_was_replaced_stays_hidden(client, world, metric):
    Metric.objects.filter(pk=metric.pk).update(is_about_children=True)
    post(client, world, metric, value="3")
    post(client, world, metric, value="24", reason="Counted again", **seen(client, metric))
    mark = seen(client, metric)
    post(client, world, metric, value="20", reason="Counted again", **mark)
    words = client.get(f"/metrics/{metric.pk}/").content.decode()
    assert "was withheld to protect people until" in words


def test_what_is_withheld_now_is_not_told_by_what_it_replaced(client, world, metric):
    post(client, world, metric, value="73")
    post(client, world, metric, value="", symbol="c", reason="Two schools can be told apart", **seen(client, metric))
    words = client.get(f"/metrics/{metric.pk}/").content.decode()
    assert "was withheld to protect people until" in words
    assert "73" not in words


def test_a_change_below_zero_and_a_part_of_a_whole_are_asked_about(client, world, metric):
    Metric.objects.filter(pk=metric.pk).update(unit="percent")
    page = post(client, world, metric, value="-5").content.decode()
    assert "It is below zero, and no figure before it was." in page
    Metric.objects.filter(pk=metric.pk).update(unit="count", decimals=0)
    assert "Is 2.7 right? What is counted here is whole" in post(client, world, metric, value="2.7").content.decode()
    assert not Reading.objects.exists()


# --- Groups


@pytest.fixture
def grouped(metric: Metric) -> Metric:
    for slug, title, whole in (("girls", "Girls", "sex"), ("boys", "Boys", "sex"), ("send", "Pupils with SEND", "")):
        metric.groups.add(MetricGroupFactory(slug=slug, title=title, whole=whole))
    Metric.objects.filter(pk=metric.pk).update(is_about_children=True)
    metric.refresh_from_db()
    return metric


def of_groups(metric: Metric, **values: str) -> dict[str, str]:
    return {f"group_{metric.groups.get(slug=slug).pk}": value for slug, value in values.items()}


def test_groups_are_recorded_with_the_whole_on_one_page(client, world, grouped):
    client.force_login(world.officer)
    response = client.get(url(grouped))
    assert "Enter the true count. From 1 to 5 it is shown" in response.content.decode()
    why = {f"why_{grouped.groups.get(slug='send').pk}": "x"}
    assert (
        post(client, world, grouped, value="100", **of_groups(grouped, girls="60", boys="40"), **why).status_code == 302
    )
    found = {row.group.slug: (row.value, row.symbol) for row in GroupReading.objects.all()}
    assert found == {"girls": (60, ""), "boys": (40, ""), "send": (None, "x")}
    assert Reading.objects.get().value == 100
    assert GroupReading.objects.all()[0].history.get().history_user == world.officer


def test_a_group_that_is_cleared_is_taken_away_and_others_stay(client, world, grouped):
    post(client, world, grouped, value="100", **of_groups(grouped, girls="60", boys="40"))
    cleared = of_groups(grouped, girls="", boys="40")
    assert post(client, world, grouped, value="100", **cleared, **seen(client, grouped)).status_code == 302
    assert [row.group.slug for row in GroupReading.objects.all()] == ["boys"]
    assert GroupReading.objects.get().history.count() == 1


@pytest.mark.parametrize("value", ["many", "-1", "1.23456"])
def test_a_groups_figure_is_refused_at_its_field(client, world, grouped, value):
    given = of_groups(grouped, girls=value)
    assert set(errors(post(client, world, grouped, value="100", **given))) == set(given)
    assert not GroupReading.objects.exists()


def test_a_groups_figure_with_a_reason_why_there_is_none_is_refused(client, world, grouped):
    key = grouped.groups.get(slug="girls").pk
    given = {f"group_{key}": "60", f"why_{key}": "x"}
    assert set(errors(post(client, world, grouped, value="100", **given))) == {f"group_{key}"}


def test_the_page_shows_groups_and_hides_a_small_count_with_another(client, world, grouped):
    post(client, world, grouped, value="100", **of_groups(grouped, girls="97", boys="3", send="20"))
    (table,) = client.get(f"/metrics/{grouped.pk}/").context["groups"]
    assert [head if isinstance(head, str) else head["text"] for head in table.columns] == [
        *("Period", "Pupils with SEND", "Boys", "Girls", "All")
    ]
    hidden = "withheld to protect people"
    assert table.rows == [["2023/24", "20", hidden, hidden, "100"]]
    assert (
        "and another with them where a total would give one away"
        in client.get(f"/metrics/{grouped.pk}/").content.decode()
    )


CELLS = st.lists(st.integers(0, 40), min_size=1, max_size=5)


@given(CELLS, st.integers(0, 30), CELLS, st.booleans())
def test_a_hidden_count_cannot_be_worked_out(cells, others, alone, is_whole_known):
    """Two sets that make a whole, the second not complete, and one group by itself: all of one total."""
    total = sum(cells) + others
    counts = {("first", at): Decimal(count) for at, count in enumerate(cells)}
    # The second set is of the same people, as far as they go.
    left = total
    for at, count in enumerate(alone):
        counts["second", at] = Decimal(min(count, left))
        left -= int(counts["second", at])
    counts["alone", 0] = Decimal(total // 2)
    keys = {name: pk for pk, name in enumerate(counts)}
    is_shown = is_whole_known and not 0 < total <= DEFAULT_THRESHOLD
    hidden = hidden_groups(
        Decimal(total) if is_shown else None,
        {keys[name]: count for name, count in counts.items()},
        {pk: "" if name[0] == "alone" else name[0] for name, pk in keys.items()},
        threshold=None,
    )
    for name, count in counts.items():
        assert not (0 < count <= DEFAULT_THRESHOLD and keys[name] not in hidden)
    if not is_shown:
        return
    for part in ("first", "second", "alone"):
        here = {name: count for name, count in counts.items() if name[0] == part}
        shown = sum(count for name, count in here.items() if keys[name] not in hidden)
        secret = [count for name, count in here.items() if keys[name] in hidden]
        rest = total - shown
        if not secret:
            # What is in none of the groups is told by subtraction, so it must not be few.
            assert not 0 < rest <= DEFAULT_THRESHOLD
        elif any(0 < count <= DEFAULT_THRESHOLD for count in secret):
            # One hidden count beside nobody else would be the rest itself; and the rest must leave room for 1 to 5.
            assert len(secret) > 1 or rest > sum(secret)
            assert rest >= DEFAULT_THRESHOLD


def test_noughts_are_hidden_with_a_small_count_of_their_set():
    counts = {1: Decimal(3), 2: Decimal(0), 3: Decimal(97)}
    together = dict.fromkeys(counts, "sex")
    assert hidden_groups(Decimal(100), counts, together, threshold=None) == {1, 2, 3}
    assert hidden_groups(Decimal(100), {1: Decimal(0), 2: Decimal(100)}, together, threshold=None) == set()


def test_a_metric_may_set_another_bound():
    together = {1: "sex", 2: "sex"}
    assert hidden_groups(Decimal(20), {1: Decimal(8), 2: Decimal(12)}, together, threshold=9) == {1, 2}
    assert hidden_groups(Decimal(20), {1: Decimal(8), 2: Decimal(12)}, together, threshold=None) == set()


def test_percentages_of_groups_are_shown(client, world, grouped):
    Metric.objects.filter(pk=grouped.pk).update(unit="percent")
    post(client, world, grouped, value="50", **of_groups(grouped, girls="3", boys="97"))
    (table,) = client.get(f"/metrics/{grouped.pk}/").context["groups"]
    assert table.rows == [["2023/24", "97 %", "3 %", "50 %"]]


# --- What is due, and what it costs


def test_what_an_officer_keeps_is_due_once_its_period_has_ended(world, metric):
    (due,) = readings_due(world.officer, date(2024, 10, 1))
    assert (due.title, due.period, due.area, due.due_on) == ("Pupils placed", "2023-24", "Wigan", date(2024, 8, 31))
    reading(metric, world.partnership.area, "2023-24", "12")
    assert readings_due(world.officer, date(2024, 10, 1)) == []
    assert [each.period for each in readings_due(world.officer, date(2025, 9, 1))] == ["2024-25"]
    assert readings_due(world.stranger, date(2025, 9, 1)) == []
    assert readings_due(world.board_member, date(2025, 9, 1)) == []


def test_official_statistics_and_events_are_not_due_by_themselves(world, metric):
    for changed in ({"kind": "official"}, {"kind": "local", "frequency": "event"}):
        Metric.objects.filter(pk=metric.pk).update(**changed)
        assert readings_due(world.officer, date(2024, 10, 1)) == []


def test_nothing_is_due_for_priorities_that_are_closed(world, metric):
    Priority.objects.filter(pk=world.priority.pk).update(status="closed")
    assert readings_due(world.officer, date(2024, 10, 1)) == []


@pytest.mark.parametrize("size", [1, 12])
def test_what_is_due_takes_two_queries(world, size, django_assert_num_queries: DjangoAssertNumQueries):
    for _ in range(size):
        MeasureUseFactory(objective=world.objective, metric=MetricFactory(kind="local"))
    assert world.officer.access
    with django_assert_num_queries(2):
        assert len(readings_due(world.officer, date(2024, 10, 1))) == size


@pytest.mark.parametrize("size", [1, 12])
def test_the_form_takes_the_same_queries_however_much_is_recorded(
    client, world, grouped, size, django_assert_num_queries: DjangoAssertNumQueries
):
    for at in range(size):
        reading(grouped, world.partnership.area, str(2000 + at), "50")
        GroupReadingFactory(metric=grouped, area=world.partnership.area, period=str(2000 + at))
    client.force_login(world.officer)
    # One of them reads what was typed before and not sent.
    with django_assert_num_queries(8):
        assert client.get(url(grouped)).status_code == 200


# --- Nothing typed is lost


def test_a_figure_sent_without_a_session_is_there_again_after_signing_in(client, world, metric):
    client.force_login(world.officer)
    address = url(metric, "?period=2023-24")
    posted = GOOD | {"value": "about 12", "note": "Counted by “hand”", "draft": marker_on(client, address)}
    response = back_after_signing_in(client, world.officer, address, posted)
    form = response.context["form"]
    assert [form[name].value() for name in ("value", "note", "period")] == ["about 12", "Counted by “hand”", "2023-24"]
    assert "We kept what you typed" in response.content.decode()
    assert not form.errors, "nobody has sent it yet"
    assert not Reading.objects.exists()
    other = client.get(url(metric, "?period=2022-23"))
    assert other.context["draft"].kept is None, "another period's form is another form"
    assert client.post(address, posted | {"value": "12"}).status_code == 302
    assert client.get(address).context["draft"].kept is None


def test_a_figure_recorded_meanwhile_is_shown_beside_the_kept_one_and_not_replaced_unseen(client, world, metric):
    client.force_login(world.officer)
    marker = marker_on(client, url(metric))
    opened = client.get(url(metric)).context["form"].initial["seen"]
    reading(metric, world.partnership.area, "2023-24", "40")
    posted = GOOD | {"value": "12", "reason": "Recounted", "seen": opened, "draft": marker}
    response = back_after_signing_in(client, world.officer, url(metric), posted)
    assert response.context["there"].value == 40
    kept = response.context["form"]["seen"].value()
    assert kept == opened
    refused = client.post(url(metric), posted)
    assert "already. Saving replaces it: say why." in errors(refused)["reason"][0]
    assert Reading.objects.get().value == 40


def test_an_empty_draft_is_no_figure(client, world, metric):
    client.force_login(world.officer)
    client.post("/drafts/", {"draft": marker_on(client, url(metric))})
    assert client.get(url(metric)).status_code == 200

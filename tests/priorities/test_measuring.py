"""How figures are compared and judged: like with like, a target on its own time, a place among neighbours."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone

from partnerships.models import AreaNeighbour
from priorities.measuring import (
    TargetFacts,
    among,
    compared_period,
    gap_direction,
    gap_pace,
    is_part,
    judge_target,
    next_update,
    place_among,
    target_in_force,
)
from priorities.models import Reading, Series, Target
from priorities.services.readings import record_reading
from priorities.services.series import check_series, rebuild_series
from tests.factories import AreaFactory, MeasureUseFactory, MetricFactory, PartnershipFactory, StrategyFactory, World

D = Decimal
TERMS = ["2023-24-autumn", "2023-24-spring", "2023-24-summer"]


# --- What is compared with what


@pytest.mark.parametrize(
    ("latest", "known", "breaks", "found"),
    [
        ("2024", ["2022", "2023", "2024"], [], "2023"),
        ("2024", ["2019", "2024"], [], "2019"),
        (
            "2024-25-autumn",
            ["2023-24-autumn", "2023-24-spring", "2023-24-summer", "2024-25-autumn"],
            [],
            "2023-24-autumn",
        ),
        ("2024-25-autumn", [*TERMS[1:], "2024-25-autumn"], [], "2023-24-summer"),
        ("2024-25-autumn", ["2022", "2024-25-autumn"], [], ""),
        ("2024", ["2022", "2023", "2024"], ["2024"], ""),
        ("2024", ["2021", "2022", "2023", "2024"], ["2022"], "2023"),
        ("2024", ["2024"], [], ""),
    ],
)
def test_a_figure_is_compared_with_one_like_it(latest: str, known: list[str], breaks: list[str], found: str) -> None:
    assert compared_period(latest, known, breaks) == found


@pytest.mark.parametrize(
    ("unit", "status", "as_at", "told"),
    [
        ("count", "provisional", "2024-06-30", True),
        ("count", "final", "2024-06-30", False),
        ("count", "provisional", "2024-12-31", False),
        ("count", "provisional", "", False),
        ("percent", "provisional", "2024-06-30", False),
    ],
)
def test_a_count_from_before_its_period_ended_is_for_a_part_of_it(
    unit: str, status: str, as_at: str, told: bool
) -> None:
    assert is_part(unit=unit, status=status, period="2024", as_at=as_at) is told


@pytest.mark.parametrize(
    ("gaps", "direction", "pace"),
    [
        (["-6", "-5", "-2"], "closing", "faster"),
        (["-9", "-5", "-4"], "closing", "slower"),
        (["-6", "-5", "-4"], "closing", "as fast"),
        (["-4", "-5", "-3"], "closing", "again"),
        (["-4", "-3", "-5"], "widening", ""),
        (["-4", "-3", "-3"], "steady", ""),
        (["-4", "-3", "1"], "", ""),
    ],
)
def test_a_gap_says_which_way_it_goes_and_whether_faster_than_before(
    gaps: list[str], direction: str, pace: str
) -> None:
    values = [D(gap) for gap in gaps]
    assert gap_direction("up", values[1], values[2]) == direction
    assert gap_pace("up", values) == pace
    assert gap_direction("none", values[1], values[2]) == ""


def test_the_next_figure_is_the_one_after_the_latest() -> None:
    assert next_update("annual", "2025") == "For 2026, which ends on 31 December 2026; each year"
    assert next_update("event", "2025-03-01") == "After the next event or survey"
    assert next_update("once", "2025") == "None: it is measured once"


# --- Targets


def facts(**given) -> TargetFacts:
    blank = {"basis": "absolute", "value": None, "tolerance": None, "baseline_period": "", "due_period": ""}
    return TargetFacts(**{**blank, "comparator": "", **given})


OWN = {"2019": D(10), "2021": D(9), "2022": D(8), "2025": D(14)}


def judged(target: TargetFacts, direction: str = "down", own=None, theirs=None, **more):
    return judge_target(
        target, direction=direction, unit="percent", decimals=1, own=own or OWN, theirs=theirs or {}, **more
    )


def test_a_target_whose_time_is_over_is_judged_on_that_time_and_says_so() -> None:
    verdict = judged(facts(basis="baseline", baseline_period="2019", due_period="2022"))
    assert (verdict.judgement.standing, verdict.judged_on, verdict.aim) == ("on_track", "2022", None)
    assert verdict.judgement.explanation == (
        "On track: 8.0 % in 2022 is in line with or better than the reading of 2019, 10.0 %. "
        "The target was for 2022 and is judged on that time."
    )


def test_a_target_whose_time_has_no_figure_is_not_rated_on_another() -> None:
    verdict = judged(facts(value=D(9), due_period="2016"), own={"2024": D(8), "2025": D(14)})
    assert (verdict.judgement.standing, verdict.judged_on) == ("", "2016")
    assert verdict.judgement.explanation == ("Not rated: the target was for 2016, and there is no figure of that time.")


def test_a_target_still_to_come_is_judged_on_the_latest_figure() -> None:
    verdict = judged(facts(value=D(9), due_period="2030"))
    assert (verdict.judgement.standing, verdict.judged_on, verdict.aim) == ("off_track", "", D(9))
    assert verdict.judgement.explanation == (
        "Off track: 14.0 % in 2025 is 5 percentage points short of the target, 9.0 %, with no tolerance."
    )


@pytest.mark.parametrize(
    ("dues", "chosen"), [(["2022", "2030"], 1), (["2022", ""], 1), (["", "2030"], 1), (["2019", "2022"], 1), ([""], 0)]
)
def test_of_several_targets_the_one_in_force_judges(dues: list[str], chosen: int) -> None:
    assert target_in_force(dues, "2025") == chosen


@pytest.mark.parametrize(
    ("theirs", "standing"),
    [
        ({"2024": 16, "2025": 16}, "on_track"),
        ({"2024": 14, "2025": 16}, "at_risk"),
        ({"2024": 13, "2025": 16}, "off_track"),
        ({"2025": 16}, ""),
    ],
)
def test_a_gap_is_on_track_while_it_closes(theirs: dict[str, int], standing: str) -> None:
    own = {"2024": D(10), "2025": D(12)}
    verdict = judged(
        facts(basis="gap", comparator="England"), "up", own, {period: D(value) for period, value in theirs.items()}
    )
    assert verdict.judgement.standing == standing


def test_within_bounds_is_on_track_and_beyond_them_is_not() -> None:
    target = facts(value=D(12), tolerance=D(2))
    assert judged(target, "range").judgement.standing == "on_track"
    assert judged(target, "range", {"2025": D(15)}).judgement.standing == "off_track"


def test_half_a_count_is_not_judged() -> None:
    verdict = judged(facts(value=D(9)), is_latest_part=True)
    assert verdict.judgement.standing == ""
    assert "for a part of 2025 only" in verdict.judgement.explanation


# --- Neighbours


def points(**values: str) -> list[dict[str, str]]:
    return [{"period": period[1:], "value": value} for period, value in values.items()]


def test_a_place_among_neighbours_counts_the_better_ones() -> None:
    theirs = [points(y2025=value) for value in ("1", "3", "5", "5", "9")]
    (told,) = among(points(y2025="5"), theirs)
    assert told == {"period": "2025", "of": 5, "median": "5", "above": 1, "level": 2}
    assert place_among("up", of=5, above=1, level=2) == (2, 6, True)
    assert place_among("down", of=5, above=1, level=0) == (5, 6, False)
    assert place_among("up", of=5, above=None, level=None) is None


def test_two_neighbours_are_too_few_for_a_median() -> None:
    assert among(points(y2025="5"), [points(y2025="1"), points(y2025="3")]) == []


@pytest.fixture
def compared(world: World):
    """A metric with figures of the partnership's area and of three neighbours."""
    metric = MetricFactory(direction="up")
    MeasureUseFactory(objective=world.objective, metric=metric)
    for position, value in enumerate(("60", "70", "80"), start=1):
        area = AreaFactory(code=f"E0800010{position}", name=f"Neighbour {position}", level="unitary")
        AreaNeighbour.objects.create(area=world.partnership.area, neighbour=area, position=position)
        record(metric, area, "2024", value)
    record(metric, world.partnership.area, "2024", "75")
    return metric


def record(metric, area, period: str, value: str, **more) -> Reading:
    return record_reading(metric=metric, area=area, period=period, value=D(value), by=None, at=timezone.now(), **more)


def kept(metric, area) -> list[dict[str, object]]:
    return list(Series.objects.get(metric=metric, area=area).neighbours)


def test_the_kept_copy_says_how_an_area_lies_among_its_neighbours(world: World, compared) -> None:
    own = world.partnership.area
    assert kept(compared, own) == [{"period": "2024", "of": 3, "median": "70", "above": 1, "level": 0}]
    assert check_series() == []


def test_a_neighbours_new_figure_moves_the_place_of_the_area_beside_it(world: World, compared) -> None:
    record(compared, AreaNeighbour.objects.get(position=3).neighbour, "2024", "50")
    assert kept(compared, world.partnership.area)[0]["above"] == 0
    assert check_series() == []


def test_rebuilding_mends_a_wrong_place(world: World, compared) -> None:
    Series.objects.filter(area=world.partnership.area).update(neighbours=[])
    assert len(check_series()) == 1
    assert rebuild_series() == 1
    assert check_series() == []


def test_the_page_of_a_metric_shows_the_median_and_the_place(client, world: World, compared) -> None:
    client.force_login(world.officer)
    words = client.get(f"/metrics/{compared.pk}/").content.decode().replace("\N{NO-BREAK SPACE}", " ")
    for part in ("Statistical neighbours (median)", "70.0 %; 2nd of 4", "Better by 5 percentage points"):
        assert part in words, part


def test_the_dashboard_tells_the_same_place(client, world: World, compared) -> None:
    client.force_login(world.lead)
    words = client.get("/partnerships/harbour/dashboard/?term=2024-25-autumn").content.decode()
    assert "2nd of 4 among its neighbours" in words


# --- What explains a figure


def test_who_recorded_a_figure_is_told_by_their_part_and_never_by_their_name(client, world: World) -> None:
    metric = MetricFactory(kind="local")
    MeasureUseFactory(objective=world.objective, metric=metric)
    world.officer.job_title = "Partnership Officer"
    world.officer.save()
    reading = record_reading(
        metric=metric,
        area=world.partnership.area,
        period="2024",
        value=D(5),
        by=world.officer,
        at=timezone.now(),
        break_note="Counted by school from now on",
    )
    assert reading.recorded_as == "Partnership Officer, Harbour Council"
    client.force_login(world.board_member)
    for url in (f"/metrics/{metric.pk}/", "/partnerships/harbour/dashboard/?term=2024-25-autumn"):
        words = client.get(url).content.decode()
        for part in (
            "Partnership Officer, Harbour Council",
            "Counted by school from now on",
            "For 2025, which ends on",
        ):
            assert part in words, (url, part)
        assert "Olive Officer" not in words


def test_who_set_a_target_and_when_stands_beside_the_rating(client, world: World) -> None:
    metric = MetricFactory()
    MeasureUseFactory(objective=world.objective, metric=metric)
    record(metric, world.partnership.area, "2024", "5")
    Target.objects.create(
        metric=metric,
        area=world.partnership.area,
        basis="absolute",
        value=6,
        wording="6 % or less",
        source="Cabinet, item 4",
        set_on=date(2022, 6, 16),
    )
    client.force_login(world.board_member)
    for url in (f"/metrics/{metric.pk}/", "/partnerships/harbour/dashboard/?term=2024-25-autumn"):
        words = client.get(url).content.decode()
        assert "Cabinet, item 4, 16 June 2022" in words
        assert "in line with or better than the target" in words


@pytest.mark.parametrize(
    ("unit", "values"),
    [
        ("percent", []),
        ("percent", ["5"]),
        ("percentage points", ["-4", "-9.5"]),
        ("count", ["9999999999", "0"]),
        ("percent", ["0.0001", "0.0002"]),
        ("stage", ["65.9", "2"]),
        ("yes or no", ["65.9", "1"]),
    ],
)
@pytest.mark.parametrize("page", ["/metrics/{}/", "/metrics/{}/areas/", "/partnerships/harbour/dashboard/"])
def test_odd_figures_and_changed_units_get_a_page(
    client, world: World, unit: str, values: list[str], page: str
) -> None:
    metric = MetricFactory(unit="points")
    MeasureUseFactory(objective=world.objective, metric=metric)
    for year, value in enumerate(values, start=2023):
        record(metric, world.partnership.area, str(year), value)
    type(metric).objects.filter(pk=metric.pk).update(unit=unit)
    client.force_login(world.lead)
    assert client.get(page.format(metric.pk)).status_code == 200


# --- Area by area


def areas(client, person, metric, query: str = "") -> str:
    client.force_login(person)
    response = client.get(f"/metrics/{metric.pk}/areas/{query}")
    assert response.status_code == 200
    return str(response.content.decode().replace("\N{NO-BREAK SPACE}", " "))


def test_areas_are_ranked_with_our_own_marked_by_word(client, world: World, compared) -> None:
    words = areas(client, world.board_member, compared)
    own = world.partnership.area.name
    assert f"{own} is number 2 of 4 areas in 2024, the highest first" in words
    table = words.split("<tbody")[1]
    assert table.index("Neighbour 3") < table.index(f"{own} (own area)") < table.index("Neighbour 1")
    by_name = areas(client, world.board_member, compared, "?sort=name").split("<tbody")[1]
    assert by_name.index("Neighbour 1") < by_name.index("Neighbour 3")


@pytest.mark.parametrize("query", ["?period=none", "?period=2024&sort=-1&areas=%00", "?areas=all"])
def test_absurd_choices_of_areas_get_a_page(client, world: World, compared, query: str) -> None:
    assert "(own area)" in areas(client, world.officer, compared, query)


def test_a_stranger_finds_no_areas(client, world: World, compared) -> None:
    client.force_login(world.stranger)
    assert client.get(f"/metrics/{compared.pk}/areas/").status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_areas_take_the_same_queries_however_many(
    client, world: World, compared, count: int, django_assert_num_queries
) -> None:
    for number in range(count):
        record(compared, AreaFactory(code=f"E070{number:05}", level="district"), "2024", "5")
    client.force_login(world.officer)
    with django_assert_num_queries(5):
        client.get(f"/metrics/{compared.pk}/areas/?areas=all")


def test_counts_are_not_set_beside_other_areas(client, world: World, compared) -> None:
    type(compared).objects.filter(pk=compared.pk).update(unit="count")
    assert "Counts are not set beside other areas" in areas(client, world.officer, compared)
    words = client.get(f"/metrics/{compared.pk}/").content.decode()
    assert "Neighbour 1" not in words
    assert "Counts are not set beside other areas" in words


def test_a_small_count_is_not_given_away_by_the_county_around_it(client, world: World) -> None:
    county = AreaFactory(code="E10000099", name="The county", level="county")
    own = world.partnership.area
    type(own).objects.filter(pk=own.pk).update(parent=county)
    sibling = AreaFactory(code="E07000999", name="A sibling", level="district", parent=county)
    metric = MetricFactory(unit="count", is_about_children=True, decimals=0)
    MeasureUseFactory(objective=world.objective, metric=metric)
    metric.context_for.add(world.strategy)
    for area in (county, sibling):
        StrategyFactory(partnership=PartnershipFactory(area=area)).context_metrics.add(metric)
    for area, value in ((own, "3"), (sibling, "40"), (county, "43")):
        record(metric, area, "2024", value)
    client.force_login(world.administrator)
    found = client.get(f"/metrics/{metric.pk}/").context["page"]
    cells = dict(zip([entry.area.name for entry in found.areas], found.rows[0][1:], strict=True))
    withheld = "withheld to protect people"
    assert cells == {own.name: withheld, "A sibling": withheld, "The county": "43"}

"""`collect` reads a partnership's term once and says what a board must know of it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from partnerships.models import Area, Partnership, Role
from priorities.models import Achievement, Activity, ActivityUpdate, Metric, Series, Target
from reports.models import BoardQuestion, Decision, PlannedStep, Return, ReturnEntry, Round
from reports.queries.collect import collect
from reports.queries.collect.summary import off_track
from reports.queries.returns import previous_return, promises_of
from reports.snapshots import Snapshot, from_json, to_json
from tests.factories import (
    AchievementFactory,
    ActivityFactory,
    AreaFactory,
    MeasureUseFactory,
    MetricFactory,
    ObjectiveFactory,
    OutcomeFactory,
    PlannedStepFactory,
    PriorityFactory,
    ReturnEntryFactory,
    ReturnFactory,
    RoundFactory,
    StrategyFactory,
    TermFactory,
    UserFactory,
    VoiceFactory,
    World,
)

AT = datetime(2024, 11, 20, 9, tzinfo=UTC)
Pin = Callable[[int], AbstractContextManager[Any]]


def read(world: World) -> Snapshot:
    partnership = Partnership.objects.select_related("area").get(pk=world.partnership.pk)
    return collect(partnership=partnership, term=world.term, at=AT)


def judged(activity: Activity, **trail: str) -> None:
    """Give an activity its kept standings by term, such as autumn="under_way:on_track"."""
    codes = {"autumn": "2024-25-autumn", "summer": "2023-24-summer"}
    activity.trail = {codes[season]: mark for season, mark in trail.items()}
    activity.save()


def point(period: str, value: str, **other: str) -> dict[str, str]:
    blank = dict.fromkeys(("symbol", "qualifier", "as_at", "source", "note"), "")
    return blank | {"period": period, "value": value, "status": "final"} | other


def measured(world: World, *points: dict[str, str], **metric: Any) -> Metric:
    made: Metric = MeasureUseFactory(objective=world.objective, metric=MetricFactory(**metric)).metric
    Series.objects.create(metric=made, area=world.partnership.area, points=list(points))
    return made


def england() -> Area:
    area: Area = AreaFactory(code="E92000001", name="England", level=Area.Level.COUNTRY)
    return area


def fill(world: World) -> None:
    """Three of everything, so that a query per row would show."""
    for number in range(3):
        priority = PriorityFactory(strategy=world.strategy)
        objective = ObjectiveFactory(priority=priority)
        activity = ActivityFactory(objective=objective)
        ActivityUpdate.objects.create(
            activity=activity, term=world.term, status="under_way", rag="on_track", author=world.officer
        )
        metric = MeasureUseFactory(objective=objective).metric
        Series.objects.create(metric=metric, area=world.partnership.area, points=[point("2024", f"{number}.5")])
        achievement = AchievementFactory(partnership=world.partnership, term=world.term)
        achievement.priorities.add(priority, world.priority)
        achievement.organisations.add(world.organisation, world.partner)
        for round_ in (world.previous_round, world.round):
            back = Return.objects.get_or_create(round=round_, organisation=world.organisation)[0]
            PlannedStepFactory(entry=ReturnEntryFactory(return_of=back, priority=priority))
        BoardQuestion.objects.create(round=world.round, text="Why?", asked_by=world.board_member)


@pytest.mark.django_db
def test_it_takes_seven_queries_however_much_there_is(world: World, django_assert_num_queries: Pin) -> None:
    fill(world)
    partnership = Partnership.objects.select_related("area").get(pk=world.partnership.pk)
    with django_assert_num_queries(7):
        collect(partnership=partnership, term=world.term, at=AT)
    fill(world)
    with django_assert_num_queries(7):
        snapshot = collect(partnership=partnership, term=world.term, at=AT)
    assert len(snapshot.achievements) == 6
    assert len(snapshot.measures) == 6


def test_a_snapshot_comes_back_equal_from_its_canonical_form(world: World) -> None:
    fill(world)
    snapshot = read(world)
    assert from_json(to_json(snapshot)) == snapshot
    assert to_json(read(world)) == to_json(snapshot)


def test_a_partnership_with_nothing_recorded_says_so(world: World) -> None:
    snapshot = read(world)
    assert snapshot.summary.sentences == ("Nothing has been recorded for this term yet.",)
    assert [priority.standing for priority in snapshot.priorities] == ["no_data"]


def test_a_priority_rolls_up_its_activities_and_shows_how_it_moved(world: World) -> None:
    judged(world.activity, summer="under_way:off_track", autumn="under_way:on_track")
    priority = read(world).priorities[0]
    assert (priority.previous_standing, priority.standing, priority.movement) == ("off_track", "on_track", "better")
    assert [mark.standing for mark in priority.strip] == ["off_track", "on_track"]


def test_what_is_done_stays_done_until_an_update_says_otherwise(world: World) -> None:
    judged(world.activity, summer="done:on_track")
    snapshot = read(world)
    assert (snapshot.summary.counts.done, snapshot.summary.counts.no_data) == (1, 0)
    assert [mark.standing for mark in snapshot.priorities[0].strip] == ["done", "done"]
    judged(world.activity, summer="done:on_track", autumn="under_way:at_risk")
    assert read(world).summary.counts.at_risk == 1
    judged(world.activity, summer="under_way:on_track")
    assert read(world).summary.counts.no_data == 1


def test_a_term_that_is_over_does_not_tell_of_a_year_that_went_on(world: World) -> None:
    measured(world, point("2023-24", "61"), point("2024-25", "65"), title="Attendance")

    def latest(at: datetime) -> str:
        partnership = Partnership.objects.select_related("area").get(pk=world.partnership.pk)
        (measure,) = collect(partnership=partnership, term=world.term, at=at).measures
        return measure.points[-1].period

    assert latest(AT) == "2024-25"
    assert latest(datetime(2025, 6, 1, 9, tzinfo=UTC)) == "2023-24"
    Series.objects.update(points=[point("2023-24", "61"), point("2024-25", "65", as_at="2024-11-30")])
    assert latest(datetime(2025, 6, 1, 9, tzinfo=UTC)) == "2024-25"


def test_what_is_off_track_comes_first_with_its_reason_and_since_when(world: World) -> None:
    judged(world.activity, summer="under_way:off_track", autumn="under_way:off_track")
    ActivityUpdate.objects.create(
        activity=world.activity,
        term=world.term,
        status="under_way",
        rag="off_track",
        reason="The funding came late.",
        author=world.officer,
    )
    other = ActivityFactory(objective=world.objective)
    judged(other, summer="under_way:on_track", autumn="under_way:at_risk")
    first, second = read(world).exceptions
    assert (first.ref, first.since, first.reason) == ("1.1(a)", "Summer 2023/24", "The funding came late.")
    assert (second.standing, second.movement, second.since) == ("at_risk", "worse", "Autumn 2024/25")


def test_an_achievement_of_several_priorities_counts_once(world: World) -> None:
    made = AchievementFactory(
        partnership=world.partnership,
        term=world.term,
        quantity=50,
        quantity_qualifier="over",
        quantity_unit="placements",
    )
    made.priorities.add(world.priority, PriorityFactory(strategy=world.strategy))
    made.organisations.add(world.organisation, world.partner)
    snapshot = read(world)
    assert len(snapshot.achievements) == snapshot.summary.achievements == 1
    total = snapshot.summary.totals[0]
    assert (total.value, total.unit, total.qualifier, total.achievements) == ("50", "placements", "over", 1)
    assert len(snapshot.achievements[0].priority_ids) == 2
    assert snapshot.achievements[0].organisations == ("Harbour College", "Harbour Council")


def test_drafts_and_other_terms_are_left_out(world: World) -> None:
    AchievementFactory(partnership=world.partnership, term=world.term, status=Achievement.Status.DRAFT)
    AchievementFactory(partnership=world.partnership, term=world.previous_term)
    AchievementFactory(partnership=world.elsewhere, term=world.term)
    assert read(world).achievements == ()


def test_promises_of_the_last_return_stand_beside_this_terms_with_what_became_of_them(world: World) -> None:
    before = ReturnEntryFactory(
        return_of=ReturnFactory(round=world.previous_round, organisation=world.organisation, status="approved"),
        priority=world.priority,
    )
    PlannedStepFactory(entry=before, title="Meet employers", outcome=PlannedStep.Outcome.DONE)
    PlannedStepFactory(entry=before, title="Print the guide", outcome="carried_over", terms_carried=1, position=1)
    now = ReturnEntryFactory(
        return_of=ReturnFactory(round=world.round, organisation=world.organisation, author_role="Skills officer"),
        priority=world.priority,
        intended_outcomes="• More placements\n\n• Better links",
        activity="We met employers.",
    )
    PlannedStepFactory(entry=now, title="Hold the fair")
    snapshot = read(world)
    contribution = snapshot.priorities[0].contributions[0]
    assert [(promise.title, promise.outcome, promise.terms_carried) for promise in contribution.promises] == [
        ("Meet employers", "done", 0),
        ("Print the guide", "carried_over", 2),
    ]
    assert contribution.intended_outcomes == ("More placements", "Better links")
    assert contribution.planned == ("Hold the fair",)
    assert snapshot.front.authors == ("Skills officer, Harbour Council",)
    assert snapshot.summary.sentences[-1] == "1 step is planned for next term."
    assert "1 of 2 promises from last term was kept." in snapshot.summary.sentences


def test_what_was_promised_is_what_the_return_is_asked_to_mark(world: World) -> None:
    spring = TermFactory(
        calendar=world.partnership.calendar,
        code="2023-24-spring",
        starts_on=date(2024, 1, 8),
        ends_on=date(2024, 3, 28),
    )
    earlier = RoundFactory(partnership=world.partnership, term=spring)

    def returned(round_: Round, status: str) -> ReturnEntry:
        made: ReturnEntry = ReturnEntryFactory(
            return_of=ReturnFactory(round=round_, organisation=world.organisation, status=status),
            priority=world.priority,
        )
        return made

    first = returned(earlier, "approved")
    PlannedStepFactory(entry=first, title="Done", outcome="done")
    PlannedStepFactory(entry=first, title="Forgotten")
    PlannedStepFactory(entry=first, title="Dropped unsaid", outcome="dropped")
    PlannedStepFactory(entry=first, title="Dropped", outcome="dropped", outcome_reason="Others do it.")
    before = returned(world.previous_round, "not_started")
    now = returned(world.round, "draft").return_of

    def promised() -> tuple[set[str], set[str]]:
        asked = promises_of(now, previous_return(now))
        told = read(world).priorities[0].contributions[0].promises
        return {step.title for step in asked}, {promise.title for promise in told}

    everything = {"Done", "Forgotten", "Dropped unsaid", "Dropped"}
    assert promised() == (everything, everything)
    Return.objects.filter(pk=before.return_of_id).update(status="approved")
    left = {"Forgotten", "Dropped unsaid"}
    assert promised() == (left, left)


def test_a_measure_stands_beside_england_with_its_gap_and_where_the_gap_is_going(world: World) -> None:
    metric = measured(
        world,
        point("2023", "16.0"),
        point("2024", "20.0"),
        title="Persistent absence",
        direction="down",
        unit="percent",
    )
    Series.objects.create(metric=metric, area=england(), points=[point("2023", "15.0"), point("2024", "18.0")])
    snapshot = read(world)
    measure = snapshot.measures[0]
    assert (measure.comparators[0].kind, measure.comparators[0].gap) == ("england", "2")
    assert measure.comparators[0].gap_direction == "widening"
    assert measure.movement == "worse"
    assert measure.finding == "Persistent absence: 20.0 % in 2024, up from 16.0 %, worse than England"
    assert snapshot.summary.measures_worse_than_england == 1


def test_readings_of_later_periods_are_no_part_of_a_terms_story(world: World) -> None:
    measured(world, point("2023-24", "9"), point("2024-25-autumn", "8"), point("2024-25-spring", "7"))
    assert [each.period for each in read(world).measures[0].points] == ["2023-24", "2024-25-autumn"]


def test_a_measure_without_a_target_has_no_rag_and_says_why(world: World) -> None:
    measured(world, point("2024", "20"))
    measure = read(world).measures[0]
    assert measure.standing == ""
    assert measure.explanation == "Not rated: no target has been set."


@pytest.mark.parametrize(("value", "standing"), [("9.0", "on_track"), ("10.5", "at_risk"), ("12.0", "off_track")])
def test_a_measure_is_rated_by_its_target_direction_and_tolerance(world: World, value: str, standing: str) -> None:
    metric = measured(world, point("2024", value), direction="down")
    Target.objects.create(
        metric=metric,
        area=world.partnership.area,
        basis=Target.Basis.ABSOLUTE,
        value=Decimal(10),
        tolerance=Decimal(1),
        wording="10 % or less",
    )
    assert read(world).measures[0].standing == standing


def test_a_target_in_line_with_england_compares_the_same_period(world: World) -> None:
    metric = measured(world, point("2023", "70"), point("2024", "66"), direction="up")
    Series.objects.create(metric=metric, area=england(), points=[point("2024", "68")])
    Target.objects.create(metric=metric, area=world.partnership.area, basis="comparator", comparator=england())
    measure = read(world).measures[0]
    assert (measure.standing, measure.explanation) == (
        "off_track",
        "Off track: 66.0 % in 2024 is 2 percentage points short of England, 68.0 %, with no tolerance.",
    )


def lie_in_a_county(world: World) -> tuple[Area, Area]:
    """Make the partnership's area a district of a county of a region of England: the county and the region."""
    region: Area = AreaFactory(code="E12000002", name="North West", level=Area.Level.REGION, parent=england())
    county: Area = AreaFactory(code="E10000017", name="Lancashire", level=Area.Level.COUNTY, parent=region)
    Area.objects.filter(pk=world.partnership.area_id).update(name="West Lancashire", parent=county, level="district")
    return county, region


def as_context(world: World, *points: dict[str, str], area: Area | None = None, **metric: Any) -> Metric:
    made: Metric = MetricFactory(**metric)
    made.context_for.add(world.strategy)
    Series.objects.create(metric=made, area=area or world.partnership.area, points=list(points))
    return made


def test_a_strategys_context_is_shown_and_never_rated_by_a_target_that_is_not_its_own(world: World) -> None:
    metric = as_context(world, point("2024", "12.0"), title="Attainment 8", direction="up")
    Target.objects.create(metric=metric, area=world.partnership.area, basis=Target.Basis.ABSOLUTE, value=Decimal(10))
    Series.objects.create(metric=metric, area=england(), points=[point("2024", "14.0")])
    snapshot = read(world)
    measure = snapshot.measures[0]
    assert (measure.title, measure.is_context, measure.priority_ids, measure.objective_refs) == (
        "Attainment 8",
        True,
        (),
        (),
    )
    assert (measure.standing, measure.target, measure.target_value) == ("", "", "")
    assert measure.explanation == "Not rated: this figure is context for the strategy, which sets no target for it."
    assert snapshot.summary.measures_worse_than_england == 1


def test_what_an_objective_uses_is_no_context_even_where_it_is_stated_as_such(world: World) -> None:
    measured(world, point("2024", "12.0")).context_for.add(world.strategy)
    assert [measure.is_context for measure in read(world).measures] == [False]


def test_context_of_another_partnerships_strategy_is_left_out(world: World) -> None:
    metric = as_context(world, point("2024", "12.0"))
    metric.context_for.set([StrategyFactory(partnership=world.elsewhere)])
    assert read(world).measures == ()


def test_where_the_area_has_no_figures_those_of_the_area_it_lies_in_are_shown_and_said_to_be_its(
    world: World,
) -> None:
    county, region = lie_in_a_county(world)
    metric = as_context(world, point("2023", "4.1"), point("2024", "3.9"), area=county, title="NEET", direction="down")
    neighbours = AreaFactory(code="SN-E10000017", name="Neighbours", level=Area.Level.NEIGHBOURS, parent=county)
    for area, value in ((england(), "3.4"), (region, "4.3"), (neighbours, "3.8")):
        Series.objects.create(metric=metric, area=area, points=[point("2024", value)])
    snapshot = read(world)
    measure = snapshot.measures[0]
    assert measure.area == "Lancashire"
    assert measure.area_note == "Lancashire, the county that West Lancashire is part of"
    assert measure.title == "NEET (Lancashire as a whole)"
    assert measure.finding == "NEET (Lancashire as a whole): 3.9 % in 2024, down from 4.1 %, worse than England"
    assert [(one.kind, one.name, one.gap) for one in measure.comparators] == [
        ("england", "England", "0.5"),
        ("region", "North West", "-0.4"),
        ("neighbours", "Neighbours", "0.1"),
    ]
    assert "1 measure is of Lancashire, the county that West Lancashire is part of." in snapshot.data_notes
    assert snapshot.summary.measures_worse_than_england == 0, "a county's figure is told as the district's"


def test_the_areas_own_figures_come_before_those_of_the_area_it_lies_in(world: World) -> None:
    county, region = lie_in_a_county(world)
    metric = as_context(world, point("2024", "5.0"), title="NEET")
    Series.objects.create(metric=metric, area=county, points=[point("2024", "3.9")])
    Series.objects.create(metric=metric, area=region, points=[point("2024", "4.3")])
    measure = read(world).measures[0]
    assert (measure.title, measure.area, measure.area_note) == ("NEET", "West Lancashire", "")
    assert [(one.kind, one.name) for one in measure.comparators] == [("region", "Lancashire")]


def test_an_areas_target_is_not_held_against_the_figures_of_the_area_it_lies_in(world: World) -> None:
    county, _ = lie_in_a_county(world)
    metric = MeasureUseFactory(objective=world.objective).metric
    Target.objects.create(metric=metric, area=world.partnership.area, basis=Target.Basis.ABSOLUTE, value=Decimal(10))
    Series.objects.create(metric=metric, area=county, points=[point("2024", "20.0")])
    measure = read(world).measures[0]
    assert (measure.standing, measure.is_context) == ("", False)
    assert measure.explanation == "Not rated: the figure is for Lancashire, not for West Lancashire."


def test_invented_figures_and_achievements_are_known_as_such(world: World) -> None:
    measured(world, point("2024", "4", source="Demonstration"), title="Invented")
    measured(world, point("2024", "4", source="Register"), title="Real")
    for person, title in ((UserFactory(is_demo=True), "Invented"), (world.officer, "Real"), (None, "Shipped")):
        AchievementFactory(partnership=world.partnership, term=world.term, logged_by=person, title=title)
    snapshot = read(world)
    assert {measure.title: measure.is_demo for measure in snapshot.measures} == {"Invented": True, "Real": False}
    assert {one.title: one.is_demo for one in snapshot.achievements} == {
        "Invented": True,
        "Real": False,
        "Shipped": False,
    }
    assert "1 measure marked Demo shows invented figures, not measured ones." in snapshot.data_notes


def test_a_partnership_that_invented_people_play_in_is_a_demonstration(world: World) -> None:
    assert not read(world).front.is_demo
    Role.objects.create(user=UserFactory(is_demo=True), partnership=world.elsewhere, kind=Role.Kind.LEAD)
    assert not read(world).front.is_demo
    Role.objects.create(user=UserFactory(is_demo=True), partnership=world.partnership, kind=Role.Kind.LEAD)
    assert read(world).front.is_demo


@pytest.mark.parametrize(
    ("numbers", "total"),
    [
        ([(10, ""), (5, "")], ("15", "", 2, 0, 0)),
        ([(10, ""), (50, "over")], ("60", "over", 2, 0, 0)),
        ([(10, ""), (40, "about")], ("50", "about", 2, 1, 0)),
        ([(50, "at least"), (40, "about")], ("90", "about", 2, 1, 0)),
        ([(10, ""), (6, "fewer than"), (9, "up to")], ("10", "", 1, 0, 2)),
    ],
)
def test_a_total_says_what_it_is_made_of(
    world: World, numbers: list[tuple[int, str]], total: tuple[str, str, int, int, int]
) -> None:
    for quantity, qualifier in numbers:
        AchievementFactory(
            partnership=world.partnership,
            term=world.term,
            quantity=quantity,
            quantity_qualifier=qualifier,
            quantity_unit="pupils",
        )
    found = read(world).summary.totals[0]
    assert (found.value, found.qualifier, found.achievements, found.estimates, found.left_out) == total


def test_numbers_all_known_only_from_above_make_no_total(world: World) -> None:
    AchievementFactory(
        partnership=world.partnership, term=world.term, quantity=6, quantity_qualifier="up to", quantity_unit="pupils"
    )
    assert read(world).summary.totals == ()


def test_a_small_count_of_children_is_withheld(world: World) -> None:
    measured(world, point("2023", "6"), point("2024", "4"), unit="count", is_about_children=True)
    snapshot = read(world)
    assert [(each.value, each.symbol) for each in snapshot.measures[0].points] == [("6", ""), ("", "c")]
    assert snapshot.measures[0].finding.endswith(": withheld to protect people for 2024")
    assert any("withheld" in note for note in snapshot.data_notes)


def test_parts_of_a_composite_measure_are_shown_for_its_objective(world: World) -> None:
    whole = MeasureUseFactory(objective=world.objective).metric
    part = MetricFactory(title="Attainment 8")
    whole.parts.add(part)
    Series.objects.create(metric=part, area=world.partnership.area, points=[point("2024", "44")])
    measure = read(world).measures[0]
    assert (measure.title, measure.objective_refs) == ("Attainment 8", ("1.1",))


def test_questions_and_decisions_open_the_next_report(world: World) -> None:
    BoardQuestion.objects.create(
        round=world.previous_round, text="Who leads?", asked_by=world.board_member, priority=world.priority
    )
    Decision.objects.create(
        round=world.previous_round,
        text="Name a lead",
        action_by="Harbour Council",
        due_on=date(2024, 12, 1),
        recorded_by=world.lead,
    )
    snapshot = read(world)
    assert snapshot.questions[0].about == "1 Better first jobs"
    assert (snapshot.decisions[0].action_by, snapshot.decisions[0].due_on) == ("Harbour Council", "2024-12-01")


def test_another_partnerships_facts_never_enter(world: World) -> None:
    fill(world)
    world.partnership, world.strategy = world.elsewhere, world.strategy
    snapshot = read(world)
    for found in (snapshot.priorities, snapshot.achievements, snapshot.measures, snapshot.questions):
        assert not found


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        (0, 0, []),
        (0, 1, ["1 activity is off track."]),
        (1, 2, ["2 activities are off track, 1 more than last term."]),
        (3, 1, ["1 activity is off track, 2 fewer than last term."]),
        (2, 2, ["2 activities are off track."]),
    ],
)
def test_the_worst_news_stands_first(before: int, now: int, words: list[str]) -> None:
    lines: list[Any] = [
        SimpleNamespace(
            standing="off_track" if number < now else "on_track",
            previous_standing="off_track" if number < before else "on_track",
        )
        for number in range(4)
    ]
    assert off_track(lines, has_previous=True) == words


# Milestones, voices and what the year's end hides --------------------------------------------------------------------


def done(activity: Activity, world: World, on: date) -> None:
    """An activity marked done on a day, as recording its update does."""
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    update = ActivityUpdate(
        activity=activity, term=world.term, status="done", rag="on_track", author=world.officer, updated_at=at
    )
    vars(update)["_history_date"] = at
    update.save()
    activity.latest_status, activity.latest_term, activity.latest_rag = "done", world.term.code, "on_track"
    judged(activity, autumn="done:on_track")


def test_a_milestone_is_met_late_by_days_and_says_when_it_was_first_due(world: World) -> None:
    activity = ActivityFactory(objective=world.objective, due_on=date(2024, 10, 1))
    activity.due_on = date(2024, 11, 1)
    done(activity, world, date(2024, 11, 6))
    (met,) = read(world).met
    assert (met.moved_from, met.due_on, met.done_on, met.late_days) == ("2024-10-01", "2024-11-01", "2024-11-06", 5)
    summary = read(world).summary
    assert (summary.milestones_due, summary.milestones_met, summary.milestones_met_late) == (1, 1, 1)
    assert "1 of 1 milestone due this term was met, 1 of them late." in summary.sentences


def test_a_milestone_taken_up_again_is_not_met(world: World) -> None:
    activity = ActivityFactory(objective=world.objective, due_on=date(2024, 10, 1))
    done(activity, world, date(2024, 9, 20))
    update = ActivityUpdate.objects.get(activity=activity)
    update.status = "under_way"
    update.save()
    activity.latest_status = "under_way"
    judged(activity, autumn="under_way:on_track")
    snapshot = read(world)
    assert snapshot.met == ()
    (waiting,) = [line for line in snapshot.due_next if line.id == activity.pk]
    assert (waiting.done_on, waiting.late_days, snapshot.summary.milestones_late) == ("", 50, 1)


def test_what_is_done_is_not_due_next_in_a_later_term_without_an_update(world: World) -> None:
    activity = ActivityFactory(objective=world.objective, due_on=date(2024, 6, 1))
    done(activity, world, date(2024, 6, 1))
    judged(activity, summer="done:on_track")
    assert read(world).due_next == ()


def test_what_is_red_now_and_was_green_at_the_years_end_is_pointed_out(world: World) -> None:
    judged(world.activity, summer="under_way:on_track", autumn="under_way:off_track")
    snapshot = read(world)
    assert snapshot.front.year_end == "Summer 2023/24"
    assert snapshot.exceptions[0].year_end_standing == "on_track"
    assert snapshot.priorities[0].year_end_standing == "on_track"
    assert (
        snapshot.summary.sentences[1]
        == "1 of what is off track was on track or done at the year’s end, in Summer 2023/24."
    )


def test_voices_of_the_term_are_told_with_whom_and_how_many_and_never_without_consent(world: World) -> None:
    outcome = OutcomeFactory(priority=world.priority, title="Young people know where to ask")
    VoiceFactory(outcome=outcome, said_on=date(2024, 8, 1), asked=30, answered=4, words="It helped")
    VoiceFactory(outcome=outcome, said_on=None, period="2024-25-autumn", words="So it did")
    VoiceFactory(outcome=outcome, said_on=date(2024, 10, 1), status="withdrawn")
    VoiceFactory(outcome=outcome, said_on=date(2024, 5, 1), words="Long ago")
    VoiceFactory(outcome=outcome, said_on=None, period="2023", words="Longer ago")
    voices = {voice.words: voice for voice in read(world).voices}
    assert set(voices) == {"It helped", "So it did"}
    assert (voices["It helped"].when, voices["It helped"].numbers) == (
        "1 August 2024",
        "5 or fewer of 30 asked answered",
    )
    assert voices["It helped"].about == "Young people know where to ask"
    assert voices["So it did"].when == "Autumn 2024/25"


def test_a_decision_stays_until_something_came_of_it(world: World) -> None:
    long_ago = RoundFactory(
        partnership=world.partnership,
        term=TermFactory(
            calendar=world.term.calendar, code="2021-22-autumn", starts_on=date(2021, 9, 1), ends_on=date(2021, 12, 17)
        ),
    )
    decision = Decision.objects.create(round=long_ago, text="Name a lead", recorded_by=world.lead)
    assert [found.text for found in read(world).decisions] == ["Name a lead"]
    decision.status, decision.outcome, decision.settled_at = "done", "Dr Lee leads.", AT
    decision.save()
    assert read(world).decisions == ()


def test_a_question_about_an_activity_names_it_and_its_page(world: World) -> None:
    BoardQuestion.objects.create(
        round=world.round, text="Why?", asked_by=world.board_member, priority=world.priority, activity=world.activity
    )
    (question,) = read(world).questions
    assert (question.about_kind, question.about_id) == ("activity", world.activity.pk)
    assert question.about == str(world.activity)

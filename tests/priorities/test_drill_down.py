"""The drill-down pages: who opens them, what they say, and that they cost the same however much there is."""

from datetime import date
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from partnerships import models as who
from partnerships.models import Area
from priorities.models import (
    ActivityUpdate,
    Alignment,
    LinkedStrategy,
    Metric,
    News,
    PartnershipObjective,
    Principle,
    Reading,
    Series,
    Target,
)
from priorities.services.evidence import NewEvidence, add_evidence
from priorities.services.updates import record_update
from tests.factories import (
    AchievementFactory,
    ActivityFactory,
    AreaFactory,
    MeasureUseFactory,
    MetricFactory,
    ObjectiveFactory,
    OutcomeFactory,
    PreviousTermFactory,
    PriorityFactory,
    StrategyFactory,
    TermFactory,
    ThemeFactory,
    VoiceFactory,
    World,
)
from wesp_portal.common.paging import PER_PAGE


def reading(metric: Metric, area: Area, period: str, value: str | None, symbol: str = "") -> None:
    """A reading and its kept copy, as the service that records readings leaves them."""
    ends_on = date(int(period[:4]), 12, 31)
    Reading.objects.create(
        metric=metric,
        area=area,
        period=period,
        period_ends_on=ends_on,
        value=None if value is None else Decimal(value),
        symbol=symbol,
        source="Published table 4",
        as_at=date(2025, 2, 1),
    )
    series, _ = Series.objects.get_or_create(metric=metric, area=area)
    point = {"period": period, "value": value or "", "symbol": symbol, "qualifier": "", "status": "final"}
    series.points = sorted([*series.points, point], key=lambda one: one["period"])
    series.save()


class Plan:
    """The world's plan filled out, each thing as often as asked for."""

    def __init__(self, world: World, size: int = 1) -> None:
        strategy = world.strategy
        self.metric = MetricFactory(title="Young people out of work and education")
        self.england = AreaFactory(code="E92000001", name="England", level="country")
        self.abroad = StrategyFactory(partnership=world.elsewhere, title="Elsewhere Strategy", slug="elsewhere")
        for at in range(size):
            theme = ThemeFactory(strategy=strategy)
            PriorityFactory(strategy=strategy, theme=theme)
            PartnershipObjective.objects.create(strategy=strategy, ref=f"PO{at}", title=f"Purpose {at}")
            Principle.objects.create(strategy=strategy, ref=f"PR{at}", title=f"Principle {at}", group="Ways of working")
            News.objects.create(strategy=strategy, ref=f"N{at}", title=f"News {at}", happened_on=date(2024, 5, 1))
            linked = LinkedStrategy.objects.create(
                strategy=strategy, ref=f"ls-{at}", title=f"Linked {at}", relation="delivers"
            )
            linked.themes.add(theme)
            foreign = PriorityFactory(strategy=self.abroad)
            Alignment.objects.create(from_strategy=strategy, to_strategy=self.abroad, to_priority=foreign)
            Alignment.objects.create(
                from_strategy=strategy,
                from_priority=world.priority,
                to_strategy=self.abroad,
                to_objective=ObjectiveFactory(priority=foreign),
            )
            Alignment.objects.create(
                from_strategy=self.abroad,
                from_priority=foreign,
                to_strategy=strategy,
                to_objective=world.objective,
            )
            objective = ObjectiveFactory(priority=world.priority)
            ActivityFactory(objective=objective, lead=world.partner)
            ActivityFactory(objective=world.objective, lead=world.partner)
            OutcomeFactory(priority=world.priority, objective=world.objective, voice="Young people")
            VoiceFactory(outcome=None, objective=world.objective, logged_by=world.officer)
            achieved = AchievementFactory(partnership=world.partnership, title=f"Achieved {at}")
            achieved.priorities.add(world.priority)
            achieved.organisations.add(world.organisation)
            measured = MetricFactory()
            MeasureUseFactory(objective=world.objective, metric=measured)
            MeasureUseFactory(objective=objective, metric=self.metric)
            reading(measured, world.partnership.area, "2023", "7.5")
            reading(self.metric, world.partnership.area, str(2000 + at), "7.5")
            reading(self.metric, self.england, str(2000 + at), "6.5")
            Target.objects.create(
                metric=measured, area=world.partnership.area, basis="comparator", comparator=self.england
            )
            Target.objects.create(
                metric=self.metric,
                area=world.partnership.area,
                basis="absolute",
                value=5,
                due_period=str(2030 + at),
            )
        terms = [TermFactory(), PreviousTermFactory()]
        for term in terms[:size]:
            for words in ("First words", "Other words"):
                update = record_update(
                    activity=world.activity,
                    term=term,
                    status="under_way",
                    rag="on_track",
                    words=words,
                    reason="",
                    by=world.officer,
                    at=timezone.now(),
                )
            links = [NewEvidence(link=f"https://www.example.org/{at}") for at in range(size)]
            add_evidence(behind=update, evidence=links, by=world.officer, at=timezone.now())

    def urls(self, world: World) -> dict[str, str]:
        return {
            "strategies": "/strategies/",
            "strategy": "/strategies/harbour-strategy/",
            "priority": f"/priorities/{world.priority.pk}/",
            "objective": f"/objectives/{world.objective.pk}/",
            "thread": "/strategies/harbour-strategy/thread/",
            "activity": f"/activities/{world.activity.pk}/",
            "metric": f"/metrics/{self.metric.pk}/",
        }


PAGES = ["strategies", "strategy", "thread", "priority", "objective", "activity", "metric"]
# User and access, then what each page reads. The session comes from the cache.
QUERIES = {"strategies": 2, "strategy": 10, "thread": 6, "priority": 13, "objective": 13, "activity": 9, "metric": 10}


def page(client, person, url: str) -> str:
    client.force_login(person)
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


# --- Who and how much


@pytest.mark.parametrize("name", PAGES[1:])
@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("lead", 200), ("board_member", 200), ("administrator", 200), ("stranger", 404)],
)
def test_who_may_read(client, world, name, person, status):
    who.Partnership.objects.filter(pk=world.partnership.pk).update(is_public=False)
    client.force_login(getattr(world, person))
    assert client.get(Plan(world).urls(world)[name]).status_code == status


@pytest.mark.parametrize("name", PAGES)
def test_someone_not_signed_in_is_asked_to_where_the_partnership_is_not_public(client, world, name):
    who.Partnership.objects.filter(pk=world.partnership.pk).update(is_public=False)
    assert client.get(Plan(world).urls(world)[name]).url.startswith("/sign-in/")


@pytest.mark.parametrize("name", ["activity", "metric", "strategies"])
def test_how_something_stands_is_never_for_everyone(client, world, name):
    assert client.get(Plan(world).urls(world)[name]).url.startswith("/sign-in/")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("size", [1, 2, 15])
def test_a_page_takes_the_same_queries_however_much_it_holds(
    client, world, name, size, django_assert_num_queries: DjangoAssertNumQueries
):
    url = Plan(world, size).urls(world)[name]
    client.force_login(world.officer)
    with django_assert_num_queries(QUERIES[name]):
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("url", ["/strategies/none/", "/priorities/999/", "/metrics/99999999999999999999999/"])
def test_what_is_not_there_is_not_found(client, world, url):
    client.force_login(world.administrator)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("name", PAGES)
def test_reading_is_all_there_is(client, world, name):
    url = Plan(world).urls(world)[name]
    client.force_login(world.lead)
    assert client.post(url).status_code == 405


# --- What they say


def test_the_list_holds_ones_own_strategies(client, world):
    StrategyFactory(partnership=world.elsewhere, title="A canary")
    words = page(client, world.officer, "/strategies/")
    assert "Harbour Strategy" in words
    assert "A canary" not in words
    assert "No strategies yet" not in words


def test_an_empty_list_says_what_will_be_there(client, world):
    assert "No strategies yet" in page(client, world.stranger, "/strategies/")


def test_a_strategy_shows_all_that_it_states(client, world):
    plan = Plan(world)
    world.strategy.vision = "Every young person in a good job"
    world.strategy.official_wording = "The adopted words"
    world.strategy.source = "The document, page 3"
    world.strategy.save()
    words = page(client, world.officer, plan.urls(world)["strategy"])
    for part in (
        "Every young person in a good job",
        "The adopted words",
        "Source: The document, page 3",
        "Better first jobs",
        "Purpose 0",
        "Ways of working",
        "Principle 0",
        "News 0",
        "1 May 2024",
        "Linked 0",
        "Contributes to",
        "Elsewhere Strategy",
    ):
        assert part in words, part


def test_an_empty_strategy_says_what_will_be_there(client, world):
    empty = StrategyFactory(partnership=world.partnership)
    assert "No priorities yet" in page(client, world.officer, f"/strategies/{empty.slug}/")


def test_alignments_name_another_partnerships_parts_without_a_link(client, world):
    plan = Plan(world)
    words = page(client, world.officer, plan.urls(world)["priority"])
    assert "Contributes to" in words
    assert "Supported by" in words
    assert "/strategies/elsewhere/" not in words
    assert "/strategies/harbour-strategy/" in words
    abroad = plan.abroad.priorities.get()
    assert f'href="/priorities/{abroad.pk}/"' not in words
    assert f'href="/priorities/{abroad.pk}/"' in page(client, world.administrator, plan.urls(world)["priority"])


def test_a_priority_shows_its_plan_and_how_each_activity_stands(client, world):
    plan = Plan(world)
    ActivityFactory(objective=None, priority=world.priority, title="Straight under the priority")
    words = page(client, world.officer, plan.urls(world)["priority"])
    for part in (
        "1.1 More work placements",
        "Sign up employers",
        "On track",
        "Autumn 2024/25",
        "No update yet",
        "Straight under the priority",
        "Young people would say so",
        "Achieved 0",
    ):
        assert part in words, part


def test_an_empty_priority_says_what_will_be_there(client, world):
    empty = PriorityFactory(strategy=world.strategy)
    words = page(client, world.officer, f"/priorities/{empty.pk}/")
    assert "No objectives or activities yet" in words
    assert "Nothing logged yet" in words


def test_a_priority_shows_its_newest_achievements_and_where_the_others_are(client, world):
    for achieved in AchievementFactory.create_batch(21, partnership=world.partnership):
        achieved.priorities.add(world.priority)
    words = page(client, world.officer, f"/priorities/{world.priority.pk}/")
    assert "See all 21 achievements" in words
    assert f"/achievements/?priority={world.priority.pk}" in words


def test_a_draft_of_another_is_not_among_a_prioritys_achievements(client, world):
    draft = AchievementFactory(partnership=world.partnership, status="draft", title="A canary")
    draft.priorities.add(world.priority)
    assert "A canary" not in page(client, world.board_member, f"/priorities/{world.priority.pk}/")


def test_an_objective_shows_its_measures_with_their_latest_figure_and_how_it_stands(client, world):
    metric = MetricFactory()
    MeasureUseFactory(objective=world.objective, metric=metric, title="Fewer without a place")
    england = AreaFactory(code="E92000001", name="England", level="country")
    reading(metric, world.partnership.area, "2023", "8")
    reading(metric, world.partnership.area, "2024", "7.5")
    reading(metric, england, "2024", "6.5")
    Target.objects.create(metric=metric, area=world.partnership.area, basis="comparator", comparator=england)
    words = page(client, world.officer, f"/objectives/{world.objective.pk}/")
    for part in (
        "Fewer without a place",
        "7.5 %",
        "2024",
        "Off track: 7.5 % in 2024 is 1 percentage point short of England, 6.5 %, with no tolerance.",
    ):
        assert part in words, part


def test_an_empty_objective_says_what_will_be_there(client, world):
    empty = ObjectiveFactory(priority=world.priority)
    words = page(client, world.officer, f"/objectives/{empty.pk}/")
    assert "No activities yet" in words
    assert "No measures yet" in words


def test_an_activity_shows_its_updates_latest_first_with_what_changed(client, world):
    given = {"activity": world.activity, "by": world.officer, "at": timezone.now(), "status": "under_way"}
    record_update(**given, term=world.previous_term, rag="on_track", words="Earlier", reason="")
    record_update(**given, term=world.term, rag="on_track", words="Later", reason="")
    record_update(
        **given | {"by": world.lead}, term=world.term, rag="at_risk", words="Later", reason="an employer left"
    )
    words = page(client, world.board_member, f"/activities/{world.activity.pk}/")
    assert words.index("Later") < words.index("Earlier")
    assert "On track → At risk, because an employer left" in words
    assert "Update this activity" not in words


def test_an_activity_offers_its_update_to_those_who_may_write_it(client, world):
    words = page(client, world.officer, f"/activities/{world.activity.pk}/")
    assert "No update yet" in words
    assert f"/activities/{world.activity.pk}/update/" in words


def test_an_activity_under_a_priority_has_its_way_back(client, world):
    made = ActivityFactory(objective=None, priority=world.priority)
    words = page(client, world.officer, f"/activities/{made.pk}/")
    assert f'href="/priorities/{world.priority.pk}/"' in words


def test_the_way_back_leads_up_the_whole_tree(client, world):
    words = page(client, world.officer, f"/activities/{world.activity.pk}/")
    for url in (
        "/strategies/",
        "/strategies/harbour-strategy/",
        f"/priorities/{world.priority.pk}/",
        f"/objectives/{world.objective.pk}/",
    ):
        assert f'class="govuk-breadcrumbs__link" href="{url}"' in words


# --- Metrics


@pytest.fixture
def metric(world) -> Metric:
    made: Metric = MetricFactory(
        title="Out of work and education",
        definition="Young people of 16 and 17",
        source_owner="The department",
        note="Counted in winter",
    )
    MeasureUseFactory(objective=world.objective, metric=made)
    return made


def test_a_metric_shows_its_definition_readings_symbols_targets_and_use(client, world, metric):
    england = AreaFactory(code="E92000001", name="England", level="country")
    reading(metric, world.partnership.area, "2022", "8.1")
    reading(metric, world.partnership.area, "2023", None, "x")
    reading(metric, world.partnership.area, "2024", "4")
    reading(metric, england, "2024", "5.5")
    Target.objects.create(
        metric=metric, area=world.partnership.area, basis="absolute", value=5, due_period="2030", source="Plan, page 1"
    )
    words = page(client, world.officer, f"/metrics/{metric.pk}/")
    for part in (
        "Young people of 16 and 17",
        "Less is better",
        "The department",
        "Counted in winter",
        "8.1\N{NO-BREAK SPACE}%",
        "not available",
        "Published table 4",
        "England",
        "5.5\N{NO-BREAK SPACE}%",
        "Wigan: 4.0 % in 2024; England 5.5 %",
        "Published table 4, as at 1 February 2025",
        "2022 to 2024",
        "Reach 5 % by 2030",
        "On track: 4.0 % in 2024 is in line with or better than the target, 5.0 %.",
        "Who set it: Plan, page 1",
        "1.1 More work placements",
        "<svg",
    ):
        assert part in words, part


def test_a_metric_shows_areas_that_the_reader_compares_and_no_others(client, world, metric):
    far = AreaFactory(code="E06000001", name="Far away", level="unitary")
    reading(metric, far, "2024", "5")
    assert "Far away" not in page(client, world.officer, f"/metrics/{metric.pk}/")


def test_a_small_count_of_children_is_not_shown(client, world):
    counted = MetricFactory(unit="count", is_about_children=True, decimals=0)
    MeasureUseFactory(objective=world.objective, metric=counted)
    reading(counted, world.partnership.area, "2023", "3")
    reading(counted, world.partnership.area, "2024", "4")
    words = page(client, world.officer, f"/metrics/{counted.pk}/")
    assert "withheld to protect people" in words
    assert ">3<" not in words
    assert ">4<" not in words


def test_a_year_without_a_figure_is_a_gap_in_the_line(client, world, metric):
    for year in ("2019", "2022", "2023"):
        reading(metric, world.partnership.area, year, "8")
    client.force_login(world.officer)
    chart = client.get(f"/metrics/{metric.pk}/").context["page"].chart
    assert chart["periods"] == ["2019", "2020", "2021", "2022", "2023"]
    assert chart["series"][0].values == [8.0, None, None, 8.0, 8.0]


def test_years_and_terms_are_not_joined_into_one_line(client, world, metric):
    reading(metric, world.partnership.area, "2023", "8")
    reading(metric, world.partnership.area, "2024-25-autumn", "7")
    assert "<svg" not in page(client, world.officer, f"/metrics/{metric.pk}/").split("<main")[1]


def test_an_empty_metric_says_what_will_be_there(client, world, metric):
    words = page(client, world.officer, f"/metrics/{metric.pk}/")
    assert "No readings yet" in words
    assert "No target has been set" in words


def test_a_part_of_a_composite_metric_shows_the_objectives_of_the_whole(client, world, metric):
    part = MetricFactory(title="A part")
    metric.parts.add(part)
    assert "1.1 More work placements" in page(client, world.officer, f"/metrics/{part.pk}/")
    assert "A part" in page(client, world.officer, f"/metrics/{metric.pk}/")


def test_a_part_of_a_part_may_be_opened_too(client, world, metric):
    part, smallest = MetricFactory(), MetricFactory()
    metric.parts.add(part)
    part.parts.add(smallest)
    assert "1.1 More work placements" in page(client, world.officer, f"/metrics/{smallest.pk}/")


def test_updates_of_other_activities_stay_with_them(client, world):
    other = ActivityFactory(objective=world.objective)
    ActivityUpdate.objects.create(
        activity=other,
        term=world.term,
        status="under_way",
        rag="on_track",
        words="A canary",
        author=world.officer,
    )
    assert "A canary" not in page(client, world.officer, f"/activities/{world.activity.pk}/")


def test_a_long_list_of_strategies_comes_a_page_at_a_time(client, world, django_assert_num_queries):
    StrategyFactory.create_batch(PER_PAGE, partnership=world.partnership)
    client.force_login(world.officer)
    # User with access; whether one page holds it; how many there are; the page.
    with django_assert_num_queries(4):
        first = client.get("/strategies/")
    assert first.content.count(b"portal-list__title") == PER_PAGE
    assert client.get("/strategies/", {"page": 2}).content.count(b"portal-list__title") == 1


# --- Tables to take away, the day it is due, and one rule for its tag


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
@pytest.mark.parametrize("person", ["officer", "board_member", "stranger"])
def test_tables_are_taken_away_by_whoever_reads_the_page(client, world, suffix, person):
    addresses = [
        f"/strategies/{world.strategy.slug}/priorities.{suffix}",
        f"/priorities/{world.priority.pk}/activities.{suffix}",
        f"/objectives/{world.objective.pk}/activities.{suffix}",
        f"/objectives/{world.objective.pk}/measures.{suffix}",
        f"/activities/{world.activity.pk}/updates.{suffix}",
    ]
    client.force_login(getattr(world, person))
    found = {client.get(address).status_code for address in addresses}
    assert found == ({404} if person == "stranger" else {200})


def test_a_table_that_is_not_there_is_not_found(client, world):
    client.force_login(world.lead)
    for rest in ("nothing.csv", "measures.pdf"):
        assert client.get(f"/objectives/{world.objective.pk}/{rest}").status_code == 404


def test_an_activity_says_how_late_it_is_and_from_when_it_was_moved(client, world):
    activity = world.activity
    activity.due_on = date(2024, 3, 1)
    activity.save()
    activity.due_on = date(2024, 4, 1)
    activity.save()
    words = page(client, world.board_member, f"/activities/{activity.pk}/")
    assert "days late" in words
    assert "Moved from 1 March 2024 to 1 April 2024" in words


def test_a_tag_is_of_this_term_and_an_earlier_update_stands_beside_it(client, world):
    activity = world.activity
    activity.latest_term, activity.latest_status, activity.latest_rag = "2023-24-summer", "under_way", "at_risk"
    activity.trail = {"2023-24-summer": "under_way:at_risk"}
    activity.save()
    words = page(client, world.lead, f"/activities/{activity.pk}/")
    assert "No data" in words
    assert "No update this term; at risk in Summer 2023/24" in words
    assert "Summer 2023/24: at risk" in page(client, world.lead, f"/priorities/{world.priority.pk}/")

"""Loading keeps what people changed, follows newer files elsewhere, and writes nothing when nothing is new."""

import json
from copy import deepcopy
from typing import Any

import pytest

from partnerships.models import Organisation, Partnership
from priorities.models import (
    Achievement,
    Activity,
    Alignment,
    Metric,
    Objective,
    Priority,
    Reading,
    Series,
    Strategy,
    Theme,
)
from priorities.services import export_strategy, import_strategy, load_shipped
from tests.factories import TermFactory
from tests.shipped.samples import activity, harbour, metric, reading, wider
from wesp_portal.common.loading import LoadReport

pytestmark = pytest.mark.django_db


def load(*documents: dict[str, Any]) -> LoadReport:
    """Load documents as if they shipped; gives the report of the first."""
    reports = load_shipped({f"{document['strategy']['slug']}.json": document for document in documents})
    return next(report for report in reports if report.title == documents[0]["strategy"]["title"])


def versions() -> dict[str, int]:
    return dict(Partnership.objects.values_list("slug", "version"))


class TestOneStrategy:
    @pytest.fixture(autouse=True)
    def _loaded(self, db):
        load(harbour(), wider())

    def test_a_newer_file_is_followed_where_nobody_edited(self):
        newer = harbour()
        newer["priorities"][0]["title"] = "Placements for all"
        newer["priorities"][0]["theme"] = None
        newer["achievements"][0]["organisations"] = []
        newer["priorities"][0]["objectives"][0]["activities"].append(activity("1.1(c)"))
        report = load(newer, wider())
        assert report.added == {("activity", "activities"): 1}
        assert report.updated == ["priority 1 title, theme", "achievement A1 organisations"]
        assert report.left_alone == []
        priority = Priority.objects.get(strategy__slug="harbour-plan")
        assert (priority.title, priority.theme) == ("Placements for all", None)
        assert priority.history.count() == 2
        assert not Achievement.objects.get(strategy__slug="harbour-plan").organisations.exists()

    def test_what_an_administrator_edited_is_left_alone_and_listed(self):
        Priority.objects.filter(strategy__slug="harbour-plan").update(title="Ours", summary="Ours too")
        Reading.objects.filter(value__isnull=False).update(value="72.5")
        newer = harbour()
        newer["priorities"][0] |= {"title": "Theirs", "exit_strategy": "Hand over"}
        report = load(newer, wider())
        assert report.left_alone == [
            "priority 1 title, edited here",
            "priority 1 summary, edited here",
            "reading placements E08000099 2023 value, edited here",
        ]
        assert report.updated == ["priority 1 exit strategy"]
        priority = Priority.objects.get(strategy__slug="harbour-plan")
        assert (priority.title, priority.summary, priority.exit_strategy) == ("Ours", "Ours too", "Hand over")

    def test_an_edit_outlives_every_later_file(self):
        Priority.objects.filter(strategy__slug="harbour-plan").update(title="Ours")
        for title in ("Theirs", "Theirs again"):
            newer = harbour()
            newer["priorities"][0]["title"] = title
            load(newer, wider())
        assert Priority.objects.get(strategy__slug="harbour-plan").title == "Ours"

    def test_what_an_administrator_deleted_is_not_brought_back(self):
        Activity.objects.get(ref="1.1(b)", priority__strategy__slug="harbour-plan").delete()
        Reading.objects.filter(value__isnull=False).delete()
        Alignment.objects.all().delete()
        report = load(harbour(), wider())
        assert not report.has_changed
        assert report.left_alone == [
            "activity 1.1(b), deleted or renamed here",
            "reading placements E08000099 2023, deleted or renamed here",
            "alignment objective 1.1 → wider-plan priority 1, deleted or renamed here",
        ]

    def test_what_went_with_a_deleted_parent_is_not_listed_apart(self):
        Objective.objects.get(priority__strategy__slug="harbour-plan").delete()
        newer = harbour()
        newer["priorities"][0]["objectives"][0]["activities"].append(activity("1.1(c)"))
        report = load(newer, wider())
        assert not report.has_changed
        assert report.left_alone[0] == "objective 1.1, deleted or renamed here"
        assert not any("activity" in line or "measure" in line for line in report.left_alone)

    def test_what_the_file_no_longer_holds_stays_and_is_listed(self):
        newer = harbour()
        del newer["priorities"][0]["objectives"][0]["activities"][1]
        newer["metrics"][2]["is_context"] = False
        report = load(newer, wider())
        assert not report.has_changed
        assert report.left_alone == [
            "activity 1.1(b), no longer in the file",
            "context metric population, no longer in the file",
        ]
        assert Activity.objects.filter(ref="1.1(b)").exists()

    def test_a_row_that_people_made_is_never_written_over(self):
        strategy = Strategy.objects.get(slug="harbour-plan")
        Theme.objects.create(strategy=strategy, ref="U", title="Ours", source="Minutes")
        newer = harbour()
        newer["themes"].append({**newer["themes"][0], "ref": "U", "title": "Theirs", "vision": "Theirs"})
        report = load(newer, wider())
        made = Theme.objects.get(ref="U")
        assert (made.title, made.vision) == ("Ours", "Theirs")
        assert "theme U title, edited here" in report.left_alone

    def test_adopted_wording_is_imported_and_stays_through_later_loads(self):
        adopted = harbour()
        adopted["priorities"][0]["official_wording"] = "The adopted words."
        report = import_strategy(document=adopted, name="adopted.json")
        assert report.updated == ["priority 1 official wording"]
        assert load(harbour(), wider()).left_alone == ["priority 1 official wording, edited here"]
        adopted["priorities"][0]["official_wording"] = "The adopted words, amended."
        assert import_strategy(document=adopted, name="adopted.json").updated == ["priority 1 official wording"]
        priority = Priority.objects.get(strategy__slug="harbour-plan")
        assert priority.official_wording == "The adopted words, amended."
        reasons = [row.history_change_reason for row in priority.history.all()]
        assert reasons[0] == "Imported from a strategy file"

    def test_two_uses_of_a_metric_make_one_metric(self):
        newer = harbour()
        measures = newer["priorities"][0]["objectives"][0]["measures"]
        measures.append({**measures[0], "ref": "1.1.M2", "title": "Placements again"})
        load(newer, wider())
        assert Metric.objects.get(slug="placements").uses.count() == 2
        assert Metric.objects.filter(slug="placements").count() == 1

    def test_a_metric_that_two_strategies_state_differently_stays_as_the_first_states_it(self):
        other = wider()
        other["metrics"] = [metric("placements", title="Otherwise", is_context=True)]
        for _ in range(2):
            report = load(other, harbour())
            assert "metric placements title, edited here" in report.left_alone
        assert Metric.objects.get(slug="placements").title == "Placements"

    def test_new_readings_reach_the_series_and_bump_every_dashboard_that_shows_them(self):
        before = versions()
        newer = harbour()
        newer["metrics"][1]["readings"].append(reading("E08000099", "2024", 75))
        load(newer, wider())
        points = Series.objects.get(metric__slug="placements", area__code="E08000099").points
        assert [(point["period"], point["value"]) for point in points] == [("2023", "71.5"), ("2024", "75")]
        assert versions()["harbour"] > before["harbour"]

    def test_an_achievement_counts_in_the_term_it_fell_in(self):
        calendar = Partnership.objects.get(slug="harbour").calendar
        autumn = TermFactory(calendar=calendar)
        load(harbour(), wider())
        assert Achievement.objects.get(strategy__slug="harbour-plan").term == autumn

    @pytest.mark.parametrize(
        ("happened_on", "period", "code"),
        [
            ("2024-10-10", "", "2024-25-autumn"),
            ("2024-12-28", "", "2024-25-autumn"),
            (None, "2024-25-autumn", "2024-25-autumn"),
            (None, "2024", "2024-25-autumn"),
            (None, "2018", None),
            ("2026-01-10", "", None),
        ],
    )
    def test_the_term_comes_from_the_day_or_the_end_of_the_period(self, happened_on, period, code):
        TermFactory(calendar=Partnership.objects.get(slug="harbour").calendar)
        newer = harbour()
        newer["achievements"].append(
            {**newer["achievements"][0], "ref": "A2", "happened_on": happened_on, "period": period}
        )
        load(newer, wider())
        term = Achievement.objects.get(ref="A2").term
        assert (term.code if term else None) == code


def test_an_alignment_waits_for_the_strategy_that_it_leads_to():
    first = import_strategy(document=harbour(), name="harbour.json")
    assert first.left_alone == ["alignment objective 1.1 → wider-plan priority 1, until wider-plan is here"]
    assert not Alignment.objects.exists()
    second = import_strategy(document=wider(), name="wider.json")
    assert second.added["alignment", "alignments"] == 1
    assert Alignment.objects.get().to_priority == Priority.objects.get(strategy__slug="wider-plan")
    again = import_strategy(document=harbour(), name="harbour.json")
    assert not again.has_changed
    assert again.left_alone == []


def test_importing_into_an_empty_database_makes_what_the_strategy_stands_on():
    report = import_strategy(document=harbour(), name="harbour.json")
    partnership = Partnership.objects.get()
    assert (partnership.slug, partnership.area.name, partnership.calendar.slug) == ("harbour", "Harbour", "harbour")
    assert [area.name for area in (partnership.area, partnership.area.parent) if area] == ["Harbour", "England"]
    assert report.added["organisation", "organisations"] == 1
    assert Activity.objects.get(ref="1(a)", objective=None).lead == Organisation.objects.get()


def test_importing_never_changes_a_partnership_that_is_here():
    import_strategy(document=harbour(), name="harbour.json")
    other = deepcopy(harbour("second-plan"))
    other["partnership"]["name"] = "Renamed"
    other["areas"][0]["name"] = "Renamed"
    import_strategy(document=other, name="second.json")
    assert Partnership.objects.get().name == "Harbour Skills Partnership"
    assert Partnership.objects.get().area.name == "Harbour"


def test_what_ships_fills_what_an_import_left_empty_and_leaves_alone_what_it_gave():
    import_strategy(document=harbour(), name="harbour.json")
    newer = harbour()
    newer["strategy"] |= {"vision": "A vision.", "summary": "Other words."}
    report = load(newer)
    assert report.updated == ["strategy harbour-plan vision"]
    assert report.left_alone == [
        "strategy harbour-plan summary, edited here",
        "alignment objective 1.1 → wider-plan priority 1, until wider-plan is here",
    ]


def test_a_long_report_is_shown_in_brief():
    report = LoadReport("Plan", left_alone=[f"priority {number} title, edited here" for number in range(20)])
    assert len(report.lines()) == 14
    assert report.lines()[-1] == "  left alone: 8 more"
    assert len(report.lines(most=None)) == 21


def test_a_value_that_somebody_emptied_is_not_filled_again():
    load(harbour())
    Strategy.objects.update(summary="")
    newer = harbour()
    newer["strategy"]["summary"] = "Other words."
    assert "strategy harbour-plan summary, edited here" in load(newer).left_alone
    assert Strategy.objects.get().summary == ""


def borrowing() -> dict[str, Any]:
    """The wider plan, with a metric of the harbour's as its context."""
    return wider() | {"context_metrics": ["placements"]}


def test_a_metric_that_another_strategy_holds_is_context_whichever_ships_first():
    for documents in ((borrowing(), harbour()), (borrowing(), harbour())):
        report = load(*documents)
        assert report.left_alone == []
    assert not report.has_changed
    stated = Strategy.objects.get(slug="wider-plan").context_metrics
    assert list(stated.values_list("slug", flat=True)) == ["placements"]


def test_a_context_metric_waits_for_the_strategy_that_holds_it_and_is_exported_meanwhile():
    first = import_strategy(document=borrowing(), name="wider.json")
    assert first.left_alone == ["context metric placements, until the strategy that holds it is here"]
    strategy = Strategy.objects.get(slug="wider-plan")
    assert json.loads(export_strategy(strategy))["context_metrics"] == ["placements"]
    before = versions()["harbour"]
    import_strategy(document=harbour(), name="harbour.json")
    assert [metric.slug for metric in strategy.context_metrics.all()] == ["placements"]
    assert versions()["harbour"] > before
    strategy.refresh_from_db()
    exported = json.loads(export_strategy(strategy))
    assert (exported["context_metrics"], exported["metrics"]) == (["placements"], [])


def test_a_context_metric_that_was_unlinked_here_stays_so():
    load(borrowing(), harbour())
    Strategy.objects.get(slug="wider-plan").context_metrics.clear()
    report = load(borrowing(), harbour())
    assert report.left_alone == ["context metric placements, no longer context here"]
    assert not report.has_changed

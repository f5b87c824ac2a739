"""A strategy that is exported and loaded into an empty database is the same strategy."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships.models import Partnership
from priorities.models import Achievement, Activity, Metric, Objective, Priority, Reading, Strategy
from priorities.services import export_strategy, import_strategy, read_strategy
from reports.services.shipped import load_all
from tests.factories import AchievementFactory, AreaFactory
from tests.shipped.samples import harbour, wider

pytestmark = pytest.mark.django_db

SHIPPED = sorted((Path(__file__).resolve().parents[2] / "priorities" / "shipped").glob("*.json"))


def exported(slug: str) -> str:
    out = io.StringIO()
    call_command("export_strategy", slug, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_a_shipped_strategy_imported_alone_into_an_empty_database_is_exported_as_it_ships(path):
    call_command("import_strategy", str(path), stdout=io.StringIO())
    assert exported(path.stem) == path.read_text(encoding="utf-8")


def test_there_are_five_to_export_and_each_is_exported_as_it_ships():
    load_all()
    assert [path.stem for path in SHIPPED] == sorted(Strategy.objects.values_list("slug", flat=True))
    assert len(SHIPPED) == 5
    for path in SHIPPED:
        assert exported(path.stem) == path.read_text(encoding="utf-8")


def test_a_strategy_that_was_edited_comes_back_as_it_was_edited(tmp_path):
    import_strategy(document=wider(), name="wider.json")
    import_strategy(document=harbour(), name="harbour.json")
    priority = Priority.objects.get(strategy__slug="harbour-plan")
    priority.status, priority.handed_over_to = Priority.Status.HANDED_OVER, "Harbour College"
    priority.official_wording = "Adopted “words”,\nin two lines."
    priority.save()
    path = tmp_path / "plan.json"
    call_command("export_strategy", "harbour-plan", "--output", str(path))
    before = path.read_text(encoding="utf-8")
    Achievement.objects.all().delete()
    Priority.objects.all().delete()
    Strategy.objects.all().delete()
    Metric.objects.all().delete()
    Partnership.objects.all().delete()
    call_command("import_strategy", str(path), stdout=io.StringIO())
    again = Priority.objects.get()
    assert (again.handed_over_to, again.official_wording) == (priority.handed_over_to, priority.official_wording)
    assert exported("harbour-plan") == before


def test_an_alignment_that_waits_is_exported_too():
    import_strategy(document=harbour(), name="harbour.json")
    assert json.loads(exported("harbour-plan"))["alignments"] == harbour()["alignments"]


def test_what_officers_logged_since_is_not_part_of_the_strategy():
    import_strategy(document=harbour(), name="harbour.json")
    before = exported("harbour-plan")
    strategy = Strategy.objects.get()
    AchievementFactory(partnership=strategy.partnership, strategy=strategy, title="Logged since")
    assert exported("harbour-plan") == before


def test_what_a_demonstration_added_is_not_part_of_the_strategy():
    import_strategy(document=harbour(), name="harbour.json")
    before = exported("harbour-plan")
    Activity.objects.create(priority=Priority.objects.all()[0], ref="1(demo-1)", title="Demo: try", is_demo=True)
    assert exported("harbour-plan") == before


def test_readings_of_places_that_the_strategy_does_not_speak_of_are_left_out():
    import_strategy(document=harbour(), name="harbour.json")
    before = exported("harbour-plan")
    elsewhere = AreaFactory(code="E08000098", name="Elsewhere")
    Reading.objects.create(
        metric=Metric.objects.get(slug="placements"),
        area=elsewhere,
        period="2023",
        period_ends_on="2023-12-31",
        value=5,
    )
    assert exported("harbour-plan") == before


def test_the_size_of_a_strategy_does_not_add_queries():
    import_strategy(document=harbour(), name="harbour.json")
    strategies = Strategy.objects.select_related("partnership__area__parent", "partnership__calendar")

    def queries() -> int:
        strategy = strategies.get(slug="harbour-plan")
        with CaptureQueriesContext(connection) as captured:
            export_strategy(strategy)
        return len(captured)

    before = queries()
    larger = harbour()
    for number in range(2, 5):
        more = json.loads(json.dumps(larger["priorities"][0]).replace('"1', f'"{number}'))
        larger["priorities"].append(more)
    import_strategy(document=larger, name="larger.json")
    assert Objective.objects.count() == 4
    assert queries() == before


def test_an_unknown_strategy_is_one_line_that_lists_the_known():
    import_strategy(document=harbour(), name="harbour.json")
    with pytest.raises(CommandError) as raised:
        call_command("export_strategy", "x")
    assert str(raised.value) == "No strategy is called 'x'. Known: harbour-plan."


def test_what_could_not_be_loaded_again_is_not_exported():
    import_strategy(document=harbour(), name="harbour.json")
    second = Priority.objects.create(strategy=Strategy.objects.get(), ref="2", title="Second")
    Objective.objects.create(priority=second, ref="1.1", title="The same reference")
    with pytest.raises(CommandError, match=r"strategy harbour-plan: objective 1.1: is there twice"):
        call_command("export_strategy", "harbour-plan")


def test_a_file_that_cannot_be_written_is_one_line(tmp_path):
    import_strategy(document=harbour(), name="harbour.json")
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        call_command("export_strategy", "harbour-plan", "--output", str(tmp_path / "none" / "plan.json"))


def test_the_file_that_an_export_writes_is_read_without_a_fault(tmp_path):
    import_strategy(document=harbour(), name="harbour.json")
    path = tmp_path / "plan.json"
    call_command("export_strategy", "harbour-plan", "--output", str(path))
    read_strategy(path, "plan.json")
    assert json.loads(path.read_text()) == json.loads(json.dumps(harbour()))

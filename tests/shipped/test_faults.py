"""A broken file is one clear line that names the file, the item and the fault, and loads nothing."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from partnerships.models import Area, Organisation, Partnership
from partnerships.services import read_partnerships
from priorities.models import Metric, Strategy
from priorities.services import import_strategy, read_shipped, read_strategy
from reports.services import shipped as shipped_returns
from tests.shipped.samples import harbour, wider
from wesp_portal.common.documents import DocumentError

pytestmark = pytest.mark.django_db

Document = dict[str, Any]
Break = Callable[[Document], object]


def first(document: Document) -> Document:
    priority: Document = document["priorities"][0]
    return priority


def objective(document: Document) -> Document:
    found: Document = first(document)["objectives"][0]
    return found


def figure(document: Document) -> Document:
    reading: Document = document["metrics"][1]["readings"][0]
    return reading


def in_days(document: Document) -> Document:
    """The same figure where the metric counts days."""
    document["metrics"][1].update(unit="days")
    return figure(document)


FAULTS: list[tuple[str, Break, str]] = [
    ("an unknown key", lambda d: first(d).update(titel="x"), 'priority 1: has the unknown key "titel".'),
    ("a missing key", lambda d: first(d).pop("title"), 'priority 1: lacks the key "title".'),
    ("a missing list", lambda d: d.pop("news"), 'the document: lacks the key "news".'),
    ("another format", lambda d: d.update(format="2"), 'the document: "format" must be "wesp-strategy/1".'),
    ("a title that is a number", lambda d: first(d).update(title=3), '"title" must be words, in quotation marks.'),
    ("an empty title", lambda d: first(d).update(title=""), 'priority 1: "title" must not be empty.'),
    ("a title too long", lambda d: first(d).update(title="x" * 301), "at most 300 characters (it has 301)."),
    ("a list that is none", lambda d: d.update(themes={}), 'the document: "themes" must be a list, in [ ].'),
    ("a list of words", lambda d: d.update(themes=["T"]), '"themes" must hold objects only, in { }.'),
    ("an item that is none", lambda d: d.update(strategy=[]), "strategy without a reference: must be an object"),
    ("an unknown status", lambda d: first(d).update(status="on"), "\"status\" is 'on'; it must be one of: active,"),
    (
        "handed over to nobody",
        lambda d: first(d).update(status="handed_over"),
        'priority 1: is handed over, and "handed',
    ),
    ("an unknown theme", lambda d: first(d).update(theme="Z"), "priority 1: \"theme\" names 'Z', which is not among"),
    (
        "an unknown lead",
        lambda d: objective(d)["activities"][0].update(lead="nobody"),
        "activity 1.1(a): \"lead\" names 'nobody', which is not among the organisations.",
    ),
    (
        "an unknown metric",
        lambda d: objective(d)["measures"][0].update(metric="nothing"),
        "measure 1.1.M1: \"metric\" names 'nothing', which is not among the metrics.",
    ),
    (
        "a reference twice",
        lambda d: objective(d)["activities"][1].update(ref="1.1(a)"),
        "activity 1.1(a): is there twice: references must differ.",
    ),
    (
        "a date that is none",
        lambda d: objective(d)["activities"][0].update(starts_on="2024-13-01"),
        "activity 1.1(a): \"starts_on\" is '2024-13-01', which is not a date like 2022-06-16.",
    ),
    (
        "an end before the start",
        lambda d: objective(d)["activities"][0].update(due_on="2024-08-31"),
        'activity 1.1(a): "due_on" is not after "starts_on".',
    ),
    ("a strategy of one day", lambda d: d["strategy"].update(ends_on="2024-09-01"), '"ends_on" is not after'),
    ("a bad period", lambda d: figure(d).update(period="2024-25-winter"), "'2024-25-winter' is not a period"),
    (
        "a value with a symbol",
        lambda d: figure(d).update(symbol="c"),
        'metric placements, reading E08000099 2023: has both a "value" and a "symbol".',
    ),
    ("neither value nor symbol", lambda d: figure(d).update(value=None), 'has neither a "value" nor the "symbol"'),
    ("a value in words", lambda d: figure(d).update(value="71"), '"value" must be a number or null.'),
    ("a value too exact", lambda d: figure(d).update(value=71.12345), "no more than 4 decimal places."),
    ("days below zero", lambda d: in_days(d).update(value=-1), '"value" must not be below zero.'),
    (
        "a reading twice",
        lambda d: d["metrics"][1]["readings"].append(figure(d)),
        "reading placements E08000099 2023: is there twice",
    ),
    (
        "a group's reading twice",
        lambda d: d["metrics"][1]["group_readings"].append(d["metrics"][1]["group_readings"][0]),
        "group's reading placements send E08000099 2023: is there twice",
    ),
    (
        "a group that the metric is not broken down by",
        lambda d: d["metrics"][1].update(groups=[]),
        '"group" is \'send\', which is not among the metric\'s "groups".',
    ),
    (
        "a group's days below zero",
        lambda d: in_days(d) and d["metrics"][1]["group_readings"][0].update(value=-1),
        '"value" must not be below zero.',
    ),
    (
        "a comparator that is missing",
        lambda d: d["metrics"][1]["targets"][0].update(basis="gap"),
        'target E08000099 2030: has the basis "gap" and no "comparator".',
    ),
    ("yes or no in words", lambda d: d["metrics"][0].update(is_context="no"), '"is_context" must be true or false.'),
    (
        "context in one word",
        lambda d: d.update(context_metrics="offers"),
        '"context_metrics" must be a list of references',
    ),
    (
        "context of half a character",
        lambda d: d.update(context_metrics=["\ud800"]),
        '"context_metrics" holds a character that cannot be stored.',
    ),
    ("context twice", lambda d: d.update(context_metrics=["a", "a"]), '"context_metrics" names something twice.'),
    (
        "its own metric as another's",
        lambda d: d.update(context_metrics=["offers"]),
        'metric offers: is in this file: mark it with "is_context", not in "context_metrics".',
    ),
    ("a half quantity", lambda d: d["achievements"][0].update(quantity=1.5), '"quantity" must be a whole number.'),
    ("a quantity of nothing", lambda d: d["achievements"][0].update(quantity_unit=""), 'no "quantity_unit".'),
    ("no time", lambda d: d["achievements"][0].update(happened_on=None), 'needs "happened_on" or "period".'),
    (
        "an organisation twice",
        lambda d: d["achievements"][0].update(organisations=["harbour-council"] * 2),
        '"organisations" names something twice.',
    ),
    ("an area in itself", lambda d: d["areas"][1].update(parent="E08000099"), "leads back to itself."),
    ("a metric part of itself", lambda d: d["metrics"][0].update(parts=["placements"]), "leads back to itself."),
    ("a bad area code", lambda d: d["areas"][0].update(code="Harbour"), "Write the ONS code like E08000010."),
    ("another partnership", lambda d: d["partnership"].update(slug="other"), '"partnership" is not the slug'),
    ("no calendar", lambda d: d["partnership"].update(calendar="harbour"), "calendar: must be an object"),
    (
        "an alignment from nowhere",
        lambda d: d["alignments"][0].update({"from": {"objective": "9.9"}}),
        "alignment 1: \"from\" names the objective '9.9', which is not in this file.",
    ),
    (
        "an alignment to two parts",
        lambda d: d["alignments"][0]["to"].update(theme="T"),
        'alignment 1: "to" must name at most one of: theme, priority, objective and a strategy.',
    ),
    (
        "an alignment with itself",
        lambda d: d["alignments"][0].update(to={"strategy": "harbour-plan"}),
        "alignment 1: is between two strategies, not within one.",
    ),
    (
        "a character no page can show",
        lambda d: first(d).update(summary="a\0b"),
        "holds a character that cannot be stored",
    ),
]
TEXTS = [
    ("", "is not JSON: line 1, column 1"),
    ("{", "is not JSON: line 1, column 2"),
    ("[]", "must hold one JSON object."),
    ('{"format": NaN}', "NaN is not a number that JSON knows."),
    ('{"format": 1, "format": 2}', 'the key "format" stands twice in one item.'),
    ("[" * 100_000, "is not JSON"),
]


def written(path: Path, document: Document) -> Path:
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def nothing_is_here() -> bool:
    return not any(model.objects.exists() for model in (Strategy, Partnership, Organisation, Area, Metric))


def test_the_sample_itself_has_no_fault(tmp_path):
    assert read_strategy(written(tmp_path / "plan.json", harbour()), "plan.json")["strategy"]["slug"] == "harbour-plan"


@pytest.mark.parametrize(("break_it", "words"), [fault[1:] for fault in FAULTS], ids=[fault[0] for fault in FAULTS])
def test_a_fault_is_one_line_with_file_item_and_fault(tmp_path, break_it, words):
    document = harbour()
    break_it(document)
    path = written(tmp_path / "plan.json", document)
    with pytest.raises(CommandError) as raised:
        call_command("import_strategy", str(path))
    message = str(raised.value)
    assert message.startswith(f"{path}: ")
    assert words in message
    assert "\n" not in message
    assert nothing_is_here()


@pytest.mark.parametrize(("text", "words"), TEXTS)
def test_a_file_that_is_no_document_is_one_line(tmp_path, text, words):
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(CommandError) as raised:
        call_command("import_strategy", str(path))
    assert words in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_file_that_cannot_be_read_is_one_line(tmp_path):
    (tmp_path / "latin.json").write_bytes('{"title": "é"}'.encode("latin-1"))
    for path, words in (
        (tmp_path / "none.json", "there is no such file."),
        (tmp_path, "cannot be read: Is a directory."),
        (tmp_path / "latin.json", "is not text in UTF-8."),
    ):
        with pytest.raises(CommandError, match=words):
            call_command("import_strategy", str(path))


def test_a_file_with_several_faults_is_one_line_too_and_says_how_many_more_there_are(tmp_path):
    document = harbour()
    first(document)["title"] = ""
    figure(document)["symbol"] = "c"
    document["achievements"][0]["status"] = "done"
    path = written(tmp_path / "plan.json", document)
    with pytest.raises(CommandError) as raised:
        call_command("import_strategy", str(path))
    message = str(raised.value)
    assert message.startswith(f"{path}: ")
    assert message.endswith(" (And 2 more faults: --verbosity 2 lists them all.)")
    assert "\n" not in message
    with pytest.raises(CommandError) as raised:
        call_command("import_strategy", str(path), verbosity=2)
    assert len(str(raised.value).splitlines()) == 3
    assert nothing_is_here()


def test_a_line_stays_one_line_whatever_the_file_holds(tmp_path):
    path = tmp_path / "plan.json"
    path.write_text('{"a\\nb": 1, "a\\nb": 2}')
    with pytest.raises(CommandError) as raised:
        call_command("import_strategy", str(path))
    assert str(raised.value) == f'{path}: the key "a b" stands twice in one item.'


def test_every_fault_of_a_file_is_told_at_once(tmp_path):
    document = harbour()
    first(document)["title"] = ""
    figure(document)["symbol"] = "c"
    document["achievements"][0]["status"] = "done"
    with pytest.raises(DocumentError) as raised:
        read_strategy(written(tmp_path / "plan.json", document), "plan.json")
    assert len(raised.value.faults) == 3
    assert all(fault.startswith("plan.json: ") for fault in raised.value.faults)


def test_an_alignment_to_a_part_that_a_strategy_lacks_is_a_fault():
    import_strategy(document=wider(), name="wider.json")
    document = harbour()
    document["alignments"][0]["to"]["priority"] = "9"
    with pytest.raises(DocumentError) as raised:
        import_strategy(document=document, name="plan.json")
    assert raised.value.faults == ["plan.json: alignment 1: \"to\" names the priority '9', not in wider-plan."]
    assert not Strategy.objects.filter(slug="harbour-plan").exists()


def test_what_clashes_in_the_database_is_one_line_and_loads_nothing():
    """A fault that only the database sees, as where somebody else loads at the same moment."""
    document = harbour()
    document["achievements"][0]["quantity_unit"] = ""
    with pytest.raises(DocumentError) as raised:
        import_strategy(document=document, name="plan.json")
    (fault,) = raised.value.faults
    assert fault.startswith("plan.json: clashes with what is here: ")
    assert "\n" not in fault
    assert nothing_is_here()


def test_a_broken_shipped_file_loads_nothing_at_all(tmp_path, monkeypatch):
    for path in shipped_returns.SHIPPED.glob("*.json"):
        document = json.loads(path.read_text())
        document["entries"][0]["priority"] = "ZZ"
        written(tmp_path / path.name, document)
    monkeypatch.setattr(
        shipped_returns, "read_returns", lambda *given, read=shipped_returns.read_returns: read(*given, folder=tmp_path)
    )
    with pytest.raises(CommandError) as raised:
        call_command("load_strategies")
    assert "west-lancashire-2024-25-autumn.json: return entry ZZ: its priority is not in the strategy." in str(
        raised.value
    )
    assert nothing_is_here()


def test_every_broken_strategy_among_several_is_told(tmp_path):
    for slug in ("one", "two"):
        document = harbour(slug)
        first(document)["theme"] = "Z"
        written(tmp_path / f"{slug}.json", document)
    with pytest.raises(DocumentError) as raised:
        read_shipped(tmp_path)
    assert [fault.split(":")[0] for fault in raised.value.faults] == ["one.json", "two.json"]


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda d: d["areas"][5]["neighbours"].append("E99999999"), '"neighbours" names'),
        (lambda d: d["organisations"].append(d["organisations"][0]), "organisation wigan-council: is there twice"),
        (
            lambda d: d["calendars"][0]["terms"][0].update(code="2021-22-winter"),
            "Write the term like 2024-25-autumn, 2024-25-half-1 or 2024-25-oct.",
        ),
        (lambda d: d["calendars"][0]["terms"][0].update(ends_on="2021-01-01"), '"ends_on" is before "starts_on".'),
        (lambda d: d["partnerships"][0].update(calendar="moon"), "\"calendar\" names 'moon'"),
        (lambda d: d["partnerships"][1]["boards"][1].update(is_reporting=True), "two boards that receive"),
        (lambda d: d["partnerships"][0]["memberships"][0].update(role="boss"), "\"role\" is 'boss'"),
        (lambda d: d["partnerships"][0]["agreements"][0].update(parties=["nobody"]), "\"parties\" names 'nobody'"),
    ],
)
def test_a_fault_among_the_partnerships_is_told(tmp_path, break_it, words):
    document = json.loads((shipped_returns.SHIPPED.parents[1] / "partnerships/shipped/partnerships.json").read_text())
    break_it(document)
    with pytest.raises(DocumentError) as raised:
        read_partnerships(written(tmp_path / "partnerships.json", document))
    (fault,) = raised.value.faults
    assert fault.startswith("partnerships.json: ")
    assert words in fault

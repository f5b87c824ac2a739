"""What ships is whole, in our own words, and about bodies and places, not people."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db.models import Count

from partnerships.models import Agreement, Area, Board, Membership, Organisation, Partnership, Term
from priorities.models import (
    Achievement,
    Activity,
    Alignment,
    LinkedStrategy,
    MeasureUse,
    Metric,
    Objective,
    Outcome,
    PartnershipObjective,
    Principle,
    Priority,
    Reading,
    Series,
    Strategy,
    Theme,
)
from reports.models import PlannedStep, Return, ReturnEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shipped")]

ROOT = Path(__file__).resolve().parent.parent.parent
SHARED = ROOT.parent / "shared"
FILES = sorted(ROOT.glob("*/shipped/*.json"))
EIE, WESP, UNITY, VISION, OFFICER = (
    "excellence-in-education",
    "wesp",
    "progress-with-unity",
    "technical-education-vision",
    "west-lancashire-epo",
)
COUNTS = [
    (EIE, Priority, "strategy", 5),
    (EIE, Objective, "priority__strategy", 37),
    (EIE, Activity, "priority__strategy", 114),
    (EIE, Outcome, "priority__strategy", 85),
    (EIE, MeasureUse, "objective__priority__strategy", 118),
    (EIE, Principle, "strategy", 26),
    (EIE, Metric, "context_for", 7),
    (WESP, Theme, "strategy", 5),
    (WESP, Priority, "strategy", 22),
    (WESP, PartnershipObjective, "strategy", 9),
    (WESP, Achievement, "strategy", 11),
    (UNITY, Theme, "strategy", 2),
    (UNITY, LinkedStrategy, "strategy", 4),
    (UNITY, Achievement, "strategy", 5),
    (VISION, Priority, "strategy", 5),
    (VISION, LinkedStrategy, "strategy", 6),
    (VISION, Achievement, "strategy", 6),
    (OFFICER, Priority, "strategy", 3),
    (OFFICER, Outcome, "priority__strategy", 6),
    (OFFICER, Activity, "priority__strategy", 12),
]


@pytest.mark.parametrize(("slug", "model", "within", "count"), COUNTS)
def test_a_strategy_holds_every_item_of_its_source(slug, model, within, count):
    assert model.objects.filter(**{f"{within}__slug": slug}).count() == count


@pytest.mark.parametrize(
    ("ref", "counts"),
    [
        ("1", (7, 29, 20, 25)),
        ("2", (9, 22, 21, 20)),
        ("3", (9, 27, 22, 32)),
        ("4", (5, 18, 11, 23)),
        ("5", (7, 18, 11, 18)),
    ],
)
def test_each_priority_of_excellence_in_education_is_whole(ref, counts):
    priority = Priority.objects.get(strategy__slug=EIE, ref=ref)
    uses = MeasureUse.objects.filter(objective__priority=priority)
    assert (
        priority.objectives.count(),
        priority.activities.count(),
        priority.outcomes.count(),
        uses.count(),
    ) == counts


def test_wesp_has_five_objectives_and_four_overarching_priorities():
    kinds = PartnershipObjective.objects.filter(strategy__slug=WESP).order_by("kind").values_list("kind")
    assert dict(kinds.annotate(count=Count("pk"))) == {"objective": 5, "overarching": 4}


def test_each_strand_of_wesp_has_its_priorities():
    themes = Theme.objects.filter(strategy__slug=WESP).annotate(count=Count("priorities"))
    assert dict(themes.values_list("title", "count")) == {
        "Education": 6,
        "Business and social engagement": 4,
        "Health": 3,
        "Digital in health and care": 5,
        "Leigh Sports Village": 4,
    }


def test_achievements_carry_their_numbers_with_qualifier_and_unit():
    counted = Achievement.objects.filter(strategy__slug=WESP, quantity__isnull=False).order_by("position")
    assert list(counted.values_list("quantity_qualifier", "quantity", "quantity_unit")) == [
        ("", 19, "young people"),
        ("over", 50, "student work placements"),
        ("", 13, "student work placements"),
        ("over", 20, "college students"),
    ]
    placements = counted.get(quantity=50)
    assert set(placements.organisations.values_list("slug", flat=True)) == {"wigan-council", "wwl"}


def test_the_bodies_are_there():
    assert (Partnership.objects.count(), Organisation.objects.count(), Board.objects.count()) == (5, 41, 19)
    assert Membership.objects.filter(partnership__slug="wesp").count() == 4
    assert set(Agreement.objects.values_list("signed_year", flat=True)) >= {2020, 2023}


def test_the_education_partnership_and_the_education_and_skills_partnership_are_two():
    assert Strategy.objects.get(slug=EIE).partnership.slug == "wigan-education-partnership"
    assert Strategy.objects.get(slug=WESP).partnership.slug == "wesp"


@pytest.mark.parametrize("calendar", ["wigan", "lancashire"])
def test_both_calendars_have_every_term_from_2021_to_2028(calendar):
    terms = Term.objects.filter(calendar__slug=calendar)
    years = [f"{year}-{year % 100 + 1}" for year in range(2021, 2028)]
    expected = {f"{year}-{season}" for year in years for season in ("autumn", "spring", "summer")}
    assert set(terms.values_list("code", flat=True)) == expected


def test_wigans_terms_of_2024_25_are_the_councils():
    terms = Term.objects.filter(calendar__slug="wigan", code__startswith="2024-25").order_by("starts_on")
    assert [(str(term.starts_on), str(term.ends_on), term.is_checked) for term in terms] == [
        ("2024-09-03", "2024-12-20", True),
        ("2025-01-07", "2025-04-04", True),
        ("2025-04-22", "2025-07-18", True),
    ]


def test_wigan_has_its_ten_statistical_neighbours():
    assert Area.objects.get(code="E08000010").neighbours.count() == 10


@pytest.mark.parametrize(
    ("slug", "period", "values"),
    [
        ("persistent-absence", "2024-25", ("17.53", "17.59", "18.27", "18.14", "17.77")),
        ("good-level-of-development", "2024-25", ("65.9", "64.1", "65", "68.3", "67.96")),
        ("attainment-8", "2024-25", ("43.4", "45.1", "44.6", "46", "44.47")),
        ("suspension-rate", "2023-24", ("8.68", "10", "11.07", "11.31", "12.1")),
        ("permanent-exclusion-rate", "2023-24", ("0.233", "0.243", "0.18", "0.129", "0.18")),
    ],
)
def test_known_figures_stand_beside_their_comparators(slug, period, values):
    areas = ("E08000010", "E10000017", "E12000002", "E92000001", "SN-E08000010")
    points = dict(Series.objects.filter(metric__slug=slug).values_list("area__code", "points"))
    found = {code: {point["period"]: point for point in points[code]} for code in areas}
    assert tuple(found[code][period]["value"] for code in areas) == values
    assert all(found[code][period]["source"] for code in areas)


def test_the_figures_of_context_are_readings():
    readings = Reading.objects.filter(metric__context_for__slug=EIE, value__isnull=False).order_by("value")
    assert list(readings.values_list("value", flat=True)) == [86, 2132, 6369, 6449, 19218, 26562, 47780]


@pytest.mark.parametrize("slug", [WESP, UNITY, VISION, OFFICER])
def test_strategies_without_official_measures_state_real_figures_of_their_area_as_context(slug):
    strategy = Strategy.objects.select_related("partnership__area").get(slug=slug)
    area = strategy.partnership.area
    context = strategy.context_metrics.all()
    assert {metric.slug for metric in context} >= {"attainment-8", "neet-16-17", "neet-or-not-known-16-17"}
    for metric in context:
        measured = set(Series.objects.filter(metric=metric).values_list("area__code", flat=True))
        assert "E92000001" in measured
        assert measured & {area.code, area.parent and area.parent.code}, metric.slug


def test_measures_share_metrics():
    used = Metric.objects.filter(uses__objective__priority__strategy__slug=EIE).distinct()
    assert used.count() < 106
    assert used.annotate(count=Count("uses")).filter(count__gte=2).count() >= 10
    assert not Metric.objects.values("title").annotate(count=Count("pk")).filter(count__gt=1)


def test_every_metric_is_used_or_part_of_one_or_context():
    assert not Metric.objects.filter(uses=None, part_of=None, context_for=None)


def test_both_wigan_strategies_align_to_progress_with_unity():
    aligned = Alignment.objects.filter(to_strategy__slug=UNITY, to_theme__ref="M1")
    assert set(aligned.values_list("from_strategy__slug", flat=True)) == {EIE, WESP}
    assert all(alignment.source for alignment in Alignment.objects.all())


def test_the_published_return_is_there_in_its_sections():
    published = Return.objects.get(round__partnership__slug="west-lancashire", round__term__code="2024-25-autumn")
    assert published.status == Return.Status.APPROVED
    assert (str(published.round.as_at), published.author_role) == ("2024-11-30", "Education Partnership Officer")
    entries = list(ReturnEntry.objects.filter(return_of=published))
    assert [entry.priority.ref for entry in entries] == ["EET", "NET", "SEN"]
    for entry in entries:
        assert entry.intended_outcomes
        assert entry.activity
        assert entry.impact
        assert entry.exit_strategy
    steps = PlannedStep.objects.filter(entry__return_of=published)
    assert steps.count() == 12
    assert all(step.activity and step.activity.priority_id == step.entry.priority_id for step in steps)


def test_what_ships_has_no_official_wording_and_each_statement_its_source():
    for model in (Theme, Priority, Objective, Activity, Outcome, MeasureUse, Principle, PartnershipObjective):
        assert not model.objects.exclude(official_wording="")
        assert not model.objects.filter(source="")
    assert not Reading.objects.filter(source="")
    assert not Achievement.objects.filter(source="")


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from strings(part)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_real_person_is_named(path):
    inventory = SHARED / "domain" / "inventory.json"
    if not inventory.exists():
        pytest.skip("The sources are not here.")
    people = [person["name"].removeprefix("Cllr ") for person in json.loads(inventory.read_text())["people"]]
    assert people
    text = path.read_text(encoding="utf-8")
    for person in people:
        assert person not in text
        assert person.split()[-1] not in text


# Names are carried over as they are; everything between them is in our own words.
NAMES = (
    "Adults Transition Team, Targeted Disability Service",
    "Brockholes Visitor Centre",
    "Career strategy, Making the most of everyone's skills and talents",
    "Careers education, information, advice and guidance",
    "Deal for Children and Young People",
    "Digital (in Health and Care)",
    "Excellence in Education Strategy 2020-2030",
    "Freedom and Permission to Innovate",
    "Greater Manchester's Mental Health in Education programme",
    "Local Growth Deal Fund",
    "NEET: not in education, employment or training",
    "in education, employment or training",
    "Participation Group and Youth Cabinet",
    "Participation Relationship Manager",
    "Progress with Unity: A New Era for Wigan Borough",
    "UN Convention on the Rights of the Child",
    "Voluntary, community, faith and social enterprise",
    "Wigan Education and Skills Partnership",
    "Wigan Safeguarding Children's Partnership",
)
RUN = 6


def words(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9]+", text.lower().replace("’", "").replace("'", "")))


def runs(text: str) -> set[tuple[str, ...]]:
    each = text.split()
    return {tuple(each[start : start + RUN]) for start in range(len(each) - RUN + 1)}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_sentence_of_a_source_ships(path):
    seeds = sorted((SHARED / "seeds").glob("*.txt"))
    if not seeds:
        pytest.skip("The sources are not here.")
    copied = set().union(*(runs(words(seed.read_text(encoding="utf-8"))) for seed in seeds))
    bodies = Organisation.objects.values_list("name", "slug")
    boards = Board.objects.values_list("name", flat=True)
    names = {words(name) for name in (*NAMES, *boards, *(name for body in bodies for name in body))}
    longest_first = "|".join(sorted(names, key=len, reverse=True))
    for text in set(strings(json.loads(path.read_text(encoding="utf-8")))):
        own = re.sub(rf"\b({longest_first})\b", " | ", words(text))
        assert not runs(own) & copied, text

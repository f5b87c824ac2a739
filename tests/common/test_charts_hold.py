"""Charts of any figures at all: whole documents, every mark where it can be seen, said once."""

import math
import re
from decimal import Decimal
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wesp_portal.common.charts import Dot, Line, Plotted, Series, dot_chart, line_chart, small_chart, trend_of

SVG = "{http://www.w3.org/2000/svg}"
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|nan|inf")
# Shapes stand around their figure, so that a mark at the edge reaches a little beyond it.
REACH = 8.0
ENOUGH = settings(max_examples=60)

values = st.floats(-1e10, 1e10) | st.floats(-1e-4, 1e-4) | st.integers(-5, 105).map(float) | st.just(0.0)
words = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="￾￿"), min_size=1, max_size=60)
units = st.sampled_from(["percent", "count", "pounds", "points", "days", "stage", "yes or no", ""])


@st.composite
def charts(draw: st.DrawFn) -> dict[str, Any]:
    """The arguments of a chart, with gaps, breaks and figures that stand apart anywhere."""
    count = draw(st.integers(1, 14))
    at = st.integers(0, count - 1)
    roles = ["own", "england", "region", "neighbours"][: draw(st.integers(1, 4))]
    return {
        "key": "k",
        "title": draw(words),
        "description": draw(words),
        "periods": draw(st.lists(words, min_size=count, max_size=count)),
        "series": [
            Series(
                draw(words),
                draw(st.lists(st.none() | values, min_size=count, max_size=count)),
                role,
                symbols=draw(st.dictionaries(at, st.sampled_from("xczu"), max_size=3)),
                open=draw(st.sets(at, max_size=3)),
                apart=draw(st.sets(at, max_size=2)),
                short=draw(words),
            )
            for role in roles
        ],
        "unit": draw(units),
        "decimals": draw(st.integers(0, 4)),
        "target": draw(st.none() | values),
        "breaks": draw(st.sets(at, max_size=2)),
        "year_before": draw(st.none() | at),
    }


def numbers(text: str) -> list[float]:
    return [float(found) for found in NUMBER.findall(text)]


def points(path: str) -> list[tuple[str, float]]:
    """Every coordinate of a path with its axis; `z` closes one without any."""
    found = []
    for letter, rest in re.findall(r"([MLHV])([^MLHVz]*)", path):
        axes = {"H": "x", "V": "y"}.get(letter)
        for at, number in enumerate(numbers(rest)):
            found.append((axes or "xy"[at % 2], number))
    return found


def check(text: str) -> None:
    """A chart has one title and one description of its own, and every coordinate is finite and inside its frame."""
    svg = ElementTree.fromstring(text)
    _, _, width, height = numbers(svg.get("viewBox") or "")
    assert [child.tag for child in svg][:2] == [f"{SVG}title", f"{SVG}desc"]
    assert sum(child.tag in (f"{SVG}title", f"{SVG}desc") for child in svg) == 2
    assert (svg.get("aria-labelledby") or "").split() == [svg[0].get("id"), svg[1].get("id")]
    for element in svg.iter():
        found = points(element.get("d", ""))
        found += [("x", float(element.get(name, "0"))) for name in ("x", "cx")]
        found += [("y", float(element.get(name, "0"))) for name in ("y", "cy")]
        for axis, number in found:
            assert math.isfinite(number)
            assert -REACH <= number <= (width if axis == "x" else height) + REACH, (element.tag, element.attrib)


@ENOUGH
@given(charts(), st.sampled_from([(680.0, 340.0), (340.0, 280.0), (400.0, 180.0)]))
def test_a_whole_chart_of_any_figures_stays_in_its_frame(arguments: dict[str, Any], size: tuple[float, float]) -> None:
    check(line_chart(**arguments, width=size[0], height=size[1]))


def test_many_long_names_in_a_low_chart_stay_in_its_frame() -> None:
    series = [Series(f"{role} " * 8, [9e9], role) for role in ("own", "england", "region", "neighbours")]
    target = {"target": 9e9, "target_name": "What the partnership aims for"}
    check(
        line_chart(
            key="k", title="t", description="d", periods=["2024"], series=series, width=400, height=180, **target
        )
    )


@ENOUGH
@given(charts())
def test_a_small_chart_of_any_figures_stays_in_its_frame(arguments: dict[str, Any]) -> None:
    check(small_chart(**arguments))


@ENOUGH
@given(st.lists(st.tuples(words, st.none() | values, words), max_size=20), units, st.sampled_from([680.0, 340.0]))
def test_ranked_dots_of_any_figures_stay_in_their_frame(
    rows: list[tuple[str, float | None, str]], unit: str, width: float
) -> None:
    dots = [Dot(name, value, told, "own" if at == 0 else "") for at, (name, value, told) in enumerate(rows)]
    check(dot_chart(key="k", title="t", description="d", dots=dots, unit=unit, width=width))


@pytest.mark.parametrize("values", [[1e-9, 2e-9], [1e10, 1e10 + 1e-4], [-1e10, 1e10], [-3, -1], [7, 7], [0, 0]])
def test_an_axis_is_found_for_a_huge_a_tiny_and_a_negative_range(values: list[float]) -> None:
    check(line_chart(key="k", title="t", description="d", periods=["2024", "2025"], series=[Series("Ours", values)]))


def plotted(*figures: tuple[str, str]) -> list[Plotted]:
    return [Plotted(period, Decimal(value) if value else None, "" if value else "c") for period, value in figures]


def trend(*figures: tuple[str, str], **more: Any) -> dict[str, Any] | None:
    lines = [Line("Wigan", "own", plotted(*figures))]
    return trend_of(lines, key="k", title="t", unit="percent", decimals=1, **more)


@pytest.mark.parametrize(
    "figures", [(), (("2024", "5"),), (("2023", ""), ("2024", "")), (("2023", "4"), ("2024-25-autumn", "5"))]
)
def test_no_trend_is_drawn_of_nothing_one_figure_withheld_ones_or_unlike_periods(
    figures: tuple[tuple[str, str], ...],
) -> None:
    assert trend(*figures) is None


def test_a_term_is_ringed_beside_the_same_term_last_year() -> None:
    codes = ["2023-24-autumn", "2023-24-spring", "2023-24-summer", "2024-25-autumn"]
    made = trend(*((code, str(at)) for at, code in enumerate(codes, 1)))
    assert made is not None
    assert made["year_before"] == 0


def test_days_stand_as_far_apart_as_they_were() -> None:
    made = trend(("2024-01-01", "1"), ("2024-01-03", "2"), ("2024-01-11", "3"))
    assert made is not None
    assert made["places"] == [0.0, 0.2, 1.0]


def test_a_figure_for_a_part_of_its_period_is_open_and_no_line_leads_to_it() -> None:
    points = [*plotted(("2023", "40"), ("2024", "45")), Plotted("2025", Decimal(12), is_provisional=True, is_part=True)]
    made = trend_of([Line("Wigan", "own", points)], key="k", title="t", unit="count", decimals=0)
    assert made is not None
    svg = ElementTree.fromstring(line_chart(**made))
    assert "2025 12, so far" in made["description"]
    (path,) = [one for one in svg.iter(f"{SVG}path") if one.get("fill") == "none"]
    assert (path.get("d") or "").count("L") == 1
    assert [circle.get("fill") for circle in svg.iter(f"{SVG}circle")] == ["#ffffff"]


def test_a_year_without_a_figure_is_marked_in_the_gap() -> None:
    made = trend(("2021", "4"), ("2023", "5"), ("2024", "6"))
    assert made is not None
    svg = ElementTree.fromstring(line_chart(**made))
    assert any("".join(text.itertext()) == "Wigan, 2022: no figure–" for text in svg.iter(f"{SVG}text"))
    assert "2022 no figure" in made["description"]


def test_a_small_chart_has_an_axis_with_at_least_two_values() -> None:
    made = trend(("2023", "62"), ("2024", "66"))
    assert made is not None
    svg = ElementTree.fromstring(small_chart(**made))
    texts = ["".join(text.itertext()) for text in svg.iter(f"{SVG}text")]
    assert sum(text.endswith(" %") for text in texts) >= 2

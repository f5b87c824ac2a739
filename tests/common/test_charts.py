"""Charts: what they show, what they say to those who cannot see them, and what they never contain."""

import itertools
import re
from typing import Any
from xml.etree import ElementTree

import pytest

from wesp_portal.common import charts
from wesp_portal.common.charts import Series
from wesp_portal.common.status import STATUSES

SVG = "{http://www.w3.org/2000/svg}"
YEARS = ["2020/21", "2021/22", "2022/23", "2023/24"]


def parse(text: str) -> Any:
    return ElementTree.fromstring(text)


def line_chart(*series: Series, **more):
    arguments: dict[str, Any] = {
        "key": "k",
        "title": "Ours rose",
        "description": "From 1 to 4.",
        "periods": YEARS,
        **more,
    }
    return parse(charts.line_chart(series=series or [Series("Ours", [1, 2, 3, 4])], **arguments))


def texts(svg):
    return ["".join(text.itertext()).replace("\N{NO-BREAK SPACE}", " ") for text in svg.iter(f"{SVG}text")]


def lines(svg, colour=charts.TEAL):
    return [path for path in svg.iter(f"{SVG}path") if path.get("stroke") == colour and path.get("fill") == "none"]


def every_chart(**more):
    words: dict[str, Any] = {"key": "k", "title": "A <title> & more", **more}
    series = [Series("<b>Ours</b>", [1, None, 3, 4], symbols={1: "c"}), Series("England", [2, 2, 2, 2], "england")]
    drawn: dict[str, Any] = {"description": 'It\'s "so"', "periods": YEARS, "series": series, "target": 5}
    return [
        charts.line_chart(**words, **drawn, unit="percent", breaks=[2]),
        charts.small_chart(**words, **drawn),
        charts.share_bar(**words, counts=[("on_track", 21), ("off_track", 4)]),
        charts.term_strip(**words, points=[("Autumn <i>", "on_track"), ("Spring", "no_data")]),
    ]


def test_every_chart_is_a_picture_with_a_title_and_a_description():
    for text in every_chart():
        svg = parse(text)
        named = svg.get("aria-labelledby").split()
        assert svg.get("role") == "img"
        assert [svg.find(f"{SVG}title").get("id"), svg.find(f"{SVG}desc").get("id")] == named
        assert svg.find(f"{SVG}title").text == "A <title> & more"
        assert svg.find(f"{SVG}desc").text


def test_no_chart_contains_an_inline_style_a_script_or_unescaped_words():
    for text in every_chart():
        assert not re.search(r"\sstyle=|<style|<script|\son\w+=|<b>|<i>", text)


def test_every_word_of_a_chart_is_in_our_typeface():
    for text in every_chart():
        assert parse(text).get("font-family").startswith("'Source Sans 3'")


def test_a_line_is_named_where_it_ends_with_its_latest_figure():
    svg = line_chart(Series("Ours", [1, 2, 3, None]), Series("England", [5, 5, 5, 6], "england"), unit="percent")
    assert {"Ours 3 %", "England 6 %"} <= set(texts(svg))


def test_figures_are_written_to_as_many_places_as_the_table_beside_them():
    svg = line_chart(Series("Ours", [1, 2, 3, 5]), Series("England", [5, 5, 5, 6.5], "england"), unit="%", decimals=1)
    assert {"Ours 5.0 %", "England 6.5 %"} <= set(texts(svg))


def test_a_missing_figure_is_a_gap_and_not_a_bridge():
    svg = line_chart(Series("Ours", [1, 2, None, 4, 5], symbols={2: "c"}), periods=[*YEARS, "2024/25"])
    assert lines(svg)[0].get("d").count("M") == 2
    assert any(text.endswith("c") and "withheld" in text for text in texts(svg))


def test_a_figure_between_two_gaps_is_a_dot():
    svg = line_chart(Series("Ours", [None, 2, None, None]))
    assert not lines(svg)
    assert len(list(svg.iter(f"{SVG}circle"))) == 1


def test_a_line_does_not_run_across_a_new_way_of_counting():
    svg = line_chart(breaks=[2])
    assert lines(svg)[0].get("d").count("M") == 2
    assert "new way of counting" in texts(svg)


def test_our_line_lies_on_top_and_england_is_dotted():
    svg = line_chart(Series("Ours", [1, 2, 3, 4]), Series("England", [4, 3, 2, 1], "england"))
    drawn = [path for path in svg.iter(f"{SVG}path") if path.get("fill") == "none"]
    assert drawn[-1].get("stroke") == charts.TEAL
    assert drawn[0].get("stroke-dasharray") == "0.1 5"
    assert drawn[-1].get("stroke-dasharray") is None


def test_names_never_cover_one_another():
    roles = ["own", "england", "region", "neighbours"]
    near = [Series(role, [10, 10, 10, 10 + at / 50], role) for at, role in enumerate(roles)]
    svg = line_chart(*near, target=10)
    ends = sorted(float(text.get("y")) for text in svg.iter(f"{SVG}text") if text.get("fill"))
    assert all(below - above >= 15 for above, below in itertools.pairwise(ends))


def test_the_axis_starts_at_zero_where_cutting_it_would_mislead():
    assert "0" in texts(line_chart(Series("Ours", [2, 8, 9, 10])))
    assert "0" not in texts(line_chart(Series("Ours", [82, 88, 89, 90])))
    assert "0" in texts(line_chart(Series("Ours", [82, 88, 89, 90]), is_from_zero=True))


def test_periods_are_thinned_out_until_they_fit_and_the_last_is_kept():
    periods = [f"Autumn 20{year}/{year + 1}" for year in range(10, 30)]
    svg = line_chart(Series("Ours", list(range(20))), periods=periods)
    shown = [text for text in texts(svg) if text.startswith("Autumn")]
    assert len(shown) < len(periods)
    assert shown[-1] == periods[-1]


@pytest.mark.parametrize("values", [[5], [0], [-3], [7.25]])
def test_one_figure_is_enough_for_a_chart(values):
    assert len(list(line_chart(Series("Ours", values), periods=["2024"]).iter(f"{SVG}circle"))) == 1


def test_a_chart_without_figures_says_so():
    assert texts(line_chart(Series("Ours", [None] * 4))) == ["No figures yet."]


def test_five_lines_are_too_many():
    with pytest.raises(ValueError, match="at most four"):
        line_chart(*[Series("Ours", [1, 2, 3, 4])] * 5)


def test_a_line_must_have_a_value_or_none_for_every_period():
    with pytest.raises(ValueError, match="every period"):
        line_chart(Series("Ours", [1, 2]))


@pytest.mark.parametrize(
    ("low", "high", "marks"),
    [(0, 10, [0, 2.5, 5, 7.5, 10]), (65, 80, [65, 70, 75, 80]), (0, 0.3, [0, 0.1, 0.2, 0.3]), (5, 5, [4, 6])],
)
def test_ticks_are_round_and_enclose_the_figures(low, high, marks):
    found = charts.ticks(low, high)
    assert found[0] <= low
    assert found[-1] >= high
    if low != high:
        assert found == pytest.approx(marks)


def test_a_share_bar_is_as_wide_as_its_counts_and_says_them():
    svg = parse(charts.share_bar(key="k", title="t", counts=[("on_track", 30), ("off_track", 10)], width=400))
    wide, narrow = (float(block.get("width")) for block in svg.iter(f"{SVG}rect"))
    assert (wide + 3) / (narrow + 3) == pytest.approx(3)
    assert svg.find(f"{SVG}desc").text == "On track 30, Off track 10; 40 in all."


def test_a_term_strip_says_how_each_term_stood():
    svg = parse(charts.term_strip(key="k", title="t", points=[("Autumn 2024/25", "at_risk")]))
    assert svg.find(f"{SVG}desc").text == "Autumn 2024/25: At risk"
    assert next(svg.iter(f"{SVG}g")).find(f"{SVG}path").get("d") == STATUSES["at_risk"].path


def luminance(colour):
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("status", STATUSES.values(), ids=STATUSES)
def test_the_words_of_every_status_stand_out_seven_to_one(status):
    light, dark = luminance(status.paper), luminance(status.ink)
    assert (light + 0.05) / (dark + 0.05) >= 7


def test_every_status_has_a_shape_of_its_own():
    assert (
        len({status.path for status in STATUSES.values()}) == len({status.symbol for status in STATUSES.values()}) == 6
    )

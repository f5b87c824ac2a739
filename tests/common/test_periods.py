"""Periods: what their codes say, and that nothing else is one."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wesp_portal.common.periods import PeriodKind, parse_period, without_holes


@pytest.mark.parametrize(
    ("code", "kind", "label", "first", "last"),
    [
        ("2025", PeriodKind.YEAR, "2025", "2025-01-01", "2025-12-31"),
        ("2023-24", PeriodKind.SPANNING_YEAR, "2023/24", "2023-09-01", "2024-08-31"),
        ("1999-00", PeriodKind.SPANNING_YEAR, "1999/00", "1999-09-01", "2000-08-31"),
        ("2024-25-autumn", PeriodKind.TERM, "Autumn 2024/25", "2024-09-01", "2024-12-31"),
        ("2024-25-spring", PeriodKind.TERM, "Spring 2024/25", "2025-01-01", "2025-04-30"),
        ("2021-01", PeriodKind.MONTH, "January 2021", "2021-01-01", "2021-01-31"),
        ("2025-q2", PeriodKind.QUARTER, "April to June 2025", "2025-04-01", "2025-06-30"),
        ("2022-06-16", PeriodKind.DAY, "16 June 2022", "2022-06-16", "2022-06-16"),
    ],
)
def test_a_code_says_its_kind_its_words_and_its_days(
    code: str, kind: PeriodKind, label: str, first: str, last: str
) -> None:
    period = parse_period(code)
    assert (period.kind, period.label) == (kind, label)
    assert (period.starts_on.isoformat(), period.ends_on.isoformat()) == (first, last)


@pytest.mark.parametrize(
    "code",
    ["", "25", "2024-26-autumn", "2024-25-winter", "2024-13", "2024-30", "2025-q5", "2025-02-30", "autumn", "2025 "],
)
def test_anything_else_is_refused_in_words(code: str) -> None:
    with pytest.raises(ValueError, match=r"is not a"):
        parse_period(code)


@given(st.text(max_size=20))
def test_no_text_at_all_breaks_the_reading_of_a_period(code: str) -> None:
    with suppress(ValueError):
        assert parse_period(code).code == code


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (["2019", "2022"], ["2019", "2020", "2021", "2022"]),
        (["2018-19", "2020-21"], ["2018-19", "2019-20", "2020-21"]),
        (
            ["2024-25-summer", "2023-24-summer"],
            ["2023-24-summer", "2024-25-autumn", "2024-25-spring", "2024-25-summer"],
        ),
        (["2024-11", "2025-01"], ["2024-11", "2024-12", "2025-01"]),
        (["2024-q3", "2025-q1"], ["2024-q3", "2024-q4", "2025-q1"]),
        (["2022-06-16", "2022-07-01"], ["2022-06-16", "2022-07-01"]),
        (["2020", "2023-24"], ["2020", "2023-24"]),
        (["2025", "2025"], ["2025"]),
        ([], []),
    ],
)
def test_missing_periods_between_two_of_a_kind_are_filled_in(codes: list[str], expected: list[str]) -> None:
    assert [period.code for period in without_holes(codes)] == expected

"""Which counts of several areas are hidden, so that none can be worked out from another."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from priorities.rules import hidden_areas

COUNTY, FIRST, SECOND, THIRD, COUNTRY = 1, 2, 3, 4, 5
WITHIN = {COUNTRY: None, COUNTY: COUNTRY, FIRST: COUNTY, SECOND: COUNTY, THIRD: COUNTY}


def hidden(counts: dict[int, int | None], threshold: int | None = None) -> set[int]:
    exact = {area: None if count is None else Decimal(count) for area, count in counts.items()}
    return hidden_areas(exact, WITHIN, threshold=threshold)


def test_a_small_count_is_hidden() -> None:
    assert hidden({FIRST: 5, SECOND: 6, THIRD: 0}) == {FIRST}


def test_a_metrics_own_bound_is_kept() -> None:
    assert hidden({FIRST: 5, SECOND: 2}, threshold=2) == {SECOND}


def test_the_total_that_would_give_a_small_count_away_is_hidden() -> None:
    assert hidden({COUNTY: 104, FIRST: 4, SECOND: 60, THIRD: 40}) == {COUNTY, FIRST}


def test_so_is_the_total_of_totals() -> None:
    assert hidden({COUNTRY: 104, COUNTY: 104, FIRST: 4, SECOND: 60, THIRD: 40}) == {COUNTRY, COUNTY, FIRST}


def test_a_count_that_its_publisher_withheld_is_protected_too() -> None:
    assert hidden({COUNTY: 104, FIRST: None, SECOND: 60, THIRD: 40}) == {COUNTY, FIRST}


def test_a_total_of_much_that_is_not_listed_is_shown() -> None:
    assert hidden({COUNTRY: 9000, FIRST: 4, SECOND: 60}) == {FIRST}


def test_a_total_without_anything_hidden_inside_is_shown() -> None:
    assert hidden({COUNTY: 100, FIRST: 60, SECOND: 40}) == set()


def test_an_area_that_lies_in_itself_ends() -> None:
    assert hidden_areas({1: Decimal(3), 2: Decimal(9)}, {1: 2, 2: 1}, threshold=None) <= {1, 2}


@given(st.tuples(*[st.integers(0, 30)] * 3), st.booleans())
def test_no_small_count_follows_from_what_is_shown(parts: tuple[int, int, int], has_country: bool) -> None:
    """Whatever is shown, each hidden part could be at least two numbers, or all the hidden ones could change places."""
    counts: dict[int, int | None] = dict(zip((FIRST, SECOND, THIRD), parts, strict=True))
    counts |= {COUNTY: sum(parts)} | ({COUNTRY: sum(parts)} if has_country else {})
    found = hidden(counts)
    small = {area for area in (FIRST, SECOND, THIRD) if 0 < (counts[area] or 0) <= 5}
    assert small <= found
    # The larger areas hold nothing else than these parts: each total that is shown would tell the sum of what is not.
    assert not small or {area for area in (COUNTY, COUNTRY) if area in counts} <= found

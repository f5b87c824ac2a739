"""How dates, terms, numbers and quantities are written."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from wesp_portal.common import formatting


def test_a_date_is_written_as_people_say_it():
    assert formatting.uk_date(date(2022, 6, 16)) == "16 June 2022"
    assert formatting.short_date(date(2024, 11, 29)) == "Fri 29 Nov"
    assert formatting.uk_date_time(datetime(2024, 11, 8, 9, 5, tzinfo=UTC)) == "8 November 2024 at 09:05"


def test_no_date_is_written_as_nothing():
    assert formatting.uk_date(None) == formatting.short_date(None) == formatting.uk_date_time(None) == ""


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("2024-25-autumn", "Autumn 2024/25"),
        ("2023-24-summer", "Summer 2023/24"),
        ("2023-24", "2023/24"),
        ("2025", "2025"),
        ("whenever", "whenever"),
    ],
)
def test_a_period_is_written_in_words_and_anything_else_stays_as_it_came(code, words):
    assert formatting.term_label(code) == words


@pytest.mark.parametrize(
    ("value", "places", "words"),
    [
        (47780, None, "47,780"),
        (Decimal("17.50"), None, "17.5"),
        (Decimal(100), None, "100"),
        (Decimal("1E+3"), None, "1,000"),
        (0.1 + 0.2, 1, "0.3"),
        (2.25, 1, "2.3"),
        (-1.5, None, "−1.5"),
        (0, None, "0"),
        (None, None, ""),
    ],
)
def test_a_number_has_its_thousands_apart_and_no_idle_noughts(value, places, words):
    assert formatting.number(value, places) == words


def test_a_change_always_shows_its_sign():
    assert [formatting.signed(value) for value in (3, 0, -1, None)] == ["+3", "0", "−1", ""]


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (Decimal("17.5"), "percent", "17.5 %"),
        (1200, "pounds", "£1,200"),
        (-1200, "pounds", "−£1,200"),
        (12, "count", "12"),
        (Decimal("6.25"), "rate per 100", "6.25 per 100"),
        (3, "percentage points", "3 percentage points"),
        (1, "yes or no", "yes"),
        (0, "yes or no", "no"),
        (0, "stage", "not started"),
        (2, "stage", "launched"),
    ],
)
def test_a_unit_stands_where_people_write_it(value, unit, words):
    assert formatting.with_unit(value, unit) == words


def test_a_quantity_keeps_its_qualifier_and_its_noun():
    assert formatting.quantity(50, "student work placements", "over") == "over 50 student work placements"
    assert formatting.quantity(6, "pupils", "fewer than") == "fewer than 6 pupils"
    assert formatting.quantity(13) == "13"


def test_a_missing_reading_says_why():
    assert formatting.reading(None, "c") == "withheld to protect people"
    assert formatting.reading(None) == "no figure"
    assert formatting.reading(Decimal("17.5"), "", "percent") == "17.5 %"
    assert formatting.reading(Decimal(5), "", "percent", "about", places=1) == "about 5.0 %"


def test_words_and_counts_read_as_sentences_have_them():
    assert formatting.join_words(["a", "b", "c"]) == "a, b and c"
    assert formatting.join_words(["a", ""]) == "a"
    assert formatting.plural(1, "promise") == "1 promise"
    assert formatting.plural(2, "priority", "priorities") == "2 priorities"
    assert [formatting.file_size(size) for size in (1, 84_300, 1_240_000)] == ["1 byte", "84 KB", "1.2 MB"]

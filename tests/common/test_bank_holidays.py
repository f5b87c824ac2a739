"""England's bank holidays, against the list at gov.uk/bank-holidays."""

from datetime import date

import pytest

from wesp_portal.common.bank_holidays import bank_holidays

AS_PUBLISHED = {
    2024: ["01-01", "03-29", "04-01", "05-06", "05-27", "08-26", "12-25", "12-26"],
    2025: ["01-01", "04-18", "04-21", "05-05", "05-26", "08-25", "12-25", "12-26"],
    2026: ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"],
    2027: ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"],
    2028: ["01-03", "04-14", "04-17", "05-01", "05-29", "08-28", "12-25", "12-26"],
}


@pytest.mark.parametrize("year", AS_PUBLISHED)
def test_the_usual_rule_gives_the_days_that_are_published(year: int) -> None:
    assert list(bank_holidays(year)) == [date.fromisoformat(f"{year}-{day}") for day in AS_PUBLISHED[year]]


def test_a_christmas_on_sunday_is_made_up_for_after_boxing_day() -> None:
    assert bank_holidays(2022)[date(2022, 12, 27)] == "Christmas Day (substitute day)"
    assert bank_holidays(2022)[date(2022, 12, 26)] == "Boxing Day"

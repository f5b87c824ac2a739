"""Validators shared by the models of every app."""

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator

from wesp_portal.common.periods import TERM_PATTERN, parse_period

validate_term_code = RegexValidator(TERM_PATTERN, "Write the term like 2024-25-autumn, 2024-25-half-1 or 2024-25-oct.")
validate_ons_code = RegexValidator(r"^([ENWSKJ]\d{8}|SN-[ENWSKJ]\d{8})$", "Write the ONS code like E08000010.")


def validate_period(value: str) -> None:
    """Accept only a code that `parse_period` reads."""
    try:
        parse_period(value)
    except ValueError as error:
        raise ValidationError(str(error)) from error

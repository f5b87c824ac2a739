"""Recording a figure and those of its groups, with the copy of it that the dashboard reads."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from partnerships.models import Area, User
from partnerships.services import touch
from priorities.models import GroupReading, Metric, Reading
from priorities.services.series import keep_series, partnerships_showing
from priorities.services.strategy_document import fault_of_value
from wesp_portal.common.periods import parse_period

Figure = tuple[Decimal | None, str]
"""A value, or the symbol that says why there is none; neither where nothing is said."""
CHANGED_MEANWHILE = "Somebody recorded this figure meanwhile. What is there now is shown below: look, and save again."
_GIVEN = ("value", "symbol", "qualifier", "status", "as_at", "source", "note", "break_note", "recorded_by")


def reading_problems(
    *, metric: Metric, period: str, value: Decimal | None, symbol: str, qualifier: str
) -> dict[str, str]:
    """What must be put right before a reading is recorded, by field; empty when all is well. Reads no database."""
    found = {}
    try:
        parse_period(period)
    except ValueError as error:
        found["period"] = str(error)
    if value is None and not symbol:
        found["value"] = "Enter the figure, or choose why there is none."
    elif value is not None and symbol:
        found["symbol"] = "Enter the figure or choose why there is none, not both."
    elif fault := fault_of_value(metric.unit, value):
        found["value"] = f"The figure {fault}"
    if qualifier and value is None:
        found["qualifier"] = "There is no figure for this to qualify."
    return found


@transaction.atomic
def record_reading(
    *,
    metric: Metric,
    area: Area,
    period: str,
    value: Decimal | None,
    symbol: str = "",
    qualifier: str = "",
    status: str = Reading.Status.FINAL,
    as_at: date | None = None,
    source: str = "",
    note: str = "",
    break_note: str = "",
    groups: Mapping[int, Figure] | None = None,
    reason: str = "",
    seen: str | None = None,
    by: User | None,
    at: datetime,
) -> Reading:
    """Write the one reading of a metric, area and period, and its series with it. Raises ValidationError by field.

    `groups` are the figures of groups by the group's id, or None to leave them; `reason` says why an earlier figure is
    replaced, and its history keeps both; `break_note` says what changed where it is counted in a new way; `seen` is the
    mark of the reading that was looked at, where one was. Saying again what is there writes nothing. Whoever calls has
    made sure that `by` may write the metric's readings.
    """
    if problems := reading_problems(metric=metric, period=period, value=value, symbol=symbol, qualifier=qualifier):
        raise ValidationError(problems)
    # The metric is held, so that two readings of it do not lose each other in the series.
    Metric.objects.select_for_update(of=("self",)).only("pk").get(pk=metric.pk)
    reading = Reading.objects.filter(metric=metric, area=area, period=period).first()
    given = (value, symbol, qualifier, status, as_at, source, note, break_note, by)
    if reading and seen is not None:
        if groups is not None and _says_the_same(reading, given) and not _changed_groups(reading, groups):
            return reading
        if seen != mark_of(reading):
            raise ValidationError(CHANGED_MEANWHILE)
    if reading is None:
        reading = Reading(metric=metric, area=area, period=period)
    for name, new in zip(_GIVEN, given, strict=True):
        setattr(reading, name, new)
    reading.period_ends_on = parse_period(period).ends_on
    reading.recorded_as = _part_of(by, area, at) if by else ""
    reading.clean_fields(exclude=["metric", "area", "recorded_by"])
    vars(reading).update(_history_user=by, _history_date=at, _change_reason=reason or None)
    reading.save()
    for row in _changed_groups(reading, groups or {}):
        vars(row).update(_history_user=by, _history_date=at, _change_reason=reason or None)
        if row.value is None and not row.symbol:
            row.delete()
        else:
            row.save()
    keep_series(metric_id=metric.pk, area_id=area.pk)
    touch(partnership_ids=partnerships_showing([metric.pk]))
    return reading


def _part_of(by: User, area: Area, at: datetime) -> str:
    """In which part somebody records a figure, in words that name nobody: what they do, and for whom."""
    roles = by.roles.current(timezone.localdate(at)).filter(partnership__area=area).order_by("kind", "pk")
    role = roles.select_related("organisation").first()
    what = by.job_title or (role.get_kind_display() if role else "Administrator" if by.is_staff else "")
    return ", ".join(part for part in (what, role.organisation.name if role and role.organisation else "") if part)


def mark_of(reading: Reading | None) -> str:
    """What tells one state of a reading from the next; nothing where there is none yet."""
    return reading.recorded_at.isoformat() if reading else ""


def _says_the_same(reading: Reading, given: tuple[Any, ...]) -> bool:
    """Whether a reading is already as given, whoever gives it."""
    return all(getattr(reading, name) == new for name, new in zip(_GIVEN[:-1], given[:-1], strict=True))


def _changed_groups(reading: Reading, groups: Mapping[int, Figure]) -> list[GroupReading]:
    """The readings of groups that are not yet as given, with what was given."""
    if not groups:
        return []
    place = {"metric_id": reading.metric_id, "area_id": reading.area_id, "period": reading.period}
    here = {row.group_id: row for row in GroupReading.objects.filter(**place, group__in=groups)}
    changed = []
    for group_id, (value, symbol) in groups.items():
        row = here.get(group_id)
        if row is None and (value is not None or symbol):
            changed.append(GroupReading(**place, group_id=group_id, value=value, symbol=symbol))
        elif row and (row.value, row.symbol) != (value, symbol):
            row.value, row.symbol = value, symbol
            changed.append(row)
    return changed

"""Opening rounds: dates, who reports, and what a return begins with."""

import logging
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from partnerships.models import Meeting, Membership, Partnership, Role
from priorities.models import Priority
from reports.models import Return, ReturnEntry, Round
from reports.services import open_round, open_rounds
from reports.services import rounds as rounds_module
from tests.factories import (
    CalendarFactory,
    OutcomeFactory,
    PartnershipFactory,
    PriorityFactory,
    ReturnEntryFactory,
    ReturnFactory,
    StrategyFactory,
    TermFactory,
    UserFactory,
    World,
)

FIRST_DAY = datetime(2024, 9, 3, 8, tzinfo=UTC)


def reopened(world: World, at: datetime = FIRST_DAY) -> Round:
    """This term's round, opened anew."""
    world.round.delete()
    return open_round(partnership=world.partnership, term=world.term, at=at)


def partner_officer(world: World, ends_on: date | None = None) -> Role:
    return Role.objects.create(
        user=UserFactory(),
        kind=Role.Kind.OFFICER,
        partnership=world.partnership,
        organisation=world.partner,
        ends_on=ends_on,
    )


def test_a_round_opens_with_the_term_and_is_due_on_a_working_day_three_weeks_before_its_end(world: World) -> None:
    opened = reopened(world)
    assert (opened.opens_on, opened.due_on, opened.board_on) == (
        date(2024, 9, 3),
        date(2024, 11, 29),
        date(2024, 12, 13),
    )


def test_a_due_date_at_a_weekend_moves_to_the_friday_before(world: World) -> None:
    world.term.ends_on = date(2024, 12, 22)
    assert reopened(world).due_on == date(2024, 11, 29)


def test_a_round_opened_late_leaves_a_week_to_write(world: World) -> None:
    opened = reopened(world, datetime(2024, 12, 10, 9, tzinfo=UTC))
    assert (opened.opens_on, opened.due_on) == (date(2024, 12, 10), date(2024, 12, 17))


def test_the_board_day_is_the_reporting_boards_meeting_where_one_is_set(world: World) -> None:
    Meeting.objects.create(board=world.board, starts_at=datetime(2024, 12, 3, 14, tzinfo=UTC))
    Meeting.objects.create(board=world.board, starts_at=datetime(2024, 12, 10, 14, tzinfo=UTC))
    assert reopened(world).board_on == date(2024, 12, 10)


def test_every_organisation_with_a_current_officer_has_a_return_under_the_officers_title(world: World) -> None:
    world.officer.job_title = "Education partnership officer"
    world.officer.save()
    partner_officer(world, ends_on=date(2024, 9, 2))
    opened = reopened(world)
    made = Return.objects.get(round=opened)
    assert (made.organisation, made.author_role, made.status) == (
        world.organisation,
        "Education partnership officer",
        Return.Status.NOT_STARTED,
    )


def test_without_any_officer_the_lead_organisation_reports(world: World) -> None:
    Role.objects.filter(partnership=world.partnership).delete()
    opened = reopened(world)
    assert Return.objects.get(round=opened).organisation == world.organisation


def test_without_officer_or_lead_organisation_a_round_opens_without_returns(world: World) -> None:
    Role.objects.filter(partnership=world.partnership).delete()
    Membership.objects.filter(partnership=world.partnership).delete()
    assert not Return.objects.filter(round=reopened(world)).exists()


def test_a_return_has_an_entry_for_each_open_priority_of_every_strategy_in_order(world: World) -> None:
    closed = PriorityFactory(strategy=world.strategy, status=Priority.Status.CLOSED)
    last = PriorityFactory(strategy=world.strategy, position=9, status=Priority.Status.STEPPING_DOWN)
    second = PriorityFactory(strategy=world.strategy, position=2)
    another = PriorityFactory(strategy=StrategyFactory(partnership=world.partnership, title="Zest"), position=1)
    PriorityFactory(strategy=StrategyFactory(partnership=world.elsewhere))
    entries = ReturnEntry.objects.filter(return_of__round=reopened(world))
    assert [entry.priority for entry in entries.order_by("position")] == [world.priority, second, last, another]
    assert closed not in [entry.priority for entry in entries]


def test_an_entry_begins_with_the_plans_outcomes_and_the_priorities_exit_strategy(world: World) -> None:
    OutcomeFactory(priority=world.priority, title="More apprentices", position=1)
    OutcomeFactory(priority=world.priority, objective=world.objective, title="x", official_wording="Fewer leave early")
    Priority.objects.filter(pk=world.priority.pk).update(exit_strategy="The college carries it on")
    entry = ReturnEntry.objects.get(return_of__round=reopened(world))
    assert set(entry.intended_outcomes.split("\n")) == {"More apprentices", "Fewer leave early"}
    assert entry.exit_strategy == "The college carries it on"
    assert (entry.activity, entry.impact) == ("", "")


def test_an_exit_strategy_written_last_term_is_taken_over(world: World) -> None:
    before = ReturnFactory(round=world.previous_round, organisation=world.organisation, status=Return.Status.APPROVED)
    ReturnEntryFactory(
        return_of=before, priority=world.priority, exit_strategy="Handed to schools", intended_outcomes="Ours"
    )
    entry = ReturnEntry.objects.get(return_of__round=reopened(world))
    assert (entry.exit_strategy, entry.intended_outcomes) == ("Handed to schools", "Ours")


def test_opening_twice_changes_nothing(world: World) -> None:
    opened = reopened(world)
    again = open_round(partnership=world.partnership, term=world.term, at=FIRST_DAY + timedelta(days=9))
    assert again == opened
    assert again.opens_on == opened.opens_on
    assert Return.objects.filter(round=opened).count() == 1
    assert ReturnEntry.objects.filter(return_of__round=opened).count() == 1


def test_opening_again_adds_what_is_new_and_leaves_what_was_begun(world: World) -> None:
    opened = reopened(world)
    begun = Return.objects.get(round=opened)
    Return.objects.filter(pk=begun.pk).update(status=Return.Status.DRAFT)
    partner_officer(world)
    PriorityFactory(strategy=world.strategy)
    open_round(partnership=world.partnership, term=world.term, at=FIRST_DAY)
    added = Return.objects.get(round=opened, organisation=world.partner)
    assert added.entries.count() == 2
    assert begun.entries.count() == 1


def test_a_closed_round_stays_as_it_is(world: World) -> None:
    Round.objects.filter(pk=world.round.pk).update(is_closed=True)
    assert open_round(partnership=world.partnership, term=world.term, at=FIRST_DAY) == world.round
    assert not Return.objects.exists()


def test_opening_leaves_history_and_raises_the_partnerships_version(world: World) -> None:
    version = Partnership.objects.get(pk=world.partnership.pk).version
    opened = reopened(world)
    made = Return.objects.get(round=opened)
    assert opened.history.get().history_change_reason == "Round opened"
    assert made.history.count() == 1
    assert made.entries.get().history.count() == 1
    assert Partnership.objects.get(pk=world.partnership.pk).version == version + 1


def test_opening_costs_the_same_however_many_priorities_there_are(world: World, django_assert_num_queries) -> None:
    PriorityFactory.create_batch(30, strategy=world.strategy)
    world.round.delete()
    with django_assert_num_queries(18):
        open_round(partnership=world.partnership, term=world.term, at=FIRST_DAY)


def test_every_partnership_in_term_gets_its_round(world: World) -> None:
    world.round.delete()
    opened = open_rounds(on=date(2024, 9, 3))
    assert {each.partnership for each in opened} == {world.partnership, world.elsewhere}


def test_no_round_opens_in_the_holidays(world: World) -> None:
    assert open_rounds(on=date(2024, 12, 27)) == []


def test_a_partnership_that_fails_does_not_stop_the_rest(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fails_for_one(*, partnership: Partnership, **others: Any) -> Round:
        if partnership == world.elsewhere:
            raise RuntimeError("no")
        return open_round(partnership=partnership, **others)

    monkeypatch.setattr(rounds_module, "open_round", fails_for_one)
    with caplog.at_level(logging.ERROR):
        opened = open_rounds(on=date(2024, 9, 3))
    assert [each.partnership for each in opened] == [world.partnership]
    assert "elsewhere" in caplog.text


def test_a_partnership_without_terms_is_left_alone(world: World) -> None:
    bare = PartnershipFactory(calendar=CalendarFactory(slug="bare", name="Bare"))
    TermFactory(calendar=bare.calendar, code="2025-26-autumn", starts_on=date(2025, 9, 2), ends_on=date(2025, 12, 19))
    assert bare not in [each.partnership for each in open_rounds(on=date(2024, 9, 3))]

"""The access rules of DESIGN's table, seen through the querysets."""

import pytest
from django.db import IntegrityError, transaction

from partnerships.models import Partnership, Role
from priorities.models import Activity, Alignment, Priority
from reports.models import Report, Return, Round
from tests.factories import ReturnFactory, StrategyFactory, World


def test_people_of_a_partnership_read_its_dashboard_and_strangers_do_not(world: World) -> None:
    for person in (world.officer, world.lead, world.board_member, world.administrator):
        assert world.partnership in Partnership.objects.visible_to(person)
    assert world.partnership not in Partnership.objects.visible_to(world.stranger)


def test_a_person_switched_off_reaches_nothing(world: World) -> None:
    world.administrator.is_active = False
    assert not Partnership.objects.visible_to(world.administrator).exists()


def test_a_board_member_sees_priorities_but_logs_nothing(world: World) -> None:
    assert world.priority in Priority.objects.visible_to(world.board_member)
    assert world.priority not in Priority.objects.logged_against_by(world.board_member)
    assert world.activity not in Activity.objects.updated_by(world.board_member)


def test_an_officer_updates_their_organisations_activities_only(world: World) -> None:
    world.activity.lead = world.partner
    world.activity.save()
    assert world.activity not in Activity.objects.updated_by(world.officer)
    assert world.activity in Activity.objects.updated_by(world.lead)


def test_an_officer_opens_their_organisations_return_only(world: World) -> None:
    own = ReturnFactory(round=world.round, organisation=world.organisation)
    partners = ReturnFactory(round=world.round, organisation=world.partner)
    assert set(Return.objects.visible_to(world.officer)) == {own}
    assert set(Return.objects.visible_to(world.lead)) == {own, partners}
    assert not Return.objects.visible_to(world.board_member).exists()


@pytest.mark.parametrize("person", ["officer", "board_member"])
def test_only_leads_see_a_report_before_it_is_published(world: World, person: str) -> None:
    report = Report.objects.create(
        round=world.round, version=1, requested_by=world.lead, requested_at="2024-12-01T10:00Z"
    )
    assert report in Report.objects.visible_to(world.lead)
    assert report not in Report.objects.visible_to(getattr(world, person))


def test_rounds_of_another_partnership_are_out_of_reach(world: World) -> None:
    assert not Round.objects.visible_to(world.stranger).exists()


def test_a_role_is_held_once_with_or_without_an_organisation(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Role.objects.create(user=world.lead, kind=Role.Kind.LEAD, partnership=world.partnership)
    with pytest.raises(IntegrityError), transaction.atomic():
        Role.objects.create(
            user=world.officer,
            kind=Role.Kind.OFFICER,
            partnership=world.partnership,
            organisation=world.organisation,
        )


def test_an_alignment_is_stated_once(world: World) -> None:
    other = StrategyFactory(partnership=world.elsewhere)
    Alignment.objects.create(from_strategy=world.strategy, from_priority=world.priority, to_strategy=other)
    Alignment.objects.create(from_strategy=world.strategy, to_strategy=other)
    with pytest.raises(IntegrityError), transaction.atomic():
        Alignment.objects.create(from_strategy=world.strategy, to_strategy=other)

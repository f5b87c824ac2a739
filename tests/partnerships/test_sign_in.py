"""Who a session belongs to: the person with what they may reach, in one query, right at once."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from partnerships.models import Role, User
from partnerships.sign_in import PortalBackend
from tests.factories import World

PEOPLE = ["officer", "board_member", "lead", "administrator", "stranger"]


@pytest.mark.parametrize("person", PEOPLE)
def test_a_person_comes_with_what_they_may_reach_in_one_query(
    world: World, person: str, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    known: User = getattr(world, person)
    with django_assert_num_queries(1):
        found = PortalBackend().get_user(known.pk)
        assert found == known
        access = found.access
        assert (found.name, found.email, found.is_staff) == (known.name, known.email, known.is_staff)
    assert access == User.objects.get(pk=known.pk).access


def test_a_role_counts_on_its_days_only(world: World) -> None:
    Role.objects.filter(user=world.officer).update(starts_on=date(2024, 9, 1), ends_on=date(2025, 8, 31))
    reached = {
        on: bool(found.access.partnership_ids)
        for on in (date(2024, 8, 31), date(2024, 9, 1), date(2025, 8, 31), date(2025, 9, 1))
        if (found := User.objects.with_access(world.officer.pk, on=on))
    }
    assert list(reached.values()) == [False, True, True, False]


def test_nobody_is_found_for_a_person_who_was_switched_off_or_never_was(world: World) -> None:
    User.objects.filter(pk=world.officer.pk).update(is_active=False)
    assert PortalBackend().get_user(world.officer.pk) is None
    assert PortalBackend().get_user(999_999) is None


def test_what_is_not_read_on_every_page_is_read_when_asked_for(world: World) -> None:
    found = PortalBackend().get_user(world.officer.pk)
    assert found
    assert found.joined_at == world.officer.joined_at


def test_a_person_switched_off_is_signed_out_at_their_next_request(world: World, client: Client) -> None:
    client.force_login(world.officer)
    assert client.get(reverse("achievement-list")).status_code == 200
    User.objects.filter(pk=world.officer.pk).update(is_active=False)
    assert client.get(reverse("achievement-list")).status_code == 302


def test_a_role_that_ended_opens_nothing_at_the_next_request(world: World, client: Client) -> None:
    client.force_login(world.officer)
    address = reverse("dashboard", args=[world.partnership.slug])
    assert client.get(address).status_code == 200
    Role.objects.filter(user=world.officer).update(ends_on=timezone.localdate() - timedelta(days=1))
    assert client.get(address).status_code == 404

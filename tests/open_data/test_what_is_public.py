"""Open data holds what is public, the same for everybody, and nothing else."""

from typing import Any

import pytest
from django.test import Client

from partnerships.models import Role, Seat
from priorities.models import Achievement, Metric, Reading
from tests.factories import (
    AreaFactory,
    MeasureUseFactory,
    MetricFactory,
    OrganisationFactory,
    PriorityFactory,
    UserFactory,
)
from tests.open_data.samples import LISTS, SHEETS, Full, body_of, record, results, sheet

pytestmark = pytest.mark.django_db
ALL = ["/api/v1/", "/api/v1/openapi.json", *LISTS, *SHEETS]


@pytest.fixture
def shown() -> Full:
    return Full("canary", is_public=True, code="E08000010")


@pytest.fixture
def kept() -> Full:
    return Full("secret", is_public=False, code="E10000017")


def everything(client: Client) -> dict[str, str]:
    """What each address answers, with each thing in each list at its own address."""
    said = {address: body_of(client.get(address)).decode() for address in ALL}
    for address in LISTS:
        for row in results(client, address):
            for name in ("slug", "code", "id"):
                one = f"{address}{row.get(name)}/"
                answer = client.get(one)
                if answer.status_code == 200:
                    said[one] = answer.content.decode()
    return said


def test_every_list_tells_of_a_public_partnership(shown: Full, client: Client) -> None:
    for address in LISTS:
        assert results(client, address), address
    for address in SHEETS:
        assert sheet(client, address), address


def test_nothing_of_a_partnership_that_is_not_public_is_told(shown: Full, kept: Full, client: Client) -> None:
    # Both have the same metric, and an achievement of the public one is tagged with a priority of the other.
    MeasureUseFactory(objective=kept.objective, metric=shown.count)
    record(shown.count, kept.area, value="88456")
    shown.achievement.priorities.add(kept.priority)
    shown.achievement.strategy = kept.strategy
    shown.achievement.save()
    for address, said in everything(client).items():
        for word in ("secret", "88456", "E10000017"):
            assert word not in said, (address, word)
    told = results(client, "/api/v1/achievements/")
    assert [row["priorities"] for row in told] == [[shown.priority.pk]]


def test_what_is_not_public_is_not_found_by_its_name(shown: Full, kept: Full, client: Client) -> None:
    for address in (
        "partnerships/secret-partnership",
        "strategies/secret-strategy",
        "organisations/secret-organisation",
        "metrics/secret-metric",
        "areas/E10000017",
        f"priorities/{kept.priority.pk}",
        f"achievements/{kept.achievement.pk}",
    ):
        assert client.get(f"/api/v1/{address}/").status_code == 404, address


def test_a_filter_by_what_is_not_public_finds_nothing(shown: Full, kept: Full, client: Client) -> None:
    kept.partnership.calendar = shown.partnership.calendar
    kept.partnership.area = shown.area
    kept.partnership.save()
    MeasureUseFactory(objective=kept.objective, metric=shown.metric)
    shown.achievement.strategy = kept.strategy
    shown.achievement.save()
    for address in LISTS:
        if address != "/api/v1/partnerships/":
            assert results(client, f"{address}?partnership=secret-partnership") == [], address
    for name in ("strategies", "metrics", "achievements", "themes"):
        if name != "strategies":
            assert results(client, f"/api/v1/{name}/?strategy=secret-strategy") == [], name


def test_what_officers_wrote_and_who_they_are_stays_with_them(shown: Full, client: Client) -> None:
    for address, said in everything(client).items():
        # A title of the document itself may hold the words; values of these rows may not.
        for word in ("private", "off_track", "under_way", "canary-person", "canary-mail", "example.org"):
            assert word not in said, (address, word)


def test_drafts_and_what_waits_for_approval_are_not_told(shown: Full, client: Client) -> None:
    assert [row["title"] for row in results(client, "/api/v1/achievements/")] == ["canary achievement"]
    Achievement.objects.filter(pk=shown.achievement.pk).update(is_public=False)
    assert results(client, "/api/v1/achievements/") == []


def test_figures_of_partners_own_are_told_only_where_the_metric_is_marked(shown: Full, client: Client) -> None:
    assert {row["metric"] for row in results(client, "/api/v1/readings/")} == {"canary-metric", "canary-count"}
    Metric.objects.filter(slug="canary-count").update(is_public=False)
    assert {row["metric"] for row in results(client, "/api/v1/readings/")} == {"canary-metric"}
    assert {row["metric"] for row in sheet(client, "/api/v1/readings.csv")} == {"canary-metric"}


def test_figures_of_partners_own_are_told_of_their_own_area_alone(shown: Full, client: Client) -> None:
    england = AreaFactory(code="E92000001", name="England", level="country")
    record(shown.count, england, value="4321")
    record(shown.metric, england, value="70")
    told = {(row["metric"], row["area"]) for row in results(client, "/api/v1/readings/")}
    assert ("canary-count", "E92000001") not in told
    assert ("canary-metric", "E92000001") in told


def test_an_organisation_is_told_where_something_public_names_it(shown: Full, client: Client) -> None:
    OrganisationFactory(slug="unnamed")
    leading = OrganisationFactory(slug="leading")
    shown.activity.lead = leading
    shown.activity.save()
    assert {row["slug"] for row in results(client, "/api/v1/organisations/")} == {"canary-organisation", "leading"}


def test_officer_lead_and_board_member_get_the_same_bytes_as_nobody(shown: Full, kept: Full, client: Client) -> None:
    nobody = {address: body_of(client.get(address)) for address in ALL}
    people = {kind: UserFactory() for kind in ("officer", "lead", "member", "administrator", "stranger")}
    for each in (shown, kept):
        Role.objects.create(
            user=people["officer"], kind="officer", partnership=each.partnership, organisation=each.organisation
        )
        Role.objects.create(user=people["lead"], kind="lead", partnership=each.partnership)
        Seat.objects.create(user=people["member"], board=each.partnership.boards.get(slug=f"{each.word}-board"))
    people["administrator"].is_staff = people["administrator"].is_superuser = True
    people["administrator"].save()
    for person in people.values():
        signed_in = Client()
        signed_in.force_login(person)
        for address, said in nobody.items():
            response = signed_in.get(address)
            assert body_of(response) == said, (person, address)
            assert "Cookie" not in response.headers.get("Vary", ""), address
            assert not response.cookies
            assert "public" in response["Cache-Control"]


def test_demonstration_figures_say_so(shown: Full, client: Client) -> None:
    Reading.objects.filter(metric=shown.metric).update(source="Demonstration")
    shown.officer.is_demo = True
    shown.officer.save()
    told: dict[str, Any] = {row["metric"]: row for row in results(client, "/api/v1/readings/")}
    assert told["canary-metric"]["is_demonstration"] is True
    assert told["canary-count"]["is_demonstration"] is False
    assert results(client, "/api/v1/achievements/")[0]["is_demonstration"] is True


def test_a_closed_priority_is_told_with_its_status(shown: Full, client: Client) -> None:
    PriorityFactory(strategy=shown.strategy, ref="Z", status="closed")
    told = {row["ref"]: row["status"] for row in results(client, "/api/v1/priorities/")}
    assert told["Z"] == "closed"


def test_a_measure_of_a_whole_tells_of_its_parts(shown: Full, client: Client) -> None:
    part = MetricFactory(slug="canary-part")
    shown.metric.parts.add(part)
    record(part, shown.area, value="12")
    assert "canary-part" in {row["slug"] for row in results(client, "/api/v1/metrics/?partnership=canary-partnership")}
    assert "canary-part" in {row["slug"] for row in results(client, "/api/v1/metrics/?strategy=canary-strategy")}
    assert "canary-part" in {row["metric"] for row in results(client, "/api/v1/readings/")}

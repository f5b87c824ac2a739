"""An achievement's page, its editing, publishing and returning, and the list."""

from datetime import date

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from partnerships.models import Role
from priorities.models import Achievement, Evidence
from priorities.services.evidence import NewEvidence, add_evidence
from tests.factories import AchievementFactory, OrganisationFactory, PriorityFactory, World
from tests.priorities.samples import PDF, answers, upload


@pytest.fixture
def logged(client, world) -> Achievement:
    """An achievement that the officer logged through the form."""
    client.force_login(world.officer)
    client.post("/achievements/new/", answers(world, quantity="50", quantity_unit="pupils"))
    client.logout()
    return Achievement.objects.get()


def page_for(client, person, url: str) -> str:
    client.force_login(person)
    response = client.get(url)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


# --- The page


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("lead", 200), ("board_member", 200), ("administrator", 200), ("stranger", 404)],
)
def test_who_may_read_an_achievement(client, world, logged, person, status):
    client.force_login(getattr(world, person))
    assert client.get(f"/achievements/{logged.pk}/").status_code == status


def test_someone_not_signed_in_is_asked_to(client, logged):
    assert client.get(f"/achievements/{logged.pk}/").url.startswith("/sign-in/")


def test_a_draft_is_for_its_author_and_leads(client, world):
    draft = AchievementFactory(partnership=world.partnership, status="draft", logged_by=world.officer)
    url = f"/achievements/{draft.pk}/"
    for person, status in ((world.officer, 200), (world.lead, 200), (world.board_member, 404)):
        client.force_login(person)
        assert client.get(url).status_code == status


def test_the_page_says_who_what_and_when(client, world, logged):
    page = page_for(client, world.board_member, f"/achievements/{logged.pk}/")
    for words in ("16 June 2022", "50 pupils", "Harbour Council", "1 Better first jobs", "Olive Officer logged it"):
        assert words in page


def test_a_board_member_is_offered_nothing_to_change(client, world, logged):
    page = page_for(client, world.board_member, f"/achievements/{logged.pk}/")
    for words in ("/edit/", "Publish it", "Return it", "Log one like this"):
        assert words not in page


def test_one_that_came_with_the_strategy_has_a_history_too(client, world):
    shipped = AchievementFactory(partnership=world.partnership, logged_by=None, status="published")
    shipped.history.all().delete()
    assert "came with the strategy" in page_for(client, world.officer, f"/achievements/{shipped.pk}/")


@pytest.mark.parametrize("rows", [1, 12])
def test_the_page_takes_the_same_queries_however_much_it_holds(
    client, world, logged, rows, django_assert_num_queries: DjangoAssertNumQueries
):
    logged.organisations.add(*OrganisationFactory.create_batch(rows))
    logged.priorities.add(*PriorityFactory.create_batch(rows, strategy=world.strategy))
    links = [NewEvidence(link=f"https://www.example.org/{at}") for at in range(rows)]
    add_evidence(behind=logged, evidence=links, by=world.officer, at=timezone.now())
    client.force_login(world.lead)
    with django_assert_num_queries(10):
        assert client.get(f"/achievements/{logged.pk}/").status_code == 200


# --- Editing


def edited(world: World, **changed) -> dict[str, object]:
    return answers(world, quantity="50", quantity_unit="pupils") | changed


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("lead", 200), ("administrator", 200), ("board_member", 404), ("stranger", 404)],
)
def test_who_may_edit_before_it_is_published(client, world, logged, person, status):
    client.force_login(getattr(world, person))
    assert client.get(f"/achievements/{logged.pk}/edit/").status_code == status


def test_another_officer_of_the_partnership_does_not_edit_it(client, world, logged):
    world.lead.roles.update(kind="officer", organisation=world.partner)
    client.force_login(world.lead)
    assert client.get(f"/achievements/{logged.pk}/edit/").status_code == 404
    assert client.post(f"/achievements/{logged.pk}/edit/", edited(world, title="Mine now")).status_code == 404
    logged.refresh_from_db()
    assert logged.title == "Fifty pupils met an employer"


def test_nobody_edits_what_is_published(client, world, logged):
    Achievement.objects.update(status="published")
    client.force_login(world.lead)
    assert client.get(f"/achievements/{logged.pk}/edit/").status_code == 404


def test_an_author_who_no_longer_works_there_does_not_edit_it(client, world, logged):
    Role.objects.filter(user=world.officer).delete()
    client.force_login(world.officer)
    assert client.get(f"/achievements/{logged.pk}/edit/").status_code == 404


def test_the_form_shows_what_it_says_now(client, world, logged):
    page = page_for(client, world.officer, f"/achievements/{logged.pk}/edit/")
    for words in ("Fifty pupils met an employer", 'value="16"', 'value="2022"', 'value="pupils"'):
        assert words in page


def test_editing_changes_everything_and_keeps_it_in_the_history(client, world, logged):
    second = PriorityFactory(strategy=world.strategy, ref="2")
    client.force_login(world.lead)
    response = client.post(
        f"/achievements/{logged.pk}/edit/",
        edited(
            world,
            title="Sixty pupils met an employer",
            quantity="60",
            happened_on_0="10",
            happened_on_1="10",
            happened_on_2="2024",
            organisations=[world.partner.pk],
            priorities=[second.pk],
        ),
    )
    assert response.url == f"/achievements/{logged.pk}/?saved=changed"
    logged.refresh_from_db()
    assert (logged.title, logged.quantity, logged.happened_on) == (
        "Sixty pupils met an employer",
        60,
        date(2024, 10, 10),
    )
    assert logged.term == world.term
    assert set(logged.organisations.all()) == {world.partner}
    assert set(logged.priorities.all()) == {second}
    assert logged.history.count() == 2
    page = client.get(f"/achievements/{logged.pk}/").content.decode()
    for words in (
        "Lee Lead changed it",
        "The number: 50 → 60",
        "When: 16 June 2022 → 10 October 2024",
        "Who was involved: Harbour Council → Harbour College",
        "Priorities: 1 → 2",
    ):
        assert words in page


def test_an_organisation_that_left_the_partnership_may_stay_on_it(client, world, logged):
    left = OrganisationFactory(name="Gone College")
    logged.organisations.add(left)
    client.force_login(world.officer)
    assert "Gone College" in client.get(f"/achievements/{logged.pk}/edit/").content.decode()
    posted = edited(world, organisations=[world.organisation.pk, left.pk])
    assert client.post(f"/achievements/{logged.pk}/edit/", posted).status_code == 302
    assert left in logged.organisations.all()


def test_one_that_was_returned_is_sent_in_again_by_editing(client, world, logged):
    Achievement.objects.update(status="returned")
    client.force_login(world.officer)
    client.post(f"/achievements/{logged.pk}/edit/", edited(world))
    logged.refresh_from_db()
    assert logged.status == Achievement.Status.SUBMITTED


def test_a_refused_edit_changes_nothing_and_keeps_the_words(client, world, logged):
    client.force_login(world.officer)
    response = client.post(f"/achievements/{logged.pk}/edit/", edited(world, title="Kept", quantity_unit=""))
    assert response.context["form"].errors["quantity_unit"]
    assert "Kept" in response.content.decode()
    logged.refresh_from_db()
    assert logged.title == "Fifty pupils met an employer"
    assert logged.history.count() == 1


def test_evidence_is_added_and_taken_away_with_its_file(
    client, world, logged, settings, django_capture_on_commit_callbacks
):
    client.force_login(world.officer)
    url = f"/achievements/{logged.pk}/edit/"
    client.post(url, edited(world) | {"evidence_file": upload(PDF, "wrong.pdf")})
    wrong = logged.evidence.get()
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, edited(world, evidence_removed=[wrong.pk], evidence_link="https://www.example.org/right"))
    assert logged.evidence.get().link == "https://www.example.org/right"
    assert not [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]
    page = client.get(f"/achievements/{logged.pk}/").content.decode()
    assert "Evidence taken away: wrong.pdf" in page


def test_evidence_of_another_achievement_is_not_taken_away(client, world, logged):
    other = AchievementFactory(partnership=world.partnership)
    add_evidence(
        behind=other,
        evidence=[NewEvidence(link="https://www.example.org/")],
        by=world.lead,
        at=timezone.now(),
    )
    add_evidence(
        behind=logged,
        evidence=[NewEvidence(link="https://www.example.org/")],
        by=world.lead,
        at=timezone.now(),
    )
    client.force_login(world.officer)
    posted = edited(world, evidence_removed=[other.evidence.get().pk])
    client.post(f"/achievements/{logged.pk}/edit/", posted)
    assert Evidence.objects.count() == 2


# --- Publishing, and returning


@pytest.mark.parametrize("person", ["officer", "board_member", "stranger"])
@pytest.mark.parametrize("verb", ["publish", "return"])
def test_only_leads_publish_and_return(client, world, logged, person, verb):
    client.force_login(getattr(world, person))
    response = client.post(f"/achievements/{logged.pk}/{verb}/", {"reason": "No"})
    assert response.status_code == 404
    logged.refresh_from_db()
    assert logged.status == Achievement.Status.SUBMITTED


def test_looking_changes_nothing(client, world, logged):
    client.force_login(world.lead)
    assert client.get(f"/achievements/{logged.pk}/publish/").status_code == 405


def test_a_lead_publishes_once(client, world, logged):
    client.force_login(world.lead)
    before = world.partnership.version
    for _ in range(2):
        client.post(f"/achievements/{logged.pk}/publish/")
    logged.refresh_from_db()
    world.partnership.refresh_from_db()
    assert logged.status == Achievement.Status.PUBLISHED
    assert logged.history.count() == 2
    # Logging raised it once as well, before the world's own copy was read again.
    assert world.partnership.version == before + 2
    assert "Lee Lead published it" in client.get(f"/achievements/{logged.pk}/").content.decode()


def test_a_draft_is_not_published(client, world):
    draft = AchievementFactory(partnership=world.partnership, status="draft")
    client.force_login(world.lead)
    page = client.post(f"/achievements/{draft.pk}/publish/", follow=True).content.decode()
    draft.refresh_from_db()
    assert draft.status == Achievement.Status.DRAFT
    assert "A draft is sent in before it is published." in page


def test_a_lead_returns_it_with_a_reason_that_its_author_sees(client, world, logged):
    client.force_login(world.lead)
    client.post(f"/achievements/{logged.pk}/return/", {"reason": "Which school was it?"})
    page = page_for(client, world.officer, f"/achievements/{logged.pk}/")
    assert "Which school was it?" in page
    assert "Lee Lead returned it" in page


def test_returning_without_a_reason_is_refused_at_the_field(client, world, logged):
    client.force_login(world.lead)
    response = client.post(f"/achievements/{logged.pk}/return/", {"reason": " "})
    assert response.context["form"].errors["reason"] == ["Say what should change."]
    logged.refresh_from_db()
    assert logged.status == Achievement.Status.SUBMITTED


# --- The list


def titles(client, person, query: str = "") -> list[str]:
    client.force_login(person)
    response = client.get(f"/achievements/{query}")
    assert response.status_code == 200
    return [row.title for row, _, _ in response.context["rows"]]


def test_the_list_holds_ones_own_partnerships_newest_first(client, world):
    AchievementFactory(partnership=world.partnership, title="First")
    AchievementFactory(partnership=world.partnership, title="Second")
    AchievementFactory(partnership=world.elsewhere, title="Elsewhere")
    assert titles(client, world.officer) == ["Second", "First"]
    assert titles(client, world.stranger) == ["Elsewhere"]


def test_the_list_is_narrowed_to_mine_to_a_term_and_to_a_priority(client, world):
    mine = AchievementFactory(partnership=world.partnership, title="Mine", logged_by=world.officer, term=world.term)
    mine.priorities.add(world.priority)
    AchievementFactory(partnership=world.partnership, title="Theirs", term=world.previous_term)
    assert titles(client, world.officer, "?whose=mine") == ["Mine"]
    assert titles(client, world.officer, "?term=2023-24-summer") == ["Theirs"]
    assert titles(client, world.officer, f"?priority={world.priority.pk}") == ["Mine"]
    assert titles(client, world.officer, "?term=nonsense&page=x&priority=x") == []


def test_the_list_is_narrowed_to_a_partnership_of_ones_own_only(client, world):
    AchievementFactory(partnership=world.partnership, title="Here")
    AchievementFactory(partnership=world.elsewhere, title="Elsewhere")
    assert titles(client, world.administrator, "?partnership=elsewhere") == ["Elsewhere"]
    client.force_login(world.officer)
    assert client.get("/achievements/?partnership=elsewhere").status_code == 404


def test_the_list_has_pages(client, world):
    AchievementFactory.create_batch(26, partnership=world.partnership)
    assert len(titles(client, world.officer)) == 25
    assert len(titles(client, world.officer, "?page=2")) == 1


def test_an_empty_list_says_how_to_start(client, world):
    assert "Nothing logged yet" in page_for(client, world.officer, "/achievements/")
    assert "Log an achievement" not in page_for(client, world.board_member, "/achievements/")


@pytest.mark.parametrize("rows", [1, 25])
def test_the_list_takes_the_same_queries_however_long_it_is(
    client, world, rows, django_assert_num_queries: DjangoAssertNumQueries
):
    for made in AchievementFactory.create_batch(rows, partnership=world.partnership, term=world.term):
        made.organisations.add(world.organisation)
    client.force_login(world.officer)
    with django_assert_num_queries(6):
        assert client.get("/achievements/").status_code == 200

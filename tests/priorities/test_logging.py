"""Logging an achievement: what is saved, what is refused and in which words, and how little it costs."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from partnerships.models import Role
from priorities.models import Achievement, Evidence
from priorities.services.achievements import AchievementWords, edit_achievement, log_achievement
from tests.factories import (
    AchievementFactory,
    OrganisationFactory,
    PriorityFactory,
    StrategyFactory,
    TermFactory,
    World,
)
from tests.priorities.samples import PDF, PLAIN_ZIP, answers, upload

NEW = "/achievements/new/"
TOKEN = "6b0f2a51-6f0e-4c3b-9d1f-0a4f5d8f7c21"
FORM = f"{NEW}?form={TOKEN}"


def sign_in(client: Client, person):
    client.force_login(person)
    return client


@pytest.fixture
def officer(client, world):
    return sign_in(client, world.officer)


def errors_of(response) -> dict[str, list[str]]:
    assert response.status_code == 200, response.status_code
    return dict(response.context["form"].errors)


def test_an_officer_logs_what_happened_when_who_and_what_for(officer, world):
    second = PriorityFactory(strategy=world.strategy, ref="2")
    posted = answers(
        world,
        organisations=[world.organisation.pk, world.partner.pk],
        priorities=[world.priority.pk, second.pk],
        quantity="50",
        quantity_qualifier="over",
        quantity_unit="pupils",
        evidence_link="https://www.example.org/fair",
    )
    response = officer.post(NEW, posted)
    saved = Achievement.objects.get()
    assert response.url == f"/achievements/{saved.pk}/?saved=new"
    assert (saved.title, saved.happened_on) == ("Fifty pupils met an employer", date(2022, 6, 16))
    assert (saved.quantity, saved.quantity_qualifier, saved.quantity_unit) == (50, "over", "pupils")
    assert set(saved.organisations.all()) == {world.organisation, world.partner}
    assert set(saved.priorities.all()) == {world.priority, second}
    assert saved.status == Achievement.Status.SUBMITTED
    assert saved.logged_by == world.officer
    assert saved.evidence.get().link == "https://www.example.org/fair"


def test_the_confirmation_says_what_was_saved_and_what_may_be_done_next(officer, world):
    page = officer.post(NEW, answers(world), follow=True).content.decode()
    saved = Achievement.objects.get()
    assert "The achievement is logged." in page
    assert "Fifty pupils met an employer" in page
    assert "16 June 2022" in page
    assert "/achievements/new/?partnership=harbour" in page
    assert f"/achievements/new/?like={saved.pk}" in page


def test_the_history_begins_with_one_row_that_holds_everything(officer, world):
    officer.post(NEW, answers(world, organisations=[world.organisation.pk, world.partner.pk]))
    row = Achievement.objects.get().history.get()
    assert (row.history_type, row.history_user, row.title) == ("+", world.officer, "Fifty pupils met an employer")
    assert {link.organisation_id for link in row.organisations.all()} == {world.organisation.pk, world.partner.pk}
    assert [link.priority_id for link in row.priorities.all()] == [world.priority.pk]


def test_logging_raises_the_partnerships_version(officer, world):
    before = world.partnership.version
    officer.post(NEW, answers(world))
    world.partnership.refresh_from_db()
    assert world.partnership.version == before + 1


def _queries_of_logging() -> int:
    # PostgreSQL is sent the links, the history and the version in one; SQLite, which is no trip away, one by one.
    # One of them has it found from then on.
    return 8 if connection.vendor == "postgresql" else 13


def test_logging_takes_a_pinned_number_of_queries(officer, world, django_assert_num_queries: DjangoAssertNumQueries):
    second = PriorityFactory(strategy=world.strategy, ref="2")
    posted = answers(
        world,
        organisations=[world.organisation.pk, world.partner.pk],
        priorities=[world.priority.pk, second.pk],
    )
    # User with access; what it may repeat; term, organisations and priorities; savepoint; achievement; two links;
    # history; its two links; what search finds; version; release. The session comes from the cache.
    with django_assert_num_queries(_queries_of_logging()):
        assert officer.post(NEW, posted).status_code == 302
    assert Achievement.objects.count() == 1


def test_logging_costs_the_same_however_much_was_logged_before(
    officer, world, django_assert_num_queries: DjangoAssertNumQueries
):
    PriorityFactory.create_batch(30, strategy=world.strategy)
    AchievementFactory.create_batch(30, partnership=world.partnership, logged_by=world.officer)
    with django_assert_num_queries(_queries_of_logging()):
        assert officer.post(NEW, answers(world)).status_code == 302


@pytest.mark.parametrize("rows", [1, 30])
def test_showing_the_form_takes_the_same_queries_however_long_its_lists(
    officer, world, rows, django_assert_num_queries: DjangoAssertNumQueries
):
    for priority in PriorityFactory.create_batch(rows, strategy=world.strategy):
        logged = AchievementFactory(partnership=world.partnership, logged_by=world.officer)
        logged.priorities.add(priority)
    # User with access; partnership; organisations; priorities; recently used; terms; units; what was not sent.
    with django_assert_num_queries(8):
        assert officer.get(FORM).status_code == 200


# --- The same form twice


def test_posting_twice_makes_one_record_and_shows_the_same_confirmation(officer, world):
    posted = answers(world)
    first, second = officer.post(NEW, posted), officer.post(NEW, posted)
    assert first.url == second.url
    assert Achievement.objects.count() == 1
    assert Achievement.objects.get().history.count() == 1


def test_the_address_holds_the_forms_token_so_that_going_back_brings_the_same_form(officer, world):
    opened = officer.get(f"{NEW}?partnership=harbour")
    assert opened.status_code == 302
    assert opened.url.startswith(f"{NEW}?partnership=harbour&form=")
    tokens = {officer.get(opened.url).context["form"].initial["form_token"] for _ in range(2)}
    assert tokens == {UUID(opened.url.rpartition("=")[2])}
    assert officer.get(NEW).url != officer.get(NEW).url
    assert officer.get(f"{NEW}?form=nonsense").status_code == 302


def test_posting_twice_keeps_one_file(officer, world, settings):
    posted = answers(world)
    for _ in range(2):
        officer.post(NEW, posted | {"evidence_file": upload(PDF, "fair.pdf")})
    assert Evidence.objects.count() == 1
    assert len([path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()]) == 1


def test_changed_words_sent_again_are_not_lost_in_silence(officer, world):
    posted = answers(world)
    officer.post(NEW, posted)
    page = officer.post(NEW, posted | {"title": "Sixty pupils met an employer"}, follow=True).content.decode()
    assert Achievement.objects.get().title == "Fifty pupils met an employer"
    assert "Sixty pupils met an employer" in page
    assert "The achievement is logged." not in page


def test_another_persons_token_does_not_open_their_record(client, world):
    posted = answers(world)
    sign_in(client, world.lead).post(NEW, posted)
    with pytest.raises(Exception, match=r"(?i)unique"):
        sign_in(client, world.officer).post(NEW, posted)
    assert Achievement.objects.get().logged_by == world.lead


# --- When


def test_the_term_comes_from_the_date_by_the_partnerships_own_calendar(officer, world):
    TermFactory(calendar__slug="elsewhere", code="2024-25-autumn", starts_on=date(2024, 9, 1))
    officer.post(NEW, answers(world, happened_on_0="10", happened_on_1="October", happened_on_2="2024"))
    assert Achievement.objects.get().term == world.term


def test_a_holiday_counts_in_the_term_before_it(officer, world):
    officer.post(NEW, answers(world, happened_on_0="1", happened_on_1="8", happened_on_2="2024"))
    assert Achievement.objects.get().term == world.previous_term


def test_a_date_before_the_calendar_begins_counts_in_no_term(officer, world):
    officer.post(NEW, answers(world, happened_on_2="2001"))
    assert Achievement.objects.get().term is None


def test_a_period_stands_in_for_a_day_that_is_not_known(officer, world):
    officer.post(NEW, answers(world, happened_on_0="", happened_on_1="", happened_on_2="", period="2024-25-autumn"))
    saved = Achievement.objects.get()
    assert (saved.happened_on, saved.period, saved.term) == (None, "2024-25-autumn", world.term)


def test_today_is_not_the_future(officer, world):
    today = timezone.localdate()
    posted = answers(world, happened_on_0=str(today.day), happened_on_1=str(today.month), happened_on_2=str(today.year))
    assert officer.post(NEW, posted).status_code == 302


# --- What is refused, at the field and in plain words

TOMORROW = timezone.localdate() + timedelta(days=2)
NO_DAY = {"happened_on_0": "", "happened_on_1": "", "happened_on_2": ""}


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"title": ""}, "title", "Enter what happened"),
        ({"title": "x" * 301}, "title", "300"),
        (NO_DAY, "happened_on", "Enter the date it happened, like 16 6 2022"),
        ({"happened_on_0": "31", "happened_on_1": "2"}, "happened_on", "real date"),
        ({"happened_on_0": ""}, "happened_on", "include a day"),
        ({"happened_on_2": "22"}, "happened_on", "year of four figures"),
        ({"happened_on_2": "1789"}, "happened_on", "1990"),
        (
            {
                "happened_on_0": str(TOMORROW.day),
                "happened_on_1": str(TOMORROW.month),
                "happened_on_2": str(TOMORROW.year),
            },
            "happened_on",
            "today or in the past",
        ),
        ({"period": "2021-22"}, "period", "not both"),
        (NO_DAY | {"period": "next year"}, "period", "from the list"),
        (NO_DAY | {"period": "2150"}, "period", "today or in the past"),
        ({"organisations": None}, "organisations", "Choose who was involved"),
        ({"organisations": ["a"]}, "organisations", "valid choice"),
        ({"priorities": None}, "priorities", "Choose at least one priority"),
        ({"quantity": "50"}, "quantity_unit", "Say what the number counts"),
        ({"quantity_unit": "pupils"}, "quantity", "Enter how many"),
        ({"quantity_qualifier": "over"}, "quantity", "Enter how many"),
        ({"quantity": "many", "quantity_unit": "pupils"}, "quantity", "whole number"),
        ({"quantity": "-1", "quantity_unit": "pupils"}, "quantity", "0 or more"),
        ({"quantity": "9" * 12, "quantity_unit": "pupils"}, "quantity", "under"),
        ({"evidence_link": "javascript:alert(1)"}, "evidence_link", "whole web address"),
        ({"evidence_link": "ftp://example.org/a"}, "evidence_link", "whole web address"),
        ({"evidence_link": "a page"}, "evidence_link", "whole web address"),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(officer, world, changed, field, words):
    problems = errors_of(officer.post(NEW, answers(world, **changed)))
    assert words in " ".join(problems[field])
    assert set(problems) == {field}
    assert not Achievement.objects.exists()


def test_all_that_is_wrong_is_said_at_once(officer, world):
    problems = errors_of(officer.post(NEW, {"partnership": world.partnership.pk, "form_token": str(uuid4())}))
    assert set(problems) == {"title", "happened_on", "organisations", "priorities"}


def test_what_was_typed_is_kept_and_a_file_is_asked_for_again(officer, world):
    posted = answers(world, title="Kept words", quantity="50", evidence_link="https://www.example.org/kept")
    page = officer.post(NEW, posted | {"evidence_file": upload(PDF, "fair.pdf")}).content.decode()
    assert "Kept words" in page
    assert "https://www.example.org/kept</textarea>" in page
    assert 'value="50"' in page
    assert str(posted["form_token"]) in page
    assert "Choose the files again" in page
    assert f'value="{world.priority.pk}" checked' in page


def test_a_part_with_an_error_is_open(officer, world):
    page = officer.post(NEW, answers(world, quantity="50")).content.decode()
    part = page[: page.index("Add a number")].rindex("<details")
    assert page[part:].startswith('<details class="govuk-details" open>')


@pytest.mark.parametrize("which", ["foreign", "missing"])
def test_a_priority_of_another_partnership_is_refused_like_one_that_is_not_there(officer, world, which):
    foreign = PriorityFactory(strategy=StrategyFactory(partnership=world.elsewhere), title="A secret aim")
    pk = foreign.pk if which == "foreign" else 987654
    response = officer.post(NEW, answers(world, priorities=[world.priority.pk, pk]))
    assert errors_of(response)["priorities"] == ["Choose from the priorities in the list."]
    assert "A secret aim" not in response.content.decode()
    assert not Achievement.objects.exists()


def test_an_organisation_outside_the_partnership_is_refused(officer, world):
    response = officer.post(NEW, answers(world, organisations=[OrganisationFactory().pk]))
    assert errors_of(response)["organisations"] == ["Choose from the partners in the list."]


def test_a_refused_file_is_refused_at_the_field_and_nothing_is_saved(officer, world, settings):
    response = officer.post(NEW, answers(world) | {"evidence_file": upload(PLAIN_ZIP, "report.pdf")})
    assert "The file must be a PDF" in errors_of(response)["evidence_file"][0]
    assert not Achievement.objects.exists()
    assert not settings.MEDIA_ROOT.exists()


def test_only_the_forms_own_fields_are_taken(officer, world):
    officer.post(
        NEW,
        answers(world, status="published", is_published="on", logged_by=world.lead.pk, ref="X", source="Y"),
    )
    saved = Achievement.objects.get()
    assert (saved.status, saved.logged_by, saved.ref, saved.source) == ("submitted", world.officer, "", "")


# --- Who


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("lead", 200), ("administrator", 200), ("board_member", 404)],
)
def test_who_may_open_the_form(client, world, person, status):
    response = sign_in(client, getattr(world, person)).get(f"{FORM}&partnership=harbour")
    assert response.status_code == status


@pytest.mark.parametrize("person", ["board_member", "stranger"])
def test_who_may_not_log_gets_not_found_and_saves_nothing(client, world, person):
    sign_in(client, getattr(world, person))
    assert client.get(f"{FORM}&partnership=harbour").status_code == 404
    assert client.post(NEW, answers(world)).status_code == 404
    assert not Achievement.objects.exists()


def test_someone_not_signed_in_is_asked_to(client, world):
    assert client.get(NEW).url.startswith("/sign-in/")
    assert client.post(NEW, answers(world)).url.startswith("/sign-in/")


@pytest.mark.parametrize("partnership", ["", "x", "999999999999999999999", "0"])
def test_a_form_for_no_partnership_is_not_found(officer, world, partnership):
    assert officer.post(NEW, answers(world, partnership=partnership)).status_code == 404


@pytest.mark.parametrize("partnership", ["987654", "999999999999999999999"])
def test_an_administrator_too_logs_only_in_a_partnership_that_exists(client, world, partnership):
    sign_in(client, world.administrator)
    assert client.post(NEW, answers(world, partnership=partnership)).status_code == 404


def test_a_lead_may_publish_at_once(client, world):
    sign_in(client, world.lead).post(NEW, answers(world, is_published="on"))
    assert Achievement.objects.get().status == Achievement.Status.PUBLISHED


def test_own_organisation_is_ticked_to_begin_with(officer, world):
    page = officer.get(FORM)
    assert page.context["form"].initial["organisations"] == [world.organisation.pk]


def test_someone_of_two_partnerships_is_asked_which_first(officer, world):
    Role.objects.create(user=world.officer, kind="lead", partnership=world.elsewhere)
    page = officer.get(FORM).content.decode()
    assert "In which partnership?" in page
    assert "?partnership=harbour" in page
    assert "?partnership=elsewhere" in page
    assert "What happened?" in officer.get(f"{FORM}&partnership=harbour").content.decode()


def test_recently_used_priorities_come_first(officer, world):
    PriorityFactory.create_batch(3, strategy=world.strategy)
    used = PriorityFactory(strategy=world.strategy, ref="99", title="The one used last")
    officer.post(NEW, answers(world, priorities=[used.pk]))
    groups = officer.get(FORM).context["form"].fields["priorities"].choices
    assert groups[0] == ("Used recently", [(used.pk, "99 The one used last")])


def test_closed_priorities_are_not_offered(officer, world):
    PriorityFactory(strategy=world.strategy, title="Long over", status="closed")
    assert "Long over" not in officer.get(FORM).content.decode()


def test_a_partnership_without_priorities_says_what_to_do(client, world):
    page = sign_in(client, world.stranger).get(FORM).content.decode()
    assert "There are no priorities to log against yet" in page


# --- One like this


def test_one_like_this_is_filled_in_but_for_its_day_and_evidence(officer, world):
    officer.post(NEW, answers(world, quantity="50", quantity_unit="pupils"))
    saved = Achievement.objects.get()
    form = officer.get(f"{FORM}&like={saved.pk}").context["form"]
    assert form.initial["title"] == saved.title
    assert (form.initial["quantity"], form.initial["quantity_unit"]) == (50, "pupils")
    assert form.initial["priorities"] == [world.priority.pk]
    assert "happened_on" not in form.initial
    assert form.initial["form_token"] == UUID(TOKEN)


def test_one_like_anothers_is_not_found(client, world):
    secret = AchievementFactory(partnership=world.partnership, title="A canary")
    sign_in(client, world.stranger)
    assert client.get(f"{FORM}&like={secret.pk}").status_code == 404
    assert client.get(f"{FORM}&like=x").status_code == 404


# --- The service itself


def words_for(world: World, **changed) -> AchievementWords:
    given: dict[str, Any] = {
        "title": "It happened",
        "happened_on": date(2024, 10, 1),
        "organisation_ids": frozenset([world.organisation.pk]),
        "priority_ids": frozenset([world.priority.pk]),
    }
    return AchievementWords(**(given | changed))


def test_the_service_checks_for_itself(world):
    with pytest.raises(ValidationError) as refused:
        log_achievement(
            by=world.officer,
            partnership_id=world.partnership.pk,
            words=words_for(world, title=" ", quantity=3),
            form_token=uuid4(),
            at=timezone.now(),
        )
    assert set(refused.value.message_dict) == {"title", "quantity_unit"}


def test_the_london_date_decides_what_is_in_the_future(world):
    summer_night = datetime.fromisoformat("2024-08-31T23:30:00+00:00")
    saved, _ = log_achievement(
        by=world.officer,
        partnership_id=world.partnership.pk,
        words=words_for(world, happened_on=date(2024, 9, 1)),
        form_token=uuid4(),
        at=summer_night,
    )
    assert saved.happened_on == date(2024, 9, 1)


def test_a_published_achievement_is_not_edited(world):
    published = AchievementFactory(partnership=world.partnership, status="published")
    with pytest.raises(ValidationError, match="return it first"):
        edit_achievement(achievement=published, by=world.lead, words=words_for(world), at=timezone.now())

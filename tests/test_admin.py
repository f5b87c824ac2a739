"""The administration pages: who finds them, what they may change, and what a change does beside itself."""

import json
import re
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, Settings

from partnerships.models import Calendar, Partnership, User
from priorities.models import (
    Achievement,
    Activity,
    ActivityUpdate,
    Alignment,
    LinkedStrategy,
    Metric,
    News,
    Objective,
    PartnershipObjective,
    Principle,
    Priority,
    Reading,
    Series,
    Strategy,
    Theme,
)
from reports.models import BoardQuestion, Report, Return, ReturnEntry
from tests.factories import (
    PASSWORD,
    AchievementFactory,
    ActivityFactory,
    GroupReadingFactory,
    MeasureUseFactory,
    MetricFactory,
    ObjectiveFactory,
    OutcomeFactory,
    PlannedStepFactory,
    PriorityFactory,
    ReturnEntryFactory,
    ReturnFactory,
    StrategyFactory,
    ThemeFactory,
    UserFactory,
    VoiceFactory,
    World,
)

# Django's own admin templates name variables that are not there.
pytestmark = pytest.mark.ignore_template_errors

PORTAL_APPS = {"partnerships", "priorities", "reports"}
MOST_QUERIES = 8


@pytest.fixture(autouse=True)
def rows_fetched_by_formsets(settings: Settings) -> None:
    """Django's formsets fetch each row that they check; the lists, which have none, are held to a count."""
    settings.ZEAL_ALLOWLIST = [{"model": "*", "field": "get()"}]


@pytest.fixture
def administrator(world: World) -> Client:
    client = Client()
    client.force_login(world.administrator)
    return client


def page(model: type[Model], name: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def filled_in(response: Any) -> dict[str, Any]:
    """What a browser would send back from a change form that nobody touched."""
    forms = [response.context["adminform"].form]
    data: dict[str, Any] = {}
    for formset in response.context["inline_admin_formsets"]:
        forms += [formset.formset.management_form, *formset.formset.initial_forms]
    for form in forms:
        for bound in form:
            value = bound.value()
            if isinstance(value, bool):
                data |= {bound.html_name: "on"} if value else {}
            elif value is not None:
                data[bound.html_name] = [str(each) for each in value] if isinstance(value, list) else str(value)
    return data


def fill_the_world(world: World) -> None:
    """Several rows of what the long lists show, so that a query for each row would be noticed."""
    theme = ThemeFactory(strategy=world.strategy)
    for number in range(3):
        priority = PriorityFactory(strategy=world.strategy, theme=theme)
        objective = ObjectiveFactory(priority=priority)
        activity = ActivityFactory(objective=objective, lead=world.organisation, owner=world.officer)
        ActivityUpdate.objects.create(
            activity=activity, term=world.term, status="under_way", rag="on_track", words="Going.", author=world.officer
        )
        OutcomeFactory(priority=priority, objective=objective)
        MeasureUseFactory(objective=objective, metric=MetricFactory())
        GroupReadingFactory(area=world.partnership.area)
        VoiceFactory(objective=objective, outcome=None)
        AchievementFactory(partnership=world.partnership, term=world.term, logged_by=UserFactory())
        Report.objects.create(
            round=world.round,
            version=number + 1,
            correction_reason="A figure was wrong.",
            requested_by=world.lead,
            requested_at="2024-12-01T10:00Z",
        )
        entry = ReturnEntryFactory(return_of=ReturnFactory(round=world.round), priority=priority)
        PlannedStepFactory(entry=entry)


def addresses(world: World) -> list[str]:
    """Every kind of address that the administration has, and some that it has not."""
    of_models = [
        page(model, name, *([1] if name in ("change", "delete", "history") else []))
        for model in admin.site._registry
        for name in ("changelist", "add", "change", "delete", "history")
    ]
    of_the_site = [
        reverse(f"admin:{name}")
        for name in ("index", "password_change", "password_change_done", "autocomplete", "jsi18n")
    ]
    others = [
        reverse("admin:app_list", args=["priorities"]),
        reverse("admin:view_on_site", args=[1, 1]),
        reverse("admin:auth_user_password_change", args=[world.officer.pk]),
        page(Priority, "simple_history", world.priority.pk, 1),
        "/admin/no/such/page/",
    ]
    return [*of_models, *of_the_site, *others]


@pytest.mark.parametrize("person", ["officer", "lead", "board_member", "stranger"])
def test_who_is_no_administrator_finds_nothing(world: World, client: Client, person: str) -> None:
    client.force_login(getattr(world, person))
    for address in [*addresses(world), reverse("admin:login"), reverse("admin:logout")]:
        for answer in (client.get(address), client.post(address)):
            assert answer.status_code == 404, address
            assert b"Page not found" in answer.content
    assert client.get("/").context["user"] == getattr(world, person), "signed out by an address that is not there"


def test_every_address_leads_whoever_is_not_signed_in_to_the_portals_own_door(world: World, client: Client) -> None:
    door = reverse("sign-in")
    for address in addresses(world):
        for answer in (client.get(address), client.post(address)):
            assert (answer.status_code, answer["Location"]) == (302, f"{door}?next={address}")
    searched = client.get(page(Priority, "changelist"), {"q": "jobs", "p": "2"})
    assert searched["Location"] == f"{door}?next={page(Priority, 'changelist')}%3Fq%3Djobs%26p%3D2"
    assert client.get("/admin")["Location"] == "/admin/"
    assert client.get(reverse("admin:login"))["Location"] == f"{door}?next=/admin/"


def test_whoever_signs_in_there_comes_to_what_was_asked_for(world: World, client: Client) -> None:
    world.administrator.set_password(PASSWORD)
    world.administrator.save()
    address = page(Priority, "change", world.priority.pk)
    asked = client.get(address)
    answer = client.post(asked["Location"], {"username": world.administrator.email, "password": PASSWORD})
    assert answer["Location"] == address
    assert client.get(address).status_code == 200


def test_signing_out_of_the_administration_leaves_the_portal(administrator: Client) -> None:
    assert administrator.get(reverse("admin:logout"))["Location"] == "/admin/"
    assert administrator.get("/admin/").status_code == 200
    administrator.post(reverse("admin:logout"))
    assert administrator.get("/admin/").status_code == 302


def test_everything_a_person_may_need_is_there() -> None:
    # Rows that exist only within their parent, or are kept copies or bookkeeping.
    within = {"arealink", "areaneighbour", "membership", "meeting", "role", "seat", "measureuse", "series"}
    within |= {
        "returnentry",
        "returnline",
        "entrycomment",
        "draft",
        "heldfile",
        "updatesheet",
        "reportfile",
        "publicfile",
        "delivery",
    }
    within |= {"searchdocument", "searchword"}
    models = [model for app in PORTAL_APPS for model in apps.get_app_config(app).get_models()]
    missing = {
        model._meta.model_name
        for model in models
        if not admin.site.is_registered(model) and not hasattr(model, "instance_type")
    }
    assert missing - within == set()


def test_every_form_opens_with_a_sentence() -> None:
    silent = [
        f"{model._meta.label}: {name}"
        for model, page_of in admin.site._registry.items()
        if model._meta.app_label in PORTAL_APPS and page_of.fieldsets
        for name, options in page_of.fieldsets
        if not str(options.get("description", "")).endswith(".")
    ]
    assert silent == []


def test_lists_stay_within_eight_queries_however_long(
    world: World, administrator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    fill_the_world(world)
    for model in admin.site._registry:
        if model._meta.app_label in PORTAL_APPS:
            with django_assert_max_num_queries(MOST_QUERIES, info=model._meta.label):
                assert administrator.get(page(model, "changelist")).status_code == 200


def test_every_page_opens_searches_and_adds(world: World, administrator: Client) -> None:
    fill_the_world(world)
    for model, page_of in admin.site._registry.items():
        assert administrator.get(page(model, "changelist"), {"q": "a"}).status_code == 200, model
        row = model._default_manager.first()
        if row is not None:
            assert administrator.get(page(model, "change", row.pk)).status_code == 200, model
            assert administrator.get(page(model, "history", row.pk)).status_code == 200, model
        request = administrator.get("/admin/").wsgi_request
        if page_of.has_add_permission(request):
            assert administrator.get(page(model, "add")).status_code == 200, model


def test_an_administrator_renames_a_priority(world: World, administrator: Client) -> None:
    ThemeFactory(strategy=world.strategy)
    address = page(Priority, "change", world.priority.pk)
    before = world.partnership.version
    data = filled_in(administrator.get(address)) | {"title": "Good first jobs for all"}
    response = administrator.post(address, data)
    assert response.status_code == 302, response.context["errors"]
    world.priority.refresh_from_db()
    world.partnership.refresh_from_db()
    assert world.priority.title == "Good first jobs for all"
    assert world.partnership.version > before
    record = world.priority.history.first()
    assert (record.title, record.history_user) == ("Good first jobs for all", world.administrator)
    assert b"Better first jobs" in administrator.get(page(Priority, "history", world.priority.pk)).content


def test_an_earlier_state_of_a_priority_is_restored(world: World, administrator: Client) -> None:
    first = world.priority.history.first()
    world.priority.title = "Spoilt"
    world.priority.save()
    version = Partnership.objects.get(pk=world.partnership.pk).version
    address = page(Priority, "simple_history", world.priority.pk, first.history_id)
    shown = administrator.get(address)
    data = {bound.html_name: bound.value() or "" for bound in shown.context["adminform"].form}
    assert administrator.post(address, data).status_code == 302
    world.priority.refresh_from_db()
    assert world.priority.title == "Better first jobs"
    assert Partnership.objects.get(pk=world.partnership.pk).version > version


def test_a_shared_thing_changes_every_dashboard(world: World, administrator: Client) -> None:
    before = dict(Partnership.objects.values_list("pk", "version"))
    address = page(Calendar, "change", world.partnership.calendar.pk)
    assert administrator.post(address, filled_in(administrator.get(address))).status_code == 302
    after = dict(Partnership.objects.values_list("pk", "version"))
    assert len(after) == 2
    assert all(after[pk] > version for pk, version in before.items())


def test_a_partnerships_own_form_never_takes_its_version_back(world: World, administrator: Client) -> None:
    address = page(Partnership, "change", world.partnership.pk)
    data = filled_in(administrator.get(address)) | {"summary": "Jobs by the sea."}
    versions = [Partnership.objects.get(pk=world.partnership.pk).version]
    for _ in range(2):
        assert administrator.post(address, data).status_code == 302
        versions.append(Partnership.objects.get(pk=world.partnership.pk).version)
    assert all(earlier < later for earlier, later in pairwise(versions))
    assert Partnership.objects.get(pk=world.partnership.pk).summary == "Jobs by the sea."


def test_a_form_leaves_the_kept_copies_beside_it_alone(world: World, administrator: Client) -> None:
    address = page(Activity, "change", world.activity.pk)
    data = filled_in(administrator.get(address)) | {"title": "Sign up more employers"}
    Activity.objects.filter(pk=world.activity.pk).update(latest_rag="at_risk", trail={"2024-25-autumn": "x"})
    assert administrator.post(address, data).status_code == 302
    world.activity.refresh_from_db()
    assert (world.activity.title, world.activity.latest_rag) == ("Sign up more employers", "at_risk")
    assert world.activity.trail == {"2024-25-autumn": "x"}


def test_an_activity_added_to_an_objective_belongs_to_its_priority(world: World, administrator: Client) -> None:
    address = page(Objective, "change", world.objective.pk)
    data = filled_in(administrator.get(address))
    data |= {
        "activities-TOTAL_FORMS": "2",
        "activities-1-ref": "1.1(b)",
        "activities-1-title": "Meet them",
        "activities-1-position": "2",
        "activities-1-objective": str(world.objective.pk),
    }
    assert administrator.post(address, data).status_code == 302
    assert Activity.objects.get(ref="1.1(b)").priority == world.priority
    clashing = data | {"activities-1-ref": world.activity.ref}
    response = administrator.post(address, clashing)
    assert b"Another activity has this reference." in response.content


def test_what_something_hangs_on_is_not_deleted(world: World, administrator: Client) -> None:
    AchievementFactory(partnership=world.partnership).priorities.add(world.priority)
    response = administrator.post(page(Priority, "delete", world.priority.pk), {"post": "yes"})
    shown = response.content.decode()
    assert "cannot be deleted, because something is recorded against it or hangs on it" in shown
    assert "Objective: 1.1 More work placements" in shown
    assert re.search(r"Achievement: Achievement \d+", shown)
    assert Priority.objects.filter(pk=world.priority.pk).exists()
    chosen = {"action": "delete_selected", "_selected_action": [world.priority.pk], "post": "yes"}
    administrator.post(page(Priority, "changelist"), chosen)
    assert Priority.objects.filter(pk=world.priority.pk).exists()


def whole_strategy(world: World) -> Strategy:
    """A strategy with something of everything that one states and plans, of which nothing is recorded yet."""
    strategy: Strategy = StrategyFactory(partnership=world.partnership, title="Typed by mistake")
    theme = ThemeFactory(strategy=strategy)
    priority = PriorityFactory(strategy=strategy, theme=theme)
    objective = ObjectiveFactory(priority=priority)
    ActivityFactory(objective=objective)
    OutcomeFactory(priority=priority, objective=objective)
    metric = MetricFactory()
    MeasureUseFactory(objective=objective, metric=metric)
    metric.context_for.add(strategy)
    LinkedStrategy.objects.create(strategy=strategy, ref="other", title="Other", relation="delivers").themes.add(theme)
    for model in (Principle, News, PartnershipObjective):
        model.objects.create(strategy=strategy, ref="1", title="One")
    Alignment.objects.create(from_strategy=strategy, from_priority=priority, to_strategy=world.strategy)
    return strategy


def test_a_strategy_of_which_nothing_is_recorded_is_deleted_whole(world: World, administrator: Client) -> None:
    strategy = whole_strategy(world)
    # The round that opened meanwhile asks about it, and nobody has answered.
    asked = ReturnEntryFactory(
        return_of=ReturnFactory(round=world.round, organisation=world.organisation),
        priority=strategy.priorities.get(),
        intended_outcomes="As the strategy has it",
    )
    before = Partnership.objects.get(pk=world.partnership.pk).version
    address = page(Strategy, "delete", strategy.pk)
    shown = administrator.get(address).content.decode()
    assert "Are you sure" in shown
    assert "Objectives: 1" in shown
    assert administrator.post(address, {"post": "yes"}).status_code == 302
    assert not Strategy.objects.filter(pk=strategy.pk).exists()
    assert not Theme.objects.filter(strategy=strategy.pk).exists()
    assert Metric.objects.count() == 1
    assert Strategy.objects.filter(pk=world.strategy.pk).exists()
    assert Partnership.objects.get(pk=world.partnership.pk).version > before
    for model, pk in ((Strategy, strategy.pk), (ReturnEntry, asked.pk)):
        record = model.history.filter(id=pk).latest("history_id")
        assert (record.history_type, record.history_user) == ("-", world.administrator)


def test_several_strategies_are_deleted_together(world: World, administrator: Client) -> None:
    strategies = [whole_strategy(world).pk, StrategyFactory(partnership=world.partnership).pk]
    chosen = {"action": "delete_selected", "_selected_action": strategies, "post": "yes"}
    administrator.post(page(Strategy, "changelist"), chosen)
    assert not Strategy.objects.filter(pk__in=strategies).exists()


def tagged(world: World, priority: Priority) -> None:
    AchievementFactory(partnership=world.partnership, title="A fair").priorities.add(priority)


def stated(world: World, priority: Priority) -> None:
    AchievementFactory(partnership=world.partnership, title="A fair", strategy=priority.strategy)


def updated(world: World, priority: Priority) -> None:
    activity = priority.activities.get()
    ActivityUpdate.objects.create(activity=activity, term=world.term, status="done", rag="done", author=world.officer)


def written_of(world: World, priority: Priority) -> None:
    ReturnEntryFactory(return_of=ReturnFactory(round=world.round), priority=priority, activity="We met")


def sent_in(world: World, priority: Priority) -> None:
    ReturnEntryFactory(return_of=ReturnFactory(round=world.round, status="approved"), priority=priority)


def asked_about(world: World, priority: Priority) -> None:
    BoardQuestion.objects.create(round=world.round, priority=priority, text="Why so late?", asked_by=world.board_member)


def published(world: World, priority: Priority) -> None:
    Report.objects.create(
        round=world.round,
        version=1,
        status="published",
        sha256="0" * 64,
        snapshot=json.dumps({"priorities": [{"id": priority.pk}]}),
        requested_at="2024-12-01T10:00Z",
        published_at="2024-12-02T10:00Z",
    )


@pytest.mark.parametrize(
    ("record", "words"),
    [
        (tagged, "Achievement: A fair"),
        (stated, "Achievement: A fair"),
        (updated, "Activity update: "),
        (written_of, "Return entry: "),
        (sent_in, "Return entry: "),
        (asked_about, "Board question: Why so late?"),
        (published, "Report: "),
    ],
)
def test_a_strategy_with_something_recorded_stays_and_says_why(
    world: World, administrator: Client, record: Callable[[World, Priority], None], words: str
) -> None:
    strategy = whole_strategy(world)
    record(world, strategy.priorities.get())
    address = page(Strategy, "delete", strategy.pk)
    for response in (administrator.get(address), administrator.post(address, {"post": "yes"})):
        shown = response.content.decode()
        assert "“Typed by mistake” cannot be deleted" in shown
        assert words in shown
        assert shown.count("<li>") - shown.partition('<ul id="deleted-objects">')[0].count("<li>") == 1, "named once"
    assert Strategy.objects.filter(pk=strategy.pk).exists()


def test_many_things_in_the_way_are_counted_and_the_first_named(
    world: World, administrator: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    strategy = whole_strategy(world)
    priority = strategy.priorities.get()
    activities = ActivityFactory.create_batch(14, objective=priority.objectives.get())
    for activity in activities:
        ActivityUpdate.objects.create(
            activity=activity, term=world.term, status="done", rag="done", author=world.officer
        )
    with django_assert_max_num_queries(41):
        shown = administrator.get(page(Strategy, "delete", strategy.pk)).content.decode()
    assert shown.count("Activity update: ") == 4
    assert "Activity update: 11 more" in shown


def test_what_nothing_hangs_on_is_deleted_and_the_dashboard_told(world: World, administrator: Client) -> None:
    achievement = AchievementFactory(partnership=world.partnership)
    achievement.priorities.add(world.priority)
    before = world.partnership.version
    administrator.post(page(Achievement, "delete", achievement.pk), {"post": "yes"})
    assert not Achievement.objects.filter(pk=achievement.pk).exists()
    assert Partnership.objects.get(pk=world.partnership.pk).version > before


@pytest.mark.parametrize("status", ["submitted", "approved"])
def test_a_return_that_was_sent_is_only_shown(world: World, administrator: Client, status: str) -> None:
    sent = ReturnFactory(round=world.round, status=status)
    address = page(Return, "change", sent.pk)
    response = administrator.get(address)
    assert response.context["has_change_permission"] is False
    assert administrator.post(address, {"author_role": "Someone else"}).status_code == 403
    assert administrator.post(page(Return, "delete", sent.pk), {"post": "yes"}).status_code == 403


def test_a_published_report_is_only_shown(world: World, administrator: Client) -> None:
    report = Report.objects.create(
        round=world.round,
        version=1,
        status="published",
        sha256="0" * 64,
        requested_by=world.lead,
        requested_at="2024-12-01T10:00Z",
        published_at="2024-12-02T10:00Z",
    )
    address = page(Report, "change", report.pk)
    assert administrator.get(address).status_code == 200
    assert administrator.post(address, {"status": "draft"}).status_code == 403
    assert administrator.post(page(Report, "delete", report.pk), {"post": "yes"}).status_code == 403


def test_an_update_written_here_reaches_the_activitys_row(world: World, administrator: Client) -> None:
    data = {
        "activity": world.activity.pk,
        "term": world.term.pk,
        "status": "under_way",
        "rag": "at_risk",
        "words": "Ten employers so far.",
        "reason": "Two withdrew; we are asking five more.",
        "evidence-TOTAL_FORMS": "0",
        "evidence-INITIAL_FORMS": "0",
    }
    refused = administrator.post(page(ActivityUpdate, "add"), data | {"reason": ""})
    assert b"Say why it is at risk or off track" in refused.content
    assert administrator.post(page(ActivityUpdate, "add"), data).status_code == 302
    world.activity.refresh_from_db()
    assert (world.activity.latest_rag, world.activity.latest_term) == ("at_risk", "2024-25-autumn")
    update = ActivityUpdate.objects.get()
    assert update.author == world.administrator
    address = page(ActivityUpdate, "change", update.pk)
    assert administrator.post(address, data | {"rag": "on_track", "reason": ""}).status_code == 302
    world.activity.refresh_from_db()
    assert (world.activity.latest_rag, ActivityUpdate.objects.count()) == ("on_track", 1)


def test_a_reading_written_here_reaches_the_series_and_leaves_it_again(world: World, administrator: Client) -> None:
    metric = MetricFactory(unit="days")
    data = {"metric": metric.pk, "area": world.partnership.area.pk, "period": "2023-24", "status": "final"}
    refused = administrator.post(page(Reading, "add"), data | {"value": "-1"})
    assert refused.status_code == 200, "less than none was taken"
    assert administrator.post(page(Reading, "add"), data | {"value": "12.5"}).status_code == 302
    reading = Reading.objects.get()
    assert reading.recorded_by == world.administrator
    assert [point["value"] for point in Series.objects.get(metric=metric).points] == ["12.5"]
    address = page(Reading, "change", reading.pk)
    assert administrator.post(address, data | {"value": "13.5"}).status_code == 302
    assert [point["value"] for point in Series.objects.get(metric=metric).points] == ["13.5"]
    administrator.post(page(Reading, "delete", reading.pk), {"post": "yes"})
    assert not Series.objects.filter(metric=metric).exists()


def test_a_person_is_added_with_a_password_or_without(world: World, administrator: Client) -> None:
    data = {"email": "New.Person@Example.org", "name": "New Person", "usable_password": "true"}
    passwords = {"password1": "battery staple horse", "password2": "battery staple horse"}
    assert administrator.post(page(User, "add"), data | passwords).status_code == 302
    person = User.objects.get(email="new.person@example.org")
    assert person.check_password("battery staple horse")
    other = data | {"email": "other@example.org", "usable_password": "false"}
    assert administrator.post(page(User, "add"), other).status_code == 302
    assert not User.objects.get(email="other@example.org").has_usable_password()


def test_a_person_made_administrator_may_edit_everything(world: World, administrator: Client) -> None:
    address = page(User, "change", world.lead.pk)
    data = filled_in(administrator.get(address)) | {"is_staff": "on"}
    assert administrator.post(address, data).status_code == 302
    world.lead.refresh_from_db()
    assert world.lead.is_superuser
    assert world.lead.roles.count() == 1


def test_administrators_do_not_lock_themselves_out(world: World, administrator: Client) -> None:
    address = page(User, "change", world.administrator.pk)
    data = {key: value for key, value in filled_in(administrator.get(address)).items() if key != "is_staff"}
    assert administrator.post(address, data).status_code == 302
    world.administrator.refresh_from_db()
    assert world.administrator.is_staff
    assert world.administrator.is_active


def test_an_achievement_logged_here_counts_in_the_term_of_its_date(world: World, administrator: Client) -> None:
    data = {
        "partnership": world.partnership.pk,
        "title": "Career fair",
        "happened_on": date(2024, 10, 10).isoformat(),
        "status": "published",
        "position": "0",
        "priorities": [world.priority.pk],
        "organisations": [world.organisation.pk],
        "evidence-TOTAL_FORMS": "0",
        "evidence-INITIAL_FORMS": "0",
    }
    assert administrator.post(page(Achievement, "add"), data).status_code == 302
    made = Achievement.objects.get(title="Career fair")
    assert (made.term, made.logged_by) == (world.term, world.administrator)
    foreign = PriorityFactory()
    refused = administrator.post(page(Achievement, "add"), data | {"priorities": [foreign.pk]})
    assert b"belongs to another partnership" in refused.content


def test_the_pages_are_in_british_english_and_lead_back_to_the_portal(administrator: Client) -> None:
    shown = administrator.get("/admin/").content.decode()
    assert '<html lang="en-gb"' in shown
    assert "WESP Portal administration" in shown
    assert '<a href="/">' in shown

"""The demonstration: whom it invents, what they did around a day, and that it is never taken for the real thing."""

import re
from collections import Counter
from datetime import date, datetime, time
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from partnerships.models import Meeting, Partnership, Term, User
from partnerships.services import load_partnerships, read_partnerships
from priorities.models import Achievement, Activity, ActivityUpdate, Metric, Objective, Reading, Strategy
from priorities.services import check_activities, check_series
from reports.models import (
    BoardQuestion,
    Decision,
    Delivery,
    EntryComment,
    PlannedStep,
    Report,
    Return,
    ReturnEntry,
    Round,
)
from reports.services import demo
from reports.services.demo.people import PARTNERSHIPS
from reports.services.shipped import load_all
from tests.factories import (
    ActivityFactory,
    MeasureUseFactory,
    MetricFactory,
    ObjectiveFactory,
    PriorityFactory,
    StrategyFactory,
)

AUTUMN = date(2026, 10, 20)
DAYS = {
    "in the middle of a term": AUTUMN,
    "the first day of a term": date(2026, 9, 1),
    "the last day of a term": date(2026, 7, 21),
    "a holiday": date(2026, 8, 10),
    "a half term": date(2026, 2, 18),
    "the first term there is": date(2021, 9, 20),
}
SLUGS = {"wesp", "wigan-education-partnership", "progress-with-unity", "lancashire-skills", "west-lancashire"}


@pytest.fixture(autouse=True)
def demonstration(settings: Settings) -> None:
    settings.IS_DEMONSTRATION = True
    # A slow hash has nothing to do with what is tested here.
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def all_five(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The five partnerships with a small plan each, and no reports, which take a second each to build."""
    load_partnerships(read_partnerships())
    for partnership in Partnership.objects.all():
        strategy = StrategyFactory(partnership=partnership)
        PriorityFactory(strategy=strategy, ref="1")
        objective = ObjectiveFactory(priority=PriorityFactory(strategy=strategy, ref="E1"))
        for number in range(8 if partnership.slug == "west-lancashire" else 0):
            ActivityFactory(objective=objective)
            MeasureUseFactory(objective=objective, metric=MetricFactory(kind=list(Metric.Kind)[number % 4]))
    monkeypatch.setattr(demo, "PUBLISHED_TERMS", 0)


@pytest.fixture
def small(all_five: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """One partnership of each calendar, one of them with four partners that report: enough for most tests."""
    for slug in SLUGS - {"wesp", "west-lancashire"}:
        monkeypatch.delitem(PARTNERSHIPS, slug)
        Strategy.objects.filter(partnership__slug=slug).delete()
        Partnership.objects.filter(slug=slug).delete()


def counts() -> dict[str, int]:
    models = [
        model for name in ("partnerships", "priorities", "reports") for model in apps.get_app_config(name).get_models()
    ]
    return {model._meta.label: model._default_manager.count() for model in models}


@pytest.mark.usefixtures("all_five")
def test_everybody_of_the_cast_is_plainly_invented_signs_in_and_finds_their_partnership(
    django_assert_num_queries: DjangoAssertNumQueries, settings: Settings
) -> None:
    demo.seed(today=AUTUMN)
    with django_assert_num_queries(1):
        people = demo.demo_people()
    roles = Counter(person.role.split(",")[0] for person in people)
    assert roles == {"Administrator": 1, "Officer": 8, "Lead": 5, "Chair": 5, "Board member": 5, "Secretary": 5}
    assert len(people) == User.objects.count()
    for person in people:
        assert person.name.startswith("Demo ")
        assert person.email.endswith("@demo.example")
        assert person.what_to_try.endswith(".")
        user = User.objects.get(email=person.email)
        validate_password(person.password, user)
        assert user.is_demo
        assert Client().login(username=person.email, password=person.password), person.email
        assert Partnership.objects.visible_to(user).exists()
    settings.IS_DEMONSTRATION = False
    with django_assert_num_queries(0):
        assert demo.demo_people() == []


@pytest.mark.usefixtures("small")
def test_a_second_run_adds_nothing_and_says_so() -> None:
    assert demo.seed(today=AUTUMN)
    before = counts()
    out = StringIO()
    call_command("seed_demo", "--today", AUTUMN.isoformat(), stdout=out)
    assert counts() == before
    assert out.getvalue() == "Nothing to add: the demonstration is complete for this term.\n"


@pytest.mark.usefixtures("small")
def test_a_run_in_the_next_term_adds_that_term_alone() -> None:
    demo.seed(today=AUTUMN)
    before = {each.pk: each for each in Return.objects.all()}
    lines: list[str] = []
    assert demo.seed(today=date(2027, 1, 20), say=lines.append)
    assert len(lines) == 2
    assert all(line.endswith(": added Spring 2026/27.") for line in lines)
    assert {each.round.term.code for each in Return.objects.exclude(pk__in=before)} == {"2026-27-spring"}
    for each in Return.objects.filter(pk__in=before):
        assert (each.status, each.version) == (before[each.pk].status, before[each.pk].version)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("today", DAYS.values(), ids=DAYS)
def test_the_history_ends_today(today: date) -> None:
    demo.seed(today=today)
    for partnership in Partnership.objects.all():
        current = Term.objects.filter(calendar=partnership.calendar).at(today).first()
        assert current
        past = list(Term.objects.before(current)[:4])
        rounds = {each.term: each for each in Round.objects.filter(partnership=partnership)}
        assert set(rounds) == {current, *past}
        assert all(term.achievements.filter(partnership=partnership).exists() for term in rounds)
        for term in past:
            assert set(rounds[term].returns.values_list("status", flat=True)) == {"approved"}
        assert not rounds[current].returns.filter(status="approved").exists()
    assert not Achievement.objects.filter(happened_on__gt=today).exists()
    assert not Reading.objects.filter(as_at__gt=today).exists()
    # Whoever seeds it in the first minute of the day finds nothing that is still to come.
    begun = timezone.make_aware(datetime.combine(today, time()))
    moments: list[tuple[Any, str]] = [
        (Achievement.objects, "logged_at"),
        (ActivityUpdate.objects, "updated_at"),
        (ActivityUpdate.history, "history_date"),
        (Return.objects, "submitted_at"),
        (PlannedStep.objects, "marked_at"),
        (BoardQuestion.objects, "asked_at"),
        (BoardQuestion.objects, "answered_at"),
        (Decision.objects, "recorded_at"),
    ]
    for rows, moment in moments:
        assert not rows.filter(**{f"{moment}__gt": begun}).exists(), moment


@pytest.mark.usefixtures("small")
def test_the_same_day_always_gives_the_same_demonstration() -> None:
    def told() -> list[tuple[object, ...]]:
        rows = ActivityUpdate.objects.order_by("term", "activity__title").values_list(
            "status", "rag", "words", "reason"
        )
        return [*rows, *Achievement.objects.order_by("title", "happened_on").values_list("title", "quantity")]

    demo.seed(today=AUTUMN)
    first = told()
    PlannedStep.objects.all().delete()
    for model in (ReturnEntry, Return, Decision, BoardQuestion, Round, ActivityUpdate, Achievement, Reading):
        model._default_manager.all().delete()
    Activity.objects.update(latest_term="", latest_status="", latest_rag="", trail={})
    demo.seed(today=AUTUMN)
    assert told() == first


@pytest.mark.usefixtures("small")
def test_everything_invented_is_marked_as_demo() -> None:
    demo.seed(today=AUTUMN)
    for title in Achievement.objects.values_list("title", flat=True):
        assert title.endswith(" (demo)")
    told: list[str] = []
    for model, fields in (
        (ActivityUpdate, ("words", "reason")),
        (ReturnEntry, ("intended_outcomes", "activity", "impact", "exit_strategy")),
        (PlannedStep, ("title", "outcome_reason")),
        (BoardQuestion, ("text", "answer")),
        (Decision, ("text",)),
        (Meeting, ("place",)),
        (Return, ("review_comment",)),
        (EntryComment, ("text",)),
        (Reading, ("note",)),
    ):
        for field in fields:
            told += filter(None, model._default_manager.values_list(field, flat=True))
    assert told
    assert [text for text in told if not re.match(r"Demo[: ]", text)] == []


@pytest.mark.usefixtures("small")
def test_figures_are_invented_for_local_measures_and_never_for_official_ones() -> None:
    measured = MetricFactory(kind=Metric.Kind.LOCAL)
    there = Partnership.objects.get(slug="west-lancashire")
    MeasureUseFactory(objective=Objective.objects.get(priority__strategy__partnership=there), metric=measured)
    real = Reading.objects.create(
        metric=measured, area=there.area, period="2020-21", period_ends_on=date(2021, 8, 31), value=7, source="A return"
    )
    demo.seed(today=AUTUMN)
    invented = Reading.objects.exclude(pk=real.pk)
    assert invented.exists()
    assert not invented.filter(metric__kind=Metric.Kind.OFFICIAL).exists()
    assert not invented.filter(metric=measured).exists(), "an invented figure stands beside a real one"


@pytest.mark.usefixtures("small")
def test_where_the_portal_is_no_demonstration_nobody_is_invented(settings: Settings) -> None:
    settings.IS_DEMONSTRATION = False
    with pytest.raises(CommandError, match=r"^This portal is no demonstration"):
        call_command("seed_demo")
    assert not User.objects.exists()


@pytest.mark.usefixtures("small")
def test_in_production_nobody_is_invented_whatever_else_is_set(settings: Settings) -> None:
    settings.PORTAL_ENV = "production"
    with pytest.raises(CommandError, match=r"^This portal is no demonstration"):
        call_command("seed_demo")
    assert not User.objects.exists()


@pytest.mark.django_db
def test_without_the_strategies_one_line_says_what_to_do() -> None:
    with pytest.raises(CommandError, match=r"^The partnership .* is missing: run manage\.py load_strategies first\.$"):
        call_command("seed_demo")
    assert not User.objects.exists()


@pytest.mark.usefixtures("small")
def test_a_day_before_all_calendars_is_one_clear_line() -> None:
    with pytest.raises(CommandError, match=r"^No term of .* has begun by 1 January 2020"):
        call_command("seed_demo", "--today", "2020-01-01")
    with pytest.raises(CommandError, match="is not a day"):
        call_command("seed_demo", "--today", "soon")


@pytest.mark.usefixtures("small")
def test_a_return_that_a_person_began_is_left_to_them() -> None:
    demo.seed(today=AUTUMN)
    begun = Return.objects.filter(status="not_started").first()
    assert begun
    Return.objects.filter(pk=begun.pk).update(status="draft")
    Achievement.objects.filter(form_token__isnull=False).delete()
    demo.seed(today=AUTUMN)
    assert not PlannedStep.objects.filter(entry__return_of=begun).exists()


@pytest.mark.django_db
def test_the_whole_demonstration_stands_on_all_that_ships() -> None:
    load_all()
    shipped = Return.objects.get(round__term__code="2024-25-autumn", round__partnership__slug="west-lancashire")

    def said() -> list[tuple[str, ...]]:
        sections = ("priority", "intended_outcomes", "activity", "impact", "exit_strategy")
        steps = (
            PlannedStep.objects.filter(entry__return_of=shipped)
            .order_by("pk")
            .values_list("title", "entry", "activity")
        )
        return [*shipped.entries.values_list(*sections), *steps, (shipped.status, shipped.author_role)]

    before = said()
    demo.seed(today=date(2025, 10, 15))
    shipped.refresh_from_db()
    assert said() == before
    assert not PlannedStep.objects.filter(entry__return_of=shipped, outcome="").exists(), "promises are left to mark"

    real = Report.objects.get(round=shipped.round_id)
    assert real.status == "published"
    assert "Tarleton Academy" in real.snapshot
    for partnership in Partnership.objects.filter(slug__in=SLUGS):
        published = Report.objects.exclude(round__term__code="2024-25-autumn").get(round__partnership=partnership)
        assert (published.status, published.round.term.season) == ("published", "summer")
        assert set(published.files.values_list("format", flat=True)) == {"docx", "html", "pdf", "xlsx"}
        assert 10 <= partnership.achievements.filter(title__endswith="(demo)").count() <= 20
    assert set(Delivery.objects.values_list("status", flat=True)) == {"sent"}
    rags = Counter(Activity.objects.exclude(latest_rag="").values_list("latest_rag", flat=True))
    assert rags["on_track"] > rags["at_risk"] + rags["off_track"] > 0
    assert rags["at_risk"] > 0
    assert rags["off_track"] > 0
    assert len(set(Return.objects.filter(round__term__code="2025-26-autumn").values_list("status", flat=True))) >= 4
    assert check_activities() == []
    assert check_series() == []

"""My work: what needs each person now, and that it empties."""

from datetime import UTC, date, datetime
from decimal import Decimal
from secrets import token_hex
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape

from partnerships.models import Draft, Meeting, Role, Seat
from priorities.models import Activity, ActivityUpdate, GuestRequest, MeasureUse, Metric
from priorities.services.guests import accept_answer
from priorities.services.readings import record_reading
from reports.models import BoardQuestion, Decision, Report, Return, Round
from reports.queries.my_work.words import how_far
from tests.factories import (
    AchievementFactory,
    ActivityFactory,
    MeasureUseFactory,
    MetricFactory,
    PartnershipFactory,
    PlannedStepFactory,
    PriorityFactory,
    ReturnEntryFactory,
    ReturnFactory,
    RoundFactory,
    StrategyFactory,
    UserFactory,
    World,
)

NOW = datetime(2024, 11, 21, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_21_november_2024():
    with time_machine.travel(NOW, tick=False):
        yield


def page_of(client: Client, person: Any) -> str:
    client.force_login(person)
    return client.get("/").content.decode()


def report_for(world: World, status: str, **fields: Any) -> Report:
    frozen = {"sha256": "a" * 64, "published_at": NOW} if status in Report.FROZEN else {}
    return Report.objects.create(
        **{"round": world.round, "version": 1, "status": status, "requested_by": world.lead, "requested_at": NOW}
        | frozen
        | fields
    )


# Officers -------------------------------------------------------------------------------------------------------------


def test_an_officer_sees_the_term_and_how_long_is_left(client: Client, world: World) -> None:
    page = page_of(client, world.officer)
    assert "Harbour Skills Partnership" in page
    assert "Autumn 2024/25" in page
    assert "return due Fri 29 Nov, in 8 days" in page


@pytest.mark.parametrize(("day", "words"), [(29, "today"), (30, "1 day late")])
def test_the_due_day_and_after_say_so(client: Client, world: World, day: int, words: str) -> None:
    with time_machine.travel(datetime(2024, 11, day, 10, tzinfo=UTC)):
        assert f"return due Fri 29 Nov, {words}" in page_of(client, world.officer)


def test_an_activity_without_this_terms_update_needs_the_officer_until_it_has_one(client: Client, world: World) -> None:
    page = page_of(client, world.officer)
    assert "Needs you now (1)" in page
    assert "1.1(a) Sign up employers" in page
    ActivityUpdate.objects.create(
        activity=world.activity, term=world.term, status="under_way", rag="on_track", author=world.officer
    )
    page = page_of(client, world.officer)
    assert "Nothing needs you now." in page
    assert "Sign up employers" not in page


def test_what_is_done_closed_or_another_organisations_does_not_need_the_officer(client: Client, world: World) -> None:
    Activity.objects.filter(pk=world.activity.pk).update(latest_status="done")
    ActivityFactory(objective=world.objective, lead=world.partner, title="The partner's")
    ActivityFactory(objective=world.objective, lead=world.organisation, owner=world.lead, title="A colleague's")
    closed = PriorityFactory(strategy=world.strategy, status="closed")
    ActivityFactory(objective=None, priority=closed, lead=world.organisation, title="Of a closed priority")
    ActivityFactory(title="Of another partnership")
    assert "Nothing needs you now." in page_of(client, world.officer)


def test_what_nobody_leads_needs_every_officer(client: Client, world: World) -> None:
    ActivityFactory(objective=world.objective, title="Nobody's yet")
    assert "Nobody&#x27;s yet" in page_of(client, world.officer)


def test_a_long_list_is_cut_and_says_how_many_more(client: Client, world: World) -> None:
    ActivityFactory.create_batch(20, objective=world.objective, lead=world.organisation)
    page = page_of(client, world.officer)
    assert "Needs you now (21)" in page
    assert "And 13 activities more" in page


def test_a_return_sent_back_stands_first_with_its_comment(client: Client, world: World) -> None:
    ReturnFactory(
        round=world.round,
        organisation=world.organisation,
        status=Return.Status.SENT_BACK,
        review_comment="Say who leads",
    )
    page = page_of(client, world.officer)
    assert page.index("Say who leads") < page.index("Sign up employers")


def test_promises_are_offered_until_they_are_marked(client: Client, world: World) -> None:
    before = ReturnFactory(round=world.previous_round, organisation=world.organisation, status="approved")
    step = PlannedStepFactory(
        entry=ReturnEntryFactory(return_of=before, priority=world.priority), title="Invite the police", terms_carried=1
    )
    own = ReturnFactory(round=world.round, organisation=world.organisation)
    page = page_of(client, world.officer)
    assert "Promises from last term (1 to mark)" in page
    assert "carried over for 1 term" in page
    assert client.post(f"/returns/{own.pk}/promises/{step.pk}/", {"outcome": "done"})["Location"] == "/"
    page = page_of(client, world.officer)
    assert "Done: Invite the police" in page
    assert "Promises from last term" not in page


def test_promises_are_not_offered_once_the_return_is_with_the_lead(client: Client, world: World) -> None:
    before = ReturnFactory(round=world.previous_round, organisation=world.organisation, status="approved")
    PlannedStepFactory(entry=ReturnEntryFactory(return_of=before, priority=world.priority))
    ReturnFactory(round=world.round, organisation=world.organisation, status=Return.Status.SUBMITTED)
    assert "Promises from last term" not in page_of(client, world.officer)


def test_the_return_shows_its_progress(client: Client, world: World) -> None:
    own = ReturnFactory(round=world.round, organisation=world.organisation, status=Return.Status.DRAFT)
    ReturnEntryFactory(return_of=own, priority=world.priority, activity="Met", impact="Trust")
    ReturnEntryFactory(return_of=own, intended_outcomes="Prefilled only")
    stepped = ReturnEntryFactory(return_of=own)
    PlannedStepFactory.create_batch(2, entry=stepped)
    page = page_of(client, world.officer)
    assert "2 of 3 priorities written" in page
    assert "Continue" in page


def test_what_i_logged_this_term_is_listed_and_what_others_logged_is_not(client: Client, world: World) -> None:
    own = {"partnership": world.partnership, "term": world.term, "logged_by": world.officer}
    AchievementFactory(**own, title="Careers fair held")
    AchievementFactory(**own | {"term": world.previous_term}, title="Last term's")
    AchievementFactory(**own | {"logged_by": world.lead}, title="The lead's")
    page = page_of(client, world.officer)
    assert "Logged this term (1)" in page
    assert "Careers fair held" in page


def test_what_is_due_soonest_stands_first_across_partnerships(client: Client, world: World) -> None:
    other = PartnershipFactory(name="Moorland Partnership", slug="moorland")
    Role.objects.create(user=world.officer, kind=Role.Kind.OFFICER, partnership=other, organisation=world.organisation)
    RoundFactory(partnership=other, term=world.term, due_on=date(2024, 11, 22))
    ActivityFactory(
        objective__priority__strategy=StrategyFactory(partnership=other), lead=world.organisation, title="Soonest"
    )
    ReturnFactory(round=world.round, organisation=world.organisation, status="sent_back", review_comment="Who leads?")
    page = page_of(client, world.officer)
    assert page.index("Soonest") < page.index("Who leads?") < page.index("Sign up employers")
    assert "due Fri 22 Nov, in 1 day" in page
    assert "due Fri 29 Nov, in 8 days" in page


def test_a_return_sent_back_with_comments_alone_says_where_they_stand(client: Client, world: World) -> None:
    ReturnFactory(round=world.round, organisation=world.organisation, status="sent_back")
    assert "The lead’s comments stand at its priorities." in page_of(client, world.officer)


def test_what_was_begun_and_not_sent_waits_until_it_is(client: Client, world: World) -> None:
    draft = Draft.objects.create(
        user=world.officer,
        key="achievement-new",
        page="/achievements/new/",
        fields={"title": ["A careers  fair"]},
        saved_at=NOW,
    )
    Draft.objects.create(user=world.lead, key="other", page="/", fields={"title": ["The lead's"]}, saved_at=NOW)
    page = page_of(client, world.officer)
    assert "“A careers fair” · kept 21 November 2024 at 10:00" in page
    assert 'href="/achievements/new/"' in page
    assert "The lead&#x27;s" not in page
    draft.delete()
    assert "You began something" not in page_of(client, world.officer)


def test_a_promise_is_dropped_right_there_with_its_reason(client: Client, world: World) -> None:
    before = ReturnFactory(round=world.previous_round, organisation=world.organisation, status="approved")
    step = PlannedStepFactory(entry=ReturnEntryFactory(return_of=before, priority=world.priority))
    own = ReturnFactory(round=world.round, organisation=world.organisation)
    assert "Why it is dropped" in page_of(client, world.officer)
    url = f"/returns/{own.pk}/promises/{step.pk}/"
    assert "Say why the step was dropped" in client.post(url, {"outcome": "dropped", "reason": " "}).content.decode()
    assert client.post(url, {"outcome": "dropped", "reason": "No reply"})["Location"] == "/"
    step.refresh_from_db()
    assert (step.outcome, step.outcome_reason) == ("dropped", "No reply")


def guests_answer(world: World, **changed: Any) -> GuestRequest:
    given = {
        "activity": world.activity,
        "term": world.term,
        "guest_name": "Lancashire Police",
        "guest_email": "sergeant@police.example",
        "question": "How did it go?",
        "token_hash": token_hex(16),
        "asked_by": world.officer,
        "asked_at": NOW,
        "expires_at": NOW,
        "answered_at": NOW,
        "signed_name": "Pat Sergeant",
        "status": "under_way",
        "rag": "on_track",
        "words": "Four visits.",
    }
    made: GuestRequest = GuestRequest.objects.create(**given | changed)
    return made


def test_a_guests_answer_waits_until_it_is_judged_for_those_who_may(client: Client, world: World) -> None:
    answer = guests_answer(world)
    theirs = ActivityFactory(objective=world.objective, lead=world.partner, title="The partner's")
    guests_answer(world, activity=theirs, signed_name="Of the partner's")
    guests_answer(world, answered_at=None, signed_name="", status="", rag="")
    page = page_of(client, world.officer)
    assert "Pat Sergeant answered you" in page
    assert f'href="/guest-requests/{answer.pk}/"' in page
    assert "Of the partner" not in page
    assert "Needs you now (2)" in page
    assert "Pat Sergeant" in page_of(client, world.lead)
    for person in (world.board_member, world.stranger, world.administrator):
        assert "Pat Sergeant" not in page_of(client, person)
    answer.outcome = GuestRequest.Outcome.SET_ASIDE
    answer.save()
    assert "Pat Sergeant" not in page_of(client, world.officer)


def test_a_figure_that_is_due_opens_its_form_for_that_period_and_says_how_late_it_is(
    client: Client, world: World
) -> None:
    metric = MetricFactory(title="Pupils placed", kind="local")
    MeasureUseFactory(objective=world.objective, metric=metric)
    page = page_of(client, world.officer)
    assert "No figure for 2023/24 · Wigan · due Sat 31 Aug, 11 weeks late" in page
    address = f"/metrics/{metric.pk}/readings/new/?area=E08000010&period=2023-24"
    assert escape(address) in page
    form = client.get(address).context["form"]
    assert (form.initial["area"], form.initial["period"]) == ("E08000010", "2023-24")
    for person in (world.board_member, world.stranger, world.administrator):
        assert "Pupils placed" not in page_of(client, person)
    record_reading(
        metric=metric, area=world.partnership.area, period="2023-24", value=Decimal(3), by=world.officer, at=NOW
    )
    assert "Pupils placed" not in page_of(client, world.officer)


def test_it_empties_and_says_so(client: Client, world: World) -> None:
    metric = MetricFactory(kind="local")
    MeasureUseFactory(objective=world.objective, metric=metric)
    answer = guests_answer(world)
    assert "Needs you now (3)" in page_of(client, world.officer)
    accept_answer(
        request=answer, status="under_way", rag="on_track", words="Four visits.", reason="", by=world.officer, at=NOW
    )
    record_reading(
        metric=metric, area=world.partnership.area, period="2023-24", value=Decimal(3), by=world.officer, at=NOW
    )
    assert "Nothing needs you now." in page_of(client, world.officer)


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (0, "today"),
        (1, "in 1 day"),
        (-1, "1 day late"),
        (-21, "21 days late"),
        (-22, "3 weeks late"),
        (-90, "12 weeks late"),
        (-92, "3 months late"),
        (-400, "13 months late"),
    ],
)
def test_how_far_off_a_day_is_has_the_unit_that_people_use(days: int, words: str) -> None:
    assert how_far(days) == words


# Leads and boards -----------------------------------------------------------------------------------------------------


def test_a_lead_sees_returns_to_review_and_returns_outstanding(client: Client, world: World) -> None:
    ReturnFactory(round=world.round, organisation=world.organisation, status=Return.Status.SUBMITTED)
    ReturnFactory(round=world.round, organisation=world.partner)
    page = page_of(client, world.lead)
    assert "Harbour Council has sent its return" in page
    assert "Returns you wait for (1)" in page
    assert "Harbour College" in page
    assert "Your return" not in page


def test_a_lead_is_told_when_no_round_is_open(client: Client, world: World) -> None:
    world.round.delete()
    assert "No round is open for Autumn 2024/25" in page_of(client, world.lead)


def test_a_lead_sees_a_report_ready_to_publish_and_questions_to_answer(client: Client, world: World) -> None:
    report_for(world, Report.Status.READY)
    BoardQuestion.objects.create(round=world.round, text="Why?", asked_by=world.board_member)
    page = page_of(client, world.lead)
    assert "Needs you now (2)" in page
    assert "The report for Autumn 2024/25 is ready to publish" in page
    assert "1 question from the board without an answer" in page
    assert "ready to publish" not in page_of(client, world.officer)


def test_a_board_member_finds_the_latest_report_the_dashboard_and_the_next_meeting(
    client: Client, world: World
) -> None:
    report_for(world, Report.Status.PUBLISHED, round=world.previous_round)
    Meeting.objects.create(board=world.board, starts_at=datetime(2024, 11, 1, 14, tzinfo=UTC))
    Meeting.objects.create(board=world.board, starts_at=datetime(2024, 12, 10, 14, tzinfo=UTC))
    page = page_of(client, world.board_member)
    assert "/reports/harbour/2023-24-summer/" in page
    assert "/partnerships/harbour/dashboard/" in page
    assert "The board next meets on 10 December 2024 at 14:00, in 19 days." in page
    assert "Log an achievement" not in page


def test_a_board_member_without_report_or_meeting_is_told_so(client: Client, world: World) -> None:
    page = page_of(client, world.board_member)
    assert "No date is set for the board’s next meeting." in page
    assert "Its first report will be here" in page


def test_a_board_member_reads_the_report_of_the_meeting_once_it_is_published(client: Client, world: World) -> None:
    report_for(world, Report.Status.PUBLISHED, round=world.previous_round)
    Meeting.objects.create(board=world.board, starts_at=datetime(2024, 12, 10, 14, tzinfo=UTC))
    assert "Its report is not published yet" in page_of(client, world.board_member)
    report_for(world, Report.Status.PUBLISHED)
    page = page_of(client, world.board_member)
    assert "Read its report" in page
    assert "/reports/harbour/2024-25-autumn/" in page


def test_without_a_list_of_meetings_the_rounds_day_is_the_next(client: Client, world: World) -> None:
    Round.objects.filter(pk=world.round.pk).update(board_on=date(2024, 12, 10))
    assert "The board next meets on 10 December 2024, in 19 days." in page_of(client, world.board_member)


def test_a_board_member_sees_what_became_of_their_own_questions(client: Client, world: World) -> None:
    asked = {"round": world.previous_round, "asked_by": world.board_member}
    BoardQuestion.objects.create(**asked, text="Answered last week?", answer="It was.", answered_at=NOW)
    BoardQuestion.objects.create(**asked, text="Still open?")
    long_ago = datetime(2024, 5, 1, tzinfo=UTC)
    BoardQuestion.objects.create(**asked, text="Long settled?", answer="Yes.", answered_at=long_ago)
    BoardQuestion.objects.create(**asked | {"asked_by": world.lead}, text="The lead's own?")
    page = page_of(client, world.board_member)
    assert page.index("Answered last week?") < page.index("It was.") < page.index("Still open?")
    assert "Answered 21 November 2024" in page
    assert "waiting for an answer" in page
    assert "Long settled?" not in page
    assert "The lead" not in page
    assert 'href="/partnerships/harbour/questions/new/"' in page


def test_a_secretary_sees_decisions_past_their_date_until_they_are_marked(client: Client, world: World) -> None:
    decision = Decision.objects.create(
        round=world.previous_round, text="Write to schools", due_on=date(2024, 11, 1), recorded_by=world.lead
    )
    Decision.objects.create(round=world.round, text="Later", due_on=date(2024, 12, 1), recorded_by=world.lead)
    assert "not marked as done" not in page_of(client, world.board_member)
    Seat.objects.filter(user=world.board_member).update(kind="secretary")
    page = page_of(client, world.board_member)
    assert "1 decision of the board not marked as done" in page
    assert "due Fri 1 Nov, 20 days late" in page
    assert 'href="/partnerships/harbour/decisions/new/"' in page
    Decision.objects.filter(pk=decision.pk).update(status="done", outcome="Written to all")
    assert "Nothing needs you now." in page_of(client, world.board_member)


def test_a_lead_sees_how_many_returns_are_in(client: Client, world: World) -> None:
    assert "No partner is asked for a return in this round." in page_of(client, world.lead)
    ReturnFactory(round=world.round, organisation=world.organisation, status=Return.Status.SUBMITTED)
    ReturnFactory(round=world.round, organisation=world.partner)
    assert "1 of 2 returns are in." in page_of(client, world.lead)


# Everybody ------------------------------------------------------------------------------------------------------------


def test_a_person_of_two_partnerships_sees_both_and_which_is_which(client: Client, world: World) -> None:
    other = PartnershipFactory(name="Moorland Partnership", slug="moorland")
    Role.objects.create(user=world.officer, kind=Role.Kind.OFFICER, partnership=other, organisation=world.organisation)
    ReturnFactory(round=RoundFactory(partnership=other, term=world.term), organisation=world.organisation)
    page = page_of(client, world.officer)
    assert "Moorland Partnership" in page
    assert "Harbour Skills Partnership" in page
    assert "Harbour Council, Moorland Partnership" in page


def test_a_person_without_a_part_is_told_how_to_get_one(client: Client, world: World) -> None:
    assert "You have no part in a partnership yet." in page_of(client, UserFactory())
    page = page_of(client, world.administrator)
    assert "You reach every partnership, and have no part in one of your own." in page
    for address in ("/admin/", "/admin/partnerships/user/", "/admin/reports/round/", "/partnerships/dashboards/"):
        assert f'href="{address}"' in page


def test_nothing_of_another_partnership_shows(client: Client, world: World) -> None:
    ReturnFactory(round=world.round, organisation=world.organisation, status=Return.Status.SENT_BACK)
    AchievementFactory(partnership=world.partnership, term=world.term, title="Ours alone")
    page = page_of(client, world.stranger)
    assert "Harbour" not in page
    assert "Ours alone" not in page


def test_visitors_get_the_public_page(client: Client, world: World) -> None:
    page = client.get("/").content.decode()
    assert "Sign in" in page
    assert "My work" not in page


def fill(world: World, number: int) -> None:
    """Some of everything that the page lists, for one person who is officer, lead and board member at once."""
    Role.objects.create(user=world.officer, kind=Role.Kind.LEAD, partnership=world.partnership)
    Seat.objects.create(user=world.officer, board=world.board)
    for _ in range(number):
        partnership = PartnershipFactory()
        Role.objects.create(
            user=world.officer, kind=Role.Kind.OFFICER, partnership=partnership, organisation=world.organisation
        )
        ActivityFactory.create_batch(
            number, objective__priority__strategy=StrategyFactory(partnership=partnership), lead=world.organisation
        )
    before = ReturnFactory(round=world.previous_round, organisation=world.organisation, status="approved")
    own = ReturnFactory(round=world.round, organisation=world.organisation, status="sent_back", review_comment="Why?")
    for _ in range(number):
        priority = PriorityFactory(strategy=world.strategy)
        PlannedStepFactory(entry=ReturnEntryFactory(return_of=before, priority=priority))
        ReturnEntryFactory(return_of=own, priority=priority, activity="Met")
        ReturnFactory(round=world.round, status="submitted")
        ReturnFactory(round=world.round)
        AchievementFactory(partnership=world.partnership, term=world.term, logged_by=world.officer)
        BoardQuestion.objects.create(round=world.round, text="Why?", asked_by=world.board_member)
        BoardQuestion.objects.create(round=world.round, text="Mine?", asked_by=world.officer)
        Decision.objects.create(round=world.round, text="Act", due_on=date(2024, 11, 1), recorded_by=world.officer)
        guests_answer(world)
        MeasureUseFactory(objective=world.objective, metric=MetricFactory(kind="local"))
    report_for(world, Report.Status.READY, version=2, correction_reason="A figure")
    report_for(world, Report.Status.PUBLISHED)


@pytest.mark.parametrize("number", [1, 12])
def test_my_work_costs_the_same_however_much_there_is(
    client: Client, world: World, number: int, django_assert_num_queries
) -> None:
    fill(world, number)
    client.force_login(world.officer)
    with django_assert_num_queries(14):
        client.get("/")


@pytest.mark.parametrize("number", [10, 1000])
def test_my_work_costs_the_same_with_ten_activities_and_metrics_and_with_a_thousand(
    client: Client, world: World, number: int, django_assert_num_queries
) -> None:
    Activity.objects.bulk_create(
        Activity(
            priority=world.priority,
            objective=world.objective,
            ref=f"x{each}",
            title="One of many",
            lead=world.organisation,
        )
        for each in range(number - 1)
    )
    fields = {"kind": "local", "unit": "count", "frequency": "annual"}
    metrics = Metric.objects.bulk_create(
        Metric(slug=f"metric-{each}", title="One of many", **fields) for each in range(number)
    )
    MeasureUse.objects.bulk_create(
        MeasureUse(objective=world.objective, metric=metric, ref=f"m{at}") for at, metric in enumerate(metrics)
    )
    client.force_login(world.officer)
    with django_assert_num_queries(11):
        page = client.get("/").content.decode()
    assert f"Needs you now ({2 * number})" in page

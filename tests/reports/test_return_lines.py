"""What was logged comes into a return by itself, is kept or left out, and what becomes of a priority."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from partnerships.models import Role
from priorities.models import Achievement, ActivityUpdate, Priority, Reading
from priorities.services.lifecycle import Lifecycle, change_lifecycles
from reports.models import EntryComment, PlannedStep, Return, ReturnLine
from reports.queries.lines import with_line, without_line
from reports.services import (
    EntryText,
    Mark,
    ReturnClosedError,
    ReturnNotReadyError,
    StaleEntryError,
    approve_return,
    fill_return,
    save_entry,
    submit_return,
)
from tests.factories import AchievementFactory, MeasureUseFactory, PriorityFactory, ReturnEntryFactory, World
from tests.reports.test_returns import NOW, Desk

DROPPED, DONE = PlannedStep.Outcome.DROPPED, PlannedStep.Outcome.DONE
FAIR = "Careers fair held (over 50 pupils, 10 October 2024)"
EMPLOYERS = "Sign up employers: Twelve employers signed"
FIGURE = "Young people placed: 42, Autumn 2024/25"
KEPT = "Done as promised: Invite the police"


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    client.force_login(world.officer)
    return client


def log_fair(desk: Desk, **fields: object) -> Achievement:
    achievement: Achievement = AchievementFactory(
        **{
            "partnership": desk.world.partnership,
            "term": desk.world.term,
            "title": "Careers fair held",
            "quantity": 50,
            "quantity_qualifier": "over",
            "quantity_unit": "pupils",
        }
        | fields
    )
    achievement.priorities.add(desk.world.priority)
    return achievement


def update_activity(desk: Desk, words: str = "Twelve employers\nsigned") -> ActivityUpdate:
    return ActivityUpdate.objects.create(
        activity=desk.world.activity,
        term=desk.world.term,
        status="under_way",
        rag="on_track",
        words=words,
        author=desk.by,
    )


def record_figure(desk: Desk, **fields: object) -> Reading:
    use = MeasureUseFactory(
        objective=desk.world.objective,
        metric__title="Young people placed",
        metric__unit="count",
        metric__decimals=0,
        **{f"metric__{name}": value for name, value in fields.items()},
    )
    return Reading.objects.create(
        metric=use.metric,
        area=desk.world.partnership.area,
        period="2024-25-autumn",
        period_ends_on=date(2024, 12, 20),
        value=Decimal(3) if fields else Decimal(42),
        as_at=date(2024, 11, 1),
        recorded_by=desk.by,
    )


def log_everything(desk: Desk) -> None:
    log_fair(desk)
    update_activity(desk)
    record_figure(desk)
    desk.mark(desk.first, DONE)


def activity_of(desk: Desk) -> str:
    desk.entry.refresh_from_db()
    return str(desk.entry.activity)


# Coming in ------------------------------------------------------------------------------------------------------------


def test_what_was_logged_stands_in_the_text_before_anybody_writes_and_is_saved_with_it(
    officer: Client, desk: Desk
) -> None:
    log_everything(desk)
    data = desk.posted(officer)
    assert data["activity"].splitlines() == [FAIR, EMPLOYERS, FIGURE, KEPT]
    assert activity_of(desk) == ""
    officer.post(desk.entry_url, data)
    assert activity_of(desk).splitlines() == [FAIR, EMPLOYERS, FIGURE, KEPT]
    taken = ReturnLine.objects.get(kind="achievement")
    assert (taken.words, taken.is_kept, taken.decided_by) == (FAIR, True, desk.by)
    assert ReturnLine.objects.count() == 4


def test_a_line_left_out_goes_from_the_text_and_stays_out(officer: Client, desk: Desk) -> None:
    log_fair(desk)
    update_activity(desk)
    data = desk.posted(officer)
    del data["lines-0-keep"]
    officer.post(desk.entry_url, data)
    assert activity_of(desk) == EMPLOYERS
    assert desk.posted(officer)["activity"] == EMPLOYERS
    fill_return(return_of=desk.return_of, by=desk.by, at=NOW)
    assert activity_of(desk) == EMPLOYERS


def test_a_line_left_out_comes_back_by_its_tick_and_goes_again(officer: Client, desk: Desk) -> None:
    log_fair(desk)
    data = desk.posted(officer)
    del data["lines-0-keep"]
    officer.post(desk.entry_url, data)
    officer.post(desk.entry_url, desk.posted(officer, activity="My own words", **{"lines-0-keep": "on"}))
    assert activity_of(desk) == f"My own words\n{FAIR}"
    data = desk.posted(officer)
    del data["lines-0-keep"]
    officer.post(desk.entry_url, data)
    assert activity_of(desk) == "My own words"


def test_what_was_rewritten_is_never_overwritten_and_new_lines_come_after_it(officer: Client, desk: Desk) -> None:
    log_fair(desk)
    officer.post(desk.entry_url, desk.posted(officer, activity="Fifty pupils came to our fair."))
    update_activity(desk)
    data = desk.posted(officer)
    assert data["activity"] == f"Fifty pupils came to our fair.\n{EMPLOYERS}"
    del data["lines-0-keep"]
    officer.post(desk.entry_url, data)
    assert activity_of(desk) == f"Fifty pupils came to our fair.\n{EMPLOYERS}"


def test_the_same_form_posted_twice_takes_a_line_in_once(officer: Client, desk: Desk) -> None:
    log_fair(desk)
    data = desk.posted(officer, impact="Trust")
    for _ in range(2):
        assert officer.post(desk.entry_url, data).status_code == 302
    assert activity_of(desk) == FAIR


def test_a_line_whose_source_changed_says_so_and_keeps_its_words(officer: Client, desk: Desk) -> None:
    update = update_activity(desk)
    officer.post(desk.entry_url, desk.posted(officer))
    ActivityUpdate.objects.filter(pk=update.pk).update(words="Thirteen employers signed")
    page = officer.get(desk.entry_url).content.decode()
    assert "It reads differently now from what was taken: “Sign up employers: Twelve employers signed”" in page
    assert activity_of(desk) == EMPLOYERS


def test_another_partners_own_achievement_is_offered_but_not_ticked(officer: Client, desk: Desk) -> None:
    theirs = log_fair(desk, title="Theirs")
    theirs.organisations.add(desk.world.partner)
    ours = log_fair(desk, title="Ours")
    ours.organisations.add(desk.world.organisation, desk.world.partner)
    mine = log_fair(desk, title="Logged by us", logged_by=desk.by)
    mine.organisations.add(desk.world.partner)
    text = desk.posted(officer)["activity"]
    assert "Ours" in text
    assert "Logged by us" in text
    assert "Theirs" not in text
    assert "Theirs" in officer.get(desk.entry_url).content.decode()


@pytest.mark.parametrize("status", [Achievement.Status.DRAFT, Achievement.Status.RETURNED])
def test_a_draft_or_a_returned_achievement_is_not_offered(officer: Client, desk: Desk, status: str) -> None:
    log_fair(desk, status=status, logged_by=desk.by)
    assert "Careers fair held" not in officer.get(desk.entry_url).content.decode()


def test_a_small_number_about_children_is_not_written_into_a_return(officer: Client, desk: Desk) -> None:
    record_figure(desk, is_about_children=True)
    text = desk.posted(officer)["activity"]
    assert text.startswith("Young people placed: ")
    assert "3" not in text.split(",")[0]


def test_figures_of_another_place_or_another_term_are_not_offered(officer: Client, desk: Desk) -> None:
    reading = record_figure(desk)
    Reading.objects.filter(pk=reading.pk).update(as_at=date(2024, 6, 1))
    assert desk.posted(officer)["activity"] == ""


def test_a_figure_of_another_partners_officer_is_left_to_them(officer: Client, desk: Desk) -> None:
    reading = record_figure(desk)
    Role.objects.create(
        user=desk.world.lead, kind="officer", partnership=desk.world.partnership, organisation=desk.world.partner
    )
    Reading.objects.filter(pk=reading.pk).update(recorded_by=desk.world.lead)
    assert desk.posted(officer)["activity"] == ""


def test_all_priorities_are_filled_with_one_button(officer: Client, desk: Desk) -> None:
    desk.save(activity="Written before")
    log_everything(desk)
    page = officer.get(desk.url).content.decode()
    assert "4 lines from what was logged this term are not in your text yet" in page
    assert "4 new lines from what was logged" in page
    officer.post(desk.url, {"fill": ""})
    assert activity_of(desk).splitlines() == ["Written before", FAIR, EMPLOYERS, FIGURE, KEPT]
    assert desk.entry.history.latest("history_id").history_change_reason == "Filled from what was logged"
    page = officer.get(desk.url).content.decode()
    assert "not in your text yet" not in page
    assert fill_return(return_of=desk.return_of, by=desk.by, at=NOW) == 0
    assert desk.entry.history.filter(history_change_reason="Filled from what was logged").count() == 1


def test_a_return_with_the_lead_is_not_filled(officer: Client, desk: Desk) -> None:
    log_fair(desk)
    Return.objects.filter(pk=desk.return_of.pk).update(status=Return.Status.SUBMITTED)
    with pytest.raises(ReturnClosedError):
        fill_return(return_of=desk.return_of, by=desk.by, at=NOW)
    assert "with the lead" in officer.post(desk.url, {"fill": ""}, follow=True).content.decode()
    assert activity_of(desk) == ""


def test_what_one_officer_took_in_while_another_wrote_is_a_conflict_and_not_lost(officer: Client, desk: Desk) -> None:
    log_fair(desk)
    data = desk.posted(officer, activity="My words")
    fill_return(return_of=desk.return_of, by=desk.world.lead, at=NOW)
    page = officer.post(desk.entry_url, data).content.decode()
    assert "Activity last period: compare the two texts" in page
    assert activity_of(desk) == FAIR


def test_lines_are_compared_as_they_stand() -> None:
    assert with_line("One\nTwo", "Two") == "One\nTwo"
    assert with_line("One", "On") == "One\nOn"
    assert without_line("One\n Two \nThree", "Two") == "One\nThree"
    assert without_line("One Two", "Two") == "One Two"


# What becomes of a priority -------------------------------------------------------------------------------------------


def propose(desk: Desk, status: str, to: str = "") -> None:
    marks = [Mark(desk.first.pk, DONE), Mark(desk.second.pk, DONE)]
    desk.save(activity="Met", exit_strategy="The college leads", proposed_status=status, handed_over_to=to, marks=marks)


def approved(desk: Desk) -> Priority:
    submit_return(return_of=desk.return_of, by=desk.by, at=NOW)
    approve_return(return_of=desk.return_of, by=desk.world.lead, at=NOW)
    return Priority.objects.get(pk=desk.world.priority.pk)


def test_a_priority_takes_over_what_a_return_proposes_once_the_lead_approves(desk: Desk) -> None:
    propose(desk, "handed_over", "Harbour College")
    before = Priority.objects.get(pk=desk.world.priority.pk)
    assert (before.status, before.handed_over_to) == ("active", "")
    priority = approved(desk)
    assert (priority.status, priority.handed_over_to) == ("handed_over", "Harbour College")
    assert priority.exit_strategy == "The college leads"
    record = priority.history.latest("history_id")
    assert (record.history_user, record.history_date) == (desk.world.lead, NOW)
    assert record.history_change_reason == "Proposed in a return that was approved"


def test_a_return_that_proposes_nothing_leaves_the_priority_alone(desk: Desk) -> None:
    propose(desk, "")
    changes = desk.world.priority.history.count()
    priority = approved(desk)
    assert (priority.status, priority.exit_strategy) == ("active", "")
    assert priority.history.count() == changes


def test_handing_over_to_nobody_is_kept_in_a_draft_and_holds_a_return_back(officer: Client, desk: Desk) -> None:
    propose(desk, "handed_over")
    with pytest.raises(ReturnNotReadyError, match="say to whom it is handed over"):
        submit_return(return_of=desk.return_of, by=desk.by, at=NOW)
    assert "Say to whom" in officer.get(desk.url).content.decode()


def test_the_form_proposes_and_a_name_behind_another_choice_is_dropped(officer: Client, desk: Desk) -> None:
    officer.post(desk.entry_url, desk.posted(officer, proposed_status="handed_over", handed_over_to="Harbour College"))
    desk.entry.refresh_from_db()
    assert (desk.entry.proposed_status, desk.entry.handed_over_to) == ("handed_over", "Harbour College")
    officer.post(desk.entry_url, desk.posted(officer, proposed_status="closed"))
    desk.entry.refresh_from_db()
    assert (desk.entry.proposed_status, desk.entry.handed_over_to) == ("closed", "")


def test_a_priority_that_is_active_is_not_proposed_to_become_active(officer: Client, desk: Desk) -> None:
    page = officer.get(desk.entry_url).content.decode()
    assert "It stays as it is: active" in page
    response = officer.post(desk.entry_url, desk.posted(officer, proposed_status="active"))
    assert response.status_code == 200


def test_two_people_who_propose_differently_are_a_conflict(officer: Client, desk: Desk) -> None:
    data = desk.posted(officer, proposed_status="closed")
    text = EntryText(proposed_status="handed_over", handed_over_to="Harbour College")
    save_entry(entry=desk.entry, text=text, by=desk.world.lead, at=NOW)
    page = officer.post(desk.entry_url, data).content.decode()
    assert "What becomes of the priority: compare the two" in page
    assert "Handed over to Harbour College" in page
    with pytest.raises(StaleEntryError):
        desk.save(proposed_status="closed", seen="what was shown before")


def test_the_service_of_priorities_refuses_a_handover_to_nobody(desk: Desk) -> None:
    with pytest.raises(ValidationError, match="Say to whom"):
        change_lifecycles(of={desk.world.priority.pk: Lifecycle("handed_over")}, reason="Agreed", by=desk.by, at=NOW)
    assert Priority.objects.get(pk=desk.world.priority.pk).status == "active"


# What the lead said ---------------------------------------------------------------------------------------------------


def test_what_the_lead_said_of_a_priority_is_dealt_with_on_its_page(officer: Client, desk: Desk) -> None:
    comment = EntryComment.objects.create(
        entry=desk.entry, text="Who leads on this?", written_by=desk.world.lead, written_at=NOW
    )
    other = EntryComment.objects.create(
        entry=ReturnEntryFactory(return_of=desk.return_of, priority=PriorityFactory(strategy=desk.world.strategy)),
        text="Elsewhere",
        written_by=desk.world.lead,
        written_at=NOW,
    )
    assert "1 comment from the lead" in officer.get(desk.url).content.decode()
    assert "Who leads on this?" in officer.get(desk.entry_url).content.decode()
    assert officer.post(desk.entry_url, desk.posted(officer, resolved=[str(other.pk)])).status_code == 200
    officer.post(desk.entry_url, desk.posted(officer, resolved=[str(comment.pk)]))
    comment.refresh_from_db()
    assert (comment.resolved_by, comment.resolved_at is not None) == (desk.by, True)
    assert "Who leads on this?" not in officer.get(desk.entry_url).content.decode()


def test_lines_cost_the_same_however_many_there_are(officer: Client, desk: Desk, django_assert_max_num_queries) -> None:
    for number in range(12):
        log_fair(desk, title=f"Fair {number}")
        record_figure(desk)
    update_activity(desk)
    EntryComment.objects.create(entry=desk.entry, text="Who?", written_by=desk.world.lead, written_at=datetime.now(UTC))
    with django_assert_max_num_queries(14):
        officer.get(desk.entry_url)
    with django_assert_max_num_queries(10):
        officer.get(desk.url)

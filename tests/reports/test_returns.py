"""Writing a return: drafts, planned steps, promises from term to term, conflicts and sending."""

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from partnerships.models import Draft, Partnership
from priorities.models import ActivityUpdate
from reports.models import PlannedStep, Return, ReturnEntry, Round
from reports.queries.returns import overview_of, previous_return, promises_of
from reports.services import (
    EntryText,
    Mark,
    ReturnClosedError,
    ReturnNotReadyError,
    StaleEntryError,
    StepText,
    approve_return,
    mark_step,
    open_round,
    save_entry,
    submit_return,
)
from tests.factories import (
    AchievementFactory,
    ActivityFactory,
    PlannedStepFactory,
    PriorityFactory,
    ReturnEntryFactory,
    ReturnFactory,
    RoundFactory,
    TermFactory,
    World,
)
from tests.sessions import back_after_signing_in, marker_on

NOW = datetime(2024, 11, 20, 10, 42, tzinfo=UTC)
DONE, CARRIED, DROPPED = PlannedStep.Outcome.DONE, PlannedStep.Outcome.CARRIED_OVER, PlannedStep.Outcome.DROPPED


class Desk:
    """An officer's return of this term, and the approved one of the term before with two promises."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.by = world.officer
        self.before = ReturnFactory(
            round=world.previous_round, organisation=world.organisation, status=Return.Status.APPROVED
        )
        self.entry_before = ReturnEntryFactory(
            return_of=self.before, priority=world.priority, activity="The group met twice.", impact="Too early to say."
        )
        self.first = PlannedStepFactory(entry=self.entry_before, title="Invite the police", position=1)
        self.second = PlannedStepFactory(entry=self.entry_before, title="Hold a careers fair", position=2)
        self.return_of = ReturnFactory(round=world.round, organisation=world.organisation)
        self.entry = ReturnEntryFactory(return_of=self.return_of, priority=world.priority, position=1)
        # All of it was there before anybody wrote.
        for model in (PlannedStep, ReturnEntry):
            model.history.update(history_date=datetime(2024, 9, 3, tzinfo=UTC))
        self.url = f"/returns/{self.return_of.pk}/"
        self.entry_url = f"{self.url}priorities/{self.entry.pk}/"

    def save(self, text: EntryText | None = None, seen: str = "", **words: Any) -> ReturnEntry:
        return save_entry(entry=self.entry, text=text or EntryText(**words), by=self.by, at=NOW, seen=seen)

    def mark(self, step: PlannedStep, outcome: str, reason: str = "") -> PlannedStep:
        return mark_step(step=step, return_of=self.return_of, outcome=outcome, reason=reason, by=self.by, at=NOW)

    def make_ready(self) -> None:
        self.save(activity="Two meetings", marks=[Mark(self.first.pk, DONE), Mark(self.second.pk, DONE)])

    def planned(self) -> list[PlannedStep]:
        return list(PlannedStep.objects.filter(entry=self.entry))

    def titles(self) -> list[str]:
        return [step.title for step in self.planned()]

    def posted(self, client: Client, **changes: str | Sequence[str]) -> dict[str, Any]:
        """What a browser would post from the entry's page, with changes."""
        forms = client.get(self.entry_url).context["forms"]
        data: dict[str, Any] = {}
        for formset in (forms.steps, forms.marks, forms.lines):
            data |= {bound.html_name: bound.value() for bound in formset.management_form}
        for form in [forms.words, *forms.steps, *forms.marks, *forms.lines]:
            for bound in form:
                value = bound.value()
                if bound.name != "DELETE" and value is not False:
                    data[bound.html_name] = "" if value is None else value
        return data | {"save": ""} | changes


@pytest.fixture
def desk(world: World) -> Desk:
    return Desk(world)


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    client.force_login(world.officer)
    return client


# Saving -------------------------------------------------------------------------------------------------------


def test_saving_a_draft_keeps_every_section_and_begins_the_return(desk: Desk) -> None:
    desk.save(
        intended_outcomes="More jobs",
        activity="Met",
        impact="Trust",
        exit_strategy="College",
        steps=[StepText("Meet again", activity_id=desk.world.activity.pk), StepText("  ")],
    )
    entry = ReturnEntry.objects.get(pk=desk.entry.pk)
    assert (entry.intended_outcomes, entry.activity, entry.impact, entry.exit_strategy) == (
        "More jobs",
        "Met",
        "Trust",
        "College",
    )
    step = entry.planned_steps.get()
    assert (step.title, step.activity) == ("Meet again", desk.world.activity)
    desk.return_of.refresh_from_db()
    assert desk.return_of.status == Return.Status.DRAFT
    assert desk.return_of.version == 2


def test_a_save_is_attributed_with_its_reason(desk: Desk) -> None:
    desk.save(activity="Met", steps=[StepText("Meet again")])
    record = desk.entry.history.latest("history_id")
    assert (record.history_user, record.history_change_reason, record.history_date) == (desk.by, "Draft saved", NOW)
    begun = desk.return_of.history.latest("history_id")
    assert (begun.history_user, begun.history_change_reason, begun.status) == (desk.by, "Begun", Return.Status.DRAFT)
    added = PlannedStep.objects.get(entry=desk.entry).history.get()
    assert (added.history_user, added.history_change_reason) == (desk.by, "Planned step added")


def test_a_save_raises_the_partnerships_version(desk: Desk) -> None:
    before = Partnership.objects.get(pk=desk.world.partnership.pk).version
    desk.save(activity="Met")
    assert Partnership.objects.get(pk=desk.world.partnership.pk).version == before + 1


def test_a_step_is_rewritten_and_a_blank_title_takes_it_out_while_unmentioned_ones_stay(desk: Desk) -> None:
    one, two, three = (PlannedStepFactory(entry=desk.entry, title=title) for title in ("One", "Two", "Three"))
    desk.save(steps=[StepText("Uno", pk=one.pk), StepText("", pk=two.pk)])
    assert set(desk.titles()) == {"Uno", "Three"}
    assert PlannedStep.history.filter(id=two.pk).latest("history_id").history_type == "-"
    assert three in desk.planned()


def test_a_step_cannot_hang_on_another_priorities_activity(desk: Desk) -> None:
    with pytest.raises(ValidationError, match="same priority"):
        desk.save(steps=[StepText("Meet", activity_id=ActivityFactory().pk)])
    assert desk.titles() == []


def test_a_step_longer_than_its_box_is_refused_whole(desk: Desk) -> None:
    with pytest.raises(ValidationError):
        desk.save(activity="Kept out", steps=[StepText("x" * 401)])
    desk.entry.refresh_from_db()
    assert desk.entry.activity == ""


@pytest.mark.parametrize("status", [Return.Status.SUBMITTED, Return.Status.APPROVED])
def test_a_return_with_the_lead_is_not_written_in(desk: Desk, status: str) -> None:
    Return.objects.filter(pk=desk.return_of.pk).update(status=status)
    with pytest.raises(ReturnClosedError):
        desk.save(activity="Too late")
    with pytest.raises(ReturnClosedError):
        desk.mark(desk.first, DONE)
    desk.entry.refresh_from_db()
    assert desk.entry.activity == ""


def test_a_return_sent_back_stays_sent_back_while_it_is_put_right(desk: Desk) -> None:
    Return.objects.filter(pk=desk.return_of.pk).update(status=Return.Status.SENT_BACK, review_comment="Who leads?")
    desk.save(activity="The college leads")
    desk.return_of.refresh_from_db()
    assert desk.return_of.status == Return.Status.SENT_BACK


# Promises -----------------------------------------------------------------------------------------------------


def test_the_promises_of_a_return_are_the_steps_of_the_last_return(desk: Desk) -> None:
    assert promises_of(desk.return_of, previous_return(desk.return_of)) == [desk.first, desk.second]


def test_another_organisations_steps_are_not_ours_to_mark(desk: Desk) -> None:
    other = ReturnFactory(round=desk.world.previous_round, organisation=desk.world.partner, status="approved")
    theirs = PlannedStepFactory(entry=ReturnEntryFactory(return_of=other, priority=desk.world.priority))
    with pytest.raises(ValidationError, match="does not belong"):
        desk.mark(theirs, DONE)


def test_marking_says_who_and_when(desk: Desk) -> None:
    desk.mark(desk.first, DONE)
    desk.first.refresh_from_db()
    assert (desk.first.outcome, desk.first.marked_by, desk.first.marked_at) == (DONE, desk.by, NOW)
    assert desk.first.history.latest("history_id").history_change_reason == "Marked done"


def test_dropping_asks_for_a_reason(desk: Desk) -> None:
    with pytest.raises(ValidationError, match="Say why"):
        desk.mark(desk.first, DROPPED, " ")
    desk.mark(desk.first, DROPPED, "They declined")
    desk.first.refresh_from_db()
    assert (desk.first.outcome, desk.first.outcome_reason) == (DROPPED, "They declined")


def test_carrying_over_plans_the_step_again_once(desk: Desk) -> None:
    desk.mark(desk.first, CARRIED)
    desk.mark(desk.first, CARRIED)
    carried = PlannedStep.objects.get(entry=desk.entry)
    assert (carried.title, carried.carried_from, carried.terms_carried) == ("Invite the police", desk.first, 1)


def test_another_mark_takes_an_untouched_carried_step_out_again(desk: Desk) -> None:
    desk.mark(desk.first, CARRIED)
    desk.mark(desk.first, DONE)
    assert desk.titles() == []


def test_another_mark_leaves_a_rewritten_carried_step_as_this_terms_own(desk: Desk) -> None:
    desk.mark(desk.first, CARRIED)
    carried = desk.planned()[0]
    desk.save(steps=[StepText("Invite the police and the fire service", pk=carried.pk)])
    desk.mark(desk.first, "")
    kept = PlannedStep.objects.get(entry=desk.entry)
    assert (kept.title, kept.carried_from, kept.terms_carried) == ("Invite the police and the fire service", None, 0)
    desk.first.refresh_from_db()
    assert (desk.first.outcome, desk.first.marked_by, desk.first.marked_at) == ("", None, None)


def test_a_carried_step_cannot_be_taken_out_of_the_plan_by_itself(desk: Desk) -> None:
    desk.mark(desk.first, CARRIED)
    with pytest.raises(ValidationError, match="another way"):
        desk.save(steps=[StepText("", pk=desk.planned()[0].pk)])
    assert desk.titles() == ["Invite the police"]


def test_a_step_of_a_priority_that_left_the_return_is_done_or_dropped_but_not_carried_over(desk: Desk) -> None:
    gone = ReturnEntryFactory(return_of=desk.before, priority=PriorityFactory(strategy=desk.world.strategy))
    step = PlannedStepFactory(entry=gone)
    with pytest.raises(ValidationError, match="has left this return"):
        desk.mark(step, CARRIED)
    desk.mark(step, DONE)
    step.refresh_from_db()
    assert step.outcome == DONE


def test_promises_are_reconciled_over_three_terms(world: World) -> None:
    """Summer promises three steps; autumn keeps one and carries two; spring drops one and carries one on."""

    def written(round_: Round, **words: Any) -> Return:
        own = Return.objects.get(round=round_, organisation=world.organisation)
        save_entry(entry=own.entries.get(), text=EntryText(**words), by=world.officer, at=NOW)
        submit_return(return_of=own, by=world.officer, at=NOW)
        approve_return(return_of=own, by=world.lead, at=NOW)
        return own

    Round.objects.filter(partnership=world.partnership).delete()
    spring_term = TermFactory(code="2024-25-spring", starts_on=date(2025, 1, 6), ends_on=date(2025, 4, 4))
    at = datetime(2024, 4, 15, 9, tzinfo=UTC)
    summer, autumn, spring = (
        open_round(partnership=world.partnership, term=term, at=at)
        for term in (world.previous_term, world.term, spring_term)
    )
    written(summer, activity="Begun", steps=[StepText(title) for title in ("Fair", "Police", "Schools")])
    fair, police, schools = PlannedStep.objects.all()

    own = Return.objects.get(round=autumn, organisation=world.organisation)
    with pytest.raises(ReturnNotReadyError):
        submit_return(return_of=own, by=world.officer, at=NOW)
    written(
        autumn,
        activity="Fair held",
        marks=[Mark(fair.pk, DONE), Mark(police.pk, CARRIED), Mark(schools.pk, CARRIED)],
    )
    promised = promises_of(Return.objects.get(round=spring), previous_return(Return.objects.get(round=spring)))
    assert [(step.title, step.terms_carried) for step in promised] == [("Police", 1), ("Schools", 1)]

    written(spring, impact="Some", marks=[Mark(promised[0].pk, CARRIED), Mark(promised[1].pk, DROPPED, "No reply")])
    last = PlannedStep.objects.get(entry__return_of__round=spring)
    assert (last.title, last.terms_carried, last.carried_from) == ("Police", 2, promised[0])
    fair.refresh_from_db()
    assert fair.outcome == DONE


def test_promises_wait_over_a_term_without_a_return(desk: Desk) -> None:
    """A return that was never begun is passed over: its promises are still those of the one before it."""
    spring = RoundFactory(
        partnership=desk.world.partnership,
        term=TermFactory(code="2024-25-spring", starts_on=date(2025, 1, 6), ends_on=date(2025, 4, 4)),
    )
    later = ReturnFactory(round=spring, organisation=desk.world.organisation)
    assert previous_return(later) == desk.before
    assert promises_of(later, previous_return(later)) == [desk.first, desk.second]


def test_an_older_promise_that_nobody_marked_is_asked_for_too(desk: Desk) -> None:
    Return.objects.filter(pk=desk.return_of.pk).update(status=Return.Status.DRAFT)
    spring = RoundFactory(
        partnership=desk.world.partnership,
        term=TermFactory(code="2024-25-spring", starts_on=date(2025, 1, 6), ends_on=date(2025, 4, 4)),
    )
    later = ReturnFactory(round=spring, organisation=desk.world.organisation)
    new = PlannedStepFactory(entry=desk.entry, title="New")
    PlannedStep.objects.filter(pk=desk.second.pk).update(outcome=DONE)
    assert set(promises_of(later, previous_return(later))) == {desk.first, new}


# Sending ------------------------------------------------------------------------------------------------------


def test_a_return_is_sent_when_nothing_is_missing(desk: Desk) -> None:
    desk.make_ready()
    sent = submit_return(return_of=desk.return_of, by=desk.by, at=NOW)
    assert (sent.status, sent.submitted_by, sent.submitted_at) == (Return.Status.SUBMITTED, desk.by, NOW)
    assert sent.history.latest("history_id").history_change_reason == "Sent to the lead"


def test_an_unmarked_promise_holds_a_return_back(desk: Desk) -> None:
    desk.save(activity="Met", marks=[Mark(desk.first.pk, DONE)])
    with pytest.raises(ReturnNotReadyError) as refused:
        submit_return(return_of=desk.return_of, by=desk.by, at=NOW)
    assert [(each.entry_id, each.words) for each in refused.value.missing] == [
        (desk.entry.pk, "1 Better first jobs: mark 1 promise from last term")
    ]
    desk.return_of.refresh_from_db()
    assert desk.return_of.status == Return.Status.DRAFT


def test_a_return_that_says_nothing_is_held_back_and_a_planned_step_is_enough(desk: Desk) -> None:
    desk.save(marks=[Mark(desk.first.pk, DONE), Mark(desk.second.pk, DONE)], intended_outcomes="Prefilled")
    with pytest.raises(ReturnNotReadyError, match="at least one priority"):
        submit_return(return_of=desk.return_of, by=desk.by, at=NOW)
    desk.save(steps=[StepText("Begin")])
    assert submit_return(return_of=desk.return_of, by=desk.by, at=NOW).status == Return.Status.SUBMITTED


def test_a_partner_need_not_write_of_every_priority(desk: Desk) -> None:
    desk.make_ready()
    ReturnEntryFactory(return_of=desk.return_of, priority=PriorityFactory(strategy=desk.world.strategy))
    assert overview_of(desk.return_of).missing == ()
    assert submit_return(return_of=desk.return_of, by=desk.by, at=NOW).status == Return.Status.SUBMITTED


def test_what_the_report_will_say_nothing_of_is_told_before_it_is_sent(officer: Client, desk: Desk) -> None:
    desk.save(activity="Two meetings", impact="Trust", marks=[Mark(desk.first.pk, DONE), Mark(desk.second.pk, DONE)])
    assert "Everything is there" in officer.get(desk.url).content.decode()
    other = ReturnEntryFactory(return_of=desk.return_of, priority=PriorityFactory(strategy=desk.world.strategy))
    html = officer.get(desk.url).content.decode()
    assert f"{other.priority.ref} {other.priority.title}: Activity last period and Impact so far" in html
    assert "Everything is there" not in html


def test_a_promise_under_a_priority_that_left_holds_a_return_back(desk: Desk) -> None:
    desk.make_ready()
    gone = ReturnEntryFactory(return_of=desk.before, priority=PriorityFactory(strategy=desk.world.strategy))
    PlannedStepFactory(entry=gone)
    assert [each.entry_id for each in overview_of(desk.return_of).missing] == [None]


def test_a_return_without_any_priority_is_not_sent(desk: Desk) -> None:
    desk.entry.delete()
    desk.entry_before.delete()
    with pytest.raises(ReturnNotReadyError, match="no priority"):
        submit_return(return_of=desk.return_of, by=desk.by, at=NOW)


def test_sending_twice_sends_once(desk: Desk) -> None:
    desk.make_ready()
    submit_return(return_of=desk.return_of, by=desk.by, at=NOW)
    again = submit_return(return_of=desk.return_of, by=desk.world.lead, at=datetime(2024, 11, 21, tzinfo=UTC))
    assert (again.submitted_by, again.submitted_at) == (desk.by, NOW)
    assert desk.return_of.history.filter(status=Return.Status.SUBMITTED).count() == 1


# The pages ----------------------------------------------------------------------------------------------------


def test_the_overview_lists_priorities_promises_and_what_is_missing(officer: Client, desk: Desk) -> None:
    page = officer.get(desk.url).content.decode()
    assert "2 promises to mark" in page
    assert "0 of 1 priority ready" in page
    assert "Send to the lead" in page


def test_sending_too_early_links_to_each_priority(officer: Client, desk: Desk) -> None:
    page = officer.post(desk.url).content.decode()
    assert "<title>Error:" in page
    assert f'href="{desk.entry_url}"' in page.split("<h1")[0]
    desk.return_of.refresh_from_db()
    assert desk.return_of.status == Return.Status.NOT_STARTED


def test_sending_from_the_page_sends_and_a_second_click_is_harmless(officer: Client, desk: Desk) -> None:
    desk.make_ready()
    for _ in range(2):
        assert officer.post(desk.url).status_code == 302
    page = officer.get(desk.url).content.decode()
    assert "Sent to the lead" in page
    assert "Read what was sent" in page


def test_an_entry_is_written_from_its_page(officer: Client, desk: Desk) -> None:
    desk.save()
    data = desk.posted(
        officer,
        activity="We met\r\nTwice",
        impact="Trust",
        **{
            "marks-0-outcome": "done",
            "marks-1-outcome": "carried_over",
            "steps-0-title": "Write to schools",
            "steps-0-activity": str(desk.world.activity.pk),
        },
    )
    response = officer.post(desk.entry_url, data)
    assert response.status_code == 302, response.context["forms"].words.errors
    desk.entry.refresh_from_db()
    assert (desk.entry.activity, desk.entry.impact) == ("We met\nTwice", "Trust")
    assert desk.titles() == ["Write to schools", "Hold a careers fair"]
    assert set(PlannedStep.objects.filter(entry=desk.entry_before).values_list("outcome", flat=True)) == {
        DONE,
        CARRIED,
    }


def test_save_and_next_goes_to_the_next_priority_and_from_the_last_to_the_overview(officer: Client, desk: Desk) -> None:
    second = ReturnEntryFactory(return_of=desk.return_of, position=2)
    data = desk.posted(officer, next="")
    assert officer.post(desk.entry_url, data)["Location"] == f"{desk.url}priorities/{second.pk}/"
    desk.entry_url = f"{desk.url}priorities/{second.pk}/"
    assert officer.post(desk.entry_url, desk.posted(officer, next=""))["Location"] == desk.url


def test_a_step_is_taken_out_by_its_box(officer: Client, desk: Desk) -> None:
    PlannedStepFactory(entry=desk.entry, title="Not this one")
    officer.post(desk.entry_url, desk.posted(officer, **{"steps-0-DELETE": "on"}))
    assert desk.titles() == []


def test_a_draft_is_saved_whole_though_a_promise_was_dropped_without_its_reason(officer: Client, desk: Desk) -> None:
    typed = {"marks-0-outcome": "dropped", "marks-1-outcome": "done", "steps-0-title": "A new step"}
    response = officer.post(desk.entry_url, desk.posted(officer, activity="A long text", **typed), follow=True)
    assert "Draft saved" in response.content.decode()
    assert "The reason is still to come" in response.content.decode()
    desk.entry.refresh_from_db()
    desk.first.refresh_from_db()
    assert (desk.entry.activity, desk.titles(), desk.first.outcome) == ("A long text", ["A new step"], DROPPED)
    assert "1 reason to give" in officer.get(desk.url).content.decode()


def test_a_return_is_sent_once_every_dropped_promise_has_its_reason(officer: Client, desk: Desk) -> None:
    marks = [Mark(desk.first.pk, DROPPED), Mark(desk.second.pk, DONE)]
    desk.save(activity="Met", marks=marks)
    page = officer.post(desk.url).content.decode()
    assert "1 Better first jobs: say why 1 promise was dropped" in page
    assert f'href="{desk.entry_url}"' in page.split("<h1")[0]
    desk.return_of.refresh_from_db()
    assert desk.return_of.status == Return.Status.DRAFT
    officer.post(desk.entry_url, desk.posted(officer, **{"marks-0-reason": "They declined"}))
    assert officer.post(desk.url).status_code == 302
    desk.first.refresh_from_db()
    assert (desk.first.outcome, desk.first.outcome_reason) == (DROPPED, "They declined")


def test_a_promise_carried_over_may_say_why(officer: Client, desk: Desk) -> None:
    typed = {"marks-0-outcome": "carried_over", "marks-0-carried_reason": "The sergeant was ill"}
    officer.post(desk.entry_url, desk.posted(officer, **typed))
    desk.first.refresh_from_db()
    assert (desk.first.outcome, desk.first.outcome_reason) == (CARRIED, "The sergeant was ill")
    shown = desk.posted(officer)
    assert (shown["marks-0-reason"], shown["marks-0-carried_reason"]) == ("", "The sergeant was ill")


@pytest.mark.parametrize("outcome", ["done", "carried_over", ""])
def test_words_for_one_mark_do_not_stay_behind_another(officer: Client, desk: Desk, outcome: str) -> None:
    """The box for another mark is hidden, and what still stands in it is nobody's word for this one."""
    desk.mark(desk.first, DROPPED, "They declined")
    officer.post(desk.entry_url, desk.posted(officer, **{"marks-0-outcome": outcome}))
    desk.first.refresh_from_db()
    assert (desk.first.outcome, desk.first.outcome_reason) == (outcome, "")


def test_a_reason_without_its_mark_is_not_lost(officer: Client, desk: Desk) -> None:
    data = desk.posted(officer, **{"marks-0-reason": "They declined"})
    del data["marks-0-outcome"]
    officer.post(desk.entry_url, data)
    desk.first.refresh_from_db()
    assert (desk.first.outcome, desk.first.outcome_reason) == (DROPPED, "They declined")


def test_a_word_about_what_was_done_outlives_a_save(officer: Client, desk: Desk) -> None:
    PlannedStep.objects.filter(pk=desk.first.pk).update(outcome=DONE, outcome_reason="In May")
    officer.post(desk.entry_url, desk.posted(officer, activity="Met"))
    desk.first.refresh_from_db()
    assert (desk.first.outcome, desk.first.outcome_reason) == (DONE, "In May")


def test_why_a_promise_was_dropped_is_there_again_after_signing_in(officer: Client, desk: Desk) -> None:
    url = f"{desk.url}promises/{desk.first.pk}/"
    posted = {"outcome": "dropped", "reason": "They “declined”", "carried_reason": "", "draft": marker_on(officer, url)}
    form = back_after_signing_in(officer, desk.by, url, posted).context["form"]
    assert (form["outcome"].value(), form["reason"].value()) == ("dropped", "They “declined”")
    desk.first.refresh_from_db()
    assert desk.first.outcome == ""
    assert officer.post(url, posted).status_code == 302
    assert not Draft.objects.exists()


def test_an_older_promise_dropped_without_a_word_is_asked_for_again(desk: Desk) -> None:
    desk.save(marks=[Mark(desk.first.pk, DROPPED), Mark(desk.second.pk, DONE)])
    spring = RoundFactory(
        partnership=desk.world.partnership,
        term=TermFactory(code="2024-25-spring", starts_on=date(2025, 1, 6), ends_on=date(2025, 4, 4)),
    )
    later = ReturnFactory(round=spring, organisation=desk.world.organisation)
    assert promises_of(later, previous_return(later)) == [desk.first]


def test_a_reason_still_to_come_is_asked_for_under_a_priority_that_left_too(officer: Client, desk: Desk) -> None:
    desk.make_ready()
    gone = ReturnEntryFactory(return_of=desk.before, priority=PriorityFactory(strategy=desk.world.strategy))
    step = PlannedStepFactory(entry=gone, outcome=DROPPED)
    page = officer.post(desk.url).content.decode()
    assert "Under priorities that have left the return: say why 1 promise was dropped" in page
    assert f'action="{desk.url}promises/{step.pk}/?from=return"' in page


def test_too_long_a_text_is_refused_and_kept(officer: Client, desk: Desk) -> None:
    page = officer.post(desk.entry_url, desk.posted(officer, activity="word " * 5000)).content.decode()
    assert "Activity last period must be 20,000 characters or fewer" in page
    assert "word word" in page


def test_the_page_shows_updates_of_the_term_and_words_of_the_last(officer: Client, desk: Desk) -> None:
    ActivityUpdate.objects.create(
        activity=desk.world.activity,
        term=desk.world.term,
        status="under_way",
        rag="on_track",
        words="Twelve employers signed",
        author=desk.by,
    )
    page = officer.get(desk.entry_url).content.decode()
    assert "Twelve employers signed" in page
    assert "The group met twice." in page


def test_text_unchanged_since_last_term_is_pointed_out_but_not_refused(officer: Client, desk: Desk) -> None:
    desk.save(activity="The  group met\ntwice.", marks=[Mark(desk.first.pk, DONE), Mark(desk.second.pk, DONE)])
    assert "These are the same words as in Summer 2023/24" in officer.get(desk.entry_url).content.decode()
    assert "the same words as last time" in officer.get(desk.url).content.decode()
    assert submit_return(return_of=desk.return_of, by=desk.by, at=NOW).status == Return.Status.SUBMITTED


def test_how_often_a_step_was_carried_is_shown(officer: Client, desk: Desk) -> None:
    PlannedStep.objects.filter(pk=desk.first.pk).update(terms_carried=2)
    desk.mark(desk.first, CARRIED)
    page = officer.get(desk.entry_url).content.decode()
    assert "by then carried over for 2 terms" in page
    assert "for 3 terms now" in page


def test_an_entry_of_a_return_with_the_lead_is_only_read(officer: Client, desk: Desk) -> None:
    desk.save()
    data = desk.posted(officer, activity="Too late")
    Return.objects.filter(pk=desk.return_of.pk).update(status=Return.Status.SUBMITTED)
    assert officer.get(desk.entry_url)["Location"] == f"{desk.url}review/"
    page = officer.post(desk.entry_url, data).content.decode()
    assert "with the lead" in page
    assert "Too late" in page
    desk.entry.refresh_from_db()
    assert desk.entry.activity == ""


# Two people at once -------------------------------------------------------------------------------------------


def test_a_stale_form_saves_nothing_and_shows_both_texts(officer: Client, desk: Desk) -> None:
    data = desk.posted(officer, activity="My words", impact="The same\r\nin both", **{"steps-0-title": "My step"})
    text = EntryText(activity="Their words", impact="The same\nin both")
    save_entry(entry=desk.entry, text=text, by=desk.world.lead, at=NOW)
    page = officer.post(desk.entry_url, data).content.decode()
    assert "Activity last period: compare the two texts" in page
    assert "Impact so far: compare the two texts" not in page
    assert "Lee Lead saved this priority while you were writing" in page
    assert "It was saved on 20 November 2024 at 10:42" in page
    for words in ("My words", "My step", "Their words"):
        assert words in page
    desk.entry.refresh_from_db()
    assert desk.entry.activity == "Their words"
    assert desk.titles() == []


def test_a_conflict_with_oneself_in_another_tab_says_so(officer: Client, desk: Desk) -> None:
    data = desk.posted(officer, activity="Words of one tab")
    desk.save(activity="Words of another")
    page = officer.post(desk.entry_url, data).content.decode()
    assert "You saved this priority somewhere else while you were writing here" in page
    assert "You saved it on 20 November 2024 at 10:42, perhaps in another tab" in page
    assert "Olive Officer saved" not in page
    assert "omebody else" not in page


def test_a_conflict_shows_marks_and_steps_that_differ_and_leads_to_them(officer: Client, desk: Desk) -> None:
    data = desk.posted(officer, **{"marks-0-outcome": "done", "steps-0-title": "My step"})
    marks = [Mark(desk.first.pk, DROPPED, "They declined"), Mark(desk.second.pk, "")]
    save_entry(entry=desk.entry, text=EntryText(marks=marks), by=desk.world.lead, at=NOW)
    page = officer.post(desk.entry_url, data)
    summary = page.content.decode().split("<h1")[0]
    assert "Lee Lead saved this priority" in summary
    assert "“Invite the police”: compare the two marks" in summary
    assert "“Hold a careers fair”" not in summary
    assert 'href="#planned"' in summary
    assert "Dropped: They declined" in page.content.decode()
    assert "My step" in page.content.decode()


def test_after_both_texts_were_shown_the_next_save_goes_through(officer: Client, desk: Desk) -> None:
    data = desk.posted(officer, activity="My words")
    save_entry(entry=desk.entry, text=EntryText(activity="Their words"), by=desk.world.lead, at=NOW)
    shown = officer.post(desk.entry_url, data)
    seen = shown.context["forms"].words["seen"].value()
    assert officer.post(desk.entry_url, data | {"activity": "Both", "seen": seen}).status_code == 302
    desk.entry.refresh_from_db()
    assert desk.entry.activity == "Both"


def test_the_same_form_posted_twice_saves_once(officer: Client, desk: Desk) -> None:
    data = desk.posted(officer, activity="Met", **{"marks-0-outcome": "carried_over", "steps-0-title": "New step"})
    for _ in range(2):
        assert officer.post(desk.entry_url, data).status_code == 302
    assert desk.titles() == ["New step", "Invite the police"]
    assert desk.entry.history.filter(history_change_reason="Draft saved").count() == 1


def test_another_priority_saved_meanwhile_is_no_conflict(officer: Client, desk: Desk) -> None:
    data = desk.posted(officer, activity="My words")
    other = ReturnEntryFactory(return_of=desk.return_of)
    save_entry(entry=other, text=EntryText(activity="Theirs"), by=desk.world.lead, at=NOW)
    assert officer.post(desk.entry_url, data).status_code == 302


def test_a_promise_marked_meanwhile_is_a_conflict_not_an_unmarking(desk: Desk, officer: Client) -> None:
    data = desk.posted(officer, activity="My words")
    desk.mark(desk.first, DONE)
    officer.post(desk.entry_url, data)
    desk.first.refresh_from_db()
    assert desk.first.outcome == DONE


def test_a_stale_carried_step_rewritten_by_two_people_is_a_conflict(desk: Desk) -> None:
    desk.mark(desk.first, CARRIED)
    carried = desk.planned()[0]
    with pytest.raises(StaleEntryError):
        desk.save(
            steps=[StepText("Reworded", pk=carried.pk)],
            marks=[Mark(desk.first.pk, CARRIED)],
            seen="what was shown before",
        )


# Marking from a list --------------------------------------------------------------------------------------------


def test_a_promise_is_marked_with_one_click_and_a_second_is_harmless(officer: Client, desk: Desk) -> None:
    url = f"{desk.url}promises/{desk.first.pk}/"
    for _ in range(2):
        assert officer.post(url, {"outcome": "carried_over"}).status_code == 302
    assert desk.titles() == ["Invite the police"]


def test_dropping_with_one_click_asks_for_the_reason_first(officer: Client, desk: Desk) -> None:
    url = f"{desk.url}promises/{desk.first.pk}/"
    asked = officer.post(url, {"outcome": "dropped"}).content.decode()
    assert "Why was it dropped?" in asked
    assert "There is a problem" not in asked
    assert "Say why" in officer.post(url, {"outcome": "dropped", "reason": ""}).content.decode()
    assert officer.post(f"{url}?from=return", {"outcome": "dropped", "reason": "No reply"})["Location"] == desk.url
    desk.first.refresh_from_db()
    assert desk.first.outcome_reason == "No reply"


# Who may --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", ["stranger", "board_member"])
def test_others_find_no_return(client: Client, desk: Desk, person: str) -> None:
    client.force_login(getattr(desk.world, person))
    for url in (desk.url, desk.entry_url, f"{desk.url}review/", f"{desk.url}promises/{desk.first.pk}/"):
        assert client.get(url).status_code == 404, url
        assert client.post(url, {"outcome": "done"}).status_code == 404, url
    desk.first.refresh_from_db()
    assert desk.first.outcome == ""


def test_an_officer_of_another_organisation_finds_no_return(client: Client, desk: Desk) -> None:
    theirs = ReturnFactory(round=desk.world.round, organisation=desk.world.partner)
    client.force_login(desk.world.officer)
    assert client.get(f"/returns/{theirs.pk}/").status_code == 404


def test_an_entry_of_another_return_is_not_found_under_mine(officer: Client, desk: Desk) -> None:
    other = ReturnEntryFactory()
    assert officer.get(f"{desk.url}priorities/{other.pk}/").status_code == 404


def test_whoever_has_not_signed_in_is_asked_to(client: Client, desk: Desk) -> None:
    for url in (desk.url, desk.entry_url, f"{desk.url}review/"):
        assert client.get(url)["Location"].startswith("/sign-in/")


# Cost -----------------------------------------------------------------------------------------------------------


def grow(desk: Desk) -> None:
    """Many more of everything that the pages of a return list."""
    for _ in range(5):
        priority = PriorityFactory(strategy=desk.world.strategy)
        ReturnEntryFactory(return_of=desk.return_of, priority=priority)
        PlannedStepFactory.create_batch(
            3, entry=ReturnEntryFactory(return_of=desk.before, priority=priority), activity=desk.world.activity
        )
    PlannedStepFactory.create_batch(5, entry=desk.entry_before)
    PlannedStepFactory.create_batch(5, entry=desk.entry, activity=desk.world.activity)
    for _ in range(5):
        achievement = AchievementFactory(partnership=desk.world.partnership, term=desk.world.term)
        achievement.priorities.add(desk.world.priority)
        activity = ActivityFactory(objective=desk.world.objective)
        ActivityUpdate.objects.create(
            activity=activity, term=desk.world.term, status="done", rag="on_track", author=desk.by
        )


@pytest.mark.parametrize("is_large", [False, True])
def test_the_pages_of_a_return_cost_the_same_at_any_length(
    officer: Client, desk: Desk, is_large: bool, django_assert_num_queries
) -> None:
    if is_large:
        grow(desk)
    with django_assert_num_queries(9):
        officer.get(desk.url)
    with django_assert_num_queries(12):
        officer.get(desk.entry_url)
    with django_assert_num_queries(7):
        officer.get(f"{desk.url}review/")


# What is typed and not sent ----------------------------------------------------------------------------------------


def typed_into(officer: Client, desk: Desk, **words: str) -> dict[str, str]:
    """What the page's script sends while somebody writes: every box of the form, with these words in theirs."""
    page = officer.get(desk.entry_url).content.decode()
    boxes = re.findall(r'<input type="hidden"\s+name="([^"]+)"\s+value="([^"]*)"', page)
    return {name: unescape(value) for name, value in boxes} | words


def test_what_is_typed_into_an_entry_is_put_back_and_changes_nothing_before_it_is_saved(
    officer: Client, desk: Desk
) -> None:
    typed = typed_into(officer, desk, activity="Half a sen", **{"steps-0-title": "Meet again"})
    assert officer.post("/drafts/", typed).status_code == 200
    desk.entry.refresh_from_db()
    assert desk.entry.activity == ""
    answer = officer.get(desk.entry_url)
    page = answer.content.decode()
    assert "We kept what you typed" in page
    assert "Half a sen" in page
    assert "Meet again" in page
    assert not answer.context["has_errors"]


def test_saving_an_entry_lets_go_of_what_was_kept(officer: Client, desk: Desk) -> None:
    typed = typed_into(officer, desk, activity="A sentence")
    officer.post("/drafts/", typed)
    assert officer.post(desk.entry_url, typed | {"save": ""}).status_code == 302
    assert "We kept what you typed" not in officer.get(desk.entry_url).content.decode()
    desk.entry.refresh_from_db()
    assert desk.entry.activity == "A sentence"


def test_a_draft_that_another_officer_overtook_is_shown_beside_what_was_saved(officer: Client, desk: Desk) -> None:
    officer.post("/drafts/", typed_into(officer, desk, activity="Mine"))
    desk.save(activity="Theirs")
    typed = typed_into(officer, desk, activity="Mine")
    page = officer.post(desk.entry_url, typed | {"save": ""}).content.decode()
    assert "Saved meanwhile" in page
    assert "Theirs" in page
    desk.entry.refresh_from_db()
    assert desk.entry.activity == "Theirs"

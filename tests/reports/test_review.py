"""A lead's round: what is in and what is not, and each return approved or sent back."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client

from partnerships.models import Draft, Role
from priorities.services.updates import record_update
from reports.models import EntryComment, PlannedStep, Report, Return, Round
from reports.services import (
    EntryText,
    Mark,
    StepText,
    approve_return,
    comment_on,
    save_entry,
    send_back,
    submit_return,
    sweep_reviews,
    tell_of_review,
)
from tests.factories import (
    CalendarFactory,
    PartnershipFactory,
    PlannedStepFactory,
    PriorityFactory,
    ReturnEntryFactory,
    ReturnFactory,
    World,
)
from tests.sessions import back_after_signing_in
from wesp_portal.celery import app as celery_app
from wesp_portal.common.mail import NotTakenError

NOW = datetime(2024, 11, 25, 9, 30, tzinfo=UTC)
URL = "/partnerships/harbour/returns/"


@pytest.fixture
def sent(world: World) -> Return:
    """A return with the lead, every section filled and one promise dropped."""
    before = ReturnFactory(round=world.previous_round, organisation=world.organisation, status="approved")
    dropped = PlannedStepFactory(
        entry=ReturnEntryFactory(return_of=before, priority=world.priority), title="Invite the police"
    )
    PlannedStep.objects.filter(pk=dropped.pk).update(outcome="dropped", outcome_reason="They declined")
    made: Return = ReturnFactory(
        round=world.round,
        organisation=world.organisation,
        status=Return.Status.SUBMITTED,
        submitted_by=world.officer,
        submitted_at=datetime(2024, 11, 22, 15, tzinfo=UTC),
    )
    entry = ReturnEntryFactory(
        return_of=made,
        priority=world.priority,
        intended_outcomes="More apprentices",
        activity="Signed twelve employers",
        impact="Eight young people began",
        exit_strategy="The college carries on",
    )
    PlannedStepFactory(entry=entry, title="Sign six more")
    return made


@pytest.fixture
def lead(client: Client, world: World) -> Client:
    client.force_login(world.lead)
    return client


# The round ------------------------------------------------------------------------------------------------------------


def test_a_lead_sees_the_rounds_dates_and_where_each_return_is(lead: Client, world: World, sent: Return) -> None:
    ReturnFactory(round=world.round, organisation=world.partner)
    with time_machine.travel(NOW):
        page = lead.get(URL).content.decode()
    assert "Returns for Autumn 2024/25" in page
    assert "29 November 2024" in page
    assert "1 of 2 returns sent" in page
    assert "Sent to the lead" in page
    assert "Not started" in page


def test_a_lead_looks_back_at_an_earlier_term(lead: Client, world: World, sent: Return) -> None:
    with time_machine.travel(NOW):
        assert "Returns for Summer 2023/24" in lead.get(f"{URL}?term=2023-24-summer").content.decode()
        assert lead.get(f"{URL}?term=1999-00-autumn").status_code == 404


def test_a_term_without_a_round_offers_to_open_it_and_twice_opens_it_once(lead: Client, world: World) -> None:
    world.round.delete()
    with time_machine.travel(NOW):
        assert "Open the round" in lead.get(URL).content.decode()
        for _ in range(2):
            assert lead.post(URL).status_code == 302
        assert "is open" in lead.get(URL).content.decode()
    opened = Round.objects.get(partnership=world.partnership, term=world.term)
    assert opened.returns.get().organisation == world.organisation
    assert opened.history.get().history_user == world.lead


def test_a_round_nobody_reports_in_says_what_to_do(lead: Client, world: World) -> None:
    with time_machine.travel(NOW):
        assert "Nobody reports in this round yet" in lead.get(URL).content.decode()


def test_a_calendar_without_a_term_says_so_and_opens_nothing(client: Client, world: World) -> None:
    bare = PartnershipFactory(slug="bare", calendar=CalendarFactory(slug="bare", name="Bare"))
    client.force_login(world.administrator)
    assert "no term that has begun" in client.get("/partnerships/bare/returns/").content.decode()
    assert client.post("/partnerships/bare/returns/").status_code == 404
    assert not bare.rounds.exists()


@pytest.mark.parametrize("person", ["officer", "board_member", "stranger"])
def test_only_leads_find_the_round(client: Client, world: World, person: str) -> None:
    client.force_login(getattr(world, person))
    world.round.delete()
    with time_machine.travel(NOW):
        assert client.get(URL).status_code == 404
        assert client.post(URL).status_code == 404
    assert not Round.objects.filter(term=world.term).exists()


def test_a_return_that_came_without_a_date_of_sending_says_so(lead: Client, world: World) -> None:
    """The shipped returns were published before the portal was there, and nobody knows the day they were sent."""
    shipped = ReturnFactory(round=world.round, organisation=world.organisation, status=Return.Status.APPROVED)
    with time_machine.travel(NOW):
        page = lead.get(URL).content.decode()
    assert "1 of 1 return sent" in page
    assert "No date was recorded" in page
    assert "Not yet" not in page
    assert "no date of sending was recorded" in lead.get(f"/returns/{shipped.pk}/review/").content.decode()


# From the returns to the report ---------------------------------------------------------------------------------------


def test_the_report_is_asked_for_where_the_last_return_was_approved(lead: Client, world: World, sent: Return) -> None:
    with time_machine.travel(NOW):
        assert "Build the report" not in lead.get(URL).content.decode()
        data = {"decision": "approve", "version": sent.version}
        page = lead.post(f"/returns/{sent.pk}/review/", data, follow=True).content.decode()
        assert "Every return is approved" in page
        assert "Build the report" in page
        answer = lead.post("/reports/build/", {"round": world.round.pk})
        report = Report.objects.get(round=world.round)
        assert answer["Location"] == f"/reports/build/{report.pk}/"
        page = lead.get(URL).content.decode()
    assert "Build the report" not in page
    assert f'href="/reports/build/{report.pk}/"' in page


def test_a_round_whose_report_is_published_leads_to_it(lead: Client, world: World, sent: Return) -> None:
    Report.objects.create(
        round=world.round, version=1, status="published", sha256="0" * 64, requested_at=NOW, published_at=NOW
    )
    with time_machine.travel(NOW):
        page = lead.get(URL).content.decode()
    assert 'href="/reports/harbour/2024-25-autumn/"' in page
    assert "Build the report" not in page


# Reading --------------------------------------------------------------------------------------------------------------


def test_a_lead_reads_all_six_sections_and_each_promise_with_what_became_of_it(lead: Client, sent: Return) -> None:
    page = lead.get(f"/returns/{sent.pk}/review/").content.decode()
    shown = [
        "More apprentices",
        "Signed twelve employers",
        "Invite the police",
        "Dropped",
        "They declined",
        "Sign six more",
        "Eight young people began",
        "The college carries on",
    ]
    assert [words for words in shown if words not in page] == []
    sections = ["Intended outcomes", "Activity last period", "Planned activity", "Impact so far", "Exit strategy"]
    places = [page.index(f">{name}") for name in sections]
    assert places == sorted(places)


def test_the_officer_reads_what_was_sent_but_does_not_decide(client: Client, world: World, sent: Return) -> None:
    client.force_login(world.officer)
    page = client.get(f"/returns/{sent.pk}/review/").content.decode()
    assert "Signed twelve employers" in page
    assert "Approve" not in page
    assert client.post(f"/returns/{sent.pk}/review/", {"decision": "approve", "version": 1}).status_code == 404
    sent.refresh_from_db()
    assert sent.status == Return.Status.SUBMITTED


# Deciding -------------------------------------------------------------------------------------------------------------


def test_a_lead_approves(lead: Client, world: World, sent: Return) -> None:
    data = {"decision": "approve", "version": sent.version}
    for _ in range(2):
        lead.post(f"/returns/{sent.pk}/review/", data)
    sent.refresh_from_db()
    assert (sent.status, sent.reviewed_by) == (Return.Status.APPROVED, world.lead)
    assert sent.history.filter(history_change_reason="Approved").count() == 1


def test_a_lead_sends_back_with_a_comment_that_the_officer_sees(lead: Client, world: World, sent: Return) -> None:
    data = {"decision": "send-back", "version": sent.version, "comment": "Say who leads"}
    assert lead.post(f"/returns/{sent.pk}/review/", data)["Location"] == URL
    sent.refresh_from_db()
    assert (sent.status, sent.review_comment) == (Return.Status.SENT_BACK, "Say who leads")
    lead.force_login(world.officer)
    assert "Say who leads" in lead.get(f"/returns/{sent.pk}/").content.decode()


def test_sending_back_without_a_comment_is_an_error_at_the_field(lead: Client, sent: Return) -> None:
    page = lead.post(f"/returns/{sent.pk}/review/", {"decision": "send-back", "version": 1, "comment": " "})
    assert "Say what needs to change" in page.content.decode()
    assert "<title>Error:" in page.content.decode()
    sent.refresh_from_db()
    assert sent.status == Return.Status.SUBMITTED


def test_sending_back_twice_is_harmless(world: World, sent: Return) -> None:
    for _ in range(2):
        send_back(return_of=sent, comment="Who leads?", by=world.lead, at=NOW)
    assert sent.history.filter(history_change_reason="Sent back").count() == 1


def test_the_service_refuses_an_empty_comment(world: World, sent: Return) -> None:
    with pytest.raises(ValidationError, match="Say what needs to change"):
        send_back(return_of=sent, comment="  ", by=world.lead, at=NOW)


def test_a_return_that_is_not_sent_cannot_be_approved(world: World) -> None:
    draft = ReturnFactory(round=world.round, organisation=world.organisation, status=Return.Status.DRAFT)
    with pytest.raises(ValidationError, match="has changed since"):
        approve_return(return_of=draft, by=world.lead, at=NOW)
    draft.refresh_from_db()
    assert draft.status == Return.Status.DRAFT


def test_what_was_not_read_is_not_approved(lead: Client, world: World, sent: Return) -> None:
    """Another lead sends it back, and the officer sends it anew, while this lead has the old words on the screen."""
    read = sent.version
    send_back(return_of=sent, comment="Who leads?", by=world.administrator, at=NOW)
    Return.objects.filter(pk=sent.pk).update(status=Return.Status.SUBMITTED, version=read + 2)
    page = lead.post(f"/returns/{sent.pk}/review/", {"decision": "approve", "version": read})
    assert "has changed since you opened it" in page.content.decode()
    sent.refresh_from_db()
    assert sent.status == Return.Status.SUBMITTED


def test_an_approved_return_may_still_be_sent_back(world: World, sent: Return) -> None:
    approve_return(return_of=sent, by=world.lead, at=NOW)
    assert send_back(return_of=sent, comment="A figure is wrong", by=world.lead, at=NOW).is_editable


# Comments at a priority -----------------------------------------------------------------------------------------------


def comment_on_page(lead: Client, sent: Return, text: str, entry: int | None = None) -> Any:
    number = entry or sent.entries.get().pk
    data = {"decision": "comment", "entry": number, f"entry-{number}-text": text}
    return lead.post(f"/returns/{sent.pk}/review/", data)


def test_a_lead_comments_at_a_priority_and_marks_it_dealt_with(lead: Client, world: World, sent: Return) -> None:
    number = sent.entries.get().pk
    for _ in range(2):
        assert comment_on_page(lead, sent, "Which employers?")["Location"].endswith(f"/review/#entry-{number}")
    comment = EntryComment.objects.get()
    assert (comment.text, comment.written_by, comment.resolved_at) == ("Which employers?", world.lead, None)
    assert "Which employers?" in lead.get(f"/returns/{sent.pk}/review/").content.decode()
    for _ in range(2):
        lead.post(f"/returns/{sent.pk}/review/", {"decision": "resolve", "entry": number, "comment": comment.pk})
    comment.refresh_from_db()
    assert comment.resolved_by == world.lead
    assert "dealt with by Lee Lead" in lead.get(f"/returns/{sent.pk}/review/").content.decode()


def test_a_comment_without_words_is_an_error_at_its_own_box(lead: Client, sent: Return) -> None:
    page = comment_on_page(lead, sent, " ").content.decode()
    assert "Write what you want to say of this priority" in page
    assert "<title>Error:" in page
    assert comment_on_page(lead, sent, "x" * 2001).status_code == 200
    assert not EntryComment.objects.exists()


def test_a_comment_sent_without_a_session_is_there_again_after_signing_in(
    lead: Client, world: World, sent: Return
) -> None:
    address, entry = f"/returns/{sent.pk}/review/", sent.entries.get()
    other = ReturnEntryFactory(return_of=sent, priority=PriorityFactory(strategy=world.strategy))

    def rows(response: Any) -> dict[int, Any]:
        return {row["said"].entry.pk: row for row in response.context["entries"]}

    marker = rows(lead.get(address))[entry.pk]["draft"].marker
    typed = {f"entry-{entry.pk}-text": "Which “employers”?"}
    posted = typed | {"decision": "comment", "entry": entry.pk, "draft": marker}
    response = back_after_signing_in(lead, world.lead, address, posted)
    back = rows(response)
    assert back[entry.pk]["form"]["text"].value() == "Which “employers”?"
    assert not back[other.pk]["form"].is_bound
    assert "<title>Error:" not in response.content.decode(), "nobody has sent it yet"
    assert not EntryComment.objects.exists()
    # Another form of the page that is refused meanwhile leaves it where it is.
    refused = {"decision": "comment", "entry": other.pk, "draft": back[other.pk]["draft"].marker}
    assert rows(lead.post(address, refused))[entry.pk]["form"]["text"].value() == "Which “employers”?"
    assert lead.post(address, posted).status_code == 302
    assert not rows(lead.get(address))[entry.pk]["form"].is_bound


def test_a_return_sent_back_without_a_session_has_its_words_again_after_signing_in(
    lead: Client, world: World, sent: Return
) -> None:
    address = f"/returns/{sent.pk}/review/"
    opened = lead.get(address).context
    posted = {"decision": "send-back", "version": opened["form"]["version"].value(), "comment": "Say “who” leads"}
    posted |= {"draft": opened["draft"].marker}
    approve_return(return_of=sent, by=world.administrator, at=NOW)
    response = back_after_signing_in(lead, world.lead, address, posted)
    form = response.context["form"]
    sent.refresh_from_db()
    assert form["comment"].value() == "Say “who” leads"
    assert form["version"].value() == str(sent.version), "the return is decided on as it is shown"
    assert sent.status == Return.Status.APPROVED
    assert lead.post(address, posted | {"version": sent.version}).status_code == 302
    sent.refresh_from_db()
    assert (sent.status, sent.review_comment) == (Return.Status.SENT_BACK, "Say “who” leads")
    assert not Draft.objects.exists()


def test_only_a_lead_comments_and_only_at_priorities_of_the_return(client: Client, world: World, sent: Return) -> None:
    client.force_login(world.officer)
    assert comment_on_page(client, sent, "Mine").status_code == 404
    client.force_login(world.lead)
    assert comment_on_page(client, sent, "Elsewhere", entry=ReturnEntryFactory().pk).status_code == 404
    assert not EntryComment.objects.exists()


def test_comments_at_priorities_are_reason_enough_to_send_a_return_back(
    lead: Client, world: World, sent: Return
) -> None:
    comment_on_page(lead, sent, "Which employers?")
    lead.post(f"/returns/{sent.pk}/review/", {"decision": "send-back", "version": sent.version, "comment": ""})
    sent.refresh_from_db()
    assert (sent.status, sent.review_comment) == (Return.Status.SENT_BACK, "")
    lead.force_login(world.officer)
    assert "The comments stand at the priorities." in lead.get(f"/returns/{sent.pk}/").content.decode()


# Telling the officers -------------------------------------------------------------------------------------------------


def test_the_officers_are_told_once_by_one_email_with_one_link(
    world: World, sent: Return, django_capture_on_commit_callbacks: Any, monkeypatch: Any
) -> None:
    queued: list[tuple[str, list[int]]] = []
    monkeypatch.setattr(celery_app, "send_task", lambda task, args: queued.append((task, args)))
    comment_on(entry=sent.entries.get(), text="Which employers?", by=world.lead, at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        send_back(return_of=sent, comment="Say who leads & when", by=world.lead, at=NOW)
    assert queued == [("reports.tasks.tell_of_review", [sent.pk])]
    assert [tell_of_review(return_id=sent.pk, at=NOW) for _ in range(2)] == [1, 0]
    (message,) = mail.outbox
    assert isinstance(message, mail.EmailMultiAlternatives)
    assert message.to == ["officer@example.org"]
    assert message.subject == "Harbour Skills Partnership: your return for Autumn 2024/25 is sent back"
    for words in ("Dear Olive Officer", "Say who leads & when", "Which employers?", f"/returns/{sent.pk}/\n"):
        assert words in message.body
    assert message.body.count("http") == 1
    html: Any = message.alternatives[0]
    assert "Say who leads &amp; when" in html.content
    assert html.content.count("href") == 1


def test_an_approval_is_told_and_each_later_decision_again(world: World, sent: Return) -> None:
    approve_return(return_of=sent, by=world.lead, at=NOW)
    assert tell_of_review(return_id=sent.pk, at=NOW) == 1
    assert mail.outbox[0].subject.endswith("is approved")
    send_back(return_of=sent, comment="A figure is wrong", by=world.lead, at=NOW)
    assert tell_of_review(return_id=sent.pk, at=NOW) == 1


def test_nobody_is_told_of_a_return_that_is_not_reviewed_nor_who_has_left(world: World, sent: Return) -> None:
    assert tell_of_review(return_id=sent.pk, at=NOW) == 0
    Role.objects.filter(user=world.officer).update(ends_on=date(2024, 1, 1))
    approve_return(return_of=sent, by=world.lead, at=NOW)
    assert tell_of_review(return_id=sent.pk, at=NOW) == 0
    assert mail.outbox == []


def test_what_the_mail_server_did_not_take_is_tried_again(
    world: World, sent: Return, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise NotTakenError("away")

    approve_return(return_of=sent, by=world.lead, at=NOW)
    with monkeypatch.context() as patch:
        patch.setattr("reports.services.reviews.send_email", refuse)
        assert tell_of_review(return_id=sent.pk, at=NOW) == 0
    assert sweep_reviews(at=NOW) == 1
    assert tell_of_review(return_id=sent.pk, at=NOW) == 1
    assert sweep_reviews(at=NOW) == 0


def test_an_old_review_is_not_told_of_any_more(world: World, sent: Return) -> None:
    approve_return(return_of=sent, by=world.lead, at=NOW)
    assert sweep_reviews(at=NOW + timedelta(days=2)) == 0


# History --------------------------------------------------------------------------------------------------------------


def test_the_history_tells_every_change_in_words(lead: Client, world: World, sent: Return) -> None:
    entry = sent.entries.get()
    Return.objects.filter(pk=sent.pk).update(status=Return.Status.DRAFT)
    promise = PlannedStep.objects.get(title="Invite the police")
    PlannedStep.objects.filter(pk=promise.pk).update(outcome="", outcome_reason="")
    text = EntryText(
        intended_outcomes="More apprentices",
        activity="Signed fifteen employers",
        impact="Eight young people began",
        exit_strategy="The college carries on",
        proposed_status="handed_over",
        handed_over_to="Harbour College",
        steps=[StepText("Sign nine more", pk=entry.planned_steps.get().pk)],
        marks=[Mark(promise.pk, "dropped", "They declined")],
    )
    at = datetime(2022, 6, 16, 9, 42, tzinfo=UTC)
    save_entry(entry=entry, text=text, by=world.officer, at=at)
    for rag, reason in (("on_track", ""), ("at_risk", "Two firms left")):
        record_update(
            activity=world.activity,
            term=world.term,
            status="under_way",
            rag=rag,
            words=f"Now {rag}",
            reason=reason,
            by=world.officer,
            at=at,
        )
    submit_return(return_of=sent, by=world.officer, at=NOW)
    comment_on(entry=entry, text="Which employers?", by=world.lead, at=NOW)
    send_back(return_of=sent, comment="Say who leads", by=world.lead, at=NOW)
    page = lead.get(f"/returns/{sent.pk}/history/").content.decode()
    for words in (
        "Activity last period changed",
        "By Olive Officer, 16 June 2022 at 10:42 · 1 Better first jobs",
        "Signed twelve employers",
        "Signed fifteen employers",
        "What becomes of the priority: no change → handed over to Harbour College",
        "Planned step rewritten: “Sign nine more”",
        "Marked dropped: “Invite the police”, because: They declined",
        "1.1(a) Sign up employers: On track → At risk, reason: Two firms left",
        "Sent to the lead",
        "Comment: “Which employers?”",
        "Sent back: “Say who leads”",
    ):
        assert words in page, words
    assert "Impact so far changed" not in page


def test_a_history_of_another_partnership_is_not_found(client: Client, world: World, sent: Return) -> None:
    for person in (world.stranger, world.board_member):
        client.force_login(person)
        assert client.get(f"/returns/{sent.pk}/history/").status_code == 404


@pytest.mark.parametrize("number", [1, 8])
def test_the_history_and_the_review_cost_the_same_however_much_happened(
    lead: Client, world: World, sent: Return, number: int, django_assert_num_queries: Any
) -> None:
    for _ in range(number):
        entry = ReturnEntryFactory(return_of=sent, priority=PriorityFactory(strategy=world.strategy))
        PlannedStepFactory.create_batch(number, entry=entry)
        comment_on(entry=entry, text="Which?", by=world.lead, at=NOW)
    with django_assert_num_queries(10):
        lead.get(f"/returns/{sent.pk}/history/")
    # One of them reads what was typed before into any of the page's forms, and not sent.
    with django_assert_num_queries(9):
        lead.get(f"/returns/{sent.pk}/review/")


@pytest.mark.parametrize("returns", [1, 12])
def test_the_round_costs_the_same_however_many_returns(
    lead: Client, world: World, returns: int, django_assert_num_queries
) -> None:
    for _ in range(returns):
        ReturnEntryFactory(return_of=ReturnFactory(round=world.round))
    with time_machine.travel(NOW), django_assert_num_queries(13):
        lead.get(URL)

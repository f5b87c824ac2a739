"""Board questions, their answers, and decisions."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from partnerships.models import Draft, Partnership, Seat, User
from reports.models import BoardQuestion, Decision
from reports.services import answer_question, ask_question, record_decision
from tests.factories import (
    AchievementFactory,
    ActivityFactory,
    MeasureUseFactory,
    PriorityFactory,
    UserFactory,
    World,
)
from tests.sessions import back_after_signing_in, marker_on

NOW = datetime(2024, 12, 10, 15, tzinfo=UTC)
LIST = "/partnerships/harbour/questions/"
ASK = f"{LIST}new/"
DECIDE = "/partnerships/harbour/decisions/new/"


@pytest.fixture
def question(world: World) -> BoardQuestion:
    return ask_question(round_=world.round, text="Why so few places?", by=world.board_member, at=NOW)


@pytest.fixture
def secretary(world: World) -> User:
    person: User = UserFactory(name="Sue Secretary")
    Seat.objects.create(board=world.board, user=person, kind=Seat.Kind.SECRETARY)
    return person


def test_a_board_member_asks_about_a_priority_and_everyone_of_the_partnership_reads_it(
    client: Client, world: World
) -> None:
    client.force_login(world.board_member)
    assert "Better first jobs" in client.get(f"{ASK}?priority={world.priority.pk}").content.decode()
    response = client.post(ASK, {"text": "  Why so few places?", "priority": world.priority.pk})
    assert response["Location"] == LIST
    asked = BoardQuestion.objects.get()
    assert (asked.text, asked.priority, asked.asked_by, asked.round) == (
        "Why so few places?",
        world.priority,
        world.board_member,
        world.round,
    )
    for person in (world.officer, world.lead, world.board_member):
        client.force_login(person)
        assert "Why so few places?" in client.get(LIST).content.decode()


def test_asking_nothing_is_an_error_at_the_field(client: Client, world: World) -> None:
    client.force_login(world.board_member)
    page = client.post(ASK, {"text": " ", "priority": ""}).content.decode()
    assert "Enter your question" in page
    assert not BoardQuestion.objects.exists()


def test_a_priority_of_another_partnership_cannot_be_asked_about(client: Client, world: World) -> None:
    client.force_login(world.board_member)
    foreign = PriorityFactory()
    page = client.post(ASK, {"text": "Why?", "priority": foreign.pk})
    assert page.status_code == 200
    assert not BoardQuestion.objects.exists()
    with pytest.raises(ValidationError):
        ask_question(round_=world.round, text="Why?", about=foreign, by=world.board_member, at=NOW)


def test_the_same_question_posted_twice_is_asked_once(client: Client, world: World) -> None:
    client.force_login(world.board_member)
    for _ in range(2):
        client.post(ASK, {"text": "Why?", "priority": ""})
    assert BoardQuestion.objects.count() == 1


@pytest.mark.parametrize("person", ["officer", "stranger"])
def test_officers_and_strangers_do_not_ask(client: Client, world: World, person: str) -> None:
    client.force_login(getattr(world, person))
    assert client.get(ASK).status_code == 404
    assert client.post(ASK, {"text": "Why?"}).status_code == 404
    assert not BoardQuestion.objects.exists()


def test_without_a_round_there_is_nothing_to_ask_in_yet(client: Client, world: World) -> None:
    world.round.delete()
    world.previous_round.delete()
    client.force_login(world.lead)
    for url in (ASK, DECIDE):
        assert "has not opened a round" in client.get(url).content.decode()


def test_the_lead_answers_and_may_better_the_answer(client: Client, world: World, question: BoardQuestion) -> None:
    client.force_login(world.lead)
    url = f"/questions/{question.pk}/answer/"
    assert "Why so few places?" in client.get(url).content.decode()
    for words in ("Employers were slow", "Employers were slow; six more signed"):
        assert client.post(url, {"answer": words})["Location"] == LIST
    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("Employers were slow; six more signed", world.lead)
    assert question.answered_at is not None
    reasons = question.history.order_by("history_id").values_list("history_change_reason", flat=True)
    assert list(reasons) == ["Asked", "Answered", "Answered again"]


@pytest.mark.parametrize("person", ["officer", "board_member", "stranger"])
def test_only_the_lead_answers(client: Client, world: World, question: BoardQuestion, person: str) -> None:
    client.force_login(getattr(world, person))
    assert client.post(f"/questions/{question.pk}/answer/", {"answer": "No"}).status_code == 404
    question.refresh_from_db()
    assert question.answer == ""


def test_the_secretary_records_a_decision_on_a_question(
    client: Client, world: World, question: BoardQuestion, secretary: User
) -> None:
    client.force_login(secretary)
    form = client.get(f"{DECIDE}?question={question.pk}").context["form"]
    assert form["question"].value() == str(question.pk)
    data = {
        "text": "Write to every employer",
        "action_by": "Harbour College",
        "due_on_0": "31",
        "due_on_1": "1",
        "due_on_2": "2025",
        "question": question.pk,
    }
    for _ in range(2):
        assert client.post(DECIDE, data)["Location"] == LIST
    decision = Decision.objects.get()
    assert (decision.text, decision.action_by, decision.due_on, decision.question, decision.recorded_by) == (
        "Write to every employer",
        "Harbour College",
        date(2025, 1, 31),
        question,
        secretary,
    )
    page = client.get(LIST).content.decode()
    assert "Write to every employer" in page
    assert "31 January 2025" in page


def test_a_date_that_does_not_exist_is_an_error_and_keeps_what_was_typed(client: Client, world: World) -> None:
    client.force_login(world.lead)
    data = {"text": "Act", "due_on_0": "31", "due_on_1": "2", "due_on_2": "2025"}
    page = client.post(DECIDE, data).content.decode()
    assert "Enter a real date" in page
    assert "Act</textarea>" in page
    assert not Decision.objects.exists()


@pytest.mark.parametrize("person", ["officer", "board_member", "stranger"])
def test_others_record_no_decision(client: Client, world: World, person: str) -> None:
    client.force_login(getattr(world, person))
    assert client.post(DECIDE, {"text": "Act"}).status_code == 404
    assert not Decision.objects.exists()


def test_a_stranger_finds_no_questions(client: Client, world: World) -> None:
    client.force_login(world.stranger)
    assert client.get(LIST).status_code == 404


def test_whoever_has_not_signed_in_is_asked_to(client: Client, world: World, question: BoardQuestion) -> None:
    for url in (LIST, ASK, DECIDE, f"/questions/{question.pk}/answer/"):
        assert client.get(url)["Location"].startswith("/sign-in/")


def test_every_write_raises_the_partnerships_version(world: World, question: BoardQuestion) -> None:
    def version() -> int:
        return Partnership.objects.get(pk=world.partnership.pk).version

    asked = version()
    answer_question(question=question, answer="Soon", by=world.lead, at=NOW)
    assert version() == asked + 1
    record_decision(round_=world.round, text="Act", by=world.lead, at=NOW)
    assert version() == asked + 2


@pytest.mark.parametrize("rows", [1, 15])
def test_the_list_costs_the_same_however_long(
    client: Client, world: World, rows: int, django_assert_num_queries
) -> None:
    for number in range(rows):
        asked = ask_question(
            round_=world.round, text=f"Why {number}?", by=world.board_member, at=NOW, about=world.priority
        )
        record_decision(round_=world.round, text=f"Act {number}", by=world.lead, at=NOW, question=asked)
        record_decision(round_=world.round, text=f"Also {number}", by=world.lead, at=NOW)
    client.force_login(world.lead)
    with django_assert_num_queries(4):
        client.get(LIST)


@pytest.mark.parametrize(
    ("person", "name", "typed"),
    [
        ("board_member", "text", "Half a question"),
        ("lead", "answer", "Half an answer"),
        ("lead", "text", "Half a decision"),
    ],
)
def test_what_was_typed_and_not_sent_is_there_again_until_it_is_sent(
    client: Client, world: World, question: BoardQuestion, person: str, name: str, typed: str
) -> None:
    address = ASK if person == "board_member" else f"/questions/{question.pk}/answer/" if name == "answer" else DECIDE
    client.force_login(getattr(world, person))
    page = client.get(address)
    assert "Save draft" in page.content.decode()
    marker = page.context["draft"].marker
    kept = client.post("/drafts/", {"draft": marker, name: typed}, headers={"Accept": "text/html"})
    assert kept["Location"] == address
    again = client.get(address)
    assert "We kept what you typed" in again.content.decode()
    assert typed in again.content.decode()
    assert not again.context["form"].errors
    assert client.post(address, {"draft": marker, name: typed})["Location"] == LIST
    assert not Draft.objects.exists()


def test_a_question_sent_after_the_session_ended_is_there_again_after_signing_in(client: Client, world: World) -> None:
    client.force_login(world.board_member)
    marker = client.get(ASK).context["draft"].marker
    client.logout()
    client.post(ASK, {"draft": marker, "text": "Why so few places?"})
    assert not BoardQuestion.objects.exists()
    client.force_login(world.board_member)
    assert "Why so few places?" in client.get(ASK).content.decode()


def test_a_question_may_be_about_any_item_and_is_asked_from_its_page(client: Client, world: World) -> None:
    achievement = AchievementFactory(partnership=world.partnership, status="submitted")
    metric = MeasureUseFactory(objective=world.objective).metric
    client.force_login(world.board_member)
    for name, item in {
        "activity": world.activity,
        "objective": world.objective,
        "metric": metric,
        "achievement": achievement,
    }.items():
        address = f"{ASK}?{name}={item.pk}"
        assert address in client.get(reverse(name, args=[item.pk])).content.decode()
        assert f"About: {escape(str(item))}" in client.get(address).content.decode()
        assert client.post(address, {"text": f"What of this {name}?"})["Location"] == LIST
        asked = BoardQuestion.objects.get(text=f"What of this {name}?")
        assert asked.item == item
        assert asked.priority == (world.priority if name in ("activity", "objective") else None)
    page = client.get(LIST).content.decode()
    assert f'href="{reverse("activity", args=[world.activity.pk])}"' in page


@pytest.mark.parametrize("about", ["activity=0", "activity=x", "metric=99999999999999999999", "objective="])
def test_an_item_that_is_not_there_cannot_be_asked_about(client: Client, world: World, about: str) -> None:
    client.force_login(world.board_member)
    assert client.get(f"{ASK}?{about}").status_code == 404


def test_an_item_of_another_partnership_cannot_be_asked_about(client: Client, world: World) -> None:
    foreign = ActivityFactory()
    client.force_login(world.administrator)
    assert client.get(f"{ASK}?activity={foreign.pk}").status_code == 404
    with pytest.raises(ValidationError):
        ask_question(round_=world.round, text="Why?", about=foreign, by=world.board_member, at=NOW)


def test_only_those_who_may_ask_are_offered_to(client: Client, world: World) -> None:
    client.force_login(world.officer)
    page = client.get(reverse("activity", args=[world.activity.pk])).content.decode()
    assert "Ask about this" not in page


def test_the_owner_of_an_activity_answers_what_is_asked_about_it_and_nothing_else(
    client: Client, world: World, question: BoardQuestion
) -> None:
    world.activity.owner, world.activity.lead = world.officer, None
    world.activity.save()
    about = ask_question(round_=world.round, text="Why late?", about=world.activity, by=world.board_member, at=NOW)
    client.force_login(world.officer)
    url = f"/questions/{about.pk}/answer/"
    assert url in client.get(LIST).content.decode()
    assert client.post(url, {"answer": "The builder was ill."})["Location"] == LIST
    assert BoardQuestion.objects.get(pk=about.pk).answered_by == world.officer
    assert client.get(f"/questions/{question.pk}/answer/").status_code == 404
    client.force_login(world.board_member)
    assert client.get(url).status_code == 404


def test_a_decision_is_marked_done_or_dropped_with_a_word_how(client: Client, world: World, secretary: User) -> None:
    decision = record_decision(round_=world.round, text="Write to schools", by=secretary, at=NOW)
    url = f"/decisions/{decision.pk}/settle/"
    client.force_login(secretary)
    assert url in client.get(LIST).content.decode()
    page = client.post(url, {"status": "done", "outcome": " "}).content.decode()
    assert "Say what was done, or why it was dropped" in page
    page = client.post(url, {"status": "", "outcome": "All 14 schools have it."}).content.decode()
    assert "Choose where it stands" in page
    assert "All 14 schools have it." in page
    assert client.post(url, {"status": "done", "outcome": "All 14 schools have it."})["Location"] == LIST
    decision.refresh_from_db()
    assert (decision.status, decision.outcome, decision.settled_by) == ("done", "All 14 schools have it.", secretary)
    assert "All 14 schools have it." in client.get(LIST).content.decode()
    assert client.post(url, {"status": "open", "outcome": ""})["Location"] == LIST
    decision.refresh_from_db()
    assert (decision.outcome, decision.settled_at) == ("", None)
    assert list(decision.history.values_list("history_change_reason", flat=True)) == ["Opened again", "Done", "Decided"]


def test_what_came_of_a_decision_is_there_again_after_signing_in(client: Client, world: World, secretary: User) -> None:
    decision = record_decision(round_=world.round, text="Write to schools", by=secretary, at=NOW)
    url = f"/decisions/{decision.pk}/settle/"
    client.force_login(secretary)
    posted = {"status": "done", "outcome": "All 14 “schools” have it.", "draft": marker_on(client, url)}
    form = back_after_signing_in(client, secretary, url, posted).context["form"]
    assert (form["status"].value(), form["outcome"].value()) == ("done", "All 14 “schools” have it.")
    decision.refresh_from_db()
    assert decision.outcome == ""
    assert client.post(url, posted).status_code == 302
    assert client.get(url).context["draft"].kept is None


@pytest.mark.parametrize("person", ["officer", "board_member", "stranger"])
def test_nobody_else_says_what_came_of_a_decision(client: Client, world: World, secretary: User, person: str) -> None:
    decision = record_decision(round_=world.round, text="Write to schools", by=secretary, at=NOW)
    client.force_login(getattr(world, person))
    assert client.post(f"/decisions/{decision.pk}/settle/", {"status": "done", "outcome": "x"}).status_code == 404


def test_what_is_still_open_comes_first(client: Client, world: World, question: BoardQuestion) -> None:
    later = ask_question(round_=world.round, text="Who leads?", by=world.board_member, at=NOW.replace(hour=16))
    answer_question(question=later, answer="The college.", by=world.lead, at=NOW.replace(hour=17))
    client.force_login(world.board_member)
    page = client.get(LIST).content.decode()
    assert page.index("Why so few places?") < page.index("Who leads?")

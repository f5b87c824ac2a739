"""Search: what is found, by whom, and that the index stays in step with what it is a copy of."""

from datetime import date
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from partnerships.models import SearchDocument, SearchWord
from partnerships.services import check_search, rebuild_search
from partnerships.services.search import learn
from priorities.models import Achievement, ActivityUpdate, Priority
from priorities.services.achievements import AchievementWords, log_achievement, return_achievement
from priorities.services.updates import record_update
from priorities.services.voices import withdraw_voice
from reports.services.questions import answer_question, ask_question
from tests.factories import (
    AchievementFactory,
    MeasureUseFactory,
    MetricFactory,
    OutcomeFactory,
    PriorityFactory,
    ReturnEntryFactory,
    ReturnFactory,
    StrategyFactory,
    VoiceFactory,
    World,
)

NOW = timezone.now()


def found(client: Client, query: str, **more: str) -> list[str]:
    """The titles that a search gives, without its marks."""
    response = client.get("/search/", {"q": query, **more})
    assert response.status_code == 200
    groups = response.context.get("groups", [])
    return ["".join(part for part, _ in result.title) for group in groups for result in group.results]


@pytest.fixture
def as_person(world: World):
    def sign_in(name: str) -> Client:
        client = Client()
        if name != "nobody":
            client.force_login(getattr(world, name))
        return client

    return sign_in


@pytest.fixture
def indexed(world: World) -> World:
    """The world with something of every kind, one word of each found nowhere else."""
    PriorityFactory(strategy=StrategyFactory(partnership=world.elsewhere, title="Zebrafinch plan"), title="Okapi care")
    AchievementFactory(partnership=world.partnership, title="Wombat opened", is_public=True, status="published")
    AchievementFactory(partnership=world.partnership, title="Narwhal draft", status="draft", logged_by=world.officer)
    AchievementFactory(partnership=world.elsewhere, title="Axolotl opened", is_public=True, status="published")
    VoiceFactory(outcome=OutcomeFactory(priority=world.priority), words="The quokka helped me.")
    MeasureUseFactory(objective=world.objective, metric=MetricFactory(title="Pangolin rate"))
    MetricFactory(title="Tapir rate")
    return_of = ReturnFactory(round=world.round, organisation=world.organisation)
    ReturnEntryFactory(return_of=return_of, priority=world.priority, activity="We met the capybara team.")
    record_update(
        activity=world.activity,
        term=world.term,
        status="under_way",
        rag="on_track",
        words="Twelve lemurs signed up.",
        reason="",
        by=world.officer,
        at=NOW,
    )
    ask_question(round_=world.round, text="Why no meerkat yet?", by=world.board_member, at=NOW)
    rebuild_search()
    return world


READERS = ("officer", "lead", "board_member", "administrator")


@pytest.mark.parametrize(
    ("word", "readers"),
    [
        ("harbour strategy", ("nobody", "stranger", *READERS)),
        ("better first jobs", ("nobody", "stranger", *READERS)),
        ("wombat", ("nobody", "stranger", *READERS)),
        ("more work placements", READERS),
        ("sign up employers", READERS),
        ("lemurs", READERS),
        ("quokka", READERS),
        ("meerkat", READERS),
        ("pangolin", READERS),
        ("tapir", ("administrator",)),
        ("narwhal", ("officer", "lead", "administrator")),
        ("capybara", ("officer", "lead", "administrator")),
        ("zebrafinch", ("stranger", "administrator")),
        ("okapi", ("stranger", "administrator")),
        ("axolotl", ("stranger", "administrator")),
    ],
)
def test_each_finds_what_they_may_read_and_nothing_else(indexed: World, as_person, word: str, readers) -> None:
    for name in ("nobody", "stranger", *READERS):
        assert bool(found(as_person(name), word)) == (name in readers), name


def test_a_partnership_without_a_public_page_is_public_no_more_at_once(indexed: World, as_person) -> None:
    assert found(as_person("nobody"), "wombat")
    indexed.partnership.is_public = False
    indexed.partnership.save()
    assert not found(as_person("nobody"), "wombat")
    assert found(as_person("officer"), "wombat")


@pytest.mark.parametrize(
    "query",
    ["first jobs", "JOBS first", "job", "bett", '"first jobs"', "the first jobs", "“better first” jobs"],
)
def test_words_are_found_in_any_order_number_and_case(indexed: World, as_person, query: str) -> None:
    assert "Better first jobs" in found(as_person("officer"), query)


@pytest.mark.parametrize("query", ['"jobs first"', "first jobs wombat", "irst", '"bett"'])
def test_all_words_are_required_and_phrases_stand_as_they_are(indexed: World, as_person, query: str) -> None:
    assert "Better first jobs" not in found(as_person("officer"), query, exact="1")


@pytest.mark.parametrize(
    ("query", "title"),
    [("1.1", "More work placements"), ("1.1a", "Sign up employers"), ("1.1(a)", "Sign up employers")],
)
def test_a_reference_is_found_exactly(indexed: World, as_person, query: str, title: str) -> None:
    assert title in found(as_person("officer"), query)
    assert "Better first jobs" not in found(as_person("officer"), query)


def test_what_is_misspelt_is_put_right_and_said(indexed: World, as_person) -> None:
    client = as_person("officer")
    response = client.get("/search/", {"q": "plasements"})
    assert "More work placements" in found(client, "plasements")
    assert "Showing results for <strong>placements</strong>" in response.text
    assert "Search instead for plasements" in response.text
    assert not found(client, "plasements", exact="1")


@pytest.mark.parametrize(
    ("typed", "meant"), [("absense", "absence"), ("redyness", "readiness"), ("behavour", "behaviour")]
)
def test_the_likeliest_spelling_is_taken(indexed: World, as_person, typed: str, meant: str) -> None:
    for word in ("absence", "absent", "readiness", "reading", "ready", "behaviour", "behave"):
        AchievementFactory(partnership=indexed.partnership, title=f"About {word}")
    rebuild_search()
    assert found(as_person("officer"), typed) == [f"About {meant}"]


def test_a_word_of_others_is_never_offered(indexed: World, as_person) -> None:
    for typed in ("zebrafinhc", "axolotll"):
        response = as_person("officer").get("/search/", {"q": typed})
        assert "Nothing found" in response.text
        assert "zebrafinch" not in response.text.lower()
        assert "Axolotl " not in response.text


def test_the_page_marks_the_words_and_narrows_by_kind(indexed: World, as_person) -> None:
    for number in range(25):
        AchievementFactory(partnership=indexed.partnership, title=f"Otter {number}", detail="<b>An otter</b> came.")
    rebuild_search()
    client = as_person("officer")
    response = client.get("/search/", {"q": "otter"})
    assert '<mark class="portal-found">Otter</mark>' in response.text
    assert "&lt;b&gt;An" in response.text
    assert "All 25 achievements" in response.text
    assert len(found(client, "otter")) == 3
    assert len(found(client, "otter", kind="achievement")) == 20
    assert len(found(client, "otter", kind="achievement", page="2")) == 5
    # What no choice knows is not chosen.
    assert len(found(client, "otter", kind="nonsense", partnership="9" * 30, page="x")) == 3


def test_the_public_is_led_to_the_public_page(indexed: World, as_person) -> None:
    assert 'href="/partnerships/harbour/"' in as_person("nobody").get("/search/", {"q": "wombat"}).text
    assert "/achievements/" in as_person("officer").get("/search/", {"q": "wombat"}).text


@pytest.mark.parametrize(
    "query",
    [
        "",
        " ",
        "a",
        "!!!",
        "😀",
        "x" * 10_000,
        "word " * 100,
        "'; DROP TABLE partnerships_user; --",
        "a & b | !c <-> d:*",
        'NEAR("a" "b") AND vector:x*',
        '"',
        '""',
        "_p1 OR _public",
        "\\",
        "%",
        "null\x00byte",
        "café’s",
        "ﷺ مرحبا 日本語",
    ],
)
def test_whatever_is_typed_gets_an_answer(indexed: World, as_person, query: str) -> None:
    for name in ("nobody", "officer", "administrator"):
        assert as_person(name).get("/search/", {"q": query}).status_code == 200


def test_audiences_are_no_words_to_search_for(indexed: World, as_person) -> None:
    assert not found(as_person("administrator"), f"_l{indexed.partnership.pk}", exact="1")
    assert not found(as_person("administrator"), "_public", exact="1")


def test_what_is_written_is_found_at_once(world: World, as_person) -> None:
    words = AchievementWords(
        title="A manatee swam in",
        happened_on=date(2024, 10, 10),
        organisation_ids=frozenset([world.organisation.pk]),
        priority_ids=frozenset([world.priority.pk]),
        is_public=True,
    )
    made, _ = log_achievement(
        by=world.lead,
        partnership_id=world.partnership.pk,
        words=words,
        is_published=True,
        form_token=uuid4(),
        at=NOW,
    )
    assert found(as_person("nobody"), "manatee") == ["A manatee swam in"]
    return_achievement(achievement=made, reason="Say where.", by=world.lead, at=NOW)
    assert not found(as_person("nobody"), "manatee")
    assert found(as_person("board_member"), "manatee")


def test_questions_are_found_by_their_answers(indexed: World, as_person) -> None:
    question = ask_question(round_=indexed.round, text="When?", by=indexed.board_member, at=NOW)
    answer_question(question=question, answer="After the platypus.", by=indexed.lead, at=NOW)
    assert found(as_person("board_member"), "platypus") == ["When?"]


def test_a_voice_whose_consent_is_withdrawn_is_found_no_more(indexed: World, as_person) -> None:
    voice = indexed.priority.voices.get()
    withdraw_voice(voice=voice, by=indexed.lead, at=NOW)
    assert not found(as_person("officer"), "quokka", exact="1")


def test_what_an_administrator_edits_and_deletes_follows(indexed: World, as_person) -> None:
    client = as_person("administrator")
    priority = PriorityFactory(strategy=indexed.strategy, ref="9", title="Gibbon homes")
    address = f"/admin/priorities/priority/{priority.pk}/change/"
    form = client.get(address).context["adminform"].form
    data = {name: form[name].value() or "" for name in form.fields} | {"title": "Tarsier homes"}
    for formset in client.get(address).context["inline_admin_formsets"]:
        prefix = formset.formset.prefix
        data |= {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}
    response = client.post(address, data)
    assert response.status_code == 302, response.context["adminform"].form.errors
    assert found(as_person("officer"), "tarsier") == ["Tarsier homes"]
    client.post(f"/admin/priorities/priority/{priority.pk}/delete/", {"post": "yes"})
    assert not Priority.objects.filter(pk=priority.pk).exists()
    assert not found(as_person("officer"), "tarsier", exact="1")
    assert check_search() == []


def test_the_command_proves_the_index_and_mends_it(indexed: World, as_person) -> None:
    call_command("rebuild_search", check=True)
    ActivityUpdate.objects.update(words="Behind the portal's back, a dugong.")
    Achievement.objects.filter(title="Wombat opened").delete()
    with pytest.raises(CommandError, match="2 documents are wrong"):
        call_command("rebuild_search", check=True)
    call_command("rebuild_search")
    call_command("rebuild_search", check=True)
    assert found(as_person("officer"), "dugong")
    assert not found(as_person("officer"), "wombat", exact="1")


def test_a_search_takes_six_queries_at_most(
    indexed: World, as_person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = as_person("officer")
    client.get("/search/", {"q": "jobs"})
    # Whoever asks, whole words, beginnings where those find little, and what is shown of them.
    with django_assert_num_queries(4):
        client.get("/search/", {"q": "jobs"})
    with django_assert_num_queries(3):
        client.get("/search/", {"q": '"jobs"'})
    # And the words like it, and what those find.
    with django_assert_num_queries(6):
        client.get("/search/", {"q": "plasements"})
    with django_assert_num_queries(3):
        as_person("nobody").get("/search/", {"q": "jobs"})


def test_too_many_searches_in_a_minute_are_asked_to_wait(world: World, as_person, settings: Settings) -> None:
    settings.SEARCHES_A_MINUTE = 2
    client = as_person("nobody")
    assert [client.get("/search/", {"q": "jobs"}).status_code for _ in range(3)] == [200, 200, 429]


def test_learning_a_word_twice_keeps_it_once(db: None) -> None:
    learn({"attendance"})
    learn({"attendance", "school"})
    assert sorted(SearchWord.objects.values_list("word", flat=True)) == ["attendance", "school"]


def test_a_long_text_is_indexed_whole(indexed: World, as_person) -> None:
    row = AchievementFactory(partnership=indexed.partnership, detail="word " * 20_000 + "zyzzyva")
    rebuild_search()
    assert found(as_person("officer"), "zyzzyva") == [row.title]
    assert SearchDocument.objects.filter(kind="achievement", object_id=row.pk).exists()

"""A chosen file is not lost when its form cannot be saved: it is kept, listed, and attached in the end."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from partnerships.models import Draft, HeldFile
from partnerships.services import held_files
from partnerships.services.drafts import KEPT_FOR, Marker
from partnerships.services.held_files import hold_files
from partnerships.tasks import sweep_drafts
from priorities.models import Achievement, ActivityUpdate, Evidence
from priorities.services.evidence import open_evidence
from tests.factories import AchievementFactory, World
from tests.priorities.samples import PDF, PLAIN_ZIP, WORD, answers, picture, upload
from wesp_portal.common.files import check_file

TOKEN = "6b0f2a51-6f0e-4c3b-9d1f-0a4f5d8f7c21"
NEW = f"/achievements/new/?form={TOKEN}"
GOOD = {"status": "under_way", "rag": "on_track", "words": "Two schools joined"}


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    client.force_login(world.officer)
    return client


def update_page(world: World) -> str:
    return f"/activities/{world.activity.pk}/update/?term={world.term.code}"


def marker_on(client: Client, address: str = NEW) -> str:
    return str(client.get(address).context["draft"].marker)


def listed(answer: Any) -> list[str]:
    """The names of the files that a page lists as kept, each of which it sends again."""
    page = answer.content.decode()
    rows = answer.context["form"].held
    assert all(f'name="held_file" value="{row.pk}"' in page for row in rows)
    assert all(f"Remove {row.file_name}" in page for row in rows)
    return [row.file_name for row in rows]


def ids(answer: Any) -> list[str]:
    return [str(row.pk) for row in answer.context["form"].held]


def stored(settings: Settings) -> int:
    return len([path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()])


def refused(client: Client, world: World, *files: Any, **changed: Any) -> Any:
    """The answer to a form that says nothing of priorities, with these files."""
    given = {"form_token": TOKEN, "priorities": [], "draft": marker_on(client), "evidence_file": list(files)}
    return client.post(NEW, answers(world, **given | changed))


def names(achievement: Achievement) -> set[str]:
    return {str(row) for row in achievement.evidence.all()}


# --- Refused, then saved


def test_a_file_of_a_refused_form_is_listed_and_attached_once_it_is_saved(
    officer: Client, world: World, settings: Settings
) -> None:
    answer = refused(officer, world, upload(PDF, "fair.pdf"))
    page = answer.content.decode()
    assert listed(answer) == ["fair.pdf"]
    assert f"Remove fair.pdf ({len(PDF)} bytes)" in page
    assert "Choose the files again" not in page
    sent = answers(world, form_token=TOKEN, draft=answer.context["draft"].marker, held_file=ids(answer))
    assert officer.post(NEW, sent).status_code == 302
    [evidence] = Achievement.objects.get().evidence.all()
    assert str(evidence) == "fair.pdf"
    with open_evidence(evidence) as file:
        assert file.read() == PDF
    assert not HeldFile.objects.exists()
    assert not Draft.objects.exists()
    assert stored(settings) == 1


def test_what_is_refused_twice_and_chosen_bit_by_bit_is_all_attached(officer: Client, world: World) -> None:
    first = refused(officer, world, upload(PDF, "fair.pdf"))
    again = refused(officer, world, upload(WORD, "notes.docx"), held_file=ids(first))
    assert sorted(listed(again)) == ["fair.pdf", "notes.docx"]
    sent = {"evidence_photo": upload(picture("JPEG"), "a.jpg"), "held_file": ids(again)}
    officer.post(NEW, answers(world, form_token=TOKEN, **sent))
    assert names(Achievement.objects.get()) == {"fair.pdf", "notes.docx", "a.jpg"}


def test_a_file_that_is_removed_is_gone_at_once_or_with_the_form(
    officer: Client, world: World, settings: Settings
) -> None:
    answer = refused(officer, world, upload(PDF, "fair.pdf"), upload(WORD, "notes.docx"))
    fair, notes = (str(HeldFile.objects.get(file_name=name).pk) for name in ("fair.pdf", "notes.docx"))
    answer = refused(officer, world, held_file=ids(answer), held_removed=[fair])
    assert listed(answer) == ["notes.docx"]
    officer.post(NEW, answers(world, form_token=TOKEN, held_file=[notes], held_removed=[notes]))
    assert names(Achievement.objects.get()) == set()
    assert not HeldFile.objects.exists()


def test_the_good_one_of_two_files_is_kept_and_the_other_named(officer: Client, world: World) -> None:
    answer = refused(officer, world, upload(PDF, "fair.pdf"), upload(PLAIN_ZIP, "bad.pdf"))
    assert listed(answer) == ["fair.pdf"]
    [problem] = answer.context["form"].errors["evidence_file"]
    assert problem.startswith("bad.pdf: ")


def test_a_photo_is_held_as_evidence_is_without_what_stood_beside_it(officer: Client, world: World) -> None:
    photo = upload(picture("JPEG", comment=b"canary"), "IMG_1.jpeg")
    answer = refused(officer, world, evidence_photo=photo)
    [row] = HeldFile.objects.all()
    assert (row.file_name, row.content_type) == ("IMG_1.jpg", "image/jpeg")
    assert listed(answer) == ["IMG_1.jpg"]
    with row.file.open() as file:
        assert b"canary" not in file.read()


def test_what_may_be_a_duplicate_keeps_its_file(officer: Client, world: World) -> None:
    AchievementFactory(partnership=world.partnership, title=str(answers(world)["title"]), happened_on="2022-06-16")
    answer = refused(officer, world, upload(PDF, "fair.pdf"), priorities=[world.priority.pk])
    assert answer.context["similar"]
    assert listed(answer) == ["fair.pdf"]
    seen = [row.pk for row in answer.context["similar"]]
    officer.post(NEW, answers(world, form_token=TOKEN, held_file=ids(answer), similar_seen=seen))
    assert names(Achievement.objects.get(form_token=TOKEN)) == {"fair.pdf"}


# --- Updates and two people at once


def test_an_update_keeps_its_files_too(officer: Client, world: World) -> None:
    page = update_page(world)
    sent = {"draft": marker_on(officer, page), "status": "under_way", "evidence_file": upload(PDF, "plan.pdf")}
    answer = officer.post(page, sent)
    assert listed(answer) == ["plan.pdf"]
    assert officer.post(page, GOOD | {"held_file": ids(answer)}).status_code == 302
    assert [str(row) for row in ActivityUpdate.objects.get().evidence.all()] == ["plan.pdf"]


def test_the_page_of_two_texts_lists_the_file_and_brings_it(officer: Client, world: World) -> None:
    page = update_page(world)
    opened = officer.get(page).context
    other = Client()
    other.force_login(world.lead)
    other.post(page, GOOD | {"words": "Said meanwhile"})
    mine = GOOD | {"draft": opened["draft"].marker, "seen": opened["form"]["seen"].value()}
    answer = officer.post(page, mine | {"evidence_file": upload(PDF, "plan.pdf")})
    assert answer.context["differences"]
    assert listed(answer) == ["plan.pdf"]
    assert "Remove plan.pdf" in answer.content.decode()
    chosen = GOOD | {"seen": answer.context["form"].mark, "held_file": ids(answer), "keep-words": "mine"}
    assert officer.post(page, chosen).status_code == 302
    update = ActivityUpdate.objects.get()
    assert (update.words, [str(row) for row in update.evidence.all()]) == (GOOD["words"], ["plan.pdf"])


def test_an_achievement_that_is_edited_keeps_its_new_file(officer: Client, world: World) -> None:
    logged = AchievementFactory(partnership=world.partnership, logged_by=world.officer, status="submitted")
    page = f"/achievements/{logged.pk}/edit/"
    sent = answers(world, priorities=[], draft=marker_on(officer, page), evidence_file=upload(PDF, "fair.pdf"))
    answer = officer.post(page, sent)
    assert listed(answer) == ["fair.pdf"]
    assert officer.post(page, answers(world, held_file=ids(answer))).status_code == 302
    assert names(logged) == {"fair.pdf"}


# --- Sent twice


def test_a_form_sent_twice_attaches_a_held_file_once(officer: Client, world: World, settings: Settings) -> None:
    answer = refused(officer, world, upload(PDF, "fair.pdf"))
    sent = answers(world, form_token=TOKEN, held_file=ids(answer))
    found = [officer.post(NEW, sent) for _ in range(2)]
    assert found[0]["Location"] == found[1]["Location"]
    assert Evidence.objects.count() == 1
    assert stored(settings) == 1


def test_an_update_sent_twice_attaches_a_held_file_once(officer: Client, world: World) -> None:
    page = update_page(world)
    sent = {"draft": marker_on(officer, page), "status": "under_way", "evidence_file": upload(PDF, "plan.pdf")}
    held = ids(officer.post(page, sent))
    assert [officer.post(page, GOOD | {"held_file": held}).status_code for _ in range(2)] == [302, 302]
    assert Evidence.objects.count() == 1


def test_a_refused_form_sent_twice_holds_its_file_once(officer: Client, world: World, settings: Settings) -> None:
    first, second = (refused(officer, world, upload(PDF, "fair.pdf")) for _ in range(2))
    assert ids(first) == ids(second)
    assert stored(settings) == 1


def test_a_file_that_is_gone_meanwhile_is_asked_for_again_and_nothing_is_saved(officer: Client, world: World) -> None:
    held = ids(refused(officer, world, upload(PDF, "fair.pdf"), upload(WORD, "notes.docx")))
    HeldFile.objects.get(file_name="notes.docx").delete()
    answer = officer.post(NEW, answers(world, form_token=TOKEN, held_file=held))
    assert "no longer here" in answer.context["form"].errors["evidence_file"][0]
    assert listed(answer) == ["fair.pdf"]
    assert not Achievement.objects.exists()


# --- Other people


def held_by_lead(world: World) -> HeldFile:
    marker = Marker(world.lead.pk, f"achievement-new/{world.partnership.pk}/{TOKEN}", NEW)
    [row] = hold_files(marker=marker, files=[check_file(upload(PDF, "secret.pdf"))], fields={}, at=timezone.now())
    return row


def test_another_persons_held_file_is_neither_shown_nor_attached_nor_removed(officer: Client, world: World) -> None:
    row = held_by_lead(world)
    assert "secret.pdf" not in officer.get(NEW).content.decode()
    answer = officer.post(NEW, answers(world, form_token=TOKEN, held_file=[str(row.pk)]))
    assert "no longer here" in answer.context["form"].errors["evidence_file"][0]
    assert "secret.pdf" not in answer.content.decode()
    refused(officer, world, held_file=[str(row.pk)], held_removed=[str(row.pk)])
    assert not Achievement.objects.exists()
    assert not Evidence.objects.exists()
    assert HeldFile.objects.get() == row
    with row.file.open() as file:
        assert file.read() == PDF


def test_what_is_no_number_of_a_file_is_passed_over(officer: Client, world: World) -> None:
    sent = answers(world, form_token=TOKEN, held_file=["nonsense", ""], held_removed=["7", "nonsense"])
    assert officer.post(NEW, sent).status_code == 302


def test_a_form_without_its_marker_holds_nothing_and_asks_again(officer: Client, world: World) -> None:
    answer = refused(officer, world, upload(PDF, "fair.pdf"), draft="forged")
    assert "Choose the files again" in answer.content.decode()
    assert not HeldFile.objects.exists()


# --- Without a session, and later


def test_files_sent_without_a_session_are_there_again_for_their_sender_alone(officer: Client, world: World) -> None:
    sent = answers(world, form_token=TOKEN, draft=marker_on(officer))
    sent["evidence_file"] = [upload(PDF, "fair.pdf"), upload(PLAIN_ZIP, "bad.pdf")]
    Session.objects.all().delete()
    cache.clear()
    assert officer.post(NEW, sent)["Location"].startswith("/sign-in/")
    assert not Achievement.objects.exists()
    officer.force_login(world.lead)
    assert "fair.pdf" not in officer.get(NEW).content.decode()
    officer.force_login(world.officer)
    answer = officer.get(NEW)
    assert listed(answer) == ["fair.pdf"]
    assert "choose again any that is missing there" in answer.content.decode()
    officer.post(NEW, answers(world, form_token=TOKEN, held_file=ids(answer)))
    assert names(Achievement.objects.get()) == {"fair.pdf"}


def test_a_form_refused_and_left_is_found_again_with_its_files(officer: Client, world: World) -> None:
    refused(officer, world, upload(PDF, "fair.pdf"), title="Left alone")
    answer = officer.get("/achievements/new/", follow=True)
    assert answer.context["form"]["title"].value() == "Left alone"
    assert listed(answer) == ["fair.pdf"]


def test_save_draft_keeps_files_without_a_script(officer: Client, world: World) -> None:
    sent = {"draft": marker_on(officer), "title": "Half", "evidence_file": upload(PDF, "fair.pdf")}
    answer = officer.post("/drafts/", sent, headers={"Accept": "text/html"}, follow=True)
    assert listed(answer) == ["fair.pdf"]


def test_starting_afresh_lets_go_of_the_files(
    officer: Client,
    world: World,
    settings: Settings,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    refused(officer, world, upload(PDF, "fair.pdf"))
    marker = marker_on(officer)
    with django_capture_on_commit_callbacks(execute=True):
        officer.post("/drafts/forget/", {"draft": marker})
    assert not HeldFile.objects.exists()
    assert stored(settings) == 0


@pytest.mark.django_db(transaction=True)
def test_files_are_swept_with_their_draft_and_with_one_that_went_another_way(settings: Settings) -> None:
    world = World()
    now = timezone.now()
    ages = {"old": now - KEPT_FOR - timedelta(days=1), "saved elsewhere": now, "new": now}
    for number, (key, at) in enumerate(ages.items()):
        file = check_file(upload(PDF + bytes(number), f"{key}.pdf"))
        hold_files(marker=Marker(world.officer.pk, key, "/"), files=[file], fields={}, at=at)
    Draft.objects.get(key="saved elsewhere").delete()
    sweep_drafts()
    assert [row.file_name for row in HeldFile.objects.all()] == ["new.pdf"]
    assert stored(settings) == 1


# --- Bounds


def test_a_form_holds_no_more_than_it_may_have(officer: Client, world: World) -> None:
    many = [upload(PDF + bytes(number), f"{number}.pdf") for number in range(9)]
    held = ids(refused(officer, world, *many))
    more = [upload(WORD, "notes.docx"), upload(PDF + bytes(99), "extra.pdf")]
    answer = refused(officer, world, *more, held_file=held)
    assert "At most 10 files" in answer.context["form"].errors["evidence_file"][0]
    assert len(listed(answer)) == 10
    assert "Choose the files again" in answer.content.decode()


def test_a_persons_oldest_files_make_room(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_files, "MOST_OF_A_PERSON", 3)
    now = timezone.now()
    for number in range(5):
        file = check_file(upload(PDF + bytes(number), f"{number}.pdf"))
        marker = Marker(world.officer.pk, f"form/{number}", "/")
        hold_files(marker=marker, files=[file], fields={}, at=now + timedelta(seconds=number))
    assert [row.file_name for row in HeldFile.objects.all()] == ["2.pdf", "3.pdf", "4.pdf"]
    monkeypatch.setattr(held_files, "LARGEST_OF_A_PERSON", len(PDF) * 2 + 10)
    held_files._make_room(world.officer.pk)
    assert [row.file_name for row in HeldFile.objects.all()] == ["3.pdf", "4.pdf"]


def test_a_file_held_for_one_form_does_not_come_up_on_another(officer: Client, world: World) -> None:
    refused(officer, world, upload(PDF, "fair.pdf"))
    other = officer.get(f"/achievements/new/?form={uuid4()}")
    assert other.context["form"].held == []

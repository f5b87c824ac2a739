"""Evidence: known by its content, kept under another name, handed out to the right people and only unaltered."""

import struct
import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from PIL import ExifTags, Image, PngImagePlugin

from priorities.models import Achievement, ActivityUpdate, Evidence
from priorities.services.evidence import NewEvidence, add_evidence
from tests.factories import AchievementFactory, World
from tests.priorities.samples import (
    EXCEL,
    HEIC,
    JPEG,
    PDF,
    PLAIN_ZIP,
    PNG,
    WEBP,
    WITH_MACROS,
    WORD,
    answers,
    office,
    picture,
    related,
    upload,
)
from wesp_portal.common.files import LARGEST_FILE, MOST_PIXELS, check_file, recognise, safe_name


@pytest.fixture
def achievement(world):
    return AchievementFactory(partnership=world.partnership, logged_by=world.officer)


def kept(behind, world: World, content: bytes = PDF, name: str = "Careers fair.pdf") -> Evidence:
    [row] = add_evidence(
        behind=behind,
        evidence=[NewEvidence(file=check_file(upload(content, name)))],
        by=world.officer,
        at=timezone.now(),
    )
    return row


# --- Kinds


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (PDF, "PDF"),
        (PNG, "PNG picture"),
        (JPEG, "JPEG picture"),
        (WEBP, "WebP picture"),
        (WORD, "Word document"),
        (EXCEL, "Excel workbook"),
    ],
    ids=["pdf", "png", "jpeg", "webp", "word", "excel"],
)
def test_a_file_is_known_by_its_content_whatever_its_name(content, name):
    assert check_file(upload(content, "program.exe")).kind.name == name


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90\x00" + bytes(60),
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"just words",
        b"PK\x03\x04 and then nothing that is a zip",
        PLAIN_ZIP,
        WITH_MACROS,
        office("word/document.xml"),
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504),
    ],
    ids=["program", "page", "drawing", "text", "broken zip", "zip", "macros", "no types", "old office"],
)
def test_other_content_is_refused_under_any_name(content):
    with pytest.raises(ValidationError, match="must be a PDF, a picture"):
        check_file(upload(content, "report.pdf"))


def test_a_zip_bomb_is_refused_from_its_directory():
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/workbook.xml", "w", force_zip64=True) as member:
            for _ in range(210):
                member.write(bytes(1_000_000))
    assert len(bomb.getvalue()) < LARGEST_FILE
    with pytest.raises(ValidationError, match="must be a PDF"):
        check_file(upload(bomb.getvalue(), "sheet.xlsx"))


def test_a_file_over_the_limit_is_refused_and_one_at_it_is_not():
    assert check_file(upload(PDF + bytes(LARGEST_FILE - len(PDF)), "a.pdf")).kind.name == "PDF"
    with pytest.raises(ValidationError, match="10 MB"):
        check_file(upload(PDF + bytes(LARGEST_FILE - len(PDF) + 1), "a.pdf"))


def test_an_empty_file_is_refused():
    with pytest.raises(ValidationError, match="empty"):
        check_file(upload(b"", "a.pdf"))


@pytest.mark.parametrize(
    ("given", "safe"),
    [
        ("Careers fair.pdf", "Careers fair.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        (r"C:\Users\me\fair.exe", "fair.pdf"),
        ("fair\r\nX-Evil: 1.pdf", "fairX-Evil: 1.pdf"),
        ("fair\u202efdp.exe", "fairfdp.pdf"),
        ("", "evidence.pdf"),
        ("...", "evidence.pdf"),
        ("x" * 400 + ".pdf", "x" * 150 + ".pdf"),
    ],
)
def test_a_name_is_made_safe_and_ends_as_its_content_does(given, safe):
    kind = recognise(upload(PDF, "a"))
    assert kind
    assert safe_name(given, kind) == safe


# --- Keeping


def test_a_file_is_kept_under_a_name_that_says_nothing(world, achievement):
    row = kept(achievement, world, name="../../Careers fair.pdf")
    assert "Careers" not in row.file.name
    assert row.file.name.startswith("evidence/")
    assert row.file_name == "Careers fair.pdf"


def test_nothing_is_kept_when_one_of_several_is_refused(client, world, settings):
    client.force_login(world.officer)
    several = [upload(PDF, "a.pdf"), upload(PLAIN_ZIP, "b.pdf"), upload(b"", "c.pdf")]
    response = client.post("/achievements/new/", answers(world) | {"evidence_file": several})
    problems = response.context["form"].errors["evidence_file"]
    assert [problem.partition(":")[0] for problem in problems] == ["b.pdf", "c.pdf"]
    assert not Evidence.objects.exists()
    assert not settings.MEDIA_ROOT.exists()


def test_several_files_a_photo_and_links_are_kept_at_once(client, world):
    client.force_login(world.officer)
    given = {
        "evidence_file": [upload(PDF, "a.pdf"), upload(WORD, "b.docx")],
        "evidence_photo": upload(JPEG, "IMG_0001.jpeg"),
        "evidence_link": "https://www.example.org/a\nhttps://www.example.org/b",
    }
    assert client.post("/achievements/new/", answers(world) | given).status_code == 302
    kept_now = {str(row) for row in Achievement.objects.get().evidence.all()}
    links = {"https://www.example.org/a", "https://www.example.org/b"}
    assert kept_now == {"a.pdf", "b.docx", "IMG_0001.jpg"} | links


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"evidence_file": [upload(PDF, "a.pdf")] * 11}, "at most 10 files"),
        ({"evidence_link": "\n".join(f"https://www.example.org/{at}" for at in range(11))}, "at most 10 links"),
        ({"evidence_link": f"https://www.example.org/{'x' * 500}"}, "500 characters"),
        ({"evidence_link": "https://www.example.org/a\nnowhere"}, "whole web address"),
        ({"evidence_photo": upload(PDF[:3], "a.jpg")}, "must be a PDF, a picture"),
    ],
    ids=["files", "links", "long link", "no link", "no photo"],
)
def test_too_much_evidence_is_refused_in_words(client, world, given, words):
    client.force_login(world.officer)
    [(_, problems)] = client.post("/achievements/new/", answers(world) | given).context["form"].errors.items()
    assert words in problems[0]
    assert not Achievement.objects.exists()


def test_files_that_are_too_large_together_are_refused_with_the_form(client, world):
    client.force_login(world.officer)
    large = [upload(PDF + bytes(9_000_000), f"{at}.pdf") for at in range(5)]
    response = client.post("/achievements/new/", answers(world) | {"evidence_file": large})
    assert "40 MB together" in response.context["form"].errors["evidence_file"][0]


# --- Pictures

LANCASHIRE = (53.0, 46.0, 12.0)


def with_place() -> Image.Exif:
    """What a phone writes beside a picture that it took on its side."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6
    exif[ExifTags.Base.Make] = "Telephone"
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({ExifTags.GPS.GPSLatitudeRef: "N", ExifTags.GPS.GPSLatitude: LANCASHIRE})
    return exif


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(check_file(upload(content, "picture")).content.read()))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_kept_without_its_place_or_anything_else_written_beside_it(kind):
    sent = picture(kind, exif=with_place(), icc_profile=b"a profile", xmp=b"<x:xmpmeta>canary</x:xmpmeta>")
    assert Image.open(BytesIO(sent)).getexif().get_ifd(ExifTags.IFD.GPSInfo)
    kept_picture = opened(sent)
    assert dict(kept_picture.getexif()) == {}
    assert set(kept_picture.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density", "loop", "background"}
    stored = check_file(upload(sent, "picture")).content.read()
    assert not [word for word in (b"Telephone", b"canary", b"a profile", b"Exif") if word in stored]


def test_a_comment_in_a_picture_is_not_kept():
    assert b"canary" not in check_file(upload(picture("JPEG", comment=b"canary"), "a.jpg")).content.read()
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", "canary")
    assert b"canary" not in check_file(upload(picture("PNG", pnginfo=text), "a.png")).content.read()


def test_a_picture_taken_on_its_side_is_kept_the_right_way_up():
    kept_picture = opened(picture("PNG", exif=with_place()))
    assert kept_picture.size == (6, 8)
    assert kept_picture.getpixel((3, 0)) == (255, 0, 0)
    assert kept_picture.getpixel((3, 7)) == (0, 0, 255)


def test_what_is_clear_in_a_picture_stays_clear():
    held = BytesIO()
    Image.new("RGBA", (2, 2), (255, 0, 0, 0)).save(held, "PNG")
    assert opened(held.getvalue()).getpixel((0, 0)) == (255, 0, 0, 0)


def test_a_large_picture_is_kept_smaller():
    assert opened(picture("JPEG", (5000, 100))).size == (4000, 80)


def test_a_picture_that_would_unpack_to_too_much_is_refused_before_it_does():
    bomb = picture("PNG", (10_000, MOST_PIXELS // 10_000 + 1))
    assert len(bomb) < LARGEST_FILE
    with pytest.raises(ValidationError, match="50 million pixels"):
        check_file(upload(bomb, "a.png"))


@pytest.mark.parametrize("content", [JPEG[:200], PNG[:40], WEBP[:30], b"\x89PNG\r\n\x1a\n" + bytes(24)])
def test_a_damaged_picture_is_refused(content):
    with pytest.raises(ValidationError, match="damaged"):
        check_file(upload(content, "a.jpg"))


def test_an_iphones_own_picture_is_kept_as_jpeg_without_its_place() -> None:
    assert b"Telephone" in HEIC
    kept_file = check_file(upload(HEIC, "IMG_0001.HEIC"))
    assert (kept_file.kind.content_type, kept_file.name) == ("image/jpeg", "IMG_0001.jpg")
    content = kept_file.content.read()
    assert b"Telephone" not in content
    drawn = Image.open(BytesIO(content))
    assert (drawn.format, drawn.size, dict(drawn.getexif())) == ("JPEG", (64, 48), {})
    # Its left half is red and its right half blue, as nearly as JPEG has it.
    halves = [drawn.crop(box).resize((1, 1)).tobytes() for box in ((0, 0, 24, 48), (40, 0, 64, 48))]
    assert [half.index(max(half)) for half in halves] == [0, 2]


def resized(content: bytes, width: int, height: int) -> bytes:
    """The same picture, which says that it has another size."""
    at = content.index(b"ispe") + 8
    return content[:at] + struct.pack(">II", width, height) + content[at + 8 :]


def test_an_iphones_picture_that_says_it_is_too_large_is_refused_before_it_is_read():
    with pytest.raises(ValidationError, match="50 million pixels"):
        check_file(upload(resized(HEIC, 8_000, 8_000), "a.heic"))


@pytest.mark.parametrize("content", [HEIC[:400], resized(HEIC, 16, 12), HEIC[:12] + bytes(200)])
def test_an_iphones_picture_that_is_damaged_or_larger_than_it_says_is_refused(content):
    with pytest.raises(ValidationError, match="damaged"):
        check_file(upload(content, "a.heic"))


# --- Office documents that would do something when they are opened


@pytest.mark.parametrize(
    "content",
    [
        office(
            "[Content_Types].xml", "word/document.xml", types='<a ContentType="application/x.macroEnabled.main+xml"/>'
        ),
        office(
            "[Content_Types].xml", "word/document.xml", types='<a ContentType="application/vnd.ms-office.vbaProject"/>'
        ),
        office("[Content_Types].xml", "word/document.xml", word=related("attachedTemplate")),
        office("[Content_Types].xml", "xl/workbook.xml", xl=related("externalLinkPath", "external")),
        office("[Content_Types].xml", "word/document.xml", word=related("oleObject", "&#69;xternal")),
        office("[Content_Types].xml", "word/document.xml", types="<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"),
        office("[Content_Types].xml", "word/document.xml", types="not XML"),
        office("[Content_Types].xml", "word/document.xml", types=f"<a>{' ' * 1_000_001}</a>"),
    ],
    ids=["docm", "macros by type", "template", "workbook", "object", "document type", "no XML", "too long"],
)
def test_a_document_that_reaches_out_or_holds_a_trap_is_refused(content):
    with pytest.raises(ValidationError, match="without macros and without parts that are fetched"):
        check_file(upload(content, "report.docx"))


def test_a_document_with_plain_links_is_taken():
    linked = office("[Content_Types].xml", "word/document.xml", word=related("hyperlink"))
    assert check_file(upload(linked, "report.docx")).kind.name == "Word document"


# --- Handing out


def test_a_file_is_handed_out_to_keep_and_never_shown(client, world, achievement):
    row = kept(achievement, world)
    client.force_login(world.board_member)
    response = client.get(f"/evidence/{row.pk}/")
    assert b"".join(response.streaming_content) == PDF
    assert response["Content-Disposition"] == 'attachment; filename="Careers fair.pdf"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "application/pdf"
    assert "no-store" in response["Cache-Control"]


def test_an_altered_file_is_never_handed_out(client, world, achievement):
    row = kept(achievement, world)
    with row.file.storage.open(row.file.name, "rb+") as stored:
        stored.seek(9)
        stored.write(b"!")
    client.force_login(world.officer)
    response = client.get(f"/evidence/{row.pk}/")
    assert response.status_code == 500
    assert "is not handed out" in response.content.decode()
    assert b"%PDF" not in response.content


def test_a_missing_file_says_so(client, world, achievement):
    row = kept(achievement, world)
    row.file.storage.delete(row.file.name)
    client.force_login(world.officer)
    assert client.get(f"/evidence/{row.pk}/").status_code == 500


@pytest.mark.parametrize(
    ("person", "status"),
    [("officer", 200), ("lead", 200), ("board_member", 200), ("administrator", 200), ("stranger", 404)],
)
def test_who_may_have_an_achievements_evidence(client, world, achievement, person, status):
    row = kept(achievement, world)
    client.force_login(getattr(world, person))
    response = client.get(f"/evidence/{row.pk}/")
    assert response.status_code == status
    response.close()


def test_evidence_of_a_draft_stays_with_its_author_and_leads(client, world):
    draft = AchievementFactory(partnership=world.partnership, status="draft", logged_by=world.officer)
    row = kept(draft, world)
    client.force_login(world.board_member)
    assert client.get(f"/evidence/{row.pk}/").status_code == 404


def test_evidence_of_an_update_goes_to_the_partnerships_people(client, world):
    update = ActivityUpdate.objects.create(
        activity=world.activity, term=world.term, status="under_way", rag="on_track", author=world.officer
    )
    row = kept(update, world)
    client.force_login(world.stranger)
    assert client.get(f"/evidence/{row.pk}/").status_code == 404
    client.force_login(world.board_member)
    response = client.get(f"/evidence/{row.pk}/")
    assert response.status_code == 200
    response.close()


def test_someone_not_signed_in_is_asked_to(client, world, achievement):
    row = kept(achievement, world)
    assert client.get(f"/evidence/{row.pk}/").url.startswith("/sign-in/")


def test_a_link_is_no_file_to_hand_out(client, world, achievement):
    [row] = add_evidence(
        behind=achievement,
        evidence=[NewEvidence(link="https://www.example.org/")],
        by=world.officer,
        at=timezone.now(),
    )
    client.force_login(world.officer)
    assert client.get(f"/evidence/{row.pk}/").status_code == 404

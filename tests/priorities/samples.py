"""Small files of each kind that may be evidence, and of kinds that may not."""

import io
import zipfile
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tests.factories import World

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def picture(kind: str, size: tuple[int, int] = (8, 6), **written: Any) -> bytes:
    """A picture whose left half is red and right half is blue, with what is written beside its pixels."""
    drawn = Image.new("RGB", size, "red")
    drawn.paste("blue", (size[0] // 2, 0, *size))
    held = io.BytesIO()
    drawn.save(held, kind, **written)
    return held.getvalue()


PNG, JPEG, WEBP = (picture(kind) for kind in ("PNG", "JPEG", "WEBP"))
# Drawn as `picture` draws, 64 by 48, with a place and a telephone beside it: nothing here can write this format.
HEIC = (Path(__file__).parent / "telephone.heic").read_bytes()
NO_TYPES = "<Types/>"


def office(*members: str, types: str = NO_TYPES, **lists: str) -> bytes:
    """A zip with these members; `lists` are the lists of what each folder's parts are related to."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for member in members:
            archive.writestr(member, types if member == "[Content_Types].xml" else bytes(10))
        for folder, text in lists.items():
            archive.writestr(f"{folder}/_rels/settings.xml.rels", text)
    return held.getvalue()


def related(kind: str, mode: str = "External") -> str:
    """A list with one part that stands elsewhere."""
    base = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    part = f'<Relationship Type="{base}/{kind}" Target="https://x.example" TargetMode="{mode}"/>'
    return f"<Relationships>{part}</Relationships>"


WORD = office("[Content_Types].xml", "word/document.xml")
EXCEL = office("[Content_Types].xml", "xl/workbook.xml")
WITH_MACROS = office("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
PLAIN_ZIP = office("notes.txt")


def upload(content: bytes, name: str) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def answers(world: World, **changed: object) -> dict[str, object]:
    """A filled-in achievement form, with two priorities' worth of room for changes; None leaves an answer out."""
    given: dict[str, object] = {
        "partnership": world.partnership.pk,
        "form_token": str(uuid4()),
        "title": "Fifty pupils met an employer",
        "happened_on_0": "16",
        "happened_on_1": "6",
        "happened_on_2": "2022",
        "organisations": [world.organisation.pk],
        "priorities": [world.priority.pk],
    }
    return {name: value for name, value in (given | changed).items() if value is not None}

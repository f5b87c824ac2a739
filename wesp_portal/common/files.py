"""Files that people send: known by their content, refused where they could do harm, and pictures drawn anew."""

import hashlib
import re
import struct
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any
from xml.parsers import expat

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile, File
from pi_heif import register_heif_opener
from PIL import Image, ImageOps

AnyFile = File[Any]
# The picture alone: what stands beside it in the file is not unpacked.
register_heif_opener(thumbnails=False, depth_images=False, aux_images=False)

LARGEST_FILE = 10 * 1000 * 1000
# Of one form. Below settings.LARGEST_REQUEST, so that somewhat too much comes back with its form and all that is typed.
MOST_FILES = 10
LARGEST_TOGETHER = 40 * 1000 * 1000
# What an office document may unpack to, by its own directory; more is a trap for whoever opens it.
LARGEST_UNPACKED = 200 * 1000 * 1000
MOST_MEMBERS = 5000
# The parts of an office document that are read here are lists of its other parts: short, or else a trap.
LARGEST_LIST = 1000 * 1000
# The best phones take pictures of 48 million pixels; what claims more would unpack to more than a process can spare.
MOST_PIXELS = 50_000_000
# Pixels of the longer side of a kept picture: sharp on a printed page.
LONGEST_SIDE = 4000
ACCEPTED = "a PDF, a picture (JPEG, PNG, WebP or HEIC), a Word document (.docx) or an Excel workbook (.xlsx)"


@dataclass(frozen=True, slots=True)
class FileKind:
    """A type of file that may be evidence; `picture` is the name that Pillow has for it."""

    name: str
    extension: str
    content_type: str
    picture: str = ""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be kept: what `check_file` let through, and a picture as it drew it anew."""

    content: AnyFile
    kind: FileKind
    name: str


_PDF = FileKind("PDF", ".pdf", "application/pdf")
_PNG = FileKind("PNG picture", ".png", "image/png", picture="PNG")
_JPEG = FileKind("JPEG picture", ".jpg", "image/jpeg", picture="JPEG")
_WEBP = FileKind("WebP picture", ".webp", "image/webp", picture="WEBP")
# An iPhone's own; kept as JPEG, which every browser and document can show.
_HEIC = FileKind("HEIC picture", ".heic", "image/heic", picture="HEIF")
_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"mif1"}
_WORD = FileKind("Word document", ".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document")
_EXCEL = FileKind("Excel workbook", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
_SIGNATURES = {b"%PDF-": _PDF, b"\x89PNG\r\n\x1a\n": _PNG, b"\xff\xd8\xff": _JPEG}
_MAIN_PARTS = {"word/document.xml": _WORD, "xl/workbook.xml": _EXCEL}
# libheif decodes no part that is larger than the size written here.
_SIZE_OF_A_PART = re.compile(rb"ispe\0{4}(.{8})", re.DOTALL)
# What a browser offers to choose from; the content decides. A telephone that is asked for JPEG makes one by itself.
PICTURE_TYPES = ",".join(kind.content_type for kind in (_JPEG, _PNG, _WEBP))
OFFERED_TYPES = f"{PICTURE_TYPES},.heic,.heif,.pdf,.docx,.xlsx"


def check_file(file: AnyFile) -> CheckedFile:
    """What may be kept of a file; raises ValidationError with what to do about one that may not be."""
    if not file.size:
        raise ValidationError("The file is empty. Choose another.", code="empty")
    if file.size > LARGEST_FILE:
        raise ValidationError("The file must be at most 10 MB. Make it smaller, or give a link.", code="size")
    kind = recognise(file)
    if kind is None:
        raise ValidationError(
            f"The file must be {ACCEPTED}, without macros and without parts that are fetched from elsewhere.",
            code="kind",
        )
    kept = _JPEG if kind is _HEIC else kind
    content = _drawn_anew(file, kind, kept) if kind.picture else file
    return CheckedFile(content, kept, safe_name(file.name or "", kept))


def hash_of(file: AnyFile) -> str:
    """The SHA-256 of a file's content, which is left at its start."""
    file.seek(0)
    digest = hashlib.sha256()
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def recognise(file: AnyFile) -> FileKind | None:
    """The kind of a file by its content alone; None for one that may not be evidence."""
    file.seek(0)
    head = file.read(12)
    for signature, kind in _SIGNATURES.items():
        if head.startswith(signature):
            return kind
    if head.startswith(b"RIFF") and head.endswith(b"WEBP"):
        return _WEBP
    if head[4:8] == b"ftyp" and head[8:] in _HEIC_BRANDS:
        return _HEIC
    return _office_document(file) if head.startswith(b"PK\x03\x04") else None


def safe_name(given: str, kind: FileKind) -> str:
    """A file's own name without folders or unprintable characters, ending as its content does."""
    name = PureWindowsPath(PurePosixPath(given).name).name
    printable = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    stem = PurePosixPath(printable).stem.strip(" .")[:150] or "evidence"
    return f"{stem}{kind.extension}"


# --- Pictures


def _drawn_anew(file: AnyFile, kind: FileKind, kept: FileKind) -> AnyFile:
    """A picture's pixels the right way up and nothing else: no place, camera, person, time or hidden preview."""
    file.seek(0)
    try:
        with Image.open(file, formats=[kind.picture]) as picture:
            if max(picture.width * picture.height, *_parts(file, kind)) > MOST_PIXELS:
                raise ValidationError(
                    "The picture must be at most 50 million pixels. Make it smaller and choose it again.", code="pixels"
                )
            # A large JPEG is read at a fraction of its size from the start.
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            pixels = _plain(ImageOps.exif_transpose(picture), kept)
    # RuntimeError is how HEIC is refused that is larger than it claims, before it is unpacked.
    except (OSError, ValueError, SyntaxError, EOFError, RuntimeError, Image.DecompressionBombError) as error:
        raise ValidationError("The picture is damaged and cannot be opened. Choose another.", code="broken") from error
    held = BytesIO()
    pixels.save(held, kept.picture, quality=85)
    return ContentFile(held.getvalue(), name=file.name)


def _parts(file: AnyFile, kind: FileKind) -> list[int]:
    """The pixels of each part that an iPhone's picture names: what is cut from a part says nothing of its size."""
    if kind is not _HEIC:
        return [0]
    file.seek(0)
    sizes = (struct.unpack(">II", found[1]) for found in _SIZE_OF_A_PART.finditer(file.read()))
    return [0, *(width * height for width, height in sizes)]


def _plain(picture: Image.Image, kind: FileKind) -> Image.Image:
    """The picture in colours that its format has, with all that was written beside its pixels left behind."""
    is_clear = kind is not _JPEG and picture.has_transparency_data
    plain = picture.convert("RGBA" if is_clear else "RGB")
    plain.info = {}
    return plain


# --- Office documents


class _RefusedError(Exception):
    """A part of an office document is not what it should be."""


def _office_document(file: AnyFile) -> FileKind | None:
    """Word or Excel by the members a zip lists; refused with macros, parts from elsewhere, or a bomb among them.

    Only the lists of parts are unpacked.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            members = {member.filename: member for member in archive.infolist()}
            unpacked = sum(member.file_size for member in archive.infolist())
            if len(archive.infolist()) > MOST_MEMBERS or unpacked > LARGEST_UNPACKED:
                return None
            if "[Content_Types].xml" not in members or _has_macros(archive) or _reaches_out(archive):
                return None
    except (_RefusedError, zipfile.BadZipFile, NotImplementedError, OSError, ValueError, RuntimeError):
        return None
    return next((kind for part, kind in _MAIN_PARTS.items() if part in members), None)


def _has_macros(archive: zipfile.ZipFile) -> bool:
    """Whether a document holds macros, by what it says of its parts or by their usual name."""
    if any(name.lower().endswith("vbaproject.bin") for name in archive.namelist()):
        return True
    types = [given.get("ContentType", "").lower() for given in _elements(archive, "[Content_Types].xml")]
    return any("macroenabled" in each or "vbaproject" in each for each in types)


def _reaches_out(archive: zipfile.ZipFile) -> bool:
    """Whether opening a document would fetch something from elsewhere, such as a template; a plain link may stay."""
    return any(
        given.get("TargetMode", "").lower() == "external" and not given.get("Type", "").lower().endswith("/hyperlink")
        for name in archive.namelist()
        if name.lower().endswith(".rels")
        for given in _elements(archive, name)
    )


def _elements(archive: zipfile.ZipFile, name: str) -> Iterator[Mapping[str, str]]:
    """The attributes of each element of a part; raises _RefusedError for one that is no plain XML, or far too long."""
    found: list[Mapping[str, str]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda element, attributes: found.append(attributes)
    parser.StartDoctypeDeclHandler = _refuse
    with archive.open(name) as part:
        text = part.read(LARGEST_LIST + 1)
    if len(text) > LARGEST_LIST:
        raise _RefusedError
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise _RefusedError from error
    yield from found


def _refuse(*declaration: object) -> None:
    """No part of an office document declares a type of document of its own."""
    raise _RefusedError

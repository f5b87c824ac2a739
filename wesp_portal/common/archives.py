"""Zip archives whose bytes depend on what is in them alone: no clock, no machine, no version of a compressor."""

from collections.abc import Mapping
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

# The earliest moment that a zip can tell.
EARLIEST = (1980, 1, 1, 0, 0, 0)
UNIX = 3


def pinned_zip(parts: Mapping[str, bytes]) -> bytes:
    """The parts in the order given, not compressed: the same text deflates differently from one zlib to the next."""
    made = BytesIO()
    with ZipFile(made, "w", ZIP_STORED) as archive:
        for name, content in parts.items():
            entry = ZipInfo(name, EARLIEST)
            # Set where zipfile would otherwise write down which system it runs on.
            entry.create_system = UNIX
            entry.external_attr = 0o600 << 16
            archive.writestr(entry, content)
    return made.getvalue()

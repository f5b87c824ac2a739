"""Typst, run as a process of its own: reports as PDF, charts as pictures."""

import json
import re
import subprocess
import sys
import unicodedata
from base64 import b64decode
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

TYPST = Path(__file__).parent / "typst"
FONTS = Path(__file__).parents[2] / "static" / "built" / "print-fonts"
# Sharp on paper at the size that charts have there.
POINTS_PER_INCH = 144
NOT_DISPLAYED = re.compile(r'the text `"(.+?)"` could not be displayed')


class FontsMissingError(RuntimeError):
    """The typeface of reports has not been built."""


class TypesettingError(RuntimeError):
    """The report could not be laid out; the words are the typesetter's own."""


def typeset_report(values: dict[str, Any], dated_on: date) -> bytes:
    """A report's values as PDF/UA-1; a sign that no font has is written out by its name.

    Raises FontsMissingError where scripts/build_assets.py has not run, TypesettingError where typst gives up.
    """
    return _typeset("report", json.dumps(values, ensure_ascii=False), dated_on.isoformat())


def pictures_of(svgs: Sequence[str]) -> list[bytes]:
    """Charts as PNGs, in their order; raises as typeset_report does."""
    if not svgs:
        return []
    made = _typeset("pictures", json.dumps(svgs, ensure_ascii=False), str(POINTS_PER_INCH))
    return [b64decode(page) for page in json.loads(made)]


def _typeset(kind: str, values: str, option: str) -> bytes:
    if not any(FONTS.glob("*.ttf")):
        raise FontsMissingError("The typeface of reports is missing: run python scripts/build_assets.py.")
    command = [sys.executable, "-I", str(TYPST / "typeset.py"), kind, str(FONTS), option]
    while True:
        # A process of its own gives back the memory that typesetting takes, and cannot take a worker with it.
        made = subprocess.run(command, input=values.encode(), capture_output=True, check=False)
        if made.returncode == 0:
            return made.stdout
        diagnostic = made.stderr.decode(errors="replace")
        spelt = _spell_out(values, diagnostic)
        if spelt == values:
            raise TypesettingError(diagnostic or f"Typesetting ended with {made.returncode}.")
        values = spelt


def _spell_out(values: str, diagnostic: str) -> str:
    """Write each sign that could not be displayed as its name in brackets; those without a name are left out.

    A PDF/UA may not show an empty box.
    """
    for quoted in set(NOT_DISPLAYED.findall(diagnostic)):
        text = re.sub(r"\\u\{([0-9a-f]+)\}", lambda match: chr(int(match[1], 16)), quoted)
        for sign in text:
            name = unicodedata.name(sign, "") if unicodedata.category(sign) not in {"Cf", "Mn"} else ""
            values = values.replace(sign, f"[{name.lower()}]" if name else "")
    return values

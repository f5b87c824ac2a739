"""Typeset one report as PDF, or its charts as pictures. Run as a process of its own by `reports.renderers.typesetting`.

JSON comes in; a PDF goes out, or a JSON list of PNGs in base64. Typst keeps what it has laid out for as long as its
process lives, some 70 MB for a long report: here, one report. Exits with 1 and typst's own words where it cannot.
"""

import json
import sys
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typst

HERE = Path(__file__).parent


def report(fonts: str, dated_on: str) -> bytes:
    made = _compile(
        "report",
        fonts,
        {"report": sys.stdin.buffer.read().decode()},
        pdf_standards=["ua-1"],
        timestamp=datetime.fromisoformat(dated_on).replace(tzinfo=UTC),
    )
    return bytes(made)


def pictures(fonts: str, points_per_inch: str) -> bytes:
    made = _compile(
        "pictures", fonts, {"charts": sys.stdin.buffer.read().decode()}, format="png", ppi=float(points_per_inch)
    )
    pages = [made] if isinstance(made, bytes) else made
    return json.dumps([b64encode(page).decode() for page in pages]).encode()


def _compile(name: str, fonts: str, inputs: dict[str, str], **options: Any) -> Any:
    return typst.compile(
        str(HERE / f"{name}.typ"),
        root=str(HERE),
        font_paths=[fonts],
        ignore_system_fonts=True,
        sys_inputs=inputs,
        **options,
    )


def main(kind: str, fonts: str, option: str) -> int:
    try:
        made = {"report": report, "pictures": pictures}[kind](fonts, option)
    except typst.TypstError as error:
        sys.stderr.buffer.write(str(error.diagnostic).encode())
        return 1
    sys.stdout.buffer.write(made)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

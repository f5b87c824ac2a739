"""Which release of the code runs: what a page kept in a cache was drawn by."""

import hashlib
from functools import cache

from django.conf import settings

FOLDERS = ("templates", "wesp_portal", "partnerships", "priorities", "reports", "static/built/web")
KINDS = {".py", ".html", ".css", ".js"}


@cache
def code_version() -> str:
    """A short hash of everything that pages are drawn from, read once in the life of a process (about 20 ms)."""
    digest = hashlib.sha256()
    for folder in FOLDERS:
        for path in sorted((settings.BASE_DIR / folder).rglob("*")):
            if path.suffix in KINDS and path.is_file():
                digest.update(path.relative_to(settings.BASE_DIR).as_posix().encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]

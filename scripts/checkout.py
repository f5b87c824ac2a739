"""Where this checkout keeps what is made for it, and what is known of it. Standard library only."""

import fcntl
import hashlib
import json
import os
import secrets
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "portal-stamps.json"
VAR = Path(os.environ.get("PORTAL_VAR") or ROOT / "var")
LOGS = VAR / "log"


class SetupError(Exception):
    """Something the person at the keyboard can put right, said in one line."""


def digest(paths: Iterable[Path]) -> str:
    """The SHA-256 of files' names and contents; folders are read whole, missing ones count as empty."""
    total = hashlib.sha256()
    for path in paths:
        files = sorted(file for file in path.rglob("*") if file.is_file()) if path.is_dir() else [path]
        for file in files:
            if file.exists():
                total.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return total.hexdigest()


def stamps() -> dict[str, str]:
    """The digest of what each step last worked from, by the step's name."""
    try:
        found = json.loads(STAMPS.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def stamp(**digests: str) -> None:
    """Records that a step is done, replacing the file whole so that an interruption leaves the old one."""
    draft = STAMPS.with_suffix(".new")
    draft.write_text(json.dumps(stamps() | digests, indent=1) + "\n")
    draft.replace(STAMPS)


def check_writable() -> None:
    """Refuses early where nothing could be made."""
    for folder in (ROOT, VAR):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe = folder / f".write-test-{os.getpid()}"
            probe.touch()
            probe.unlink()
        except OSError as fault:
            raise SetupError(
                f"cannot write in {folder}: {(fault.strerror or str(fault)).lower()}."
                " Make it writable for you, or put a copy where you may write."
            ) from None


def hold(name: str, *, refusal: str = "", waiting: str = "") -> TextIO:
    """A lock on this checkout, held until the process ends: waits for it, or refuses at once if told how."""
    lock = (VAR / name).open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        if refusal:
            lock.close()
            raise SetupError(refusal) from None
        print(waiting, flush=True)
        fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def secret_key() -> str:
    """This machine's own key, made once and readable by its owner alone."""
    path = VAR / "secret-key"
    if not path.exists():
        draft = VAR / "secret-key.new"
        draft.unlink(missing_ok=True)
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        draft.rename(path)
    return path.read_text()

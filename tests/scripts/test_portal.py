"""./run and ./test: what goes wrong on a fresh machine is said in one line; what is unchanged is not made again."""

import argparse
import importlib.util
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
LOST_NETWORK = (
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError(...)': /simple/amqp/\n"
    "ERROR: No matching distribution found for amqp==5.4.2\n"
)


@pytest.fixture
def portal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """scripts/portal.py, at work in an empty folder of the test's own."""
    spec = importlib.util.spec_from_file_location("portal_script", ROOT / "scripts" / "portal.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # Beside the script, as where it is run.
    monkeypatch.syspath_prepend(ROOT / "scripts")
    spec.loader.exec_module(module)
    for name, place in {
        "ROOT": tmp_path,
        "VAR": tmp_path / "var",
        "LOGS": tmp_path / "var" / "log",
        "VENV": tmp_path / ".venv",
        "VENV_PYTHON": tmp_path / ".venv" / "bin" / "python",
        "STAMPS": tmp_path / ".venv" / "portal-stamps.json",
    }.items():
        monkeypatch.setattr(module.checkout, name, place)
    for name in ("DATABASE_URL", "MEDIA_ROOT"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "var").mkdir()
    (tmp_path / "requirements.txt").write_text("one==1 \\\n    --hash=sha256:0\ntwo==2 \\\n    --hash=sha256:0\n")
    return module


@pytest.fixture
def tool(portal: ModuleType) -> Callable[..., Path]:
    """Puts a Python into the environment that says what it is told to, and counts its calls."""

    def make(said: str = "", status: int = 0) -> Path:
        calls: Path = portal.checkout.ROOT / "calls"
        calls.touch()
        portal.checkout.VENV_PYTHON.write_text(
            f"#!/bin/sh\necho called >> {calls}\ncat <<'END'\n{said}END\nexit {status}\n"
        )
        portal.checkout.VENV_PYTHON.chmod(0o755)
        return calls

    return make


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def start(command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [ROOT / command], env={"PATH": os.environ["PATH"], **variables}, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("command", ["run", "test"])
def test_an_old_python_is_refused_in_one_line_that_says_what_to_do(command: str, tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\ncase "$2" in print*|*print\\(*) echo 3.9.18 ;; *) exit 1 ;; esac\n')
    old.chmod(0o755)
    answer = start(command, PYTHON=str(old))
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert answer.stderr.startswith(f"./{command}: the portal needs Python 3.11 or newer, and found 3.9.18.")


def test_a_machine_without_python_is_told_so_in_one_line() -> None:
    answer = start("run", PYTHON="no-such-python")
    assert answer.returncode == 1
    assert answer.stderr.count("\n") == 1
    assert "found none" in answer.stderr


def test_a_python_without_venv_is_told_what_to_install(portal: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        portal.making.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else object()
    )
    with pytest.raises(portal.SetupError, match=r"without venv or ensurepip.*apt install python3-venv"):
        portal.making.make_venv()


def test_a_port_in_use_is_named_with_another_to_try(portal: ModuleType, taken_port: int) -> None:
    with pytest.raises(portal.SetupError, match=f"port {taken_port} is in use.*--port {taken_port + 1}"):
        portal.check_port(taken_port)


@pytest.mark.parametrize("text", ["0", "65536", "-1", "http", "８０００x", ""])
def test_what_is_no_port_is_refused(portal: ModuleType, text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match="choose a number from 1 to 65535"):
        portal.port_number(text)


def test_a_folder_that_cannot_be_written_is_named(portal: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    (portal.checkout.ROOT / "file").touch()
    monkeypatch.setattr(portal.checkout, "VAR", portal.checkout.ROOT / "file" / "var")
    with pytest.raises(portal.SetupError, match=r"cannot write in .*file/var: not a directory"):
        portal.check_writable()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (LOST_NETWORK, "could not reach the Python package index"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.\n", "is not the one"),
        ("ERROR: [Errno 28] No space left on device\n", "the disk is full"),
        ("Collecting one\nERROR: something of its own\n", "ERROR: something of its own"),
    ],
)
def test_a_failed_install_says_why_in_one_line_and_is_tried_again(
    portal: ModuleType, tool: Callable[..., Path], said: str, expected: str
) -> None:
    tool(said, status=1)
    with pytest.raises(portal.SetupError, match=expected) as refusal:
        portal.making.install("requirements.txt")
    assert "\n" not in str(refusal.value)
    assert portal.checkout.stamps() == {}


def test_the_same_requirements_are_installed_once_and_changed_ones_again(
    portal: ModuleType, tool: Callable[..., Path]
) -> None:
    calls = tool()
    portal.making.install("requirements.txt")
    portal.making.install("requirements.txt")
    assert calls.read_text().count("called") == 1
    (portal.checkout.ROOT / "requirements.txt").write_text("one==2 \\\n    --hash=sha256:0\n")
    portal.making.install("requirements.txt")
    assert calls.read_text().count("called") == 2


def test_the_test_requirements_serve_the_portal_too(portal: ModuleType, tool: Callable[..., Path]) -> None:
    calls = tool()
    (portal.checkout.ROOT / "requirements-dev.txt").write_text("one==1 \\\n    --hash=sha256:0\n")
    portal.making.install("requirements-dev.txt", includes=["requirements.txt"])
    portal.making.install("requirements.txt")
    assert calls.read_text().count("called") == 1


def test_assets_that_cannot_be_built_say_why_in_one_line(
    portal: ModuleType, tool: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(portal.making, "make_node", lambda: None)
    (portal.checkout.ROOT / "static").mkdir()
    tool("build_assets: The design system could not be downloaded\n", status=1)
    with pytest.raises(portal.SetupError, match="could not be downloaded") as refusal:
        portal.making.build_assets()
    assert "\n" not in str(refusal.value)


def test_a_portal_that_runs_already_is_not_started_twice(portal: ModuleType) -> None:
    with portal.hold("running.lock"), pytest.raises(portal.SetupError, match="already running"):
        portal.hold("running.lock", refusal="already running")


def test_the_secret_key_is_long_made_once_and_its_owners_alone(portal: ModuleType) -> None:
    key = portal.secret_key()
    assert len(key) >= 50
    assert portal.secret_key() == key
    assert stat.S_IMODE((portal.checkout.VAR / "secret-key").stat().st_mode) == 0o600


class TestReset:
    @pytest.fixture(autouse=True)
    def data(self, portal: ModuleType) -> None:
        (portal.checkout.VAR / "db.sqlite3").touch()
        (portal.checkout.VAR / "media").mkdir()
        (portal.checkout.VAR / "media" / "evidence.pdf").touch()
        (portal.checkout.VAR / "secret-key").touch()

    def left(self, portal: ModuleType) -> set[str]:
        return {path.name for path in portal.checkout.VAR.iterdir()}

    def test_it_deletes_what_was_entered_and_nothing_else(self, portal: ModuleType) -> None:
        portal.reset(is_agreed=True)
        assert self.left(portal) == {"secret-key"}

    def test_it_deletes_nothing_where_there_is_nobody_to_ask(
        self, portal: ModuleType, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(portal.sys.stdin, "isatty", lambda: False, raising=False)
        with pytest.raises(portal.SetupError, match="--reset --yes"):
            portal.reset(is_agreed=False)
        assert "db.sqlite3" in self.left(portal)

    @pytest.mark.parametrize(("answer", "is_deleted"), [("yes", True), ("y", False), ("", False)])
    def test_it_asks_first(
        self, portal: ModuleType, monkeypatch: pytest.MonkeyPatch, answer: str, is_deleted: bool
    ) -> None:
        monkeypatch.setattr(portal.sys.stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda question: answer)
        if is_deleted:
            portal.reset(is_agreed=False)
        else:
            with pytest.raises(portal.SetupError, match="nothing was deleted"):
                portal.reset(is_agreed=False)
        assert ("db.sqlite3" not in self.left(portal)) == is_deleted

    def test_it_leaves_a_named_database_alone(self, portal: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DATABASE_URL", "postgres://portal@localhost/portal")
        with pytest.raises(portal.SetupError, match="in var only"):
            portal.reset(is_agreed=True)
        assert "db.sqlite3" in self.left(portal)


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device", "var/log"), "a problem"])
def test_whatever_goes_wrong_ends_in_one_line_and_no_traceback(
    portal: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fault: OSError | str
) -> None:
    def fail(options: Any) -> None:
        raise fault if isinstance(fault, OSError) else portal.SetupError(fault)

    monkeypatch.setattr(portal, "run", fail)
    assert portal.main(["run"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("./run: ")
    assert said.count("\n") == 1


def test_help_tells_of_the_options() -> None:
    answer = subprocess.run(
        [ROOT / "run", "--help"], env=os.environ | {"PYTHON": sys.executable}, capture_output=True, text=True
    )
    assert answer.returncode == 0
    assert all(option in answer.stdout for option in ("--port", "--reset", "--yes"))

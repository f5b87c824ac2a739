"""Making what the portal needs: its Python environment, Node, styles and static files. Standard library only.

Everything made lives in .venv, node_modules, static/built and var; what is unchanged is not made again.
"""

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import checkout
from checkout import SetupError, digest, stamp, stamps
from tools import reason, run_logged, step

OLDEST_NODE = 20
NO_NETWORK = re.compile(r"Retrying \(|NewConnectionError|NameResolutionError|Could not fetch URL")


def make_venv() -> None:
    """Makes .venv, or makes it anew where its Python no longer runs."""
    if (
        checkout.VENV_PYTHON.exists()
        and subprocess.run([checkout.VENV_PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0
    ):
        return
    if not (importlib.util.find_spec("venv") and importlib.util.find_spec("ensurepip")):
        raise SetupError(
            f"{sys.executable} comes without venv or ensurepip. On Debian or Ubuntu: sudo apt install python3-venv."
            " Or name another Python: PYTHON=/path/to/python3"
        )
    with step("Making the portal's own Python environment"):
        status, said = run_logged([sys.executable, "-m", "venv", "--clear", checkout.VENV], "venv.log")
        if status:
            raise SetupError(f"could not make {checkout.VENV}: {reason(said, 'venv.log')}")


def install(requirements: str, includes: Sequence[str] = ()) -> None:
    """Installs a requirements file, every package checked against its hash, unless that very file is installed."""
    names = (requirements, *includes)
    digests = {name: digest([checkout.ROOT / name]) for name in names}
    if stamps().get(requirements) == digests[requirements]:
        return
    total = len(re.findall(r"^\S+==", (checkout.ROOT / requirements).read_text(), flags=re.MULTILINE))
    count = 0
    with step(f"Installing {total} packages from {requirements}") as progress:

        def on_line(line: str) -> None:
            nonlocal count
            if found := re.match(r"(?:Collecting|Requirement already satisfied:) ([\w.-]+)", line):
                count += 1
                progress.tell(f"{count} of {total}: {found[1]}")
            elif line.startswith("Installing collected packages"):
                progress.tell("unpacking")

        command: list[str | Path] = [
            checkout.VENV_PYTHON,
            "-m",
            "pip",
            "install",
            "--require-hashes",
            "--only-binary",
            ":all:",
            "--no-input",
        ]
        quiet = ["--disable-pip-version-check", "--progress-bar", "off", "--retries", "2"]
        status, said = run_logged([*command, *quiet, "-r", requirements], "pip.log", on_line=on_line)
        if status and "DO NOT MATCH THE HASHES" in said:
            raise SetupError(
                f"a downloaded package is not the one {requirements} names; nothing was installed"
                f" ({checkout.LOGS / 'pip.log'})."
            )
        if status and "No space left" in said:
            raise SetupError("the disk is full. Make about 500 MB of room, then run this again.")
        if status and NO_NETWORK.search(said):
            raise SetupError(
                "could not reach the Python package index. The first start needs the network (or PIP_INDEX_URL set to"
                " an index you can reach); later ones do not. Then run this again."
            )
        if status:
            raise SetupError(f"could not install {requirements}: {reason(said, 'pip.log')}")
        stamp(**digests)


def make_environment(*, with_tests: bool) -> None:
    make_venv()
    if with_tests:
        install("requirements-dev.txt", includes=["requirements.txt"])
    else:
        install("requirements.txt")


def make_node() -> None:
    """Installs Node and npm into .venv where the machine has none new enough."""
    if shutil.which("node") and shutil.which("npm"):
        answer = subprocess.run(["node", "--version"], capture_output=True, text=True)
        found = re.match(r"v(\d+)\.", answer.stdout)
        if answer.returncode == 0 and found and int(found[1]) >= OLDEST_NODE:
            return
    install("requirements-node.txt")


def build_assets() -> None:
    """Fetches the design system and builds styles, scripts, fonts and icons from it, unless nothing changed."""
    own = sorted(path for path in (checkout.ROOT / "static").iterdir() if path.name != "built")
    made_by = ("package.json", "package-lock.json", "scripts/build_assets.py")
    sources = digest([*(checkout.ROOT / name for name in made_by), *own])
    if (checkout.ROOT / "static" / "built").is_dir() and stamps().get("assets") == sources:
        return
    make_node()
    with step("Fetching the design system, building styles and scripts"):
        status, said = run_logged([checkout.VENV_PYTHON, "scripts/build_assets.py"], "assets.log")
        if status:
            raise SetupError(f"could not build the assets: {reason(said, 'assets.log')}")
        stamp(assets=sources)


def collect_static() -> None:
    """Gathers the static files of the portal and its packages, under names that change with their contents."""
    sources = digest([checkout.ROOT / "requirements.txt", checkout.ROOT / "static"])
    if (checkout.VAR / "static").is_dir() and stamps().get("static") == sources:
        return
    with step("Collecting the static files"):
        options = ["--no-input", "--clear", "--verbosity=0"]
        status, said = run_logged([checkout.VENV_PYTHON, "manage.py", "collectstatic", *options], "static.log")
        if status:
            raise SetupError(f"could not collect the static files: {reason(said, 'static.log')}")
        stamp(static=sources)

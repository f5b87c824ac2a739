"""Starts, tests or builds the portal: makes whatever is missing, then hands over. Standard library only."""

import argparse
import errno
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import checkout
import making
from checkout import SetupError, check_writable, hold, secret_key
from tools import child_environment, step


def check_port(port: int) -> None:
    """Refuses a port that cannot be listened on, before anything else takes time."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as fault:
            if fault.errno == errno.EADDRINUSE:
                raise SetupError(
                    f"port {port} is in use. Stop what uses it, or choose another: ./run --port {port + 1}"
                ) from None
            if fault.errno == errno.EACCES:
                raise SetupError(
                    f"port {port} needs administrator's rights. Choose one above 1023: ./run --port 8000"
                ) from None
            raise SetupError(f"cannot listen on port {port}: {fault.strerror}") from None


def hand_over(command: Sequence[str | Path], extra: dict[str, str]) -> NoReturn:
    """Becomes the named command, so that Ctrl-C and signals reach it and nothing is left behind."""
    sys.stdout.flush()
    os.chdir(checkout.ROOT)
    os.execve(command[0], [str(word) for word in command], child_environment() | extra)


def reset(*, is_agreed: bool) -> None:
    """Deletes the local database, files and mail, after asking."""
    if os.environ.get("DATABASE_URL") or os.environ.get("MEDIA_ROOT"):
        raise SetupError("--reset deletes the data in var only; unset DATABASE_URL and MEDIA_ROOT first.")
    doomed = [
        path
        for path in (*sorted(checkout.VAR.glob("db.sqlite3*")), checkout.VAR / "media", checkout.VAR / "mail")
        if path.exists()
    ]
    if not doomed:
        return
    if not is_agreed:
        if not sys.stdin.isatty():
            raise SetupError(
                "--reset deletes the portal's data, and there is nobody to ask. Say --reset --yes if you mean it."
            )
        print(f"This deletes all that was entered: {', '.join(str(path) for path in doomed)}")
        if input("Type yes to delete it: ").strip().lower() != "yes":
            raise SetupError("nothing was deleted.")
    with step("Deleting the data entered so far"):
        for path in doomed:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def run(options: argparse.Namespace) -> NoReturn:
    """Makes what is missing, fills an empty database, then becomes the server."""
    check_writable()
    # First: whoever starts it twice should not be sent to look for another port.
    running = hold(
        "running.lock", refusal="the portal is already running from this folder. Stop it first, with Ctrl-C."
    )
    check_port(options.port)
    with hold("setup.lock", waiting="Waiting for another ./run or ./test to finish its preparations."):
        if options.reset:
            reset(is_agreed=options.yes)
        making.make_environment(with_tests=False)
        making.build_assets()
        making.collect_static()
        extra = {"SECRET_KEY": os.environ.get("SECRET_KEY") or secret_key()}
        extra["PORTAL_ADDRESS"] = os.environ.get("PORTAL_ADDRESS") or f"http://127.0.0.1:{options.port}"
        status = subprocess.run(
            [checkout.VENV_PYTHON, __file__, "prepare"], cwd=checkout.ROOT, env=child_environment() | extra
        ).returncode
        if status:
            raise SystemExit(status)
    # Held by the server from here on: the scheduler and the queue must not run twice on one database.
    os.set_inheritable(running.fileno(), True)
    hand_over([checkout.VENV_PYTHON, "manage.py", "serve", "--port", str(options.port)], extra)


def prepare(options: argparse.Namespace) -> None:
    """Brings the database up to date; runs inside the portal's own environment."""
    sys.path.insert(0, str(checkout.ROOT))
    import django
    from django.conf import settings
    from django.core.management import CommandError, call_command

    def manage(words: str, *command: str) -> str:
        said = io.StringIO()
        with step(words):
            try:
                call_command(*command, stdout=said, stderr=said)
            except CommandError as fault:
                raise SetupError(f"{command[0]}: {fault}") from None
            except Exception as fault:
                checkout.LOGS.mkdir(parents=True, exist_ok=True)
                (checkout.LOGS / "prepare.log").write_text(said.getvalue() + traceback.format_exc())
                raise SetupError(f"{command[0]} failed: {fault} (all of it: {checkout.LOGS / 'prepare.log'})") from None
        return said.getvalue()

    django.setup()
    manage("Bringing the database up to date", "migrate", "--verbosity=0")
    manage("Loading the strategies", "load_strategies")
    if settings.IS_DEMONSTRATION:
        manage("Filling the demonstration", "seed_demo")
    from reports.services.demo import demo_people

    people = demo_people()
    if people:
        width = max(len(person.role) for person in people)
        print("\nSign in as any of these invented people:")
        for person in people:
            print(f"  {person.role:<{width}}  {person.email}  {person.password}")
        print(flush=True)


def build(options: argparse.Namespace) -> None:
    """Makes the environment and the static files and stops there: what a container image needs."""
    check_writable()
    with hold("setup.lock", waiting="Waiting for another ./run or ./test to finish its preparations."):
        making.make_environment(with_tests=False)
        making.build_assets()
        making.collect_static()


def test(options: argparse.Namespace) -> NoReturn:
    """Makes what is missing, the test tools included, then becomes pytest."""
    check_writable()
    with hold("setup.lock", waiting="Waiting for another ./run or ./test to finish its preparations."):
        making.make_environment(with_tests=True)
        making.build_assets()
    # The whole suite uses every core; whoever chooses tests or options chooses that as well.
    spread = [] if options.arguments else ["-n", str(os.cpu_count() or 1)]
    hand_over([checkout.VENV_PYTHON, "-m", "pytest", *spread, *options.arguments], {})


def port_number(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is no port: choose a number from 1 to 65535")
    return int(text)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    command = arguments[0] if arguments else ""
    if command == "test":
        if arguments[1:] in (["-h"], ["--help"]):
            print(
                "usage: ./test [pytest's options and paths]\n\n"
                "Makes the portal's environment with the test tools, then runs the tests on SQLite, with no server.\n"
                "With DATABASE_URL and REDIS_URL set they run on that PostgreSQL and that Redis: give them databases\n"
                "of their own. ./test -m browser runs those that drive Chromium. ./test tests/test_x.py runs one file."
            )
            raise SystemExit(0)
        return argparse.Namespace(act=test, arguments=list(arguments[1:]))
    if command in ("prepare", "build"):
        return argparse.Namespace(act=prepare if command == "prepare" else build)
    parser = argparse.ArgumentParser(
        prog="./run",
        description="Starts the portal on this machine: web pages, background work and scheduler in one process, on"
        " SQLite, with the shipped strategies and a demonstration. What is missing is made first.",
        epilog="Everything entered is kept in var. Ctrl-C stops the portal. PYTHON names the Python to use.",
    )
    parser.add_argument("--port", type=port_number, default=8000, help="the port to listen on (8000 unless told)")
    parser.add_argument("--reset", action="store_true", help="first delete all that was entered, after asking")
    parser.add_argument("--yes", action="store_true", help="with --reset: delete without asking")
    options = parser.parse_args(arguments[1:])
    options.act = run
    return options


def main(arguments: Sequence[str]) -> int:
    name = "test" if arguments[:1] == ["test"] else "run"
    # Asked to end, it ends what it started too, as Ctrl-C does.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        options = parse(arguments)
        options.act(options)
    except SetupError as problem:
        print(f"./{name}: {problem}", file=sys.stderr)
        return 1
    except OSError as fault:
        # The machine's own refusals, above all a full disk, wherever they come up.
        print(
            f"./{name}: {(fault.strerror or str(fault)).lower()} ({fault.filename or checkout.ROOT})", file=sys.stderr
        )
        return 1
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

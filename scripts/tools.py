"""Running tools: a line of progress on the screen, and all that they say in var/log. Standard library only."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import checkout


class Step:
    """One line of progress: what is being done, how far it is, how long it took."""

    def __init__(self, words: str) -> None:
        self.words = words
        self.started = time.monotonic()
        self.is_terminal = sys.stdout.isatty()
        print(f"  {words} … ", end="", flush=True)

    def tell(self, detail: str) -> None:
        """Shows how far the step is, where the line can be written over."""
        if self.is_terminal:
            print(f"\r\033[K  {self.words} … {detail[:60]} ", end="", flush=True)

    def finish(self, words: str) -> None:
        clear = f"\r\033[K  {self.words} … " if self.is_terminal else ""
        print(f"{clear}{words} ({time.monotonic() - self.started:.1f} s)", flush=True)


@contextlib.contextmanager
def step(words: str) -> Iterator[Step]:
    """Times a step and ends its line, whether it succeeds or not."""
    progress = Step(words)
    try:
        yield progress
    except BaseException:
        progress.finish("stopped")
        raise
    progress.finish("done")


def child_environment() -> dict[str, str]:
    """The environment that Django and its tools run in: this checkout's, whatever the shell had set."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "wesp_portal.settings",
        "PATH": f"{checkout.VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
        # npm runs no package's own scripts, and gives up soon where there is no network.
        "npm_config_ignore_scripts": "true",
        "npm_config_fetch_retries": "1",
        "npm_config_fetch_retry_mintimeout": "2000",
    }


def run_logged(
    command: Sequence[str | Path], log_name: str, *, on_line: Callable[[str], None] = lambda line: None
) -> tuple[int, str]:
    """Runs a tool with its output in var/log; gives its exit status and what it said."""
    checkout.LOGS.mkdir(parents=True, exist_ok=True)
    said: list[str] = []
    with (checkout.LOGS / log_name).open("w") as log:
        try:
            tool = subprocess.Popen(
                command,
                cwd=checkout.ROOT,
                env=child_environment(),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
            )
        except OSError as fault:
            return 127, f"{command[0]}: {fault.strerror}"
        with tool:
            try:
                for line in tool.stdout or ():
                    log.write(line)
                    said.append(line)
                    on_line(line.rstrip())
            except KeyboardInterrupt:
                tool.terminate()
                raise
    return tool.returncode, "".join(said)


def reason(said: str, log_name: str) -> str:
    """The line of a failed tool's output that says most, and where the rest is."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.lower().startswith(("error", "npm error"))]
    telling = errors[0] if errors else lines[-1] if lines else "it said nothing"
    return f"{telling} (all of it: {checkout.LOGS / log_name})"

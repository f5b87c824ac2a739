"""The servers a benchmark starts and ends: its own database, its own Redis, the production web server, a worker."""

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import psycopg2
from psycopg2 import sql

TICKS = os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@contextmanager
def own_database(admin_url: str) -> Iterator[str]:
    """A PostgreSQL database of the benchmark's own, dropped afterwards; yields its address."""
    name = f"wesp_benchmark_{os.getpid()}"
    admin = psycopg2.connect(admin_url)
    admin.autocommit = True
    try:
        with admin.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        yield admin_url.rsplit("/", 1)[0] + "/" + name
    finally:
        with admin.cursor() as cursor:
            cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        admin.close()


@contextmanager
def own_redis(folder: Path) -> Iterator[str]:
    """A Redis on a free port that keeps nothing; yields its address."""
    program = shutil.which("redis-server")
    if program is None:
        raise SystemExit("The benchmark needs redis-server. Install Redis, or use --sqlite.")
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", str(folder)]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        _wait_for_port(port, process)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        _end(process)


@contextmanager
def web_server(environment: dict[str, str], workers: int) -> Iterator[tuple[int, list[int]]]:
    """gunicorn with sync workers on a free port; yields the port and the workers' process ids."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "wesp_portal.wsgi", "--bind", f"127.0.0.1:{port}"]
    command += ["--workers", str(workers), "--worker-class", "sync", "--log-level", "error", "--timeout", "120"]
    process = subprocess.Popen(command, env=environment)
    try:
        _wait_for_port(port, process)
        pids: list[int] = []
        while len(pids) < workers:
            pids = children_of(process.pid)
            time.sleep(0.05)
        yield port, pids
    finally:
        _end(process)


@contextmanager
def celery_worker(environment: dict[str, str]) -> Iterator[int]:
    """A Celery worker of one process; yields its process id."""
    command = [sys.executable, "-m", "celery", "-A", "wesp_portal", "worker", "--pool", "solo", "--loglevel", "error"]
    process = subprocess.Popen([*command, "--without-gossip", "--without-mingle"], env=environment)
    try:
        yield process.pid
    finally:
        _end(process)


def token() -> str:
    return secrets.token_hex(8)


def children_of(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(word) for word in text.split()]


def cpu_seconds(pids: Sequence[int]) -> float:
    """User and system time that the processes have used."""
    total = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def memory_megabytes(pid: int) -> float:
    """Resident memory of a process now."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


def _wait_for_port(port: int, process: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if process.poll() is not None:
            raise SystemExit(f"A server ended at once with {process.returncode}: see above.")
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit("A server did not answer within a minute.")


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()

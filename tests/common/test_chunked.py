"""Requests that come in pieces, sent to real servers: taken below the bound, refused beyond it, never held."""

import http.client
import io
import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings
from waitress import create_server

from wesp_portal.common.chunked import ChunkedRequests

ROOT = Path(__file__).resolve().parent.parent.parent
PIECE = b"x" * 1024 * 1024
TOO_MANY_PIECES = settings.LARGEST_REQUEST // len(PIECE) + 1


@pytest.fixture(scope="module")
def gunicorn(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, int]]:
    """gunicorn as in production, on an empty database of its own: its port and its one worker's process id."""
    folder = tmp_path_factory.mktemp("gunicorn")
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{folder / 'db.sqlite3'}",
        "PORTAL_VAR": str(folder),
        "PORTAL_ENV": "test",
        "REDIS_URL": "",
    }
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=environment, check=True)
    with socket.socket() as listener:
        # Listening before the server runs, so that nobody has to wait for it: whoever connects is served once it does.
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        os.set_inheritable(listener.fileno(), True)
        command = [sys.executable, "-m", "gunicorn", "wesp_portal.wsgi", "--config", "deploy/gunicorn.conf.py"]
        options = ["--bind", f"fd://{listener.fileno()}", "--workers", "1", "--log-level", "error"]
        options += ["--access-logfile", os.devnull]
        with subprocess.Popen([*command, *options], cwd=ROOT, env=environment, close_fds=False) as process:
            port = listener.getsockname()[1]
            try:
                assert sent(port, "/healthz", None).status == 200
                [worker] = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
                yield port, int(worker)
            finally:
                process.terminate()


@dataclass(frozen=True)
class Answer:
    status: int
    page: str
    headers: Mapping[str, str]


def sent(
    port: int, address: str, pieces: Any, kind: str = "application/x-www-form-urlencoded", cookie: str = ""
) -> Answer:
    """The answer to a request whose body is sent in these pieces; without pieces, to a plain one."""
    headers = {"Content-Type": kind, "Cookie": cookie} if pieces is not None else {}
    with closing(http.client.HTTPConnection("127.0.0.1", port)) as connection:
        # A server that has answered reads no further.
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request("GET" if pieces is None else "POST", address, pieces, headers, encode_chunked=True)
        with connection.getresponse() as answer:
            return Answer(answer.status, answer.read().decode(), dict(answer.headers))


def memory(process: int) -> int:
    """The most that a process has ever had in memory, in bytes."""
    status = Path(f"/proc/{process}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024


def sign_in(port: int) -> tuple[dict[str, str], str]:
    """The hidden fields of the sign-in page, and the cookie that goes with them."""
    answer = sent(port, "/sign-in/", None)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', answer.page)
    assert token
    return {"csrfmiddlewaretoken": token[1]}, answer.headers["Set-Cookie"].partition(";")[0]


def test_gunicorn_takes_a_form_that_comes_in_pieces(gunicorn: tuple[int, int]) -> None:
    port, _ = gunicorn
    token, cookie = sign_in(port)
    typed = urlencode(token | {"username": "nobody@example.org", "password": "not this one"}).encode()
    answer = sent(port, "/sign-in/", iter([typed[:20], typed[20:]]), cookie=cookie)
    assert answer.status == 200
    assert "There is a problem" in answer.page


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json"])
def test_gunicorn_refuses_what_is_beyond_the_bound_and_holds_none_of_it(gunicorn: tuple[int, int], kind: str) -> None:
    port, worker = gunicorn
    before = memory(worker)
    answer = sent(port, "/achievements/new/", (PIECE for _ in range(TOO_MANY_PIECES)), kind)
    assert answer.status == 413
    assert "That is too much to send at once" in answer.page
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    # Far less than the fifty that were sent.
    assert memory(worker) - before < 15 * len(PIECE)


def test_one_huge_piece_is_not_held_either(gunicorn: tuple[int, int]) -> None:
    port, worker = gunicorn
    before = memory(worker)
    assert sent(port, "/", [PIECE * TOO_MANY_PIECES], "application/json").status == 413
    assert memory(worker) - before < 15 * len(PIECE)


# --- The middleware alone


@pytest.fixture
def given() -> list[dict[str, Any]]:
    return []


@pytest.fixture
def application(given: list[dict[str, Any]]) -> ChunkedRequests:
    def take(environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        given.append(environ | {"read": environ["wsgi.input"].read()})
        start_response("200 OK", [])
        return [b"taken"]

    return ChunkedRequests(take)


def test_a_request_gets_its_length_and_is_no_longer_in_pieces(
    application: ChunkedRequests, given: list[dict[str, Any]]
) -> None:
    environ = {"HTTP_TRANSFER_ENCODING": "Chunked", "wsgi.input_terminated": True, "wsgi.input": io.BytesIO(b"words")}
    assert application(environ, lambda *answer: None) == [b"taken"]
    assert (given[0]["read"], given[0]["CONTENT_LENGTH"]) == (b"words", "5")
    assert "HTTP_TRANSFER_ENCODING" not in given[0]


@pytest.mark.parametrize("environ", [{"CONTENT_LENGTH": "5"}, {"HTTP_TRANSFER_ENCODING": "chunked"}])
def test_any_other_request_is_given_on_as_it_is(
    application: ChunkedRequests, given: list[dict[str, Any]], environ: dict[str, Any]
) -> None:
    body = io.BytesIO(b"words")
    application(environ | {"wsgi.input": body}, lambda *answer: None)
    assert given[0] == environ | {"wsgi.input": body, "read": b"words"}


def test_waitress_tells_the_length_by_itself(application: ChunkedRequests, given: list[dict[str, Any]]) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    server: Any = create_server(application, sockets=[listener])
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert sent(listener.getsockname()[1], "/", iter([b"wo", b"rds"])).status == 200
    finally:
        server.trigger.pull_trigger(server.close)
        thread.join()
        server.task_dispatcher.shutdown()
    assert (given[0]["read"], given[0]["CONTENT_LENGTH"]) == (b"words", "5")

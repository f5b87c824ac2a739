"""A small closed-loop HTTP client: as many processes as the server has workers, one request at a time each."""

import multiprocessing
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

TIMEOUT = 30


@dataclass(frozen=True)
class Load:
    """What a stretch of load found: latencies in seconds, and the statuses that were not the expected one."""

    seconds: float
    latencies: list[float]
    unexpected: dict[int, int]


def exchange(port: int, request: bytes) -> tuple[int, bytes]:
    """One request on a connection of its own, as the sync workers serve; returns status and whole answer."""
    with socket.create_connection(("127.0.0.1", port), timeout=TIMEOUT) as connection:
        connection.sendall(request)
        parts = []
        while part := connection.recv(65536):
            parts.append(part)
    answer = b"".join(parts)
    return int(answer[9:12]), answer


def _drive(
    port: int, make: Callable[[], bytes], expected: int, until: float, found: "multiprocessing.Queue[Load]"
) -> None:
    latencies: list[float] = []
    unexpected: dict[int, int] = {}
    started = time.perf_counter()
    while time.time() < until:
        request = make()
        before = time.perf_counter()
        status, _ = exchange(port, request)
        latencies.append(time.perf_counter() - before)
        if status != expected:
            unexpected[status] = unexpected.get(status, 0) + 1
    found.put(Load(time.perf_counter() - started, latencies, unexpected))


def load(port: int, make: Callable[[], bytes], *, expected: int, seconds: float, clients: int) -> Load:
    """Ask for `seconds` from `clients` processes at once; `make` builds each request."""
    context = multiprocessing.get_context("fork")
    found: multiprocessing.Queue[Load] = context.Queue()
    until = time.time() + seconds
    processes = [context.Process(target=_drive, args=(port, make, expected, until, found)) for _ in range(clients)]
    for process in processes:
        process.start()
    results = [found.get(timeout=seconds + TIMEOUT + 5) for _ in processes]
    for process in processes:
        process.join()
    unexpected: dict[int, int] = {}
    for result in results:
        for status, count in result.unexpected.items():
            unexpected[status] = unexpected.get(status, 0) + count
    return Load(
        max(result.seconds for result in results),
        [latency for result in results for latency in result.latencies],
        unexpected,
    )

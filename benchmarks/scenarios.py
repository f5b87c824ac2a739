"""Kinds of request, and what a run of them finds: rates, latencies and CPU, in interleaved rounds."""

import argparse
import os
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import uuid4

from benchmarks import UNIT, client, servers

WORKERS = 2
H = "empty signed-in page (H)"
Begin = Callable[[], Callable[[], bytes]]


@dataclass(frozen=True)
class Scenario:
    """One kind of request, what to expect back, and the goal as a share of H where there is one.

    `begin` readies a stretch of load and gives what makes each of its requests.
    """

    name: str
    begin: Begin
    expected: int = 200
    goal: float | None = None


@dataclass(frozen=True)
class Result:
    """The medians of a scenario over the rounds."""

    name: str
    requests_per_second: float
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    of_h: float
    goal: float | None


@dataclass(frozen=True)
class Visitor:
    """Somebody signed in, by their cookies, on the benchmark's own server."""

    port: int
    cookie: str
    csrf: str = ""

    @property
    def host(self) -> str:
        return f"Host: 127.0.0.1:{self.port}\r\nConnection: close\r\nCookie: {self.cookie}\r\n"

    def get(self, path: str, more: str = "") -> bytes:
        return f"GET {path} HTTP/1.1\r\n{self.host}{more}\r\n".encode()

    def page(self, *paths: str) -> Begin:
        """A page as it is once somebody has read it, so that what may be kept is kept; of several, one by chance."""

        def begin() -> Callable[[], bytes]:
            requests = [self.get(path) for path in paths]
            client.exchange(self.port, requests[0])
            return lambda: random.choice(requests)

        return begin

    def unchanged(self, path: str) -> Begin:
        """A page asked for by a browser that holds it as it is now."""

        def begin() -> Callable[[], bytes]:
            _, answer = client.exchange(self.port, self.get(path))
            head = answer.split(b"\r\n\r\n", 1)[0].decode().split("\r\n")
            etag = next(line.split(":", 1)[1].strip() for line in head if line.lower().startswith("etag:"))
            request = self.get(path, f"If-None-Match: {etag}\r\n")
            return lambda: request

        return begin

    def post(self, path: str, fields: Sequence[tuple[str, str]]) -> bytes:
        body = urlencode([("csrfmiddlewaretoken", self.csrf), *fields]).encode()
        head = f"POST {path} HTTP/1.1\r\n{self.host}Content-Type: application/x-www-form-urlencoded\r\n"
        return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body

    def log_achievement(self, *, partnership: int, organisation: int, priorities: Sequence[int], draft: str) -> bytes:
        """An achievement unlike every other, so that it is logged without asking whether it is one of those."""
        fields = [
            ("form_token", str(uuid4())),
            ("partnership", str(partnership)),
            ("title", str(uuid4())),
            # Of terms gone by, a day as likely as another: what is logged here must make neither the dashboard longer
            # that is measured beside it, nor the list of what lies near.
            ("happened_on_0", str(random.randint(1, 28))),
            ("happened_on_1", str(random.randint(1, 12))),
            ("happened_on_2", str(random.randint(2022, 2025))),
            ("organisations", str(organisation)),
            *(("priorities", str(pk)) for pk in priorities),
        ]
        return self.post("/achievements/new/", [*fields, ("draft", draft)])

    def check_server(self) -> None:
        """Make sure that the server that answers is the one that was started."""
        status, answer = client.exchange(self.port, self.get(UNIT))
        if status != 200 or os.environ["BENCHMARK_TOKEN"].encode() not in answer:
            raise SystemExit("The server that answered is not the benchmark's own.")


@dataclass(frozen=True)
class Server:
    """A running server: its port, the processes whose CPU is counted, and what is asked of it."""

    port: int
    pids: Sequence[int]
    scenarios: Sequence[Scenario]


def add_rounds(parser: argparse.ArgumentParser) -> None:
    """The options that say how long is measured."""
    parser.add_argument("--rounds", type=int, default=3, help="interleaved rounds, at least 3 (default: 3)")
    parser.add_argument("--seconds", type=float, default=2.0, help="seconds of each page in each round (default: 2)")


def measure(all_servers: Sequence[Server], *, rounds: int, seconds: float) -> list[list[Result]]:
    """Interleave scenarios and servers over the rounds, so that a disturbance falls on all of them alike.

    Gives the results of each server; the servers have scenarios of the same names in the same order.
    """
    found: list[dict[str, _Found]] = [{} for _ in all_servers]
    for number in range(rounds + 1):
        say("Warming up" if number == 0 else f"Round {number} of {rounds}")
        for row in zip(*(server.scenarios for server in all_servers), strict=True):
            for server, scenario, kept in zip(all_servers, row, found, strict=True):
                make = scenario.begin()
                before = servers.cpu_seconds(server.pids)
                length = seconds if number else 0.5
                load = client.load(server.port, make, expected=scenario.expected, seconds=length, clients=WORKERS)
                used = servers.cpu_seconds(server.pids) - before
                if load.unexpected:
                    raise SystemExit(f"{scenario.name}: {load.unexpected} instead of {scenario.expected}.")
                if number:
                    kept.setdefault(scenario.name, _Found([], [], [])).add(load, used)
    return [_results(server, kept) for server, kept in zip(all_servers, found, strict=True)]


@dataclass(frozen=True)
class _Found:
    rates: list[float]
    latencies: list[float]
    cpu: list[float]

    def add(self, load: client.Load, cpu_seconds: float) -> None:
        self.rates.append(len(load.latencies) / load.seconds)
        self.latencies.extend(load.latencies)
        self.cpu.append(cpu_seconds / len(load.latencies))


def _results(server: Server, kept: dict[str, _Found]) -> list[Result]:
    h = statistics.median(kept[H].rates)
    return [
        Result(
            name=scenario.name,
            requests_per_second=statistics.median(found.rates),
            p50_ms=1000 * statistics.median(found.latencies),
            p95_ms=1000 * statistics.quantiles(found.latencies, n=20)[18],
            cpu_ms=1000 * statistics.median(found.cpu),
            of_h=statistics.median(found.rates) / h,
            goal=scenario.goal,
        )
        for scenario in server.scenarios
        for found in [kept[scenario.name]]
    ]


def say(words: str) -> None:
    sys.stderr.write(f"{words} …\n")
    sys.stderr.flush()

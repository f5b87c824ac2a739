"""Measuring Englands of several sizes in one run: every page of each in turn, as ratios to that server's own H."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from benchmarks import UNIT, servers
from benchmarks.scenarios import WORKERS, H, Result, Scenario, Server, Visitor, measure, say

# A page of one partnership costs at most so many times what it costs where there is no other.
GROWTH = 1.2
# A page that lists every council, which has 153 times as much to tell.
GROWTH_OF_ALL = 3.0
OF_ALL = ("administrator: dashboards", "administrator: strategies", "administrator: achievements")
SEARCH = "search"
# Its slowest twentieth, in H's middle answers.
SEARCH_P95_IN_H = 3.0


def compare(*, databases: Sequence[str], rounds: int, seconds: float) -> int:
    """Serve each database, measure all of them in turn and print how pages grow; 1 where a goal is missed."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wesp-england-")))
        redis = stack.enter_context(servers.own_redis(folder))
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
            "PORTAL_ENV": "local",
            "PORTAL_VAR": str(folder),
            "REDIS_URL": redis,
            "BENCHMARK_TOKEN": servers.token(),
        }
        collect = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
        subprocess.run(collect, env={**os.environ, "DATABASE_URL": databases[0]}, check=True)
        served = [stack.enter_context(_served(place, url)) for place, url in enumerate(databases)]
        results = measure([server for server, _ in served], rounds=rounds, seconds=seconds)
    return _print([facts["councils"] for _, facts in served], results)


@contextmanager
def _served(place: int, url: str) -> Iterator[tuple[Server, dict[str, Any]]]:
    """A server on a database, with the facts of its requests; what they log is deleted at the end."""
    environment = {**os.environ, "DATABASE_URL": url, "CACHE_PREFIX": f"england-{place}"}
    script = [sys.executable, "-m", "benchmarks.england.facts"]
    facts = json.loads(subprocess.run(script, env=environment, check=True, capture_output=True).stdout)
    say(f"Serving {facts['councils']} councils with {WORKERS} sync workers")
    with servers.web_server(environment, WORKERS) as (port, pids):
        visitor = Visitor(port, facts["cookie"], facts["csrf"])
        visitor.check_server()
        try:
            scenarios = _scenarios(visitor, Visitor(port, facts["administrator"]), facts)
            for scenario in scenarios:
                scenario.begin()
            yield Server(port, [*pids, *_backends(url)], scenarios), facts
        finally:
            subprocess.run([*script, str(facts["last_achievement"])], env=environment, check=True)


def _backends(url: str) -> list[int]:
    """The processes that serve a database's connections, where they run on this machine: their CPU counts too."""
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND backend_type = 'client backend'"
        )
        return [pid for (pid,) in cursor.fetchall() if _is_postgres(pid)]


def _is_postgres(pid: int) -> bool:
    name = Path(f"/proc/{pid}/comm")
    return name.exists() and name.read_text().startswith("postgres")


def _scenarios(visitor: Visitor, administrator: Visitor, facts: dict[str, Any]) -> list[Scenario]:
    dashboard = f"/partnerships/{facts['slug']}/dashboard/"

    def log() -> bytes:
        return visitor.log_achievement(
            partnership=facts["partnership"],
            organisation=facts["organisation"],
            priorities=facts["logged_for"],
            draft=facts["draft"],
        )

    return [
        Scenario(H, visitor.page(UNIT)),
        Scenario("dashboard, nothing cached", visitor.page(f"/benchmarks/uncached/{facts['slug']}/")),
        Scenario("dashboard, body cached", visitor.page(dashboard)),
        Scenario("dashboard, unchanged (304)", visitor.unchanged(dashboard), 304),
        Scenario("strategy", visitor.page(*facts["strategies"])),
        Scenario("priority", visitor.page(*facts["priorities"])),
        Scenario("objective", visitor.page(*facts["objectives"])),
        Scenario("activity", visitor.page(*facts["activities"])),
        Scenario("metric of one council", visitor.page(*facts["metrics"])),
        Scenario("metric of every council", visitor.page(*facts["national_metrics"])),
        Scenario("my work", visitor.page("/")),
        Scenario("logging an achievement", lambda: log, 302),
        Scenario("public page", visitor.page(f"/partnerships/{facts['slug']}/")),
        Scenario(OF_ALL[0], administrator.page("/partnerships/dashboards/")),
        Scenario(OF_ALL[1], administrator.page("/strategies/")),
        Scenario(OF_ALL[2], administrator.page("/achievements/")),
        Scenario(SEARCH, visitor.page(*facts["search"])),
    ]


def _print(councils: Sequence[int], results: Sequence[Sequence[Result]]) -> int:
    """Each page's share of H at each size, its CPU, and its growth from the first size to the last."""
    missed = 0
    print(f"\nPages of an England of {', '.join(map(str, councils))} councils, gunicorn with {WORKERS} sync workers")
    print("Share of H, then ms of CPU of the web server and its database connections; growth of the time in H's\n")
    heads = [f"÷ H, {count}" for count in councils] + [f"CPU, {count}" for count in councils]
    print(f"{'':30}" + "".join(f"{head:>11}" for head in heads) + f"{'growth':>9}{'of CPU':>8}{'goal':>6}")
    for row in zip(*results, strict=True):
        first, last = row[0], row[-1]
        goal = GROWTH_OF_ALL if first.name in OF_ALL else GROWTH
        growth = first.of_h / last.of_h
        of_cpu = (last.cpu_ms / results[-1][0].cpu_ms) / (first.cpu_ms / results[0][0].cpu_ms)
        mark = "✓" if growth <= goal else "✗"
        missed += growth > goal
        figures = "".join(f"{result.of_h:11.3f}" for result in row) + "".join(
            f"{result.cpu_ms:11.2f}" for result in row
        )
        print(f"{first.name:30}{figures}{growth:9.2f}{of_cpu:8.2f}{goal:6.1f} {mark}")
    print("\nH itself, p50 ms: " + ", ".join(f"{each[0].p50_ms:.2f}" for each in results))
    for count, each in zip(councils, results, strict=True):
        search = next(result for result in each if result.name == SEARCH)
        share = search.p95_ms / each[0].p50_ms
        missed += share > SEARCH_P95_IN_H
        most = f"(goal: at most {SEARCH_P95_IN_H:.0f})"
        print(f"search at {count}: p95 {search.p95_ms:.1f} ms, {share:.1f} of H's p50 {most}")
    return 1 if missed else 0

"""Measure the portal on its production server, in one run, as ratios to an empty signed-in page.

Needs PostgreSQL and redis-server, or neither with --sqlite. Everything it makes, it removes.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from uuid import uuid4

from benchmarks import UNIT, servers
from benchmarks.scenarios import WORKERS, H, Result, Scenario, Server, Visitor, add_rounds, measure, say

REPORTS = 5


def main() -> int:
    arguments = _arguments()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wesp-benchmark-")))
        environment = _environment(arguments, folder, stack)
        os.environ.update(environment)
        say("Making a portal with the five strategies and the demonstration")
        facts = _prepare()
        say(f"Starting gunicorn with {WORKERS} sync workers")
        port, pids = stack.enter_context(servers.web_server({**os.environ}, WORKERS))
        server = Server(port, pids, _scenarios(port, facts))
        (results,) = measure([server], rounds=arguments.rounds, seconds=arguments.seconds)
        h = next(result for result in results if result.name == H)
        reports = _reports(facts, h)
        memory = _worker_memory({**os.environ}, facts) if not arguments.sqlite else None
    _print(results, reports, memory, arguments)
    if arguments.json:
        document = {"pages": [asdict(result) for result in results], "report": reports, "worker_mb": memory}
        arguments.json.write_text(json.dumps(document, indent=2) + "\n")
    missed = [result.name for result in results if result.goal and result.of_h < result.goal]
    return 1 if missed and arguments.strict else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--sqlite", action="store_true", help="SQLite and no Redis, instead of the production pair")
    parser.add_argument(
        "--admin-url",
        default="postgresql://postgres@127.0.0.1:5432/postgres",
        help="a PostgreSQL address that may create databases (default: %(default)s)",
    )
    add_rounds(parser)
    parser.add_argument("--json", type=Path, help="also write the figures to this file")
    parser.add_argument("--strict", action="store_true", help="exit with 1 where a goal is missed")
    arguments = parser.parse_args()
    if arguments.rounds < 3:
        parser.error("--rounds must be at least 3, so that a passing disturbance shows")
    return arguments


def _environment(arguments: argparse.Namespace, folder: Path, stack: ExitStack) -> dict[str, str]:
    """The portal's environment: its own folder, database and Redis."""
    environment = {
        "DJANGO_SETTINGS_MODULE": "benchmarks.settings",
        "PORTAL_ENV": "local",
        "PORTAL_VAR": str(folder),
        "MEDIA_ROOT": str(folder / "media"),
        "BENCHMARK_TOKEN": servers.token(),
        "DATABASE_URL": f"sqlite:///{folder / 'benchmark.sqlite3'}",
        "REDIS_URL": "",
    }
    if not arguments.sqlite:
        environment["DATABASE_URL"] = stack.enter_context(servers.own_database(arguments.admin_url))
        environment["REDIS_URL"] = stack.enter_context(servers.own_redis(folder))
    return environment


@dataclass(frozen=True)
class Facts:
    """What the made portal holds that the requests need."""

    cookie: str
    csrf: str
    draft: str
    slug: str
    partnership: int
    organisation: int
    priorities: list[int]
    round_id: int
    sizes: str


def _prepare() -> Facts:
    """Migrate, load, seed and sign in; returns what the requests need."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.test import Client

    from partnerships.models import Partnership, Role
    from partnerships.services.drafts import Marker
    from priorities.models import Activity, Objective, Priority, Series
    from reports.models import Round

    for command in ("migrate", "collectstatic"):
        call_command(command, interactive=False, verbosity=0)
    call_command("load_strategies", verbosity=0)
    call_command("seed_demo", verbosity=0)
    partnership = Partnership.objects.get(slug="wigan-education-partnership")
    role = Role.objects.filter(kind="officer", partnership=partnership).select_related("user").first()
    if role is None:
        raise SystemExit("The demonstration made no officer for the Wigan Education Partnership.")
    browser = Client()
    browser.force_login(role.user)
    browser.get("/achievements/new/", follow=True)
    cookie = "; ".join(f"{name}={morsel.value}" for name, morsel in browser.cookies.items())
    within = Priority.objects.filter(strategy__partnership=partnership)
    plan = {
        "priorities": within.count(),
        "objectives": Objective.objects.filter(priority__in=within).count(),
        "activities": Activity.objects.filter(priority__in=within).count(),
        "series": Series.objects.count(),
    }
    return Facts(
        cookie=cookie,
        csrf=browser.cookies["csrftoken"].value,
        draft=Marker(role.user.pk, "benchmark", "/achievements/new/").signed,
        slug=partnership.slug,
        partnership=partnership.pk,
        organisation=role.organisation_id or 0,
        priorities=list(within.values_list("pk", flat=True)[:2]),
        round_id=Round.objects.filter(partnership=partnership).latest("opens_on").pk,
        sizes=", ".join(f"{count} {name}" for name, count in plan.items()),
    )


def _scenarios(port: int, facts: Facts) -> list[Scenario]:
    visitor = Visitor(port, facts.cookie, facts.csrf)
    visitor.check_server()
    dashboard = f"/partnerships/{facts.slug}/dashboard/"

    def log() -> bytes:
        return visitor.log_achievement(
            partnership=facts.partnership,
            organisation=facts.organisation,
            priorities=facts.priorities,
            draft=facts.draft,
        )

    def keep() -> bytes:
        fields = [
            ("draft", facts.draft),
            ("title", f"Benchmark: {uuid4()}"),
            ("detail", "A paragraph of what was done, with whom, and what came of it. " * 15),
            ("happened_on_0", "10"),
            ("happened_on_1", "9"),
            ("happened_on_2", "2025"),
            ("organisations", str(facts.organisation)),
        ]
        return visitor.post("/drafts/", fields)

    anyone = f"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n".encode()
    return [
        # Whoever sends no cookie costs no session and no person.
        Scenario("bare view", lambda: lambda: anyone),
        Scenario(H, visitor.page(UNIT)),
        Scenario("the same, session from the cache", visitor.page("/benchmarks/empty-as-served/")),
        Scenario("dashboard, nothing cached", visitor.page(f"/benchmarks/uncached/{facts.slug}/"), goal=0.06),
        Scenario("dashboard, body cached", visitor.page(dashboard), goal=0.60),
        Scenario("dashboard, unchanged (304)", visitor.unchanged(dashboard), 304, goal=0.80),
        Scenario("logging an achievement", lambda: log, 302, goal=0.30),
        Scenario("autosaving a draft", lambda: keep, goal=0.35),
    ]


def _reports(facts: Facts, h: Result) -> dict[str, float]:
    """Build the report set of the round, step by step; CPU in milliseconds, medians."""
    from django.utils import timezone

    from partnerships.models import Partnership
    from reports.models import Round
    from reports.queries.collect import collect
    from reports.renderers.document import Edition
    from reports.renderers.html import render_html
    from reports.renderers.pdf import render_pdf
    from reports.snapshots import sha256_of, to_json

    say("Building reports")
    round_ = Round.objects.select_related("term").get(pk=facts.round_id)
    partnership = Partnership.objects.select_related("area", "calendar").get(slug=facts.slug)
    now = timezone.now()
    steps: dict[str, list[float]] = {"snapshot": [], "HTML": [], "PDF": []}
    for _ in range(REPORTS + 1):
        marks = [time.process_time()]
        snapshot = collect(partnership=partnership, term=round_.term, at=now)
        document = to_json(snapshot)
        marks.append(time.process_time())
        edition = Edition(version=1, status="Ready to publish", sha256=sha256_of(document))
        render_html(snapshot, edition)
        marks.append(time.process_time())
        render_pdf(snapshot, edition)
        marks.append(time.process_time())
        for name, start, end in zip(steps, marks, marks[1:], strict=False):
            steps[name].append(1000 * (end - start))
    # The first build loads fonts and templates; it is not what a worker's next build costs.
    medians = {name: statistics.median(values[1:]) for name, values in steps.items()}
    medians["whole set"] = sum(medians.values())
    medians["whole set ÷ CPU of H"] = medians["whole set"] / h.cpu_ms
    return medians


def _worker_memory(environment: dict[str, str], facts: Facts) -> float:
    """Resident megabytes of a Celery worker after it has built reports."""
    from django.utils import timezone

    from partnerships.models import User
    from reports.models import Report, Round
    from reports.services.reports import request_report

    say("Building reports in a Celery worker")
    round_ = Round.objects.select_related("partnership").get(pk=facts.round_id)
    requester = User.objects.filter(roles__kind="lead", roles__partnership=round_.partnership_id).first()
    if requester is None:
        raise SystemExit("The demonstration made no lead for the partnership.")
    with servers.celery_worker(environment) as pid:
        for _ in range(REPORTS):
            report = request_report(round_=round_, by=requester, at=timezone.now(), correction_reason="Benchmark")
            until = time.monotonic() + 120
            while report.build != Report.Build.BUILT:
                if report.build == Report.Build.FAILED or time.monotonic() > until:
                    raise SystemExit(f"The worker did not build the report: {report.failure or 'two minutes passed'}")
                time.sleep(0.1)
                report.refresh_from_db()
        return servers.memory_megabytes(pid)


def _print(
    results: list[Result], reports: dict[str, float], memory: float | None, arguments: argparse.Namespace
) -> None:
    database = "SQLite" if arguments.sqlite else "PostgreSQL and Redis"
    print(f"\nWESP Portal on {database}, gunicorn with {WORKERS} sync workers, medians of {arguments.rounds} rounds\n")
    print(f"{'':34}{'req/s':>9}{'p50 ms':>9}{'p95 ms':>9}{'CPU ms':>9}{'÷ H':>8}{'goal':>8}")
    for result in results:
        goal = f"{result.goal:.2f}" if result.goal else ""
        mark = "" if not result.goal else " ✓" if result.of_h >= result.goal else " ✗"
        print(
            f"{result.name:34}{result.requests_per_second:9.0f}{result.p50_ms:9.1f}{result.p95_ms:9.1f}"
            f"{result.cpu_ms:9.2f}{result.of_h:8.2f}{goal:>8}{mark}"
        )
    print("\nA report set, CPU ms: " + ", ".join(f"{name} {value:.0f}" for name, value in reports.items()))
    if memory is not None:
        print(f"A Celery worker after {REPORTS} reports: {memory:.0f} MB (goal: at most 120)")


if __name__ == "__main__":
    sys.exit(main())

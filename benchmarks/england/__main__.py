"""Make a portal as large as England in a PostgreSQL database of its own, or measure several of different sizes."""

import argparse
import os
import sys

from benchmarks.england.measuring import compare
from benchmarks.scenarios import add_rounds


def main() -> int:
    arguments = _arguments()
    if arguments.command == "measure":
        missed = compare(databases=arguments.databases, rounds=arguments.rounds, seconds=arguments.seconds)
        return missed if arguments.strict else 0
    return _make(arguments.database, arguments.councils)


def _make(database: str, councils: int) -> int:
    os.environ |= {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "PORTAL_ENV": "local", "REDIS_URL": ""}
    os.environ["DATABASE_URL"] = database
    import django

    django.setup()
    from django.utils import timezone

    from benchmarks.england.making import NotEmptyError, make

    try:
        make(councils=councils, today=timezone.localdate())
    except NotEmptyError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.england", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    made = commands.add_parser("make", help="fill an empty database")
    made.add_argument("--councils", type=int, choices=(1, 15, 153), default=153)
    made.add_argument("--database", required=True, help="the address of an empty PostgreSQL database")
    measured = commands.add_parser("measure", help="ask for each page of each database, in turn")
    measured.add_argument("databases", nargs="+", help="addresses of databases that were made, smallest first")
    add_rounds(measured)
    measured.add_argument("--strict", action="store_true", help="exit with 1 where a goal is missed")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())

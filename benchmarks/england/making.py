"""Making an England: a database that holds nothing else, filled term by term."""

import sys
import time
from datetime import date

from django.core.management import call_command
from django.db import connection, models

from benchmarks.england import plan, progress
from benchmarks.england.loading import copy, finish, set_aside
from benchmarks.england.sizes import England

TERMS = 30


class NotEmptyError(Exception):
    """The database holds something already."""


def make(*, councils: int, today: date) -> None:
    """Fill the connected database, which must be empty. Raises NotEmptyError with nothing changed."""
    if connection.introspection.table_names():
        raise NotEmptyError(f"The database {connection.settings_dict['NAME']} holds tables already: name an empty one.")
    began = time.monotonic()
    call_command("migrate", interactive=False, verbosity=0)
    fill(England(councils, TERMS, today))
    _say("Writing what search looks through")
    call_command("rebuild_search")
    _say(f"Made in {(time.monotonic() - began) / 60:.1f} minutes")


def fill(england: England) -> None:
    """Write every row of an England into tables that are there and empty."""
    filled: dict[type[models.Model], int] = {}
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")

    def load(table: plan.Table) -> None:
        filled[table[0]] = filled.get(table[0], 0) + copy(*table)

    with set_aside(progress.LARGE):
        for table in plan.tables(england):
            load(table)
        load(progress.series(england))
        told = progress.Progress(england)
        for term, strip in enumerate(england.strips):
            for table in told.tables(term):
                load(table)
            seconds = time.monotonic() - began
            _say(f"{strip.period.label}: {sum(filled.values()):,} rows after {seconds:.0f} s")
        _say("Building the indexes and checking what refers to what")
    finish(list(filled))
    for model, number in sorted(filled.items(), key=lambda pair: -pair[1])[:8]:
        _say(f"{number:>12,} {model._meta.verbose_name_plural}")


def _say(words: str) -> None:
    sys.stderr.write(f"{words}\n")
    sys.stderr.flush()

"""Filling tables by COPY: rows from generators, indexes and foreign keys set aside meanwhile and checked afterwards."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models
from psycopg2 import sql

READ_AT_ONCE = 1 << 16


class _Stream:
    """Lines made as they are read, as a file that COPY reads from."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.lines = lines
        self.count = 0
        self._rest = ""

    def read(self, size: int = READ_AT_ONCE) -> str:
        parts, length = [self._rest], len(self._rest)
        while length < size:
            line = next(self.lines, None)
            if line is None:
                break
            parts.append(line)
            length += len(line)
            self.count += 1
        text = "".join(parts)
        self._rest = text[size:]
        return text[:size]


def copy(model: type[models.Model], names: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
    """Add rows of the named columns; every other column has its field's default. Gives how many were added."""
    fields: list[Any] = [field for field in model._meta.concrete_fields if field.column not in names]
    rest = {field.column: _default(field) for field in fields if not field.primary_key and not field.has_db_default()}
    tail = "".join(f"\t{_text(value)}" for value in rest.values()) + "\n"
    stream = _Stream("\t".join([v if v.__class__ is str else _text(v) for v in row]) + tail for row in rows)
    columns = sql.SQL(", ").join(map(sql.Identifier, [*names, *rest]))
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), columns)
    with connection.cursor() as cursor:
        cursor.copy_expert(command.as_string(cursor.cursor), stream, READ_AT_ONCE)
    return stream.count


def _default(field: "models.Field[Any, Any]") -> Any:
    value = field.get_default()
    return value if value != "" or not field.null else None


def _text(value: Any) -> str:
    """A value as COPY reads it. Our words hold no tab, no backslash and no new line."""
    if value is None:
        return r"\N"
    return json.dumps(value) if isinstance(value, dict | list) else str(value)


@contextmanager
def set_aside(tables: Sequence[type[models.Model]]) -> Iterator[None]:
    """Without the indexes and foreign keys of these tables, which are built again, and so checked, at the end."""
    names = [model._meta.db_table for model in tables]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid::regclass::text = ANY(%s) AND contype IN ('f', 'u') ORDER BY contype DESC",
            [names],
        )
        constraints = cursor.fetchall()
        for table, name, _ in constraints:
            cursor.execute(f'ALTER TABLE "{table}" DROP CONSTRAINT "{name}"')
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint WHERE contype = 'p')",
            [names],
        )
        indexes = cursor.fetchall()
        for name, _ in indexes:
            cursor.execute(f'DROP INDEX "{name}"')
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET maintenance_work_mem = '512MB'")
        for _, definition in indexes:
            cursor.execute(definition)
        for table, name, definition in constraints:
            cursor.execute(f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" {definition}')


def finish(tables: Sequence[type[models.Model]]) -> None:
    """Have every table number on from its last row, and tell the planner what is there."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables):
            cursor.execute(statement)
        cursor.execute("VACUUM (ANALYZE)")

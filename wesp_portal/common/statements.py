"""Statements that are written out because a person waits for them, sent to the database together."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

Statement = tuple[str, Sequence[Any]]
"""SQL and its parameters."""


def run_together(statements: Sequence[Statement]) -> None:
    """Run statements that give nothing back, in their order: on PostgreSQL in one trip, where each costs 0.2 ms.

    Called inside a transaction where they must hold together.
    """
    if not statements:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # psycopg2 writes the parameters into the text itself, so one text may hold several statements.
            parameters = [value for _, values in statements for value in values]
            cursor.execute(";\n".join(text for text, _ in statements), parameters)
        else:
            for text, values in statements:
                cursor.execute(text, values)

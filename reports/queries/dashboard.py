"""What a dashboard needs before its snapshot: the partnership, and the terms it may be read for."""

from datetime import date
from typing import NamedTuple

from django.db import connection

from partnerships.access import Access
from partnerships.models import Area, Partnership, Term
from wesp_portal.common.formatting import term_label

# Columns in the order of the models' fields, which from_db goes by; any other field is read when it is asked for.
PARTNERSHIP = ("id", "slug", "name", "area_id", "calendar_id", "version")
AREA = ("id", "code", "name", "level", "parent_id")
# Written out, because a dashboard that has not changed since it was last seen costs little else: 1.8 ms by querysets,
# 0.1 so. Its columns are those of the two tuples and of TermChoice.
SCOPE = """
    SELECT partnership.id, partnership.slug, partnership.name,
        partnership.area_id, partnership.calendar_id, partnership.version,
        area.id, area.code, area.name, area.level, area.parent_id,
        term.id, term.calendar_id, term.code, term.starts_on, term.ends_on
    FROM partnerships_partnership AS partnership
    JOIN partnerships_area AS area ON area.id = partnership.area_id
    LEFT JOIN partnerships_term AS term ON term.calendar_id = partnership.calendar_id AND term.starts_on <= %s
    WHERE partnership.slug = %s
    ORDER BY term.starts_on DESC
"""


class TermChoice(NamedTuple):
    """A term that a reader may choose: of many, one is drawn."""

    id: int
    calendar_id: int
    code: str
    starts_on: date
    ends_on: date

    @property
    def label(self) -> str:
        return term_label(self.code)

    @property
    def term(self) -> Term:
        return Term.from_db(connection.alias, self._fields, self)


class DashboardScope(NamedTuple):
    """A partnership with its area, and the terms of its calendar that have begun, latest first."""

    partnership: Partnership
    terms: list[TermChoice]

    def choice(self, code: str) -> TermChoice | None:
        """The term of a code, or the one that runs now where no code is given; None where there is no such term."""
        if not code:
            return self.terms[0] if self.terms else None
        return next((term for term in self.terms if term.code == code), None)

    def before(self, choice: TermChoice) -> TermChoice | None:
        return next((term for term in self.terms if term.starts_on < choice.starts_on), None)


def dashboard_scope(access: Access, slug: str, today: date) -> DashboardScope | None:
    """The scope of a dashboard in one query; None for a partnership that does not exist or is out of reach."""
    with connection.cursor() as cursor:
        cursor.execute(SCOPE, [today, slug])
        rows = cursor.fetchall()
    if not rows or not access.reads(rows[0][0]):
        return None
    area_at = len(PARTNERSHIP)
    term_at = area_at + len(AREA)
    partnership = Partnership.from_db(connection.alias, PARTNERSHIP, rows[0][:area_at])
    partnership.area = Area.from_db(connection.alias, AREA, rows[0][area_at:term_at])
    return DashboardScope(partnership, [TermChoice(*row[term_at:]) for row in rows if row[term_at] is not None])

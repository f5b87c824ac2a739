"""Finding documents: full text with the reach of whoever asks inside the index, and spelling put right."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Q

from partnerships.access import Access
from partnerships.models import SearchDocument, SearchWord, User, access_of
from wesp_portal.common.lexemes import Wanted, fold, likeness

# Beyond this many, a query is too wide to be read through, and the count says "over".
MOST_FOUND = 1000
# Where whole words find fewer, the last may be the beginning of one: to look for beginnings takes several times longer.
ENOUGH = 20
# To weigh a document takes longer than to find it: of a word that is everywhere, no more than these are weighed.
MOST_WEIGHED = 5000
MOST_SPELLINGS, WORDS_COMPARED, ALIKE = 6, 20_000, 0.55
EVERYONE = "_public"


def readers(partnership_id: int) -> str:
    """Whoever reads a partnership's dashboard."""
    return f"_p{partnership_id}"


def leads(partnership_id: int) -> str:
    return f"_l{partnership_id}"


def officers(partnership_id: int, organisation_id: int) -> str:
    return f"_o{partnership_id}x{organisation_id}"


def person(user_id: int) -> str:
    return f"_u{user_id}"


def audiences_of(access: Access) -> list[str]:
    """Every audience that a visitor belongs to."""
    return [
        EVERYONE,
        *([person(access.user_id)] if access.user_id else []),
        *(readers(pk) for pk in sorted(access.partnership_ids)),
        *(leads(pk) for pk in sorted(access.lead_of)),
        *(officers(*pair) for pair in sorted(access.officer_of)),
    ]


@dataclass(frozen=True, slots=True)
class Found:
    """A document that a query finds; `spelling` counts the ways of writing the query, the one that was typed first."""

    spelling: int
    pk: int
    kind: str
    partnership_id: int | None
    partnership: str | None


@dataclass(frozen=True, slots=True)
class Matches:
    """All that a query finds, best first, and what was looked for."""

    wanted: tuple[Wanted, ...]
    found: tuple[Found, ...]
    is_corrected: bool = False

    @property
    def is_cut(self) -> bool:
        return len(self.found) >= MOST_FOUND

    def by_kind(self, partnership_id: int | None) -> Counter[str]:
        return Counter(each.kind for each in self.within(partnership_id=partnership_id))

    def by_partnership(self, kind: str) -> Counter[int | None]:
        return Counter(each.partnership_id for each in self.within(kind=kind))

    def within(self, *, kind: str = "", partnership_id: int | None = None) -> list[Found]:
        return [
            each for each in self.found if kind in ("", each.kind) and partnership_id in (None, each.partnership_id)
        ]


def search(wanted: tuple[Wanted, ...], user: "User | AnonymousUser", *, is_exact: bool = False) -> Matches:
    """What a person may find: one query; one more for a beginning, and two more where all is written otherwise."""
    access = access_of(user)
    whole = tuple(replace(each, is_prefix=False) for each in wanted)
    found = _find([whole], access)
    if len(found) >= ENOUGH:
        return Matches(whole, found)
    if whole != wanted:
        found = _find([wanted], access)
    if found or is_exact:
        return Matches(wanted, found)
    spellings = _spellings(wanted)
    if not spellings:
        return Matches(wanted, ())
    found = _find(spellings, access)
    if not found:
        return Matches(wanted, ())
    best = min(each.spelling for each in found)
    return Matches(spellings[best], tuple(each for each in found if each.spelling == best), is_corrected=True)


def documents(found: Sequence[Found]) -> dict[int, SearchDocument]:
    """The documents to show, with their partnerships, by number; one query."""
    rows = SearchDocument.objects.select_related("partnership").defer("vector", "audience")
    return rows.in_bulk([each.pk for each in found]) if found else {}


def _find(spellings: Sequence[tuple[Wanted, ...]], access: Access) -> tuple[Found, ...]:
    """The best of what each way of writing a query finds within a person's reach, in one query."""
    make = _on_postgresql if connection.vendor == "postgresql" else _on_sqlite
    parts, values = [], []
    for number, wanted in enumerate(spellings):
        sql, given = make(wanted, access)
        # Only our own numbers and marks are written in; all that a person gave goes in `values`.
        parts.append(f"SELECT {number} AS spelling, hit.* FROM ({sql} LIMIT {MOST_FOUND}) AS hit")  # nosec B608
        values += given
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(parts) + " ORDER BY 1, 6 DESC, 2 DESC", values)
        return tuple(Found(*row[:5]) for row in cursor.fetchall())


# What is for everyone is so only while its partnership has a public page, which is asked of the partnership itself.
_FROM = """
    SELECT document.id, document.kind, document.partnership_id, partnership.name, {rank} AS rank
    FROM {index} LEFT JOIN partnerships_partnership AS partnership ON partnership.id = document.partnership_id
    WHERE {matches}{reach} ORDER BY rank DESC, document.id DESC
"""


def _reach(access: Access) -> tuple[str, list[Any]]:
    if access.is_administrator:
        return "", []
    own = sorted(access.partnership_ids)
    marks = ", ".join(["%s"] * len(own))
    within = f" OR partnership.id IN ({marks})" if own else ""
    return f" AND (partnership.is_public OR document.partnership_id IS NULL{within})", list(own)


def _on_postgresql(wanted: tuple[Wanted, ...], access: Access) -> tuple[str, list[Any]]:
    words = " & ".join(
        "(" + " <-> ".join(f"'{lexeme}'{':*' * each.is_prefix}" for lexeme in each.lexemes) + ")" for each in wanted
    )
    asked = words
    if not access.is_administrator:
        audiences = " | ".join(f"'{audience}'" for audience in audiences_of(access))
        asked = f"{words} & ({audiences})"
    reach, own = _reach(access)
    sql = _FROM.format(
        rank="ts_rank(document.vector, %s::tsquery)",
        index="(SELECT * FROM partnerships_searchdocument WHERE vector @@ %s::tsquery LIMIT %s) AS document",
        matches="TRUE",
        reach=reach,
    )
    return sql, [words, asked, MOST_WEIGHED, *own]


def _on_sqlite(wanted: tuple[Wanted, ...], access: Access) -> tuple[str, list[Any]]:
    asked = " AND ".join('"' + " ".join(each.lexemes) + '"' + "*" * each.is_prefix for each in wanted)
    if not access.is_administrator:
        audiences = " OR ".join(f'"{audience}"' for audience in audiences_of(access))
        asked = f"{asked} AND ({audiences})"
    reach, own = _reach(access)
    index = "partnerships_searchindex JOIN partnerships_searchdocument AS document"
    sql = _FROM.format(
        # The better, the lower: turned round, so that both databases are read alike.
        rank="-bm25(partnerships_searchindex)",
        index=f"{index} ON document.id = partnerships_searchindex.rowid",
        matches="partnerships_searchindex MATCH %s",
        reach=reach,
    )
    return sql, [asked, *own]


def _spellings(wanted: tuple[Wanted, ...]) -> list[tuple[Wanted, ...]]:
    """Other ways of writing a query, likeliest first, from words that occur somewhere; one query.

    Every word may be misspelt, also one that is known: a partnership's own words are no secret's measure.
    """
    doubtful = [each for each in wanted if each.may_be_misspelt]
    if not doubtful:
        return []
    near = Q()
    for each in doubtful:
        lexeme = each.lexemes[0]
        near |= Q(initial__in=set(lexeme[:2]), length__range=(len(lexeme) - 2, len(lexeme) + 3))
    known = list(SearchWord.objects.filter(near).values_list("word", flat=True)[:WORDS_COMPARED])
    choices = [_alike(each, known) if each in doubtful else [(1.0, each)] for each in wanted]
    ways = sorted(islice(product(*choices), 500), key=lambda way: -sum(score for score, _ in way))
    spelt = (tuple(each for _, each in way) for way in ways)
    return list(islice(_others(spelt, wanted), MOST_SPELLINGS))


def _others(ways: Iterator[tuple[Wanted, ...]], typed: tuple[Wanted, ...]) -> Iterator[tuple[Wanted, ...]]:
    written = {tuple(each.lexemes for each in typed)}
    for way in ways:
        key = tuple(each.lexemes for each in way)
        if key not in written:
            written.add(key)
            yield way


def _alike(wanted: Wanted, known: Sequence[str]) -> list[tuple[float, Wanted]]:
    """A word as it was typed, and the words most like it."""
    lexeme = wanted.lexemes[0]
    scored = [(likeness(lexeme, fold(word)), word) for word in known]
    best = sorted((score, word) for score, word in scored if score >= ALIKE)[: -MOST_SPELLINGS - 1 : -1]
    others = [(score, replace(wanted, lexemes=(fold(word),), words=word, is_prefix=False)) for score, word in best]
    return [(1.0, wanted), *others]

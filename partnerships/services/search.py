"""Keeping what search looks through in step with what it is a copy of."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, islice
from typing import Any, TypeVar

from django.db import connection, transaction
from django.db.models import Model, Q, QuerySet

from partnerships.models import SearchDocument, SearchWord
from wesp_portal.common.lexemes import fold, lexemes, words_of

AT_ONCE = 1000
# PostgreSQL keeps places of words up to here; what comes later is found all the same.
LAST_PLACE = 16_000
_SAID = ("partnership_id", "audience", "ref", "title", "text", "period", "url", "vector")


Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one thing says to search, and to whom."""

    object_id: int
    partnership_id: int | None
    audience: Sequence[str]
    title: str
    url: str
    ref: str = ""
    text: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class SearchKind:
    """A kind of thing that can be found, as its app knows it."""

    key: str
    word: str
    words: str
    model: type[Model]
    documents: Callable[[Iterable[Any]], Iterable[Document]]
    """Gives the documents of rows; of a row that nobody may find, none."""
    related: Sequence[str] = ()
    """What is read with the rows."""
    around: Mapping[type[Model], Sequence[str]] = field(default_factory=dict)
    """Lookups to other models whose rows change what is found of this kind."""
    under: Mapping[type[Model], Sequence[str]] = field(default_factory=dict)
    """Lookups to other models whose rows take rows of this kind along when they are deleted."""

    def rows(self, ids: Iterable[int]) -> QuerySet[Any]:
        return self.model._default_manager.filter(pk__in=list(ids)).select_related(*self.related).order_by("pk")


KINDS: dict[str, SearchKind] = {}


def register(*kinds: SearchKind) -> None:
    """Have kinds of things found; called once by the app that holds them. They are shown in this order."""
    KINDS.update({kind.key: kind for kind in kinds})


def kinds() -> list[SearchKind]:
    """Everything that can be found, in the order of the page."""
    return list(KINDS.values())


Concerned = list[tuple[SearchKind, set[int]]]


def concerned_by(rows: QuerySet[Any], *, is_deletion: bool = False) -> Concerned:
    """What is found of these rows and of what shows them; before a deletion, of what goes along with them too."""
    concerned: Concerned = []
    for kind in KINDS.values():
        paths = ["pk"] if kind.model is rows.model else []
        paths += kind.around.get(rows.model, ())
        if is_deletion:
            paths += kind.under.get(rows.model, ())
        found: set[int] = set()
        for path in paths:
            held = kind.model._default_manager.filter(**{f"{path}__in": rows.values("pk")})
            found |= set(held.order_by().values_list("pk", flat=True))
        if found:
            concerned.append((kind, found))
    return concerned


@transaction.atomic(savepoint=False)
def index_rows(rows: Iterable[Model]) -> None:
    """Index what was just written and is still in hand: one query.

    For rows that can always be found by someone; others go through `index`, which also takes away.
    """
    rows = list(rows)
    for kind in KINDS.values():
        _write(kind, chain.from_iterable(kind.documents([row]) for row in rows if type(row) is kind.model))


@transaction.atomic(savepoint=False)
def index(concerned: Concerned) -> None:
    """Read these things again and bring what is found of them in line; what is gone is found no more."""
    for kind, ids in concerned:
        for some in _batches(sorted(ids), AT_ONCE):
            said = list(kind.documents(kind.rows(some)))
            gone = set(some).difference(document.object_id for document in said)
            if gone:
                SearchDocument.objects.filter(kind=kind.key, object_id__in=gone).delete()
            _write(kind, said)


def index_of(model: type[Model], ids: Iterable[int]) -> None:
    """Bring what is found of some rows of a model, and of what shows them, in line."""
    for some in _batches(sorted(set(ids)), AT_ONCE):
        index(concerned_by(model._default_manager.filter(pk__in=some)))


def rebuild_search() -> int:
    """Write every document that is wrong anew, and learn every word; gives how many were wrong."""
    count = 0
    for kind, wrong, gone in _differences():
        with transaction.atomic():
            SearchDocument.objects.filter(kind=kind, object_id__in=gone).delete()
            if kind in KINDS:
                _write(KINDS[kind], wrong)
        count += len(wrong) + len(gone)
    with transaction.atomic():
        SearchWord.objects.all().delete()
        texts = SearchDocument.objects.values_list("title", "text").iterator(chunk_size=AT_ONCE)
        for some in _batches(texts, AT_ONCE):
            learn(_vocabulary(" ".join(chain.from_iterable(some))))
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO partnerships_searchindex(partnerships_searchindex) VALUES ('rebuild')")
    return count


def check_search() -> list[str]:
    """Every document that is not what it is a copy of, a line each; nothing is written."""
    faults = []
    for kind, wrong, gone in _differences():
        faults += [f"{kind} {document.object_id} is not found as it is now." for document in wrong]
        faults += [f"{kind} {pk} is found and should not be." for pk in sorted(gone)]
    return faults


def learn(words: Iterable[str]) -> None:
    """Keep words for those who spell them another way; known ones cost nothing."""
    rows = [SearchWord(word=word, initial=fold(word)[:1], length=len(fold(word))) for word in sorted(words)]
    SearchWord.objects.bulk_create(rows, ignore_conflicts=True, batch_size=AT_ONCE)


def _batches(items: Iterable[Item], size: int) -> Iterator[tuple[Item, ...]]:
    iterator = iter(items)
    while some := tuple(islice(iterator, size)):
        yield some


def _vocabulary(text: str) -> set[str]:
    return {found[0].casefold() for found in words_of(text) if len(found[0]) > 3 and found[0].isalpha()}


def _write(kind: SearchKind, documents: Iterable[Document]) -> None:
    rows = [_row(kind, document) for document in documents]
    if not rows:
        return
    SearchDocument.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["kind", "object_id"], update_fields=_SAID, batch_size=AT_ONCE
    )
    words = _vocabulary(" ".join(f"{row.title} {row.text}" for row in rows))
    # A word that two people write at once is no reason for one to wait for the other.
    transaction.on_commit(partial(learn, words), robust=True)


def _row(kind: SearchKind, said: Document) -> SearchDocument:
    return SearchDocument(
        kind=kind.key,
        object_id=said.object_id,
        partnership_id=said.partnership_id,
        audience=" ".join(said.audience),
        ref=said.ref,
        title=said.title,
        text=said.text,
        period=said.period,
        url=said.url,
        vector=_vector(said),
    )


def _vector(said: Document) -> str:
    """The words with their places, those of the title heavier, and the audiences; in the database's own form."""
    head, body = lexemes(f"{said.ref} {said.title}"), lexemes(said.text)
    if connection.vendor != "postgresql":
        # The heading once more at the end weighs for it; between the parts stands what no query can ask for.
        return " ".join([*said.audience, "_", *head, "_", *body, "_", *head])
    places: dict[str, list[str]] = {}
    for place, lexeme in enumerate(head, 1):
        places.setdefault(lexeme, []).append(f"{place}A")
    for place, lexeme in enumerate(body, len(head) + 2):
        places.setdefault(lexeme, []).append(f"{min(place, LAST_PLACE)}")
    # 255 places of one word are as many as PostgreSQL keeps.
    words = (f"'{lexeme}':{','.join(at[:255])}" for lexeme, at in places.items())
    return " ".join([*(f"'{each}'" for each in said.audience), *words])


def _differences() -> Iterator[tuple[str, list[Document], set[int]]]:
    """What is missing or other than it should be, and what should not be there, kind by kind in batches."""
    unknown = SearchDocument.objects.exclude(kind__in=KINDS).values_list("kind", "object_id")
    for name, pk in unknown:
        yield name, [], {pk}
    for kind in KINDS.values():
        here = SearchDocument.objects.filter(kind=kind.key)
        last = 0
        while True:
            ids = list(
                kind.model._default_manager.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:AT_ONCE]
            )
            within = Q(object_id__gt=last) & (Q(object_id__lte=ids[-1]) if len(ids) == AT_ONCE else Q())
            kept = {row.object_id: row for row in here.filter(within)}
            said = {each.object_id: each for each in kind.documents(kind.rows(ids))}
            wrong = [each for pk, each in said.items() if pk not in kept or _differs(kept[pk], _row(kind, each))]
            yield kind.key, wrong, set(kept).difference(said)
            if len(ids) < AT_ONCE:
                break
            last = ids[-1]


def _differs(kept: SearchDocument, right: SearchDocument) -> bool:
    """Whether a document says something else; the vector follows from the rest."""
    names = [name for name in _SAID if name != "vector"]
    return any(getattr(kept, name) != getattr(right, name) for name in names) or not kept.vector

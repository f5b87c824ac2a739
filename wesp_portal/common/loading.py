"""Loading the items of a document into the database without losing what people changed there.

Each row keeps, in `loaded`, every value as the document last gave it. A value that still equals it follows the
document; one that differs was edited by a person and is left alone. What somebody deleted is not brought back, and what
a document no longer holds is not deleted. All of that is reported. Loading the same document again writes nothing.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from wesp_portal.common.documents import Item, Kind, Value, naming_field, related_model

_BLANK: tuple[Value, ...] = ("", None, [])
ITEMS = "items"
LINES_SHOWN = 12


@dataclass(slots=True)
class LoadReport:
    """What loading one document did and left alone, in words."""

    title: str
    added: Counter[tuple[str, str]] = field(default_factory=Counter)
    """How many of what, by the word for one and the word for several."""
    updated: list[str] = field(default_factory=list)
    left_alone: list[str] = field(default_factory=list)

    @property
    def has_changed(self) -> bool:
        return bool(self.added or self.updated)

    def lines(self, *, most: int | None = LINES_SHOWN) -> list[str]:
        """The report in brief: at most so many lines of each sort, and how many more there are."""
        added = ", ".join(f"{count} {one if count == 1 else several}" for (one, several), count in self.added.items())
        done = [*([f"added {added}"] if added else []), *([f"updated {len(self.updated)}"] if self.updated else [])]
        lines = [f"{self.title}: {'; '.join(done) or 'nothing changed'}."]
        for word, items in (("updated", self.updated), ("left alone", self.left_alone)):
            lines += [f"  {word}: {item}" for item in items[:most]]
            if most is not None and len(items) > most:
                lines.append(f"  {word}: {len(items) - most} more")
        return lines


@dataclass(frozen=True, slots=True)
class Wanted:
    """One item of a document: the values that may follow it, and what only a new row is given."""

    ref: str
    values: Item
    given: Mapping[str, Any] = field(default_factory=dict)


def want(kind: Kind, item: Item, *, position: int = 0, **around: Value) -> Wanted:
    """An item of a document with its place in its list, and with what it stands in."""
    values = kind.canonical(item) | around | ({"position": position} if kind.is_ordered else {})
    return Wanted(kind.ref_of(values), values)


def want_all(kind: Kind, items: Iterable[Item], **around: Value) -> list[Wanted]:
    return [want(kind, item, position=position, **around) for position, item in enumerate(items, 1)]


class Loading:
    """One document on its way into the database."""

    def __init__(self, *, title: str, origin: str, reason: str, after: Sequence[str] = ()) -> None:
        """`origin` names the document in `loaded`; a value last loaded from one of `after` may follow it too."""
        self.report = LoadReport(title)
        self.origin = origin
        self.reason = reason
        self.followed = (origin, *after)
        self.rows: dict[type[models.Model], dict[str, Any]] = {}
        self.written: dict[type[models.Model], set[int]] = {}

    def has_written(self, *of: type[models.Model]) -> bool:
        return any(self.written.get(model) for model in of)

    def merge(
        self,
        kind: Kind,
        wanted: Sequence[Wanted],
        existing: Iterable[models.Model],
        *,
        remembered: Collection[str] = (),
        parents: Collection[str] = (),
    ) -> list[str]:
        """Bring the rows of one kind in line; gives the references of all that were ever loaded, for `remembered`.

        A remembered item without a row was deleted by somebody. One whose parent is missing went with it, unsaid.
        """
        rows = {kind.row_ref(row): row for row in existing}
        known = self.rows.setdefault(kind.model, {})
        known |= rows
        new: list[Wanted] = []
        changes: list[_Change] = []
        for item in wanted:
            if row := rows.get(item.ref):
                changes += self._compare(kind, row, item)
            elif all(self._named(kind, name, item.values[name]) for name in parents if item.values[name]):
                if item.ref in remembered:
                    self.leave(f"{kind.name} {item.ref}, deleted or renamed here")
                else:
                    new.append(item)
        gone = set(rows).intersection(remembered).difference(item.ref for item in wanted)
        for ref in sorted(gone):
            self.leave(f"{kind.name} {ref}, no longer in the file")
        self._create(kind, new)
        self._update(kind, changes)
        return list(dict.fromkeys([*remembered, *(item.ref for item in wanted if item.ref in known)]))

    def remember_items(self, row: Any, items: Mapping[str, list[str]]) -> None:
        """Keep on the row that holds them which items were ever loaded, by kind."""
        kept = {**row.loaded.get(ITEMS, {}), **items}
        if kept != row.loaded.get(ITEMS, {}):
            row.loaded = {**row.loaded, ITEMS: kept}
            # What was loaded is no part of a row's history.
            type(row)._default_manager.filter(pk=row.pk).update(loaded=row.loaded)

    def take_over(self, other: "Loading") -> None:
        """Count what another loading did on this one's behalf."""
        self.report.added += other.report.added
        self.report.updated += other.report.updated
        self.report.left_alone += other.report.left_alone
        for model, ids in other.written.items():
            self.written.setdefault(model, set()).update(ids)

    def leave(self, words: str) -> None:
        """Report something that was left as it is."""
        self.report.left_alone.append(words)

    def _compare(self, kind: Kind, row: Any, item: Wanted) -> "list[_Change]":
        """What of a row follows the document; what a person edited is reported."""
        if not hasattr(row, "loaded"):
            return []
        own = dict(row.loaded.get(self.origin, {}))
        baselines = [row.loaded[origin] for origin in self.followed if origin in row.loaded]
        change = _Change(row)
        for name, current in kind.values_of(row, item.values).items():
            value = item.values[name]
            was_loaded = [baseline[name] for baseline in baselines if name in baseline]
            if current == value:
                if value not in was_loaded:
                    own[name] = value
            elif current in was_loaded or (current in _BLANK and _never_filled(row, name)):
                own[name] = change.values[name] = value
            else:
                self.leave(f"{kind.name} {item.ref} {_words(kind, name)}, edited here")
        if change.values:
            names = ", ".join(_words(kind, name) for name in change.values)
            self.report.updated.append(f"{kind.name} {item.ref} {names}")
        elif own == row.loaded.get(self.origin, {}):
            return []
        row.loaded = {**row.loaded, self.origin: own}
        return [change]

    def _create(self, kind: Kind, wanted: Sequence[Wanted]) -> None:
        """New rows, with their links and their first row of history."""
        if not wanted:
            return
        made: dict[str, Any] = {}
        lists = [name for name in wanted[0].values if _is_list(kind, name)]
        for item in wanted:
            plain = {name: self._python(kind, name, item.values[name]) for name in item.values if name not in lists}
            row = made[item.ref] = kind.model(**plain, **item.given)
            if hasattr(row, "loaded"):
                row.loaded = {self.origin: item.values}
        kind.model._default_manager.bulk_create(made.values())
        self.rows[kind.model] |= made
        for name in lists:
            _link(kind, name, [(made[item.ref], self._all_named(kind, name, item.values[name])) for item in wanted])
        self._remember(kind, list(made.values()), is_new=True)
        self.report.added[kind.name, kind.plural] += len(made)

    def _update(self, kind: Kind, changes: "Sequence[_Change]") -> None:
        """Changed rows, with their links and a row of history for each that says something new."""
        if not changes:
            return
        fields = set()
        links: dict[str, list[tuple[Any, list[models.Model]]]] = {}
        for change in changes:
            for name, value in change.values.items():
                if _is_list(kind, name):
                    links.setdefault(name, []).append((change.row, self._all_named(kind, name, value)))
                else:
                    setattr(change.row, name, self._python(kind, name, value))
                    fields.add(name)
        kind.model._default_manager.bulk_update([change.row for change in changes], [*sorted(fields), "loaded"])
        for name, pairs in links.items():
            _link(kind, name, pairs)
        self._remember(kind, [change.row for change in changes if change.values], is_new=False)

    def _remember(self, kind: Kind, rows: Sequence[Any], *, is_new: bool) -> None:
        """A row of history for each, with the links that history keeps; bulk writing leaves that to its caller."""
        self.written.setdefault(kind.model, set()).update(row.pk for row in rows)
        history: Any = getattr(kind.model, "history", None)
        if history is None or not rows:
            return
        kept = history.bulk_history_create(rows, update=not is_new, default_change_reason=self.reason)
        kept_of = {row.pk: record for row, record in zip(rows, kept, strict=True)}
        for field_ in history.model._history_m2m_fields:
            through = field_.remote_field.through
            owner = f"{field_.m2m_field_name()}_id"
            copy = getattr(kept[0], field_.name).model
            copy._default_manager.bulk_create(
                copy(
                    history=kept_of[getattr(link, owner)],
                    **{column.attname: getattr(link, column.attname) for column in through._meta.concrete_fields},
                )
                for link in through._default_manager.filter(**{f"{owner}__in": list(kept_of)}).order_by("pk")
            )

    def _named(self, kind: Kind, name: str, ref: Value) -> Any:
        """The row that a reference names; None where it is gone."""
        return self.rows.get(related_model(kind.model._meta.get_field(name)), {}).get(ref)

    def _all_named(self, kind: Kind, name: str, refs: Iterable[str]) -> list[models.Model]:
        return [row for ref in refs if (row := self._named(kind, name, ref))]

    def _python(self, kind: Kind, name: str, value: Value) -> Any:
        """A document's value as its model's field holds it."""
        model_field: Any = kind.model._meta.get_field(name)
        if value is None or value == "":
            return value
        if model_field.is_relation:
            return self._named(kind, name, value)
        if isinstance(model_field, models.DateField):
            return date.fromisoformat(value)
        return Decimal(str(value)) if isinstance(model_field, models.DecimalField) else value


@dataclass(slots=True)
class _Change:
    """A row and the values in which it follows its document; none where only what was loaded is noted anew."""

    row: Any
    values: Item = field(default_factory=dict)


def remembered(row: Any, kind: Kind) -> list[str]:
    """The items of a kind that were ever loaded into what the row holds."""
    items: list[str] = row.loaded.get(ITEMS, {}).get(kind.name, [])
    return items


def once_here(kind: Kind) -> set[str]:
    """The slugs that rows had and no row has now: somebody deleted or renamed them. Read from the model's history."""
    name = naming_field(kind.model)
    model: Any = kind.model
    had = model.history.order_by().values_list(name, flat=True).distinct()
    return set(had).difference(model._default_manager.values_list(name, flat=True))


def _never_filled(row: Any, name: str) -> bool:
    """Whether no document ever gave a value, so that an empty one is nobody's decision."""
    return all(values.get(name) in _BLANK for origin, values in row.loaded.items() if origin != ITEMS)


def _is_list(kind: Kind, name: str) -> bool:
    return bool(kind.model._meta.get_field(name).many_to_many)


def _words(kind: Kind, name: str) -> str:
    return str(getattr(kind.model._meta.get_field(name), "verbose_name", name))


def _link(kind: Kind, name: str, pairs: Sequence[tuple[Any, list[models.Model]]]) -> None:
    """Set the links of rows, without a signal or a row of history for each."""
    model_field: Any = kind.model._meta.get_field(name)
    through = model_field.remote_field.through
    owner, other = f"{model_field.m2m_field_name()}_id", f"{model_field.m2m_reverse_field_name()}_id"
    through._default_manager.filter(**{f"{owner}__in": [row.pk for row, _ in pairs]}).delete()
    through._default_manager.bulk_create(
        through(**{owner: row.pk, other: related.pk}) for row, named in pairs for related in named
    )

"""JSON documents that hold items of the database: how an item is written in one, and how a document is checked.

An item is a JSON object. Its keys are fields of its model, under the same names: dates as 2022-06-16, references by the
slug, code or ref of what they name, lists of references in order of that name.
"""

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any, NoReturn

from django.core.exceptions import ValidationError
from django.db import models

Value = Any
"""What JSON holds; numbers are whole where they can be."""
Item = dict[str, Value]
Rule = Callable[[Item], str | None]

_NAMING_FIELDS = ("slug", "code", "ref")


class DocumentError(Exception):
    """A document that cannot be used: every fault of it, each a line that names the file, the item and the fault."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = [" ".join(fault.split()) for fault in faults]
        super().__init__("\n".join(self.faults))

    def told(self, *, verbosity: int) -> str:
        """What a command says: one line with the first fault and how many more there are; from verbosity 2 all."""
        first, *others = self.faults
        if not others or verbosity > 1:
            return str(self)
        more = "1 more fault" if len(others) == 1 else f"{len(others)} more faults"
        return f"{first} (And {more}: --verbosity 2 lists them all.)"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of item: the model it becomes, and what a document says of it, in order."""

    model: type[models.Model]
    fields: tuple[str, ...]
    lists: tuple[str, ...] = ()
    """Keys of what hangs on the item; whoever reads the document takes them up."""
    identity: tuple[str, ...] = ()
    """The fields that name an item where it has no slug, code or ref of its own."""
    naming: Callable[[Mapping[str, Value]], str] | None = None
    """How the values of the identity are put in words, where they do not speak for themselves."""
    rules: tuple[Rule, ...] = ()
    """What a whole item must keep to: each gives the fault in words, or None."""

    @property
    def name(self) -> str:
        return str(self.model._meta.verbose_name)

    @property
    def plural(self) -> str:
        return str(self.model._meta.verbose_name_plural)

    @property
    def is_ordered(self) -> bool:
        """Whether a row keeps its place in the document's list."""
        return any(field.name == "position" for field in self.model._meta.concrete_fields)

    @property
    def keys(self) -> tuple[str, ...]:
        return self.fields + self.lists

    def ref_of(self, values: Mapping[str, Value]) -> str:
        """What names an item among its kind, from its values or those of its row."""
        if self.naming:
            return self.naming(values)
        names = self.identity or (naming_field(self.model),)
        return " ".join(str(values[name]) for name in names if values[name])

    def values_of(self, row: models.Model, fields: Iterable[str] | None = None) -> Item:
        """A row as a document writes it. References must be joined or prefetched, or each costs a query."""
        return {name: _value_of(row, name) for name in (self.fields if fields is None else fields)}

    def row_ref(self, row: models.Model) -> str:
        return self.ref_of(self.values_of(row, self.identity or (naming_field(self.model),)))

    def canonical(self, item: Item) -> Item:
        """An item's own fields as `values_of` would write them."""
        return {name: _canonical(item[name]) for name in self.fields}


def naming_field(model: type[models.Model]) -> str:
    """The field by which documents name a model's rows."""
    names = {field.name for field in model._meta.concrete_fields}
    return next(name for name in _NAMING_FIELDS if name in names)


def related_model(field: Any) -> type[models.Model]:
    """The model a relation leads to."""
    model: type[models.Model] = field.related_model
    return model


def number(value: Decimal | int) -> int | float:
    """A number as JSON writes it: whole where it is, and exact, as no field has more than 14 digits."""
    return int(value) if value == int(value) else float(value)


def _value_of(row: models.Model, name: str) -> Value:
    field: Any = row._meta.get_field(name)
    value = getattr(row, name)
    if field.many_to_many:
        return sorted(getattr(related, naming_field(type(related))) for related in value.all())
    if value is None:
        return None
    if field.is_relation:
        return getattr(value, naming_field(related_model(field)))
    if isinstance(value, Decimal):
        return number(value)
    return value.isoformat() if isinstance(value, date) else value


def _canonical(value: Value) -> Value:
    if isinstance(value, list):
        return sorted(value)
    return number(value) if isinstance(value, Decimal) else value


def write_document(document: Item) -> str:
    """A document's text: the same for the same content, whatever the machine."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def read_document(path: Path, name: str) -> Item:
    """The JSON object in a file; raises DocumentError with what is wrong with the file as such."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise DocumentError([f"{name}: there is no such file."]) from None
    except OSError as error:
        raise DocumentError([f"{name}: cannot be read: {error.strerror}."]) from error
    except UnicodeDecodeError as error:
        raise DocumentError([f"{name}: is not text in UTF-8."]) from error
    return parse_document(text, name)


def parse_document(text: str, name: str) -> Item:
    """The JSON object in a text; raises DocumentError where it holds none."""

    def once(pairs: list[tuple[str, Value]]) -> Item:
        item = dict(pairs)
        if len(item) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            raise DocumentError([f'{name}: the key "{twice}" stands twice in one item.'])
        return item

    def no_number(constant: str) -> NoReturn:
        raise DocumentError([f"{name}: {constant} is not a number that JSON knows."])

    try:
        document = json.loads(text, object_pairs_hook=once, parse_float=Decimal, parse_constant=no_number)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise DocumentError([f"{name}: is not JSON: {place}: {error.msg}."]) from error
    except (ValueError, RecursionError) as error:
        raise DocumentError([f"{name}: is not JSON: {error}."]) from error
    if not isinstance(document, dict):
        raise DocumentError([f"{name}: must hold one JSON object."])
    return document


class Checker:
    """Gathers every fault of one document, each as a line that names the file, the item and the fault."""

    def __init__(self, document: str) -> None:
        self.document = document
        self.faults: list[str] = []

    def fault(self, item: str, words: str) -> None:
        self.faults.append(f"{self.document}: {item}: {words}")

    def stop_if_faulty(self) -> None:
        if self.faults:
            raise DocumentError(self.faults)

    def has_keys(self, value: Value, keys: Collection[str], item: str) -> bool:
        """Whether a value is an object with these keys and no other."""
        if not isinstance(value, dict):
            self.fault(item, "must be an object, in { }.")
            return False
        for key in keys:
            if key not in value:
                self.fault(item, f'lacks the key "{key}".')
        for key in value:
            if key not in keys:
                self.fault(item, f'has the unknown key "{key}".')
        return set(keys) == set(value)

    def objects(self, owner: Item, key: str, item: str) -> list[Item]:
        """The objects of a list, leaving out whatever is none."""
        value = owner[key]
        if not isinstance(value, list):
            self.fault(item, f'"{key}" must be a list, in [ ].')
            return []
        found = [entry for entry in value if isinstance(entry, dict)]
        if len(found) < len(value):
            self.fault(item, f'"{key}" must hold objects only, in {{ }}.')
        return found

    def item(self, kind: Kind, value: Value, *, within: str = "") -> bool:
        """Whether an item has its keys and each value is of the right form; the whole is then held to its rules."""
        label = self.label(kind, value, within=within)
        if not self.has_keys(value, kind.keys, label):
            return False
        before = len(self.faults)
        for name in kind.fields:
            if words := fault_with(kind.model._meta.get_field(name), value[name]):
                self.fault(label, f'"{name}" {words}')
        if len(self.faults) == before:
            for rule in kind.rules:
                if words := rule(value):
                    self.fault(label, words)
        return len(self.faults) == before

    def label(self, kind: Kind, value: Value, *, within: str = "") -> str:
        """What a fault calls an item, even one without its reference."""
        names = kind.identity or (naming_field(kind.model),)
        known = isinstance(value, dict) and any(isinstance(value.get(name), str) and value[name] for name in names)
        ref = " ".join(str(value[name]) for name in names if value.get(name)) if known else "without a reference"
        return f"{within}, {kind.name} {ref}" if within else f"{kind.name} {ref}"

    def unique(self, kind: Kind, items: Iterable[Item]) -> set[str]:
        """The references of items, each of which must be there once."""
        seen: set[str] = set()
        for item in items:
            ref = kind.ref_of(item)
            if ref in seen:
                self.fault(f"{kind.name} {ref}", "is there twice: references must differ.")
            seen.add(ref)
        return seen

    def references(self, kind: Kind, item: Item, known: Mapping[type[models.Model], Collection[str]]) -> None:
        """Every reference of an item must name something the document holds."""
        for name in kind.fields:
            field: Any = kind.model._meta.get_field(name)
            if not field.is_relation:
                continue
            named = item[name] if field.many_to_many else [item[name]] if item[name] is not None else []
            for ref in named:
                if ref not in known[related_model(field)]:
                    plural = related_model(field)._meta.verbose_name_plural
                    self.fault(self.label(kind, item), f'"{name}" names {ref!r}, which is not among the {plural}.')

    def no_loop(self, kind: Kind, edges: Mapping[str, Collection[str]]) -> None:
        try:
            TopologicalSorter(edges).prepare()
        except CycleError as error:
            self.fault(f"{kind.name} {error.args[1][0]}", "leads back to itself.")


# JSON can write half a character, and a nothing; no database takes either.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def fault_with(field: Any, value: Value) -> str | None:
    """What is wrong with one value of a document, in words, by the model's own field; None when all is well."""
    if value is None:
        return None if field.null and not field.many_to_many else "must not be null."
    if field.many_to_many:
        if not isinstance(value, list) or not all(isinstance(ref, str) for ref in value):
            return "must be a list of references, in [ ]."
        if any(map(_UNSTORABLE.search, value)):
            return "holds a character that cannot be stored."
        return "names something twice." if len(set(value)) < len(value) else None
    if isinstance(field, models.BooleanField):
        return None if isinstance(value, bool) else "must be true or false."
    if isinstance(field, models.DecimalField):
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            return "must be a number or null."
        return _unclean(field, Decimal(value))
    if isinstance(field, models.IntegerField):
        if isinstance(value, bool) or not isinstance(value, int):
            return "must be a whole number."
        return _unclean(field, value)
    if not isinstance(value, str):
        return "must be words, in quotation marks."
    if isinstance(field, models.DateField):
        return None if _is_date(value) else f"is {value!r}, which is not a date like 2022-06-16."
    if field.is_relation:
        return None if value else "must not be empty."
    return _fault_with_words(field, value)


def _fault_with_words(field: Any, value: str) -> str | None:
    if not value:
        return None if field.blank else "must not be empty."
    if _UNSTORABLE.search(value):
        return "holds a character that cannot be stored."
    choices = [choice for choice, _ in field.flatchoices]
    if choices and value not in choices:
        return f"is {value!r}; it must be one of: {', '.join(choices)}."
    return _unclean(field, value)


def _unclean(field: Any, value: Value) -> str | None:
    try:
        field.clean(value, None)
    except ValidationError as error:
        return f"is not right: {error.messages[0]}"
    return None


def _is_date(value: str) -> bool:
    try:
        return bool(re.fullmatch(r"\d{4}-\d{2}-\d{2}", value)) and bool(date.fromisoformat(value))
    except ValueError:
        return False

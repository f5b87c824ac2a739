"""Snapshot ↔ canonical JSON: the same snapshot is always the same bytes."""

import hashlib
import json
import types
import typing
from dataclasses import MISSING, asdict, fields, is_dataclass
from functools import cache
from typing import Any

from reports.snapshots.schema import FORMAT, Snapshot


def to_json(snapshot: Snapshot) -> str:
    """Canonical JSON: sorted keys, no spaces, UTF-8 as it is."""
    return json.dumps(asdict(snapshot), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def sha256_of(document: str) -> str:
    return hashlib.sha256(document.encode()).hexdigest()


def from_json(document: str) -> Snapshot:
    """Read canonical JSON back; raises ValueError on another format, KeyError or TypeError on a damaged one."""
    data = json.loads(document)
    if data.get("format") != FORMAT:
        raise ValueError(f"This is not a snapshot of the form {FORMAT}.")
    snapshot: Snapshot = _build(Snapshot, data)
    return snapshot


@cache
def _field_types(cls: type) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {field.name: hints[field.name] for field in fields(cls)}


@cache
def _later_fields(cls: type) -> frozenset[str]:
    """The fields that older snapshots do not have."""
    return frozenset(
        field.name for field in fields(cls) if field.default is not MISSING or field.default_factory is not MISSING
    )


def _build(hint: Any, value: Any) -> Any:
    if isinstance(hint, types.UnionType):
        return None if value is None else _build(next(part for part in hint.__args__ if part is not type(None)), value)
    if typing.get_origin(hint) is tuple:
        return tuple(_build(typing.get_args(hint)[0], item) for item in value)
    if is_dataclass(hint) and isinstance(hint, type):
        absent = _later_fields(hint) - value.keys()
        told = {name: kind for name, kind in _field_types(hint).items() if name not in absent}
        return hint(**{name: _build(kind, value[name]) for name, kind in told.items()})
    return value

"""Values to JSON text and back, by their own field types. Exact: what is stored comes back equal."""

import dataclasses
import json
import types as pytypes
import typing
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar

from monitor import types

T = TypeVar("T")
_COMPACT = json.JSONEncoder(separators=(",", ":"))
_PLAIN = frozenset({str, int, float, bool, type(None)})  # exact types: an Enum of strings is none of them


def dump(value: object) -> str:
    """A dataclass value as JSON text with all its fields: a default that changes later must not change old rows.

    ASCII only: it then holds whatever a page holds, NUL and lone surrogates too.
    """
    return _COMPACT.encode(_encode(value, full=True))


def load(kind: type[T], text: str) -> T:
    """The value of dump(). Unknown keys are ignored, missing ones get their default: fields may come and go."""
    return from_json(kind, json.loads(text))


def from_json(kind: type[T], data: object) -> T:
    """The value of the objects that dump() wrote."""
    return typing.cast(T, _decode(kind, data))


def to_json(value: object) -> Any:
    """A value as JSON-compatible objects, for people: fields at their defaults are left out."""
    return _encode(value, full=False)


def _encode(value: object, *, full: bool) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, datetime):
        return types.ensure_utc(value).isoformat()
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        held = [(name, default, getattr(value, name)) for name, default in _fields(type(value))]
        return {
            name: item if type(item) in _PLAIN else _encode(item, full=full)
            for name, default, item in held
            if full or default is dataclasses.MISSING or item != default
        }
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (list, tuple)):
        return [_encode(item, full=full) for item in value]
    if isinstance(value, dict):
        return {str(key): _encode(item, full=full) for key, item in value.items()}
    return value


@lru_cache(maxsize=64)
def _fields(kind: type) -> list[tuple[str, object]]:
    return [(item.name, item.default) for item in dataclasses.fields(kind)]


@lru_cache(maxsize=64)
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _decode(kind: Any, data: Any) -> Any:
    if data is None:
        return None
    origin = typing.get_origin(kind)
    if origin in (typing.Union, pytypes.UnionType):
        return _decode_union(kind, data)
    if origin is tuple:
        return tuple(_decode(typing.get_args(kind)[0], item) for item in data)
    if dataclasses.is_dataclass(kind):
        hints = _hints(typing.cast(type, kind))
        return typing.cast(Any, kind)(
            **{name: _decode(hints[name], item) for name, item in data.items() if name in hints}
        )
    if kind is datetime:
        return datetime.fromisoformat(data)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(data)
    return data


def _decode_union(kind: Any, data: Any) -> Any:
    """The member of a union that fits: plain values as they are, else the structured one."""
    members = [member for member in typing.get_args(kind) if member is not type(None)]
    if type(data) in members:
        return data
    return _decode(members[0], data)

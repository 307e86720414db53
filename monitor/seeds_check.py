"""Reads the YAML files of seeds/ and checks rows key by key.

Every complaint names file, line or key, and what was expected. Knows nothing of what rows mean: that is in watch.py.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml

from monitor import errors

MAPPING = yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG


class Lined(dict[Any, Any]):
    """A mapping that knows on which line it and its keys stand."""

    def __init__(self, mapping: Mapping[Any, Any], line: int, lines: Mapping[Any, int]) -> None:
        super().__init__(mapping)
        self.line = line
        self.lines = lines


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """Safe YAML that keeps lines and refuses a key given twice (YAML itself would silently keep the last)."""


def _to_lined(loader: yaml.SafeLoader, node: yaml.MappingNode) -> Lined:
    mapping: dict[Any, Any] = {}
    lines: dict[Any, int] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            raise yaml.constructor.ConstructorError(None, None, "a key must be a word", key_node.start_mark)
        key = loader.construct_object(key_node)
        if key in mapping:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} is there twice", key_node.start_mark)
        mapping[key] = loader.construct_object(value_node, deep=True)
        lines[key] = key_node.start_mark.line + 1
    return Lined(mapping, node.start_mark.line + 1, lines)


_Loader.add_constructor(MAPPING, _to_lined)


def read(path: Path) -> Lined:
    """The mapping that a file holds; raises errors.SeedError."""
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), _Loader)
    except OSError as error:
        raise errors.SeedError(path.name, "file", f"a readable file ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise errors.SeedError(path.name, f"byte {error.start}", "text in UTF-8") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise errors.SeedError(
            path.name, f"line {mark.line + 1 if mark else 0}", f"valid YAML ({error.problem})"
        ) from error
    except (yaml.YAMLError, ValueError) as error:  # a forbidden character, an impossible date
        raise errors.SeedError(path.name, "file", f"valid YAML ({error})") from error
    if not isinstance(data, Lined):
        raise errors.SeedError(path.name, "line 1", "a mapping of keys")
    return data


@dataclass(frozen=True, slots=True)
class Fields:
    """One row of a file, read key by key."""

    file: str
    where: str
    row: Lined

    def fail(self, key: str, expected: str) -> errors.SeedError:
        """The complaint about a key of this row."""
        line = self.row.lines.get(key)
        return errors.SeedError(self.file, f"{self.where}: {key}" + (f" (line {line})" if line else ""), expected)

    def only(self, *known: str) -> None:
        """Refuse keys that nobody reads: they are typing errors."""
        for key in self.row:
            if key not in known:
                raise self.fail(str(key), f"one of the known keys: {', '.join(known)}")

    def text(self, key: str) -> str:
        """A text that must be there."""
        value = self.row.get(key)
        if not isinstance(value, str) or not value.strip():
            raise self.fail(key, f"a text, not {value!r} (quote words like NO and numbers)")
        return value

    def maybe(self, key: str) -> str | None:
        """A text, or None where it is missing or null."""
        return self.text(key) if self.row.get(key) is not None else None

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts, empty where it is missing; none twice."""
        value = self.row.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            raise self.fail(key, f"a list of texts, not {value!r} (quote words like No and numbers)")
        for item in value:
            if value.count(item) > 1:
                raise self.fail(key, f"each text once, but {item!r} is there twice")
        return tuple(value)

    def day(self, key: str) -> date | None:
        """A date, or None where it is missing or null."""
        value = self.row.get(key)
        if value is not None and (not isinstance(value, date) or isinstance(value, datetime)):
            raise self.fail(key, f"a date like 2025-02-23, not {value!r}")
        return value

    def flag(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self.row.get(key, default)
        if not isinstance(value, bool):
            raise self.fail(key, f"true or false, not {value!r}")
        return value

    def one_of(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """One of some words."""
        words = sorted(allowed)
        value = self.row.get(key, default)
        if value not in words:
            raise self.fail(key, f"one of {', '.join(words)}, not {value!r}")
        return str(value)


def rows(path: Path, data: Lined, key: str) -> list[Fields]:
    """The rows under a file's list; raises errors.SeedError where there are none or other keys stand beside it."""
    for other in data:
        if other not in {key, "version"}:
            raise errors.SeedError(path.name, f"{other} (line {data.lines[other]})", f"only version and {key}")
    found = data.get(key)
    if not isinstance(found, list) or not found:
        raise errors.SeedError(path.name, key, "a list with at least one entry")
    checked = []
    for number, row in enumerate(found, 1):
        if not isinstance(row, Lined):
            raise errors.SeedError(path.name, f"{key} {number}", f"a mapping of keys, not {row!r}")
        checked.append(Fields(path.name, f"{key} {number} (line {row.line})", row))
    return checked


def refuse_doubles(fields: Sequence[Fields], key: str, values: Sequence[str]) -> None:
    """One value for each row; raises where two are the same."""
    first: dict[str, Fields] = {}
    for row, value in zip(fields, values, strict=True):
        if value in first:
            raise row.fail(key, f"a value of its own, but {value!r} is also that of {first[value].where}")
        first[value] = row


def flatten(path: Path, prefix: str, data: Mapping[Any, Any]) -> dict[str, tuple[str, ...]]:
    """Lists of texts under dotted names; a single text counts as a list of one."""
    flat: dict[str, tuple[str, ...]] = {}
    for key, value in data.items():
        name = f"{prefix}.{key}"
        if isinstance(value, Mapping):
            flat.update(flatten(path, name, value))
        elif isinstance(value, list):
            if not all(isinstance(item, str) for item in value):
                raise errors.SeedError(path.name, name, "a list of texts (quote words like No and numbers)")
            flat[name] = tuple(value)
        elif value is None:
            raise errors.SeedError(path.name, name, "a text or a list of texts, not nothing")
        else:
            flat[name] = (str(value),)
    return flat

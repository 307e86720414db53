"""The API's calls as a table, from its own description. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One address of the API."""

    path: str
    summary: str
    asked: tuple[str, ...]


def to_calls(description: Mapping[str, Any]) -> tuple[Call, ...]:
    """The calls of an OpenAPI description, in its order."""
    return tuple(
        Call(
            path=path,
            summary=call.get("summary", ""),
            asked=tuple(one["name"] for one in call.get("parameters", ())),
        )
        for path, methods in description["paths"].items()
        for call in methods.values()
    )

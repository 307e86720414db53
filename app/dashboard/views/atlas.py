"""The map as a value: outlines from the package's data file, each with its country's row. Pure once loaded."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from app.dashboard import labels
from app.dashboard.views import board

OUTLINES = Path(__file__).resolve().parent.parent / "europe.json"
_SMALL = 260  # square units; a smaller country is named in the list beside the map, not on it


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One country's outline."""

    code: str
    name: str
    path: str
    x: int
    y: int
    named: bool  # has room for its code
    label: labels.Label
    known: bool  # has a row, so has a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """The map and those who are not on it."""

    view: str
    others: str
    shapes: tuple[Shape, ...]
    elsewhere: tuple[board.Row, ...]


@lru_cache(maxsize=1)
def _outlines() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(OUTLINES.read_text(encoding="utf-8"))
    return loaded


def to_atlas(rows: Sequence[board.Row]) -> Atlas:
    """The map of these rows; countries without a row are drawn as `Nothing known`."""
    outlines, by_code = _outlines(), {row.code: row for row in rows}
    shapes = tuple(
        Shape(
            code=code,
            name=by_code[code].name if code in by_code else outline["name"],
            path=outline["path"],
            x=outline["label"][0],
            y=outline["label"][1],
            named=outline["size"] >= _SMALL,
            label=by_code[code].stance if code in by_code else labels.STANCES["none"],
            known=code in by_code,
        )
        for code, outline in outlines["countries"].items()
    )
    elsewhere = tuple(
        row for row in rows if row.code not in outlines["countries"] or outlines["countries"][row.code]["size"] < _SMALL
    )
    return Atlas(
        view=" ".join(str(edge) for edge in outlines["view"]),
        others=outlines["others"],
        shapes=shapes,
        elsewhere=elsewhere,
    )

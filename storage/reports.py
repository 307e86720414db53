"""Positions to rows and back. A row names its reports by key; each report is stored once, however many versions of a
position rest on it. A key is a hash of the report's text, so that it means the same in every database.
"""

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import sqlalchemy as sa

from monitor import types
from storage import codec, schema, upsert

_AT_ONCE = 500  # keys in one query


def dump(connection: sa.Connection, position: types.Position) -> str:
    """A position as its row's value; its reports are stored where they are new."""
    rows = [_to_row(report) for report in position.reports]
    if rows:
        connection.execute(upsert.insert(connection, schema.reports).on_conflict_do_nothing(), rows)
    bare = json.loads(codec.dump(replace(position, reports=())))
    return json.dumps(bare | {"reports": [row["key"] for row in rows]}, separators=(",", ":"))


def load(connection: sa.Connection, values: Sequence[str]) -> list[types.Position]:
    """Positions from their rows' values, in the same order."""
    rows = [json.loads(value) for value in values]
    known = _load_reports(connection, {key for row in rows for key in row["reports"]})
    return [
        replace(
            codec.from_json(types.Position, row | {"reports": []}), reports=tuple(known[key] for key in row["reports"])
        )
        for row in rows
    ]


def key_of(text: str) -> str:
    """A report's key: 128 bits of its text's hash; that two reports meet is out of the question."""
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()[:16]).decode().rstrip("=")


@lru_cache(maxsize=4096)  # of a growing position all but one have been written before
def _to_row(report: types.Report) -> dict[str, str]:
    text = codec.dump(report)
    return {"key": key_of(text), "article_id": report.article_id, "value": text}


@lru_cache(maxsize=4096)
def _to_report(text: str) -> types.Report:
    return codec.load(types.Report, text)


def _load_reports(connection: sa.Connection, keys: set[str]) -> dict[str, types.Report]:
    table, wanted = schema.reports.c, sorted(keys)
    found: dict[str, types.Report] = {}
    for start in range(0, len(wanted), _AT_ONCE):
        query = sa.select(table.key, table.value).where(table.key.in_(wanted[start : start + _AT_ONCE]))
        found |= {key: _to_report(value) for key, value in connection.execute(query)}
    return found

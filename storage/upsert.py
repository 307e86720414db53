"""Inserts that know what is there already, in either database's words; locks between programs that share one."""

import zlib
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite


def insert(connection: sa.Connection, table: sa.Table) -> Any:
    """An INSERT with on_conflict_do_nothing and on_conflict_do_update, which both databases spell alike."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def lock(connection: sa.Connection, name: str) -> None:
    """Until the end of the transaction no other program is in a part of this name; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number(name))))


def number(name: str) -> int:
    """The number by which PostgreSQL knows a lock of this program."""
    return zlib.crc32(f"coalition-watch:{name}".encode())

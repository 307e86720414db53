"""A filled database moved to another address, table by table, and checked row by row before it counts."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from monitor import errors
from storage import database, schema

CHUNK = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What a table holds: how many rows, and a sum over the hashes of all of them, in whatever order."""

    rows: int
    digest: str


def move(source: str, target: str, progress: Callable[[str, int], None] = lambda table, rows: None) -> dict[str, Table]:
    """Copy all rows of one moment into an empty database; returns what each table holds in both.

    Raises errors.StoreError where the target holds anything already, or differs afterwards; nothing is left in it then.
    """
    old, new = database.open_database(source), database.open_database(target)
    try:
        if old.engine.url == new.engine.url:
            raise errors.StoreError("both addresses are the same database")
        old.migrate()
        new.migrate()
        with old.read() as reading, new.write() as writing:
            _refuse_filled(writing)
            held = {table.name: _copy(reading, writing, table, progress) for table in schema.metadata.sorted_tables}
            for table in schema.metadata.sorted_tables:
                if measure(writing, table) != held[table.name]:
                    raise errors.StoreError(f"{table.name} differs after the move; nothing was moved")
            _go_on_counting(writing)
        return held
    finally:
        old.close()
        new.close()


def measure(connection: sa.Connection, table: sa.Table) -> Table:
    """Count and hash a table's rows, by their values as the program reads them."""
    rows, total = 0, 0
    for row in connection.execution_options(yield_per=CHUNK).execute(sa.select(table)):
        rows, total = rows + 1, total + _hash(tuple(row))
    return Table(rows=rows, digest=f"{total % 2**256:064x}")


def _hash(values: tuple[object, ...]) -> int:
    return int.from_bytes(hashlib.sha256(repr(values).encode("utf-8", "surrogatepass")).digest())


def _refuse_filled(connection: sa.Connection) -> None:
    """A counter that stands at nothing was made with the schema, and gives way to the one that is moved."""
    connection.execute(schema.counters.delete().where(schema.counters.c.value == 0))
    for table in schema.metadata.sorted_tables:
        if connection.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is not None:
            raise errors.StoreError(f"there is something in {table.name} already; only an empty database is filled")


def _copy(
    reading: sa.Connection, writing: sa.Connection, table: sa.Table, progress: Callable[[str, int], None]
) -> Table:
    rows, total = 0, 0
    found = reading.execution_options(yield_per=CHUNK).execute(sa.select(table))
    for chunk in found.mappings().partitions(CHUNK):
        writing.execute(table.insert(), [dict(row) for row in chunk])
        rows += len(chunk)
        total += sum(_hash(tuple(row.values())) for row in chunk)
        progress(table.name, rows)
    return Table(rows=rows, digest=f"{total % 2**256:064x}")


def _go_on_counting(connection: sa.Connection) -> None:
    """Numbers were copied, so PostgreSQL's counters have to be told where they are."""
    if connection.dialect.name != "postgresql":
        return
    for table in schema.metadata.sorted_tables:
        for column in table.primary_key.columns:
            name = connection.scalar(sa.select(sa.func.pg_get_serial_sequence(table.name, column.name)))
            if name is not None:
                highest = connection.scalar(sa.select(sa.func.max(column)))
                connection.execute(sa.select(sa.func.setval(name, highest or 1, highest is not None)))

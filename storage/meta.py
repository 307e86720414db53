"""Small facts of the installation, by name."""

from datetime import datetime

import sqlalchemy as sa

from storage import database, schema, upsert


class SqlMeta:
    """monitor.ports.Meta over SQL."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def get(self, name: str) -> str | None:
        """A stored value."""
        with self._db.read() as connection:
            return connection.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.name == name))

    def time(self, name: str) -> datetime | None:
        """A stored time (ISO 8601)."""
        text = self.get(name)
        return datetime.fromisoformat(text) if text else None

    def set(self, name: str, value: str) -> None:
        """Store a value."""
        with self._db.write() as connection:
            put = upsert.insert(connection, schema.meta).values(name=name, value=value)
            connection.execute(put.on_conflict_do_update(index_elements=["name"], set_={"value": put.excluded.value}))

    def find(self, prefix: str) -> dict[str, str]:
        """{name: value} of the names that begin so."""
        table = schema.meta.c
        query = sa.select(table.name, table.value).where(table.name.startswith(prefix, autoescape=True))
        with self._db.read() as connection:
            return {row.name: row.value for row in connection.execute(query.order_by(table.name))}

    def forget(self, name: str) -> None:
        """Store it no more."""
        with self._db.write() as connection:
            connection.execute(schema.meta.delete().where(schema.meta.c.name == name))

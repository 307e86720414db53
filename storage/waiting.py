"""What waits for a time, moved when the clock itself was moved: pauses then last as long as they were meant to."""

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from storage import database, schema

_WAITING: tuple[tuple[sa.Table, sa.Column[Any], sa.Column[Any]], ...] = (
    (schema.feeds, schema.feeds.c.id, schema.feeds.c.next_poll_at),
    (schema.entries, schema.entries.c.id, schema.entries.c.retry_at),
    (schema.alerts, schema.alerts.c.seq, schema.alerts.c.not_before),
    (schema.alerts, schema.alerts.c.seq, schema.alerts.c.lease_until),
)


class SqlWaiting:
    """Times to come."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def shift_back(self, now: datetime, by: timedelta) -> int:
        """The clock was set back: what waits for a later time waits no longer than before. Returns how many did."""
        moved = 0
        with self._db.write() as connection:
            for table, key, column in _WAITING:
                rows = connection.execute(sa.select(key.label("k"), column.label("until")).where(column > now)).all()
                if rows:
                    change = table.update().where(key == sa.bindparam("k")).values({column.name: sa.bindparam("t")})
                    connection.execute(change, [{"k": row.k, "t": max(now, row.until - by)} for row in rows])
                moved += len(rows)
        return moved

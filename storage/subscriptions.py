"""Subscriptions at the hubs of feeds: one row a feed."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor import websub
from storage import database, schema, upsert
from storage.feeds import ON

_FIELDS = tuple(websub.Subscription.__dataclass_fields__)


class SqlSubscriptions:
    """What is asked of hubs, and what they have said."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def list_subscriptions(self) -> list[websub.Subscription]:
        """All, those whose hub is to be asked next first."""
        table = schema.subscriptions
        with self._db.read() as connection:
            return [
                _to_value(row) for row in connection.execute(sa.select(table).order_by(table.c.next_at, table.c.id))
            ]

    def subscription_at(self, path: str) -> websub.Subscription | None:
        """The one with this path; None where there is none (any more)."""
        table = schema.subscriptions
        with self._db.read() as connection:
            row = connection.execute(sa.select(table).where(table.c.path == path)).first()
        return None if row is None else _to_value(row)

    def save_subscription(self, held: websub.Subscription) -> None:
        """Insert, or replace what is held for the feed."""
        values = {name: getattr(held, name) for name in _FIELDS} | {"step": str(held.step)}
        with self._db.write() as connection:
            put = upsert.insert(connection, schema.subscriptions).values(**values)
            others = {name: put.excluded[name] for name in _FIELDS if name != "feed_url"}
            connection.execute(put.on_conflict_do_update(index_elements=["feed_url"], set_=others))

    def note_subscription_error(self, path: str, reason: str) -> None:
        """Why the hub could not be asked. It may have verified meanwhile; that stays."""
        mine = schema.subscriptions.update().where(schema.subscriptions.c.path == path)
        with self._db.write() as connection:
            connection.execute(mine.values(last_error=reason))

    def note_hint(self, path: str, now: datetime) -> bool:
        """Make the feed due, at once; False where a hint has just been taken, or the feed is not to be asked.

        Not asked are feeds that are off, gone, or fail and are left in peace for a while.
        """
        table, feeds = schema.subscriptions.c, schema.feeds.c
        with self._db.write() as connection:
            row = connection.execute(sa.select(table.feed_url, table.hinted_at).where(table.path == path)).first()
            if row is None or (row.hinted_at is not None and row.hinted_at > now - websub.HINT_PAUSE):
                return False
            connection.execute(schema.subscriptions.update().where(table.path == path).values(hinted_at=now))
            polled = sa.or_(feeds.hand.is_(None), feeds.hand == ON)
            well = (feeds.url == row.feed_url, feeds.enabled, polled, ~feeds.gone, feeds.failures == 0)
            due = connection.execute(schema.feeds.update().where(*well).values(next_poll_at=now))
            return bool(due.rowcount)

    def forget_subscription(self, path: str) -> None:
        """It has ended."""
        with self._db.write() as connection:
            connection.execute(schema.subscriptions.delete().where(schema.subscriptions.c.path == path))


def _to_value(row: sa.Row[Any]) -> websub.Subscription:
    values = {name: row._mapping[name] for name in _FIELDS}
    return websub.Subscription(**(values | {"step": websub.Step(values["step"])}))

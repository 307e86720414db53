"""Feeds, their state between polls, and the entries they announce."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor import types
from storage import codec, database, schema

_STATE = tuple(types.FeedState.__dataclass_fields__)
_FEED = tuple(types.Feed.__dataclass_fields__)


class SqlFeedStore:
    """monitor.ports.FeedStore over SQL."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def sync_feeds(self, feeds: Sequence[types.Feed]) -> None:
        """Insert unknown feeds, update the known ones (by URL; their state stays); none is deleted."""
        with self._db.write() as connection:
            for feed in feeds:
                _put(connection, feed)

    def add_feed(self, feed: types.Feed) -> None:
        """Insert or update one feed."""
        self.sync_feeds([feed])

    def remove_feed(self, url: str) -> bool:
        """Disable a feed; False where it is unknown."""
        with self._db.write() as connection:
            done = connection.execute(schema.feeds.update().where(schema.feeds.c.url == url).values(enabled=False))
            return bool(done.rowcount)

    def list_feeds(self) -> list[types.FeedRecord]:
        """All feeds, enabled or not, by outlet and title."""
        query = sa.select(schema.feeds).order_by(schema.feeds.c.outlet, schema.feeds.c.title)
        with self._db.read() as connection:
            return [_to_record(row) for row in connection.execute(query)]

    def due_feeds(self, now: datetime, limit: int) -> list[types.FeedRecord]:
        """Enabled, not gone, next_poll_at None or <= now; longest due first."""
        table = schema.feeds.c
        query = (
            sa.select(schema.feeds)
            .where(table.enabled, ~table.gone, sa.or_(table.next_poll_at.is_(None), table.next_poll_at <= now))
            .order_by(table.next_poll_at.is_not(None), table.next_poll_at, table.id)
            .limit(limit)
        )
        with self._db.read() as connection:
            return [_to_record(row) for row in connection.execute(query)]

    def record_poll(self, outcome: types.PollOutcome, now: datetime) -> int:
        """Store state and unknown entries in one transaction; return how many were new."""
        table = schema.feeds.c
        with self._db.write() as connection:
            row = connection.execute(sa.select(table.id, table.ok_at).where(table.url == outcome.feed_url)).first()
            if row is None:
                return 0
            state = {name: getattr(outcome.state, name) for name in _STATE}
            if outcome.new_url:
                state["poll_url"] = outcome.new_url
            connection.execute(schema.feeds.update().where(table.id == row.id).values(**state))
            fresh = _unknown(connection, row.id, outcome.entries)
            for entry in fresh:
                connection.execute(schema.entries.insert().values(**_to_row(row.id, entry, now, row.ok_at is None)))
            return len(fresh)


def _put(connection: sa.Connection, feed: types.Feed) -> None:
    values = {name: getattr(feed, name) for name in _FEED} | {"tier": str(feed.tier)}
    done = connection.execute(schema.feeds.update().where(schema.feeds.c.url == feed.url).values(**values))
    if not done.rowcount:
        connection.execute(schema.feeds.insert().values(failures=0, entries_seen=0, gone=False, **values))


def _to_record(row: sa.Row[Any]) -> types.FeedRecord:
    values = row._mapping
    feed = types.Feed(**{name: values[name] for name in _FEED if name != "tier"}, tier=types.Tier(values["tier"]))
    state = types.FeedState(**{name: values[name] for name in _STATE})
    return types.FeedRecord(feed=feed, state=state, poll_url=values["poll_url"])


def _unknown(connection: sa.Connection, feed_id: int, entries: Sequence[types.Entry]) -> list[types.Entry]:
    """Entries that are new by key and content in this feed, and by address anywhere; doubles in one body count once."""
    if not entries:
        return []
    table = schema.entries.c
    keys = {entry.key for entry in entries}
    urls = {entry.url for entry in entries if entry.url}
    contents = {entry.content_key for entry in entries if entry.content_key}
    known_keys = _present(connection, table.key, keys, table.feed_id == feed_id)
    known_contents = _present(connection, table.content_key, contents, table.feed_id == feed_id)
    known_urls = _present(connection, table.url, urls)
    fresh = []
    for entry in entries:
        is_known = entry.key in known_keys or entry.url in known_urls or entry.content_key in known_contents
        if not is_known:
            fresh.append(entry)
        known_keys.add(entry.key)
        if entry.url:
            known_urls.add(entry.url)
        if entry.content_key:
            known_contents.add(entry.content_key)
    return fresh


def _present(connection: sa.Connection, column: Any, values: set[str], *conditions: Any) -> set[str]:
    found: set[str] = set()
    wanted = sorted(values)
    for start in range(0, len(wanted), 500):
        query = sa.select(column).where(column.in_(wanted[start : start + 500]), *conditions)
        found.update(connection.scalars(query))
    return found


def _to_row(feed_id: int, entry: types.Entry, now: datetime, first_poll: bool) -> dict[str, Any]:
    return {
        "feed_id": feed_id,
        "key": entry.key,
        "url": entry.url,
        "content_key": entry.content_key,
        "title": entry.title,
        "published": entry.published,
        "entry": codec.dump(entry),
        "step": str(types.Step.NEW),
        "attempts": 0,
        "first_seen": now,
        "first_poll": first_poll,
    }

"""Feeds, their state between polls, and the entries they announce."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from monitor import types
from storage import codec, database, schema, upsert

SEEN_EVERY = timedelta(days=1)
_STATE = tuple(types.FeedState.__dataclass_fields__)
_ON, _OFF, _PAUSED = "on", "off", "paused"
# One parameter for all values: each of its own takes its time.
_WANTED: sa.BindParameter[Any] = sa.bindparam("wanted", expanding=True)
_FEED = tuple(types.Feed.__dataclass_fields__)


class SqlFeedStore:
    """monitor.ports.FeedStore over SQL."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def sync_feeds(self, feeds: Sequence[types.Feed]) -> None:
        """Insert unknown feeds, update the known ones (by URL; their state stays); none is deleted.

        This runs at every start with the list as it was shipped: what add_feed() stored stays as it is, and what
        remove_feed() took away stays away.
        """
        table = schema.feeds.c
        with self._db.write() as connection:
            upsert.lock(connection, "feeds")
            by_hand = set(connection.scalars(sa.select(table.url).where(table.hand == _ON)))
            for feed in feeds:
                if schema.clean(feed.url) not in by_hand:
                    _put(connection, feed)

    def add_feed(self, feed: types.Feed) -> None:
        """Insert or update one feed by hand: it is polled at once, even where it was removed or gone."""
        with self._db.write() as connection:
            _put(connection, feed)
            mine = schema.feeds.update().where(schema.feeds.c.url == feed.url)
            connection.execute(mine.values(hand=_ON, gone=False, poll_url=None, failures=0, next_poll_at=None))

    def remove_feed(self, url: str) -> bool:
        """Disable a feed for good (until add_feed); False where it is unknown."""
        with self._db.write() as connection:
            done = connection.execute(schema.feeds.update().where(schema.feeds.c.url == url).values(hand=_OFF))
            return bool(done.rowcount)

    def pause_feed(self, url: str, *, paused: bool) -> bool:
        """Poll a feed no more, or again; False where it is unknown (or removed)."""
        table = schema.feeds.c
        is_there = sa.or_(table.hand.is_(None), table.hand != _OFF)
        with self._db.write() as connection:
            change = {"hand": _PAUSED} if paused else {"hand": _ON, "enabled": True, "next_poll_at": None}
            done = connection.execute(schema.feeds.update().where(table.url == url, is_there).values(**change))
            return bool(done.rowcount)

    def list_feeds(self) -> list[types.FeedRecord]:
        """All feeds, enabled or not, by outlet and title."""
        query = sa.select(schema.feeds).order_by(schema.feeds.c.outlet, schema.feeds.c.title, schema.feeds.c.id)
        with self._db.read() as connection:
            return [_to_record(row) for row in connection.execute(query)]

    def feeds_at(self, urls: Collection[str]) -> list[types.FeedRecord]:
        """The feeds that are listed by these addresses, enabled or not."""
        query = sa.select(schema.feeds).where(schema.feeds.c.url.in_(_WANTED))
        with self._db.read() as connection:
            return [_to_record(row) for wanted in _in_parts(set(urls)) for row in connection.execute(query, wanted)]

    def due_feeds(self, now: datetime, limit: int) -> list[types.FeedRecord]:
        """Enabled, not gone, next_poll_at None or <= now; longest due first."""
        table = schema.feeds.c
        query = (
            sa.select(schema.feeds)
            .where(table.enabled, ~table.gone, sa.or_(table.hand.is_(None), table.hand == _ON))
            .where(sa.or_(table.next_poll_at.is_(None), table.next_poll_at <= now))
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
            is_first = row.ok_at is None
            if outcome.entries:  # an address is new once, whichever worker finds it
                upsert.lock(connection, "entries")
            fresh = _unknown(connection, row.id, outcome.entries, is_first=is_first)
            _mark_seen(connection, row.id, outcome.entries, now, is_first=is_first)
            if fresh:
                rows = [_to_row(row.id, entry, now, is_first) for entry in fresh]
                put = upsert.insert(connection, schema.entries)
                connection.execute(put.on_conflict_do_nothing(index_elements=["feed_id", "key"]), rows)
            return len(fresh)

    def record_quiet_polls(self, outcomes: Sequence[types.PollOutcome]) -> None:
        """Store the states (and moves) of polls without entries, all in one transaction."""
        states = [{"at_url": one.feed_url} | {name: getattr(one.state, name) for name in _STATE} for one in outcomes]
        moves = [{"at_url": one.feed_url, "poll_url": one.new_url} for one in outcomes if one.new_url]
        with self._db.write() as connection:
            _put_columns(connection, _STATE, states)
            _put_columns(connection, ("poll_url",), moves)


def _put_columns(connection: sa.Connection, names: Sequence[str], rows: list[dict[str, Any]]) -> None:
    if rows:
        here = schema.feeds.c.url == sa.bindparam("at_url")
        values: dict[str, Any] = {name: sa.bindparam(name) for name in names}
        connection.execute(schema.feeds.update().where(here).values(**values), rows)


def _put(connection: sa.Connection, feed: types.Feed) -> None:
    values = {name: getattr(feed, name) for name in _FEED} | {"tier": str(feed.tier)}
    done = connection.execute(schema.feeds.update().where(schema.feeds.c.url == feed.url).values(**values))
    if not done.rowcount:
        connection.execute(schema.feeds.insert().values(**values))


def _to_record(row: sa.Row[Any]) -> types.FeedRecord:
    values = row._mapping
    fields = {name: values[name] for name in _FEED}
    fields["tier"] = types.Tier(values["tier"])
    fields["enabled"] = values["enabled"] and values["hand"] in (None, _ON)
    feed = types.Feed(**fields)
    state = types.FeedState(**{name: values[name] for name in _STATE})
    return types.FeedRecord(feed=feed, state=state, poll_url=values["poll_url"])


def _unknown(
    connection: sa.Connection, feed_id: int, entries: Sequence[types.Entry], *, is_first: bool
) -> list[types.Entry]:
    """Entries that are new by key and content in this feed, and by address anywhere; doubles in one body count once."""
    if not entries:
        return []
    table = schema.entries.c
    # As the columns hold them; compared otherwise, a key with a bad character would be unknown for ever.
    marks = [(schema.clean(entry.key), schema.clean(entry.url), schema.clean(entry.content_key)) for entry in entries]
    keys, urls, contents = ({mark[i] for mark in marks if mark[i]} for i in range(3))
    # Before its first good poll a feed has no entries to look through.
    known_keys = set() if is_first else _present(connection, table.key, keys, table.feed_id == feed_id)
    known_contents = set() if is_first else _present(connection, table.content_key, contents, table.feed_id == feed_id)
    known_urls = _present(connection, table.url, urls)
    fresh = []
    for entry, (key, url, content) in zip(entries, marks, strict=True):
        if not (key in known_keys or url in known_urls or content in known_contents):
            fresh.append(entry)
        known_keys.add(key)
        known_urls.update({url} - {""})
        known_contents.update({content} - {""})
    return fresh


def _mark_seen(
    connection: sa.Connection, feed_id: int, entries: Sequence[types.Entry], now: datetime, *, is_first: bool
) -> None:
    """Note that a body showed these; once a day is enough, and costs next to nothing on the polls between.

    A feed's first body shows none of its own entries again, but may show another feed's address.
    """
    table = schema.entries.c
    stale = table.last_seen < now - SEEN_EVERY
    marks: list[tuple[Any, set[str], tuple[Any, ...]]] = [
        (table.key, {schema.clean(entry.key) for entry in entries}, (table.feed_id == feed_id, stale)),
        (table.content_key, {schema.clean(entry.content_key) for entry in entries}, (table.feed_id == feed_id, stale)),
        (table.url, {schema.clean(entry.url) for entry in entries}, (stale,)),
    ]
    for column, values, conditions in marks[2:] if is_first else marks:
        seen = schema.entries.update().where(column.in_(_WANTED), *conditions).values(last_seen=now)
        for wanted in _in_parts(values - {""}):
            connection.execute(seen, wanted)


def _present(connection: sa.Connection, column: Any, values: set[str], *conditions: Any) -> set[str]:
    query = sa.select(column).where(column.in_(_WANTED), *conditions)
    return {one for wanted in _in_parts(values) for one in connection.scalars(query, wanted)}


def _in_parts(values: set[str]) -> Iterator[dict[str, list[str]]]:
    """Values for `_WANTED`, no more at a time than any database takes."""
    ordered = sorted(values)
    return ({"wanted": ordered[start : start + 500]} for start in range(0, len(ordered), 500))


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
        "last_seen": now,
    }

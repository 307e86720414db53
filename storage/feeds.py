"""Feeds, their state between polls, and the entries they announce."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import sqlalchemy as sa

from monitor import types
from storage import codec, database, schema, upsert

T = TypeVar("T", str, int)

SEEN_EVERY = timedelta(days=1)
_STATE = tuple(types.FeedState.__dataclass_fields__)
ON, _OFF, _PAUSED = "on", "off", "paused"
# One parameter for all values: each of its own takes its time.
_WANTED: sa.BindParameter[Any] = sa.bindparam("wanted", expanding=True)
# A column's own conversion, called for each value of each row, would take longer than the database itself.
_AS_TEXT: dict[str, Any] = {
    name: sa.bindparam(name, type_=sa.String())
    for name in ("key", "url", "content_key", "title", "published", "first_seen", "last_seen")
}
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
            by_hand = set(connection.scalars(sa.select(table.url).where(table.hand == ON)))
            for feed in feeds:
                if schema.clean(feed.url) not in by_hand:
                    _put(connection, feed)

    def add_feed(self, feed: types.Feed) -> None:
        """Insert or update one feed by hand: it is polled at once, even where it was removed or gone."""
        with self._db.write() as connection:
            _put(connection, feed)
            mine = schema.feeds.update().where(schema.feeds.c.url == feed.url)
            connection.execute(mine.values(hand=ON, gone=False, poll_url=None, failures=0, next_poll_at=None))

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
            change = {"hand": _PAUSED} if paused else {"hand": ON, "enabled": True, "next_poll_at": None}
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

    def due_feeds(self, now: datetime, limit: int, only: Collection[str] | None = None) -> list[types.FeedRecord]:
        """Enabled, not gone, next_poll_at None or <= now; longest due first. `only`: of these addresses."""
        table = schema.feeds.c
        query = (
            sa.select(schema.feeds)
            .where(table.enabled, ~table.gone, sa.or_(table.hand.is_(None), table.hand == ON))
            .where(sa.or_(table.next_poll_at.is_(None), table.next_poll_at <= now))
            .order_by(table.next_poll_at.is_not(None), table.next_poll_at, table.id)
            .limit(limit)
        )
        if only is not None:
            query = query.where(table.url.in_(only))
        with self._db.read() as connection:
            return [_to_record(row) for row in connection.execute(query)]

    def record_polls(self, outcomes: Sequence[types.PollOutcome], now: datetime) -> list[int]:
        """Store states and unknown entries, all in one transaction; return how many entries of each poll were new."""
        with self._db.write() as connection:
            places = _places(connection, outcomes)
            known = [(places[_clean(one)], one) for one in outcomes if _clean(one) in places]
            _put_states(connection, known)
            if any(one.entries for one in outcomes):  # an address is new once, whichever worker finds it
                upsert.lock(connection, "entries")
            fresh = _Sieve(connection, now).sift(known)
            if fresh:
                put = upsert.insert(connection, schema.entries).values(_AS_TEXT)
                at = schema.utc_text(now)
                rows = [_to_row(place, entry, at) for place, entry in fresh]
                connection.execute(put.on_conflict_do_nothing(index_elements=["feed_id", "key"]), rows)
        new = Counter(place.id for place, _ in fresh)
        return [new[places[_clean(one)].id] if _clean(one) in places else 0 for one in outcomes]

    def record_quiet_polls(self, outcomes: Sequence[types.PollOutcome]) -> None:
        """Store the states (and moves) of polls without entries, all in one transaction."""
        states = [{"at_url": one.feed_url} | {name: getattr(one.state, name) for name in _STATE} for one in outcomes]
        moves = [{"at_url": one.feed_url, "poll_url": one.new_url} for one in outcomes if one.new_url]
        at_url = schema.feeds.c.url == sa.bindparam("at_url")
        with self._db.write() as connection:
            _put_columns(connection, at_url, _STATE, states)
            _put_columns(connection, at_url, ("poll_url",), moves)


def _put_columns(
    connection: sa.Connection, here: sa.ColumnElement[bool], names: Sequence[str], rows: list[dict[str, Any]]
) -> None:
    if rows:
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
    fields["enabled"] = values["enabled"] and values["hand"] in (None, ON)
    feed = types.Feed(**fields)
    state = types.FeedState(**{name: values[name] for name in _STATE})
    return types.FeedRecord(feed=feed, state=state, poll_url=values["poll_url"])


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a feed's rows are."""

    id: int
    is_first: bool  # before its first good poll a feed has no entries to look through


def _clean(outcome: types.PollOutcome) -> str:
    return schema.clean(outcome.feed_url)


def _places(connection: sa.Connection, outcomes: Sequence[types.PollOutcome]) -> dict[str, _Place]:
    table = schema.feeds.c
    query = sa.select(table.url, table.id, table.ok_at).where(table.url.in_(_WANTED))
    parts = _in_parts({_clean(one) for one in outcomes})
    return {row.url: _Place(row.id, row.ok_at is None) for part in parts for row in connection.execute(query, part)}


def _put_states(connection: sa.Connection, known: Sequence[tuple[_Place, types.PollOutcome]]) -> None:
    at_id = schema.feeds.c.id == sa.bindparam("at_id")
    states = [{"at_id": place.id} | {name: getattr(one.state, name) for name in _STATE} for place, one in known]
    moves = [{"at_id": place.id, "poll_url": one.new_url} for place, one in known if one.new_url]
    _put_columns(connection, at_id, _STATE, states)
    _put_columns(connection, at_id, ("poll_url",), moves)


class _Sieve:
    """Tells the entries that are new by key and content in their feed, and by address anywhere, from those that are
    known; doubles in what came in together count once. What is known is noted as seen, at most once a day."""

    def __init__(self, connection: sa.Connection, now: datetime) -> None:
        self._connection, self._now = connection, now
        self._stale: set[int] = set()

    def sift(self, known: Sequence[tuple[_Place, types.PollOutcome]]) -> list[tuple[_Place, types.Entry]]:
        """The new entries with their feed's place."""
        table = schema.entries.c
        urls = self._present(table.url, {schema.clean(entry.url) for _, one in known for entry in one.entries})
        fresh = [pair for place, one in known for pair in self._sift_one(place, one.entries, urls)]
        seen = schema.entries.update().where(table.id.in_(_WANTED)).values(last_seen=self._now)
        for part in _in_parts(self._stale):
            self._connection.execute(seen, part)
        return fresh

    def _sift_one(
        self, place: _Place, entries: Sequence[types.Entry], urls: set[str]
    ) -> Iterator[tuple[_Place, types.Entry]]:
        # As the columns hold them; compared otherwise, a key with a bad character would be unknown for ever.
        marks = [(schema.clean(one.key), schema.clean(one.url), schema.clean(one.content_key)) for one in entries]
        keys: set[str] = set()
        contents: set[str] = set()
        if marks and not place.is_first:
            here = schema.entries.c.feed_id == place.id
            keys = self._present(schema.entries.c.key, {mark[0] for mark in marks}, here)
            contents = self._present(schema.entries.c.content_key, {mark[2] for mark in marks}, here)
        for entry, (key, url, content) in zip(entries, marks, strict=True):
            if not (key in keys or url in urls or content in contents):
                yield place, entry
            keys.add(key)
            urls.update({url} - {""})
            contents.update({content} - {""})

    def _present(self, column: Any, values: set[str], *conditions: Any) -> set[str]:
        table = schema.entries.c
        query = sa.select(column, table.id, table.last_seen).where(column.in_(_WANTED), *conditions)
        found = [row for part in _in_parts(values - {""}) for row in self._connection.execute(query, part)]
        long_ago = self._now - SEEN_EVERY
        self._stale.update(row.id for row in found if row.last_seen is not None and row.last_seen < long_ago)
        return {row[0] for row in found}


def _in_parts(values: set[T]) -> Iterator[dict[str, list[T]]]:
    """Values for `_WANTED`, no more at a time than any database takes."""
    ordered = sorted(values)
    return ({"wanted": ordered[start : start + 500]} for start in range(0, len(ordered), 500))


def _to_row(place: _Place, entry: types.Entry, now: str) -> dict[str, Any]:
    """The row, its texts and times already as the columns hold them (_AS_TEXT)."""
    return {
        "feed_id": place.id,
        "key": schema.clean(entry.key),
        "url": schema.clean(entry.url),
        "content_key": schema.clean(entry.content_key),
        "title": schema.clean(entry.title),
        "published": None if entry.published is None else schema.utc_text(entry.published),
        "entry": codec.dump(entry),
        "step": str(types.Step.NEW),
        "attempts": 0,
        "first_seen": now,
        "first_poll": place.is_first,
        "last_seen": now,
    }

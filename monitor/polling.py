"""Polls the feeds that are due: fetch, parse, store. One feed's failure is its own; a slow host holds no others."""

import asyncio
import dataclasses
import random
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

from monitor import errors, parse_queue, poll_writer, ports, schedule, types

_MOST_DUE = 10_000
_TRIES_OF_A_MOVE = 3  # failures in a row after which the listed address is asked again in place of where it moved to


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCount:
    """What one poll cycle did."""

    polled: int = 0
    unchanged: int = 0
    failed: int = 0
    offline: int = 0
    new_entries: int = 0

    def __add__(self, other: "PollCount") -> "PollCount":
        return PollCount(
            polled=self.polled + other.polled,
            unchanged=self.unchanged + other.unchanged,
            failed=self.failed + other.failed,
            offline=self.offline + other.offline,
            new_entries=self.new_entries + other.new_entries,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a Poller needs beside its store."""

    fetcher: ports.Fetcher
    pool: parse_queue.Pool
    clock: Callable[[], datetime]
    random: random.Random
    concurrency: int
    per_host: int
    timeout_s: float
    workers: int = 2  # of the pool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Poll:
    """What came of asking one feed; `stored` tells how many entries were new once they are stored."""

    count: PollCount
    stored: asyncio.Future[int] | None = None


class Feeds(poll_writer.Polls, Protocol):
    """The part of ports.FeedStore that polling needs."""

    def list_feeds(self) -> list[types.FeedRecord]:
        """All feeds, enabled or not."""

    def due_feeds(self, now: datetime, limit: int, only: Collection[str] | None = None) -> list[types.FeedRecord]:
        """Those that are due, longest due first. `only`: of these addresses."""


class Poller:
    """Polls what is due; the callbacks tell of failures, oddities and news."""

    def __init__(self, feeds: Feeds, options: Options) -> None:
        self._feeds, self._options = feeds, options
        self._in_flight: set[str] = set()
        self._under_way = 0
        self._parsing = parse_queue.ParseQueue(options.pool, options.workers)
        self._writer = poll_writer.PollWriter(feeds, options.clock, lambda: self._under_way)
        self._writer.on_stored = lambda outcome: self._in_flight.discard(outcome.feed_url)
        self.on_failure: Callable[[str, str], None] = lambda subject, reason: None
        self.on_odd: Callable[[str, str], None] = lambda subject, reason: None
        self.on_new_entries: Callable[[], None] = lambda: None

    async def poll_due(self) -> PollCount:
        """Poll every feed that is due."""
        return await self._poll_all(self.due())

    async def poll_feeds(self, urls: Collection[str]) -> PollCount:
        """Poll those of these feeds that are due."""
        return await self._poll_all(self._feeds.due_feeds(self._options.clock(), len(urls), urls) if urls else [])

    async def _poll_all(self, due: list[types.FeedRecord]) -> PollCount:
        self._in_flight.update(record.feed.url for record in due)
        gate = asyncio.Semaphore(self._options.concurrency)
        hosts = {_host(record): asyncio.Semaphore(self._options.per_host) for record in due}

        async def run(record: types.FeedRecord) -> PollCount:
            # The host's turn first: many feeds of one slow host take no places from the others.
            async with hosts[_host(record)], gate:
                poll = await self._poll_one(record)
            return await self._stored(record, poll)

        try:
            counts = await asyncio.gather(*(run(record) for record in due))
        finally:
            await self._writer.flush()
        return sum(counts, PollCount())

    def due(self) -> list[types.FeedRecord]:
        """The feeds that are due and not being polled; not those that would only stand in for others."""
        now = self._options.clock()
        due = [one for one in self._feeds.due_feeds(now, _MOST_DUE) if one.feed.url not in self._in_flight]
        if any(one.feed.ladder for one in due):
            idle = schedule.standing_by(self._feeds.list_feeds(), now)
            due = [one for one in due if one.feed.url not in idle]
        return due

    async def _poll_one(self, record: types.FeedRecord) -> _Poll:
        self._under_way += 1
        try:
            return await self._poll(record)
        except errors.WatchError:
            self._in_flight.discard(record.feed.url)
            raise  # the database, not the feed
        except Exception as error:  # a job boundary: one feed's unforeseen answer must not end the others' cycle
            return await self._failed(record, _unforeseen(record, error), jitter=0)
        except asyncio.CancelledError:
            self._in_flight.discard(record.feed.url)
            raise
        finally:
            self._under_way -= 1

    async def _poll(self, record: types.FeedRecord) -> _Poll:
        feed, held = record.feed, record.state
        jitter = self._options.random.uniform(-1, 1)
        request = types.FetchRequest(
            url=record.poll_url or feed.url,
            etag=held.etag,
            last_modified=held.last_modified,
            total_timeout_s=self._options.timeout_s,
        )
        try:
            fetched = await self._options.fetcher.fetch(request)
            unchanged = fetched.status == 304 or fetched.body_hash == held.body_hash
            parsed = None if unchanged else await self._parse(feed, fetched)
        except (errors.FetchError, errors.ParseError, errors.ExtractError) as error:
            return await self._failed(record, _as_poll_error(error), jitter)
        now = self._options.clock()
        outcome = types.PollOutcome(
            feed_url=feed.url,
            state=schedule.next_state_ok(feed, held, fetched, parsed, now, jitter),
            new_url=fetched.final_url if fetched.moved_permanently else None,
            entries=parsed.entries if parsed else (),
        )
        if outcome.state.warning and outcome.state.warning != held.warning:
            self.on_odd(feed.url, outcome.state.warning)
        if parsed is None:
            await self._writer.store_quiet(outcome)
            return _Poll(count=PollCount(polled=1, unchanged=1))
        return _Poll(count=PollCount(polled=1), stored=await self._writer.accept(outcome))

    async def _parse(self, feed: types.Feed, fetched: types.Fetched) -> types.ParsedFeed:
        return await self._parsing.parse(
            parse_queue.Body(
                body=fetched.body,
                url=fetched.final_url,
                content_type=fetched.content_type,
                kind=feed.kind,
                now=self._options.clock(),
            )
        )

    async def _failed(
        self, record: types.FeedRecord, error: errors.FetchError | errors.ParseError, jitter: float
    ) -> _Poll:
        now = self._options.clock()
        after = schedule.next_state_failed(record.feed, record.state, error, now, jitter)
        back = record.poll_url is not None and after.failures % _TRIES_OF_A_MOVE == 0
        url = record.feed.url
        outcome = types.PollOutcome(feed_url=url, state=after, new_url=url if back else None)
        offline = isinstance(error, errors.FetchError) and error.offline
        if not offline:
            self.on_failure(url, error.reason)
        count = PollCount(polled=1, failed=1, offline=int(offline))
        return _Poll(count=count, stored=await self._writer.accept(outcome))

    async def _stored(self, record: types.FeedRecord, poll: _Poll) -> PollCount:
        """The count once it is stored. What a store refuses of one feed is that feed's failure."""
        if poll.stored is None:
            return poll.count
        try:
            new = await poll.stored
        except errors.WatchError:
            raise  # the database, not the feed
        except Exception as error:  # a job boundary, as above
            if poll.count.failed:
                raise
            return await self._stored(record, await self._failed(record, _unforeseen(record, error), jitter=0))
        if new:
            self.on_new_entries()
        return dataclasses.replace(poll.count, new_entries=new)


def _unforeseen(record: types.FeedRecord, error: Exception) -> errors.ParseError:
    return errors.ParseError(record.feed.url, f"could not be read ({type(error).__name__})")


def _as_poll_error(
    error: errors.FetchError | errors.ParseError | errors.ExtractError,
) -> errors.FetchError | errors.ParseError:
    return errors.ParseError(error.url, error.reason) if isinstance(error, errors.ExtractError) else error


def _host(record: types.FeedRecord) -> str:
    try:
        return urlsplit(record.poll_url or record.feed.url).hostname or ""
    except ValueError:
        return ""

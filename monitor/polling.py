"""Polls the feeds that are due: fetch, parse, store. One feed's failure is its own; a slow host holds no others.

Polls that brought nothing are stored together, those with entries at once.
"""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from monitor import errors, parse, ports, schedule, types

T = TypeVar("T")

_MOST_DUE = 10_000
_QUIET_BATCH = 100
_TRIES_OF_A_MOVE = 3  # failures in a row after which the listed address is asked again in place of where it moved to


class Pool(Protocol):
    """Runs CPU work elsewhere, within limits."""

    async def run(self, function: Callable[..., T], /, *args: object) -> T:
        """Return function(*args); raises errors.ExtractError when its limits end it."""


class Feeds(Protocol):
    """The part of ports.FeedStore that polling needs."""

    def list_feeds(self) -> list[types.FeedRecord]:
        """All feeds, enabled or not."""

    def due_feeds(self, now: datetime, limit: int) -> list[types.FeedRecord]:
        """Those that are due, longest due first."""

    def record_poll(self, outcome: types.PollOutcome, now: datetime) -> int:
        """Store state and unknown entries; return how many were new."""

    def record_quiet_polls(self, outcomes: Sequence[types.PollOutcome]) -> None:
        """Store the states (and moves) of polls without entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PollCount:
    """What one poll cycle did."""

    polled: int = 0
    unchanged: int = 0
    failed: int = 0
    offline: int = 0
    new_entries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a Poller needs beside its store."""

    fetcher: ports.Fetcher
    pool: Pool
    clock: Callable[[], datetime]
    random: random.Random
    concurrency: int
    per_host: int
    timeout_s: float


class Poller:
    """Polls what is due; the callbacks tell of failures, oddities and news."""

    def __init__(self, feeds: Feeds, options: Options) -> None:
        self._feeds, self._options = feeds, options
        self._in_flight: set[str] = set()
        self._quiet: list[types.PollOutcome] = []
        self.on_failure: Callable[[str, str], None] = lambda subject, reason: None
        self.on_odd: Callable[[str, str], None] = lambda subject, reason: None
        self.on_new_entries: Callable[[], None] = lambda: None

    async def poll_due(self) -> PollCount:
        """Poll every feed that is due."""
        due = self._due()
        self._in_flight.update(record.feed.url for record in due)
        gate = asyncio.Semaphore(self._options.concurrency)
        hosts = {_host(record): asyncio.Semaphore(self._options.per_host) for record in due}

        async def run(record: types.FeedRecord) -> PollCount:
            # The host's turn first: many feeds of one slow host take no places from the others.
            async with hosts[_host(record)], gate:
                return await self._poll_one(record)

        try:
            counts = await asyncio.gather(*(run(record) for record in due))
        finally:
            await self._store_quiet()
        return PollCount(
            polled=len(counts),
            unchanged=sum(c.unchanged for c in counts),
            failed=sum(c.failed for c in counts),
            offline=sum(c.offline for c in counts),
            new_entries=sum(c.new_entries for c in counts),
        )

    def _due(self) -> list[types.FeedRecord]:
        now = self._options.clock()
        due = [one for one in self._feeds.due_feeds(now, _MOST_DUE) if one.feed.url not in self._in_flight]
        if any(one.feed.ladder for one in due):
            idle = schedule.standing_by(self._feeds.list_feeds(), now)
            due = [one for one in due if one.feed.url not in idle]
        return due

    async def _poll_one(self, record: types.FeedRecord) -> PollCount:
        try:
            return await self._poll(record)
        except errors.WatchError:
            self._in_flight.discard(record.feed.url)
            raise  # the database, not the feed
        except Exception as error:  # a job boundary: one feed's unforeseen answer must not end the others' cycle
            reason = f"could not be read ({type(error).__name__})"
            return await self._record_failure(record, errors.ParseError(record.feed.url, reason), jitter=0)
        except asyncio.CancelledError:
            self._in_flight.discard(record.feed.url)
            raise

    async def _poll(self, record: types.FeedRecord) -> PollCount:
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
            return await self._record_failure(record, _as_poll_error(error), jitter)
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
            await self._keep_quiet(outcome)
            return PollCount(polled=1, unchanged=1)
        return PollCount(polled=1, new_entries=await self._store(outcome, now))

    async def _parse(self, feed: types.Feed, fetched: types.Fetched) -> types.ParsedFeed:
        now = self._options.clock()
        return await self._options.pool.run(
            _parse_in_worker, fetched.body, fetched.final_url, fetched.content_type, feed.kind, now
        )

    async def _record_failure(
        self, record: types.FeedRecord, error: errors.FetchError | errors.ParseError, jitter: float
    ) -> PollCount:
        now = self._options.clock()
        after = schedule.next_state_failed(record.feed, record.state, error, now, jitter)
        back = record.poll_url is not None and after.failures % _TRIES_OF_A_MOVE == 0
        url = record.feed.url
        await self._store(types.PollOutcome(feed_url=url, state=after, new_url=url if back else None), now)
        offline = isinstance(error, errors.FetchError) and error.offline
        if not offline:
            self.on_failure(url, error.reason)
        return PollCount(polled=1, failed=1, offline=int(offline))

    # ------------------------------------------------------------ storing

    async def _store(self, outcome: types.PollOutcome, now: datetime) -> int:
        try:
            new = await asyncio.to_thread(self._feeds.record_poll, outcome, now)
        finally:
            self._in_flight.discard(outcome.feed_url)
        if new:
            self.on_new_entries()
        return new

    async def _keep_quiet(self, outcome: types.PollOutcome) -> None:
        self._quiet.append(outcome)
        if len(self._quiet) >= _QUIET_BATCH:
            await self._store_quiet()

    async def _store_quiet(self) -> None:
        """Store the polls that brought nothing; until then their feeds count as in flight."""
        outcomes, self._quiet = self._quiet, []
        try:
            if outcomes:
                await asyncio.to_thread(self._feeds.record_quiet_polls, outcomes)
        finally:
            self._in_flight.difference_update(outcome.feed_url for outcome in outcomes)


def _parse_in_worker(body: bytes, url: str, content_type: str, kind: str, now: datetime) -> types.ParsedFeed:
    return parse.parse_feed(body, url=url, content_type=content_type, kind=kind, now=now)


def _as_poll_error(
    error: errors.FetchError | errors.ParseError | errors.ExtractError,
) -> errors.FetchError | errors.ParseError:
    return errors.ParseError(error.url, error.reason) if isinstance(error, errors.ExtractError) else error


def _host(record: types.FeedRecord) -> str:
    try:
        return urlsplit(record.poll_url or record.feed.url).hostname or ""
    except ValueError:
        return ""

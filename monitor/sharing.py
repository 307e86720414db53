"""What several watches share: a feed in the lists of several is asked once and its entries are offered to each of them;
a page that several read is fetched once.

Each watch keeps the state of its feeds and its entries by itself. A feed's answer is stored for one watch after the
other; where the program ends in between, the feed is due again for those that have not got it, and asked for all of it.
"""

import asyncio
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from monitor import errors, ports, schedule, types

T = TypeVar("T")

_OWN_TROUBLE = frozenset({"locked", "full", "read_only", "damaged", "gone"})  # kinds of errors.StoreError
REST = timedelta(minutes=5)
_KEEP_S = 300.0  # watches read a new entry within seconds of each other, unless one is behind
_KEEP_BYTES = 32_000_000


class SharedFeeds:
    """monitor.ports.FeedStore over those of several watches, as a Poller needs it."""

    def __init__(self, stores: Sequence[ports.FeedStore]) -> None:
        self._stores = stores
        self._listing: dict[str, list[ports.FeedStore]] = {}  # who is told of a feed that is being polled
        self._resting: dict[int, datetime] = {}  # stores that have refused, by number, and since when they are left out
        self._now = datetime.min.replace(tzinfo=UTC)

    def due_feeds(self, now: datetime, limit: int, only: Collection[str] | None = None) -> list[types.FeedRecord]:
        """Feeds that are due for any watch, each once, as often as the watch that asks most often wants it."""
        self._now = now
        wanted: dict[str, None] = {}
        for _, found in self._each(lambda store: _due_for(store, now, limit, only)):
            wanted |= dict.fromkeys(found)
        urls = list(wanted)[:limit]
        held: dict[str, list[types.FeedRecord]] = {url: [] for url in urls}
        listing: dict[str, list[ports.FeedStore]] = {url: [] for url in urls}
        for store, records in self._each(lambda store: store.feeds_at(urls)):
            for record in records:
                if record.feed.enabled:
                    held[record.feed.url].append(record)
                    listing[record.feed.url].append(store)
        self._listing |= listing
        return [_as_one(records) for records in held.values() if records]

    def record_polls(self, outcomes: Sequence[types.PollOutcome], now: datetime) -> list[int]:
        """Store for each watch what is of its feeds; return for how many entries of each at most that was news."""
        new = dict.fromkeys((one.feed_url for one in outcomes), 0)
        for store, counts in self._each(lambda store: _record(store, self._of(store, outcomes), now)):
            for one, count in zip(self._of(store, outcomes), counts, strict=True):
                new[one.feed_url] = max(new[one.feed_url], count)
        return [new[one.feed_url] for one in outcomes]

    def record_quiet_polls(self, outcomes: Sequence[types.PollOutcome]) -> None:
        """Store for each watch what is of its feeds."""
        for _ in self._each(lambda store: _record_quiet(store, self._of(store, outcomes))):
            pass

    def _each(self, work: Callable[[ports.FeedStore], T]) -> Iterator[tuple[ports.FeedStore, T]]:
        """Do the work for each watch. One whose database is in trouble holds up no other. It is left out for a while,
        or its feeds would be asked again and again; what it misses it is still due for, and its own service says so.
        Raises errors.StoreError where all of them are in trouble, or one was replaced."""
        failed: dict[int, errors.StoreError] = {}
        resting = {number for number, since in self._resting.items() if since <= self._now < since + REST}
        for number, store in enumerate(self._stores):
            if number in resting:
                continue
            try:
                done = work(store)
            except errors.StoreError as error:
                if error.kind not in _OWN_TROUBLE:
                    raise
                failed[number] = error
            else:
                yield store, done
        if failed and len(failed) + len(resting) == len(self._stores):
            raise next(iter(failed.values()))
        self._resting |= dict.fromkeys(failed, self._now)

    def _of(self, store: ports.FeedStore, outcomes: Sequence[types.PollOutcome]) -> list[types.PollOutcome]:
        return [one for one in outcomes if store in self._listing.get(one.feed_url, [])]

    def list_feeds(self) -> list[types.FeedRecord]:
        """The feeds of all watches, each once."""
        held: dict[str, list[types.FeedRecord]] = {}
        for store in self._stores:
            for record in store.list_feeds():
                held.setdefault(record.feed.url, []).append(record)
        return [_as_one(records) for records in held.values()]


def _record(store: ports.FeedStore, outcomes: Sequence[types.PollOutcome], now: datetime) -> list[int]:
    return store.record_polls(outcomes, now) if outcomes else []


def _record_quiet(store: ports.FeedStore, outcomes: Sequence[types.PollOutcome]) -> None:
    if outcomes:
        store.record_quiet_polls(outcomes)


def _due_for(store: ports.FeedStore, now: datetime, limit: int, only: Collection[str] | None) -> list[str]:
    """What is due for one watch; feeds of a ladder stand in for each other within it."""
    due = store.due_feeds(now, limit, only)
    if any(one.feed.ladder for one in due):
        idle = schedule.standing_by(store.list_feeds(), now)
        due = [one for one in due if one.feed.url not in idle]
    return [one.feed.url for one in due]


def _as_one(records: Sequence[types.FeedRecord]) -> types.FeedRecord:
    """A feed for all who list it. Where one has not seen what another has, it is asked for all that it holds."""
    first = records[0]
    often = min(one.feed.interval_s for one in records)
    feed = replace(first.feed, interval_s=often, ladder=None)  # ladders are heeded above, by watch
    seen = {(one.state.etag, one.state.last_modified, one.state.body_hash) for one in records}
    state = first.state
    if len(seen) > 1:
        state = replace(state, etag=None, last_modified=None, body_hash=None)
    return replace(first, feed=feed, state=state)


@dataclass(slots=True)
class _Page:
    """A page that was asked for, and by whom."""

    request: types.FetchRequest
    answer: asyncio.Task[types.Fetched]
    asked_at: float
    takers: set[str] = field(default_factory=set)

    @property
    def size(self) -> int:
        """Bytes that it holds."""
        failed = not self.answer.done() or self.answer.cancelled() or self.answer.exception()
        return 0 if failed else len(self.answer.result().body)


class SharedPages:
    """Fetches a page once for several watches; each of them gets an answer once, and asks anew after that."""

    def __init__(self, fetcher: ports.Fetcher, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._fetcher, self._clock_s = fetcher, clock_s
        self._pages: dict[str, _Page] = {}

    def for_watch(self, name: str, others: Collection[str]) -> "PagesOfWatch":
        """A fetcher for one watch; `others` may want the same pages."""
        return PagesOfWatch(self, name, frozenset(others) | {name})

    async def fetch(self, request: types.FetchRequest, name: str, everybody: frozenset[str]) -> types.Fetched:
        """The page, as another watch has just got it or anew."""
        self._forget_old()
        page = self._pages.get(request.url)
        if page is None or name in page.takers or page.request != request:
            task = asyncio.create_task(self._fetcher.fetch(request))
            page = self._pages[request.url] = _Page(request, task, self._clock_s())
        page.takers.add(name)
        if page.takers >= everybody and self._pages.get(request.url) is page:
            del self._pages[request.url]
        return await asyncio.shield(page.answer)  # who gives up does not take it from the others

    async def close(self) -> None:
        """End what is under way."""
        for page in self._pages.values():
            page.answer.cancel()
        await asyncio.gather(*(page.answer for page in self._pages.values()), return_exceptions=True)
        self._pages.clear()

    def _forget_old(self) -> None:
        """What nobody has come for, and the oldest beyond a bound."""
        now = self._clock_s()
        held = sum(page.size for page in self._pages.values())
        for url, page in list(self._pages.items()):
            if held <= _KEEP_BYTES and now - page.asked_at <= _KEEP_S:
                break  # they stand in the order in which they were asked for
            if page.answer.done():
                held -= page.size
                del self._pages[url]


class PagesOfWatch:
    """monitor.ports.Fetcher for one watch's pages."""

    def __init__(self, shared: SharedPages, name: str, everybody: frozenset[str]) -> None:
        self._shared, self._name, self._everybody = shared, name, everybody

    async def fetch(self, request: types.FetchRequest) -> types.Fetched:
        """The page, from the shared ones or anew; raises errors.FetchError."""
        return await self._shared.fetch(request, self._name, self._everybody)

    async def close(self) -> None:
        """The shared pages are closed by whoever made them."""

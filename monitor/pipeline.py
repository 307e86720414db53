"""The way of an article: the order of the stages and nothing else. Each step is stored before the next relies on it.

due feeds | fetch | parse | new entries | fetch page | screen, extract, claims | ledger | developments + alerts
`-------- poll_due --------------------'`---------- read_pending --------------'`-------- take_pending -------'
"""

import asyncio
import dataclasses
import random
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar, cast

from monitor import (
    copies,
    errors,
    googlenews,
    parse_queue,
    polling,
    ports,
    reading,
    robots,
    schedule,
    types,
    visits,
    watch,
)
from monitor.ledger import compare, rules, state

T = TypeVar("T")

# A page that fails is asked for again after these pauses; then the feed's own summary has to do.
PAGE_RETRIES = (timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=1))
OFFLINE_RETRY = timedelta(minutes=2)
OLD = timedelta(days=30)  # an entry announced this late brings no news
PAGE_BYTES = 3_000_000
BATCH = 50
READ_TURN_S = 0.2  # entries that come in meanwhile are started on after at most this
CLOSE_S = 4.0
TRIES_OF_A_STEP = 3  # another process that keeps the ledger too is a matter of a moment


OnChanged = Callable[[str, types.ReadPage], Awaitable[None]]  # (article id, its page)
PlanAlerts = Callable[[types.LedgerStep, datetime, bool], Sequence[types.Alert]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stores:
    """The stores that the way of an article needs."""

    feeds: polling.Feeds
    articles: ports.ArticleStore
    ledger: ports.LedgerStore
    by_hand: ports.HandActs | None = None
    rechecks: ports.Rechecks | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tools:
    """Everything else that the way of an article needs."""

    fetcher: ports.Fetcher
    pool: parse_queue.Pool
    rules: rules.Rules
    watch: watch.Watch
    plan_alerts: PlanAlerts
    clock: Callable[[], datetime]
    random: random.Random
    seeds_root: str | None = None
    concurrency: int = 20
    per_host: int = 2
    workers: int = 2  # of the pool
    site_rules: robots.Robots | None = None  # None: pages are read whatever the site's rules (a replay, a demo)
    feed_timeout_s: float = 30.0  # a feed's whole answer, redirects included
    pages: ports.Fetcher | None = None  # reads pages; None: the fetcher


class Pipeline:
    """Runs the stages over the stores. Each method does all that is due now and returns what it did."""

    def __init__(self, stores: Stores, tools: Tools, ledger: state.LedgerState) -> None:
        self._stores, self._tools, self._ledger = stores, tools, ledger
        self._turn = asyncio.Lock()  # one step at a time: the next one is compared with what this one leaves
        self._by_hand = stores.by_hand.version() if stores.by_hand else None
        self.poller = polling.Poller(
            stores.feeds,
            polling.Options(
                fetcher=tools.fetcher,
                pool=tools.pool,
                clock=tools.clock,
                random=tools.random,
                concurrency=tools.concurrency,
                per_host=tools.per_host,
                timeout_s=tools.feed_timeout_s,
                workers=tools.workers,
            ),
        )
        self._reading: dict[int, asyncio.Task[None]] = {}
        self.on_read: Callable[[], None] = lambda: None

    async def poll_due(self) -> polling.PollCount:
        """Poll every feed that is due; one feed's failure is its own."""
        return await self.poller.poll_due()

    async def visit(self, visit: visits.Visit, on_changed: OnChanged) -> polling.PollCount:
        """Do what is due at one host, all of it stored when this returns; the ledger is another process's.

        `on_changed` gets each page that carries a development and says something else now.
        """
        now = self._tools.clock()
        pending = self._stores.articles.pending_entries(now, len(visit.entries), visit.entries) if visit.entries else []
        rechecks = self._due_rechecks(len(visit.rechecks), visit.rechecks) if visit.rechecks else []
        done = await asyncio.gather(
            self.poller.poll_feeds(visit.feeds),
            *(self._read_one(record) for record in pending),
            *(self._reread_for(recheck, on_changed) for recheck in rechecks),
            return_exceptions=True,  # what runs is let end: nothing of a visit goes on after it
        )
        failure = next((one for one in done if isinstance(one, BaseException)), None)
        if failure is not None:
            raise failure
        return cast(polling.PollCount, done[0])

    async def _reread_for(self, recheck: types.Recheck, on_changed: OnChanged) -> None:
        now = self._tools.clock()
        page = await self._reread(recheck, now)
        if page is None:
            await self._settle_recheck(recheck, None, now)
        else:
            await on_changed(recheck.article_id, page)

    async def read_pending(self, limit: int = BATCH) -> int:
        """Start on entries that wait, as far as there is room; return how many are under way (0: nothing is left).

        A page that is slow keeps its place, and the others go on: nothing waits for a whole batch.
        """
        waiting = self._stores.articles.pending_entries(self._tools.clock(), limit)
        for record in waiting:
            if record.id not in self._reading and len(self._reading) < limit:
                self._reading[record.id] = asyncio.create_task(self._read_one(record))
        if self._reading:
            await asyncio.wait(self._reading.values(), timeout=READ_TURN_S, return_when=asyncio.FIRST_COMPLETED)
        return self._collect_read()

    def _collect_read(self) -> int:
        under_way = len(self._reading)
        for entry_id in [entry_id for entry_id, task in self._reading.items() if task.done()]:
            self._reading.pop(entry_id).result()
        return under_way

    async def close(self) -> None:
        """Let pages that are being read end; those that don't are read again at the next start."""
        tasks = list(self._reading.values())
        if tasks:
            _, late = await asyncio.wait(tasks, timeout=CLOSE_S)
            for task in late:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def take_pending(self, *, silent: bool, limit: int = BATCH) -> list[types.LedgerStep]:
        """Take read articles into the ledger, in order of arrival; `silent` writes no alerts."""
        steps = []
        waiting = self._stores.articles.unledgered(limit)
        if waiting:
            self._heed_operator()
        for entry_id, article, read in waiting:
            steps.append(await self._take_one(entry_id, article, read, silent=silent))
        return steps

    async def _take_one(
        self, entry_id: int | None, article: types.Article, read: types.Reading, *, silent: bool
    ) -> types.LedgerStep:
        tries = TRIES_OF_A_STEP
        async with self._turn:
            while True:
                try:
                    return await self._try_step(entry_id, article, read, silent=silent)
                except errors.StoreError as error:
                    tries -= 1
                    if error.kind != "overtaken" or not tries:
                        raise
                self._reload()

    async def _try_step(
        self, entry_id: int | None, article: types.Article, read: types.Reading, *, silent: bool
    ) -> types.LedgerStep:
        now = self._tools.clock()
        step = self._ledger_step(article, read, now)
        if step.changes and entry_id is not None:
            step = dataclasses.replace(step, recheck_at=schedule.next_recheck(now, now))
        alerts = self._tools.plan_alerts(step, now, silent)
        after = self._ledger.last_step
        number = await asyncio.to_thread(self._stores.ledger.record_step, entry_id, step, alerts, now, after=after)
        if number is None:  # another process was first: what it made of the article counts
            self._reload()
            return types.LedgerStep(article_id=article.id)
        self._ledger.absorb(step)
        self._ledger.last_step = number if after is not None else None
        return step

    def _reload(self) -> None:
        self._ledger = state.LedgerState.of(self._stores.ledger)

    async def recheck_due(self, *, silent: bool, limit: int = BATCH) -> list[types.LedgerStep]:
        """Read pages that carry a development again; one that has changed is compared with the ledger anew."""
        due = self._due_rechecks(limit)
        if due:
            self._heed_operator()
        steps = await asyncio.gather(*(self._recheck_one(recheck, silent=silent) for recheck in due))
        return [step for step in steps if step is not None]

    async def take_changed(self, article_id: str, page: types.ReadPage, *, silent: bool) -> list[types.LedgerStep]:
        """Take a page that another process has read again and found changed; nothing where that was done before."""
        due = self._due_rechecks(1, (article_id,))
        if not due:
            return []
        self._heed_operator()
        return [await self._take_changed(due[0], page, self._tools.clock(), silent=silent)]

    def _due_rechecks(self, limit: int, only: Sequence[str] | None = None) -> list[types.Recheck]:
        rechecks = self._stores.rechecks
        return [] if rechecks is None else rechecks.due_rechecks(self._tools.clock(), limit, only)

    async def _recheck_one(self, recheck: types.Recheck, *, silent: bool) -> types.LedgerStep | None:
        now = self._tools.clock()
        page = await self._reread(recheck, now)
        if page is not None:
            return await self._take_changed(recheck, page, now, silent=silent)
        await self._settle_recheck(recheck, None, now)
        return None

    async def _reread(self, recheck: types.Recheck, now: datetime) -> types.ReadPage | None:
        """The page as it is now; None where it says the same. A page that is gone takes nothing back."""
        try:
            page = await self._read_page(recheck.record, now)
        except (errors.FetchError, errors.ExtractError):
            return None
        return page if _has_changed(page, recheck.text) and page.article and page.reading else None

    async def _take_changed(
        self, recheck: types.Recheck, page: types.ReadPage, now: datetime, *, silent: bool
    ) -> types.LedgerStep:
        assert page.article is not None and page.reading is not None
        step = await self._take_one(None, page.article, page.reading, silent=silent)
        await self._settle_recheck(recheck, page, now)
        return step

    async def _settle_recheck(self, recheck: types.Recheck, page: types.ReadPage | None, now: datetime) -> None:
        assert self._stores.rechecks is not None
        await asyncio.to_thread(
            self._stores.rechecks.record_recheck,
            recheck.article_id,
            next_at=schedule.next_recheck(recheck.first_at, now),
            page=page,
            now=now,
        )

    def _heed_operator(self) -> None:
        """Read the ledger anew where an operator has changed it in another process."""
        version = self._stores.by_hand.version() if self._stores.by_hand else None
        if version != self._by_hand:
            self._reload()
            self._by_hand = version

    # ------------------------------------------------------------ articles

    async def _read_one(self, record: types.EntryRecord) -> None:
        now = self._tools.clock()
        published = record.entry.published
        if published is not None and published < now - OLD:
            await self._record_read(record, types.ReadPage(article=None, reading=None, reason="old when announced"))
            return
        if googlenews.is_wrapped(record.entry.url):  # its page is a script that answers programs with 429
            await self._read_announcement(record, googlenews.UNRESOLVED, now)
            return
        try:
            page = await self._read_page(record, now)
        except (errors.FetchError, errors.ExtractError) as error:
            await self._page_failed(record, error, now)
            return
        except errors.WatchError:
            raise  # the database, not the page
        except Exception as error:  # a job boundary: a page must not stop the stage, nor come back for ever
            reason = f"could not be read ({type(error).__name__})"
            await self._page_failed(record, errors.ExtractError(record.entry.url, reason), now)
            return
        await self._record_read(record, page)

    async def _read_page(self, record: types.EntryRecord, now: datetime) -> types.ReadPage:
        url = record.entry.url
        if self._tools.site_rules is not None and not await self._tools.site_rules.may_read(url):
            raise errors.FetchError(url, robots.REFUSED, refused=True)
        pages = self._tools.pages or self._tools.fetcher
        fetched = await pages.fetch(types.FetchRequest(url=url, max_bytes=PAGE_BYTES))
        return await self._tools.pool.run(reading.read_page, record, fetched, now, self._tools.seeds_root)

    async def _page_failed(
        self, record: types.EntryRecord, error: errors.FetchError | errors.ExtractError, now: datetime
    ) -> None:
        """Try again later; when that is used up, read what the feed itself says, so that the news isn't lost."""
        offline = isinstance(error, errors.FetchError) and error.offline
        if offline or (record.attempts < _most_retries(error)):
            pause = OFFLINE_RETRY if offline else PAGE_RETRIES[record.attempts]
            asked = (error.retry_after_s or 0) if isinstance(error, errors.FetchError) else 0
            pause = max(pause, min(timedelta(seconds=asked), PAGE_RETRIES[-1]))
            await asyncio.to_thread(
                self._stores.articles.record_entry_failure, record.id, error.reason, retry_at=now + pause, now=now
            )
            return
        await self._read_announcement(record, error.reason, now)

    async def _read_announcement(self, record: types.EntryRecord, reason: str, now: datetime) -> None:
        """Read what the feed itself says of the entry."""
        try:
            page = await self._tools.pool.run(_announcement_in_worker, record, now, self._tools.seeds_root, reason)
        except errors.ExtractError as again:
            await asyncio.to_thread(
                self._stores.articles.record_entry_failure, record.id, again.reason, retry_at=None, now=now
            )
            return
        await self._record_read(record, page)

    async def _record_read(self, record: types.EntryRecord, page: types.ReadPage) -> None:
        await asyncio.to_thread(self._stores.articles.record_read, record.id, page, self._tools.clock())
        if page.article is not None:
            self.on_read()

    # ------------------------------------------------------------ ledger

    def _ledger_step(self, article: types.Article, read: types.Reading, now: datetime) -> types.LedgerStep:
        sketch = copies.sketch(article.text) if read.claims else ()
        copy_of = self._stores.ledger.find_copy(sketch) if sketch else None
        step = compare.apply_article(
            self._ledger, article, read, rules=self._tools.rules, watch=self._tools.watch, copy_of=copy_of, now=now
        )
        return step


def _has_changed(page: types.ReadPage, text: str) -> bool:
    """Whether the page's own text is another; what the feed says for it takes nothing back. Off topic now: the claims
    are gone."""
    own = page.reason is None or page.reason == reading.OFF_TOPIC
    return own and page.article is not None and page.article.text != text


def _announcement_in_worker(record: types.EntryRecord, now: datetime, root: str | None, reason: str) -> types.ReadPage:
    return reading.read_announcement(record, now, root, reason=reason)


def _most_retries(error: errors.FetchError | errors.ExtractError) -> int:
    """None where asking again is pointless, one for a page that ended its worker, else as many as there are pauses."""
    if isinstance(error, errors.ExtractError):
        return 1
    final = error.refused or error.status in {401, 402, 403, 404, 410, 451}
    return 0 if final else len(PAGE_RETRIES)

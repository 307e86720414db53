"""One cycle over every named misbehaviour: each ends in a stored reason within its limit, and harms no neighbour."""

import asyncio
import contextlib
import random
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme

from monitor import baseline, fetch, pipeline, types, watch, workers
from monitor.ledger import rules, state
from storage import store
from tests import hostile_server as hostile
from tests import server as srv

GOOD_FEEDS = 12
LIMIT_S = 6.0  # for one feed's whole answer
# Bodies of at most 5 MB, 20 at once, each held once: what a whole cycle may take, servers of the test included.
MOST_BYTES = 130_000_000


@dataclass(frozen=True)
class Cycle:
    """What one cycle left behind."""

    records: dict[str, types.FeedRecord]  # by title
    good_s: float  # until the last good feed was stored
    all_s: float
    peak: int


def _certificate() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(context)
    return context


def _feed(url: str, title: str) -> types.Feed:
    return types.Feed(url=url, title=title, outlet=title, tier=types.Tier.PRESS)


def _pipeline(stores: store.Stores, pool: workers.WorkerPool, fetcher: fetch.HttpFetcher) -> pipeline.Pipeline:
    return pipeline.Pipeline(
        pipeline.Stores(feeds=stores.feeds, articles=stores.articles, ledger=stores.ledger),
        pipeline.Tools(
            fetcher=fetcher,
            pool=pool,
            rules=rules.load_rules(),
            watch=watch.load_watch(),
            plan_alerts=lambda step, now, silent: [],
            clock=lambda: datetime.now(UTC),
            random=random.Random(1),
            feed_timeout_s=LIMIT_S,
        ),
        state.LedgerState.load(baseline.load_baseline(), []),
    )


def _memory(name: str, *, reset_peak: bool = False) -> int:
    """The process's memory in bytes: VmRSS now, VmHWM at its peak (proc(5)); 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        if reset_peak:
            Path("/proc/self/clear_refs").write_text("5")
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(name):
                return int(line.split()[1]) * 1024
    return 0


async def _run(stores: store.Stores, good: list[str]) -> tuple[float, float]:
    pool = workers.WorkerPool(2, timeout_s=10)
    # All cases live on one host here; more than two at a time are let in, as if each had its own.
    fetcher = fetch.HttpFetcher(
        user_agent="test/1", allow_private=frozenset({"127.0.0.1"}), per_host=20, concurrency=20
    )
    way = _pipeline(stores, pool, fetcher)
    began = time.monotonic()
    cycle = asyncio.create_task(way.poll_due())
    good_s = 0.0
    try:
        while not cycle.done():
            await asyncio.sleep(0.3)
            held = {one.feed.url: one.state for one in stores.feeds.list_feeds()}
            if not good_s and all(held[url].ok_at for url in good):
                good_s = time.monotonic() - began
        await cycle
        return good_s, time.monotonic() - began
    finally:
        await fetcher.close()
        pool.close()


@pytest.fixture(scope="module")
def cycle() -> Iterator[Cycle]:
    stores = store.open_stores("sqlite://")
    with srv.TestServer() as server, srv.TestServer(tls=_certificate()) as secure:
        bad = hostile.serve(server, secure)
        good = [server.route(f"/good/{n}", srv.conditional(hostile.GOOD)) for n in range(GOOD_FEEDS)]
        # A good one after every few bad ones, in the order in which they are asked.
        beside = iter(good)
        for number, (name, url) in enumerate(bad.items()):
            stores.feeds.add_feed(_feed(url, name))
            if number % 8 == 0 and (other := next(beside, None)):
                stores.feeds.add_feed(_feed(other, other))
        before = _memory("VmRSS", reset_peak=True)
        good_s, all_s = asyncio.run(_run(stores, good))
        peak = _memory("VmHWM") - before
        records = {one.feed.title: one for one in stores.feeds.list_feeds()}
    yield Cycle(records=records, good_s=good_s, all_s=all_s, peak=peak)
    stores.database.close()


@pytest.mark.parametrize("name", hostile.REASONS)
def test_each_misbehaviour_ends_in_a_stored_reason(name: str, cycle: Cycle) -> None:
    expected = hostile.REASONS[name]
    held = cycle.records[name].state
    assert held.polled_at is not None and held.next_poll_at is not None
    if expected:
        told = held.last_error or held.warning or ""
        assert any(words in told for words in expected.split(" | ")), told
        assert held.next_poll_at > held.polled_at
    else:
        assert (held.last_error, held.failures) == (None, 0)
        assert held.entries_seen > 0


def test_there_are_many(cycle: Cycle) -> None:
    assert len(hostile.REASONS) >= 40


def test_the_feeds_beside_them_are_read_before_the_slow_ones_end(cycle: Cycle) -> None:
    assert all(record.state.ok_at for title, record in cycle.records.items() if title.startswith("http"))
    assert 0 < cycle.good_s < cycle.all_s


def test_memory_stays_within_bounds(cycle: Cycle) -> None:
    assert cycle.peak < MOST_BYTES

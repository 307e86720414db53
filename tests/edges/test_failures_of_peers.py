"""What peers were measured to fail at (one bad feed beside good ones), each by name: two real cycles over real HTTP.

The table's other lines (time, size, connection, redirects, bombs) are cases of tests/hostile_server.py; a test below
names them, so that none of them can go.
"""

import asyncio
import itertools
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import formatdate

import pytest

from monitor import fetch, polling, types, workers
from storage import store
from tests import hostile_server as hostile
from tests import server as srv

TITLE = "Коаліція охочих"
UTF8, CP1251 = (
    hostile.rss(f"<item><title>{TITLE}</title><link>https://n.test/{name}</link></item>") for name in ("utf8", "cp1251")
)
# A line of the table -> the cases of the hostile server that stand for it.
LINES = {
    "no answer for 120 s": ["no answer"],
    "a byte a second for 120 s": ["a body byte now and then", "a header byte now and then"],
    "500": ["500", "500 with a whole feed"],
    "429, Retry-After 3600": ["429, wait an hour", "429, wait until a date"],
    "410 gone": ["410"],
    "gzip cut in half": ["gzip cut in half"],
    "body shorter than its length": ["a body shorter than its length"],
    "400 MiB body, no end": ["a body without end"],
    "0.5 MB gzip of 512 MiB": ["a gzip bomb", "a gzip bomb in an open comment"],
    "billion laughs": ["a billion laughs"],
    "redirect loop": ["a redirect to itself", "redirects without end"],
    "redirect to 127.0.0.66:2222": ["a redirect to a private address", "a redirect to a mapped private address"],
    "redirect to file:///": ["a redirect to a file"],
    "says utf-8, is windows-1251": ["windows-1251 that claims to be utf-8"],
    "a login page": ["a login page"],
    "empty 200": ["an empty 200"],
    "connection reset": ["reset before any answer", "reset in the body"],
    "broken XML": ["CDATA that never ends", "cut in the middle"],
}


def test_every_line_of_the_table_stands_for_itself_among_the_hostile_cases() -> None:
    assert {name for names in LINES.values() for name in names} - set(hostile.REASONS) == set()


def new_ids() -> srv.Route:
    """The same news under new ids at every poll; a body that differs each time."""
    count = itertools.count()

    def answer(request: srv.Request) -> srv.Response:
        now = next(count)
        items = "".join(
            f"<item><guid isPermaLink='false'>{now}-{n}</guid><title>Entry {n}</title><link>https://n.test/new/{n}</link>"
            f"<pubDate>{formatdate(1_790_000_000)}</pubDate></item>"
            for n in range(5)
        )
        return srv.content(hostile.rss(items))(request)

    return answer


BAD = {
    "new ids every poll": new_ids(),
    "429, Retry-After 3600": srv.status(429, Retry_After="3600"),
    "410 gone": srv.status(410),
    "500": srv.status(500),
    "header latin-1, document utf-8": srv.content(UTF8, "application/rss+xml; charset=iso-8859-1"),
    "says utf-8, is windows-1251": srv.content(CP1251.decode().encode("cp1251"), "application/rss+xml; charset=utf-8"),
    "good": srv.conditional(hostile.GOOD),
}


@dataclass
class Cycles:
    """What two cycles, sixteen minutes apart, left behind."""

    stores: store.Stores
    server: srv.TestServer
    counts: list[polling.PollCount]
    asked: dict[str, int]

    def state(self, name: str) -> types.FeedState:
        return next(one.state for one in self.stores.feeds.list_feeds() if one.feed.title == name)

    def titles(self, name: str) -> list[str]:
        waiting = self.stores.articles.pending_entries(datetime.now(UTC) + timedelta(days=1), 100)
        return [one.entry.title for one in waiting if one.outlet == name]


@pytest.fixture(scope="module")
def cycles() -> Iterator[Cycles]:
    stores = store.open_stores("sqlite://")
    now = [datetime.now(UTC)]
    with srv.TestServer() as server:
        routes = {name: server.route(f"/{number}", route) for number, (name, route) in enumerate(BAD.items())}
        for name, url in routes.items():
            stores.feeds.add_feed(types.Feed(url=url, title=name, outlet=name, tier=types.Tier.PRESS))

        async def poll_twice() -> list[polling.PollCount]:
            pool = workers.WorkerPool(1)
            fetcher = fetch.HttpFetcher(user_agent="test/1", allow_private=frozenset({"127.0.0.1"}))
            options = polling.Options(
                fetcher=fetcher, pool=pool, clock=lambda: now[0], random=random.Random(1), concurrency=20, per_host=20,
                timeout_s=5,
            )  # fmt: skip
            poller = polling.Poller(stores.feeds, options)
            try:
                first = await poller.poll_due()
                now[0] += timedelta(minutes=31)
                return [first, await poller.poll_due()]
            finally:
                await fetcher.close()
                pool.close()

        counts = asyncio.run(poll_twice())
        paths = {url.rpartition("/")[2]: name for name, url in routes.items()}
        asked = {paths[path.strip("/")]: hits for path, hits in server.hits.items()}
        yield Cycles(stores, server, counts, asked)
    stores.database.close()


def test_new_ids_every_poll_bring_nothing_twice(cycles: Cycles) -> None:
    assert cycles.asked["new ids every poll"] == 2
    assert sorted(cycles.titles("new ids every poll")) == [f"Entry {n}" for n in range(5)]
    assert cycles.counts[1].new_entries == 0


def test_429_is_not_asked_again_in_the_next_cycle(cycles: Cycles) -> None:
    state = cycles.state("429, Retry-After 3600")
    assert cycles.asked["429, Retry-After 3600"] == 1
    assert state.next_poll_at is not None and state.polled_at is not None
    assert state.next_poll_at - state.polled_at >= timedelta(hours=1)


def test_410_is_not_asked_again_at_all(cycles: Cycles) -> None:
    assert cycles.asked["410 gone"] == 1 and cycles.state("410 gone").gone
    later = datetime.now(UTC) + timedelta(days=400)
    assert "410 gone" not in [one.feed.title for one in cycles.stores.feeds.due_feeds(later, 100)]


def test_500_is_asked_again_later_than_a_good_feed(cycles: Cycles) -> None:
    failed, good = cycles.state("500"), cycles.state("good")
    assert failed.failures >= 1 and failed.next_poll_at and failed.polled_at and good.next_poll_at and good.polled_at
    assert failed.next_poll_at - failed.polled_at > good.next_poll_at - good.polled_at


@pytest.mark.parametrize("name", ["header latin-1, document utf-8", "says utf-8, is windows-1251"])
def test_text_is_right_whatever_header_or_document_claim(name: str, cycles: Cycles) -> None:
    assert cycles.titles(name) == [TITLE]


def test_the_good_feed_beside_them_is_read_and_then_unchanged(cycles: Cycles) -> None:
    assert cycles.asked["good"] == 2 and cycles.titles("good")
    assert cycles.counts[1].unchanged == 1 + 2, "the good one, and the two whose text stays the same"


# ---------------------------------------------------------------- told and stored while others drip


async def test_a_good_feed_is_stored_while_slow_ones_are_still_at_it() -> None:
    """reader, rss2email and urlwatch hold the good ones back for as long as the slow one takes."""
    stores = store.open_stores("sqlite://")
    with srv.TestServer() as server:
        slow = [server.route(f"/slow/{n}", srv.dripping if n % 2 else srv.hanging) for n in range(4)]
        good = server.route("/good", srv.conditional(hostile.GOOD))
        for url in (*slow, good):
            stores.feeds.add_feed(types.Feed(url=url, title=url, outlet=url, tier=types.Tier.PRESS))
        pool = workers.WorkerPool(1)
        fetcher = fetch.HttpFetcher(user_agent="test/1", allow_private=frozenset({"127.0.0.1"}), per_host=20)
        options = polling.Options(
            fetcher=fetcher, pool=pool, clock=lambda: datetime.now(UTC), random=random.Random(1), concurrency=20,
            per_host=20, timeout_s=2.5,
        )  # fmt: skip
        poller, woken = polling.Poller(stores.feeds, options), asyncio.Event()
        poller.on_new_entries = woken.set
        began = time.monotonic()
        cycle = asyncio.create_task(poller.poll_due())
        try:
            await asyncio.wait_for(woken.wait(), 10)
            assert not cycle.done() or time.monotonic() - began > 2.5, "it is told at once, not with the last"
            count = await cycle
            assert (count.polled, count.failed) == (5, 4)
        finally:
            await fetcher.close()
            pool.close()
    stores.database.close()

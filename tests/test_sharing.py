"""What watches share: one request for a feed of several lists, one for a page; whoever is behind gets all of it."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import settings, wiring
from monitor import errors, sharing, types
from storage import store

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)
SHARED, MINE, THEIRS = (f"https://{name}.example.org/rss" for name in ("shared", "mine", "theirs"))


def feed(url: str, **changed: object) -> types.Feed:
    made = types.Feed(url=url, title="t", outlet="o", tier=types.Tier.PRESS, language="en", interval_s=900)
    return replace(made, **changed)  # type: ignore[arg-type]


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[store.Stores, store.Stores]]:
    """Two watches' stores; both list the shared feed, the second one more eagerly."""
    mine, theirs = (store.open_stores(f"sqlite:///{tmp_path}/{name}.db") for name in ("mine", "theirs"))
    mine.feeds.sync_feeds([feed(SHARED), feed(MINE)])
    theirs.feeds.sync_feeds([feed(SHARED, interval_s=300, outlet="their name"), feed(THEIRS)])
    yield mine, theirs
    mine.database.close()
    theirs.database.close()


def polled(url: str, *keys: str, mark: str = "m1", at: datetime = NOW) -> types.PollOutcome:
    state = types.FeedState(etag=mark, body_hash=mark, polled_at=at, ok_at=at, next_poll_at=at + timedelta(minutes=5))
    entries = tuple(
        types.Entry(key=key, url=f"https://shared.example.org/{key}", title=key, summary="", content_key=key)
        for key in keys
    )
    return types.PollOutcome(feed_url=url, state=state, entries=entries)


def keys_of(stores: store.Stores) -> list[str]:
    return [record.entry.key for record in stores.articles.pending_entries(NOW, 100)]


def due(shared: sharing.SharedFeeds, at: datetime = NOW) -> dict[str, types.FeedRecord]:
    return {record.feed.url: record for record in shared.due_feeds(at, 100)}


def test_a_feed_of_two_lists_is_due_once_as_often_as_either_wants(pair: tuple[store.Stores, store.Stores]) -> None:
    shared = sharing.SharedFeeds([one.feeds for one in pair])
    found = due(shared)
    assert sorted(found) == sorted([SHARED, MINE, THEIRS])
    assert found[SHARED].feed.interval_s == 300
    assert len(shared.list_feeds()) == 3


def test_entries_go_to_each_watch_that_lists_the_feed(pair: tuple[store.Stores, store.Stores]) -> None:
    shared = sharing.SharedFeeds([one.feeds for one in pair])
    due(shared)
    assert shared.record_polls([polled(SHARED, "a", "b")], NOW) == [2]
    assert shared.record_polls([polled(MINE, "c")], NOW) == [1]
    assert [keys_of(one) for one in pair] == [["a", "b", "c"], ["a", "b"]]
    assert due(shared).keys() == {THEIRS}
    assert pair[1].articles.pending_entries(NOW, 1)[0].outlet == "their name", "each list names the outlet its way"


def test_after_a_crash_between_two_watches_the_feed_is_asked_for_all_it_holds(
    pair: tuple[store.Stores, store.Stores],
) -> None:
    shared = sharing.SharedFeeds([one.feeds for one in pair])
    due(shared)
    shared.record_polls([polled(SHARED, "a")], NOW)
    later = NOW + timedelta(minutes=6)
    assert due(shared, later)[SHARED].state.etag == "m1", "both have seen the same: a conditional request"
    pair[0].feeds.record_polls([polled(SHARED, "b", mark="m2", at=later)], later)  # and the end of the program
    anew = sharing.SharedFeeds([one.feeds for one in pair])
    record = due(anew, later)[SHARED]
    assert (record.state.etag, record.state.body_hash) == (None, None)
    anew.record_polls([polled(SHARED, "b", mark="m2", at=later)], later)
    assert [keys_of(one) for one in pair] == [["a", "b"], ["a", "b"]]


def test_quiet_polls_and_who_has_paused_the_feed(pair: tuple[store.Stores, store.Stores]) -> None:
    theirs = pair[1]
    theirs.feeds.pause_feed(SHARED, paused=True)
    shared = sharing.SharedFeeds([one.feeds for one in pair])
    assert due(shared)[SHARED].feed.interval_s == 900
    shared.record_quiet_polls([polled(SHARED), polled(MINE), polled(THEIRS)])
    shared.record_polls([polled(SHARED, "a")], NOW)
    assert due(shared) == {}
    assert [keys_of(one) for one in pair] == [["a"], []]
    theirs.feeds.pause_feed(SHARED, paused=False)
    assert due(shared)[SHARED].state.etag is None, "what it missed is asked for"


def test_rungs_of_a_ladder_stand_in_for_each_other_within_one_watch(pair: tuple[store.Stores, store.Stores]) -> None:
    mine, theirs = pair
    mine.feeds.sync_feeds([feed(MINE, ladder="L"), feed(SHARED, ladder="L", rung=2)])
    theirs.feeds.sync_feeds([feed(THEIRS, ladder="L")])
    mine.feeds.record_polls([polled(MINE)], NOW)
    theirs.feeds.record_polls([polled(SHARED)], NOW)
    shared = sharing.SharedFeeds([one.feeds for one in pair])
    assert due(shared, NOW + timedelta(seconds=1)).keys() == {THEIRS}, "the other watch's ladder is another one"


# ---------------------------------------------------------------- pages


class Site:
    """A fetcher that counts, and answers when it is let."""

    def __init__(self) -> None:
        self.asked = 0
        self.fails = False
        self.may_answer = asyncio.Event()

    async def fetch(self, request: types.FetchRequest) -> types.Fetched:
        self.asked += 1
        number = self.asked
        await self.may_answer.wait()
        if self.fails:
            raise errors.FetchError(request.url, "down", status=503)
        return types.Fetched(url=request.url, final_url=request.url, status=200, body=b"%d" % number)

    async def close(self) -> None: ...


PAGE = types.FetchRequest(url="https://shared.example.org/a")


async def test_a_page_of_two_watches_is_asked_for_once_and_again_when_one_comes_back() -> None:
    site = Site()
    pages = sharing.SharedPages(site)
    mine, theirs = (pages.for_watch(name, ("mine", "theirs")) for name in ("mine", "theirs"))
    both = asyncio.gather(mine.fetch(PAGE), theirs.fetch(PAGE))
    await asyncio.sleep(0)
    site.may_answer.set()
    assert [one.body for one in await both] == [b"1", b"1"]
    assert (await mine.fetch(PAGE)).body == b"2", "a page that is read again is read anew"
    assert (await mine.fetch(PAGE)).body == b"3"
    assert (await theirs.fetch(PAGE)).body == b"3"
    await pages.close()


async def test_who_gives_up_takes_the_page_from_nobody_and_a_failure_is_each_one_s() -> None:
    site = Site()
    pages = sharing.SharedPages(site)
    mine, theirs = (pages.for_watch(name, ("mine", "theirs")) for name in ("mine", "theirs"))
    first = asyncio.create_task(mine.fetch(PAGE))
    await asyncio.sleep(0)
    second = asyncio.create_task(theirs.fetch(PAGE))
    await asyncio.sleep(0)
    first.cancel()
    site.may_answer.set()
    assert (await second).body == b"1"
    site.fails = True
    for one in (mine, theirs):
        with pytest.raises(errors.FetchError):
            await one.fetch(PAGE)
    assert site.asked == 2
    await pages.close()


async def test_what_nobody_comes_for_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "_KEEP_BYTES", 3)
    site, now = Site(), [0.0]
    site.may_answer.set()
    pages = sharing.SharedPages(site, lambda: now[0])
    mine, theirs = (pages.for_watch(name, ("mine", "theirs")) for name in ("mine", "theirs"))
    await mine.fetch(PAGE)
    now[0] = 301.0
    assert (await theirs.fetch(PAGE)).body == b"2", "too old to be another's news"
    for number in range(8):
        await mine.fetch(replace(PAGE, url=f"https://shared.example.org/{number}"))
    assert len(pages._pages) <= 4, "no more than the bound, and the one asked for now"
    await pages.close()
    assert pages._pages == {}


# ---------------------------------------------------------------- one watch


def test_a_single_watch_shares_nothing_and_costs_what_it_did(tmp_path: Path) -> None:
    app = wiring.build(settings.load_settings({"CW_DATABASE_URL": f"sqlite:///{tmp_path}/watch.db"}))
    assert app.others == () and app.pages is None
    assert app.pipeline._tools.pages is None and app.pipeline._tools.seeds_root is None
    assert app.pipeline.poller._feeds is app.base.stores.feeds
    asyncio.run(app.close())
    assert [file.name for file in tmp_path.glob("*.db")] == ["watch.db"]

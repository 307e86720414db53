"""Feeds keep their state, and an entry is new only once, however the feed announces it again."""

from datetime import UTC

import pytest

from monitor import types
from storage import store
from tests.storage import rows

OTHER = "https://other.example/feed"


def urls(records: list[types.FeedRecord]) -> list[str]:
    return [record.feed.url for record in records]


def test_feeds_come_back_equal_in_order_of_outlet_and_title(stores: store.Stores) -> None:
    full = rows.feed(
        OTHER, title="A", outlet="Agency", tier=types.Tier.WIRE, language="uk", country="UA", interval_s=60,
        enabled=False, source="by hand",
    )  # fmt: skip
    second = rows.feed("https://paper.example/b", title="Another")
    stores.feeds.sync_feeds([rows.feed(), full, second])
    records = stores.feeds.list_feeds()
    assert [record.feed for record in records] == [full, second, rows.feed()]
    assert {record.state for record in records} == {types.FeedState()}


def test_syncing_again_updates_feeds_and_keeps_their_state(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([rows.feed(), rows.feed(OTHER)])
    state = types.FeedState(
        etag='"1"', last_modified="yesterday", body_hash="0" * 64, next_poll_at=rows.at(5), polled_at=rows.NOW,
        ok_at=rows.NOW, newest_entry_at=rows.at(-5), failures=3, last_error="no answer", entries_seen=7,
    )  # fmt: skip
    rows.record(stores, rows.outcome(state=state), rows.NOW)
    stores.feeds.sync_feeds([rows.feed(title="New title", interval_s=120)])
    by_url = {record.feed.url: record for record in stores.feeds.list_feeds()}
    assert by_url[rows.FEED] == types.FeedRecord(feed=rows.feed(title="New title", interval_s=120), state=state)
    assert by_url[OTHER].feed == rows.feed(OTHER), "none is deleted"
    newest = by_url[rows.FEED].state.newest_entry_at
    assert newest is not None and newest.tzinfo is UTC


def test_due_are_those_never_polled_then_those_that_wait_longest(stores: store.Stores) -> None:
    due = {"a": 0, "b": -10, "c": -5, "later": 1}
    stores.feeds.sync_feeds([rows.feed(name) for name in ("new", *due, "gone")] + [rows.feed("off", enabled=False)])
    for name, minutes in due.items():
        rows.record(stores, rows.outcome(url=name, state=types.FeedState(next_poll_at=rows.at(minutes))), rows.NOW)
    gone = types.FeedState(gone=True, next_poll_at=rows.at(-60))
    rows.record(stores, rows.outcome(url="gone", state=gone), rows.NOW)
    assert urls(stores.feeds.due_feeds(rows.NOW, 10)) == ["new", "b", "c", "a"]
    assert urls(stores.feeds.due_feeds(rows.NOW, 2)) == ["new", "b"]


def test_a_removed_feed_stays_away_until_it_is_added_again(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([rows.feed()])
    assert stores.feeds.remove_feed(rows.FEED)
    assert not stores.feeds.remove_feed("https://unknown.example/")
    stores.feeds.sync_feeds([rows.feed(title="New title")])  # the next start
    [record] = stores.feeds.list_feeds()
    assert (record.feed.enabled, record.feed.title) == (False, "New title")
    assert stores.feeds.due_feeds(rows.NOW, 10) == []
    stores.feeds.add_feed(rows.feed())
    assert urls(stores.feeds.due_feeds(rows.NOW, 10)) == [rows.FEED]


def test_what_is_added_by_hand_wins_over_the_shipped_list(stores: store.Stores) -> None:
    mine = rows.feed(title="Mine", interval_s=60)
    stores.feeds.add_feed(mine)
    stores.feeds.sync_feeds([rows.feed(enabled=False)])
    assert [record.feed for record in stores.feeds.list_feeds()] == [mine]
    stores.feeds.remove_feed(rows.FEED)
    assert not stores.feeds.list_feeds()[0].feed.enabled


def test_a_feed_that_was_gone_is_polled_when_added_by_hand(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([rows.feed()])
    rows.record(stores, rows.outcome(state=types.FeedState(gone=True, failures=4)), rows.NOW)
    stores.feeds.add_feed(rows.feed())
    [record] = stores.feeds.due_feeds(rows.NOW, 10)
    assert (record.state.gone, record.state.failures) == (False, 0)


def test_a_permanent_redirect_changes_where_is_polled_not_who_it_is(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([rows.feed()])
    rows.record(stores, rows.outcome(new_url="https://paper.example/moved"), rows.NOW)
    rows.record(stores, rows.outcome(), rows.NOW)
    stores.feeds.sync_feeds([rows.feed()])
    [record] = stores.feeds.list_feeds()
    assert (record.feed.url, record.poll_url) == (rows.FEED, "https://paper.example/moved")


def test_a_poll_of_an_unknown_feed_stores_nothing(stores: store.Stores) -> None:
    assert rows.record(stores, rows.outcome(rows.entry(1)), rows.NOW) == 0
    assert stores.articles.count_pending() == {"new": 0, "read": 0}


# ---------------------------------------------------------------- floods

AGAIN = {
    "the same": [rows.entry(1), rows.entry(2)],
    "in another order": [rows.entry(2), rows.entry(1)],
    "new GUIDs": [rows.entry(1, key="x1", url="x1"), rows.entry(2, key="x2", url="x2")],
    "new GUIDs and texts": [rows.entry(1, key="x1", content_key="y1"), rows.entry(2, key="x2", content_key="y2")],
    "new addresses and texts": [rows.entry(1, url="x1", content_key="y1"), rows.entry(2, url="x2", content_key="y2")],
}


@pytest.mark.parametrize("entries", AGAIN.values(), ids=AGAIN.keys())
def test_entries_announced_again_are_not_new(stores: store.Stores, entries: list[types.Entry]) -> None:
    stores.feeds.sync_feeds([rows.feed()])
    assert rows.record(stores, rows.outcome(rows.entry(1), rows.entry(2)), rows.NOW) == 2
    for _ in range(2):
        assert rows.record(stores, rows.outcome(*entries), rows.at(15)) == 0
    assert rows.record(stores, rows.outcome(rows.entry(3), *entries), rows.at(30)) == 1


def test_an_address_is_known_from_any_feed_a_key_or_text_from_its_own(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([rows.feed(), rows.feed(OTHER)])
    rows.record(stores, rows.outcome(rows.entry(1)), rows.NOW)
    theirs = [
        rows.entry(1),
        rows.entry(1, key="other", content_key="other"),
        rows.entry(1, url="https://other.example/1"),
    ]
    assert [rows.record(stores, rows.outcome(one, url=OTHER), rows.NOW) for one in theirs] == [0, 0, 1]


@pytest.mark.parametrize(
    "twin",
    [rows.entry(1), rows.entry(2, key="guid-1"), rows.entry(2, url="https://paper.example/1"),
     rows.entry(2, content_key="content-1")],
    ids=["same", "key", "url", "content"],
)  # fmt: skip
def test_an_entry_twice_in_one_body_is_one(stores: store.Stores, twin: types.Entry) -> None:
    stores.feeds.sync_feeds([rows.feed()])
    assert rows.record(stores, rows.outcome(rows.entry(1), twin), rows.NOW) == 1


def test_entries_without_address_or_text_are_told_apart_by_key(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([rows.feed()])
    bare = [rows.entry(number, url="", content_key="") for number in (1, 2)]
    assert rows.record(stores, rows.outcome(*bare), rows.NOW) == 2
    assert rows.record(stores, rows.outcome(*bare), rows.NOW) == 0


def test_a_huge_body_is_stored_once(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([rows.feed()])
    many = [rows.entry(number) for number in range(1200)]
    assert rows.record(stores, rows.outcome(*many), rows.NOW) == 1200
    assert rows.record(stores, rows.outcome(*reversed(many)), rows.NOW) == 0


@pytest.mark.parametrize("bad", ["\x00", "\ud800", "' OR 1=1 --", "%_\\"], ids=ascii)
def test_characters_that_no_database_takes_do_not_stop_a_feed(stores: store.Stores, bad: str) -> None:
    stores.feeds.sync_feeds([rows.feed()])
    odd = rows.entry(1, key=f"k{bad}", url=f"u{bad}", title=f"t{bad}", summary=bad, content_key=f"c{bad}")
    assert rows.record(stores, rows.outcome(odd), rows.NOW) == 1
    assert rows.record(stores, rows.outcome(odd, rows.entry(2)), rows.NOW) == 1
    assert stores.articles.pending_entries(rows.NOW, 10)[0].entry == odd


def test_a_poll_is_stored_whole_or_not_at_all(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([rows.feed()])
    broken = rows.entry(2, summary=object())
    with pytest.raises(TypeError):
        rows.record(stores, rows.outcome(rows.entry(1), broken), rows.NOW)
    assert stores.feeds.list_feeds()[0].state == types.FeedState()
    assert stores.articles.count_pending()["new"] == 0


def test_polls_stored_together_are_stored_as_one_by_one(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([rows.feed(), rows.feed(OTHER)])
    rows.record(stores, rows.outcome(rows.entry(1)), rows.NOW)
    shared, moved = rows.entry(3), "https://new.example/feed"
    polls = [
        rows.outcome(rows.entry(1), rows.entry(2), shared),
        rows.outcome(rows.entry(4), shared, url=OTHER, new_url=moved),
        rows.outcome(rows.entry(5), url="https://unknown.example"),
    ]
    assert stores.feeds.record_polls(polls, rows.at(1)) == [2, 1, 0], "an address is new once"
    assert stores.feeds.record_polls(polls, rows.at(2)) == [0, 0, 0]
    assert {one.feed.url: one.poll_url for one in stores.feeds.list_feeds()} == {rows.FEED: None, OTHER: moved}
    waiting = stores.articles.pending_entries(rows.at(2), 10)
    assert [(one.feed_url, one.entry.key, one.first_poll) for one in waiting] == [
        (rows.FEED, "guid-1", True), (rows.FEED, "guid-2", False), (rows.FEED, "guid-3", False), (OTHER, "guid-4", True)
    ]  # fmt: skip


def test_polls_stored_together_are_stored_all_or_none(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([rows.feed(), rows.feed(OTHER)])
    with pytest.raises(TypeError):
        stores.feeds.record_polls(
            [rows.outcome(rows.entry(1)), rows.outcome(rows.entry(2, summary=object()), url=OTHER)], rows.NOW
        )
    assert {one.state for one in stores.feeds.list_feeds()} == {types.FeedState()}
    assert stores.articles.count_pending()["new"] == 0


def test_entries_of_the_first_successful_poll_are_marked(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([rows.feed()])
    failed = types.FeedState(polled_at=rows.NOW, failures=1, last_error="no answer")
    rows.record(stores, rows.outcome(state=failed), rows.NOW)
    rows.record(stores, rows.outcome(rows.entry(1)), rows.at(1))
    rows.record(stores, rows.outcome(rows.entry(2)), rows.at(2))
    first, second = stores.articles.pending_entries(rows.at(2), 10)
    assert (first.first_poll, first.first_seen) == (True, rows.at(1))
    assert (second.first_poll, second.first_seen) == (False, rows.at(2))


def test_quiet_polls_are_stored_together_with_their_moves(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([rows.feed(), rows.feed(OTHER)])
    read, moved = types.FeedState(etag='"2"', ok_at=rows.NOW, gap_s=60, skips="1 2"), types.FeedState(ttl_s=900)
    stores.feeds.record_quiet_polls(
        [rows.outcome(state=read), rows.outcome(url=OTHER, state=moved, new_url="https://new.example/feed")]
    )
    by_url = {record.feed.url: record for record in stores.feeds.list_feeds()}
    assert (by_url[rows.FEED].state, by_url[rows.FEED].poll_url) == (read, None)
    assert (by_url[OTHER].state, by_url[OTHER].poll_url) == (moved, "https://new.example/feed")
    stores.feeds.record_quiet_polls([])


def test_a_paused_feed_is_not_due_until_it_is_resumed(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([rows.feed(), rows.feed(OTHER, enabled=False)])
    assert stores.feeds.pause_feed(rows.FEED, paused=True)
    stores.feeds.sync_feeds([rows.feed()])
    assert stores.feeds.due_feeds(rows.NOW, 10) == [], "the shipped list does not bring it back"
    assert stores.feeds.pause_feed(rows.FEED, paused=False)
    assert stores.feeds.pause_feed(OTHER, paused=False), "one that the list has off can be switched on"
    assert urls(stores.feeds.due_feeds(rows.NOW, 10)) == [rows.FEED, OTHER]
    assert stores.feeds.remove_feed(OTHER)
    assert not stores.feeds.pause_feed(OTHER, paused=False), "a removed one is added, not resumed"

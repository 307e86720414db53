"""The contract of FeedStore: feeds keep their state, an entry is known by key, address or content."""

from dataclasses import replace

import pytest

from monitor import types
from storage import store
from tests.storage import builders as make

OTHER = "https://example.org/other"


def known(stores: store.Stores) -> list[str]:
    return [record.entry.key for record in stores.articles.pending_entries(make.NOW, 100)]


def test_a_feed_comes_back_as_it_was_given(stores: store.Stores) -> None:
    feed = make.feed(title="“Näws”", country="DK", interval_s=60, source="list", language="da", tier=types.Tier.WIRE)
    stores.feeds.add_feed(feed)
    assert stores.feeds.list_feeds() == [types.FeedRecord(feed=feed, state=types.FeedState())]


def test_syncing_again_updates_the_feed_and_keeps_its_state(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([make.feed()])
    stores.feeds.record_poll(make.outcome(etag="x", failures=2, next_poll_at=make.minutes(15)), make.NOW)
    stores.feeds.sync_feeds([make.feed(title="Renamed"), make.feed(OTHER, outlet="A")])
    first, second = stores.feeds.list_feeds()
    assert first.feed.url == OTHER, "in the order of outlets"
    assert second.feed.title == "Renamed"
    assert (second.state.etag, second.state.failures, second.state.ok_at) == ("x", 2, make.NOW)
    stores.feeds.sync_feeds([])
    assert len(stores.feeds.list_feeds()) == 2, "none is deleted"


def test_state_comes_back_whole(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([make.feed()])
    state = types.FeedState(
        etag='"x"',
        last_modified="Mon",
        body_hash="ab" * 32,
        next_poll_at=make.minutes(1),
        polled_at=make.NOW,
        ok_at=make.NOW,
        newest_entry_at=make.minutes(-3),
        failures=3,
        last_error="refused",
        entries_seen=7,
        gone=True,
    )
    stores.feeds.record_poll(types.PollOutcome(feed_url=make.FEED, state=state), make.NOW)
    assert stores.feeds.list_feeds()[0].state == state


def test_a_removed_feed_is_not_polled_even_after_the_next_start(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([make.feed()])
    assert stores.feeds.remove_feed(make.FEED) is True
    assert stores.feeds.remove_feed("https://example.org/unknown") is False
    stores.feeds.sync_feeds([make.feed()])
    assert stores.feeds.due_feeds(make.NOW, 10) == []
    assert stores.feeds.list_feeds()[0].feed.enabled is False
    stores.feeds.add_feed(make.feed())
    assert [record.feed.url for record in stores.feeds.due_feeds(make.NOW, 10)] == [make.FEED]


def test_due_feeds_longest_due_first(stores: store.Stores) -> None:
    times = {"late": -5, "later": -1, "now": 0, "not-yet": 1, "new": None, "gone": -9, "off": -9}
    for name, offset in times.items():
        url = f"https://example.org/{name}"
        stores.feeds.sync_feeds([make.feed(url, enabled=name != "off")])
        if offset is not None:
            due = make.minutes(offset)
            stores.feeds.record_poll(make.outcome(url=url, next_poll_at=due, gone=name == "gone"), make.NOW)
    due_now = [record.feed.url.rpartition("/")[2] for record in stores.feeds.due_feeds(make.NOW, 10)]
    assert due_now == ["new", "late", "later", "now"]
    assert len(stores.feeds.due_feeds(make.NOW, 2)) == 2


def test_a_moved_feed_keeps_its_identity(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([make.feed()])
    stores.feeds.record_poll(make.outcome(new_url=OTHER), make.NOW)
    stores.feeds.record_poll(make.outcome(), make.NOW)
    record = stores.feeds.list_feeds()[0]
    assert (record.feed.url, record.poll_url) == (make.FEED, OTHER)


def test_a_poll_of_an_unknown_feed_stores_nothing(stores: store.Stores) -> None:
    assert stores.feeds.record_poll(make.outcome(make.entry()), make.NOW) == 0
    assert known(stores) == []


@pytest.mark.parametrize(
    "again",
    [
        pytest.param([make.entry(1), make.entry(2)], id="the same body"),
        pytest.param([make.entry(2), make.entry(1)], id="re-ordered"),
        pytest.param([make.entry(1, key="k9"), make.entry(2, key="k8")], id="changed GUIDs"),
        pytest.param([make.entry(1, url="https://example.org/9", content_key="c9")], id="same key, all else new"),
        pytest.param([make.entry(1, key="k9", content_key="c9")], id="same address, all else new"),
        pytest.param([make.entry(1, key="k9", url="https://example.org/9")], id="same content, all else new"),
    ],
)
def test_a_known_entry_is_not_taken_again(stores: store.Stores, again: list[types.Entry]) -> None:
    make.bring_in(stores, 1, 2)
    assert stores.feeds.record_poll(make.outcome(*again), make.minutes(1)) == 0
    assert known(stores) == ["key-1", "key-2"]


def test_an_address_known_from_another_feed_is_not_taken_again(stores: store.Stores) -> None:
    make.bring_in(stores, 1)
    stores.feeds.sync_feeds([make.feed(OTHER)])
    same_address = make.entry(1, key="k9", content_key="c9")
    assert stores.feeds.record_poll(make.outcome(same_address, url=OTHER), make.NOW) == 0


def test_key_and_content_count_in_their_own_feed_only(stores: store.Stores) -> None:
    make.bring_in(stores, 1)
    stores.feeds.sync_feeds([make.feed(OTHER)])
    elsewhere = make.entry(1, url="https://example.org/copy")
    assert stores.feeds.record_poll(make.outcome(elsewhere, url=OTHER), make.NOW) == 1


def test_a_body_that_repeats_itself_counts_once(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([make.feed()])
    twice = [make.entry(1), make.entry(1, key="k2"), make.entry(2, content_key="content-1")]
    assert stores.feeds.record_poll(make.outcome(*twice), make.NOW) == 1


def test_entries_without_content_key_are_not_alike(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([make.feed()])
    two = [make.entry(1, content_key=""), make.entry(2, content_key="")]
    assert stores.feeds.record_poll(make.outcome(*two), make.NOW) == 2


def test_first_poll_is_marked_until_one_succeeded(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([make.feed()])
    stores.feeds.record_poll(make.outcome(ok_at=None, failures=1), make.NOW)
    stores.feeds.record_poll(make.outcome(make.entry(1)), make.NOW)
    stores.feeds.record_poll(make.outcome(make.entry(2)), make.minutes(15))
    marks = [record.first_poll for record in stores.articles.pending_entries(make.NOW, 9)]
    assert marks == [True, False]


def test_bad_characters_in_an_entry_are_no_reason_to_fail_every_poll(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([make.feed()])
    bad = make.entry(1, key="k\x00\ud800", title="a\x00b\udfff", summary="\ud800")
    assert stores.feeds.record_poll(make.outcome(bad), make.NOW) == 1
    assert stores.feeds.record_poll(make.outcome(replace(bad, url="", content_key="")), make.NOW) == 0
    assert len(known(stores)) == 1


def test_thousands_of_entries_in_one_body(stores: store.Stores) -> None:
    stores.feeds.sync_feeds([make.feed()])
    many = [make.entry(number) for number in range(1200)]
    assert stores.feeds.record_poll(make.outcome(*many), make.NOW) == 1200
    assert stores.feeds.record_poll(make.outcome(*many, make.entry(5000)), make.NOW) == 1

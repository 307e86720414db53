"""Subscriptions come back as they were; a hint makes its feed due, once in a while."""

from dataclasses import replace

import pytest

from monitor import types, websub
from storage import store
from tests.storage import rows


def test_what_is_stored_comes_back_and_there_is_one_a_feed(stores: store.Stores) -> None:
    first = rows.subscription()
    full = replace(
        first, path="other", step=websub.Step.ACTIVE, lease_until=rows.at(60), failures=2, last_error="no\x00",
        hinted_at=rows.at(1), next_at=rows.at(5),
    )  # fmt: skip
    stores.subscriptions.save_subscription(first)
    stores.subscriptions.save_subscription(full)
    stores.subscriptions.save_subscription(
        rows.subscription(feed_url="https://b.example", path="b", next_at=rows.at(1))
    )
    held = stores.subscriptions.list_subscriptions()
    assert [one.path for one in held] == ["b", "other"], "whose turn is next comes first"
    assert held[1] == replace(full, last_error="no\ufffd") == stores.subscriptions.subscription_at("other")
    assert stores.subscriptions.subscription_at("path") is None
    stores.subscriptions.forget_subscription("b")
    stores.subscriptions.forget_subscription("unknown")
    assert len(stores.subscriptions.list_subscriptions()) == 1


@pytest.mark.parametrize(
    ("state", "paused", "heard"),
    [
        (types.FeedState(ok_at=rows.NOW, next_poll_at=rows.at(60)), False, True),
        (types.FeedState(ok_at=rows.NOW, next_poll_at=rows.at(60), failures=1), False, False),
        (types.FeedState(ok_at=rows.NOW, next_poll_at=rows.at(60), gone=True), False, False),
        (types.FeedState(ok_at=rows.NOW, next_poll_at=rows.at(60)), True, False),
    ],
    ids=["well", "failing", "gone", "paused"],
)
def test_a_hint_makes_a_feed_due_that_is_to_be_asked(
    stores: store.Stores, state: types.FeedState, paused: bool, heard: bool
) -> None:
    stores.feeds.sync_feeds([rows.feed()])
    rows.record(stores, rows.outcome(state=state), rows.NOW)
    if paused:
        stores.feeds.pause_feed(rows.FEED, paused=True)
    stores.subscriptions.save_subscription(rows.subscription())
    assert stores.subscriptions.note_hint("path", rows.at(1)) is heard
    assert [one.feed.url for one in stores.feeds.due_feeds(rows.at(1), 5)] == ([rows.FEED] if heard else [])
    assert stores.subscriptions.note_hint("path", rows.at(1.1)) is False
    assert stores.subscriptions.note_hint("path", rows.at(1.2)) is heard
    assert stores.subscriptions.note_hint("unknown", rows.NOW) is False

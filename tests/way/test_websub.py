"""WebSub against a small hub on loopback: subscribed, verified, hinted, renewed, ended; polled as well all along."""

import asyncio
import itertools
import signal
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from app import service, settings, subscribing
from monitor import hubs, types, websub
from storage import store
from tests import server as srv
from tests.dashboard import live
from tests.hub import Hub, wait_for

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FEED = "https://paper.example/feed"


@dataclass
class Town:
    """A hub, a dashboard that hears it, and a subscriber on a clock of its own."""

    stores: store.Stores
    hub: Hub
    address: str
    state: types.FeedState
    now: list[datetime] = field(default_factory=lambda: [NOW])

    def work(self, *, allow: frozenset[str] = frozenset({"127.0.0.1"}), address: str | None = None) -> None:
        """One turn of the subscriber."""

        async def turn() -> None:
            client = hubs.HubClient(user_agent="test/1", allow_private=allow)
            made = subscribing.Subscriber(
                self.stores.feeds, self.stores.subscriptions, address=address or self.address, client=client,
                clock=lambda: self.now[0],
            )  # fmt: skip
            await made.work()
            await client.close()

        asyncio.run(turn())

    def subscribe(self) -> websub.Subscription:
        """A turn, and the hub's verification."""
        self.work()
        wait_for(lambda: self.hub.verified)
        return self.held()

    def held(self) -> websub.Subscription:
        (one,) = self.stores.subscriptions.list_subscriptions()
        return one

    def due(self) -> list[str]:
        return [one.feed.url for one in self.stores.feeds.due_feeds(datetime.now(UTC), 10)]


@dataclass(frozen=True)
class Place:
    """What the towns stand on, one after the other."""

    stores: store.Stores
    server: srv.TestServer
    address: str


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    stores = store.open_stores(f"sqlite:///{tmp_path_factory.mktemp('town')}/watch.db")
    with srv.TestServer() as server, live.served(stores) as address:
        yield Place(stores, server, address)
    stores.database.close()


@pytest.fixture
def town(place: Place) -> Town:
    for left in place.stores.subscriptions.list_subscriptions():
        place.stores.subscriptions.forget_subscription(left.path)
    place.stores.feeds.add_feed(types.Feed(url=FEED, title="F", outlet="F", tier=types.Tier.PRESS))
    hub, later = Hub(place.server), datetime.now(UTC) + timedelta(days=1)
    state = types.FeedState(ok_at=NOW, polled_at=NOW, next_poll_at=later, hub=hub.url, topic=f"{FEED}?self")
    made = Town(place.stores, hub, place.address, state)
    poll(made, state)
    return made


def poll(town: Town, state: types.FeedState) -> None:
    town.stores.feeds.record_polls([types.PollOutcome(feed_url=FEED, state=state)], NOW)


def test_a_feed_s_hub_is_asked_verifies_and_its_word_makes_the_feed_due(town: Town) -> None:
    held = town.subscribe()
    (form,) = town.hub.asked
    assert (form["hub.mode"], form["hub.topic"], form["hub.callback"]) == ("subscribe", f"{FEED}?self", held.callback)
    assert town.hub.verified == [("subscribe", 200)]
    assert held.step is websub.Step.ACTIVE and held.failures == 0
    assert len(held.path) == 43 and held.path not in (held.secret, form["hub.secret"][:43] + "x")
    assert town.due() == []
    assert town.hub.publish(b"<rss/>") == [204]
    assert town.due() == [FEED]


@pytest.mark.parametrize("digest", ["sha1", "sha256", "sha384", "sha512"])
def test_every_signature_of_the_recommendation_is_known(town: Town, digest: str) -> None:
    town.subscribe()
    assert town.hub.publish(b"news", digest=digest) == [204]
    assert town.due() == [FEED]


def test_what_is_not_signed_is_answered_alike_and_changes_nothing(town: Town) -> None:
    held = town.subscribe()
    assert town.hub.publish(b"news", secret="guessed") == [204]
    assert town.hub.publish(b"news", digest="md5") == [204]
    assert httpx.post(held.callback, content=b"news", trust_env=False).status_code == 204
    assert town.due() == [] and town.held().hinted_at is None


def test_a_hub_that_never_stops_is_heard_once_in_a_while(town: Town) -> None:
    town.subscribe()
    town.hub.publish(b"news")
    poll(town, town.state)
    town.hub.publish(b"news")
    assert town.due() == []


def test_a_feed_that_fails_is_left_in_peace(town: Town) -> None:
    town.subscribe()
    poll(town, replace(town.state, failures=1))
    assert town.hub.publish(b"news") == [204]
    assert town.due() == [], "its server may have asked for a pause"


def test_callbacks_are_open_to_who_knows_them_and_to_nothing_else(town: Town) -> None:
    held = town.subscribe()
    mode = {"hub.mode": "subscribe", "hub.topic": held.topic, "hub.challenge": "x"}
    get = lambda url, **query: httpx.get(url, params=query, trust_env=False).status_code  # noqa: E731
    assert get(held.callback, **mode) == 200, "a hub may verify anew"
    for wrong in ({"hub.topic": "https://elsewhere.example"}, {"hub.mode": "unsubscribe"}, {"hub.challenge": ""}):
        assert get(held.callback, **(mode | wrong)) == 404
    unknown = f"{town.address}/hub/{'x' * 43}"
    assert get(unknown, **mode) == 404
    assert httpx.post(unknown, content=b"x", trust_env=False).status_code == 404
    for other in ("/", "/feeds", "/hub/", f"/hub/{held.path}/x", f"/hub/{held.path[:-1]}"):
        assert httpx.post(town.address + other, content=b"x", trust_env=False).status_code == 405
    huge = httpx.post(held.callback, content=b"x" * 5_000_001, trust_env=False)
    assert huge.status_code == 413 and town.due() == []


def test_a_lease_is_stored_and_renewed_before_it_ends(town: Town) -> None:
    held = town.subscribe()
    assert held.lease_until is not None and held.lease_until - held.next_at == timedelta(seconds=900)
    town.now[0] = held.next_at - timedelta(seconds=1)
    town.work()
    assert len(town.hub.asked) == 1
    town.now[0] = held.next_at
    town.work()
    wait_for(lambda: len(town.hub.verified) == 2)
    assert [form["hub.callback"] for form in town.hub.asked] == [held.callback] * 2
    assert town.held().step is websub.Step.ACTIVE


def test_a_hub_that_dies_is_asked_less_and_less_often_and_the_feed_polled_as_before(town: Town) -> None:
    town.hub.refuses = 503
    times = []
    for _ in range(12):
        town.work()
        times.append(town.now[0])
        town.now[0] = town.held().next_at
    pauses = [(later - earlier) / timedelta(minutes=1) for earlier, later in itertools.pairwise(times)]
    assert pauses == [10, 20, 40, 80, 160, 320, 640, 1280, 1440, 1440, 1440]
    assert town.held().last_error == "the hub answered 503"
    (record,) = town.stores.feeds.list_feeds()
    assert record.state == town.state
    town.hub.refuses = None
    assert town.subscribe().step is websub.Step.ACTIVE


def test_a_hub_that_verifies_something_else_is_not_believed(town: Town) -> None:
    town.hub.lies = True
    held = town.subscribe()
    assert town.hub.verified == [("subscribe", 404)]
    assert held.step is websub.Step.ASKED and held.lease_until is None and town.hub.held == {}


def test_a_hub_may_deny(town: Town) -> None:
    held = town.subscribe()
    query = {"hub.mode": "denied", "hub.topic": held.topic, "hub.reason": "<b>no</b>"}
    assert httpx.get(held.callback, params=query, trust_env=False).status_code == 204
    assert town.held().last_error == "the hub denied the subscription"


def test_a_hub_at_an_address_that_is_not_public_is_not_asked(town: Town) -> None:
    town.work(allow=frozenset())
    assert town.hub.asked == []
    assert "not public (loopback)" in (town.held().last_error or "")


def test_a_feed_that_is_removed_is_unsubscribed(town: Town) -> None:
    held = town.subscribe()
    town.stores.feeds.remove_feed(FEED)
    town.work()
    wait_for(lambda: len(town.hub.verified) == 2)
    assert town.hub.verified[1] == ("unsubscribe", 200) and "hub.secret" not in town.hub.asked[1]
    assert town.stores.subscriptions.list_subscriptions() == [] and town.hub.held == {}
    assert httpx.post(held.callback, content=b"x", trust_env=False).status_code == 404


def test_an_end_that_no_hub_confirms_is_left_at_that(town: Town) -> None:
    town.subscribe()
    town.hub.refuses = 500
    town.stores.feeds.remove_feed(FEED)
    for _ in range(4):
        town.work()
        for one in town.stores.subscriptions.list_subscriptions():
            town.now[0] = one.next_at
    assert town.stores.subscriptions.list_subscriptions() == []
    assert len(town.hub.asked) == 4


def test_another_public_address_or_hub_is_a_new_subscription(town: Town) -> None:
    first = town.subscribe()
    town.work(address="http://127.0.0.1:9")
    moved = town.held()
    assert moved.callback == f"http://127.0.0.1:9/hub/{moved.path}" and moved.path != first.path
    poll(town, replace(town.state, hub=town.hub.url + "?2"))
    town.work()
    assert town.held().hub == town.hub.url + "?2" and town.held().path not in (first.path, moved.path)


# ---------------------------------------------------------------- the real service


async def test_the_service_polls_at_a_hub_s_word(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscribing, "FIRST_S", 0.1)
    monkeypatch.setattr(subscribing, "TICK_S", 0.2)
    with srv.TestServer() as server:
        hub = Hub(server)
        head = '<rss version="2.0" xmlns:a="http://www.w3.org/2005/Atom"><channel><title>T</title>'
        links = f'<a:link rel="hub" href="{hub.url}"/><a:link rel="self" href="{server.url}/feed"/>'
        feed = f"{head}{links}<item><title>One</title><link>http://127.0.0.1/1</link></item></channel></rss>"
        url = server.route("/feed", srv.content(feed))
        (tmp_path / "feeds.yaml").write_text(
            f"feeds:\n- {{url: '{url}', title: T, outlet: T, tier: press, interval_s: 3600}}\n", encoding="utf-8"
        )
        with srv.TestServer() as free:
            port = free.port
        chosen = settings.load_settings(
            {
                "CW_DATABASE_URL": f"sqlite:///{tmp_path}/watch.db", "CW_FEEDS_FILE": f"{tmp_path}/feeds.yaml",
                "CW_ALLOW_PRIVATE_ADDRESSES": "127.0.0.1", "CW_HTTP_PORT": str(port), "CW_WORKERS": "1",
                "CW_HTTP_PUBLIC_URL": f"http://127.0.0.1:{port}", "CW_HTTP_PASSWORD": "a long password",
            }
        )  # fmt: skip
        running = asyncio.create_task(service.run_service(chosen))
        try:
            await asyncio.to_thread(wait_for, lambda: hub.verified, 20)
            assert hub.verified == [("subscribe", 200)], "no password is asked of a hub"
            asked = server.hits["/feed"]
            assert await asyncio.to_thread(hub.publish, b"never read") == [204]
            await asyncio.to_thread(wait_for, lambda: server.hits["/feed"] > asked, 2)
        finally:
            signal.raise_signal(signal.SIGTERM)
            assert await running == 0

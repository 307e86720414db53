"""Asks the hubs of feeds to say when there is news (WebSub), where the installation has a public address.

Polling goes on as ever beside it: a hub that is silent, wrong or dead costs nothing but its hints.
"""

import asyncio
import contextlib
import dataclasses
import secrets
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import datetime
from typing import Any

import structlog

from app import settings, wiring
from app.dashboard.views import links
from monitor import errors, hubs, ports, websub
from storage import store, subscriptions

log = structlog.get_logger("websub")

PATH = "/hub/"  # of callbacks, below the public address
FIRST_S, TICK_S = 10.0, 60.0
_AT_ONCE = 20  # hubs asked in one turn; the others have the next


class Subscriber:
    """Keeps the subscriptions of one watch as its feeds want them; `address` is where hubs reach its callbacks."""

    def __init__(
        self,
        feeds: ports.FeedStore,
        kept: subscriptions.SqlSubscriptions,
        *,
        address: str,
        client: hubs.HubClient,
        clock: Callable[[], datetime],
    ) -> None:
        self._feeds, self._store, self._client, self._clock = feeds, kept, client, clock
        self._prefix = address.rstrip("/") + PATH

    async def work(self) -> None:
        """Begin what is wanted, end what is not, ask the hubs whose time has come."""
        await asyncio.to_thread(self._plan)
        now = self._clock()
        due = [one for one in self._store.list_subscriptions() if one.next_at <= now]
        await asyncio.gather(*(self._ask(one) for one in due[:_AT_ONCE]))

    async def run(self, stopping: asyncio.Event) -> None:
        """Work every minute until it is time to stop; the first polls, which find the hubs, go before."""
        pause = FIRST_S
        try:
            while not await _is_set_within(stopping, pause):
                pause = TICK_S
                try:
                    await self.work()
                except errors.WatchError as error:
                    log.warning("websub_failed", reason=str(error))
                except Exception:  # a job boundary: polling does not need the hubs
                    log.exception("websub_crashed")
        finally:
            await self._client.close()

    def _plan(self) -> None:
        now = self._clock()
        held = {one.feed_url: one for one in self._store.list_subscriptions()}
        wanted = websub.wanted(self._feeds.list_feeds())
        for url, (hub, topic) in wanted.items():
            known = held.get(url)
            fits = (
                known is not None and (known.hub, known.topic) == (hub, topic) and known.step is not websub.Step.ENDING
            )
            if known is None or not fits or not known.callback.startswith(self._prefix):
                self._begin(url, hub, topic, now)
        for url, known in held.items():
            if url not in wanted and known.step is not websub.Step.ENDING:
                ended = dataclasses.replace(known, step=websub.Step.ENDING, failures=0, next_at=now)
                self._store.save_subscription(ended)

    def _begin(self, url: str, hub: str, topic: str, now: datetime) -> None:
        """Anew, with a path and a secret of its own; what went before runs out with its lease."""
        path = secrets.token_urlsafe(32)
        self._store.save_subscription(
            websub.Subscription(
                feed_url=url, hub=hub, topic=topic, callback=self._prefix + path, path=path,
                secret=secrets.token_urlsafe(32), next_at=now,
            )
        )  # fmt: skip

    async def _ask(self, held: websub.Subscription) -> None:
        if held.is_given_up:
            await asyncio.to_thread(self._store.forget_subscription, held.path)
            return
        # Stored before the hub is asked: it may come to verify before it answers.
        asked = websub.tried(held, self._clock())
        await asyncio.to_thread(self._store.save_subscription, asked)
        reason = await self._client.ask(asked)
        if reason is not None:
            log.info("hub_failed", feed=held.feed_url, hub=held.hub, reason=reason)
            await asyncio.to_thread(self._store.note_subscription_error, held.path, reason)


async def _is_set_within(event: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(event.wait(), seconds)
    return event.is_set()


class Hints:
    """Polls without waiting for the next tick: a hub says that a feed has news."""

    def __init__(self, poll: Callable[[], Awaitable[None]]) -> None:
        self._poll = poll
        self._under_way: set[asyncio.Future[None]] = set()

    def take(self) -> None:
        """Poll what is due now; feeds under way are left to their polls."""
        task = asyncio.ensure_future(self._poll())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)


def attach(
    watches: Iterable[tuple[wiring.Base, list[Callable[[asyncio.Event], Coroutine[Any, Any, None]]]]],
    clock: Callable[[], datetime],
) -> None:
    """Let the subscribers of watches run beside their services."""
    every = list(watches)
    for base, beside in every:
        # Of several each is reached below its name, whichever is the default (dashboard/application.py).
        prefix = links.watch(base.watch.name) if len(every) > 1 else ""
        subscriber = build(base.settings, base.stores, clock, prefix)
        if subscriber is not None:
            beside.append(subscriber.run)


def build(
    chosen: settings.Settings, stores: store.Stores, clock: Callable[[], datetime], prefix: str = ""
) -> Subscriber | None:
    """The subscriber of one watch; None where hubs could not reach this installation, or are not to. `prefix` is where
    its pages begin."""
    if not (chosen.websub and chosen.http_public_url and chosen.http_port):
        return None
    return Subscriber(
        stores.feeds,
        stores.subscriptions,
        address=chosen.http_public_url.rstrip("/") + prefix,
        client=hubs.HubClient(
            user_agent=chosen.user_agent, allow_private=wiring.to_allowed(chosen.allow_private_addresses)
        ),
        clock=clock,
    )

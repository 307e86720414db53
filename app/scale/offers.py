"""The scheduler's side of the work: finds what is due and offers it to the workers, hears of what they did."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from app import wiring
from app.scale import queue
from monitor import errors, polling, types, visits
from storage import codec

log = structlog.get_logger("offers")

# No more wait in the queue than workers take in a few seconds; the rest waits in the tables, where it costs nothing.
MOST_WAITING = 1000
MOST_DUE = 5000  # looked at in one go
LEAST_PAUSE_S = 0.2  # between two looks, however often somebody wakes
FREE_S = 2.0  # how often workers that died are looked for

Changed = Callable[[str, str, types.ReadPage], Awaitable[None]]  # (watch, article id, its page)


class Offers:
    """Stands where polling and reading stand in a single process, with the same methods."""

    def __init__(self, app: wiring.App, work: queue.WorkQueue, clock: Callable[[], datetime]) -> None:
        self._poller, self._clock = app.pipeline.poller, clock
        self._watches = {one.base.watch.name: one.base.stores for one in (app, *app.others)}
        self._first = app.base.watch.name
        self._queue = work
        self._heard = polling.PollCount()
        self._turn = asyncio.Lock()
        self._freed_at = 0.0
        self._has_begun = False  # nothing is offered before the first cycle, which says whether there is to be silence
        self.on_report: Callable[[], None] = lambda: None
        self.on_changed: Changed = _nobody

    def listen(self) -> None:
        """Hear what workers say; before the queue is worked on."""
        self._queue.handle(queue.SCHEDULER, "report", self._hear)
        self._queue.handle(queue.SCHEDULER, "changed", self._hear_of_change)

    async def poll_due(self) -> polling.PollCount:
        """Offer what is due; returns what workers have polled since the last call."""
        self._has_begun = True
        await self._free_stalled()
        await self._offer()
        heard, self._heard = self._heard, polling.PollCount()
        return heard

    async def read_pending(self) -> int:
        """Offer the pages that wait, and whatever else is due; 0, for the reading is done by others."""
        if self._has_begun:
            await self._offer()
            await asyncio.sleep(LEAST_PAUSE_S)
        return 0

    async def recheck_due(self, *, silent: bool) -> list[types.LedgerStep]:
        """Nothing: rechecks are part of the visits, and come back by `on_changed`."""
        return []

    async def wake_bot(self) -> None:
        """There is something to send; should the word be lost, the bot finds it by itself a little later."""
        try:
            await self._queue.send(queue.BOT, "wake")
        except errors.StoreError as error:
            log.warning("bot_not_woken", reason=str(error))

    async def _offer(self) -> None:
        async with self._turn:  # two looks at once would offer the same
            waiting, under_way = await self._queue.list_visits()
            room = MOST_WAITING - len(waiting)
            planned: list[visits.Visit] = []
            for name in self._watches:
                due = await asyncio.to_thread(self._due, name)
                planned += visits.plan(due, waiting, under_way, room - len(planned))
            if planned:
                await self._queue.offer(planned)
                log.debug("offered", visits=len(planned), waiting=len(waiting), under_way=len(under_way))

    def _due(self, name: str) -> visits.Due:
        now, stores = self._clock(), self._watches[name]
        return visits.Due(
            watch=name,
            feeds=self._poller.due() if name == self._first else (),
            entries=stores.articles.pending_addresses(now, MOST_DUE),
            rechecks=stores.rechecks.due_rechecks(now, visits.MOST_PAGES),
        )

    async def _free_stalled(self) -> None:
        if time.monotonic() - self._freed_at < FREE_S:
            return
        self._freed_at = time.monotonic()
        freed = await self._queue.free_stalled()
        if freed:
            log.warning("worker_lost", jobs=freed, word="what it had in hand is offered anew")

    async def _hear(self, **counts: int) -> None:
        self._heard += polling.PollCount(**counts)
        self.on_report()

    async def _hear_of_change(self, watch: str, article_id: str, page: str) -> None:
        try:
            await self.on_changed(watch, article_id, codec.load(types.ReadPage, page))
        except errors.WatchError as error:  # it is due still, and will be read again
            log.error("change_failed", watch=watch, article=article_id, reason=str(error))


async def _nobody(watch: str, article_id: str, page: types.ReadPage) -> None:
    pass

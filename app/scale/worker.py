"""A worker: makes the visits that the scheduler offers, and reports. Keeps no ledger, sends nothing to anybody."""

import asyncio
import functools
import signal
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import structlog

from app import guardian, wiring
from app import settings as app_settings
from app.scale import queue
from monitor import errors, fetch, polling, types
from storage import codec

log = structlog.get_logger("worker")

REPORT_S = 0.5  # reports are gathered for so long: a busy worker sends two a second
BEAT_S = 5.0
GRACE_S = 8.0  # what runs at SIGTERM; then it is left to others


class Worker:
    """One worker process."""

    def __init__(self, readers: wiring.Readers, work: queue.WorkQueue) -> None:
        self._queue = work
        self._ways = {base.watch.name: way for base, way in zip(readers.bases, readers.pipelines, strict=True)}
        self._settings = readers.bases[0].settings
        self._stopping = asyncio.Event()
        self._guardian = guardian.Guardian(readers.bases[0], self._stopping.set, tells=False)
        self._done = polling.PollCount()
        self._has_news = asyncio.Event()
        for way in readers.pipelines:
            way.poller.on_failure = lambda subject, reason: log.info("feed_failed", feed=subject, reason=reason)
            way.poller.on_odd = lambda subject, reason: log.warning("feed_odd", feed=subject, reason=reason)
        work.handle(queue.VISITS, "visit", self._visit)

    async def run(self) -> int:
        """Work until SIGTERM or SIGINT; return the exit code."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stopping.set)
        log.info("started", role="worker", at_once=self._settings.concurrency)
        beside = [asyncio.create_task(self._report()), asyncio.create_task(self._beat())]
        self._guardian.start()
        try:
            at_once = self._settings.concurrency
            await self._queue.work(queue.VISITS, self._stopping, at_once=at_once, grace_s=GRACE_S)
        finally:
            self._guardian.stop()
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)
        log.info("stopped")
        return 0

    async def _visit(self, **args: Any) -> None:
        """One job. It never fails: what was not done is due still, and is offered again."""
        visit = queue.to_visit(args)
        try:
            if await self._guardian.is_ready():
                log.debug("visit", host=visit.host, feeds=len(visit.feeds), pages=len(visit.entries))
                passed_on = functools.partial(self._pass_on, visit.watch)
                self._done += await self._ways[visit.watch].visit(visit, passed_on)
                self._has_news.set()
                await asyncio.sleep(fetch.pause_of(visit.host))  # before another process may go there
        except errors.WatchError as error:
            log.error("visit_failed", host=visit.host, reason=str(error))
            await self._guardian.heed(error)
        except Exception:  # a job boundary: the next visit must be made whatever this one met
            log.exception("visit_crashed", host=visit.host)

    async def _pass_on(self, watch: str, article_id: str, page: types.ReadPage) -> None:
        await self._queue.send(queue.SCHEDULER, "changed", watch=watch, article_id=article_id, page=codec.dump(page))

    async def _report(self) -> None:
        """Tell the scheduler what was done, so that it goes on at once with what this brought."""
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            told, self._done = self._done, polling.PollCount()
            try:
                await self._queue.send(queue.SCHEDULER, "report", **asdict(told))
            except errors.StoreError as error:
                log.warning("not_reported", reason=str(error))
                self._done += told
            await asyncio.sleep(REPORT_S)

    async def _beat(self) -> None:
        """A loop that hangs beats no more, and the watchdog ends the process."""
        while True:
            self._guardian.beat()
            await asyncio.sleep(BEAT_S)


async def run_worker(settings: app_settings.Settings) -> int:
    """Run one worker until it is told to stop."""
    work = queue.WorkQueue(settings.database_url)
    readers = await _when_there(lambda: wiring.build_worker(settings))
    try:
        return await Worker(readers, work).run()
    finally:
        await work.close()
        await readers.close()


async def _when_there(build: Callable[[], wiring.Readers]) -> wiring.Readers:
    """Built when the server answers: everything may start at once, in whatever order."""
    while True:
        try:
            return await asyncio.to_thread(build)
        except errors.StoreError as error:
            log.warning("waiting_for_database", reason=str(error))
            await asyncio.sleep(queue.RETRY_S)

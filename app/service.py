"""The service: APScheduler drives polling, digest and housekeeping; the stages wake each other; SIGTERM ends it."""

import asyncio
import contextlib
import signal
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alerts import dispatcher
from app import catching_up, digests, guardian, housekeeping, roles, serving, standing_by, subscribing, tallies, wiring
from app import settings as app_settings
from monitor import errors, types
from storage import leading

log = structlog.get_logger("service")

TICK_S = 5.0  # how often due feeds are looked for
IDLE_S = 5.0  # a stage that nobody wakes looks for work this often
RECHECK_TICK_S = 60.0
DIGEST_TICK_S = 60.0  # an interval job: cron triggers miss or double local times when the clocks change
SHUTDOWN_S = 4.0  # what runs at SIGTERM has this long to end, and pages as long again; a container waits 10 s
HOUSEKEEPING_S = 900.0  # how often is looked whether it is time for it
REPLACED = -1  # run() ended because the database was restored: build everything anew on it


class Service:
    """One running program: stages, scheduler, signals. Further watches have stages of their own beside it, and one
    life with it; polling is for all of them."""

    def __init__(
        self,
        app: wiring.App,
        *,
        tell_first_poll: bool = False,
        role: roles.Role = roles.ALL,
        lead: "Service | None" = None,
    ) -> None:
        self._app, self._stores, self._role = app, app.base.stores, role
        self._lead = lead or self
        self.acquisition: roles.Acquisition = app.pipeline
        self.beside: list[Callable[[asyncio.Event], Coroutine[Any, Any, None]]] = []  # run until the event is set
        self.tallies = tallies.Tallies()
        self._stopping: asyncio.Event = lead._stopping if lead else asyncio.Event()
        self.to_read, self.to_take, self.to_send = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._was_offline = False
        self._was_replaced = False
        self._catching_up = catching_up.CatchingUp(app.base, tell_first_poll=tell_first_poll)
        self._guardian = guardian.Guardian(app.base, self.start_anew, tells=role.tells_operator)
        self._housekeeper = housekeeping.Housekeeper(
            app.base.settings, self._stores, wiring.operator_of(app.base.settings)
        )
        self.every = [
            self,
            *(Service(one, tell_first_poll=tell_first_poll, role=role, lead=self) for one in app.others),
        ]
        app.pipeline.poller.on_new_entries = self._wake_readers
        app.pipeline.on_read = self.to_take.set
        app.pipeline.poller.on_failure = lambda subject, reason: log.info("feed_failed", feed=subject, reason=reason)
        app.pipeline.poller.on_odd = lambda subject, reason: log.warning("feed_odd", feed=subject, reason=reason)

    @property
    def watch_name(self) -> str:
        """Whose service this is."""
        return self._app.base.watch.name

    # ------------------------------------------------------------ cycles

    def _wake_readers(self) -> None:
        for one in self.every:
            one.to_read.set()

    async def poll(self) -> None:
        """One cycle: poll what is due for any watch; record that it completed."""
        ready = [one for one in self.every if await one._mind(one._begin_cycle())]
        count = await self.acquisition.poll_due()
        self.tallies.count_poll(count.polled, count.unchanged, count.failed, count.new_entries)
        if count.polled:
            log.info(
                "polled", feeds=count.polled, unchanged=count.unchanged, failed=count.failed, new=count.new_entries
            )
        self._tell_network(offline=count.polled > 0 and count.offline == count.polled, polled=count.polled)
        for one in ready:
            await one._mind(one._note_cycle(reached=count.polled > count.failed))

    async def _mind(self, part: Awaitable[None]) -> bool:
        """Do this watch's part of a cycle. Of several, what keeps one from it is its own trouble: the others go on."""
        try:
            await part
        except errors.StoreError as error:
            if len(self._lead.every) == 1:
                raise
            log.error("watch_failed", watch=self.watch_name, reason=str(error))
            await self._guardian.heed(error)
            return False
        return True

    async def _begin_cycle(self) -> None:
        """Before each poll."""
        await self._guardian.heed_clock()
        self._catching_up.begin(wiring.utc_now())

    async def _note_cycle(self, *, reached: bool) -> None:
        """After each poll: what this watch remembers of it."""
        if reached:
            self._catching_up.note_contact(wiring.utc_now())
        self._stores.meta.set("last_cycle_at", wiring.utc_now().isoformat())
        self._guardian.beat()
        self._finish_catching_up()

    async def read(self) -> int:
        """Read the pages that wait."""
        return await self.acquisition.read_pending()

    async def take(self) -> int:
        """Take read articles into the ledger."""
        steps = await self._app.pipeline.take_pending(silent=self._catching_up.is_silent)
        self._note(steps)
        self._finish_catching_up()
        return len(steps)

    async def recheck(self) -> None:
        """Read pages that carry a development again, for corrections at the source."""
        self._note(await self.acquisition.recheck_due(silent=self._catching_up.is_silent))

    async def take_changed(self, article_id: str, page: types.ReadPage) -> None:
        """Take a page into the ledger that a worker has read again."""
        silent = self._catching_up.is_silent
        self._note(await self._app.pipeline.take_changed(article_id, page, silent=silent))

    async def beat(self) -> None:
        """Show the watchdog that the loop runs, where no cycle does."""
        self._guardian.beat()

    def _note(self, steps: Sequence[types.LedgerStep]) -> None:
        """Count and log what steps brought, and wake delivery."""
        self.tallies.claims += sum(len(step.changes) + len(step.held_back) for step in steps)
        for change in (change for step in steps for change in step.changes):
            development = change.development
            log.info(
                "development",
                **self._named,
                id=development.id,
                kind=str(change.kind),
                topic=str(development.topic),
                subject=development.subject,
                aspect=development.aspect,
                old=development.old,
                new=development.new,
                grade=str(development.grade),
                minor=development.minor,
            )
        if steps:
            self.to_send.set()

    async def deliver(self) -> int:
        """Send what waits in the outbox, for a turn; slow recipients go on meanwhile."""
        return self._count(await self._app.dispatcher.dispatch_turn())

    async def deliver_all(self) -> int:
        """Send what waits in the outbox and wait for the slowest."""
        return self._count(await self._app.dispatcher.dispatch_once())

    def _count(self, count: dispatcher.DispatchCount) -> int:
        self.tallies.count_deliveries(count.sent, count.retried, count.dead)
        return count.sent + count.retried + count.dead

    async def work_off(self) -> None:
        """Poll once and run every stage of every watch until nothing that can be done now is left."""
        await self.poll()
        for one in self.every:
            await one._work_off_stages()

    async def _work_off_stages(self) -> None:
        await self.recheck()
        while await self.read():
            pass
        while await self.take():
            pass
        self._finish_catching_up()
        while await self.deliver_all():
            pass

    def _tell_network(self, *, offline: bool, polled: int) -> None:
        if offline and not self._was_offline:
            log.warning("no_network", word="no feed can be reached; trying again with growing pauses")
        if polled and self._was_offline and not offline:
            log.info("network_back")
        self._was_offline = offline if polled else self._was_offline

    def _finish_catching_up(self) -> None:
        """Once all is read: stop being silent, tell one summary."""
        if self._catching_up.is_silent and self._catching_up.finish(
            wiring.utc_now(), [recipient.address for recipient in self._app.recipients]
        ):
            self.to_send.set()

    # ------------------------------------------------------------ digest, housekeeping

    async def digests(self) -> None:
        """Write the digest rows whose local time has come."""
        now = wiring.utc_now()
        for recipient in self._app.recipients:
            if recipient.digest_at is not None and digests.queue_digest(self._app.base, recipient, now):
                self.to_send.set()

    async def housekeep(self) -> None:
        """Look after the database where it is time for it."""
        if await asyncio.to_thread(self._housekeeper.work, wiring.utc_now()):
            self.to_send.set()

    # ------------------------------------------------------------ life

    async def run(self) -> int:
        """Run until SIGTERM or SIGINT; return the exit code."""
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self._stopping.set)
        for one in self.every:
            one._say_start()
        scheduler = self._schedule()
        stages = [task for one in self.every for task in one._start_stages()]
        scheduler.start()
        self._guardian.start()
        try:
            await self._stopping.wait()
        finally:
            log.info("stopping")
            self._guardian.stop()
            scheduler.shutdown(wait=False)  # wait=True would cancel the jobs that run
            await self._drain(stages)
        log.info("stopped")
        return REPLACED if self._was_replaced else 0

    def _start_stages(self) -> list[asyncio.Task[None]]:
        wakes = {"read": self.to_read, "take": self.to_take, "deliver": self.to_send}
        return [
            *(asyncio.create_task(self._stage(getattr(self, name), wakes[name])) for name in self._role.stages),
            *(asyncio.create_task(work(self._stopping)) for work in self.beside),
            *self._start_bot(),
        ]

    def _start_bot(self) -> list[asyncio.Task[None]]:
        bot = self._app.bot
        if bot is None or not self._role.has_bot:
            return []
        bot.on_change = self.to_send.set
        return [asyncio.create_task(bot.run(self._stopping), name="bot")]

    def stop(self) -> None:
        """Ask run() to end."""
        self._stopping.set()

    def start_anew(self) -> None:
        """Ask run() to end with REPLACED: the ledger in memory is of a database that others have written to."""
        self._lead._was_replaced = True
        self._stopping.set()

    async def _drain(self, stages: list[asyncio.Task[None]]) -> None:
        """Let what runs end; what does not is cancelled, and taken up again at the next start."""
        _, late = await asyncio.wait(stages, timeout=SHUTDOWN_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    def _schedule(self) -> AsyncIOScheduler:
        # A feed in flight is not polled twice, so a tick may overlap one that a slow feed still holds.
        scheduler = AsyncIOScheduler(
            timezone="UTC", job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 8}
        )
        now = wiring.utc_now()
        if "poll" in self._role.jobs:
            self._add_job(scheduler, self.poll, TICK_S, now)
        for one in self.every:
            jobs: list[tuple[Callable[[], Awaitable[None]], float, datetime]] = [
                (one.recheck, RECHECK_TICK_S, now + timedelta(seconds=TICK_S)),
                (one.digests, DIGEST_TICK_S, now),
                (one.housekeep, HOUSEKEEPING_S, now + timedelta(seconds=TICK_S)),
                (one.beat, TICK_S, now),
            ]
            for work, seconds, first in (job for job in jobs if job[0].__name__ in self._role.jobs):
                one._add_job(scheduler, work, seconds, first)
        return scheduler

    def _add_job(
        self, scheduler: AsyncIOScheduler, work: Callable[[], Awaitable[None]], seconds: float, first: datetime
    ) -> None:
        name = f"{self.watch_name}: {work.__name__}"
        scheduler.add_job(self._guard(work), "interval", seconds=seconds, next_run_time=first, id=name)

    def _guard(self, work: Callable[[], Awaitable[object]]) -> Callable[[], Awaitable[None]]:
        async def run() -> None:
            if self._stopping.is_set():
                return
            try:
                if await self._is_ready(work):
                    await work()
            except errors.WatchError as error:
                log.error("job_failed", job=work.__name__, reason=str(error))
                await self._guardian.heed(error)
            except Exception:  # a job boundary: the next run must come whatever this one met
                log.exception("job_crashed", job=work.__name__)

        return run

    async def _is_ready(self, work: Callable[[], Awaitable[object]]) -> bool:
        """Whether the database can be written: for polling, that of any watch."""
        watches = self.every if work == self.poll else [self]
        return any([await one._guardian.is_ready() for one in watches])

    async def _stage(self, work: Callable[[], Awaitable[int]], wake: asyncio.Event) -> None:
        """Do all there is, then wait to be woken."""
        while not self._stopping.is_set():
            wake.clear()
            try:
                if await self._guardian.is_ready() and await work():
                    continue
            except errors.WatchError as error:
                log.error("stage_failed", stage=work.__name__, reason=str(error))
                await self._guardian.heed(error)
            except Exception:  # a job boundary: the stage goes on with its next round
                log.exception("stage_crashed", stage=work.__name__)
            await either(wake, self._stopping, IDLE_S)

    @property
    def _named(self) -> dict[str, str]:
        """Whose log line it is, where there are several watches."""
        return {"watch": self._app.base.watch.name} if len(self._lead.every) > 1 else {}

    def _say_start(self) -> None:
        records = self._stores.feeds.list_feeds()
        log.info(
            "started",
            **self._named,
            role=self._role.name,
            feeds=sum(record.feed.enabled for record in records),
            recipients=", ".join(recipient.address for recipient in self._app.recipients),
            positions=len(self._stores.ledger.load_positions()),
            catching_up=self._catching_up.is_silent,
        )


async def either(one: asyncio.Event, other: asyncio.Event, timeout_s: float | None = None) -> None:
    """Wait until one of two events is set, or the time is over."""
    waiters = [asyncio.create_task(event.wait()) for event in (one, other)]
    await asyncio.wait(waiters, timeout=timeout_s, return_when=asyncio.FIRST_COMPLETED)
    for waiter in waiters:
        waiter.cancel()


async def run_service(settings: app_settings.Settings, *, once: bool = False, tell_first_poll: bool = False) -> int:
    """Run the service until it is told to stop, or (`once`) one whole cycle with delivery."""
    if once:
        return await _run_once(settings, tell_first_poll=tell_first_poll)
    return await run_alone(settings, roles.ALL, lambda app: Service(app, tell_first_poll=tell_first_poll))


async def run_alone(settings: app_settings.Settings, role: roles.Role, make: Callable[[wiring.App], Service]) -> int:
    """Run a role that one process at a time has, as soon as this is the one, until it is told to stop."""
    leader = leading.Leader(settings.database_url, role.locks)
    try:
        while True:
            await standing_by.become_the_one(leader)
            code = await _run_on(wiring.build(settings), leader, role, make)
            if code != REPLACED:
                return code
            log.warning("starting_anew", word="the database was restored, or another service may be at work on it")
    finally:
        leader.release()


async def _run_on(
    app: wiring.App, leader: leading.Leader, role: roles.Role, make: Callable[[wiring.App], Service]
) -> int:
    try:
        service = make(app)
        async with contextlib.AsyncExitStack() as stack:
            if role.has_dashboard:
                others = [(one._app.base, one.tallies) for one in service.every[1:]]
                hints = subscribing.Hints(service._guard(service.poll))
                await stack.enter_async_context(serving.serving(app.base, service.tallies, others, hints.take))
            if "poll" in role.jobs:
                subscribing.attach([(one._app.base, one.beside) for one in service.every], wiring.utc_now)
            await stack.enter_async_context(standing_by.being_the_one(leader, service.start_anew))
            return await service.run()
    finally:
        await app.close()


async def _run_once(settings: app_settings.Settings, *, tell_first_poll: bool) -> int:
    app = wiring.build(settings)
    try:
        with contextlib.suppress(asyncio.CancelledError):
            await Service(app, tell_first_poll=tell_first_poll).work_off()
        return 0
    finally:
        await app.close()

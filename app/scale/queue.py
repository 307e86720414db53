"""The task queue between processes: procrastinate on the PostgreSQL that holds everything else.

It hands visits out to one worker each (its lock: one visit at a host at a time), notices workers that died (heartbeats)
and wakes who waits (LISTEN/NOTIFY). What is due stands in the tables of storage/: a job that is lost is offered again.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import asdict
from typing import Any

import procrastinate
import psycopg
import structlog
from procrastinate import exceptions, jobs, schema

from monitor import errors, visits
from storage import database, work_queue

log = structlog.get_logger("queue")

VISITS = "visits"  # done by workers; SCHEDULER and BOT are heard by the one that plays that part
SCHEDULER = "scheduler"
BOT = "bot"
HEARTBEAT_S = 1.0
STALLED_S = 8.0  # a worker without a heartbeat for so long is taken for dead, and its hosts are set free
RETRY_S = 1.0  # after the server went away
LOOK_S = 0.5  # nothing is told when a visit ends: the next one to the same host is found after this
ANSWER_S = 5.0  # for a connection; a server that is away must not hold the caller up

Handler = Callable[..., Awaitable[None]]


class WorkQueue:
    """One process's connection to the queue. Everything raises errors.StoreError where the server does not answer."""

    def __init__(self, url: str) -> None:
        self._url = url
        connector = procrastinate.PsycopgConnector(
            conninfo=work_queue.address(url), min_size=1, max_size=4, timeout=ANSWER_S
        )
        self._app = procrastinate.App(connector=connector)
        self._opening = asyncio.Lock()
        self._is_open = False

    def handle(self, queue: str, name: str, handler: Handler) -> None:
        """What is done with jobs of this name; before `work`."""
        self._app.task(name=name, queue=queue)(handler)

    async def open(self) -> None:
        """Connect where it is not connected, and make the queue's tables where they are missing."""
        async with self._opening:
            if self._is_open:
                return
            ddl = schema.SchemaManager.get_schema()
            await asyncio.to_thread(work_queue.prepare, self._url, procrastinate.__version__, ddl)
            async with _mapped():
                await self._app.open_async()
            self._is_open = True

    async def close(self) -> None:
        """Give connections back; whatever is asked next connects anew."""
        async with self._opening:
            self._is_open = False
            with contextlib.suppress(errors.StoreError):
                async with _mapped():
                    await self._app.close_async()

    # ------------------------------------------------------------ working

    async def work(self, queue: str, stopping: asyncio.Event, *, at_once: int = 1, grace_s: float = 0.0) -> None:
        """Do the queue's jobs until `stopping` is set; a server that goes away is waited for.

        What runs then has `grace_s` to end; what does not is left to others.
        """
        while not stopping.is_set():
            try:
                await self.open()
                await self._work_once(queue, stopping, at_once, grace_s)
            except errors.StoreError as error:
                log.warning("queue_lost", queue=queue, reason=str(error))
            await self.close()
            if not stopping.is_set():
                await _sleep(RETRY_S, stopping)

    async def _work_once(self, queue: str, stopping: asyncio.Event, at_once: int, grace_s: float) -> None:
        worker = asyncio.create_task(
            self._app.run_worker_async(
                queues=[queue],
                concurrency=at_once,
                fetch_job_polling_interval=LOOK_S,
                update_heartbeat_interval=HEARTBEAT_S,
                stalled_worker_timeout=STALLED_S,
                shutdown_graceful_timeout=grace_s,
                delete_jobs=jobs.DeleteJobCondition.ALWAYS,
                install_signal_handlers=False,
            )
        )
        stop = asyncio.create_task(stopping.wait())
        await asyncio.wait({worker, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        worker.cancel()  # how it is asked to end in order
        async with _mapped():
            with contextlib.suppress(asyncio.CancelledError):
                await worker

    # ------------------------------------------------------------ handing out

    async def offer(self, offered: Sequence[visits.Visit]) -> int:
        """Put visits into the queue, all or none; 0 where another scheduler was there first."""
        made = [
            jobs.Job(
                queue=VISITS,
                task_name="visit",
                lock=one.host,
                queueing_lock=f"{one.watch} {one.host}",
                priority=int(one.has_pages),
                task_kwargs=_to_args(one),
            )
            for one in offered
        ]
        await self.open()
        async with _mapped():
            try:
                await self._app.job_manager.batch_defer_jobs_async(made)
            except exceptions.AlreadyEnqueued:
                return 0
        return len(made)

    async def list_visits(self) -> tuple[list[visits.Visit], list[visits.Visit]]:
        """The visits that wait, and those under way."""
        await self.open()
        async with _mapped():
            found = list(await self._app.job_manager.list_jobs_async(queue=VISITS))
        waiting = [to_visit(job.task_kwargs) for job in found if job.status == jobs.Status.TODO.value]
        return waiting, [to_visit(job.task_kwargs) for job in found if job.status == jobs.Status.DOING.value]

    async def free_stalled(self) -> int:
        """Take jobs from the hands of workers that died; what they were to do is still due. Returns how many."""
        await self.open()
        manager = self._app.job_manager
        async with _mapped():
            stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S))
            for job in stalled:
                with contextlib.suppress(exceptions.ConnectorException):  # ended in this very moment
                    await manager.finish_job(job, jobs.Status.FAILED, delete_job=True)
        return len(stalled)

    async def send(self, queue: str, name: str, **args: Any) -> None:
        """Give a job to who works on another queue."""
        await self.open()
        async with _mapped():
            await self._app.configure_task(name, queue=queue).defer_async(**args)


def _to_args(visit: visits.Visit) -> dict[str, Any]:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(visit).items()}


def to_visit(args: dict[str, Any]) -> visits.Visit:
    """The visit of a job's arguments."""
    return visits.Visit(
        host=args["host"],
        watch=args["watch"],
        feeds=tuple(args["feeds"]),
        entries=tuple(args["entries"]),
        rechecks=tuple(args["rechecks"]),
    )


@contextlib.asynccontextmanager
async def _mapped() -> AsyncIterator[None]:
    try:
        yield
    except (exceptions.ConnectorException, exceptions.AppNotOpen, psycopg.Error) as error:
        cause = error.__cause__ or error
        is_away = isinstance(error, exceptions.AppNotOpen) or getattr(cause, "sqlstate", "") is None
        kind = "gone" if is_away else database.kind_of(cause)
        reason = (str(cause).splitlines() or ["no reason given"])[0]
        raise errors.StoreError(f"the task queue: {reason}", kind=kind) from error


async def _sleep(seconds: float, stopping: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopping.wait(), seconds)

"""The task queue on a real PostgreSQL: one visit at a time to a host, dead workers' jobs set free."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa

from app.scale import queue
from monitor import errors, visits
from storage import leading, work_queue

Body = Callable[[queue.WorkQueue], Awaitable[None]]
A, B = (
    visits.Visit(host="a.org", feeds=("https://a.org/f",)),
    visits.Visit(host="b.org", entries=(7,), rechecks=("a1",)),
)


@pytest.fixture
def run(server_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Body], None]]:
    """Runs a test's body with a queue that is empty at first."""
    monkeypatch.setattr(queue, "HEARTBEAT_S", 0.2)
    monkeypatch.setattr(queue, "STALLED_S", 1.0)
    monkeypatch.setattr(queue, "LOOK_S", 0.2)
    ask(server_url, f"DROP SCHEMA IF EXISTS {work_queue.SCHEMA} CASCADE")

    async def with_queue(body: Body) -> None:
        opened = queue.WorkQueue(server_url)
        await opened.open()
        try:
            await body(opened)
        finally:
            await opened.close()

    yield lambda body: asyncio.run(asyncio.wait_for(with_queue(body), 60))


def ask(url: str, statement: str) -> Any:
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        found = connection.exec_driver_sql(statement)
        value = found.scalar() if found.returns_rows else None
    engine.dispose()
    return value


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.02)


def test_visits_come_back_as_they_were_offered_and_none_is_offered_twice(run: Callable[[Body], None]) -> None:
    async def body(work: queue.WorkQueue) -> None:
        assert await work.offer([A, B]) == 2
        assert await work.list_visits() == ([A, B], [])
        assert await work.offer([visits.Visit(host="c.org"), A]) == 0, "another scheduler was first: all or none"
        assert await work.list_visits() == ([A, B], [])

    run(body)


def test_of_several_workers_one_is_at_a_host_and_pages_go_first(server_url: str, run: Callable[[Body], None]) -> None:
    async def body(work: queue.WorkQueue) -> None:
        at, order, crowds, stopping = {"a.org": 0, "b.org": 0}, list[str](), list[int](), asyncio.Event()

        async def visit(**args: Any) -> None:
            made = queue.to_visit(args)
            at[made.host] += 1
            order.append(made.host)
            crowds.append(at[made.host])
            await asyncio.sleep(0.05)
            at[made.host] -= 1

        workers = [queue.WorkQueue(server_url) for _ in range(3)]
        for one in workers:
            one.handle(queue.VISITS, "visit", visit)
        await work.offer([A, B])
        tasks = [asyncio.create_task(workers[0].work(queue.VISITS, stopping, at_once=1))]
        await until(lambda: len(order) == 2)
        assert order == ["b.org", "a.org"]
        tasks += [asyncio.create_task(one.work(queue.VISITS, stopping, at_once=5)) for one in workers[1:]]
        for number in range(1, 6):
            await until(lambda number=number: order.count("a.org") == number)  # type: ignore[misc]
            assert await work.offer([A]) == 1, "the next may wait while one is under way"
        await until(lambda: order.count("a.org") == 6)
        stopping.set()
        await asyncio.gather(*tasks)
        assert max(crowds) == 1
        assert await work.list_visits() == ([], []), "what is done leaves nothing behind"

    run(body)


def test_what_a_dead_worker_had_in_hand_is_set_free(server_url: str, run: Callable[[Body], None]) -> None:
    async def body(work: queue.WorkQueue) -> None:
        await work.offer([A, B])
        dead = ask(server_url, f"INSERT INTO {work_queue.SCHEMA}.procrastinate_workers DEFAULT VALUES RETURNING id")
        job = f"SELECT id FROM procrastinate_fetch_job_v2(NULL, {dead})"
        ask(server_url, f"SET LOCAL search_path = {work_queue.SCHEMA}; {job}")
        assert await work.list_visits() == ([A], [B])
        assert await work.free_stalled() == 0, "it may live"
        await asyncio.sleep(queue.STALLED_S + 0.2)
        assert await work.free_stalled() == 1
        assert await work.list_visits() == ([A], [])

    run(body)


def test_a_queue_of_another_version_is_made_anew(server_url: str, run: Callable[[Body], None]) -> None:
    async def body(work: queue.WorkQueue) -> None:
        await work.offer([A])
        again = queue.WorkQueue(server_url)
        await again.open()
        assert await again.list_visits() == ([A], []), "the same version: it stays"
        await again.close()
        ask(server_url, f"COMMENT ON SCHEMA {work_queue.SCHEMA} IS '0.1'")
        await again.open()
        assert await again.list_visits() == ([], [])
        await again.close()

    run(body)


def test_a_server_that_is_away_is_a_store_error(run: Callable[[Body], None]) -> None:
    away = queue.WorkQueue("postgresql+psycopg://watch@127.0.0.1:1/watch")
    with pytest.raises(errors.StoreError) as refused:
        asyncio.run(away.offer([A]))
    assert refused.value.kind == "gone"


def test_the_queue_s_address_keeps_what_was_given() -> None:
    given = "postgresql+psycopg://watch:p%40ss@db.example:5433/watch?options=-csearch_path%3Dx&sslmode=require"
    parsed = sa.make_url(work_queue.address(given))
    assert (parsed.drivername, parsed.password, parsed.port) == ("postgresql", "p@ss", 5433)
    assert parsed.query["sslmode"] == "require"
    assert str(parsed.query["options"]).split()[-1] == f"-csearch_path={work_queue.SCHEMA}"
    assert work_queue.is_shared(given) and not work_queue.is_shared("sqlite:///x.db")


def test_parts_are_locked_apart_and_the_whole_needs_both(server_url: str) -> None:
    service, bot, whole = (
        leading.Leader(server_url, parts)
        for parts in ((leading.SERVICE,), (leading.BOT,), (leading.SERVICE, leading.BOT))
    )
    try:
        assert bot.acquire()
        assert not whole.acquire(), "somebody plays the bot"
        assert service.acquire(), "and the try has kept nothing"
        bot.release()
        assert not whole.acquire()
        service.release()
        assert whole.acquire() and not bot.acquire() and not service.acquire()
    finally:
        for one in (service, bot, whole):
            one.release()

"""Bodies on their way to the workers: together while they wait, alone where one of them does harm; none is lost."""

import asyncio
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from monitor import errors, parse_queue, types, workers

T = TypeVar("T")
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def rss(name: str) -> bytes:
    item = f"<item><title>{name}</title><link>https://e.org/{name}</link></item>"
    return f'<rss version="2.0"><channel><title>{name}</title>{item}</channel></rss>'.encode()


def body(name: str, content: bytes | None = None) -> parse_queue.Body:
    return parse_queue.Body(
        body=rss(name) if content is None else content, url=f"https://e.org/{name}", content_type="", kind="feed",
        now=NOW,
    )  # fmt: skip


class Slow:
    """A pool that holds its tasks until it is let go; `harms` names what ends a worker."""

    def __init__(self, harms: str = "") -> None:
        self.sizes: list[int] = []
        self.limits: list[float | None] = []
        self.gate = asyncio.Event()
        self._harms = harms

    async def run(self, function: Callable[..., T], /, *args: object, timeout_s: float | None = None) -> T:
        (bodies,) = args
        assert isinstance(bodies, list)
        self.sizes.append(len(bodies))
        self.limits.append(timeout_s)
        await self.gate.wait()
        if self._harms and any(one.url.endswith(self._harms) for one in bodies):
            raise errors.ExtractError("", "its worker died (memory?)")
        return function(bodies)


async def _parse_all(
    queue: parse_queue.ParseQueue, bodies: list[parse_queue.Body], pool: Slow
) -> list[types.ParsedFeed | BaseException]:
    waiting = [asyncio.create_task(queue.parse(one)) for one in bodies]
    await asyncio.sleep(0)
    pool.gate.set()
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_waits_goes_together_and_everybody_gets_his_own() -> None:
    pool = Slow()
    bodies = [body(str(n), b"" if n == 5 else None) for n in range(20)]
    results = await _parse_all(parse_queue.ParseQueue(pool), bodies, pool)
    assert isinstance(results[5], errors.ParseError) and results[5].url == "https://e.org/5"
    assert [one.title for one in results if isinstance(one, types.ParsedFeed)] == [str(n) for n in range(20) if n != 5]
    assert pool.sizes[0] == 1, "nobody waits for company"
    assert len(pool.sizes) < 10 and max(pool.sizes) == parse_queue._BATCH


@pytest.mark.parametrize("count", [1, 6])
async def test_every_worker_has_a_task_and_one_more_waits(count: int) -> None:
    pool = Slow()
    queue = parse_queue.ParseQueue(pool, workers=count)
    waiting = [asyncio.create_task(queue.parse(body(str(n)))) for n in range(20)]
    for _ in range(3):
        await asyncio.sleep(0)
    assert len(pool.sizes) == count + 1
    pool.gate.set()
    await asyncio.gather(*waiting)


async def test_one_that_ends_its_worker_costs_the_others_a_turn_of_their_own() -> None:
    pool = Slow(harms="/7")
    results = await _parse_all(parse_queue.ParseQueue(pool), [body(str(n)) for n in range(16)], pool)
    failed = [one for one in results if isinstance(one, BaseException)]
    assert [(type(one), str(one)) for one in failed] == [(errors.ExtractError, "its worker died (memory?)")]
    assert isinstance(results[7], errors.ExtractError) and results[7].url == "https://e.org/7"
    assert all((limit is None) == (size == 1) for size, limit in zip(pool.sizes, pool.limits, strict=True))


async def test_large_bodies_go_alone() -> None:
    pool = Slow()
    large = rss("x") + b" " * parse_queue._SMALL
    await _parse_all(parse_queue.ParseQueue(pool), [body(str(n), large) for n in range(9)], pool)
    assert pool.sizes == [1] * 9


async def test_a_batch_that_takes_long_hands_back_what_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_queue, "_BATCH_S", 0.0)
    pool = Slow()
    results = await _parse_all(parse_queue.ParseQueue(pool), [body(str(n)) for n in range(16)], pool)
    assert [one.title for one in results if isinstance(one, types.ParsedFeed)] == [str(n) for n in range(16)]


async def test_who_stops_waiting_harms_nobody() -> None:
    pool = Slow()
    queue = parse_queue.ParseQueue(pool)
    waiting = [asyncio.create_task(queue.parse(body(str(n)))) for n in range(8)]
    await asyncio.sleep(0)
    waiting[1].cancel()
    waiting[5].cancel()
    pool.gate.set()
    results = await asyncio.gather(*waiting, return_exceptions=True)
    assert [isinstance(one, types.ParsedFeed) for one in results] == [n not in (1, 5) for n in range(8)]


def spin_or_die(bodies: list[parse_queue.Body]) -> list[types.ParsedFeed | errors.ParseError]:
    """Stands in for parsing: some bodies end their worker in ways of their own."""
    for one in bodies:
        if one.body == b"die":
            os._exit(3)
        while one.body == b"spin":
            time.sleep(0.01)
    return parse_queue._parse_in_worker(bodies)


@pytest.fixture
def pool() -> Iterator[workers.WorkerPool]:
    made = workers.WorkerPool(1, timeout_s=0.5)
    yield made
    made.close()


async def test_real_workers_that_hang_or_die(pool: workers.WorkerPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse_queue, "_BATCH_LIMIT_S", 0.5)
    queue = parse_queue.ParseQueue(Harmful(pool))
    bodies = [body(str(n), {4: b"spin", 6: b"die"}.get(n)) for n in range(9)]
    results = await asyncio.gather(*(queue.parse(one) for one in bodies), return_exceptions=True)
    assert {n: str(one) for n, one in enumerate(results) if isinstance(one, BaseException)} == {
        4: "took longer than 0.5 s",
        6: "its worker died (memory?)",
    }


class Harmful:
    """The real pool; what parses is spin_or_die."""

    def __init__(self, pool: workers.WorkerPool) -> None:
        self._pool = pool

    async def run(self, function: Callable[..., T], /, *args: object, timeout_s: float | None = None) -> T:
        return await self._pool.run(spin_or_die, *args, timeout_s=timeout_s)  # type: ignore[return-value]

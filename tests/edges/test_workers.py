"""Worker processes: limits end a task, never the pool."""

import asyncio
import os
import time
from collections.abc import Iterator

import pytest

from monitor import errors, workers

_ready: list[str] = []


def prepare(word: str) -> None:
    _ready.append(word)


def ready() -> list[str]:
    return _ready


def add(a: int, b: int) -> int:
    return a + b


def spin(url: str) -> None:
    while True:
        pass


def hog(url: str) -> int:
    return len(b"x" * 3_000_000_000)


def die(url: str) -> None:
    os._exit(3)


def refuse(url: str) -> None:
    raise errors.ParseError(url, "no feed")


def stumble(url: str) -> None:
    raise RecursionError(url)


@pytest.fixture(scope="module")
def pool() -> Iterator[workers.WorkerPool]:
    made = workers.WorkerPool(1, timeout_s=0.5, memory_mb=1024, initializer=prepare, initargs=("set",))
    yield made
    made.close()


async def test_results_and_the_initializer(pool):
    assert await pool.run(add, 1, 2) == 3
    assert await asyncio.gather(*(pool.run(add, n, n) for n in range(5))) == [0, 2, 4, 6, 8]
    assert await pool.run(ready) == ["set"]


@pytest.mark.parametrize(
    ("function", "reason"),
    [(spin, "longer than 0.5 s"), (hog, "too much memory"), (die, "died"), (stumble, "RecursionError")],
)
async def test_a_limit_ends_the_task_and_the_next_one_runs(function, reason, pool):
    began = time.monotonic()
    with pytest.raises(errors.ExtractError) as caught:
        await pool.run(function, "https://n.example/1")
    assert reason in caught.value.reason
    assert caught.value.url == "https://n.example/1"
    assert await pool.run(add, 2, 2) == 4
    assert time.monotonic() - began < 10


async def test_our_own_errors_cross_over_whole(pool):
    with pytest.raises(errors.ParseError) as caught:
        await pool.run(refuse, "https://n.example/1")
    assert (caught.value.url, caught.value.reason) == ("https://n.example/1", "no feed")


async def test_what_cannot_be_sent_is_an_error(pool):
    with pytest.raises(errors.ExtractError):
        await pool.run(lambda: 1)
    assert await pool.run(add, 1, 1) == 2


async def test_a_closed_pool_says_so():
    unused = workers.WorkerPool(1)
    unused.close()
    with pytest.raises(errors.ExtractError, match="closed"):
        await unused.run(add, 1, 2)


def fail_to_prepare() -> None:
    raise ValueError("no data")


async def test_workers_that_cannot_start_are_an_error_each_time():
    broken = workers.WorkerPool(1, initializer=fail_to_prepare)
    for _ in range(2):
        with pytest.raises(errors.ExtractError, match="could not start"):
            await broken.run(add, 1, 2)
    broken.close()


async def test_a_cancelled_task_frees_its_worker():
    pool = workers.WorkerPool(1)
    task = asyncio.create_task(pool.run(spin, "https://n.example/1"))
    await asyncio.sleep(0.2)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await pool.run(add, 1, 1) == 2
    pool.close()

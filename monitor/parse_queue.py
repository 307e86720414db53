"""Hands feed bodies to the worker processes: alone while a worker is free, several at a time while they wait.

A task costs as much on its way as a tenth of a feed's parsing. A body that ends its worker, or takes long, costs those
that went with it no more than another turn, each on its own.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from monitor import errors, parse, types

T = TypeVar("T")

_BATCH = 8
_SMALL = 64 * 1024  # bytes; larger bodies go alone
_BATCH_S = 0.5  # a batch that has taken so long hands back what it has
_BATCH_LIMIT_S = 3.0


class Pool(Protocol):
    """Runs CPU work elsewhere, within limits."""

    async def run(self, function: Callable[..., T], /, *args: object, timeout_s: float | None = None) -> T:
        """Return function(*args); raises errors.ExtractError when its limits end it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """What parse.parse_feed needs."""

    body: bytes
    url: str
    content_type: str
    kind: str
    now: datetime


_Result = types.ParsedFeed | errors.ParseError


@dataclass(frozen=True, slots=True)
class _Waiting:
    body: Body
    alone: bool
    parsed: asyncio.Future[types.ParsedFeed] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class ParseQueue:
    """Parses feed bodies in a pool of so many `workers`."""

    def __init__(self, pool: Pool, workers: int = 2) -> None:
        self._pool = pool
        self._most_tasks = workers + 1  # one for each worker, and one that the next to be free finds
        self._waiting: deque[_Waiting] = deque()
        self._tasks: set[asyncio.Task[None]] = set()

    async def parse(self, body: Body) -> types.ParsedFeed:
        """As parse.parse_feed; also raises errors.ExtractError where a worker's limits ended it."""
        mine = _Waiting(body, alone=len(body.body) > _SMALL)
        self._waiting.append(mine)
        self._fill()
        return await mine.parsed

    def _fill(self) -> None:
        while self._waiting and len(self._tasks) < self._most_tasks:
            task = asyncio.create_task(self._work_off(self._next_batch()))
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._fill()

    def _next_batch(self) -> list[_Waiting]:
        batch = [self._waiting.popleft()]
        while self._waiting and len(batch) < _BATCH and not (batch[0].alone or self._waiting[0].alone):
            batch.append(self._waiting.popleft())
        return batch

    async def _work_off(self, batch: list[_Waiting]) -> None:
        batch = [one for one in batch if not one.parsed.done()]  # who waited was cancelled
        limit = _BATCH_LIMIT_S if len(batch) > 1 else None
        try:
            results = await self._pool.run(_parse_in_worker, [one.body for one in batch], timeout_s=limit)
        except Exception as error:  # handed to who waits, where it is raised
            if len(batch) > 1:
                self._put_back(batch)
            else:
                _settle(batch[0], _of(batch[0].body, error))
            return
        for one, result in zip(batch, results, strict=False):
            _settle(one, result)
        self._put_back(batch[len(results) :])

    def _put_back(self, batch: list[_Waiting]) -> None:
        self._waiting.extendleft(_Waiting(one.body, True, one.parsed) for one in reversed(batch))


def _settle(one: _Waiting, result: types.ParsedFeed | Exception) -> None:
    if one.parsed.done():
        return
    if isinstance(result, Exception):
        one.parsed.set_exception(result)
    else:
        one.parsed.set_result(result)


def _of(body: Body, error: Exception) -> Exception:
    """The pool does not know whose body it was."""
    return errors.ExtractError(body.url, error.reason) if isinstance(error, errors.ExtractError) else error


def _parse_in_worker(bodies: list[Body]) -> list[_Result]:
    """The feeds in order, an error in place of what is none; fewer where they take long."""
    began, results = time.monotonic(), []
    for one in bodies:
        results.append(_parse(one))
        if time.monotonic() - began > _BATCH_S:
            break
    return results


def _parse(one: Body) -> _Result:
    try:
        return parse.parse_feed(one.body, url=one.url, content_type=one.content_type, kind=one.kind, now=one.now)
    except errors.ParseError as error:
        return error

"""Stores the outcomes of polls: what comes in together in one transaction, what brought nothing in larger ones.

What a poll brought is stored when its future is done; who waits for it relies on that. Decides nothing about feeds.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from monitor import errors, types

_BATCH = 25
_MOST_WAITING = 2 * _BATCH  # what has been read waits in memory
_QUIET_BATCH = 100
_LINGER_S = 0.05  # how long a poll waits for others that are under way: far less than news may take


@dataclass(frozen=True, slots=True)
class _Waiting:
    outcome: types.PollOutcome
    stored: asyncio.Future[int] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Polls(Protocol):
    """The part of ports.FeedStore that stores what polls brought."""

    def record_polls(self, outcomes: Sequence[types.PollOutcome], now: datetime) -> list[int]:
        """Store states and unknown entries; return how many entries of each were new."""

    def record_quiet_polls(self, outcomes: Sequence[types.PollOutcome]) -> None:
        """Store the states (and moves) of polls without entries."""


class PollWriter:
    """Writes polls to the store; `under_way` counts the polls that may soon come to be stored."""

    def __init__(self, feeds: Polls, clock: Callable[[], datetime], under_way: Callable[[], int]) -> None:
        self._feeds, self._clock, self._under_way = feeds, clock, under_way
        self._waiting: list[_Waiting] = []
        self._quiet: list[types.PollOutcome] = []
        self._room = asyncio.Semaphore(_MOST_WAITING)
        self._writing: asyncio.Task[None] | None = None
        self.on_stored: Callable[[types.PollOutcome], None] = lambda outcome: None  # also where storing it failed

    async def accept(self, outcome: types.PollOutcome) -> asyncio.Future[int]:
        """Take state and entries to be stored, as soon as there is room; the future tells how many entries were new,
        once they are stored. It raises what the store raises."""
        await self._room.acquire()
        mine = _Waiting(outcome)
        self._waiting.append(mine)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        return mine.stored

    async def store_quiet(self, outcome: types.PollOutcome) -> None:
        """Keep the outcome of a poll that brought nothing, to be stored with others like it, at the latest by flush."""
        self._quiet.append(outcome)
        if len(self._quiet) >= _QUIET_BATCH:
            await self.flush()

    async def flush(self) -> None:
        """Store what store_quiet kept."""
        outcomes, self._quiet = self._quiet, []
        try:
            if outcomes:
                await asyncio.to_thread(self._feeds.record_quiet_polls, outcomes)
        finally:
            for outcome in outcomes:
                self.on_stored(outcome)

    async def _write_all(self) -> None:
        while self._waiting:
            if len(self._waiting) < _BATCH and self._under_way():
                await asyncio.sleep(_LINGER_S)
            batch, self._waiting = self._waiting[:_BATCH], self._waiting[_BATCH:]
            await self._write(batch)

    async def _write(self, batch: list[_Waiting]) -> None:
        try:
            new = await asyncio.to_thread(self._feeds.record_polls, [one.outcome for one in batch], self._clock())
        except Exception as error:  # handed to those who wait, where it is raised
            if len(batch) > 1 and not _is_everybodys(error):
                for one in batch:  # what one feed brought must not keep out what the others did
                    await self._write([one])
                return
            self._settle(batch, error)
        except asyncio.CancelledError:
            self._settle(batch, asyncio.CancelledError())
            raise
        else:
            self._settle(batch, new)

    def _settle(self, batch: list[_Waiting], result: list[int] | BaseException) -> None:
        for number, one in enumerate(batch):
            self._room.release()
            self.on_stored(one.outcome)
            if one.stored.done():  # who waited was cancelled
                continue
            if isinstance(result, BaseException):
                one.stored.set_exception(result)
            else:
                one.stored.set_result(result[number])


def _is_everybodys(error: Exception) -> bool:
    """Whether the database itself is in trouble: trying one poll after the other would only wait as many times."""
    return isinstance(error, errors.StoreError) and error.kind != "refused"

"""One service at a time where several share a database: the others stand by, and take over when it is gone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import structlog

from monitor import errors
from storage import leading

log = structlog.get_logger("standing_by")

TRY_S = 1.0  # how often who stands by asks; what a take-over takes at the longest, once the holder's session is over
LOOK_S = 2.0  # how often the one service looks whether it still is


async def become_the_one(leader: leading.Leader) -> None:
    """Wait until no other service holds the database; a server that is away is waited for too."""
    said = ""
    while True:
        try:
            if await asyncio.to_thread(leader.acquire):
                if said:
                    log.warning("taking_over")
                return
            word = "another service is at work on this database"
        except errors.StoreError as error:
            word = str(error)
        if word != said:
            log.info("standing_by", word=word)
            said = word
        await asyncio.sleep(TRY_S)


@contextlib.asynccontextmanager
async def being_the_one(leader: leading.Leader, on_lost: Callable[[], None]) -> AsyncIterator[None]:
    """While the block runs: call `on_lost` once when the lock is gone, for another may hold it then."""

    async def watch() -> None:
        while await asyncio.to_thread(leader.is_held):
            await asyncio.sleep(LOOK_S)
        log.warning("lead_lost", word="starting anew")
        on_lost()

    watching = asyncio.create_task(watch(), name="lead")
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

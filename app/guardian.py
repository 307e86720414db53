"""Stands between service and trouble: waits out a database that refuses, tells the operator, ends what hangs.

What is decided is in trouble.py; here it is done.
"""

import asyncio
import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from app import operator_line, trouble, wiring
from monitor import errors

log = structlog.get_logger("guardian")

TRIAL_CHARS = 200_000  # as large as an article: a full disk may still take small things


class Guardian:
    """One service's guardian; `start_anew` is called where the database is another than the one that was opened.

    `tells`: whether the operator hears of it from this process; of several only one does.
    """

    def __init__(self, base: wiring.Base, start_anew: Callable[[], None], *, tells: bool = True) -> None:
        self._tells = tells
        self._stores, self._start_anew = base.stores, start_anew
        self._limit_s = base.settings.watchdog_max_age_s
        self._gate, self._clock_watch = trouble.StoreGate(), trouble.ClockWatch()
        self._line = operator_line.OperatorLine(base.settings, wiring.utc_now)
        self._watchdog = trouble.Watchdog(self._limit_s, time.monotonic, self._give_up)

    def start(self) -> None:
        """Watch, where the settings want it."""
        if self._limit_s:
            self._watchdog.start()

    def stop(self) -> None:
        """Watch no more."""
        self._watchdog.stop()

    def beat(self) -> None:
        """A cycle was completed."""
        self._watchdog.beat()

    async def is_ready(self) -> bool:
        """Whether the database can be written; where it could not, a write is tried now and then."""
        if self._gate.is_open:
            return True
        self._watchdog.beat()  # known and told; starting again would not help
        if not self._gate.should_try(time.monotonic()):
            return False
        try:
            for trial in (" " * TRIAL_CHARS, ""):
                await asyncio.to_thread(self._stores.meta.set, "trial", trial)
        except errors.StoreError as error:
            await self.heed(error)
            return False
        self._gate.open()
        log.info("database_back")
        return True

    async def heed(self, error: errors.WatchError) -> None:
        """What a job failed with: where the database refuses, pause and tell; where it was replaced, start anew."""
        if not isinstance(error, errors.StoreError):
            return
        if error.kind == "replaced":
            self._start_anew()
        elif self._gate.close(time.monotonic()):
            if self._tells:
                await self._line.tell(f"database {error.kind}", trouble.describe(error))
            else:
                log.error("database_refuses", reason=trouble.describe(error))

    async def heed_clock(self) -> None:
        """A clock that was set back would let feeds wait for as long as that."""
        now = wiring.utc_now()
        jump = self._clock_watch.observe(now, time.monotonic()) or self._jump_while_off(now)
        if jump:
            log.warning("clock_jumped", seconds=round(jump.total_seconds()), word="set, or the machine was asleep")
        if jump < timedelta():
            await asyncio.to_thread(self._stores.waiting.shift_back, now, -jump)

    def _jump_while_off(self, now: datetime) -> timedelta:
        """Before the first cycle: how far the last one, of an earlier run, lies ahead."""
        last = None if self._watchdog.has_beaten else self._stores.meta.time("last_cycle_at")
        ahead = now - last if last else timedelta()
        return ahead if ahead <= -trouble.JUMP else timedelta()

    def _give_up(self, age_s: float) -> None:
        """Called by the watchdog, in its thread."""
        text = f"no cycle was completed for {age_s:.0f} s; the service ends, to be started again"
        if self._tells:
            self._line.tell_from_thread("watchdog", text)
        os._exit(trouble.RESTART)

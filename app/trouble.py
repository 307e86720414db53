"""Trouble with the program itself: a database that can't be written, a cycle that never ends, a clock that jumps.

Pure, but for the watchdog's thread: clocks are arguments, and what is to be done about it is the caller's.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from monitor import errors

FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 300.0
LASTING_S = 2 * LONGEST_PAUSE_S  # trouble after so long without any is another
JUMP = timedelta(seconds=60)
RESTART = 75  # EX_TEMPFAIL: whatever runs the program is to start it again
_WORDS = {
    "full": "the disk is full",
    "read_only": "the database may not be written",
    "locked": "another program holds the database",
    "damaged": "the database is damaged: restore a backup",
    "gone": "the database server does not answer",
}


class StoreGate:
    """Closed while the database refuses: nothing is then fetched or sent, for it could not be recorded.

    Otherwise every feed would be asked again each few seconds, and every message sent again after each lease.
    """

    def __init__(self) -> None:
        self.is_open = True
        self._failures = 0
        self._next_try_s = 0.0
        self._closed_s = 0.0

    def close(self, now_s: float) -> bool:
        """The database refused: pause, longer each time; returns whether this is news."""
        is_news, self.is_open = self.is_open, False
        if now_s - self._closed_s > LASTING_S:
            self._failures = 0
        pause = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(self._failures, 20))
        self._failures += 1
        self._closed_s, self._next_try_s = now_s, now_s + pause
        return is_news

    def should_try(self, now_s: float) -> bool:
        """Whether it is time to try a write."""
        return now_s >= self._next_try_s

    def open(self) -> None:
        """The trial worked. Should the next thing fail again soon, the pause goes on growing."""
        self.is_open = True


def describe(error: errors.StoreError) -> str:
    """What a person is told of it."""
    return (
        f"{_WORDS.get(error.kind, 'the database refuses')} ({error}); nothing is polled or sent until it can be written"
    )


class ClockWatch:
    """Compares the wall clock with one that never jumps."""

    def __init__(self) -> None:
        self._seen: tuple[datetime, float] | None = None

    def observe(self, wall: datetime, steady_s: float) -> timedelta:
        """By how much the wall clock has jumped since the last call; zero where it has not.

        Ahead also after the machine was suspended: the steady clock stands still then.
        """
        seen, self._seen = self._seen, (wall, steady_s)
        if seen is None:
            return timedelta()
        jump = (wall - seen[0]) - timedelta(seconds=steady_s - seen[1])
        return jump if abs(jump) >= JUMP else timedelta()


class Watchdog:
    """Calls `on_stuck(age)` once when nothing has beaten for too long; a thread, for a stuck loop runs nothing."""

    def __init__(self, limit_s: float, clock: Callable[[], float], on_stuck: Callable[[float], None]) -> None:
        self._limit_s, self._clock, self._on_stuck = limit_s, clock, on_stuck
        self._beaten = clock()
        self.has_beaten = False
        self._ended = threading.Event()

    def beat(self) -> None:
        """A cycle was completed, or can't be for a reason that is known and told."""
        self._beaten = self._clock()
        self.has_beaten = True

    def check(self) -> bool:
        """Look once; returns whether it is stuck."""
        age = self._clock() - self._beaten
        if age <= self._limit_s:
            return False
        self._on_stuck(age)
        return True

    def start(self) -> None:
        """Look again and again, until `stop`."""
        threading.Thread(target=self._run, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(min(30.0, max(0.05, self._limit_s / 10))):
            if self.check():
                return

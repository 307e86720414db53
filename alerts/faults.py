"""Faults that only the operator can mend: a log-in that is refused, a server that is not there, a relay that denies.

While one lasts, its channel (or the one recipient that it concerns) rests between tries, nothing is given up, and the
operator is told once. Faults are kept, so that a restart tells none again and health can show them.
"""

import asyncio
import contextlib
import dataclasses
import json
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts import pacing
from monitor import ports

FIRST_PAUSE_S, LONGEST_PAUSE_S = 30.0, 900.0
PREFIX = "fault:"  # + the place: the name in meta


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong at a place, and when it is tried again."""

    place: str  # a channel's name, or a recipient's address
    reason: str
    since: datetime
    until: datetime
    failures: int = 1

    @property
    def words(self) -> str:
        """For the operator."""
        return f"{self.place} does not work since {self.since:%Y-%m-%d %H:%M} UTC: {self.reason}"


class Faults:
    """The faults that last. Tries at a faulty place go one after the other, so that one failure speaks for all."""

    def __init__(self, meta: ports.Meta, clock: Callable[[], datetime]) -> None:
        self._meta, self._clock = meta, clock
        self._known = {fault.place: fault for fault in load_faults(meta)}
        self._locks: dict[str, asyncio.Lock] = {}

    def begin(self, channels: Collection[str]) -> list[str]:
        """At a start, for settings may be mended: all may be tried at once; what has no channel any more is forgotten.

        Returns the places that may be tried.
        """
        for place, fault in list(self._known.items()):
            if pacing.channel_of(place) in channels:
                self._put(dataclasses.replace(fault, until=self._clock()))
            else:
                self.forget(place)
        return list(self._known)

    @asynccontextmanager
    async def turn(self, recipient: str) -> AsyncIterator[None]:
        """Wait for earlier tries of a channel that is faulty; of one that works nobody waits."""
        async with contextlib.AsyncExitStack() as stack:
            if channel := self._known.get(pacing.channel_of(recipient)):
                await stack.enter_async_context(self._locks.setdefault(channel.place, asyncio.Lock()))
            yield

    def resting(self, recipient: str) -> Fault | None:
        """The fault for which nothing is sent to this recipient now."""
        now = self._clock()
        for fault in self._at(recipient):
            # A clock that was set back must not stop anybody for longer than the pause.
            if timedelta() < fault.until - now <= timedelta(seconds=LONGEST_PAUSE_S):
                return fault
        return None

    def is_faulty(self, recipient: str) -> bool:
        """Whether anything lasts that keeps messages from this recipient."""
        return bool(self._at(recipient))

    def note(self, place: str, reason: str) -> tuple[Fault, bool]:
        """A try failed: rest, longer each time. Returns the fault and whether it is news.

        It is to be kept once its word is written: a program that is killed between them tells it at its next try.
        """
        now, known = self._clock(), self._known.get(place)
        if known is None:
            until = now + timedelta(seconds=FIRST_PAUSE_S)
            return self._put(Fault(place=place, reason=reason, since=now, until=until)), True
        if now < known.until:  # one of several tries that were under way when the first one failed
            return known, False
        pause_s = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** min(known.failures, 10))
        until = now + timedelta(seconds=pause_s)
        longer = dataclasses.replace(known, reason=reason, until=until, failures=known.failures + 1)
        return self._put(longer), False

    def mended(self, recipient: str) -> list[Fault]:
        """A message went out: what was wrong there is over. Returns the faults that end, to be forgotten once told."""
        over = self._at(recipient)
        for fault in over:
            del self._known[fault.place]
        return over

    def keep(self, fault: Fault) -> None:
        """Store it."""
        self._meta.set(PREFIX + fault.place, to_json(fault))

    def forget(self, place: str) -> None:
        """Store it no more."""
        self._known.pop(place, None)
        self._meta.forget(PREFIX + place)

    def _at(self, recipient: str) -> list[Fault]:
        places = (pacing.channel_of(recipient), recipient)
        return [self._known[place] for place in dict.fromkeys(places) if place in self._known]

    def _put(self, fault: Fault) -> Fault:
        self._known[fault.place] = fault
        return fault


def load_faults(meta: ports.Meta) -> list[Fault]:
    """The faults that last, oldest first."""
    found = [from_json(text) for text in meta.find(PREFIX).values()]
    return sorted(found, key=lambda fault: fault.since)


def to_json(fault: Fault) -> str:
    """How a fault is kept."""
    times = {"since": fault.since.isoformat(), "until": fault.until.isoformat()}
    return json.dumps(dataclasses.asdict(fault) | times)


def from_json(text: str) -> Fault:
    """A kept fault."""
    values: Mapping[str, str] = json.loads(text)
    return Fault(
        place=values["place"],
        reason=values["reason"],
        since=datetime.fromisoformat(values["since"]),
        until=datetime.fromisoformat(values["until"]),
        failures=int(values["failures"]),
    )

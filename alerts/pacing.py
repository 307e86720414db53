"""The pace of sending: pauses for each chat, for a channel as a whole, and those that a server asks for.

The figures are Telegram's for bots: about one message a second to a chat, 20 a minute to a group, 30 a second overall.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from alerts import policy

OVERALL_FROM = 3  # so many chats refused at one time: the server means the bot, not the chats
SAME_TIME = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """Least pauses in seconds, by channel."""

    chat_s: Mapping[str, float] = field(default_factory=lambda: {"telegram": 1.0})
    group_s: Mapping[str, float] = field(default_factory=lambda: {"telegram": 3.0})
    overall_s: Mapping[str, float] = field(default_factory=lambda: {"telegram": 0.04})


class Pacer:
    """Lets one message after the other through to a chat; forum topics of one group count as one chat."""

    def __init__(self, pace: Pace, clock: Callable[[], datetime], sleep: Callable[[float], Awaitable[object]]) -> None:
        self._pace, self._clock, self._sleep = pace, clock, sleep
        self._locks: dict[str, asyncio.Lock] = {}
        self._pauses: dict[str, tuple[datetime, float]] = {}  # by chat and by channel: until when, how long
        self._refused: dict[str, datetime] = {}

    @asynccontextmanager
    async def turn(self, recipient: str) -> AsyncIterator[None]:
        """Wait for the chat's turn, then the channel's; the chat's pause begins when the block ends."""
        chat, channel = policy.chat_of(recipient), channel_of(recipient)
        async with self._locks.setdefault(chat, asyncio.Lock()):
            await self._wait(chat)
            await self._wait(channel)
            self._pause(channel, self._pace.overall_s.get(channel, 0.0))
            try:
                yield
            finally:
                is_group = chat.partition(":")[2].startswith(("-", "@"))
                self._pause(chat, (self._pace.group_s if is_group else self._pace.chat_s).get(channel, 0.0))

    def refused(self, recipient: str, pause_s: float) -> None:
        """The server asked for a pause; where it asks several chats at one time, all of the channel's wait."""
        now, channel = self._clock(), channel_of(recipient)
        self._pause(policy.chat_of(recipient), pause_s)
        self._refused[policy.chat_of(recipient)] = now
        recent = [c for c, at in self._refused.items() if channel_of(c) == channel and now - at <= SAME_TIME]
        if len(recent) >= OVERALL_FROM:
            self._pause(channel, pause_s)

    def rest_s(self, recipient: str) -> float:
        """How long the recipient's next message has to wait."""
        return max(self._rest_s(policy.chat_of(recipient)), self._rest_s(channel_of(recipient)))

    def _pause(self, name: str, seconds: float) -> None:
        if seconds > self._rest_s(name):
            self._pauses[name] = (self._clock() + timedelta(seconds=seconds), seconds)

    async def _wait(self, name: str) -> None:
        while (rest := self._rest_s(name)) > 0:
            await self._sleep(rest)
            if self._rest_s(name) >= rest:
                return  # a clock that stands still must not stop anybody

    def _rest_s(self, name: str) -> float:
        until, seconds = self._pauses.get(name, (None, 0.0))
        rest = (until - self._clock()).total_seconds() if until else 0.0
        return rest if rest <= seconds else 0.0  # a clock set back must not stop anybody


def channel_of(recipient: str) -> str:
    """The name of the channel."""
    return recipient.partition(":")[0]

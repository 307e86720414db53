"""The dispatcher: claims alerts that are due and works them off, each recipient in a lane of its own.

An alert may be told twice after a crash or a lost answer (its id shows that), but is never lost: it stays in the outbox
until a channel has accepted it or refused it for good. What happens inside a lane is delivery.py's.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta

from alerts import delivery, faults, render
from alerts.delivery import DEAD, RETRIED, SENT, DispatchCount, DispatchOptions
from monitor import ports, recipients, types

TURN_S = 1.0  # a turn that nothing ends looks for new alerts after this
CLOSE_S = 4.0


class Dispatcher:
    """Sends what waits in the outbox. A slow recipient holds up nobody else."""

    def __init__(
        self,
        outbox: ports.Outbox,
        channels: Mapping[str, ports.Channel],
        load_development: Callable[[str], types.Development | None],
        names: Mapping[str, str],
        clock: Callable[[], datetime],
        render_digest_for: Callable[[types.Alert], render.Message],
        *,
        known_faults: faults.Faults,
        recipient_of: Callable[[str], recipients.Recipient | None] = lambda address: None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        options: DispatchOptions | None = None,
    ) -> None:
        self._outbox, self._channels, self._clock = outbox, channels, clock
        self._options = options or DispatchOptions()
        self._lanes: dict[str, asyncio.Task[DispatchCount]] = {}
        for place in known_faults.begin(channels):
            outbox.wake_alerts(place)
        self._delivery = delivery.Delivery(
            outbox, channels, delivery.Writer(load_development, names, render_digest_for, self._options.watch),
            recipient_of, clock, known_faults=known_faults, sleep=sleep, options=self._options,
        )  # fmt: skip

    async def dispatch_once(self) -> DispatchCount:
        """One round: claim what is due, and wait until every lane has ended."""
        self._start_lanes()
        if self._lanes:
            await asyncio.wait(self._lanes.values())
        return self._collect()

    async def dispatch_turn(self, wait_s: float = TURN_S) -> DispatchCount:
        """Claim what is due and return when a lane has ended, or soon; slow lanes go on meanwhile."""
        self._start_lanes()
        if self._lanes:
            await asyncio.wait(self._lanes.values(), timeout=wait_s, return_when=asyncio.FIRST_COMPLETED)
        return self._collect()

    async def close(self) -> None:
        """Let lanes end (what does not is sent again when its lease ends), then close the channels that can be."""
        if self._lanes:
            _, late = await asyncio.wait(self._lanes.values(), timeout=CLOSE_S)
            for lane in late:
                lane.cancel()
            await asyncio.gather(*self._lanes.values(), return_exceptions=True)
            self._lanes.clear()
        for channel in self._channels.values():
            close = getattr(channel, "close", None)
            if close is not None:
                await close()

    def _start_lanes(self) -> None:
        now, lease_s = self._clock(), self._options.lease_s
        queues: dict[str, list[types.Alert]] = {}
        claimed = self._outbox.claim_alerts(now, lease_s, self._options.limit, tuple(self._lanes))
        for alert in sorted(claimed, key=lambda each: each.created_at):
            queues.setdefault(alert.recipient, []).append(alert)
        # Half of the lease: what is under way then still ends inside of it.
        deadline = now + timedelta(seconds=lease_s / 2)
        for address, queue in queues.items():
            self._lanes[address] = asyncio.create_task(self._delivery.work_off(address, queue, deadline), name=address)

    def _collect(self) -> DispatchCount:
        """What ended lanes did; raises the first one's error after all are taken out, so that none runs unwatched."""
        done = [self._lanes.pop(address) for address, lane in list(self._lanes.items()) if lane.done()]
        failures = [error for lane in done if (error := lane.exception()) is not None]
        if failures:
            raise failures[0]
        return sum((lane.result() for lane in done), DispatchCount())


__all__ = ["DEAD", "RETRIED", "SENT", "DispatchCount", "DispatchOptions", "Dispatcher"]

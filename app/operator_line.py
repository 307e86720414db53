"""The second channel to the operator: a word sent at once and directly, for when the outbox itself is the trouble."""

import asyncio
from collections.abc import Callable
from datetime import datetime

import structlog

from alerts import policy, render
from app import settings as app_settings
from app import wiring
from monitor import errors

log = structlog.get_logger("operator")

SEND_TIMEOUT_S = 20.0


class OperatorLine:
    """Tells the operator; the same subject once a day. Never raises: the log has the word in any case."""

    def __init__(self, settings: app_settings.Settings, clock: Callable[[], datetime]) -> None:
        self._settings, self._clock = settings, clock
        self._told: set[str] = set()

    async def tell(self, subject: str, text: str) -> bool:
        """Log and send; returns whether it went out."""
        notice = policy.notice_alert(wiring.operator_of(self._settings), text, self._clock(), subject)
        alert = policy.of_watch(notice, self._settings.watch)
        log.error("operator_alert", subject=subject, text=text)
        if alert.id in self._told:
            return False
        self._told.add(alert.id)
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                channels = wiring.build_channels(self._settings)
                channel = channels.get(alert.recipient.partition(":")[0], channels["console"])
                await channel.send(alert, render.render_alert(alert, None, {}))
                for one in channels.values():
                    await getattr(one, "close", _nothing)()
        except (errors.SendError, TimeoutError) as error:
            log.error("operator_not_reached", reason=str(error) or "no answer in time")
            return False
        return True

    def tell_from_thread(self, subject: str, text: str) -> bool:
        """The same from outside of the loop, which may be stuck."""
        return asyncio.run(self.tell(subject, text))


async def _nothing() -> None:
    pass

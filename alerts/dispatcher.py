"""The dispatcher: claims alerts that are due, renders them from what the ledger holds now, sends, records the outcome.

An alert may be told twice after a crash or a lost answer (its id shows that), but is never lost: it stays in the outbox
until a channel has accepted it or refused it for good.
"""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts import policy, redact, render
from monitor import errors, ports, types

log = logging.getLogger("alerts.dispatcher")

FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 900.0  # the longest that an alert waits after the line is back
MAX_ATTEMPTS = 1350  # about two weeks of tries
PACE_S = {"telegram": 1.0}  # least pause between two messages to one chat
_TELLS = (types.AlertKind.NEW, types.AlertKind.UPDATE, types.AlertKind.DISPUTED, types.AlertKind.TAKEN_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchCount:
    """What one round did."""

    sent: int = 0
    retried: int = 0
    dead: int = 0

    def __add__(self, other: "DispatchCount") -> "DispatchCount":
        return DispatchCount(
            sent=self.sent + other.sent, retried=self.retried + other.retried, dead=self.dead + other.dead
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchOptions:
    """How the dispatcher works."""

    operator: str = "console"  # who gets notices
    lease_s: float = 300.0  # must outlast the slowest round of one recipient
    limit: int = 20  # alerts of one round; bounds how long a busy chat holds up the next round
    send_timeout_s: float = 60.0
    pace_s: Mapping[str, float] = dataclasses.field(default_factory=lambda: PACE_S)


SENT, RETRIED, DEAD = DispatchCount(sent=1), DispatchCount(retried=1), DispatchCount(dead=1)


def retry_delay_s(attempts: int, retry_after_s: float | None = None) -> float:
    """The pause before the next try: doubles with each attempt, has a cap, and is never shorter than was asked for."""
    doubled = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(max(0, attempts - 1), 30))
    return max(doubled, retry_after_s or 0.0)


class Dispatcher:
    """Sends what waits in the outbox."""

    def __init__(
        self,
        outbox: ports.Outbox,
        channels: Mapping[str, ports.Channel],
        load_development: Callable[[str], types.Development | None],
        names: Mapping[str, str],
        clock: Callable[[], datetime],
        render_digest_for: Callable[[types.Alert], render.Message],
        *,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        options: DispatchOptions | None = None,
    ) -> None:
        self._outbox, self._channels, self._names = outbox, channels, names
        self._load_development, self._render_digest_for = load_development, render_digest_for
        self._clock, self._sleep, self._options = clock, sleep, options or DispatchOptions()
        self._last_sent: dict[str, datetime] = {}

    async def dispatch_once(self) -> DispatchCount:
        """One round: every recipient on its own, each one's alerts in order."""
        claimed = self._outbox.claim_alerts(self._clock(), self._options.lease_s, self._options.limit)
        queues: dict[str, list[types.Alert]] = {}
        for alert in sorted(claimed, key=lambda each: each.created_at):
            queues.setdefault(alert.recipient, []).append(alert)
        # All are waited for, so that no recipient's queue runs on unwatched when the outbox fails under another.
        outcomes = await asyncio.gather(*(self._work_off(queue) for queue in queues.values()), return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome
        return sum((outcome for outcome in outcomes if isinstance(outcome, DispatchCount)), DispatchCount())

    async def close(self) -> None:
        """Close the channels that can be closed."""
        for channel in self._channels.values():
            close = getattr(channel, "close", None)
            if close is not None:
                await close()

    async def _work_off(self, queue: Sequence[types.Alert]) -> DispatchCount:
        """One recipient's alerts; after a failure that may pass, the rest wait behind it."""
        count, told = DispatchCount(), set[str]()
        for number, alert in enumerate(queue):
            try:
                count += await self._deliver(alert, told)
            except errors.SendError as error:
                outcome, until = self._record_failure(alert, error)
                count += outcome
                if until is not None:
                    for waiting in queue[number + 1 :]:
                        self._outbox.mark_retry(waiting.id, until, f"waits behind {alert.id}")
                        count += RETRIED
                    break
        return count

    async def _deliver(self, alert: types.Alert, told: set[str]) -> DispatchCount:
        """Render and send one alert; `told` are the developments told to this recipient in this round."""
        channel = self._channels.get(alert.recipient.partition(":")[0])
        if channel is None:
            return self._bury(alert, "no such channel is set up")
        reference = self._reference(alert)
        development = alert.development_id or ""
        # What was told just now, or by a later word on it, was rendered from the development as it stands.
        known = reference is not None
        if development in told or (alert.kind is types.AlertKind.NEW and known) or (_is_if_told(alert) and not known):
            self._outbox.mark_sent(alert.id, reference, self._clock())
            return SENT
        message = self._render(alert)
        if isinstance(message, str):
            return self._bury(alert, message)
        await self._send(channel, dataclasses.replace(alert, message_ref=reference), message)
        if development:
            told.add(development)
        return SENT

    def _reference(self, alert: types.Alert) -> str | None:
        """The channel's id of the message that told the development to this recipient."""
        if alert.development_id is None or alert.kind not in _TELLS:
            return None
        return self._outbox.message_ref(alert.recipient, alert.development_id)

    def _render(self, alert: types.Alert) -> render.Message | str:
        """The message, or why there is none."""
        try:
            if alert.kind is types.AlertKind.DIGEST:
                return self._render_digest_for(alert)
            if alert.kind not in _TELLS:
                return render.render_alert(alert, None, self._names, self._told(alert))
            development = self._load_development(alert.development_id or "")
            if development is None:
                return f"development {alert.development_id} is unknown"
            message = render.render_alert(alert, development, self._names)
            return message if render.has_evidence(message, development) else "no evidence to quote"
        except errors.WatchError as error:
            raise errors.SendError(alert.recipient, f"cannot be rendered now: {error}") from error
        except Exception as error:  # a job boundary: one alert that cannot be rendered must not hold up the others
            log.exception("render_failed alert=%s", alert.id)
            return f"cannot be rendered: {type(error).__name__}"

    def _told(self, alert: types.Alert) -> list[types.Development]:
        ids = alert.payload.get("development_ids")
        loaded = [self._load_development(str(each)) for each in ids] if isinstance(ids, list) else []
        return [development for development in loaded if development is not None]

    async def _send(self, channel: ports.Channel, alert: types.Alert, message: render.Message) -> None:
        await self._pace(alert.recipient)
        try:
            async with asyncio.timeout(self._options.send_timeout_s):
                reference = await channel.send(alert, message)
        except errors.SendError:
            raise
        except TimeoutError as error:
            raise errors.SendError(alert.recipient, "no answer in time", unknown_outcome=True) from error
        except Exception as error:  # a job boundary: a channel's unforeseen error counts as a failed try
            told = redact.redact(f"{type(error).__name__}: {error}")
            log.error("send_crashed alert=%s reason=%s", alert.id, told)
            raise errors.SendError(alert.recipient, told, unknown_outcome=True) from error
        finally:
            self._last_sent[alert.recipient] = self._clock()
        # The answer came; recorded before anything else can happen.
        self._outbox.mark_sent(alert.id, reference, self._clock())
        log.info("alert_sent alert=%s kind=%s recipient=%s", alert.id, alert.kind, alert.recipient)

    async def _pace(self, recipient: str) -> None:
        pause = self._options.pace_s.get(recipient.partition(":")[0], 0.0)
        last = self._last_sent.get(recipient)
        if last is not None and (rest := pause - (self._clock() - last).total_seconds()) > 0:
            await self._sleep(min(rest, pause))  # a clock set back must not stop the recipient

    # ------------------------------------------------------------ failures

    def _record_failure(self, alert: types.Alert, error: errors.SendError) -> tuple[DispatchCount, datetime | None]:
        """Record; return what became of it and until when the recipient's others wait (None: they need not)."""
        now, reason = self._clock(), redact.redact(error.reason)
        log.warning("alert_failed alert=%s recipient=%s reason=%s", alert.id, alert.recipient, reason)
        if error.moved_to:
            # Not at once: two groups that name each other must not make a busy loop.
            until = now + timedelta(seconds=retry_delay_s(alert.attempts))
            self._outbox.mark_retry(alert.id, until, f"moved to {error.moved_to}")
            self._outbox.move_recipient(alert.recipient, error.moved_to)
            self._notice(f"{alert.recipient} has moved to {error.moved_to}; change the setting", alert.recipient)
            return RETRIED, until
        if error.permanent and error.message_only:
            return self._bury(alert, reason), None
        if error.permanent:
            self._outbox.switch_off(alert.recipient, reason, now)
            self._notice(f"{alert.recipient} gets nothing more: {reason}", alert.recipient)
            return self._bury(alert, reason, notice=False), now
        if alert.attempts >= MAX_ATTEMPTS:
            return self._bury(alert, f"given up after {alert.attempts} tries: {reason}"), None
        until = now + timedelta(seconds=retry_delay_s(alert.attempts, error.retry_after_s))
        doubt = "outcome unknown: " if error.unknown_outcome else ""
        self._outbox.mark_retry(alert.id, until, doubt + reason)
        return RETRIED, until

    def _bury(self, alert: types.Alert, reason: str, *, notice: bool = True) -> DispatchCount:
        """Give an alert up for good, and say so."""
        self._outbox.mark_dead(alert.id, reason, self._clock())
        if notice:
            text = f"{alert.kind} alert {alert.id} to {alert.recipient} was not sent: {reason}"
            if alert.kind is types.AlertKind.NOTICE:  # a notice about a notice could run in a circle; the log has it
                log.warning("notice_dead text=%s", text)
            else:
                self._notice(text, alert.id)
        return DEAD

    def _notice(self, text: str, subject: str) -> None:
        log.warning("notice text=%s", text)
        if subject != self._options.operator:  # who is told of their own silence hears nothing
            self._outbox.add_alerts([policy.notice_alert(self._options.operator, text, self._clock(), subject)])


def _is_if_told(alert: types.Alert) -> bool:
    return bool(alert.payload.get("if_told"))

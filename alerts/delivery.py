"""One recipient's alerts: what is needed, when it goes, rendered from what the ledger holds now, sent, recorded.

Failures are values here: tried again after a pause, given up with a reason, or the recipient is switched off or moved.
"""

import asyncio
import dataclasses
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from alerts import faults, pacing, policy, redact, render, timing
from monitor import errors, ports, recipients, types, watch

log = logging.getLogger("alerts.delivery")

FIRST_RETRY_S = 2.0
LONGEST_RETRY_S = 900.0  # the longest that an alert waits after the line is back
MAX_ATTEMPTS = 1350  # about two weeks of tries
LONG_PAUSE_S = 10.0  # nobody holds a claim while waiting longer
GROUPED = "group:"  # before a message reference: the message tells of others too and must not be edited for one
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
    watch: str = watch.SHIPPED  # whose alerts they are
    stand_ins: tuple[str, ...] = ()  # where the operator hears of it while that line does not work, first first
    lease_s: float = 120.0  # twice the longest send; so long after a crash what was claimed waits
    limit: int = 1000  # alerts of one claim: the whole of a burst, so that it is grouped
    send_timeout_s: float = 60.0
    pace: pacing.Pace = dataclasses.field(default_factory=pacing.Pace)


SENT, RETRIED, DEAD = DispatchCount(sent=1), DispatchCount(retried=1), DispatchCount(dead=1)


def retry_delay_s(attempts: int, retry_after_s: float | None = None) -> float:
    """The pause before the next try: doubles with each attempt, has a cap, and is never shorter than was asked for."""
    doubled = min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(max(0, attempts - 1), 30))
    return max(doubled, retry_after_s or 0.0)


class Writer:
    """Puts alerts into words, from the ledger as it is now."""

    def __init__(
        self,
        load_development: Callable[[str], types.Development | None],
        names: Mapping[str, str],
        render_digest_for: Callable[[types.Alert], render.Message],
        watch_name: str = watch.SHIPPED,
    ) -> None:
        self._load, self._names, self._render_digest_for = load_development, names, render_digest_for
        self._watch = "" if watch_name == watch.SHIPPED else watch_name

    def write(self, batch: Sequence[types.Alert], zone: ZoneInfo | None = None) -> render.Message | str:
        """The message of one alert, or of several in short, with the zone's times; or why there is none."""
        alert = batch[0]
        try:
            if len(batch) > 1:
                return self._write_group(batch)
            if alert.kind is types.AlertKind.DIGEST:
                return self._render_digest_for(alert)
            if alert.kind not in _TELLS:
                return render.render_alert(alert, None, self._names, self._told(alert), self._watch)
            development = self._load(alert.development_id or "")
            if development is None:
                return f"development {alert.development_id} is unknown"
            message = render.render_alert(alert, development, self._names, watch=self._watch, zone=zone)
            return message if render.has_evidence(message, development) else "no evidence to quote"
        except errors.WatchError as error:
            raise errors.SendError(alert.recipient, f"cannot be rendered now: {error}") from error
        except Exception as error:  # a job boundary: one alert that cannot be rendered must not hold up the others
            log.exception("render_failed alert=%s", alert.id)
            return f"cannot be rendered: {type(error).__name__}"

    def is_groupable(self, alert: types.Alert) -> bool:
        """Whether a line in a group can tell it; others go on their own, where the reason is recorded."""
        try:
            development = self._load(alert.development_id or "")
        except errors.WatchError:
            return False
        return development is not None and bool(render.quote_of(development))

    def _write_group(self, batch: Sequence[types.Alert]) -> render.Message:
        loaded = [(alert.id, self._load(alert.development_id or "")) for alert in batch]
        return render.render_group([(name, each) for name, each in loaded if each is not None], self._names)

    def _told(self, alert: types.Alert) -> list[types.Development]:
        ids = alert.payload.get("development_ids")
        loaded = [self._load(str(each)) for each in ids] if isinstance(ids, list) else []
        return [development for development in loaded if development is not None]


class Delivery:
    """Works off recipients' queues."""

    def __init__(
        self,
        outbox: ports.Outbox,
        channels: Mapping[str, ports.Channel],
        writer: Writer,
        recipient_of: Callable[[str], recipients.Recipient | None],
        clock: Callable[[], datetime],
        *,
        known_faults: faults.Faults,
        sleep: Callable[[float], Awaitable[object]],
        options: DispatchOptions,
    ) -> None:
        self._outbox, self._channels, self._writer, self._recipient_of = outbox, channels, writer, recipient_of
        self._faults = known_faults
        self._clock, self._options = clock, options
        self._pacer = pacing.Pacer(options.pace, clock, sleep)

    async def work_off(self, address: str, queue: Sequence[types.Alert], deadline: datetime) -> DispatchCount:
        """One recipient's alerts in order; after a failure that may pass, the rest wait behind it."""
        count, needed = self._drop_needless(queue)
        now = self._clock()
        # Who is no stored recipient (the console as the operator) has no wishes.
        recipient = self._recipient_of(address) or recipients.Recipient(address=address, cap_per_hour=0)
        plan = timing.plan_round(needed, recipient, self._outbox.news_sent(address, now - timing.HOUR), now)
        if plan.held and plan.until is not None:
            self._outbox.hold_alerts([alert.id for alert in plan.held], plan.until, plan.reason)
        batches, told = [part for batch in plan.batches for part in self._split(batch)], set[str]()
        for number, batch in enumerate(batches):
            async with self._faults.turn(address):
                wait = self._wait(address, deadline)
                waiting = batches[number:]
                if wait is None:
                    outcome, wait = await self._try(batch, told)
                    count += outcome
                    waiting = batches[number + 1 :]
            if wait is not None:
                self._outbox.hold_alerts([a.id for b in waiting for a in b], wait.until, wait.reason)
                return count + DispatchCount(retried=sum(len(b) for b in waiting))
        return count

    def _wait(self, address: str, deadline: datetime) -> "_Wait | None":
        """Whether the rest of a queue goes back: a fault, a long pause that the server asked for, the lease's end."""
        now, rest_s, fault = self._clock(), self._pacer.rest_s(address), self._faults.resting(address)
        if fault is not None:
            return _Wait(fault.until, fault.reason)
        if rest_s > LONG_PAUSE_S:
            return _Wait(now + timedelta(seconds=rest_s))
        return _Wait(now) if now >= deadline else None

    def _drop_needless(self, queue: Sequence[types.Alert]) -> tuple[DispatchCount, list[types.Alert]]:
        """What a later word has told already, and later words on what was never told there."""
        count, needed = DispatchCount(), []
        news = {alert.development_id for alert in queue if alert.kind is types.AlertKind.NEW}
        for alert in queue:
            reference = self._reference(alert)
            is_new = alert.kind is types.AlertKind.NEW
            is_lost = _has(alert, "if_told") and reference is None and alert.development_id not in news
            # A group's message is not edited for one of its lines.
            is_mute = _has(alert, "silent") and reference is not None and reference.startswith(GROUPED)
            if (is_new and reference is not None) or is_lost or is_mute:
                self._outbox.mark_sent(alert.id, None if is_mute else reference, self._clock())
                count += SENT
            else:
                needed.append(alert)
        return count, needed

    def _split(self, batch: tuple[types.Alert, ...]) -> list[tuple[types.Alert, ...]]:
        """A batch, and each of its alerts that no line can tell on its own."""
        if len(batch) == 1:
            return [batch]
        fit = tuple(alert for alert in batch if self._writer.is_groupable(alert))
        return [part for part in (fit, *((alert,) for alert in batch if alert not in fit)) if part]

    async def _try(self, batch: tuple[types.Alert, ...], told: set[str]) -> tuple[DispatchCount, "_Wait | None"]:
        try:
            return await self._deliver(batch, told), None
        except errors.SendError as error:
            return self._record_failure(batch, error)

    async def _deliver(self, batch: tuple[types.Alert, ...], told: set[str]) -> DispatchCount:
        """Render and send; `told` are the developments told to this recipient in this round."""
        alert = batch[0]
        channel = self._channels.get(alert.recipient.partition(":")[0])
        if channel is None:
            return self._bury(batch, "no such channel is set up")
        reference = self._reference(alert)
        # What was told just now was rendered from the development as it stands.
        if alert.development_id in told or (_has(alert, "if_told") and reference is None):
            self._outbox.mark_sent(alert.id, reference, self._clock())
            return SENT
        recipient = self._recipient_of(alert.recipient)
        message = self._writer.write(batch, ZoneInfo(recipient.zone) if recipient else None)
        if isinstance(message, str):
            return self._bury(batch, message)
        await self._send(channel, batch, self._to_sent(batch, reference), message)
        told.update(each.development_id for each in batch if each.development_id)
        return DispatchCount(sent=len(batch))

    def _to_sent(self, batch: tuple[types.Alert, ...], reference: str | None) -> types.Alert:
        """The alert as the channel sees it: a group has an id of its own, an answer knows what it answers."""
        alert = batch[0]
        if len(batch) > 1:
            group_id = policy.alert_id(alert.recipient, "group", *(each.id for each in batch))
            return dataclasses.replace(alert, id=group_id, development_id=None, payload={"group": len(batch)})
        if reference is None or not reference.startswith(GROUPED):
            return dataclasses.replace(alert, message_ref=reference)
        payload = alert.payload | {"grouped": True}
        return dataclasses.replace(alert, message_ref=reference.removeprefix(GROUPED), payload=payload)

    def _reference(self, alert: types.Alert) -> str | None:
        """The channel's id of the message that told the development to this recipient."""
        if alert.development_id is None or alert.kind not in _TELLS:
            return None
        return self._outbox.message_ref(alert.recipient, alert.development_id)

    async def _send(
        self, channel: ports.Channel, batch: tuple[types.Alert, ...], alert: types.Alert, message: render.Message
    ) -> None:
        try:
            async with self._pacer.turn(alert.recipient), asyncio.timeout(self._options.send_timeout_s):
                reference = await channel.send(alert, message)
        except errors.SendError:
            raise
        except TimeoutError as error:
            raise errors.SendError(alert.recipient, "no answer in time", unknown_outcome=True) from error
        except Exception as error:  # a job boundary: a channel's unforeseen error counts as a failed try
            told = redact.redact(f"{type(error).__name__}: {error}")
            log.error("send_crashed alert=%s reason=%s", alert.id, told)
            raise errors.SendError(alert.recipient, told, unknown_outcome=True) from error
        # The answer came; recorded before anything else can happen.
        self._mark_sent(batch, reference)
        for fault in self._faults.mended(alert.recipient):
            self._outbox.wake_alerts(fault.place)
            self._notice(f"{fault.place} works again; what has waited goes out now", f"mended:{fault.place}")
            self._faults.forget(fault.place)
        log.info("alert_sent alert=%s kind=%s recipient=%s count=%d", alert.id, alert.kind, alert.recipient, len(batch))

    def _mark_sent(self, batch: tuple[types.Alert, ...], reference: str | None) -> None:
        if len(batch) == 1:
            self._outbox.mark_sent(batch[0].id, reference, self._clock())
        else:
            self._outbox.mark_group_sent([each.id for each in batch], f"{GROUPED}{reference or ''}", self._clock())

    # ------------------------------------------------------------ failures

    def _record_failure(
        self, batch: tuple[types.Alert, ...], error: errors.SendError
    ) -> tuple[DispatchCount, "_Wait | None"]:
        """Record; return what became of it and how the recipient's others wait (None: they need not)."""
        alert, now, reason = batch[0], self._clock(), redact.redact(error.reason)
        log.warning("alert_failed alert=%s recipient=%s reason=%s", alert.id, alert.recipient, reason)
        if error.fault is not None:
            return self._rest(batch, error.fault, reason)
        if error.moved_to:
            # Not at once: two groups that name each other must not make a busy loop.
            until = now + timedelta(seconds=retry_delay_s(alert.attempts))
            count = self._retry(batch, until, f"moved to {error.moved_to}")
            self._outbox.move_recipient(alert.recipient, error.moved_to)
            self._notice(f"{alert.recipient} has moved to {error.moved_to} and is followed", alert.recipient)
            return count, _Wait(until)
        if error.permanent and error.message_only:
            return self._bury(batch, reason), None
        if error.permanent:
            self._outbox.switch_off(alert.recipient, reason, now)
            self._notice(f"{alert.recipient} gets nothing more: {reason}", alert.recipient)
            # What waits, this one too, is kept for when the recipient is switched on again.
            return self._retry(batch, now, reason), _Wait(now)
        if alert.attempts >= MAX_ATTEMPTS:
            return self._bury(batch, f"given up after {alert.attempts} tries: {reason}"), None
        if error.retry_after_s:
            self._pacer.refused(alert.recipient, error.retry_after_s)
        until = now + timedelta(seconds=retry_delay_s(alert.attempts, error.retry_after_s))
        told = ("outcome unknown: " if error.unknown_outcome else "") + reason
        return self._retry(batch, until, told), _Wait(until)

    def _rest(
        self, batch: tuple[types.Alert, ...], reach: errors.Fault, reason: str
    ) -> tuple[DispatchCount, "_Wait | None"]:
        """The operator's to mend: told once; until it is, nothing counts as a try, so that nothing is ever given up."""
        recipient = batch[0].recipient
        channel = pacing.channel_of(recipient)
        place = channel if reach is errors.Fault.CHANNEL else recipient
        fault, is_news = self._faults.note(place, reason)
        self._outbox.hold_alerts([alert.id for alert in batch], fault.until, reason)
        if is_news:  # of several recipients whom a relay refuses with the same words one notice is enough
            same = reason.replace(recipient.partition(":")[2], "")
            self._notice(f"{place} does not work: {reason}. What waits there is kept and tried again", channel + same)
        self._faults.keep(fault)
        return DispatchCount(retried=len(batch)), _Wait(fault.until, reason)

    def _retry(self, batch: tuple[types.Alert, ...], until: datetime, reason: str) -> DispatchCount:
        for alert in batch:
            self._outbox.mark_retry(alert.id, until, reason)
        return DispatchCount(retried=len(batch))

    def _bury(self, batch: tuple[types.Alert, ...], reason: str) -> DispatchCount:
        """Give alerts up for good, and say so."""
        for alert in batch:
            self._outbox.mark_dead(alert.id, reason, self._clock())
            text = f"{alert.kind} alert {alert.id} to {alert.recipient} was not sent: {reason}"
            if alert.kind is types.AlertKind.NOTICE:  # a notice about a notice could run in a circle; the log has it
                log.warning("notice_dead text=%s", text)
            else:
                self._notice(text, alert.id)
        return DispatchCount(dead=len(batch))

    def _notice(self, text: str, subject: str) -> None:
        log.warning("notice text=%s", text)
        for address in (self._options.operator, *self._options.stand_ins):
            if subject != address and not self._faults.is_faulty(address):  # who is told of their own silence is not
                notice = policy.notice_alert(address, text, self._clock(), subject)
                self._outbox.add_alerts([policy.of_watch(notice, self._options.watch)])
                return


@dataclass(frozen=True, slots=True)
class _Wait:
    """Until when a queue goes back, and why."""

    until: datetime
    reason: str = "waits its turn"


def _has(alert: types.Alert, flag: str) -> bool:
    return bool(alert.payload.get(flag))

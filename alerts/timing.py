"""When a recipient's alerts go out: quiet hours, bursts, the cap per hour. Pure; nothing is ever dropped here.

A few pieces of news come one by one. Where more wait (a summit, the end of quiet hours, the cap) they come grouped in
one message, a line each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor import recipients, types

GROUP_FROM = 4  # so many pieces of news that wait together come as one message
GROUP_SIZE = 20  # lines of one message
BURST = (5, timedelta(minutes=10))  # more messages in that time are a burst: the rest of it waits
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What becomes of the alerts that wait for one recipient: each is in a batch, or held."""

    batches: tuple[tuple[types.Alert, ...], ...] = ()  # in order; more than one alert: grouped in one message
    held: tuple[types.Alert, ...] = ()
    until: datetime | None = None  # when the held ones are looked at again
    reason: str = ""  # why they are held


def plan_round(
    waiting: Sequence[types.Alert], recipient: recipients.Recipient, news_sent: Sequence[datetime], now: datetime
) -> Round:
    """Batches and held ones; `news_sent`: when messages that told news went to this recipient in the last hour."""
    quiet_end = quiet_until(recipient.quiet, now)
    if quiet_end is not None:
        loud = tuple(alert for alert in waiting if is_loud(alert))
        silent = tuple((alert,) for alert in waiting if not is_loud(alert))
        return Round(batches=silent, held=loud, until=quiet_end if loud else None, reason="quiet hours" * bool(loud))
    news = tuple(alert for alert in waiting if alert.kind is types.AlertKind.NEW)
    if not recipient.cap_per_hour or not news:
        return Round(batches=tuple((alert,) for alert in waiting))
    room, until = _room(recipient.cap_per_hour, news_sent, now)
    groups = _group(news, room)
    first: dict[str, tuple[types.Alert, ...]] = {group[0].id: group for group in groups[:room]}
    told = {alert.id for group in groups[:room] for alert in group}
    batches = tuple(
        first.get(alert.id, (alert,)) for alert in waiting if alert.id in first or alert.kind is not types.AlertKind.NEW
    )
    held = tuple(alert for alert in news if alert.id not in told)
    return Round(batches=batches, held=held, until=until if held else None, reason="many messages" * bool(held))


def is_loud(alert: types.Alert) -> bool:
    """Whether it makes a sound of which its reader has not chosen the hour."""
    return alert.kind is not types.AlertKind.DIGEST and not alert.payload.get("silent")


def quiet_until(quiet: recipients.Quiet | None, now: datetime) -> datetime | None:
    """The end of the quiet hours that hold now; None outside of them. Exact over changes of the clocks."""
    if quiet is None or quiet.start == quiet.end:
        return None
    start, end, zone = time.fromisoformat(quiet.start), time.fromisoformat(quiet.end), ZoneInfo(quiet.zone)
    today = now.astimezone(zone).date()
    for day in (today - timedelta(days=1), today):
        begins = datetime.combine(day, start, zone).astimezone(UTC)
        ends = datetime.combine(day + timedelta(days=int(end <= start)), end, zone).astimezone(UTC)
        if begins <= now < ends:
            return ends
    return None


def _group(news: Sequence[types.Alert], room: int) -> list[tuple[types.Alert, ...]]:
    """One by one where they are few and there is room for each; else in groups."""
    if len(news) < GROUP_FROM and len(news) <= room:
        return [(alert,) for alert in news]
    return [tuple(news[at : at + GROUP_SIZE]) for at in range(0, len(news), GROUP_SIZE)]


def _room(cap: int, news_sent: Sequence[datetime], now: datetime) -> tuple[int, datetime]:
    """How many messages may go now, and when there is room for the next ones."""
    rooms = []
    for most, window in ((cap, HOUR), BURST):
        recent = sorted(moment for moment in news_sent if now - window < moment <= now)
        room = max(0, most - len(recent))
        oldest = recent[len(recent) - most] if not room else (recent[0] if recent else now)
        rooms.append((room, oldest + window))
    return min(rooms, key=lambda each: (each[0], -each[1].timestamp()))

"""Who is told what, and when: alerts from a ledger step, the catch-up summary, the daily digest. Pure."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor import types

SUMMARY_LINES = 20
_FOLLOW_UPS = (types.AlertKind.UPDATE, types.AlertKind.DISPUTED, types.AlertKind.TAKEN_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """Somebody who is told."""

    address: str  # "console" | "telegram:<chat>" | "email:<address>"
    topics: tuple[types.Topic, ...] = tuple(types.Topic)
    minors: bool = False  # minor developments too
    updates: bool = True  # grades that rise; take-backs and disputes are always told
    immediate: bool | None = None  # None: at once but for e-mail, which gets the digest

    @property
    def is_immediate(self) -> bool:
        """Whether developments are told at once."""
        return not self.address.startswith("email:") if self.immediate is None else self.immediate


def plan_alerts(
    step: types.LedgerStep, recipients: Sequence[Recipient], now: datetime, *, silent: bool
) -> tuple[types.Alert, ...]:
    """The alerts that a ledger step calls for; none while the first poll is catching up."""
    if silent:
        return ()
    return tuple(
        _alert(recipient.address, change, now, _dispute_payload(change, step))
        for change in step.changes
        for recipient in recipients
        if recipient.is_immediate and is_told(change, recipient)
    )


def is_told(change: types.DevelopmentChange, recipient: Recipient) -> bool:
    """Whether the recipient hears of a change at once."""
    development = change.development
    if development.topic not in recipient.topics or (development.minor and not recipient.minors):
        return False
    if change.kind is types.AlertKind.UPDATE:
        # A note without a dispute says that a source has corrected itself: what was told rests on less now.
        weakened = bool(development.note) and not development.disputed
        return recipient.updates and (change.grade_rose or weakened)
    return change.kind is types.AlertKind.NEW or change.kind in _FOLLOW_UPS


def _dispute_payload(change: types.DevelopmentChange, step: types.LedgerStep) -> dict[str, object]:
    """What a dispute adds: who says otherwise, as the step keeps it beside the position; or that it is over."""
    d = change.development
    other_side = (str(d.topic), d.subject, f"{d.aspect}:disputed")
    if change.kind is types.AlertKind.UPDATE and not d.disputed and other_side in step.removed:
        return {"settled": True}
    if change.kind is types.AlertKind.DISPUTED:
        return {"against": [to_json(r) for p in step.positions if p.key == other_side for r in p.reports[:3]]}
    return {}


def to_json(report: types.Report) -> dict[str, object]:
    """What a message shows of a report, as JSON values."""
    return {
        "outlet": report.outlet,
        "tier": str(report.tier),
        "url": report.url,
        "evidence": report.evidence,
        "published": report.published.isoformat(),
    }


def _alert(address: str, change: types.DevelopmentChange, now: datetime, more: dict[str, object]) -> types.Alert:
    d = change.development
    # What an update says stands in its id, so that the same word is written once however often a step is repeated.
    revision = "" if change.kind is types.AlertKind.NEW else f"{d.grade}|{d.disputed}|{d.taken_back}|{d.note}"
    return types.Alert(
        id=alert_id(address, d.id, str(change.kind), revision),
        recipient=address,
        kind=change.kind,
        created_at=now,
        development_id=d.id,
        payload={"grade": str(d.grade), "minor": d.minor} | more,
    )


def alert_id(*parts: str) -> str:
    """A short id, the same for the same parts."""
    return "A-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:8]


def summary_alert(
    recipient: str, developments: Sequence[types.Development], counts: Mapping[str, int], now: datetime
) -> types.Alert:
    """One word on what the silent first poll brought: the majors by id, the rest as numbers."""
    majors = [d for d in developments if not d.minor and not d.taken_back]
    return types.Alert(
        id=alert_id(recipient, "summary", now.isoformat()),
        recipient=recipient,
        kind=types.AlertKind.SUMMARY,
        created_at=now,
        payload={
            "development_ids": [d.id for d in majors[:SUMMARY_LINES]],
            "majors": len(majors),
            "minors": sum(d.minor and not d.taken_back for d in developments),
            "counts": dict(counts),
        },
    )


def notice_alert(recipient: str, text: str, now: datetime, subject: str = "") -> types.Alert:
    """A word to the operator; the same word about the same subject is written once a day."""
    return types.Alert(
        id=alert_id(recipient, "notice", subject or text, now.date().isoformat()),
        recipient=recipient,
        kind=types.AlertKind.NOTICE,
        created_at=now,
        payload={"text": text},
    )


def digest_alert(
    recipient: str, since: datetime, until: datetime, local_date: date, now: datetime | None = None
) -> types.Alert:
    """The digest of a window, for a local date; rendered when it is sent."""
    return types.Alert(
        id=alert_id(recipient, "digest", local_date.isoformat()),
        recipient=recipient,
        kind=types.AlertKind.DIGEST,
        created_at=now or until,
        payload={"since": since.isoformat(), "until": until.isoformat(), "local_date": local_date.isoformat()},
    )


def is_digest_due(
    now_utc: datetime, tz: ZoneInfo, hour_minute: tuple[int, int] | time | str, last_local_date: date | None
) -> date | None:
    """The local date whose digest is due: its time has come (or was skipped by the clocks) and it has had none."""
    at = _to_time(hour_minute)
    local = types.ensure_utc(now_utc).astimezone(tz)
    today = local.date()
    # A date before the last one comes when clocks go back over midnight or the zone is changed: it has been served.
    if local.time().replace(tzinfo=None) >= at or _is_past(today, at, tz, now_utc):
        return today if last_local_date is None or today > last_local_date else None
    yesterday = today - timedelta(days=1)
    if last_local_date is None or yesterday <= last_local_date or not _lost_evening(yesterday, at, tz):
        return None
    return yesterday


def _is_past(day: date, at: time, tz: ZoneInfo, now_utc: datetime) -> bool:
    """Whether the local clock has shown the time already; it may have been set back since."""
    return datetime.combine(day, at, tz).astimezone(UTC) <= now_utc and not _is_skipped(day, at, tz)


def _is_skipped(day: date, at: time, tz: ZoneInfo) -> bool:
    wall = datetime.combine(day, at, tz)
    return wall.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != wall.replace(tzinfo=None)


def _lost_evening(day: date, at: time, tz: ZoneInfo) -> bool:
    """Whether the clocks jumped from before the time over midnight: the day ended without it (Nuuk in March)."""
    midnight = datetime.combine(day + timedelta(days=1), time(0), tz).astimezone(UTC)
    existed = (midnight - timedelta(seconds=1)).astimezone(tz).date() == day  # Samoa had no 30 December 2011
    return existed and _is_skipped(day, at, tz)


def _to_time(value: tuple[int, int] | time | str) -> time:
    if isinstance(value, str):
        return time.fromisoformat(value).replace(tzinfo=None)
    return value.replace(tzinfo=None) if isinstance(value, time) else time(*value)

"""Who is told what: alerts from a ledger step, the catch-up summary, the daily digest. Pure. When: timing.py."""

import dataclasses
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from monitor import recipients, types, watch

SUMMARY_LINES = 20
_FOLLOW_UPS = (types.AlertKind.UPDATE, types.AlertKind.DISPUTED, types.AlertKind.TAKEN_BACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How a recipient hears of a change."""

    kind: types.AlertKind
    if_told: bool = False  # only where the development has been told there before
    silent: bool = False  # only by an edit of that message, which makes no sound


def plan_alerts(
    step: types.LedgerStep, to: Sequence[recipients.Recipient], now: datetime, *, silent: bool
) -> tuple[types.Alert, ...]:
    """The alerts that a ledger step calls for; none while the first poll is catching up."""
    if silent:
        return ()
    return tuple(
        _alert(recipient.address, change, telling, now, _dispute_payload(change, step))
        for change in step.changes
        for recipient in to
        if recipient.is_immediate
        for telling in plan_tellings(change, recipient, now)
    )


def plan_tellings(
    change: types.DevelopmentChange, recipient: recipients.Recipient, now: datetime
) -> tuple[Telling, ...]:
    """How the recipient hears of a change at once; empty: not at all."""
    tellings = _wanted(change, recipient)
    if is_muted(change, recipient, now):
        tellings = (Telling(kind=change.kind, if_told=True, silent=True),) if tellings else ()
    return tuple(telling for telling in tellings if recipient.is_edited or not telling.silent)


def _wanted(change: types.DevelopmentChange, recipient: recipients.Recipient) -> tuple[Telling, ...]:
    """What topics, countries, size and grade leave."""
    development, kind = change.development, change.kind
    if not is_chosen(development.topic, development.subject, recipient):
        return ()
    if development.minor and not recipient.minors:
        return ()
    sure_enough = is_sure_enough(development.grade, recipient)
    if kind is types.AlertKind.UPDATE:
        # A note without a dispute says that a source has corrected itself: what was told rests on less now.
        weakened = bool(development.note) and not development.disputed
        aloud = recipient.updates and (change.grade_rose or weakened)
        update = Telling(kind=kind, if_told=not sure_enough or not aloud, silent=not aloud)
        if change.grade_rose and sure_enough and not is_sure_enough(development.grade_at_first, recipient):
            # Sure enough for this reader from now on, or since an earlier rise: the news is written once.
            return (Telling(kind=types.AlertKind.NEW), dataclasses.replace(update, if_told=True))
        return (update,)
    if kind is types.AlertKind.NEW:
        return (Telling(kind=kind),) if sure_enough else ()
    return (Telling(kind=kind, if_told=not sure_enough),) if kind in _FOLLOW_UPS else ()


def is_chosen(topic: types.Topic, subject: str, recipient: recipients.Recipient) -> bool:
    """Whether the recipient wants the topic, and the country where it is one."""
    if topic not in recipient.topics:
        return False
    is_country = len(subject) == 2 and topic is not types.Topic.BACKSTOP and subject != "EU"
    return not (is_country and recipient.countries) or subject in recipient.countries


def is_sure_enough(grade: types.Grade, recipient: recipients.Recipient) -> bool:
    """Whether the grade is the least that the recipient wants, or more."""
    order = list(types.Grade)
    return order.index(grade) >= order.index(recipient.least_grade)


def is_muted(change: types.DevelopmentChange, recipient: recipients.Recipient, now: datetime) -> bool:
    """Whether a mute covers the change. One without an end lets the next major development through."""
    d = change.development
    return any(
        mute.until is not None or not _is_change(change)
        for mute in recipient.mutes
        if _covers(mute, d) and (mute.until is None or mute.until > now)
    )


def lift_mutes(
    recipient: recipients.Recipient, changes: Sequence[types.DevelopmentChange], now: datetime
) -> recipients.Recipient:
    """The recipient without the mutes that are over: their time has come, or what they cover has changed."""
    left = tuple(
        mute
        for mute in recipient.mutes
        if (
            mute.until > now if mute.until else not any(_is_change(c) and _covers(mute, c.development) for c in changes)
        )
    )
    return recipient if left == recipient.mutes else dataclasses.replace(recipient, mutes=left)


def _is_change(change: types.DevelopmentChange) -> bool:
    return change.kind is types.AlertKind.NEW and not change.development.minor


def _covers(mute: recipients.Mute, d: types.Development) -> bool:
    return mute.topic in {None, d.topic} and mute.subject in {None, d.subject}


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


def _alert(
    address: str, change: types.DevelopmentChange, telling: Telling, now: datetime, more: dict[str, object]
) -> types.Alert:
    d, kind = change.development, telling.kind
    # What an update says stands in its id, so that the same word is written once however often a step is repeated.
    said = (d.grade, d.disputed, d.taken_back, d.note, d.new_number, len({r.origin for r in d.reports}))
    flags = {
        "rose": change.grade_rose and kind is types.AlertKind.UPDATE,
        "if_told": telling.if_told,
        "silent": telling.silent,
    }
    return types.Alert(
        id=alert_id(address, d.id, str(kind), "" if kind is types.AlertKind.NEW else "|".join(map(str, said))),
        recipient=address,
        kind=kind,
        created_at=now,
        development_id=d.id,
        payload={"grade": str(d.grade), "minor": d.minor} | {name: True for name, on in flags.items() if on} | more,
    )


def chat_of(address: str) -> str:
    """An address without its forum topic."""
    return address.partition("/")[0]


def alert_id(*parts: str) -> str:
    """An id, the same for the same parts. Of ten million alerts two are alike once in 300,000 databases (64 bits);
    ids of earlier versions are the first 8 digits of these (the outbox knows them by that)."""
    return "A-" + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def of_watch(alert: types.Alert, name: str) -> types.Alert:
    """The same word in another watch than the shipped one: it is another alert, also where one person gets both."""
    return alert if name == watch.SHIPPED else dataclasses.replace(alert, id=alert_id(alert.id, name))


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

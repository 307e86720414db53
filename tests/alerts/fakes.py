"""An outbox in memory and builders of ledger values for the tests of alerts/."""

import dataclasses
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from alerts import render
from monitor import errors, types

NOW = datetime(2026, 2, 12, 14, 5, tzinfo=UTC)
NAMES = {
    "IT": "Italy", "GB": "United Kingdom", "US": "United States", "FR": "France",
    "COALITION": "Coalition of the willing",
}  # fmt: skip


class Clock:
    """A clock that moves when told to; `sleep` moves it."""

    def __init__(self, now: datetime = NOW) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        """Move on."""
        self.now += timedelta(seconds=seconds)

    async def sleep(self, seconds: float) -> None:
        """Stands in for asyncio.sleep."""
        self.slept.append(seconds)
        self.advance(seconds)


class FakeOutbox:
    """ports.Outbox in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, types.Alert] = {}
        self.leases: dict[str, datetime] = {}
        self.off: dict[str, str] = {}
        self.moved: dict[str, str] = {}
        self.sent_at: dict[str, datetime] = {}

    def add_alerts(self, alerts: Sequence[types.Alert]) -> None:
        for alert in alerts:
            recipient = self.moved.get(alert.recipient, alert.recipient)
            self.rows.setdefault(alert.id, dataclasses.replace(alert, recipient=recipient))

    def claim_alerts(self, now: datetime, lease_s: float, limit: int, busy: Collection[str] = ()) -> list[types.Alert]:
        kept = {*self.off, *busy}
        due = [row for row in self.rows.values() if self._is_due(row, now) and row.recipient not in kept]
        claimed = []
        for row in sorted(due, key=lambda each: each.created_at)[:limit]:
            self._set(row.id, state=types.DeliveryState.SENDING, attempts=row.attempts + 1)
            self.leases[row.id] = now + timedelta(seconds=lease_s)
            claimed.append(self.rows[row.id])
        return claimed

    def _is_due(self, row: types.Alert, now: datetime) -> bool:
        if row.state is types.DeliveryState.WAITING:
            return row.not_before is None or row.not_before <= now
        return row.state is types.DeliveryState.SENDING and self.leases[row.id] <= now

    def _set(self, alert_id: str, **fields: Any) -> None:
        self.rows[alert_id] = dataclasses.replace(self.rows[alert_id], **fields)

    def mark_sent(self, alert_id: str, message_ref: str | None, now: datetime) -> None:
        self._set(alert_id, state=types.DeliveryState.SENT, message_ref=message_ref)
        self.sent_at[alert_id] = now

    def mark_group_sent(self, alert_ids: Sequence[str], message_ref: str, now: datetime) -> None:
        for alert_id in alert_ids:
            self._set(alert_id, state=types.DeliveryState.SENT, message_ref=message_ref)
            self.sent_at[alert_id] = now

    def hold_alerts(self, alert_ids: Sequence[str], not_before: datetime, reason: str) -> None:
        for alert_id in alert_ids:
            self.mark_retry(alert_id, not_before, reason)
            self._set(alert_id, attempts=self.rows[alert_id].attempts - 1)

    def news_sent(self, recipient: str, since: datetime) -> list[datetime]:
        mine = [r for r in self.rows.values() if r.recipient == recipient and r.kind is types.AlertKind.NEW]
        found = {r.message_ref: self.sent_at[r.id] for r in mine if r.message_ref and r.id in self.sent_at}
        return sorted(at for at in found.values() if at > since)

    def mark_retry(self, alert_id: str, not_before: datetime, error: str) -> None:
        self._set(alert_id, state=types.DeliveryState.WAITING, not_before=not_before, last_error=error)

    def mark_dead(self, alert_id: str, error: str, now: datetime) -> None:
        self._set(alert_id, state=types.DeliveryState.DEAD, last_error=error)

    def message_ref(self, recipient: str, development_id: str) -> str | None:
        told = [r for r in self.rows.values() if (r.recipient, r.development_id) == (recipient, development_id)]
        told = [r for r in told if r.message_ref is not None]
        own = [r for r in told if not str(r.message_ref).startswith("group:")]
        return min(own or told, key=lambda each: each.created_at).message_ref if told else None

    def wake_alerts(self, place: str) -> None:
        for row in list(self.rows.values()):
            if row.state is types.DeliveryState.WAITING and place in {row.recipient, row.recipient.partition(":")[0]}:
                self._set(row.id, not_before=None)

    def switch_off(self, recipient: str, reason: str, now: datetime) -> None:
        self.off[recipient] = reason

    def switch_on(self, recipient: str) -> bool:
        return self.off.pop(recipient, None) is not None

    def move_recipient(self, old: str, new: str) -> None:
        self.moved[old] = new
        for row in list(self.rows.values()):
            if row.recipient == old:
                self._set(row.id, recipient=new)

    def recipients_off(self) -> dict[str, str]:
        return dict(self.off)

    def count_alerts(self) -> dict[str, int]:
        states = [str(row.state) for row in self.rows.values()]
        return {state: states.count(state) for state in set(states)}


class FakeMeta:
    """ports.Meta in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        return self.rows.get(name)

    def set(self, name: str, value: str) -> None:
        self.rows[name] = value

    def find(self, prefix: str) -> dict[str, str]:
        return {name: value for name, value in sorted(self.rows.items()) if name.startswith(prefix)}

    def forget(self, name: str) -> None:
        self.rows.pop(name, None)


class FakeChannel:
    """Keeps what it is sent; fails as planned by recipient."""

    def __init__(self) -> None:
        self.sent: list[tuple[types.Alert, render.Message]] = []
        self.failures: dict[str, list[Exception]] = {}

    async def send(self, alert: types.Alert, message: object) -> str | None:
        assert isinstance(message, render.Message)
        planned = self.failures.get(alert.recipient)
        if planned:
            raise planned.pop(0)
        self.sent.append((alert, message))
        return str(len(self.sent))


def failure(reason: str = "no", **fields: Any) -> errors.SendError:
    """A channel's error."""
    return errors.SendError("?", reason, **fields)


def report(**fields: Any) -> types.Report:
    """One report."""
    evidence = fields.pop("evidence", "Italy will not send soldiers, the prime minister said on Thursday.")
    values: dict[str, Any] = {
        "article_id": "a1", "outlet": "Example Times", "tier": types.Tier.PRESS, "origin": "Example Times",
        "url": "https://example.org/a1", "title": "A title", "published": NOW - timedelta(minutes=20),
        "status": "ruled_out", "evidence": evidence, "start": 0, "end": len(evidence),
    }  # fmt: skip
    return types.Report(**(values | fields))


def position(**fields: Any) -> types.Position:
    """One position."""
    values: dict[str, Any] = {
        "topic": types.Topic.TROOPS, "subject": "IT", "aspect": "troops", "status": "ruled_out",
        "since": NOW - timedelta(days=30), "reports": (report(),),
    }  # fmt: skip
    return types.Position(**(values | fields))


def development(**fields: Any) -> types.Development:
    """One development: Italy, nothing held before, rules forces out."""
    values: dict[str, Any] = {
        "id": "D-1", "topic": types.Topic.TROOPS, "subject": "IT", "aspect": "troops", "old": None,
        "new": "ruled_out", "minor": False, "grade_at_first": types.Grade.REPORTED, "grade": types.Grade.REPORTED,
        "published": NOW, "raised_at": NOW, "reports": (report(),),
    }  # fmt: skip
    return types.Development(**(values | fields))


def step(*changes: types.DevelopmentChange) -> types.LedgerStep:
    """A ledger step."""
    return types.LedgerStep(article_id="a1", changes=changes)


def change(kind: types.AlertKind = types.AlertKind.NEW, **fields: Any) -> types.DevelopmentChange:
    """A change of a development."""
    rose = fields.pop("grade_rose", False)
    return types.DevelopmentChange(kind=kind, development=development(**fields), grade_rose=rose)


def alert(**fields: Any) -> types.Alert:
    """One alert."""
    values: dict[str, Any] = {
        "id": "A-00000001", "recipient": "telegram:7", "kind": types.AlertKind.NEW, "created_at": NOW,
        "development_id": "D-1",
    }  # fmt: skip
    return types.Alert(**(values | fields))

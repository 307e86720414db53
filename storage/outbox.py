"""Alert rows: written with the development, claimed, sent, recorded."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from monitor import types
from storage import database, schema, upsert

_WAITING, _SENDING = str(types.DeliveryState.WAITING), str(types.DeliveryState.SENDING)
_SENT, _DEAD = str(types.DeliveryState.SENT), str(types.DeliveryState.DEAD)

_UNSENT = schema.alerts.c.state != _SENT
_PENDING = schema.alerts.c.state.in_([_WAITING, _SENDING])
_IS_DIGEST = schema.alerts.c.local_date.is_not(None)
_SHORT_ID = len("A-6179deb2")
_MOVED = "moved:"  # + the old recipient: the name in meta of the new one


class SqlOutbox:
    """monitor.ports.Outbox over SQL."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def add_alerts(self, alerts: Sequence[types.Alert]) -> None:
        """Insert alerts (ids already known are left as they are)."""
        with self._db.write() as connection:
            insert_alerts(connection, alerts)

    def claim_alerts(self, now: datetime, lease_s: float, limit: int, busy: Collection[str] = ()) -> list[types.Alert]:
        """Claim alerts that are due, and those whose lease ended; recipients switched off or `busy` are left out."""
        table = schema.alerts.c
        due = sa.or_(
            sa.and_(table.state == _WAITING, sa.or_(table.not_before.is_(None), table.not_before <= now)),
            sa.and_(table.state == _SENDING, sa.or_(table.lease_until.is_(None), table.lease_until <= now)),
        )
        on = sa.and_(
            table.recipient.not_in(sa.select(schema.recipients_off.c.recipient)), table.recipient.not_in(list(busy))
        )
        with self._db.write() as connection:
            query = sa.select(schema.alerts).where(due, on).order_by(table.created_at, table.seq).limit(limit)
            # On PostgreSQL two dispatchers must not claim one row; SQLite's single writer sees to it anyway.
            rows = connection.execute(query.with_for_update(skip_locked=True)).all()
            if rows:
                connection.execute(
                    schema.alerts.update()
                    .where(table.seq.in_([row.seq for row in rows]))
                    .values(state=_SENDING, lease_until=now + timedelta(seconds=lease_s), attempts=table.attempts + 1)
                )
            return [_to_alert(row, claimed=True) for row in rows]

    def mark_sent(self, alert_id: str, message_ref: str | None, now: datetime) -> None:
        """Record that the channel accepted it."""
        self._update(
            alert_id, sa.true(), state=_SENT, sent_at=now, message_ref=message_ref, lease_until=None, last_error=None
        )

    def mark_group_sent(self, alert_ids: Sequence[str], message_ref: str, now: datetime) -> None:
        """Record that the channel accepted one message that tells them all."""
        values = {"state": _SENT, "sent_at": now, "message_ref": message_ref, "lease_until": None, "last_error": None}
        with self._db.write() as connection:
            connection.execute(schema.alerts.update().where(schema.alerts.c.id.in_(alert_ids)).values(**values))

    def hold_alerts(self, alert_ids: Sequence[str], not_before: datetime, reason: str) -> None:
        """Give claims back untried, to be looked at again at the time given; counts no attempt."""
        table = schema.alerts.c
        values = {"state": _WAITING, "not_before": not_before, "lease_until": None, "last_error": reason}
        with self._db.write() as connection:
            held = schema.alerts.update().where(table.id.in_(alert_ids), table.state == _SENDING)
            connection.execute(held.values(attempts=table.attempts - 1, **values))

    def mark_retry(self, alert_id: str, not_before: datetime, error: str) -> None:
        """Back to WAITING, not before the time given; what another dispatcher has sent meanwhile stays sent."""
        self._update(alert_id, _UNSENT, state=_WAITING, not_before=not_before, lease_until=None, last_error=error)

    def mark_dead(self, alert_id: str, error: str, now: datetime) -> None:
        """Permanently failed; what another dispatcher has sent meanwhile stays sent."""
        self._update(alert_id, _UNSENT, state=_DEAD, lease_until=None, last_error=error)

    def _update(self, alert_id: str, condition: sa.ColumnElement[bool], **values: Any) -> None:
        with self._db.write() as connection:
            connection.execute(schema.alerts.update().where(schema.alerts.c.id == alert_id, condition).values(**values))

    def message_ref(self, recipient: str, development_id: str) -> str | None:
        """The channel's id of the first message that told this development to this recipient.

        One of its own goes before a group's ("group:..."), which tells of others too.
        """
        table = schema.alerts.c
        query = sa.select(table.message_ref).where(
            table.development_id == development_id, table.message_ref.is_not(None)
        )
        with self._db.read() as connection:
            mine = query.where(table.recipient == follow(connection, recipient))
            return connection.scalar(mine.order_by(table.message_ref.startswith("group:"), table.seq).limit(1))

    def news_sent(self, recipient: str, since: datetime) -> list[datetime]:
        """When messages that told news went to this recipient; a group counts once."""
        table = schema.alerts.c
        query = sa.select(sa.func.max(table.sent_at, type_=schema.UtcTime)).where(
            table.kind == str(types.AlertKind.NEW), table.sent_at > since, table.message_ref.is_not(None)
        )
        with self._db.read() as connection:
            mine = query.where(table.recipient == follow(connection, recipient)).group_by(table.message_ref)
            return sorted(connection.scalars(mine))

    def wake_alerts(self, place: str) -> None:
        """Let what waits for a channel (its name) or a recipient (its address) be looked at now."""
        table = schema.alerts.c
        there = sa.or_(table.recipient == place, table.recipient.startswith(f"{place}:", autoescape=True))
        with self._db.write() as connection:
            waits = schema.alerts.update().where(table.state == _WAITING, there)
            connection.execute(waits.values(not_before=None))

    def switch_off(self, recipient: str, reason: str, now: datetime) -> None:
        """Send nothing more to this recipient."""
        with self._db.write() as connection:
            put_off(connection, recipient, reason, now)

    def switch_on(self, recipient: str) -> bool:
        """Send to this recipient again, what has waited first; False where it was not off."""
        off = schema.recipients_off
        with self._db.write() as connection:
            return bool(connection.execute(off.delete().where(off.c.recipient == recipient)).rowcount)

    def move_recipient(self, old: str, new: str) -> None:
        """A group became a supergroup: pending alerts and later ones go to `new`.

        Sent ones stay with `old`, for the new group does not know their message ids; past digests go along, for they
        are the cursor of the next. The old name may be used on: every method follows the move.
        """
        table = schema.alerts.c
        if old == new:
            return
        with self._db.write() as connection:
            taken = list(connection.scalars(sa.select(table.local_date).where(table.recipient == new, _IS_DIGEST)))
            mine = schema.alerts.update().where(
                table.recipient == old, sa.or_(~_IS_DIGEST, table.local_date.not_in(taken))
            )
            connection.execute(mine.where(_PENDING).values(recipient=new, state=_WAITING, lease_until=None))
            connection.execute(mine.where(_IS_DIGEST).values(recipient=new))
            left = schema.alerts.update().where(table.recipient == old, _PENDING)
            reason = f"{new} has that day's digest"
            connection.execute(left.values(state=_DEAD, lease_until=None, last_error=reason))
            _move_wishes(connection, old, new)
            connection.execute(schema.meta.delete().where(schema.meta.c.name.in_([_MOVED + old, _MOVED + new])))
            connection.execute(schema.meta.insert().values(name=_MOVED + old, value=new))

    def recipients_off(self) -> dict[str, str]:
        """{recipient: reason} of those switched off."""
        off = schema.recipients_off.c
        with self._db.read() as connection:
            rows = connection.execute(sa.select(off.recipient, off.reason))
            return {row.recipient: row.reason for row in rows}

    def count_alerts(self) -> dict[str, int]:
        """{state: count}."""
        state = schema.alerts.c.state
        with self._db.read() as connection:
            return {name: int(n) for name, n in connection.execute(sa.select(state, sa.func.count()).group_by(state))}

    def list_alerts(self, states: Collection[types.DeliveryState], limit: int = 200) -> list[types.Alert]:
        """Alerts in these states, oldest first."""
        table = schema.alerts.c
        query = sa.select(schema.alerts).where(table.state.in_([str(state) for state in states])).order_by(table.seq)
        with self._db.read() as connection:
            return [_to_alert(row, claimed=False) for row in connection.execute(query.limit(limit))]

    def revive_alerts(self, alert_ids: Collection[str] | None) -> int:
        """Let dead alerts (None: all of them) be tried again from the start; return how many.

        A digest stays dead where a later one tells what it held.
        """
        values = {"state": _WAITING, "not_before": None, "attempts": 0}
        dead = sa.select(schema.alerts).where(*_dead(alert_ids)).order_by(schema.alerts.c.seq.desc())
        revived = 0
        with self._db.write() as connection:
            for row in connection.execute(dead).all():  # the latest first: revived, it tells what earlier ones held
                if not _is_told_later(connection, row):
                    connection.execute(schema.alerts.update().where(schema.alerts.c.seq == row.seq).values(**values))
                    revived += 1
        return revived

    def drop_alerts(self, alert_ids: Collection[str] | None) -> int:
        """Forget dead alerts (None: all of them); return how many."""
        with self._db.write() as connection:
            return int(connection.execute(schema.alerts.delete().where(*_dead(alert_ids))).rowcount)


def insert_digest(connection: sa.Connection, alert: types.Alert, local_date: date) -> bool:
    """Insert a digest for (recipient, local date) inside a transaction; False where there is one already."""
    row = _to_row(alert) | {"recipient": follow(connection, alert.recipient), "local_date": local_date}
    put = upsert.insert(connection, schema.alerts).values(**row).on_conflict_do_nothing()
    return connection.execute(put.returning(schema.alerts.c.seq)).first() is not None


def _is_told_later(connection: sa.Connection, row: sa.Row[Any]) -> bool:
    """Whether it is a digest, and a later one that is not dead tells some of its ledger steps."""
    if row.local_date is None:
        return False
    table, mine = schema.alerts.c, json.loads(row.payload).get("steps") or []
    later = sa.select(table.payload).where(
        table.recipient == row.recipient, _IS_DIGEST, table.seq > row.seq, table.state != _DEAD
    )
    others = [steps for text in connection.scalars(later) for steps in json.loads(text).get("steps") or []]
    return any(low < other_high and other_low < high for low, high in mine for other_low, other_high in others)


def _dead(alert_ids: Collection[str] | None) -> tuple[sa.ColumnElement[bool], ...]:
    named = () if alert_ids is None else (schema.alerts.c.id.in_(list(alert_ids)),)
    return (schema.alerts.c.state == _DEAD, *named)


def insert_alerts(connection: sa.Connection, alerts: Sequence[types.Alert]) -> None:
    """Insert alerts inside a transaction; a known id is left as it is, a moved recipient is followed."""
    for alert in alerts:
        row = _to_row(alert) | {"recipient": follow(connection, alert.recipient)}
        if _is_known_by_a_short_id(connection, row):
            continue
        put = upsert.insert(connection, schema.alerts).values(**row)
        connection.execute(put.on_conflict_do_nothing(index_elements=["id"]))


def _is_known_by_a_short_id(connection: sa.Connection, row: Mapping[str, Any]) -> bool:
    """Whether an earlier version wrote the alert: an id was then the beginning of what it is now (alerts/policy.py).

    Short ids meet by chance, so the row must be about the same, too.
    """
    table = schema.alerts.c
    about = table.development_id.is_not_distinct_from(row["development_id"])
    same = (table.id == row["id"][:_SHORT_ID], table.recipient == row["recipient"], table.kind == row["kind"], about)
    return len(row["id"]) > _SHORT_ID and connection.scalar(sa.select(table.seq).where(*same)) is not None


def put_off(connection: sa.Connection, recipient: str, reason: str, now: datetime) -> None:
    """Switch off inside a transaction; the first reason stays."""
    off = schema.recipients_off
    if connection.scalar(sa.select(off.c.recipient).where(off.c.recipient == recipient)) is None:
        connection.execute(off.insert().values(recipient=recipient, reason=reason, at=now))


def _move_wishes(connection: sa.Connection, old: str, new: str) -> None:
    """The recipient's row goes along, unless the new place has one of its own."""
    table = schema.recipients
    mine = table.c.address == old
    if connection.scalar(sa.select(table.c.seq).where(table.c.address == new)) is None:
        connection.execute(table.update().where(mine).values(address=new))
    connection.execute(table.delete().where(mine))


def follow(connection: sa.Connection, recipient: str) -> str:
    """Where a recipient is now, after any number of moves."""
    for _ in range(20):  # moves can't run in a circle, for a move takes away the one that led back
        moved = connection.scalar(sa.select(schema.meta.c.value).where(schema.meta.c.name == _MOVED + recipient))
        if moved is None:
            break
        recipient = moved
    return recipient


def _to_row(alert: types.Alert) -> dict[str, Any]:
    return {
        "id": alert.id,
        "recipient": alert.recipient,
        "kind": str(alert.kind),
        "development_id": alert.development_id,
        "payload": json.dumps(alert.payload),
        "created_at": alert.created_at,
        "state": str(alert.state),
        "not_before": alert.not_before,
        "attempts": alert.attempts,
        "last_error": alert.last_error,
    }


def _to_alert(row: sa.Row[Any], *, claimed: bool) -> types.Alert:
    values = row._mapping
    return types.Alert(
        id=values["id"],
        recipient=values["recipient"],
        kind=types.AlertKind(values["kind"]),
        created_at=values["created_at"],
        development_id=values["development_id"],
        payload=json.loads(values["payload"]),
        not_before=values["not_before"],
        attempts=values["attempts"] + int(claimed),
        state=types.DeliveryState.SENDING if claimed else types.DeliveryState(values["state"]),
        last_error=values["last_error"],
        message_ref=values["message_ref"],
    )

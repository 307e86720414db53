"""Recipients and their wishes, one-time invitations, and what readers say of alerts."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor import recipients
from storage import codec, database, outbox, schema, upsert


class SqlRecipients:
    """monitor.ports.Recipients over SQL. Who is switched off is the outbox's to know; it is shown here."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def list_recipients(self) -> list[recipients.Recipient]:
        """All recipients in the order in which they came."""
        with self._db.read() as connection:
            return [_to_recipient(row) for row in connection.execute(_query().order_by(schema.recipients.c.seq))]

    def recipient(self, address: str) -> recipients.Recipient | None:
        """One recipient; one that has moved is found by its old address too."""
        with self._db.read() as connection:
            where = schema.recipients.c.address == outbox.follow(connection, address)
            row = connection.execute(_query().where(where)).first()
        return None if row is None else _to_recipient(row)

    def save_recipient(self, recipient: recipients.Recipient, now: datetime) -> None:
        """Insert or update; `off_reason` is left as it is (outbox.switch_off)."""
        with self._db.write() as connection:
            _put(connection, recipient, now)

    def sync_recipients(self, seeds: Sequence[recipients.Recipient], now: datetime) -> None:
        """Bring in the settings' recipients; those of earlier settings that are named no more are switched off.

        A wish that was changed since (by the bot) stays; one that was not follows the settings.
        """
        with self._db.write() as connection:
            upsert.lock(connection, "recipients")  # programs that start together each bring in the same ones
            named = {outbox.follow(connection, seed.address): seed for seed in seeds}
            for row in connection.execute(_query()).all():
                if row.address not in named and row.source == str(recipients.Source.SETTINGS):
                    outbox.put_off(connection, row.address, recipients.NOT_NAMED, now)
            off = schema.recipients_off
            back = (off.c.reason == recipients.NOT_NAMED, off.c.recipient.in_(list(named)))
            connection.execute(off.delete().where(*back))
            for address, seed in named.items():
                _seed(connection, replace(seed, address=address, source=recipients.Source.SETTINGS), now)

    # ------------------------------------------------------------ invitations

    def add_invitation(self, token_hash: str, inviter: str, now: datetime, expires_at: datetime) -> None:
        """Store an invitation by its hash; the token itself is never stored."""
        with self._db.write() as connection:
            values = {"token_hash": token_hash, "inviter": inviter, "created_at": now, "expires_at": expires_at}
            connection.execute(schema.invitations.insert().values(**values))

    def accept_invitation(self, token_hash: str, recipient: recipients.Recipient, now: datetime) -> str | None:
        """Use an invitation up and bring the recipient in, in one transaction; return who invited.

        None where the invitation is unknown, used or expired: nothing is changed then.
        """
        table = schema.invitations.c
        usable = (table.token_hash == token_hash, table.used_by.is_(None), table.expires_at > now)
        with self._db.write() as connection:
            used = schema.invitations.update().where(*usable).values(used_by=recipient.address, used_at=now)
            if not connection.execute(used).rowcount:
                return None
            known = connection.scalar(_address_query(recipient.address))
            if known is None:
                _put(connection, recipient, now)
            off = schema.recipients_off
            connection.execute(off.delete().where(off.c.recipient == recipient.address))
            return str(connection.scalar(sa.select(table.inviter).where(table.token_hash == token_hash)))

    # ------------------------------------------------------------ feedback

    def add_feedback(self, feedback: recipients.Feedback) -> bool:
        """Store a reader's word; False where the same reader has said it of this development."""
        table = schema.feedback.c
        same = (table.development_id == feedback.development_id, table.sender == feedback.sender)
        with self._db.write() as connection:
            if connection.scalar(sa.select(table.id).where(*same)) is not None:
                return False
            values = {name: getattr(feedback, name) for name in ("development_id", "recipient", "sender", "at")}
            connection.execute(schema.feedback.insert().values(**values))
            return True

    def list_feedback(self, limit: int = 20) -> list[recipients.Feedback]:
        """What readers said, newest first."""
        table = schema.feedback
        query = sa.select(table).order_by(table.c.id.desc()).limit(limit)
        with self._db.read() as connection:
            return [
                recipients.Feedback(
                    development_id=row.development_id, recipient=row.recipient, sender=row.sender, at=row.at
                )
                for row in connection.execute(query)
            ]


def _query() -> sa.Select[Any]:
    off = schema.recipients_off
    joined = schema.recipients.outerjoin(off, off.c.recipient == schema.recipients.c.address)
    return sa.select(schema.recipients, off.c.reason.label("off_reason")).select_from(joined)


def _address_query(address: str) -> sa.Select[Any]:
    return sa.select(schema.recipients.c.address).where(schema.recipients.c.address == address)


def _to_recipient(row: sa.Row[Any]) -> recipients.Recipient:
    stored = codec.load(recipients.Recipient, row.value)
    return replace(stored, address=row.address, source=recipients.Source(row.source), off_reason=row.off_reason)


def _put(connection: sa.Connection, recipient: recipients.Recipient, now: datetime, seeded: str | None = None) -> None:
    table = schema.recipients
    values = {"value": codec.dump(replace(recipient, off_reason=None)), "source": str(recipient.source)}
    if seeded is not None:
        values["seeded"] = seeded
    done = connection.execute(table.update().where(table.c.address == recipient.address).values(**values))
    if not done.rowcount:
        connection.execute(table.insert().values(address=recipient.address, added_at=now, **values))


def _seed(connection: sa.Connection, seed: recipients.Recipient, now: datetime) -> None:
    """Bring in one seed: what the reader changed since the last seeding stays, the rest follows."""
    row = connection.execute(_query().where(schema.recipients.c.address == seed.address)).first()
    text = codec.dump(seed)
    if row is None or row.seeded == text:
        if row is None:
            _put(connection, seed, now, text)
        return
    new, stored, old = (json.loads(each) for each in (text, row.value, row.seeded or row.value))
    merged = {key: stored[key] if key in stored and stored[key] != old.get(key) else new[key] for key in new}
    merged["source"] = str(recipients.Source.SETTINGS)
    _put(connection, codec.load(recipients.Recipient, json.dumps(merged)), now, text)

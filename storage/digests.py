"""What digests rest on: the log of changes by ledger step, what was told, and the digests' content as it was written.

A ledger step is a number that is handed out inside the step's transaction, so that steps count in the order in which
they were committed. Clocks may be set back and transactions may end late: a window of steps misses nothing, one of
times could.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from monitor import types
from storage import codec, database, outbox, reports, schema, upsert

_STEP = "ledger_step"
_WINDOWS = 100  # so many digests back a window that was not told is looked for
_DEAD = str(types.DeliveryState.DEAD)


class SqlDigests:
    """Ledger steps counted, the windows of digests, their contents."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def last_step(self) -> int:
        """The number of the last ledger step; 0 before the first."""
        with self._db.read() as connection:
            return last_step(connection)

    def step_at(self, moment: datetime) -> int:
        """The last step of a moment, by the clock of then: where a first window begins."""
        query = sa.select(sa.func.max(schema.changes.c.step)).where(schema.changes.c.at <= moment)
        with self._db.read() as connection:
            return int(connection.scalar(query) or 0)

    def changes(self, ranges: Sequence[types.Steps]) -> list[types.DigestChange]:
        """The developments that were raised or altered in the ranges, as they stand now, in order of their change."""
        table = schema.changes.c
        query = (
            sa.select(table.kind, schema.developments.c.id, schema.developments.c.value)
            .join(schema.developments, schema.developments.c.id == table.development_id)
            .where(_within(table.step, ranges))
            .order_by(table.seq)
        )
        found: dict[str, types.DigestChange] = {}
        with self._db.read() as connection:
            for kind, name, text in connection.execute(query):
                new = types.AlertKind(kind) is types.AlertKind.NEW
                if name not in found:
                    development = codec.load(types.Development, text)
                    found[name] = types.DigestChange(development=development, is_new=new)
        return list(found.values())

    def held_back(self, ranges: Sequence[types.Steps]) -> dict[str, int]:
        """{reason: count} of the claims that made no development in the ranges."""
        table = schema.held_back.c
        query = sa.select(table.reason, sa.func.count()).where(_within(table.step, ranges)).group_by(table.reason)
        with self._db.read() as connection:
            return {str(reason): int(count) for reason, count in connection.execute(query.order_by(table.reason))}

    def unread(self, since: datetime, until: datetime) -> dict[str, int]:
        """{language: count} of the articles that were not read in that time because of their language."""
        entries, articles = schema.entries.c, schema.articles.c
        language = sa.func.coalesce(articles.language, "")
        query = (
            sa.select(language, sa.func.count())
            .select_from(schema.entries.outerjoin(schema.articles, articles.entry_id == entries.id))
            .where(entries.reason.like("not read: language%"), entries.done_at > since, entries.done_at <= until)
            .group_by(language)
        )
        with self._db.read() as connection:
            return {str(name) or "unknown": int(count) for name, count in connection.execute(query)}

    def stances(self) -> list[types.Position]:
        """Every position on the US backstop that was ever held, in the order in which they came to be held."""
        table = schema.positions.c
        query = sa.select(table.value).where(table.topic == str(types.Topic.BACKSTOP)).order_by(table.id)
        with self._db.read() as connection:
            return reports.load(connection, connection.scalars(query).all())

    # ------------------------------------------------------------ windows and content

    def windows(self, recipient: str) -> list[types.DigestWindow]:
        """The windows of the recipient's digests, oldest first, those that were given up among them."""
        table = schema.alerts.c
        query = sa.select(table.payload, table.local_date, table.state).where(
            table.kind == str(types.AlertKind.DIGEST), table.local_date.is_not(None)
        )
        with self._db.read() as connection:
            mine = query.where(table.recipient == outbox.follow(connection, recipient))
            rows = connection.execute(mine.order_by(table.seq.desc()).limit(_WINDOWS)).all()
        return [self._to_window(json.loads(row.payload), row.local_date, row.state) for row in reversed(rows)]

    def _to_window(self, payload: dict[str, Any], local_date: date, state: str) -> types.DigestWindow:
        until = datetime.fromisoformat(payload["until"])
        since = datetime.fromisoformat(payload.get("since") or payload["until"])
        # A digest of before steps were counted says only its times.
        ranges = payload.get("steps") or [[self.step_at(since), self.step_at(until)]]
        return types.DigestWindow(
            local_date=local_date,
            since=since,
            until=until,
            steps=tuple((int(low), int(high)) for low, high in ranges),
            is_dead=state == _DEAD,
        )

    def add_digest(self, alert: types.Alert, local_date: date, content: str) -> bool:
        """Insert a digest and its content for (recipient, local date) once; False where there is one already."""
        with self._db.write() as connection:
            if not outbox.insert_digest(connection, alert, local_date):
                return False
            connection.execute(schema.digest_contents.insert().values(alert_id=alert.id, content=content))
            return True

    def content(self, alert_id: str) -> str | None:
        """A digest's content as it was written."""
        table = schema.digest_contents.c
        with self._db.read() as connection:
            return connection.scalar(sa.select(table.content).where(table.alert_id == alert_id))

    def drop_contents(self, before: datetime) -> int:
        """Forget the contents of digests that were sent or given up and written before; return how many."""
        table, contents = schema.alerts.c, schema.digest_contents
        over = (str(types.DeliveryState.SENT), _DEAD)
        needed = sa.select(table.id).where(sa.or_(table.state.not_in(over), table.created_at >= before))
        with self._db.write() as connection:
            return int(connection.execute(contents.delete().where(contents.c.alert_id.not_in(needed))).rowcount)


def next_step(connection: sa.Connection) -> int:
    """Hand out the next step's number; the row stays locked until the transaction ends, so steps commit in order."""
    table = schema.counters
    put = upsert.insert(connection, table).values(name=_STEP, value=1)
    connection.execute(put.on_conflict_do_update(index_elements=["name"], set_={"value": table.c.value + 1}))
    return last_step(connection)


def put_changes(connection: sa.Connection, step: types.LedgerStep, number: int, now: datetime) -> None:
    """Log what a digest tells of a ledger step."""
    rows = [
        {"step": number, "development_id": change.development.id, "kind": str(change.kind), "at": now}
        for change in step.changes
        if _is_told(change, step)
    ]
    if rows:
        connection.execute(schema.changes.insert(), rows)


def _is_told(change: types.DevelopmentChange, step: types.LedgerStep) -> bool:
    """Further sources alone are no news; a grade that rises, a dispute that ends and a source's correction are."""
    d = change.development
    if change.kind is not types.AlertKind.UPDATE:
        return True
    settled = not d.disputed and (str(d.topic), d.subject, f"{d.aspect}:disputed") in step.removed
    return change.grade_rose or settled or (bool(d.note) and not d.disputed)


def last_step(connection: sa.Connection) -> int:
    """The number of the last ledger step."""
    return int(connection.scalar(sa.select(schema.counters.c.value).where(schema.counters.c.name == _STEP)) or 0)


def _within(column: sa.ColumnElement[Any], ranges: Sequence[types.Steps]) -> sa.ColumnElement[bool]:
    return sa.or_(sa.false(), *(sa.and_(column > low, column <= high) for low, high in ranges))

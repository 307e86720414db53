"""Positions with their whole history, developments, what was held back, and near-duplicate sketches."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor import copies, errors, types
from storage import codec, database, digests, outbox, reports, schema, upsert


class SqlLedgerStore:
    """monitor.ports.LedgerStore over SQL."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def load_positions(self) -> list[types.Position]:
        """The positions that hold now."""
        return self._positions(schema.positions.c.held_until.is_(None))

    def positions_at(self, moment: datetime) -> list[types.Position]:
        """The positions held at a past moment."""
        table = schema.positions.c
        return self._positions(table.held_from <= moment, sa.or_(table.held_until.is_(None), table.held_until > moment))

    def history(self, topic: str, subject: str, aspect: str) -> list[types.Position]:
        """All positions ever held for the key, oldest first."""
        table = schema.positions.c
        return self._positions(table.topic == topic, table.subject == subject, table.aspect == aspect)

    def _positions(self, *conditions: Any) -> list[types.Position]:
        table = schema.positions.c
        with self._db.read() as connection:
            query = sa.select(table.value).where(*conditions).order_by(table.id)
            return reports.load(connection, connection.scalars(query).all())

    def load_developments(
        self, since: datetime | None = None, until: datetime | None = None
    ) -> list[types.Development]:
        """Developments by raised_at (since < raised_at <= until), in the order in which they were raised."""
        table = schema.developments.c
        query = sa.select(table.value).order_by(table.seq)
        if since is not None:
            query = query.where(table.raised_at > since)
        if until is not None:
            query = query.where(table.raised_at <= until)
        with self._db.read() as connection:
            return [codec.load(types.Development, text) for text in connection.scalars(query)]

    def latest_developments(
        self, count: int, *, topic: str | None = None, subject: str | None = None
    ) -> list[types.Development]:
        """The last so many, of a topic or subject where one is named, in the order in which they were raised."""
        table = schema.developments.c
        query = sa.select(table.value).order_by(table.seq.desc()).limit(count)
        for column, value in ((table.topic, topic), (table.subject, subject)):
            if value is not None:
                query = query.where(column == value)
        with self._db.read() as connection:
            values = connection.scalars(query).all()
        return [codec.load(types.Development, text) for text in reversed(values)]

    def development(self, development_id: str) -> types.Development | None:
        """One development by id."""
        table = schema.developments.c
        with self._db.read() as connection:
            text = connection.scalar(sa.select(table.value).where(table.id == development_id))
        return None if text is None else codec.load(types.Development, text)

    def seed_baseline(self, positions: Sequence[types.Position], now: datetime) -> bool:
        """Store the baseline where the ledger is empty; False where it is not."""
        with self._db.write() as connection:
            upsert.lock(connection, "ledger")
            if connection.scalar(sa.select(schema.positions.c.id).limit(1)) is not None:
                return False
            for position in positions:
                _put_position(connection, position, position.since)
            return True

    def record_step(
        self,
        entry_id: int | None,
        step: types.LedgerStep,
        alerts: Sequence[types.Alert],
        now: datetime,
        *,
        after: int | None = None,
    ) -> int | None:
        """Positions, developments, held back, sketch, alerts and the entry's Step.DONE in one transaction.

        Returns the step's number. An entry that is done already is left alone, for the step was recorded before: None.
        One that is not stored is refused, for a development that silently goes nowhere is the worst that can happen.
        So is a step that was compared with an older ledger than the stored one (`after`: where that one ended).
        """
        with self._db.write() as connection:
            upsert.lock(connection, "ledger")
            if entry_id is not None and not _finish_entry(connection, entry_id, now):
                return None
            number = write_step(connection, step, now)
            if after is not None and number != after + 1:
                raise errors.StoreError("the ledger has gone on in another process", kind="overtaken")
            outbox.insert_alerts(connection, alerts)
            return number

    def last_step(self) -> int:
        """The number of the last step."""
        with self._db.read() as connection:
            return digests.last_step(connection)

    def find_copy(self, sketch: Sequence[int]) -> str | None:
        """The article id that shares most of the sketch's values (at least 60 % of them), if any."""
        values = sorted(set(sketch))
        if not values:
            return None
        found: dict[int, list[str]] = {value: [] for value in values}
        with self._db.read() as connection:
            query = sa.select(schema.sketches.c.value, schema.sketches.c.article_id)
            for value, article_id in connection.execute(query.where(schema.sketches.c.value.in_(values))):
                found[value].append(article_id)
        return copies.likest(list(found.values()))

    def held_back_counts(self, since: datetime | None = None) -> dict[str, int]:
        """{reason: count}."""
        table = schema.held_back.c
        query = sa.select(table.reason, sa.func.count()).group_by(table.reason).order_by(table.reason)
        if since is not None:
            query = query.where(table.at > since)
        with self._db.read() as connection:
            return dict(Counter({str(reason): int(count) for reason, count in connection.execute(query)}))


def write_step(connection: sa.Connection, step: types.LedgerStep, now: datetime) -> int:
    """All that a step does to the ledger, inside the caller's transaction; returns its number."""
    for key in step.removed:
        _end_position(connection, key, now)
    for position in step.positions:
        _put_position(connection, position, now)
    for change in step.changes:
        _put_development(connection, change.development)
    number = digests.next_step(connection)
    digests.put_changes(connection, step, number, now)
    _put_held_back(connection, step, number, now)
    _put_sketch(connection, step)
    _put_recheck(connection, step, now)
    return number


def _finish_entry(connection: sa.Connection, entry_id: int, now: datetime) -> bool:
    table = schema.entries.c
    step = connection.scalar(sa.select(table.step).where(table.id == entry_id).with_for_update())
    if step is None:
        raise errors.StoreError(f"no entry {entry_id} is stored")
    if step == str(types.Step.DONE):
        return False
    connection.execute(
        schema.entries.update().where(table.id == entry_id).values(step=str(types.Step.DONE), done_at=now)
    )
    return True


def _end_position(connection: sa.Connection, key: tuple[str, str, str], now: datetime) -> None:
    table = schema.positions.c
    topic, subject, aspect = key
    connection.execute(
        schema.positions.update()
        .where(table.topic == topic, table.subject == subject, table.aspect == aspect, table.held_until.is_(None))
        .values(held_until=now)
    )


def _put_position(connection: sa.Connection, position: types.Position, now: datetime) -> None:
    _end_position(connection, position.key, now)
    connection.execute(
        schema.positions.insert().values(
            topic=str(position.topic),
            subject=position.subject,
            aspect=position.aspect,
            status=position.status,
            held_from=now,
            value=reports.dump(connection, position),
        )
    )


def _put_development(connection: sa.Connection, development: types.Development) -> None:
    table = schema.developments.c
    values = {
        "topic": str(development.topic), "subject": development.subject, "aspect": development.aspect,
        "minor": development.minor, "grade": str(development.grade), "disputed": development.disputed,
        "taken_back": development.taken_back, "raised_at": development.raised_at, "value": codec.dump(development),
    }  # fmt: skip
    # One of another key under the same id would be overwritten and lost; the insert is refused (the id is unique).
    mine = (table.id == development.id, *(table[name] == values[name] for name in ("topic", "subject", "aspect")))
    done = connection.execute(schema.developments.update().where(*mine).values(**values))
    if not done.rowcount:
        connection.execute(schema.developments.insert().values(id=development.id, **values))
    names = dict.fromkeys(report.article_id for report in development.reports)
    links = [{"development_id": development.id, "article_id": name} for name in names]
    if links:
        connection.execute(upsert.insert(connection, schema.development_articles).on_conflict_do_nothing(), links)


def _put_held_back(connection: sa.Connection, step: types.LedgerStep, number: int, now: datetime) -> None:
    rows = [
        {"article_id": item.article_id, "reason": item.reason, "at": now, "step": number, "value": codec.dump(item)}
        for item in step.held_back
    ]
    if rows:
        connection.execute(schema.held_back.insert(), rows)


def _put_sketch(connection: sa.Connection, step: types.LedgerStep) -> None:
    if not step.sketch or step.copy_of is not None:
        return  # a copy is found by its original
    known = sa.select(schema.sketches.c.value).where(schema.sketches.c.article_id == step.article_id).limit(1)
    if connection.scalar(known) is None:
        common = _common(connection, step.sketch)
        rows = [{"value": value, "article_id": step.article_id} for value in sorted({*step.sketch} - common)]
        if rows:
            connection.execute(schema.sketches.insert(), rows)


def _common(connection: sa.Connection, sketch: Sequence[int]) -> set[int]:
    """Values of stock phrases: known to be common, they take no more articles, so that a look-up stays quick."""
    table = schema.sketches.c
    counted = (
        sa.select(table.value)
        .where(table.value.in_(sorted(set(sketch))))
        .group_by(table.value)
        .having(sa.func.count() > copies.COMMON)
    )
    return set(connection.scalars(counted))


def _put_recheck(connection: sa.Connection, step: types.LedgerStep, now: datetime) -> None:
    """A page that carries a development is read again; one that is on the list already keeps its turn."""
    table = schema.rechecks.c
    if step.recheck_at is None or connection.scalar(
        sa.select(table.article_id).where(table.article_id == step.article_id)
    ):
        return
    values = {"article_id": step.article_id, "due_at": step.recheck_at, "first_at": now, "done": 0}
    connection.execute(schema.rechecks.insert().values(**values))

"""What an operator did to the ledger by hand: stored with the step that it made and the one that undoes it."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa

from monitor import types
from storage import codec, database, ledger, outbox, schema


class SqlHandActs:
    """monitor.ports.HandActs over SQL."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def record_act(self, act: types.HandAct, alerts: Sequence[types.Alert]) -> int:
        """Store an act and what it does, in one transaction; return its number."""
        with self._db.write() as connection:
            ledger.write_step(connection, act.step, act.at)
            outbox.insert_alerts(connection, alerts)
            done = connection.execute(
                schema.hand_acts.insert().values(
                    at=act.at, kind=act.kind, word=act.word, step=codec.dump(act.step), undo=codec.dump(act.undo)
                )
            )
            return int((done.inserted_primary_key or (0,))[0])

    def undo_act(self, act: types.HandAct, step: types.LedgerStep, alerts: Sequence[types.Alert], at: datetime) -> None:
        """Mark an act as undone and store the step that undoes it."""
        with self._db.write() as connection:
            ledger.write_step(connection, step, at)
            outbox.insert_alerts(connection, alerts)
            connection.execute(
                schema.hand_acts.update().where(schema.hand_acts.c.id == act.number).values(undone_at=at)
            )

    def list_acts(self) -> list[types.HandAct]:
        """All acts, oldest first."""
        with self._db.read() as connection:
            rows = connection.execute(sa.select(schema.hand_acts).order_by(schema.hand_acts.c.id)).all()
        return [
            types.HandAct(
                number=row.id, at=row.at, kind=row.kind, word=row.word, step=codec.load(types.LedgerStep, row.step),
                undo=codec.load(types.LedgerStep, row.undo), undone_at=row.undone_at,
            )
            for row in rows
        ]  # fmt: skip

    def version(self) -> tuple[int, int]:
        """Differs whenever something has been done by hand since: who keeps the ledger in memory reads it anew."""
        table = schema.hand_acts.c
        with self._db.read() as connection:
            row = connection.execute(sa.select(sa.func.count(), sa.func.count(table.undone_at))).one()
        return int(row[0]), int(row[1])

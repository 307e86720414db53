"""Counts for the health answer and the metrics: feeds, entries by step, developments, alerts, what was held back."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor import types
from storage import database, schema

_PENDING = (str(types.Step.NEW), str(types.Step.READ))


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How much there is of everything."""

    entries: dict[str, int]  # by step
    articles: int
    developments: dict[tuple[str, str], int]  # by topic and grade
    held_back: dict[str, int]  # by reason
    alerts: dict[tuple[str, str], int]  # by channel and state
    oldest_waiting: datetime | None  # of the alerts
    positions: int


class SqlCounting:
    """One snapshot of counts."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def counts(self) -> Counts:
        """Everything, in one read."""
        entries, developments, alerts = schema.entries.c, schema.developments.c, schema.alerts.c
        held, positions = schema.held_back.c, schema.positions.c
        waiting = sa.select(sa.func.min(alerts.created_at)).where(alerts.state == str(types.DeliveryState.WAITING))
        by_alert = sa.select(alerts.recipient, alerts.state, sa.func.count())
        by_grade = sa.select(developments.topic, developments.grade, sa.func.count())
        with self._db.read() as connection:
            told: dict[tuple[str, str], int] = {}
            for recipient, state, count in connection.execute(by_alert.group_by(alerts.recipient, alerts.state)):
                key = (recipient.partition(":")[0], state)
                told[key] = told.get(key, 0) + count
            steps = connection.execute(sa.select(entries.step, sa.func.count()).group_by(entries.step))
            grades = connection.execute(by_grade.group_by(developments.topic, developments.grade))
            reasons = connection.execute(sa.select(held.reason, sa.func.count()).group_by(held.reason))
            return Counts(
                entries={str(step): int(count) for step, count in steps},
                articles=connection.scalar(sa.select(sa.func.count()).select_from(schema.articles)) or 0,
                developments={(topic, grade): count for topic, grade, count in grades},
                held_back={reason.partition(":")[0]: count for reason, count in reasons},
                alerts=told,
                oldest_waiting=connection.scalar(waiting),
                positions=connection.scalar(sa.select(sa.func.count()).where(positions.held_until.is_(None))) or 0,
            )

    def backlog(self) -> dict[str, int]:
        """Entries that wait to be read or taken into the ledger, and alerts that wait to be sent."""
        entries, alerts = schema.entries.c, schema.alerts.c
        query = sa.select(entries.step, sa.func.count()).where(entries.step.in_(_PENDING)).group_by(entries.step)
        unsent = sa.select(sa.func.count()).where(
            alerts.state.in_([str(types.DeliveryState.WAITING), str(types.DeliveryState.SENDING)])
        )
        with self._db.read() as connection:
            found = {str(step): int(count) for step, count in connection.execute(query)}
            return {
                "entries_to_read": found.get(_PENDING[0], 0),
                "articles_to_take": found.get(_PENDING[1], 0),
                "alerts_to_send": connection.scalar(unsent) or 0,
            }

"""What is forgotten, and when. Positions, developments and what they rest on never are; nor is what a feed still shows.

Each method works in small transactions, so that the service goes on beside it, and may be ended between any two.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import sqlalchemy as sa

from monitor import types
from storage import database, schema

T = TypeVar("T")

CHUNK = 500
SEEN_MARGIN = timedelta(days=2)  # last_seen is written once a day (feeds.py)
_ENDED = (str(types.Step.DONE), str(types.Step.FAILED))
_TOLD = (str(types.DeliveryState.SENT), str(types.DeliveryState.DEAD))


@dataclass(frozen=True, slots=True, kw_only=True)
class Keep:
    """How many days things are kept."""

    texts_days: int = 90
    entries_days: int = 365
    deliveries_days: int = 365


@dataclass(frozen=True, slots=True, kw_only=True)
class Pruned:
    """How many of each were forgotten."""

    texts: int = 0
    entries: int = 0
    deliveries: int = 0

    def __add__(self, other: "Pruned") -> "Pruned":
        return Pruned(
            texts=self.texts + other.texts,
            entries=self.entries + other.entries,
            deliveries=self.deliveries + other.deliveries,
        )


class SqlRetention:
    """monitor.ports has no such port: only the housekeeping of app/ needs it."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def prune(self, now: datetime, keep: Keep) -> Pruned:
        """Forget what is older than `keep` says; return how much that was."""
        evidence = self._evidence()
        return Pruned(
            texts=self._prune_texts(now - timedelta(days=keep.texts_days), evidence),
            entries=self._prune_entries(now - timedelta(days=keep.entries_days), evidence),
            deliveries=self._prune_deliveries(now - timedelta(days=keep.deliveries_days)),
        )

    def _evidence(self) -> set[str]:
        """The articles that any position, held now or ever, or any development rests on."""
        with self._db.read() as connection:
            found = set(connection.scalars(sa.select(schema.development_articles.c.article_id).distinct()))
            found.update(connection.scalars(sa.select(schema.reports.c.article_id).distinct()))
        return found

    def _prune_texts(self, before: datetime, evidence: set[str]) -> int:
        """Blank the texts of old articles; what was claimed in them stays until the entry goes."""
        articles, entries = schema.articles.c, schema.entries.c
        query = (
            sa.select(articles.arrived, articles.id)
            .join(schema.entries, entries.id == articles.entry_id)
            .where(articles.arrived < before, articles.text != "", entries.step.in_(_ENDED))
        )

        def blank(connection: sa.Connection, ids: Sequence[str]) -> None:
            connection.execute(schema.articles.update().where(articles.id.in_(ids)).values(text=""))

        with self._db.read() as connection:
            found = [row.id for row in connection.execute(query.order_by(articles.arrived)) if row.id not in evidence]
        return self._in_chunks(found, blank)

    def _prune_entries(self, before: datetime, evidence: set[str]) -> int:
        """Delete entries that are done, no evidence, and can't come again: not even the last body showed them."""
        table, articles = schema.entries.c, schema.articles.c
        newest = sa.select(table.feed_id, sa.func.max(table.last_seen).label("at")).group_by(table.feed_id)
        query = (
            sa.select(table.id, table.feed_id, table.last_seen, articles.id.label("article_id"))
            .outerjoin(schema.articles, articles.entry_id == table.id)
            .where(table.last_seen < before, table.step.in_(_ENDED))
        )
        with self._db.read() as connection:
            shown = {row.feed_id: row.at for row in connection.execute(newest)}
            found = [
                row.id
                for row in connection.execute(query)
                if row.article_id not in evidence and row.last_seen < shown[row.feed_id] - SEEN_MARGIN
            ]
        return self._in_chunks(found, _delete_entries)

    def _prune_deliveries(self, before: datetime) -> int:
        """Delete alerts that were told or given up, and those of recipients long switched off; but no last digest."""
        table = schema.alerts.c
        last_digests = (
            sa.select(sa.func.max(table.seq)).where(table.kind == str(types.AlertKind.DIGEST)).group_by(table.recipient)
        )
        off = sa.select(schema.recipients_off.c.recipient).where(schema.recipients_off.c.at < before)
        query = sa.select(table.seq).where(
            table.created_at < before,
            sa.or_(table.state.in_(_TOLD), table.recipient.in_(off)),
            table.seq.not_in(last_digests),
        )

        def delete(connection: sa.Connection, numbers: Sequence[int]) -> None:
            connection.execute(schema.alerts.delete().where(table.seq.in_(numbers)))

        with self._db.read() as connection:
            found = list(connection.scalars(query))
        return self._in_chunks(found, delete)

    def _in_chunks(self, found: Sequence[T], act: Callable[[sa.Connection, Sequence[T]], None]) -> int:
        for start in range(0, len(found), CHUNK):
            with self._db.write() as connection:
                act(connection, found[start : start + CHUNK])
        return len(found)


def _delete_entries(connection: sa.Connection, ids: Sequence[int]) -> None:
    """Entries with their articles, sketches and what was held back of them."""
    articles = schema.articles.c
    gone: Iterable[str] = connection.scalars(sa.select(articles.id).where(articles.entry_id.in_(ids))).all()
    connection.execute(schema.sketches.delete().where(schema.sketches.c.article_id.in_(gone)))
    connection.execute(schema.held_back.delete().where(schema.held_back.c.article_id.in_(gone)))
    connection.execute(schema.articles.delete().where(articles.entry_id.in_(ids)))
    connection.execute(schema.entries.delete().where(schema.entries.c.id.in_(ids)))

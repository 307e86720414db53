"""What went on behind the ledger: claims that made no development, and what each feed brings. Reads only."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from monitor import types
from storage import codec, database, schema

LATEST_ENTRIES = 50_000  # what a feed brings is judged by these


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A claim that made no development, with its article."""

    id: int
    at: datetime
    held: types.HeldBack
    title: str
    url: str | None
    outlet: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Yield:
    """What a feed brought lately."""

    entries: int
    relevant: int
    failed: int
    first: datetime | None
    last: datetime | None


class SqlBehind:
    """Queries for the pages behind the ledger."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def held_back(self, reason: str | None, before: int | None, limit: int) -> list[Kept]:
        """The newest first."""
        table, article = schema.held_back.c, schema.articles.c
        query = (
            sa.select(table.id, table.at, table.value, article.title, article.url, article.outlet)
            .select_from(schema.held_back.outerjoin(schema.articles, article.id == table.article_id))
            .order_by(table.id.desc())
            .limit(limit)
        )
        if reason is not None:
            query = query.where(table.reason == reason)
        if before is not None:
            query = query.where(table.id < before)
        with self._db.read() as connection:
            rows = connection.execute(query).all()
        return [
            Kept(
                id=row.id,
                at=row.at,
                held=codec.load(types.HeldBack, row.value),
                title=row.title or "",
                url=row.url,
                outlet=row.outlet or "",
            )
            for row in rows
        ]

    def yields(self) -> dict[str, Yield]:
        """{feed url: what it brought}, over the latest entries of all feeds."""
        entry, article = schema.entries.c, schema.articles.c
        least = sa.select(sa.func.max(entry.id) - LATEST_ENTRIES).scalar_subquery()
        query = (
            sa.select(
                schema.feeds.c.url,
                sa.func.count(),
                sa.func.sum(sa.case((article.relevant.is_(True), 1), else_=0)),
                sa.func.sum(sa.case((entry.step == str(types.Step.FAILED), 1), else_=0)),
                sa.func.min(entry.first_seen),
                sa.func.max(entry.first_seen),
            )
            .select_from(
                schema.entries.join(schema.feeds, schema.feeds.c.id == entry.feed_id).outerjoin(
                    schema.articles, article.entry_id == entry.id
                )
            )
            .where(entry.id > least)
            .group_by(schema.feeds.c.url)
        )
        with self._db.read() as connection:
            return {
                url: Yield(
                    entries=entries, relevant=int(relevant or 0), failed=int(failed or 0), first=first, last=last
                )
                for url, entries, relevant, failed, first, last in connection.execute(query)
            }

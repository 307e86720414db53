"""Pages that carry a development and are to be read again: what is due, and what came of it."""

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from monitor import types
from storage import articles, codec, database, schema


class SqlRechecks:
    """monitor.ports.Rechecks over SQL."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def due_rechecks(self, now: datetime, limit: int, only: Collection[str] | None = None) -> list[types.Recheck]:
        """Pages whose time has come, longest due first. `only`: of these article ids."""
        table, entries = schema.rechecks.c, schema.entries.c
        query = (
            sa.select(
                schema.entries, *articles.OF_FEED, table.article_id, table.done, table.first_at, schema.articles.c.text,
            )
            .join(schema.articles, schema.articles.c.id == table.article_id)
            .join(schema.entries, entries.id == schema.articles.c.entry_id)
            .join(schema.feeds, schema.feeds.c.id == entries.feed_id)
            .where(table.due_at <= now)
            .order_by(table.due_at, table.article_id)
            .limit(limit)
        )  # fmt: skip
        if only is not None:
            query = query.where(table.article_id.in_(only))
        with self._db.read() as connection:
            return [
                types.Recheck(
                    article_id=row.article_id, record=articles.to_record(row), text=row.text,
                    first_at=row.first_at, done=row.done,
                )
                for row in connection.execute(query)
            ]  # fmt: skip

    def record_recheck(
        self, article_id: str, *, next_at: datetime | None, page: types.ReadPage | None, now: datetime
    ) -> None:
        """Ask again at `next_at`, or no more; keep what a changed page says now."""
        table = schema.rechecks.c
        with self._db.write() as connection:
            if next_at is None:
                connection.execute(schema.rechecks.delete().where(table.article_id == article_id))
            else:
                connection.execute(
                    schema.rechecks.update()
                    .where(table.article_id == article_id)
                    .values(due_at=next_at, done=table.done + 1)
                )
            if page is not None and page.article is not None and page.reading is not None:
                connection.execute(
                    schema.articles.update()
                    .where(schema.articles.c.id == article_id)
                    .values(
                        text=page.article.text, title=page.article.title, relevant=page.reading.relevant,
                        reading=codec.dump(page.reading),
                    )
                )  # fmt: skip

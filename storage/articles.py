"""Entries on their way, and the articles read from them."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor import types
from storage import codec, database, schema, tracing

OF_FEED = (schema.feeds.c.url.label("feed_url"), schema.feeds.c.outlet, schema.feeds.c.tier, schema.feeds.c.rung)


class SqlArticleStore:
    """monitor.ports.ArticleStore over SQL."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def pending_entries(
        self, now: datetime, limit: int, only: Collection[int] | None = None
    ) -> list[types.EntryRecord]:
        """Entries at Step.NEW whose retry time has come, oldest first. `only`: of these ids."""
        table = schema.entries.c
        query = (
            sa.select(schema.entries, *OF_FEED)
            .join(schema.feeds, schema.feeds.c.id == table.feed_id)
            .where(*_is_pending(now))
            .order_by(table.id)
            .limit(limit)
        )
        if only is not None:
            query = query.where(table.id.in_(only))
        with self._db.read() as connection:
            return [to_record(row) for row in connection.execute(query)]

    def pending_addresses(self, now: datetime, limit: int) -> list[tuple[int, str]]:
        """(id, address) of such entries, oldest first: for who only hands them out."""
        table = schema.entries.c
        query = sa.select(table.id, table.url).where(*_is_pending(now)).order_by(table.id).limit(limit)
        with self._db.read() as connection:
            return [(row.id, row.url) for row in connection.execute(query)]

    def count_pending(self) -> dict[str, int]:
        """{step: count} for NEW and READ."""
        step = schema.entries.c.step
        steps = (str(types.Step.NEW), str(types.Step.READ))
        query = sa.select(step, sa.func.count()).where(step.in_(steps)).group_by(step)
        with self._db.read() as connection:
            found = {str(name): int(count) for name, count in connection.execute(query)}
        return {name: found.get(name, 0) for name in steps}

    def record_read(self, entry_id: int, page: types.ReadPage, now: datetime) -> None:
        """Store article and reading (step READ), or, without an article or off topic, the reason (step DONE)."""
        with self._db.write() as connection:
            step = connection.scalar(sa.select(schema.entries.c.step).where(schema.entries.c.id == entry_id))
            if step != str(types.Step.NEW):
                return
            after = types.Step.DONE
            if page.article is not None and page.reading is not None:
                connection.execute(
                    schema.articles.insert().values(**_to_row(entry_id, page.article, page.reading, now))
                )
                after = types.Step.READ if page.reading.relevant else types.Step.DONE
            _move(connection, entry_id, after, _reason(page), now)

    def record_entry_failure(self, entry_id: int, reason: str, *, retry_at: datetime | None, now: datetime) -> None:
        """Count an attempt; retry at the time given, or Step.FAILED where it is None."""
        table = schema.entries.c
        step = types.Step.FAILED if retry_at is None else types.Step.NEW
        with self._db.write() as connection:
            connection.execute(
                schema.entries.update()
                .where(table.id == entry_id, table.step == str(types.Step.NEW))
                .values(
                    step=str(step),
                    attempts=table.attempts + 1,
                    retry_at=retry_at,
                    reason=reason,
                    done_at=now if retry_at is None else None,
                )
            )

    def unledgered(self, limit: int) -> list[tuple[int, types.Article, types.Reading]]:
        """(entry id, article, reading) at Step.READ in order of arrival."""
        query = (
            sa.select(schema.articles)
            .join(schema.entries, schema.entries.c.id == schema.articles.c.entry_id)
            .where(schema.entries.c.step == str(types.Step.READ))
            .order_by(schema.articles.c.arrived, schema.entries.c.id)
            .limit(limit)
        )
        with self._db.read() as connection:
            return [(row.entry_id, *_from_row(row)) for row in connection.execute(query)]

    def article(self, article_id: str) -> tuple[types.Article, types.Reading] | None:
        """One stored article."""
        table = schema.articles.c
        with self._db.read() as connection:
            row = connection.execute(sa.select(schema.articles).where(table.id == article_id)).first()
        return None if row is None else _from_row(row)

    def count_read(self, since: datetime) -> dict[str, int]:
        """{outcome: count} of the entries taken up since then: relevant, off topic, not read: language, failed ..."""
        table = schema.entries.c
        query = sa.select(table.step, table.reason, sa.func.count()).where(table.first_seen > since)
        counts: Counter[str] = Counter()
        with self._db.read() as connection:
            for step, reason, count in connection.execute(query.group_by(table.step, table.reason)):
                counts[_outcome(step, reason)] += count
        return dict(counts)

    def trace(self, reference: str) -> dict[str, object] | None:
        """All that is stored of an article id, entry id, URL, alert or development id. JSON values."""
        with self._db.read() as connection:
            return tracing.trace(connection, reference)


def to_record(row: sa.Row[Any]) -> types.EntryRecord:
    """An entry's row, with its feed's columns, as a value."""
    values = row._mapping
    return types.EntryRecord(
        id=values["id"],
        feed_url=values["feed_url"],
        outlet=values["outlet"],
        tier=types.Tier(values["tier"]),
        entry=codec.load(types.Entry, values["entry"]),
        step=types.Step(values["step"]),
        attempts=values["attempts"],
        first_seen=values["first_seen"],
        first_poll=values["first_poll"],
        rung=values["rung"],
    )


def _is_pending(now: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    table = schema.entries.c
    return (table.step == str(types.Step.NEW), sa.or_(table.retry_at.is_(None), table.retry_at <= now))


def _to_row(entry_id: int, article: types.Article, reading: types.Reading, now: datetime) -> dict[str, Any]:
    return {
        "id": article.id,
        "entry_id": entry_id,
        "url": article.url,
        "outlet": article.outlet,
        "tier": str(article.tier),
        "title": article.title,
        "text": article.text,
        "published": article.published,
        "date_only": article.date_only,
        "arrived": article.arrived or now,
        "language": article.language,
        "relevant": reading.relevant,
        "reading": codec.dump(reading),
        "via": article.via,
    }


def _from_row(row: sa.Row[Any]) -> tuple[types.Article, types.Reading]:
    values = row._mapping
    fields = {name: values[name] for name in types.Article.__dataclass_fields__}
    fields["tier"] = types.Tier(values["tier"])
    return types.Article(**fields), codec.load(types.Reading, values["reading"])


def _reason(page: types.ReadPage) -> str | None:
    if page.reading is not None and page.reading.skipped:
        return f"not read: {page.reading.skipped}"
    return page.reason


def _move(connection: sa.Connection, entry_id: int, step: types.Step, reason: str | None, now: datetime) -> None:
    done_at = now if step == types.Step.DONE else None
    connection.execute(
        schema.entries.update()
        .where(schema.entries.c.id == entry_id)
        .values(step=str(step), reason=reason, retry_at=None, done_at=done_at)
    )


def _outcome(step: str, reason: str | None) -> str:
    if step == types.Step.NEW:
        return "waiting"
    if step == types.Step.FAILED:
        return "failed"
    if reason and reason.startswith(("off topic", "not read", "old")):
        return reason.partition(" (")[0].partition(";")[0]
    return "relevant" if reason is None or reason.startswith("read from") else "no text"

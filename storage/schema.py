"""The tables. Values with an inner structure are JSON text (codec.py); what is searched by has a column of its own."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, MetaData, String, Table, Text, TypeDecorator

metadata = MetaData()


class UtcTime(TypeDecorator[datetime]):
    """An aware time as ISO 8601 text in UTC: SQLite drops the offset of its own type, and this sorts everywhere."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:
        """Refuse a naive time; write UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime: {value!r}")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:
        """Read it back aware."""
        return None if value is None else datetime.fromisoformat(value)


feeds = Table(
    "feeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", Text, nullable=False, unique=True),
    Column("poll_url", Text),
    Column("title", Text, nullable=False),
    Column("outlet", Text, nullable=False),
    Column("tier", String(16), nullable=False),
    Column("language", String(16), nullable=False),
    Column("country", String(16)),
    Column("interval_s", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("source", Text),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String(64)),
    Column("next_poll_at", UtcTime, index=True),
    Column("polled_at", UtcTime),
    Column("ok_at", UtcTime),
    Column("newest_entry_at", UtcTime),
    Column("failures", Integer, nullable=False, default=0),
    Column("last_error", Text),
    Column("entries_seen", Integer, nullable=False, default=0),
    Column("gone", Boolean, nullable=False, default=False),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("feed_id", ForeignKey("feeds.id"), nullable=False),
    Column("key", Text, nullable=False),
    Column("url", Text, nullable=False, index=True),
    Column("content_key", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("published", UtcTime),
    Column("entry", Text, nullable=False),
    Column("step", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("retry_at", UtcTime),
    Column("reason", Text),
    Column("first_seen", UtcTime, nullable=False),
    Column("done_at", UtcTime),
    Column("first_poll", Boolean, nullable=False),
    Index("entries_feed_key", "feed_id", "key", unique=True),
    Index("entries_feed_content", "feed_id", "content_key"),
    Index("entries_step", "step", "id"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), nullable=False, unique=True),
    Column("url", Text, index=True),
    Column("outlet", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("published", UtcTime),
    Column("arrived", UtcTime, nullable=False, index=True),
    Column("relevant", Boolean, nullable=False),
    Column("article", Text, nullable=False),
    Column("reading", Text, nullable=False),
)

positions = Table(
    "positions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("topic", String(16), nullable=False),
    Column("subject", String(16), nullable=False),
    Column("aspect", Text, nullable=False),
    Column("status", String(32), nullable=False),
    Column("held_from", UtcTime, nullable=False),
    Column("held_until", UtcTime),
    Column("value", Text, nullable=False),
    Index("positions_key", "topic", "subject", "aspect", "held_until"),
)

developments = Table(
    "developments",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", String(32), nullable=False, unique=True),
    Column("topic", String(16), nullable=False),
    Column("subject", String(16), nullable=False),
    Column("aspect", Text, nullable=False),
    Column("minor", Boolean, nullable=False),
    Column("grade", String(16), nullable=False),
    Column("disputed", Boolean, nullable=False),
    Column("taken_back", Boolean, nullable=False),
    Column("raised_at", UtcTime, nullable=False, index=True),
    Column("value", Text, nullable=False),
)

development_articles = Table(
    "development_articles",
    metadata,
    Column("development_id", ForeignKey("developments.id"), primary_key=True),
    Column("article_id", String(64), primary_key=True, index=True),
)

held_back = Table(
    "held_back",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", String(64), nullable=False, index=True),
    Column("reason", String(32), nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
    Column("value", Text, nullable=False),
)

sketches = Table(
    "sketches",
    metadata,
    Column("value", Integer, primary_key=True),
    Column("article_id", String(64), primary_key=True, index=True),
)

alerts = Table(
    "alerts",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("recipient", Text, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("development_id", String(32), index=True),
    Column("payload", Text, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("state", String(8), nullable=False),
    Column("not_before", UtcTime),
    Column("lease_until", UtcTime),
    Column("attempts", Integer, nullable=False, default=0),
    Column("sent_at", UtcTime),
    Column("last_error", Text),
    Column("message_ref", Text),
    Column("local_date", Date),
    Index("alerts_state", "state", "seq"),
    Index("alerts_digest", "recipient", "local_date", unique=True),
)

recipients_off = Table(
    "recipients_off",
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("at", UtcTime, nullable=False),
)

meta = Table("meta", metadata, Column("name", Text, primary_key=True), Column("value", Text, nullable=False))

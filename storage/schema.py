"""The tables. Values with an inner structure are JSON text (codec.py); what is searched by has a column of its own."""

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

metadata = MetaData()
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def clean(text: str) -> str:
    """Text as a column holds it: NUL (PostgreSQL) and lone surrogates (both) become U+FFFD; the length stays."""
    return _UNSTORABLE.sub("\ufffd", text)


@lru_cache(maxsize=1024)  # one moment is written in many rows
def utc_text(value: datetime) -> str:
    """A moment as a column holds it; raises ValueError for a naive one."""
    if value.tzinfo is None:
        raise ValueError(f"naive datetime: {value!r}")
    return value.astimezone(UTC).isoformat(timespec="microseconds")


class CleanText(TypeDecorator[str]):
    """Text from outside. One bad character in a feed must not make every later poll of it fail."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        """Replace what no database takes."""
        return None if value is None else clean(value)


class UtcTime(TypeDecorator[datetime]):
    """An aware time as ISO 8601 text in UTC: SQLite drops the offset of its own type, and this sorts everywhere."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> str | None:
        """Refuse a naive time; write UTC."""
        return None if value is None else utc_text(value)

    def process_result_value(self, value: str | None, dialect: Any) -> datetime | None:
        """Read it back aware."""
        return None if value is None else datetime.fromisoformat(value)


feeds = Table(
    "feeds",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("url", CleanText, nullable=False, unique=True),
    Column("poll_url", CleanText),
    Column("title", CleanText, nullable=False),
    Column("outlet", CleanText, nullable=False),
    Column("tier", String(16), nullable=False),
    Column("language", Text, nullable=False),
    Column("country", Text),
    Column("interval_s", Integer, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("hand", String(8)),  # on: added by hand, off: removed, paused; the shipped list changes none
    Column("source", CleanText),
    Column("etag", CleanText),
    Column("last_modified", CleanText),
    Column("body_hash", Text),
    Column("next_poll_at", UtcTime, index=True),
    Column("polled_at", UtcTime),
    Column("ok_at", UtcTime),
    Column("newest_entry_at", UtcTime),
    Column("failures", Integer, nullable=False, default=0),
    Column("last_error", CleanText),
    Column("entries_seen", Integer, nullable=False, default=0),
    Column("gone", Boolean, nullable=False, default=False),
    Column("kind", String(8), nullable=False, server_default="feed"),
    Column("ladder", CleanText),
    Column("rung", Integer, nullable=False, server_default="1"),
    Column("gap_s", Integer),
    Column("longest_gap_s", Integer),
    Column("warning", CleanText),
    Column("ttl_s", Integer),
    Column("skips", Text),
    Column("hub", CleanText),
    Column("topic", CleanText),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("feed_url", CleanText, nullable=False, unique=True),
    Column("hub", CleanText, nullable=False),
    Column("topic", CleanText, nullable=False),
    Column("callback", CleanText, nullable=False),
    Column("path", String(64), nullable=False, unique=True),
    Column("secret", String(64), nullable=False),
    Column("next_at", UtcTime, nullable=False),
    Column("step", String(8), nullable=False),
    Column("lease_until", UtcTime),
    Column("failures", Integer, nullable=False),
    Column("last_error", CleanText),
    Column("hinted_at", UtcTime),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("feed_id", ForeignKey("feeds.id"), nullable=False),
    Column("key", CleanText, nullable=False),
    Column("url", CleanText, nullable=False, index=True),
    Column("content_key", CleanText, nullable=False),
    Column("title", CleanText, nullable=False),
    Column("published", UtcTime),
    Column("entry", Text, nullable=False),
    Column("step", String(8), nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("retry_at", UtcTime),
    Column("reason", CleanText),
    Column("first_seen", UtcTime, nullable=False),
    Column("done_at", UtcTime),
    Column("first_poll", Boolean, nullable=False),
    Column("last_seen", UtcTime, index=True),  # the last body that showed it, to a day (feeds.py)
    Index("entries_feed_key", "feed_id", "key", unique=True),
    Index("entries_feed_content", "feed_id", "content_key"),
    Index("entries_step", "step", "id"),
)

articles = Table(
    "articles",
    metadata,
    Column("id", CleanText, primary_key=True),
    Column("entry_id", ForeignKey("entries.id"), nullable=False, unique=True),
    Column("url", CleanText, index=True),
    Column("outlet", CleanText, nullable=False),
    Column("tier", String(16), nullable=False),
    Column("title", CleanText, nullable=False),
    Column("text", CleanText, nullable=False),
    Column("published", UtcTime),
    Column("date_only", Boolean, nullable=False),
    Column("arrived", UtcTime, nullable=False, index=True),
    Column("language", CleanText),
    Column("relevant", Boolean, nullable=False),
    Column("reading", Text, nullable=False),
    Column("via", CleanText),
)

# What positions rest on, each report once (reports.py): a position's next version mostly adds one to two dozen others.
reports = Table(
    "reports",
    metadata,
    Column("key", String(22), primary_key=True),
    Column("article_id", CleanText, nullable=False, index=True),
    Column("value", Text, nullable=False),
)

positions = Table(
    "positions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("topic", String(16), nullable=False),
    Column("subject", String(16), nullable=False),
    Column("aspect", CleanText, nullable=False),
    Column("status", String(32), nullable=False),
    Column("held_from", UtcTime, nullable=False),
    Column("held_until", UtcTime),
    Column("value", Text, nullable=False),  # its reports by their keys
    Index("positions_key", "topic", "subject", "aspect", "held_until"),
    Index("positions_held", "topic", "subject", "aspect", "held_from"),
    Index("positions_now", "held_until"),
    Index("positions_first", "held_from"),
)

developments = Table(
    "developments",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", CleanText, nullable=False, unique=True),
    Column("topic", String(16), nullable=False),
    Column("subject", String(16), nullable=False),
    Column("aspect", CleanText, nullable=False),
    Column("minor", Boolean, nullable=False),
    Column("grade", String(16), nullable=False),
    Column("disputed", Boolean, nullable=False),
    Column("taken_back", Boolean, nullable=False),
    Column("raised_at", UtcTime, nullable=False, index=True),
    Column("value", Text, nullable=False),
    Index("developments_subject", "subject", "seq"),
    Index("developments_topic", "topic", "seq"),
    Index("developments_grade", "grade", "seq"),
)

development_articles = Table(
    "development_articles",
    metadata,
    Column("development_id", ForeignKey("developments.id"), primary_key=True),
    Column("article_id", CleanText, primary_key=True, index=True),
)

# What a digest tells: developments by the ledger step that raised or altered them (digests.py).
changes = Table(
    "changes",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("step", Integer, nullable=False, index=True),
    Column("development_id", CleanText, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
)

held_back = Table(
    "held_back",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("article_id", CleanText, nullable=False, index=True),
    Column("reason", CleanText, nullable=False),
    Column("at", UtcTime, nullable=False, index=True),
    Column("value", Text, nullable=False),
    Column("step", Integer, index=True),  # of the ledger; None: of before steps were counted
)

sketches = Table(
    "sketches",
    metadata,
    Column("value", BigInteger, primary_key=True),
    Column("article_id", CleanText, primary_key=True, index=True),
)

hand_acts = Table(
    "hand_acts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("kind", String(8), nullable=False),
    Column("word", CleanText, nullable=False),
    Column("step", Text, nullable=False),
    Column("undo", Text, nullable=False),
    Column("undone_at", UtcTime),
)

rechecks = Table(
    "rechecks",
    metadata,
    Column("article_id", CleanText, primary_key=True),
    Column("due_at", UtcTime, nullable=False, index=True),
    Column("first_at", UtcTime, nullable=False),
    Column("done", Integer, nullable=False),
)

alerts = Table(
    "alerts",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("id", CleanText, nullable=False, unique=True),
    Column("recipient", CleanText, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("development_id", CleanText, index=True),
    Column("payload", CleanText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("state", String(8), nullable=False),
    Column("not_before", UtcTime),
    Column("lease_until", UtcTime),
    Column("attempts", Integer, nullable=False, default=0),
    Column("sent_at", UtcTime),
    Column("last_error", CleanText),
    Column("message_ref", CleanText),
    Column("local_date", Date),
    Index("alerts_state", "state", "seq"),
    Index("alerts_digest", "recipient", "local_date", unique=True),
)

# The migration that makes a counter gives it its row.
counters = Table(
    "counters",
    metadata,
    Column("name", String(16), primary_key=True),
    Column("value", Integer, nullable=False),
)

digest_contents = Table(
    "digest_contents",
    metadata,
    Column("alert_id", CleanText, primary_key=True),
    Column("content", CleanText, nullable=False),
)

recipients_off = Table(
    "recipients_off",
    metadata,
    Column("recipient", CleanText, primary_key=True),
    Column("reason", CleanText, nullable=False),
    Column("at", UtcTime, nullable=False),
)

recipients = Table(
    "recipients",
    metadata,
    Column("seq", Integer, primary_key=True),
    Column("address", CleanText, nullable=False, unique=True),
    Column("source", String(16), nullable=False),
    Column("value", Text, nullable=False),
    Column("seeded", Text),  # the value as the settings gave it last
    Column("added_at", UtcTime, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("inviter", CleanText, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("used_by", CleanText),
    Column("used_at", UtcTime),
)

feedback = Table(
    "feedback",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("development_id", CleanText, nullable=False),
    Column("recipient", CleanText, nullable=False),
    Column("sender", CleanText, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("feedback_once", "development_id", "sender", unique=True),
)

meta = Table("meta", metadata, Column("name", CleanText, primary_key=True), Column("value", CleanText, nullable=False))

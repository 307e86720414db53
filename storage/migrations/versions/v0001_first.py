"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "alerts",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("development_id", sa.Text()),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_at", sa.String(32), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("not_before", sa.String(32)),
        sa.Column("lease_until", sa.String(32)),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.String(32)),
        sa.Column("last_error", sa.Text()),
        sa.Column("message_ref", sa.Text()),
        sa.Column("local_date", sa.Date()),
    )
    op.create_index("alerts_digest", "alerts", ["recipient", "local_date"], unique=True)
    op.create_index("alerts_state", "alerts", ["state", "seq"])
    op.create_index("ix_alerts_development_id", "alerts", ["development_id"])
    op.create_table(
        "developments",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("id", sa.Text(), nullable=False, unique=True),
        sa.Column("topic", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(16), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("minor", sa.Boolean(), nullable=False),
        sa.Column("grade", sa.String(16), nullable=False),
        sa.Column("disputed", sa.Boolean(), nullable=False),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        sa.Column("raised_at", sa.String(32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
    )
    op.create_index("ix_developments_raised_at", "developments", ["raised_at"])
    op.create_table(
        "feeds",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("url", sa.Text(), nullable=False, unique=True),
        sa.Column("poll_url", sa.Text()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("tier", sa.String(16), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("country", sa.Text()),
        sa.Column("interval_s", sa.Integer(), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("hand", sa.String(8)),
        sa.Column("source", sa.Text()),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("body_hash", sa.Text()),
        sa.Column("next_poll_at", sa.String(32)),
        sa.Column("polled_at", sa.String(32)),
        sa.Column("ok_at", sa.String(32)),
        sa.Column("newest_entry_at", sa.String(32)),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("entries_seen", sa.Integer(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_feeds_next_poll_at", "feeds", ["next_poll_at"])
    op.create_table(
        "held_back",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
    )
    op.create_index("ix_held_back_article_id", "held_back", ["article_id"])
    op.create_index("ix_held_back_at", "held_back", ["at"])
    op.create_table(
        "meta",
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.Text(), nullable=False),
    )
    op.create_table(
        "positions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("topic", sa.String(16), nullable=False),
        sa.Column("subject", sa.String(16), nullable=False),
        sa.Column("aspect", sa.Text(), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("held_from", sa.String(32), nullable=False),
        sa.Column("held_until", sa.String(32)),
        sa.Column("value", sa.Text(), nullable=False),
    )
    op.create_index("positions_key", "positions", ["topic", "subject", "aspect", "held_until"])
    op.create_table(
        "recipients_off",
        sa.Column("recipient", sa.Text(), primary_key=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_table(
        "sketches",
        sa.Column("value", sa.BigInteger(), primary_key=True),
        sa.Column("article_id", sa.Text(), primary_key=True),
    )
    op.create_index("ix_sketches_article_id", "sketches", ["article_id"])
    op.create_table(
        "development_articles",
        sa.Column("development_id", sa.Text(), sa.ForeignKey("developments.id"), primary_key=True),
        sa.Column("article_id", sa.Text(), primary_key=True),
    )
    op.create_index("ix_development_articles_article_id", "development_articles", ["article_id"])
    op.create_table(
        "entries",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("feed_id", sa.Integer(), sa.ForeignKey("feeds.id"), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("content_key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("published", sa.String(32)),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("step", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.String(32)),
        sa.Column("reason", sa.Text()),
        sa.Column("first_seen", sa.String(32), nullable=False),
        sa.Column("done_at", sa.String(32)),
        sa.Column("first_poll", sa.Boolean(), nullable=False),
    )
    op.create_index("entries_feed_content", "entries", ["feed_id", "content_key"])
    op.create_index("entries_feed_key", "entries", ["feed_id", "key"], unique=True)
    op.create_index("entries_step", "entries", ["step", "id"])
    op.create_index("ix_entries_url", "entries", ["url"])
    op.create_table(
        "articles",
        sa.Column("id", sa.Text(), primary_key=True),
        sa.Column("entry_id", sa.Integer(), sa.ForeignKey("entries.id"), nullable=False, unique=True),
        sa.Column("url", sa.Text()),
        sa.Column("outlet", sa.Text(), nullable=False),
        sa.Column("tier", sa.String(16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("published", sa.String(32)),
        sa.Column("date_only", sa.Boolean(), nullable=False),
        sa.Column("arrived", sa.String(32), nullable=False),
        sa.Column("language", sa.Text()),
        sa.Column("relevant", sa.Boolean(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
    )
    op.create_index("ix_articles_arrived", "articles", ["arrived"])
    op.create_index("ix_articles_url", "articles", ["url"])


def downgrade() -> None:
    """There is no earlier schema."""
    raise NotImplementedError("the first schema has no predecessor")

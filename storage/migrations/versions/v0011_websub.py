"""The hubs that feeds offer, and the subscriptions there."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two columns and a table."""
    with op.batch_alter_table("feeds") as batch:
        batch.add_column(sa.Column("hub", sa.Text()))
        batch.add_column(sa.Column("topic", sa.Text()))
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("feed_url", sa.Text(), nullable=False, unique=True),
        sa.Column("hub", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("callback", sa.Text(), nullable=False),
        sa.Column("path", sa.String(64), nullable=False, unique=True),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("next_at", sa.String(32), nullable=False),
        sa.Column("step", sa.String(8), nullable=False),
        sa.Column("lease_until", sa.String(32)),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("hinted_at", sa.String(32)),
    )

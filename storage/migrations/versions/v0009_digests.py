"""Changes by ledger step, the step of what was held back, contents of digests."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables; each development known already is a step of its own."""
    op.create_table(
        "changes",
        sa.Column("seq", sa.Integer(), primary_key=True),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("development_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("at", sa.String(32), nullable=False),
    )
    op.create_index("ix_changes_step", "changes", ["step"])
    op.create_index("ix_changes_at", "changes", ["at"])
    op.create_table(
        "digest_contents",
        sa.Column("alert_id", sa.Text(), primary_key=True),
        sa.Column("content", sa.Text(), nullable=False),
    )
    op.add_column("held_back", sa.Column("step", sa.Integer()))
    op.create_index("ix_held_back_step", "held_back", ["step"])
    op.execute(
        "INSERT INTO changes (step, development_id, kind, at) "
        "SELECT seq, id, 'new', raised_at FROM developments ORDER BY seq"
    )
    op.create_table(
        "counters",
        sa.Column("name", sa.String(16), primary_key=True),
        sa.Column("value", sa.Integer(), nullable=False),
    )
    op.execute("INSERT INTO counters (name, value) SELECT 'ledger_step', COALESCE(MAX(seq), 0) FROM developments")

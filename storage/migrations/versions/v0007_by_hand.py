"""What an operator did to the ledger by hand, and pages that are to be read again."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "hand_acts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("at", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("undo", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.String(32)),
    )
    op.create_table(
        "rechecks",
        sa.Column("article_id", sa.Text(), primary_key=True),
        sa.Column("due_at", sa.String(32), nullable=False, index=True),
        sa.Column("first_at", sa.String(32), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
    )

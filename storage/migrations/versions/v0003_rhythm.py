"""A feed's rhythm, what is odd about it, its kind and its place on a ladder; how an article was come by."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; SQLite takes a column that must not be empty only with a default."""
    with op.batch_alter_table("feeds") as feeds:
        feeds.add_column(sa.Column("kind", sa.String(8), nullable=False, server_default="feed"))
        feeds.add_column(sa.Column("ladder", sa.Text()))
        feeds.add_column(sa.Column("rung", sa.Integer(), nullable=False, server_default="1"))
        feeds.add_column(sa.Column("gap_s", sa.Integer()))
        feeds.add_column(sa.Column("longest_gap_s", sa.Integer()))
        feeds.add_column(sa.Column("warning", sa.Text()))
    with op.batch_alter_table("articles") as articles:
        articles.add_column(sa.Column("via", sa.Text()))


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("articles") as articles:
        articles.drop_column("via")
    with op.batch_alter_table("feeds") as feeds:
        for name in ("warning", "longest_gap_s", "gap_s", "rung", "ladder", "kind"):
            feeds.drop_column(name)

"""A feed's wishes of when not to be asked."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns."""
    with op.batch_alter_table("feeds") as feeds:
        feeds.add_column(sa.Column("ttl_s", sa.Integer()))
        feeds.add_column(sa.Column("skips", sa.Text()))


def downgrade() -> None:
    """Take them away again."""
    with op.batch_alter_table("feeds") as feeds:
        feeds.drop_column("skips")
        feeds.drop_column("ttl_s")

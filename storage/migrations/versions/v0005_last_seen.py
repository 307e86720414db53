"""When a feed last showed an entry: what it can still show must stay known, however old it is."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; what is there counts as shown at its feed's last poll, for nobody knows better."""
    op.add_column("entries", sa.Column("last_seen", sa.String(32)))
    op.execute(
        "UPDATE entries SET last_seen = coalesce("
        "(SELECT polled_at FROM feeds WHERE feeds.id = entries.feed_id AND polled_at > entries.first_seen), first_seen)"
    )
    op.create_index("ix_entries_last_seen", "entries", ["last_seen"])


def downgrade() -> None:
    """Take the column away."""
    op.drop_index("ix_entries_last_seen", "entries")
    op.drop_column("entries", "last_seen")

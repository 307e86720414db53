"""Indexes for looking back: positions by key and time, positions that hold now, developments by subject and topic."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the indexes."""
    op.create_index("positions_held", "positions", ["topic", "subject", "aspect", "held_from"])
    op.create_index("positions_now", "positions", ["held_until"])
    op.create_index("positions_first", "positions", ["held_from"])
    op.create_index("developments_subject", "developments", ["subject", "seq"])
    op.create_index("developments_topic", "developments", ["topic", "seq"])
    op.create_index("developments_grade", "developments", ["grade", "seq"])

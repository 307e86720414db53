"""Alembic's scripts, run at start; see versions/."""

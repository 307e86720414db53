"""Reports in rows of their own; positions name them by key instead of carrying a copy of each."""

import json

import sqlalchemy as sa
from alembic import op

from storage.reports import key_of

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_CHUNK = 500
_POSITIONS = sa.table("positions", sa.column("id", sa.Integer), sa.column("value", sa.Text))


def upgrade() -> None:
    """Make the table and move the reports of every version of every position into it."""
    reports = op.create_table(
        "reports",
        sa.Column("key", sa.String(22), primary_key=True),
        sa.Column("article_id", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
    )
    op.create_index("ix_reports_article_id", "reports", ["article_id"])
    connection, last, known = op.get_bind(), -1, set[str]()
    query = sa.select(_POSITIONS).order_by(_POSITIONS.c.id).limit(_CHUNK)
    while rows := connection.execute(query.where(_POSITIONS.c.id > last)).all():
        last = rows[-1].id
        for row in rows:
            value, found = _split(row.value)
            new = [one for one in found if one["key"] not in known]
            known.update(one["key"] for one in found)
            if new:
                connection.execute(sa.insert(reports), new)
            connection.execute(_POSITIONS.update().where(_POSITIONS.c.id == row.id).values(value=value))


def _split(value: str) -> tuple[str, list[dict[str, str]]]:
    """A position's value with keys for its reports, and the reports' rows."""
    position = json.loads(value)
    if not isinstance(position, dict):
        return value, []
    reports = position.get("reports") or []
    texts = [json.dumps(report, separators=(",", ":")) for report in reports]
    keys = [key_of(text) for text in texts]
    rows = [
        {"key": key, "article_id": report["article_id"], "value": text}
        for key, report, text in zip(keys, reports, texts, strict=True)
    ]
    return json.dumps(position | {"reports": keys}, separators=(",", ":")), rows

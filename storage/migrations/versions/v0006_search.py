"""Full-text search over evidence and articles on topic: FTS5 on SQLite, GIN indexes on PostgreSQL. Triggers keep FTS5
up to date; a later migration that copies `articles` or `developments` must make them again."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_ARTICLE_GONE = """
INSERT INTO search_articles(search_articles, rowid, title, text) VALUES ('delete', old.entry_id, old.title, old.text)
"""
_ARTICLE_COME = "INSERT INTO search_articles(rowid, title, text) VALUES (new.entry_id, new.title, new.text)"
_EVIDENCE = """
SELECT group_concat(coalesce(json_extract(r.value, '$.title'), '') || ' ' || json_extract(r.value, '$.evidence'), ' ')
FROM json_each(CASE WHEN json_valid({row}.value) THEN {row}.value ELSE '{{}}' END, '$.reports') AS r
"""
_SQLITE = (
    "CREATE VIEW search_articles_content AS SELECT entry_id, title, text FROM articles WHERE relevant = 1",
    """CREATE VIRTUAL TABLE search_articles USING fts5(title, text, content='search_articles_content',
       content_rowid='entry_id', tokenize='porter unicode61 remove_diacritics 2')""",
    f"CREATE TRIGGER search_articles_insert AFTER INSERT ON articles WHEN new.relevant BEGIN {_ARTICLE_COME}; END",
    f"CREATE TRIGGER search_articles_delete AFTER DELETE ON articles WHEN old.relevant BEGIN {_ARTICLE_GONE}; END",
    f"""CREATE TRIGGER search_articles_leave BEFORE UPDATE OF title, text, relevant ON articles WHEN old.relevant
       BEGIN {_ARTICLE_GONE}; END""",
    f"""CREATE TRIGGER search_articles_enter AFTER UPDATE OF title, text, relevant ON articles WHEN new.relevant
       BEGIN {_ARTICLE_COME}; END""",
    "INSERT INTO search_articles(search_articles) VALUES ('rebuild')",
    "CREATE VIRTUAL TABLE search_evidence USING fts5(words, tokenize='porter unicode61 remove_diacritics 2')",
    f"""CREATE TRIGGER search_evidence_insert AFTER INSERT ON developments BEGIN
       INSERT INTO search_evidence(rowid, words) VALUES (new.seq, ({_EVIDENCE.format(row="new")})); END""",
    f"""CREATE TRIGGER search_evidence_update AFTER UPDATE OF value ON developments BEGIN
       DELETE FROM search_evidence WHERE rowid = old.seq;
       INSERT INTO search_evidence(rowid, words) VALUES (new.seq, ({_EVIDENCE.format(row="new")})); END""",
    "CREATE TRIGGER search_evidence_delete AFTER DELETE ON developments BEGIN "
    "DELETE FROM search_evidence WHERE rowid = old.seq; END",
    f"INSERT INTO search_evidence(rowid, words) SELECT d.seq, ({_EVIDENCE.format(row='d')}) FROM developments AS d",
)
# A text that is longer than a tsvector may be must not make its article unstorable.
_POSTGRESQL = (
    """CREATE INDEX search_articles ON articles USING gin (to_tsvector('english', title || ' ' || left(text, 200000)))
       WHERE relevant""",
    "CREATE INDEX search_evidence ON developments USING gin (to_tsvector('english', left(value, 200000)))",
)


def upgrade() -> None:
    """Make the indexes and fill them."""
    connection = op.get_bind()
    statements = _POSTGRESQL if connection.dialect.name == "postgresql" else _SQLITE
    for statement in statements:
        connection.execute(sa.text(statement.replace(":", "\\:")))

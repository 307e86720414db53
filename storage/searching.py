"""Search over the evidence of developments and over articles on topic: FTS5 on SQLite, tsvector on PostgreSQL."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor import types
from storage import browsing, codec, database, schema

START, END = "\x02", "\x03"  # around what was found, in a snippet
_WORDS = 14  # of a snippet: a short quotation
_TERMS = 12
_TERM = re.compile(r'"([^"]+)"|([^\s"]+)')

# PostgreSQL's planner takes it that taking a text apart costs nothing. So all that fits is gathered first, by the index
# (else it may walk back from the newest row: half a second for a thousand developments), and in so much memory that it
# need not take whole pages of texts apart again.
_BY_INDEX = ("SET LOCAL enable_seqscan = off", "SET LOCAL work_mem = '64MB'")
_ARTICLES = {
    "sqlite": f"""
SELECT a.id, a.title, a.url, a.outlet, a.published, snippet(search_articles, 1, char(2), char(3), '…', {_WORDS}) AS part
FROM search_articles JOIN articles AS a ON a.entry_id = search_articles.rowid
WHERE search_articles MATCH :query ORDER BY search_articles.rowid DESC LIMIT :limit""",
    "postgresql": f"""
SELECT a.id, a.title, a.url, a.outlet, a.published, ts_headline('english', left(a.text, 20000),
  websearch_to_tsquery('english', :query), 'MaxFragments=1,MaxWords={_WORDS},MinWords=5,StartSel=' || chr(2) ||
  ',StopSel=' || chr(3)) AS part
FROM (WITH hits AS MATERIALIZED (SELECT entry_id FROM articles WHERE relevant
    AND to_tsvector('english', title || ' ' || left(text, 200000)) @@ websearch_to_tsquery('english', :query))
  SELECT entry_id FROM hits ORDER BY entry_id DESC LIMIT :limit) AS found
JOIN articles AS a ON a.entry_id = found.entry_id ORDER BY a.entry_id DESC""",
}
_EVIDENCE = {
    "sqlite": """
SELECT d.seq, d.value FROM search_evidence JOIN developments AS d ON d.seq = search_evidence.rowid
WHERE search_evidence MATCH :query ORDER BY search_evidence.rowid DESC LIMIT :limit""",
    "postgresql": """
SELECT d.seq, d.value
FROM (WITH hits AS MATERIALIZED (SELECT seq FROM developments
    WHERE to_tsvector('english', left(value, 200000)) @@ websearch_to_tsquery('english', :query))
  SELECT seq FROM hits ORDER BY seq DESC LIMIT :limit) AS found
JOIN developments AS d ON d.seq = found.seq ORDER BY d.seq DESC""",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An article that holds the words; `part` is a short piece of it with START and END around them."""

    id: str
    title: str
    url: str | None
    outlet: str
    published: datetime | None
    part: str


class SqlSearching:
    """Newest first: what fits best is rarely what is new, and no ranking needs every match."""

    def __init__(self, db: database.Database) -> None:
        self._db = db

    def articles(self, text: str, limit: int) -> list[Found]:
        """Articles on topic that hold all the words."""
        rows = self._run(_ARTICLES, text, limit)
        times = schema.UtcTime()
        return [
            Found(
                id=row.id,
                title=row.title,
                url=row.url,
                outlet=row.outlet,
                published=times.process_result_value(row.published, None),
                part=row.part or "",
            )
            for row in rows
        ]

    def developments(self, text: str, limit: int) -> list[browsing.Numbered]:
        """Developments whose evidence or headlines hold all the words."""
        rows = self._run(_EVIDENCE, text, limit)
        return [browsing.Numbered(seq=row.seq, development=codec.load(types.Development, row.value)) for row in rows]

    def _run(self, statements: dict[str, str], text: str, limit: int) -> list[Any]:
        with self._db.read() as connection:
            dialect = connection.dialect.name
            query = to_query(text) if dialect == "sqlite" else schema.clean(text)
            if not query.strip():
                return []
            for setting in _BY_INDEX if dialect == "postgresql" else ():
                connection.exec_driver_sql(setting)
            return list(connection.execute(sa.text(statements[dialect]), {"query": query, "limit": limit}))


def to_query(text: str) -> str:
    """What somebody typed as an FTS5 query: words and "phrases", all of them, the last word also as a beginning.

    Everything is quoted, so that nothing typed is taken for an operator.
    """
    terms = []
    for phrase, word in list(_TERM.findall(schema.clean(text)))[:_TERMS]:
        cleaned = re.sub(r"[^\w]+", " ", phrase or word).strip()
        if cleaned:
            terms.append(f'"{cleaned}"' + ("*" if word and not text.endswith(" ") else ""))
    return " ".join([*(term.rstrip("*") for term in terms[:-1]), *terms[-1:]])

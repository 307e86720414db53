"""What people look at: the board of any moment, pages of developments, histories, counts. Reads only, by index."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from monitor import types
from storage import codec, database, reports, schema

# The keys are walked along the index, one step a key, and of each the last position is looked up: what a past day
# costs depends on how many keys there are, not on how long their histories have become. Not by a join at the end: for
# one, SQLite (once ANALYZE has told it how large the table is) fills a Bloom filter from all positions first.
_HELD_AT = sa.text("""
WITH RECURSIVE keys(topic, subject, aspect) AS (
  SELECT * FROM (SELECT topic, subject, aspect FROM positions ORDER BY topic, subject, aspect LIMIT 1) AS first
  UNION ALL
  SELECT p.topic, p.subject, p.aspect FROM keys AS k JOIN positions AS p ON p.id = coalesce(
    (SELECT n.id FROM positions AS n WHERE n.topic = k.topic AND n.subject = k.subject AND n.aspect > k.aspect
     ORDER BY n.aspect LIMIT 1),
    (SELECT n.id FROM positions AS n WHERE n.topic = k.topic AND n.subject > k.subject
     ORDER BY n.subject, n.aspect LIMIT 1),
    (SELECT n.id FROM positions AS n WHERE n.topic > k.topic ORDER BY n.topic, n.subject, n.aspect LIMIT 1))
)
SELECT value FROM positions WHERE id IN (
  SELECT (
    SELECT h.id FROM positions AS h
    WHERE h.topic = k.topic AND h.subject = k.subject AND h.aspect = k.aspect AND h.held_from <= :moment
    ORDER BY h.held_from DESC, h.id DESC LIMIT 1)
  FROM keys AS k)
AND (held_until IS NULL OR held_until > :moment) ORDER BY id
""")
_SUBJECTS = sa.text("""
WITH RECURSIVE codes(subject) AS (
  SELECT MIN(subject) FROM developments
  UNION ALL
  SELECT (SELECT MIN(d.subject) FROM developments AS d WHERE d.subject > c.subject) FROM codes AS c
  WHERE c.subject IS NOT NULL
)
SELECT subject FROM codes
""")
_KEPT = 1024  # positions, or a few more
_LATEST = "9999"  # sorts behind every time


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which developments are wanted; None: whatever it is."""

    topic: str | None = None
    subject: str | None = None
    aspect: str | None = None  # the aspect itself or, as "language", all that begins with it
    grade: str | None = None
    minor: bool | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None  # the seq of the last one of the page before


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A development and its place in the order in which they were raised."""

    seq: int
    development: types.Development


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A position's status and how long the ledger held it; its reports are not loaded."""

    topic: str
    subject: str
    aspect: str
    status: str
    held_from: datetime
    held_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An alert as far as everybody may see it: by which channel, not to whom."""

    id: str
    channel: str
    kind: str
    state: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Further:
    """An article that says the same as many others."""

    outlet: str
    title: str
    url: str | None
    published: datetime | None


# The same few rows are read again and again; their values are frozen, so that readers may share them.
@lru_cache(maxsize=512)
def _to_development(text: str) -> types.Development:
    return codec.load(types.Development, text)


class SqlBrowsing:
    """Queries for the dashboard; every one has an index or is bounded."""

    def __init__(self, db: database.Database) -> None:
        self._db = db
        self._kept: dict[str, types.Position] = {}  # by the row's value, which says all of it (reports.py)

    def positions(self, moment: datetime | None = None) -> list[types.Position]:
        """The positions held at a moment, or now; the same query for both."""
        bound = _LATEST if moment is None else moment.astimezone(UTC).isoformat(timespec="microseconds")
        with self._db.read() as connection:
            values = connection.scalars(_HELD_AT, {"moment": bound}).all()
            kept = self._kept
            new = [value for value in values if value not in kept]
            loaded = dict(zip(new, reports.load(connection, new), strict=True))
        if loaded:  # put in its place whole: other threads read it
            self._kept = loaded | (kept if len(kept) < _KEPT else {})
        return [loaded.get(value) or kept[value] for value in values]

    def first_day(self) -> datetime | None:
        """Since when anything has been held."""
        with self._db.read() as connection:
            found: datetime | None = connection.scalar(sa.select(sa.func.min(schema.positions.c.held_from)))
            return found

    def developments(self, wanted: Wanted, limit: int) -> list[Numbered]:
        """The newest that fit, the newest first."""
        table = schema.developments.c
        query = sa.select(table.seq, table.value).where(*_conditions(wanted)).order_by(table.seq.desc()).limit(limit)
        with self._db.read() as connection:
            rows = connection.execute(query).all()
        return [Numbered(seq=row.seq, development=_to_development(row.value)) for row in rows]

    def latest(self, moment: datetime | None, limit: int) -> list[types.Development]:
        """The last ones raised up to a moment, the newest first; along the index of times."""
        table = schema.developments.c
        query = sa.select(table.value).order_by(table.raised_at.desc(), table.seq.desc()).limit(limit)
        if moment is not None:
            query = query.where(table.raised_at <= moment)
        with self._db.read() as connection:
            return [_to_development(text) for text in connection.scalars(query)]

    def subjects(self) -> list[str]:
        """Who has a development, by code; walks the index, a step each."""
        with self._db.read() as connection:
            return [str(code) for code in connection.scalars(_SUBJECTS) if code is not None]

    def version(self) -> tuple[object, ...]:
        """Changes whenever a position does: what is computed from positions may be kept as long as it stays."""
        table = schema.positions.c
        with self._db.read() as connection:
            # One by one: of two maxima in one query SQLite takes neither from its index.
            return tuple(connection.scalar(sa.select(sa.func.max(one))) for one in (table.id, table.held_until))

    def spans(self, *, topic: str, subject: str | None = None, aspect: str | None = None, limit: int) -> list[Span]:
        """The latest statuses of a topic, oldest first."""
        table = schema.positions.c
        query = sa.select(
            table.topic, table.subject, table.aspect, table.status, table.held_from, table.held_until
        ).where(table.topic == topic)
        if subject is not None:
            query = query.where(table.subject == subject)
        if aspect is not None:
            query = query.where(table.aspect == aspect)
        with self._db.read() as connection:
            rows = connection.execute(query.order_by(table.id.desc()).limit(limit)).all()
        return [Span(**row._mapping) for row in reversed(rows)]

    def told(self, development_id: str) -> list[Told]:
        """The alerts that told a development."""
        table = schema.alerts.c
        query = sa.select(table.id, table.recipient, table.kind, table.state, table.created_at, table.sent_at)
        with self._db.read() as connection:
            rows = connection.execute(query.where(table.development_id == development_id).order_by(table.seq)).all()
        return [
            Told(
                id=row.id,
                channel=row.recipient.partition(":")[0],
                kind=row.kind,
                state=row.state,
                created_at=row.created_at,
                sent_at=row.sent_at,
            )
            for row in rows
        ]

    def further(self, development_id: str, shown: Sequence[str], limit: int) -> tuple[list[Further], int]:
        """Articles that bear a development out beyond the reports kept with it, the latest first, and their number."""
        links, table = schema.development_articles.c, schema.articles.c
        others = (links.development_id == development_id, links.article_id.not_in(list(shown)))
        query = (
            sa.select(table.outlet, table.title, table.url, table.published)
            .join(schema.development_articles, links.article_id == table.id)
            .where(*others)
            .order_by(table.entry_id.desc())
            .limit(limit)
        )
        number = sa.select(sa.func.count()).select_from(schema.development_articles).where(*others)
        with self._db.read() as connection:
            found = [Further(**row._mapping) for row in connection.execute(query)]
            return found, connection.scalar(number) or 0

    def texts(self, article_ids: Sequence[str]) -> dict[str, str]:
        """{article id: text}, to cut a quotation's sentence from."""
        table = schema.articles.c
        query = sa.select(table.id, table.text).where(table.id.in_(list(article_ids)))
        with self._db.read() as connection:
            return {row.id: row.text for row in connection.execute(query)}


def _conditions(wanted: Wanted) -> list[Any]:
    table = schema.developments.c
    pairs = ((table.topic, wanted.topic), (table.subject, wanted.subject), (table.grade, wanted.grade))
    conditions: list[Any] = [column == value for column, value in pairs if value is not None]
    if wanted.aspect is not None:
        conditions.append(sa.or_(table.aspect == wanted.aspect, table.aspect.startswith(f"{wanted.aspect}:")))
    if wanted.minor is not None:
        conditions.append(table.minor.is_(wanted.minor))
    if wanted.since is not None:
        conditions.append(table.raised_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(table.raised_at <= wanted.until)
    if wanted.before is not None:
        conditions.append(table.seq < wanted.before)
    return conditions

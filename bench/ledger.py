"""Ledger updates, near-duplicate look-ups and boards of past days at growing numbers of stored articles.

    python bench/ledger.py [--sizes 2000 20000] [--times 300] [--url postgresql+psycopg://...]

Floor: one look-up in an index of the same database, in the same run. What must hold: the cost of one update and of one
look-up grows with the number of stored articles no more than that floor does. Figures are milliseconds of this
process's processor time (on PostgreSQL that leaves the server's out: see the wall clock's) and the wall clock's median.
Whole size: --sizes 10000 1000000 (filled in some minutes, about ten gigabytes).
"""

import argparse
import dataclasses
import random
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from monitor import copies, types, watch
from monitor.ledger import compare, rules, state
from storage import codec, reports, schema, store

START = datetime(2026, 1, 1, tzinfo=UTC)
STOCK = 10  # phrases that a third of all texts share
SUBJECTS = ("DK", "NO", "SE", "FI", "EE", "LV", "LT", "PL", "CZ", "NL", "BE", "FR", "GB", "DE", "ES", "PT", "IT", "RO")
STATUSES = ("open", "pledged", "conditional", "ruled_out")
CHUNK = 2_000
DEVELOPMENTS = 100  # articles for one development, and
VERSIONS = 20  # for one version of a position
FRESH = 2_000_000  # numbers of articles that no size has stored
SCRAMBLE, SPAN = 1_640_531_527, 2**29  # odd: a product modulo a power of two meets no other
WORDS = [f"w{number}" for number in range(50_000)]


# ---------------------------------------------------------------- what is stored


def sketch_of(number: int) -> list[int]:
    """A stored text's sketch, as _SKETCHES makes it in the database."""
    own = [(number * copies.SIZE + place) * SCRAMBLE % SPAN for place in range(copies.SIZE)]
    return [SPAN + place for place in range(STOCK)] + own[STOCK:] if number % 3 == 0 else own


# Rows in order of the key, and the second index afterwards: else filling 48 million takes hours.
_SKETCHES = f"""
WITH RECURSIVE numbers(n) AS (SELECT :first UNION ALL SELECT n + 1 FROM numbers WHERE n + 1 < :last),
places(p) AS (SELECT 0 UNION ALL SELECT p + 1 FROM places WHERE p + 1 < {copies.SIZE}),
both(n, value) AS (
  SELECT n, CASE WHEN n % 3 = 0 AND p < {STOCK} THEN {SPAN} + p
                 ELSE (n * {copies.SIZE} + p) * CAST({SCRAMBLE} AS BIGINT) % {SPAN} END FROM numbers, places)
INSERT INTO sketches (value, article_id)
SELECT value, 'a' || n FROM both WHERE value < {SPAN} OR n <= 3 * {copies.COMMON} ORDER BY value, n
"""


def fill(stores: store.Stores, first: int, last: int) -> None:
    """What articles leave behind: entry, text, sketch, claims held back, developments, versions of positions."""
    for at in range(first, last, CHUNK):
        numbers = range(at, min(at + CHUNK, last))
        with stores.database.write() as connection:
            if at == 0:
                connection.execute(schema.feeds.insert(), [_feed()])
            connection.execute(schema.entries.insert(), [_entry(number, types.Step.DONE) for number in numbers])
            connection.execute(schema.articles.insert(), [_article(number) for number in numbers])
            connection.execute(schema.held_back.insert(), [_held_back(number) for number in numbers])
            _put_history(connection, numbers)
    with stores.database.write() as connection:
        connection.exec_driver_sql("DROP INDEX ix_sketches_article_id")
        connection.execute(sa.text(_SKETCHES), {"first": first, "last": last})
        connection.exec_driver_sql("CREATE INDEX ix_sketches_article_id ON sketches (article_id)")
        connection.exec_driver_sql("ANALYZE")


def _feed() -> dict[str, Any]:
    return {"id": 1, "url": "https://example.org/f", "title": "Feed", "outlet": "Outlet", "tier": "press",
            "language": "en", "interval_s": 900,
            "enabled": True, "failures": 0, "entries_seen": 0, "gone": False}  # fmt: skip


def _entry(number: int, step: types.Step) -> dict[str, Any]:
    return {"id": number + 1, "feed_id": 1, "key": str(number), "content_key": str(number), "title": "t", "entry": "{}",
            "url": f"https://example.org/{number}", "step": str(step), "attempts": 0, "first_seen": START,
            "first_poll": False}  # fmt: skip


def _text(number: int) -> str:
    return " ".join(random.Random(number).choices(WORDS, k=200))


def _article(number: int) -> dict[str, Any]:
    moment = START + timedelta(minutes=number)
    return {"id": f"a{number}", "entry_id": number + 1, "url": f"https://example.org/{number}", "outlet": "Outlet",
            "tier": "press", "title": f"Headline {number}", "text": _text(number), "published": moment,
            "date_only": False, "arrived": moment, "relevant": number % 10 == 0, "reading": "{}"}  # fmt: skip


def _held_back(number: int) -> dict[str, Any]:
    held = types.HeldBack(article_id=f"a{number}", topic=types.Topic.TROOPS, subject="DK", aspect="troops",
                          status="open", reason="same", evidence=_text(number)[:120])  # fmt: skip
    at = START + timedelta(minutes=number)
    return {"article_id": held.article_id, "reason": "same", "at": at, "step": number + 1, "value": codec.dump(held)}


def _put_history(connection: sa.Connection, numbers: range) -> None:
    """Developments and, of each subject, versions of its position that end with the next one."""
    made = [_development(number) for number in numbers if number % DEVELOPMENTS == 0]
    columns = ("topic", "subject", "aspect", "minor", "grade", "disputed", "taken_back", "raised_at")
    rows = [{name: getattr(one, name) for name in columns} | {"id": one.id, "value": codec.dump(one)} for one in made]
    links = [{"development_id": one.id, "article_id": report.article_id} for one in made for report in one.reports]
    versions = [_version(connection, number) for number in numbers if number % VERSIONS == 0]
    if made:
        connection.execute(schema.developments.insert(), rows)
        connection.execute(schema.development_articles.insert(), links)
    if versions:
        connection.execute(schema.positions.insert(), versions)


def _reports(number: int, status: str, count: int) -> tuple[types.Report, ...]:
    return tuple(
        types.Report(
            article_id=f"a{number - back}", outlet=f"Outlet {(number - back) % 400}", tier=types.Tier.PRESS,
            origin=f"Outlet {(number - back) % 400}", url=f"https://example.org/{number - back}", title="A headline",
            published=START + timedelta(minutes=number - back), status=status, evidence=_text(number - back)[:120],
            start=0, end=120,
        )
        for back in range(count)
    )  # fmt: skip


def _development(number: int) -> types.Development:
    index = number // DEVELOPMENTS
    status, moment = STATUSES[index // len(SUBJECTS) % 4], START + timedelta(minutes=number)
    return types.Development(
        id=f"D{number:012x}", topic=types.Topic.TROOPS, subject=SUBJECTS[index % len(SUBJECTS)], aspect="troops",
        old="open", new=status, minor=False, grade_at_first=types.Grade.REPORTED, grade=types.Grade.CONFIRMED,
        published=moment, raised_at=moment, reports=_reports(number, status, 4),
    )  # fmt: skip


def _version(connection: sa.Connection, number: int) -> dict[str, Any]:
    index = number // VERSIONS
    since = START + timedelta(minutes=number)
    held = types.Position(
        topic=types.Topic.TROOPS, subject=SUBJECTS[index % len(SUBJECTS)], aspect="troops", status=STATUSES[index % 4],
        since=since, grade=types.Grade.CONFIRMED, reports=_reports(number, STATUSES[index % 4], 1 + index % 8),
    )  # fmt: skip
    return {"topic": "troops", "subject": held.subject, "aspect": "troops", "status": held.status, "held_from": since,
            "held_until": since + timedelta(minutes=VERSIONS * len(SUBJECTS)),
            "value": reports.dump(connection, held)}  # fmt: skip


# ---------------------------------------------------------------- what is measured


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What doing it once takes."""

    cpu_ms: float
    wall_ms: float  # the median


def cost(work: Callable[[int], object], numbers: range) -> Cost:
    """The least processor time of five parts, so that what else the machine does counts little."""
    parts, walls = [], []
    for part in range(5):
        mine = numbers[part * len(numbers) // 5 : (part + 1) * len(numbers) // 5]
        begun = time.process_time()
        for number in mine:
            started = time.perf_counter()
            work(number)
            walls.append(time.perf_counter() - started)
        parts.append((time.process_time() - begun) / len(mine))
    return Cost(cpu_ms=min(parts) * 1000, wall_ms=statistics.median(walls) * 1000)


def news(number: int) -> tuple[types.Article, types.Reading]:
    """A new article with two claims: some say what is held already, some something else."""
    chance = random.Random(number)
    text = _text(number)
    claims = tuple(
        types.Claim(
            topic=types.Topic.TROOPS, subject=chance.choice(SUBJECTS), evidence=text[:120], start=0, end=120,
            status=chance.choice(STATUSES), number=chance.choice((None, None, 300, 600)),
        )
        for _ in range(2)
    )  # fmt: skip
    article = types.Article(
        id=f"a{number}", url=f"https://example.org/{number}", outlet=f"Outlet {number % 400}", title="News", text=text,
        published=START + timedelta(minutes=number),
    )  # fmt: skip
    return article, types.Reading(relevant=True, claims=claims)


def measure(stores: store.Stores, size: int, turn: int, times: int) -> dict[str, Cost]:
    """Costs at this number of stored articles."""
    watched, ledger_rules = watch.load_watch(), rules.load_rules()
    loaded: list[state.LedgerState] = []
    start = cost(lambda _: loaded.append(state.LedgerState.of(stores.ledger)), range(5))
    held = loaded[-1]
    fresh = range(FRESH + turn * times, FRESH + (turn + 1) * times)
    with stores.database.write() as connection:
        connection.execute(schema.entries.insert(), [_entry(number, types.Step.READ) for number in fresh])

    def update(number: int) -> None:
        article, reading = news(number)
        now = article.published or START
        copy_of = stores.ledger.find_copy(copies.sketch(article.text))
        step = compare.apply_article(
            held, article, reading, rules=ledger_rules, watch=watched, copy_of=copy_of, now=now
        )
        stores.ledger.record_step(number + 1, step, (), now)
        held.absorb(step)

    def find(number: int) -> None:
        of = number * 7_919 % size
        edited = sketch_of(of)[6:] + [number] * 6
        assert stores.ledger.find_copy(edited) == f"a{of}", of

    def look_up(number: int) -> None:
        with stores.database.read() as connection:
            named = {"name": f"a{number * 7_919 % size}"}
            assert connection.scalar(sa.text("SELECT entry_id FROM articles WHERE id = :name"), named) is not None

    def look_back(number: int) -> None:
        stores.browsing.positions(START + timedelta(minutes=size * (number % 40) / 40))  # days that people look at

    return {
        "one index look-up": cost(look_up, range(1, times * 4 + 1)),
        "copy found": cost(find, range(1, times + 1)),
        "no copy": cost(lambda number: stores.ledger.find_copy(copies.sketch(_text(-number))), range(1, times + 1)),
        "update": cost(update, fresh),
        "positions of a past day": cost(look_back, range(1, times + 1)),
        "start: a development": Cost(
            cpu_ms=start.cpu_ms / max(1, len(held.developments)), wall_ms=start.wall_ms / max(1, len(held.developments))
        ),
    }


def main() -> None:
    """Print a block for each size, each cost against that of the smallest size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", type=int, default=[2_000, 20_000])
    parser.add_argument("--times", type=int, default=300)
    parser.add_argument("--url", help="an empty database to fill; default: an SQLite file that is deleted at the end")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stores = store.open_stores(options.url or f"sqlite:///{Path(folder) / 'bench.db'}")
        for line in report(stores, sorted(options.sizes), options.times):
            print(line, flush=True)
        stores.database.close()


def report(stores: store.Stores, sizes: list[int], times: int) -> Iterator[str]:
    """Fill and measure size after size."""
    first: dict[str, Cost] = {}
    filled = 0
    for turn, size in enumerate(sizes):
        begun = time.perf_counter()
        fill(stores, filled, size)
        filled = size
        took, room = time.perf_counter() - begun, stores.database.size_bytes() >> 20
        yield f"{size:,} articles (filled in {took:.0f} s, {room} MB)"
        costs = measure(stores, size, turn, times)
        first = first or costs
        for name, one in costs.items():
            cpu, wall = one.cpu_ms / first[name].cpu_ms, one.wall_ms / first[name].wall_ms
            yield (
                f"  {name:<24} {one.cpu_ms:8.3f} ms CPU (x{cpu:.2f})   {one.wall_ms:8.3f} ms wall (x{wall:.2f})   "
                f"{1000 / one.wall_ms:8.0f} a second"
            )
        yield f"  memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB"


if __name__ == "__main__":
    main()

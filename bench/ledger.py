"""Ledger updates and near-duplicate look-ups per second, at growing numbers of stored articles; output as ratios.

Floor: the cost of one must not grow with the number of stored articles beyond an index's (a few times, at a hundred
times the articles). Default 2 and 20 thousand articles; `--sizes 10000 100000 1000000` for the whole (the last takes
minutes and some gigabytes).
"""

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from monitor import copies, types, watch
from monitor.ledger import compare, rules, state
from storage import codec, schema, store

START = datetime(2026, 1, 1, tzinfo=UTC)
STOCK = tuple(range(1_000_000, 1_000_010))  # sketch values of phrases that a third of all texts share
SUBJECTS = ("DK", "NO", "SE", "FI", "EE", "LV", "LT", "PL", "CZ", "NL", "BE", "FR", "GB", "DE", "ES", "PT", "IT", "RO")
CHUNK = 2_000


def sketch_of(number: int) -> tuple[int, ...]:
    """A text's sketch, the same for the same number."""
    chance = random.Random(number)
    own = [chance.randrange(2**29) for _ in range(48)]
    return tuple(sorted({*own[:38], *STOCK} if number % 3 == 0 else set(own)))


def article_of(number: int) -> tuple[types.Article, types.Reading]:
    """An article with two claims."""
    chance = random.Random(number)
    text = " ".join(f"w{chance.randrange(50_000)}" for _ in range(200))
    claims = tuple(
        types.Claim(
            topic=types.Topic.TROOPS, subject=chance.choice(SUBJECTS), evidence=text[:40], start=0, end=40,
            status=chance.choice(("open", "pledged", "conditional", "ruled_out")), number=chance.randrange(1, 90) * 10,
        )
        for _ in range(2)
    )  # fmt: skip
    article = types.Article(
        id=f"a{number}", url=None, outlet=f"Outlet {number % 400}", title="News", text=text,
        published=START + timedelta(minutes=number),
    )  # fmt: skip
    return article, types.Reading(relevant=True, claims=claims)


def fill(stores: store.Stores, first: int, last: int) -> None:
    """Store what articles leave behind: sketches and claims held back; one in fifty a position of the past."""
    for at in range(first, last, CHUNK):
        numbers = range(at, min(at + CHUNK, last))
        with stores.database.write() as connection:
            connection.execute(schema.sketches.insert(), list(_sketches(numbers)))
            connection.execute(schema.held_back.insert(), list(_held_back(numbers)))
            connection.execute(schema.positions.insert(), list(_positions(numbers)))


def _sketches(numbers: range) -> Iterator[dict[str, Any]]:
    capped = range(3 * (copies.COMMON + 1))  # as the store does: a stock phrase takes no more articles
    for number in numbers:
        for value in sketch_of(number):
            if value not in STOCK or number in capped:
                yield {"value": value, "article_id": f"a{number}"}


def _held_back(numbers: range) -> Iterator[dict[str, Any]]:
    for number in numbers:
        at = START + timedelta(minutes=number)
        yield {"article_id": f"a{number}", "reason": "same", "at": at, "value": "{}"}


def _positions(numbers: range) -> Iterator[dict[str, Any]]:
    for number in numbers[::50]:
        at = START + timedelta(minutes=number)
        held = types.Position(topic=types.Topic.TROOPS, subject=SUBJECTS[number % 18], aspect="troops", status="open",
                              since=at)  # fmt: skip
        yield {"topic": "troops", "subject": held.subject, "aspect": "troops", "status": "open", "held_from": at,
               "held_until": at + timedelta(minutes=50), "value": codec.dump(held)}  # fmt: skip


def rate(work: Callable[[int], object], numbers: range) -> float:
    """How often a second of processor time the work is done (neighbours on the machine don't count); best of three."""
    best = 0.0
    third = len(numbers) // 3
    for part in range(3):
        begun = time.process_time()
        for number in numbers[part * third : (part + 1) * third]:
            work(number)
        best = max(best, third / (time.process_time() - begun))
    return best


def measure(stores: store.Stores, size: int, times: int) -> dict[str, float]:
    """Rates at this number of stored articles."""
    watched, ledger_rules = watch.load_watch(), rules.load_rules()
    held = state.LedgerState.of(stores.ledger)

    def update(number: int) -> None:
        article, reading = article_of(number)
        copy_of = stores.ledger.find_copy(sketch_of(number))
        now = article.published or START
        step = compare.apply_article(
            held, article, reading, rules=ledger_rules, watch=watched, copy_of=copy_of, now=now
        )
        stores.ledger.record_step(None, step, (), now)
        held.absorb(step)

    def find(number: int) -> None:
        stores.ledger.find_copy(sketch_of(number * 7 % size))

    moment = START + timedelta(minutes=size / 2)
    fresh = 50_000_000 + size  # article numbers that no size has stored
    return {
        "updates": rate(update, range(fresh, fresh + times)),
        "look-ups": rate(find, range(times)),
        "positions at": rate(lambda number: stores.ledger.positions_at(moment), range(min(times, 30))),
    }


def main() -> None:
    """Print a line for each size, with the cost against the smallest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", nargs="+", type=int, default=[2_000, 20_000])
    parser.add_argument("--times", type=int, default=300)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        stores = store.open_stores(f"sqlite:///{Path(folder) / 'bench.db'}")
        first: dict[str, float] = {}
        filled = 0
        for size in sorted(options.sizes):
            fill(stores, filled, size)
            filled = size
            rates = measure(stores, size, options.times)
            first = first or rates
            cells = (f"{name} {value:.0f}/s (cost x{first[name] / value:.2f})" for name, value in rates.items())
            print(f"{size:>9} articles: {', '.join(cells)}", flush=True)
        stores.database.close()


if __name__ == "__main__":
    main()

"""Processes, database load, storage and cost for a given number of feeds and articles, from figures that were measured.

    .venv/bin/python bench/capacity.py                              # 50,000 feeds, 5 million articles a day
    .venv/bin/python bench/capacity.py --feeds 5000 --articles 300000

The plan on paper is what was measured times the wanted size. The simulation takes its busiest hours through queues:
arrivals in bursts, workers and one ledger as servers with spread service times; how long articles wait says whether
the plan has room. Both are arithmetic: neither was run at that size. capacity.md says where the figures are from.
"""

import argparse
import heapq
import math
import random
import statistics
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields

DAY_S = 86_400
_AT_ONCE = 3.0  # articles that a poll brings, on average: they come in bursts


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Seconds are of one core's processor time; sources in capacity.md."""

    worker_article_s: float = 0.0099
    worker_poll_s: float = 0.0026
    scheduler_article_s: float = 0.0026
    database_article_s: float = 0.0035
    database_poll_s: float = 0.0011
    ledger_step_s: float = 0.0210
    on_topic: float = 0.01  # assumed
    entry_bytes: float = 2200.0
    text_bytes: float = 12_000.0  # assumed: text, claims and sketches of an article on topic
    visits_s: float = 250.0  # that one worker process can take from the queue when they are empty
    connections: float = 8.0
    answer_s: float = 0.7  # assumed: what a request takes on the Internet


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The size of an installation."""

    feeds: int
    articles_a_day: int
    polls_an_hour: float  # of each feed
    keep_texts_days: int
    keep_entries_days: int
    peak: float  # the busiest hour against the mean
    concurrency: int  # CW_CONCURRENCY of a worker
    load: float  # how busy a core is to be at that hour
    core_month: float  # what a core costs
    gigabyte_month: float


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What it takes."""

    polls_s: float
    articles_s: float
    worker_cores: int
    workers: int  # processes
    scheduler_cores: float
    database_cores: float
    visits_s: float
    ledger_busy: float
    connections: int
    entries_gb_month: float
    texts_gb_month: float
    stored_gb: float
    cost_month: float


def plan(wanted: Wanted, known: Measured) -> Plan:
    """The plan for the busiest hour."""
    articles = wanted.articles_a_day / DAY_S * wanted.peak
    polls = wanted.feeds * wanted.polls_an_hour / 3600
    busy = articles * known.worker_article_s + polls * known.worker_poll_s
    scheduler = articles * known.scheduler_article_s  # its ledger steps included: measured with one in eight on topic
    database = articles * known.database_article_s + polls * known.database_poll_s
    worker_cores = math.ceil(busy / wanted.load)
    # A worker process is a loop and its children: processor, requests under way and the queue must all suffice.
    at_once = (polls + articles) * known.answer_s / wanted.concurrency
    workers = math.ceil(max(busy, at_once, (polls + articles) / known.visits_s) / wanted.load)
    by_day = (
        wanted.articles_a_day * known.entry_bytes / 1e9,
        wanted.articles_a_day * known.on_topic * known.text_bytes / 1e9,
    )
    stored = by_day[0] * wanted.keep_entries_days + by_day[1] * wanted.keep_texts_days
    cores = (
        worker_cores + math.ceil(scheduler / wanted.load) + math.ceil(database / wanted.load) + 1
    )  # one: bot, dashboard
    return Plan(
        polls_s=polls,
        articles_s=articles,
        worker_cores=worker_cores,
        workers=workers,
        scheduler_cores=scheduler,
        database_cores=database,
        visits_s=polls + articles,  # at most: visits to one host take several feeds and pages at once
        ledger_busy=articles * known.on_topic * known.ledger_step_s,
        connections=round((workers + 3) * known.connections),
        entries_gb_month=by_day[0] * 30,
        texts_gb_month=by_day[1] * 30,
        stored_gb=stored,
        cost_month=cores * wanted.core_month + stored * 2 * wanted.gigabyte_month,  # twice: indexes renewed, backups
    )


# ---------------------------------------------------------------- the simulation


def arrivals(wanted: Wanted, chance: random.Random, first_s: float, last_s: float) -> Iterator[float]:
    """Seconds of the day at which articles come: a wave whose top, at six hours, is the peak; several at a time."""
    mean, now = wanted.articles_a_day / DAY_S, first_s
    while now < last_s:
        wave = 1 + (wanted.peak - 1) * math.sin(2 * math.pi * now / DAY_S)
        now += chance.expovariate(max(0.05, wave) * mean / _AT_ONCE)
        yield from (now for _ in range(1 + int(chance.expovariate(1 / (_AT_ONCE - 0.5)))))


def simulate(wanted: Wanted, known: Measured, made: Plan) -> dict[str, float]:
    """The two busiest hours, every article: how long they wait for a core, and what is on topic for the ledger."""
    chance = random.Random(8)
    # What polling takes from the workers goes before: they are that much slower for articles.
    slower = 1 / (1 - min(0.95, made.polls_s * known.worker_poll_s / made.worker_cores))
    free = [0.0] * made.worker_cores
    ledger_free, waits, ledger_waits = 0.0, [0.0, 0.0], [0.0]
    for at in arrivals(wanted, chance, 5 * 3600, 7 * 3600):
        start = max(at, heapq.heappop(free))
        done = start + chance.expovariate(1 / (known.worker_article_s * slower))
        heapq.heappush(free, done)
        waits.append(start - at)
        if chance.random() < known.on_topic:
            begun = max(done, ledger_free)
            ledger_free = begun + chance.expovariate(1 / known.ledger_step_s)
            ledger_waits.append(begun - done)
    return {
        "articles": len(waits) - 2.0,
        "worker wait, median s": statistics.median(waits),
        "worker wait, 99 in 100 s": statistics.quantiles(waits, n=100)[98],
        "worker wait, longest s": max(waits),
        "ledger wait, longest s": max(ledger_waits),
    }


def main() -> int:
    """Print the plan and the simulated day."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=50_000)
    parser.add_argument("--articles", type=int, default=5_000_000, help="a day")
    parser.add_argument("--polls-an-hour", type=float, default=12.0, help="of each feed")
    parser.add_argument("--concurrency", type=int, default=20, help="CW_CONCURRENCY of a worker")
    parser.add_argument("--keep-texts-days", type=int, default=90)
    parser.add_argument("--keep-entries-days", type=int, default=365)
    parser.add_argument("--peak", type=float, default=2.0, help="the busiest hour against the mean")
    parser.add_argument("--load", type=float, default=0.6, help="how busy a core is to be then")
    parser.add_argument("--core-month", type=float, default=15.0, help="price of a core")
    parser.add_argument("--gigabyte-month", type=float, default=0.1, help="price of a gigabyte")
    for item in fields(Measured):
        name = item.name.replace("_", "-")
        parser.add_argument(
            f"--{name}", type=float, default=item.default, help="measured; another machine, another figure"
        )
    chosen = vars(parser.parse_args())
    known = Measured(**{item.name: chosen[item.name] for item in fields(Measured)})
    wanted = Wanted(articles_a_day=chosen["articles"], **{name: chosen[name] for name in _TAKEN})
    made = plan(wanted, known)
    for name, value in asdict(made).items():
        print(f"{name:18} {value:14,.2f}" if isinstance(value, float) else f"{name:18} {value:14,}")
    print("the two busiest hours of a day, simulated:")
    for name, value in simulate(wanted, known, made).items():
        print(f"  {name:26} {value:14,.3f}")
    return 0


_TAKEN = (
    "feeds", "polls_an_hour", "concurrency", "keep_texts_days", "keep_entries_days", "peak", "load", "core_month",
    "gigabyte_month",
)  # fmt: skip

if __name__ == "__main__":
    raise SystemExit(main())

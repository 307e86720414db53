"""Months of virtual time in minutes: feeds that change, break and mend, days without a network, recipients that block,
restarts. Prints memory, open files, tasks, threads, database size and rows for each virtual week.

Floor: once the first things are old enough to be pruned, no figure grows with time but those of what is kept for ever
(positions, developments and their evidence); the last line compares the last quarter with the one before, as ratios.

`--real SECONDS --feeds N` runs the real service in real time instead (soak_real.py): an hour at 1,000 feeds is
`bench/soak.py --real 3600 --feeds 1000`.
"""

import argparse
import asyncio
import gc
import logging
import os
import random
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import soak_real
import sqlalchemy as sa
import structlog

from app import service as services
from monitor import errors
from storage import schema, upkeep
from tests.virtual import world as worlds

START = datetime(2026, 1, 5, tzinfo=UTC)
SETTINGS = {
    "CW_CONSOLE": "true", "CW_TELEGRAM_TOKEN": "1:x", "CW_TELEGRAM_CHATS": "1,2,3", "CW_EMAIL_HOST": "mail.example",
    "CW_EMAIL_TO": "a@example.org", "CW_KEEP_TEXTS_DAYS": "14", "CW_KEEP_ENTRIES_DAYS": "45",
    "CW_KEEP_DELIVERIES_DAYS": "30",
}  # fmt: skip
COUNTRIES = ("Denmark", "Norway", "Sweden", "Spain", "Portugal", "Latvia", "Lithuania", "Estonia", "Belgium", "Greece")
SHOWN = 15  # items in a feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The figures at the end of a virtual week."""

    rss_kb: int
    files: int
    tasks: int
    threads: int
    used_kb: int
    total_kb: int
    entries: int
    articles: int
    alerts: int
    developments: int
    positions: int


def _write(chance: random.Random, number: int) -> tuple[str, str]:
    """A made-up article; one in eight says something of the coalition."""
    if chance.random() > 0.125:
        word = chance.choice(("Rain", "A concert", "The harvest", "A match", "The budget"))
        return f"{word} in town {number}", f"{word} is what the town talks about this week, number {number}. " * 12
    country, soldiers = chance.choice(COUNTRIES), chance.randrange(1, 30) * 50
    deed = chance.choice(
        (
            f"{country} will send {soldiers} soldiers to Ukraine as part of the coalition of the willing's force",
            f"{country} will not send troops to Ukraine, the government told the coalition of the willing",
            f"{country} has joined the coalition of the willing for Ukraine, the government announced",
        )
    )
    return f"{deed} ({number})", f"{deed}. Report number {number} of a made-up paper. " + worlds.PADDING


def _trouble(world: worlds.World, chance: random.Random, hour: int, names: list[str]) -> None:
    """What goes wrong, and right again."""
    day = hour // 24
    world.web.offline = day % 60 in (40, 41, 42)
    for number, name in enumerate(names):
        url = f"{worlds.SITE}/feed/{name}"
        if (day + 3 * number) % 21 < 2:
            world.web.broken[url] = errors.FetchError(url, "down", status=503)
        else:
            world.web.broken.pop(url, None)
    blocked = day % 30 == 20
    refusal = errors.SendError("telegram:3", "blocked", permanent=False)
    world.recorder.fails = {"telegram:3": [refusal] * 50} if blocked else {}
    if chance.random() < 0.02:  # a feed that shows everything anew under other names
        for item in world.web.feeds.get(chance.choice(names), []):
            item["slug"] += "x"


def _announce(world: worlds.World, chance: random.Random, names: list[str], number: int) -> int:
    for name in names:
        if chance.random() < 0.12:
            number += 1
            title, text = _write(chance, number)
            world.web.announce(name, f"s{number}", title, text, published=world.clock.now)
            del world.web.feeds[name][SHOWN:]
    return number


def _measure(world: worlds.World) -> Week:
    gc.collect()
    stores = world.app.base.stores
    size = upkeep.measure(stores.database)
    with stores.database.read() as connection:
        counts = {
            table.name: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0
            for table in (schema.entries, schema.articles, schema.alerts, schema.developments, schema.positions)
        }
    return Week(
        rss_kb=int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024,
        files=len(os.listdir("/proc/self/fd")),
        tasks=len(asyncio.all_tasks()),
        threads=threading.active_count(),
        used_kb=size.used // 1024,
        total_kb=size.total // 1024,
        **counts,
    )


async def _round(service: services.Service) -> None:
    """What the scheduler does in an hour, guarded as it does it."""
    for work in (service.work_off, service.digests, service.housekeep, service.deliver):
        await service._guard(work)()


async def live(folder: Path, weeks: int, feed_count: int) -> list[Week]:
    """The months, hour by hour; a restart each week."""
    chance, names = random.Random(8), [f"f{n}" for n in range(feed_count)]
    feeds = tuple(worlds.feed(name) for name in names)
    world = worlds.World(folder, worlds.Clock(START), feeds=feeds, given=SETTINGS)
    found: list[Week] = []
    number = 0
    for week in range(weeks):
        service = world.start()
        for hour in range(7 * 24):
            world.clock.now = START + timedelta(days=7 * week, hours=hour)
            _trouble(world, chance, week * 168 + hour, names)
            number = _announce(world, chance, names, number)
            await _round(service)
        found.append(_measure(world))
        print(_line(week + 1, found[-1]), flush=True)
        await world.close()
    return found


def _line(week: int, figures: Week) -> str:
    return f"{week:4} " + " ".join(f"{getattr(figures, item.name):>12}" for item in fields(figures))


def ratios(found: list[Week]) -> Iterator[str]:
    """Each figure of the last quarter against the quarter before."""
    quarter = max(1, len(found) // 4)
    for item in fields(Week):
        last, before = (
            sum(getattr(week, item.name) for week in part)
            for part in (found[-quarter:], found[-2 * quarter : -quarter])
        )
        yield f"{item.name} {last / max(1, before):.2f}"


def main() -> int:
    """Run, print a line a week and the ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weeks", type=int, default=16)
    parser.add_argument("--feeds", type=int, default=6)
    parser.add_argument("--real", type=float, metavar="SECONDS", help="the real service, in real time")
    chosen = parser.parse_args()
    if chosen.real:
        return soak_real.run(chosen.real, chosen.feeds)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    began = time.monotonic()
    print("week " + " ".join(f"{item.name:>12}" for item in fields(Week)))
    with tempfile.TemporaryDirectory() as folder:
        found = asyncio.run(live(Path(folder), chosen.weeks, chosen.feeds))
    speed = chosen.weeks * 7 * 86_400 / (time.monotonic() - began)
    print(f"last quarter / quarter before: {', '.join(ratios(found))}; {speed:,.0f} times as fast as life")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

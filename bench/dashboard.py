"""Board, a past day and a filtered timeline over ledgers of growing size, against a bare page of the same server.

    python bench/dashboard.py [--developments 1000,10000] [--articles 10000] [--seconds 5]

Floor: a bare page behind the same access check and packing; all figures are ratios to it, in processor time. What must
hold: a past day costs no more than today, and neither grows with the ledger. Whole size: --developments
1000,10000,100000 --articles 1000000.
"""

import argparse
import http.client
import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from app import settings as app_settings
from app import wiring
from monitor import types
from storage import codec, reports, schema, store

FIRST = datetime(2025, 3, 1, tzinfo=UTC)
COUNTRIES = "GB FR DE IT ES PT NL BE LU IE DK NO SE FI IS EE LV LT PL CZ SK RO BG GR HR SI TR CA AU NZ JP".split()
STATUSES = ("open", "conditional", "pledged", "ruled_out")
COMPONENTS = ("general", "air", "intelligence", "logistics", "guarantee")
CLIENTS = 2


def fill(url: str, developments: int, articles: int) -> None:
    """A ledger in which every country and component changes again and again over 600 days."""
    stores = store.open_stores(url)
    step = timedelta(days=600) / developments
    rows = [_change(number, FIRST + number * step) for number in range(developments)]
    ends: dict[tuple[str, str], datetime] = {}
    positions = []
    for development, position in reversed(rows):
        key = (position["subject"], position["aspect"])
        positions.append({**position, "held_until": ends.get(key)})
        ends[key] = position["held_from"]
        development.pop("position", None)
    with stores.database.write() as connection:
        for batch in _batches([one for one, _ in rows]):
            connection.execute(schema.developments.insert(), batch)
        for batch in _batches(positions[::-1]):
            named = [one | {"value": reports.dump(connection, one["value"])} for one in batch]
            connection.execute(schema.positions.insert(), named)
        connection.execute(
            schema.feeds.insert(),
            [{"url": "https://example.org/f", "title": "Feed", "outlet": "Outlet", "tier": "press", "language": "en",
              "interval_s": 900, "enabled": True, "failures": 0, "entries_seen": articles, "gone": False}],
        )  # fmt: skip
        for start in range(1, articles + 1, 10_000):
            numbers = range(start, min(start + 10_000, articles + 1))
            connection.execute(schema.entries.insert(), [_entry(number) for number in numbers])
            connection.execute(schema.articles.insert(), [_article(number) for number in numbers])
        connection.exec_driver_sql("ANALYZE")
    stores.database.close()


def _change(number: int, moment: datetime) -> tuple[dict[str, Any], dict[str, Any]]:
    if number % 4:
        topic, subject, aspect = types.Topic.TROOPS, COUNTRIES[number % len(COUNTRIES)], "troops"
        status = STATUSES[number // len(COUNTRIES) % len(STATUSES)]
    else:
        topic, subject, aspect = types.Topic.BACKSTOP, "US", COMPONENTS[number // 4 % len(COMPONENTS)]
        status = ("discussed", "offered", "committed")[number // 20 % 3]
    report = types.Report(
        article_id=f"a{number}", outlet=f"Outlet {number % 40}", tier=types.Tier.PRESS, origin=f"Outlet {number % 40}",
        url=f"https://example.org/{number}", title="A headline of the usual length for a newspaper", published=moment,
        status=status, evidence="a sentence that says so, as long as such sentences are in the papers", start=0, end=60,
    )  # fmt: skip
    held = types.Position(
        topic=topic, subject=subject, aspect=aspect, status=status, since=moment, reports=(report,) * 3
    )
    grade = list(types.Grade)[number % 3]
    made = types.Development(
        id=f"D{number:08x}", topic=topic, subject=subject, aspect=aspect, old="open", new=status, minor=number % 3 == 0,
        grade_at_first=grade, grade=grade, published=moment, raised_at=moment, reports=(report,) * 2, new_position=held,
    )  # fmt: skip
    shared = {"topic": str(topic), "subject": subject, "aspect": aspect}
    development = {"id": made.id, **shared, "minor": made.minor, "grade": str(grade), "disputed": False,
                   "taken_back": False, "raised_at": moment, "value": codec.dump(made)}  # fmt: skip
    return development, {**shared, "status": status, "held_from": moment, "value": held}


def _entry(number: int) -> dict[str, Any]:
    named = {"id": number, "feed_id": 1, "key": str(number), "content_key": str(number), "title": "t", "entry": "{}"}
    return {**named, "url": f"https://example.org/{number}", "published": FIRST, "step": "done", "attempts": 0,
            "first_seen": FIRST, "first_poll": False}  # fmt: skip


def _article(number: int) -> dict[str, Any]:
    words = f"soldiers number{number % 1000} word{number % 77} for a force in Ukraine after a ceasefire " * 3
    return {"id": f"a{number}", "entry_id": number, "url": f"https://example.org/{number}", "outlet": "Outlet",
            "tier": "press", "title": f"Headline {number}", "text": words, "published": FIRST, "date_only": False,
            "arrived": FIRST, "relevant": number % 10 == 0, "reading": "{}"}  # fmt: skip


def _batches(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    for start in range(0, len(rows), 5000):
        yield rows[start : start + 5000]


def serve(url: str, port: Any, ready: Event, stop: Event) -> None:
    """The dashboard in a process of its own, with one more page that shows nothing."""
    import asyncio

    import uvicorn
    from fastapi.responses import HTMLResponse

    from app.dashboard import application, server

    base = wiring.open_base(app_settings.load_settings({"CW_DATABASE_URL": url}), seed=False)
    app = application.create_app(wiring.dashboard_context(base))
    app.add_api_route(
        "/bare", lambda: HTMLResponse("<!doctype html><title>bare</title><p>bare"), include_in_schema=False
    )
    listener = server.bind("127.0.0.1", 0)
    port.value = listener.getsockname()[1]
    running = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))

    async def run() -> None:
        task = asyncio.create_task(running.serve(sockets=[listener]))
        ready.set()
        await asyncio.to_thread(stop.wait)
        running.should_exit = True
        await task

    asyncio.run(run())


def measure(port: int, path: str, seconds: float) -> tuple[float, float]:
    """(requests a second, 95th percentile in milliseconds) of a few readers who ask without a pause."""
    times: list[float] = []
    end = time.perf_counter() + seconds

    def read() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        while time.perf_counter() < end:
            start = time.perf_counter()
            connection.request("GET", path, headers={"accept-encoding": "gzip"})
            answer = connection.getresponse()
            answer.read()
            assert answer.status == 200, (path, answer.status)
            times.append(time.perf_counter() - start)

    readers = [threading.Thread(target=read) for _ in range(CLIENTS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return len(times) / seconds, statistics.quantiles(times, n=20)[-1] * 1000


def cpu_s(process: int | None) -> float:
    """Seconds of processor time that a process has used: steadier than the clock on a machine that does other work."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


PATHS: tuple[tuple[str, Callable[[int], str]], ...] = (
    ("bare page", lambda _: "/bare"),
    ("board now", lambda _: "/"),
    ("board, a past day", lambda _: "/?at=2025-09-01"),
    ("timeline, filtered", lambda _: "/timeline?topic=troops&country=DK&minors=no"),
    ("timeline, whole", lambda _: "/timeline"),
    ("one development", lambda size: f"/developments/D{size // 2:08x}"),
    ("search, two words", lambda _: "/search?q=soldiers+number500"),
    ("search, in all", lambda _: "/search?q=soldiers+"),
    ("search, a beginning", lambda _: "/search?q=n"),
    ("search, never together", lambda _: "/search?q=number10+word1+"),
    ("search, nowhere", lambda _: "/search?q=nowhere"),
)


def run(size: int, articles: int, seconds: float, given_url: str | None) -> None:
    """Fill, serve, measure, print."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        url = given_url or f"sqlite:///{folder}/watch.db"
        start = time.perf_counter()
        fill(url, size, articles)
        print(f"{size:,} developments, {articles:,} articles (filled in {time.perf_counter() - start:.0f} s)")
        port, ready, stop = context.Value("i", 0), context.Event(), context.Event()
        child = context.Process(target=serve, args=(url, port, ready, stop))
        child.start()
        ready.wait(60)
        floor = 0.0
        for name, path in PATHS:
            measure(port.value, path(size), min(seconds, 1))
            before = cpu_s(child.pid)
            rate, p95 = measure(port.value, path(size), seconds)
            cost = (cpu_s(child.pid) - before) / (rate * seconds) * 1000
            floor = floor or cost
            shown = f"{rate:8.1f} /s   p95 {p95:7.1f} ms   {cost:6.1f} ms CPU, {cost / floor:5.1f} times the bare page"
            print(f"  {name:<22} {shown}", flush=True)
        stop.set()
        child.join(10)


def main() -> None:
    """Every size in turn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--developments", default="1000,10000")
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--url", help="an empty PostgreSQL database to fill, for one size; else SQLite files")
    given = parser.parse_args()
    for size in given.developments.split(","):
        run(int(size), given.articles, given.seconds, given.url)


if __name__ == "__main__":
    main()

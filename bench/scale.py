"""How throughput grows with workers: the same feeds and pages read by one service, and by a scheduler with workers.

Real processes on a PostgreSQL of their own (tests/postgres.py), on loopback. Articles and unchanged polls a second, as
ratios to the single service on the same PostgreSQL, and the CPU milliseconds of each part, which tell where the limit
is. Then the queue alone: empty visits a second, by how many wait. More workers than cores can't be faster here.

    .venv/bin/python bench/scale.py --feeds 300 --entries 8                       # bound by the processor
    .venv/bin/python bench/scale.py --feeds 120 --entries 4 --delay 0.5 --concurrency 5     # bound by waiting
"""

import argparse
import asyncio
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import news_server
import sqlalchemy as sa

from app.scale import queue
from monitor import visits
from tests import postgres

HERE = Path(__file__).resolve().parent
LIMIT_S = 600.0
WAITING = (100, 1000, 10_000)


@dataclass
class Result:
    """What one set of processes did."""

    read_s: float = 0.0
    quiet_s: float = 0.0
    cpu_s: dict[str, float] = field(default_factory=dict)  # of the reading, by part
    quiet_cpu_s: dict[str, float] = field(default_factory=dict)  # of the unchanged polls
    connections: int = 0
    bytes_stored: int = 0


def main() -> int:
    """Run every set of processes in turn, print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--feeds", type=int, default=200)
    parser.add_argument("--entries", type=int, default=6, help="articles in a feed")
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--delay", type=float, default=0.0, help="seconds that each answer takes, as from far away")
    parser.add_argument("--concurrency", type=int, default=20, help="requests under way at once in each process")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name, postgres.running() as server, _serving(chosen) as port:
        folder = Path(name)
        _write_feeds(folder, chosen.feeds, port)
        sets: dict[str, list[str]] = {"one service": ["all"]}
        sets |= {f"{n} worker{'s' * (n > 1)}": ["scheduler", *["worker"] * n] for n in chosen.workers}
        results = {name: _measure(server, folder, roles, chosen) for name, roles in sets.items()}
        _show(results, chosen)
        _show_queue(server)
    return 0


@contextmanager
def _serving(chosen: argparse.Namespace) -> Iterator[int]:
    options = [str(chosen.entries), str(time.time() - 3600), "0", str(chosen.delay)]
    server = subprocess.Popen([sys.executable, HERE / "news_server.py", *options], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        yield int(server.stdout.readline())
    finally:
        server.terminate()
        server.wait()


def _write_feeds(folder: Path, count: int, port: int) -> None:
    lines = ["feeds:"]
    for number in range(count):
        lines.append(f"  - url: http://{news_server.host(number)}:{port}/feed/{number}")
        lines += [f"    title: F{number}", f"    outlet: Paper {number}", "    tier: press", "    interval_s: 86400"]
    (folder / "feeds.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _measure(server: postgres.Server, folder: Path, roles: list[str], chosen: argparse.Namespace) -> Result:
    """One set of processes on a new database: until all is read, then until all is polled once more."""
    database = f"bench_{time.monotonic_ns()}"
    admin = sa.create_engine(server.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {database}")
    url = server.url.rpartition("/")[0] + f"/{database}"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CW_")} | {
        "CW_DATABASE_URL": url, "CW_FEEDS_FILE": str(folder / "feeds.yaml"), "CW_ALLOW_PRIVATE_ADDRESSES": "all",
        "CW_WORKERS": "1", "CW_CONCURRENCY": str(chosen.concurrency), "CW_HTTP_PORT": "0",
        "CW_LOG_LEVEL": "warning", "PYTHONPATH": str(HERE.parent),
    }  # fmt: skip
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    processes: list[tuple[str, subprocess.Popen[bytes]]] = []
    result = Result()
    try:
        for role in roles:  # the scheduler last, so that the workers stand ready
            if role != "scheduler":
                processes.append((role, _start(role, environment, folder)))
        if "scheduler" in roles:
            _wait(lambda: _ask(admin, _CONNECTED.format(database)) >= 2 * (len(roles) - 1))
            processes.append(("scheduler", _start("scheduler", environment, folder)))
        _wait(lambda: _ask(engine, "SELECT count(*) FROM feeds WHERE polled_at IS NOT NULL") > 0)
        before, began = _cpu_by_part(processes, server), time.monotonic()
        all_of_them = chosen.feeds * chosen.entries
        _wait(lambda: _ask(engine, "SELECT count(*) FROM entries WHERE step IN ('done', 'failed')") >= all_of_them)
        result.read_s = time.monotonic() - began
        after = _cpu_by_part(processes, server)
        result.cpu_s = _difference(after, before)
        result.connections = _ask(admin, _CONNECTED.format(database))
        assert _ask(engine, "SELECT count(*) FROM entries WHERE step = 'failed'") == 0
        assert _ask(engine, "SELECT count(*) FROM developments") > 0
        began = time.monotonic()
        _ask(engine, "UPDATE feeds SET next_poll_at = NULL")
        _wait(lambda: _ask(engine, "SELECT count(*) FROM feeds WHERE next_poll_at IS NULL") == 0)
        result.quiet_s = time.monotonic() - began
        result.quiet_cpu_s = _difference(_cpu_by_part(processes, server), after)
        result.bytes_stored = _ask(engine, "SELECT sum(pg_total_relation_size(oid)) FROM pg_class WHERE relname IN "
                                           "('entries', 'articles', 'sketches', 'held_back')")  # fmt: skip
    finally:
        for _, process in processes:
            process.send_signal(signal.SIGTERM)
        for _, process in processes:
            process.wait(60)
    return result


_CONNECTED = "SELECT count(*) FROM pg_stat_activity WHERE datname = '{}'"


def _start(role: str, environment: dict[str, str], folder: Path) -> "subprocess.Popen[bytes]":
    code = "from app.cli import main; raise SystemExit(main())"
    command = [sys.executable, "-c", code, "run", "--role", role]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=log)


def _wait(done: Callable[[], bool]) -> None:
    end = time.monotonic() + LIMIT_S
    while not done():
        if time.monotonic() > end:
            raise SystemExit("it was not done in time")
        time.sleep(0.1)


def _ask(engine: sa.Engine, query: str) -> int:
    try:
        with engine.begin() as connection:
            found = connection.exec_driver_sql(query)
            return int(found.scalar() or 0) if found.returns_rows else 0
    except sa.exc.ProgrammingError:
        return 0  # the tables are not there yet


def _cpu_by_part(processes: list[tuple[str, "subprocess.Popen[bytes]"]], server: postgres.Server) -> dict[str, float]:
    parts: dict[str, float] = {}
    for role, process in processes:
        parts[role] = parts.get(role, 0.0) + _cpu(process.pid)
    postmaster = int((server.folder / "data" / "postmaster.pid").read_text().split()[0])
    return parts | {"database": _cpu(postmaster)}


def _difference(after: dict[str, float], before: dict[str, float]) -> dict[str, float]:
    return {part: after[part] - before.get(part, 0.0) for part in after}


def _cpu(root: int) -> float:
    """Seconds that a process, its children and those that have ended have taken."""
    stats: dict[int, list[str]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            stats[int(path.parent.name)] = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
    tree, ring = [root], [root]
    while ring:
        ring = [pid for pid, stat in stats.items() if int(stat[1]) in ring]
        tree += ring
    ticks = sum(sum(int(value) for value in stats[pid][11:15]) for pid in tree if pid in stats)
    return ticks / os.sysconf("SC_CLK_TCK")


def _show(results: dict[str, Result], chosen: argparse.Namespace) -> None:
    articles = chosen.feeds * chosen.entries
    base = next(iter(results.values()))
    print(f"{chosen.feeds} feeds, {articles} articles, one in {news_server.EIGHT} on topic; {os.cpu_count()} cores")
    print(
        f"{'':12} {'articles/s':>10} {'ratio':>6} {'polls/s':>8} {'ratio':>6} {'conn.':>6}  CPU ms an article, by part"
    )
    for name, one in results.items():
        parts = _milliseconds(one.cpu_s, articles) + "; a poll: " + _milliseconds(one.quiet_cpu_s, chosen.feeds)
        read, quiet = articles / one.read_s, chosen.feeds / one.quiet_s
        ratios = base.read_s / one.read_s, base.quiet_s / one.quiet_s
        print(f"{name:12} {read:10.1f} {ratios[0]:6.2f} {quiet:8.1f} {ratios[1]:6.2f} {one.connections:6}  {parts}")
    print(f"stored: {base.bytes_stored / articles:,.0f} bytes an article (tables and indexes)")


def _milliseconds(cpu_s: dict[str, float], count: int) -> str:
    return ", ".join(f"{part} {seconds * 1000 / count:.1f}" for part, seconds in cpu_s.items())


# ---------------------------------------------------------------- the queue alone


def _show_queue(server: postgres.Server) -> None:
    print("the queue alone, one worker process, 20 visits at once that do nothing:")
    found = {waiting: asyncio.run(_drain(server.url, waiting)) for waiting in WAITING}
    for waiting, rate in found.items():
        print(f"  {waiting:6} waiting: {rate:6.0f} visits/s, {rate / found[WAITING[0]]:.2f} of the first")


async def _drain(url: str, waiting: int) -> float:
    """Visits a second over the first few hundred of so many that wait."""
    work, stopping, done = queue.WorkQueue(url), asyncio.Event(), 0
    counted = min(waiting, 500)

    async def visit(**args: object) -> None:
        nonlocal done
        done += 1
        if done >= counted:
            stopping.set()

    work.handle(queue.VISITS, "visit", visit)
    await work.open()
    await work.offer([visits.Visit(host=f"h{number}.example", feeds=("f",)) for number in range(waiting)])
    began = time.monotonic()
    await work.work(queue.VISITS, stopping, at_once=20)
    rate = counted / (time.monotonic() - began)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA work_queue CASCADE")
    engine.dispose()
    return rate


if __name__ == "__main__":
    raise SystemExit(main())

"""The real service in real time: `run` as a process on SQLite, feeds on loopback that bring a new entry now and then.

A feed brings an entry every EVERY_S; one in eight is on topic. Twelve times over the run: memory and open files of the
whole process tree, the longest age of the last cycle, how long the latest articles took from their publication to the
end of their way (polling included), database size. Ends with the last third against the one before, as ratios; fails
where an entry was lost or the watch fell behind.
"""

import os
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, fields
from datetime import datetime
from pathlib import Path

import news_server

HERE = Path(__file__).resolve().parent
INTERVAL_S, EVERY_S, SHOWN = 60, 300.0, 3
SAMPLES = 12
SETTLE_S = 60.0  # start and first poll


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Figures of one moment."""

    seconds: int
    rss_mb: float
    files: int
    processes: int
    cycle_gap_s: float
    median_lag_s: float
    longest_lag_s: float
    entries: int
    waiting: int
    developments: int
    database_mb: float


def run(seconds: float, feeds: int) -> int:
    """Run so long; print a line each twelfth of the time, and the ratios."""
    with tempfile.TemporaryDirectory() as name:
        folder, began = Path(name), time.time()
        server = subprocess.Popen(
            [sys.executable, HERE / "news_server.py", str(SHOWN), str(began), str(EVERY_S)],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert server.stdout is not None
        service = _start(folder, feeds, int(server.stdout.readline()))
        try:
            found = _watch(folder, service, began, seconds)
        finally:
            service.send_signal(signal.SIGTERM)
            code = service.wait(60)
            server.terminate()
            server.wait()
    third = max(1, len(found) // 3)
    for item in fields(Sample)[1:]:
        last, before = (
            sum(getattr(one, item.name) for one in part) for part in (found[-third:], found[-2 * third : -third])
        )
        print(f"{item.name} {last / max(before, 0.001):.2f}", end=", ")
    polled_by = time.time() - began - 3 * INTERVAL_S  # a feed is asked at half its own rhythm, within bounds
    expected = sum(SHOWN + max(0, int(polled_by / EVERY_S + number % 97 / 97)) for number in range(feeds))
    last = found[-1]
    print("\nlast third / third before, above")
    print(f"entries {last.entries}, at least {expected} expected; exit code {code}")
    return 0 if last.entries >= expected and code == 0 and last.longest_lag_s < 5 * INTERVAL_S else 1


def _start(folder: Path, feeds: int, port: int) -> "subprocess.Popen[bytes]":
    lines = ["feeds:"]
    for number in range(feeds):
        lines.append(f"  - url: http://{news_server.host(number)}:{port}/feed/{number}")
        lines += [
            f"    title: F{number}",
            f"    outlet: Paper {number}",
            "    tier: press",
            f"    interval_s: {INTERVAL_S}",
        ]
    (folder / "feeds.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    environment = {key: value for key, value in os.environ.items() if not key.startswith("CW_")} | {
        "CW_DATABASE_URL": f"sqlite:///{folder}/w.db", "CW_FEEDS_FILE": str(folder / "feeds.yaml"),
        "CW_ALLOW_PRIVATE_ADDRESSES": "all", "CW_HTTP_PORT": "0", "CW_LOG_LEVEL": "warning",
        "PYTHONPATH": str(HERE.parent),
    }  # fmt: skip
    command = [sys.executable, "-c", "from app.cli import main; raise SystemExit(main())", "run"]
    with (folder / "log").open("ab") as log:
        return subprocess.Popen(command, env=environment, cwd=folder, stdout=subprocess.DEVNULL, stderr=log)


def _watch(folder: Path, service: "subprocess.Popen[bytes]", began: float, seconds: float) -> list[Sample]:
    print(" ".join(f"{item.name:>13}" for item in fields(Sample)))
    found: list[Sample] = []
    gap, step = 0.0, max(seconds / SAMPLES, 1.0)
    following = began + SETTLE_S + step
    while time.time() < began + SETTLE_S + seconds and service.poll() is None:
        time.sleep(1)
        if time.time() - began > SETTLE_S:
            gap = max(gap, _cycle_age(folder))
        if time.time() >= following:
            found.append(_measure(folder, service.pid, began, gap))
            print(" ".join(f"{getattr(found[-1], item.name):>13.6g}" for item in fields(Sample)), flush=True)
            gap, following = 0.0, following + step
    return found


def _cycle_age(folder: Path) -> float:
    [(text,)] = _ask(folder, "SELECT value FROM meta WHERE name = 'last_cycle_at'") or [(None,)]
    return time.time() - datetime.fromisoformat(text).timestamp() if text else 0.0


def _measure(folder: Path, pid: int, began: float, gap: float) -> Sample:
    tree = _tree(pid)
    rows = _ask(
        folder, "SELECT published, done_at, first_poll FROM entries WHERE step = 'done' ORDER BY id DESC LIMIT 1000"
    )
    lags = [
        datetime.fromisoformat(done).timestamp() - datetime.fromisoformat(published).timestamp()
        for published, done, first in rows
        if not first
    ]
    [(entries, waiting)] = _ask(folder, "SELECT count(*), sum(step IN ('new', 'read')) FROM entries")
    [(developments,)] = _ask(folder, "SELECT count(*) FROM developments")
    return Sample(
        seconds=int(time.time() - began),
        rss_mb=sum(_status(one, "VmRSS") for one in tree) / 1024,
        files=sum(len(os.listdir(f"/proc/{one}/fd")) for one in tree if Path(f"/proc/{one}/fd").exists()),
        processes=len(tree),
        cycle_gap_s=gap,
        median_lag_s=statistics.median(lags or [0]),
        longest_lag_s=max(lags or [0]),
        entries=entries,
        waiting=waiting or 0,
        developments=developments,
        database_mb=sum(file.stat().st_size for file in folder.glob("w.db*")) / 1e6,
    )


def _ask(folder: Path, query: str) -> list[tuple]:
    connection = sqlite3.connect(f"file:{folder}/w.db?mode=ro", uri=True, timeout=10)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def _tree(root: int) -> list[int]:
    parents: dict[int, int] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    tree, ring = [root], [root]
    while ring:
        ring = [pid for pid, parent in parents.items() if parent in ring]
        tree += ring
    return tree


def _status(pid: int, name: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith(name)), 0)

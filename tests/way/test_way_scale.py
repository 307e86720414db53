"""The processes of compose.scale.yaml on one PostgreSQL, killed one after the other: nothing lost, nothing told twice.

Docker itself is not used: the very commands and settings of the file are started as processes.
"""

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import postgres
from tests.way import site as sites
from tests.way import test_several_watches as watches
from tests.way import test_way as way
from tests.way import test_way_standby as standby

REASON = postgres.why_not() if not os.environ.get("STORAGE_TEST_URL") else "the tests' own server has to be killed"
pytestmark = [pytest.mark.skipif(REASON is not None, reason=str(REASON)), pytest.mark.timeout(240)]

FILE = way.ROOT / "compose.scale.yaml"
FEEDS = 8  # on the crowded host
PATIENCE_S = 60  # the machine may be busy; what it took is printed


class Site(sites.Site):
    """Counts how many requests run at once, and holds the answers of pages back while told to."""

    def __post_init__(self) -> None:
        self.at_once, self.most_at_once, self.lock = 0, 0, threading.Lock()
        self.pages_go = threading.Event()
        self.pages_go.set()
        super().__post_init__()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        with self.lock:
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        time.sleep(0.02)
        if request.path.startswith("/page/"):
            self.pages_go.wait(PATIENCE_S)
        with self.lock:  # before the answer: whoever has it may ask again before this thread gets its turn
            self.at_once -= 1
        with contextlib.suppress(OSError):  # who asked was killed
            super()._answer(request)


class Program(standby.Program):
    """A process of the file: its command as it stands there."""

    def __init__(self, name: str, command: list[str], env: dict[str, str], folder: Path) -> None:
        self.name, self.log, self.out = name, folder / f"{name}.log", folder / f"{name}.out"
        with self.log.open("w") as log, self.out.open("w") as out:
            self.process = subprocess.Popen(
                way.command(*command), env=env, cwd=folder, stdout=out, stderr=log, start_new_session=True
            )

    def events(self, event: str) -> list[dict[str, Any]]:
        lines = (line for line in self.log.read_text(encoding="utf-8").splitlines(keepends=True) if line[-1:] == "\n")
        found = [json.loads(line) for line in lines if line.startswith("{")]
        return [one for one in found if one["event"] == event]


def load_file() -> dict[str, Any]:
    return yaml.safe_load(FILE.read_text(encoding="utf-8"))["services"]


def programs_of_file(env: dict[str, str], folder: Path) -> dict[str, list[Program]]:
    """{service: its processes}, as many as the file says, with the file's settings."""
    started: dict[str, list[Program]] = {}
    for name, service in load_file().items():
        if "command" not in service:
            continue
        given = {key: value for key, value in service["environment"].items() if "${" not in value}
        started[name] = [
            Program(f"{name}{number}", service["command"], env | given | TEST_SETTINGS, folder)
            for number in range(service.get("deploy", {}).get("replicas", 1))
        ]
    return started


TEST_SETTINGS = {"CW_HTTP_PORT": "0", "CW_LOG_FORMAT": "json", "CW_LOG_LEVEL": "debug"}


@pytest.fixture
def site() -> Iterator[sites.Site]:
    served = sites.Site()
    yield served
    served.close()


@pytest.fixture
def several() -> Iterator[list[Site]]:
    served = [Site(host=f"127.0.0.{number}") for number in (1, 2, 3)]
    yield served
    for site in served:
        site.pages_go.set()
        site.close()


def write_feeds(folder: Path, feeds: list[tuple[Site, str]]) -> Path:
    file = folder / "feeds.yaml"
    lines = ["feeds:"]
    for site, name in feeds:
        lines += [f"  - url: {site.url}/feed/{name}", f"    title: {name}", f"    outlet: Outlet {name}"]
        lines += ["    tier: press", "    interval_s: 60"]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def took(what: str, done: Callable[[], bool]) -> float:
    began = time.monotonic()
    way.wait_until(done, PATIENCE_S)
    seconds = time.monotonic() - began
    print(f"{what}: {seconds:.1f} s")
    return seconds


def announce(server: postgres.Server, site: Site, feed: str, news: tuple[str, str]) -> None:
    site.add(feed, news)
    standby.ask(server, f"UPDATE feeds SET next_poll_at = NULL WHERE url = '{site.url}/feed/{feed}'")


def visited_by(workers: list[Program], host: str) -> Program | None:
    """Who is at a host: its last visit with pages."""
    found = [(one["timestamp"], worker) for worker in workers for one in worker.events("visit")
             if one["host"] == host and one["pages"]]  # fmt: skip
    return max(found, key=lambda pair: pair[0])[1] if found else None


def test_killed_one_after_the_other_nothing_is_lost_or_told_twice(several: list[Site], tmp_path: Path) -> None:
    crowded, calm, third = several
    names = [(crowded, f"c{number}") for number in range(FEEDS)] + [(calm, "calm"), (third, "third")]
    for site, name in names:
        site.add(name, *((f"{title} {name} {n}", text) for n in range(3) for title, text in [sites.WEATHER]))
    with postgres.running() as server, contextlib.ExitStack() as stack:
        env = way.environment(tmp_path, crowded) | {
            "CW_FEEDS_FILE": str(write_feeds(tmp_path, names)),
            "PGHOST": "127.0.0.1",
            "PGPORT": str(server.port),
        }
        del env["CW_DATABASE_URL"]
        standby.ask(server, "CREATE DATABASE watch", autocommit=True)
        server.database = "watch"
        running = programs_of_file(env, tmp_path)
        for program in (one for ones in running.values() for one in ones):
            stack.callback(program.kill)
        assert {name: len(ones) for name, ones in running.items()} == {
            "scheduler": 2, "worker": 3, "bot": 1, "dashboard": 1,
        }  # fmt: skip
        schedulers, workers, (bot,) = running["scheduler"], running["worker"], running["bot"]
        del running["dashboard"]

        took("all started and caught up", lambda: any(one.events("caught_up") for one in schedulers))
        (leading,) = [one for one in schedulers if one.events("started")]
        (other,) = [one for one in schedulers if one is not leading]
        assert other.events("standing_by")
        assert 1 <= crowded.most_at_once <= 2, "as many at once as a single process would ask, however many workers"
        assert len({one["host"] for worker in workers for one in worker.events("visit")}) == 3

        calm.pages_go.clear()
        announce(server, calm, "calm", sites.JOINS)
        way.wait_until(lambda: visited_by(workers, calm.host) is not None and calm.at_once == 1, PATIENCE_S)
        killed = visited_by(workers, calm.host)
        assert killed is not None
        killed.kill()
        calm.pages_go.set()
        announce(server, third, "third", sites.REFUSAL)
        took("news of another host, a worker killed", lambda: standby.told_about(server, "IT"))
        took("news that the killed worker had in hand", lambda: standby.told_about(server, "MT"))
        workers = [one for one in workers if one is not killed]

        announce(server, crowded, "c0", sites.PLEDGE)
        leading.kill()
        took("scheduler taken over", lambda: bool(other.events("started")))
        took("news after it", lambda: standby.told_about(server, "DK"))

        server.stop()  # immediate: as a crash
        server.start()
        announce(server, calm, "calm", LATER)
        took("news after the database was killed", lambda: standby.told_about(server, "ES"))
        assert [one.process.poll() for one in (other, bot, *workers)] == [None] * 4, "each went on, or took up again"
        told = Counter(line.partition(" — ")[0] for line in bot.told().splitlines() if " — " in line)
        assert told["Malta"] == told["Italy"] == told["Denmark"] == told["Spain"] == 1
        assert standby.ask(server, "SELECT count(*) FROM entries WHERE step NOT IN ('done')") == 0
        assert standby.ask(server, "SELECT count(*) FROM entries") == 3 * len(names) + 4
        assert standby.ask(server, "SELECT count(*) - count(DISTINCT subject) FROM developments WHERE NOT minor") == 0

        for program in (other, bot, *workers):
            program.process.send_signal(signal.SIGTERM)
        assert [one.process.wait(PATIENCE_S) for one in (other, bot, *workers)] == [0] * 4
        assert standby.ask(server, "SELECT count(*) FROM work_queue.procrastinate_jobs WHERE status = 'doing'") == 0


LATER = (
    "Spain rules out troops for Ukraine",
    "Spain will not send troops to Ukraine, Foreign Minister José Manuel Albares said on Tuesday after a meeting of "
    "the coalition of the willing.",
)


def test_several_watches_share_the_same_workers(site: sites.Site, tmp_path: Path) -> None:
    site.add("shared", sites.WEATHER)
    with postgres.running() as server, contextlib.ExitStack() as stack:
        lists = [watches.feed_list(tmp_path / f"{name}.yaml", site, "shared") for name in ("coalition", "harbour")]
        env = way.environment(tmp_path, site) | TEST_SETTINGS | {
            "CW_DATABASE_URL": server.url, "CW_WATCHES": f"coalition:{watches.HARBOUR}", "CW_FEEDS_FILE": lists[0],
            "CW_HARBOUR__FEEDS_FILE": lists[1],
        }  # fmt: skip
        scheduler, worker, bot = (
            Program(role, ["run", "--role", role], env, tmp_path) for role in ("scheduler", "worker", "bot")
        )
        for program in (scheduler, worker, bot):
            stack.callback(program.kill)
        took("both watches caught up", lambda: len(scheduler.events("caught_up")) == 2)
        site.add("shared", watches.BOTH)
        for schema in ("public", "watch_harbour"):
            standby.ask(server, f"UPDATE {schema}.feeds SET next_poll_at = NULL")
        took("each told its own", lambda: {"Denmark — troops", "Ostrel — troops"} <= set(told_of(bot)))
        assert [subject for subject in told_of(bot) if "troops" in subject].count("Denmark — troops") == 1
        assert standby.ask(server, "SELECT count(*) FROM developments WHERE subject = 'DK'") == 1
        assert standby.ask(server, "SELECT count(*) FROM watch_harbour.developments WHERE subject = 'DK'") == 0


def told_of(bot: Program) -> list[str]:
    """What the messages on the console are about."""
    return [line.partition(":")[0].rpartition("] ")[2] for line in bot.told().splitlines() if " — troops:" in line]

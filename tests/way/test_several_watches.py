"""Two watches side by side through the real command on loopback: each tells its own, a shared feed is asked once."""

import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests import postgres, smtp_standin
from tests.virtual.crash_matrix import OSTREL, QUELL
from tests.way import site as sites
from tests.way.test_way import ROOT, command, wait_until

HARBOUR = ROOT / "tests" / "data" / "watches" / "harbour"
BOTH = (
    "Denmark and Ostrel pledge soldiers for Ukraine and for the Harbour Pact",
    "Denmark will send 300 soldiers to Ukraine as part of the coalition of the willing's reassurance force, Prime "
    "Minister Mette Frederiksen said. Ostrel will send 200 soldiers to the Harbour Pact force, Foreign Minister Tomas "
    "Verrin said on Tuesday.",
)
COALITION_READER, HARBOUR_READER = "ministry@example.org", "harbours@example.org"


@pytest.fixture
def site() -> Iterator[sites.Site]:
    served = sites.Site()
    yield served
    served.close()


@pytest.fixture
def smtp() -> Iterator[smtp_standin.Standin]:
    with smtp_standin.serve() as server:
        yield server


def feed_list(path: Path, site: sites.Site, *names: str, interval_s: int = 60) -> str:
    rows = [
        {"url": f"{site.url}/feed/{name}", "title": name, "outlet": f"Outlet {name}", "tier": "press",
         "interval_s": interval_s}
        for name in names
    ]  # fmt: skip
    path.write_text(json.dumps({"feeds": rows}), encoding="utf-8")  # JSON is YAML
    return str(path)


def environment(folder: Path, site: sites.Site, smtp: smtp_standin.Standin) -> dict[str, str]:
    """Two watches: both list the feed `shared`; each has a feed of its own and a reader of its own."""
    return {
        **{key: value for key, value in os.environ.items() if not key.startswith("CW_")},
        "CW_DATABASE_URL": f"sqlite:///{folder}/watch.db",
        "CW_WATCHES": f"coalition:{HARBOUR}",
        "CW_FEEDS_FILE": feed_list(folder / "coalition.yaml", site, "shared", "capitals"),
        "CW_HARBOUR__FEEDS_FILE": feed_list(folder / "harbour.yaml", site, "shared", "coast", interval_s=120),
        "CW_EMAIL_HOST": "127.0.0.1",
        "CW_EMAIL_PORT": str(smtp.port),
        "CW_EMAIL_SECURITY": "none",
        "CW_EMAIL_FROM": "watch@example.org",
        "CW_EMAIL_IMMEDIATE": "true",
        "CW_EMAIL_TO": COALITION_READER,
        "CW_HARBOUR__EMAIL_TO": HARBOUR_READER,
        "CW_ALLOW_PRIVATE_ADDRESSES": "all",
        "CW_WORKERS": "1",
        "CW_HTTP_PORT": "0",
        "PYTHONPATH": str(ROOT),
    }


def cycle(env: dict[str, str], folder: Path, *args: str) -> str:
    done = subprocess.run(command(*args or ("poll",)), env=env, cwd=folder, capture_output=True, text=True, timeout=90)
    assert done.returncode == 0, done.stderr
    return done.stdout


def rows(folder: Path, name: str, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(folder / name) as database:
        return database.execute(query).fetchall()


def make_due(folder: Path) -> None:
    for name in ("watch.db", "watch.harbour.db"):
        with sqlite3.connect(folder / name) as database:
            database.execute("UPDATE feeds SET next_poll_at = NULL")


def told(smtp: smtp_standin.Standin, reader: str) -> list[str]:
    """The subjects of the mails to a reader."""
    return [str(mail["Subject"]) for mail in smtp.mails if reader in str(mail["To"])]


def caught_up(folder: Path, site: sites.Site, smtp: smtp_standin.Standin) -> dict[str, str]:
    for name in ("shared", "capitals", "coast"):
        site.add(name, sites.WEATHER)
    env = environment(folder, site, smtp)
    cycle(env, folder)
    return env


def test_each_watch_tells_its_own_readers_and_a_shared_feed_and_page_is_asked_for_once(
    site: sites.Site, smtp: smtp_standin.Standin, tmp_path: Path
) -> None:
    env = caught_up(tmp_path, site, smtp)
    assert site.hits["/feed/shared"] == 1
    site.add("shared", BOTH)
    site.add("coast", QUELL)
    make_due(tmp_path)
    cycle(env, tmp_path)
    assert site.hits["/feed/shared"] == 2, "one request a poll, whoever lists it"
    assert site.hits["/page/shared-1"] == 1, "and one for a page that both read"
    mine, theirs = told(smtp, COALITION_READER), told(smtp, HARBOUR_READER)
    assert len([one for one in mine if "Denmark" in one]) == 1
    assert not [one for one in mine if "Ostrel" in one or "Quell" in one]
    assert len([one for one in theirs if "Ostrel" in one]) == len([one for one in theirs if "Quell" in one]) == 1
    assert not [one for one in theirs if "Denmark" in one]
    subjects = "SELECT subject FROM developments WHERE minor = 0 ORDER BY subject"
    assert rows(tmp_path, "watch.db", subjects) == [("DK",)]
    assert rows(tmp_path, "watch.harbour.db", subjects) == [("XB",), ("XC",)]
    ids = [row for name in ("watch.db", "watch.harbour.db") for row in rows(tmp_path, name, "SELECT id FROM alerts")]
    ids += [r for name in ("watch.db", "watch.harbour.db") for r in rows(tmp_path, name, "SELECT id FROM developments")]
    assert len(ids) == len(set(ids)), "no id is in both"
    mails = [str(mail["Message-ID"]) for mail in smtp.mails]
    assert len(mails) == len(set(mails))
    make_due(tmp_path)
    before = len(smtp.mails)
    cycle(env, tmp_path)
    assert len(smtp.mails) == before, "nothing is told twice"


@pytest.mark.timeout(240)
def test_killed_anywhere_neither_watch_loses_or_doubles_anything(
    site: sites.Site, smtp: smtp_standin.Standin, tmp_path: Path
) -> None:
    env = caught_up(tmp_path, site, smtp)
    site.add("shared", BOTH)
    site.add("capitals", sites.REFUSAL)
    site.add("coast", QUELL)
    make_due(tmp_path)
    chance = random.Random(8)
    for _ in range(4):
        process = subprocess.Popen(
            command("poll"), env=env, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
        time.sleep(chance.uniform(1.0, 3.5))
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    for name in ("watch.db", "watch.harbour.db"):
        with sqlite3.connect(tmp_path / name) as database:  # leases of the killed end
            database.execute("UPDATE alerts SET lease_until = NULL WHERE state = 'sending'")
    cycle(env, tmp_path)
    subjects = "SELECT subject, count(*) FROM developments WHERE minor = 0 GROUP BY subject ORDER BY subject"
    assert rows(tmp_path, "watch.db", subjects) == [("DK", 1), ("IT", 1)]
    assert rows(tmp_path, "watch.harbour.db", subjects) == [("XB", 1), ("XC", 1)]
    for name, reader, count in (("watch.db", COALITION_READER, 2), ("watch.harbour.db", HARBOUR_READER, 2)):
        states = rows(tmp_path, name, "SELECT state, attempts FROM alerts WHERE kind = 'new'")
        assert [state for state, _ in states] == ["sent"] * count
        news = [one for one in told(smtp, reader) if any(who in one for who in ("Denmark", "Italy", "Ostrel", "Quell"))]
        resent = sum(int(str(attempts)) - 1 for _, attempts in states)
        assert count <= len(news) <= count + resent, "told again only where the outcome was unknown"


def test_a_watch_that_is_added_later_gets_what_the_shared_feed_holds(
    site: sites.Site, smtp: smtp_standin.Standin, tmp_path: Path
) -> None:
    """The other watch's conditional request would hide it: 304."""
    env = environment(tmp_path, site, smtp)
    for name in ("shared", "capitals", "coast"):
        site.add(name, sites.WEATHER)
    alone = {key: value for key, value in env.items() if "HARBOUR" not in key and key != "CW_WATCHES"}
    site.add("shared", OSTREL)
    cycle(alone, tmp_path)
    assert not (tmp_path / "watch.harbour.db").exists()
    cycle(env, tmp_path)
    found = rows(tmp_path, "watch.harbour.db", "SELECT subject FROM developments WHERE minor = 0")
    assert found == [("XB",)]
    assert len(told(smtp, HARBOUR_READER)) == 1, "one summary, as at every first poll"
    assert rows(tmp_path, "watch.db", "SELECT count(*) FROM entries") == [(3,)], "and nothing twice in the other"


def test_a_database_of_a_released_schema_goes_on_as_the_default_watch(
    site: sites.Site, smtp: smtp_standin.Standin, tmp_path: Path
) -> None:
    released = sorted((ROOT / "tests" / "storage" / "released").iterdir())[-1]
    _unpack(released, tmp_path / "watch.db")
    held = rows(tmp_path, "watch.db", "SELECT id, value FROM developments ORDER BY seq")
    assert held
    for name in ("shared", "capitals", "coast"):
        site.add(name, sites.WEATHER)
    env = environment(tmp_path, site, smtp)
    cycle(env, tmp_path)
    assert rows(tmp_path, "watch.db", "SELECT id, value FROM developments ORDER BY seq")[: len(held)] == held
    assert rows(tmp_path, "watch.harbour.db", "SELECT count(*) FROM developments") == [(0,)]
    assert rows(tmp_path, "watch.db", "SELECT count(*) FROM positions WHERE subject LIKE 'X_'") == [(0,)]


def _unpack(released: Path, to: Path) -> None:
    if released.suffix == ".sql":
        with sqlite3.connect(to) as database:
            database.executescript(released.read_text(encoding="utf-8"))
    else:
        shutil.copy(released, to)


def test_the_running_service_serves_both(site: sites.Site, smtp: smtp_standin.Standin, tmp_path: Path) -> None:
    env = caught_up(tmp_path, site, smtp)
    log = tmp_path / "log.txt"
    with log.open("w") as errors:
        process = subprocess.Popen(command("run"), env=env, cwd=tmp_path, stdout=subprocess.DEVNULL, stderr=errors)
    try:
        wait_until(lambda: log.read_text().count("started") == 2)
        site.add("shared", BOTH)
        make_due(tmp_path)
        wait_until(lambda: any("Denmark" in one for one in told(smtp, COALITION_READER)))
        wait_until(lambda: any("Ostrel" in one for one in told(smtp, HARBOUR_READER)))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=20)
    assert process.returncode == 0, log.read_text()
    assert "Traceback" not in log.read_text()


@pytest.mark.skipif(postgres.why_not() is not None, reason=str(postgres.why_not()))
def test_on_several_processes_both_are_read_and_told(
    site: sites.Site, smtp: smtp_standin.Standin, tmp_path: Path
) -> None:
    """A scheduler, a worker that is killed in between, a bot, on one PostgreSQL with a schema for each watch."""
    for name in ("shared", "capitals", "coast"):
        site.add(name, sites.WEATHER)
    with postgres.running() as server, contextlib.ExitStack() as stack:
        env = environment(tmp_path, site, smtp) | {"CW_DATABASE_URL": server.url}

        def start(role: str) -> subprocess.Popen[bytes]:
            log = (tmp_path / f"{role}.txt").open("ab")
            process = subprocess.Popen(command("run", "--role", role), env=env, cwd=tmp_path, stdout=log, stderr=log)
            stack.callback(lambda: (process.kill(), process.wait(), log.close()))
            return process

        scheduler, worker, bot = [start(role) for role in ("scheduler", "worker", "bot")]
        wait_until(lambda: all(told(smtp, reader) for reader in (COALITION_READER, HARBOUR_READER)), 60)
        assert site.hits["/feed/shared"] == 1
        worker.kill()
        site.add("shared", BOTH)
        for schema in ("public", "watch_harbour"):
            ask(server, f"UPDATE {schema}.feeds SET next_poll_at = NULL")
        worker = start("worker")
        wait_until(lambda: any("Denmark" in one for one in told(smtp, COALITION_READER)), 60)
        wait_until(lambda: any("Ostrel" in one for one in told(smtp, HARBOUR_READER)), 60)
        assert site.hits["/feed/shared"] == 2
        assert not any("Ostrel" in one for one in told(smtp, COALITION_READER))
        for process in (scheduler, worker, bot):
            process.send_signal(signal.SIGTERM)
        assert [process.wait(30) for process in (scheduler, worker, bot)] == [0, 0, 0]
        assert ask(server, "SELECT count(*) FROM watch_harbour.developments WHERE NOT minor") == 1


def ask(server: postgres.Server, query: str) -> object:
    engine = sa.create_engine(server.url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        found = connection.exec_driver_sql(query)
        value = found.scalar() if found.returns_rows else None
    engine.dispose()
    return value

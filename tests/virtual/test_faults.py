"""Faults by design: the database locked, slow, read-only, full, torn; a loop that hangs. All is told and survived."""

import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from app import service as services
from app import trouble
from monitor import errors
from storage import database, store
from tests.storage import rows
from tests.virtual import crash_matrix as stories
from tests.virtual import world as worlds
from tests.virtual.world import restored_wiring as restored_wiring

START = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.usefixtures("restored_wiring")


@pytest.fixture
def steady(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: now[0])
    return now


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> worlds.World:
    monkeypatch.setattr(database, "BUSY_TIMEOUT_MS", 50)
    monkeypatch.setitem(store.open_stores.__kwdefaults__, "busy_timeout_ms", 50)
    made = worlds.World(tmp_path, worlds.Clock(START), feeds=(worlds.feed("one"),))
    made.given = {"CW_CONSOLE": "true", "CW_OPERATOR": "email:ops@example.org"}
    made.web.announce("one", "weather", *stories.WEATHER, published=START)
    return made


async def tick(service: services.Service) -> None:
    """What the scheduler and the stages do, each guarded as in the running service."""
    await service._guard(service.poll)()
    for stage in (service.read, service.take, service.deliver):
        await service._guard(stage)()
        await service._guard(stage)()


@contextmanager
def locked(world: worlds.World) -> Iterator[None]:
    with closing(sqlite3.connect(world.folder / "watch.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def pragma(world: worlds.World, words: str, undo: str) -> Iterator[None]:
    """Every connection of the program is under a limit for a while."""
    engine = world.app.base.stores.database.engine

    def limit(connection: Any, _record: object) -> None:
        connection.execute(words)

    sa.event.listen(engine, "connect", limit)
    engine.dispose()
    yield
    sa.event.remove(engine, "connect", limit)
    engine.dispose()
    with engine.connect() as connection:
        connection.exec_driver_sql(undo)


def read_only(world: worlds.World) -> Any:
    return pragma(world, "PRAGMA query_only=ON", "PRAGMA query_only=OFF")


def full(world: worlds.World) -> Any:
    return pragma(world, "PRAGMA max_page_count=1", "PRAGMA max_page_count=4294967294")


FAULTS = {"locked": locked, "read_only": read_only, "full": full}


@pytest.mark.parametrize("kind", FAULTS)
async def test_a_database_that_refuses_is_told_and_survived(
    world: worlds.World, steady: list[float], kind: str
) -> None:
    service = world.start()
    await tick(service)
    await tick(service)
    world.clock.advance(minutes=16)
    title, text = stories.REFUSAL
    world.web.announce("one", "refusal", title, text + " Rain is expected." * 4000, published=world.clock.now)
    with FAULTS[kind](world):
        for _ in range(60):  # five minutes
            await tick(service)
            steady[0] += 5
            world.clock.advance(seconds=5)
        asked = world.web.asked
        notices = [line for line in world.told() if line["kind"] == "notice"]
        assert [line["to"] for line in notices] == ["email:ops@example.org"], "told once, past the database"
    steady[0] += trouble.LONGEST_PAUSE_S
    for _ in range(3):
        await tick(service)
    assert [line["kind"] for line in world.told() if line["kind"] != "notice"] == ["summary", "new"]
    assert world.web.asked > asked
    assert asked <= 3 + 3, "nobody was asked again and again for what could not be recorded"
    await world.close()


async def test_a_full_disk_is_what_the_error_says(world: worlds.World) -> None:
    service = world.start()
    await service.work_off()
    with full(world), pytest.raises(errors.StoreError) as caught:
        for number in range(2000):
            world.app.base.stores.meta.set(f"name-{number}", "value" * 500)
    assert caught.value.kind == "full"
    assert "full" in str(caught.value)
    await world.close()


async def test_a_slow_database_is_waited_for(world: worlds.World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(store.open_stores.__kwdefaults__, "busy_timeout_ms", 10_000)
    service = world.start()
    await service.work_off()
    other = sqlite3.connect(world.folder / "watch.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    release = threading.Timer(0.4, lambda: other.execute("ROLLBACK"))
    release.start()
    world.clock.advance(minutes=16)
    world.web.announce("one", "refusal", *stories.REFUSAL, published=world.clock.now)
    await service.work_off()
    release.join()
    other.close()
    assert [line["kind"] for line in world.told()] == ["summary", "new"]
    await world.close()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.9])
async def test_a_torn_journal_loses_no_more_than_its_end_and_that_is_made_up_for(
    world: worlds.World, tmp_path: Path, share: float
) -> None:
    service = world.start()
    await service.work_off()
    world.clock.advance(minutes=16)
    world.web.announce("one", "refusal", *stories.REFUSAL, published=world.clock.now)
    world.web.announce("one", "pledge", *stories.PLEDGE, published=world.clock.now)
    await service.work_off()
    torn = tmp_path / "torn"
    torn.mkdir()
    for name in ("watch.db", "watch.db-wal"):  # as a machine without power leaves them: the end was not written
        shutil.copyfile(tmp_path / name, torn / name)
    await world.close()
    journal = torn / "watch.db-wal"
    with journal.open("r+b") as half:
        half.truncate(int(journal.stat().st_size * share))
        half.seek(0, 2)
        half.write(b"\xff" * 3000)
    again = worlds.World(torn, world.clock, web=world.web, feeds=world.feeds, given=world.given)
    service = again.start()
    world.clock.advance(hours=7)
    for _ in range(3):
        await service.work_off()
        world.clock.advance(minutes=16)
    subjects = sorted(one.subject for one in again.app.base.stores.ledger.load_developments() if not one.minor)
    assert subjects == ["DK", "IT"]
    with again.app.base.stores.database.read() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    await again.close()


async def test_an_entry_is_read_again_when_its_worker_was_killed(world: worlds.World) -> None:
    service = world.start()
    await service.work_off()
    world.clock.advance(minutes=16)
    world.web.announce("one", "refusal", *stories.REFUSAL, published=world.clock.now)
    pool = world.app.pipeline._tools.pool
    died = [0]

    async def run(function: Any, /, *args: Any, timeout_s: float | None = None) -> Any:
        if function.__name__ == "read_page" and not died[0]:
            died[0] += 1
            raise errors.ExtractError("", "the worker ended")
        return await worlds.Inline.run(pool, function, *args)  # type: ignore[arg-type]

    pool.run = run  # type: ignore[method-assign]
    await service.work_off()
    assert died == [1]
    world.clock.advance(minutes=3)
    await service.work_off()
    assert [line["kind"] for line in world.told()] == ["summary", "new"]
    await world.close()


STUCK = """
import asyncio, sys, time
from datetime import UTC, datetime
from pathlib import Path
from tests.virtual import world as worlds

async def main():
    world = worlds.World(Path(sys.argv[1]), worlds.Clock(datetime(2026, 6, 1, tzinfo=UTC)), feeds=(worlds.feed("one"),))
    world.given = {"CW_OPERATOR": "telegram:5", "CW_WATCHDOG_MAX_AGE_S": "1"}
    service = world.start()
    world.app.pipeline.poll_due = lambda: time.sleep(60)  # the loop itself hangs
    return await service.run()

sys.exit(asyncio.run(main()))
"""


def test_a_service_that_hangs_tells_the_operator_and_ends_to_be_started_again(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", STUCK, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=50
    )
    assert done.returncode == trouble.RESTART, done.stderr[-1000:]
    told = worlds.World(tmp_path, worlds.Clock(START)).told()
    assert [(line["kind"], line["to"]) for line in told] == [("notice", "telegram:5")]


def test_a_lease_that_a_lost_outcome_left_behind_ends(tmp_path: Path) -> None:
    stores = store.open_stores(f"sqlite:///{tmp_path}/watch.db")
    stores.outbox.add_alerts([rows.alert(1)])
    assert stores.outbox.claim_alerts(rows.NOW, 60, 9) != []
    assert stores.outbox.claim_alerts(rows.NOW, 60, 9) == []
    stores.waiting.shift_back(rows.NOW - timedelta(days=2), timedelta(days=2))
    assert stores.outbox.claim_alerts(rows.NOW - timedelta(days=2, minutes=-2), 60, 9) != []
    stores.database.close()

"""Two watches, and the database of one refuses: the other goes on, and what the one missed it gets afterwards."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app import service as services
from storage import store
from tests.virtual import crash_matrix as stories
from tests.virtual import world as worlds
from tests.virtual.test_faults import steady as steady
from tests.virtual.world import restored_wiring as restored_wiring

pytestmark = pytest.mark.usefixtures("restored_wiring")
NAMES = {"coalition": "watch.db", "harbour": "watch.harbour.db"}
NEWS = {"coalition": "Italy", "harbour": "Quell"}


async def tick(service: services.Service) -> None:
    """What the scheduler and the stages do for every watch, each guarded as in the running service."""
    await service._guard(service.poll)()
    for one in service.every:
        for stage in (one.read, one.take, one.deliver):
            await one._guard(stage)()


def told(folder: Path, name: str) -> str:
    file = folder / ("told.jsonl" if name == "coalition" else f"told.{name}.jsonl")
    return file.read_text(encoding="utf-8") if file.exists() else ""


@pytest.mark.parametrize("refused", NAMES)
async def test_one_watch_s_database_refuses_and_the_other_goes_on(
    refused: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steady: list[float]
) -> None:
    monkeypatch.setitem(store.open_stores.__kwdefaults__, "busy_timeout_ms", 20)
    feeds = (worlds.feed("one"), worlds.feed("two"))
    world = worlds.World(tmp_path, worlds.Clock(datetime(2026, 6, 1, 6, tzinfo=UTC)), feeds=feeds, given=stories.PAIR)
    stories.first_poll_of_two(world)
    service = world.start()
    await service.work_off()
    world.clock.advance(hours=1)
    stories._announce(world, "one", "refusal", stories.REFUSAL)
    stories._announce(world, "two", "quell", stories.QUELL)
    asked = world.web.asked
    (other,) = set(NAMES) - {refused}
    with closing(sqlite3.connect(tmp_path / NAMES[refused], isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        for _ in range(4):
            await tick(service)
            steady[0] += 61.0
            world.clock.advance(minutes=1)
        assert NEWS[other] in told(tmp_path, other)
        assert world.web.asked - asked <= 6, "two feeds, their pages, and the feeds once more at most"
        assert NEWS[refused] not in told(tmp_path, refused)
        holder.execute("ROLLBACK")
    world.clock.advance(minutes=15)
    for _ in range(4):
        steady[0] += 61.0
        await tick(service)
        world.clock.advance(minutes=16)
    assert NEWS[refused] in told(tmp_path, refused)
    for name in NAMES:
        lines = [line for line in told(tmp_path, name).splitlines() if NEWS[name] in line and '"kind": "new"' in line]
        assert len(lines) == len(set(lines)), "and nothing twice"
    await world.close()

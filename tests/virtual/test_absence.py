"""Absence and odd clocks in a virtual world: days without a network, a clock set back, a machine asleep."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import catching_up
from monitor import errors
from tests.virtual import crash_matrix as stories
from tests.virtual import world as worlds
from tests.virtual.world import restored_wiring as restored_wiring

START = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("restored_wiring")


@pytest.fixture
def world(tmp_path: Path) -> worlds.World:
    made = worlds.World(tmp_path, worlds.Clock(START), feeds=(worlds.feed("one"), worlds.feed("two")))
    made.given = {"CW_CONSOLE": "true"}
    made.web.announce("one", "weather", *stories.WEATHER, published=START)
    made.web.announce("two", "weather-two", *stories.WEATHER, published=START)
    return made


async def go(world: worlds.World, service: object, **by: float) -> None:
    """Time passes in steps of a quarter of an hour, the service working."""
    until = world.clock.now + timedelta(**by)
    while world.clock.now < until:
        world.clock.advance(minutes=15)
        await service.work_off()  # type: ignore[attr-defined]


def kinds(world: worlds.World) -> list[str]:
    return [line["kind"] for line in world.told()]


async def test_days_without_a_network_end_in_one_summary_and_no_flood(world: worlds.World) -> None:
    service = world.start()
    await service.work_off()
    assert kinds(world) == ["summary"]
    world.web.offline = True
    await go(world, service, hours=60)
    for slug, article in (("pledge", stories.PLEDGE), ("refusal", stories.REFUSAL), ("joins", stories.JOINS)):
        world.web.announce("one", slug, *article, published=world.clock.now - timedelta(hours=20))
    world.web.offline = False
    await go(world, service, hours=1)
    assert kinds(world) == ["summary", "summary"]
    assert {one.subject for one in world.app.base.stores.ledger.load_developments() if not one.minor} == {
        "DK", "IT", "MT"
    }  # fmt: skip
    world.web.announce("two", "news", "Norway to send troops", NORWAY, published=world.clock.now)
    await go(world, service, hours=1)
    assert kinds(world) == ["summary", "summary", "new"], "news is told at once again"
    await world.close()


NORWAY = (
    "Norway will send 200 soldiers to Ukraine as part of the coalition of the willing's reassurance force once a "
    "ceasefire holds, Prime Minister Jonas Gahr Store said on Tuesday."
)


async def test_a_service_that_was_off_for_days_catches_up_too_and_tells_nothing_where_there_is_nothing(
    world: worlds.World,
) -> None:
    service = world.start()
    await service.work_off()
    await world.close()
    world.clock.advance(days=4)
    service = world.start()
    await go(world, service, hours=2)
    assert kinds(world) == ["summary"]
    assert world.app.base.stores.meta.get(catching_up.SINCE) == ""
    await world.close()


async def test_a_night_off_is_no_absence(world: worlds.World) -> None:
    service = world.start()
    await service.work_off()
    await world.close()
    world.clock.advance(hours=9)
    world.web.announce("one", "refusal", *stories.REFUSAL, published=world.clock.now)
    service = world.start()
    await service.work_off()
    assert kinds(world) == ["summary", "new"]
    await world.close()


async def test_what_is_delivered_in_turns_is_counted_as_what_is_delivered_at_once(world: worlds.World) -> None:
    service = world.start()
    await service.work_off()
    sent = service.tallies.deliveries["sent"]
    assert sent == len(world.told()) > 0
    world.web.announce("one", "refusal", *stories.REFUSAL, published=world.clock.now)
    world.clock.advance(minutes=15)
    await service.poll()
    while await service.read() or await service.take() or await service.deliver():
        pass
    assert service.tallies.deliveries["sent"] == len(world.told()) > sent
    await world.close()


async def test_a_crash_while_catching_up_goes_on_with_it(world: worlds.World) -> None:
    service = world.start()
    await service.work_off()
    world.web.offline = True
    await go(world, service, hours=13)
    world.web.announce("one", "refusal", *stories.REFUSAL, published=world.clock.now)
    world.web.offline = False
    world.clock.advance(minutes=15)
    await service.poll()
    await world.close()  # killed before anything was read
    service = world.start()
    await go(world, service, hours=1)
    assert kinds(world) == ["summary", "summary"]
    await world.close()


async def test_a_page_that_stays_away_does_not_keep_it_silent(world: worlds.World) -> None:
    service = world.start()
    await service.work_off()
    world.web.offline = True
    await go(world, service, hours=13)
    world.web.announce("one", "slow", *stories.WEATHER, published=world.clock.now)
    world.web.broken[f"{worlds.SITE}/page/slow"] = errors.FetchError("", "down", status=503)
    world.web.offline = False
    await go(world, service, minutes=50)
    world.web.announce("two", "refusal", *stories.REFUSAL, published=world.clock.now)
    await go(world, service, minutes=15)
    assert kinds(world)[-1] == "new"
    await world.close()


async def test_what_was_told_is_corrected_at_once_also_while_catching_up(world: worlds.World) -> None:
    service = world.start()
    await service.work_off()
    world.clock.advance(minutes=16)
    world.web.announce("one", "joins", *stories.JOINS, published=world.clock.now)
    await service.work_off()
    assert kinds(world) == ["summary", "new"]
    world.web.offline = True
    await go(world, service, hours=20)
    world.web.announce("two", "joins-too", *stories.JOINS_TOO, published=world.clock.now)
    world.web.announce("two", "refusal", *stories.REFUSAL, published=world.clock.now)
    world.web.offline = False
    await go(world, service, hours=1)
    assert sorted(kinds(world)) == ["new", "summary", "summary", "update"]
    await world.close()


async def test_a_clock_set_back_makes_no_feed_wait_for_it(world: worlds.World, monkeypatch: pytest.MonkeyPatch) -> None:
    steady = [0.0]
    monkeypatch.setattr("time.monotonic", lambda: steady[0])
    service = world.start()
    await service.work_off()
    asked = world.web.asked
    steady[0] += 5
    world.clock.advance(seconds=5 - 30 * 3600)
    await service.work_off()
    assert world.web.asked == asked, "the pause is as long as it was"
    steady[0] += 16 * 60
    world.clock.advance(minutes=16)
    world.web.announce("one", "refusal", *stories.REFUSAL, published=world.clock.now)
    await service.work_off()
    assert world.web.asked > asked
    assert kinds(world)[-1] == "new"
    await world.close()


async def test_a_clock_that_was_set_back_while_the_service_was_off_is_seen_at_the_start(world: worlds.World) -> None:
    service = world.start()
    await service.work_off()
    await world.close()
    world.clock.advance(days=-3)
    service = world.start()
    await go(world, service, minutes=30)
    world.web.announce("one", "refusal", *stories.REFUSAL, published=world.clock.now)
    await go(world, service, minutes=30)
    assert kinds(world)[-1] == "new"
    await world.close()


async def test_a_machine_that_was_asleep_for_weeks_goes_on(world: worlds.World) -> None:
    service = world.start()
    await service.work_off()
    world.clock.advance(days=20)  # and the steady clock stood still
    world.web.announce("one", "refusal", *stories.REFUSAL, published=world.clock.now)
    await service.work_off()
    await go(world, service, hours=1)
    assert kinds(world) == ["summary", "summary"]
    await world.close()

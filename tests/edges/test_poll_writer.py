"""Outcomes on their way to the store: what comes in together is stored together, and nobody pays for another's."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from monitor import errors, poll_writer, types

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def outcome(name: str) -> types.PollOutcome:
    return types.PollOutcome(feed_url=name, state=types.FeedState(etag=name))


class Store:
    """Takes polls; fails where it is told to."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.quiet: list[list[str]] = []
        self.errors: dict[str, Exception] = {}

    def record_polls(self, outcomes: Sequence[types.PollOutcome], now: datetime) -> list[int]:
        self.batches.append([one.feed_url for one in outcomes])
        for one in outcomes:
            if one.feed_url in self.errors:
                raise self.errors[one.feed_url]
        return [len(one.feed_url) for one in outcomes]

    def record_quiet_polls(self, outcomes: Sequence[types.PollOutcome]) -> None:
        self.quiet.append([one.feed_url for one in outcomes])


class Writer:
    """A writer over a Store, and what it said was stored."""

    def __init__(self) -> None:
        self.store, self.under_way, self.stored = Store(), 0, []
        self.writer = poll_writer.PollWriter(self.store, lambda: NOW, lambda: self.under_way)  # type: ignore[arg-type]
        self.writer.on_stored = lambda one: self.stored.append(one.feed_url)

    async def store_all(self, *names: str) -> list[int | BaseException]:
        futures = [await self.writer.accept(outcome(name)) for name in names]
        return await asyncio.gather(*futures, return_exceptions=True)


@pytest.fixture
async def made() -> Writer:
    return Writer()


async def test_what_comes_in_together_is_one_transaction(made: Writer) -> None:
    assert await made.store_all("a", "bb", "ccc") == [1, 2, 3]
    assert made.store.batches == [["a", "bb", "ccc"]] and made.stored == ["a", "bb", "ccc"]


async def test_one_waits_for_others_only_while_some_are_under_way(
    made: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(poll_writer, "_LINGER_S", 0.02)
    first = await made.writer.accept(outcome("a"))
    await first
    assert made.store.batches == [["a"]]
    made.under_way = 1
    second = await made.writer.accept(outcome("b"))
    await asyncio.sleep(0.005)
    assert not second.done()
    third = await made.writer.accept(outcome("c"))
    await asyncio.gather(second, third)
    assert made.store.batches == [["a"], ["b", "c"]]


async def test_no_more_than_there_is_room_for(made: Writer) -> None:
    names = [str(n) for n in range(poll_writer._MOST_WAITING * 2)]
    assert await made.store_all(*names) == [len(name) for name in names]
    assert {len(batch) for batch in made.store.batches} == {poll_writer._BATCH}


async def test_what_the_store_refuses_of_one_keeps_nobody_out(made: Writer) -> None:
    made.store.errors["bad"] = TypeError("odd")
    assert [str(one) for one in await made.store_all("a", "bad", "c")] == ["1", "odd", "1"]
    assert made.store.batches == [["a", "bad", "c"], ["a"], ["bad"], ["c"]]
    assert sorted(made.stored) == ["a", "bad", "c"], "none of them counts as under way for ever"


async def test_a_database_in_trouble_is_asked_once(made: Writer) -> None:
    made.store.errors["a"] = errors.StoreError("locked", kind="locked")
    assert {str(one) for one in await made.store_all("a", "b", "c")} == {"locked"}
    assert len(made.store.batches) == 1
    del made.store.errors["a"]
    assert await made.store_all("a") == [1], "and goes on when it is over"


async def test_who_stops_waiting_is_stored_all_the_same(made: Writer) -> None:
    future = await made.writer.accept(outcome("a"))
    future.cancel()
    assert await made.store_all("b") == [1]
    assert sorted(made.stored) == ["a", "b"]


async def test_quiet_polls_wait_for_a_hundred_or_the_end(made: Writer) -> None:
    for n in range(poll_writer._QUIET_BATCH + 3):
        await made.writer.store_quiet(outcome(str(n)))
    assert [len(batch) for batch in made.store.quiet] == [poll_writer._QUIET_BATCH]
    await made.writer.flush()
    await made.writer.flush()
    assert [len(batch) for batch in made.store.quiet] == [poll_writer._QUIET_BATCH, 3] and len(made.stored) == 103

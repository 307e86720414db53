"""A running pipeline heeds what an operator does to the ledger in another process, and what pages say later."""

import asyncio
import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from monitor import errors, pipeline, types, visits
from monitor.ledger import by_hand, state
from storage import store
from tests.ledger.world import RULES, START, WATCH, troops

T = TypeVar("T")
TEXT = "Norway sends troops. " * 10


class Page:
    """The network and the workers at once: what a page says now, or that it is gone."""

    def __init__(self) -> None:
        self.read: types.ReadPage | None = None

    async def fetch(self, request: types.FetchRequest) -> types.Fetched:
        if self.read is None:
            raise errors.FetchError(request.url, "gone", status=410)
        return types.Fetched(url=request.url, final_url=request.url, status=200)

    async def close(self) -> None:
        """Nothing to close."""

    async def run(self, function: Callable[..., T], /, *args: object, timeout_s: float | None = None) -> T:
        return self.read  # type: ignore[return-value]


class World:
    """A pipeline over a real database, on a clock of its own."""

    def __init__(self, folder: Path) -> None:
        self.stores = store.open_stores(f"sqlite:///{folder / 'w.db'}")
        self.now, self.page = START, Page()
        feed = types.Feed(url="https://e.org/f", title="F", outlet="Fjord Post", tier=types.Tier.PRESS)
        self.stores.feeds.sync_feeds([feed])
        self.way = self.another()

    def another(self) -> pipeline.Pipeline:
        """A pipeline of another process on the same database."""
        return pipeline.Pipeline(
            pipeline.Stores(
                feeds=self.stores.feeds, articles=self.stores.articles, ledger=self.stores.ledger,
                by_hand=self.stores.by_hand, rechecks=self.stores.rechecks,
            ),
            pipeline.Tools(
                fetcher=self.page, pool=self.page, rules=RULES, watch=WATCH, plan_alerts=lambda step, now, silent: [],
                clock=lambda: self.now, random=random.Random(1),
            ),
            state.LedgerState.of(self.stores.ledger),
        )  # fmt: skip

    def announce(self, number: int, *claims: types.Claim) -> None:
        """Bring an entry whose page has been read."""
        entry = types.Entry(key=f"k{number}", url=f"https://e.org/{number}", title="N", content_key=f"c{number}")
        self.stores.feeds.record_polls(
            [types.PollOutcome(feed_url="https://e.org/f", state=types.FeedState(), entries=(entry,))], self.now
        )
        self.stores.articles.record_read(number, self.says(number, *claims), self.now)

    def says(self, number: int, *claims: types.Claim, text: str = TEXT) -> types.ReadPage:
        article = types.Article(
            id=f"a{number}", url=f"https://e.org/{number}", outlet="Fjord Post", title="N", text=f"{text} {number}",
            published=START,
        )  # fmt: skip
        return types.ReadPage(article=article, reading=types.Reading(relevant=True, claims=claims))

    def take(self) -> list[types.LedgerStep]:
        return asyncio.run(self.way.take_pending(silent=False))

    def recheck(self) -> list[types.LedgerStep]:
        return asyncio.run(self.way.recheck_due(silent=False))

    def held(self) -> list[tuple[str, int | None]]:
        return [(p.status, p.number) for p in self.stores.ledger.load_positions()]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.stores.database.close()


def test_what_is_set_by_hand_is_compared_with_at_the_next_article(world: World) -> None:
    world.announce(1, troops("NO", "open"))
    assert len(world.take()[0].changes) == 1
    position = replace(world.stores.ledger.load_positions()[0], status="pledged", number=800, source="hand")
    loaded = state.LedgerState.of(world.stores.ledger)
    step, undo = by_hand.set_position(loaded, position, RULES)
    world.stores.by_hand.record_act(types.HandAct(at=START, kind="set", word="x", step=step, undo=undo), ())
    world.announce(2, troops("NO", "pledged", 800))
    (taken,) = world.take()
    assert taken.changes == () and [held.reason for held in taken.held_back] == ["same"]
    assert world.held() == [("pledged", 800)]


def test_a_page_is_read_again_until_two_days_have_passed(world: World) -> None:
    world.announce(1, troops("NO", "pledged", 800))
    world.take()
    world.page.read = world.says(1, troops("NO", "pledged", 800))
    for hours in (1, 4, 12, 24, 48):
        world.now = START + timedelta(hours=hours) - timedelta(minutes=1)
        assert world.stores.rechecks.due_rechecks(world.now, 5) == []
        world.now = START + timedelta(hours=hours)
        assert len(world.stores.rechecks.due_rechecks(world.now, 5)) == 1
        assert world.recheck() == []
    assert world.stores.rechecks.due_rechecks(START + timedelta(days=99), 5) == []


@pytest.mark.parametrize(
    ("claims", "held", "text"),
    [
        ((troops("NO", "pledged", 80),), [("pledged", 80)], "It sends eighty."),
        ((), [], "Norway has decided nothing."),
        ((troops("NO", "pledged", 800),), [("pledged", 800)], "Another last paragraph."),
    ],
)
def test_a_changed_page_is_compared_anew(
    world: World, claims: tuple[types.Claim, ...], held: list[tuple[str, int | None]], text: str
) -> None:
    world.announce(1, troops("NO", "pledged", 800))
    world.take()
    world.now = START + timedelta(hours=1)
    world.page.read = world.says(1, *claims, text=text)
    assert len(world.recheck()) == 1
    assert world.held() == held
    told = world.stores.ledger.load_developments()
    assert told[0].taken_back == (held != [("pledged", 800)])
    stored = world.stores.articles.article("a1")
    assert stored is not None and stored[0].text.startswith(text)


def test_a_page_that_is_gone_or_told_by_the_feed_takes_nothing_back(world: World) -> None:
    world.announce(1, troops("NO", "pledged", 800))
    world.take()
    world.now = START + timedelta(hours=1)
    assert world.recheck() == []
    world.now = START + timedelta(hours=4)
    world.page.read = replace(world.says(1, text="A summary."), reason="read from the feed's summary: no text")
    assert world.recheck() == []
    assert world.held() == [("pledged", 800)]


def test_marked_wrong_twice_or_overtaken(world: World) -> None:
    world.announce(1, troops("NO", "pledged", 800))
    world.take()
    (development,) = world.stores.ledger.load_developments()
    loaded = state.LedgerState.load(world.stores.ledger.load_positions(), [replace(development, taken_back=True)])
    step, _ = by_hand.mark_wrong(loaded, development.id, "")
    assert step.positions == () and step.changes[0].development.wrong
    with pytest.raises(errors.InputError, match="no such"):
        by_hand.mark_wrong(state.LedgerState(), development.id, "")


def test_two_that_keep_the_ledger_raise_nothing_twice(world: World) -> None:
    late = world.another()  # has read the ledger as it is before the first one takes anything
    world.announce(1, troops("NO", "pledged", 800))
    assert len(world.take()[0].changes) == 1
    world.announce(2, troops("NO", "pledged", 800))
    (taken,) = asyncio.run(late.take_pending(silent=False))
    assert [change.kind for change in taken.changes] == [types.AlertKind.UPDATE], "a second report of the same"
    assert len(world.stores.ledger.load_developments()) == 1


def test_an_article_that_another_has_taken_is_left_as_it_was_taken(world: World) -> None:
    late = world.another()
    world.announce(1, troops("NO", "pledged", 800))
    (waiting,) = world.stores.articles.unledgered(5)
    world.take()
    step = asyncio.run(late._take_one(*waiting, silent=False))
    assert (step.changes, step.positions, world.held()) == ((), (), [("pledged", 800)])
    world.announce(2, troops("NO", "pledged", 800))
    (taken,) = asyncio.run(late.take_pending(silent=False))
    assert [change.kind for change in taken.changes] == [types.AlertKind.UPDATE], "it has read the ledger anew"


def test_a_page_read_again_elsewhere_is_taken_once(world: World) -> None:
    world.announce(1, troops("NO", "pledged", 800))
    world.take()
    world.now = START + timedelta(hours=1)
    changed = world.says(1, troops("NO", "pledged", 80), text="Norway sends 80. " * 10)
    handed: list[tuple[str, types.ReadPage]] = []

    async def keep(article_id: str, page: types.ReadPage) -> None:
        handed.append((article_id, page))

    world.page.read = changed
    asyncio.run(world.another().visit(visits.Visit(host="e.org", rechecks=("a1",)), keep))
    assert handed == [("a1", changed)]
    steps = [asyncio.run(world.way.take_changed(*handed[0], silent=False)) for _ in range(2)]
    assert (len(steps[0]), len(steps[1])) == (1, 0)
    assert world.held() == [("pledged", 80)]
    assert world.stores.rechecks.due_rechecks(world.now, 5) == []

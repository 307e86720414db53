"""The sides of bench/feeds.py, each in a process of its own: `python bench/contestants.py NAME PORT COUNT`.

Each polls COUNT feeds in four rounds and writes {round: [wall s, CPU s, peak MB, largest worker's MB]} as JSON.
Start-up and a warm-up are outside what is measured. A round counts only where the server has answered each feed once,
and with 304 as many times as there was nothing new and a validator to say so.
"""

import asyncio
import json
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import feed_server
import measuring

HARBOUR = Path(__file__).resolve().parents[1] / "tests" / "data" / "watches" / "harbour"
ROUNDS = ("first", "unchanged", "1 % changed", "unchanged, no validators")


def prepare(port: int, count: int, name: str) -> None:
    """Switch the server for a round."""
    query = {"1 % changed": f"changed={max(1, count // 100)}", "unchanged, no validators": "validators=0"}.get(
        name, "x=1"
    )
    urllib.request.urlopen(f"http://127.0.0.1:{port}/set?{query}").read()


def check(port: int, count: int, name: str) -> None:
    """The server answered as the round means it; raises AssertionError where a side has asked otherwise."""
    counted = json.loads(urllib.request.urlopen(f"http://127.0.0.1:{port}/count").read())
    new = {"first": count, "unchanged": 0, "1 % changed": max(1, count // 100)}.get(name, count)
    assert counted == {"200": new, "304": count - new}, f"{name}: {counted} of {count} feeds"


def addresses(port: int, count: int) -> list[str]:
    """The feeds, spread over the hosts."""
    return [f"http://127.0.0.{1 + n % feed_server.HOSTS}:{port}/f/{n}" for n in range(count)]


def run_rounds(port: int, count: int, poll: Callable[[], object]) -> dict[str, list[float]]:
    """Poll in each round and measure it."""
    results = {}
    for name in ROUNDS:
        prepare(port, count, name)
        with measuring.measured() as cost:
            poll()
        check(port, count, name)
        results[name] = [cost.wall_s, cost.cpu_s, cost.peak_mb, cost.worker_mb]
    urllib.request.urlopen(f"http://127.0.0.1:{port}/set?validators=1").read()
    return results


def floor(port: int, count: int, *, parses: bool) -> dict[str, list[float]]:
    """Plain GETs with httpx, 20 at a time, If-None-Match where there is one; feedparser on every new body."""
    import feedparser
    import httpx

    tags: dict[str, str] = {}
    bodies: dict[str, int] = {}

    async def one(client: httpx.AsyncClient, gate: asyncio.Semaphore, url: str) -> None:
        async with gate:
            answer = await client.get(url, headers={"If-None-Match": tags[url]} if url in tags else {})
        if answer.status_code != 200 or bodies.get(url) == hash(answer.content):
            return
        bodies[url] = hash(answer.content)
        tags[url] = answer.headers.get("etag", "")
        if parses:
            feedparser.parse(answer.content)

    async def cycle(client: httpx.AsyncClient) -> None:
        gate = asyncio.Semaphore(20)
        await asyncio.gather(*(one(client, gate, url) for url in addresses(port, count)))

    with asyncio.Runner() as runner:
        client = httpx.AsyncClient()
        runner.run(cycle_once(client, port))
        urllib.request.urlopen(f"http://127.0.0.1:{port}/count").read()
        return run_rounds(port, count, lambda: runner.run(cycle(client)))


async def cycle_once(client: object, port: int) -> None:
    """A warm-up."""
    await client.get(f"http://127.0.0.1:{port}/set?x=1")  # type: ignore[attr-defined]


def watch(port: int, count: int, *, further: bool = False) -> dict[str, list[float]]:
    """The service's own polling over its own database; `further`: with a second watch that lists the same feeds."""
    from app import settings, wiring
    from monitor import types

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "feeds.yaml").write_text(
            f"feeds:\n- {{url: 'http://127.0.0.1:{port}/f/0', title: a, outlet: a, tier: press}}\n", encoding="utf-8"
        )
        given = {
            "CW_DATABASE_URL": f"sqlite:///{folder}/watch.db",
            "CW_FEEDS_FILE": f"{folder}/feeds.yaml",
            "CW_ALLOW_PRIVATE_ADDRESSES": "127.0.0.0/8",
            "CW_WORKERS": "2",
        }
        if further:
            given |= {"CW_WATCHES": f"coalition:{HARBOUR}", "CW_HARBOUR__FEEDS_FILE": f"{folder}/feeds.yaml"}
        chosen = settings.load_settings(given)
        with asyncio.Runner() as runner:
            built = runner.run(_build(wiring, chosen))
            feeds = [
                types.Feed(url=url, title=url, outlet=url, tier=types.Tier.PRESS) for url in addresses(port, count)
            ]
            every = [one.base.stores for one in (built, *built.others)]
            for stores in every:
                stores.feeds.sync_feeds(feeds)

            results = {}
            for name in ROUNDS:
                prepare(port, count, name)
                for stores in every:
                    with stores.database.write() as connection:
                        connection.exec_driver_sql("UPDATE feeds SET next_poll_at = NULL")
                with measuring.measured() as cost:
                    done = runner.run(built.pipeline.poll_due())
                assert done.polled == count and not done.failed, done
                check(port, count, name)
                results[name] = [cost.wall_s, cost.cpu_s, cost.peak_mb, cost.worker_mb]
            urllib.request.urlopen(f"http://127.0.0.1:{port}/set?validators=1").read()
            runner.run(built.close())
    return results


async def _build(wiring: object, chosen: object) -> object:
    built = wiring.build(chosen)  # type: ignore[attr-defined]
    await asyncio.gather(*(built.pool.run(time.sleep, 3) for _ in range(2)))  # one for each worker
    return built


def reader(port: int, count: int) -> dict[str, list[float]]:
    """The reader library with ten workers, over a database of its own; its own schedule is left aside."""
    import reader as library

    with tempfile.TemporaryDirectory() as folder:
        made = library.make_reader(f"{folder}/reader.sqlite")
        for url in addresses(port, count):
            made.add_feed(url)
        return run_rounds(port, count, lambda: made.update_feeds(workers=10, scheduled=False))


if __name__ == "__main__":
    side, at_port, number = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    sides = {
        "httpx loop": lambda: floor(at_port, number, parses=False),
        "httpx loop + feedparser": lambda: floor(at_port, number, parses=True),
        "coalition-watch": lambda: watch(at_port, number),
        "two watches": lambda: watch(at_port, number, further=True),
        "reader": lambda: reader(at_port, number),
    }
    print(json.dumps(sides[side]()))

"""The crash matrix: the program is killed before and after every commit of a whole story, started again, and compared.

What a killed process leaves is its files as they are at that moment; so one life is lived to its end and copied at each
point, and a life is started on each copy. Writes JSON: the commits of the story by name, and for each point what went
wrong, if anything. Run as a process of its own, which forks one child for each life of the program:
`python -m tests.virtual.crash_matrix --out FILE [--sample]`.
"""

import argparse
import asyncio
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from monitor import errors
from storage import database, schema
from tests.virtual import world as worlds
from tests.way.site import JOINS, PLEDGE, REFUSAL, WEATHER

START = datetime(2026, 6, 1, 6, 0, tzinfo=UTC)
AT_ONCE = 40  # copies that are kept at one time
Point = tuple[int, str]  # the nth commit, before | after
TELEGRAM_OLD, TELEGRAM_NEW, TELEGRAM_GONE = "telegram:1", "telegram:-1001", "telegram:2"
MAIL = "email:a@example.org"
SETTINGS = {
    "CW_CONSOLE": "true", "CW_TELEGRAM_TOKEN": "1:x", "CW_TELEGRAM_CHATS": "1,2", "CW_EMAIL_HOST": "mail.example",
    "CW_EMAIL_TO": "a@example.org", "CW_QUIET_HOURS": "00:00-23:59",
}  # fmt: skip
HARBOUR = Path(__file__).parents[1] / "data" / "watches" / "harbour"
PAIR = SETTINGS | {
    "CW_WATCHES": f"coalition:{HARBOUR}", "CW_HARBOUR__EMAIL_TO": "b@example.org", "CW_EMAIL_IMMEDIATE": "true",
}  # fmt: skip
OSTREL = (
    "Ostrel to send 200 soldiers to the Harbour Pact force",
    "Ostrel will send 200 soldiers to the Harbour Pact force once a ceasefire holds, Foreign Minister Tomas Verrin "
    "said on Tuesday. The pact is to guard the harbours of the coast.",
)
QUELL = (
    "Quell joins the Harbour Pact",
    "Quell has joined the Harbour Pact, the government in Port Quell announced on Tuesday. The pact is to guard the "
    "harbours of the coast, and planners have met several times.",
)
JOINS_TOO = (
    "Malta is in the coalition of the willing, Valletta says",
    "The government of Malta said that the country has joined the coalition of the willing for Ukraine. Officials in "
    "Valletta spoke of a step that had been prepared for weeks.",
)


# ---------------------------------------------------------------- the story


def first_poll(world: worlds.World) -> None:
    """The silent first poll; a page that fails at first."""
    _announce(world, "one", "weather", WEATHER)
    _announce(world, "two", "pledge", PLEDGE)
    world.web.broken[f"{worlds.SITE}/page/weather"] = errors.FetchError("", "down", status=503)


def news(world: worlds.World) -> None:
    """Two developments; the page is back; a chat moves, another is gone, a mail server stutters."""
    first_poll(world)
    world.web.broken.clear()
    world.clock.advance(hours=1)
    _announce(world, "one", "refusal", REFUSAL)
    _announce(world, "two", "joins", JOINS)
    world.recorder.fails = {
        "console": [errors.SendError("console", "busy")],
        TELEGRAM_OLD: [errors.SendError(TELEGRAM_OLD, "upgraded", permanent=True, moved_to=TELEGRAM_NEW)],
        TELEGRAM_GONE: [errors.SendError(TELEGRAM_GONE, "blocked", permanent=True)] * 9,
    }


def more(world: worlds.World) -> None:
    """Another outlet says the same; the digest is due, the mail server refuses; a feed has moved; one is gone."""
    news(world)
    world.recorder.fails = {}
    if len(world.recorder.told(MAIL)) < 3:  # until it was mended: a restart afterwards does not break it again
        world.recorder.fails[MAIL] = [errors.SendError(MAIL, "535 not accepted", fault=errors.Fault.CHANNEL)]
    world.clock.advance(hours=25)
    _announce(world, "two", "joins-too", JOINS_TOO)
    world.web.moved[f"{worlds.SITE}/feed/one"] = f"{worlds.SITE}/feed/one-now"
    world.web.feeds["one-now"] = world.web.feeds["one"]
    world.web.broken[f"{worlds.SITE}/page/rain"] = errors.FetchError("", "gone", status=404)
    _announce(world, "one-now", "rain", WEATHER)


def much_later(world: worlds.World) -> None:
    """Long after: leases have ended, everything old is pruned."""
    more(world)
    world.recorder.fails = {}
    world.clock.advance(days=400)
    world.web.feeds = {name: [] for name in world.web.feeds}
    _announce(world, "one-now", "late", WEATHER)
    _announce(world, "two", "late-too", WEATHER)


def end(world: worlds.World) -> None:
    """A day on: what a crash has delayed is made up for."""
    much_later(world)
    world.clock.advance(days=2)


def set_back(world: worlds.World) -> None:
    """The clock is set back by a day."""
    end(world)
    world.clock.advance(days=-1)


def first_poll_of_two(world: worlds.World) -> None:
    """Two watches list the same feeds."""
    _announce(world, "one", "weather", WEATHER)
    _announce(world, "two", "ostrel", OSTREL)


def news_of_two(world: worlds.World) -> None:
    """A development for each."""
    first_poll_of_two(world)
    world.clock.advance(hours=1)
    _announce(world, "one", "refusal", REFUSAL)
    _announce(world, "two", "quell", QUELL)


STORY_OF_TWO: tuple[Callable[[worlds.World], None], ...] = (first_poll_of_two, news_of_two)
STORY: tuple[Callable[[worlds.World], None], ...] = (first_poll, news, more, much_later, end, set_back)


def _announce(world: worlds.World, feed: str, slug: str, article: tuple[str, str]) -> None:
    world.web.announce(feed, slug, *article, published=world.clock.now)


async def live(folder: Path, *, pair: bool = False) -> None:
    """One life of the program: it starts in the chapter where the world is, and goes on to the end unless killed."""
    story, given = (STORY_OF_TWO, PAIR) if pair else (STORY, SETTINGS)
    chapter = folder / "chapter"
    at = int(chapter.read_text()) if chapter.exists() else 0
    feeds = (worlds.feed("one"), worlds.feed("two"))
    world = worlds.World(folder, worlds.Clock(START), feeds=feeds, given=given)
    story[at](world)
    service = world.start()
    for number in range(at, len(story)):
        chapter.write_text(str(number))
        world.clock.now, world.web.feeds = START, {}
        story[number](world)
        await service.housekeep()
        for _ in range(2):  # a second round finds nothing, or what the first put off
            await service.work_off()
            await service.recheck()
            await service.digests()
            await service.deliver()
            world.clock.advance(minutes=20)
    await world.close()


# ---------------------------------------------------------------- killing


@contextmanager
def watched(at_commit: Callable[[str, str], None]) -> Iterator[None]:
    """Every transaction of the stores calls at_commit(method, "before" | "after")."""
    original = database.Database.write

    @contextmanager
    def write(self: database.Database) -> Iterator[sa.Connection]:
        frame = sys._getframe(2)  # past contextlib's __enter__
        while frame.f_code.co_name.startswith("_") and frame.f_back is not None:
            frame = frame.f_back
        name = frame.f_code.co_name
        with original(self) as connection:
            yield connection
            at_commit(name, "before")
        at_commit(name, "after")

    database.Database.write = write  # type: ignore[method-assign]
    try:
        yield
    finally:
        database.Database.write = original  # type: ignore[method-assign]


def in_child(work: Callable[[], None]) -> int:
    """Run in a forked process; return its exit code."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def live_and_list(folder: Path, *, pair: bool = False) -> None:
    """A life without a crash; writes the names of its commits."""
    names: list[str] = []
    with watched(lambda name, when: names.append(name) if when == "after" else None):
        asyncio.run(live(folder, pair=pair))
    (folder / "commits.json").write_text(json.dumps(names))


def live_and_copy(folder: Path, copies: dict[Point, Path], *, pair: bool = False) -> None:
    """A life whose files are copied before or after its nth commit: what kill -9 would leave there."""
    seen = {"before": 0, "after": 0}

    def at_commit(name: str, moment: str) -> None:
        seen[moment] += 1
        if place := copies.get((seen[moment], moment)):
            shutil.copytree(folder, place)

    with watched(at_commit):
        asyncio.run(live(folder, pair=pair))


# ---------------------------------------------------------------- comparing


def outcome(folder: Path, watch: str = "") -> dict[str, Any]:
    """What a watch has come to: ledger, entries, deliveries, and what was told."""
    db = database.open_database(f"sqlite:///{folder}/watch{watch}.db")
    developments, positions, entries, alerts = (
        schema.developments.c, schema.positions.c, schema.entries.c, schema.alerts.c
    )  # fmt: skip
    key = (positions.topic, positions.subject, positions.aspect)
    queries = {
        "developments": sa.select(developments.value).order_by(developments.id),
        "positions": sa.select(positions.value).where(positions.held_until.is_(None)).order_by(*key),
        "entries": sa.select(entries.key, entries.step).order_by(entries.key),
        "waiting": sa.select(alerts.id).where(alerts.state.in_(["waiting", "sending"])),
    }
    with db.read() as connection:
        found: dict[str, Any] = {what: [list(row) for row in connection.execute(q)] for what, q in queries.items()}
        found["integrity"] = connection.exec_driver_sql("PRAGMA integrity_check").scalar()
    db.close()
    lines = [json.loads(line) for line in (folder / f"told{watch}.jsonl").read_text().splitlines()]
    found["told"] = lines
    return found


def complaints(clean: dict[str, Any], found: dict[str, Any], repeats: int) -> list[str]:
    """What differs from a life without a crash; a message of unknown outcome may have come `repeats` times more."""
    said = [
        f"{what}: {found[what]} instead of {clean[what]}"
        for what in ("developments", "positions", "entries", "waiting", "integrity")
        if found[what] != clean[what]
    ]
    told, wanted = ([line["id"] for line in each["told"]] for each in (found, clean))
    about = {(line["to"], line["about"]) for line in clean["told"] if line["about"]}
    missing = about - {(line["to"], line["about"]) for line in found["told"]}
    if missing:
        said.append(f"never told: {sorted(missing)}")
    twice = sum(told.count(name) - 1 for name in set(told))
    if twice > repeats:
        said.append(f"told {twice} times too often: {[name for name in set(told) if told.count(name) > 1]}")
    if repeats == 0 and len(told) > len(wanted):
        said.append(f"told more: {len(told)} messages instead of {len(wanted)}")
    return said


def copied(folder: Path, points: list[Point], *, pair: bool = False) -> Iterator[tuple[Point, Path]]:
    """Each point with a folder as a killed process leaves it there; a few at a time, for each is a whole database."""
    for at in range(0, len(points), AT_ONCE):
        copies = {point: folder / f"{point[0]}-{point[1]}" for point in points[at : at + AT_ONCE]}
        lived = folder / "lived"
        lived.mkdir()
        if in_child(lambda lived=lived, copies=copies: live_and_copy(lived, copies, pair=pair)) != 0:  # type: ignore[misc]
            raise RuntimeError("the life that is copied did not come to its end")
        shutil.rmtree(lived)
        for point, place in copies.items():
            yield point, place
            shutil.rmtree(place)


def run(folder: Path, *, sample: bool) -> dict[str, Any]:
    """The matrix; as a sample one commit of each name: killed before it where something was sent, else after it."""
    worlds.prepare()
    clean = folder / "clean"
    clean.mkdir()
    live_and_list(clean)  # here, so that the children have all that is imported on the way
    names: list[str] = json.loads((clean / "commits.json").read_text())
    expected = outcome(clean)
    points: list[Point] = []
    for number, name in enumerate(names, start=1):
        ranks = [n for n, other in enumerate(names, start=1) if other == name]
        telling = name.startswith("mark_")
        for when in ("before", "after"):
            if sample and (number != ranks[-1 if telling else 0] or (when == "before") != telling):
                continue
            points.append((number, when))
    failed: dict[str, list[str]] = {}
    for (number, when), place in copied(folder, points):
        problems = _one(place, when, names[number - 1], expected)
        if problems:
            failed[f"{number} {names[number - 1]} {when}"] = problems
    return {"commits": names, "tried": len(points), "failed": failed, "told": len(expected["told"])}


OF_TWO = ("record_polls", "record_read", "record_step")  # where one watch has what the other has not yet


def run_pair(folder: Path, *, sample: bool) -> dict[str, Any]:
    """Two watches on the same feeds: killed after every such commit (as a sample: on the way of the news), started
    again, each compared by itself."""
    for root in (None, HARBOUR):
        worlds.prepare(root)
    clean = folder / "clean"
    clean.mkdir()
    live_and_list(clean, pair=True)
    names: list[str] = json.loads((clean / "commits.json").read_text())
    expected = {watch: facts(outcome(clean, watch)) for watch in ("", ".harbour")}
    failed: dict[str, list[str]] = {}
    tried: list[str] = []
    numbers = [number for number, name in enumerate(names, start=1) if name in OF_TWO]
    points = [(number, "after") for number in (numbers[len(numbers) // 2 :] if sample else numbers)]
    for (number, _), place in copied(folder, points, pair=True):
        tried.append(names[number - 1])
        said = _one_of_pair(place, expected)
        failed |= {f"{number} {names[number - 1]}": said} if said else {}
    told = {watch: one["told"] for watch, one in expected.items()}
    return {"tried": tried, "failed": failed, "told": told}


def _one_of_pair(place: Path, expected: dict[str, dict[str, Any]]) -> list[str]:
    if in_child(lambda: asyncio.run(live(place, pair=True))) != 0:
        return ["it did not start again"]
    found = {watch: facts(outcome(place, watch)) for watch in expected}
    return [
        f"{watch} {what}: {found[watch][what]} instead of {wanted}"
        for watch, one in expected.items()
        for what, wanted in one.items()
        if found[watch][what] != wanted
    ]


def facts(found: dict[str, Any]) -> dict[str, Any]:
    """An outcome without numbers of entries and moments: those hang on which watch was first after the crash."""

    def marks(rows: list[list[str]], *keys: str) -> list[list[Any]]:
        return sorted(([json.loads(text)[key] for key in keys] for (text,) in rows), key=str)

    key = ("topic", "subject", "aspect")
    return {
        "developments": marks(found["developments"], *key, "old", "new", "grade", "taken_back"),
        "positions": marks(found["positions"], *key, "status", "number"),
        "entries": found["entries"],
        "waiting": found["waiting"],
        "told": sorted([line["to"], line["subject"]] for line in found["told"]),
    }


def _one(place: Path, when: str, name: str, expected: dict[str, Any]) -> list[str]:
    if in_child(lambda: asyncio.run(live(place))) != 0:
        return ["it did not start again"]
    unknown = name == "mark_sent" and when == "before"  # sent, and killed before that was written down
    return complaints(expected, outcome(place), int(unknown))


def main() -> None:
    """Print the matrix as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", action="store_true", help="only the first and last commit of each name")
    parser.add_argument("--out", type=Path, required=True, help="where the JSON goes; the logs go to standard output")
    parser.add_argument("--pair", action="store_true", help="two watches side by side instead")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run_pair(Path(folder), sample=chosen.sample) if chosen.pair else run(Path(folder), sample=chosen.sample)
        chosen.out.write_text(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()

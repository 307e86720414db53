"""The real service in a made-up world: a clock that is told the time, a web in memory, channels that write to a file.

Everything else is what runs: stores on a file, stages, ledger, dispatcher, housekeeping. Every text is fiction.
"""

import email.utils
import hashlib
import html
import json
import os
import pickle
import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest

from alerts import render
from app import service, settings, wiring
from monitor import baseline, errors, pipeline, polling, reading, sharing, types, watch
from monitor.ledger import rules, state
from storage import store

T = TypeVar("T")
SITE = "https://paper.example"
PADDING = (
    "The force is to reassure Ukraine after a ceasefire with Russia. Planners have met several times in recent weeks, "
    "and officials said that details remained to be worked out in the capitals concerned."
)


@dataclass
class Clock:
    """The time, as told."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        """Move on (or back)."""
        self.now += timedelta(**by)


@dataclass
class Web:
    """Feeds of items, and their pages; `broken` names addresses and the errors they answer with."""

    feeds: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    broken: dict[str, errors.FetchError] = field(default_factory=dict)
    moved: dict[str, str] = field(default_factory=dict)
    offline: bool = False
    asked: int = 0

    def announce(self, feed: str, slug: str, title: str, text: str, published: datetime) -> None:
        """Put an item on top of a feed."""
        item = {"slug": slug, "title": title, "text": text, "published": published}
        self.feeds.setdefault(feed, []).insert(0, item)

    async def fetch(self, request: types.FetchRequest) -> types.Fetched:
        """monitor.ports.Fetcher."""
        self.asked += 1
        if self.offline:
            raise errors.FetchError(request.url, "no network", offline=True)
        if request.url in self.broken:
            raise self.broken[request.url]
        url = self.moved.get(request.url, request.url)
        kind, _, name = url.removeprefix(SITE).strip("/").partition("/")
        body = self._feed(name) if kind == "feed" else self._page(name)
        digest = hashlib.sha256(body).hexdigest()
        return types.Fetched(
            url=request.url,
            final_url=url,
            status=304 if request.etag == digest else 200,
            body=b"" if request.etag == digest else body,
            content_type="application/rss+xml" if kind == "feed" else "text/html",
            etag=digest,
            body_hash=None if request.etag == digest else digest,
            moved_permanently=url != request.url,
        )

    async def close(self) -> None:
        """Nothing to give back."""

    def _feed(self, name: str) -> bytes:
        items = "".join(
            f"<item><guid>{item['slug']}</guid><title>{html.escape(item['title'])}</title>"
            f"<link>{SITE}/page/{item['slug']}</link>"
            f"<pubDate>{email.utils.format_datetime(item['published'])}</pubDate></item>"
            for item in self.feeds.get(name, [])
        )
        return f'<rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>'.encode()

    def _page(self, slug: str) -> bytes:
        for item in (item for items in self.feeds.values() for item in items):
            if item["slug"] == slug:
                title = html.escape(item["title"])
                text = "".join(f"<p>{html.escape(part)}</p>" for part in (item["text"], PADDING))
                page = f"<article><h1>{title}</h1>{text}</article>"
                return f'<html lang="en"><head><title>{title}</title></head><body>{page}</body></html>'.encode()
        raise errors.FetchError(f"{SITE}/page/{slug}", "not found", status=404)


_done: dict[bytes, Any] = {}  # what workers' functions gave: they are pure, and lives that are forked have it too


class Inline:
    """monitor.pipeline.Pool without processes."""

    async def run(self, function: Callable[..., T], /, *args: object, timeout_s: float | None = None) -> T:
        """Call it here, once for the same arguments."""
        key = pickle.dumps((function, args))
        if key not in _done:
            _done[key] = function(*args)
        found: T = _done[key]
        return found

    def close(self) -> None:
        """Nothing to end."""


class NoJitter(random.Random):
    """Pauses of the same length in every run, so that runs can be compared."""

    def uniform(self, a: float, b: float) -> float:
        """The middle."""
        return (a + b) / 2


@dataclass
class Recorder:
    """A channel that writes what it tells to a file; `fails` names recipients and the errors they meet, in order."""

    file: Path
    fails: dict[str, list[errors.SendError]] = field(default_factory=dict)

    def told(self, recipient: str) -> list[str]:
        """The ids of what a recipient was told."""
        lines = self.file.read_text(encoding="utf-8").splitlines() if self.file.exists() else []
        return [row["id"] for row in map(json.loads, lines) if row["to"] == recipient]

    async def send(self, alert: types.Alert, message: object) -> str | None:
        """Write, or fail as told."""
        if self.fails.get(alert.recipient):
            raise self.fails[alert.recipient].pop(0)
        assert isinstance(message, render.Message)
        line = {"id": alert.id, "kind": str(alert.kind), "to": alert.recipient, "about": alert.development_id}
        with self.file.open("a", encoding="utf-8") as out:
            out.write(json.dumps(line | {"subject": message.subject}) + "\n")
            out.flush()
            os.fsync(out.fileno())
        return f"m-{alert.id}"


@dataclass
class World:
    """One installation in a folder."""

    folder: Path
    clock: Clock
    web: Web = field(default_factory=Web)
    feeds: tuple[types.Feed, ...] = ()
    given: dict[str, str] = field(default_factory=dict)
    url: str | None = None
    tell_first_poll: bool = False

    def __post_init__(self) -> None:
        self.recorder = Recorder(self.folder / "told.jsonl")

    def start(self) -> service.Service:
        """The program starts; to be ended by `close`."""
        wiring.utc_now = self.clock  # the program's one clock
        wiring.build_channels = self._channels_of
        chosen = settings.load_settings(
            {"CW_DATABASE_URL": self.url or f"sqlite:///{self.folder}/watch.db"} | self.given
        )
        bases = [open_base(one, self.feeds, self.clock.now) for one in chosen.every]
        polled = sharing.SharedFeeds([one.stores.feeds for one in bases]) if chosen.others else bases[0].stores.feeds
        first, *others = [self._app_on(base, polled) for base in bases]
        self.app = replace(first, others=tuple(others))
        return service.Service(self.app, tell_first_poll=self.tell_first_poll)

    def _channels_of(self, chosen: settings.Settings) -> dict[str, Any]:
        """Each watch's go to a file of its own."""
        is_first = chosen.watch == watch.SHIPPED
        recorder = self.recorder if is_first else Recorder(self.folder / f"told.{chosen.watch}.jsonl")
        return dict.fromkeys(("console", "telegram", "email"), recorder)

    def _app_on(self, base: wiring.Base, polled: polling.Feeds) -> wiring.App:
        wiring.seed_recipients(base)
        way = pipeline.Pipeline(
            pipeline.Stores(
                feeds=polled,
                articles=base.stores.articles,
                ledger=base.stores.ledger,
                rechecks=base.stores.rechecks,
            ),
            pipeline.Tools(
                fetcher=self.web,
                pool=Inline(),
                rules=base.rules,
                watch=base.watch,
                plan_alerts=lambda step, now, silent: wiring.plan_alerts(base, step, now, silent),
                clock=self.clock,
                random=NoJitter(),
                seeds_root=str(base.settings.watch_root) if base.settings.watch_root else None,
                concurrency=1,
            ),
            state.LedgerState.of(base.stores.ledger),
        )
        app = wiring.App(
            base=base,
            fetcher=self.web,
            pool=Inline(),  # type: ignore[arg-type]
            pipeline=way,
            dispatcher=wiring.build_dispatcher(base),
        )
        app.dispatcher._delivery._pacer._sleep = self._sleep
        return app

    async def _sleep(self, seconds: float) -> None:
        """A pause between messages: the time passes."""
        self.clock.advance(seconds=seconds)

    async def close(self) -> None:
        """The program ends in order."""
        await self.app.close()

    def told(self) -> list[dict[str, str]]:
        """What was told so far, in order."""
        if not self.recorder.file.exists():
            return []
        return [json.loads(line) for line in self.recorder.file.read_text(encoding="utf-8").splitlines()]


_loaded: dict[Path | None, tuple[watch.Watch, rules.Rules, tuple[types.Position, ...]]] = {}


def prepare(root: Path | None = None) -> None:
    """Load a watch's data and engine once; a process that is forked afterwards has them."""
    reading.prepare(str(root) if root else None)
    if root not in _loaded:
        held = baseline.load_baseline(watch.folder_of(root) / "baseline.yaml")
        _loaded[root] = (watch.load_watch(root), rules.load_rules(), held[:5])


def open_base(chosen: settings.Settings, feeds: tuple[types.Feed, ...], now: datetime) -> wiring.Base:
    """As wiring.open_base, on data that is loaded already."""
    prepare(chosen.watch_root)
    loaded, known, held = _loaded[chosen.watch_root]
    stores = store.open_stores(chosen.database_url)
    stores.feeds.sync_feeds(feeds)
    stores.ledger.seed_baseline(held, now)
    return wiring.Base(settings=chosen, watch=loaded, rules=known, stores=stores)


def feed(name: str, tier: types.Tier = types.Tier.PRESS) -> types.Feed:
    """A feed of the made-up web."""
    return types.Feed(
        url=f"{SITE}/feed/{name}", title=name, outlet=f"Outlet {name}", tier=tier, language="en", interval_s=900
    )


@pytest.fixture
def restored_wiring(monkeypatch: pytest.MonkeyPatch) -> None:
    """A world changes the wiring's clock and channels; afterwards they are as before."""
    monkeypatch.setattr(wiring, "utc_now", wiring.utc_now)
    monkeypatch.setattr(wiring, "build_channels", wiring.build_channels)

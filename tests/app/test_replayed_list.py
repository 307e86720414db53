"""`feeds check` over the whole default list, replayed from loopback with words of our own: each feed gets its line.

Types and rhythms are as the list's sources describe them; what they report as broken is broken here.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from app import cli
from monitor import types, watch
from tests import server as srv

NOW = datetime.now(UTC).replace(microsecond=0)
ON_TOPIC, OTHER = "The coalition of the willing meets in {n}", "Rain is expected in the north, day {n}"
GOOGLE = "https://news.google.com/rss/articles/CBMi{n}"


@dataclass(frozen=True, kw_only=True)
class Expected:
    """A line of the table; `advice` is a part of it, "" means that nothing is advised."""

    status: str = "ok"
    type: str = "application/rss+xml"
    entries: int = 30
    gap: timedelta | None = timedelta(minutes=30)
    newest: datetime = NOW - timedelta(minutes=5)
    on_topic: int = 3
    advice: str = ""


@dataclass(frozen=True)
class Item:
    """An entry to be written in whatever format."""

    title: str
    link: str
    at: datetime


def items_of(told: Expected, link: str = "https://paper.example/{n}") -> list[Item]:
    gap = told.gap or timedelta(0)
    titles = [ON_TOPIC if n < told.on_topic else OTHER for n in range(told.entries)]
    return [Item(t.format(n=n), link.format(n=n), told.newest - n * gap) for n, t in enumerate(titles)]


def rss(items: list[Item]) -> str:
    found = (
        f"<item><title>{one.title}</title><link>{one.link}</link><guid isPermaLink='false'>{one.link}</guid>"
        f"<pubDate>{format_datetime(one.at)}</pubDate></item>"
        for one in items
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{"".join(found)}</channel></rss>'


def atom(items: list[Item]) -> str:
    found = (
        f'<entry><id>{one.link}</id><title>{one.title}</title><link href="{one.link}"/>'
        f"<updated>{one.at.isoformat()}</updated></entry>"
        for one in items
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>T</title>{"".join(found)}</feed>'


def rdf(items: list[Item]) -> str:
    found = (
        f'<item rdf:about="{one.link}"><title>{one.title}</title><link>{one.link}</link>'
        f"<dc:date>{one.at.isoformat()}</dc:date></item>"
        for one in items
    )
    spaces = (
        'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    )
    return (
        f'<rdf:RDF {spaces}><channel rdf:about="https://x.example"><title>T</title></channel>{"".join(found)}</rdf:RDF>'
    )


def gdelt(items: list[Item]) -> str:
    return json.dumps(
        {"articles": [{"url": i.link, "title": i.title, "seendate": f"{i.at:%Y%m%dT%H%M%SZ}"} for i in items]}
    )


Write = Callable[[list[Item]], str]
FAILED = Expected(status="failed")
DAILY = Expected(entries=10, gap=timedelta(days=1))
SEARCH = Expected(entries=20, on_topic=20, gap=timedelta(hours=1))
# A part of the address -> what answers, and what is to be said of it; the first that fits counts.
REPLAY: list[tuple[str, srv.Route | Write, Expected]] = [
    # As field.md reports them: 403 to programs, 404 since a rebuild, malformed, stale, moved, a single entry, no feed.
    ("president.gov.ua/en/rss", srv.status(403), replace(FAILED, advice="the server refuses access (403)")),
    ("consilium.europa.eu/en/rss", srv.status(403), replace(FAILED, advice="the server refuses access (403)")),
    ("breakingdefense.com", srv.status(403), replace(FAILED, advice="the server refuses access (403)")),
    ("nato.int/cps", srv.status(404), replace(FAILED, advice="not found (404)")),
    ("elysee.fr/feed", srv.content("<!doctype html><p>Bonjour</p>", "text/html"),
     replace(FAILED, advice="a web page, not a feed")),
    ("gov.ro/en/rss", lambda items: rss(items).replace("Rain is", "Rain & wind are", 1),
     replace(DAILY, advice="broken XML")),
    ("mil.ee/en/feed", rss, replace(DAILY, newest=NOW - timedelta(days=60), on_topic=0,
                                    advice="silent for longer than it ever was; nothing on topic")),
    ("senat.cz", rss, replace(DAILY, entries=1, on_topic=1, gap=None)),
    ("vlada.cz/en/rss.xml", srv.redirect("/moved", 301), replace(DAILY, advice="has moved to http://127.0.0.1")),
    ("api.gdeltproject.org/api/v2/doc/doc?query=ukraine", srv.status(429, Retry_After="5"),
     replace(FAILED, advice="the server asks to slow down (429)")),
    # The others are healthy, each in its own format.
    ("api.gdeltproject.org", gdelt, replace(SEARCH, type="application/json")),
    ("news.google.com", rss, replace(SEARCH, type="application/xml")),
    ("www.gov.uk", atom, Expected(type="application/atom+xml", entries=20, gap=timedelta(hours=3))),
    ("rss.dw.com", rdf, Expected(type="application/rdf+xml", entries=40)),
    ("rferl.org", rss, Expected(advice="no validators: each poll costs the whole body")),
    ("atlanticcouncil.org", rss, replace(DAILY, on_topic=0, advice="nothing on topic at the moment")),
    ("pravda.com.ua", rss, Expected(type="text/xml")),
    ("", rss, Expected()),
]  # fmt: skip


def plan(feed: types.Feed) -> tuple[srv.Route | Write, Expected]:
    return next((answer, told) for part, answer, told in REPLAY if part in feed.url)


def put(server: srv.TestServer, path: str, answer: srv.Route | Write, told: Expected) -> str:
    """Serve a feed; return its address."""
    if answer not in (rss, atom, rdf, gdelt) and told.advice != "broken XML":
        return server.route(path, answer)  # type: ignore[arg-type]
    body = answer(items_of(told, GOOGLE if told.type == "application/xml" else "https://paper.example/{n}"))  # type: ignore[arg-type]
    validators = {} if "no validators" in told.advice else {"ETag": '"1"'}
    return server.route(path, srv.content(body, told.type, **validators))  # type: ignore[arg-type]


def to_rows(shown: str) -> dict[str, list[str]]:
    """{address: cells} of the table; a cell that went on in the next line is one again."""
    rows: dict[str, list[str]] = {}
    last: list[str] = []
    for line in shown.splitlines():
        cells = [cell.strip() for cell in line.split("│")]
        if len(cells) != 8:
            continue
        if cells[0].startswith("http"):
            assert cells[0] not in rows, "one line a feed"
            last = rows[cells[0]] = cells[1:]
        elif last:
            last[-1] = f"{last[-1]} {cells[-1]}".strip()
    return rows


def test_each_feed_of_the_default_list_gets_its_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shipped = watch.load_feeds()
    with srv.TestServer() as server:
        put(server, "/moved", rss, DAILY)
        told = {
            put(server, f"/{n}/{urlsplit(one.url).hostname}", *plan(one)): plan(one)[1] for n, one in enumerate(shipped)
        }
        kept = ("title", "outlet", "language", "kind", "interval_s")
        listed = [
            {"url": url, "tier": str(one.tier)} | {name: getattr(one, name) for name in kept}
            for url, one in zip(told, shipped, strict=True)
        ]
        (tmp_path / "feeds.yaml").write_text(yaml.safe_dump({"feeds": listed}), encoding="utf-8")
        monkeypatch.chdir(tmp_path)
        monkeypatch.setenv("CW_FEEDS_FILE", "feeds.yaml")
        monkeypatch.setenv("CW_ALLOW_PRIVATE_ADDRESSES", "127.0.0.1")
        assert cli.main(["feeds", "check"]) == 1, "some failed"
    rows = to_rows(capsys.readouterr().out)
    assert set(rows) == set(told) and len(rows) == len(shipped) > 100
    for part, _, _ in REPLAY:
        assert any(part in one.url for one in shipped), f"{part}: no feed of the list, so nothing of it is replayed"
    for url, line in rows.items():
        assert_line(line, told[url], url)


def assert_line(line: list[str], told: Expected, url: str) -> None:
    status, kind, entries, newest, gap, share, advice = line
    assert (status, told.advice in advice, bool(advice)) == (told.status, True, bool(told.advice)), (url, line)
    if told.status == "failed":
        assert (kind, entries, newest, gap, share) == ("", "", "", "", ""), url
        return
    expected = (told.type, str(told.entries), told.newest.isoformat(timespec="minutes"), str(told.gap or ""))
    assert (kind, entries, newest, gap) == expected, url
    assert share == f"{told.on_topic / told.entries:.0%}", url

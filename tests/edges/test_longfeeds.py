"""Feeds of very many entries: the newest are read, whatever their order, and no more than those are parsed."""

import io
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import feedparser
import pytest

from monitor import longfeeds, parse

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
MANY = 10_000


def item(number: int, date: str = "") -> str:
    link = f"<link>https://news.example/{number}</link>"
    return f"<item><title>Entry {number}</title>{link}<pubDate>{date}</pubDate></item>"


def rss(items: list[str]) -> str:
    return f'<rss version="2.0"><channel><title>News</title>{"".join(items)}<ttl>60</ttl></channel></rss>'


def dated(number: int) -> str:
    """The higher the number, the newer."""
    return item(number, format_datetime(NOW - timedelta(minutes=MANY - number)))


@pytest.mark.parametrize("newest_first", [True, False])
def test_ten_thousand_entries_are_read_by_their_newest(newest_first: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = []

    def spy(source: io.BytesIO, **more: Any) -> Any:
        sizes.append(len(source.getvalue()))
        return real(source, **more)

    real = feedparser.parse
    monkeypatch.setattr(feedparser, "parse", spy)
    numbers = range(MANY, 0, -1) if newest_first else range(1, MANY + 1)
    body = rss([dated(number) for number in numbers]).encode()
    feed = parse.parse_feed(body, url="https://news.example/feed", now=NOW)
    read = {int(entry.url.rpartition("/")[2]) for entry in feed.entries}
    assert read == set(range(MANY - parse._MOST_ENTRIES + 1, MANY + 1))
    assert (feed.title, feed.ttl_s, feed.warning) == ("News", 3600, None), "what stands around them stays"
    assert sizes[0] < len(body) / 4


def atom(number: int, date: str) -> str:
    return f"<entry><id>{number}</id><title>{number}</title><updated>{date}</updated></entry>"


CUT = {
    "undated: the first": (rss([item(n) for n in range(5)]), "012"),
    "few dates say nothing": (rss([item(n, "2026-03-10T10:00:00Z" * (n == 4)) for n in range(5)]), "012"),
    "nonsense for dates": (rss([item(n, "10:00 tomorrow, or so") for n in range(5)]), "012"),
    "impossible dates": (rss([item(n, "0001-01-01T00:00:00+23:59") for n in range(5)]), "012"),
    "Atom": (f"<feed>{''.join(atom(n, f'2026-03-1{n}T00:00:00Z') for n in (3, 0, 2, 1, 4))}</feed>", "324"),
    "CDATA": (f"<feed>{''.join(atom(n, f'<![CDATA[2026-03-1{n}T00:00:00]]>') for n in range(5))}</feed>", "234"),
    "cut off": (rss([item(n) for n in range(5)] + ["<item><title>half an ent"])[:-37], "012"),
}  # fmt: skip


@pytest.mark.parametrize("name", CUT)
def test_what_is_kept(name: str) -> None:
    text, expected = CUT[name]
    kept = longfeeds.shorten(text, 3)
    assert [str(n) for n in range(5) if f">{n}</title>" in kept or f"Entry {n}<" in kept] == sorted(expected)
    order = "".join(sorted(expected, key=lambda n: kept.index(f"{n}</title>")))
    assert order == expected and kept.endswith(text[-6:])


LEFT = {
    "few": rss([item(n) for n in range(3)]),
    "no feed": "<p>" * 9,
    "an entry in another": rss(["<item><title>x</title><item></item></item>"] * 9),
    "never closed": rss(["<item><title>x</title>"] * 9),
    "closed too often": rss(["</item>"] * 9 + [item(1)]),
}


@pytest.mark.parametrize("name", LEFT)
def test_what_is_left_as_it_is(name: str) -> None:
    assert longfeeds.shorten(LEFT[name], 3) == LEFT[name]

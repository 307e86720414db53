"""Feeds with pages on loopback for benchmarks, in a process of its own; prints its port.

    python bench/news_server.py ENTRIES TIME [EVERY_S [DELAY_S]]

Each feed is on one of HOSTS addresses, and so are its pages; one page in EIGHT is about the watch's matter. With
EVERY_S a feed has a new entry so often from TIME on (seconds since 1970). Keeps connections open, knows If-None-Match.
"""

import asyncio
import sys
import time
from email.utils import formatdate
from urllib.parse import urlsplit

import feed_server

HOSTS = 100
EIGHT = 8
COUNTRIES = ("Denmark", "Norway", "Sweden", "Spain", "Portugal", "Latvia", "Lithuania", "Estonia", "Belgium", "Greece")
PADDING = (
    "The ministers met in the capital and spoke of the budget, the roads and the harvest. Officials said that details "
    "remained to be worked out, and that another meeting would be held within the month. "
)
MENU = "<nav>" + "".join(f'<a href="/section/{n}">Section {n}</a>' for n in range(150)) + "</nav>"


def host(number: int) -> str:
    """The address on which a feed and its pages are."""
    return f"127.0.{number % HOSTS // 50}.{number % 50 + 1}"


def is_on_topic(number: int, entry: int) -> bool:
    """Whether a page is about the watch's matter."""
    return (number + entry) % EIGHT == 0


class Site:
    """The feeds and pages."""

    def __init__(self, entries: int, published: float, every_s: float) -> None:
        self._entries, self._published, self._every_s, self.port = entries, published, every_s, 0
        self.delay_s = 0.0  # what a server far away takes

    def newest(self, number: int) -> int:
        """The number of a feed's newest entry; feeds take turns."""
        if not self._every_s:
            return self._entries - 1
        return self._entries + int((time.time() - self._published) / self._every_s + _ahead(number))

    def answer(self, path: str, known: str) -> bytes:
        """A whole HTTP answer."""
        kind, _, rest = urlsplit(path).path.strip("/").partition("/")
        if kind == "feed":
            number = int(rest)
            tag = f'"v{self.newest(number)}"'
            if known == tag:
                return _answer("304 Not Modified", b"", f"ETag: {tag}\r\n")
            return _answer("200 OK", self._feed(number), f"ETag: {tag}\r\nContent-Type: application/rss+xml\r\n")
        if kind == "page":
            number, _, entry = rest.partition("-")
            return _answer("200 OK", page(int(number), int(entry)), "Content-Type: text/html\r\n")
        return _answer("404 Not Found", b"")

    def _feed(self, number: int) -> bytes:
        base = f"http://{host(number)}:{self.port}"
        items = "".join(
            f"<item><guid>f{number}-{n}</guid><title>{title(number, n)}</title><link>{base}/page/{number}-{n}</link>"
            f"<pubDate>{formatdate(self._time_of(number, n))}</pubDate><description>{PADDING}</description></item>"
            for n in range(self.newest(number), self.newest(number) - self._entries, -1)
        )
        return (
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>{number}</title>{items}</channel></rss>'.encode()
        )

    def _time_of(self, number: int, entry: int) -> float:
        return self._published + (entry - self._entries - _ahead(number)) * (self._every_s or 60.0)


def _ahead(number: int) -> float:
    """By which share of a turn a feed is ahead of others."""
    return number % 97 / 97


def title(number: int, entry: int) -> str:
    """A made-up headline."""
    if is_on_topic(number, entry):
        return f"{COUNTRIES[number % 10]} to send {50 * (entry % 20 + 1)} soldiers to Ukraine force ({number}-{entry})"
    return f"Council {number} discusses item {entry}"


def page(number: int, entry: int) -> bytes:
    """A page of about 25 KB, most of it menus, as pages are."""
    lead = f"Report {number}-{entry} of a made-up paper. "
    if is_on_topic(number, entry):
        lead += (
            f"{COUNTRIES[number % 10]} will send {50 * (entry % 20 + 1)} soldiers to Ukraine as part of the coalition "
            "of the willing's force once a ceasefire holds, the government said on Tuesday. "
        )
    body = "".join(f"<p>{lead if n == 0 else ''}Paragraph {n} of {number}-{entry}. {PADDING}</p>" for n in range(12))
    head = title(number, entry)
    html = f'<html lang="en"><head><title>{head}</title></head><body>{MENU}<article><h1>{head}</h1>{body}</article>'
    return f"{html}{MENU}</body></html>".encode()


class Connection(feed_server.Connection):
    """A connection whose answers take their time."""

    def reply(self, answer: bytes) -> None:
        """Write after the site's delay."""
        asyncio.get_running_loop().call_later(self._site.delay_s, self._transport.write, answer)


def _answer(status: str, body: bytes, headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


async def _serve(entries: int, published: float, every_s: float = 0.0, delay_s: float = 0.0) -> None:
    site = Site(entries, published, every_s)
    site.delay_s = delay_s
    hosts = [host(number) for number in range(HOSTS)]
    loop = asyncio.get_running_loop()
    first = await loop.create_server(lambda: Connection(site), hosts[0], 0, backlog=512)
    site.port = first.sockets[0].getsockname()[1]
    await loop.create_server(lambda: Connection(site), hosts[1:], site.port, backlog=512)
    print(site.port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), *(float(word) for word in sys.argv[2:])))

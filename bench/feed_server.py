"""Feeds on loopback for benchmarks, in a process of its own: `python bench/feed_server.py COUNT` prints its port.

Answers from memory, keeps connections open, knows If-None-Match. `/set?validators=0` and `/set?changed=10` switch it;
`/count` says as JSON how many feeds were answered in full and how many with 304 since it was last asked.
"""

import asyncio
import json
import sys
from email.utils import formatdate
from urllib.parse import parse_qs, urlsplit

HOSTS = 50
ENTRIES = 30
_WORDS = "The ministers met in the capital and spoke of the force, its size and the date of its arrival. "


class Site:
    """The feeds, and how they are served at the moment."""

    def __init__(self, count: int) -> None:
        self.validators, self.version = True, [0] * count
        self.counts = {"200": 0, "304": 0}

    def set(self, query: dict[str, list[str]]) -> None:
        """Switch validators, or give the first feeds one more entry."""
        if "validators" in query:
            self.validators = query["validators"][0] == "1"
        for number in range(int(query.get("changed", ["0"])[0])):
            self.version[number] += 1

    def answer(self, path: str, known: str) -> bytes:
        """A whole HTTP answer."""
        parts = urlsplit(path)
        if parts.path == "/set":
            self.set(parse_qs(parts.query))
            return _answer("200 OK", b"")
        if parts.path == "/count":
            counted, self.counts = self.counts, {"200": 0, "304": 0}
            return _answer("200 OK", json.dumps(counted).encode())
        number = int(parts.path.rpartition("/")[2])
        tag = f'"v{self.version[number]}"'
        named = f"ETag: {tag}\r\n" if self.validators else ""
        if self.validators and known == tag:
            self.counts["304"] += 1
            return _answer("304 Not Modified", b"", named)
        self.counts["200"] += 1
        return _answer("200 OK", _feed(number, self.version[number]), named + "Content-Type: application/rss+xml\r\n")


class Connection(asyncio.Protocol):
    """One keep-alive connection; requests have no bodies."""

    def __init__(self, site: Site) -> None:
        self._site, self._held = site, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each whole request."""
        self._held += data
        while b"\r\n\r\n" in self._held:
            head, _, self._held = self._held.partition(b"\r\n\r\n")
            lines = head.decode("latin-1").split("\r\n")
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            self.reply(self._site.answer(lines[0].split()[1], headers.get("if-none-match", "")))

    def reply(self, answer: bytes) -> None:
        """Write at once."""
        self._transport.write(answer)


def _answer(status: str, body: bytes, headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body


def _feed(number: int, version: int) -> bytes:
    items = "".join(
        f"<item><guid>f{number}-{n}</guid><title>Entry {n} of feed {number}</title>"
        f"<link>http://127.0.0.1:9/f{number}/{n}</link><pubDate>{formatdate(1_790_000_000 - 3600 * (60 - n))}</pubDate>"
        f"<description>{_WORDS * 4}</description></item>"
        for n in range(ENTRIES + version - 1, version - 1, -1)
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{number}</title>{items}</channel></rss>'.encode()


async def _serve(count: int) -> None:
    site = Site(count)
    hosts = [f"127.0.0.{number}" for number in range(1, HOSTS + 1)]
    loop = asyncio.get_running_loop()
    first = await loop.create_server(lambda: Connection(site), hosts[0], 0, backlog=512)
    port = first.sockets[0].getsockname()[1]
    await loop.create_server(lambda: Connection(site), hosts[1:], port, backlog=512)
    print(port, flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1])))

"""A small news site on loopback: feeds and pages from items. Serves what it is given, and nothing from the disk."""

import email.utils
import html
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

SUMMARY = 500  # characters; a shorter text stands whole in the feed, as with many real ones


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One page and its announcement."""

    slug: str
    title: str
    text: str  # paragraphs with empty lines between
    published: datetime
    outlet: str
    tier: str = "press"
    page: bytes | None = None  # served as it is; None: made from title and text


class Site:
    """Serves items on 127.0.0.1 while entered: one feed for each outlet."""

    def __init__(self, items: Sequence[Item]) -> None:
        self._pages = {f"/page/{item.slug}": _page(item) for item in items}
        self.outlets = list(dict.fromkeys((item.outlet, item.tier) for item in items))
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self._answer))
        self._server.daemon_threads = True
        self._feeds = {
            f"/feed/{number}": _feed(self.url, outlet, [i for i in items if (i.outlet, i.tier) == (outlet, tier)])
            for number, (outlet, tier) in enumerate(self.outlets)
        }
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def address(self, item: Item) -> str:
        """Where an item's page is."""
        return f"{self.url}/page/{item.slug}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, path: str) -> tuple[str, bytes] | None:
        if path in self._feeds:
            return "application/rss+xml; charset=utf-8", self._feeds[path]
        if path in self._pages:
            return "text/html; charset=utf-8", self._pages[path]
        return None


def _handler(answer: Callable[[str], tuple[str, bytes] | None]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = answer(self.path)
            kind, body = found or ("text/plain; charset=utf-8", b"not found\n")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the demonstration's output is the alerts."""

    return Handler


def _feed(base: str, title: str, items: Sequence[Item]) -> bytes:
    rows = "".join(
        f"<item><guid>{_escape(item.slug)}</guid><title>{_escape(item.title)}</title>"
        f"<link>{base}/page/{_escape(item.slug)}</link><description>{_escape(_summary(item.text))}</description>"
        f"<pubDate>{email.utils.format_datetime(item.published)}</pubDate></item>"
        for item in items
    )
    head = f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>{_escape(title)}</title>'
    return f"{head}<language>en</language>{rows}</channel></rss>".encode()


def _summary(text: str) -> str:
    """The text where it is short, else its first paragraph. HTML inside XML: escaped once here and once by _feed."""
    words = text if len(text) <= SUMMARY else text.partition("\n\n")[0][:SUMMARY]
    return html.escape(words, quote=False)


def _page(item: Item) -> bytes:
    if item.page is not None:
        return item.page
    title = _escape(item.title)
    paragraphs = "".join(f"<p>{_escape(part)}</p>\n" for part in item.text.split("\n\n") if part.strip())
    return (
        f'<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>{title}</title></head>\n'
        f"<body><header><h1>{title}</h1></header>\n<article>{paragraphs}</article></body></html>\n"
    ).encode()


def _escape(text: str) -> str:
    """Escaped for HTML and XML, without the control characters that XML refuses."""
    return html.escape("".join(sign for sign in text if sign >= " " or sign in "\t\n"))

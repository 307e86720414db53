"""A small news site on loopback for whole-way tests: feeds and pages, with conditional GET. Every text is fiction."""

import email.utils
import hashlib
import html
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PLEDGE = (
    "Denmark to send 300 soldiers to Ukraine force",
    "Denmark will send 300 soldiers to Ukraine as part of the coalition of the willing's reassurance force once a "
    "ceasefire holds, Prime Minister Mette Frederiksen said on Tuesday.",
)
REFUSAL = (
    "Italy rules out troops for Ukraine",
    "Italy will not send troops to Ukraine, Foreign Minister Antonio Tajani said on Tuesday after a meeting of the "
    "coalition of the willing.",
)
JOINS = (
    "Malta joins the coalition of the willing",
    "Malta has joined the coalition of the willing for Ukraine, the government in Valletta announced on Tuesday.",
)
CORRECTION = (
    "CORRECTION: Denmark to send 30 soldiers to Ukraine force",
    "An earlier version of this report said that Denmark would send 300 soldiers to Ukraine. Denmark will send 30 "
    "soldiers to Ukraine as part of the coalition of the willing's reassurance force, Prime Minister Mette Frederiksen "
    "said on Tuesday.",
)
WEATHER = ("Rain expected", "Rain is expected over the weekend, and gardens will be glad of it.")
PADDING = (
    "The force is to reassure Ukraine after a ceasefire with Russia. Planners have met several times in recent weeks, "
    "and officials said that details remained to be worked out in the capitals concerned."
)


@dataclass
class Site:
    """Feeds by name, each a list of (slug, title, text); serves them until closed."""

    feeds: dict[str, list[tuple[str, str, str]]] = field(default_factory=dict)
    robots: str = ""
    hits: Counter[str] = field(default_factory=Counter)
    published: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(minutes=10))
    host: str = "127.0.0.1"

    def __post_init__(self) -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer((self.host, 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self.host}:{self._server.server_address[1]}"

    def add(self, feed: str, *articles: tuple[str, str]) -> None:
        """Announce articles (title, text) in a feed."""
        entries = self.feeds.setdefault(feed, [])
        for title, text in articles:
            entries.append((f"{feed}-{len(entries)}", title, text))

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        self.hits[request.path] += 1
        body = self._body(request.path)
        tag = '"' + hashlib.sha256(body).hexdigest()[:16] + '"'
        status = 404 if not body else 304 if request.headers.get("If-None-Match") == tag else 200
        request.send_response(status)
        request.send_header("ETag", tag)
        request.send_header("Content-Type", "text/html" if "/page/" in request.path else "application/rss+xml")
        request.send_header("Content-Length", str(len(body) if status == 200 else 0))
        request.end_headers()
        if status == 200:
            request.wfile.write(body)

    def _body(self, path: str) -> bytes:
        if path == "/robots.txt":
            return self.robots.encode()
        kind, _, name = path.strip("/").partition("/")
        if kind == "feed" and name in self.feeds:
            return self._feed(name).encode()
        if kind == "page":
            for slug, title, text in self.feeds.get(name.rpartition("-")[0], []):
                if slug == name:
                    return _page(title, text).encode()
        return b""

    def _feed(self, name: str) -> str:
        items = "".join(
            f"<item><guid>{slug}</guid><title>{html.escape(title)}</title><link>{self.url}/page/{slug}</link>"
            f"<description>{html.escape(title)}</description>"
            f"<pubDate>{email.utils.format_datetime(self.published)}</pubDate></item>"
            for slug, title, _ in self.feeds[name]
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>'


def _page(title: str, text: str) -> str:
    paragraphs = "".join(f"<p>{html.escape(part)}</p>" for part in (text, PADDING))
    return (
        f'<html lang="en"><head><title>{html.escape(title)}</title></head><body><article>'
        f"<h1>{html.escape(title)}</h1>{paragraphs}</article></body></html>"
    )

"""A news site of named misbehaviours on loopback: each path misbehaves in one way. What becomes of it stands beside it.

`CASES` is the table: name -> (route, a part of the reason that must be stored). An empty reason: the feed is read in
spite of it. Every text is fiction.
"""

import gzip
import io
import json
import time
import zlib
from collections.abc import Iterable
from email.utils import formatdate
from itertools import repeat

from tests import server as srv

ITEM = (
    "<item><guid>g{n}</guid><title>Entry {n}</title><link>http://news.test/{n}</link>"
    "<description>What entry {n} says.</description><pubDate>{date}</pubDate></item>"
)
RSS_TYPE = "application/rss+xml"


def rss(items: str | None = None, *, head: str = "", count: int = 3) -> bytes:
    """A feed with entries of today."""
    date = formatdate(time.time() - 3600)
    entries = "".join(ITEM.format(n=n, date=date) for n in range(count)) if items is None else items
    return (
        f'<?xml version="1.0" encoding="utf-8"?>{head}<rss version="2.0"><channel><title>News</title>'
        f"{entries}</channel></rss>"
    ).encode()


GOOD = rss()


def raw(*pieces: bytes) -> srv.Route:
    """Bytes as they are, in place of an HTTP answer."""
    return lambda request: srv.Response(raw=pieces)


def headed(head: str, body: bytes = GOOD) -> srv.Route:
    """An answer with the head's lines as they are."""
    return raw(b"HTTP/1.1 200 OK\r\n" + head.encode("latin-1") + b"\r\n\r\n" + body)


def page(body: str, *, status: int = 200) -> srv.Route:
    """A web page."""
    text = f"<!DOCTYPE html><html><head><title>Site</title></head><body>{body}</body></html>"
    return lambda request: srv.Response(status=status, headers={"Content-Type": "text/html"}, body=text.encode())


def xml(body: str | bytes) -> srv.Route:
    """A body that claims to be a feed."""
    return srv.content(body, RSS_TYPE)


def drip(head: bytes, piece: bytes) -> srv.Route:
    """A beginning, then a piece now and then for ever: never idle for long, never done."""

    def pieces(request: srv.Request) -> Iterable[bytes]:
        yield head
        while not request.stopped.wait(0.05):
            yield piece

    return lambda request: srv.Response(raw=pieces(request))


def unending(head: bytes, piece: bytes) -> srv.Route:
    """A beginning, then a piece again and again as fast as it goes."""

    def pieces() -> Iterable[bytes]:
        yield head
        yield from repeat(piece)

    return lambda request: srv.Response(raw=pieces())


def counting(request: srv.Request) -> srv.Response:
    """A redirect to a new address each time, for ever."""
    number = int(request.path.rpartition("?")[2] or 0) if "?" in request.path else 0
    return srv.Response(status=302, headers={"Location": f"?{number + 1}"})


def cookie_gate(request: srv.Request) -> srv.Response:
    """Sets a larger cookie at each request and sends the client round again."""
    held = request.headers.get("cookie", "")
    cookie = f"c{len(held)}={'x' * 2000}; Domain=.test"
    return srv.Response(status=302, headers={"Location": request.path, "Set-Cookie": cookie})


def _packed(blank: bytes, megabytes: int, head: bytes = b"") -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = packer.compress(head)
    return body + b"".join(packer.compress(blank * 1_000_000) for _ in range(megabytes)) + packer.flush()


_LAUGHS = (
    '<!DOCTYPE rss [<!ENTITY l0 "ha">' + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)) + "]>"
)
_NESTED_GZIP = gzip.compress(gzip.compress(GOOD))
_FAR = formatdate(4_102_444_800)  # 2100
_PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
_LOGIN = "<form><input name=user><input type=password name=word></form>"
_CYRILLIC = "<item><guid>k</guid><title>Коалиция охочих</title><link>http://news.test/k</link></item>"


def _zip() -> bytes:
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("feed.xml", GOOD)
    return made.getvalue()


_CONNECTIONS: dict[str, tuple[srv.Route, str]] = {
    "reset before any answer": (srv.resetting, "cut off"),
    "closed before any answer": (srv.closing, "cut off"),
    "no answer": (srv.hanging, "no complete answer in time"),
    "a header byte now and then": (drip(b"HTTP/1.1 200 OK\r\nX-A: ", b"a"), "no complete answer in time"),
    "a body byte now and then": (drip(b"HTTP/1.1 200 OK\r\n\r\n", b" "), "no complete answer in time"),
    "a chunk of one byte now and then": (
        drip(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
        "no complete answer in time",
    ),
    "a header without end": (unending(b"HTTP/1.1 200 OK\r\nX-A: ", b"a" * 65536), "does not speak proper HTTP"),
    "headers without end": (unending(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n" * 1000), "does not speak proper HTTP"),
    "'continue' without end": (drip(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 10), "in time"),
    "another protocol": (raw(b"SSH-2.0-OpenSSH_9.6\r\nProtocol mismatch.\r\n\r\n"), "does not speak proper HTTP"),
    "a status that is no number": (raw(b"HTTP/1.1 OK 200\r\n\r\n"), "does not speak proper HTTP"),
    "a header of 1 MB": (headed("X-Big: " + "b" * 1_000_000), "does not speak proper HTTP"),
    "NUL bytes in a header": (headed("X-Nul: a\0b"), "does not speak proper HTTP"),
    "a header that begins another answer": (
        headed("X-A: b\n\nHTTP/1.1 200 OK\nContent-Type: text/html"),
        "",
    ),
    "a length that is no number": (headed("Content-Length: many"), "does not speak proper HTTP"),
    "a negative length": (headed("Content-Length: -5"), "does not speak proper HTTP"),
    "two lengths": (headed("Content-Length: 5\r\nContent-Length: 6"), "does not speak proper HTTP"),
    "a chunk size that is no number": (
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        "does not speak proper HTTP",
    ),
    "chunks that break off": (
        raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfff\r\n<rss"),
        "before its announced length",
    ),
    "reset in the body": (
        lambda request: srv.Response(headers={"Content-Length": "9999"}, body=GOOD, reset=True),
        "cut off",
    ),
    "a body shorter than its length": (srv.short(GOOD), "before its announced length"),
    "a body longer than its length": (headed(f"Content-Length: {len(GOOD) // 2}"), "broken XML"),
}

_BODIES: dict[str, tuple[srv.Route, str]] = {
    "a body without end": (srv.endless, "larger than 5 MB"),
    "a length of 5 GB": (headed("Content-Length: 5000000000"), "larger than 5 MB"),
    "a gzip bomb": (srv.bomb, "larger than 5 MB"),
    "a gzip bomb in an open comment": (
        srv.content(_packed(b" ", 64, GOOD[:90] + b"<!--"), Content_Encoding="gzip"),
        "larger than 5 MB",
    ),
    "gzip in gzip": (srv.content(_NESTED_GZIP, Content_Encoding="gzip, gzip"), "not asked for"),
    "gzip that is not said twice": (srv.content(_NESTED_GZIP, Content_Encoding="gzip"), "another kind, no feed"),
    "gzip that is none": (srv.content(GOOD, Content_Encoding="gzip"), "damaged"),
    "gzip cut in half": (srv.cut_gzip(GOOD * 20), "cut off"),
    "brotli that nobody asked for": (srv.brotli, "not asked for"),
    "an empty 200": (xml(b""), "an empty body"),
    "blanks": (xml(b" \r\n\t" * 1000), "an empty body"),
    "NUL bytes": (xml(b"\0" * 5000), "an empty body"),
    "a feed with NUL bytes inside": (xml(GOOD.replace(b"Entry", b"En\0try")), ""),
    "a picture": (xml(_PNG), "another kind, no feed"),
    "a ZIP archive": (xml(_zip()), "another kind, no feed"),
    "a PDF": (xml(b"%PDF-1.7\n" + bytes(range(256)) * 20), "another kind, no feed"),
    "plain words": (xml(b"Service Unavailable. Try again later."), "plain text, no feed"),
}

_REDIRECTS: dict[str, tuple[srv.Route, str]] = {
    "a redirect to itself": (lambda request: srv.redirect(request.path)(request), "more than 5 redirects"),
    "redirects without end": (counting, "more than 5 redirects"),
    "a cookie that grows at each turn": (cookie_gate, "more than 5 redirects"),
    "a redirect to a private address": (srv.redirect("http://10.0.0.1/feed"), "not public (private)"),
    "a redirect to the cloud's own data": (srv.redirect("http://169.254.169.254/latest/"), "not public (link-local)"),
    "a redirect to a mapped private address": (srv.redirect("http://[::ffff:10.0.0.1]/feed"), "not public"),
    "a redirect to shared address space": (srv.redirect("http://100.64.0.1/"), "not public (carrier-grade NAT)"),
    "a redirect to a file": (srv.redirect("file:///etc/passwd"), "only http and https"),
    "a redirect to a script": (srv.redirect("javascript:alert(1)"), "faulty"),
    "a redirect to nowhere": (srv.redirect(""), "nowhere"),
    "a redirect to a faulty address": (srv.redirect("http://[::bad/"), "faulty"),
    "a redirect to an unknown host": (srv.redirect("http://nowhere.invalid/"), "no host named"),
    "a redirect to a port that is none": (srv.redirect("http://127.0.0.1:99999/"), "faulty"),
}

_STATUSES: dict[str, tuple[srv.Route, str]] = {
    "204 without a body": (srv.status(204), "unexpected answer (204)"),
    "206 for a part": (srv.status(206), "unexpected answer (206)"),
    "300 with a choice": (srv.status(300), "unexpected answer (300)"),
    "304 to a request without conditions": (srv.status(304), "without conditions"),
    "400": (srv.status(400), "(400)"),
    "401": (srv.status(401, WWW_Authenticate='Basic realm="x"'), "asks for a login (401)"),
    "402": (srv.status(402), "asks for payment (402)"),
    "403": (srv.status(403), "refuses access (403)"),
    "404": (srv.status(404), "not found (404)"),
    "410": (srv.status(410), "gone for good (410)"),
    "429, wait an hour": (srv.status(429, Retry_After="3600"), "slow down (429)"),
    "429, wait until a date": (srv.status(429, Retry_After=formatdate(time.time() + 7200)), "slow down (429)"),
    "429, wait a thousand years": (srv.status(429, Retry_After="31536000000"), "slow down (429)"),
    "429, wait for ever, in words": (srv.status(429, Retry_After="never again"), "slow down (429)"),
    "451": (srv.status(451), "legal reasons (451)"),
    "500": (srv.status(500), "failed (500)"),
    "503, wait half an hour": (srv.status(503, Retry_After="1800"), "not available at the moment (503)"),
    "999": (srv.status(999), "failed (999)"),
    "500 with a whole feed": (
        lambda request: srv.Response(status=500, headers={"Content-Type": RSS_TYPE}, body=GOOD),
        "failed (500)",
    ),
}

_PAGES: dict[str, tuple[srv.Route, str]] = {
    "a web page": (page("<h1>Welcome</h1>"), "a web page, not a feed"),
    "a login page": (page(_LOGIN), "asks for a login"),
    "a captcha page": (
        page('<h1>Checking your browser</h1><div class="cf-turnstile"></div>'),
        "asks whether a human reads",
    ),
    "a consent page": (
        page('<div id="onetrust-consent-sdk">We value your privacy<button>Accept all</button></div>'),
        "asks for consent",
    ),
    "a paywall page": (page('<div class="paywall">Subscribe to continue reading</div>'), "asks for a subscription"),
    "a web page that claims to be a feed": (
        xml("<html><body><p>no feed</p></body></html>"),
        "a web page, not a feed",
    ),
}

_DOCUMENTS: dict[str, tuple[srv.Route, str]] = {
    "a billion laughs": (xml(rss(head=_LAUGHS, items="<item><title>&l9;</title></item>")), "could be a bomb"),
    "one entity of much text": (
        xml(rss(head=f'<!DOCTYPE rss [<!ENTITY a "{"a" * 50_000}">]>', items="<item><title>&a;</title></item>" * 900)),
        "could be a bomb",
    ),
    "an entity from a file": (
        xml(rss(head='<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>', items="<title>&x;</title>")),
        "could be a bomb",
    ),
    "a document type from elsewhere": (
        xml(rss(head='<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://10.0.0.1/x.dtd"> %x;]>')),
        "could be a bomb",
    ),
    "elements 100,000 deep": (xml(rss(items="<item>" + "<a>" * 100_000)), "nested hundreds deep"),
    "a tag with 20,000 attributes": (
        xml(rss(items="<item " + " ".join(f'a{n}="1"' for n in range(20_000)) + "/>")),
        "a thousand attributes",
    ),
    "a comment that never ends": (xml(GOOD[:-20] + b"<!--" + b" " * 4_000_000), "broken XML"),
    "CDATA that never ends": (xml(rss(items="<item><title><![CDATA[" + "<b> <br/>" * 12_000)), "broken XML"),
    "cut in the middle": (xml(rss(count=40)[:-3000]), "broken XML"),
    "JSON that is no feed": (srv.content('{"status": "ok"}', "application/json"), "JSON, but no feed"),
    "broken JSON": (srv.content('{"version": "https://jsonfeed.org', "application/json"), "broken JSON"),
    "JSON 100,000 deep": (srv.content("[" * 100_000, "application/json"), "broken JSON"),
    "a JSON number of a million digits": (
        srv.content('{"version":"https://jsonfeed.org/version/1","items":[' + "9" * 1_000_000 + "]}"),
        "broken JSON",
    ),
    "XML that is no feed": (xml("<?xml version='1.0'?><svg><path/></svg>"), "no feed"),
    "a feed without entries": (xml(rss(items="")), "no entries"),
    "entries without dates": (xml(rss(items="<item><title>Undated</title><guid>u</guid></item>")), "no dates"),
    "entries of the year 2100": (xml(rss(items=ITEM.format(n=1, date=_FAR))), "no dates"),
    "entries without anything": (xml(rss(items="<item/>" * 50)), "no entries"),
    "3,000 entries": (xml(rss(count=3000)), ""),
    "a title of 1 MB": (xml(rss(items=ITEM.format(n="x" * 1_000_000, date=formatdate(time.time())))), ""),
    "links that are scripts": (
        xml(rss(items=ITEM.format(n=1, date=formatdate(time.time())).replace("http://news.test/1", "javascript:x()"))),
        "",
    ),
    "windows-1251 that claims to be utf-8": (
        xml(rss(items=_CYRILLIC + ITEM.format(n=1, date=formatdate(time.time()))).decode().encode("cp1251")),
        "",
    ),
    "a wrong type in the header": (srv.content(GOOD, "image/png"), ""),
    "a hundred cookies of 4 kB": (
        headed("\r\n".join(f"Set-Cookie: c{n}={'x' * 900}" for n in range(90)) + f"\r\nContent-Length: {len(GOOD)}"),
        "",
    ),
    "a JSON feed with fields of wrong types": (
        srv.content(
            json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": 5, "items": [None, 3, {"id": [1]}]}),
            "application/feed+json",
        ),
        "no entries",
    ),
}

CASES = _CONNECTIONS | _BODIES | _REDIRECTS | _STATUSES | _PAGES | _DOCUMENTS

# Addresses that misbehave before any path is asked for; " | " between reasons of which either is right.
DOORS = {
    "a certificate of an unknown authority": "certificate is not valid",
    # The server waits for the end of a line; whether the random bytes of the greeting hold one is a matter of chance.
    "plain HTTP where TLS is expected": "no complete answer in time | no secure connection could be made",
    "TLS where plain HTTP is expected": "cut off",
    "a refused connection": "refused the connection",
    "a login in the address of a private host": "not public",
}
REASONS = {name: reason for name, (_, reason) in CASES.items()} | DOORS


def serve(server: srv.TestServer, secure: srv.TestServer) -> dict[str, str]:
    """Put every case on the server; return {name: address}."""
    with srv.TestServer() as gone:
        refused = gone.url
    doors = (
        secure.url + "/",
        server.url.replace("http:", "https:") + "/",
        secure.url.replace("https:", "http:") + "/",
        refused + "/",
        "http://user:word@10.0.0.1/feed",
    )
    paths = {name: server.route(f"/hostile/{n}", route) for n, (name, (route, _)) in enumerate(CASES.items())}
    return paths | dict(zip(DOORS, doors, strict=True))

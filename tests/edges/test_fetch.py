"""The fetcher against a real server that misbehaves in every named way: each ends in a reason, within its limits."""

import asyncio
import hashlib
import ssl
import time
import zlib
from collections.abc import AsyncIterator, Iterator

import httpx
import pytest
import trustme

from monitor import connecting, errors, fetch, types
from tests import server as srv

BODY = b"<rss version='2.0'><channel><title>News</title></channel></rss>"


@pytest.fixture
def server() -> Iterator[srv.TestServer]:
    with srv.TestServer() as running:
        yield running


@pytest.fixture
async def fetcher() -> AsyncIterator[fetch.HttpFetcher]:
    made = fetch.HttpFetcher(user_agent="test/1", allow_private=True)
    yield made
    await made.close()


def request(url: str, **more: object) -> types.FetchRequest:
    return types.FetchRequest(**({"url": url, "total_timeout_s": 5.0, "max_bytes": 1_000_000} | more))


async def failure(fetcher: fetch.HttpFetcher, url: str, **more: object) -> errors.FetchError:
    with pytest.raises(errors.FetchError) as caught:
        await fetcher.fetch(request(url, **more))
    assert caught.value.url == url
    return caught.value


async def test_a_good_answer_comes_with_its_validators_and_hash(server, fetcher):
    url = server.route("/feed", srv.conditional(BODY))
    got = await fetcher.fetch(request(url))
    assert (got.status, got.body, got.etag) == (200, BODY, '"v1"')
    assert got.last_modified == "Tue, 10 Mar 2026 10:00:00 GMT"
    assert got.body_hash == hashlib.sha256(BODY).hexdigest()
    assert got.content_type == "application/rss+xml"
    assert not got.moved_permanently
    assert got.headers["etag"] == '"v1"'


async def test_validators_are_sent_and_304_has_no_body(server, fetcher):
    url = server.route("/feed", srv.conditional(BODY))
    got = await fetcher.fetch(request(url, etag='"v1"', last_modified="x"))
    assert (got.status, got.body, got.body_hash, got.etag) == (304, b"", None, '"v1"')
    sent = server.requests[0].headers
    assert sent["if-none-match"] == '"v1"'
    assert sent["if-modified-since"] == "x"
    assert sent["accept-encoding"] == "gzip, deflate"
    assert sent["user-agent"] == "test/1"


async def test_304_without_conditions_is_a_failure(server, fetcher):
    error = await failure(fetcher, server.route("/odd", srv.status(304)))
    assert "not modified" in error.reason


async def test_gzip_and_both_kinds_of_deflate_are_unpacked(server, fetcher):
    raw = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = {
        "/gzip": srv.gzipped(BODY),
        "/deflate": srv.content(zlib.compress(BODY), Content_Encoding="deflate"),
        "/raw": srv.content(raw.compress(BODY) + raw.flush(), Content_Encoding="deflate"),
    }
    for path, route in packed.items():
        assert (await fetcher.fetch(request(server.route(path, route)))).body == BODY


async def test_several_gzip_members_are_one_body(server, fetcher):
    import gzip

    url = server.route("/two", srv.content(gzip.compress(b"one ") + gzip.compress(b"two"), Content_Encoding="gzip"))
    assert (await fetcher.fetch(request(url))).body == b"one two"


FAILURES = {
    "500": (srv.status(500), "the server failed (500)"),
    "404": (srv.status(404), "not found"),
    "401": (srv.status(401), "login"),
    "gzip cut in half": (srv.cut_gzip(BODY * 50), "cut off"),
    "damaged gzip": (srv.content(b"no gzip at all", Content_Encoding="gzip"), "damaged"),
    "body shorter than its length": (srv.short(BODY), "before its announced length"),
    "body without end": (srv.endless, "larger than"),
    "gzip bomb": (srv.bomb, "larger than"),
    "brotli": (srv.brotli, "not asked for"),
    "connection reset": (srv.resetting, "cut off"),
    "connection closed": (srv.closing, "cut off"),
    "redirect to a file": (srv.redirect("file:///etc/passwd"), "only http and https"),
    "redirect to nowhere": (srv.redirect(""), "nowhere"),
    "redirect to a faulty address": (srv.redirect("http://[::bad/"), "faulty"),
    "redirect loop": (srv.redirect("/bad"), "redirects"),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_failure_ends_in_a_reason(name, server, fetcher):
    route, expected = FAILURES[name]
    began = time.monotonic()
    error = await failure(fetcher, server.route("/bad", route), max_bytes=200_000)
    assert expected in error.reason
    assert not error.gone and not error.offline
    assert time.monotonic() - began < 2
    assert server.hits["/bad"] <= 6


@pytest.mark.parametrize("route", [srv.hanging, srv.dripping], ids=["no answer", "a byte now and then"])
async def test_the_total_time_is_limited(route, server, fetcher):
    began = time.monotonic()
    error = await failure(fetcher, server.route("/slow", route), total_timeout_s=0.3)
    assert "no complete answer in time" in error.reason
    assert time.monotonic() - began < 1


async def test_a_large_announced_length_is_refused_unread(server, fetcher):
    url = server.route("/large", srv.content(b"x" * 3000))
    error = await failure(fetcher, url, max_bytes=1000)
    assert "larger than 0.001 MB" in error.reason


@pytest.mark.parametrize("code", [429, 503])
async def test_retry_after_in_seconds(code, server, fetcher):
    error = await failure(fetcher, server.route("/busy", srv.status(code, Retry_After="3600")))
    assert (error.status, error.retry_after_s) == (code, 3600)


async def test_retry_after_as_a_date_is_taken_against_the_servers_clock(server, fetcher):
    late = srv.status(503, Date="Tue, 10 Mar 2026 10:00:00 GMT", Retry_After="Tue, 10 Mar 2026 10:02:00 GMT")
    assert (await failure(fetcher, server.route("/late", late))).retry_after_s == 120
    odd = srv.status(429, Retry_After="soon")
    assert (await failure(fetcher, server.route("/odd", odd))).retry_after_s is None


async def test_410_is_gone(server, fetcher):
    error = await failure(fetcher, server.route("/gone", srv.status(410)))
    assert error.gone and error.status == 410


async def test_permanent_redirects_are_told_only_when_all_are(server, fetcher):
    server.route("/feed", srv.content(BODY))
    server.route("/b", srv.redirect("/feed", 308))
    server.route("/t", srv.redirect("/feed", 302))
    permanent = await fetcher.fetch(request(server.route("/a", srv.redirect("/b", 301))))
    assert permanent.moved_permanently and permanent.final_url == server.url + "/feed"
    mixed = await fetcher.fetch(request(server.route("/c", srv.redirect("/t", 301))))
    assert not mixed.moved_permanently and mixed.final_url == server.url + "/feed"


async def test_a_cookie_lives_for_one_fetch_only(server, fetcher):
    def gate(request: srv.Request) -> srv.Response:
        if "seen=1" in request.headers.get("cookie", ""):
            return srv.Response(body=BODY)
        return srv.Response(status=302, headers={"Location": "/gate", "Set-Cookie": "seen=1"})

    url = server.route("/gate", gate)
    for _ in range(2):
        assert (await fetcher.fetch(request(url))).body == BODY
    assert ["cookie" in r.headers for r in server.requests] == [False, True, False, True]


async def test_a_redirect_cannot_set_a_login(server, fetcher):
    server.route("/feed", srv.content(BODY))
    target = f"http://user:secret@127.0.0.1:{server.port}/feed"
    got = await fetcher.fetch(request(server.route("/a", srv.redirect(target))))
    assert got.final_url == server.url + "/feed"
    assert "authorization" not in server.requests[-1].headers


async def test_private_addresses_are_refused_before_a_connection(server):
    guarded = fetch.HttpFetcher(user_agent="test")
    for url in (server.url + "/feed", f"http://localhost:{server.port}/feed"):
        error = await failure(guarded, url)
        assert "not public" in error.reason and "loopback" in error.reason
    await guarded.close()
    assert server.requests == []


async def test_each_redirect_is_checked(server):
    """localhost by name is allowed, the number is not: the second hop is refused."""
    named = fetch.HttpFetcher(user_agent="test", allow_private=frozenset({"localhost"}))
    url = f"http://localhost:{server.port}/a"
    server.route("/a", srv.redirect(server.url + "/secret"))
    server.route("/secret", srv.content(b"secret"))
    error = await failure(named, url)
    await named.close()
    assert "not public" in error.reason
    assert server.hits["/secret"] == 0 and server.hits["/a"] == 1


async def test_networks_may_be_allowed(server):
    allowed = fetch.HttpFetcher(user_agent="test", allow_private=frozenset({"127.0.0.0/8"}))
    assert (await allowed.fetch(request(server.route("/feed", srv.content(BODY))))).body == BODY
    await allowed.close()


async def test_a_refused_connection_is_told(fetcher):
    with srv.TestServer() as gone:
        url = gone.url + "/feed"
    error = await failure(fetcher, url)
    assert error.reason == "the server refused the connection" and not error.offline


@pytest.mark.parametrize(
    "url", ["ftp://example.org/x", "file:///etc/passwd", "", "not an address", "http:///x", "http://[bad/"]
)
async def test_what_is_no_web_address_is_refused(url, fetcher):
    assert (await failure(fetcher, url)).reason


async def test_name_failures(fetcher, monkeypatch):
    import socket

    loop = asyncio.get_running_loop()

    async def answer(number: int) -> None:
        raise socket.gaierror(number, "?")

    monkeypatch.setattr(loop, "getaddrinfo", lambda *a, **k: answer(socket.EAI_AGAIN))
    assert (await failure(fetcher, "http://feeds.test/")).offline
    monkeypatch.setattr(loop, "getaddrinfo", lambda *a, **k: answer(socket.EAI_NONAME))
    unknown = await failure(fetcher, "http://feeds.test/")
    assert not unknown.offline and unknown.reason == "there is no host named feeds.test"


async def test_one_host_gets_two_requests_at_a_time(server, fetcher):
    import threading

    now, most, lock = [0], [0], threading.Lock()

    def counted(request: srv.Request) -> srv.Response:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        request.stopped.wait(0.02)
        with lock:
            now[0] -= 1
        return srv.Response(body=BODY)

    url = server.route("/many", counted)
    await asyncio.gather(*(fetcher.fetch(request(f"{url}?{n}")) for n in range(8)))
    assert most[0] == 2
    assert fetcher._hosts == {}


async def test_the_guard_sits_where_the_client_connects(fetcher):
    """httpx has no public way to name it: this fails should an upgrade move the attribute."""
    backend = fetcher._client._transport._pool._network_backend
    assert isinstance(backend, connecting.GuardedBackend)


async def test_https_proves_the_name_though_the_number_is_dialled(fetcher):
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi")
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        error = await failure(fetcher, f"https://localhost:{port}/")
        assert error.reason == "the server's certificate is not valid"
        authority.configure_trust(fetcher._client._transport._pool._ssl_context)
        assert (await fetcher.fetch(request(f"https://localhost:{port}/"))).body == b"hi"
        assert (await failure(fetcher, f"https://127.0.0.1:{port}/")).reason == "the server's certificate is not valid"


FOREIGN = [
    httpx.ReadTimeout("x"),
    httpx.ConnectTimeout("x"),
    httpx.PoolTimeout("x"),
    httpx.ConnectError("x"),
    httpx.ReadError("x"),
    httpx.WriteError("x"),
    httpx.RemoteProtocolError("x"),
    httpx.LocalProtocolError("x"),
    httpx.UnsupportedProtocol("x"),
    httpx.TooManyRedirects("x"),
    httpx.DecodingError("x"),
    httpx.InvalidURL("x"),
    httpx.StreamClosed(),
    TimeoutError(),
    OSError("x"),
    UnicodeError("x"),
]


@pytest.mark.parametrize("foreign", FOREIGN, ids=lambda e: type(e).__name__)
def test_every_foreign_error_is_mapped_without_secrets(foreign):
    asked = types.FetchRequest(url="http://user:secret@example.org/?token=secret")
    with pytest.raises(errors.FetchError) as caught, fetch._mapped(asked):
        raise foreign
    assert caught.value.reason and "secret" not in caught.value.reason

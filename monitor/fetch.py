"""Reads addresses over HTTP: conditional GETs within limits of size, time, redirects and address.

It parses nothing, retries nothing and keeps no state of feeds: when to ask again is schedule.py's business.
"""

import asyncio
import contextlib
import hashlib
import http.cookiejar
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin, urlsplit

import httpx

from monitor import connecting, errors, ports, types, unpacking

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_ACCEPT = "application/rss+xml, application/atom+xml, application/feed+json, application/xml;q=0.9, */*;q=0.8"
_READ_TIMEOUT_S = 20.0
_CONNECT_TIMEOUT_S = 10.0
# Services that ask for a pause between two requests: host -> seconds (GDELT's terms: one request each 5 seconds).
_PAUSES = {"api.gdeltproject.org": 5.0}

_REASONS = {
    400: "the server found the request faulty (400)",
    401: "the server asks for a login (401)",
    402: "the server asks for payment (402)",
    403: "the server refuses access (403)",
    404: "not found (404)",
    406: "the server offers no suitable form (406)",
    410: "gone for good (410)",
    429: "the server asks to slow down (429)",
    451: "withheld for legal reasons (451)",
    503: "the server is not available at the moment (503)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Hop:
    """Where the request stands after some redirects."""

    url: str
    count: int = 0
    all_permanent: bool = True


class HttpFetcher(ports.Fetcher):
    """One HTTP client for the process. `allow_private` is True (tests) or names hosts, addresses or networks."""

    def __init__(
        self,
        *,
        user_agent: str,
        allow_private: frozenset[str] | bool = False,
        max_redirects: int = 5,
        per_host: int = 2,
        concurrency: int = 20,
    ) -> None:
        self._max_redirects = max_redirects
        self._per_host = per_host
        self._hosts: dict[str, tuple[asyncio.Semaphore, int]] = {}
        self._next_start: dict[str, float] = {}
        self._gate = asyncio.Semaphore(concurrency)
        self._client = httpx.AsyncClient(
            transport=connecting.guarded_transport(allow_private, concurrency),
            headers={"User-Agent": user_agent, "Accept": _ACCEPT, "Accept-Encoding": unpacking.ACCEPTED},
            timeout=httpx.Timeout(_READ_TIMEOUT_S, connect=_CONNECT_TIMEOUT_S, pool=None),
            trust_env=False,
            follow_redirects=False,
            # Nothing is remembered between fetches; within one, _Cookies carries what a redirect sets.
            cookies=http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(allowed_domains=[])),
        )

    async def fetch(self, request: types.FetchRequest) -> types.Fetched:
        """Return the answer (200, or 304 to a conditional request); raises errors.FetchError for everything else."""
        with _mapped(request):
            async with self._turn(_host(request.url)):
                # Waiting for a turn costs no time of the request's own: a busy host is no failure.
                async with asyncio.timeout(request.total_timeout_s):
                    return await self._follow(request)

    async def close(self) -> None:
        """Give connections back."""
        await self._client.aclose()

    @contextlib.asynccontextmanager
    async def _turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the host's turn first, so that many feeds of one host take no places from the others."""
        gate, users = self._hosts.get(host, (asyncio.Semaphore(self._per_host), 0))
        self._hosts[host] = (gate, users + 1)
        try:
            async with gate:
                await self._wait_for_pause(host)
                async with self._gate:
                    yield
        finally:
            gate, users = self._hosts.pop(host)
            if users > 1:
                self._hosts[host] = (gate, users - 1)

    async def _wait_for_pause(self, host: str) -> None:
        pause = _PAUSES.get(host)
        if pause is None:
            return
        loop = asyncio.get_running_loop()
        start = max(loop.time(), self._next_start.get(host, 0.0))
        self._next_start[host] = start + pause
        await asyncio.sleep(start - loop.time())

    async def _follow(self, request: types.FetchRequest) -> types.Fetched:
        hop = _Hop(url=request.url)
        cookies = httpx.Cookies()
        while True:
            _check_scheme(hop, request)
            outgoing = self._client.build_request("GET", hop.url, headers=_conditions(request))
            if hop.count:
                cookies.set_cookie_header(outgoing)
            response = await self._client.send(outgoing, stream=True)
            try:
                if response.status_code not in _REDIRECTS:
                    return await _read_answer(request, response, hop)
                cookies.extract_cookies(response)
                hop = self._next_hop(request, response, hop)
            finally:
                await response.aclose()

    def _next_hop(self, request: types.FetchRequest, response: httpx.Response, hop: _Hop) -> _Hop:
        target = response.headers.get("location", "").strip()
        if not target:
            raise errors.FetchError(request.url, "a redirect to nowhere", status=response.status_code)
        if hop.count >= self._max_redirects:
            raise errors.FetchError(
                request.url, f"more than {self._max_redirects} redirects", status=response.status_code
            )
        return _Hop(
            url=_without_login(urljoin(hop.url, target)),
            count=hop.count + 1,
            all_permanent=hop.all_permanent and response.status_code in _PERMANENT,
        )


async def _read_answer(request: types.FetchRequest, response: httpx.Response, hop: _Hop) -> types.Fetched:
    status = response.status_code
    is_conditional = bool(request.etag or request.last_modified)
    if status not in (200, 304) or (status == 304 and not is_conditional):
        raise _status_error(request, response)
    body = b""
    if status == 200:
        body = await unpacking.read_body(
            response.aiter_raw(), url=request.url, headers=response.headers, max_bytes=request.max_bytes
        )
    headers = {name.lower(): value for name, value in response.headers.items()}
    return types.Fetched(
        url=request.url,
        final_url=hop.url,
        status=status,
        body=body,
        content_type=headers.get("content-type", ""),
        etag=headers.get("etag") or (request.etag if status == 304 else None),
        last_modified=headers.get("last-modified") or (request.last_modified if status == 304 else None),
        body_hash=hashlib.sha256(body).hexdigest() if status == 200 else None,
        # A move from https to http is followed, but not remembered: the next poll asks the safe address again.
        moved_permanently=hop.count > 0 and hop.all_permanent and not _is_downgrade(request.url, hop.url),
        headers=headers,
    )


def _status_error(request: types.FetchRequest, response: httpx.Response) -> errors.FetchError:
    status = response.status_code
    if status == 304:
        reason = "answered 'not modified' to a request without conditions (304)"
    elif status in _REASONS:
        reason = _REASONS[status]
    elif status >= 500:
        reason = f"the server failed ({status})"
    else:
        reason = f"unexpected answer ({status})"
    return errors.FetchError(
        request.url,
        reason,
        status=status,
        gone=status == 410,
        retry_after_s=_retry_after(response.headers) if status in (429, 503) else None,
    )


def _retry_after(headers: httpx.Headers) -> float | None:
    """Retry-After in seconds; a date is taken against the server's own clock where it tells it."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])
    moment = _to_timestamp(text)
    if moment is None:
        return None
    return max(0.0, moment - (_to_timestamp(headers.get("date", "")) or time.time()))


def _to_timestamp(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, OverflowError):
        return None


def _conditions(request: types.FetchRequest) -> dict[str, str]:
    conditions = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in conditions.items() if value}


def _check_scheme(hop: _Hop, request: types.FetchRequest) -> None:
    parts = urlsplit(hop.url)
    _ = parts.port  # raises ValueError for a port that is none; asyncio would fail in a way of its own
    if parts.scheme in ("http", "https") and parts.hostname:
        return
    what = "a redirect to" if hop.count else "not a web address:"
    raise errors.FetchError(request.url, f"{what} {parts.scheme[:20] or 'nothing'}: (only http and https are read)")


def _without_login(url: str) -> str:
    """A redirect's own user:password is dropped: a server has no say in what this program logs in as."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _is_downgrade(old: str, new: str) -> bool:
    return old.startswith("https:") and new.startswith("http:")


def pause_of(host: str) -> float:
    """Seconds that a service asks for between two requests, whichever process makes them; mostly none."""
    return _PAUSES.get(host, 0.0)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""


@contextlib.contextmanager
def _mapped(request: types.FetchRequest) -> Iterator[None]:
    """Turn every foreign error into errors.FetchError; the reasons name no address, so no secret in one."""
    url = request.url
    try:
        yield
    except errors.FetchError as error:
        error.url = url
        raise
    except (TimeoutError, httpx.TimeoutException) as error:
        reason = "no connection in time" if isinstance(error, httpx.ConnectTimeout) else "no complete answer in time"
        raise errors.FetchError(url, reason) from error
    except httpx.ConnectError as error:
        raise connecting.to_fetch_error(url, error) from error
    except httpx.RemoteProtocolError as error:
        raise errors.FetchError(url, _protocol_reason(str(error))) from error
    except httpx.NetworkError as error:
        raise errors.FetchError(url, "the connection was cut off") from error
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, ValueError) as error:
        raise errors.FetchError(url, f"the address or answer is faulty ({type(error).__name__})") from error
    except OSError as error:
        raise errors.FetchError(url, "the network failed") from error


def _protocol_reason(text: str) -> str:
    if "without sending complete" in text or "incomplete" in text:
        return "the body ended before its announced length"
    if "without sending a response" in text:
        return "the connection was cut off"
    if "location header" in text:
        return "a redirect to a faulty address"
    return "the server does not speak proper HTTP"

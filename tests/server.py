"""A real HTTP server on loopback that behaves, or misbehaves in named ways; each path is a function. Keeps requests."""

import gzip
import socket
import socketserver
import ssl
import struct
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import repeat

CRLF = b"\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a client asked."""

    method: str
    path: str  # with its query
    headers: dict[str, str]  # lower-case names
    stopped: threading.Event  # set when the server closes: slow routes wait on it instead of sleeping
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """What the server sends. Length and truth of the headers are the route's own business where it sets them."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | Iterable[bytes] = b""
    reset: bool = False  # cut the connection by RST after what was sent
    silent: bool = False  # send nothing at all, not even a status
    raw: Iterable[bytes] | None = None  # what goes over the line in place of a status, headers and a body


Route = Callable[[Request], Response]


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up early is what many tests are about."""


class TestServer:
    """`with TestServer() as server: server.route("/feed", text(RSS)); get(server.url + "/feed")`."""

    __test__ = False  # no test class

    def __init__(self, routes: dict[str, Route] | None = None, tls: ssl.SSLContext | None = None) -> None:
        self.routes: dict[str, Route] = dict(routes or {})
        self.requests: list[Request] = []
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                outer._handle(self)

        self._scheme = "https" if tls else "http"
        self._server = _Server(("127.0.0.1", 0), Handler)
        if tls:
            # The handshake belongs to the connection's own thread: one that never ends must not stop the server.
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def __enter__(self) -> "TestServer":
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def port(self) -> int:
        """The port on 127.0.0.1."""
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def hits(self) -> Counter[str]:
        """How often each path was asked for."""
        with self._lock:
            return Counter(request.path.partition("?")[0] for request in self.requests)

    def route(self, path: str, answer: Route) -> str:
        """Serve `answer` at `path`; return the whole address."""
        self.routes[path] = answer
        return self.url + path

    def close(self) -> None:
        """Stop serving; routes that drip or hang end."""
        self._stopped.set()
        self._server.shutdown()
        self._server.server_close()

    def _handle(self, handler: socketserver.StreamRequestHandler) -> None:
        request = self._read(handler)
        if request is None:
            return
        with self._lock:
            self.requests.append(request)
        route = self.routes.get(request.path.partition("?")[0], lambda _: Response(status=404))
        self._answer(handler, route(request))

    def _read(self, handler: socketserver.StreamRequestHandler) -> Request | None:
        line = handler.rfile.readline(65536).decode("latin-1").split()
        if len(line) < 2:
            return None
        headers: dict[str, str] = {}
        while (text := handler.rfile.readline(65536).decode("latin-1").strip()) != "":
            name, _, value = text.partition(":")
            headers[name.strip().lower()] = value.strip()
        body = handler.rfile.read(int(headers.get("content-length", "0")))
        return Request(method=line[0], path=line[1], headers=headers, stopped=self._stopped, body=body)

    def _answer(self, handler: socketserver.StreamRequestHandler, response: Response) -> None:
        for piece in response.raw or ():
            if self._stopped.is_set():
                break
            handler.wfile.write(piece)
        if not response.silent and response.raw is None:
            body = response.body
            headers = {"Connection": "close"} | response.headers
            if isinstance(body, bytes) and response.status != 304:
                headers.setdefault("Content-Length", str(len(body)))
            head = [f"HTTP/1.1 {response.status} Test", *(f"{name}: {value}" for name, value in headers.items())]
            handler.wfile.write("\r\n".join(head).encode("latin-1") + CRLF + CRLF)
            for piece in [body] if isinstance(body, bytes) else body:
                if self._stopped.is_set():
                    break
                handler.wfile.write(piece)
        if response.reset:
            linger = struct.pack("ii", 1, 0)  # RST in place of FIN
            handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            # The handler's own shutdown() would send a FIN first.
            handler.connection.close()


# ------------------------------------------------------------------ good manners


def content(body: bytes | str, content_type: str = "application/rss+xml", **headers: str) -> Route:
    """200 with a body; further headers by keyword (underscores become dashes)."""
    data = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": content_type} | {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: Response(headers=named, body=data)


def conditional(body: bytes | str, etag: str = '"v1"', last_modified: str = "Tue, 10 Mar 2026 10:00:00 GMT") -> Route:
    """200 with validators, and 304 to whom sends one of them back."""
    data = body.encode() if isinstance(body, str) else body
    named = {"Content-Type": "application/rss+xml", "ETag": etag, "Last-Modified": last_modified}

    def answer(request: Request) -> Response:
        known = request.headers.get("if-none-match") == etag
        known = known or request.headers.get("if-modified-since") == last_modified
        return Response(status=304, headers=named) if known else Response(headers=named, body=data)

    return answer


def status(code: int, **headers: str) -> Route:
    """An empty answer with a status; headers by keyword (Retry_After="120")."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda request: Response(status=code, headers=named, body=b"sorry")


def redirect(target: str, code: int = 302) -> Route:
    """A redirect to any target, well-formed or not."""
    return lambda request: Response(status=code, headers={"Location": target})


def gzipped(body: bytes | str, content_type: str = "application/rss+xml") -> Route:
    """A proper gzip answer."""
    data = gzip.compress(body.encode() if isinstance(body, str) else body)
    return content(data, content_type, Content_Encoding="gzip")


# ------------------------------------------------------------------ misbehaviours


def hanging(request: Request) -> Response:
    """Accepts the request and never answers."""
    request.stopped.wait(30)
    return Response(silent=True)


def dripping(request: Request) -> Response:
    """A byte now and then, for ever: never idle for long, never done."""

    def drip() -> Iterable[bytes]:
        while not request.stopped.wait(0.05):
            yield b"."

    return Response(body=drip())


def endless(request: Request) -> Response:
    """A body without end, as fast as it goes."""
    return Response(headers={"Content-Type": "application/rss+xml"}, body=repeat(b" " * 65536))


def bomb(request: Request) -> Response:
    """64 MB of blanks in 64 kB of gzip, with an honest length."""
    return Response(headers={"Content-Encoding": "gzip", "Content-Type": "application/rss+xml"}, body=_BOMB)


def cut_gzip(body: bytes) -> Route:
    """Half of a gzip body, with the length of that half."""
    data = gzip.compress(body)
    return content(data[: len(data) // 2], Content_Encoding="gzip")


def short(body: bytes) -> Route:
    """A body that ends before its announced length."""
    return lambda request: Response(headers={"Content-Length": str(len(body) + 100)}, body=body)


def resetting(request: Request) -> Response:
    """The connection is reset before any answer."""
    return Response(silent=True, reset=True)


def closing(request: Request) -> Response:
    """The connection is closed before any answer."""
    return Response(silent=True)


def brotli(request: Request) -> Response:
    """Packed in a way that nobody asked for."""
    return Response(headers={"Content-Encoding": "br"}, body=b"\x8b\x01\x80abc\x03")


def _make_bomb() -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join(packer.compress(b" " * 1_000_000) for _ in range(64)) + packer.flush()


_BOMB = _make_bomb()

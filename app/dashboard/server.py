"""Listens: the application behind uvicorn, inside the service's loop or alone. The port is bound before it is told."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import structlog
import uvicorn

from app.dashboard import application, context
from monitor import errors

log = structlog.get_logger("dashboard")

_STOP_S = 2  # what is being answered at the end has this long


class _Server(uvicorn.Server):
    """Leaves signals to the service."""

    @contextlib.contextmanager
    def capture_signals(self):  # type: ignore[no-untyped-def]
        """The service ends the server; a second handler would end it twice."""
        yield


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; raises errors.SettingsError where the address can't be had."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        # Named as TCP, or asyncio leaves Nagle's algorithm on and an answer waits 40 ms for an acknowledgement.
        listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)  # who is told the address may ask at once, before uvicorn has set up
    except OSError as error:
        raise errors.SettingsError(
            "CW_HTTP_PORT", f"the dashboard can't listen on {host}:{port} ({error.strerror})", "8643, or 0 for none"
        ) from error
    return listener


@contextlib.asynccontextmanager
async def serving(around: context.Context) -> AsyncIterator[str]:
    """Serve while the block runs; gives the address."""
    host, port = around.settings.http_host, around.settings.http_port
    listener = bind(host, port)
    address = f"http://{f'[{host}]' if ':' in host else host}:{listener.getsockname()[1]}/"
    config = uvicorn.Config(
        application.create_app(around),
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        proxy_headers=False,  # who is connected must be who is connected: access.py decides whom to believe
        timeout_graceful_shutdown=_STOP_S,
        limit_concurrency=200,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listener]), name="dashboard")
    log.info("dashboard", address=address)
    try:
        yield address
    finally:
        server.should_exit = True
        with contextlib.suppress(asyncio.CancelledError):
            await task
        listener.close()

"""The dashboard beside the service, or alone over its database."""

import asyncio
import contextlib
import dataclasses
import signal
from collections.abc import AsyncIterator, Callable, Sequence

import structlog

from app import settings as app_settings
from app import tallies, wiring
from monitor import errors

log = structlog.get_logger("service")


@contextlib.asynccontextmanager
async def serving(
    base: wiring.Base,
    counted: tallies.Tallies,
    others: Sequence[tuple[wiring.Base, tallies.Tallies]] = (),
    on_hint: Callable[[], None] = lambda: None,
) -> AsyncIterator[None]:
    """The dashboard beside the service, where it is on. Without its port the watch goes on: alerts matter more."""
    if not base.settings.http_port:
        yield
        return
    from app.dashboard import server  # a second of imports that a service without a dashboard does not need

    async with contextlib.AsyncExitStack() as stack:
        try:
            further = tuple(
                dataclasses.replace(wiring.dashboard_context(one, its), on_hint=on_hint) for one, its in others
            )
            around = dataclasses.replace(wiring.dashboard_context(base, counted), others=further, on_hint=on_hint)
            await stack.enter_async_context(server.serving(around))
        except errors.SettingsError as error:
            log.warning("no_dashboard", reason=str(error))
        yield


async def serve(settings: app_settings.Settings) -> int:
    """Serve the dashboard alone over the database, until SIGTERM or SIGINT."""
    from app.dashboard import server

    if not settings.http_port:
        raise errors.SettingsError("CW_HTTP_PORT", "0 switches the dashboard off, so there is nothing to serve", "8642")
    bases = wiring.open_bases(settings, seed=False)
    first, *further = [wiring.dashboard_context(base) for base in bases]
    stopping = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopping.set)
    try:
        async with server.serving(dataclasses.replace(first, others=tuple(further))):
            await stopping.wait()
        return 0
    finally:
        for base in bases:
            base.close()

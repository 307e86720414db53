"""The dashboard on a real socket, in a thread of its own: for browsers and other programs."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from app.dashboard import server
from storage import store
from tests.dashboard import filled


@contextmanager
def served(stores: store.Stores) -> Iterator[str]:
    """The address, without a slash at its end."""
    free = server.bind("127.0.0.1", 0)
    port = str(free.getsockname()[1])
    free.close()
    ready, stop = threading.Event(), threading.Event()

    async def serve() -> None:
        async with server.serving(filled.around(stores, http_port=port)):
            ready.set()
            while not stop.is_set():
                await asyncio.sleep(0.05)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(20)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        stop.set()
        thread.join(20)

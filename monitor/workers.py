"""CPU work in other processes within limits of time and memory: a hostile page ends its worker, never the program.

Knows nothing of what is run. Functions and arguments must be picklable; workers are started afresh (no fork).
"""

import asyncio
import concurrent.futures
import contextlib
import gc
import multiprocessing
import multiprocessing.context
import os
import tempfile
import threading
from collections.abc import Callable
from typing import Any, TypeVar

import pebble

from monitor import errors

T = TypeVar("T")

_TASKS_PER_WORKER = 500  # text extraction's caches grow; a new process is cheaper than their care
_PRELOAD = ("monitor.parse", "monitor.extract")  # imported once, so that a replaced worker starts in a moment
_STOP_TIMEOUT_S = 5
_LONGEST_SOCKET_FOLDER = 70  # bytes; 108 less what multiprocessing adds (sun_path, unix(7))


class WorkerPool:
    """A bounded number of worker processes. They start with the first task, and `initializer` runs once in each."""

    def __init__(
        self,
        max_workers: int = 2,
        timeout_s: float = 15.0,
        memory_mb: int = 1024,
        *,
        initializer: Callable[..., object] | None = None,
        initargs: tuple[object, ...] = (),
    ) -> None:
        self._max_workers, self._timeout_s = max_workers, timeout_s
        self._setup = (memory_mb, initializer, initargs)
        self._context = _start_context()
        self._pool: pebble.ProcessPool | None = None
        self._lock = threading.Lock()
        self._closed = False

    async def run(self, function: Callable[..., T], /, *args: object, timeout_s: float | None = None) -> T:
        """Return function(*args); raises errors.ExtractError when a limit ends it or it fails with a foreign error.

        `timeout_s` stands in for the pool's own limit.
        """
        limit = timeout_s or self._timeout_s
        subject = next((arg for arg in args if isinstance(arg, str) and arg.startswith("http")), "")
        future: Any = self._ready_pool().schedule(function, args=args, timeout=limit)
        try:
            result: T = await asyncio.wrap_future(future)
        except errors.WatchError:
            raise
        except TimeoutError as error:
            raise errors.ExtractError(subject, f"took longer than {limit:g} s") from error
        except concurrent.futures.BrokenExecutor as error:
            raise errors.ExtractError(subject, "the workers could not start, or were closed") from error
        except (MemoryError, pebble.ProcessExpired) as error:
            raise errors.ExtractError(subject, _end_reason(error)) from error
        except Exception as error:  # a job boundary: what a hostile page provokes in a library is that page's failure
            raise errors.ExtractError(subject, f"could not be read ({type(error).__name__})") from error
        return result

    def close(self) -> None:
        """End the workers, whatever they do."""
        with self._lock:
            self._closed = True
            pool, self._pool = self._pool, None
        _stop(pool)

    def _ready_pool(self) -> pebble.ProcessPool:
        with self._lock:
            if self._closed:
                raise errors.ExtractError("", "the workers have been closed")
            if self._pool is None or not self._pool.active:
                _stop(self._pool)
                self._pool = pebble.ProcessPool(
                    max_workers=self._max_workers,
                    max_tasks=_TASKS_PER_WORKER,
                    initializer=_prepare_worker,
                    initargs=self._setup,
                    context=self._context,
                )
            return self._pool


def _start_context() -> multiprocessing.context.BaseContext:
    """A way to start processes that is safe beside threads and a running loop."""
    # The fork server listens on a socket in the folder for temporary files, whose path has a limit of its own.
    too_long = len(os.fsencode(tempfile.gettempdir())) > _LONGEST_SOCKET_FOLDER
    if "forkserver" not in multiprocessing.get_all_start_methods() or too_long:
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_PRELOAD))
    return context


def _prepare_worker(memory_mb: int, initializer: Callable[..., object] | None, initargs: tuple[object, ...]) -> None:
    if initializer is not None:
        initializer(*initargs)
    gc.freeze()  # what is loaded stays: no collection need look through it again
    _limit_memory(memory_mb)


def _limit_memory(memory_mb: int) -> None:
    """Where the system can: memory asked for beyond the limit raises MemoryError, or ends the worker."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource  # not on Windows

        limit = memory_mb * 1024 * 1024
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        ceiling = limit if hard == resource.RLIM_INFINITY else min(limit, hard)
        resource.setrlimit(resource.RLIMIT_AS, (ceiling, hard))


def _end_reason(error: BaseException) -> str:
    return "needed too much memory" if isinstance(error, MemoryError) else "its worker died (memory?)"


def _stop(pool: pebble.ProcessPool | None) -> None:
    if pool is None:
        return
    pool.stop()  # type: ignore[no-untyped-call]
    with contextlib.suppress(TimeoutError, RuntimeError):
        pool.join(timeout=_STOP_TIMEOUT_S)

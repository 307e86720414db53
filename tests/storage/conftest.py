"""Stores for each test: in memory, or in a file of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from storage import database, store

Opener = Callable[[], store.Stores]


@pytest.fixture
def stores() -> Iterator[store.Stores]:
    opened = store.open_stores("sqlite://")
    yield opened
    opened.database.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "watch.db"


@pytest.fixture
def open_file(file: Path) -> Iterator[Opener]:
    """Opens the same file as often as asked; gives a locked one up soon."""
    yield from _opener(file, 50)


@pytest.fixture
def open_patient(file: Path) -> Iterator[Opener]:
    """Opens the same file as often as asked; waits for locks as the program does."""
    yield from _opener(file, database.BUSY_TIMEOUT_MS)


def _opener(file: Path, busy_timeout_ms: int) -> Iterator[Opener]:
    opened: list[store.Stores] = []

    def open_one() -> store.Stores:
        opened.append(store.open_stores(f"sqlite:///{file}", busy_timeout_ms=busy_timeout_ms))
        return opened[-1]

    yield open_one
    for one in opened:
        one.database.close()

"""Stores for each test: in memory, or in a file of its own.

With STORAGE_TEST_URL=postgresql+psycopg://... what runs in memory runs there instead, in a schema of its own each.
"""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import database, store

Opener = Callable[[], store.Stores]


@pytest.fixture
def stores() -> Iterator[store.Stores]:
    server = os.environ.get("STORAGE_TEST_URL")
    with _scratch_schema(server) if server else nullcontext("sqlite://") as url:
        opened = store.open_stores(url)
        yield opened
        opened.database.close()


@contextmanager
def _scratch_schema(server: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    engine = sa.create_engine(server)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"CREATE SCHEMA {name}")
    url = sa.make_url(server).update_query_dict({"options": f"-csearch_path={name}"})
    yield url.render_as_string(hide_password=False)
    with engine.begin() as connection:
        connection.exec_driver_sql(f"DROP SCHEMA {name} CASCADE")
    engine.dispose()


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

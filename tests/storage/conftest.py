"""Stores for each test: in memory and on a PostgreSQL, or in a file of its own.

The PostgreSQL is started where its programs are installed; STORAGE_TEST_URL=postgresql+psycopg://... names another.
"""

import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from storage import database, schema, store
from tests import postgres

Opener = Callable[[], store.Stores]


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """A PostgreSQL with the schema in it: the one that STORAGE_TEST_URL names, else one of the tests' own."""
    reason = postgres.why_not()
    if reason is not None:
        pytest.skip(reason)
    named = os.environ.get("STORAGE_TEST_URL")
    with _scratch_schema(named) if named else _own_server() as url:
        store.open_stores(url).database.close()
        yield url


@contextmanager
def _own_server() -> Iterator[str]:
    with postgres.running() as server:
        yield server.url


@pytest.fixture(params=["sqlite", "postgresql"])
def stores(request: pytest.FixtureRequest) -> Iterator[store.Stores]:
    """The same contract for both: SQLite in memory, and an emptied PostgreSQL."""
    if request.param == "sqlite":
        opened = store.open_stores("sqlite://")
    else:
        opened = store.open_stores(request.getfixturevalue("server_url"))
        with opened.database.write() as connection:
            tables = ", ".join(schema.metadata.tables)
            connection.exec_driver_sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
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

"""For every test: an environment without the program's settings, and no connection to anything but this machine.

What is the same for all is made once in a process: the shipped data as values, and the schema of a new database.
"""

import functools
import ipaddress
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from monitor import baseline, watch
from monitor.ledger import rules
from storage import database

# Names that no resolver knows by definition (RFC 2606, RFC 6761): asking for them is no attempt to leave the machine.
RESERVED = (".invalid", ".test", ".example", "example.com", "example.org", "example.net")
LOCAL_NAMES = ("", "localhost", "ip6-localhost", socket.gethostname())
_attempts: list[str] = []


def is_local(host: object) -> bool:
    """Whether a host, as given to connect or getaddrinfo, is this machine."""
    if host is None:
        return True
    name = (host.decode() if isinstance(host, bytes) else str(host)).rstrip(".").lower()
    if name in LOCAL_NAMES or name.endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return address.is_loopback or address.is_unspecified


def _refuse(what: str) -> None:
    _attempts.append(what)
    raise ConnectionRefusedError(f"tests reach nothing but this machine: {what}")


@pytest.fixture(scope="session", autouse=True)
def _guard_sockets() -> Iterator[None]:
    connect, connect_ex, resolve = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(sock: socket.socket, address: object) -> None:
        if sock.family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple) and not is_local(address[0]):
            _refuse(f"connect to {address[0]}")

    def guarded_connect(self: socket.socket, address: object) -> None:
        check(self, address)
        connect(self, address)  # type: ignore[arg-type]

    def guarded_connect_ex(self: socket.socket, address: object) -> int:
        check(self, address)
        return connect_ex(self, address)  # type: ignore[arg-type]

    def guarded_resolve(host: object, *args: object, **kwargs: object) -> object:
        if not is_local(host):
            name = (host.decode() if isinstance(host, bytes) else str(host)).rstrip(".").lower()
            if name.endswith(RESERVED):
                raise socket.gaierror(socket.EAI_NONAME, f"tests resolve no names: {name}")
            if not _is_address(name):
                _refuse(f"resolve {name}")
        return resolve(host, *args, **kwargs)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_resolve)
        yield


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True


@pytest.fixture(autouse=True)
def network_attempts() -> Iterator[list[str]]:
    """What this test tried to reach; the test fails when anything is left in it, even if the program hid the error."""
    _attempts.clear()
    yield _attempts
    assert not _attempts, f"the test tried to leave this machine: {_attempts}"


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings of the machine that runs the tests must not reach them; nor must colours forced on for a terminal."""
    for name in os.environ:
        if name.upper().startswith("CW_") or name in ("FORCE_COLOR", "GITHUB_ACTIONS", "PY_COLORS"):
            monkeypatch.delenv(name)


# ---------------------------------------------------------------- the long ones first

LONG = (
    "tests/way/", "tests/virtual/", "tests/dashboard/test_dashboard_browser", "tests/edges/test_hostile",
    "tests/app/test_demo",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long is marked, and begun first, so that at the end no process waits for another's last file."""
    for item in items:
        if item.nodeid.startswith(LONG):
            item.add_marker("long")
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))  # stable: each file's order stays


# ---------------------------------------------------------------- made once


def pytest_configure() -> None:
    """Before the tests are collected, for some modules load data when they are imported."""
    for module, name in (
        (watch, "load_watch"),
        (watch, "load_feeds"),
        (baseline, "load_baseline"),
        (rules, "load_rules"),
    ):
        setattr(module, name, _read_once(getattr(module, name)))
    database._upgrade = _lay_once(database._upgrade)


_read: dict[object, object] = {}  # what was loaded, by loader and arguments


def _read_once(load: Callable[..., Any]) -> Callable[..., Any]:
    """A loader that reads each shipped file once; the values are frozen. Files of a test's own are always read."""

    def to_key(value: object) -> object:
        if isinstance(value, Path):
            return value if value.is_relative_to(watch.SEEDS) else None
        known = value is None or isinstance(value, str) or any(value is one for one in _read.values())
        return (type(value), value if isinstance(value, str) else id(value)) if known else None

    @functools.wraps(load)
    def loaded(*args: object, **named: object) -> Any:
        key = (load, *map(to_key, args), *((name, to_key(value)) for name, value in sorted(named.items())))
        if None in key or any(part[1] is None for part in key[1 + len(args) :]):
            return load(*args, **named)
        if key not in _read:
            _read[key] = load(*args, **named)
        return _read[key]

    return loaded


def _lay_once(upgrade: Callable[[sa.Connection], None]) -> Callable[[sa.Connection], None]:
    """The migrations run on the first new SQLite database; what they make is laid into the others as it stands."""
    laid: list[tuple[str, tuple[object, ...]]] = []

    def migrate(connection: sa.Connection) -> None:
        if connection.dialect.name != "sqlite" or connection.exec_driver_sql("SELECT 1 FROM sqlite_master").first():
            upgrade(connection)
        elif laid:
            for statement, values in laid:
                connection.exec_driver_sql(statement, values)
        else:
            upgrade(connection)
            laid.extend(_to_statements(connection))

    return migrate


def _to_statements(connection: sa.Connection) -> Iterator[tuple[str, tuple[object, ...]]]:
    """What makes a database with the same schema and rows; a full-text table brings the tables that it stands on."""
    made = connection.exec_driver_sql("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL").all()
    virtual = tuple(f"{name}_" for _, name, sql in made if sql.upper().startswith("CREATE VIRTUAL"))
    for kind, name, sql in made:
        if kind == "table" and virtual and name.startswith(virtual):
            continue
        yield sql, ()
        if kind == "table" and not sql.upper().startswith("CREATE VIRTUAL"):
            for row in connection.exec_driver_sql(f'SELECT * FROM "{name}"').all():
                yield f'INSERT INTO "{name}" VALUES ({", ".join("?" * len(row))})', tuple(row)

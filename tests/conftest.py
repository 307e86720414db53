"""For every test: an environment without the program's settings, and no connection to anything but this machine."""

import ipaddress
import os
import socket
from collections.abc import Iterator

import pytest

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

"""The guards of conftest.py do guard: no test reads this machine's settings or reaches another machine."""

import os
import socket

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "8.8.8.8", "2001:db8::1"])
def test_a_connection_to_another_machine_is_refused_and_remembered(host: str, network_attempts: list[str]) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as sock, pytest.raises(ConnectionRefusedError, match="nothing but this machine"):
        sock.connect((host, 80))
    assert network_attempts == [f"connect to {host}"]
    network_attempts.clear()


def test_a_public_name_is_not_resolved(network_attempts: list[str]) -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.getaddrinfo("www.gov.uk", 443)
    assert network_attempts == ["resolve www.gov.uk"]
    network_attempts.clear()


def test_a_reserved_name_is_unknown_without_being_an_attempt(network_attempts: list[str]) -> None:
    with pytest.raises(socket.gaierror):
        socket.getaddrinfo("feeds.invalid", 443)
    assert network_attempts == []


def test_this_machine_may_be_reached() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as client:
        assert client.getpeername() == server.getsockname()


def test_no_setting_of_this_machine_reaches_a_test() -> None:
    assert [name for name in os.environ if name.startswith("CW_")] == []

"""Connects only to addresses that addresses.py allows: resolves, checks each address, connects to the checked one.

So a name cannot change its address between check and use, and every redirect is checked on its way. TLS still proves
the name, since only the TCP connection is made to the number.
"""

import asyncio
import contextlib
import errno
import ipaddress
import socket
import ssl
from collections.abc import Iterable, Iterator
from itertools import zip_longest

import httpcore
import httpx

from monitor import addresses, errors

_OFFLINE_ERRNOS = frozenset({errno.ENETUNREACH, errno.ENETDOWN})
_MOST_TRIES = 4
_KEPT_OPEN = 4  # the pool looks at each idle connection at each request, and hosts are many: few are ever used again
_Options = Iterable[httpcore.SOCKET_OPTION] | None


def guarded_transport(allow_private: frozenset[str] | bool, concurrency: int) -> httpx.AsyncHTTPTransport:
    """A transport whose every connection is checked."""
    transport = httpx.AsyncHTTPTransport(
        trust_env=False,
        limits=httpx.Limits(max_connections=concurrency, max_keepalive_connections=min(_KEPT_OPEN, concurrency)),
    )
    # httpx 0.28 has no public way to name a backend; a test pins this attribute.
    transport._pool._network_backend = GuardedBackend(allow_private)
    return transport


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """Opens TCP connections to allowed addresses only."""

    def __init__(self, allow_private: frozenset[str] | bool) -> None:
        self._allow = allow_private
        self._backend = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: _Options = None,
    ) -> httpcore.AsyncNetworkStream:
        found = await asyncio.wait_for(_resolve(host, port), timeout)
        tries = self._allowed(host, found)
        share = None if timeout is None else timeout / len(tries)
        for address in tries[:-1]:
            try:
                return await self._backend.connect_tcp(address, port, share, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue  # the name has further addresses
        return await self._backend.connect_tcp(tries[-1], port, share, local_address, socket_options)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: _Options = None
    ) -> httpcore.AsyncNetworkStream:
        raise errors.FetchError(path, "local sockets are not read")

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def _allowed(self, host: str, found: list[str]) -> list[str]:
        refused = {address: self._refusal(host, address) for address in found}
        allowed = [address for address in found if refused[address] is None]
        if not allowed:
            why = ", ".join(sorted({reason for reason in refused.values() if reason}))
            raise errors.FetchError(host, f"refused: {host} is at an address that is not public ({why})")
        return _mix_families(allowed)[:_MOST_TRIES]

    def _refusal(self, host: str, address: str) -> str | None:
        if self._allow is True:
            return None
        if self._allow and addresses.is_listed(host, address, self._allow):
            return None
        return addresses.refusal(address)


async def _resolve(host: str, port: int) -> list[str]:
    with contextlib.suppress(ValueError):
        return [str(ipaddress.ip_address(host))]  # nothing to look up
    loop = asyncio.get_running_loop()
    try:
        infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        # "No such name" is an answer, so there is a network; all else means that the resolver can't be asked.
        if error.errno == socket.EAI_NONAME:
            raise errors.FetchError(host, f"there is no host named {host}") from error
        raise errors.FetchError(host, f"the name {host} could not be looked up", offline=True) from error
    except UnicodeError as error:
        raise errors.FetchError(host, "not a valid host name") from error
    found = list(dict.fromkeys(str(info[4][0]) for info in infos))
    if not found:
        raise errors.FetchError(host, f"the host {host} has no address")
    return found


def _mix_families(found: list[str]) -> list[str]:
    """Alternate IPv4 and IPv6, so that a broken one of the two costs one try."""
    first = [address for address in found if (":" in address) == (":" in found[0])]
    second = [address for address in found if address not in first]
    return [address for pair in zip_longest(first, second) for address in pair if address is not None]


def to_fetch_error(url: str, error: httpx.ConnectError) -> errors.FetchError:
    """A failed connection in plain words."""
    causes = list(_causes(error))
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        return errors.FetchError(url, "the server's certificate is not valid")
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return errors.FetchError(url, "no secure connection could be made")
    numbers = {cause.errno for cause in causes if isinstance(cause, OSError)}
    if numbers & _OFFLINE_ERRNOS:
        return errors.FetchError(url, "the network is not reachable", offline=True)
    if errno.ECONNREFUSED in numbers:
        return errors.FetchError(url, "the server refused the connection")
    return errors.FetchError(url, "no connection")


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__

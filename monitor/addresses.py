"""Which network addresses a news reader has no business to connect to. Pure: resolves and connects nothing.

`ipaddress.is_global` alone is not enough: it lets 6to4, NAT64, multicast and, in some versions, 192.0.0.0/24 pass.
"""

import functools
import ipaddress
from collections.abc import Iterable

_V4 = tuple(
    (ipaddress.IPv4Network(network), reason)
    for network, reason in (
        ("0.0.0.0/8", "this network"),
        ("10.0.0.0/8", "private"),
        ("100.64.0.0/10", "carrier-grade NAT"),
        ("127.0.0.0/8", "loopback"),
        ("169.254.0.0/16", "link-local"),
        ("172.16.0.0/12", "private"),
        ("192.0.0.0/24", "protocol assignments"),
        ("192.0.2.0/24", "documentation"),
        ("192.31.196.0/24", "AS112"),
        ("192.52.193.0/24", "AMT"),
        ("192.88.99.0/24", "6to4 relay"),
        ("192.168.0.0/16", "private"),
        ("192.175.48.0/24", "AS112"),
        ("198.18.0.0/15", "benchmarks"),
        ("198.51.100.0/24", "documentation"),
        ("203.0.113.0/24", "documentation"),
        ("224.0.0.0/4", "multicast"),
        ("240.0.0.0/4", "reserved"),
    )
)

_V6 = tuple(
    (ipaddress.IPv6Network(network), reason)
    for network, reason in (
        ("::1/128", "loopback"),
        ("::/128", "unspecified"),
        ("::ffff:0:0/96", "IPv4-mapped"),
        ("::/96", "IPv4-compatible"),
        ("64:ff9b::/96", "NAT64"),
        ("64:ff9b:1::/48", "NAT64"),
        ("100::/64", "discard"),
        ("2001:db8::/32", "documentation"),
        ("2001::/32", "Teredo"),
        ("2001::/23", "protocol assignments"),
        ("2002::/16", "6to4"),
        ("3fff::/20", "documentation"),
        ("fc00::/7", "unique local"),
        ("fe80::/10", "link-local"),
        ("fec0::/10", "site-local"),
        ("ff00::/8", "multicast"),
    )
)

_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")  # all that IANA has given out as global unicast


@functools.lru_cache(maxsize=4096)
def refusal(address: str) -> str | None:
    """Why this address (an IPv4 or IPv6 literal) is not to be connected to; None where it may be."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return "not an address"
    if isinstance(parsed, ipaddress.IPv4Address):
        named = next((reason for network, reason in _V4 if parsed in network), None)
        return named or (None if parsed.is_global else "not public")
    named = next((reason for network, reason in _V6 if parsed in network), None)
    if named is not None:
        return named
    return None if parsed in _GLOBAL_V6 and parsed.is_global else "not public"


def is_listed(host: str, address: str, allowed: Iterable[str]) -> bool:
    """Whether the operator allows this host name, address or its network (CIDR) by name."""
    bare = address.partition("%")[0]
    return any(name in (host, bare) or _is_inside(bare, name) for name in allowed)


def _is_inside(address: str, name: str) -> bool:
    network = _to_network(name)
    try:
        return network is not None and ipaddress.ip_address(address) in network
    except ValueError:
        return False


@functools.lru_cache(maxsize=256)
def _to_network(name: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(name, strict=False)
    except ValueError:
        return None

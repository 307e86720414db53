"""Where the dashboard may listen: how its settings are read, and what is refused. Pure; listens to nothing."""

import ipaddress
import re

from monitor import errors


def parse_secret(value: str) -> str:
    """A password or token; ValueError where it is too short to stand against guessing."""
    if len(value.strip()) < 12:
        raise ValueError
    return value.strip()


def parse_header(value: str) -> str:
    """A header's name."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]*", value.strip()):
        raise ValueError
    return value.strip()


def parse_networks(value: str) -> tuple[str, ...]:
    """Addresses and networks, separated by commas."""
    names = tuple(part.strip() for part in value.split(",") if part.strip())
    for name in names:
        ipaddress.ip_network(name, strict=False)
    return names


def is_loopback(host: str) -> bool:
    """Whether an address to listen on is reachable from this machine only."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def check(host: str, port: int, *, guarded: bool) -> None:
    """Whoever reaches the port reads the ledger: beyond this machine somebody must say who may."""
    if port and not is_loopback(host) and not guarded:
        raise errors.SettingsError(
            "CW_HTTP_HOST",
            f"{host} can be reached from other machines, and nothing asks who reads: set http_password, "
            "http_token or http_proxy_header, or listen on loopback",
            "127.0.0.1",
        )

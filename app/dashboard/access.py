"""Who may read: pure checks of a request's headers and origin. Answers with a reason, sends nothing."""

import base64
import binascii
import hmac
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from app import reach
from app import settings as app_settings

_CALLBACK = re.compile(r"(?:/w/[^/]+)?/hub/[A-Za-z0-9_-]{43}")  # 32 random bytes
OPEN_PATHS = ("/healthz",)  # says ages and numbers only; a container's health check has no password


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request is refused."""

    status: int
    reason: str
    ask_password: bool = False


def check(settings: app_settings.Settings, path: str, headers: Mapping[str, str], peer: str | None) -> Refusal | None:
    """None where the request may be answered. `headers` have lower-case names; `peer` is who is connected."""
    if path in OPEN_PATHS or is_callback(path):
        return None
    guarded = settings.http_password or settings.http_token or settings.http_proxy_header
    if not guarded:
        # A page elsewhere could have its own name resolve to this machine and read through the reader's browser.
        if reach.is_loopback(_host_of(headers.get("host", ""))):
            return None
        return Refusal(status=421, reason="this dashboard answers to the name of this machine only, such as localhost")
    if _is_vouched_for(settings, headers, peer) or _has_secret(settings, headers.get("authorization", "")):
        return None
    return Refusal(status=401, reason="a password or token is needed", ask_password=settings.http_password is not None)


def is_callback(path: str) -> bool:
    """Whether a hub calls there; the path's random word and a signature stand in for a password (hubs.py)."""
    return _CALLBACK.fullmatch(path) is not None


def _host_of(host: str) -> str:
    return urlsplit(f"//{host}").hostname or ""


def _is_vouched_for(settings: app_settings.Settings, headers: Mapping[str, str], peer: str | None) -> bool:
    """Whether a trusted proxy names the reader."""
    if not settings.http_proxy_header or not headers.get(settings.http_proxy_header.lower(), "").strip():
        return False
    try:
        address = ipaddress.ip_address(peer or "")
    except ValueError:
        return False
    return any(address in ipaddress.ip_network(name, strict=False) for name in settings.http_proxies)


def _has_secret(settings: app_settings.Settings, authorization: str) -> bool:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() == "bearer":
        return _is_same(value.strip(), settings.http_token)
    if scheme.lower() != "basic":
        return False
    try:
        password = base64.b64decode(value.strip(), validate=True).decode("utf-8").partition(":")[2]
    except (binascii.Error, ValueError):
        return False
    # Feed readers know Basic only, so the token is taken as a password too.
    return _is_same(password, settings.http_password) or _is_same(password, settings.http_token)


def _is_same(given: str, secret: app_settings.Secret | None) -> bool:
    """Compared in constant time."""
    return secret is not None and hmac.compare_digest(given.encode(), secret.get_secret_value().encode())

"""Addresses with secrets in them, by name. The name stands in recipients, logs and errors, the address nowhere."""

import hashlib
import re
from urllib.parse import urlsplit

_NAMED = re.compile(r"([A-Za-z0-9][A-Za-z0-9_-]{0,39})=(?=[a-z][a-z0-9+.-]*://)")
_PART = re.compile(r"[^\s/:@?&=#,;]{6,}")  # what may be a secret by itself; shorter ones would blot out common words


def parse_targets(text: str) -> dict[str, str]:
    """{name: address} of "name=scheme://... scheme://..."; one without a name is called by its scheme and a hash.

    Raises ValueError for what is no address, and for a name given twice.
    """
    found: dict[str, str] = {}
    for word in text.split():
        named = _NAMED.match(word)
        url = word[named.end() :] if named else word
        scheme, separator, rest = url.partition("://")
        if not separator or not rest or not re.fullmatch(r"[a-z][a-z0-9+.-]*", scheme):
            raise ValueError("no address")
        name = named[1] if named else f"{scheme}-{hashlib.sha256(url.encode()).hexdigest()[:6]}"
        if name in found:
            raise ValueError("a name is given twice")
        found[name] = url
    return found


def secrets_in(url: str) -> tuple[str, ...]:
    """The parts of an address that must not be shown, longest first; the scheme and a host's full name may be."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
    except ValueError:
        return (url,)
    rest = url.partition("://")[2]
    found = {url, rest, *(part for part in _PART.findall(rest) if not ("." in part and part.lower() == host))}
    return tuple(sorted((each for each in found if each), key=len, reverse=True))

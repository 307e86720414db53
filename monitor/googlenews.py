"""The addresses in Google News feeds: older ones hold the article's address, newer ones only Google's own number.

Nothing is asked of Google: the page behind a newer one is a script that answers programs with 429.
"""

import base64
import binascii
import re

_WRAPPED = re.compile(r"https?://news\.google\.com/(?:rss/)?(?:articles|read)/([A-Za-z0-9_-]{8,2000})")
_INNER = re.compile(rb"https?://[\x21-\x7e]{8,1500}")

UNRESOLVED = "a Google News link that does not give the article's address"


def is_wrapped(url: str) -> bool:
    """Whether it is an address of Google's in place of an article's."""
    return _WRAPPED.match(url) is not None


def unwrap(url: str) -> str:
    """The article's address where the link holds it, else the link itself."""
    match = _WRAPPED.match(url)
    if match is None:
        return url
    try:
        packed = base64.urlsafe_b64decode(match[1] + "=" * (-len(match[1]) % 4))
    except (binascii.Error, ValueError):
        return url
    inner = _INNER.search(packed)
    # A record of type, length and text: 0xd2 begins the next field, the address of the AMP form.
    return inner[0].decode("ascii") if inner else url

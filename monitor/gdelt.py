"""The items of a GDELT DOC 2.0 answer (mode=artlist, format=json), as they stand; parse.py makes entries of them.

Its dates are of when GDELT saw the page, and its titles are spaced out at punctuation. One request each 5 seconds is
asked for (fetch.py keeps to it); to more the service answers 429 or a line of plain text, which is no feed.
"""

import html
import re
from datetime import UTC, datetime
from typing import Any, TypeGuard

from monitor import jsonfeed

_SPACED = re.compile(r"\s+([,.:;!?%)’”])")
_LANGUAGES = {"english": "en", "ukrainian": "uk", "german": "de", "french": "fr", "polish": "pl", "russian": "ru"}


def is_feed(document: object) -> TypeGuard[dict[str, Any]]:
    """Whether it is a list of articles."""
    if not isinstance(document, dict) or not isinstance(document.get("articles"), list):
        return False
    return all(isinstance(item, dict) and "seendate" in item for item in document["articles"])


def read_items(document: dict[str, Any]) -> list[jsonfeed.Item]:
    """The articles in the form of JSON Feed items."""
    return [_to_item(item) for item in document["articles"]]


def _to_item(item: dict[str, Any]) -> jsonfeed.Item:
    url = str(item.get("url") or "")
    return jsonfeed.Item(
        guid=url,
        links=[url],
        title=html.escape(_SPACED.sub(r"\1", str(item.get("title") or "")), quote=False),
        summary="",
        published=_to_moment(str(item.get("seendate") or "")),
        updated=None,
        language=_LANGUAGES.get(str(item.get("language") or "").lower(), ""),
    )


def _to_moment(text: str) -> datetime | None:
    try:
        return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None

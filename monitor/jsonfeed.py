"""The items of a JSON Feed (jsonfeed.org, versions 1 and 1.1), as they stand; parse.py makes entries of them."""

import html
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeGuard


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item; texts may hold markup."""

    guid: str
    links: list[str]
    title: str
    summary: str
    published: datetime | None
    updated: datetime | None
    language: str


def is_feed(document: object) -> TypeGuard[dict[str, Any]]:
    """Whether it claims to be a JSON Feed and has items."""
    if not isinstance(document, dict) or not isinstance(document.get("items"), list):
        return False
    return "jsonfeed.org/version/" in str(document.get("version") or "")


def read_items(document: dict[str, Any]) -> list[Item]:
    """The items that are objects; fields of a wrong type are left out."""
    return [_to_item(item) for item in document["items"] if isinstance(item, dict)]


def read_links(document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The feed's WebSub hubs and its own address, as (relation, address)."""
    hubs = document.get("hubs")
    for hub in hubs if isinstance(hubs, list) else []:
        if isinstance(hub, dict) and _text(hub, "type").lower() == "websub" and _text(hub, "url"):
            yield "hub", _text(hub, "url")
    if own := _text(document, "feed_url"):
        yield "self", own


def _to_item(item: dict[str, Any]) -> Item:
    # content_text and summary are plain text by the format; escaped, they survive the removal of markup.
    texts = [_text(item, "content_html"), *(html.escape(_text(item, name)) for name in ("content_text", "summary"))]
    return Item(
        guid=_text(item, "id"),
        links=[link for link in (_text(item, "url"), _text(item, "external_url"), _text(item, "id")) if link],
        title=html.escape(_text(item, "title"), quote=False),
        summary=max(texts, key=len),
        published=_to_moment(_text(item, "date_published")),
        updated=_to_moment(_text(item, "date_modified")),
        language=_text(item, "language"),
    )


def _text(item: dict[str, Any], name: str) -> str:
    value = item.get(name)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def _to_moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None

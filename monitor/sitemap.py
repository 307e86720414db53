"""The items of a news sitemap (sitemaps.org with the news extension), as they stand; parse.py makes entries of them.

Addresses without a news part (a plain sitemap's archive) are no news and are left out.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from lxml import etree  # type: ignore[import-untyped]

_ROOT = re.compile(r"(?:<\?[^>]*>|<!--.{0,2000}?-->|\s)*<(?:\w+:)?urlset[\s>]", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One address with its news part."""

    url: str
    title: str
    published: datetime | None
    updated: datetime | None
    language: str


def is_sitemap(text: str) -> bool:
    """Whether the document is a set of addresses."""
    return _ROOT.match(text[:10_000]) is not None


def read_items(document: bytes) -> list[Item]:
    """The news items; raises ValueError for broken XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, remove_comments=True)
    try:
        root = etree.fromstring(document, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
    found = (_fields(element) for element in root if isinstance(element.tag, str))
    return [_to_item(fields) for fields in found if fields.get("title")]


def _fields(element: etree._Element) -> dict[str, str]:
    """{local name: text} of all that stands in one address's part; the first of a name counts."""
    fields: dict[str, str] = {}
    for part in element.iter():
        if isinstance(part.tag, str) and part.text and part.text.strip():
            fields.setdefault(etree.QName(part).localname, part.text.strip())
    return fields


def _to_item(fields: dict[str, str]) -> Item:
    return Item(
        url=fields.get("loc", ""),
        title=fields["title"],
        published=_to_moment(fields.get("publication_date", "")),
        updated=_to_moment(fields.get("lastmod", "")),
        language=fields.get("language", ""),
    )


def _to_moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None

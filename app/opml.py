"""Feed lists as OPML, in and out. Pure."""

import xml.etree.ElementTree as ET  # the file is the user's own; entities are refused below
from collections.abc import Iterable

from monitor import errors, types, urls


def to_opml(feeds: Iterable[types.Feed]) -> str:
    """An OPML 2.0 document."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = "Coalition Watch feeds"
    body = ET.SubElement(root, "body")
    for feed in feeds:
        ET.SubElement(
            body, "outline", type="rss", text=feed.title, title=feed.title, xmlUrl=feed.url,
            outlet=feed.outlet, tier=str(feed.tier), language=feed.language,
        )  # fmt: skip
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def from_opml(text: str, name: str) -> list[types.Feed]:
    """The feeds of an OPML document; raises errors.InputError where it is none."""
    if "<!ENTITY" in text.upper():
        raise errors.InputError(name, "declares entities; a feed list needs none")
    try:
        root = ET.fromstring(text.encode())
    except (ET.ParseError, ValueError) as error:
        raise errors.InputError(name, f"is no OPML ({error})") from error
    feeds = [_to_feed(outline, name) for outline in root.iter("outline") if outline.get("xmlUrl")]
    if not feeds:
        raise errors.InputError(name, "holds no outline with an xmlUrl")
    return feeds


def _to_feed(outline: ET.Element, name: str) -> types.Feed:
    url = str(outline.get("xmlUrl"))
    if not urls.is_web_url(url):
        raise errors.InputError(name, f"is no web address: {url}")
    title = outline.get("title") or outline.get("text") or url
    tier = outline.get("tier") or str(types.Tier.OTHER)
    if tier not in {str(known) for known in types.Tier}:
        raise errors.InputError(name, f"{url}: tier must be official, wire, press or other, not {tier!r}")
    return types.Feed(
        url=url, title=title, outlet=outline.get("outlet") or title, tier=types.Tier(tier),
        language=outline.get("language") or "en",
    )  # fmt: skip

"""Feed lists as OPML, in and out. Pure."""

import xml.etree.ElementTree as ET  # the file is the user's own; entities are refused below
from collections.abc import Iterable
from dataclasses import replace

from monitor import errors, types, urls

# What OPML has no word for, as attributes of ours beside outlet, tier and language: attribute -> field.
_TEXTS = {"country": "country", "kind": "kind", "ladder": "ladder", "source": "source"}
_NUMBERS = {"intervalSeconds": "interval_s", "rung": "rung"}
_MOST = {"intervalSeconds": 31 * 86_400, "rung": 99}


def to_opml(feeds: Iterable[types.Feed]) -> str:
    """An OPML 2.0 document."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = "Coalition Watch feeds"
    body = ET.SubElement(root, "body")
    for feed in feeds:
        outline = ET.SubElement(
            body, "outline", type="rss", text=feed.title, title=feed.title, xmlUrl=feed.url,
            outlet=feed.outlet, tier=str(feed.tier), language=feed.language,
        )  # fmt: skip
        outline.attrib.update(_extras(feed))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _extras(feed: types.Feed) -> dict[str, str]:
    """What differs from a feed's defaults."""
    plain = types.Feed(url=feed.url, title=feed.title, outlet=feed.outlet, tier=feed.tier)
    fields = (_TEXTS | _NUMBERS).items()
    held = {name: getattr(feed, at) for name, at in fields if getattr(feed, at) != getattr(plain, at)}
    return {name: str(value) for name, value in held.items()}


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
    feed = types.Feed(
        url=url, title=title, outlet=outline.get("outlet") or title, tier=types.Tier(tier),
        language=outline.get("language") or "en",
        # Another program's kind of outline is none of ours.
        kind="page" if outline.get("kind") == "page" else "feed",
    )  # fmt: skip
    texts = {at: value for attribute, at in _TEXTS.items() if at != "kind" and (value := outline.get(attribute))}
    numbers = {at: _to_number(outline, attribute, name) for attribute, at in _NUMBERS.items() if outline.get(attribute)}
    return replace(feed, **texts, **numbers)  # type: ignore[arg-type]


def _to_number(outline: ET.Element, attribute: str, name: str) -> int:
    text = outline.get(attribute, "")
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= _MOST[attribute]):
        url = outline.get("xmlUrl")
        raise errors.InputError(
            name, f"{url}: {attribute} must be a whole number from 1 to {_MOST[attribute]}, not {text!r}"
        )
    return int(text)

"""Developments as Atom (RFC 4287), RSS 2.0 and JSON Feed 1.1. Values in, text out; escaped once, by the XML writer."""

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from xml.etree import ElementTree as ET

from alerts import render, words
from alerts.markup import safe_url
from app.dashboard import labels
from app.dashboard.views import links
from monitor import types

ATOM = "http://www.w3.org/2005/Atom"
_NAME = "Coalition Watch"
ET.register_namespace("atom", ATOM)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What the feed is and where it lives."""

    title: str
    home: str  # the page
    address: str  # the feed itself
    updated: datetime  # where there is no item


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One development."""

    id: str
    href: str
    title: str
    text: str
    published: datetime
    updated: datetime
    source: str | None
    topic: str
    subject: str
    marks: tuple[str, ...]


def to_item(d: types.Development, names: Mapping[str, str], base: str) -> Item:
    """A development as an item; `base` is the dashboard's address without a slash at its end."""
    report = d.reports[0] if d.reports else None
    marks = tuple(word for word, set_ in (("taken back", d.taken_back), ("disputed", d.disputed)) if set_)
    quote = render.quote_of(d)
    parts = [
        f"{words.grade_words(d)}, {'minor' if d.minor else 'major'}.".capitalize(),
        f"“{quote}”" + (f" ({labels.plain(report.outlet, 60)})" if report else "") if quote else "",
        labels.plain(d.note, 300),
    ]
    return Item(
        id=f"urn:coalition-watch:{labels.plain(d.id, 80)}",
        href=base + links.development(d.id),
        title="".join(f"{mark.upper()}: " for mark in marks) + labels.plain(words.headline(d, names), 400),
        text=" ".join(part for part in parts if part),
        published=d.raised_at,
        updated=max([d.raised_at, *(one.published for one in d.reports)]),
        source=safe_url(report.url) if report else None,
        topic=labels.topic(str(d.topic)),
        subject=labels.plain(words.name_of(d.subject, names), 60),
        marks=marks,
    )


def to_atom(channel: Channel, items: Sequence[Item]) -> bytes:
    """An Atom document."""
    feed = ET.Element("feed", xmlns=ATOM)  # as an attribute: no prefixes, which some readers do not expand
    _add(feed, "title", channel.title)
    _add(feed, "id", channel.address)
    _add(feed, "updated", _stamp(_updated(channel, items)))
    _add(feed, "link", rel="self", type="application/atom+xml", href=channel.address)
    _add(feed, "link", rel="alternate", type="text/html", href=channel.home)
    _add(_add(feed, "author"), "name", _NAME)
    for item in items:
        entry = _add(feed, "entry")
        _add(entry, "title", item.title)
        _add(entry, "id", item.id)
        _add(entry, "updated", _stamp(item.updated))
        _add(entry, "published", _stamp(item.published))
        _add(entry, "link", rel="alternate", type="text/html", href=item.href)
        if item.source:
            _add(entry, "link", rel="via", href=item.source)
        for term in (item.topic, item.subject):
            _add(entry, "category", term=term)
        _add(entry, "summary", item.text)
    return _write(feed)


def to_rss(channel: Channel, items: Sequence[Item]) -> bytes:
    """An RSS document. Readers take its texts for HTML, so they are escaped as HTML before the XML."""
    rss = ET.Element("rss", version="2.0")
    top = ET.SubElement(rss, "channel")
    for name, text in (
        ("title", channel.title),
        ("link", channel.home),
        ("description", f"Developments as {_NAME} raises them, with their evidence."),
        ("language", "en"),
        ("lastBuildDate", _mail_date(_updated(channel, items))),
    ):
        ET.SubElement(top, name).text = text
    _add(top, f"{{{ATOM}}}link", rel="self", type="application/rss+xml", href=channel.address)
    for item in items:
        entry = ET.SubElement(top, "item")
        ET.SubElement(entry, "title").text = html.escape(item.title, quote=False)
        ET.SubElement(entry, "link").text = item.href
        ET.SubElement(entry, "guid", isPermaLink="false").text = item.id
        ET.SubElement(entry, "pubDate").text = _mail_date(item.published)
        for term in (item.topic, item.subject):
            ET.SubElement(entry, "category").text = term
        ET.SubElement(entry, "description").text = html.escape(item.text, quote=False)
    return _write(rss)


def to_json_feed(channel: Channel, items: Sequence[Item]) -> dict[str, Any]:
    """A JSON Feed."""
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": channel.title,
        "home_page_url": channel.home,
        "feed_url": channel.address,
        "language": "en",
        "authors": [{"name": _NAME}],
        "items": [
            {
                "id": item.id,
                "url": item.href,
                **({"external_url": item.source} if item.source else {}),
                "title": item.title,
                "content_text": item.text,
                "date_published": _stamp(item.published),
                "date_modified": _stamp(item.updated),
                "tags": [item.topic, item.subject, *item.marks],
            }
            for item in items
        ],
    }


def _updated(channel: Channel, items: Sequence[Item]) -> datetime:
    return max((item.updated for item in items), default=channel.updated)


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, name, attributes)
    element.text = text
    return element


def _write(root: ET.Element) -> bytes:
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _stamp(moment: datetime) -> str:
    """RFC 3339."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _mail_date(moment: datetime) -> str:
    """RFC 822, as RSS wants it."""
    return format_datetime(moment.astimezone(UTC), usegmt=True)

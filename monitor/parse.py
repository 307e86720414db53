"""Feed bodies to entries: RSS, RDF, Atom, JSON Feed, news sitemap. Refuses what is no feed, with a reason."""

import calendar
import hashlib
import html
import io
import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urljoin

import feedparser  # type: ignore[import-untyped]

from monitor import (
    charset,
    errors,
    gdelt,
    googlenews,
    jsonfeed,
    longfeeds,
    pagelinks,
    plaintext,
    rhythm,
    sitemap,
    types,
    urls,
    walls,
)

_EARLIEST = datetime(1995, 1, 1, tzinfo=UTC)
_FUTURE = timedelta(days=2)
_MOST_ENTRIES = 2000
_SHORT_SUMMARY = 40  # characters; below that title and summary alone don't tell two entries apart
_LONGEST_TTL_S = 7 * 24 * 3600
_MOST_ENTITIES = 300  # HTML's own named characters are some 250
_LONGEST_ENTITY = 200

_DECLARATION = re.compile(r"<\?xml\b[^>]{0,300}\?>")
_ROOT = re.compile(r"<[A-Za-z_]")
_ENTITY = re.compile(
    r"<!ENTITY\s+(%?)\s*[^\s\"'>]{1,200}\s+(?:(SYSTEM|PUBLIC)\b|\"([^\"]*)\"|'([^']*)')", re.IGNORECASE
)
# Time grows with the square of a tag's attributes.
_LOADED_TAG = re.compile(r"<[A-Za-z](?:[^<>=]*=){1000}")
# Nor does anything end well that is nested deeper than any feed (a document 100,000 deep took more than 15 s).
_DEPTH = 300
_DEEP = re.compile(rf"(?:<[A-Za-z](?:[^<>]{{0,500}}[^<>/])?>[^<]{{0,200}}){{{_DEPTH}}}")
_CDATA = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_BINARY = (b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"\x89PNG", b"GIF8")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\ufffd]")
_MOST_CONTROL = 100  # in the first 2,000 characters
_REFERENCE = re.compile(r"&(?!#|amp;|lt;|gt;|quot;|apos;)\w|%\w+;")
_PAGE = re.compile(r"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_WHOLE = ("https://", "http://")
_LANGUAGE = re.compile(r"^([A-Za-z]{2,3})(?:[-_].*)?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Context:
    url: str
    now: datetime | None
    language: str | None = None


def parse_feed(
    body: bytes, *, url: str, content_type: str = "", kind: str = "feed", now: datetime | None = None
) -> types.ParsedFeed:
    """The feed's entries; raises errors.ParseError for a body that is no feed. Dates far from `now` are dropped.

    With `kind` "page" a web page's links are its entries.
    """
    text = charset.to_text(body, content_type).lstrip("\ufeff\0 \t\r\n")
    if not text.strip("\0 \t\r\n"):
        raise errors.ParseError(url, "an empty body")
    if text[0] in "{[":
        return _parse_json(text, url, now)
    _refuse_other_kinds(body, text, url)
    if kind == "page":
        return _parse_page(text, url, now)
    _refuse_pages(text, url)
    _refuse_bombs(text, url)
    return _parse_sitemap(text, url, now) if sitemap.is_sitemap(text) else _parse_xml(text, url, now)


def _refuse_other_kinds(body: bytes, text: str, url: str) -> None:
    """feedparser finds entries wherever feed-like words stand, in an archive too."""
    if body.startswith(_BINARY) or len(_CONTROL.findall(text[:2000])) > _MOST_CONTROL:
        raise errors.ParseError(url, "a file of another kind, no feed")
    if "<" not in text[:10_000]:
        raise errors.ParseError(url, "plain text, no feed")


def _refuse_pages(text: str, url: str) -> None:
    head = re.sub(r"<!--.{0,2000}?-->", "", text[:10_000], flags=re.DOTALL).lstrip()
    first = _DECLARATION.sub("", head, count=1).lstrip()
    if not _PAGE.match(first):
        return
    wall = walls.recognise(text, url)
    raise errors.ParseError(url, "a web page, not a feed" + (f": {wall}" if wall else ""))


def _refuse_bombs(text: str, url: str) -> None:
    """Entities that hold other entities, files or much text: nothing a feed needs, and how bombs are made."""
    if _LOADED_TAG.search(text):
        raise errors.ParseError(url, "refused: a tag with a thousand attributes")
    # HTML inside CDATA may leave its elements open; XML may not. A quick look first: openers between two closing tags.
    if any(part.count("<") >= _DEPTH for part in text.split("</")) and _DEEP.search(_CDATA.sub("", text)):
        raise errors.ParseError(url, "refused: elements nested hundreds deep")
    start = text.find("<!DOCTYPE")
    if start < 0:
        start = text.find("<!doctype")
    root = _ROOT.search(text)
    if start < 0 or (root is not None and start > root.start()):
        return
    end = root.start() if root is not None else len(text)
    for count, match in enumerate(_ENTITY.finditer(text, start, end), 1):
        value = match[3] or match[4] or ""
        if match[1] or match[2] or len(value) > _LONGEST_ENTITY or _REFERENCE.search(value) or count > _MOST_ENTITIES:
            raise errors.ParseError(url, "refused: its document type declares entities that could be a bomb")


def _parse_xml(text: str, url: str, now: datetime | None) -> types.ParsedFeed:
    document = _DECLARATION.sub("", text, count=1) if text.startswith("<?xml") else text
    document = longfeeds.shorten(document, _MOST_ENTRIES)
    # BytesIO and nothing else: feedparser takes bytes and strings for file names and addresses. It is not told where
    # the feed is from: it would join that to every tag, half as much work again; make_entry joins what is kept.
    parsed: Any = feedparser.parse(
        io.BytesIO(document.encode("utf-8", errors="replace")),
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    trouble = _trouble(parsed)
    if not parsed.entries and (trouble or not parsed.get("version")):
        raise errors.ParseError(url, f"broken XML: {trouble}" if trouble else "XML, but no feed")
    context = _Context(url=url, now=now, language=to_language(parsed.feed.get("language")))
    return types.ParsedFeed(
        title=plaintext.to_line(str(parsed.feed.get("title") or "")),
        entries=_with_own_keys(_to_entry(item, context) for item in parsed.entries[:_MOST_ENTRIES]),
        ttl_s=_to_ttl(parsed.feed),
        skips=rhythm.skips(text),
        links=tuple(_own_links(parsed.feed)),
        language=context.language,
        warning=f"broken XML: {trouble}" if trouble else None,
    )


def _trouble(parsed: Any) -> str | None:
    if not parsed.get("bozo"):
        return None
    return plaintext.to_line(str(parsed.get("bozo_exception") or "not well-formed"), 150)


def _to_entry(item: Any, context: _Context) -> types.Entry | None:
    contents = [str(part.get("value") or "") for part in item.get("content") or []]
    published = _to_moment(item.get("published_parsed"), context.now)
    return make_entry(
        guid=str(item.get("id") or ""),
        links=[str(link) for link in _links(item)],
        title=str(item.get("title") or ""),
        # Some feeds carry the whole text beside a teaser; it stands in for a page that can't be had.
        summary=max([str(item.get("summary") or ""), *contents], key=len),
        published=published,
        # feedparser's own fallback from "updated" to "published" warns at each use.
        updated=_to_moment(item.get("updated_parsed"), context.now) if "updated_parsed" in item else published,
        context_url=context.url,
        language=context.language,
    )


def _links(item: Any) -> list[str]:
    alternates = [link.get("href") for link in item.get("links") or [] if link.get("rel") == "alternate"]
    found = [item.get("link"), *alternates, item.get("feedburner_origlink"), item.get("id")]
    return [link for link in found if link]


def make_entry(
    *,
    guid: str,
    links: list[str],
    title: str,
    summary: str,
    published: datetime | None,
    updated: datetime | None,
    context_url: str,
    language: str | None,
) -> types.Entry | None:
    """An entry in its canonical form; None where there is nothing in it to read."""
    title, summary = plaintext.to_line(title), plaintext.to_paragraphs(summary)
    guid = plaintext.clean(guid).strip()
    url = _first_url(links, guid, context_url)
    if not url and not title and not summary:
        return None
    content_key = _content_key(title, summary, published, url or guid)
    # An entry without an address is still news: it gets one of its own, at which the feed itself is found.
    return types.Entry(
        key=(guid if len(guid) <= 500 else _digest(guid)) or url or content_key,
        url=url or f"{context_url}#entry-{_digest(guid or content_key)[:16]}",
        title=title,
        summary=summary,
        published=published or updated,
        updated=updated,
        content_key=content_key,
        language=language,
    )


def _first_url(links: list[str], guid: str, context_url: str) -> str:
    for link in links:
        # An id that is no address would become one by joining.
        if link == guid and not link.startswith("/") and not urls.is_web_url(link):
            continue
        try:
            whole = link if link.startswith(_WHOLE) else urljoin(context_url, link.strip())
            url = urls.canonical_url(googlenews.unwrap(whole))
        except ValueError:
            continue
        if url:
            return url
    return ""


def _content_key(title: str, summary: str, published: datetime | None, place: str) -> str:
    """The same entry under a new id has the same key; two "Live updates" of two days have not."""
    words = " ".join(f"{title} {summary}".casefold().split())
    if len(summary) < _SHORT_SUMMARY:
        words += f" {published.isoformat() if published else place}"
    return _digest(words)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", errors="replace")).hexdigest()[:32]


def _with_own_keys(entries: Iterable[types.Entry | None]) -> tuple[types.Entry, ...]:
    """Where a feed gives one id to several addresses, the address is the key; exact repeats are dropped."""
    found = [entry for entry in entries if entry is not None]
    addresses = Counter(key for key, _ in {(entry.key, entry.url) for entry in found})
    own: dict[str, types.Entry] = {}
    for entry in found:
        key = entry.url if addresses[entry.key] > 1 else entry.key
        own.setdefault(key, entry if key == entry.key else replace(entry, key=key))
    return tuple(own.values())


def _to_moment(parsed: time.struct_time | None, now: datetime | None) -> datetime | None:
    if parsed is None:
        return None
    try:
        return to_sane(datetime.fromtimestamp(calendar.timegm(parsed), UTC), now)
    except (ValueError, OverflowError, OSError, TypeError):
        return None


def to_sane(moment: datetime, now: datetime | None) -> datetime | None:
    """The moment, unless it lies before the web's news or in the future."""
    if moment < _EARLIEST or (now is not None and moment > now + _FUTURE):
        return None
    return moment


def _own_links(feed: Any) -> Iterator[tuple[str, str]]:
    """The feed's own hub and self (Atom's links, also inside RSS)."""
    for link in feed.get("links") or []:
        if link.get("rel") in ("hub", "self") and link.get("href"):
            yield str(link["rel"]), str(link["href"]).strip()


def _to_ttl(feed: Any) -> int | None:
    minutes = str(feed.get("ttl") or "").strip()
    if not (minutes.isascii() and minutes.isdigit()) or len(minutes) > 9:
        return None
    return min(int(minutes) * 60, _LONGEST_TTL_S) or None


def to_language(declared: object) -> str | None:
    """The language's two or three letters ("en" of "en-US")."""
    match = _LANGUAGE.match(str(declared or "").strip())
    return match[1].lower() if match else None


def _parse_sitemap(text: str, url: str, now: datetime | None) -> types.ParsedFeed:
    try:
        items = sitemap.read_items(_DECLARATION.sub("", text, count=1).encode("utf-8", errors="replace"))
    except ValueError as error:
        raise errors.ParseError(url, f"broken XML: {plaintext.to_line(str(error), 150)}") from error
    entries = [
        make_entry(
            guid="",
            links=[item.url],
            title=html.escape(item.title, quote=False),
            summary="",
            published=to_sane(item.published, now) if item.published else None,
            updated=to_sane(item.updated, now) if item.updated else None,
            context_url=url,
            language=to_language(item.language),
        )
        for item in items[:_MOST_ENTRIES]
    ]
    return types.ParsedFeed(title="", entries=_with_own_keys(entries))


def _parse_json(text: str, url: str, now: datetime | None) -> types.ParsedFeed:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise errors.ParseError(url, "broken JSON") from error
    if gdelt.is_feed(document):
        return types.ParsedFeed(title="", entries=_to_entries(gdelt.read_items(document), _Context(url=url, now=now)))
    if not jsonfeed.is_feed(document):
        raise errors.ParseError(url, "JSON, but no feed")
    language = to_language(document.get("language"))
    return types.ParsedFeed(
        title=plaintext.to_line(str(document.get("title") or "")),
        entries=_to_entries(jsonfeed.read_items(document), _Context(url=url, now=now, language=language)),
        language=language,
        links=tuple(jsonfeed.read_links(document)),
    )


def _parse_page(text: str, url: str, now: datetime | None) -> types.ParsedFeed:
    try:
        items = pagelinks.read_items(text, url)
    except ValueError as error:
        raise errors.ParseError(url, "a page that can't be read") from error
    if not items:
        wall = walls.recognise(text, url)
        raise errors.ParseError(url, "a page without links to articles" + (f": {wall}" if wall else ""))
    return types.ParsedFeed(title="", entries=_to_entries(items, _Context(url=url, now=now)), is_page=True)


def _to_entries(items: list[jsonfeed.Item], context: _Context) -> tuple[types.Entry, ...]:
    return _with_own_keys(
        make_entry(
            guid=item.guid,
            links=item.links,
            title=item.title,
            summary=item.summary,
            published=to_sane(item.published, context.now) if item.published else None,
            updated=to_sane(item.updated, context.now) if item.updated else None,
            context_url=context.url,
            language=to_language(item.language) or context.language,
        )
        for item in items[:_MOST_ENTRIES]
    )

"""A page's own text, title, date and language, by trafilatura. No fallback and no fetching: None is a normal answer."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import trafilatura

from monitor import charset, parse, plaintext

_MARKUP = re.compile(r"<(?:!doctype|html|head|body|div|p|article|meta|title|span|a|br|h[1-6])\b[^<>]*>", re.IGNORECASE)
_FEED = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*<(?:rss|feed|rdf:rdf|urlset|sitemapindex)\b", re.IGNORECASE
)
_LANGUAGE = re.compile(r"<html\b[^<>]{0,500}?\blang\s*=\s*[\"']?([A-Za-z-]{2,12})", re.IGNORECASE)
_META_DATE = re.compile(
    r"<meta\b[^<>]{0,300}?(?:article:published_time|og:article:published_time|datePublished)[\"'][^<>]{0,300}?"
    r"\bcontent\s*=\s*[\"']([^\"'<>]{10,40})[\"']",
    re.IGNORECASE,
)
_JSON_DATE = re.compile(r"\"datePublished\"\s*:\s*\"([^\"<>]{10,40})\"")
_HEAD = 300_000
_MOST_TEXT = 200_000
_DATE_OPTIONS = {"extensive_search": False, "original_date": True}  # the extensive search took up to 2 s a page


@dataclass(frozen=True, slots=True, kw_only=True)
class Extracted:
    """What a page says. `text` has an empty line between paragraphs."""

    title: str | None
    text: str
    published: datetime | None  # aware UTC
    date_only: bool = False  # published is a bare date: midnight UTC
    language: str | None = None  # as declared by the page


def extract_text(html: bytes, url: str, content_type: str = "") -> Extracted | None:
    """The article of a web page or a plain text page; None where there is none (a feed, a picture, an empty shell)."""
    text = charset.to_text(html, content_type)
    if (
        not text.strip()
        or "\0" in text[:1000]
        or text.startswith(("%PDF", "PK\x03\x04", "{", "["))
        or _FEED.match(text)
    ):
        return None
    if content_type.lower().startswith("text/plain") or not _MARKUP.search(text[:_HEAD]):
        return _read_plain(text)
    return _read_page(plaintext.clean(text), url)


def _read_plain(text: str) -> Extracted | None:
    lines = plaintext.clean(text).replace("\r\n", "\n").replace("\r", "\n")
    paragraphs = [" ".join(block.split()) for block in re.split(r"\n[ \t]*\n", lines)]
    joined = "\n\n".join(paragraph for paragraph in paragraphs if paragraph)[:_MOST_TEXT]
    return Extracted(title=None, text=joined, published=None) if joined else None


def _read_page(page: str, url: str) -> Extracted | None:
    document: Any = trafilatura.bare_extraction(
        page,
        url=url,
        favor_precision=True,
        include_comments=False,
        with_metadata=True,
        date_extraction_params=_DATE_OPTIONS,
    )
    if document is None or not document.text:
        return None
    published, date_only = _published(page[:_HEAD], document.date)
    language = _LANGUAGE.search(page[:_HEAD])
    paragraphs = (line.strip() for line in str(document.text).splitlines())
    return Extracted(
        title=plaintext.to_line(document.title) if document.title else None,
        text="\n\n".join(line for line in paragraphs if line)[:_MOST_TEXT],
        published=published,
        date_only=date_only,
        language=parse.to_language(language[1]) if language else None,
    )


def _published(head: str, found: str | None) -> tuple[datetime | None, bool]:
    """The page's own full time where it declares one, else the date that trafilatura found."""
    for pattern in (_META_DATE, _JSON_DATE):
        match = pattern.search(head)
        moment = _to_moment(match[1]) if match else None
        if moment is not None:
            return moment
    return _to_moment(found or "") or (None, False)


def _to_moment(text: str) -> tuple[datetime, bool] | None:
    """(moment, whether it is a bare date); None for what is no date of the web's time."""
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    aware = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return (aware, len(text.strip()) == 10) if parse.to_sane(aware, None) else None

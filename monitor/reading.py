"""What a worker process does with a fetched page: screen, extract text, read claims. Holds the engine once per process;
stores nothing."""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from monitor import charset, extract, screen, types, walls, watch
from monitor.claims import engine

OFF_TOPIC = "off topic"  # the reason of a page that was read and makes no claim of the matter
_SEARCHES = frozenset({"news.google.com", "api.gdeltproject.org", "www.bing.com"})
_TEASER = 600  # characters; what a paywall leaves to read is shorter
_LEAST_TEXT = 120  # characters; a page with less is a shell (consent wall, script page): the feed says more


_MOST_WATCHES = 32  # more are read again and again; an engine takes some megabytes of each worker


@lru_cache(maxsize=_MOST_WATCHES)
def _watch(root: str | None) -> watch.Watch:
    return watch.load_watch(Path(root) if root else None)


@lru_cache(maxsize=_MOST_WATCHES)
def _reader(root: str | None) -> tuple[engine.Engine, screen.Screen]:
    loaded = _watch(root)
    return engine.Engine(loaded), screen.Screen(loaded)


def _publisher(record: types.EntryRecord, url: str, root: str | None) -> tuple[str, types.Tier]:
    """Outlet and tier: the feed's own, but a search feed's finds belong to whoever publishes the page."""
    found = _watch(root).outlet_at(url) if record.tier is types.Tier.OTHER else None
    return (found.name, types.Tier(found.tier)) if found else (record.outlet, record.tier)


def _paywall(page: str) -> str | None:
    """A page that shows a beginning only; a short page without such a mark is a short article."""
    wall = walls.recognise(page)
    return wall if wall in (walls.PAYWALL, walls.CAPTCHA) else None


def prepare(*roots: str | None) -> None:
    """Load watches and engines ahead of the first page (none named: the shipped one); for a pool's initializer."""
    for root in roots or (None,):
        _reader(root)


def read_page(
    record: types.EntryRecord, fetched: types.Fetched, now: datetime, root: str | None = None
) -> types.ReadPage:
    """Screen a page, extract its text and read its claims; a page without text is read from the feed's own words."""
    page_text = charset.to_text(fetched.body, fetched.content_type)
    if not _reader(root)[1].is_on_topic(record.entry.title, record.entry.summary, page_text):
        return types.ReadPage(article=None, reading=None, reason="off topic (screen)")
    extracted = extract.extract_text(fetched.body, fetched.final_url, fetched.content_type)
    if extracted is None or len(extracted.text) < _LEAST_TEXT:
        wall = walls.recognise(page_text, fetched.final_url)
        return read_announcement(record, now, root, reason=wall or "the page gave no text")
    if len(extracted.text) < max(_TEASER, len(record.entry.summary)) and (wall := _paywall(page_text)):
        return read_announcement(record, now, root, reason=wall)
    entry = record.entry
    article = _to_article(
        record,
        text=extracted.text,
        title=entry.title or extracted.title or "",
        url=fetched.final_url,
        now=now,
        published=entry.published or _sane(extracted.published, now) or record.first_seen,
        language=extracted.language or entry.language,
        root=root,
    )
    return _read(article, root)


def read_announcement(
    record: types.EntryRecord, now: datetime, root: str | None = None, *, reason: str
) -> types.ReadPage:
    """Read only what the feed itself says (title and summary), where the page can't be had."""
    entry = record.entry
    text = entry.summary.strip()
    if not _reader(root)[1].is_on_topic(entry.title, text, ""):
        return types.ReadPage(article=None, reading=None, reason=f"off topic (screen); {reason}")
    if not text:
        return types.ReadPage(article=None, reading=None, reason=reason)
    article = _to_article(
        record,
        text=text,
        title=entry.title,
        url=entry.url,
        now=now,
        published=entry.published or record.first_seen,
        language=entry.language,
        root=root,
    )
    return replace(_read(article, root), reason=f"read from the feed's summary: {reason}")


def _to_article(
    record: types.EntryRecord,
    *,
    text: str,
    title: str,
    url: str,
    now: datetime,
    published: datetime,
    language: str | None,
    root: str | None,
) -> types.Article:
    outlet, tier = _publisher(record, url, root)
    return types.Article(
        id=_article_id(record, root),
        url=url or record.entry.url,
        outlet=outlet,
        title=title,
        text=text,
        published=published,
        tier=tier,
        arrived=now,
        language=language,
        via=_via(record),
    )


def _article_id(record: types.EntryRecord, root: str | None) -> str:
    """By the entry's number; another watch than the shipped one says its name too, for entries are numbered in each,
    and the ids of developments and alerts, which come from this one, must not be the same in two."""
    name = _watch(root).name
    return f"a{record.id}" if name == watch.SHIPPED else f"{name}-a{record.id}"


def _via(record: types.EntryRecord) -> str | None:
    """Which rung of a ladder an article was found on, in words; None for the outlet's own feed."""
    if record.rung == 1:
        return None
    is_search = urlsplit(record.feed_url).hostname in _SEARCHES
    return "found by search" if is_search else "from the outlet's second address"


def _read(article: types.Article, root: str | None) -> types.ReadPage:
    reading = _reader(root)[0].read(article)
    return types.ReadPage(article=article, reading=reading, reason=None if reading.relevant else OFF_TOPIC)


def _sane(moment: datetime | None, now: datetime) -> datetime | None:
    """A page's own date, unless it lies in the future."""
    return moment if moment is not None and moment <= now + timedelta(days=1) else None

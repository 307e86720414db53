"""`feeds discover` and `feeds check`: what an address offers, and how a feed does. Stores nothing."""

import asyncio
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urljoin

from lxml import etree  # type: ignore[import-untyped]
from lxml import html as lxml_html

from app import settings, wiring
from app.commands import output
from monitor import charset, errors, fetch, parse, ports, rhythm, schedule, screen, types, urls, watch

_TYPES = re.compile(r"application/(?:rss\+xml|atom\+xml|feed\+json|json)|text/xml", re.IGNORECASE)
# Where sites of the common makes keep theirs (WordPress, Drupal, Ghost, static sites), and news sitemaps.
_GUESSES = (
    *("/feed", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml"),
    *("/news-sitemap.xml", "/sitemap-news.xml"),
)
_SOUNDING = re.compile(r"\b(?:rss|atom|feed)\b")
_FEW_ON_TOPIC = 0.01
Row = tuple[str, str, str, str, str, str, str, str]
COLUMNS = ("url", "status", "type", "entries", "newest", "median gap", "on topic", "advice")


def check_feeds(chosen: settings.Settings, only: str | None) -> int:
    """Fetch and parse every feed that is on (or one address) and say what it holds."""
    base = wiring.open_base(chosen)
    try:
        known = [one.feed for one in base.stores.feeds.list_feeds() if one.feed.enabled or one.feed.url == only]
    finally:
        base.close()
    if only:
        named = [feed for feed in known if feed.url == only]
        known = named or [types.Feed(url=only, title=only, outlet=only, tier=types.Tier.OTHER)]
    rows = asyncio.run(_check_all(chosen, [(feed.url, feed.kind) for feed in known]))
    output.show_table("feeds checked", COLUMNS, rows)
    return int(any(row[1] == "failed" for row in rows))


def discover_feeds(chosen: settings.Settings, url: str) -> int:
    """Find the feeds that a page names, or that lie where sites keep theirs; exit code 1 where there is none."""
    if not urls.is_web_url(url):
        raise errors.InputError(url, "is no web address (https://...)")
    rows = asyncio.run(_discover(chosen, url))
    good = [row for row in rows if row[1] == "ok"]
    if good:
        output.show_table("feeds found", COLUMNS, good)
        return 0
    output.out.print(f"no feed found at {url}; its links can be watched: coalition-watch feeds add {url} --kind page")
    return 1


async def _check_all(chosen: settings.Settings, wanted: Sequence[tuple[str, str]]) -> list[Row]:
    fetcher = _fetcher(chosen)
    looked_for = screen.Screen(watch.load_watch(chosen.watch_root))
    try:
        tasks = [asyncio.create_task(_check_one(fetcher, looked_for, url, kind)) for url, kind in wanted]
        with output.progress("checking feeds", len(tasks)) as advance:
            for done in asyncio.as_completed(tasks):
                await done
                advance()
        return [task.result() for task in tasks]
    finally:
        await fetcher.close()


async def _discover(chosen: settings.Settings, url: str) -> list[Row]:
    fetcher = _fetcher(chosen)
    try:
        fetched = await fetcher.fetch(types.FetchRequest(url=url))
        body, place = charset.to_text(fetched.body, fetched.content_type), fetched.final_url
    except errors.FetchError as error:
        raise errors.InputError(url, f"could not be read: {error.reason}") from error
    finally:
        await fetcher.close()
    found = [place, *_named(body, place), *(urljoin(place, guess) for guess in _GUESSES)]
    return await _check_all(chosen, [(one, "feed") for one in dict.fromkeys(found)])


def _named(page: str, url: str) -> list[str]:
    """The feeds that a page names: <link rel=alternate>, then links whose address sounds like a feed."""
    try:
        root = lxml_html.document_fromstring(page)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    heads = [
        link.get("href")
        for link in root.iter("link")
        if "alternate" in (link.get("rel") or "").lower() and _TYPES.match(link.get("type") or "")
    ]
    sounding = [link.get("href") for link in root.iter("a") if _SOUNDING.search(link.get("href") or "")]
    whole = [urljoin(url, address) for address in [*heads, *sounding[:10]] if address]
    return [address for address in dict.fromkeys(whole) if urls.is_web_url(address)]


async def _check_one(fetcher: ports.Fetcher, looked_for: screen.Screen, url: str, kind: str) -> Row:
    now = wiring.utc_now()
    try:
        fetched = await fetcher.fetch(types.FetchRequest(url=url))
        parsed = parse.parse_feed(
            fetched.body, url=fetched.final_url, content_type=fetched.content_type, kind=kind, now=now
        )
    except (errors.FetchError, errors.ParseError) as error:
        return url, "failed", "", "", "", "", "", error.reason
    dates = [entry.published for entry in parsed.entries if entry.published]
    gaps = rhythm.gaps(dates)
    on_topic = sum(looked_for.is_on_topic(entry.title, entry.summary, "") for entry in parsed.entries)
    share = on_topic / len(parsed.entries) if parsed.entries else 0.0
    return (
        url,
        "ok",
        fetched.content_type.partition(";")[0],
        str(len(parsed.entries)),
        max(dates).isoformat(timespec="minutes") if dates else "undated",
        str(timedelta(seconds=gaps[0])) if gaps else "",
        f"{share:.0%}",
        _advice(fetched, parsed, max(dates) if dates else None, gaps, share, now),
    )


def _advice(
    fetched: types.Fetched,
    parsed: types.ParsedFeed,
    newest: datetime | None,
    gaps: tuple[int, int] | None,
    share: float,
    now: datetime,
) -> str:
    words = [schedule.oddity(parsed)]
    if fetched.moved_permanently:
        words.append(f"has moved to {fetched.final_url}")
    if newest and gaps and now - newest > max(timedelta(seconds=gaps[1] * 3), timedelta(hours=12)):
        words.append("silent for longer than it ever was")
    if not (fetched.etag or fetched.last_modified):
        words.append("no validators: each poll costs the whole body")
    if parsed.entries and share < _FEW_ON_TOPIC:
        words.append("nothing on topic at the moment")
    return "; ".join(word for word in words if word)


def _fetcher(chosen: settings.Settings) -> fetch.HttpFetcher:
    return fetch.HttpFetcher(
        user_agent=chosen.user_agent,
        allow_private=wiring.to_allowed(chosen.allow_private_addresses),
        concurrency=chosen.concurrency,
    )

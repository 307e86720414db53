"""Commands on feeds: list, check, add, remove, import, export."""

import asyncio
from datetime import datetime
from pathlib import Path

from app import opml, settings, wiring
from app.commands import output
from monitor import errors, fetch, parse, schedule, types, urls


def list_feeds(chosen: settings.Settings) -> int:
    """All feeds with their state."""
    base = wiring.open_base(chosen)
    try:
        now = wiring.utc_now()
        rows = [_to_row(one, now) for one in base.stores.feeds.list_feeds()]
    finally:
        base.close()
    output.show_table(
        f"{len(rows)} feeds", ("outlet", "title", "tier", "lang", "state", "last ok", "error", "url"), rows
    )
    return 0


def _to_row(record: types.FeedRecord, now: datetime) -> tuple[str, ...]:
    feed, held = record.feed, record.state
    state = _state(record, schedule.is_stale(record, now))
    last_ok = held.ok_at.isoformat(timespec="minutes") if held.ok_at else ""
    return feed.outlet, feed.title, str(feed.tier), feed.language, state, last_ok, held.last_error or "", feed.url


def _state(record: types.FeedRecord, stale: bool) -> str:
    if not record.feed.enabled:
        return "off"
    if record.state.gone:
        return "gone"
    if record.state.failures:
        return f"failing x{record.state.failures}"
    return "new" if record.state.polled_at is None else "stale" if stale else "ok"


def check_feeds(chosen: settings.Settings, only: str | None) -> int:
    """Fetch and parse every feed that is on (or one address) and say what it holds; stores nothing."""
    base = wiring.open_base(chosen)
    try:
        wanted = [only] if only else [one.feed.url for one in base.stores.feeds.list_feeds() if one.feed.enabled]
    finally:
        base.close()
    rows = asyncio.run(_check_all(chosen, wanted))
    output.show_table("feeds checked", ("url", "status", "entries", "newest", "advice"), rows)
    return int(any(row[1] == "failed" for row in rows))


async def _check_all(chosen: settings.Settings, wanted: list[str]) -> list[tuple[str, str, str, str, str]]:
    fetcher = fetch.HttpFetcher(
        user_agent=chosen.user_agent,
        allow_private=wiring.to_allowed(chosen.allow_private_addresses),
        concurrency=chosen.concurrency,
    )
    try:
        tasks = [asyncio.create_task(_check_one(fetcher, url)) for url in wanted]
        with output.progress("checking feeds", len(tasks)) as advance:
            for done in asyncio.as_completed(tasks):
                await done
                advance()
        return [task.result() for task in tasks]
    finally:
        await fetcher.close()


async def _check_one(fetcher: fetch.HttpFetcher, url: str) -> tuple[str, str, str, str, str]:
    try:
        fetched = await fetcher.fetch(types.FetchRequest(url=url))
        parsed = parse.parse_feed(
            fetched.body, url=fetched.final_url, content_type=fetched.content_type, now=wiring.utc_now()
        )
    except (errors.FetchError, errors.ParseError) as error:
        return url, "failed", "", "", error.reason
    dates = [entry.published for entry in parsed.entries if entry.published]
    newest = max(dates).isoformat(timespec="minutes") if dates else "undated"
    return url, "ok", str(len(parsed.entries)), newest, parsed.warning or ""


def add_feed(
    chosen: settings.Settings, url: str, title: str | None, outlet: str | None, tier: str, language: str
) -> int:
    """Add or change one feed."""
    if not urls.is_web_url(url):
        raise errors.InputError(url, "is no web address (https://...)")
    if tier not in {str(one) for one in types.Tier}:
        raise errors.InputError(f"--tier {tier}", "must be official, wire, press or other")
    name = title or url
    feed = types.Feed(url=url, title=name, outlet=outlet or name, tier=types.Tier(tier), language=language)
    return _store(chosen, [feed])


def _store(chosen: settings.Settings, feeds: list[types.Feed]) -> int:
    base = wiring.open_base(chosen)
    try:
        for feed in feeds:
            base.stores.feeds.add_feed(feed)
    finally:
        base.close()
    stored = "1 feed" if len(feeds) == 1 else f"{len(feeds)} feeds"
    output.out.print(f"{stored} stored; a running service polls within seconds")
    return 0


def remove_feed(chosen: settings.Settings, url: str) -> int:
    """Stop polling a feed."""
    base = wiring.open_base(chosen)
    try:
        if not base.stores.feeds.remove_feed(url):
            raise errors.InputError(url, "no such feed; `feeds list` shows the addresses")
    finally:
        base.close()
    output.out.print(f"off: {url}")
    return 0


def import_feeds(chosen: settings.Settings, file: Path) -> int:
    """Take feeds from an OPML file."""
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise errors.InputError(str(file), f"cannot be read ({error})") from error
    return _store(chosen, opml.from_opml(text, file.name))


def export_feeds(chosen: settings.Settings, file: Path | None) -> int:
    """Write the feeds that are on as OPML."""
    base = wiring.open_base(chosen)
    try:
        text = opml.to_opml(one.feed for one in base.stores.feeds.list_feeds() if one.feed.enabled)
    finally:
        base.close()
    if file is None:
        print(text, end="")
    else:
        file.write_text(text, encoding="utf-8")
    return 0

"""Commands on stored feeds: list, add, pause, remove, import, export."""

from datetime import datetime, timedelta
from pathlib import Path

from app import opml, settings, wiring
from app.commands import output
from monitor import errors, schedule, types, urls

_COLUMNS = ("outlet", "title", "tier", "lang", "state", "every", "last ok", "newest", "trouble", "url")


def list_feeds(chosen: settings.Settings) -> int:
    """All feeds with their state."""
    base = wiring.open_base(chosen)
    try:
        now = wiring.utc_now()
        records = base.stores.feeds.list_feeds()
        idle = schedule.standing_by(records, now)
        rows = [_to_row(one, now, is_idle=one.feed.url in idle) for one in records]
    finally:
        base.close()
    output.show_table(f"{len(rows)} feeds", _COLUMNS, rows)
    return 0


def _to_row(record: types.FeedRecord, now: datetime, *, is_idle: bool) -> tuple[str, ...]:
    feed, held = record.feed, record.state
    trouble = None if is_idle else schedule.trouble(record, now)
    every = str(timedelta(seconds=round(schedule.interval(feed, held).total_seconds())))
    last_ok, newest = (
        moment.isoformat(timespec="minutes") if moment else "" for moment in (held.ok_at, held.newest_entry_at)
    )
    word = trouble or held.last_error or ""
    return (
        feed.outlet,
        feed.title,
        str(feed.tier),
        feed.language,
        "stands by" if is_idle and feed.enabled else _state(record, trouble),
        every,
        last_ok,
        newest,
        word,
        feed.url,
    )


def _state(record: types.FeedRecord, trouble: str | None) -> str:
    if not record.feed.enabled:
        return "off"
    if record.state.gone:
        return "gone"
    if record.state.failures:
        return f"failing x{record.state.failures}"
    return "new" if record.state.polled_at is None else "stale" if trouble else "ok"


def add_feed(
    chosen: settings.Settings,
    url: str,
    title: str | None,
    outlet: str | None,
    tier: str,
    language: str,
    kind: str = "feed",
) -> int:
    """Add or change one feed."""
    if not urls.is_web_url(url):
        raise errors.InputError(url, "is no web address (https://...)")
    if tier not in {str(one) for one in types.Tier}:
        raise errors.InputError(f"--tier {tier}", "must be official, wire, press or other")
    name = title or url
    feed = types.Feed(url=url, title=name, outlet=outlet or name, tier=types.Tier(tier), language=language, kind=kind)
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


def pause_feed(chosen: settings.Settings, url: str, *, paused: bool) -> int:
    """Poll a feed no more for a while, or again."""
    base = wiring.open_base(chosen)
    try:
        if not base.stores.feeds.pause_feed(url, paused=paused):
            raise errors.InputError(url, "no such feed; `feeds list` shows the addresses")
    finally:
        base.close()
    output.out.print(f"{'paused' if paused else 'on again'}: {url}")
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
